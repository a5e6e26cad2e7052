"""Labels and label selectors, validated as the API server does."""

from __future__ import annotations

from netsim.loader.objects import validation
from netsim.loader.objects.fields import Field, Fields
from netsim.loader.tree.scalars import describe, is_letter, resolve
from netsim.model.labels import Operator, Requirement, Selector

_WITH_VALUES = (Operator.IN, Operator.NOT_IN)


def read_labels(field: Field | None) -> dict[str, str]:
    """A mapping of label keys to values; only the valid entries."""
    fields = field.fields() if field else None
    if fields is None:
        return {}
    found: dict[str, str] = {}
    for key, value in fields.all():
        if not isinstance(resolve(key), str) and not is_letter(key):
            value.refuse(f"label key {key.text} is {describe(resolve(key))}: quote it")
        _refuse(value, validation.label_key(key.text))
        text = value.text("label value")
        if text is not None:
            _refuse(value, validation.label_value(text))
            found[key.text] = text
    return found


def read_selector(field: Field) -> Selector:
    """A LabelSelector (meta/v1); the parts that are wrong are reported and left out."""
    fields = field.fields()
    if fields is None:
        return Selector()
    fields.only("matchLabels", "matchExpressions")
    found = [_requirement(item) for item in fields.items("matchExpressions")]
    labels = read_labels(fields.get("matchLabels"))
    return Selector.of(labels, [requirement for requirement in found if requirement])


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
