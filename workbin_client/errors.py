"""What can go wrong, by what an application can do about it."""

from collections.abc import Mapping
from typing import Any


class WorkbinError(Exception):
    """The base of all of these."""


class Refused(WorkbinError):
    """The server says no, and nothing is done: `code` says why, `problem` is the whole problem document."""

    def __init__(self, status: int, problem: Mapping[str, Any]) -> None:
        self.status, self.problem = status, problem
        self.code = str(problem.get("code", ""))
        self.reason = str(problem.get("reason", ""))
        words = [status, self.code, self.reason, problem.get("detail"), problem.get("errors")]
        super().__init__(" ".join(str(word) for word in words if word))


class CursorExpired(Refused):
    """Events are missed for good: look at what is there, then begin without a cursor."""


class Unreachable(WorkbinError):
    """No answer (`status` is None), or none that says what happened. It may be done or not."""

    def __init__(self, detail: str, status: int | None = None) -> None:
        self.status = status
        super().__init__(detail)


class HoldLost(WorkbinError):
    """The hold is over and not by its block: nothing more can be done under it.

    `reason`: expired, revoked, placed, stopped, logged_out, ended (the session) and so on, as the server
    names it; unreachable, if the server did not answer until the deadline.
    """

    def __init__(self, interaction: int, reason: str) -> None:
        self.interaction, self.reason = interaction, reason
        super().__init__(f"interaction {interaction}: {reason}")
