"""Two requests at a time, in an order that is known: what they do must be as if one came after the other."""

import threading
from collections.abc import Callable

from interactions.models import Service
from tests.applications import Reply
from tests.crowd import another_connection, crowd, until_waiting

Ask = Callable[[], Reply]

BRIEFLY = 0.05  # seconds in which whoever reads on without the first has missed it, on most machines

_LOCK = "SELECT FROM interactions_interaction WHERE id = %s FOR UPDATE"
_KEY = """
    INSERT INTO interactions_storedreply (at, service_id, key, fingerprint, status, body)
    VALUES (now(), %s, %s, '', 200, '')
"""


def in_turn(interaction: int, first: Ask, second: Ask) -> list[Reply]:
    """Both wait for the same interaction, and the first that came gets it first."""
    with another_connection() as holder, crowd(2) as people:
        holder.execute(_LOCK, [interaction])
        waiting = []
        for number, ask in enumerate((first, second), 1):
            waiting.append(people.start(ask))
            until_waiting(number)
        holder.commit()
        return [wait() for wait in waiting]


def overtaken(key: str, first: Ask, second: Ask, read: Callable[[], None]) -> list[Reply]:
    """The first, a service's request under this key, has written its events and messages, and commits after
    the second, while someone reads.

    It waits for a reply of the same key that is being stored, and then is not.
    """
    service = Service.objects.get(name="mail-gateway")
    has_read = threading.Event()

    def read_to_the_end() -> None:
        read()
        has_read.set()

    with another_connection() as holder, crowd(2) as people:
        holder.execute(_KEY, [service.pk, key])
        slow = people.start(first)
        until_waiting()
        quick = second()
        reading = people.start(read_to_the_end)
        has_read.wait(BRIEFLY)
        holder.rollback()
        replies = [slow(), quick]
        reading()
        return replies
