"""Statements of the real documentation, or what they are about, made false one at a time."""

from __future__ import annotations

from dataclasses import dataclass

README = "manifests/README.md"
SCENARIO = "scenarios/production.yaml"
GVISOR = "manifests/gvisor-runtimeclass.yaml"
POLICIES = "manifests/network-policy.yaml"
BUDGETS = "manifests/pod-disruption-budgets.yaml"
TEMPLATE = "manifests/pod-template.yaml"
POOL = "manifests/warm-pool.yaml"


@dataclass(frozen=True)
class Mutation:
    """A text replaced by another; the rule that finds it alone, and both lines it names.

    Anchors are texts that end on these lines, in the mutated files; a manifest without one is
    named as a whole.
    """

    file: str
    old: str
    new: str
    rule: str
    stated: str
    manifest: str | None
    anchor: str | None = None
    says: str = ""


MUTATIONS = {
    # Files
    "file-row-misspelt": Mutation(
        README,
        "| `pod-template.yaml` |",
        "| `pod-templates.yaml` |",
        "documented-files",
        "| `pod-templates.yaml`",
        TEMPLATE,
        says="did you mean pod-template.yaml?",
    ),
    "folder-row-misspelt": Mutation(
        README,
        "| `external-secrets/` |",
        "| `external-secret/` |",
        "documented-files",
        "| `external-secret/`",
        "manifests/external-secrets/cluster-secret-store.yaml",
        says="did you mean external-secrets/?",
    ),
    "file-row-dropped": Mutation(
        README,
        "| `warm-pool.yaml` |",
        "| `README.md` |",
        "documented-files",
        "## Files\n\n|",
        POOL,
        says="no row of the table names warm-pool.yaml",
    ),
    # Budgets: each cell
    "service-unknown": Mutation(
        README,
        "| Web | 1 | N/A |",
        "| Wep | 1 | N/A |",
        "documented-budget",
        "| Wep",
        BUDGETS,
        "# As above: two replicas at least.\n  minAvailable: 1\n"
        "  unhealthyPodEvictionPolicy: AlwaysAllow\n  selector:",
        says="did you mean 'web'",
    ),
    "min-available-of-api": Mutation(
        README,
        "| API | 1 | N/A |",
        "| API | 2 | N/A |",
        "documented-budget",
        "| API | 2",
        BUDGETS,
        "of a single\n  # one, none could ever be evicted.\n  minAvailable: 1",
        "the table says minAvailable 2",
    ),
    "other-column-for-web": Mutation(
        README,
        "| Web | 1 | N/A |",
        "| Web | N/A | 1 |",
        "documented-budget",
        "| Web | N/A",
        BUDGETS,
        "As above: two replicas at least.\n  minAvailable: 1",
        "the table says maxUnavailable 1",
    ),
    "number-for-percentage": Mutation(
        README,
        "| Runner Pool | N/A | 50% |",
        "| Runner Pool | N/A | 50 |",
        "documented-budget",
        "| Runner Pool |",
        BUDGETS,
        "maxUnavailable: 50%",
        "PodDisruptionBudget production/plue-runner has maxUnavailable 50%",
    ),
    "nothing-for-the-runners": Mutation(
        README,
        "| Runner Pool | N/A | 50% |",
        "| Runner Pool | N/A | N/A |",
        "documented-budget",
        "| Runner Pool |",
        BUDGETS,
        "maxUnavailable: 50%",
        "the table says no amount",
    ),
    "budget-row-dropped": Mutation(
        README,
        "| Web | 1 | N/A |\n",
        "",
        "documented-budget",
        "| Service |",
        BUDGETS,
        "name: plue-web",
        "no row of the table names PodDisruptionBudget production/plue-web",
    ),
    "budget-changed": Mutation(
        BUDGETS,
        "maxUnavailable: 50%",
        "maxUnavailable: 25%",
        "documented-budget",
        "| Runner Pool |",
        BUDGETS,
        "maxUnavailable: 25%",
        "has maxUnavailable 25%",
    ),
    # Schedule
    "period-in-prose": Mutation(
        README,
        "runs every 5 minutes",
        "runs every 10 minutes",
        "documented-schedule",
        "runs every 10",
        POOL,
        "schedule:",
        "says every 10 minutes",
    ),
    "period-in-the-drawing": Mutation(
        README,
        "CronJob (every 5 minutes)",
        "CronJob (every 3min)",
        "documented-schedule",
        "CronJob (every 3min)",
        POOL,
        "schedule:",
        "says every 3min",
    ),
    # Size
    "size": Mutation(
        README,
        'value: "5"',
        'value: "6"',
        "documented-pool-size",
        'value: "6"',
        POOL,
        '- name: WARM_POOL_SIZE\n                  value: "5"',
        'the document says WARM_POOL_SIZE "6"',
    ),
    "size-configured": Mutation(
        POOL,
        '- name: WARM_POOL_SIZE\n                  value: "5"',
        '- name: WARM_POOL_SIZE\n                  value: "50"',
        "documented-pool-size",
        'value: "5"',
        POOL,
        '- name: WARM_POOL_SIZE\n                  value: "50"',
        'says "50"',
    ),
    "size-renamed": Mutation(
        POOL,
        "- name: WARM_POOL_SIZE",
        "- name: WARM_POOL_SIZES",
        "documented-pool-size",
        'value: "5"',
        POOL,
        "kind: CronJob\nmetadata:\n  name: runner-warm-pool",
        "did you mean WARM_POOL_SIZES?",
    ),
    # Excerpts
    "handler": Mutation(
        README,
        "handler: runsc",
        "handler: runc",
        "documented-excerpt",
        "handler: runc",
        GVISOR,
        "handler: runsc",
        "the document says handler: runc",
    ),
    "handler-configured": Mutation(
        GVISOR,
        "handler: runsc",
        "handler: kata",
        "documented-excerpt",
        "handler: runsc",
        GVISOR,
        "handler: kata",
        "says kata",
    ),
    "name-of-the-runtime-class": Mutation(
        README,
        "metadata:\n  name: gvisor",
        "metadata:\n  name: gvisors",
        "documented-excerpt",
        "name: gvisors",
        GVISOR,
        "name: gvisor",
        "did you mean gvisor?",
    ),
    "runtime-class-of-the-fragment": Mutation(
        README,
        "```yaml\nspec:\n  runtimeClassName: gvisor",
        "```yaml\nspec:\n  runtimeClassName: runc",
        "documented-excerpt",
        "runtimeClassName: runc",
        TEMPLATE,
        "runtimeClassName: gvisor",
        "says gvisor",
    ),
    "image-of-the-template": Mutation(
        README,
        "runner:v1.8.2",
        "runner:latest",
        "documented-excerpt",
        "runner:latest",
        TEMPLATE,
        "image: gcr.io/plue-production/runner:v1.8.2",
        "says gcr.io/plue-production/runner:v1.8.2",
    ),
    # Commands
    "namespace-of-a-command": Mutation(
        README,
        "kubectl apply -f network-policy.yaml -n production",
        "kubectl apply -f network-policy.yaml -n staging",
        "documented-namespace",
        "-n staging",
        POLICIES,
        "namespace: production",
        "has -n staging, but NetworkPolicy default-deny and 6 others are of",
    ),
    "file-of-a-command": Mutation(
        README,
        "kubectl apply -f warm-pool.yaml -n production",
        "kubectl apply -f warm-pools.yaml -n production",
        "documented-namespace",
        "-f warm-pools.yaml",
        None,
        says="did you mean warm-pool.yaml?",
    ),
    "namespace-of-an-object": Mutation(
        TEMPLATE,
        "namespace: production",
        "namespace: prod",
        "documented-namespace",
        "kubectl apply -f pod-template.yaml",
        TEMPLATE,
        "namespace: prod",
        "PodTemplate runner is of namespace prod",
    ),
}
