"""The model and the server: whatever is done to one is done to the other, and both are compared."""

import sys
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, ClassVar

from hypothesis.stateful import RuleBasedStateMachine

from tests.applications import Reply
from tests.audit import audit
from tests.model import floor
from tests.model.compare import Comparison, Difference
from tests.model.server import Server
from tests.model.together import Ask, in_turn, overtaken
from tests.model.world import Agent, Interaction, Location, Session

UNAVAILABLE = 503
RESETTING = ("keep_alive", "look")  # and nothing else

Asked = tuple[tuple[Any, ...], str | None]  # who, what, with what; the key


class Pair(RuleBasedStateMachine):
    steps: ClassVar[int] = 0  # of all runs, until there was a difference
    holds: ClassVar[int] = 0  # of all runs that are over
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
        """Of a run that ended as it should: one that is broken off stands in the middle of a step."""
        if sys.exc_info()[0] is None:
            self.trace.append("the end")
            self.world.now = self.server.seconds()
            self.compare(wholly=True)
            audit()
            Pair.holds += len(self.world.holds)

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
        reply = self.server.ask(who, act, *given, key=key)
        self.compare([expected], [reply], wholly=act in RESETTING)

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
        self.compare([expected], [reply], wholly=True)  # for what is held must not have been reset

    def in_turn(self, it: Interaction, *asked: tuple[Any, ...]) -> None:
        self.begin_step(f"{asked[0]}, then {asked[1]}")
        number = self.server.words.interaction(it)
        self.at_once([(each, None) for each in asked], partial(in_turn, number))

    def overtaken(self, given: dict[str, Any], slow: Location, quick: Location) -> None:
        """What was written first is committed last."""
        key = f"slow-{len(self.trace)}"
        self.begin_step(f"{given} is submitted to {slow}, and committed after one to {quick}")
        first, second = ((self.gateway, "submit", at, given) for at in (slow, quick))
        self.at_once([(first, key), (second, None)], partial(overtaken, key, read=self.server.read_log))

    def at_once(self, asked: list[Asked], together: Callable[[Ask, Ask], list[Reply]]) -> None:
        """On a slow machine one may be told that it waited for too long: it asks again, after the other."""
        asks = [partial(self.server.ask, *each, key=key) for each, key in asked]
        replies = together(asks[0], asks[1])
        order = sorted(range(2), key=lambda n: replies[n].status == UNAVAILABLE)
        replies = [asks[n]() if replies[n].status == UNAVAILABLE else replies[n] for n in order]
        self.compare([self.world.ask(*asked[n][0], key=asked[n][1]) for n in order], replies)

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
