"""The connection to a live cluster; the only place that loads the kubernetes client."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from msgspec import Struct, field

from netsim.loader.sources.live_reading import AnswerError, Fetch, LiveError

if TYPE_CHECKING:
    from kubernetes.client import ApiClient

_TIMEOUT = (5, 60)
"""Seconds to connect, and to wait for the next bytes."""
_FIRST_ERROR, _BAD_GATEWAY = 400, 502


def connect(kubeconfig: str | None, context: str | None) -> tuple[Fetch, str]:
    """A way to ask the API server, and its address.

    The kubeconfig as kubectl finds it, else the service account of the pod this runs in.
    Raises :class:`LiveError`.
    """
    client = api_client(kubeconfig, context)

    def fetch(path: str, query: dict[str, str]) -> dict[str, Any]:
        return fetch_json(client, Asking("GET", path, query))

    return fetch, str(client.configuration.host)


def api_client(kubeconfig: str | None, context: str | None) -> ApiClient:
    """A client that does not retry by itself.  Raises :class:`LiveError`."""
    from kubernetes import client, config
    from kubernetes.config.config_exception import ConfigException

    from netsim.loader.tree.yaml import YamlError, line_of

    settings = client.Configuration()
    try:
        config.load_kube_config(  # type: ignore[no-untyped-call]
            kubeconfig, context, settings, persist_config=False
        )
    except ConfigException as error:
        if kubeconfig or context:
            why = _reason(error, kubeconfig)
            raise LiveError(f"the kubeconfig cannot be used: {why}") from error
        _load_own_account(settings, error)
    except YamlError as error:
        raise LiveError(f"the kubeconfig is not valid YAML{line_of(error)}") from error
    except (OSError, ValueError) as error:
        raise LiveError(f"the kubeconfig cannot be read: {error}") from error
    except (TypeError, AttributeError, LookupError) as error:
        raise LiveError("the kubeconfig cannot be read: it is not a kubeconfig") from error
    settings.retries = False
    return client.ApiClient(settings)


def _load_own_account(settings: Any, first: Exception) -> None:
    from kubernetes import config
    from kubernetes.config.config_exception import ConfigException

    try:
        config.load_incluster_config(settings)  # type: ignore[no-untyped-call]
    except ConfigException as error:
        why = _reason(first, None)
        raise LiveError(f"no cluster to read: {why}") from error


def _reason(error: Exception, kubeconfig: str | None) -> str:
    """What the client says, but for a file that is not there, of which it says nothing."""
    from kubernetes.config import kube_config

    text = str(error).rstrip(".")
    if not text.endswith("No configuration found"):
        return text
    default: str = kube_config.KUBE_CONFIG_DEFAULT_LOCATION
    return f"there is no kubeconfig at {kubeconfig or default}"


class Asking(Struct, frozen=True):
    """A request; ``body`` is sent as ``content_type``."""

    method: str
    path: str
    query: dict[str, str] = field(default_factory=dict)
    body: dict[str, Any] | None = None
    content_type: str = "application/json"


def fetch_json(client: ApiClient, asking: Asking) -> dict[str, Any]:
    """The JSON of an answer.  Raises ``AnswerError``."""
    from kubernetes.client import ApiException
    from urllib3.exceptions import HTTPError

    method, url, headers, body, _ = client.param_serialize(
        asking.method,
        asking.path,
        query_params=list(asking.query.items()),
        header_params={"Accept": "application/json", **_type_headers(asking)},
        body=asking.body,
        auth_settings=["BearerToken"],
    )
    try:
        response = client.call_api(method, url, headers, body, _request_timeout=_TIMEOUT)
        data = response.read()  # type: ignore[no-untyped-call]
    except (HTTPError, OSError) as error:
        raise AnswerError(0, str(error)) from error
    except ApiException as error:
        # So it wraps what goes wrong in TLS, and nothing else: a status raises nothing here.
        raise AnswerError(0, " ".join(str(error.reason).split())) from error
    return _object(response.status, response.headers.get("Retry-After"), data)


def _type_headers(asking: Asking) -> dict[str, str]:
    return {} if asking.body is None else {"Content-Type": asking.content_type}


def _object(status: int, after: str | None, data: bytes) -> dict[str, Any]:
    try:
        found = json.loads(data)
    except ValueError as error:
        if status < _FIRST_ERROR:
            raise AnswerError(_BAD_GATEWAY, "the answer is cut off, or not JSON") from error
        found = {}
    if status >= _FIRST_ERROR or not isinstance(found, dict):
        said = found.get("message") if isinstance(found, dict) else None
        raise AnswerError(status, str(said or "no reason given"), _seconds(after))
    return found


def _seconds(text: str | None) -> float | None:
    return float(text) if text and text.isdigit() else None
