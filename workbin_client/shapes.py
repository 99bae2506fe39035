"""The JSON of the API as it comes. A server may send members that are not named here."""

from typing import Any, TypedDict

Json = dict[str, Any]
Event = Json  # `id`, `event`, `at`, what the event tells, and `cursor`, to go on from


class Party(TypedDict):
    """A hold: who, since when, until when."""

    id: int
    interaction: int
    agent: str
    operation: str
    queue: str | None
    workbin: int | None
    joined_at: str
    handling_timeout: float
    deadline_at: str
    expires_at: str | None


class Interaction(TypedDict):
    """A piece of work. `queue` is None where `workbin` is set; `party` where nobody holds it."""

    id: int
    external_id: str | None
    media_type: str
    interaction_type: str
    interaction_subtype: str
    parent: int | None
    queue: str | None
    workbin: int | None
    state: str
    priority: int
    user_data: Json
    handling_timeout: int | None
    received_at: str | None
    submitted_at: str
    moved_to_queue_at: str | None
    placed_in_queue_at: str | None
    completed_at: str | None
    stop_reason: str | None
    revocation_count: int
    party: Party | None
