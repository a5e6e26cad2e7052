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
aadpodidentity.k8s.io *
access.smi-spec.io *
acid.zalan.do OperatorConfiguration
acme.cert-manager.io *
apiextensions.crossplane.io CompositeResourceDefinition Composition CompositionRevision
apisix.apache.org *
app.k8s.io Application
appprotect.f5.com *
aquasecurity.github.io *
argoproj.io AnalysisTemplate AppProject ClusterAnalysisTemplate ClusterWorkflowTemplate
argoproj.io WorkflowTemplate
auditregistration.k8s.io *
authorization.openshift.io *
autoscaling.k8s.io *
autoscaling.openshift.io *
awspca.cert-manager.io *
caching.internal.knative.dev *
cas-issuer.jetstack.io *
catalog.cattle.io *
ceph.rook.io CephBlockPool CephBlockPoolRadosNamespace CephBucketNotification
ceph.rook.io CephBucketTopic CephFilesystemSubVolumeGroup CephObjectRealm CephObjectZone
ceph.rook.io CephObjectZoneGroup
cert-manager.io ClusterIssuer Issuer
certmanager.k8s.io ClusterIssuer Issuer
certmanager.step.sh *
chaos-mesh.org *
cilium.io *
cloud.google.com BackendConfig
cloud.google.com ComputeClass
config.gatekeeper.sh *
config.kubernetes.io *
config.openshift.io *
configuration.konghq.com *
console.openshift.io *
constraints.gatekeeper.sh *
consul.hashicorp.com *
core.haproxy.org *
crd.antrea.io *
crd.k8s.amazonaws.com *
crd.projectcalico.org *
dapr.io *
elbv2.k8s.aws *
expansion.gatekeeper.sh *
extensions.istio.io *
external-secrets.io ClusterSecretStore PushSecret SecretStore
externaldns.k8s.io *
flagger.app AlertProvider MetricTemplate
fluentbit.fluent.io ClusterFilter ClusterFluentBitConfig ClusterInput ClusterOutput
fluentbit.fluent.io ClusterParser Filter FluentBitConfig Output Parser
fluentd.fluent.io ClusterFilter ClusterFluentdConfig ClusterInput ClusterOutput Filter
fluentd.fluent.io FluentdConfig Output
frrk8s.metallb.io *
gateway.envoyproxy.io BackendTrafficPolicy ClientTrafficPolicy SecurityPolicy
gateway.envoyproxy.io Backend EnvoyExtensionPolicy EnvoyPatchPolicy EnvoyProxy
gateway.envoyproxy.io HTTPRouteFilter
gateway.networking.x-k8s.io *
gateway.nginx.org *
generators.external-secrets.io *
getambassador.io *
grafana.integreatly.org GrafanaAlertRuleGroup GrafanaContactPoint GrafanaDashboard
grafana.integreatly.org GrafanaDatasource GrafanaFolder
grafana.integreatly.org GrafanaLibraryPanel GrafanaMuteTiming GrafanaNotificationPolicy
grafana.integreatly.org GrafanaNotificationPolicyRoute GrafanaNotificationTemplate
groupsnapshot.storage.k8s.io *
helm.openshift.io *
http.keda.sh *
hub.traefik.io *
image.openshift.io *
image.toolkit.fluxcd.io *
inference.networking.k8s.io *
inference.networking.x-k8s.io *
ingress.v1.haproxy.org *
ingress.v3.haproxy.org *
instancetype.kubevirt.io *
integreatly.org GrafanaDashboard GrafanaDataSource GrafanaFolder
ipam.cluster.x-k8s.io *
jetstream.nats.io *
k3s.cattle.io *
k8s.cni.cncf.io *
k8s.mariadb.com Database Grant
k8s.nginx.org *
k8s.ovn.org *
k8s.v1.cni.cncf.io *
kafka.strimzi.io KafkaConnector KafkaRebalance KafkaTopic
karpenter.azure.com *
karpenter.k8s.aws *
karpenter.sh *
keda.sh ClusterTriggerAuthentication ScaledObject TriggerAuthentication
keda.sh CloudEventSource ClusterCloudEventSource
kubeflow.org PodDefault
kueue.x-k8s.io *
kuma.io *
kustomize.config.k8s.io *
kyverno.io CleanupPolicy ClusterCleanupPolicy PolicyException
linkerd.io *
logging.banzaicloud.io ClusterFlow ClusterOutput Flow Output
loki.grafana.com AlertingRule RecordingRule RulerConfig
machine.openshift.io *
machineconfiguration.openshift.io *
metallb.io AddressPool BFDProfile BGPAdvertisement BGPPeer Community IPAddressPool
metallb.io L2Advertisement
metallb.io ServiceBGPStatus ServiceL2Status
migration.k8s.io *
migrations.kubevirt.io *
mixer.istio.io *
monitoring.coreos.com AlertmanagerConfig PodMonitor Probe PrometheusRule ScrapeConfig
monitoring.coreos.com ServiceMonitor
monitoring.googleapis.com *
monitoring.grafana.com LogsInstance MetricsInstance PodLogs
monitoring.openshift.io *
monitoring.rhobs PodMonitor Probe PrometheusRule ServiceMonitor
multitenancy.acme.cert-manager.io *
mutations.gatekeeper.sh *
net.gke.io *
network.openshift.io *
networking.gke.io *
networking.internal.knative.dev *
networking.istio.io *
networking.k8s.aws *
nfd.k8s-sigs.io *
nmstate.io *
notification.toolkit.fluxcd.io *
oauth.openshift.io *
objectstorage.k8s.io BucketAccessClass BucketClass
opentelemetry.io Instrumentation
operator.victoriametrics.com VMAlertmanagerConfig VMNodeScrape VMPodScrape VMProbe VMRule
operator.victoriametrics.com VMScrapeConfig VMServiceScrape VMStaticScrape VMUser
operators.coreos.com OperatorGroup
performance.openshift.io *
pipelinesascode.tekton.dev *
policies.kubewarden.io AdmissionPolicy AdmissionPolicyGroup ClusterAdmissionPolicy
policies.kubewarden.io ClusterAdmissionPolicyGroup
policies.kyverno.io *
policy.cert-manager.io *
policy.karmada.io *
policy.linkerd.io *
postgresql.cnpg.io ClusterImageCatalog Database ImageCatalog Publication Subscription
project.openshift.io *
projectcalico.org *
projectcontour.io ExtensionService HTTPProxy TLSCertificateDelegation
quota.openshift.io *
rabbitmq.com Binding Exchange Federation OperatorPolicy Permission Policy Queue
rabbitmq.com SchemaReplication Shovel TopicPermission Vhost
route.openshift.io *
scheduling.volcano.sh *
secscan.quay.redhat.com *
security.istio.io *
security.kubearmor.com *
security.openshift.io *
serving.kserve.io ClusterServingRuntime ClusterStorageContainer ServingRuntime
snapshot.kubevirt.io *
snapshot.storage.k8s.io *
source.toolkit.fluxcd.io *
spdx.softwarecomposition.kubescape.io *
specs.smi-spec.io *
split.smi-spec.io *
sriovnetwork.openshift.io *
status.gatekeeper.sh *
sts.min.io PolicyBinding
tekton.dev ClusterTask Pipeline Task
tekton.dev StepAction VerificationPolicy
telemetry.istio.io *
template.openshift.io *
templates.gatekeeper.sh *
traefik.containo.us *
traefik.io *
triggers.tekton.dev ClusterInterceptor ClusterTriggerBinding Trigger TriggerBinding
triggers.tekton.dev TriggerTemplate
tuned.openshift.io *
user.openshift.io *
velero.io BackupStorageLocation Schedule VolumeSnapshotLocation
velero.io Backup
vpcresources.k8s.aws *
wgpolicyk8s.io *
whereabouts.cni.cncf.io *
x.getambassador.io *
"""

_NAMED = """
bitnami.com SealedSecret
cert-manager.io Certificate CertificateRequest
certmanager.k8s.io Certificate
external-secrets.io ClusterExternalSecret ExternalSecret
isindir.github.com SopsSecret
k8s.bitwarden.com BitwardenSecret
kafka.strimzi.io KafkaUser
kubernetes-client.io ExternalSecret
kyverno.io ClusterPolicy Policy
lerentis.uploadfilter24.eu BitwardenSecret
objectbucket.io ObjectBucketClaim
onepassword.com OnePasswordItem
redhatcop.redhat.io VaultSecret
ricoberger.de VaultSecret
secretgenerator.mittwald.de *
secrets-store.csi.x-k8s.io SecretProviderClass
secrets.doppler.com DopplerSecret
secrets.hashicorp.com HCPVaultSecretsApp VaultDynamicSecret VaultPKISecret VaultStaticSecret
secrets.hashicorp.com VaultAuth VaultConnection
secrets.infisical.com InfisicalSecret
spv.no AzureKeyVaultSecret
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

_AT_HOME = frozenset((("helm.toolkit.fluxcd.io", "HelmRelease"),))
"""Kinds that deploy into their own namespace unless they say another one."""

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
    home = manifest.name.namespace if (group, kind) in _AT_HOME else ""
    return next(filter(None, found), home)


def _text(tree: Tree | None, path: tuple[str, ...]) -> str:
    for key in path:
        tree = tree.get(key) if isinstance(tree, Mapping) else None
    return tree.text if isinstance(tree, Scalar) else ""
