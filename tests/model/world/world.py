"""How every request begins; sessions and mail; what time does."""

from typing import Any

from tests.model.world.holding import TIMER, Doing, by, longest_overdue_first
from tests.model.world.state import DAY, FOREVER, Agent, Location, Refused, Session, require
from tests.model.world.working import Working

PROGRAMS = {"media_server": ("submit", "stop", "change", "look"), "reporting_engine": ("look",)}


class World(Working):
    def ask(self, who: Session, act: str, *given: Any, key: str | None = None) -> Any:
        """Who asks is known, and what they hold is reset, before anything else is looked at."""
        try:
            self.arrive(who, resets=act != "read_mail")
            require(who.number or act in PROGRAMS[who.agent.role], 403, "not_permitted")
            return self.once(who, key, act, given) if key else getattr(self, act)(who, *given)
        except Refused as refused:
            return refused.args

    def arrive(self, who: Session, resets: bool = True) -> None:
        counting = self.counting(who.agent)
        is_idle = who.last_request_at < self.now - self.idle_timeout and not counting
        require(not who.is_over, 401, "not_authenticated", "ended")
        require(not is_idle, 401, "not_authenticated", "expired")
        who.last_request_at = self.now if who.number else FOREVER
        for hold in counting if resets else ():
            self.reset(hold)

    def once(self, who: Session, key: str, act: str, given: Any) -> Any:
        at, request, reply = self.keys.get((who.agent, key), (-DAY, None, None))
        if at > self.now - DAY:
            return reply if request == (act, given) else (409, "idempotency_mismatch")
        reply = getattr(self, act)(who, *given)
        if reply[1] != []:  # a pull that found nothing is not kept
            self.keys[who.agent, key] = self.now, (act, given), reply
        return reply

    # --- Sessions ---

    def tell_session(self, doing: Doing, event: str, session: Session, reason: str | None = None) -> None:
        self.log.append((event, None, None, session.agent.name, session.number, None, *doing, reason))

    def log_in(self, agent: Agent) -> Any:
        session = Session(len(self.sessions) + 1, agent)
        self.sessions.append(session)
        self.arrive(session)
        self.tell_session(by(session, "Login"), "EventAgentLogin", session)
        return 201, session.number

    def log_out(self, who: Session) -> Any:
        self.end_session(who, "LoggedOut", by(who, "Logout"))
        return 204, None

    def end_session(self, session: Session, reason: str, doing: Doing) -> None:
        session.is_over = True
        if all(each.is_over for each in self.sessions if each.agent is session.agent):
            self.expire(self.held(session.agent))
            self.release(self.held(session.agent), reason, doing)
            session.agent.watched.clear()
        self.tell_session(doing, "EventAgentLogout", session, reason)

    def keep_alive(self, who: Session) -> Any:
        return 200, [hold.number for hold in self.counting(who.agent)]

    # --- Mail ---

    def subscribe(self, who: Session, at: Location) -> Any:
        require(who.agent.may_pull(at))
        who.agent.watched.setdefault(at, len(self.mail))
        return 200, None

    def read_mail(self, who: Session, after: int) -> Any:
        """What came after so many messages: to the agent, and of workbins that are watched and may be."""
        watched = {at: max(after, n) for at, n in who.agent.watched.items() if who.agent.may_pull(at)}
        since: dict[Any, float] = {who.agent: after, **watched}
        return 200, [
            (event, body) for n, (to, event, body) in enumerate(self.mail) if n >= since.get(to, FOREVER)
        ]

    # --- Time ---

    def revoke_due(self) -> None:
        self.expire(longest_overdue_first(hold for hold in self.holds if not hold.end))

    def warn_due(self) -> None:
        """Once for each hold and quiet spell, when a tenth of the timeout is left, a minute at most."""
        for agent in self.agents:
            holds = [hold for hold in self.counting(agent) if not hold.is_warned]
            near = [hold for hold in holds if hold.deadline_at - min(hold.timeout / 10, 60) <= self.now]
            for hold in near:
                hold.is_warned = True
            if near:
                told = sorted((hold.interaction.number, hold.number) for hold in near)
                self.mail.append((agent, "EventDeadlineSoon", {"interactions": told}))

    def end_idle(self) -> None:
        for session in self.sessions:
            is_idle = session.last_request_at < self.now - self.idle_timeout
            if is_idle and not session.is_over and not self.held(session.agent):
                self.end_session(session, "SessionExpired", ("Logout", TIMER))
