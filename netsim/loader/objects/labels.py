"""Labels and label selectors, validated as the API server does."""

from __future__ import annotations

from msgspec.structs import replace

from netsim.loader.objects import validation
from netsim.loader.objects.fields import Field, Fields
from netsim.loader.tree.scalars import describe, placeholders, resolve, resolve_key
from netsim.model.labels import Labels, Operator, Requirement, Selector
from netsim.model.location import Location
from netsim.model.tree import Scalar

_WITH_VALUES = (Operator.IN, Operator.NOT_IN)


def read_labels(field: Field | None) -> dict[str, str]:
    """A mapping of label keys to values; only the valid entries."""
    fields = field.fields() if field else None
    if fields is None:
        return {}
    found: dict[str, str] = {}
    for written, value in fields.all():
        if value.is_absent:
            value.warn("the value is null: the API server drops this label")
            continue
        key = _resolve_key("label", written, value)
        _refuse(value, validation.label_key(key))
        text = value.text("label value")
        if text is not None:
            _refuse(value, validation.label_value(text))
            if key in found:
                value.refuse(f"duplicate key {key}: keep one")
            found[key] = text
    return found


def read_placed_labels(field: Field | None) -> Labels:
    """The labels of a mapping, and where they are not filled in."""
    found = Labels.of(read_labels(field))
    return (
        replace(found, location=_locate_placeholder(field)) if found.has_placeholder else found
    )


def _locate_placeholder(field: Field | None) -> Location | None:
    """Where the first placeholder of a value stands."""
    for line in placeholders(field.tree).values() if field else ():
        return field.report.location(line, field.path) if field else None
    return None


def read_annotations(field: Field | None) -> None:
    """Notes what is wrong with annotations, whose values are texts as those of labels are."""
    fields = field.fields() if field else None
    for written, value in fields.all() if fields else ():
        key = _resolve_key("annotation", written, value)
        _refuse(value, validation.annotation_key(key))
        if not value.is_absent:
            value.text("annotation value")


def _resolve_key(noun: str, written: Scalar, value: Field) -> str:
    """The text of a key; one that kubectl changes is a warning, as it hardly is meant."""
    key = resolve_key(written)
    if key is None:
        value.refuse(f"{noun} key {written.text} is {describe(resolve(written))}: quote it")
        return written.text
    if key != written.text:
        value.warn(f'{noun} key {written.text} is "{key}" to kubectl: quote it')
    return key


def read_selector(field: Field) -> Selector:
    """A LabelSelector (meta/v1); the parts that are wrong are reported and left out."""
    fields = field.fields()
    if fields is None:
        return Selector()
    fields.only("matchLabels", "matchExpressions")
    found = [_requirement(item) for item in fields.items("matchExpressions")]
    labels = read_labels(fields.get("matchLabels"))
    requirements = [requirement for requirement in found if requirement]
    chosen = Selector.of(labels, requirements)
    if chosen.is_open:
        return replace(chosen, location=_locate_placeholder(field))
    return chosen


def _requirement(item: Field) -> Requirement | None:
    fields = item.fields()
    if fields is None:
        return None
    fields.only("key", "operator", "values")
    key, operator = _key(fields), _operator(fields)
    values = _values(fields, operator) if operator else ()
    return Requirement(key, operator, values) if key and operator else None


def _key(fields: Fields) -> str | None:
    field = fields.get("key")
    if field is None:
        fields.missing("key", "name the label to compare")
        return None
    text = field.text("label key")
    if text is not None:
        _refuse(field, validation.label_key(text))
    return text


def _operator(fields: Fields) -> Operator | None:
    field = fields.get("operator")
    if field is None:
        fields.missing("operator", "use In, NotIn, Exists or DoesNotExist")
        return None
    return field.member(Operator, "operator")


def _values(fields: Fields, operator: Operator) -> tuple[str, ...]:
    """In and NotIn need values, the others take none (``ValidateLabelSelectorRequirement``)."""
    values = [_value(item) for item in fields.items("values")]
    if operator in _WITH_VALUES and not values:
        fields.missing("values", f"{operator.value} needs at least one")
    if operator not in _WITH_VALUES and values:
        field = fields.get("values")
        if field:
            field.refuse(f"{operator.value} takes no values: remove them")
    return tuple(sorted({value for value in values if value is not None}))


def _value(item: Field) -> str | None:
    text = item.text("label value")
    if text is not None:
        _refuse(item, validation.label_value(text))
    return text


def _refuse(field: Field, wrong: str | None) -> None:
    if wrong:
        field.refuse(wrong)
