"""``probe`` as JUnit XML: a connection is a test case, and so is a policy that differs."""

from __future__ import annotations

from collections.abc import Iterator

from netsim.probe.judging.compare import Agreement, Compared
from netsim.probe.result import ProbeResult
from netsim.report.junit import write_case, write_element, write_suite
from netsim.report.probe import words
from netsim.report.style import Terminal

_CLASS = "netsim.probe"


def render(result: ProbeResult, _: Terminal) -> str:
    """The whole document."""
    cases = (*_connections(result), *_handshakes(result), *_cluster(result), *_skipped(result))
    name = f"netsim probe {result.extent.namespace}"
    return write_suite(name, cases, result.extent.seconds)


def _case(name: str, group: str, inner: str = "") -> str:
    return write_case(f"{_CLASS}.{group}", name, inner)


def _connections(result: ProbeResult) -> Iterator[str]:
    if not result.comparisons:
        # A suite of nothing but what is skipped would pass.
        yield _case("connections", "connection", write_element("error", words.NOTHING_TRIED))
    for each in result.comparisons:
        yield _case(words.flow(each), "connection", _outcome(each))


def _outcome(found: Compared) -> str:
    said = zip(words.HEAD[4:], words.row(found)[4:], strict=True)
    message = ", ".join(f"{name} {text}" for name, text in said)
    match found.agreement:
        case Agreement.AGREE:
            return ""
        case Agreement.DIFFER:
            return write_element(
                "failure", message, "\n".join((words.cause(found), *words.reasons(found)))
            )
        case Agreement.INCONCLUSIVE:
            return write_element("error", message, words.why_unclear(found))


def _handshakes(result: ProbeResult) -> Iterator[str]:
    names = {Agreement.DIFFER: "failure", Agreement.INCONCLUSIVE: "error"}
    for each in result.handshakes:
        name = names.get(each.agreement)
        text = words.handshake(each)
        yield _case(str(each.job), "mtls", write_element(name, text, each.why) if name else "")


def _cluster(result: ProbeResult) -> Iterator[str]:
    for policy in result.drifted:
        text = words.difference(policy, result)
        yield _case(policy.title, "policy", write_element("failure", text))
    for pod in result.labels:
        yield _case(pod.pod, "labels", write_element("failure", words.labels(pod)))


def _skipped(result: ProbeResult) -> Iterator[str]:
    for each in result.skipped:
        yield _case(each.what, "skipped", write_element("skipped", each.reason))
