"""Play after play on one cluster."""

import json
import random
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connections
from rich.console import Console

from tests.faults.acts import FAULTS
from tests.faults.checks import Size, problems
from tests.faults.cluster import WEBS, Cluster
from tests.faults.figures import Figures, figures_of
from tests.faults.load import assemble
from tests.faults.play import Play
from tests.faults.scene import Fault
from tests.faults.watch import Watch
from tests.processes import until

say = Console(highlight=False, markup=False, soft_wrap=True).print
SLACK, START_SLACK = 2.0, 4.0  # of the short form: a machine that runs tests does other things, too
UP = 60.0  # seconds


class Rounds:
    def __init__(
        self, cluster: Cluster, names: list[str], *, output: Path, rounds: int, seed: int, is_short: bool
    ) -> None:
        self.cluster, self.output = cluster, output
        self.rounds, self.seed, self.is_short = rounds, seed, is_short
        faults = [FAULTS[name] for name in names]
        self.skipped = [fault.name for fault in faults if fault.needs_small and not cluster.is_small]
        self.faults = [fault for fault in faults if fault.name not in self.skipped]
        self.plays: list[dict[str, Any]] = []
        self.sizes: dict[str, Size] = {}  # after the first play that a process lived through

    def run(self) -> None:
        watch = Watch(self.cluster)
        watch.start()
        self.cast = assemble(self.is_short)
        first = Play(self.cluster, watch, self.cast, random.Random(0), self.is_short)
        until(lambda: watch.samples and first.is_whole(), UP, "the cluster to be up")
        try:
            if self.is_short:
                self.play(watch, self.faults, self.seed)
            for seed in range(self.seed, self.seed + (0 if self.is_short else self.rounds)):
                for fault in self.faults:
                    self.play(watch, [fault], seed)
        finally:
            watch.stop()
            connections.close_all()

    def play(self, watch: Watch, faults: list[Fault], seed: int) -> None:
        dice = random.Random(f"{faults[0].name} {seed}")
        play = Play(self.cluster, watch, self.cast, dice, self.is_short)
        play.record.before = self.sizes
        if self.is_short:
            play.record.slack, play.record.start_slack = SLACK, START_SLACK
        play.record.connections = may_have(settings.WEB_THREADS, settings.WORKER_PROCESSES)
        record = play.run(faults)
        found = problems(record)
        for name, size in record.after.items():
            if name not in self.sizes or self.sizes[name].pid != size.pid:
                self.sizes[name] = size
        strikes = figures_of(record, play.strikes)
        for each in strikes:
            say(line(each, seed))
        for problem in found:
            say(f"    {problem}")
        self.plays.append({"seed": seed, "problems": found, "strikes": [*map(asdict, strikes)]})
        self.keep()

    def keep(self, left: Iterable[str] = ()) -> None:
        """What was found so far, whatever becomes of the rest. `left`: processes, at the end."""
        found = {"skipped": self.skipped, "plays": self.plays, "left": [*left]}
        self.output.write_text(json.dumps(found))


def may_have(threads: int, pool: int) -> dict[str, int]:
    """Connections: one for each thread of a web process and its start; for reaper and pool of a worker."""
    return {name: threads + 1 if name in WEBS else pool + 1 for name in (*WEBS, "worker", "worker-2")}


def line(figures: Figures, seed: int) -> str:
    return (
        f"{figures.fault:<24} seed {seed:<6} {figures.requests:>5} requests, "
        f"{figures.disturbed:>4} disturbed, {figures.expired:>4} expired, late {figures.late:.2f} s, "
        f"{figures.late_after:.2f} s after, back {figures.back:>5.1f} s, {figures.memory:.0f} MiB"
    )
