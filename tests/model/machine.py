"""What may happen next, and to whom: drawn, and done to the model and to the server."""

from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import initialize, precondition, rule

from tests.model import drawn, floor
from tests.model.drawn import Drawn, pick
from tests.model.pair import Pair

data = st.data()
has_interactions = precondition(lambda self: self.world.interactions)
MOST_SESSIONS = 8


class Machine(Pair):
    def __init__(self) -> None:
        super().__init__()
        self.drawn = Drawn(self.world, (self.gateway, self.gateway, self.warehouse))

    # --- Sessions ---

    @initialize()
    def set_out(self) -> None:
        for agent in self.world.agents[:4]:
            self.log_in(agent)
        for queue in self.world.locations[:3]:
            for priority in (0, 5):
                mail = {"media_type": "email", "priority": priority, "handling_timeout": None}
                self.both(self.gateway, "submit", queue, mail)

    @rule(data=data)
    @precondition(lambda self: sum(not each.is_over for each in self.world.sessions) < MOST_SESSIONS)
    def come_in(self, data: Any) -> None:
        self.log_in(pick(data.draw, self.world.agents))

    @rule(data=data)
    def log_out(self, data: Any) -> None:
        self.both(self.drawn.session(data.draw), "log_out")

    @rule(data=data)
    def keep_alive(self, data: Any) -> None:
        self.both(self.drawn.session(data.draw, is_holding=True), "keep_alive")

    # --- Submit and pull ---

    @rule(data=data, given=drawn.submissions, key=drawn.keys)
    def submit(self, data: Any, given: dict[str, Any], key: str | None) -> None:
        who = pick(data.draw, [self.gateway, self.drawn.anyone(data.draw)])
        self.both(who, "submit", self.drawn.location(data.draw), given, key=key)

    @rule(data=data, count=drawn.counts, media_types=drawn.media, key=drawn.keys, more=st.booleans())
    def pull(self, data: Any, count: int, media_types: Any, key: str | None, more: bool) -> None:
        who = self.drawn.session(data.draw, is_holding=more)
        self.both(who, "pull", self.drawn.queue(data.draw, who), count, media_types, key=key)

    @rule(data=data, media_types=drawn.media)
    def pull_next(self, data: Any, media_types: Any) -> None:
        self.both(self.drawn.session(data.draw, is_holding=True), "pull_next", media_types)

    @rule(data=data, count=drawn.counts)
    def pull_from_workbin(self, data: Any, count: int) -> None:
        who = self.drawn.session(data.draw)
        self.both(who, "pull", self.drawn.workbin(data.draw, who), count, None)

    @rule(data=data)
    @has_interactions
    def pull_by_id(self, data: Any) -> None:
        who = self.drawn.session(data.draw)
        workbin = self.drawn.workbin(data.draw, who)
        self.both(who, "pull_by_id", workbin, self.drawn.some_in(data.draw, workbin))

    # --- With one interaction ---

    @rule(data=data, key=drawn.keys, elsewhere=st.booleans())
    def place(self, data: Any, key: str | None, elsewhere: bool) -> None:
        who, *given = self.drawn.holding(data.draw)
        self.both(who, "place", *given, self.drawn.location(data.draw) if elsewhere else None, key=key)

    @rule(data=data, reason=drawn.reasons)
    def stop(self, data: Any, reason: str | None) -> None:
        who, *given = self.drawn.holding(data.draw)
        self.both(who, "stop", *given, reason)

    @rule(data=data, properties=drawn.properties)
    def change(self, data: Any, properties: dict[str, Any]) -> None:
        who, *given = self.drawn.holding(data.draw)
        self.both(who, "change", *given, properties)

    @rule(data=data)
    def revoke(self, data: Any) -> None:
        self.both(self.drawn.anyone(data.draw), "revoke", self.drawn.interaction(data.draw, is_held=True))

    @rule(data=data)
    def look(self, data: Any) -> None:
        self.both(self.drawn.anyone(data.draw), "look", self.drawn.interaction(data.draw))

    @rule(data=data, given=drawn.submissions, is_overtaken=st.booleans())
    @has_interactions
    def two_at_once(self, data: Any, given: dict[str, Any], is_overtaken: bool) -> None:
        """Two at a time; seldom, for they take as long as twenty others."""
        if is_overtaken:
            self.overtaken(given, self.drawn.location(data.draw), self.drawn.location(data.draw))
        else:
            it = pick(data.draw, self.world.interactions)
            self.in_turn(it, *[self.drawn.sure_act(data.draw, it) for _ in range(2)])

    # --- Workbins ---

    @rule(data=data)
    def subscribe(self, data: Any) -> None:
        who = self.drawn.session(data.draw)
        self.both(who, "subscribe", self.drawn.workbin(data.draw, who))

    @rule(data=data)
    def someone_reads_mail(self, data: Any) -> None:
        self.read_mail(self.drawn.session(data.draw, is_holding=True))

    # --- Time and operators ---

    @rule(minutes=drawn.minutes)
    def some_time_passes(self, minutes: int) -> None:
        self.let_pass(minutes * floor.MINUTE)

    @rule(minutes=drawn.many_minutes)
    def much_time_passes(self, minutes: int) -> None:
        self.let_pass(minutes * floor.MINUTE)

    @rule(act=drawn.ticks)
    def timer_ticks(self, act: str) -> None:
        self.tick(act)

    @rule()
    def timer_warns(self) -> None:
        """Twice, for it must warn once."""
        self.tick("warn_due")
        self.tick("warn_due")

    @rule(data=data)
    def someone_pauses(self, data: Any) -> None:
        self.pause(self.drawn.queue(data.draw))

    @rule(data=data)
    def someone_regroups(self, data: Any) -> None:
        self.regroup(pick(data.draw, self.world.agents[:2]), floor.TEAM)
