"""Did the server do what the model says? Reply, events and messages, and where everything stands then."""

from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from typing import Any

from tests.applications import Json, Reply
from tests.model.server import Server, seconds_left
from tests.model.world import Agent, Interaction, Location, World

SLACK = 10  # seconds that a step may take
SELDOM = 3  # steps

Pair = tuple[str, Any, Any]  # what it is, in the model, on the server


class Difference(AssertionError):
    """The server does not do what the model says."""


class Comparison:
    """Replies are compared at once, the rest when there must be something new, and else now and then."""

    def __init__(self, world: World, server: Server) -> None:
        self.world, self.server = world, server
        self.told = self.mailed = self.unseen = 0

    def differences(
        self,
        expected: Sequence[Any],
        replies: Sequence[Reply],
        in_order: bool = True,
        wholly: bool = False,
    ) -> list[str]:
        """Goes on from where the last one ended."""
        is_news = (self.told, self.mailed) != (len(self.world.log), len(self.world.mail))
        self.unseen += 1
        found = list(self.of_the_rest(in_order)) if wholly or is_news or self.unseen > SELDOM else []
        words = self.server.words  # which number what is new by the log, and so come after it
        found += [
            ("reply", model, words.reply(reply)) for model, reply in zip(expected, replies, strict=True)
        ]
        return [
            text for what, model, server in found if model != server for text in show(what, model, server)
        ]

    def of_the_rest(self, in_order: bool = True) -> Iterator[Pair]:
        events, messages = self.world.log[self.told :], self.world.mail[self.mailed :]
        self.told, self.mailed, self.unseen = len(self.world.log), len(self.world.mail), 0
        ordered: Any = list if in_order else partial(sorted, key=str)
        yield "events", ordered(events), ordered(self.server.new_events())
        yield "mail", by_reader(messages), by_reader(self.server.new_mail())
        standing = self.server.standing()
        yield "interactions", len(self.world.interactions), len(standing)
        for it in self.world.interactions:
            yield from self.of_one(it, standing.get(self.server.words.interaction(it)))

    def of_one(self, it: Interaction, shown: Json | None) -> Iterator[Pair]:
        if shown is None:
            yield f"interaction {it.number}", "is there", "is not"
            return
        yield f"interaction {it.number}", stands(it), self.server.words.stands(shown)
        if it.hold and shown["party"]:
            for name in ("deadline_at", "expires_at"):
                left, real = getattr(it.hold, name) - self.world.now, seconds_left(shown["party"][name])
                yield (
                    f"{name} of {it.number}",
                    left,
                    left if real == left or abs(real - left) < SLACK else real,
                )


def by_reader(mail: Iterable[tuple[Agent | Location | str, str, Json]]) -> dict[str, list[Any]]:
    """Each one's in its order."""
    found: dict[str, list[Any]] = {}
    for to, event, body in mail:
        found.setdefault(to if isinstance(to, str) else to.name, []).append((event, body))
    return found


def stands(it: Interaction) -> tuple[Any, ...]:
    hold = it.hold
    return (
        it.location.name,
        "stopped" if it.is_stopped else "handling" if hold else "queued",
        it.priority,
        it.user_data,
        it.revocations,
        hold and (hold.number, hold.agent.name, hold.timeout),
    )


def show(what: str, model: Any, server: Any) -> Iterator[str]:
    yield f"{what}:"
    for name, found in (("model", model), ("server", server)):
        for line in found if isinstance(found, list) and found else [found]:
            yield f"  {name:7} {line}"
