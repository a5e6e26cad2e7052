"""What is tried, and what is left out for which reason."""

from __future__ import annotations

from typing import Any

import pytest

from netsim.model.addresses import parse_address
from netsim.probe.cluster import of_file
from netsim.probe.interface import Purpose
from netsim.probe.planning.documented import Documented
from netsim.probe.planning.plan import ByName, ProbePlan, Wanted, plan
from netsim.probe.planning.targets import Host, LeftOut, Omission, Replicas
from tests.probe.samples import SCENARIO, documented, live, raw_pod, shop

METADATA = """\
  metadata: {addresses: [169.254.169.254/32]}
  internet: {addresses: [0.0.0.0/0], except: [10.0.0.0/8]}
"""


def planned(
    pods: list[dict[str, Any]] | None = None, wanted: Wanted | None = None
) -> ProbePlan:
    return plan(live(pods), documented(), wanted or Wanted())


def flows(found: ProbePlan, purpose: Purpose = Purpose.FLOW) -> set[str]:
    return {str(job) for job in found.jobs if job.purpose is purpose}


def reasons(found: ProbePlan) -> dict[str, str]:
    return {each.what: each.reason for each in found.skipped}


def test_every_ordered_pair_on_the_destinations_ports() -> None:
    found = planned()
    assert flows(found) == {
        "web -> api TCP 4000",
        "web -> db TCP 5432",
        "api -> web TCP 3000",
        "api -> db TCP 5432",
        "db -> web TCP 3000",
        "db -> api TCP 4000",
    }
    # Each listener is asked by its own pod, too.
    controls = {"web -> web TCP 3000", "api -> api TCP 4000", "db -> db TCP 5432"}
    assert flows(found, Purpose.CONTROL) == controls
    assert len({job.id for job in found.jobs}) == len(found.jobs)


def test_it_is_the_pods_address_and_port() -> None:
    job = next(job for job in planned().jobs if str(job) == "web -> api TCP 4000")
    assert (job.destination.host, job.destination.pod) == ("10.1.0.2", "shop/api-0")
    assert (job.source.title, job.source.container) == ("shop/web-0", "main")


def broken(name: str, **changes: Any) -> dict[str, Any]:
    found = raw_pod(name, "10.1.0.9", 80, app="web")
    for part, change in changes.items():
        found[part] |= change
    return found


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"status": {"conditions": [{"type": "Ready", "status": "False"}]}}, "not ready"),
        ({"status": {"conditions": []}}, "not ready"),
        ({"status": {"podIP": None}}, "no address"),
        ({"status": {"phase": "Succeeded"}}, "has finished"),
        ({"status": {"phase": "Failed"}}, "has finished"),
        ({"metadata": {"deletionTimestamp": "2030-01-01T00:00:00Z"}}, "being deleted"),
        ({"spec": {"hostNetwork": True}}, "node's network"),
    ],
)
def test_pods_that_take_no_part(change: dict[str, Any], reason: str) -> None:
    found = planned([*shop(), broken("web-1", **change)])
    assert reason in reasons(found)["shop/web-1"]
    assert not [job for job in found.jobs if "web-1" in (job.source.name, job.destination.pod)]


def owned(name: str, address: str, **labels: str) -> dict[str, Any]:
    found = raw_pod(name, address, 3000, **labels)
    owner = {"kind": "ReplicaSet", "name": "web-abc", "controller": True}
    found["metadata"]["ownerReferences"] = [owner]
    found["metadata"]["labels"]["pod-template-hash"] = "abc"
    return found


REPLICAS = [owned(f"web-abc-{n}", f"10.1.1.{n}", app="web") for n in range(3)]


def test_one_pod_stands_for_a_workload_and_meets_a_sibling() -> None:
    found = planned([*REPLICAS, *shop()[1:]])
    sources = {job.source.name for job in found.jobs if job.destination.title == "api"}
    assert sources == {"web-abc-0", "db-0", "api-0"}
    assert "shop/web-abc-1 -> web TCP 3000" in flows(found)


def test_all_replicas() -> None:
    found = planned([*REPLICAS, *shop()[1:]], Wanted(Replicas.ALL))
    to_api = {each for each in flows(found) if each.endswith("-> api TCP 4000")}
    named = {f"web (web-abc-{n}) -> api TCP 4000" for n in range(3)}
    assert to_api == named | {"db -> api TCP 4000"}
    among = {each for each in flows(found) if each.count("web (") == 2}
    assert len(among) == 6


def test_a_replica_with_other_labels_is_another_workload() -> None:
    drifted = owned("web-abc-9", "10.1.1.9", app="wbe")
    found = planned([*REPLICAS, drifted, *shop()[1:]])
    assert "shop/web[Deployment] -> api TCP 4000" in flows(found)


def test_a_pod_nobody_documents_is_part_of_the_closed_world() -> None:
    found = planned([*shop(), raw_pod("job-1", "10.1.0.9", 9000, app="job")])
    assert {"shop/job-1[Pod] -> db TCP 5432", "web -> shop/job-1[Pod] TCP 9000"} <= flows(found)


def test_pods_without_a_known_port_are_no_destination() -> None:
    found = planned([*shop(), raw_pod("job-1", "10.1.0.9", app="job")])
    assert "no known port" in reasons(found)["any -> shop/job-1[Pod]"]
    assert "shop/job-1[Pod] -> api TCP 4000" in flows(found)


def test_what_must_never_reach_a_pod_without_a_known_port_tries_another() -> None:
    said = documented(
        SCENARIO.replace("  db:", "  job: {labels: {app: job}}\n  pod: {labels: {}}\n  db:")
        + "  - {from: pod, to: job, because: x}\n"
    )
    pods = [owned(f"web-abc-{number}", f"10.1.2.{number}", app="job") for number in range(2)]
    for each in pods:
        del each["spec"]["containers"][0]["ports"]
    found = plan(live([*shop(), *pods]), said, Wanted())
    names = ("web", "api", "db", "shop/web-abc-1")
    assert flows(found, Purpose.STAND_IN) == {f"{name} -> job TCP 80" for name in names}
    assert "job -> job TCP 80" in flows(found, Purpose.CONTROL)
    assert "any -> job" not in reasons(found)
    # What is only not drawn has nothing to try.
    assert not flows(plan(live([*shop(), *pods]), documented(), Wanted()), Purpose.STAND_IN)
    # A known port needs no other.
    known = documented(
        SCENARIO.replace("  db:", "  job: {labels: {app: job}, ports: [{port: 9}]}\n  db:")
        + "  - {from: web, to: job, because: x}\n"
    )
    assert not flows(plan(live([*shop(), *pods]), known, Wanted()), Purpose.STAND_IN)


def test_what_must_never_be_on_one_port_stands_for_no_other() -> None:
    said = documented(
        SCENARIO.replace("  db:", "  job: {labels: {app: job}}\n  db:")
        + "  - {from: web, to: job, ports: [UDP 1-65535], because: x}\n"
    )
    found = plan(live([*shop(), raw_pod("job-1", "10.1.0.9", app="job")]), said, Wanted())
    assert not flows(found, Purpose.STAND_IN)
    assert "no known port" in reasons(found)["any -> job"]


def test_no_tool_speaks_sctp() -> None:
    pod = raw_pod("job-1", "10.1.0.9", app="job")
    port = {"containerPort": 9, "protocol": "SCTP"}
    pod["spec"]["containers"][0]["ports"] = [port]
    assert "SCTP" in reasons(planned([*shop(), pod]))["any -> shop/job-1[Pod] SCTP 9"]


def test_documented_endpoints_without_pods() -> None:
    found = planned([*shop()[:1], broken("db-0", metadata={"labels": {"app": "db"}})])
    assert reasons(found)["api"] == "no pod matches"
    unready = broken("api-0", status={"conditions": []}, metadata={"labels": {"app": "api"}})
    assert reasons(planned([*shop()[:1], unready]))["api"] == "no ready pod"


def test_targets_outside() -> None:
    host = Host("192.0.2.1", 443, (parse_address("192.0.2.1"),))
    found = planned(wanted=Wanted(hosts=(host,)))
    wanted = {f"{name} -> 192.0.2.1 TCP 443" for name in ("web", "api", "db")}
    assert flows(found, Purpose.EXTERNAL) == wanted


def with_flows(*flows: str) -> Documented:
    text = SCENARIO.replace("  db:", f"{METADATA}  db:")
    further = "".join(f"  - {flow}\n" for flow in flows)
    return documented(text.replace("flows:\n", f"flows:\n{further}"))


def test_an_endpoint_of_one_address_is_a_target_where_a_flow_names_a_port() -> None:
    said = with_flows("{from: api, to: metadata, ports: [TCP 80], because: x}")
    found = plan(live(), said, Wanted())
    wanted = {f"{name} -> metadata (169.254.169.254) TCP 80" for name in ("web", "api", "db")}
    assert flows(found, Purpose.EXTERNAL) == wanted


def test_an_address_that_must_never_be_reached_is_tried_where_metadata_servers_listen() -> None:
    never = (
        "  - {from: web, to: metadata, because: x}\n  - {from: web, to: internet, because: x}\n"
    )
    said = documented(SCENARIO.replace("  db:", f"{METADATA}  db:") + never)
    found = plan(live(), said, Wanted())
    assert flows(found, Purpose.STAND_IN) == {"web -> metadata (169.254.169.254) TCP 80"}
    assert set(reasons(found)) == {"web -> internet"}
    # Whoever names it wants to know it of every pod.
    host = Host("169.254.169.254", 80, (parse_address("169.254.169.254"),))
    found = plan(live(), said, Wanted(hosts=(host,)))
    assert not flows(found, Purpose.STAND_IN)
    assert "web -> 169.254.169.254 TCP 80" in flows(found, Purpose.EXTERNAL)


def test_a_range_needs_an_address_to_try() -> None:
    said = with_flows("{from: api, to: internet, ports: [TCP 443], because: x}")
    found = plan(live(), said, Wanted())
    assert "--external HOST:PORT" in reasons(found)["api -> internet"]
    # A name may be any address outside.
    named = plan(live(), said, Wanted(hosts=(Host("example.com", 443),)))
    assert "api -> internet" not in reasons(named)


def test_nothing_can_be_run_outside() -> None:
    said = with_flows("{from: internet, to: web, ports: [TCP 443], because: x}")
    assert "starts outside" in reasons(plan(live(), said, Wanted()))["internet -> web"]


SERVICE = {
    "apiVersion": "v1",
    "kind": "Service",
    "metadata": {"name": "api", "namespace": "shop"},
    "spec": {"selector": {"app": "api"}, "ports": [{"port": 80, "targetPort": 4000}]},
}


def test_services_by_name_from_where_the_pods_are_allowed() -> None:
    cluster = of_file([*shop(), SERVICE], "shop")
    assert not flows(plan(cluster, documented(), Wanted()), Purpose.SERVICE)
    found = plan(cluster, documented(), Wanted(services=ByName.YES))
    assert flows(found, Purpose.SERVICE) == {"web -> svc/shop/api TCP 80"}
    (job,) = [each for each in found.jobs if each.purpose is Purpose.SERVICE]
    assert job.destination.host == "api.shop.svc"
    assert job.destination.connection[1] == 4000


def test_a_service_shows_nothing_to_whom_it_may_lead_astray() -> None:
    """To itself, which no policy denies, or to pods that somebody else speaks of."""
    ports = [{"port": 80, "targetPort": 4000}]
    both = {**SERVICE, "spec": {"selector": {"tier": "back"}, "ports": ports}}
    pods = shop()
    for each in pods[:2]:
        each["metadata"]["labels"]["tier"] = "back"
    found = plan(of_file([*pods, both], "shop"), documented(), Wanted(services=ByName.YES))
    assert not flows(found, Purpose.SERVICE)
    assert reasons(found)["web -> svc/shop/api"] == "the Service may lead it to itself"
    other = raw_pod("other-0", "10.1.0.9", 4000, app="other", tier="back")
    pods = [*shop(), other]
    pods[1]["metadata"]["labels"]["tier"] = "back"
    found = plan(of_file([*pods, both], "shop"), documented(), Wanted(services=ByName.YES))
    assert not flows(found, Purpose.SERVICE)
    assert "not documented to reach" in reasons(found)["web -> svc/shop/api"]


ELSEWHERE = SCENARIO.replace(
    "  db:",
    "  ingress: {namespace: edge, labels: {app: in}}\n"
    "  dns: {namespace: sys, labels: {}}\n  db:",
)


def edge(name: str, namespace: str, port: int, **labels: str) -> dict[str, Any]:
    found = raw_pod(name, f"10.9.0.{port % 250}", port, **labels)
    found["metadata"]["namespace"] = namespace
    return found


def test_pods_elsewhere_begin_only_what_is_documented() -> None:
    said = documented(
        ELSEWHERE.replace(
            "flows:\n", "flows:\n  - {from: ingress, to: web, ports: [TCP 3000], because: x}\n"
        )
    )
    pods = [*shop(), edge("in-0", "edge", 8080, app="in"), edge("dns-0", "sys", 53, app="dns")]
    cluster = live([*pods, edge("other-0", "edge", 1, app="other")])
    found = flows(plan(cluster, said, Wanted()))
    assert {
        "ingress -> web TCP 3000",
        "ingress -> api TCP 4000",
        "web -> ingress TCP 8080",
    } <= found
    # Nobody says what the DNS server connects to, nor anything of the other pod.
    assert not [each for each in found if each.startswith(("sys/dns", "dns"))]
    assert not [each for each in found if "other" in each]


def test_pods_of_a_stateful_set_meet_each_other() -> None:
    """Each has its own name among its labels, which makes it no other workload."""
    several = [raw_pod(f"db-{n}", f"10.1.0.{3 + n}", 5432, app="db") for n in range(2)]
    for each in several:
        owner = {"kind": "StatefulSet", "name": "db", "controller": True}
        each["metadata"]["ownerReferences"] = [owner]
        own = {"statefulset.kubernetes.io/pod-name": each["metadata"]["name"]}
        each["metadata"]["labels"] |= own
    assert "shop/db-1 -> db TCP 5432" in flows(planned([*shop()[:2], *several]))


@pytest.mark.parametrize(
    ("flow", "reason"),
    [
        ("{from: db, to: store, ports: [TCP 5432]}", "one and the same pod is both ends"),
        ("{from: tools, to: agents, ports: [TCP 80]}", "neither end is in shop"),
        (
            "{from: web, to: tools, ports: [TCP 22]}",
            "no pod of tools is known to have one of its ports",
        ),
        ("{from: web, to: db, ports: [SCTP 5432]}", "no common tool speaks SCTP"),
        ("{from: web, to: internet, ports: [TCP 25]}", "no address is tried on its ports"),
    ],
)
def test_a_flow_of_which_nothing_is_tried_is_named(flow: str, reason: str) -> None:
    more = METADATA + "  tools: {namespace: tools, labels: {}}\n"
    more += "  agents: {namespace: tools, labels: {app: tool}}\n  store: {labels: {app: db}}\n"
    text = f"{SCENARIO.replace('flows:', more + 'flows:')}  - {flow[:-1]}, because: of it}}\n"
    tools = [raw_pod(f"tool-{n}", f"10.1.0.{8 + n}", 80, app="tool") for n in range(2)]
    for each in tools:
        each["metadata"]["namespace"] = "tools"
    wanted = Wanted(hosts=(Host("198.51.100.1", 443, (parse_address("198.51.100.1"),)),))
    found = plan(of_file([*shop(), *tools], "shop"), documented(text), wanted)
    ends = flow[1:].split(",")
    name = f"{ends[0].removeprefix('from: ')} -> {ends[1].removeprefix(' to: ')}"
    assert reason in reasons(found)[name]


def test_an_endpoint_that_is_called_like_what_is_left_out_of_another() -> None:
    """What is said of one is recognized by what it is, not by how it reads."""
    name = "any -> api"
    scenario = SCENARIO.replace(
        "endpoints:\n", f"endpoints:\n  {name!r}: {{labels: {{app: x}}}}\n"
    )
    found = plan(live(), documented(scenario), Wanted())
    assert LeftOut(name, "no pod matches") in found.skipped
    assert LeftOut("api", "", Omission.TO).what == name
    assert {"web -> api TCP 4000", "api -> db TCP 5432"} <= flows(found)


@pytest.mark.parametrize(
    ("left", "text"),
    [
        (LeftOut("api", ""), "api"),
        (LeftOut("api", "", Omission.FROM), "api -> any"),
        (LeftOut("api", "", Omission.TO), "any -> api"),
        (LeftOut("api", "", Omission.TO, "SCTP 80"), "any -> api SCTP 80"),
    ],
)
def test_what_is_left_out_in_words(left: LeftOut, text: str) -> None:
    assert left.what == text
