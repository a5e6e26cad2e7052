"""The kinds in the API groups of Kubernetes itself: any other kind in them is a mistake.

``list_kinds("networking.k8s.io")`` has NetworkPolicy and not NetworkPolices.  Kinds that were
served once are listed, as are those of the network-policy and the Gateway API; the core group
has those that OpenShift 3 served in it, too, and the file formats that call themselves ``v1``.

Source: ``kubectl api-resources`` of Kubernetes 1.16 to 1.36 and the types of k8s.io/api.
"""

from __future__ import annotations

from functools import cache

_KINDS = """
- APIGroup APIResourceList APIVersions Binding Build BuildConfig ClusterNetwork ClusterPolicy
- ClusterRole ClusterRoleBinding ComponentStatus Config ConfigMap DeleteOptions
- DeploymentConfig EgressNetworkPolicy Endpoints Event Eviction Group HostSubnet Identity
- Image ImageStream ImageStreamImport ImageStreamMapping ImageStreamTag LimitRange List
- Namespace NetNamespace Node NodeProxyOptions OAuthClient PersistentVolume
- PersistentVolumeClaim Pod PodAttachOptions PodExecOptions PodLogOptions
- PodPortForwardOptions PodProxyOptions PodStatusResult PodTemplate Policy PolicyBinding
- Project ProjectRequest RangeAllocation ReplicationController ResourceQuota Role RoleBinding
- Route Scale Secret SecurityContextConstraints SerializedReference Service ServiceAccount
- ServiceProxyOptions Status Template User
admissionregistration.k8s.io MutatingAdmissionPolicy MutatingAdmissionPolicyBinding
admissionregistration.k8s.io MutatingWebhookConfiguration ValidatingAdmissionPolicy
admissionregistration.k8s.io ValidatingAdmissionPolicyBinding ValidatingWebhookConfiguration
apiextensions.k8s.io ConversionReview CustomResourceDefinition
apiregistration.k8s.io APIService
apps ControllerRevision DaemonSet Deployment DeploymentRollback ReplicaSet Scale StatefulSet
authentication.k8s.io SelfSubjectReview TokenRequest TokenReview
authorization.k8s.io LocalSubjectAccessReview SelfSubjectAccessReview SelfSubjectRulesReview
authorization.k8s.io SubjectAccessReview
autoscaling HorizontalPodAutoscaler Scale
batch CronJob Job JobTemplate
certificates.k8s.io CertificateSigningRequest ClusterTrustBundle PodCertificateRequest
coordination.k8s.io Lease LeaseCandidate
discovery.k8s.io EndpointSlice
events.k8s.io Event
extensions DaemonSet Deployment DeploymentRollback Ingress Job NetworkPolicy
extensions PodSecurityPolicy ReplicaSet Scale ThirdPartyResource
flowcontrol.apiserver.k8s.io FlowSchema PriorityLevelConfiguration
gateway.networking.k8s.io BackendLBPolicy BackendTLSPolicy BackendTrafficPolicy GRPCRoute
gateway.networking.k8s.io Gateway GatewayClass HTTPRoute ListenerSet ReferenceGrant
gateway.networking.k8s.io ReferencePolicy TCPRoute TLSRoute UDPRoute
imagepolicy.k8s.io ImageReview
internal.apiserver.k8s.io StorageVersion
networking.k8s.io ClusterCIDR IPAddress Ingress IngressClass NetworkPolicy ServiceCIDR
node.k8s.io RuntimeClass
policy Eviction PodDisruptionBudget PodSecurityPolicy
policy.networking.k8s.io AdminNetworkPolicy BaselineAdminNetworkPolicy ClusterNetworkPolicy
rbac.authorization.k8s.io ClusterRole ClusterRoleBinding Role RoleBinding
resource.k8s.io DeviceClass DeviceTaintRule PodSchedulingContext ResourceClaim
resource.k8s.io ResourceClaimParameters ResourceClaimTemplate ResourceClass
resource.k8s.io ResourceClassParameters ResourcePoolStatusRequest ResourceSlice
scheduling.k8s.io PodGroup PriorityClass Workload
settings.k8s.io PodPreset
storage.k8s.io CSIDriver CSINode CSIStorageCapacity StorageClass VolumeAttachment
storage.k8s.io VolumeAttributesClass
storagemigration.k8s.io StorageVersionMigration
"""


@cache
def _by_group() -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for line in _KINDS.strip().splitlines():
        group, *kinds = line.split()
        own = "" if group == "-" else group
        found[own] = (*found.get(own, ()), *kinds)
    return found


def list_kinds(group: str) -> tuple[str, ...]:
    """The kinds of a group of Kubernetes' own; none for any other group."""
    return _by_group().get(group, ())
