"""With one interaction."""

from typing import Any

from tests.model.world.holding import Doing, by
from tests.model.world.pulling import Pulling
from tests.model.world.state import Hold, Interaction, Location, Session, require

ENDS = {"LoggedOut": "logged_out", "SessionExpired": "session_expired"}


class Working(Pulling):
    def guard(self, who: Session, it: Interaction, party: int | None, may: bool) -> None:
        """It must be held as this party; who `may` do without sends none, and a service has none."""
        self.require_seen(who.agent, it)
        require(party is not None or may, 400, "invalid")
        self.expire([it.hold])
        is_party = party is not None and who.number
        if is_party and it.hold and it.hold.agent is who.agent:
            return require(it.hold.number == party, 409, "stale_party")
        require(not it.is_stopped, 409, "stopped")
        ends = {h.number: h.end for h in self.holds if h.interaction is it and h.agent is who.agent}
        end = ends.get(party or 0)
        why = ENDS.get(end, end.lower()) if end else "held_by_other" if it.hold else "never_held"
        require(not is_party, 409, "not_held", why)

    def leave(self, it: Interaction, reason: str, doing: Doing) -> Hold | Interaction:
        """Its hold ends, or else its waiting. What is told next is told of what this returns."""
        hold = it.hold
        if hold is None:
            self.tell_watchers(it, "Removed")
            return it
        self.release([hold], reason, doing)
        return hold

    def place(self, who: Session, it: Interaction, party: int | None, at: Location | None) -> Any:
        require(not (at and at.is_workbin) or who.agent.may_pull(at))
        self.guard(who, it, party, who.agent.role == "admin")
        at = at or it.location
        doing = by(who, "PlaceInWorkbin" if at.is_workbin else "PlaceInQueue")
        whose = self.leave(it, "Placed", doing)
        self.put(it, at)
        self.tell(doing, "PlacedInQueue PlacedInWorkbin", whose)
        return 200, it.number

    def stop(self, who: Session, it: Interaction, party: int | None, reason: str | None) -> Any:
        self.guard(who, it, party, who.agent.may_do_without(it))
        doing = by(who, "StopProcessing")
        whose, it.is_stopped = self.leave(it, "Stopped", doing), True
        self.tell(doing, "ProcessingStopped", whose, reason=reason)
        return 200, it.number

    def change(self, who: Session, it: Interaction, party: int | None, given: dict[str, Any]) -> Any:
        """The priority and members of user_data, by name; None deletes one."""
        self.guard(who, it, party, who.agent.may_do_without(it))
        before = {"priority": it.priority, **it.user_data}
        after = {name: value for name, value in (before | given).items() if value is not None}
        if after != before:
            it.priority, it.user_data = after.pop("priority"), after
            doing = by(who, "ChangeProperties")
            self.tell(doing, "PropertiesChanged", it.hold or it)
            if it.hold is None:
                self.tell_watchers(it, "PropertiesChanged")
            elif it.hold.agent is not who.agent:
                body = {"interaction": it.number, "actor": doing[1]}
                self.mail.append((it.hold.agent, "EventPropertiesChanged", body))
        return 200, it.number

    def revoke(self, who: Session, it: Interaction) -> Any:
        self.require_seen(who.agent, it)
        require(who.agent.may_do_without(it), 403, "not_permitted")
        require(not it.is_stopped, 409, "stopped")
        require(it.hold, 409, "not_held", "never_held")
        self.expire([it.hold])
        self.release([it.hold] if it.hold else [], "Revoked", by(who, "Revoke"))
        return 200, it.number

    def look(self, who: Session, it: Interaction) -> Any:
        self.require_seen(who.agent, it)
        return 200, it.number
