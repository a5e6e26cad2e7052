"""``probe`` as JUnit XML: a connection is a test case, and so is a policy that differs."""

from __future__ import annotations

from collections.abc import Iterator
from xml.sax.saxutils import escape, quoteattr

from netsim.probe.judging.compare import Agreement, Compared
from netsim.probe.result import ProbeResult
from netsim.report.probe import words
from netsim.report.style import Terminal
from netsim.words.printable import printable

_CLASS = "netsim.probe"


def render(result: ProbeResult, _: Terminal) -> str:
    """The whole document."""
    cases = [*_connections(result), *_handshakes(result), *_cluster(result), *_skipped(result)]
    counts = {
        "tests": len(cases),
        "failures": sum("<failure" in case for case in cases),
        "errors": sum("<error" in case for case in cases),
        "skipped": sum("<skipped" in case for case in cases),
    }
    numbers = "".join(f' {name}="{number}"' for name, number in counts.items())
    time = f' time="{result.extent.seconds:.3f}"'
    name = quoteattr(f"netsim probe {printable(result.extent.namespace)}")
    head = f'<?xml version="1.0" encoding="utf-8"?>\n<testsuites{numbers}{time}>\n'
    suite = f"  <testsuite name={name}{numbers}{time}>\n"
    return f"{head}{suite}{''.join(cases)}  </testsuite>\n</testsuites>\n"


def _case(name: str, group: str, inner: str = "") -> str:
    attributes = f"classname={quoteattr(f'{_CLASS}.{group}')} name={quoteattr(printable(name))}"
    if not inner:
        return f"    <testcase {attributes}/>\n"
    return f"    <testcase {attributes}>\n      {inner}\n    </testcase>\n"


def _element(name: str, message: str, text: str = "") -> str:
    lines = "\n".join(printable(line) for line in text.splitlines())
    return f"<{name} message={quoteattr(printable(message))}>{escape(lines)}</{name}>"


def _connections(result: ProbeResult) -> Iterator[str]:
    if not result.comparisons:
        # A suite of nothing but what is skipped would pass.
        yield _case("connections", "connection", _element("error", words.NOTHING_TRIED))
    for each in result.comparisons:
        yield _case(words.flow(each), "connection", _outcome(each))


def _outcome(found: Compared) -> str:
    said = zip(words.HEAD[4:], words.row(found)[4:], strict=True)
    message = ", ".join(f"{name} {text}" for name, text in said)
    match found.agreement:
        case Agreement.AGREE:
            return ""
        case Agreement.DIFFER:
            return _element(
                "failure", message, "\n".join((words.cause(found), *words.reasons(found)))
            )
        case Agreement.INCONCLUSIVE:
            return _element("error", message, words.why_unclear(found))


def _handshakes(result: ProbeResult) -> Iterator[str]:
    names = {Agreement.DIFFER: "failure", Agreement.INCONCLUSIVE: "error"}
    for each in result.handshakes:
        name = names.get(each.agreement)
        text = words.handshake(each)
        yield _case(str(each.job), "mtls", _element(name, text, each.why) if name else "")


def _cluster(result: ProbeResult) -> Iterator[str]:
    for policy in result.drifted:
        text = words.difference(policy, result)
        yield _case(policy.title, "policy", _element("failure", text))
    for pod in result.labels:
        yield _case(pod.pod, "labels", _element("failure", words.labels(pod)))


def _skipped(result: ProbeResult) -> Iterator[str]:
    for each in result.skipped:
        yield _case(each.what, "skipped", _element("skipped", each.reason))
