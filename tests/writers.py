"""Writers of the log and of a mailbox who hold their transactions open, so that ids commit out of order."""

import functools
import random
import time
from collections.abc import Callable
from typing import Any

import psycopg

from interactions import broker
from interactions.models import Agent
from interactions.waking import News, agent_topic
from tests.crowd import another_connection, at_once

Writer = psycopg.Connection[Any]
Write = Callable[[Writer, str], int]
TAKE_A_NUMBER = "SELECT pg_current_xact_id()"  # as a command's row locks do


def write_event(writer: Writer, name: str) -> int:
    row = writer.execute(
        """INSERT INTO reporting_event (event, at, actor, attributes)
           VALUES (%s, now(), '{"kind": "timer", "name": ""}', '{}') RETURNING id""",
        [name],
    ).fetchone()
    assert row is not None
    return row[0]


def write_letter(writer: Writer, name: str) -> int:
    row = writer.execute(
        """INSERT INTO interactions_agentmessage (event, at, agent_id, body)
           SELECT %s, now(), id, '{}' FROM interactions_agent WHERE employee_id = 'A1' RETURNING id""",
        [name],
    ).fetchone()
    assert row is not None
    return row[0]


def write_at_random(write: Write, turns: int, written: list[str], number: int) -> None:
    """Names that say whose they are; some are rolled back, and some are not told of."""
    dice = random.Random(number)
    topic = agent_topic(Agent.objects.get(employee_id="A1").pk)
    with another_connection() as writer:
        for turn in range(turns):
            writer.execute(TAKE_A_NUMBER)
            names = [f"{number}.{turn}.{part}" for part in range(dice.randint(1, 3))]
            for name in names:
                write(writer, name)
                time.sleep(dice.random() * 0.008)
            if dice.random() < 0.2:
                writer.rollback()
                continue
            writer.commit()
            written += names
            if dice.random() < 0.7:
                broker.tell(News({topic})._publish)


def write_in_a_crowd(
    write: Write, writers: int, turns: int, *others: Callable[[], object]
) -> list[list[str]]:
    """So many writers beside what others do. Returns what each has committed, in its order."""
    written: list[list[str]] = [[] for _ in range(writers)]
    acts = [functools.partial(write_at_random, write, turns, written[n], n) for n in range(writers)]
    at_once(*others, *acts)
    return written


def check(seen: list[str], written: list[list[str]]) -> None:
    """All of it, each once, and each one's in its order."""
    assert sorted(seen) == sorted(name for names in written for name in names)
    for number, names in enumerate(written):
        assert [name for name in seen if name.startswith(f"{number}.")] == names
