"""The model and the server: whatever is done to one is done to the other, and both are compared."""

from collections.abc import Sequence
from functools import partial
from typing import Any, ClassVar

from hypothesis.stateful import RuleBasedStateMachine

from tests.applications import Reply
from tests.audit import audit
from tests.model import floor
from tests.model.compare import Comparison, Difference
from tests.model.server import Server
from tests.model.together import in_turn, overtaken
from tests.model.world import Agent, Interaction, Location, Session


class Pair(RuleBasedStateMachine):
    steps: ClassVar[int] = 0  # of all runs, until there was a difference
    differs: ClassVar[bool] = False
    trace: ClassVar[list[str]] = []  # of the last run

    def __init__(self) -> None:
        super().__init__()
        self.world = floor.world()
        self.server = Server(self.world)
        self.gateway, self.warehouse = floor.services()
        self.comparison = Comparison(self.world, self.server)
        self.heard: dict[Agent, int] = {}
        Pair.trace = []

    def teardown(self) -> None:
        if not self.differs:
            self.trace.append("the end")
            self.world.now = self.server.seconds()
            self.compare(is_last=True)
            audit()

    def begin_step(self, what: str) -> None:
        Pair.steps += not self.differs
        self.trace.append(what)
        self.world.now = self.server.seconds()

    def compare(self, expected: Sequence[Any] = (), replies: Sequence[Reply] = (), **how: bool) -> None:
        self.trace[-1] = f"{self.world.now:>7.0f} s  {self.trace[-1]} -> {', '.join(map(str, expected))}"
        if found := self.comparison.differences(expected, replies, **how):
            Pair.differs = True
            raise Difference("\n".join(found))

    def both(self, who: Session, act: str, *given: Any, key: str | None = None) -> None:
        self.begin_step(f"{who} {act} {given} {key or ''}")
        expected = self.world.ask(who, act, *given, key=key)
        self.compare([expected], [self.server.ask(who, act, *given, key=key)])

    def log_in(self, agent: Agent) -> None:
        self.begin_step(f"{agent.name} logs in")
        expected = self.world.log_in(agent)
        reply = self.server.log_in(self.world.sessions[-1])
        self.heard.setdefault(agent, len(self.world.mail))
        self.compare([expected], [reply])

    def read_mail(self, who: Session) -> None:
        self.begin_step(f"{who} reads mail")
        expected = self.world.ask(who, "read_mail", self.heard[who.agent])
        reply = self.server.read_mail(who)
        if reply.status == 200:
            self.heard[who.agent] = len(self.world.mail)
        self.compare([expected], [reply])

    def in_turn(self, it: Interaction, *asked: tuple[Any, ...]) -> None:
        self.begin_step(f"{asked[0]}, then {asked[1]}")
        expected = [self.world.ask(*each) for each in asked]
        first, second = [partial(self.server.ask, *each) for each in asked]
        self.compare(expected, in_turn(self.server.words.interaction(it), first, second))

    def overtaken(self, given: dict[str, Any], slow: Location, quick: Location) -> None:
        """What was written first is committed last."""
        key = f"slow-{len(self.trace)}"
        self.begin_step(f"{given} is submitted to {slow}, and committed after one to {quick}")
        asked = [((self.gateway, "submit", slow, given), key), ((self.gateway, "submit", quick, given), None)]
        expected = [self.world.ask(*each, key=key) for each, key in asked]
        first, second = [partial(self.server.ask, *each, key=key) for each, key in asked]
        self.compare(expected, overtaken(key, first, second, self.server.read_log))

    def let_pass(self, seconds: float) -> None:
        self.begin_step(f"{seconds:.0f} seconds pass")
        self.server.travel(seconds)
        self.world.now = self.server.seconds()
        self.compare()

    def tick(self, act: str) -> None:
        self.begin_step(act)
        getattr(self.world, act)()
        getattr(self.server, act)()
        self.compare(in_order=act != "end_idle")  # sessions end one by one, whichever first

    def pause(self, queue: Location) -> None:
        queue.is_paused = not queue.is_paused
        self.begin_step(f"{queue} is {'paused' if queue.is_paused else 'open'}")
        self.server.pause(queue)
        self.compare()

    def regroup(self, agent: Agent, group: str) -> None:
        """The agent leaves the group, or comes back."""
        agent.groups = agent.groups ^ {group}
        self.begin_step(f"{agent.name} is in {set(agent.groups)}")
        self.server.regroup(agent)
        self.compare()
