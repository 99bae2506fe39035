"""What must hold on several hosts: benchmarks.hosts checks it before it measures."""

import asyncio
import time
from collections.abc import Callable, Sequence

from benchmarks.kit import floor
from benchmarks.kit.calls import Call
from benchmarks.kit.processes import Site
from benchmarks.kit.results import Results, quantile
from benchmarks.network.cluster import PORT, Cluster
from benchmarks.network.namespaces import Host
from config import configuration
from interactions.credentials import issue_token
from interactions.sql import fetch_all
from reporting.audit import audit

PASSWORD = "of the benchmark"
AGENTS, RATE, SECONDS = 20, 5, 24  # of a simulation; one at each web host
CUT_SECONDS = 5.0
PATIENCE = 120.0  # for what a simulation does before and after


def check(results: Results, cluster: Cluster) -> None:
    cut_off_workers(results, cluster)
    cross_over(results, cluster)
    report = audit()
    assert not report.differing, f"{report.differing} differences between the log and the tables"
    print(f"The audit of {report.events:,} events is clean.", flush=True)


def cut_off_workers(results: Results, cluster: Cluster) -> None:
    def cut_off_each() -> None:
        time.sleep(4)
        for host in cluster.worker_hosts:
            time.sleep(2)
            with host.cut_off():
                time.sleep(CUT_SECONDS)

    simulate(cluster, cluster.webs, "floor", cut_off_each)
    [(count, latest)] = fetch_all(
        "SELECT count(*), max((attributes->>'late_seconds')::float) FROM reporting_event "
        "WHERE event = 'EventRevoked' AND reason = 'Expired'"
    )
    assert count, "nobody went quiet"
    what = f"latest of {count:,} revocations, with either worker host cut off for {CUT_SECONDS:g} s"
    results.figure(what, "s", [latest], at_most=1)


def simulate(
    cluster: Cluster, webs: Sequence[Site], name: str, meanwhile: Callable[[], None] = lambda: None
) -> None:
    """Agents at each web host, half of whom go quiet. What they were told is compared with the log."""
    given = ["--agents", AGENTS, "--rate", RATE, "--quiet-share", 0.5, "--seconds", SECONDS]
    running = [
        cluster.on(
            cluster.client,
            "manage.py",
            "simulate",
            *map(str, given),
            "--name",
            f"{name}{n}",
            "--url",
            web.url,
        )
        for n, web in enumerate(webs)
    ]
    meanwhile()
    codes = [simulation.wait(SECONDS + PATIENCE) for simulation in running]
    assert not any(codes), "what the simulated agents were told is not what the log says"


def cross_over(results: Results, cluster: Cluster) -> None:
    """Who waits at one web host hears what is committed by way of the other."""
    configuration.apply(
        {**floor.DOCUMENT, "agents": [{"username": "alice", "password": PASSWORD, "groups": ["team"]}]}
    )
    gateway = issue_token("gateway")
    with cluster.client.entered():
        pulls, events = asyncio.run(hand_over(cluster, gateway, results.rounds(30, 200)))
    for what, late in (("the pull that waits", pulls), ("the event stream", events)):
        p50, p99 = quantile(late, 50), quantile(late, 99)
        results.figure(f"from the reply of one web host to {what} at the other: p50", "s", [p50])
        results.figure(f"from the reply of one web host to {what} at the other: p99", "s", [p99], at_most=0.5)


async def hand_over(cluster: Cluster, gateway: str, times: int) -> tuple[list[float], list[float]]:
    """Alice's application is at the first web host, the media server at the second."""

    async def connect(host: Host) -> Call:
        return Call(*await asyncio.open_connection(host.address, PORT))

    desk, stream, media = [await connect(host) for host in (cluster.web_a, cluster.web_a, cluster.web_b)]
    await desk.send("POST", "/api/v1/sessions", "none", {"username": "alice", "password": PASSWORD})
    token = (await desk.answer())["token"]
    await stream.send("GET", "/api/v1/events/stream", token)
    await stream.head()
    pulls, events = [], []
    for _ in range(times):
        await desk.send("POST", "/api/v1/queues/mail/pull", token, {"wait_seconds": 20})
        await asyncio.sleep(0.05)
        await media.send("POST", "/api/v1/interactions", gateway, {"queue": "mail", "media_type": "email"})
        await media.answer()
        committed = time.monotonic()
        [held] = (await desk.answer())["interactions"]
        pulls.append(time.monotonic() - committed)
        await media.send("POST", f"/api/v1/interactions/{held['id']}/stop-processing", gateway, {})
        await media.answer()
        committed = time.monotonic()
        while b"EventRevoked" not in await stream.reader.readuntil(b"\n\n"):
            pass
        events.append(max(0, time.monotonic() - committed))
    for call in (desk, stream, media):
        call.writer.close()
    return pulls, events
