"""What the machine draws: mostly what may be done, and sometimes what may not."""

from collections.abc import Sequence
from random import Random
from typing import Any

from tests.model.floor import MEDIA_TYPES
from tests.model.world import NOTHING, Interaction, Location, Session, World

RECENTLY = 600  # seconds

COUNTS = (1, 2, 3)
MEDIA = (None, None, None, ["email"], ["chat"], ["email", "chat"])
KEYS = (None, None, None, None, "k1", "k2")
REASONS = (None, "done")
PARTIES = (*["held"] * 7, "none", "old", "other")
PRIORITIES = (0, 0, 0, 5)
VALUES = (None, 1, "two")
HANDLING_TIMEOUTS = (None, 90, 90, 330, 3630)
MINUTES = (1, 2, 3, 4, 5, 5)
MANY_MINUTES = (6, 7, 8, 10, 10, 11, 31, 24 * 60 + 1)
TICKS = ("revoke_due", "revoke_due", "end_idle")


class Drawn:
    """Who and what, of a world."""

    def __init__(self, world: World, services: Sequence[Session], random: Random) -> None:
        self.world, self.services, self.random = world, services, random
        self.one_of = random.choice

    def often(self, times: int = 3) -> bool:
        """For so many times once not."""
        return self.random.randint(0, times) > 0

    def properties_of_one(self) -> dict[str, Any]:
        return {
            "media_type": self.one_of(list(MEDIA_TYPES)),
            "priority": self.one_of(PRIORITIES),
            "handling_timeout": self.one_of(HANDLING_TIMEOUTS),
        }

    def changes(self) -> dict[str, Any]:
        """Any of them, or none."""
        given = {"a": self.one_of(VALUES), "b": self.one_of(VALUES), "priority": self.one_of(PRIORITIES)}
        return {name: value for name, value in given.items() if self.one_of([True, False])}

    def session(self, is_holding: bool = False) -> Session:
        holding = [each for each in self.living() if is_holding and self.world.held(each.agent)]
        mostly = holding or self.living() or self.world.sessions
        return self.one_of(mostly if self.often(19) else self.world.sessions)

    def living(self, within: float | None = None) -> list[Session]:
        """Who has asked for something lately, or within so many seconds."""
        since = self.world.now - (within or self.world.idle_timeout)
        return [each for each in self.world.sessions if not each.is_over and each.last_request_at > since]

    def puller(self) -> Session:
        """Mostly one who has room."""
        world = self.world
        able = [each for each in self.living() if len(world.held(each.agent)) < each.agent.capacity]
        return self.one_of(able) if able and self.often(9) else self.session(is_holding=True)

    def anyone(self) -> Session:
        return self.session() if self.often() else self.one_of(self.services)

    def who_may_do_without(self, it: Interaction) -> Session:
        able = [each for each in self.living() if each.agent.may_do_without(it)]
        return self.one_of(able) if able and self.often() else self.anyone()

    def interaction(self, is_held: bool = False) -> Interaction:
        """Seldom one that never was."""
        held = [it for it in self.world.interactions if it.hold]
        found = held if is_held and held and self.often(9) else self.world.interactions
        return self.one_of(found) if self.often(19) else NOTHING

    def known(self) -> tuple[Session, Interaction]:
        """Mostly who holds something, and what they hold or have held."""
        who = self.session(is_holding=True) if self.often() else self.anyone()
        own = [hold.interaction for hold in self.world.holds if hold.agent is who.agent]
        return who, self.one_of(own) if own and self.often() else self.interaction()

    def queue(self, who: Session | None = None) -> Location:
        return self.mostly_own(who, [at for at in self.world.locations if not at.is_workbin])

    def workbin(self, who: Session) -> Location:
        return self.mostly_own(who, [at for at in self.world.locations if at.is_workbin])

    def mostly_own(self, who: Session | None, among: list[Location]) -> Location:
        """Of these rather one in which something waits."""
        own = [at for at in among if who and who.agent.may_pull(at)]
        full = [at for at in own if self.world.line([at])]
        return self.one_of((full if full and self.often() else own) if own and self.often(9) else among)

    def location(self) -> Location:
        return self.one_of(self.world.locations)

    def some_in(self, workbin: Location) -> tuple[Interaction, ...]:
        there = self.world.line([workbin])
        which = there if there and self.often(4) else self.world.interactions
        return tuple(self.random.sample(which, min(len(which), self.one_of(COUNTS))))

    def holding(self) -> tuple[Session, Interaction, int | None]:
        """Mostly who holds it, it, and that party."""
        it = self.interaction(is_held=True)
        own = [each for each in self.living() if it.hold and each.agent is it.hold.agent]
        who = self.one_of(own) if own and self.often(9) else self.anyone()
        return who, it, self.party(it, self.one_of(PARTIES))

    def party(self, it: Interaction, which: str) -> int | None:
        """The last or the first of it, one of another interaction, or one that never was."""
        if which == "none":
            return None
        parties = [hold.number for hold in self.world.holds if (hold.interaction is it) == (which != "other")]
        return (parties or [0])[-1 if which == "held" else 0]

    def sure_act(self, it: Interaction) -> tuple[Any, ...]:
        """Who sees it whatever others do to it, and an act on it."""
        living = self.living(RECENTLY)
        admins = [each for each in living if each.agent.role == "admin"]
        own = [each for each in living if it.hold and each.agent is it.hold.agent]
        who = self.one_of([*self.services[:1], *admins, *own, *own])
        party = it.hold.number if it.hold and who in own else None
        acts = [("stop", "done"), ("change", {"a": self.one_of(VALUES)}), ("place", self.queue())]
        act, given = self.one_of(acts if who.number else acts[:2])
        return who, act, it, party, given
