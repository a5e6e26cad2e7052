import pytest

from netsim.intent.diagram.labels import read_label
from netsim.intent.errors import IntentError
from netsim.model.flow import Claim
from netsim.model.location import Location

HERE = Location("d.md", 7)


@pytest.mark.parametrize(
    ("text", "ports"),
    [
        ("port 4000", "TCP 4000"),
        ("ports 80, 443", "TCP 80,443"),
        ("ports 80 and 443", "TCP 80,443"),
        ("8000-8010", "TCP 8000-8010"),
        ("8000–8010", "TCP 8000-8010"),  # an en dash, as word processors write it
        ("UDP 53", "UDP 53"),
        ("53/udp", "UDP 53"),
        ("udp/53", "UDP 53"),
        ("port 53, TCP+UDP", "TCP 53,UDP 53"),
        ("port 53, TCP and UDP", "TCP 53,UDP 53"),
        ("UDP 53, TCP 80, 443", "TCP 80,443,UDP 53"),
        ("443, UDP 53", "TCP 443,UDP 53"),  # the protocol before a port is not for the others
        ("80 TCP 53/udp", "TCP 80,UDP 53"),
        ("HTTPS 443", "TCP 443"),
        ("all UDP ports", "UDP 1-65535"),
        ("all ports", "All Connections"),
        ("egress allowed", "All Connections"),
        ("", "All Connections"),
        ("all ports open", "All Connections"),
        ("HTTP2, v1.2, 10.0.0.0/8", "All Connections"),  # digits that are no ports
    ],
)
def test_ports(text: str, ports: str) -> None:
    assert str(read_label(text, HERE).ports) == ports


@pytest.mark.parametrize("text", ["port 4000, mTLS", "mtls 4000", "mutual TLS, port 4000"])
def test_mtls_is_a_claim(text: str) -> None:
    label = read_label(text, HERE)
    assert label.claims == {Claim.MTLS}
    assert str(label.ports) == "TCP 4000"
    assert label.text == text


@pytest.mark.parametrize(
    "text",
    [
        "port 99999",
        "port http4000x",
        "port",
        "port 0",
        "8010-8000",
        "4000x",
        "53/upd",
        "all ports except 22",  # would otherwise allow just what is excepted
        "all ports except 22/tcp",
        "all but UDP",
        "retries 3",  # a number that need not be a port
        "TCP 80, UDP",
    ],
)
def test_malformed_ports_are_refused_with_their_line(text: str) -> None:
    with pytest.raises(IntentError) as caught:
        read_label(text, HERE)
    assert caught.value.location == HERE
    assert ";" in caught.value.message
