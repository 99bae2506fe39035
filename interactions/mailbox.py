"""Interaction Management events for agents: posted with the command, read with a cursor."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import accumulate
from typing import Any

import orjson

from interactions.commands import Command
from interactions.horizon import Horizon
from interactions.sql import fetch_all
from interactions.waking import agent_topic, watched_topic

horizon = Horizon("interactions_agentmessage")


@dataclass(slots=True)
class Letter:
    """A message to an agent, or to whoever may watch a private queue."""

    event: str
    body: dict[str, Any]
    agent_id: int | None = None
    watched_queue_id: int | None = None


@dataclass(slots=True)
class Message:
    id: int
    event: str
    at: datetime
    body: dict[str, Any]


@dataclass(slots=True)
class Reader:
    """An agent who has read up to a message, and the watched queues, each with the message to start after."""

    agent_id: int
    after: int
    watched: Mapping[int, int]


@dataclass(slots=True)
class Mail:
    """Messages, and the id up to which there are no more."""

    messages: list[Message]
    upto: int


def post(command: Command, letter: Letter) -> None:
    command.journal(_write).append(letter)
    if letter.agent_id is not None:
        command.news.topics.add(agent_topic(letter.agent_id))
    if letter.watched_queue_id is not None:
        command.news.topics.add(watched_topic(letter.watched_queue_id))


_INSERT = """
    INSERT INTO interactions_agentmessage (at, event, agent_id, watched_queue_id, body)
    SELECT %(now)s, event, agent_id, watched_queue_id, body
    FROM json_to_recordset(%(letters)s::json)
        AS r (event text, agent_id bigint, watched_queue_id bigint, body jsonb)
"""


def _write(letters: list[Letter]) -> tuple[str, dict[str, Any]]:
    return _INSERT, {"letters": orjson.dumps(letters).decode()}


def read(readers: Sequence[Reader], limit: int) -> list[Mail]:
    """What is there for each, at most so many, in as many statements as for one."""
    upto = horizon.final()
    ends = list(accumulate(len(reader.watched) for reader in readers))
    tuples = fetch_all(
        _READ,
        {
            "agents": [reader.agent_id for reader in readers],
            "after": [reader.after for reader in readers],
            "ends": ends,
            "begins": [0, *ends[:-1]],
            "queues": [queue for reader in readers for queue in reader.watched],
            "since": [since for reader in readers for since in reader.watched.values()],
            "upto": upto,
            "limit": limit,
        },
    )
    found: list[list[Message]] = [[] for _ in readers]
    for number, id, event, at, body in tuples:
        found[number - 1].append(Message(id, event, at, orjson.loads(body)))
    return [
        Mail(messages, messages[-1].id if len(messages) == limit else max(reader.after, upto))
        for reader, messages in zip(readers, found, strict=True)
    ]


# A reader's watched queues are a slice of all that are watched. Rows are compared, for that only the index
# of watched queues can do: by id alone, a quiet queue's reader would pass over what happened elsewhere.
_READ = """
    SELECT reader.number, found.* FROM unnest(
        %(agents)s::bigint[], %(after)s::bigint[], %(begins)s::int[], %(ends)s::int[]
    ) WITH ORDINALITY AS reader (agent, after, begins, ends, number),
    LATERAL (
        (
            SELECT m.id, m.event, m.at, m.body FROM interactions_agentmessage m
            WHERE m.agent_id = reader.agent AND m.id > reader.after AND m.id <= %(upto)s
            ORDER BY m.id LIMIT %(limit)s
        )
        UNION ALL
        SELECT m.* FROM unnest(
            (%(queues)s::bigint[])[begins + 1:ends], (%(since)s::bigint[])[begins + 1:ends]
        ) AS watched (queue, since),
        LATERAL (
            SELECT m.id, m.event, m.at, m.body FROM interactions_agentmessage m
            WHERE m.watched_queue_id IS NOT NULL
                AND (m.watched_queue_id, m.id) > (watched.queue, greatest(watched.since, reader.after))
                AND (m.watched_queue_id, m.id) <= (watched.queue, %(upto)s)
            ORDER BY m.watched_queue_id, m.id LIMIT %(limit)s
        ) m
        ORDER BY id LIMIT %(limit)s
    ) found
    ORDER BY reader.number, found.id
"""


def with_own_messages(read: Mapping[int, int]) -> list[int]:
    """Of these agents, each with the last message read, those who have more."""
    return _with_more("agent_id", read)


def with_changes(read: Mapping[int, int]) -> list[int]:
    """The same of private queues that are watched."""
    return _with_more("watched_queue_id", read)


def _with_more(address: str, read: Mapping[int, int]) -> list[int]:
    tuples = fetch_all(
        f"""
        SELECT asked.id FROM unnest(%(ids)s::bigint[], %(read)s::bigint[]) AS asked (id, read)
        WHERE EXISTS (SELECT FROM interactions_agentmessage m WHERE m.{address} = asked.id AND m.id > read)
        """,
        {"ids": list(read), "read": list(read.values())},
    )
    return [id for (id,) in tuples]
