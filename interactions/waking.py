"""Who waits for what, and how they hear of it.

News goes through Redis once a command has committed. It is a hint: whoever missed it finds the same in
the database by looking. Topics (a mailbox, a workbin's changes, a session's end) concern all who wait for
them. Work, which begins to wait in a public queue, wakes as many as there is of it, over all processes
(see interactions.offering).
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson
from django.db import transaction
from redis import Redis

from interactions import broker, offering
from interactions.offering import CHANNEL, Work
from interactions.sql import fetch_all


def agent_topic(agent_id: int) -> str:
    return f"agent:{agent_id}"


def watched_topic(queue_id: int) -> str:
    return f"watched:{queue_id}"


def session_topic(session: int) -> str:
    return f"session:{session}"


QUEUES = "queues"  # their names, who may pull from them, whether they are paused


def rights_topic(agent_id: int) -> str:
    """The agent's groups, and so the queues to pull from, are others."""
    return f"rights:{agent_id}"


@dataclass(slots=True)
class Wait:
    """A request that found nothing wants to be asked again when there is something, or at the end.

    A stream ends with its session alone: what each asking answers is appended to it. With `read_on` its
    view need not be asked again.
    """

    seconds: float
    topics: dict[str, int] = field(default_factory=dict)  # with the last id that was read of each
    queues: tuple[str, ...] = ()
    media: frozenset[str] | None = None  # None: of any type
    is_stream: bool = False
    last_event_id: str = ""  # where a stream goes on
    session: int = 0  # whose, if an agent's
    read_on: "ReadOn | None" = None

    def end_with(self, session: int) -> None:
        self.session = session
        self.topics[session_topic(session)] = 0

    def wants(self, work: Work) -> bool:
        queue, media_type = work
        return queue in self.queues and (self.media is None or media_type in self.media)


@dataclass(slots=True)
class Piece:
    """What is appended to a stream, and what it waits for then."""

    body: bytes
    wait: Wait


# For many streams at once, what their view would answer each if it were asked again. None: it ends.
ReadOn = Callable[[Sequence[Wait]], Sequence[Piece | None]]


# Members of a request's environment, between the web server and the views.
WAIT = "workbin.wait"  # set by a view: a Wait
TAKEN = "workbin.taken"  # set by a view: the kinds of Work of which its answer has taken some
IS_REPEATED = "workbin.is_repeated"  # true when it is asked again: then it is no arrival, and resets nothing


@dataclass(slots=True)
class News:
    """What a command has for those who wait."""

    topics: set[str] = field(default_factory=set)
    work: Counter[Work] = field(default_factory=Counter)

    def __bool__(self) -> bool:
        return bool(self.topics or self.work)

    def publish_at_commit(self) -> None:
        """Those who were woken earlier would find nothing."""
        transaction.on_commit(lambda: broker.tell(self._publish))

    def _publish(self, redis: Redis) -> None:
        pipeline = redis.pipeline(transaction=False)
        if self.topics:
            pipeline.publish(CHANNEL, orjson.dumps({"topics": list(self.topics)}))
        for work, count in self.work.items():
            offering.offer(pipeline, work, count)
        pipeline.execute()


def wake(*topics: str) -> None:
    """News of no command."""
    News(set(topics)).publish_at_commit()


# By the kind of a topic: of the ids, with the last one read of each, those that have something since.
Probe = Callable[[Mapping[int, int]], Iterable[int]]
probes: dict[str, Probe] = {}
untold: set[str] = set()  # topics that no news tells of: those who wait for them look often


def look(topics: Mapping[str, int]) -> set[str]:
    """The topics of which there is something beyond what was read."""
    by_kind: dict[str, dict[int, int]] = {}
    for topic, read in topics.items():
        kind, _, number = topic.partition(":")
        if kind in probes:
            by_kind.setdefault(kind, {})[int(number)] = read
    return {f"{kind}:{number}" for kind, read in by_kind.items() for number in probes[kind](read)}


def count_work(queues: Mapping[str, int]) -> list[tuple[Work, int]]:
    """What waits in these queues, of each media type, up to so many."""
    tuples = fetch_all(
        """
        SELECT q.name, m.name, found.count
        FROM unnest(%(names)s::text[], %(most)s::int[]) AS asked (name, most)
        JOIN interactions_queue q ON q.name = asked.name AND NOT q.is_private AND NOT q.is_paused
        CROSS JOIN interactions_mediatype m
        CROSS JOIN LATERAL (
            SELECT count(*)::int AS count FROM (
                SELECT FROM interactions_interaction i
                WHERE i.queue_id = q.id AND i.media_type_id = m.id AND i.state = 'queued'
                LIMIT asked.most
            ) line
        ) found
        WHERE found.count > 0
        """,
        {"names": list(queues), "most": list(queues.values())},
    )
    return [((queue, media_type), count) for queue, media_type, count in tuples]


def on_placed_in_queue(command: Any, facts: list[Any], **_: Any) -> None:
    command.news.work.update((fact.queue, fact.media_type) for fact in facts if fact.queue)


def on_agent_logged_out(command: Any, facts: list[Any], **_: Any) -> None:
    command.news.topics.update(session_topic(fact.session) for fact in facts)


def on_queue_changed(instance: Any, **_: Any) -> None:
    if not instance.is_private:
        wake(QUEUES)


def on_queue_groups_changed(action: str, **_: Any) -> None:
    if action.startswith("post_"):
        wake(QUEUES)


def on_agent_groups_changed(instance: Any, action: str, reverse: bool, **_: Any) -> None:
    if action.startswith("post_"):
        wake(QUEUES if reverse else rights_topic(instance.pk))
