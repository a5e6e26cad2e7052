"""The resources that every cluster serves, by the names that kubectl and manifests use.

Source: ``kubectl api-resources`` of Kubernetes 1.34.
"""

from __future__ import annotations

from functools import cache

from msgspec import Struct


class ApiResource(Struct, frozen=True):
    """A resource of the API; ``group`` is empty for the core group."""

    group: str
    plural: str
    is_namespaced: bool = True


_NAMESPACED = """
- bindings Binding
- configmaps ConfigMap cm
- endpoints Endpoints ep
- events Event ev
- limitranges LimitRange limits
- persistentvolumeclaims PersistentVolumeClaim pvc
- pods Pod po
- podtemplates PodTemplate
- replicationcontrollers ReplicationController rc
- resourcequotas ResourceQuota quota
- secrets Secret
- serviceaccounts ServiceAccount sa
- services Service svc
apps controllerrevisions ControllerRevision
apps daemonsets DaemonSet ds
apps deployments Deployment deploy
apps replicasets ReplicaSet rs
apps statefulsets StatefulSet sts
autoscaling horizontalpodautoscalers HorizontalPodAutoscaler hpa
batch cronjobs CronJob cj
batch jobs Job
coordination.k8s.io leases Lease
discovery.k8s.io endpointslices EndpointSlice
networking.k8s.io ingresses Ingress ing
networking.k8s.io networkpolicies NetworkPolicy netpol
policy poddisruptionbudgets PodDisruptionBudget pdb
rbac.authorization.k8s.io rolebindings RoleBinding
rbac.authorization.k8s.io roles Role
"""
_CLUSTER = """
- componentstatuses ComponentStatus cs
- namespaces Namespace ns
- nodes Node no
- persistentvolumes PersistentVolume pv
admissionregistration.k8s.io mutatingwebhookconfigurations MutatingWebhookConfiguration
admissionregistration.k8s.io validatingadmissionpolicies ValidatingAdmissionPolicy
admissionregistration.k8s.io validatingadmissionpolicybindings ValidatingAdmissionPolicyBinding
admissionregistration.k8s.io validatingwebhookconfigurations ValidatingWebhookConfiguration
apiextensions.k8s.io customresourcedefinitions CustomResourceDefinition crd crds
apiregistration.k8s.io apiservices APIService
certificates.k8s.io certificatesigningrequests CertificateSigningRequest csr
networking.k8s.io ingressclasses IngressClass
node.k8s.io runtimeclasses RuntimeClass
rbac.authorization.k8s.io clusterrolebindings ClusterRoleBinding
rbac.authorization.k8s.io clusterroles ClusterRole
scheduling.k8s.io priorityclasses PriorityClass pc
storage.k8s.io csidrivers CSIDriver
storage.k8s.io csinodes CSINode
storage.k8s.io storageclasses StorageClass sc
storage.k8s.io volumeattachments VolumeAttachment
"""


@cache
def _by_name() -> dict[str, ApiResource]:
    found: dict[str, ApiResource] = {}
    for table, is_namespaced in ((_NAMESPACED, True), (_CLUSTER, False)):
        for line in table.strip().splitlines():
            group, plural, *names = line.split()
            resource = ApiResource("" if group == "-" else group, plural, is_namespaced)
            for name in (plural, *names):
                found.setdefault(name.lower(), resource)
    return found


@cache
def list_resources() -> frozenset[ApiResource]:
    """All of them."""
    return frozenset(_by_name().values())


def find_resource(word: str) -> ApiResource | None:
    """What kubectl takes a word for: ``po``, ``Pod``, ``leases.coordination.k8s.io``.

    A word with a group may name any kind, also one of a custom resource, which has to be given
    as its plural then.  None where the word alone does not tell the group.
    """
    name, dot, rest = word.lower().partition(".")
    known = _by_name().get(name)
    if not dot:
        return known
    # ``pods.v1.`` and ``leases.v1.coordination.k8s.io`` have the version before the group.
    version, _, after = rest.partition(".")
    group = after if version[:1] == "v" and version[1:2].isdigit() else rest
    if known and known.group == group:
        return known
    return ApiResource(group, name)


def resource_of(kind: str, api_version: str | None) -> ApiResource | None:
    """The resource of a manifest's kind; of one that is not built in it cannot be told."""
    known = _by_name().get(kind.lower())
    if known is None or api_version is None:
        return known
    group, slash, _ = api_version.rpartition("/")
    return known if known.group == (group if slash else "") else None


def resource_at(group: str, plural: str) -> ApiResource:
    """The resource of a path of the API."""
    known = _by_name().get(plural)
    return known if known and known.group == group else ApiResource(group, plural)


def exists(group: str, plural: str) -> bool:
    """Whether a group has a resource of this name, as far as is known.

    A rule that lists groups and resources pairs each with each, and most pairs do not exist.
    """
    known = _by_name().get(plural)
    if known is None or known.group == group:
        return True
    return "." in group and group not in _groups()


@cache
def _groups() -> frozenset[str]:
    return frozenset(resource.group for resource in _by_name().values())
