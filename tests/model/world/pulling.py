"""Submit and pull: interactions come, and become an agent's."""

from typing import Any

from tests.model.world.holding import Holding, by
from tests.model.world.state import Agent, Interaction, Location, Session, require


class Pulling(Holding):
    def submit(self, who: Session, at: Location, given: dict[str, Any]) -> Any:
        require(who.number is None or who.agent.may_pull(at))
        self.room(who.agent)
        it = Interaction(len(self.interactions) + 1, at, **given)
        self.interactions.append(it)
        self.put(it, at)
        if who.number:
            self.tell(by(who, "Submit"), "InteractionSubmitted PartyAdded", self.join(who, it))
        else:
            self.tell(by(who, "Submit"), "InteractionSubmitted PlacedInQueue PlacedInWorkbin", it)
        return 201, it.number

    def room(self, agent: Agent, needed: int = 1) -> float:
        """How many more fit."""
        room = agent.capacity - len(self.counting(agent))
        require(room >= needed, 409, "capacity_reached")
        return room

    def line(self, queues: list[Location], media_types: Any = None) -> list[Interaction]:
        """What may be taken: what waits, in order, then what is overdue."""
        there = [it for it in self.interactions if it.location in queues and not it.is_stopped]
        free = [it for it in there if not it.hold or it.hold.deadline_at <= self.now]
        asked = [it for it in free if not media_types or it.media_type in media_types]
        return sorted(asked, key=lambda it: (bool(it.hold), queues.index(it.location), -it.priority, it.turn))

    def take(self, who: Session, them: list[Interaction]) -> Any:
        holds = [self.join(who, it) for it in them]
        self.tell(by(who, "Pull"), "TakenFromQueue TakenFromWorkbin PartyAdded", *holds)
        return 200, [(hold.interaction.number, hold.number) for hold in holds]

    def take_first(self, who: Session, queues: list[Location], count: int, media_types: Any) -> Any:
        """What is overdue is revoked first, and what is then parked elsewhere is not taken."""
        wanted, them = int(min(count, self.room(who.agent))), list[Interaction]()
        while more := [it for it in self.line(queues, media_types) if it not in them][: wanted - len(them)]:
            self.expire(it.hold for it in more)
            them += [it for it in more if it.location in queues]
        return self.take(who, them)

    def pull(self, who: Session, at: Location, count: int, media_types: Any) -> Any:
        require(who.agent.may_pull(at))
        require(not at.is_paused, 409, "queue_paused")
        return self.take_first(who, [at], count, media_types)

    def pull_next(self, who: Session, media_types: Any) -> Any:
        queues = [at for at in self.locations if not at.is_workbin and not at.is_paused]
        return self.take_first(who, [at for at in queues if who.agent.may_pull(at)], 1, media_types)

    def pull_by_id(self, who: Session, at: Location, them: tuple[Interaction, ...]) -> Any:
        require(who.agent.may_pull(at))
        self.require_seen(who.agent, *them)
        self.expire(it.hold for it in them)
        self.room(who.agent, len(them))
        why = [(it.number, why) for it in them if (why := self.why_not(who, at, it))]
        require(not why, 409, "not_available", sorted(why))
        return self.take(who, [it for it in self.line([at]) if it in them])

    def why_not(self, who: Session, at: Location, it: Interaction) -> str | None:
        if it.hold:
            return "held_by_you" if it.hold.agent is who.agent else "held"
        return "stopped" if it.is_stopped else None if it.location is at else "elsewhere"
