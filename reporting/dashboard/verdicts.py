"""What is said of a queue, and why: rules in the order of their weight."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum

from reporting.dashboard.queues import QueueLine
from reporting.dashboard.words import NBSP, about, counted, percent, tenths

FEWEST = 10  # pulls: of fewer, a share says nothing
MANY, VERY_MANY = 0.2, 0.4  # revocations of pulls
HOPELESS = 10  # times the limit


class State(IntEnum):
    OK = 0
    LOOK = 1
    BAD = 2


@dataclass(frozen=True, slots=True)
class Verdict:
    state: State
    text: str


Found = tuple[State, str] | None


def _alarm(line: QueueLine) -> Found:
    if not line.alarms:
        return None
    return State.BAD, f"{counted(len(line.alarms), 'open alarm')}: {line.alarms[0].name}."


def _slow(line: QueueLine) -> Found:
    if not line.is_slow or line.oldest_seconds is None:
        return None
    is_bad = line.is_missed or _grows(line) or line.oldest_seconds > HOPELESS * line.limit
    limit = f"target {about(line.limit)}" if line.target else f"over {about(line.limit)} is long"
    return State.BAD if is_bad else State.LOOK, f"Oldest waits {about(line.oldest_seconds)} ({limit})."


def _paused(line: QueueLine) -> Found:
    return (State.LOOK, "Paused: nobody can pull.") if line.is_paused and line.waiting else None


def _unstaffed(line: QueueLine) -> Found:
    if line.is_paused or not line.waiting or line.agents:
        return None
    return State.BAD, "Nobody who may pull from it is logged in."


def _unserved(line: QueueLine) -> Found:
    if line.is_paused or line.sums.pulled or not (line.is_slow and line.agents):
        return None
    return State.BAD, f"Nobody pulls, though {_staff(line)}."


def _missed(line: QueueLine) -> Found:
    if not line.is_missed or line.target is None or line.in_time is None:
        return None
    promised = f"target {line.target.percent:g}{NBSP}%"
    return (
        State.LOOK,
        f"{tenths(line.in_time):g}{NBSP}% pulled within {about(line.target.seconds)} ({promised}).",
    )


def _revoked(line: QueueLine) -> Found:
    if line.sums.pulled < FEWEST or line.revoked_share < MANY:
        return None
    state = State.BAD if line.revoked_share >= VERY_MANY else State.LOOK
    return state, f"{percent(line.revoked_share)} of pulls revoked."


def _growing(line: QueueLine) -> Found:
    if not (line.is_slow and _grows(line)):
        return None
    return State.LOOK, f"Growing: {line.sums.entered:,} came in, {line.sums.pulled:,} were pulled."


def _grows(line: QueueLine) -> bool:
    """Since the range began."""
    return (
        bool(line.trend) and line.waiting - line.trend[0] >= FEWEST and line.sums.entered > line.sums.pulled
    )


def _staff(line: QueueLine) -> str:
    return f"{counted(line.agents, 'agent')} who may {'is' if line.agents == 1 else 'are'} logged in"


RULES: tuple[Callable[[QueueLine], Found], ...] = (
    _alarm,
    _slow,
    _paused,
    _unstaffed,
    _unserved,
    _missed,
    _revoked,
    _growing,
)


def judge(line: QueueLine) -> Verdict:
    found = [said for rule in RULES if (said := rule(line))]
    if not found:
        return Verdict(State.OK, _good(line))
    words = [text for _, text in found]
    if line.agents and not line.is_paused and _unserved(line) is None:
        words.append(f"{counted(line.agents, 'agent')} logged in.")
    return Verdict(max(state for state, _ in found), " ".join(words))


def _good(line: QueueLine) -> str:
    if line.in_time is not None and line.target is not None:
        return f"On target: {tenths(line.in_time):g}{NBSP}% pulled within {about(line.target.seconds)}."
    if line.waiting:
        return f"Flowing: the oldest waits {about(line.oldest_seconds or 0)}."
    if line.is_paused:
        return "Paused. Nothing waits."
    return "Nothing waits." if line.sums.entered or line.held else "Nothing waits, and nothing came in."


def urgency(line: QueueLine, verdict: Verdict) -> tuple[float, ...]:
    """For sorting, the worst first."""
    return (-verdict.state, -(line.oldest_seconds or 0) / line.limit, -line.waiting, -line.held)
