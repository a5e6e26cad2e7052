"""Objects that have the API server call a Service; those that name a URL call none.

Source: admissionregistration/v1 ``WebhookClientConfig``, apiextensions/v1
``WebhookConversion``, apiregistration/v1 ``APIServiceSpec``.
"""

from __future__ import annotations

from netsim.loader.objects.cluster_objects import read_port_number
from netsim.loader.objects.fields import Fields
from netsim.loader.objects.objects import Object
from netsim.model.webhooks import DEFAULT_PORT, CallingObject, ServiceCall


def read_webhooks(obj: Object) -> CallingObject | None:
    """A ValidatingWebhookConfiguration or a MutatingWebhookConfiguration."""
    calls = []
    for item in obj.fields.items("webhooks"):
        fields = item.fields()
        if fields is None:
            continue
        purpose = f"the webhook {fields.text('name') or ''}".rstrip()
        calls.append(_read_call(purpose, fields.fields("clientConfig")))
    return _name_caller(obj, calls)


def read_conversion(obj: Object) -> CallingObject | None:
    """A CustomResourceDefinition whose versions a webhook converts."""
    conversion = obj.fields.fields("spec").fields("conversion")
    client = conversion.fields("webhook").fields("clientConfig")
    return _name_caller(obj, [_read_call("the conversion webhook", client)])


def read_api_service(obj: Object) -> CallingObject | None:
    """An APIService; one without a Service is served by the API server itself."""
    return _name_caller(obj, [_read_call("the aggregated API", obj.fields.fields("spec"))])


def _name_caller(obj: Object, calls: list[ServiceCall | None]) -> CallingObject | None:
    name = obj.fields.fields("metadata").text("name") or ""
    known = tuple(call for call in calls if call)
    return CallingObject(obj.kind, name, known) if known else None


def _read_call(purpose: str, client: Fields) -> ServiceCall | None:
    found = client.get("service")
    service = found.fields() if found else None
    if found is None or service is None:
        return None
    name, namespace = service.text("name"), service.text("namespace")
    field = service.get("port")
    port = read_port_number(field) if field else DEFAULT_PORT
    if not name or not namespace or port is None:
        return None
    return ServiceCall(purpose, namespace, name, port, found.location)
