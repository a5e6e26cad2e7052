"""JSON over HTTP with one host, and a token that no other host gets to see.

``Api("https://api.github.com", credential, {}).ask("GET", "/repos/acme/shop")`` follows a
redirect within the host, waits once where the host asks for a short patience, and tries once
more what a gateway lost, if doing it twice is doing it once.
"""

from __future__ import annotations

import os
import re
import ssl
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self, TypeVar
from urllib.parse import unquote, urljoin, urlsplit

from msgspec import DecodeError, Struct
from msgspec.json import decode, encode

from netsim import __version__
from netsim.forge.interface import ForgeError, Trouble
from netsim.loader.sources.live import OverdueError, in_time

if TYPE_CHECKING:
    from urllib3 import PoolManager

CONNECT_SECONDS, READ_SECONDS = 5.0, 20.0
"""In which a connection must stand, and the next bytes must come."""
ANSWER_SECONDS = 30.0
"""What a whole answer may take."""
LONGEST_WAIT = 60.0
"""How long a job waits where the host says when to come again."""
LARGEST_ANSWER = 64 * 2**20
MOST_REDIRECTS = 3
_CHUNK = 2**16
_LONGEST_QUOTATION = 300
_MOVED = frozenset({301, 302, 307, 308})
_LOST = frozenset({502, 503, 504})
_IDEMPOTENT = frozenset({"GET", "PATCH", "PUT"})
_TROUBLES = {
    401: Trouble.UNAUTHORIZED,
    403: Trouble.FORBIDDEN,
    404: Trouble.MISSING,
    410: Trouble.MISSING,
}
_AUTHORITIES = ("REQUESTS_CA_BUNDLE", "CI_SERVER_TLS_CA_FILE")
"""Files of further authorities to trust; that of SSL_CERT_FILE is read by itself."""
_USERINFO = re.compile(r"(?<=//)[^/\s@]+@")

T = TypeVar("T")


class Credential(Struct, frozen=True):
    """The header that says who asks; ``value`` is ``prefix`` and the token."""

    header: str
    prefix: str
    token: str

    def __repr__(self) -> str:
        return f"Credential({self.header!r}, ...)"


class Answer(Struct, frozen=True):
    """What came back; the names of ``headers`` are of lower case."""

    status: int
    headers: dict[str, str]
    data: bytes

    @property
    def is_good(self) -> bool:
        """Whether it was done."""
        return 200 <= self.status < 300

    @property
    def trouble(self) -> Trouble:
        """What it means that it was not done."""
        if self.is_limited:
            return Trouble.LIMITED
        if self.status >= 500:
            return Trouble.BROKEN
        return _TROUBLES.get(self.status, Trouble.REFUSED)

    @property
    def is_limited(self) -> bool:
        """Whether to ask again later; GitHub says so with 403, too."""
        if self.status != 403:
            return self.status == 429
        spent = self.headers.get("x-ratelimit-remaining") == "0"
        return spent or "retry-after" in self.headers or b"rate limit" in self.data.lower()

    @property
    def retry_after(self) -> float | None:
        """The seconds to wait, where the host says."""
        text = self.headers.get("retry-after", "")
        return float(text[:9]) if text.isascii() and text.isdigit() else None


class Api:
    """The interface of a host, below ``url``; ``wait`` is how time passes.

    Proxies and authorities are those of the environment, as for other programs.
    """

    def __init__(
        self,
        url: str,
        credential: Credential,
        headers: Mapping[str, str],
        wait: Callable[[float], None] = time.sleep,
    ) -> None:
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.username:
            message = f"'{_USERINFO.sub('', url)}' is not the address of an API"
            raise ForgeError(Trouble.NO_FORGE, message)
        self._url = url.rstrip("/")
        self._credential = credential
        self._headers = {
            "User-Agent": f"netsim/{__version__}",
            **headers,
            credential.header: f"{credential.prefix}{credential.token}",
        }
        self._wait = wait
        self._pools: PoolManager | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._pools is not None:
            self._pools.clear()

    @property
    def host(self) -> str:
        """Whom it asks."""
        return urlsplit(self._url).netloc

    def ask(self, method: str, path: str, body: object = None) -> Answer:
        """What the host answers, good or not.

        ``path`` may be a whole address of the host, such as that of a next page.  Raises
        :class:`ForgeError` where there is no answer.
        """
        answer = self._follow(method, path, body)
        patience = answer.retry_after
        if answer.is_limited and patience is not None and patience <= LONGEST_WAIT:
            self._wait(patience)
            return self._follow(method, path, body)
        if answer.status in _LOST and method in _IDEMPOTENT:
            self._wait(1)
            return self._follow(method, path, body)
        return answer

    def read(self, answer: Answer, kind: type[T]) -> T:
        """What a good answer holds.  Raises :class:`ForgeError` where it is something else."""
        try:
            return decode(answer.data, type=kind)
        except (DecodeError, UnicodeDecodeError, RecursionError) as error:
            message = f"{self.host} answers with something else than its API does"
            raise ForgeError(Trouble.BROKEN, message) from error

    def refuse(self, answer: Answer, said: str, advice: str) -> ForgeError:
        """The error of an answer that is not good: what the host said, and what would help."""
        quoted = " ".join(self.hide(said).split())[:_LONGEST_QUOTATION]
        why = f"{self.host} answers {answer.status}{quoted and f' ({quoted})'}"
        return ForgeError(answer.trouble, f"{why}: {advice}")

    def hide(self, text: str) -> str:
        """A text of the host or about it, without the token."""
        return _USERINFO.sub("", text).replace(self._credential.token, "(hidden)")

    def _follow(self, method: str, path: str, body: object) -> Answer:
        url = self._locate(path)
        for _ in range(MOST_REDIRECTS + 1):
            answer = self._send(method, url, body)
            place = answer.headers.get("location")
            if answer.status not in _MOVED or not place:
                return answer
            url = self._locate(urljoin(url, place))
        message = f"{self.host} redirects more than {MOST_REDIRECTS} times"
        raise ForgeError(Trouble.REDIRECTED, message)

    def _locate(self, path: str) -> str:
        """The whole address, which is of the host that the token is for."""
        url = f"{self._url}{path}" if path.startswith("/") else path
        own, other = urlsplit(self._url), urlsplit(url)
        if (own.scheme, own.netloc) == (other.scheme, other.netloc):
            return url
        where = f"{other.scheme}://{other.netloc.rpartition('@')[2]}"
        message = f"{self.host} leads to {where}: the token is not for it, and was not sent"
        raise ForgeError(Trouble.REDIRECTED, message)

    def _send(self, method: str, url: str, body: object) -> Answer:
        from urllib3 import exceptions

        try:
            return in_time(lambda: self._exchange(method, url, body), ANSWER_SECONDS)
        except (OverdueError, exceptions.HTTPError, OSError, ValueError) as error:
            # The library takes a connection that is refused for a time-out, too.
            is_refused = isinstance(error, exceptions.NewConnectionError)
            if not is_refused and isinstance(error, (OverdueError, exceptions.TimeoutError)):
                message = f"{self.host} does not answer in time"
                raise ForgeError(Trouble.OVERDUE, message) from error
            message = f"{self.host} cannot be reached: {self.hide(_reason(error))}"
            raise ForgeError(Trouble.UNREACHABLE, message) from error

    def _exchange(self, method: str, url: str, body: object) -> Answer:
        if self._pools is None:
            self._pools = _open_pools(url)
        sent = {} if body is None else {"body": encode(body)}
        kind = {} if body is None else {"Content-Type": "application/json"}
        response = self._pools.urlopen(
            method,
            url,
            headers={**self._headers, **kind},
            redirect=False,
            preload_content=False,
            **sent,
        )
        try:
            data = bytearray()
            for part in response.stream(_CHUNK, decode_content=True):
                data += part
                if len(data) > LARGEST_ANSWER:
                    message = f"{self.host} answers with more than {LARGEST_ANSWER >> 20} MiB"
                    raise ForgeError(Trouble.BROKEN, message)
        except BaseException:
            response.close()
            raise
        response.release_conn()
        headers = {name.lower(): value for name, value in response.headers.items()}
        return Answer(response.status, headers, bytes(data))


def _open_pools(url: str) -> PoolManager:
    """Connections by way of the proxy of the environment, if it has one for this host."""
    from urllib.request import getproxies, proxy_bypass

    from urllib3 import PoolManager, ProxyManager, Timeout, make_headers

    parts = urlsplit(url)
    settings: dict[str, Any] = {
        "retries": False,
        "timeout": Timeout(connect=CONNECT_SECONDS, read=READ_SECONDS),
        "ssl_context": _trust() if parts.scheme == "https" else None,
    }
    proxy = getproxies().get(parts.scheme)
    if not proxy or proxy_bypass(parts.netloc):
        return PoolManager(**settings)
    scheme, _, place = (proxy if "//" in proxy else f"http://{proxy}").partition("//")
    user, _, address = place.rpartition("@")
    headers = make_headers(proxy_basic_auth=unquote(user)) if user else None
    return ProxyManager(f"{scheme}//{address}", proxy_headers=headers, **settings)


def _trust() -> ssl.SSLContext:
    context = ssl.create_default_context()
    for name in _AUTHORITIES:
        file = os.environ.get(name)
        if not file:
            continue
        try:
            if Path(file).is_dir():
                context.load_verify_locations(capath=file)
            else:
                context.load_verify_locations(cafile=file)
        except OSError as error:
            message = f"{name}: {file} holds no certificates: {_reason(error)}"
            raise ForgeError(Trouble.UNREACHABLE, message) from error
    return context


def _reason(error: BaseException) -> str:
    """What went wrong at the bottom, without the objects of the library around it."""
    inner = error.__cause__ or next((e for e in error.args if isinstance(e, Exception)), None)
    if inner is not None:
        return _reason(inner)
    said = getattr(error, "verify_message", "") or getattr(error, "strerror", "")
    return str(said or error or type(error).__name__)
