"""Round after round on one cluster: each fault once, under one load, and the checks."""

import json
import time
import traceback
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connections
from rich.console import Console

from tests.faults.acts import FAULTS
from tests.faults.checks import Record, Size, problems
from tests.faults.cluster import WEBS, Cluster
from tests.faults.figures import Figures, figures_of
from tests.faults.load import assemble
from tests.faults.play import Play
from tests.faults.watch import Watch
from tests.machine import machine
from tests.processes import until

say = Console(highlight=False, markup=False, soft_wrap=True).print
SLACK, START_SLACK = 6.0, 4.0  # times; in the short form: a machine that runs tests does other things, too
UP = 120.0  # seconds
SETTLED = 15.0  # seconds of a process's life until its caches are filled


class Rounds:
    def __init__(
        self,
        cluster: Cluster,
        kind: str,
        names: Sequence[str],
        *,
        output: Path,
        seeds: Sequence[int],
        is_short: bool,
    ) -> None:
        self.cluster, self.kind, self.output = cluster, kind, output
        self.seeds, self.is_short = seeds, is_short
        faults = [FAULTS[name] for name in names]
        self.skipped = [fault.name for fault in faults if fault.needs_small and not cluster.is_small]
        self.faults = [fault for fault in faults if fault.name not in self.skipped]
        self.plays: list[dict[str, Any]] = []
        self.sizes: dict[str, Size] = {}  # at the first look at each life

    def run(self) -> None:
        self.watch = Watch(self.cluster)
        self.watch.start()
        self.cast = assemble(self.is_short)
        first = self.a_play(0)
        until(lambda: self.watch.samples and first.is_whole(), UP, "the cluster to be up")
        try:
            for seed in self.seeds:
                self.play(seed)
        finally:
            self.watch.stop()
            connections.close_all()

    def a_play(self, seed: int) -> Play:
        return Play(self.cluster, self.watch, self.cast, seed, self.is_short)

    def play(self, seed: int) -> None:
        began = time.time()
        play = self.a_play(seed)
        record = play.record
        if self.is_short:
            record.slack, record.start_slack = SLACK, START_SLACK
        record.connections = may_have(settings.WEB_THREADS, settings.WORKER_PROCESSES)
        try:
            play.run(self.faults)
        except Exception as error:  # the next round may come to its end
            traceback.print_exc()
            play.break_off()
            record.unplayed.append(f"the round broke off: {error!r}")
        self.note_sizes(record)
        found = problems(record)
        figures = figures_of(record, play.strikes)
        for each in figures:
            say(line(each, seed))
        for problem in found:
            say(f"    {problem}")
        memory = sum(size.memory for size in record.after)
        say(f"{'':<24} seed {seed:<6} took {time.time() - began:.0f} s, {memory:.0f} MiB, {len(found)} wrong")
        host = machine()
        self.plays.append(
            {
                "kind": self.kind,
                "seed": seed,
                "commit": host["commit"],
                "cores": host["cores"],
                "from": datetime.fromtimestamp(began, UTC).isoformat(timespec="seconds"),
                "until": host["at"],
                "memory": memory,
                "problems": found,
                "strikes": [*map(asdict, figures)],
            }
        )
        self.keep()

    def note_sizes(self, record: Record) -> None:
        for size in [*record.looks, *record.after]:
            if size.age > SETTLED:
                self.sizes.setdefault(size.life, size)
        record.first = self.sizes

    def keep(self, left: Iterable[str] = ()) -> None:
        """What was found so far, whatever becomes of the rest. `left`: processes, at the end."""
        found = {"skipped": self.skipped, "plays": self.plays, "left": [*left]}
        new = self.output.with_suffix(".new")
        new.write_text(json.dumps(found))
        new.replace(self.output)


def may_have(threads: int, pool: int) -> dict[str, int]:
    """Connections: one for each thread of a web process and its start; for reaper and pool of a worker."""
    return {name: threads + 1 if name in WEBS else pool + 1 for name in (*WEBS, "worker", "worker-2")}


def line(figures: Figures, seed: int) -> str:
    return (
        f"{figures.fault:<24} seed {seed:<6} {figures.at} {figures.requests:>5} requests, "
        f"{figures.disturbed:>4} disturbed, {figures.expired:>4} expired, late {figures.late:.2f} s, "
        f"{figures.late_after:.2f} s after, answer {figures.answer:.1f} s, back {figures.back:.1f} s"
    )
