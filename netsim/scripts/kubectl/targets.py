"""The objects that a call of kubectl is about."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from msgspec import Struct
from msgspec.structs import replace

from netsim.model.api_resources import ApiResource, find_resource, resource_of
from netsim.scripts.kubectl.accesses import Access, Naming, Place
from netsim.scripts.kubectl.arguments import Arguments, NotUnderstood
from netsim.scripts.kubectl.invocations import Invocation
from netsim.scripts.kubectl.manifests import DescribedObject, parse_objects
from netsim.scripts.shell.values import TEXT, has_hole


class Target(Struct, frozen=True):
    """One object, or all of a kind where ``name`` is ``Naming.NONE``.

    ``field_name`` is the name that a field selector picks of them, which RBAC honours.
    """

    resource: ApiResource
    name: str | Naming
    namespace: str | Place
    field_name: str | None = None

    @property
    def is_one(self) -> bool:
        """Whether this is a single object."""
        return self.name is not Naming.NONE

    @property
    def any_one(self) -> Target:
        """Any one of the objects."""
        return self if self.is_one else replace(self, name=self.field_name or Naming.UNKNOWN)

    def access(self, verb: str, subresource: str = "") -> Access:
        """A request about it."""
        resource = self.resource
        path = f"{resource.plural}/{subresource}" if subresource else resource.plural
        name = self._name
        return Access(verb, resource.group, path, name, self._place(name))

    def reading(self, subresource: str = "") -> Access:
        """The request that reads it, or lists all of its kind."""
        return self.access("get" if self.is_one else "list", subresource)

    @property
    def _name(self) -> str | Naming:
        found = self.name if self.is_one or not self.field_name else self.field_name
        return Naming.UNKNOWN if isinstance(found, str) and has_hole(found) else found

    def nameless(self, verb: str) -> Access:
        """A request about its kind, such as creation."""
        return replace(self, name=Naming.NONE, field_name=None).access(verb)

    def _place(self, name: str | Naming) -> str | Place:
        if self.resource.is_namespaced:
            return self.namespace
        # The path of a namespace makes it the namespace of the request, too.
        if self.resource.plural == "namespaces" and name is not Naming.NONE:
            return name if isinstance(name, str) else Place.UNKNOWN
        return Place.CLUSTER


def namespace_of(arguments: Arguments) -> str | Place:
    """The namespace that a call names; without one kubectl takes that of its pod."""
    if arguments.is_set("all-namespaces"):
        return Place.CLUSTER
    found = arguments.get("namespace")
    if not found:
        return Place.OWN
    return Place.UNKNOWN if has_hole(found) else found


def targets_of(arguments: Arguments, invocation: Invocation) -> list[Target]:
    """What operands, ``-f`` and selectors name.  Raises ``NotUnderstood``."""
    if arguments.get("kustomize") is not None:
        raise NotUnderstood("what the kustomization holds is not in the text")
    files = arguments.all("filename")
    if files:
        where = namespace_of(arguments)
        return [each for file in files for each in _of_file(file, invocation, where)]
    found = list(parse_targets(arguments.operands, namespace_of(arguments)))
    if not found:
        raise NotUnderstood("what it is about is not in the text")
    return [_narrow(target, arguments) for target in found]


def _narrow(target: Target, arguments: Arguments) -> Target:
    selector = arguments.get("field-selector") or ""
    field, equals, value = selector.replace("==", "=").partition("=")
    is_name = field == "metadata.name" and equals and "," not in value and not target.is_one
    return replace(target, field_name=value) if is_name else target


def parse_targets(words: Sequence[str], where: str | Place) -> Iterator[Target]:
    """``KIND``, ``KIND NAME...``, ``KIND,KIND`` or ``KIND/NAME...``."""
    if not words:
        return
    if "/" in words[0]:
        for word in words:
            kind, _, name = word.partition("/")
            yield from (Target(resource, name, where) for resource in _resources(kind))
        return
    names: Sequence[str | Naming] = words[1:] or (Naming.NONE,)
    for resource in _resources(words[0]):
        yield from (Target(resource, each, where) for each in names)


def _resources(text: str) -> Iterator[ApiResource]:
    for word in text.split(","):
        if has_hole(word):
            raise NotUnderstood("the kind of object is not in the text")
        found = find_resource(word)
        if found is None:
            raise NotUnderstood(f"what kind of object {word} is, is not known here")
        yield found


def _of_file(file: str, invocation: Invocation, where: str | Place) -> Iterator[Target]:
    text = invocation.stdin if file in ("-", "/dev/stdin") else invocation.files.get(file)
    if text is None or not text.strip() or text == TEXT:
        raise NotUnderstood(f"what {_called(file)} holds is not in the text")
    found = parse_objects(text)
    if found is None:
        raise NotUnderstood(f"the kind of object that {_called(file)} holds is not in the text")
    for each in found:
        yield Target(_described(each), each.name or Naming.UNKNOWN, where)


def _called(file: str) -> str:
    if file == "-":
        return "its input"
    return "a file" if has_hole(file) else file


def _described(each: DescribedObject) -> ApiResource:
    found = resource_of(each.kind, each.api_version)
    if found is None:
        raise NotUnderstood(f"the resource of the kind {each.kind} is not known here")
    return found
