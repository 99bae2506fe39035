"""Why a request is refused. A class's docstring is its message; api.md lists the codes."""

from collections.abc import Collection
from typing import Any, ClassVar


class Refusal(Exception):
    """The request was refused."""

    status: ClassVar[int]
    code: ClassVar[str]

    def __init__(self, detail: str | None = None, *, overdue: Collection[int] = (), **members: Any) -> None:
        self.detail = detail or (self.__doc__ or "").split("\n")[0]
        self.members = members  # further members of the problem document
        self.overdue = overdue  # interactions whose overdue holds are ended before the refusal goes out
        super().__init__(self.detail)


class Invalid(Refusal):
    """The request has wrong or unknown fields."""

    status, code = 400, "invalid"


class NotAuthenticated(Refusal):
    """A valid token is needed: Authorization: Bearer <token>."""

    status, code = 401, "not_authenticated"


class NotPermitted(Refusal):
    """Your role does not allow this."""

    status, code = 403, "not_permitted"


class NotFound(Refusal):
    """There is no such thing, or you may not see it."""

    status, code = 404, "not_found"


class NotHeld(Refusal):
    """You do not hold this interaction."""

    status, code = 409, "not_held"


class StaleParty(Refusal):
    """You hold this interaction under another party id than the one sent."""

    status, code = 409, "stale_party"


class Stopped(Refusal):
    """The interaction is stopped."""

    status, code = 409, "stopped"


class NotAvailable(Refusal):
    """Some of these interactions cannot be pulled, so none was."""

    status, code = 409, "not_available"


class CapacityReached(Refusal):
    """You hold as many interactions as your capacity allows."""

    status, code = 409, "capacity_reached"


class QueuePaused(Refusal):
    """The queue is paused: nothing can be pulled from it."""

    status, code = 409, "queue_paused"


class ExternalIdTaken(Refusal):
    """Another interaction has this external_id."""

    status, code = 409, "external_id_taken"


class IdempotencyMismatch(Refusal):
    """This Idempotency-Key was sent with another request: send the same again, or a new key."""

    status, code = 409, "idempotency_mismatch"


class NotSubscribed(Refusal):
    """You are not subscribed to this workbin."""

    status, code = 409, "not_subscribed"


class CursorExpired(Refusal):
    """The mailbox no longer reaches back that far: read `parties` and start anew without `after`."""

    status, code = 410, "cursor_expired"


class BodyTooLarge(Refusal):
    """The body is larger than this server reads (1 MiB, unless set otherwise)."""

    status, code = 413, "too_large"


class Throttled(Refusal):
    """Too many attempts: wait before the next one."""

    status, code = 429, "throttled"


class Unavailable(Refusal):
    """The database did not answer in time. Nothing is half done; please ask again."""

    status, code = 503, "unavailable"
