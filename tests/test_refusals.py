"""What a caller is told who does not hold what it names: the codes, their order, the reasons."""

from collections.abc import Callable

import pytest

from interactions.models import Party
from interactions.models.party import PartyEnd
from interactions.tasks import revoke_due
from tests import cast
from tests.applications import Application, Desk, Json, Log, Reply
from tests.clock import let_pass, make_overdue

pytestmark = pytest.mark.django_db(transaction=True)


def stop(desk: Desk, party: Json) -> Reply:
    return desk.stop_held(party)


def place(desk: Desk, party: Json) -> Reply:
    return desk.place_in_queue(party)


def keep(desk: Desk, party: Json) -> Reply:
    return desk.place_in_workbin(party, cast.drafts_of(desk.name))


def change(desk: Desk, party: Json) -> Reply:
    return desk.change_held(party, user_data={"a": 1})


COMMANDS = pytest.mark.parametrize("ask", [stop, place, keep, change])
Ask = Callable[[Desk, Json], Reply]


@pytest.fixture
def party(alice: Desk) -> Json:
    cast.fill(1)
    return alice.take()


def reason(reply: Reply) -> str:
    return reply.refused(409, "not_held")["reason"]


@COMMANDS
def test_expired_a_moment_ago(alice: Desk, party: Json, log: Log, ask: Ask) -> None:
    """No worker ran: the late holder is refused, and the hold is over and told by then."""
    make_overdue(party["interaction"])
    log.skip()
    assert reason(ask(alice, party)) == "expired"
    assert log.brief() == [
        "EventPartyRemoved Revoke Expired by timer @email-support",
        "EventRevoked Revoke Expired by timer @email-support",
    ]
    assert [(one["event"], one["reason"]) for one in alice.mail()] == [("EventRevoked", "Expired")]
    assert reason(ask(alice, party)) == "expired"  # and it is so once
    assert log.new() == []
    assert alice.look(party["interaction"])["state"] == "queued"


@COMMANDS
def test_a_foreign_holder_names_what_is_overdue(
    alice: Desk, bob: Desk, party: Json, log: Log, ask: Ask
) -> None:
    make_overdue(party["interaction"])
    log.skip()
    assert reason(ask(bob, party)) == "never_held"
    assert [event["event"] for event in log.new()] == ["EventPartyRemoved", "EventRevoked"]


@COMMANDS
def test_expired_and_revoked_since(alice: Desk, party: Json, ask: Ask) -> None:
    make_overdue(party["interaction"])
    revoke_due()
    assert reason(ask(alice, party)) == "expired"


@COMMANDS
def test_expired_and_in_other_hands(alice: Desk, bob: Desk, party: Json, log: Log, ask: Ask) -> None:
    """How the own hold ended goes before who has it now; the fence holds."""
    make_overdue(party["interaction"])
    others = bob.take()
    assert others["interaction"] == party["interaction"]
    log.skip()
    assert reason(ask(alice, party)) == "expired"
    assert log.new() == []
    assert [held["id"] for held in bob.parties()] == [others["id"]]


@COMMANDS
def test_revoked(alice: Desk, lena: Desk, party: Json, ask: Ask) -> None:
    lena.revoke(party["interaction"]).ok()
    assert reason(ask(alice, party)) == "revoked"


@COMMANDS
def test_logged_out(alice: Desk, party: Json, ask: Ask) -> None:
    alice.log_out().ok(204)
    assert reason(ask(cast.log_in("alice"), party)) == "logged_out"


@COMMANDS
def test_session_expired(alice: Desk, party: Json, ask: Ask) -> None:
    """A session does not idle out beside a hold, so no request leads there; the table allows it."""
    alice.log_out().ok(204)
    Party.objects.update(end_reason=PartyEnd.SESSION_EXPIRED)
    assert reason(ask(cast.log_in("alice"), party)) == "session_expired"


@COMMANDS
def test_placed(alice: Desk, party: Json, ask: Ask) -> None:
    alice.place_in_queue(party).ok()
    assert reason(ask(alice, party)) == "placed"


@COMMANDS
def test_stopped(alice: Desk, party: Json, ask: Ask) -> None:
    """That the interaction is stopped is checked before."""
    alice.stop_held(party).ok()
    ask(alice, party).refused(409, "stopped")


@COMMANDS
def test_held_by_another(alice: Desk, bob: Desk, party: Json, ask: Ask) -> None:
    assert reason(ask(bob, party)) == "held_by_other"
    assert [held["id"] for held in alice.parties()] == [party["id"]]


@COMMANDS
def test_never_held(alice: Desk, ask: Ask) -> None:
    [waiting] = cast.fill(1)
    assert reason(ask(alice, {"interaction": waiting, "id": 999_999})) == "never_held"


@COMMANDS
def test_stale(alice: Desk, party: Json, log: Log, ask: Ask) -> None:
    """Held again, under another id: a second window of alice's must not act on the first one's hold."""
    alice.place_in_queue(party).ok()
    again = alice.take()
    log.skip()
    assert again["interaction"] == party["interaction"]
    ask(alice, party).refused(409, "stale_party")
    assert log.new() == []
    ask(alice, again).ok()  # the twin


@COMMANDS
def test_not_visible_comes_first(alice: Desk, party: Json, ask: Ask) -> None:
    cast.agent("olaf", "sales-team")
    olaf = cast.log_in("olaf")
    ask(olaf, party).refused(404, "not_found")
    ask(olaf, {"interaction": 999_999, "id": 1}).refused(404, "not_found")
    make_overdue(party["interaction"])
    ask(olaf, party).refused(404, "not_found")


def test_what_was_held_stays_visible_for_a_day(alice: Desk, root: Desk, gateway: Application) -> None:
    cast.queue("sales", "sales-team")
    cast.fill(1)
    party = alice.take()
    alice.place_in_queue(party, queue="sales").ok()
    assert reason(alice.stop_held(party)) == "placed"
    let_pass(24 * 3600 + 1)
    cast.log_in("alice").stop_held(party).refused(404, "not_found")


def test_a_pull_by_id_ends_what_is_overdue_before_it_is_refused(alice: Desk, lena: Desk, log: Log) -> None:
    drafts = cast.drafts_of("alice")
    overdue, held = cast.fill(2, drafts)
    lena.post(f"workbins/{drafts}/pull", interactions=[overdue, held]).ok()
    make_overdue(overdue)
    log.skip()
    pull = alice.post(f"workbins/{drafts}/pull", interactions=[overdue, held])
    assert pull.refused(409, "not_available")["interactions"] == [{"id": held, "why": "held"}]
    events = log.new()
    assert [event["event"] for event in events] == ["EventPartyRemoved", "EventRevoked"]
    assert {event["interaction"] for event in events} == {overdue}
    assert alice.parties() == []
