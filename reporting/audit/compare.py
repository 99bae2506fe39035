"""What the log says of an interaction or a session, and what the tables say."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from reporting.audit.life import HELD, STOPPED, WAITING, Life
from reporting.audit.snapshot import PartyRow, Row, SessionRow
from reporting.audit.steps import NOBODY, Hand, Names, where
from reporting.audit.visits import Stay

STATES = {WAITING: "queued", HELD: "handling", STOPPED: "stopped"}  # in the words of the tables

A_COMMAND = timedelta(seconds=10)  # takes no longer


@dataclass(frozen=True, slots=True)
class Bounds:
    """What was stopped before them may be missing: its row, or its events. See retention."""

    rows: datetime | None
    events: datetime | None

    def may_lack_row(self, stopped_at: datetime | None) -> bool:
        return is_before(stopped_at, self.rows)

    def may_lack_events(self, ended_at: datetime | None) -> bool:
        return is_before(ended_at, self.events)


def is_before(at: datetime | None, bound: datetime | None) -> bool:
    return at is not None and bound is not None and at < bound


def compare(
    life: Life, row: Row, parties: Sequence[PartyRow], known_parties: int, names: Names
) -> Iterator[str]:
    """`known_parties` is the newest party at the checkpoint that the life begins from."""
    if life.due:
        yield f"its last command is half-done: {life.due} had to follow"
    if not names.are_of_one_place(life.place, row.place):
        yield f"by the log it stands in {where(life.place)}, and in fact in {where(row.place)}"
    yield from _columns(life, row)
    yield from _parties(life, parties, known_parties, names)


def is_shortly_before(at: datetime | None, told: datetime | None) -> bool:
    """A pull that parks what is overdue tells of it when its own work is done, by the clock of then."""
    return at is not None and told is not None and timedelta(0) <= told - at <= A_COMMAND


def _columns(life: Life, row: Row) -> Iterator[str]:
    pairs = {
        "state": (STATES[life.state], row.state),
        "revocation_count": (life.revocations, row.revocation_count),
        "revision": (life.revision, row.revision),
        "external_id": (life.external_id, row.external_id),
        "completed_at": (life.stopped_at, row.completed_at),
        "stop_reason": (life.stop_reason, row.stop_reason),
    }
    if not (life.is_parked and is_shortly_before(row.placed_in_queue_at, life.placed_at)):
        pairs["placed_in_queue_at"] = life.placed_at, row.placed_in_queue_at
    yield from _unequal(pairs)


def _parties(life: Life, parties: Sequence[PartyRow], known_parties: int, names: Names) -> Iterator[str]:
    holder = next((hand_of(party) for party in parties if party.is_open), NOBODY)
    told = life.hand if life.state == HELD else NOBODY
    if not names.are_of_one_hand(told, holder):
        yield f"by the log it is in the hands of {told}, and in fact of {holder}"
    elif told.operation != holder.operation:
        yield f"by the log the operation of {told} was {told.operation}, and in fact {holder.operation}"
    for party in parties:
        if party.is_open or (party.id <= known_parties and party.id not in life.ended):
            continue
        hand, reason = life.ended.get(party.id, (NOBODY, None))
        if hand == NOBODY:
            yield f"{hand_of(party)} ended, and the log does not say so"
        elif not names.are_of_one_hand(hand, hand_of(party)):
            yield f"by the log {hand} ended, and in fact {hand_of(party)}"
        elif (hand.operation or party.operation, reason) != (party.operation, party.end_reason):
            told_end, found_end = f"{hand.operation} {reason}", f"{party.operation} {party.end_reason}"
            yield f"by the log {hand} began and ended by {told_end}, and in fact by {found_end}"


def hand_of(party: PartyRow) -> Hand:
    return Hand(party.id, party.agent, party.session, party.operation)


def compare_session(stay: Stay, row: SessionRow, names: Names) -> Iterator[str]:
    if not names.are_of_one_agent(stay.agent, row.agent):
        yield f"by the log it is of {stay.agent}, and in fact of {row.agent}"
    pairs = {"ended_at": (stay.ended_at, row.ended_at), "end_reason": (stay.end_reason, row.end_reason)}
    yield from _unequal(pairs)


def _unequal(pairs: Mapping[str, tuple[Any, Any]]) -> Iterator[str]:
    for name, (told, found) in pairs.items():
        if told != found:
            yield f"by the log its {name} is {said(told)}, and in fact {said(found)}"


def said(value: Any) -> str:
    return "empty" if value is None else value.isoformat() if isinstance(value, datetime) else str(value)
