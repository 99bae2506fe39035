"""Time to run: a hold lasts as long as its agent shows signs of life."""

from ..cast import Agent, told_of
from ..instants import later
from ..log import Log, expired, pulled, stopped
from ..people import meanwhile
from ..places import Bin, Line
from ..streams import streaming

INTERACTION = {
    "id", "external_id", "media_type", "interaction_type", "interaction_subtype", "parent", "queue",
    "workbin", "state", "priority", "user_data", "handling_timeout", "received_at", "submitted_at",
    "moved_to_queue_at", "placed_in_queue_at", "completed_at", "stop_reason", "revocation_count", "party",
}  # fmt: skip
PARTY = {
    "id", "interaction", "agent", "operation", "queue", "workbin", "joined_at", "handling_timeout",
    "deadline_at", "expires_at",
}  # fmt: skip


def test_a_pull_starts_the_timer(alice: Agent, admin: Agent, line: Line, log: Log) -> None:
    mail = line.add(handling_timeout=60, user_data={"subject": "Hello"})
    answer = alice.post(f"queues/{line}/pull").ok()
    assert answer["event"] == "EventPulledInteractions"
    [found] = answer["interactions"]
    party = found["party"]
    assert set(found) >= INTERACTION
    assert set(party) >= PARTY
    assert (found["id"], found["state"], found["queue"], found["workbin"]) == (
        mail,
        "handling",
        str(line),
        None,
    )
    assert found["user_data"] == {"subject": "Hello"}
    assert (party["interaction"], party["agent"], party["operation"]) == (mail, alice.name, "Pull")
    assert (party["handling_timeout"], party["expires_at"]) == (60, None)
    assert party["deadline_at"] == later(party["joined_at"], 60)
    assert admin.look(mail) == found
    taken, added = log.tells(mail, pulled())
    assert (added["agent"], added["party"], added["at"]) == (alice.name, party["id"], party["joined_at"])
    assert added["attributes"]["deadline_at"] == party["deadline_at"]
    assert taken["attributes"]["waited_seconds"] >= 0


def test_a_quiet_agent_loses_it(alice: Agent, admin: Agent, line: Line, log: Log) -> None:
    mail = line.add(handling_timeout=1)
    party = alice.take(line)
    before = admin.look(mail)
    assert alice.until_revoked(party) == [told_of("EventRevoked", party, "Expired")]
    assert admin.look(mail) == before | {"state": "queued", "party": None, "revocation_count": 1}
    *_, removed, revoked = log.tells(mail, pulled(), expired())
    assert (
        (removed["agent"], removed["party"])
        == (revoked["agent"], revoked["party"])
        == (alice.name, party["id"])
    )
    assert removed["attributes"]["joined_at"] == party["joined_at"]
    assert revoked["attributes"]["deadline_at"] == party["deadline_at"]
    assert alice.holds() == []


def test_it_is_held_to_the_deadline_and_free_after_it(alice: Agent, bob: Agent, line: Line, log: Log) -> None:
    """Another looks all the time: never early, and soon."""
    mail = line.add(handling_timeout=2)
    party = alice.take(line)
    end = later(party["joined_at"], 2)
    assert party["deadline_at"] == end
    while not (answer := bob.post(f"queues/{line}/pull").ok())["interactions"]:
        assert answer["server_time"] < later(end, 5)
    assert answer["server_time"] >= end
    assert answer["interactions"][0]["party"]["agent"] == bob.name
    [removed] = [
        event for event in log.tells(mail, pulled(), expired(), pulled()) if event["reason"] == "Expired"
    ][:1]
    alice.lateness.check(end, removed)
    assert alice.mail(1) == [told_of("EventRevoked", party, "Expired")]


def test_any_request_moves_the_deadline(alice: Agent, admin: Agent, line: Line, drafts: Bin) -> None:
    """Also if it is refused."""
    mail = line.add(handling_timeout=600)
    party = alice.take(line)
    asked: list[tuple[str, str, object]] = [
        ("POST", "keep-alive", None),
        ("GET", "parties", None),
        ("GET", "sessions/current", None),
        ("GET", "queues", None),
        ("GET", "workbins", None),
        ("GET", "workbin-types", None),
        ("GET", f"workbins/{drafts}/content", None),
        ("PUT", f"workbins/{drafts}/subscription", None),
        ("DELETE", f"workbins/{drafts}/subscription", None),
        ("GET", "interactions?agent=me", None),
        ("GET", f"interactions/{mail}", None),
        ("POST", f"queues/{line}/pull", {}),
        ("POST", "pull-next", {"media_types": ["kit-chat"]}),
        ("PATCH", f"interactions/{mail}", {"party": party["id"], "priority": 0}),
        # refused:
        ("DELETE", f"workbins/{drafts}/subscription", None),
        ("GET", "interactions/999999999999", None),
        ("POST", "queues/kit-elsewhere/pull", {}),
        ("POST", f"interactions/{mail}/revoke", {}),
        ("POST", f"interactions/{mail}/stop-processing", {"party": party["id"] + 10**9}),
        ("PATCH", f"interactions/{mail}", {"colour": "red"}),
        ("PATCH", f"interactions/{mail}", b"{"),
        ("POST", "interactions", {}),
    ]
    for method, path, body in asked:
        before = admin.look(mail)["party"]["deadline_at"]
        alice.send(method, path, body)
        assert admin.look(mail)["party"]["deadline_at"] > before, f"{method} {path} {body}"


def test_what_only_receives_moves_nothing(alice: Agent, admin: Agent, line: Line) -> None:
    """A desktop that polls in the background must not keep a sleeping agent's work."""
    mail = line.add(handling_timeout=600)
    before = alice.take(line)["deadline_at"]
    alice.get("events").ok()
    alice.get("events", after=alice.cursor).ok()
    alice.get("events", after=alice.cursor, wait_seconds=1).ok()
    alice.get("events", after="nonsense").refused(400, "invalid")
    alice.get("reporting/events").refused(403, "not_permitted")
    alice.get(f"reporting/interactions/{mail}").refused(403, "not_permitted")
    alice.get("reporting/now").refused(403, "not_permitted")
    with streaming(alice.server, alice.token):
        alice.server.settle()
    assert admin.look(mail)["party"]["deadline_at"] == before


def test_a_pull_that_waits_moves_the_deadline_once(alice: Agent, line: Line, other: Line, log: Log) -> None:
    """When it comes in. Who holds something and waits for more goes on saying so, or loses it."""
    mail = line.add(handling_timeout=1)
    alice.take(line)
    waiting = meanwhile(lambda: alice.pull(other, wait_seconds=4))
    assert [letter["reason"] for letter in alice.mail(1)] == ["Expired"]
    assert not waiting.done()
    assert waiting.result(10) == []
    log.tells(mail, pulled(), expired())


def test_it_is_kept_far_beyond_its_timeout(alice: Agent, bob: Agent, line: Line, log: Log) -> None:
    """Three timeouts long nobody else gets it; then its agent goes quiet, and has the whole timeout."""
    mail = line.add(handling_timeout=2)
    alice.take(line)
    looking = meanwhile(lambda: bob.pull(line, wait_seconds=5))
    [party] = alice.keep_while(lambda: not looking.done(), timeout=2)
    assert looking.result() == []
    alice.until_revoked(party)
    removed = log.tells(mail, pulled(), expired())[2]
    assert later(removed["attributes"]["last_reset_at"], 2) == party["deadline_at"]


def test_one_request_keeps_all_that_the_agent_holds(alice: Agent, line: Line) -> None:
    """Each by its own timeout, from the same instant on."""
    for timeout in (60, 70, 80):
        line.add(handling_timeout=timeout)
    alice.pull(line, count=3)
    kept = alice.keep_alive()
    assert [party["handling_timeout"] for party in kept] == [60, 70, 80]
    assert len({later(party["deadline_at"], -party["handling_timeout"]) for party in kept}) == 1


def test_anothers_requests_keep_nothing(alice: Agent, bob: Agent, line: Line, log: Log) -> None:
    mail, others = line.put(2, handling_timeout=2)
    party = alice.take(line)
    kept = bob.take(line)
    silence = meanwhile(lambda: alice.until_revoked(party))
    bob.keep_while(lambda: not silence.done(), timeout=2)
    silence.result()
    assert bob.holds() == [kept["id"]]
    bob.stop(kept).ok()
    log.tells(mail, pulled(), expired())
    log.tells(others, pulled(), stopped())


def test_a_hold_is_the_agents_and_not_the_sessions(alice: Agent, admin: Agent, line: Line, log: Log) -> None:
    """A desktop that crashed logs in again, which is a sign of life, finds its parties and goes on."""
    mail = line.add()
    party = alice.take(line)
    desktop = alice.again(application="after the crash")
    assert admin.look(mail)["party"]["deadline_at"] > party["deadline_at"]
    [found] = desktop.get("parties").ok()["parties"]
    assert (found["id"], found["interaction"]) == (party["id"], mail)
    desktop.stop(found).ok()
    assert alice.holds() == []
    log.tells(mail, pulled(), stopped())


def test_what_is_said_of_holds(alice: Agent, line: Line) -> None:
    """`keep-alive` and `parties` say the same, and nothing when nothing is held."""
    assert alice.post("keep-alive").ok() | {"server_time": 0} == {
        "event": "EventAck",
        "parties": [],
        "server_time": 0,
    }
    line.put(2)
    pulled_ones = alice.pull(line, count=2)
    kept, listed = alice.keep_alive(), alice.get("parties").ok()["parties"]
    moved = {"deadline_at": ""}
    assert [one | moved for one in kept] == [one | moved for one in listed]
    assert [one | moved for one in kept] == [one["party"] | moved for one in pulled_ones]
