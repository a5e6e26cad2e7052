"""What the pods of a ServiceAccount ask the API for, and what its roles grant."""

from __future__ import annotations

from msgspec import Struct
from msgspec.structs import replace

from netsim.bundle.programs import Program, list_programs
from netsim.model.access import Binding, Role
from netsim.model.bundle import Bundle
from netsim.model.references import ObjectName
from netsim.scripts.kubectl.accesses import Access, Place
from netsim.scripts.kubectl.calls import changes_account, read_call
from netsim.scripts.kubectl.invocations import Concern, Gap, Reach


class ProgramRequest(Struct, frozen=True):
    """A request that a line of a program makes."""

    access: Access
    program: Program
    line: int


class Unclear(Struct, frozen=True):
    """Something in a program of which it is not known what it asks for."""

    gap: Gap
    program: Program


class Usage:
    """The requests of all pods of one account.

    ``needs`` are those without which they fail, ``uses`` all they may make.
    """

    def __init__(self, bundle: Bundle, account: ObjectName) -> None:
        self.account = account
        self.templates = tuple(
            each for each in bundle.templates if each.service_account == account
        )
        self.needs: list[ProgramRequest] = []
        self.uses: set[Access] = set()
        self.unclear: list[Unclear] = []
        found = [each for one in self.templates for each in list_programs(bundle, one)]
        self.programs = tuple(program for program in found if program)
        self._all_are_known = bool(found) and None not in found
        for program in self.programs:
            self._read(program)

    @property
    def is_whole(self) -> bool:
        """Whether the pods ask for nothing but ``uses``."""
        return self._all_are_known and not self.unclear

    @property
    def title(self) -> str:
        """What people call the programs."""
        return " and ".join(dict.fromkeys(program.name for program in self.programs))

    def _read(self, program: Program) -> None:
        self.unclear += [Unclear(gap, program) for gap in program.trace.gaps]
        invocations = program.trace.invocations
        change = next((each for each in invocations if changes_account(each)), None)
        if change:
            gap = Gap(Concern.CALL, "kubectl config may make it another account", change.line)
            self.unclear.append(Unclear(gap, program))
            return
        for invocation in invocations:
            call = read_call(invocation)
            if call.unclear:
                gap = Gap(Concern.CALL, call.unclear, invocation.line)
                self.unclear.append(Unclear(gap, program))
            needs = [self._placed(access) for access in call.needs]
            self.uses |= {*needs, *(self._placed(access) for access in call.may)}
            if invocation.reach is Reach.CALLED:
                self.needs += [
                    ProgramRequest(access, program, invocation.line) for access in needs
                ]

    def _placed(self, access: Access) -> Access:
        is_own = access.namespace is Place.OWN
        return replace(access, namespace=self.account.namespace) if is_own else access


class Grant(Struct, frozen=True):
    """A role and a binding that gives it; ``role`` is None where its rules are not known."""

    binding: Binding
    role: Role | None

    def reaches(self, access: Access) -> bool:
        """Whether the binding is for the namespace of a request, or may be."""
        if not self.binding.namespace:
            return True
        return access.namespace in (Place.UNKNOWN, self.binding.namespace)


def list_grants(bundle: Bundle, account: ObjectName) -> list[Grant]:
    """What is granted to an account.

    A ClusterRole without rules has them from others, by labels (``aggregationRule``).
    """
    roles = {
        role.object_name: role for role in bundle.roles if role.rules or role.kind == "Role"
    }
    return [
        Grant(binding, roles.get(binding.role))
        for binding in bundle.bindings
        if account in binding.accounts
    ]
