"""Past one machine: web, workers, databases and clients on hosts of their own. For root alone.

The hosts are network namespaces, so they share this machine's cores: throughput of two web hosts says little
here. CPU seconds of a request do, for they say what each host would have to give.

First the promises, in benchmarks.kit.promises. Then the throughput of one web host and of two, and of one
worker and of two; what a pull takes with a millisecond more on the wire, where the kernel can do that; and
pulls by way of PgBouncer, where there is one of 1.21 or newer (on the path, or named in PGBOUNCER).
"""

import tempfile
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, nullcontext
from functools import partial
from pathlib import Path
from typing import Any

from benchmarks.kit import floor, wrk
from benchmarks.kit.processes import Site
from benchmarks.kit.results import Results, alternate
from benchmarks.network import promises
from benchmarks.network.cluster import PORT, Cluster
from benchmarks.network.pooler import pgbouncer, pooling
from interactions import sql
from interactions.sql import fetch_value

AGENTS = 5_000
SECONDS = 4  # of load
EXPIRING = 5_000
DELAY = 0.5  # milliseconds that each host takes longer to send: one there and back


def run(results: Results) -> None:
    with (
        tempfile.TemporaryDirectory(prefix="workbin-hosts-") as place,
        ExitStack() as stack,
    ):
        cluster = Cluster(Path(place), stack)
        promises.check(results, cluster)
        floor.make(AGENTS, waiting=AGENTS + results.rounds(20_000, 150_000))
        floor.hold(AGENTS, first=3_600, spread=0, timeout=3_600)
        sql.run("ANALYZE")  # plans made for no holds at all are those of nobody's second minute
        tokens = range(highest("interactions_agent") - AGENTS + 1, highest("interactions_agent") + 1)
        for what, path, body in (("keep-alive", "keep-alive", None), ("pull", "queues/mail/pull", {})):
            measure(results, cluster, what, partial(send, cluster, path=path, body=body, tokens=tokens))
        delay(results, cluster, tokens)
        expire(results, cluster)
        pool(results, cluster, tokens)


Send = Callable[[Sequence[Site]], list[wrk.Load]]


def measure(results: Results, cluster: Cluster, what: str, send: Send) -> None:
    one, two = cluster.webs[:1], cluster.webs
    send(two)  # warm
    acts = {"one": lambda: a_second(send(one)), "two": lambda: a_second(send(two))}
    found = alternate(acts, results.rounds(2, 7))
    results.figure(f"{what}s, one web host", "/s", found["one"])
    results.figure(f"{what}s, two web hosts", "/s", found["two"])
    results.ratio(f"{what}s, two web hosts / one, on shared cores", found["two"], found["one"])
    share: dict[str, list[float]] = {"web": [], "PostgreSQL": [], "Valkey": []}
    for _ in range(results.rounds(2, 7)):
        before = cluster.cpu()
        requests = sum(load.requests for load in send(two))
        for name, seconds in cluster.cpu().items():
            share[name].append((seconds - before[name]) * 1e3 / requests)
    for name, values in share.items():
        results.figure(f"CPU of a {what}: {name}", "ms", values)
    results.ratio(f"CPU of a {what}: PostgreSQL / web", share["PostgreSQL"], share["web"])


def send(cluster: Cluster, webs: Sequence[Site], *, path: str, body: Any, tokens: range) -> list[wrk.Load]:
    """From the client's host to all of them at once."""

    def load(web: Site) -> wrk.Load:
        return wrk.load(web, "POST", f"/api/v1/{path}", body, tokens=tokens, seconds=SECONDS)

    with cluster.client.entered(), ThreadPoolExecutor(len(webs)) as threads:
        return list(threads.map(load, webs))


def a_second(loads: Sequence[wrk.Load]) -> float:
    return sum(load.a_second for load in loads)


def delay(results: Results, cluster: Cluster, tokens: range) -> None:
    def p50() -> float:
        [load] = send(cluster, cluster.webs[:1], path="queues/mail/pull", body={}, tokens=tokens)
        return load.p50

    def p50_later() -> float:
        with cluster.delayed(DELAY):
            return p50()

    if not cluster.can_delay():
        print("What a slower network costs is left out: this kernel has no netem.", flush=True)
        return
    found = alternate({"near": p50, "far": p50_later}, results.rounds(2, 7))
    results.figure("p50 of a pull, 8 clients", "ms", found["near"])
    results.figure(f"p50 of a pull, 8 clients, and {2 * DELAY:g} ms more there and back", "ms", found["far"])


def pool(results: Results, cluster: Cluster, tokens: range) -> None:
    program = pgbouncer()
    if program is None:
        print("PgBouncer is left out: there is none of 1.21 or newer.", flush=True)
        return
    with pooling(program, cluster.databases) as url:
        pooled = cluster.web(cluster.web_a, PORT + 1, DATABASE_URL=url)

        def pulls(web: Site) -> float:
            return a_second(send(cluster, [web], path="queues/mail/pull", body={}, tokens=tokens))

        pulls(pooled)  # warm
        acts = {"pooled": lambda: pulls(pooled), "direct": lambda: pulls(cluster.webs[0])}
        found = alternate(acts, results.rounds(2, 7))
        promises.simulate(cluster, [pooled], "pooled")
    results.figure("pulls by way of PgBouncer, one web host", "/s", found["pooled"])
    results.ratio("pulls by way of PgBouncer / straight", found["pooled"], found["direct"])


def expire(results: Results, cluster: Cluster) -> None:
    def expiries(workers: int) -> float:
        """A second, from the instant at which all fall due. Pulls of before may still be under way."""
        last = highest("interactions_party")
        with cluster.worker_hosts[1].paused() if workers == 1 else nullcontext():
            floor.hold(EXPIRING, first=2, spread=0)
            cluster.until_ended(last)
        return fetch_value(
            "SELECT count(*) / extract(epoch FROM max(ended_at) - min(deadline_at))::float "
            "FROM interactions_party WHERE id > %(last)s AND ended_at IS NOT NULL",
            {"last": last},
        )

    acts = {"one": lambda: expiries(1), "two": lambda: expiries(2)}
    found = alternate(acts, results.rounds(2, 7))
    results.figure(f"{EXPIRING:,} expiries at one instant, one worker host", "/s", found["one"])
    results.figure(f"{EXPIRING:,} expiries at one instant, two worker hosts", "/s", found["two"])
    results.ratio("expiries, two worker hosts / one, on shared cores", found["two"], found["one"])


def highest(table: str) -> int:
    return fetch_value(f"SELECT coalesce(max(id), 0) FROM {table}")
