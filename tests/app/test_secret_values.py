"""The value of a Secret is shown nowhere: in no message, no format, and no ``repr``."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from enum import Enum
from pathlib import Path

import msgspec
import pytest

from netsim.app.case import assemble_case
from netsim.app.check import CheckRequest, check
from netsim.app.documentation import read
from netsim.loader.load import load
from netsim.loader.registry import Scope
from netsim.model.conventions import Conventions
from netsim.model.secrets import SecretEntry
from tests.cli.command import netsim

VALUE = "xK7-canary-q9Zr4Tn2Lw8"
ENCODED = base64.b64encode(VALUE.encode()).decode()
OTHER = "mB3-former-v5Hs1Cd6Yp0"
NUMBER = "4815162342108"
HIDDEN = (VALUE, ENCODED, OTHER, NUMBER)

HEAD = "apiVersion: v1\nkind: Secret\nmetadata: {name: database, namespace: shop}\n"
APPLIED = json.dumps({"kind": "Secret", "stringData": {"password": VALUE}})
SECRETS = {
    "data": f"{HEAD}data: {{password: {ENCODED}}}\n",
    "stringData": f"{HEAD}stringData: {{password: {VALUE}}}\n",
    "a credential": f"{HEAD}stringData: {{url: 'postgres://shop:{VALUE}@db.internal/shop'}}\n",
    "a private key": f"{HEAD}stringData:\n  key: |\n    -----BEGIN PRIVATE KEY-----\n"
    f"    {VALUE * 4}\n    -----END PRIVATE KEY-----\n",
    "as it was applied": "apiVersion: v1\nkind: Secret\nmetadata:\n  name: database\n"
    f"  namespace: shop\n  annotations: {{last-applied-configuration: '{APPLIED}'}}\n",
    "in a list": "apiVersion: v1\nkind: List\nitems:\n- kind: Secret\n  apiVersion: v1\n"
    f"  metadata: {{name: database, namespace: shop}}\n  data: {{password: {ENCODED}}}\n",
    "JSON": json.dumps(
        {
            "apiVersion": "v1",
            "kind": "Secret",
            "metadata": {"name": "database", "namespace": "shop"},
            "stringData": {"password": VALUE},
        }
    ),
}
BROKEN = {
    "no mapping": f"{HEAD}stringData: {VALUE}\n",
    "data is no mapping": f"{HEAD}data: {ENCODED}\n",
    "a list": f"{HEAD}stringData: [{VALUE}]\n",
    "a list within": f"{HEAD}stringData: {{password: [{VALUE}]}}\n",
    "a mapping within": f"{HEAD}stringData: {{password: {{{VALUE}: {VALUE}}}}}\n",
    "not base64": f"{HEAD}data: {{password: '{VALUE}!'}}\n",
    "a key twice": f"{HEAD}stringData: {{password: {VALUE}, password: {VALUE}}}\n",
    "an unknown field": f"{HEAD}strnigData: {{password: {VALUE}}}\n",
    "the type": f"{HEAD}type: [{VALUE}]\nstringData: {{password: {VALUE}}}\n",
    "a wrong name": f"apiVersion: v1\nkind: Secret\nmetadata: {{name: [a]}}\n"
    f"stringData: {{password: {VALUE}}}\n",
    "a colon": f"{HEAD}stringData:\n  password: {VALUE}: {VALUE}\n",
    "a quote": f'{HEAD}stringData:\n  password: "{VALUE}\n',
    "an alias": f"{HEAD}stringData:\n  password: *{VALUE}\n",
    "an anchor": f"{HEAD}stringData:\n  password: &{VALUE} {VALUE} {VALUE}: a\n",
    "a tag": f"{HEAD}stringData:\n  password: !{VALUE} {VALUE}\n",
    "a merge": f"{HEAD}stringData:\n  <<: {VALUE}\n",
    "a tab": f"{HEAD}stringData:\n\tpassword: {VALUE}\n",
    "a control character": f"{HEAD}stringData: {{password: {VALUE}\x07}}\n",
    "a number": f"{HEAD}stringData: {{password: {NUMBER}}}\n",
    "an encoded number": f"{HEAD}data: {{password: {NUMBER}}}\n",
    "broken JSON": '{"apiVersion": "v1", "kind": "Secret", "stringData": '
    f'{{"a": "{VALUE}",}}}}',
    "JSON of a wrong type": '{"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "a"}, '
    f'"stringData": "{VALUE}"}}',
}
POD = f"""
apiVersion: v1
kind: Pod
metadata: {{name: web, namespace: shop, labels: {{app: web}}}}
spec:
  containers:
  - name: web
    image: web
    env:
    - name: PASSWORD
      valueFrom: {{secretKeyRef: {{name: database, key: pasword}}}}
    - name: LITERAL
      value: {VALUE}
"""
SCENARIO = """\
diagram: {file: ../m/README.md, heading: Net}
namespace: shop
endpoints:
  web: {labels: {app: web}}
  net: {addresses: [0.0.0.0/0]}
documents:
  - {file: ../m/README.md, excerpts: [Secret, Part]}
"""
DOCUMENT = f"""\
# Net
```
web → net
```
# Secret
```yaml
{HEAD}stringData: {{password: {OTHER}}}
```
# Part
```yaml
stringData: {{password: {OTHER}, url: {OTHER}}}
```
"""


@pytest.fixture(params=[*SECRETS, *BROKEN])
def project(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    text = (SECRETS | BROKEN)[request.param]
    name = "secret.json" if text.startswith("{") else "secret.yaml"
    files = {f"m/{name}": text, "m/pod.yaml": POD, "m/README.md": DOCUMENT}
    for path, content in (files | {"s/scenario.yaml": SCENARIO}).items():
        (tmp_path / path).parent.mkdir(exist_ok=True)
        (tmp_path / path).write_text(content, encoding="utf-8")
    return tmp_path


def shows(text: str) -> list[str]:
    return [each for each in HIDDEN if each in text]


@pytest.mark.parametrize("form", ["text", "markdown", "json"])
def test_no_output(project: Path, form: str) -> None:
    scenario = str(project / "s/scenario.yaml")
    for also in ((), ("--scenario", scenario)):
        done = netsim("check", str(project / "m"), "--format", form, *also)
        assert done.out
        assert shows(done.out + done.err) == []


def test_no_other_command(project: Path) -> None:
    for command in ("list", "order", "drain"):
        done = netsim(command, str(project / "m"))
        assert shows(done.out + done.err) == []


def test_no_domain_object(project: Path) -> None:
    paths = (str(project / "m"),)
    described = read(str(project / "s/scenario.yaml"))
    loaded = load(paths, "shop", scope=Scope.BUNDLE)
    case = assemble_case(loaded, paths, Conventions(), described)
    result = check(CheckRequest(paths, scenario=str(project / "s/scenario.yaml")))
    for root in (loaded, case, described, result):
        for each in reachable(root):
            assert shows(repr(each)) == [], type(each)


def reachable(root: object) -> Iterator[object]:
    """Everything that is part of an object, but for texts and numbers themselves."""
    pending, seen = [root], set()
    while pending:
        each = pending.pop()
        if id(each) in seen or isinstance(each, str | bytes | int | float | Enum | None):
            continue
        seen.add(id(each))
        yield each
        if isinstance(each, SecretEntry):
            continue
        if isinstance(each, msgspec.Struct):
            pending += [getattr(each, name) for name in each.__struct_fields__]
        elif isinstance(each, dict):
            pending += [*each.keys(), *each.values()]
        elif isinstance(each, tuple | list | set | frozenset):
            pending += each
