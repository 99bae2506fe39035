"""The reporting log: who reads it, what an event carries, filters, pages, one interaction's history."""

import time
from functools import partial
from itertools import cycle

from ..cast import Agent
from ..instants import seconds_of
from ..log import Log, brief, expired, pulled, stopped
from ..people import PATIENCE, SOON, meanwhile, until
from ..places import Line
from ..server import Json

MEMBERS = {
    "id", "event", "at", "interaction", "external_id", "media_type", "queue", "workbin", "agent", "session",
    "place", "party", "operation", "reason", "actor", "attributes",
}  # fmt: skip
TIMES = 20


def test_who_may_read_it(alice: Agent, lena: Agent, admin: Agent) -> None:
    for path in (
        "reporting/events",
        "reporting/now",
        "reporting/queues",
        "reporting/agents",
        "reporting/workbins",
    ):
        alice.get(path).refused(403, "not_permitted")
        lena.get(path).ok()
        admin.get(path).ok()


def test_what_an_event_carries(alice: Agent, line: Line, log: Log) -> None:
    mail = line.add(external_id=f"kit-of-{line}-{alice.server_time()}")
    party = alice.take(line)
    alice.stop(party, reason="Answered").ok()
    taken, added, removed, done = log.tells(mail, pulled(), stopped(reason="Answered"))
    for event in (taken, added, removed, done):
        assert set(event) >= MEMBERS
        assert (event["interaction"], event["media_type"]) == (mail, "kit-mail")
        assert (event["queue"], event["workbin"]) == (str(line), None)
        assert event["external_id"].startswith("kit-of-")
        assert (event["agent"], event["session"]) == (alice.name, alice.entered["session"]["id"])
        assert event["actor"] == {"kind": "agent", "name": alice.name}
    assert added["party"] == removed["party"] == party["id"]
    assert removed["attributes"]["joined_at"] == party["joined_at"]
    held = seconds_of(removed["at"]) - seconds_of(party["joined_at"])
    assert abs(removed["attributes"]["handling_seconds"] - held) < 0.001


def test_a_revocation_says_how_late_it_was(alice: Agent, line: Line, log: Log) -> None:
    mail = line.add(handling_timeout=1)
    party = alice.take(line)
    alice.until_revoked(party)
    event = log.tells(mail, pulled(), expired())[-1]
    late = seconds_of(event["at"]) - seconds_of(event["attributes"]["deadline_at"])
    assert event["attributes"]["deadline_at"] == party["deadline_at"]
    assert abs(event["attributes"]["late_seconds"] - late) < 0.001
    assert event["actor"]["kind"] == "timer"


def test_numbers_and_instants_of_one_interaction_go_up(alice: Agent, line: Line, log: Log) -> None:
    mail = line.add()
    for _ in range(3):
        alice.place(alice.take(line)).ok()
    until(lambda: len(log.of(mail)) >= 12, SOON, "its events")
    events = log.read(interaction=mail)
    assert [event["id"] for event in events] == sorted({event["id"] for event in events})
    assert [event["at"] for event in events] == sorted(event["at"] for event in events)


def test_pages_of_any_size_give_each_once(
    *, alice: Agent, bob: Agent, admin: Agent, line: Line, log: Log
) -> None:
    """Also while others write: these two, and whoever else plays at the moment."""
    since = alice.server_time()
    line.put(4)

    def write(agent: Agent) -> None:
        for _ in range(TIMES):
            agent.place(agent.take_soon(line)).ok()

    writing = [meanwhile(partial(write, agent)) for agent in (alice, bob)]
    seen: list[Json] = []
    cursor, sizes, give_up_at = None, cycle((1, 2, 7, 50)), time.monotonic() + PATIENCE
    while placings(seen, str(line), alice, bob) < 2 * TIMES and time.monotonic() < give_up_at:
        limit = next(sizes)
        page = admin.get("reporting/events", from_=since, limit=limit, after=cursor).ok()
        assert len(page["events"]) <= limit
        seen += page["events"]
        cursor = page["cursor"]
    for one in writing:
        one.result(SOON)
    assert seen == [event for event in log.read(from_=since) if event["id"] <= seen[-1]["id"]]
    assert placings(seen, str(line), alice, bob) == 2 * TIMES


def placings(events: list[Json], queue: str, *by: Agent) -> int:
    names = {agent.name for agent in by}
    placed = [event for event in events if event["event"] == "EventPlacedInQueue" and event["queue"] == queue]
    return sum(event["actor"]["name"] in names for event in placed)


def test_filters_are_joined(alice: Agent, admin: Agent, line: Line, log: Log) -> None:
    mail, other = line.put(2)
    alice.pull(line, count=2)
    events = log.tells(mail, pulled())
    log.tells(other, pulled())
    [added] = log.read(queue=str(line), agent=alice.name, event="EventPartyAdded", interaction=mail)
    assert added == events[1]
    assert log.read(queue=str(line), interaction=mail, event="EventRevoked") == []
    assert log.read(queue="kit-elsewhere", interaction=mail) == []
    assert events[1] in log.read(interaction=mail, from_=added["at"])  # inclusive
    assert added not in log.read(interaction=mail, to=added["at"])  # exclusive
    for wrong in ({"limit": 0}, {"limit": 1001}, {"from_": "yesterday"}, {"after": "a b"}, {"colour": "red"}):
        admin.get("reporting/events", **wrong).refused(400, "invalid")


def test_who_waits_for_an_event_is_woken_by_it_alone(alice: Agent, admin: Agent, line: Line) -> None:
    fits = {"queue": str(line), "event": "EventPartyAdded", "from_": alice.server_time()}
    cursor = admin.get("reporting/events", **fits).ok()["cursor"]
    waiting = meanwhile(lambda: admin.get("reporting/events", **fits, after=cursor, wait_seconds=20).ok())
    alice.server.settle()
    mail = line.add()
    alice.server.settle()
    found = waiting.result(0) if waiting.done() else None
    alice.take(line)
    found = found or waiting.result(SOON)
    assert {event["event"] for event in found["events"]} == {"EventPartyAdded"}
    assert {event["interaction"] for event in found["events"]} == {mail}


def test_the_history_of_one(alice: Agent, admin: Agent, line: Line, log: Log) -> None:
    """Its events, and how long it waited and was in hands: that adds up to its age."""
    mail = line.add(handling_timeout=1)
    alice.until_revoked(alice.take(line))
    alice.stop(alice.take(line)).ok()
    log.tells(mail, pulled(), expired(), pulled(), stopped())
    history = admin.get(f"reporting/interactions/{mail}").ok()
    assert history["events"] == log.read(interaction=mail)
    found = admin.look(mail)
    age = seconds_of(found["completed_at"]) - seconds_of(found["submitted_at"])
    assert abs(sum(history["spent"].values()) - age) < 0.01
    assert history["spent"]["in_hands"] >= 1
    assert history["spent"]["in_workbins"] == 0
    admin.get("reporting/interactions/999999999999").refused(404, "not_found")


def test_the_present(alice: Agent, admin: Agent, line: Line) -> None:
    line.put(2)
    party = alice.take(line)
    now = admin.get("reporting/now").ok()
    [queue] = [one for one in now["queues"] if one["queue"] == str(line)]
    assert (queue["waiting"], queue["held"]) == (1, 1)
    [agent] = [one for one in now["agents"] if one["agent"] == alice.name]
    assert (agent["holds"], agent["state"], agent["deadline_at"]) == (1, "handling", party["deadline_at"])


def test_intervals_and_tables(admin: Agent, lena: Agent) -> None:
    for which in ("queues", "agents", "workbins"):
        found = admin.get(f"reporting/{which}", interval=3600).ok()
        assert set(found) >= {"from", "to", "interval", "rows"}
        for asked in ({"format": "csv"}, {}):
            headers = {} if asked else {"Accept": "text/csv"}
            answer = lena.send("GET", f"reporting/{which}", headers=headers, **asked)
            assert answer.status == 200
            assert answer.headers["Content-Type"].startswith("text/csv")
        admin.get(f"reporting/{which}", interval=60).refused(400, "invalid")


def test_what_only_reads_is_no_event(admin: Agent, alice: Agent, line: Line, log: Log) -> None:
    """Nor is a reset, nor a refusal."""
    mail = line.add()
    party = alice.take(line)
    alice.keep_alive()
    alice.look(mail)
    alice.stop({"interaction": mail, "id": party["id"] + 10**9}).refused(409, "stale_party")
    admin.get(f"reporting/interactions/{mail}").ok()
    assert brief(log.tells(mail, pulled())) == pulled()
