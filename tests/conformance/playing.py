"""Scenarios as items of pytest. They mostly wait, so all of them are played at once, each in a thread."""

import inspect
import random
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from typing import Any

import pytest

from . import table
from .opening import NotReady, open_house
from .server import Inconclusive
from .stage import House, play

ATTEMPTS = 5


def afterwards(act: Callable[..., None]) -> Callable[..., None]:
    """A scenario about what all the others have done."""
    act.is_last = True  # type: ignore[attr-defined]
    return act


def long(act: Callable[..., None]) -> Callable[..., None]:
    """A scenario that takes so long that it must begin first."""
    act.is_long = True  # type: ignore[attr-defined]
    return act


class Scenario(pytest.Item):
    """A function whose arguments are its cast."""

    def __init__(self, *, act: Callable[..., None], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.act = act
        self.roles = tuple(inspect.signature(act).parameters)
        self.future: Future[None] = Future()
        self.seconds, self.again = 0.0, 0

    @property
    def theme(self) -> str:
        return self.path.stem.replace("_", " ")

    @property
    def title(self) -> str:
        return self.name.removeprefix("test_").replace("_", " ")

    def play(self, house: House) -> None:
        """With its cast to itself. Whoever was too busy to tell tries again."""
        begun = time.monotonic()
        for attempt in range(ATTEMPTS):
            try:
                self.seconds = play(house, self.act, self.roles)
                return
            except Inconclusive:
                self.again += 1
                if attempt == ATTEMPTS - 1:
                    raise
            finally:
                self.seconds = self.seconds or time.monotonic() - begun

    def runtest(self) -> None:
        self.future.result()

    def reportinfo(self) -> tuple[Any, int, str]:
        return self.path, self.act.__code__.co_firstlineno - 1, f"{self.theme}: {self.title}"

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """From the scenario on: what brought it to its thread says nothing."""
        excinfo.traceback = excinfo.traceback.cut(path=self.path)
        return super().repr_failure(excinfo, style="short")


class Kit:
    """The plugin: collects scenarios, plays them, remembers what came of each."""

    def __init__(self, house: House, only: list[str], seed: int) -> None:
        self.house, self.only, self.seed = house, only, seed
        self.outcomes: list[tuple[Scenario, pytest.TestReport]] = []

    def pytest_pycollect_makeitem(self, collector: Any, name: str, obj: Any) -> Any:
        if name.startswith("test_") and inspect.isfunction(obj):
            return Scenario.from_parent(collector, name=name, act=obj)
        return None

    def pytest_collection_modifyitems(self, config: pytest.Config, items: list[Any]) -> None:
        if self.only:
            kept = [item for item in items if self._is_asked_for(item)]
            config.hook.pytest_deselected(items=[item for item in items if item not in kept])
            items[:] = kept

    def _is_asked_for(self, item: Scenario) -> bool:
        return any(
            part.lower().replace("_", " ") in f"{item.theme}: {item.title}".lower() for part in self.only
        )

    @pytest.hookimpl(wrapper=True)
    def pytest_runtestloop(self, session: pytest.Session) -> Iterator[None]:
        if session.config.option.collectonly or not session.items:
            return (yield)
        items: list[Scenario] = [item for item in session.items if isinstance(item, Scenario)]
        try:
            open_house(self.house, {role for item in items for role in item.roles})
        except NotReady as error:
            pytest.exit(str(error), returncode=2)
        first = [item for item in items if not hasattr(item.act, "is_last")]
        if self.seed:
            random.Random(self.seed).shuffle(first)
        first.sort(key=lambda item: not hasattr(item.act, "is_long"))
        last = [item for item in items if hasattr(item.act, "is_last")]
        with ThreadPoolExecutor(len(items)) as pool:
            for item in first:
                item.future = pool.submit(item.play, self.house)
            pool.submit(self._play_last, [item.future for item in first], last)
            return (yield)

    def _play_last(self, others: list["Future[None]"], last: list[Scenario]) -> None:
        wait(others)
        for item in last:
            try:
                item.play(self.house)
                item.future.set_result(None)
            except BaseException as error:
                item.future.set_exception(error)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(self, item: Any, call: Any) -> Iterator[None]:
        report: Any = yield
        if report.when == "call":
            report.duration = item.seconds
            self.outcomes.append((item, report))
        return report

    def pytest_sessionfinish(self) -> None:
        self.house.close()

    def pytest_terminal_summary(self) -> None:
        rows = [
            (item.theme, item.title, report.outcome, f"{item.seconds:.1f}") for item, report in self.outcomes
        ]
        again = sum(item.again for item, _ in self.outcomes)
        table.show(rows, self.house.lateness, again)
