"""What the machine draws: mostly what may be done, and sometimes what may not."""

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from hypothesis import strategies as st

from tests.model.floor import MEDIA_TYPES
from tests.model.world import NOTHING, Interaction, Location, Session, World

T = TypeVar("T")
Draw = Callable[..., Any]
RECENTLY = 600  # seconds

counts = st.integers(1, 3)
media = st.sampled_from([None, None, ["email"], ["chat"], ["email", "chat"]])
keys = st.sampled_from([None, None, None, "k1", "k2"])
reasons = st.sampled_from([None, "done"])
parties = st.sampled_from(["held", "held", "held", "none", "old", "other"])
priorities = st.sampled_from([0, 0, 0, 5])
values = st.sampled_from([None, 1, "two"])
properties = st.fixed_dictionaries({}, optional={"a": values, "b": values, "priority": priorities})
submissions = st.fixed_dictionaries(
    {
        "media_type": st.sampled_from(list(MEDIA_TYPES)),
        "priority": priorities,
        "handling_timeout": st.sampled_from([None, 90, 90, 330, 3630]),
    }
)
minutes = st.sampled_from([1, 2, 3, 4, 5, 5])
many_minutes = st.sampled_from([6, 7, 8, 10, 10, 11, 31, 24 * 60 + 1])
ticks = st.sampled_from(["revoke_due", "revoke_due", "end_idle"])


def pick(draw: Draw, among: Sequence[T]) -> T:
    return among[draw(st.integers(0, len(among) - 1))]


def often(draw: Draw, times: int = 3) -> bool:
    return draw(st.integers(0, times)) != 0


class Drawn:
    """Who and what, of a world."""

    def __init__(self, world: World, services: Sequence[Session]) -> None:
        self.world, self.services = world, services

    def session(self, draw: Draw, is_holding: bool = False) -> Session:
        living = [each for each in self.world.sessions if not each.is_over]
        holding = [each for each in living if is_holding and self.world.held(each.agent)]
        return pick(
            draw, (holding or living or self.world.sessions) if often(draw, 9) else self.world.sessions
        )

    def anyone(self, draw: Draw) -> Session:
        return self.session(draw) if often(draw) else pick(draw, self.services)

    def interaction(self, draw: Draw, is_held: bool = False) -> Interaction:
        """The last ones first; or one that never was."""
        held = [it for it in self.world.interactions if it.hold]
        found = held if is_held and held and often(draw) else self.world.interactions
        return pick(draw, [*reversed(found), NOTHING])

    def known(self, draw: Draw) -> tuple[Session, Interaction]:
        """Mostly who holds something, and what they hold or have held."""
        who = self.session(draw, is_holding=True) if often(draw) else self.anyone(draw)
        own = [hold.interaction for hold in self.world.holds if hold.agent is who.agent]
        return who, pick(draw, own) if own and often(draw) else self.interaction(draw)

    def queue(self, draw: Draw, who: Session | None = None) -> Location:
        return self.mostly_own(draw, who, [at for at in self.world.locations if not at.is_workbin])

    def workbin(self, draw: Draw, who: Session) -> Location:
        return self.mostly_own(draw, who, [at for at in self.world.locations if at.is_workbin])

    def mostly_own(self, draw: Draw, who: Session | None, among: list[Location]) -> Location:
        own = [at for at in among if who and who.agent.may_pull(at)]
        return pick(draw, own if own and often(draw) else among)

    def location(self, draw: Draw) -> Location:
        return pick(draw, self.world.locations)

    def some_in(self, draw: Draw, workbin: Location) -> tuple[Interaction, ...]:
        there = [it for it in self.world.interactions if it.location is workbin]
        which = there if there and often(draw) else self.world.interactions
        return tuple(draw(st.lists(st.sampled_from(which), min_size=1, max_size=3, unique=True)))

    def holding(self, draw: Draw) -> tuple[Session, Interaction, int | None]:
        """Mostly who holds it, it, and that party."""
        it = self.interaction(draw, is_held=True)
        own = [each for each in self.world.sessions if it.hold and each.agent is it.hold.agent]
        who = pick(draw, own) if own and often(draw) else self.anyone(draw)
        return who, it, self.party(it, draw(parties))

    def party(self, it: Interaction, which: str) -> int | None:
        """The last or the first of it, one of another interaction, or one that never was."""
        if which == "none":
            return None
        parties = [hold.number for hold in self.world.holds if (hold.interaction is it) == (which != "other")]
        return (parties or [0])[-1 if which == "held" else 0]

    def sure_act(self, draw: Draw, it: Interaction) -> tuple[Any, ...]:
        """Who sees it whatever others do to it, and an act on it."""
        recently = self.world.now - RECENTLY
        living = [
            each for each in self.world.sessions if not each.is_over and each.last_request_at > recently
        ]
        admins = [each for each in living if each.agent.role == "admin"]
        own = [each for each in living if it.hold and each.agent is it.hold.agent]
        who = pick(draw, [*self.services[:1], *admins, *own, *own])
        party = it.hold.number if it.hold and who in own else None
        acts = [("stop", "done"), ("change", {"a": draw(values)}), ("place", self.queue(draw))]
        act, given = pick(draw, acts if who.number else acts[:2])
        return who, act, it, party, given
