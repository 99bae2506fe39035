"""The dashboard: what it says of a floor."""

from typing import Any

import pytest
from django.db.models.functions import Now
from django.test import Client

from interactions.models import Queue
from interactions.tasks import revoke_due
from reporting.dashboard import figures, people
from reporting.dashboard.picture import TABLES
from reporting.dashboard.ranges import RANGES, Period
from reporting.intervals import reading
from reporting.models import Alarm, ServiceLevel
from reporting.now import look
from reporting.snapshot import snapshot
from tests import cast
from tests.admin.dashboard import read, read_csv
from tests.admin.stage import commits, raise_alarm
from tests.applications import Application, Desk
from tests.clock import let_pass, make_overdue
from tests.test_intervals import a_day, count

pytestmark = commits

SUPPORT = cast.SUPPORT


def queue_of(picture: Any, name: str = SUPPORT) -> Any:
    [line] = [line for line in picture["queues"] if line["queue"] == name]
    return line


def tile_of(picture: Any, name: str) -> tuple[Any, str]:
    [tile] = [tile for tile in picture["tiles"] if tile["name"] == name]
    return tile["value"], tile["state"]


def test_a_day_on_the_floor(alice: Desk, lena: Desk, gateway: Application, root: Client) -> None:
    a_day(alice, lena, gateway)
    count()

    picture = read(root)

    support = queue_of(picture)
    assert {
        name: support[name] for name in ("waiting", "held", "entered", "pulled", "completed", "revoked")
    } == {
        "waiting": 5,
        "held": 0,
        "entered": 7,
        "pulled": 4,
        "completed": 2,
        "revoked": 2,
    }
    listed = root.get(support["list"]).context["cl"].result_list
    assert {row.queue.name for row in listed} == {SUPPORT} and len(listed) == 7
    assert picture["workbins"] == {"count": 1, "waiting": 1, "held": 0}
    assert tile_of(picture, "waiting")[0] == 6
    assert tile_of(picture, "revoked") == (2, "ok")  # of too few pulls to say anything
    assert tile_of(picture, "completed")[0] == 3
    assert tile_of(picture, "agents") == (1, "ok")  # lena
    assert [row["waiting_seconds"] for row in picture["oldest"]] == sorted(
        (row["waiting_seconds"] for row in picture["oldest"]), reverse=True
    )
    assert len(picture["oldest"]) == 6 and "alice: agent" in {row["where"] for row in picture["oldest"]}


def test_charts_end_with_the_present(alice: Desk, lena: Desk, gateway: Application, root: Client) -> None:
    a_day(alice, lena, gateway)
    cast.fill(3)
    alice = cast.log_in("alice")
    alice.take()
    count()
    for name in RANGES:
        charts = read(root, f"?range={name}&queue={SUPPORT}")["charts"]
        assert (charts["levels"][0]["waiting"], charts["levels"][0]["held"]) == (0, 0)
        assert (charts["levels"][-1]["waiting"], charts["levels"][-1]["held"]) == (7, 1)
        assert charts["agents_logged_in"][-1]["agents"] == 2
        assert sum(row["pulled"] for row in charts["flow"]) == 5
        assert charts["waits"][-1]["p90"] is not None and charts["lates"][-1]["max"] >= 1
        assert queue_of(read(root, f"?range={name}"))["trend"][-1] == 7


def test_sums_are_those_of_the_intervals(alice: Desk, lena: Desk, gateway: Application) -> None:
    """However few rows a range is read from."""
    a_day(alice, lena, gateway)
    cast.log_in("alice").take()
    count()
    for known in RANGES.values():
        period = Period(known, look().at)
        with snapshot():
            queues, agents = figures.of_queues(period), figures.of_agents(period, ["alice"])
            rows = reading.sums("queue", period.since, period.now)[SUPPORT]
            spans = reading.spans("agent", period.since, period.now, known.seconds, {"alice"})
        of = queues[SUPPORT]
        assert (of.entered, of.pulled, of.completed, of.revoked) == (
            rows.entered,
            rows.pulled,
            rows.stopped,
            rows.revoked,
        )
        assert of.waits == rows.waits
        held, logged_in = (
            sum(getattr(span, name) for span in spans) for name in ("held_seconds", "logged_in_seconds")
        )
        assert agents["alice"].held_seconds == pytest.approx(held, abs=0.5)
        assert agents["alice"].logged_in_seconds == pytest.approx(logged_in, abs=0.5)
        assert agents["alice"].held_seconds > 0


def test_the_worst_queue_stands_first_and_says_why(alice: Desk, gateway: Application, root: Client) -> None:
    cast.queue("calm", cast.TEAM)
    cast.queue("alone", "nobodys-team")
    cast.queue("halted", cast.TEAM, is_paused=True)
    cast.fill(1, "alone")
    cast.fill(2, "halted")
    cast.fill(12)
    let_pass(850)
    cast.fill(1, "calm")
    cast.log_in("alice")
    count()

    picture = read(root)

    said = {
        line["queue"]: (line["state"], line["verdict"].replace("\N{NO-BREAK SPACE}", " "))
        for line in picture["queues"]
    }
    slow = "Oldest waits 14 min (over 5 min is long)."
    assert said["calm"][0] == "ok" and said["calm"][1].startswith("Flowing: the oldest waits ")
    assert said["halted"] == ("look", f"{slow} Paused: nobody can pull.")
    assert said["alone"] == ("bad", f"{slow} Nobody who may pull from it is logged in.")
    nobody = "Nobody pulls, though 1 agent who may is logged in."
    assert said[SUPPORT] == ("bad", f"{slow} {nobody} Growing: 12 came in, 0 were pulled.")
    assert [line["queue"] for line in picture["queues"]][-1] == "calm"
    assert {line["queue"] for line in picture["queues"][:2]} == {SUPPORT, "alone"}
    assert tile_of(picture, "waiting") == (16, "bad")


def test_agents_who_go_quiet_are_seen(alice: Desk, root: Client) -> None:
    cast.fill(1)
    for _ in range(10):
        make_overdue(alice.take()["interaction"])
        revoke_due()
    count()
    picture = read(root)
    line = queue_of(picture)
    assert (line["state"], line["revoked"]) == ("bad", 10)
    assert "100\N{NO-BREAK SPACE}% of pulls revoked." in line["verdict"]
    assert tile_of(picture, "revoked") == (10, "bad")


def test_a_promise_kept_and_one_broken(alice: Desk, bob: Desk, root: Client) -> None:
    chat = cast.queue("chat", cast.TEAM)
    ServiceLevel.objects.create(queue=chat, percent=80, seconds=60)
    ServiceLevel.objects.create(queue=Queue.objects.get(name=SUPPORT), percent=80, seconds=60)
    cast.fill(1, "chat")
    cast.fill(4)
    bob.take("chat")
    alice.take()
    let_pass(90)
    count()

    picture = read(root, f"?queue={SUPPORT}")

    kept, broken = queue_of(picture, "chat"), queue_of(picture)
    assert (kept["state"], kept["in_time"]) == ("ok", 100)
    assert (broken["state"], broken["in_time"]) == ("bad", 25)  # three wait, and are late already
    assert broken["target"] == {"percent": 80, "seconds": 60}
    assert picture["target"]["seconds"] == 60
    assert read(root)["target"] is None
    assert read_csv(root, "queues")[0]["target_seconds"] == "60"


def test_open_alarms_are_shown_and_make_trouble(support: str, root: Client) -> None:
    cast.fill(1)
    raise_alarm(Queue.objects.get(name=SUPPORT))
    alarm = Alarm.objects.get()
    picture = read(root)
    assert [(one["id"], one["text"]) for one in picture["alarms"]] == [(alarm.pk, alarm.text)]
    line = queue_of(picture)
    assert line["state"] == "bad" and line["verdict"].startswith(f"1 open alarm: {alarm.name}.")
    Alarm.objects.update(cleared_at=Now())
    assert read(root)["alarms"] == [] and "alarm" not in queue_of(read(root))["verdict"]


def test_a_server_whose_workers_are_away(alice: Desk, root: Client) -> None:
    [id] = cast.fill(1)
    alice.take()
    assert tile_of(read(root), "lag") == (0, "ok")
    make_overdue(id)
    let_pass(60)
    seconds, state = tile_of(read(root), "lag")
    assert seconds >= 60 and state == "bad"


def test_agents_the_busiest_first_or_as_asked(alice: Desk, bob: Desk, root: Client) -> None:
    cast.fill(3)
    bob.pull(count=2)
    alice.take()
    count()
    assert [row["agent"] for row in read(root)["agents"]] == ["bob", "alice"]
    assert [row["agent"] for row in read(root, "?agents=agent")["agents"]] == ["alice", "bob"]
    first = read(root)["agents"][0]
    assert (first["holds"], first["state"], first["pulled"]) == (2, "handling", 2)
    assert 0 < first["seconds_left"] <= first["timeout"]


def test_only_the_busiest_are_shown_and_csv_has_all(
    alice: Desk, bob: Desk, root: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(people, "MOST", 1)
    cast.fill(1)
    bob.take()
    picture = read(root)
    assert [row["agent"] for row in picture["agents"]] == ["bob"] and picture["agents_in_all"] == 2
    assert [row["agent"] for row in read_csv(root, "agents")] == ["bob", "alice"]


def test_every_chart_and_table_is_a_csv(alice: Desk, lena: Desk, gateway: Application, root: Client) -> None:
    a_day(alice, lena, gateway)
    count()
    address = f"?range=1h&queue={SUPPORT}"
    charts = read(root, address)["charts"]
    for name in TABLES:
        rows = read_csv(root, name, address)
        if name in charts:
            told = [[str(value) for value in row.values()][1:] for row in charts[name]]
            assert [["None" if value == "" else value for value in row.values()][1:] for row in rows] == told
    assert read_csv(root, "queues")[0]["target_percent"] == ""
    assert root.get("/admin/dashboard/secrets.csv").status_code == 404


def test_an_empty_server_has_a_dashboard(root: Client) -> None:
    page = root.get("/admin/")
    assert page.status_code == 200
    picture = read(root)
    assert (picture["queues"], picture["agents"], picture["oldest"]) == ([], [], [])
    assert {tile["state"] for tile in picture["tiles"]} == {"ok"}


def test_what_is_not_known_in_an_address_is_not_said(support: str, root: Client) -> None:
    for address in (
        "?range=5y&queue=nowhere&agents=x",
        "?queue=%00",
        "?queue=" + "x" * 300,
        "?range=&agents=",
    ):
        picture = read(root, address)
        assert (picture["range"], picture["queue"], picture["order"]) == ("4h", None, "load")
    private = Queue.objects.create(name="private", is_private=True)
    assert read(root, f"?queue={private.name}")["queue"] is None
