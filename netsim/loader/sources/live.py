"""The connection to a live cluster; the only place that loads the kubernetes client.

Each answer has a limit in size and a deadline, whatever the server sends and however slowly.
No credential that goes to the server gets out again: answers and errors are searched for them.
"""

from __future__ import annotations

import base64
import io
import json
import logging
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stdout
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from msgspec import Struct, field

from netsim.errors import NetsimError
from netsim.loader.sources.files import FileError, read_text, refuse_special
from netsim.loader.sources.live_reading import AnswerError, Fetch, LiveError

if TYPE_CHECKING:
    from kubernetes.client import ApiClient

_TIMEOUT = (5, 25)
"""Seconds to connect, and to wait for the next bytes."""
ANSWER_SECONDS, LOGIN_SECONDS = 25.0, 60.0
"""What a whole answer may take, and reading the kubeconfig with what it runs for the login."""
LARGEST_ANSWER = 256 * 2**20
_CHUNK = 2**16
_FIRST_ERROR, _BAD_GATEWAY = 400, 502
_SHORTEST_SECRET = 6
_HIDDEN = "(hidden)"
_USERINFO = re.compile(r"(?<=//)[^/\s@'\"]+@")

T = TypeVar("T")


def connect(kubeconfig: str | None, context: str | None) -> tuple[Fetch, str]:
    """A way to ask the API server, and its address.

    The kubeconfig as kubectl finds it, else the service account of the pod this runs in.
    Raises :class:`LiveError`.
    """
    client = api_client(kubeconfig, context)

    def fetch(path: str, query: dict[str, str]) -> dict[str, Any]:
        return fetch_json(client, Asking("GET", path, query))

    return fetch, address(client)


def api_client(kubeconfig: str | None, context: str | None) -> ApiClient:
    """A client that does not retry by itself.  Raises :class:`LiveError`."""
    from kubernetes import client
    from kubernetes.config.config_exception import ConfigException

    from netsim.loader.tree.yaml import YamlError, line_of

    settings = client.Configuration()
    try:
        in_time(lambda: _load(kubeconfig, context, settings), LOGIN_SECONDS)
    except OverdueError as error:
        message = f"reading the kubeconfig and logging in took more than {LOGIN_SECONDS:.0f} s"
        raise LiveError(message) from error
    except ConfigException as error:
        if kubeconfig or context:
            why = _reason(error, kubeconfig)
            raise LiveError(f"the kubeconfig cannot be used: {why}") from error
        _load_own_account(settings, error)
    except YamlError as error:
        raise LiveError(f"the kubeconfig is not valid YAML{line_of(error)}") from error
    except FileError as error:
        raise LiveError(f"the kubeconfig {error}") from error
    except (OSError, ValueError) as error:
        raise LiveError(f"the kubeconfig cannot be read: {_without_userinfo(error)}") from error
    except (TypeError, AttributeError, LookupError) as error:
        raise LiveError("the kubeconfig cannot be read: it is not a kubeconfig") from error
    settings.retries = False
    return client.ApiClient(settings)


def _load(kubeconfig: str | None, context: str | None, settings: Any) -> None:
    from kubernetes.config import kube_config
    from kubernetes.config.config_exception import ConfigException

    files: str = kubeconfig or kube_config.KUBE_CONFIG_DEFAULT_LOCATION
    given: str | io.StringIO = files
    for file in (Path(name).expanduser() for name in files.split(":")):
        if file.is_fifo():
            given = io.StringIO(read_text(file))
        elif file.exists():
            refuse_special(file)
    merged = kube_config.KubeConfigMerger(given)  # type: ignore[no-untyped-call]
    if merged.config is None:
        raise ConfigException("No configuration found")
    loader = _loader()(config_dict=merged.config, active_context=context)
    loader.load_and_set(settings)


def _loader() -> Any:
    """The client's own loader, which goes on without credentials where the login fails."""
    from kubernetes.config import kube_config
    from kubernetes.config.config_exception import ConfigException

    loader: Any = kube_config.KubeConfigLoader

    class LoginOrError(loader):  # type: ignore[misc]
        def _load_authentication(self) -> None:
            user = self._user or ()
            with _quiet():
                super()._load_authentication()
            found = self.__dict__.keys() & {"token", "cert_file"}
            if "auth-provider" in user and not found:
                raise ConfigException("its login plugin failed: use kubectl to log in")

        def _load_from_exec_plugin(self) -> bool | None:
            if "exec" not in self._user:
                return None
            if not super()._load_from_exec_plugin():
                command = self._user["exec"].value.get("command")
                raise ConfigException(
                    f"its login plugin {command} failed: use kubectl to see why, and to log in"
                )
            return True

    return LoginOrError


@contextmanager
def _quiet() -> Iterator[None]:
    """Keeps back what a plugin says, which may be a secret, and asks it to be no dialogue."""
    before = logging.root.manager.disable
    logging.disable(logging.CRITICAL)
    try:
        with redirect_stdout(io.StringIO()):
            yield
    finally:
        logging.disable(before)


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

    text = _without_userinfo(error).rstrip(".")
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
    """The JSON of an answer.  Raises ``AnswerError``, and ``LiveError`` where a login fails."""
    from kubernetes.client import ApiException
    from kubernetes.config.config_exception import ConfigException
    from urllib3.exceptions import HTTPError

    def ask() -> tuple[int, str | None, bytes]:
        method, url, headers, body, _ = client.param_serialize(
            asking.method,
            asking.path,
            query_params=list(asking.query.items()),
            header_params={"Accept": "application/json", **_type_headers(asking)},
            body=asking.body,
            auth_settings=["BearerToken"],
        )
        response = client.call_api(method, url, headers, body, _request_timeout=_TIMEOUT)
        return response.status, response.headers.get("Retry-After"), _body(response.response)

    try:
        status, after, data = in_time(ask, ANSWER_SECONDS)
    except OverdueError as error:
        message = f"the server took more than {ANSWER_SECONDS:.0f} s for one answer"
        raise LiveError(message) from error
    except ConfigException as error:
        raise LiveError(f"the kubeconfig cannot be used: {_reason(error, None)}") from error
    except (HTTPError, OSError, ValueError) as error:
        raise AnswerError(0, _without_secrets(client, str(error))) from error
    except ApiException as error:
        # So it wraps what goes wrong in TLS, and nothing else: a status raises nothing here.
        reason = " ".join(str(error.reason).split())
        raise AnswerError(0, _without_secrets(client, reason)) from error
    return _object(status, after, _without_secrets(client, _decode(status, data)))


def _body(response: Any) -> bytes:
    parts: list[bytes] = []
    size = 0
    try:
        for part in response.stream(_CHUNK, decode_content=True):
            parts.append(part)
            size += len(part)
            if size > LARGEST_ANSWER:
                raise LiveError(f"an answer has more than {LARGEST_ANSWER // 2**20} MiB")
    except BaseException:
        response.close()
        raise
    response.release_conn()
    return b"".join(parts)


class OverdueError(NetsimError):
    """Work that takes longer than it may."""

    def __init__(self) -> None:
        super().__init__("no answer in time")


def in_time(work: Callable[[], T], seconds: float) -> T:
    """What work returns or raises; raises :class:`OverdueError` once its time is over.

    It goes on in a thread, which ends with the program: nothing else ends a read of which
    bytes come in now and then.
    """
    found: list[T] = []
    errors: list[BaseException] = []

    def run() -> None:
        try:
            found.append(work())
        except BaseException as error:  # noqa: BLE001 - raised below
            errors.append(error)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    thread.join(seconds)
    for error in errors:
        raise error
    for each in found:
        return each
    raise OverdueError


def address(client: ApiClient) -> str:
    """The server's address, without the credentials that may stand in it."""
    return _without_secrets(client, str(client.configuration.host))


def _without_userinfo(text: object) -> str:
    return _USERINFO.sub("", str(text))


def _without_secrets(client: ApiClient, text: str) -> str:
    """A text of the server or about it, without what may log in to it."""
    text = _without_userinfo(text)
    for secret in _secrets(client.configuration):
        text = text.replace(secret, _HIDDEN)
    return text


def _secrets(settings: Any) -> Iterator[str]:
    for key in settings.api_key.values():
        scheme, _, value = str(key).rpartition(" ")
        found = [value]
        if scheme.lower() == "basic":
            found += base64.b64decode(value).decode("utf-8", "replace").split(":", 1)[1:]
        yield from (each for each in found if len(each) >= _SHORTEST_SECRET)
    for url in (settings.host, settings.proxy):
        userinfo = _USERINFO.search(str(url or ""))
        if userinfo:
            password = userinfo[0].rstrip("@").partition(":")[2]
            if len(password) >= _SHORTEST_SECRET:
                yield password


def _type_headers(asking: Asking) -> dict[str, str]:
    return {} if asking.body is None else {"Content-Type": asking.content_type}


def _decode(status: int, data: bytes) -> str:
    """The text; of objects nothing, if a byte of theirs is not UTF-8."""
    errors = "replace" if status >= _FIRST_ERROR else "strict"
    try:
        return data.decode(errors=errors)
    except UnicodeDecodeError:
        return ""


def _refuse_constant(name: str) -> None:
    raise ValueError(name)


def _object(status: int, after: str | None, data: str) -> dict[str, Any]:
    try:
        # NaN and Infinity are Python's, not JSON's.
        found = json.loads(data, parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        if status < _FIRST_ERROR:
            raise AnswerError(_BAD_GATEWAY, "the answer is cut off, or not JSON") from error
        found = {}
    if status >= _FIRST_ERROR or not isinstance(found, dict):
        said = found.get("message") if isinstance(found, dict) else None
        raise AnswerError(status, str(said or "no reason given"), _seconds(after))
    return found


def _seconds(text: str | None) -> float | None:
    return float(text[:9]) if text and text.isascii() and text.isdigit() else None
