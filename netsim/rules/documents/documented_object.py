"""A documented command asks for what the manifests do not have.

Whoever follows it in a hurry is told that nothing is there, and looks in the wrong place: the
namespace is called something else by now, the policy was renamed, the label belongs to a
workload that was replaced.

The commands checked are `kubectl get`, `describe`, `logs`, `delete`, `exec`, `port-forward`,
`rollout` and the like, in blocks of shell commands and quoted in a line. Reported are

- a namespace that neither manifests nor scenario know, where the manifests have what is asked
  for in another one,
- a name that no object of its kind has, or one that is in another namespace,
- labels (`-l`) that no pod has, or that only pods of another namespace have.

Names of pods, Jobs and other objects that are mostly made at run time count only where they are
nearly those of a manifest. Placeholders such as `NAME`, `<pod>` or `$POD` are no names. What
`kubectl create`, `helm install` and files from elsewhere make is not expected of the manifests.

PASS:

````markdown
## Look

```bash
kubectl describe networkpolicy web -n shop
```
````

```yaml
# web.yaml
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: web, namespace: shop}
spec: {podSelector: {}}
```

FAIL:

````markdown
## Look

```bash
kubectl describe networkpolicy web-allow -n shop
```
````

```yaml
# web.yaml
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: web, namespace: shop}
spec: {podSelector: {}}
```

Fix: correct the command, or add what it asks for.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from msgspec import Struct

from netsim.bundle.provision import Extent
from netsim.intent.document.statements import AskedObject, ObjectCommand, Statements
from netsim.intent.scenario.endpoints import AddressEndpoint
from netsim.judge.case import Case
from netsim.model.api_resources import ApiResource, find_resource, resource_of
from netsim.model.bundle import Manifest
from netsim.model.finding import Finding, Related, Severity
from netsim.model.labels import Labels, Operator, Requirement, Selector
from netsim.model.location import Location
from netsim.model.peers import PodPeer
from netsim.model.tree import Mapping, Scalar
from netsim.rules.interface import Check
from netsim.words.lists import join_first
from netsim.words.nearness import closest, find_nearest

_SYSTEM = frozenset(("default", "kube-system", "kube-public", "kube-node-lease"))
_ADD_ONS = re.compile(
    r"(?:argocd|argo|calico|cert-manager|cilium|external-secrets|flux|gatekeeper|grafana|"
    r"ingress|istio|keda|knative|kyverno|linkerd|logging|longhorn|metallb|monitoring|nginx|"
    r"observability|openshift|prometheus|rook|tekton|tigera|traefik|vault|velero)(?:-.*)?"
)
"""Namespaces that mostly belong to something that is installed by other means."""
_MADE_AT_RUN_TIME = frozenset(
    ("pods", "jobs", "replicasets", "events", "endpoints", "endpointslices", "leases", "nodes")
) | {
    *("configmaps", "secrets", "persistentvolumeclaims", "persistentvolumes", "namespaces"),
    *("serviceaccounts", "certificatesigningrequests", "componentstatuses", "all"),
}
_ANY_PODS = frozenset(("pods", "all"))
_ALIKE = 0.75
_SELECTOR_PART = re.compile(r"([^=!,() ]+) *(==?|!=) *([^=!,() ]*)")


class _Object(Struct, frozen=True):
    """An object that a command may ask for."""

    resource: str
    kind: str
    namespace: str
    name: str
    labels: Labels
    location: Location


class _Known(Struct, frozen=True):
    """All that is known to exist.

    ``namespaces`` are those of manifests that name theirs, ``others`` further ones that exist.
    """

    objects: tuple[_Object, ...]
    pods: tuple[_Object, ...]
    namespaces: frozenset[str]
    others: frozenset[str]
    selectors: tuple[Selector, ...]
    texts: tuple[str, ...]

    def names(self, selector: str) -> bool:
        """Whether something else speaks of labels, so that pods with them are to be expected.

        Policies select pods that an operator or a script makes; the script has their labels.
        """
        wanted = _parse_selector(selector)
        if wanted is None:
            return True
        listed = [each for each in wanted.requirements if each.operator is Operator.IN]
        if any(set(listed) <= set(each.requirements) for each in self.selectors):
            return True
        values = {value for each in listed for value in each.values}
        return any(all(_has_word(text, value) for value in values) for text in self.texts)

    def of(self, kind: str) -> tuple[_Object, ...]:
        """The objects of a kind as a command writes it."""
        resource = _plural(kind)
        if resource in _ANY_PODS:
            return self.pods
        return tuple(each for each in self.objects if each.resource == resource)


def _run(case: Case) -> Iterator[Finding]:
    if case.extent is not Extent.WHOLE:
        # What a part of the input lacks may be in the rest.
        return
    known = _gather(case)
    for statements in case.statements:
        claimed = frozenset(_list_claimed(statements, known))
        for command in statements.object_commands:
            if finding := _judge(command, statements, known, claimed):
                yield finding


class _Fault(Struct, frozen=True):
    """What a command asks for in vain; ``is_elsewhere`` says that another namespace has it."""

    message: str
    related: tuple[Related, ...] = ()
    fix: str = ""
    is_elsewhere: bool = False


def _judge(
    command: ObjectCommand, statements: Statements, known: _Known, claimed: frozenset[str]
) -> Finding | None:
    """One finding for a command, whatever is wrong with it."""
    space = None if command.is_everywhere else command.namespace
    is_lost = space in claimed
    if space and not is_lost and space not in known.namespaces:
        return None
    faults = [
        fault
        for asked in command.asked
        if not _may_be_made(asked, command, statements)
        if (fault := _find_fault(asked, command, known, is_lost=is_lost))
    ]
    if is_lost and not any(fault.is_elsewhere for fault in faults):
        faults.append(_describe_spaces(command, known))
    if not faults:
        return None
    fixes = dict.fromkeys(fault.fix for fault in faults if fault.fix)
    target = " ".join(
        dict.fromkeys(f"{each.kind} {each.name}".strip() for each in command.asked)
    )
    return CHECK.finding(
        command.location,
        f"{command.verb} {target} asks for what is not there: "
        f"{'; '.join(dict.fromkeys(fault.message for fault in faults))}",
        related=tuple(dict.fromkeys(each for fault in faults for each in fault.related)),
        fix=" ".join(fixes) or "Correct the command, or add what it asks for.",
    )


def _find_fault(
    asked: AskedObject, command: ObjectCommand, known: _Known, *, is_lost: bool
) -> _Fault | None:
    space = None if command.is_everywhere else command.namespace
    objects = known.of(asked.kind)
    matching = _list_matching(asked, command.selector, objects)
    inside = [each for each in objects if not space or each.namespace in ("", space)]
    if any(not space or each.namespace in ("", space) for each in matching):
        return None
    is_mostly_made = _plural(asked.kind) in _MADE_AT_RUN_TIME - _ANY_PODS
    if matching and (is_lost or not is_mostly_made):
        if not (asked.name or command.selector or is_lost):
            # Of a namespace of the manifests, that it has none may be what the reader sees.
            return None
        where = join_first(sorted({each.namespace for each in matching}))
        return _Fault(
            f"{_title(asked, command)} in {where}, not in {space}",
            (_point(matching[0]),),
            f"Write -n {matching[0].namespace}.",
            is_elsewhere=True,
        )
    nearby = objects if is_lost else inside
    if asked.name:
        return _find_misnamed(asked, nearby, known, space)
    is_open = command.is_everywhere or is_mostly_made or known.names(command.selector)
    return (
        None if not command.selector or is_open else _find_mislabelled(command, asked, nearby)
    )


def _list_claimed(statements: Statements, known: _Known) -> Iterator[str]:
    """Namespaces that the document takes for those of the manifests, and that are none.

    It does where it applies manifests to one, or looks there for what they have elsewhere.
    """
    if not known.namespaces:
        return
    made = {each.namespace for each in statements.made if not each.name}
    made |= {each.name for each in statements.made}
    outside = known.namespaces | known.others | made
    for applied in statements.commands:
        if applied.namespace and applied.namespace not in outside:
            yield applied.namespace
    for command in statements.object_commands:
        space = command.namespace
        if not space or command.is_everywhere or space in outside:
            continue
        is_known = any(
            _list_matching(asked, command.selector, known.of(asked.kind))
            for asked in command.asked
        )
        is_near = closest(space, known.namespaces, _ALIKE) is not None
        if is_near or (is_known and not _ADD_ONS.fullmatch(space)):
            yield space


def _list_matching(
    asked: AskedObject, selector: str, objects: Sequence[_Object]
) -> list[_Object]:
    wanted = _parse_selector(selector)
    found = [each for each in objects if not asked.name or _is_named(asked, each)]
    return [each for each in found if wanted is None or wanted.may_match(each.labels)]


def _is_named(asked: AskedObject, each: _Object) -> bool:
    """Of pods the names are those of their workloads, with what is generated behind it."""
    if _plural(asked.kind) in _ANY_PODS:
        return asked.name == each.name or asked.name.startswith(f"{each.name}-")
    return asked.name == each.name


def _may_be_made(asked: AskedObject, command: ObjectCommand, statements: Statements) -> bool:
    return any(
        (not each.name or each.name == asked.name)
        and (each.namespace is None or command.namespace in (None, each.namespace))
        for each in statements.made
    )


def _find_misnamed(
    asked: AskedObject, inside: Sequence[_Object], known: _Known, space: str | None
) -> _Fault | None:
    plural = _plural(asked.kind)
    if plural in _ANY_PODS or not (plural and (find_resource(asked.kind) or inside)):
        return None
    names = {each.name: each for each in inside}
    near = closest(asked.name, names, _ALIKE)
    if plural in _MADE_AT_RUN_TIME and near is None:
        return None
    where = f" in {space}" if space else ""
    kind = inside[0].kind if inside else asked.kind
    message = f"no {kind} is called {asked.name}"
    other = [
        each
        for each in known.objects
        if each.name == asked.name and (not space or each.namespace in ("", space))
    ]
    best = near or _find_by_words(asked.name, names)
    if best:
        message += f", the nearest is {best}"
        return _Fault(message, (_point(names[best]),))
    if other and _is_workload(other[0]):
        message += f": {asked.name} is a {other[0].kind}"
        return _Fault(message, (_point(other[0]),))
    if not inside:
        return _Fault(f"there is no {asked.kind}{where}, and so none called {asked.name}")
    message += (
        f": there {'is' if len(names) == 1 else 'are'} {join_first(sorted(names))}{where}"
    )
    return _Fault(message, (_point(inside[0]),))


def _is_workload(each: _Object) -> bool:
    return each.resource in (
        "deployments",
        "statefulsets",
        "daemonsets",
        "cronjobs",
        "services",
    )


def _find_by_words(name: str, known: Iterable[str]) -> str | None:
    """The name with most words in common."""
    words = set(name.split("-"))
    scored = [(len(words & set(each.split("-"))), -len(each), each) for each in known]
    shared, _, best = max(scored, default=(0, 0, ""))
    return best if shared else None


def _find_mislabelled(
    command: ObjectCommand, asked: AskedObject, inside: Sequence[_Object]
) -> _Fault | None:
    selector = _parse_selector(command.selector)
    if selector is None or not inside:
        return None
    what = "pod" if _plural(asked.kind) in _ANY_PODS else inside[0].kind
    message = f"no {what} has {command.selector}"
    titles = {each.labels: each.name for each in reversed(inside)}
    near = find_nearest(selector, titles)
    if near is None:
        wanted = set(re.split(r"[-.=,/]", command.selector))
        best = max(inside, key=lambda each: len(wanted & _list_words(each)))
        return _Fault(message, (_point(best),) if wanted & _list_words(best) else ())
    place = next(each for each in inside if each.labels == near.labels)
    return _Fault(f"{message}, {near}", (_point(place),))


def _list_words(each: _Object) -> set[str]:
    """The words of its name, of its labels, and of the file that it is in."""
    file = each.location.file.rpartition("/")[2]
    values = (value for _, value in each.labels.pairs)
    return set(re.split(r"[-./ ]", " ".join((each.name, file, *values))))


def _describe_spaces(command: ObjectCommand, known: _Known) -> _Fault:
    """Where the manifests have what a command asks for, or else anything."""
    message = f"the manifests have no namespace {command.namespace}"
    for asked in command.asked:
        found = [each for each in known.of(asked.kind) if each.namespace in known.namespaces]
        if found:
            names = join_first(sorted({each.namespace for each in found}))
            message += f": their {_plural(asked.kind)} are in {names}"
            return _Fault(message, (_point(found[0]),))
    return _Fault(f"{message}: they are in {join_first(sorted(known.namespaces))}")


def _point(each: _Object) -> Related:
    return Related(
        each.location, f"{each.kind} {each.namespace}/{each.name}".replace(" /", " ")
    )


def _title(asked: AskedObject, command: ObjectCommand) -> str:
    if asked.name:
        return f"{asked.kind} {asked.name} is"
    plural = "objects" if asked.kind == "all" else _plural(asked.kind)
    return f"the {plural}{f' with {command.selector}' if command.selector else ''} are"


def _has_word(text: str, word: str) -> bool:
    return re.search(rf"(?<![\w.-]){re.escape(word)}(?![\w.-])", text) is not None


def _gather(case: Case) -> _Known:
    scenario = case.scenario
    written, unwritten = _list_namespaces(case.bundle.manifests)
    if unwritten:
        applied = {each.namespace for said in case.statements for each in said.commands}
        written |= unwritten | {each for each in applied if each}
    endpoints = (each for each in scenario.endpoints if not isinstance(each, AddressEndpoint))
    others = {*_SYSTEM, *_list_selected(case), *(each.namespace for each in endpoints)}
    texts = [entry.text for each in case.bundle.config_maps for entry in each.entries]
    texts += [
        word
        for template in case.bundle.templates
        for container in template.containers
        for word in container.command
    ]
    return _Known(
        tuple(_list_objects(case.bundle.manifests)),
        tuple(_list_pods(case)),
        frozenset(written | set(scenario.namespaces)),
        frozenset(others),
        tuple(_list_selectors(case)),
        tuple(texts),
    )


def _list_namespaces(manifests: Iterable[Manifest]) -> tuple[set[str], set[str]]:
    """The namespaces that manifests name, and those of manifests that name none."""
    written: set[str] = set()
    unwritten: set[str] = set()
    for each in manifests:
        if each.name.kind == "Namespace":
            written.add(each.name.name)
        elif each.name.namespace:
            (written if each.written_namespace else unwritten).add(each.name.namespace)
    return written, unwritten


def _list_objects(manifests: Iterable[Manifest]) -> Iterator[_Object]:
    for each in manifests:
        version = each.body.tree.get("apiVersion")
        written = version.text if isinstance(version, Scalar) else None
        resource = resource_of(each.name.kind, written)
        for name in (each.name, *each.provides):
            plural = resource.plural if resource and name is each.name else _plural(name.kind)
            labels = _read_labels(each.body.tree) if name is each.name else Labels()
            yield _Object(plural, name.kind, name.namespace, name.name, labels, each.location)


def _list_pods(case: Case) -> Iterator[_Object]:
    """The pods of workloads, those that the scenario models, and those of PodTemplates."""
    for pod in case.known_resources.pods:
        workload = pod.workload
        place = pod.location or case.scenario.location
        yield _Object(
            "pods", workload.kind, workload.namespace, workload.name, pod.labels, place
        )
    for each in case.bundle.manifests:
        template = each.body.tree.get("template")
        if each.name.kind == "PodTemplate" and isinstance(template, Mapping):
            name = each.name
            yield _Object(
                "pods",
                name.kind,
                name.namespace,
                name.name,
                _read_labels(template),
                each.location,
            )


def _list_selectors(case: Case) -> Iterator[Selector]:
    """Selectors of policies, Services and budgets: they speak of pods that are to come."""
    for policy in case.resources.policies:
        peers = [policy.subject, *(peer for rule in policy.rules for peer in rule.peers)]
        yield from (peer.pods for peer in peers if isinstance(peer, PodPeer))
    yield from (each.selector for each in case.resources.services if each.selector)
    yield from (each.selector for each in case.bundle.budgets if each.selector)


def _list_selected(case: Case) -> Iterator[str]:
    """Namespaces that policies name, wherever they come from."""
    for policy in case.resources.policies:
        for rule in policy.rules:
            for peer in rule.peers:
                selector = getattr(peer, "namespaces", None)
                for requirement in getattr(selector, "requirements", ()):
                    if requirement.key == "kubernetes.io/metadata.name":
                        yield from requirement.values


def _read_labels(tree: Mapping) -> Labels:
    """The labels in the metadata of an object or of a template."""
    metadata = tree.get("metadata")
    found = metadata.get("labels") if isinstance(metadata, Mapping) else None
    if not isinstance(found, Mapping):
        return Labels()
    pairs = found.entries.items()
    return Labels.of(
        {key: entry.value.text for key, entry in pairs if isinstance(entry.value, Scalar)}
    )


def _parse_selector(text: str) -> Selector | None:
    """The part of a selector that needs a value; None where it has no such part."""
    found = [
        Requirement(key, Operator.NOT_IN if sign == "!=" else Operator.IN, (value,))
        for key, sign, value in _SELECTOR_PART.findall(text)
    ]
    return Selector.of(None, found) if found else None


def _plural(kind: str) -> str:
    word = kind.lower().partition(".")[0]
    if word == "all":
        return word
    found: ApiResource | None = find_resource(word)
    return found.plural if found else _guess_plural(word)


def _guess_plural(kind: str) -> str:
    """As Kubernetes guesses it (apimachinery ``UnsafeGuessKindToResource``)."""
    word = kind.lower()
    if word.endswith("ies") or (word.endswith("s") and not word.endswith("ss")):
        return word
    if word.endswith("ss"):
        return f"{word}es"
    return f"{word[:-1]}ies" if word.endswith("y") else f"{word}s"


CHECK = Check(
    id="documented-object",
    title="A documented command asks for what the manifests do not have",
    severity=Severity.ERROR,
    run=_run,
)
"""The rule."""
