"""Secrets and ConfigMaps that a controller makes of another object, under a name it says.

A Certificate says ``spec.secretName``; trust-manager writes the ConfigMap of a Bundle into
every namespace; an annotation has OpenShift make the certificate of a Service.  What is in them
is not known.
"""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from netsim.model.bundle import Manifest
from netsim.model.references import ObjectName
from netsim.model.tree import Mapping, Scalar, Sequence, Tree

EVERYWHERE = ""
"""The namespace of the name of an object that each namespace has."""

_OWN = ("metadata", "name")


class MadeObject(Struct, frozen=True):
    """What an object of a kind makes.

    ``name`` are paths to its name, of which the first that leads to a text counts; an item of a
    list is ``[]``.  ``namespace`` is the path to its namespace, that of the object itself if it
    has no such field; None where every namespace gets one.
    """

    group: str
    kind: str
    made: str
    name: tuple[tuple[str, ...], ...] = (_OWN,)
    namespace: tuple[str, ...] | None = ("metadata", "namespace")


def _path(text: str) -> tuple[str, ...]:
    return tuple(text.split("."))


def _secret(group: str, kind: str, *names: str, namespace: str = "") -> MadeObject:
    paths = tuple(map(_path, names)) or (_OWN,)
    return MadeObject(group, kind, "Secret", paths, _path(namespace or "metadata.namespace"))


_KINDS = (
    _secret("cert-manager.io", "Certificate", "spec.secretName"),
    _secret("certmanager.k8s.io", "Certificate", "spec.secretName"),
    _secret("bitnami.com", "SealedSecret", "spec.template.metadata.name", "metadata.name"),
    _secret("kubernetes-client.io", "ExternalSecret"),
    _secret("k8s.bitwarden.com", "BitwardenSecret", "spec.secretName"),
    _secret("kafka.strimzi.io", "KafkaUser"),
    _secret("lerentis.uploadfilter24.eu", "BitwardenSecret", "spec.name"),
    _secret("onepassword.com", "OnePasswordItem"),
    _secret("redhatcop.redhat.io", "VaultSecret", "spec.output.name"),
    _secret("ricoberger.de", "VaultSecret"),
    _secret("secretgenerator.mittwald.de", "BasicAuth"),
    _secret("secretgenerator.mittwald.de", "SSHKeyPair"),
    _secret("secretgenerator.mittwald.de", "StringSecret"),
    _secret("secrets.hashicorp.com", "HCPVaultSecretsApp", "spec.destination.name"),
    _secret("secrets.hashicorp.com", "VaultDynamicSecret", "spec.destination.name"),
    _secret("secrets.hashicorp.com", "VaultPKISecret", "spec.destination.name"),
    _secret("secrets.hashicorp.com", "VaultStaticSecret", "spec.destination.name"),
    _secret("spv.no", "AzureKeyVaultSecret", "spec.output.secret.name", "metadata.name"),
    _secret(
        "secrets-store.csi.x-k8s.io", "SecretProviderClass", "spec.secretObjects.[].secretName"
    ),
    _secret("isindir.github.com", "SopsSecret", "spec.secretTemplates.[].name"),
    _secret(
        "secrets.infisical.com",
        "InfisicalSecret",
        "spec.managedSecretReference.secretName",
        namespace="spec.managedSecretReference.secretNamespace",
    ),
    _secret(
        "secrets.doppler.com",
        "DopplerSecret",
        "spec.managedSecret.name",
        namespace="spec.managedSecret.namespace",
    ),
    MadeObject(
        "external-secrets.io",
        "ClusterExternalSecret",
        "Secret",
        (
            _path("spec.externalSecretSpec.target.name"),
            _path("spec.externalSecretName"),
            _OWN,
        ),
        None,
    ),
    MadeObject("trust.cert-manager.io", "Bundle", "ConfigMap", namespace=None),
    MadeObject("trust.cert-manager.io", "Bundle", "Secret", namespace=None),
    MadeObject("objectbucket.io", "ObjectBucketClaim", "ConfigMap"),
    MadeObject("objectbucket.io", "ObjectBucketClaim", "Secret"),
)
_BY_KIND: dict[str, tuple[MadeObject, ...]] = {}
for _each in _KINDS:
    _BY_KIND[_each.kind] = (*_BY_KIND.get(_each.kind, ()), _each)

_SERVING_CERTIFICATE = (
    "service.beta.openshift.io/serving-cert-secret-name",
    "service.alpha.openshift.io/serving-cert-secret-name",
)
"""Annotations of a Service: docs.openshift.com, "Service serving certificate secrets"."""

_ISSUERS = (
    "cert-manager.io/issuer",
    "cert-manager.io/cluster-issuer",
    "certmanager.k8s.io/issuer",
    "certmanager.k8s.io/cluster-issuer",
    "kubernetes.io/tls-acme",
)
"""Annotations of an Ingress or a Gateway: cert-manager.io, "Annotated Ingress resource"."""

_CERTIFICATES = {
    "Ingress": _path("spec.tls.[].secretName"),
    "Gateway": _path("spec.listeners.[].tls.certificateRefs.[].name"),
}
_COPIES = (
    "reflector.v1.k8s.emberstack.com/reflection-auto-enabled",
    "replicator.v1.mittwald.de/replicate-to",
    "replicator.v1.mittwald.de/replicate-to-matching",
    "kubed.appscode.com/sync",
)
"""Annotations of a Secret or ConfigMap that have it copied into other namespaces."""


_FILLING = (
    "config.openshift.io/inject-trusted-cabundle",
    "reflector.v1.k8s.emberstack.com/reflects",
    "replicator.v1.mittwald.de/replicate-from",
    "secret-generator.v1.mittwald.de/autogenerate",
    "secret-generator.v1.mittwald.de/type",
    "service.alpha.openshift.io/inject-cabundle",
    "service.beta.openshift.io/inject-cabundle",
)
"""Labels and annotations of a Secret or ConfigMap that have somebody write keys into it."""

_FILLED_TYPES = ("kubernetes.io/service-account-token",)
"""Types of Secrets of which the cluster itself writes the keys."""


def is_filled(manifest: Manifest) -> bool:
    """Whether a controller writes keys into a Secret or ConfigMap that the input has."""
    tree = manifest.body.tree
    for path in (("metadata", "labels"), ("metadata", "annotations")):
        notes = _find(tree, path)
        if isinstance(notes, Mapping) and not notes.entries.keys().isdisjoint(_FILLING):
            return True
    return any(text in _FILLED_TYPES for text in _texts(tree, ("type",)))


def list_made(manifest: Manifest) -> Iterator[ObjectName]:
    """The Secrets and ConfigMaps that come of an object, besides those that it ``provides``.

    One in every namespace has the namespace ``EVERYWHERE``.
    """
    kind, tree = manifest.name.kind, manifest.body.tree
    for made in _BY_KIND.get(kind, ()):
        if made.group == manifest.api_group:
            yield from _name_made(made, manifest)
    if kind in ("Service", "Ingress", "Gateway", "Secret", "ConfigMap"):
        annotations = _find(tree, ("metadata", "annotations"))
        if isinstance(annotations, Mapping):
            yield from _name_annotated(manifest, annotations)
    elif kind in ("ClusterPolicy", "Policy") and manifest.api_group == "kyverno.io":
        yield from _name_generated(tree)


def _name_made(made: MadeObject, manifest: Manifest) -> Iterator[ObjectName]:
    tree = manifest.body.tree
    namespace = EVERYWHERE
    if made.namespace is not None:
        written = next(_texts(tree, made.namespace), "")
        namespace = written or manifest.name.namespace
    for path in made.name:
        names = list(_texts(tree, path))
        if names:
            yield from (ObjectName(made.made, namespace, name) for name in names)
            return


def _name_annotated(manifest: Manifest, annotations: Mapping) -> Iterator[ObjectName]:
    kind, home, tree = manifest.name.kind, manifest.name.namespace, manifest.body.tree
    keys = annotations.entries.keys()
    if kind == "Service":
        for key in _SERVING_CERTIFICATE:
            for name in _texts(annotations, (key,)):
                yield ObjectName("Secret", home, name)
    elif kind in _CERTIFICATES and not keys.isdisjoint(_ISSUERS):
        for name in _texts(tree, _CERTIFICATES[kind]):
            yield ObjectName("Secret", home, name)
    elif kind in ("Secret", "ConfigMap") and not keys.isdisjoint(_COPIES):
        yield ObjectName(kind, EVERYWHERE, manifest.name.name)


def _name_generated(tree: Mapping) -> Iterator[ObjectName]:
    """A policy of Kyverno has it generate objects in the namespaces that come to be."""
    for rule in _walk(tree, ("spec", "rules", "[]", "generate")):
        kind, name = next(_texts(rule, ("kind",)), ""), next(_texts(rule, ("name",)), "")
        if kind and name:
            yield ObjectName(kind, EVERYWHERE, name)


def _texts(tree: Tree, path: tuple[str, ...]) -> Iterator[str]:
    for found in _walk(tree, path):
        if isinstance(found, Scalar) and found.text:
            yield found.text


def _find(tree: Tree, path: tuple[str, ...]) -> Tree | None:
    return next(_walk(tree, path), None)


def _walk(tree: Tree, path: tuple[str, ...]) -> Iterator[Tree]:
    """What a path leads to."""
    if not path:
        yield tree
    elif path[0] == "[]":
        for item in tree.items if isinstance(tree, Sequence) else ():
            yield from _walk(item, path[1:])
    elif isinstance(tree, Mapping):
        inner = tree.get(path[0])
        if inner is not None:
            yield from _walk(inner, path[1:])
