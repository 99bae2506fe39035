"""The supervisor alone, over shells."""

import signal
import time
from pathlib import Path

import pytest

from config.supervisor import FIRST_DELAY, HURRY, Program, Supervisor, command
from tests.processes import until

HERE = Path("/")


def shell(name: str, script: str, patience: float = 30, kind: str = "") -> Program:
    return Program(name, kind or name, command(["sh", "-c", script], HERE), patience=patience)


def run_until(
    supervisor: Supervisor, said: str, capsys: pytest.CaptureFixture[str], seconds: float = 30
) -> str:
    """Everything printed until then."""
    out = ""
    give_up_at = time.monotonic() + seconds
    while said not in out:
        assert time.monotonic() < give_up_at, out
        supervisor.tick(0.05)
        out += capsys.readouterr().out
    return out


def test_each_line_bears_the_name_of_who_said_it(capsys: pytest.CaptureFixture[str]) -> None:
    talker = shell("talker", "printf 'one\\ntwo '; sleep 0.2; echo three >&2; exec sleep 60")
    supervisor = Supervisor([talker, shell("web", "exec sleep 60")])
    supervisor.start()

    out = run_until(supervisor, "three", capsys)

    assert out.splitlines() == ["talker | one", "talker | two three"]
    supervisor.stop()


def test_who_dies_in_a_row_waits_longer_each_time(capsys: pytest.CaptureFixture[str]) -> None:
    supervisor = Supervisor([shell("poor", "exit 3")])
    supervisor.start()

    out = run_until(supervisor, "in 2 s", capsys)

    delays = [FIRST_DELAY, FIRST_DELAY * 2, FIRST_DELAY * 4]
    assert out.splitlines() == [
        f"up   | poor died: exit code 3; starting it again in {delay:g} s" for delay in delays
    ]
    supervisor.stop()


def test_the_children_of_who_dies_die_too(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pid_file = tmp_path / "child"
    supervisor = Supervisor([shell("parent", f"sleep 60 & echo $! > {pid_file}; exit 1")])
    supervisor.start()

    run_until(supervisor, "died", capsys)

    until(lambda: not Path("/proc", pid_file.read_text().strip(), "cwd").exists())
    supervisor.stop()


def test_it_stops_in_order_and_kills_who_does_not_listen(capsys: pytest.CaptureFixture[str]) -> None:
    polite = "trap 'echo bye; exit 0' TERM; echo ready; while true; do sleep 0.05; done"
    stubborn = "trap '' TERM; echo ready; while true; do sleep 0.05; done"
    programs = [
        shell("web-1", polite, kind="web"),
        shell("worker", stubborn, patience=0.3),
        shell("last", polite),
    ]
    supervisor = Supervisor(programs)
    supervisor.start()
    processes = [program.process for program in programs]
    out = ""
    while out.count("ready") < 3:
        out += run_until(supervisor, "ready", capsys)

    supervisor.stop()

    assert capsys.readouterr().out.splitlines() == [
        "web-1  | bye",
        "up     | worker did not stop in 0.3 s and is killed",
        "last   | bye",
    ]
    assert all(process and process.returncode is not None for process in processes)


def test_a_second_ctrl_c_makes_it_hurry(capsys: pytest.CaptureFixture[str]) -> None:
    supervisor = Supervisor([shell("stubborn", "trap '' TERM; echo ready; exec sleep 60", patience=60)])
    supervisor.start()
    run_until(supervisor, "ready", capsys)
    signal.signal(signal.SIGALRM, supervisor.request_stop)
    signal.setitimer(signal.ITIMER_REAL, 0.2, 0.2)

    started = time.monotonic()
    try:
        supervisor.stop()
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)

    assert time.monotonic() - started < HURRY + 30  # and not a minute
