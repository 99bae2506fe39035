"""What must hold after every fault, whatever it was. Each check says what does not; each has a twin in
tests/test_faults_checks.py, a doctored play in which it must find something."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from config.simulation.replay import Problem
from tests.faults.watch import Span
from tests.faults.witness import Answer

LATE = 1.0  # seconds from a deadline to its revocation, with a worker and a database alive
LATE_AFTER = 2.0  # ... from when they are alive again
BACK = 15.0  # until all is as it was
ANSWER = 15.0  # that a client waits for an answer or an error
MEMORY = 32.0  # MiB by which a program may grow while it lives: caches fill
FILES = 16


@dataclass(frozen=True, slots=True)
class Revocation:
    party: int
    deadline: float
    at: float


@dataclass(frozen=True, slots=True)
class Size:
    """Of a program with its children, at a look."""

    name: str
    pid: int
    memory: float  # MiB
    files: int
    connections: int
    age: float = 0.0  # seconds since its start

    @property
    def life(self) -> str:
        """From its start to its end: whoever is started anew is another."""
        return f"{self.name} ({self.pid})"


@dataclass
class Record:
    """All that is known of a play when it is over."""

    unplayed: list[str] = field(default_factory=list)  # faults that could not be done
    events: list[dict[str, Any]] = field(default_factory=list)  # as a reporting engine has read them
    logged: list[int] = field(default_factory=list)  # all that there are
    told: list[Problem] = field(default_factory=list)  # where log and clients differ
    differences: list[str] = field(default_factory=list)  # of the audit
    answers: list[Answer] = field(default_factory=list)
    deadlines: dict[int, float] = field(default_factory=dict)  # by party, as the agents knew them
    outages: list[Span] = field(default_factory=list)
    excused: dict[int, Span] = field(default_factory=dict)
    expected: dict[int, list[str]] = field(default_factory=dict)
    open_holds: int = 0
    back: dict[str, float] = field(default_factory=dict)  # seconds, by fault
    uncounted: int = 0  # events that are in no interval, though there was time
    orphans: dict[int, str] = field(default_factory=dict)
    first: Mapping[str, Size] = field(default_factory=dict)  # look at each life, be it in an earlier play
    looks: list[Size] = field(default_factory=list)  # after each fault
    after: list[Size] = field(default_factory=list)  # at the end, when nobody asks for anything
    connections: Mapping[str, int] = field(default_factory=dict)  # that each may have at most
    slack: float = 1.0  # for bounds of time, on a machine that does other things too
    start_slack: float = 1.0  # ... and for what has to start anew, which is some seconds of computing

    @property
    def revocations(self) -> list[Revocation]:
        return [
            Revocation(
                event["party"],
                datetime.fromisoformat(event["attributes"]["deadline_at"]).timestamp(),
                datetime.fromisoformat(event["at"]).timestamp(),
            )
            for event in self.events
            if event["event"] == "EventRevoked" and event["reason"] == "Expired"
        ]


Check = Callable[[Record], Iterator[str]]


def clock(at: float) -> str:
    """As the logs have it."""
    return datetime.fromtimestamp(at, UTC).strftime("%H:%M:%S.%f")[:-3]


def played(record: Record) -> Iterator[str]:
    """A fault that was not done proves nothing."""
    yield from record.unplayed


def held_twice(record: Record) -> Iterator[str]:
    """By the log alone: one party at a time, whoever it is."""
    holder: dict[int, int] = {}
    for event in sorted(record.events, key=lambda event: event["id"]):
        interaction, party = event["interaction"], event["party"]
        if event["event"] == "EventPartyAdded":
            if interaction in holder:
                yield f"interaction {interaction}: party {party} beside {holder[interaction]}"
            holder[interaction] = party
        elif event["event"] == "EventPartyRemoved" and holder.pop(interaction, None) != party:
            yield f"interaction {interaction}: party {party} removed, which did not hold it"


def as_they_were_told(record: Record) -> Iterator[str]:
    """Nothing is lost: what a client was told is in the log, and each step can follow the one before."""
    for problem in record.told:
        yield f"{problem.check}: interaction {problem.interaction}: {problem.detail}"


def done_once(record: Record) -> Iterator[str]:
    """What was asked for again and again, for no answer came, is done once."""
    for interaction, names in record.expected.items():
        found = [event["event"] for event in record.events if event["interaction"] == interaction]
        if found != names:
            yield f"interaction {interaction} has {found}, and not {names}"


def read_once(record: Record) -> Iterator[str]:
    """The reader of the log got every event, once and in order."""
    read = [event["id"] for event in record.events]
    times = Counter(read)
    for id in sorted({*read, *record.logged}):
        if times[id] != 1 or id not in record.logged:
            yield f"event {id} was read {times[id]} times"
    if read != sorted(read):
        yield "events were read out of order"


def early(record: Record) -> Iterator[str]:
    """No hold ends before the latest deadline that its agent or the log knew of."""
    for each in record.revocations:
        deadline = max(each.deadline, record.deadlines.get(each.party, 0))
        if each.at < deadline:
            yield f"party {each.party} ended {deadline - each.at:.6f} s early, at {clock(each.at)}"


def late(record: Record) -> Iterator[str]:
    for each in record.revocations:
        seconds, bound = lateness(each, record)
        if seconds > bound * record.slack:
            yield (
                f"party {each.party} ended {seconds:.3f} s late, at {clock(each.at)}, "
                f"and {bound:g} s are allowed"
            )
    if record.open_holds:
        yield f"{record.open_holds} holds are open long after their deadlines"


def lateness(revocation: Revocation, record: Record) -> tuple[float, float]:
    """Seconds, and how many there may be: since the deadline, or since the end of an outage in between."""
    since, bound = revocation.deadline, LATE
    spans = [*record.outages]
    if span := record.excused.get(revocation.party):
        spans.append(span)
    for span in sorted(spans, key=lambda span: span.begin):
        if span.begin < since + bound and span.end > since:
            since, bound = span.end, LATE_AFTER
    return max(0.0, revocation.at - since), bound


def unanswered(record: Record) -> Iterator[str]:
    """Each request has an answer, a problem document, or a connection that broke; and soon."""
    for answer in record.answers:
        if not answer.is_clean:
            yield f"{answer.what} at {clock(answer.at)}: {answer.status or answer.error}"
        elif answer.seconds > ANSWER * record.slack:
            yield f"{answer.what} at {clock(answer.at)} took {answer.seconds:.1f} s"


def not_back(record: Record) -> Iterator[str]:
    for fault, seconds in record.back.items():
        if seconds > BACK * record.start_slack:
            yield f"all was back {seconds:.1f} s after {fault}"
    if record.uncounted:
        yield f"{record.uncounted} events are in no interval: beat, or who counts, does not work"


def audited(record: Record) -> Iterator[str]:
    yield from record.differences


def left_over(record: Record) -> Iterator[str]:
    for pid, what in record.orphans.items():
        yield f"process {pid} belongs to nobody: {what}"


def grown(record: Record) -> Iterator[str]:
    looks = [*record.looks, *record.after]
    for size in looks:
        if size.connections > record.connections.get(size.name, 0):
            yield f"{size.life} has {size.connections} connections"
    for life, size in {size.life: size for size in looks}.items():
        first = record.first.get(life, size)
        if size.memory > first.memory + MEMORY:
            yield f"{life} has grown from {first.memory:.0f} to {size.memory:.0f} MiB"
    for size in record.after:
        first = record.first.get(size.life, size)
        if size.files > first.files + FILES:
            yield f"{size.life} has {size.files} open files, and had {first.files}"


CHECKS: Sequence[Check] = (
    played, held_twice, as_they_were_told, done_once, read_once, early, late, unanswered, not_back, audited,
    left_over, grown,
)  # fmt: skip


def problems(record: Record, checks: Iterable[Check] = CHECKS) -> list[str]:
    return [f"{check.__name__}: {what}" for check in checks for what in check(record)]
