"""How those stand that are about to be told something, and what will be refused of them."""

from collections.abc import Mapping

from interactions.admin.commands import Order
from interactions.models.interaction import State

WORDS = {  # of one, of several
    State.QUEUED: ("waits", "wait"),
    State.HANDLING: ("is held", "are held"),
    State.STOPPED: ("is stopped already", "are stopped already"),
}


def is_refused(order: Order, state: str) -> bool:
    return state == State.STOPPED or (order.needs_hold and state == State.QUEUED)


def sum_up(order: Order, counts: Mapping[str, int]) -> str:
    """counts: by the state."""
    known = {state: counts[state] for state in WORDS if state in counts}
    told = [_tell(order, state, count) for state, count in known.items()]
    if sum(known.values()) == 1:
        return f"It {told[0]}."
    if len(told) == 1:
        return f"All {sum(known.values()):,} {told[0]}."
    numbered = [f"{count:,} {words}" for count, words in zip(known.values(), told, strict=True)]
    return f"Of these {', '.join(numbered)}." if numbered else ""


def _tell(order: Order, state: State, count: int) -> str:
    words = WORDS[state][count != 1]
    return f"{words} and cannot be {order.done}" if is_refused(order, state) else words
