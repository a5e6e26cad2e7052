"""How Kubernetes says that a command ended: the Status on the error channel.

The words are those of ``ServeExec`` of the kubelet and of containerd, which shows an ended
command with a status of its own and one that never began as an internal error.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tests.fakes.apiserver.errors import ApiError

Status = dict[str, Any]

KILLED = 137
"""The exit status of what ended by SIGKILL, as a shell and a container runtime count it."""
_SIGNAL = 128
_RUNTIME = (
    'failed to exec in container: failed to start exec "{id}": OCI runtime exec failed: exec '
    'failed: unable to start container process: exec: "{program}": executable file not found '
    "in $PATH"
)
_ID = "8f1f6a2b" * 8


def ended(command: Sequence[str], status: int) -> Status:
    """The Status of a command that ran; a negative status is a signal, as in ``subprocess``."""
    code = _SIGNAL - status if status < 0 else status
    if code == 0:
        return {"metadata": {}, "status": "Success"}
    said = f"error executing command [{' '.join(command)}], exit code {code}"
    return {
        "metadata": {},
        "status": "Failure",
        "message": f"command terminated with non-zero exit code: {said}",
        "reason": "NonZeroExitCode",
        "details": {"causes": [{"reason": "ExitCode", "message": str(code)}]},
    }


def not_found(program: str) -> Status:
    """The Status of a command that the image does not have."""
    why = _RUNTIME.format(id=_ID, program=program)
    return internal_error(f"error executing command in container: {why}")


def internal_error(why: str) -> Status:
    """``NewInternalError``."""
    return {
        "metadata": {},
        "status": "Failure",
        "message": f"Internal error occurred: {why}",
        "reason": "InternalError",
        "details": {"causes": [{"message": why}]},
        "code": 500,
    }


def no_container(pod: str, container: str) -> ApiError:
    """The refusal of ``ExecLocation``."""
    return ApiError(400, "BadRequest", f"container {container} is not valid for pod {pod}")
