"""Who asks: users and the tokens that prove it."""

from __future__ import annotations

from dataclasses import dataclass

from tests.fakes.apiserver.errors import unauthorized

ADMIN = "admin"
_MASTERS = "system:masters"
_SERVICE_ACCOUNT = "system:serviceaccount:"


@dataclass(frozen=True, slots=True)
class User:
    """A user with the groups that the API server puts it in."""

    name: str
    groups: tuple[str, ...]

    @property
    def is_master(self) -> bool:
        """Whether no rule is asked for what it may do."""
        return _MASTERS in self.groups


def user(name: str) -> User:
    """The user called this; ``admin`` is in ``system:masters``."""
    groups = ["system:authenticated"]
    if name.startswith(_SERVICE_ACCOUNT):
        namespace = name.removeprefix(_SERVICE_ACCOUNT).partition(":")[0]
        groups = ["system:serviceaccounts", f"system:serviceaccounts:{namespace}", *groups]
    if name == ADMIN:
        groups = [_MASTERS, *groups]
    return User(name, tuple(groups))


def service_account(namespace: str, name: str) -> str:
    """The name of the user that a ServiceAccount is."""
    return f"{_SERVICE_ACCOUNT}{namespace}:{name}"


def token_of(name: str) -> str:
    """The token of a user, valid or not."""
    return f"token-of-{name}"


class Tokens:
    """The bearer tokens that are valid, each for one user."""

    def __init__(self) -> None:
        self._users: dict[str, User] = {}

    def of(self, name: str) -> str:
        """A token of a user, valid from now on."""
        self._users[token_of(name)] = user(name)
        return token_of(name)

    def revoke(self, name: str) -> None:
        """Makes the token of a user invalid."""
        self._users.pop(token_of(name), None)

    def user(self, token: str) -> User:
        """Whose token it is; raises ApiError for one that is not valid."""
        if token not in self._users:
            raise unauthorized()
        return self._users[token]
