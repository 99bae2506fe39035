"""Replays the reporting log: where must every interaction stand, and in whose hands?"""

from collections import defaultdict
from typing import Any

from interactions.models import Interaction
from interactions.sql import fetch_all
from reporting.models import Event

WAITS = {"Expired", "Revoked", "LoggedOut", "SessionExpired"}


def replay() -> dict[int, tuple[str, Any, int | None]]:
    """State, location and party of each, by its events alone. A step that cannot be is an error."""
    found: dict[int, tuple[str, Any, int | None]] = {}
    for event in Event.objects.filter(interaction__isnull=False).order_by("id"):
        id, where = event.interaction, event.workbin or event.queue
        assert id is not None
        state, stood, party = found.get(id, ("", None, None))
        match event.event:
            case "EventInteractionSubmitted":
                assert state == "", event
                found[id] = ("submitted", where, event.party)
            case "EventPlacedInQueue":
                assert party is None and state not in ("handling", "stopped"), event
                found[id] = ("queued", where, None)
            case "EventTakenFromQueue":
                assert (state, stood, party) == ("queued", where, None), event
                found[id] = ("taken", where, event.party)
            case "EventPartyAdded":
                assert state in ("taken", "submitted") and (stood, party) == (where, event.party), event
                found[id] = ("handling", where, party)
            case "EventPartyRemoved":
                assert (state, stood, party) == ("handling", where, event.party), event
                found[id] = ("queued" if event.reason in WAITS else "let go", where, None)
            case "EventProcessingStopped":
                assert party is None and state in ("let go", "queued"), event
                found[id] = ("stopped", where, None)
    return found


def state() -> dict[int, tuple[str, Any, int | None]]:
    """The same as the tables have it."""
    tuples = fetch_all(
        """
        SELECT i.id, i.state, CASE WHEN q.is_private THEN NULL ELSE q.name END, q.id, p.id
        FROM interactions_interaction i JOIN interactions_queue q ON q.id = i.queue_id
        LEFT JOIN interactions_party p ON p.interaction_id = i.id AND p.ended_at IS NULL
        """
    )
    return {id: (state, name or queue, party) for id, state, name, queue, party in tuples}


def audit() -> None:
    assert replay() == state()
    assert Interaction.objects.filter(state="handling").count() == len(
        [1 for _, _, party in state().values() if party]
    )
    removed: defaultdict[int, int] = defaultdict(int)
    parties = Event.objects.filter(event="EventPartyRemoved").values_list("party", flat=True)
    for party in parties:
        assert party is not None
        removed[party] += 1
    assert set(removed.values()) <= {1}, "a hold ended twice"
