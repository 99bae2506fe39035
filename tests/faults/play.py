"""A load, its faults one after the other, and what must hold then."""

import os
import random
import time
import urllib.error
import urllib.request
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass

import django.db
import psycopg
from celery import current_app
from django.db import connections
from kombu.exceptions import KombuError
from redis.exceptions import RedisError

from config.simulation.cast import Cast
from interactions.models import Party
from reporting.audit import audit, brief
from reporting.cursor import horizon
from reporting.intervals import projector
from reporting.models import Event
from tests.faults.checks import BACK, Record, Size
from tests.faults.cluster import HOSTS, WORKERS, Cluster
from tests.faults.load import Load
from tests.faults.scene import Fault, Scene
from tests.faults.watch import Watch, outages
from tests.machine import memory
from workbin_client import WorkbinError

SILENT = 12  # holds whose deadlines fall around each fault
GIVE_UP = 60.0  # seconds until what is not back is not waited for any more
COUNTED = 15.0  # seconds in which beat and who counts have counted all
LOOKS = 4  # at readyz, so that both web processes are asked


@dataclass(frozen=True, slots=True)
class Strike:
    """When a fault struck, and ended."""

    fault: str
    begin: float
    end: float


class Play:
    """The moments and victims of each fault follow from its name and the seed, whichever others there are."""

    def __init__(self, cluster: Cluster, watch: Watch, cast: Cast, seed: int, is_short: bool) -> None:
        self.cluster, self.watch, self.seed = cluster, watch, seed
        self.load = Load(cluster.url, cast, is_short)
        self.scene = Scene(cluster, watch, self.load, random.Random(seed), is_short)
        self.strikes: list[Strike] = []
        self.record = Record()

    def run(self, faults: Iterable[Fault]) -> None:
        began = time.time()
        for fault in in_order(faults, self.seed):
            self.strike(fault)
        self.await_back()
        self.scene.wait(1, 2 if self.scene.is_short else 4)
        self.load.stop()
        self.until_quiet()
        self.load.close()
        self.take_record(began)

    def break_off(self) -> None:
        """The next round has a load of its own."""
        with suppress(Exception):
            self.load.stop()
            self.load.close()

    def strike(self, fault: Fault) -> None:
        """In the short form while those that an earlier one has killed are starting, if it can be borne."""
        self.await_back(1 if self.scene.is_short and not fault.needs_all else len(WORKERS))
        self.cluster.forgive()
        connections.close_all()  # our own, that an earlier fault has cut
        self.scene.dice = random.Random(f"{fault.name} {self.seed}")
        begin = time.time()
        try:
            if not fault.is_before:
                self.load.start()
                self.load.take_silently([self.scene.dice.randint(1, 4) for _ in range(SILENT)])
                self.scene.wait(0, 0.3 if self.scene.is_short else 3)
            fault.act(self.scene)
        except (AssertionError, WorkbinError, OSError, psycopg.Error, RedisError, django.db.Error) as error:
            self.record.unplayed.append(f"{fault.name}: {error!r}")
        self.load.start()
        self.strikes.append(Strike(fault.name, begin, time.time()))

    # --- Whether all is as it was -----------------------------------------------------------------------

    def await_back(self, workers: int = len(WORKERS)) -> None:
        """With so many of them; when all are there, it is noted."""
        hurt = [strike for strike in self.strikes if strike.fault not in self.record.back]
        end = time.time() + GIVE_UP
        while hurt and not self.is_whole(workers) and time.time() < end:
            time.sleep(0.1)
        if hurt and (workers == len(WORKERS) or self.is_whole()):
            self.record.back |= {strike.fault: time.time() - strike.end for strike in hurt}
            self.record.looks += sizes(self.cluster, self.watch)

    def is_whole(self, workers: int = len(WORKERS)) -> bool:
        names = [program.name for program in self.cluster.keeper.programs]
        return (
            all(self.cluster.pid(name) for name in names)
            and sum(self.watch.is_booted(name) for name in WORKERS) >= workers
            and self.watch.samples[-1].is_alive
            and all(is_ready(self.cluster.url) for _ in range(LOOKS))
            and self.do_workers_answer(workers)
        )

    def do_workers_answer(self, workers: int) -> bool:
        with suppress(KombuError, RedisError, OSError):
            return len(current_app.control.ping(timeout=1, limit=workers) or ()) >= workers
        return False

    def until_quiet(self) -> None:
        """All holds are over, and all is counted: by their bounds, with time to spare."""
        connections.close_all()
        end = time.time() + BACK * self.record.start_slack
        while (count := Party.objects.filter(ended_at=None).count()) and time.time() < end:
            time.sleep(0.1)
        self.record.open_holds = count
        newest, end = horizon.newest(), time.time() + COUNTED * self.record.start_slack
        while (missing := newest - projector.live().event) > 0 and time.time() < end:
            time.sleep(0.1)
        self.record.uncounted = max(0, missing)

    # --- What is known of it ----------------------------------------------------------------------------

    def take_record(self, began: float) -> None:
        load, record = self.load, self.record
        record.events, record.told = load.events, load.problems
        logged = Event.objects.filter(external_id__startswith=load.cast.run).order_by("id")
        record.logged = list(logged.values_list("id", flat=True))
        record.answers, record.deadlines = load.witness.answers, load.witness.deadlines
        samples = [sample for sample in list(self.watch.samples) if sample.at >= began - 1]
        record.outages = sorted([*outages(samples), *self.scene.outages], key=lambda span: span.begin)
        record.excused, record.expected = self.scene.excused, self.scene.expected
        report = audit()
        record.differences = [
            f"{each.about}: {'; '.join(each.wrong)}; {' | '.join(map(brief, each.events))}"
            for each in report.differences
        ]
        record.orphans = self.cluster.orphans()
        record.after = sizes(self.cluster, self.watch)


def in_order(faults: Iterable[Fault], seed: int) -> Sequence[Fault]:
    """It follows from the seed too; but what needs rest comes first, before the load."""
    dice = random.Random(f"order {seed}")
    return sorted(faults, key=lambda fault: (not fault.is_before, dice.random()))


def is_ready(url: str) -> bool:
    try:
        with urllib.request.urlopen(f"{url}/readyz", timeout=3) as response:
            return bool(response.status == 200)
    except (OSError, urllib.error.URLError):
        return False


def sizes(cluster: Cluster, watch: Watch) -> list[Size]:
    """Of what runs on application hosts, as far as it is there."""
    found = []
    for name in HOSTS:
        with suppress(OSError, IndexError, ValueError):  # it dies just now
            found.append(size_of(cluster, watch, name))
    return found


def size_of(cluster: Cluster, watch: Watch, name: str) -> Size:
    pids = cluster.pids(name)
    connections = watch.connections.get(name, 0)
    age = time.time() - cluster.keeper.spawned_at[name]
    return Size(name, pids[0], sum(map(memory, pids)), sum(map(files, pids)), connections, age)


def files(pid: int) -> int:
    return len(os.listdir(f"/proc/{pid}/fd"))
