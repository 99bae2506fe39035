"""A scenario's cast, by the names of its arguments; what it uses is nobody else's while it plays."""

import contextlib
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

import pytest

from . import floor
from .cast import Agent, Caller
from .lateness import Lateness
from .log import Log
from .places import Bin, Line
from .server import Answer, Inconclusive, Json, Server

PULLERS = ("alice", "bob", "carol", "dave")
SHARED = ("lena", "otto")  # supervisors, who hold nothing for long
SUPERVISORS = [floor.PREFIX + role for role in SHARED]
ALONE = ("small", "nina")
LINES = ("line", "other")
QUEUES = ("plain", "short", "capped", "strict", "parked", "paused", "elsewhere")
NEXT = ("next_first", "next_middle", "next_last", "next_paused")
BINS = {"drafts": "kit-drafts", "shared": "kit-shared", "at_desk": "kit-at-desk", "on_floor": "kit-on-floor"}
OWNERS = {"shared": floor.TEAM, "at_desk": floor.DESK, "on_floor": "kit-floor"}
EXCLUSIVE = {*ALONE, *QUEUES, *OWNERS}


class Pool:
    """Who and what is free. A scenario takes all that it needs at once, so that none waits for another."""

    def __init__(self) -> None:
        self.free = {"agents": list(floor.AGENT_NAMES), "lines": list(floor.LINE_NAMES)}
        self.taken: set[str] = set()
        self.changed = threading.Condition()

    @contextlib.contextmanager
    def lend(self, roles: tuple[str, ...]) -> Iterator[dict[str, str]]:
        """Names of the floor, by role."""
        numbered = {
            "agents": [role for role in roles if role in PULLERS],
            "lines": [role for role in roles if role in LINES],
        }
        alone = EXCLUSIVE & set(roles)
        with self.changed:
            self.changed.wait_for(
                lambda: (
                    not alone & self.taken
                    and all(len(self.free[kind]) >= len(wanted) for kind, wanted in numbered.items())
                )
            )
            self.taken |= alone
            lent = {role: self.free[kind].pop(0) for kind, wanted in numbered.items() for role in wanted}
        try:
            yield lent
        finally:
            with self.changed:
                for kind, wanted in numbered.items():
                    self.free[kind] += [lent[role] for role in wanted]
                self.taken -= alone
                self.changed.notify_all()


@dataclass
class House:
    """What all scenarios share."""

    server: Server
    admin: Agent
    lateness: Lateness
    began_at: str  # by the server's clock
    gateway: Caller | None = None  # a media server, if a token was given
    pool: Pool = field(default_factory=Pool)
    tokens: dict[str, str] = field(default_factory=dict)
    entered: dict[str, Json] = field(default_factory=dict)
    bins: list[Json] = field(default_factory=list)
    put: set[int] = field(default_factory=set)
    promised: dict[int, list[str]] = field(default_factory=dict)
    whole: list[Json] = field(default_factory=list)  # the log, when all is done

    @property
    def log(self) -> Log:
        """The whole of it, for those who look at everything."""
        return Log(self.admin, self.began_at, self.put, self.promised)

    def close(self) -> None:
        """Leave nobody logged in: a session that stays would keep what its agent holds."""
        for name, token in self.tokens.items():
            Caller(self.server, name, token).send("DELETE", "sessions/current")
        self.admin.send("DELETE", "sessions/current")

    def enter(self, name: str) -> Agent:
        """A person of the floor, logged in."""
        token = self.tokens.get(name, "")
        agent = Agent(self.server, name, token, password=floor.PASSWORD, lateness=self.lateness, log=self.log)
        if not agent.token:
            self.entered[name] = agent.log_in(application="conformance kit")
            self.tokens[name] = agent.token
        agent.entered = self.entered[name]
        return agent


class Stage:
    """One scenario's cast and places."""

    def __init__(self, house: House, lent: dict[str, str]) -> None:
        self.house, self.lent = house, lent
        self.cast: list[Agent] = []
        self.put_there: set[int] = set()
        self.promised: dict[int, list[str]] = {}
        self.log = Log(house.admin, house.began_at, self.put_there, self.promised)
        self.gateway: Caller | None = None
        self.admin = replace(house.admin, made=[], done=[], others=[])

    def give(self, role: str) -> Any:
        if role in (*PULLERS, *SHARED, *ALONE):
            return self._person(role)
        if role in (*LINES, *QUEUES, *NEXT):
            return self._line(self.lent.get(role, floor.PREFIX + role.replace("_", "-")))
        if role in BINS:
            return self._bin(role)
        return {
            "admin": lambda: self.admin,
            "log": lambda: self.log,
            "house": lambda: self.house,
            "nobody": lambda: Caller(self.house.server, "nobody"),
            "gateway": self._gateway,
        }[role]()

    def _gateway(self) -> Caller:
        assert self.house.gateway is not None
        self.gateway = replace(self.house.gateway, made=[], done=[])
        return self.gateway

    def _person(self, role: str) -> Agent:
        agent = self.house.enter(self.lent.get(role, floor.PREFIX + role))
        self.cast.append(agent)
        agent.open_mailbox()
        return agent

    def _line(self, name: str) -> Line:
        return Line(self.house.gateway or self.admin, self.put_there, name)

    def _bin(self, role: str) -> Bin:
        owner = OWNERS.get(role) or self.lent["alice"]
        [found] = [one for one in self.house.bins if (one["type"], one["owner"]) == (BINS[role], owner)]
        return Bin(self.house.gateway or self.admin, self.put_there, found["id"])

    def break_off(self) -> None:
        """Who still waits for something must not get what the next scenario puts there."""
        for agent in self.cast:
            if agent.name not in SUPERVISORS:
                agent.send("DELETE", "sessions/current")
                agent.token = ""

    def clear(self) -> None:
        """Nothing is left that waits or is held."""
        self.house.put.update(self.put_there)
        everybody: list[Caller] = [self.gateway or self.admin, self.admin, *self.cast]
        everybody += [other for agent in self.cast for other in agent.others]
        made = self.put_there.union(*(one.made for one in everybody))
        for interaction in made.difference(*(one.done for one in everybody)):
            patiently(partial(self.admin.stop, interaction))
        for agent in self.cast:
            for workbin in agent.watched:
                agent.unsubscribe(workbin)
            for other in agent.others:
                other.send("DELETE", "sessions/current")
            self.house.tokens[agent.name], self.house.entered[agent.name] = agent.token, agent.entered


def patiently(act: Callable[[], Answer]) -> None:
    """A busy server is asked again: what is not taken away now would be somebody else's."""
    for attempt in range(5):
        try:
            act()
            return
        except Inconclusive:
            time.sleep(attempt + 1)


def play(house: House, act: Callable[..., None], roles: tuple[str, ...]) -> float:
    """Returns how many seconds it took, once it had its cast."""
    if "gateway" in roles and house.gateway is None:
        pytest.skip("without --media-server-token")
    with house.pool.lend(roles) as lent:
        begun = time.monotonic()
        stage = Stage(house, lent)
        try:
            act(**{role: stage.give(role) for role in roles})
            house.promised |= stage.promised  # of a scenario broken off in the middle, nothing is promised
            return time.monotonic() - begun
        except BaseException:
            stage.break_off()
            raise
        finally:
            stage.clear()
