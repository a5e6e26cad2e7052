"""A Secret of the input holds what looks like a real credential.

Manifests are committed, copied and pasted: anyone who can read them has the credential, and it
stays in the history after it is deleted. The base64 of `data` hides nothing.

Reported are values in the shape of a well-known token (AWS, GitHub, GitLab, Slack, Google and
others), private keys, JSON Web Tokens, addresses with a password in them, registry logins, and
values that are one long random text. Placeholders (`REPLACE_ME`, `changeme`, `<password>`,
`${PASSWORD}`), public certificates and the default passwords of local set-ups
(`postgres:postgres@localhost`) are not. Findings name the key and what its value looks like,
never the value.

PASS:

```yaml
apiVersion: v1
kind: Secret
metadata: {name: database, namespace: shop}
stringData:
  url: postgres://shop:REPLACE_ME@database.internal:5432/shop
```

FAIL:

```yaml
apiVersion: v1
kind: Secret
metadata: {name: database, namespace: shop}
stringData:
  url: postgres://shop:correct-horse@database.internal:5432/shop
```

Keys, random texts and random digits are also what templates of charts draw anew each time they
are rendered. So they are not reported in what Helm wrote, as a comment `# Source:` or the
labels of a chart show. Names of things (`cluster-id`) are no secrets.

Fix: if it is in use, revoke the credential, keep the new one where only its users can read it
(the External Secrets Operator reads many such stores), and write a placeholder here.
"""

from __future__ import annotations

from collections.abc import Iterator

from netsim.bundle.credentials import Origin, recognize_credential
from netsim.judge.case import Case
from netsim.model.finding import Finding, Severity
from netsim.model.secrets import Secret, SecretEntry, Writer
from netsim.rules.interface import Check

_NOT_WRITTEN_BY_HAND = ("helm.sh/",)
"""Types of Secrets in which a tool keeps its own records, compressed."""


def _run(case: Case) -> Iterator[Finding]:
    for secret in case.bundle.secrets:
        if secret.type.startswith(_NOT_WRITTEN_BY_HAND):
            continue
        for entry in secret.entries:
            yield from _check_entry(secret, entry)


def _check_entry(secret: Secret, entry: SecretEntry) -> Iterator[Finding]:
    looks = recognize_credential(entry.key, entry.value)
    is_drawn = looks and looks.origin is Origin.DRAWN and secret.writer is Writer.HELM
    if looks and not is_drawn:
        yield CHECK.finding(
            entry.location,
            f"{secret.object_name}: the value of {entry.key} looks like {looks.title}",
            fix=_FIXES[looks.origin],
        )


_FIXES = {
    Origin.ISSUED: "If it is in use, revoke it, as anyone who can read this file has it, and "
    "write a placeholder here; let an ExternalSecret fetch the new one.",
    Origin.DRAWN: "If it is in use, replace it, as anyone who can read this file has it, and "
    "write a placeholder here; let an ExternalSecret fetch the new one.",
}


CHECK = Check(
    id="secret-looks-real",
    title="A Secret holds what looks like a real credential",
    severity=Severity.ERROR,
    run=_run,
    risk=9.0,
)
"""The rule."""
