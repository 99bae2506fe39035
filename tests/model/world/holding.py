"""Holds begin, move and end, and what is told: events in the log, messages in the mail."""

from collections.abc import Iterable

from tests.model.world.state import Hold, Interaction, Location, Session, State

Doing = tuple[str, tuple[str, str]]  # the operation, and whose
TIMER = ("timer", "revocation")
CHANGES = {"TakenFromWorkbin": "Removed", "PlacedInWorkbin": "Added"}


def by(who: Session, operation: str) -> Doing:
    kind = {"media_server": "service", "admin": "admin"}.get(who.agent.role, "agent")
    return operation, (kind, who.agent.name)


def longest_overdue_first(holds: Iterable[Hold]) -> list[Hold]:
    return sorted(holds, key=lambda hold: (hold.deadline_at, hold.number))


class Holding(State):
    def tell(self, doing: Doing, events: str, *them: Hold | Interaction, reason: str | None = None) -> None:
        """The first event of all of them, then the next; those of workbins, of what is in one. A hold stands
        for its interaction and whose it is, or was until now."""
        for event in events.split():
            for each in them:
                hold, it = (each, each.interaction) if isinstance(each, Hold) else (None, each)
                if it.location.is_workbin or not event.endswith("Workbin"):
                    whose = (hold.agent.name, hold.session.number, hold.number) if hold else (None,) * 3
                    self.log.append((f"Event{event}", it.number, it.location.name, *whose, *doing, reason))
                    self.tell_watchers(it, CHANGES.get(event))

    def tell_watchers(self, it: Interaction, operation: str | None) -> None:
        if operation and it.location.is_workbin:
            body = {"workbin": it.location.name, "operation": operation, "interaction": it.number}
            self.mail.append((it.location, "EventWorkbinContentChanged", body))

    def tell_loser(self, hold: Hold, reason: str, parking: Location | None) -> None:
        it, at = hold.interaction, hold.interaction.location
        where = {"queue": None, "workbin": None} | {"workbin" if at.is_workbin else "queue": at.name}
        parked = {"parked_in": parking.name} if parking else {}
        body = {"interaction": it.number, "party": hold.number, "reason": reason, **where, **parked}
        self.mail.append((hold.agent, "EventRevoked", body))

    def put(self, it: Interaction, at: Location) -> None:
        """At the end of its line."""
        self.turns += 1
        it.location, it.turn, it.revocations = at, self.turns, 0

    def join(self, who: Session, it: Interaction) -> Hold:
        timeout = it.handling_timeout or it.location.handling_timeout or self.timeouts[it.media_type]
        expires_at = self.now + it.location.max_handling_time
        it.hold = Hold(len(self.holds) + 1, it, who, timeout, expires_at)
        self.holds.append(it.hold)
        self.reset(it.hold)
        return it.hold

    def reset(self, hold: Hold) -> None:
        deadline = min(self.now + hold.timeout, hold.expires_at)
        if deadline > hold.deadline_at:
            hold.deadline_at, hold.is_warned = deadline, False

    def release(self, given: list[Hold], reason: str, doing: Doing) -> None:
        """Unless placed or stopped, they wait again where they were, at their old turns."""
        holds = longest_overdue_first(given)
        for hold in holds:
            hold.end, hold.ended_at, hold.interaction.hold = reason, self.now, None
            hold.interaction.revocations += reason == "Expired"
        is_revoked, is_back = reason in ("Expired", "Revoked"), reason not in ("Placed", "Stopped")
        self.tell(doing, "PartyRemoved Revoked" if is_revoked else "PartyRemoved", *holds, reason=reason)
        for hold in holds:
            self.tell_watchers(hold.interaction, "Returned" if is_back else None)
        for hold in holds:
            if is_revoked or hold.agent.name != doing[1][1]:
                self.tell_loser(hold, reason, self.parking(hold.interaction))
        parked = [hold for hold in holds if self.parking(hold.interaction)]
        for it in [hold.interaction for hold in given if hold in parked]:
            self.put(it, self.parking(it) or it.location)
        self.tell(("PlaceInQueue", TIMER), "PlacedInQueue", *parked, reason="Parked")

    def parking(self, it: Interaction) -> Location | None:
        return it.location.parking_queue if it.revocations > it.location.max_revocations else None

    def expire(self, holds: Iterable[Hold | None]) -> None:
        """Those of them that are overdue: whoever finds them, time ended them."""
        self.release([h for h in holds if h and h.deadline_at <= self.now], "Expired", ("Revoke", TIMER))
