"""One audit: every life and every session is replayed, and compared with what the tables have of it."""

import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from reporting import retention
from reporting.audit import snapshot
from reporting.audit.cases import Case, InteractionCase, SessionCase, Surroundings
from reporting.audit.checkpoints import Standings
from reporting.audit.compare import Bounds
from reporting.audit.life import HELD, NEW, STOPPED
from reporting.audit.snapshot import INTERACTION, SESSION
from reporting.audit.steps import Place, Step, Visit
from reporting.models import Checkpoint

LOOK_EVERY = 500  # lives between two signs of progress

Progress = Callable[[int, int], None]  # where it is, and how far it goes


@dataclass(frozen=True, slots=True)
class Difference:
    """Log and tables disagree on something, or the log with itself; the events that led there."""

    about: str
    wrong: list[str]
    events: list[Step | Visit] = field(default_factory=list)


@dataclass(slots=True)
class Report:
    at: datetime
    began_after: int | None
    seconds: float = 0
    events: int = 0
    interactions: int = 0
    parties: int = 0
    sessions: int = 0
    differing: int = 0
    differences: list[Difference] = field(default_factory=list)  # the first of them
    told: Counter[tuple[Place, str]] = field(default_factory=Counter)  # by the log, waiting and held
    found: Counter[tuple[Place, str]] = field(default_factory=Counter)  # in the tables


class Replay:
    """In a snapshot. `standings` takes what the checkpoint at the event `upto` would keep."""

    def __init__(self, since: Checkpoint | None, upto: int | None, limit: int) -> None:
        bounds = Bounds(retention.bound_of_rows(), retention.bound())
        self.given = Surroundings(since, upto, snapshot.names(), bounds)
        self.limit = limit
        self.standings = Standings()
        self.report = Report(snapshot.clock(), since.event if since else None)

    def run(self, progress: Progress) -> Report:
        began, last = time.monotonic(), snapshot.last_interaction()
        for number, (id, items) in enumerate(snapshot.lives(self.given.since)):
            case = InteractionCase.of(items, self.given)
            self.report.interactions += 1
            self.report.parties += len(case.life.ended) + (case.life.state == HELD)
            self._count(case)
            self._take(INTERACTION, id, case)
            if number % LOOK_EVERY == 0:
                progress(id, last)
        for id, items in snapshot.stays(self.given.since):
            self.report.sessions += 1
            self._take(SESSION, id, SessionCase.of(items, self.given))
        for party, interactions, events in snapshot.parties_of_several(self.given.since):
            of, by = " and ".join(map(str, interactions)), " and ".join(map(str, events))
            self._note(Difference(f"party {party}", [f"it is of interactions {of}, by events {by}"]))
        progress(last, last)
        self.report.seconds = time.monotonic() - began
        return self.report

    def _take(self, kind: str, id: int, case: Case) -> None:
        self.report.events += case.events
        if case.has_changed:
            self.standings.add(kind, id, case.standing)
        if case.wrong:
            self._note(Difference(f"{kind} {id}", case.wrong, case.trail))

    def _note(self, difference: Difference) -> None:
        self.report.differing += 1
        if len(self.report.differences) < self.limit:
            self.report.differences.append(difference)

    def _count(self, case: InteractionCase) -> None:
        """How many stand where. A queue that was renamed is the same queue."""
        life, row = case.life, case.row
        if life.state not in (NEW, STOPPED):
            is_same = row is not None and self.given.names.are_of_one_place(life.place, row.place)
            place = row.place if row and is_same else life.place
            self.report.told[place, "held" if life.state == HELD else "waiting"] += 1
        if row and row.state != "stopped":
            self.report.found[row.place, "held" if row.state == "handling" else "waiting"] += 1
