"""Submit: by an agent it is in the agent's hands at once, by a media server it waits."""

from ..cast import Agent, Caller, told_of
from ..log import Log, expired, placed, pulled, stopped, submitted_by_agent
from ..places import Bin, Line


def test_by_an_agent_it_is_handled_at_once(alice: Agent, line: Line, log: Log) -> None:
    answer = alice.submit(queue=str(line), user_data={"to": "a customer"}, interaction_type="Outbound").ok(
        201
    )
    found = answer["interaction"]
    party = found["party"]
    assert answer["event"] == "EventAck"
    assert (found["state"], found["queue"], found["interaction_type"]) == ("handling", str(line), "Outbound")
    assert (party["agent"], party["operation"]) == (alice.name, "Submit")
    assert found["moved_to_queue_at"] is None
    alice.stop(party).ok()
    log.tells(found["id"], submitted_by_agent(), stopped())


def test_what_an_agent_submitted_waits_at_its_turn(alice: Agent, bob: Agent, line: Line, log: Log) -> None:
    """Revoked, it stands before all that were submitted after it."""
    mine = alice.submit(queue=str(line), handling_timeout=1).ok(201)["interaction"]["party"]
    later = line.add()
    assert alice.until_revoked(mine) == [told_of("EventRevoked", mine, "Expired")]
    assert [one["id"] for one in bob.pull(line, count=2)] == [mine["interaction"], later]
    log.tells(mine["interaction"], submitted_by_agent(), expired(), pulled())


def test_into_a_workbin(alice: Agent, drafts: Bin, log: Log) -> None:
    party = alice.submit(workbin=drafts.id).ok(201)["interaction"]["party"]
    assert (party["workbin"], party["queue"]) == (drafts.id, None)
    assert drafts.content(alice) == []
    alice.place(party).ok()
    assert drafts.content(alice) == [party["interaction"]]
    log.tells(party["interaction"], submitted_by_agent("workbin"), placed(at="workbin"))


def test_a_paused_queue_takes_it(alice: Agent, paused: Line, log: Log) -> None:
    party = alice.submit(queue=str(paused)).ok(201)["interaction"]["party"]
    alice.stop(party).ok()
    log.tells(party["interaction"], submitted_by_agent("paused"), stopped(at="paused"))


def test_where_the_agent_may_not_pull_from(alice: Agent, bob: Agent, drafts: Bin) -> None:
    alice.submit(queue="kit-elsewhere").refused(404, "not_found")
    alice.submit(queue="kit-nowhere").refused(404, "not_found")
    alice.submit(workbin=999_999_999_999).refused(404, "not_found")
    bob.submit(workbin=drafts.id).refused(404, "not_found")


def test_what_must_be_said(alice: Agent, line: Line, drafts: Bin) -> None:
    for wrong in (
        {},
        {"queue": str(line), "workbin": drafts.id},
        {"queue": str(line), "media_type": "kit-smoke-signal"},
        {"queue": str(line), "media_type": None},
        {"queue": str(line), "user_data": ["a", "list"]},
        {"queue": str(line), "parent": 999_999_999_999},
        {"queue": str(line), "state": "stopped"},
        {"queue": str(line), "id": 1},
    ):
        alice.submit(**wrong).refused(400, "invalid")
    assert alice.holds() == []


def test_a_parent(alice: Agent, line: Line, elsewhere: Line) -> None:
    """One that the agent may see."""
    parent, unseen = line.add(), elsewhere.add()
    child = alice.submit(queue=str(line), parent=parent).ok(201)["interaction"]
    assert child["parent"] == parent
    alice.submit(queue=str(line), parent=unseen).refused(400, "invalid")


def test_by_a_media_server_it_waits(gateway: Caller, alice: Agent, line: Line, log: Log) -> None:
    found = gateway.submit(queue=str(line), external_id=None).ok(201)["interaction"]
    assert (found["state"], found["queue"], found["party"]) == ("queued", str(line), None)
    assert found["moved_to_queue_at"] == found["placed_in_queue_at"]
    assert alice.take(line)["interaction"] == found["id"]
    came = ["EventInteractionSubmitted Submit by service @line", "EventPlacedInQueue Submit by service @line"]
    log.tells(found["id"], came, pulled())


def test_by_a_media_server_into_a_workbin(gateway: Caller, alice: Agent, drafts: Bin, log: Log) -> None:
    alice.subscribe(drafts)
    found = gateway.submit(workbin=drafts.id).ok(201)["interaction"]
    [told] = alice.mail(1)
    assert (told["operation"], told["interaction"]) == ("Added", found["id"])
    names = ("EventInteractionSubmitted", "EventPlacedInQueue", "EventPlacedInWorkbin")
    log.tells(found["id"], [f"{name} Submit by service @workbin" for name in names])


def test_what_a_media_server_may_not(gateway: Caller, alice: Agent, line: Line) -> None:
    """It submits, changes and stops; pulling, placing and revoking is for people."""
    mail = line.add()
    gateway.post(f"queues/{line}/pull").refused(403, "not_permitted")
    gateway.get("parties").refused(403, "not_permitted")
    gateway.get("reporting/events").refused(403, "not_permitted")
    gateway.place(mail).refused(403, "not_permitted")
    gateway.revoke(mail).refused(403, "not_permitted")
    gateway.change(mail, priority=1).ok()
    gateway.stop(mail).ok()
