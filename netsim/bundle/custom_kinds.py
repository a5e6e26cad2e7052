"""What comes of objects of kinds that are not Kubernetes' own.

A ``Certificate`` of cert-manager becomes one Secret, whose name it says; of a ``Prometheus``
its operator makes pods, Services and Secrets under names that only the operator knows; a
``ServiceMonitor`` becomes nothing.  A kind that is not listed here counts as the second.

=============  ================================================================================
yield          what comes of an object
=============  ================================================================================
nothing        it configures a controller that runs already
named          Secrets or ConfigMaps whose names it says (``made_objects``), nothing else
workloads      anything in its namespace; in any one, if it has none
deployment     anything, in the namespace it names as destination, or in any
=============  ================================================================================
"""

from __future__ import annotations

from enum import Enum
from functools import cache

from netsim.model.bundle import Manifest
from netsim.model.kubernetes_kinds import list_kinds
from netsim.model.other_systems import resolve_kind
from netsim.model.tree import Mapping, Scalar, Tree


class Yield(Enum):
    """What comes of an object of a kind."""

    NOTHING = "nothing"
    NAMED = "named"
    WORKLOADS = "workloads"
    DEPLOYMENT = "deployment"


_NOTHING = """
acid.zalan.do OperatorConfiguration
acme.cert-manager.io *
apiextensions.crossplane.io CompositeResourceDefinition Composition CompositionRevision
app.k8s.io Application
aquasecurity.github.io *
argoproj.io AnalysisTemplate AppProject ClusterAnalysisTemplate ClusterWorkflowTemplate
argoproj.io WorkflowTemplate
auditregistration.k8s.io *
autoscaling.k8s.io *
cert-manager.io ClusterIssuer Issuer
certmanager.k8s.io ClusterIssuer Issuer
cilium.io *
cloud.google.com BackendConfig
config.gatekeeper.sh *
config.kubernetes.io *
config.openshift.io *
configuration.konghq.com *
console.openshift.io *
constraints.gatekeeper.sh *
crd.antrea.io *
crd.k8s.amazonaws.com *
crd.projectcalico.org *
elbv2.k8s.aws *
expansion.gatekeeper.sh *
extensions.istio.io *
external-secrets.io ClusterSecretStore PushSecret SecretStore
externaldns.k8s.io *
gateway.envoyproxy.io BackendTrafficPolicy ClientTrafficPolicy SecurityPolicy
getambassador.io *
grafana.integreatly.org GrafanaAlertRuleGroup GrafanaContactPoint GrafanaDashboard
grafana.integreatly.org GrafanaDatasource GrafanaFolder
image.openshift.io *
image.toolkit.fluxcd.io *
integreatly.org GrafanaDashboard GrafanaDataSource GrafanaFolder
ipam.cluster.x-k8s.io *
k8s.cni.cncf.io *
k8s.nginx.org *
k8s.ovn.org *
k8s.v1.cni.cncf.io *
karpenter.azure.com *
karpenter.k8s.aws *
karpenter.sh *
keda.sh ClusterTriggerAuthentication ScaledObject TriggerAuthentication
kuma.io *
kustomize.config.k8s.io *
kyverno.io CleanupPolicy ClusterCleanupPolicy PolicyException
linkerd.io *
machineconfiguration.openshift.io *
metallb.io AddressPool BFDProfile BGPAdvertisement BGPPeer Community IPAddressPool
metallb.io L2Advertisement
migration.k8s.io *
mixer.istio.io *
monitoring.coreos.com AlertmanagerConfig PodMonitor Probe PrometheusRule ScrapeConfig
monitoring.coreos.com ServiceMonitor
monitoring.googleapis.com *
multitenancy.acme.cert-manager.io *
mutations.gatekeeper.sh *
networking.gke.io *
networking.istio.io *
notification.toolkit.fluxcd.io *
operator.victoriametrics.com VMAlertmanagerConfig VMNodeScrape VMPodScrape VMProbe VMRule
operator.victoriametrics.com VMScrapeConfig VMServiceScrape VMStaticScrape VMUser
operators.coreos.com OperatorGroup
policies.kyverno.io *
policy.cert-manager.io *
policy.linkerd.io *
projectcalico.org *
projectcontour.io ExtensionService HTTPProxy TLSCertificateDelegation
quota.openshift.io *
route.openshift.io *
secscan.quay.redhat.com *
security.istio.io *
security.openshift.io *
snapshot.storage.k8s.io *
source.toolkit.fluxcd.io *
split.smi-spec.io *
specs.smi-spec.io *
status.gatekeeper.sh *
tekton.dev ClusterTask Pipeline Task
telemetry.istio.io *
template.openshift.io *
templates.gatekeeper.sh *
traefik.containo.us *
traefik.io *
triggers.tekton.dev ClusterInterceptor ClusterTriggerBinding Trigger TriggerBinding
triggers.tekton.dev TriggerTemplate
user.openshift.io *
velero.io BackupStorageLocation Schedule VolumeSnapshotLocation
wgpolicyk8s.io *
whereabouts.cni.cncf.io *
"""

_NAMED = """
bitnami.com SealedSecret
cert-manager.io Certificate CertificateRequest
certmanager.k8s.io Certificate
external-secrets.io ClusterExternalSecret ExternalSecret
k8s.bitwarden.com BitwardenSecret
kubernetes-client.io ExternalSecret
objectbucket.io ObjectBucketClaim
onepassword.com OnePasswordItem
ricoberger.de VaultSecret
secretgenerator.mittwald.de *
secrets-store.csi.x-k8s.io SecretProviderClass
secrets.doppler.com DopplerSecret
secrets.hashicorp.com HCPVaultSecretsApp VaultDynamicSecret VaultPKISecret VaultStaticSecret
secrets.hashicorp.com VaultAuth VaultConnection
secrets.infisical.com InfisicalSecret
trust.cert-manager.io Bundle
"""

_DEPLOYMENTS = """
addons.cluster.x-k8s.io *
apps.open-cluster-management.io *
argoproj.io Application ApplicationSet
fleet.cattle.io *
helm.cattle.io *
helm.toolkit.fluxcd.io *
kappctrl.k14s.io *
kustomize.toolkit.fluxcd.io *
operators.coreos.com CatalogSource ClusterServiceVersion InstallPlan Subscription
packaging.carvel.dev *
pkg.crossplane.io *
"""

_DESTINATIONS = (
    ("spec", "destination", "namespace"),
    ("spec", "targetNamespace"),
    ("spec", "defaultNamespace"),
)
"""Where the kinds that deploy say into which namespace."""

_OWN_MAKERS = frozenset((("gateway.networking.k8s.io", "Gateway"), ("", "BuildConfig")))
"""Kinds of Kubernetes' own groups of which a controller of another project makes pods."""


@cache
def _by_kind() -> dict[tuple[str, str], Yield]:
    found: dict[tuple[str, str], Yield] = {}
    tables = (
        (Yield.NOTHING, _NOTHING),
        (Yield.NAMED, _NAMED),
        (Yield.DEPLOYMENT, _DEPLOYMENTS),
    )
    for meaning, table in tables:
        for line in table.strip().splitlines():
            group, *kinds = line.split()
            found.update({(group, kind): meaning for kind in kinds})
    return found


def judge_yield(group: str, kind: str) -> Yield:
    """What comes of the objects of a kind, whose ``group`` is empty for the core group."""
    if (group, kind) in _OWN_MAKERS:
        return Yield.WORKLOADS
    if list_kinds(group) or group.endswith((".config.k8s.io", ".config.kubernetes.io")):
        return Yield.NOTHING
    known = _by_kind().get((group, kind)) or _by_kind().get((group, "*"))
    if known:
        return known
    is_policy = resolve_kind(group, kind) is not None
    return Yield.NOTHING if is_policy else Yield.WORKLOADS


def find_destination(manifest: Manifest) -> str:
    """The namespace in which an object has things made; empty for any."""
    group, kind = manifest.api_group, manifest.name.kind
    if judge_yield(group, kind) is not Yield.DEPLOYMENT:
        return manifest.name.namespace
    found = (_text(manifest.body.tree, path) for path in _DESTINATIONS)
    return next(filter(None, found), "")


def _text(tree: Tree | None, path: tuple[str, ...]) -> str:
    for key in path:
        tree = tree.get(key) if isinstance(tree, Mapping) else None
    return tree.text if isinstance(tree, Scalar) else ""
