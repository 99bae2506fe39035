"""Submit by an agent: it is handled by that agent from the start, where it was submitted to."""

import pytest

from interactions.models import Agent, Interaction, MediaType, Party, Queue
from interactions.tasks import revoke_due
from tests import cast
from tests.applications import Application, Desk, Log, brief
from tests.audit import audit
from tests.clock import make_overdue
from tests.test_submit import SHAPE

pytestmark = pytest.mark.django_db(transaction=True)

TERMS = {"handling_timeout", "deadline_at", "expires_at"}


def test_to_a_queue(alice: Desk, gateway: Application, log: Log) -> None:
    log.skip()
    given = {
        "external_id": "<1@example.org>",
        "interaction_type": "outbound",
        "interaction_subtype": "call-back",
        "priority": 7,
        "user_data": {"subject": "Käse", "n": [1, {"x": None}]},
        "handling_timeout": 90,
        "received_at": "2026-01-31T09:30:00.000000Z",
    }

    reply = alice.submit(**given).ok(201)

    made = reply["interaction"]
    party = made["party"]
    assert (reply["event"], set(made)) == ("EventAck", SHAPE)
    assert {name: made[name] for name in given} == given
    assert (made["state"], made["queue"], made["workbin"]) == ("handling", cast.SUPPORT, None)
    assert (made["moved_to_queue_at"], made["placed_in_queue_at"]) == (None, None)
    assert (party["interaction"], party["agent"], party["operation"]) == (made["id"], "alice", "Submit")
    assert (party["queue"], party["handling_timeout"], party["expires_at"]) == (cast.SUPPORT, 90, None)
    assert party["joined_at"] == made["submitted_at"]
    assert made == gateway.look(made["id"])
    [held] = alice.parties()
    assert held == party | {"deadline_at": held["deadline_at"]}

    events = log.new()
    assert brief(events) == [
        "EventInteractionSubmitted Submit by agent @email-support",
        "EventPartyAdded Submit by agent @email-support",
    ]
    session = alice.get("sessions/current").ok()["session"]["id"]
    for event in events:
        assert event["actor"] == {"kind": "agent", "name": "alice"}
        assert (event["interaction"], event["external_id"]) == (made["id"], "<1@example.org>")
        assert (event["agent"], event["session"], event["party"]) == ("alice", session, party["id"])
        assert event["at"] == party["joined_at"]
    submitted, added = (event["attributes"] for event in events)
    assert submitted == {
        "interaction_type": "outbound",
        "interaction_subtype": "call-back",
        "parent": None,
        "priority": 7,
    }
    assert added == {name: party[name] for name in TERMS}
    assert alice.mail() == []
    audit()


@pytest.mark.parametrize("who", ["lena", "root"])
def test_a_supervisor_and_an_admin_too(request: pytest.FixtureRequest, who: str) -> None:
    desk: Desk = request.getfixturevalue(who)
    assert desk.submit().ok(201)["interaction"]["party"]["agent"] == who


def test_released_it_waits_there_at_the_turn_of_its_submission(alice: Desk, bob: Desk, log: Log) -> None:
    [before] = cast.fill(1)
    made = alice.submit().ok(201)["interaction"]
    [after] = cast.fill(1)
    turn = Interaction.objects.get(pk=made["id"]).place_in_queue_seq
    log.skip()

    make_overdue(made["id"])
    revoke_due()

    waits = bob.look(made["id"])
    assert (waits["state"], waits["queue"], waits["revocation_count"]) == ("queued", cast.SUPPORT, 1)
    assert (waits["moved_to_queue_at"], waits["placed_in_queue_at"]) == (None, None)
    assert Interaction.objects.get(pk=made["id"]).place_in_queue_seq == turn
    assert log.brief() == [
        "EventPartyRemoved Revoke Expired by timer @email-support",
        "EventRevoked Revoke Expired by timer @email-support",
    ]
    assert [one["id"] for one in bob.pull(count=3)] == [before, made["id"], after]
    audit()


def test_logged_out_it_waits_there(alice: Desk, bob: Desk, log: Log) -> None:
    made = alice.submit().ok(201)["interaction"]
    log.skip()
    alice.log_out().ok(204)
    assert log.brief() == [
        "EventPartyRemoved Logout LoggedOut by agent @email-support",
        "EventAgentLogout Logout LoggedOut by agent",
    ]
    assert [one["id"] for one in bob.pull()] == [made["id"]]


def test_placed_it_has_both_moments(alice: Desk) -> None:
    party = alice.submit().ok(201)["interaction"]["party"]
    placed = alice.place_in_queue(party).ok()["interaction"]
    assert placed["moved_to_queue_at"] == placed["placed_in_queue_at"] is not None


def test_stopped_by_its_party(alice: Desk, log: Log) -> None:
    party = alice.submit().ok(201)["interaction"]["party"]
    log.skip()
    alice.stop_held(party).ok()
    assert [event["event"] for event in log.new()] == ["EventPartyRemoved", "EventProcessingStopped"]
    audit()


def test_into_a_workbin(alice: Desk, lena: Desk, log: Log) -> None:
    """It does not wait there, so nobody is told; released, it returns."""
    drafts = cast.drafts_of("alice")
    alice.subscribe(drafts)
    log.skip()

    made = alice.submit(workbin=drafts).ok(201)["interaction"]

    assert (made["queue"], made["workbin"], made["party"]["workbin"]) == (None, drafts, drafts)
    assert log.brief() == [
        "EventInteractionSubmitted Submit by agent @workbin",
        "EventPartyAdded Submit by agent @workbin",
    ]
    assert alice.mail() == []
    assert alice.get(f"workbins/{drafts}/content").ok()["interactions"] == []

    lena.revoke(made["id"]).ok()
    returned = {"workbin": drafts, "operation": "Returned", "interaction": made["id"]}
    assert {"event": "EventWorkbinContentChanged", **returned} in alice.mail()
    audit()


@pytest.mark.parametrize("where", ["sales", "nowhere", "agent/agent/1"])
def test_a_queue_that_may_not_be_pulled_from(alice: Desk, log: Log, where: str) -> None:
    cast.queue("sales", "sales-team")
    log.skip()
    alice.submit(queue=where).refused(404, "not_found")
    assert (log.new(), Interaction.objects.count()) == ([], 0)


def test_a_workbin_of_others(alice: Desk, root: Desk, log: Log) -> None:
    cast.agent("olaf", "sales-team")
    strangers = cast.drafts_of("olaf")
    log.skip()
    alice.submit(workbin=strangers).refused(404, "not_found")
    alice.submit(workbin=999_999).refused(404, "not_found")
    assert log.new() == []
    root.submit(workbin=strangers).ok(201)  # the twin


def test_a_paused_queue_takes_it(alice: Desk) -> None:
    Queue.objects.update(is_paused=True)
    alice.submit().ok(201)


@pytest.mark.parametrize(
    ("own", "queue", "media", "expected"),
    [(100, 200, 300, 100), (None, 200, 300, 200), (None, None, 300, 300), (None, None, None, 10_800)],
)
def test_the_timeout_is_resolved_as_in_a_pull(
    alice: Desk, own: int | None, queue: int | None, media: int | None, expected: int
) -> None:
    Queue.objects.update(handling_timeout=queue)
    MediaType.objects.update(handling_timeout=media)
    party = alice.submit(handling_timeout=own).ok(201)["interaction"]["party"]
    assert party["handling_timeout"] == expected
    Queue.objects.update(handling_timeout=5)
    assert alice.parties()[0]["handling_timeout"] == expected  # frozen


def test_the_cap_and_the_warning(alice: Desk) -> None:
    Queue.objects.update(max_handling_time=60)
    party = alice.submit().ok(201)["interaction"]["party"]
    assert party["deadline_at"] == party["expires_at"] > party["joined_at"]
    row = Party.objects.get()
    assert row.warn_at is not None
    assert (row.deadline_at - row.warn_at).total_seconds() == 60


def test_capacity(alice: Desk, log: Log) -> None:
    Agent.objects.update(capacity=2)
    cast.fill(1)
    alice.take()
    alice.submit().ok(201)
    log.skip()
    alice.submit().refused(409, "capacity_reached")
    assert (log.new(), len(alice.parties()), Interaction.objects.count()) == ([], 2, 2)
    alice.post("queues/email-support/pull").refused(409, "capacity_reached")  # a submission counts for a pull


def test_an_overdue_hold_takes_no_capacity(alice: Desk) -> None:
    Agent.objects.update(capacity=1)
    first = alice.submit().ok(201)["interaction"]
    make_overdue(first["id"])
    alice.submit().ok(201)


# --- A known external_id --------------------------------------------------------------------------


def test_a_retry_gets_its_answer_before_capacity_is_looked_at(alice: Desk, log: Log) -> None:
    Agent.objects.update(capacity=1)
    first = alice.submit(external_id="1").ok(201)["interaction"]
    log.skip()
    again = alice.submit(external_id="1", priority=5, user_data={"other": True}).ok(200)
    assert again["event"] == "EventAck"
    assert again["interaction"]["party"].pop("deadline_at") >= first["party"].pop("deadline_at")
    assert again["interaction"] == first
    assert (log.new(), len(alice.parties())) == ([], 1)
    alice.submit(external_id="2").refused(409, "capacity_reached")  # the twin


def test_it_never_makes_a_party(alice: Desk, bob: Desk, log: Log) -> None:
    """Whether it waits, is stopped or is held by another."""
    [waiting] = cast.fill(1, external_id="1")
    log.skip()
    assert alice.submit(external_id="1").ok(200)["interaction"]["party"] is None
    party = bob.take()
    assert alice.submit(external_id="1").ok(200)["interaction"]["party"]["agent"] == "bob"
    bob.stop_held(party).ok()
    stopped = alice.submit(external_id="1").ok(200)["interaction"]
    assert (stopped["id"], stopped["state"], stopped["party"]) == (waiting, "stopped", None)
    assert (Party.objects.count(), Interaction.objects.count()) == (1, 1)


def test_what_the_caller_may_not_see(alice: Desk, gateway: Application, root: Desk, log: Log) -> None:
    cast.queue("sales", "sales-team")
    [strangers] = cast.fill(1, "sales", external_id="1")
    log.skip()
    alice.submit(external_id="1").refused(409, "external_id_taken")
    assert (log.new(), alice.parties()) == ([], [])
    for application in (root, gateway):  # the twins
        assert application.submit(external_id="1").ok(200)["interaction"]["id"] == strangers


def test_an_unknown_or_invisible_parent(alice: Desk) -> None:
    cast.queue("sales", "sales-team")
    [strangers] = cast.fill(1, "sales")
    for parent in (999_999, strangers):
        assert alice.submit(parent=parent).refused(400, "invalid")["errors"].keys() == {"parent"}
    [own] = cast.fill(1)
    assert alice.submit(parent=own).ok(201)["interaction"]["parent"] == own
