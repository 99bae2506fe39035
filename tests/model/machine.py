"""The state machine: whatever is drawn is done to the model and to the server, and both are compared."""

from collections.abc import Sequence
from functools import partial
from typing import Any, ClassVar

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from tests.applications import Reply
from tests.audit import audit
from tests.model import drawn, floor
from tests.model.compare import Comparison, Difference
from tests.model.drawn import Draw, Drawn, pick
from tests.model.server import Server
from tests.model.together import in_turn, overtaken
from tests.model.world import Agent, Interaction, Location, Session

data = st.data()
has_interactions = precondition(lambda self: self.world.interactions)
MOST_SESSIONS = 8


class Machine(RuleBasedStateMachine):
    steps: ClassVar[int] = 0  # of all runs
    trace: ClassVar[list[str]] = []  # of the last run

    def __init__(self) -> None:
        super().__init__()
        self.world = floor.world()
        self.server = Server(self.world)
        self.gateway, self.warehouse = floor.services()
        self.drawn = Drawn(self.world, (self.gateway, self.gateway, self.warehouse))
        self.comparison = Comparison(self.world, self.server)
        self.heard: dict[Agent, int] = {}
        self.differs = False
        type(self).trace = []

    def teardown(self) -> None:
        if not self.differs:
            audit()

    def begin_step(self, what: str) -> None:
        self.trace.append(what)
        self.world.now = self.server.seconds()

    def both(self, who: Session, act: str, *given: Any, key: str | None = None) -> None:
        self.begin_step(f"{who} {act} {given} {key or ''}")
        expected = getattr(self.world, act)(who, *given, key=key)
        self.compare([expected], [self.server.ask(who, act, *given, key=key)])

    def compare(
        self, expected: Sequence[Any] = (), replies: Sequence[Reply] = (), in_order: bool = True
    ) -> None:
        type(self).steps += 1
        self.trace[-1] = f"{self.world.now:>7.0f} s  {self.trace[-1]} -> {', '.join(map(str, expected))}"
        if found := self.comparison.differences(expected, replies, in_order):
            self.differs = True
            raise Difference("\n".join(found))

    # --- Sessions ---

    @initialize()
    def set_out(self) -> None:
        for agent in self.world.agents[:4]:
            self.log_in(agent)
        for queue in self.world.locations[:3]:
            for priority in (0, 5):
                mail = {"media_type": "email", "priority": priority, "handling_timeout": None}
                self.both(self.gateway, "submit", queue, mail)

    def log_in(self, agent: Agent) -> None:
        self.begin_step(f"{agent} logs in")
        expected = self.world.log_in(agent)
        reply = self.server.log_in(self.world.sessions[-1])
        self.heard.setdefault(agent, len(self.world.mail))
        self.compare([expected], [reply])

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

    @rule(data=data, count=drawn.counts, media_types=drawn.media, key=drawn.keys)
    def pull(self, data: Any, count: int, media_types: Any, key: str | None) -> None:
        who = self.drawn.session(data.draw)
        queue = self.drawn.queue(data.draw, who)
        self.both(who, "pull", queue, count, media_types, key=key)

    @rule(data=data, media_types=drawn.media)
    def pull_next(self, data: Any, media_types: Any) -> None:
        self.both(self.drawn.session(data.draw), "pull_next", media_types)

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
        who, it, party = self.drawn.holding(data.draw)
        where = self.drawn.location(data.draw) if elsewhere else None
        self.both(who, "place", it, party, where, key=key)

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

    # --- Two at a time ---

    @rule(data=data, given=drawn.submissions, is_overtaken=st.booleans())
    @has_interactions
    def at_once(self, data: Any, given: dict[str, Any], is_overtaken: bool) -> None:
        """Seldom, for they take as long as twenty others."""
        if is_overtaken:
            self.overtaken(given, [self.drawn.location(data.draw) for _ in range(2)])
        else:
            self.in_turn(data.draw, pick(data.draw, self.world.interactions))

    def in_turn(self, draw: Draw, it: Interaction) -> None:
        asked = [self.drawn.sure_act(draw, it) for _ in range(2)]
        self.begin_step(f"{asked[0]}, then {asked[1]}")
        expected = [getattr(self.world, act)(who, *given) for who, act, *given in asked]
        asks = [partial(self.server.ask, *each) for each in asked]
        self.compare(expected, in_turn(self.server.words.interaction(it), *asks))

    def overtaken(self, given: dict[str, Any], where: list[Location]) -> None:
        """What was written first is committed last."""
        key = f"slow-{len(self.trace)}"
        self.begin_step(f"{given} is submitted to {where[0]}, and committed after one to {where[1]}")
        both = list(zip(where, [key, None], strict=True))
        expected = [self.world.submit(self.gateway, at, given, key=key) for at, key in both]
        first, second = [
            partial(self.server.ask, self.gateway, "submit", at, given, key=key) for at, key in both
        ]
        self.compare(expected, overtaken(key, first, second, self.server.read_log))

    # --- Workbins ---

    @rule(data=data)
    def subscribe(self, data: Any) -> None:
        who = self.drawn.session(data.draw)
        self.both(who, "subscribe", self.drawn.workbin(data.draw, who))

    @rule(data=data)
    def read_mail(self, data: Any) -> None:
        who = self.drawn.session(data.draw, is_holding=True)
        self.begin_step(f"{who} reads mail")
        expected = self.world.read_mail(who, self.heard[who.agent])
        reply = self.server.read_mail(who)
        if reply.status == 200:
            self.heard[who.agent] = len(self.world.mail)
        self.compare([expected], [reply])

    # --- Time and operators ---

    @rule(minutes=drawn.minutes)
    def let_pass(self, minutes: int) -> None:
        self.begin_step(f"{minutes} minutes pass")
        self.server.travel(minutes * floor.MINUTE)
        self.world.now = self.server.seconds()
        self.compare()

    @rule(minutes=drawn.many_minutes)
    def let_more_pass(self, minutes: int) -> None:
        self.let_pass(minutes)

    @rule(act=drawn.ticks)
    def tick(self, act: str) -> None:
        self.begin_step(act)
        getattr(self.world, act)()
        getattr(self.server, act)()
        self.compare(in_order=act != "end_idle")  # sessions end one by one, whichever first

    @rule(data=data)
    def pause(self, data: Any) -> None:
        queue = self.drawn.queue(data.draw)
        queue.is_paused = not queue.is_paused
        self.begin_step(f"{queue} is {'paused' if queue.is_paused else 'open'}")
        self.server.pause(queue)
        self.compare()

    @rule(data=data)
    def regroup(self, data: Any) -> None:
        """An agent leaves the team, or comes back."""
        agent = pick(data.draw, self.world.agents[:2])
        agent.groups = agent.groups ^ {floor.TEAM}
        self.begin_step(f"{agent} is in {set(agent.groups)}")
        self.server.regroup(agent)
        self.compare()
