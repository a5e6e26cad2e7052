"""Damages documents: as trees, so that most stay readable, and as texts."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from random import Random
from typing import Any

import yaml

HUGE = 10**30
TEXTS = [
    "",
    " ",
    "x" * 5000,
    "a/b/c",
    "shop/web",
    "-",
    "*",
    "~",
    "null",
    "0x10",
    "1e999",
    "Überprüfung",
    "名前",
    "a\u0000b",
    "\u001b[31m",
    "\u202eabc",
    "\ufeff",
    "a\nb\r\nc",
    "\u2028",
    "\U0001f980",
    "::error::x",
    "{{ .Values.x }}",
    "${X}",
    "$(X)",
    "../../../etc",
    "http",
    "TCP",
    "tcp",
    "Ingress",
    "10.0.0.0/8",
    "10.0.0.1/33",
    "::/0",
    "fe80::1%eth0",
    "999.1.1.1/8",
    "50%",
    "-1%",
    "* * * * *",
    "61 25 * * *",
    "100m",
    "1Gi",
    "2020-01-01",
]
VALUES: list[Any] = [
    None,
    True,
    False,
    0,
    -1,
    1,
    65535,
    65536,
    HUGE,
    -HUGE,
    0.5,
    1e308,
    float("inf"),
    float("nan"),
    [],
    {},
    [None],
    [[]],
    {"": None},
    {"a": {}},
    ["a", "a"],
    *TEXTS,
]
KINDS = [
    "Pod",
    "Deployment",
    "StatefulSet",
    "DaemonSet",
    "ReplicaSet",
    "Job",
    "CronJob",
    "Service",
    "Ingress",
    "Namespace",
    "Node",
    "NetworkPolicy",
    "AdminNetworkPolicy",
    "BaselineAdminNetworkPolicy",
    "ClusterNetworkPolicy",
    "PodDisruptionBudget",
    "RuntimeClass",
    "Secret",
    "ConfigMap",
    "ServiceAccount",
    "Role",
    "RoleBinding",
    "HTTPRoute",
    "Gateway",
    "List",
    "PodList",
    "ExternalSecret",
    "CustomResourceDefinition",
    "Unheard",
]
VERSIONS = [
    "v1",
    "v2",
    "apps/v1",
    "apps/v1beta1",
    "batch/v1",
    "networking.k8s.io/v1",
    "extensions/v1beta1",
    "policy/v1",
    "policy/v1beta1",
    "policy.networking.k8s.io/v1alpha1",
    "policy.networking.k8s.io/v1alpha2",
    "gateway.networking.k8s.io/v1",
    "/",
    "a/b/c",
]


class Repeated(list[tuple[Any, Any]]):
    """A mapping that has a key twice."""


class _Dumper(yaml.SafeDumper):
    pass


_Dumper.add_representer(
    Repeated, lambda dumper, pairs: dumper.represent_mapping("tag:yaml.org,2002:map", pairs)
)


def _containers(value: Any) -> Iterator[Any]:
    """Each mapping and list once, although mutations make trees that contain themselves."""
    seen: set[int] = set()
    waiting = [value]
    while waiting:
        each = waiting.pop()
        if not isinstance(each, dict | list) or id(each) in seen:
            continue
        seen.add(id(each))
        if isinstance(each, Repeated):
            waiting += [inner for _, inner in each]
            continue
        yield each
        waiting += each.values() if isinstance(each, dict) else each


def _slots(documents: list[Any]) -> list[tuple[Any, Any]]:
    """Every place of a value: what it is in, and its key or index."""
    return [
        (each, key)
        for each in _containers(documents)
        for key in (list(each) if isinstance(each, dict) else range(len(each)))
    ]


def _replace(rng: Random, documents: list[Any]) -> None:
    holder, key = rng.choice(_slots(documents))
    holder[key] = rng.choice(VALUES)


def _wrap(rng: Random, documents: list[Any]) -> None:
    holder, key = rng.choice(_slots(documents))
    value = holder[key]
    holder[key] = rng.choice([[value], {"a": value}, [value, value], str(value)])


def _delete(rng: Random, documents: list[Any]) -> None:
    holder, key = rng.choice(_slots(documents))
    del holder[key]


def _rename(rng: Random, documents: list[Any]) -> None:
    mappings = [each for each in _containers(documents) if isinstance(each, dict) and each]
    if not mappings:
        return
    mapping = rng.choice(mappings)
    key = rng.choice(list(mapping))
    odd = rng.choice([None, True, 1, 1.5, "name", "<<", f"{key}x", *TEXTS])
    mapping[odd] = mapping.pop(key)


def _move(rng: Random, documents: list[Any]) -> None:
    """To a second place: written as an anchor, it may contain itself."""
    slots = _slots(documents)
    (holder, key), (other, place) = rng.choice(slots), rng.choice(slots)
    if isinstance(other, list) and rng.random() < 0.5:
        other.insert(place, holder[key])
    else:
        other[place] = holder[key]


def _exchange(rng: Random, documents: list[Any]) -> None:
    slots = _slots(documents)
    (holder, key), (other, place) = rng.choice(slots), rng.choice(slots)
    holder[key], other[place] = other[place], holder[key]


def _multiply(rng: Random, documents: list[Any]) -> None:
    lists = [each for each in _containers(documents) if isinstance(each, list) and each]
    chosen = rng.choice(lists)
    chosen.extend([rng.choice(chosen)] * rng.choice([1, 2, 30]))


def _repeat_key(rng: Random, documents: list[Any]) -> None:
    slots = [
        (holder, key)
        for holder, key in _slots(documents)
        if isinstance(holder[key], dict) and holder[key]
    ]
    if slots:
        holder, key = rng.choice(slots)
        pairs = list(holder[key].items())
        holder[key] = Repeated([*pairs, (rng.choice(pairs)[0], rng.choice(VALUES))])


def _change_kind(rng: Random, documents: list[Any]) -> None:
    kinds = [each for each in _containers(documents) if isinstance(each, dict)]
    objects = [each for each in kinds if "kind" in each]
    if objects:
        rng.choice(objects)["kind"] = rng.choice(KINDS)


def _change_version(rng: Random, documents: list[Any]) -> None:
    kinds = [each for each in _containers(documents) if isinstance(each, dict)]
    objects = [each for each in kinds if "apiVersion" in each]
    if objects:
        rng.choice(objects)["apiVersion"] = rng.choice(VERSIONS)


def _number(rng: Random, documents: list[Any]) -> None:
    numbers = [slot for slot in _slots(documents) if isinstance(slot[0][slot[1]], int)]
    if numbers:
        holder, key = rng.choice(numbers)
        holder[key] = rng.choice([0, -1, 1, 65535, 65536, 2**31, 2**63, HUGE, 0.5, "1", "01"])


def _nest(rng: Random, documents: list[Any]) -> None:
    holder, key = rng.choice(_slots(documents))
    for _ in range(rng.choice([10, 90, 200])):
        holder[key] = rng.choice([[holder[key]], {"a": holder[key]}])


TREE: list[Callable[[Random, list[Any]], None]] = [
    *[_replace] * 5,
    *[_delete] * 3,
    *[_exchange] * 2,
    *[_number] * 2,
    _wrap,
    _rename,
    _move,
    _multiply,
    _repeat_key,
    _change_kind,
    _change_version,
    _nest,
]
PIECES = [
    "\t",
    "\x00",
    "\x1b[2J",
    "\ufeff",
    "\u202e",
    "\r",
    "\n",
    "\n---\n",
    "\n...\n",
    "&a ",
    "*a",
    "*unknown",
    "!!python/object:os.system ",
    "!!binary ",
    "!x ",
    "<<: *a\n",
    "%YAML 1.3\n---\n",
    "{",
    "[" * 3000,
    "}",
    "'",
    '"',
    "|",
    ">",
    "#",
    ": ",
    "- ",
    "```",
    "```mermaid\n",
    "──→",
    "│",
    "┌",
    "┘",
    "-->",
    "-.-x",
    "|port 99999|",
    "(port 0)",
    "subgraph x\n",
    "end\n",
    "## Network\n",
    "| a |\n|---|\n",
    "1. ",
    "🦀",
]


def _mutate_text(rng: Random, text: str) -> str:
    lines = text.splitlines(keepends=True) or [""]
    line, at = rng.randrange(len(lines)), rng.randint(0, len(text))
    match rng.randrange(7):
        case 0:
            return text[:at] + rng.choice(PIECES) + text[at:]
        case 1:
            return text[:at] + text[at + rng.choice([1, 1, 3, 20]) :]
        case 2:
            del lines[line]
        case 3:
            lines.insert(rng.randint(0, len(lines)), lines[line])
        case 4:
            other = rng.randrange(len(lines))
            lines[line], lines[other] = lines[other], lines[line]
        case 5:
            lines[line] = rng.choice(PIECES) + lines[line]
        case _:
            return rng.choice([text[:at], text.replace("\n", "\r\n"), text + text, ""])
    return "".join(lines)


def _encode(rng: Random, text: str) -> bytes:
    if rng.random() > 0.03:
        return text.encode("utf-8", "surrogatepass")
    broken = bytearray(text.encode("utf-8", "surrogatepass"))
    broken.insert(rng.randint(0, len(broken)), 0xFF)
    return rng.choice([bytes(broken), text.encode("utf-16", "surrogatepass")])


def mutate(rng: Random, name: str, content: bytes) -> bytes:
    """The file with one to three damages; those of one seed are always the same."""
    text = content.decode()
    count = rng.choice([1, 1, 2, 3])
    if not name.endswith((".yaml", ".json")) or rng.random() < 0.2:
        for _ in range(count):
            text = _mutate_text(rng, text)
        return _encode(rng, text)
    documents = list(yaml.safe_load_all(text))
    for _ in range(count):
        if _slots(documents):
            rng.choice(TREE)(rng, documents)
    if name.endswith(".json"):
        try:
            return _encode(rng, "\n".join(map(json.dumps, documents)))
        except (TypeError, ValueError, RecursionError):
            pass
    try:
        text = yaml.dump_all(documents, Dumper=_Dumper, sort_keys=False, width=96)
    except RecursionError:
        # Nested deeper than can be written.
        text = text.replace(": ", ": " + "[" * 5000, 1)
    return _encode(rng, text)
