"""All that there is of one interaction or session, and what is wrong with it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from reporting.audit import checkpoints
from reporting.audit.compare import Bounds, compare, compare_session, is_before
from reporting.audit.life import NEW, STOPPED, Life
from reporting.audit.snapshot import PartyRow, Row, SessionRow
from reporting.audit.steps import LOGIN, PROCESSING_STOPPED, SUBMITTED, Names, Step, Visit
from reporting.audit.visits import ENDED, OPEN, Stay
from reporting.models import Checkpoint


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What every case is judged by. `upto` is the event of the checkpoint to be left, if one is."""

    since: Checkpoint | None
    upto: int | None
    names: Names
    bounds: Bounds

    def may_be_over(self, ended_at: datetime | None) -> bool:
        """Ended so long ago that nothing is to be heard of it: purged, or before the checkpoint."""
        since = self.since.at if self.since else None
        return self.bounds.may_lack_events(ended_at) or is_before(ended_at, since)


@dataclass(slots=True)
class Case:
    """`standing` is what the checkpoint to be left keeps of it, if that differs from the one before."""

    wrong: list[str] = field(default_factory=list)
    trail: list[Step | Visit] = field(default_factory=list)
    events: int = 0
    standing: dict[str, Any] | None = None
    has_changed: bool = False


@dataclass(slots=True)
class InteractionCase(Case):
    life: Life = field(default_factory=Life)
    row: Row | None = None
    parties: list[PartyRow] = field(default_factory=list)
    first: Step | None = None
    is_known: bool = False  # from the checkpoint that the audit begins from
    known_parties: int = 0  # the newest of them

    @classmethod
    def of(cls, items: Iterable[Any], given: Surroundings) -> "InteractionCase":
        case = cls()
        is_kept = given.upto is None
        for item in items:
            kind = type(item)
            if kind is Step:
                if not is_kept and item.id > (given.upto or 0):
                    case._keep()
                    is_kept = True
                case._feed(item, given)
            elif kind is Row:
                case.row = item
            elif kind is PartyRow:
                case.parties.append(item)
            else:
                case.life, case.is_known = checkpoints.revive(item), True
                case.known_parties = case.life.last_party
        if not is_kept:
            case._keep()
        case._judge(given)
        return case

    def _feed(self, step: Step, given: Surroundings) -> None:
        self.events += 1
        self.first = self.first or step
        objections = self.life.feed(step, given.names)
        if objections:
            self.wrong += [f"{step.event} {step.id}: {objection}" for objection in objections]

    def _keep(self) -> None:
        is_open = self.life.state not in (NEW, STOPPED)
        self.has_changed = self.events > 0 and (is_open or self.is_known)
        self.standing = checkpoints.dump(self.life) if self.has_changed and is_open else None

    def _judge(self, given: Surroundings) -> None:
        self.trail = [*self.life.trail]
        if self._is_leftover(given.bounds):
            self.wrong.clear()
        elif self.life.state == NEW:
            self.wrong += self._unheard_of(given)
        elif self.row:
            self.wrong += compare(self.life, self.row, self.parties, self.known_parties, given.names)
        elif not given.bounds.may_lack_row(self.life.stopped_at):
            self.wrong.append("the log knows it, and there is no such interaction")

    def _is_leftover(self, bounds: Bounds) -> bool:
        """The end of a life whose beginning was purged, for the oldest events go first."""
        if self.first is None or self.is_known or self.first.event == SUBMITTED:
            return False
        return self.trail[-1].event == PROCESSING_STOPPED and bounds.may_lack_events(self.life.stopped_at)

    def _unheard_of(self, given: Surroundings) -> Iterator[str]:
        if self.row is None:
            if any(party.is_open for party in self.parties):
                yield "it was stopped before the checkpoint, and somebody holds it"
        elif not given.may_be_over(self.row.completed_at):
            yield f"it is {self.row.state}, and {unheard_of(given)}"


@dataclass(slots=True)
class SessionCase(Case):
    stay: Stay = field(default_factory=Stay)
    row: SessionRow | None = None
    is_known: bool = False

    @classmethod
    def of(cls, items: Iterable[Any], given: Surroundings) -> "SessionCase":
        case = cls()
        is_kept = given.upto is None
        for item in items:
            if isinstance(item, Visit):
                if not is_kept and item.id > (given.upto or 0):
                    case._keep()
                    is_kept = True
                case._feed(item, given)
            elif isinstance(item, SessionRow):
                case.row = item
            else:
                case.stay, case.is_known = checkpoints.revive_stay(item), True
        if not is_kept:
            case._keep()
        case._judge(given)
        return case

    def _feed(self, visit: Visit, given: Surroundings) -> None:
        self.events += 1
        objections = self.stay.feed(visit, given.names)
        self.wrong += [f"{visit.event} {visit.id}: {objection}" for objection in objections]

    def _keep(self) -> None:
        is_open = self.stay.state == OPEN
        self.has_changed = self.events > 0 and (is_open or self.is_known)
        self.standing = {"state": OPEN, "agent": self.stay.agent} if self.has_changed and is_open else None

    def _judge(self, given: Surroundings) -> None:
        self.trail = [*self.stay.trail]
        if self._is_leftover(given.bounds):
            self.wrong.clear()
        elif self.stay.state == NEW:
            if not given.may_be_over(self.row and self.row.ended_at):
                self.wrong.append(unheard_of(given))
        elif self.row:
            self.wrong += compare_session(self.stay, self.row, given.names)
        else:
            self.wrong.append("the log knows it, and there is no such session")

    def _is_leftover(self, bounds: Bounds) -> bool:
        if self.is_known or (self.trail and self.trail[0].event == LOGIN):
            return False
        ended_at = self.stay.ended_at if self.stay.state == ENDED else self.row and self.row.ended_at
        return bounds.may_lack_events(ended_at)


def unheard_of(given: Surroundings) -> str:
    if given.since:
        return "it was not open at the checkpoint, and the log has not heard of it since"
    return "the log has not heard of it"
