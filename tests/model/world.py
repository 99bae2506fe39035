"""What docs/api.md and docs/protocol.md promise, as a world in memory. It knows nothing of the server.

A request gives its reply: the status and, of a refusal, code and reason, else what it gives. It adds to `log`
the reporting events, and to `mail` the messages, that it must cause. Interactions, sessions and parties are
numbered in the order in which they come. Time is a number of seconds that others set; each act takes a hair
of it.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

HAIR, DAY, FOREVER = 1e-6, 86_400, float("inf")
TIMER = ("timer", "revocation")
RETURNING = ("Expired", "Revoked", "LoggedOut", "SessionExpired")
TWINS = {"EventTakenFromQueue": "EventTakenFromWorkbin", "EventPlacedInQueue": "EventPlacedInWorkbin"}
CHANGES = {
    "EventTakenFromWorkbin": "Removed",
    "EventPlacedInWorkbin": "Added",
    "EventPartyRemoved": "Returned",
}


@dataclass(eq=False, repr=False)
class Location:
    """A queue or, with an owner, a workbin: the names of its agent or group are in `groups`."""

    name: str
    groups: frozenset[str] = frozenset()
    is_workbin: bool = False
    position: int = 0
    handling_timeout: int | None = None
    max_handling_time: float = FOREVER
    max_revocations: float = FOREVER
    parking_queue: "Location | None" = None
    is_paused: bool = False

    def __repr__(self) -> str:
        return self.name


@dataclass(eq=False, repr=False)
class Agent:
    """Or a service. `watched`: workbins, each with the number of messages that came before."""

    name: str
    role: str = "agent"
    groups: frozenset[str] = frozenset()
    capacity: float = FOREVER
    watched: dict[Location, int] = field(default_factory=dict)

    def __repr__(self) -> str:
        return self.name


@dataclass(eq=False, repr=False)
class Session:
    """A service has one for ever, without a number."""

    number: int | None
    agent: Agent
    last_request_at: float = FOREVER
    is_over: bool = False

    def __repr__(self) -> str:
        return f"{self.agent}#{self.number}" if self.number else self.agent.name


@dataclass(eq=False, repr=False)
class Hold:
    number: int
    interaction: "Interaction"
    session: Session
    timeout: int
    expires_at: float
    deadline_at: float = 0
    is_warned: bool = False
    ended_at: float = FOREVER
    end: str | None = None


@dataclass(eq=False, repr=False)
class Interaction:
    number: int
    location: Location
    media_type: str
    priority: int
    handling_timeout: int | None
    turn: int = 0
    user_data: dict[str, Any] = field(default_factory=dict)
    state: str = "queued"
    revocations: int = 0
    holds: list[Hold] = field(default_factory=list)

    def __repr__(self) -> str:
        return f"interaction {self.number}"

    @property
    def hold(self) -> Hold | None:
        return self.holds[-1] if self.holds and not self.holds[-1].end else None


class Refused(Exception):
    """Status, code and what else is told."""


def asked(*roles: str, resets: bool = True) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """A request: who asks is known, and what they hold is reset, before anything else is looked at."""

    def decorate(act: Callable[..., Any]) -> Callable[..., Any]:
        def request(world: "World", who: Session, *given: Any, key: str | None = None) -> Any:
            try:
                world.arrive(who, resets)
                if who.agent.role not in ("admin", *(roles or ("agent", "supervisor"))):
                    raise Refused(403, "not_permitted")
                return world.once(who.agent, key, act, who, given) if key else act(world, who, *given)
            except Refused as refused:
                return refused.args

        return request

    return decorate


@dataclass(eq=False)
class World:
    locations: list[Location]
    agents: list[Agent]
    media_types: dict[str, int | None]  # with their timeouts
    handling_timeout: int
    idle_timeout: int
    now: float = 0
    turns: int = 0
    parties: int = 0
    sessions: list[Session] = field(default_factory=list)
    interactions: list[Interaction] = field(default_factory=list)
    keys: dict[tuple[Agent, str], Any] = field(default_factory=dict)
    log: list[tuple[Any, ...]] = field(default_factory=list)
    mail: list[tuple[Agent | Location, str, dict[str, Any]]] = field(default_factory=list)
    doing: tuple[str, tuple[str, str]] = ("", TIMER)  # the operation, and whose

    # --- Who asks, and what they may ---

    def arrive(self, who: Session, resets: bool = True) -> None:
        self.now += HAIR
        counting = self.counting(who.agent)
        if who.is_over or (who.last_request_at < self.now - self.idle_timeout and not counting):
            raise Refused(401, "not_authenticated", "ended" if who.is_over else "expired")
        who.last_request_at = self.now if who.number else FOREVER
        for hold in counting if resets else ():
            self.reset(hold)

    def reset(self, hold: Hold) -> None:
        deadline = min(self.now + hold.timeout, hold.expires_at)
        if deadline > hold.deadline_at:
            hold.deadline_at, hold.is_warned = deadline, False

    def once(self, owner: Agent, key: str, act: Callable[..., Any], who: Session, given: Any) -> Any:
        at, request, reply = self.keys.get((owner, key), (-DAY, None, None))
        if at > self.now - DAY:
            return reply if request == (act, given) else (409, "idempotency_mismatch")
        reply = act(self, who, *given)
        if reply[1] != []:  # a pull that found nothing is not kept
            self.keys[owner, key] = self.now, (act, given), reply
        return reply

    def held(self, agent: Agent) -> list[Hold]:
        return [it.hold for it in self.interactions if it.hold and it.hold.session.agent is agent]

    def counting(self, agent: Agent) -> list[Hold]:
        return [hold for hold in self.held(agent) if hold.deadline_at > self.now]

    def leads(self, who: Agent, agents: Iterable[Agent]) -> bool:
        return who.role == "supervisor" and any(who.groups & agent.groups for agent in agents)

    def may_pull(self, who: Agent, at: Location) -> bool:
        """An admin, who is of its groups or the owner, and a supervisor of the owner."""
        owners = [agent for agent in self.agents if at.is_workbin and agent.name in at.groups]
        is_own = bool(at.groups & {who.name, *who.groups})
        return who.role == "admin" or is_own or self.leads(who, owners)

    def may_do_without(self, who: Agent, it: Interaction | None) -> bool:
        """Stop it or change it without being its party; an agent may revoke it, too."""
        if who.role in ("admin", "media_server") or it is None:
            return True
        is_of_led = it.hold is not None and self.leads(who, [it.hold.session.agent])
        return who.role == "supervisor" and (self.may_pull(who, it.location) or is_of_led)

    def require_visible(self, who: Agent, *them: Interaction | None) -> None:
        for it in them:
            if it is None or not (
                who.role == "reporting_engine"
                or self.may_pull(who, it.location)
                or self.may_do_without(who, it)
                or any(h.session.agent is who and h.ended_at >= self.now - DAY for h in it.holds)
            ):
                raise Refused(404, "not_found")

    def require_right(self, who: Session, at: Location) -> None:
        if not self.may_pull(who.agent, at):
            raise Refused(404, "not_found")

    # --- What is told ---

    def do(self, operation: str, who: Session) -> None:
        kind = {"media_server": "service", "admin": "admin"}.get(who.agent.role, "agent")
        self.doing = operation, (kind, who.agent.name)

    def tell(self, event: str, *them: tuple[Interaction, Hold | None], reason: str | None = None) -> None:
        """Of interactions, each with whose it is, or was until now; then the same of those in workbins."""
        for it, hold in them:
            whose = (
                (hold.session.agent.name, hold.session.number, hold.number) if hold else (None, None, None)
            )
            self.log.append((event, it.number, it.location.name, *whose, *self.doing, reason))
            if event != "EventPartyRemoved" or reason in RETURNING:
                self.tell_watchers(CHANGES.get(event), it)
        if event in TWINS:
            self.tell(TWINS[event], *[each for each in them if each[0].location.is_workbin])

    def tell_session(self, event: str, session: Session, reason: str | None = None) -> None:
        self.log.append((event, None, None, session.agent.name, session.number, None, *self.doing, reason))

    def tell_watchers(self, operation: str | None, it: Interaction) -> None:
        if operation and it.location.is_workbin:
            body = {"workbin": it.location.name, "operation": operation, "interaction": it.number}
            self.mail.append((it.location, "EventWorkbinContentChanged", body))

    def tell_loser(self, hold: Hold, reason: str) -> None:
        it, at = hold.interaction, hold.interaction.location
        where = {"queue": None, "workbin": None, "workbin" if at.is_workbin else "queue": at.name}
        body = {"interaction": it.number, "party": hold.number, "reason": reason, **where}
        self.mail.append((hold.session.agent, "EventRevoked", body))

    # --- Holds begin and end ---

    def join(self, who: Session, it: Interaction) -> Hold:
        own, queue = it.handling_timeout, it.location.handling_timeout
        timeout = own or queue or self.media_types[it.media_type] or self.handling_timeout
        self.parties += 1
        hold = Hold(self.parties, it, who, timeout, self.now + it.location.max_handling_time)
        self.reset(hold)
        it.holds.append(hold)
        it.state = "handling"
        return hold

    def release(self, given: list[Hold], reason: str) -> None:
        """They wait again where they were, at their old turns. The longest overdue is told of first."""
        told = [(h.interaction, h) for h in sorted(given, key=lambda h: (h.deadline_at, h.number))]
        for it, hold in told:
            hold.end, hold.ended_at, it.state = reason, self.now, "queued"
        self.tell("EventPartyRemoved", *told, reason=reason)
        if reason in ("Expired", "Revoked"):
            self.tell("EventRevoked", *told, reason=reason)
            for _, hold in told:
                self.tell_loser(hold, reason)
        if reason == "Expired":
            self.doing = "PlaceInQueue", TIMER
            parked = [(hold.interaction, hold) for hold in given if self.park(hold.interaction)]
            self.tell("EventPlacedInQueue", *parked, reason="Parked")

    def park(self, it: Interaction) -> bool:
        it.revocations += 1
        if it.location.parking_queue is None or it.revocations <= it.location.max_revocations:
            return False
        self.put(it, it.location.parking_queue)
        return True

    def put(self, it: Interaction, at: Location) -> None:
        """At the end of its line."""
        self.turns += 1
        it.location, it.turn, it.revocations, it.state = at, self.turns, 0, "queued"

    def expire(self, holds: Iterable[Hold | None]) -> None:
        """Those of them that are overdue: whoever finds them, time ended them."""
        before, self.doing = self.doing, ("Revoke", TIMER)
        self.release([hold for hold in holds if hold and hold.deadline_at <= self.now], "Expired")
        self.doing = before

    # --- Sessions ---

    def log_in(self, agent: Agent) -> Any:
        session = Session(len(self.sessions) + 1, agent)
        self.sessions.append(session)
        self.arrive(session)
        self.do("Login", session)
        self.tell_session("EventAgentLogin", session)
        return 201, session.number

    @asked()
    def log_out(self, who: Session) -> Any:
        self.do("Logout", who)
        self.end_session(who, "LoggedOut")
        return 204, None

    def end_idle(self) -> None:
        self.now, self.doing = self.now + HAIR, ("Logout", TIMER)
        for session in self.sessions:
            is_idle = session.last_request_at < self.now - self.idle_timeout
            if is_idle and not session.is_over and not self.held(session.agent):
                self.end_session(session, "SessionExpired")

    def end_session(self, session: Session, reason: str) -> None:
        session.is_over = True
        if not any(each.agent is session.agent and not each.is_over for each in self.sessions):
            self.expire(self.held(session.agent))
            self.release(self.held(session.agent), reason)
            session.agent.watched.clear()
        self.tell_session("EventAgentLogout", session, reason)

    @asked()
    def keep_alive(self, who: Session) -> Any:
        return 200, sorted(hold.number for hold in self.counting(who.agent))

    # --- Submit and pull ---

    @asked("agent", "supervisor", "media_server")
    def submit(self, who: Session, at: Location, given: dict[str, Any]) -> Any:
        if who.number:
            self.require_right(who, at)
            self.room(who.agent)
        it = Interaction(len(self.interactions) + 1, at, **given)
        self.interactions.append(it)
        self.put(it, at)
        self.do("Submit", who)
        hold = self.join(who, it) if who.number else None
        self.tell("EventInteractionSubmitted", (it, hold))
        self.tell("EventPartyAdded" if hold else "EventPlacedInQueue", (it, hold))
        return 201, it.number

    def room(self, agent: Agent, needed: int = 1) -> float:
        """How many more fit."""
        room = agent.capacity - len(self.counting(agent))
        if room < needed:
            raise Refused(409, "capacity_reached")
        return room

    def line(self, queues: list[Location], media_types: Any, state: str) -> list[Interaction]:
        found = [it for it in self.interactions if it.state == state and it.location in queues]
        wanted = [it for it in found if not media_types or it.media_type in media_types]
        return sorted(wanted, key=lambda it: (queues.index(it.location), -it.priority, it.turn))

    def take(self, who: Session, queues: list[Location], count: int, media_types: Any) -> Any:
        """What waits, in order; then what is overdue, each revoked first, and parked if it must be."""
        wanted = int(min(count, self.room(who.agent)))
        taken: list[Hold] = []
        while True:
            waiting = self.line(queues, media_types, "queued")[: wanted - len(taken)]
            taken += [self.join(who, it) for it in waiting]
            held = [it.hold for it in self.line(queues, media_types, "handling") if it.hold]
            overdue = [hold for hold in held if hold.deadline_at <= self.now][: wanted - len(taken)]
            if not overdue:
                return self.taken(who, taken)
            self.expire(overdue)

    def taken(self, who: Session, holds: list[Hold]) -> Any:
        self.do("Pull", who)
        for event in ("EventTakenFromQueue", "EventPartyAdded"):
            self.tell(event, *[(hold.interaction, hold) for hold in holds])
        return 200, [(hold.interaction.number, hold.number) for hold in holds]

    @asked()
    def pull(self, who: Session, at: Location, count: int, media_types: Any) -> Any:
        self.require_right(who, at)
        if at.is_paused:
            raise Refused(409, "queue_paused")
        return self.take(who, [at], count, media_types)

    @asked()
    def pull_next(self, who: Session, media_types: Any) -> Any:
        queues = [at for at in self.locations if not (at.is_workbin or at.is_paused)]
        own = sorted((at for at in queues if self.may_pull(who.agent, at)), key=lambda at: at.position)
        return self.take(who, own, 1, media_types)

    @asked()
    def pull_by_id(self, who: Session, at: Location, them: tuple[Interaction, ...]) -> Any:
        self.require_right(who, at)
        self.require_visible(who.agent, *them)
        self.expire(it.hold for it in them)
        self.room(who.agent, len(them))
        why = [(it.number, why) for it in them if (why := self.why_not(who, at, it))]
        if why:
            raise Refused(409, "not_available", sorted(why))
        return self.taken(who, [self.join(who, it) for it in self.line([at], None, "queued") if it in them])

    def why_not(self, who: Session, at: Location, it: Interaction) -> str | None:
        if it.hold:
            return "held_by_you" if it.hold.session.agent is who.agent else "held"
        return "stopped" if it.state == "stopped" else None if it.location is at else "elsewhere"

    # --- With one interaction ---

    def guard(self, who: Session, it: Interaction | None, party: int | None, may: bool) -> Interaction:
        """It must be held as this party; who `may` do without sends none, and a service has none."""
        self.require_visible(who.agent, it)
        assert it
        if party is None and not may:
            raise Refused(400, "invalid")
        self.expire([it.hold])
        needs_party = party is not None and who.number
        if needs_party and it.hold and it.hold.session.agent is who.agent:
            if it.hold.number != party:
                raise Refused(409, "stale_party")
        elif it.state == "stopped":
            raise Refused(409, "stopped")
        elif needs_party:
            ends = [h.end for h in it.holds if h.number == party and h.session.agent is who.agent and h.end]
            why = ends[0] if ends else "held_by_other" if it.hold else "never_held"
            raise Refused(409, "not_held", why.replace("LoggedOut", "logged_out").lower())
        return it

    def end(self, who: Session, it: Interaction, reason: str) -> Hold | None:
        """Its hold ends, or else its waiting."""
        hold = it.hold
        if hold is None:
            self.tell_watchers("Removed", it)
            return None
        self.tell("EventPartyRemoved", (it, hold), reason=reason)
        hold.end, hold.ended_at = reason, self.now
        if hold.session.agent is not who.agent:
            self.tell_loser(hold, reason)
        return hold

    @asked()
    def place(self, who: Session, it: Interaction | None, party: int | None, at: Location | None) -> Any:
        if at and at.is_workbin:
            self.require_right(who, at)
        it = self.guard(who, it, party, who.agent.role == "admin")
        at = at or it.location
        self.do("PlaceInWorkbin" if at.is_workbin else "PlaceInQueue", who)
        hold = self.end(who, it, "Placed")
        self.put(it, at)
        self.tell("EventPlacedInQueue", (it, hold))
        return 200, it.number

    @asked("agent", "supervisor", "media_server")
    def stop(self, who: Session, it: Interaction | None, party: int | None, reason: str | None) -> Any:
        it = self.guard(who, it, party, self.may_do_without(who.agent, it))
        self.do("StopProcessing", who)
        hold, it.state = self.end(who, it, "Stopped"), "stopped"
        self.tell("EventProcessingStopped", (it, hold), reason=reason)
        return 200, it.number

    @asked("agent", "supervisor", "media_server")
    def change(self, who: Session, it: Interaction | None, party: int | None, given: dict[str, Any]) -> Any:
        """The priority and members of user_data, by name; None deletes one."""
        it = self.guard(who, it, party, self.may_do_without(who.agent, it))
        before = {"priority": it.priority, **it.user_data}
        after = {name: value for name, value in (before | given).items() if value is not None}
        if after != before:
            it.priority, it.user_data = after.pop("priority"), after
            self.do("ChangeProperties", who)
            self.tell("EventPropertiesChanged", (it, it.hold))
            if it.hold is None:
                self.tell_watchers("PropertiesChanged", it)
            elif it.hold.session.agent is not who.agent:
                body = {"interaction": it.number, "actor": self.doing[1]}
                self.mail.append((it.hold.session.agent, "EventPropertiesChanged", body))
        return 200, it.number

    @asked()
    def revoke(self, who: Session, it: Interaction | None) -> Any:
        self.require_visible(who.agent, it)
        assert it
        if not self.may_do_without(who.agent, it):
            raise Refused(403, "not_permitted")
        hold = it.hold
        if hold is None:
            raise Refused(409, *(["stopped"] if it.state == "stopped" else ["not_held", "never_held"]))
        self.expire([hold])
        self.do("Revoke", who)
        self.release([it.hold] if it.hold else [], "Revoked")
        return 200, it.number

    # --- Look and listen ---

    @asked("agent", "supervisor", "media_server", "reporting_engine")
    def look(self, who: Session, it: Interaction | None) -> Any:
        self.require_visible(who.agent, it)
        return 200, it and it.number

    @asked()
    def subscribe(self, who: Session, at: Location) -> Any:
        self.require_right(who, at)
        who.agent.watched.setdefault(at, len(self.mail))
        return 200, None

    @asked(resets=False)
    def read_mail(self, who: Session, after: int) -> Any:
        """What came after so many messages: to the agent, and of workbins that are watched and may be."""
        watched = {at: max(after, n) for at, n in who.agent.watched.items() if self.may_pull(who.agent, at)}
        since: dict[Any, float] = {who.agent: after, **watched}
        letters = enumerate(self.mail)
        return 200, [(event, body) for n, (to, event, body) in letters if n >= since.get(to, FOREVER)]

    # --- Time ---

    def revoke_due(self) -> None:
        self.now += HAIR
        holds = [hold for it in self.interactions for hold in it.holds[-1:] if not hold.end]
        holds.sort(key=lambda hold: (hold.deadline_at, hold.number))
        self.expire(holds)

    def warn_due(self) -> None:
        """Once for each hold and quiet spell, when a tenth of the timeout is left, a minute at most."""
        self.now += HAIR
        for agent in self.agents:
            holds = [hold for hold in self.counting(agent) if not hold.is_warned]
            near = [h for h in holds if h.deadline_at - min(h.timeout / 10, 60) <= self.now]
            for hold in near:
                hold.is_warned = True
            if near:
                told = [(hold.interaction.number, hold.number) for hold in near]
                self.mail.append((agent, "EventDeadlineSoon", {"interactions": told}))
