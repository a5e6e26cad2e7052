import pytest

from netsim.intent.diagram.labels import read_label
from netsim.intent.diagram.wording import check_arrow, check_cross
from netsim.intent.errors import IntentError
from netsim.model.location import Location
from tests.intent.drawn import drawn

HERE = Location("d.md", 7)
DENIALS = [
    *("not allowed", "egress not allowed", "never", "no access", "no egress", "egress: none"),
    *("unreachable", "egress disabled", "denied", "is not allowed", "isn’t allowed"),
    "no-egress",
    "all, but no mTLS",
]


@pytest.mark.parametrize(
    "text",
    [
        *(
            "",
            "egress allowed",
            "all",
            "any port",
            "every port",
            "all ports",
            "open",
            "internet",
        ),
        *("TCP", "all UDP ports", "TCP/UDP traffic", "mTLS", "mutual TLS", "ingress/egress"),
        *("port 80", "HTTPS 443", "gRPC, port 50051", "GraphQL and REST, port 80"),
        "port 4000, mTLS",
    ],
)
def test_an_arrow_may_say(text: str) -> None:
    check_arrow(read_label(text, HERE), HERE)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        *((text, "its label says") for text in DENIALS),
        *((f"port 80, {text}", "its label says") for text in DENIALS),
        ("port 80 ✗", "its label says '✗'"),
        ("port 80, except from Web", "an exception"),
        ("port 80, without TLS", "an exception"),
        ("reports to", r"names no port: write \(port N\), or \(all ports\)"),
        ("allowed?", r"a label says '\?'"),
        ("port 80, or so?", r"a label says '\?'"),
        ("port 80, undecided", "a label says 'undecided'"),
        ("—", "names no port"),  # may as well mean none
        ("HTTP2, v1.2, 10.0.0.0/8", "names no port"),  # digits, but no port
        ("TCP, sometimes", "names no port"),
        ("HTTPS", r"write the port, as in \(HTTPS, port N\)"),
        ("TLS", "write the port, as in"),
        ("gRPC", "write the port, as in"),
    ],
)
def test_an_arrow_may_not_say(text: str, message: str) -> None:
    with pytest.raises(IntentError, match=message) as caught:
        check_arrow(read_label(text, HERE), HERE)
    assert caught.value.location == HERE


@pytest.mark.parametrize("text", ["", "denied", "no access", "all ports", "denied, port 22"])
def test_a_cross_may_say(text: str) -> None:
    check_cross(read_label(text, HERE), HERE)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("egress allowed", "its label says 'allowed'"),
        ("port 80, not TLS", "an exception"),  # may as well be all but this port
        ("except Web", "an exception"),
        ("isolation", "names no port"),
    ],
)
def test_a_cross_may_not_say(text: str, message: str) -> None:
    with pytest.raises(IntentError, match=message):
        check_cross(read_label(text, HERE), HERE)


@pytest.mark.parametrize(
    ("drawing", "info"),
    [
        ("┌─────┐\n│ Web │──→ API ({})\n└─────┘", ""),
        ("flowchart LR\nWeb -->|{}| API", "mermaid"),
    ],
)
@pytest.mark.parametrize("text", ["not allowed", "reports to", "HTTPS", "egress: none"])
def test_drawings_are_checked(drawing: str, info: str, text: str) -> None:
    with pytest.raises(IntentError) as caught:
        drawn(drawing.format(text), info)
    assert caught.value.location.line == 4
