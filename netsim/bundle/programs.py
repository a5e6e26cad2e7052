"""What the containers of a workload run, where the input has the text of it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache

from msgspec import Struct

from netsim.model.bundle import Bundle
from netsim.model.location import Location
from netsim.model.pod_template import Container, PodTemplate
from netsim.model.secrets import ConfigMap, TextEntry
from netsim.scripts.kubectl.invocations import KUBECTL, Invocation, Reach, Trace, trace
from netsim.scripts.shell.programs import PREFIXES, SHELLS, behind
from netsim.scripts.shell.state import State
from netsim.scripts.shell.values import TEXT, WORD

_EXPANDED = re.compile(r"\$\(([-._A-Za-z0-9]+)\)")
_FROM_OBJECTS = ".envFrom["


class Program(Struct, frozen=True):
    """A program of a container that calls kubectl; ``name`` is what people call it.

    ``first_line`` is where its text begins; None where its lines are not lines of the file,
    and ``location`` is all that can be told.
    """

    name: str
    trace: Trace
    location: Location
    first_line: int | None = None

    def place(self, line: int) -> Location:
        """Where a line of it stands."""
        if self.first_line is None:
            return self.location
        return Location(self.location.file, self.first_line + line - 1, self.location.field)


def list_programs(bundle: Bundle, template: PodTemplate) -> Iterator[Program | None]:
    """What each container runs; None where the input does not tell that it is kubectl."""
    for container in template.containers:
        yield _ContainerReader(bundle, template, container).program()


class _ContainerReader:
    """From the command of a container to its text."""

    def __init__(self, bundle: Bundle, template: PodTemplate, container: Container) -> None:
        self._bundle = bundle
        self._template = template
        self._container = container
        self._mounted = dict(_list_mounted(bundle, template, container))

    def program(self) -> Program | None:
        variables = _collect_variables(self._container)
        words = [_expand(word, variables) for word in self._container.command]
        if not words:
            return None
        name, *arguments = words
        base = name.rpartition("/")[2]
        while base in PREFIXES:
            found = behind(base, arguments)
            # With other variables it may be another account, which is not followed here.
            if not found.words or found.variables:
                return None
            name, *arguments = found.words
            base = name.rpartition("/")[2]
        if base == KUBECTL:
            return self._read_direct(arguments)
        if base not in SHELLS:
            return self._read_script(name)
        return self._read_shell(arguments)

    def _read_direct(self, arguments: list[str]) -> Program:
        files = {path: entry.text for path, (_, entry) in self._mounted.items()}
        call = Invocation(tuple(arguments), None, files, 1, Reach.CALLED)
        return Program(self._title, Trace((call,), ()), self._container.location)

    @property
    def _title(self) -> str:
        return f"the command of container {self._container.name}"

    def _read_shell(self, arguments: list[str]) -> Program | None:
        while arguments and arguments[0].startswith(("-", "+")):
            option, *arguments = arguments
            if "c" in option and not option.startswith("--") and arguments:
                return self._trace(self._title, arguments[0], self._container.location)
            if option in ("-o", "+o", "-O", "+O"):
                arguments = arguments[1:]
        return self._read_script(arguments[0]) if arguments else None

    def _read_script(self, path: str) -> Program | None:
        """A script of a ConfigMap that is mounted."""
        found = self._mounted.get(path)
        if found is None:
            return None
        config_map, entry = found
        first = _find_first_line(self._bundle, config_map, entry)
        return self._trace(entry.key, entry.text, entry.location, first)

    def _trace(
        self, name: str, text: str, location: Location, first_line: int | None = None
    ) -> Program | None:
        if KUBECTL not in text:
            return None
        files = {path: entry.text for path, (_, entry) in self._mounted.items()}
        others = any(
            _FROM_OBJECTS in reference.location.field for reference in self._template.references
        )
        variables = tuple(_collect_variables(self._container).items())
        found = _trace_script(text, variables, tuple(files.items()), TEXT if others else None)
        return Program(name, found, location, first_line)


@lru_cache(maxsize=64)
def _trace_script(
    text: str,
    variables: tuple[tuple[str, str], ...],
    files: tuple[tuple[str, str], ...],
    unset: str | None,
) -> Trace:
    """The trace of a script, which two rules ask for."""
    return trace(text, State(dict(variables), dict(files), unset=unset))


def _collect_variables(container: Container) -> dict[str, str]:
    """The environment; what comes from other objects is one word that is not known."""
    found: dict[str, str] = {}
    for variable in container.variables:
        value = variable.value
        found[variable.name] = WORD if value is None else _expand(value, found)
    return found


def _expand(text: str, variables: Mapping[str, str]) -> str:
    """``$(NAME)`` replaced as the kubelet does, which leaves names that it does not know."""
    return _EXPANDED.sub(lambda match: variables.get(match[1], match[0]), text)


def _list_mounted(
    bundle: Bundle, template: PodTemplate, container: Container
) -> Iterator[tuple[str, tuple[ConfigMap, TextEntry]]]:
    """The files of ConfigMaps that a container sees, by path.

    A mount with a subPath is the file itself, which goes by the name of its key.
    """
    sources = {volume.name: volume.source for volume in template.volumes}
    config_maps = {each.object_name: each for each in bundle.config_maps}
    for volume, path in container.mounts:
        source = sources.get(volume)
        config_map = config_maps.get(source) if source else None
        for entry in config_map.entries if config_map else ():
            if config_map:
                is_file = path.rpartition("/")[2] == entry.key
                yield (
                    path if is_file else f"{path.rstrip('/')}/{entry.key}",
                    (config_map, entry),
                )


def _find_first_line(bundle: Bundle, config_map: ConfigMap, entry: TextEntry) -> int | None:
    """The line where the text of a key begins, if it is a literal block.

    It is taken for one, as scripts are, unless something else stands where its lines would.
    """
    where = entry.location
    last = where.line + entry.text.count("\n")
    if last == where.line or where.file.endswith(".json"):
        return None
    places = {other.location.line for other in config_map.entries} | {
        manifest.body.location(field.line).line
        for manifest in bundle.manifests
        if manifest.body.file == where.file
        for field in manifest.body.tree.entries.values()
    }
    return None if any(where.line < line <= last for line in places) else where.line + 1
