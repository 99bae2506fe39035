"""What a fault did, in figures: of one strike, and of many."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from tests.faults.checks import LATE, Record, clock, lateness
from tests.faults.play import GIVE_UP, Strike


@dataclass
class Figures:
    fault: str
    at: str = ""  # o'clock
    requests: int = 0
    disturbed: int = 0  # answered with 503, or by a connection that broke
    expired: int = 0
    late: float = 0.0  # seconds at most, while a worker and a database were alive
    late_after: float = 0.0  # ... from when they were alive again
    answer: float = 0.0  # seconds that an answer took at most
    back: float = 0.0  # seconds until all was as before
    disturbances: dict[str, int] = field(default_factory=dict)


def figures_of(record: Record, strikes: Sequence[Strike]) -> list[Figures]:
    """Each strike has what was asked for, and fell due, from its beginning to that of the next."""
    borders = [0.0, *(strike.begin for strike in strikes[1:]), float("inf")]
    return [
        figures_between(record, strike, begin, end)
        for strike, begin, end in zip(strikes, borders[:-1], borders[1:], strict=True)
    ]


def figures_between(record: Record, strike: Strike, begin: float, end: float) -> Figures:
    answers = [answer for answer in record.answers if begin <= answer.at < end]
    revocations = [each for each in record.revocations if begin <= each.deadline < end]
    late = [lateness(each, record) for each in revocations]
    return Figures(
        strike.fault,
        clock(strike.begin),
        requests=len(answers),
        disturbed=sum(answer.is_disturbed for answer in answers),
        expired=len(revocations),
        late=greatest(seconds for seconds, bound in late if bound == LATE),
        late_after=greatest(seconds for seconds, bound in late if bound != LATE),
        answer=greatest(answer.seconds for answer in answers),
        back=record.back.get(strike.fault, GIVE_UP),
        disturbances=dict(Counter(answer.outcome for answer in answers if answer.is_disturbed)),
    )


def greatest(values: Iterable[float]) -> float:
    return max(values, default=0.0)
