"""Counts events: what each adds to the figures of its queue or workbin, of its agent and of the server."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import NamedTuple

from interactions.models.party import PartyEnd
from reporting.intervals import buckets
from reporting.intervals.spans import QUARTER, begin_of
from reporting.models import Figures, Interval, Kind

Key = tuple[Kind, str, datetime]  # of a row: what it is about, and when its quarter begins


class Told(NamedTuple):
    """What counting needs of an event (SELECT is its columns)."""

    id: int
    event: str
    at: datetime
    queue: str | None
    workbin: int | None
    agent: str | None
    was_held: bool
    reason: str | None
    from_queue: str | None
    from_workbin: int | None
    seconds: float | None  # that it waited, was handled or was late
    is_edge: bool  # an agent's first log-in or last log-out
    is_own: bool  # the agent did it, and not another to what the agent holds


SELECT = """
    SELECT id, event, at, queue, workbin, agent, party IS NOT NULL, reason,
        attributes ->> 'from_queue', (attributes ->> 'from_workbin')::bigint,
        coalesce(attributes ->> 'waited_seconds', attributes ->> 'handling_seconds',
            attributes ->> 'late_seconds')::float,
        coalesce(attributes ->> 'is_first', attributes ->> 'is_last') IS NOT DISTINCT FROM 'true',
        (actor ->> 'kind' <> 'service' AND actor ->> 'name' = agent) IS TRUE
    FROM reporting_event
"""


class Tally:
    """What was counted, in quarters of an hour."""

    def __init__(self) -> None:
        self.rows: dict[Key, Interval] = {}

    def count(self, events: Iterable[Told]) -> None:
        for event in events:
            _Counting(self, event).run()

    def row(self, kind: Kind, key: str, starts_at: datetime) -> Interval:
        found = self.rows.get((kind, key, starts_at))
        if found is None:
            found = Interval(kind=kind, key=key, seconds=QUARTER, starts_at=starts_at)
            self.rows[kind, key, starts_at] = found
        return found


class _Counting:
    """One event. `here` are the rows of where it happened, `by` also that of its agent."""

    __slots__ = ("by", "event", "here", "starts_at", "tally")

    def __init__(self, tally: Tally, event: Told) -> None:
        self.tally, self.event = tally, event
        self.starts_at = begin_of(event.at, QUARTER)
        server = tally.row(Kind.SERVER, "", self.starts_at)
        self.here: list[Figures] = [server, *self._location(event.queue, event.workbin)]
        self.by = list(self.here)
        if event.agent is not None:
            self.by.append(tally.row(Kind.AGENT, event.agent, self.starts_at))
        for figures in (server, *self._location(event.queue, None)):
            figures.events[event.event] = figures.events.get(event.event, 0) + 1

    def _location(self, queue: str | None, workbin: int | None) -> list[Figures]:
        if queue is not None:
            return [self.tally.row(Kind.QUEUE, queue, self.starts_at)]
        if workbin is not None:
            return [self.tally.row(Kind.WORKBIN, str(workbin), self.starts_at)]
        return []

    def run(self) -> None:
        if count := COUNTING.get(self.event.event):
            count(self)

    def placed(self) -> None:
        event = self.event
        for figures in self.here:
            figures.entered += 1
            figures.waiting_change += 1
        waited = not event.was_held or event.reason == "Parked"
        if waited and (left := self._location(event.from_queue, event.from_workbin)):
            for figures in (self.here[0], *left):
                figures.waiting_change -= 1

    def taken(self) -> None:
        wait = self._milliseconds()
        for figures in self.by:
            figures.pulled += 1
            figures.wait_ms += wait
            figures.wait_max_ms = max(figures.wait_max_ms, wait)
            buckets.count(figures.wait_counts, wait)
        for figures in self.here:
            figures.waiting_change -= 1

    def added(self) -> None:
        self._hold(+1)

    def removed(self) -> None:
        self._hold(-1)
        handled = self._milliseconds()
        returns = RETURNS.get(self.event.reason or "")
        name = returns or ("placed" if self.event.reason == PartyEnd.PLACED else None)
        for figures in self.by:
            figures.handling_ms += handled
            figures.handling_max_ms = max(figures.handling_max_ms, handled)
            buckets.count(figures.handling_counts, handled)
            if name:
                setattr(figures, name, getattr(figures, name) + 1)
        if returns:
            for figures in self.here:
                figures.waiting_change += 1

    def revoked(self) -> None:
        if self.event.reason != PartyEnd.EXPIRED:
            return  # nothing is late that is revoked by hand
        late = self._milliseconds()
        for figures in self.by:
            figures.late_ms += late
            figures.late_max_ms = max(figures.late_max_ms, late)
            buckets.count(figures.late_counts, late)

    def stopped(self) -> None:
        for figures in self.by if self.event.is_own else self.here:
            figures.stopped += 1
        if not self.event.was_held:
            for figures in self.here:
                figures.waiting_change -= 1

    def logged_in(self) -> None:
        self._log(+1)

    def logged_out(self) -> None:
        self._log(-1)

    def _hold(self, change: int) -> None:
        area = change * self._left()
        for figures in self.by:
            figures.held_change += change
            figures.held_area_ms += area

    def _log(self, change: int) -> None:
        if not self.event.is_edge:
            return
        area = change * self._left()
        for figures in self.by:
            figures.logged_in_change += change
            figures.logged_in_area_ms += area

    def _left(self) -> int:
        """Milliseconds to the end of the quarter."""
        into = self.event.at - self.starts_at
        return QUARTER * 1000 - round(into.total_seconds() * 1000)

    def _milliseconds(self) -> int:
        return round((self.event.seconds or 0.0) * 1000)


RETURNS: Mapping[str, str] = {
    PartyEnd.EXPIRED: "expired",
    PartyEnd.REVOKED: "revoked_by_hand",
    PartyEnd.LOGGED_OUT: "logged_out",
    PartyEnd.SESSION_EXPIRED: "session_expired",
}

COUNTING: Mapping[str, Callable[[_Counting], None]] = {
    "EventPlacedInQueue": _Counting.placed,
    "EventTakenFromQueue": _Counting.taken,
    "EventPartyAdded": _Counting.added,
    "EventPartyRemoved": _Counting.removed,
    "EventRevoked": _Counting.revoked,
    "EventProcessingStopped": _Counting.stopped,
    "EventAgentLogin": _Counting.logged_in,
    "EventAgentLogout": _Counting.logged_out,
}
