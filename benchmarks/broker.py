"""The broker's messages and a worker's memory, with 1,000 and with 1,000,000 open holds (100,000 in short).

All deadlines lie in the same 20 seconds, near enough for their slots to be armed and too far to fall due.
Meanwhile a hundred agents with a timeout of 8 seconds send requests, whose slots come and go. Messages are
counted in the broker and in the worker, which keeps the countdowns that it has taken.
"""

import contextlib
import itertools
import threading
import time
from collections.abc import Iterator

from django.conf import settings
from django.db import connection
from redis import Redis

from benchmarks.kit import floor, processes
from benchmarks.kit.results import Results
from config.celery import app
from interactions import sessions, timers
from interactions.sql import fetch_value

FEW = 1_000
AGENTS, ACTIVE, TIMEOUT = 100_000, 100, 8
NEAR, SPREAD = 45, 20  # seconds from when the worker starts to the first deadline, and to the last from there
PROBE, SLACK = 20_000, 1.5  # holds by which it is told how long many take, times this
WATCHED, LOOKS = 6, 4  # seconds of requests before it is looked, and how often, a second apart

redis = Redis.from_url(settings.REDIS_URL)


def run(results: Results) -> None:
    many = 1_000_000 if results.is_full else 100_000
    with floor.unchecked():
        floor.make(AGENTS, waiting=0)
        began = time.monotonic()
        floor.submit_held(PROBE, first=3_600, spread=0)
        pace = (time.monotonic() - began) / PROBE * SLACK
    found = {held: measure(held, held * pace) for held in (FEW, many)}
    for held, (messages, memory) in found.items():
        results.figure(f"messages, in the broker and the worker, with {held:,} open holds", "", messages)
        results.figure(f"a worker's memory, resident, with {held:,} open holds", "MiB", memory)
    (few_messages, few_memory), (many_messages, many_memory) = found[FEW], found[many]
    words = f"with {many:,} open holds / with {FEW:,}"
    results.ratio(f"messages {words}", many_messages, few_messages, at_most=1.1)
    results.ratio(f"a worker's memory {words}", many_memory, few_memory, at_most=1.1)


def measure(held: int, until_made: float) -> tuple[list[float], list[float]]:
    """The messages and the memory in MiB, at each look."""
    redis.flushdb()  # no worker takes what a passed slot left
    timers.timers = timers.Timers()
    with floor.unchecked():
        floor.stop_all()
        begin = time.monotonic() + until_made
        floor.submit_held(held, first=begin - time.monotonic() + NEAR, spread=SPREAD, timeout=NEAR)
        floor.run("ANALYZE")
        time.sleep(max(0, begin - time.monotonic()))
        floor.submit_held(ACTIVE, first=TIMEOUT, spread=0, timeout=TIMEOUT)
    with requests(), processes.worker() as worker:
        time.sleep(WATCHED)
        messages, memory = [], []
        for _ in range(LOOKS):
            time.sleep(1)
            messages.append(float(queued() + taken()))
            memory.append(processes.memory_of_all(worker.pid))
    still = fetch_value(
        "SELECT count(*) FROM interactions_party WHERE ended_at IS NULL AND deadline_at > clock_timestamp()"
    )
    assert still == held + ACTIVE, f"{still}: this machine is too slow, or some expired"
    return messages, memory


@contextlib.contextmanager
def requests() -> Iterator[None]:
    """Of one active agent after the other, all within half the timeout."""
    stopping = threading.Event()
    tokens = floor.tokens(ACTIVE + 1)[1:]  # floor.hold begins with the second

    def send() -> None:
        for agent in itertools.cycle(tokens):
            sessions.identify(f"token{agent}", resets=True)
            if stopping.wait(TIMEOUT / 2 / ACTIVE):
                break
        connection.close()

    sender = threading.Thread(target=send, daemon=True)
    sender.start()
    try:
        yield
    finally:
        stopping.set()
        sender.join()


def queued() -> int:
    """In the broker: in the lists, and delivered but not acknowledged if acknowledgements are on."""
    return sum(int(redis.llen(name)) for name in ("timers", "default")) + int(redis.hlen("unacked"))


def taken() -> int:
    """By the worker, which waits for their time."""
    worker = app.control.inspect(timeout=2, limit=1)  # of the one there is
    return sum(
        len(tasks) for told in (worker.scheduled(), worker.reserved()) for tasks in (told or {}).values()
    )
