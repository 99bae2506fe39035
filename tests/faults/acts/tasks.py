"""Who delivers twice, and in another order."""

import json
import time
from random import Random
from threading import Event, Thread
from typing import Any

from redis import Redis

from config.celery import app
from tests.faults.scene import Scene, fault
from tests.processes import until

QUEUES = ("timers", "default")
COPIES = 2
LATEST = 1.5  # seconds by which a copy comes later


@fault()
def tasks_repeated(scene: Scene) -> None:
    """Every message is delivered three times, the copies late and in any order; and so is every task."""
    postman = Postman(scene.cluster.servers.redis_url, scene.dice)
    postman.start()
    until(postman.is_listening.is_set)
    app.loader.import_default_modules()
    tasks = sorted(name for name in app.tasks if not name.startswith("celery."))
    for name in scene.dice.sample(tasks, len(tasks)):
        app.send_task(name, expires=30)
    time.sleep(scene.seconds(6, 2))
    until(lambda: {*tasks} <= postman.seen, what="every task to be repeated")
    postman.stop()


class Postman(Thread):
    """Reads along what is published, and publishes copies of it, some at the head of the queue."""

    def __init__(self, url: str, dice: Random) -> None:
        super().__init__(daemon=True)
        self.redis, self.dice = Redis.from_url(url), dice
        self.seen: set[str] = set()  # tasks
        self.is_listening, self._over = Event(), Event()
        self._known: set[str] = set()  # messages
        self._copies: list[tuple[float, str, str]] = []

    def stop(self) -> None:
        self._over.set()
        self.join(10)
        self.redis.close()

    def run(self) -> None:
        with self.redis.monitor() as monitor:
            self.is_listening.set()
            while not self._over.is_set():
                self._read(monitor.next_command()["command"])
                self._deliver()

    def _read(self, command: str) -> None:
        verb, _, rest = command.partition(" ")
        queue, _, message = rest.partition(" ")
        if verb.upper() != "LPUSH" or queue not in QUEUES:
            return
        headers: dict[str, Any] = json.loads(message)["headers"]
        self.seen.add(headers["task"])
        if headers["id"] not in self._known:
            self._known.add(headers["id"])
            for _ in range(COPIES):
                self._copies.append((time.monotonic() + self.dice.uniform(0, LATEST), queue, message))

    def _deliver(self) -> None:
        now = time.monotonic()
        due = [copy for copy in self._copies if copy[0] <= now]
        self._copies = [copy for copy in self._copies if copy[0] > now]
        for _, queue, message in due:
            push = self.dice.choice((self.redis.lpush, self.redis.rpush))
            push(queue, message)
