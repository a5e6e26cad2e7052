"""What is answered to a request, apart from sockets."""

from __future__ import annotations

import threading

from tests.fakes.apiserver import (
    bodies,
    discovery,
    errors,
    lists,
    openapi,
    patches,
    rbac,
    reviews,
    routes,
    strategy,
)
from tests.fakes.apiserver.answers import (
    Answer,
    Connection,
    Entry,
    Reply,
    Request,
    Stream,
    Subresource,
    Upgrade,
)
from tests.fakes.apiserver.faults import Faults
from tests.fakes.apiserver.kinds import Object
from tests.fakes.apiserver.rbac import AllowAll, Authorizer
from tests.fakes.apiserver.routes import Target
from tests.fakes.apiserver.storage import Store
from tests.fakes.apiserver.strategy import Effect, Part, Written
from tests.fakes.apiserver.users import Tokens


class Api:
    """The state of a server, and its answers.

    ``subresources`` holds handlers by method and resource, for example
    ``("GET", "pods/exec")``; discovery lists them.
    """

    def __init__(self, store: Store, authorizer: Authorizer | None = None) -> None:
        self.store = store
        self.authorizer: Authorizer = authorizer or AllowAll()
        self.tokens = Tokens()
        self.faults = Faults()
        self.subresources: dict[tuple[str, str], Subresource] = {}
        self._log: list[Entry] = []
        self._log_lock = threading.Lock()

    @property
    def log(self) -> list[Entry]:
        """The requests until now, in the order in which they were answered."""
        with self._log_lock:
            return list(self._log)

    def note(self, entry: Entry) -> None:
        """Adds a line to the log."""
        with self._log_lock:
            self._log.append(entry)

    def answer(self, request: Request) -> Answer:
        """The answer to a request; raises ApiError."""
        found = routes.target(request.path)
        if found is None:
            return self._document(request)
        handler = self.subresources.get((request.method, found.resource))
        if found.subresource and handler is not None:
            return self._connected(request, found, handler)
        if found.subresource and found.subresource not in found.kind.subresources:
            raise errors.no_such_path()
        action = routes.attributes(request.method, found, request.query)
        # Everyone who is known may ask what they may do (``system:basic-user``).
        if found.kind.is_stored:
            rbac.check(self.authorizer, request.user, action)
        _check_shape(action.verb, found)
        if request.method == "GET":
            return self._read(action.verb, request, found)
        return self._write(action.verb, request, found)

    def _document(self, request: Request) -> Reply:
        if request.method != "GET":
            raise errors.no_such_path()
        extra = {resource for _, resource in self.subresources}
        found = discovery.document(request.path, sorted(extra))
        if found is None and request.path.startswith("/openapi/v3"):
            found = openapi.document(request.path)
        if found is None:
            raise errors.no_such_path()
        return Reply(200, found)

    def _connected(self, request: Request, found: Target, handler: Subresource) -> Upgrade:
        actions = [routes.attributes(request.method, found, {})]
        # Since 1.35 a WebSocket, which begins with GET, needs "create" as a POST does.
        if request.method == "GET":
            actions.append(found.attributes("create"))
        for action in actions:
            rbac.check(self.authorizer, request.user, action)
        parent = self.store.get(found.key)
        if parent is None:
            raise errors.not_found(found.kind, found.name)
        return Upgrade(lambda raw: handler(Connection(request, found, parent, raw)))

    def _read(self, verb: str, request: Request, found: Target) -> Answer:
        if verb == "watch":
            return Stream(lists.watched(self.store, found, request.query))
        if verb == "list":
            return Reply(200, lists.listed(self.store, found, request.query))
        one = self.store.get(found.key)
        if one is None:
            raise errors.not_found(found.kind, found.name)
        return Reply(200, one)

    def _write(self, verb: str, request: Request, found: Target) -> Reply:
        effect = _effect(request.query)
        if verb == "delete":
            options = bodies.whole(request) if request.body else {}
            return Reply(200, strategy.delete(self.store, found.key, options, effect))
        if verb == "deletecollection":
            return Reply(200, self._delete_all(request, found, effect))
        if verb == "patch":
            return self._patch(request, found, effect)
        body, warnings = bodies.decoded(request, found, bodies.whole(request))
        if not found.kind.is_stored:
            review = reviews.answered(found.kind, body, request.user, self.authorizer)
            return Reply(201, review)
        written = self._create_or_put(verb, request, found, body)
        return Reply(written.code, written.found, warnings)

    def _create_or_put(
        self, verb: str, request: Request, found: Target, body: Object
    ) -> Written:
        effect = _effect(request.query)
        if verb == "create":
            return strategy.create(self.store, found.kind, found.namespace, body, effect)
        _check_name(found, body)
        if found.kind.traits.create_on_update and self.store.get(found.key) is None:
            rbac.check(self.authorizer, request.user, found.attributes("create"))
        return strategy.put(self.store, found.key, body, Part(found.subresource), effect)

    def _patch(self, request: Request, found: Target, effect: Effect) -> Reply:
        warnings: list[str] = []
        change = bodies.change(request)

        def change_it(old: Object) -> Object:
            new, unknown = bodies.decoded(
                request, found, patches.patched(request.content_type, old, change)
            )
            warnings.extend(unknown)
            _check_name(found, new)
            return new

        part = Part(found.subresource)
        written = strategy.patch(self.store, found.key, change_it, part, effect)
        return Reply(200, written.found, warnings)

    def _delete_all(self, request: Request, found: Target, effect: Effect) -> Object:
        options = bodies.whole(request) if request.body else {}
        with self.store.lock:
            gone = lists.listed(self.store, found, request.query)
            for one in gone["items"]:
                own = one["metadata"]
                target = Target(found.kind, own.get("namespace", ""), own["name"])
                strategy.delete(self.store, target.key, options, effect)
        return gone


def _check_shape(verb: str, found: Target) -> None:
    """Raises ApiError where a verb has no meaning for what the path names."""
    wants_name = verb in ("update", "patch", "delete")
    if verb not in found.kind.traits.verbs or (wants_name and not found.name):
        raise errors.not_allowed()
    if found.subresource and verb not in ("get", "update", "patch"):
        raise errors.not_allowed()
    everywhere = found.kind.traits.namespaced and not found.namespace
    if (verb == "create" and found.name) or (verb == "deletecollection" and everywhere):
        raise errors.not_allowed()
    if verb == "create" and everywhere:
        raise errors.bad_request("an empty namespace may not be set during creation")


def _effect(query: dict[str, str]) -> Effect:
    value = query.get("dryRun", "")
    if value not in ("", "All"):
        raise errors.bad_request(f'invalid dryRun: Unsupported value: "{value}"')
    return Effect(value)


def _check_name(found: Target, body: Object) -> None:
    name = body["metadata"].get("name", "")
    if name != found.name:
        raise errors.bad_request(
            f"the name of the object ({name}) does not match the name on the URL ({found.name})"
        )
