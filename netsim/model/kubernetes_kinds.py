"""The kinds in the API groups of Kubernetes itself: any other kind in them is a mistake.

``list_kinds("networking.k8s.io")`` has NetworkPolicy and not NetworkPolices.  Kinds that were
served once are listed, as are those of the network-policy and the Gateway API; the core group
has those that OpenShift 3 served in it, too, and the file formats that call themselves ``v1``.

Source: ``kubectl api-resources`` of Kubernetes 1.16 to 1.36 and the types of k8s.io/api.
"""

from __future__ import annotations

from functools import cache

_KINDS = """
- Binding ComponentStatus ConfigMap Endpoints Event LimitRange Namespace Node PersistentVolume
- PersistentVolumeClaim Pod PodTemplate ReplicationController ResourceQuota Secret Service
- ServiceAccount Status List Config PodStatusResult RangeAllocation SerializedReference Scale
- DeleteOptions NodeProxyOptions PodExecOptions PodLogOptions PodAttachOptions ServiceProxyOptions
- PodPortForwardOptions PodProxyOptions APIGroup APIVersions APIResourceList Eviction
- Template Route DeploymentConfig BuildConfig Build ImageStream ImageStreamTag ImageStreamImport
- Project ProjectRequest User Group Identity OAuthClient SecurityContextConstraints ClusterNetwork
- HostSubnet NetNamespace EgressNetworkPolicy Role RoleBinding ClusterRole ClusterRoleBinding
- ClusterPolicy Policy PolicyBinding ImageStreamMapping Image
admissionregistration.k8s.io MutatingWebhookConfiguration ValidatingWebhookConfiguration
admissionregistration.k8s.io ValidatingAdmissionPolicy ValidatingAdmissionPolicyBinding
admissionregistration.k8s.io MutatingAdmissionPolicy MutatingAdmissionPolicyBinding
apiextensions.k8s.io CustomResourceDefinition ConversionReview
apiregistration.k8s.io APIService
apps ControllerRevision DaemonSet Deployment DeploymentRollback ReplicaSet StatefulSet Scale
authentication.k8s.io TokenRequest TokenReview SelfSubjectReview
authorization.k8s.io LocalSubjectAccessReview SelfSubjectAccessReview SubjectAccessReview
authorization.k8s.io SelfSubjectRulesReview
autoscaling HorizontalPodAutoscaler Scale
batch CronJob Job JobTemplate
certificates.k8s.io CertificateSigningRequest ClusterTrustBundle PodCertificateRequest
coordination.k8s.io Lease LeaseCandidate
discovery.k8s.io EndpointSlice
events.k8s.io Event
extensions DaemonSet Deployment DeploymentRollback Ingress NetworkPolicy PodSecurityPolicy
extensions ReplicaSet Scale ThirdPartyResource Job
flowcontrol.apiserver.k8s.io FlowSchema PriorityLevelConfiguration
gateway.networking.k8s.io BackendLBPolicy BackendTLSPolicy GRPCRoute Gateway GatewayClass HTTPRoute
gateway.networking.k8s.io ListenerSet ReferenceGrant ReferencePolicy TCPRoute TLSRoute UDPRoute
gateway.networking.k8s.io BackendTrafficPolicy
imagepolicy.k8s.io ImageReview
internal.apiserver.k8s.io StorageVersion
networking.k8s.io Ingress IngressClass IPAddress NetworkPolicy ServiceCIDR ClusterCIDR
node.k8s.io RuntimeClass
policy Eviction PodDisruptionBudget PodSecurityPolicy
policy.networking.k8s.io AdminNetworkPolicy BaselineAdminNetworkPolicy ClusterNetworkPolicy
rbac.authorization.k8s.io ClusterRole ClusterRoleBinding Role RoleBinding
resource.k8s.io DeviceClass DeviceTaintRule PodSchedulingContext ResourceClaim ResourceClaimParameters
resource.k8s.io ResourceClaimTemplate ResourceClass ResourceClassParameters ResourceSlice
resource.k8s.io ResourcePoolStatusRequest
scheduling.k8s.io PriorityClass Workload PodGroup
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
