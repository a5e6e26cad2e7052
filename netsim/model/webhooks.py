"""Services that the API server calls: admission and conversion webhooks, aggregated APIs.

Source: admissionregistration/v1 ``WebhookClientConfig``, apiextensions/v1
``WebhookConversion``, apiregistration/v1 ``APIServiceSpec``.
"""

from __future__ import annotations

from msgspec import Struct

from netsim.model.location import Location

DEFAULT_PORT = 443
"""The port of the Service where the object names none."""


class ServiceCall(Struct, frozen=True):
    """One call: for what, and the port of the Service that it goes to."""

    purpose: str
    namespace: str
    service: str
    port: int
    location: Location

    @property
    def target(self) -> str:
        """``namespace/service``."""
        return f"{self.namespace}/{self.service}"


class CallingObject(Struct, frozen=True):
    """An object that has the API server call Services; most call one, some several."""

    kind: str
    name: str
    calls: tuple[ServiceCall, ...]
