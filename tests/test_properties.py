"""Change properties: what is told of it, and to whom."""

from typing import Any

import pytest

from interactions.models import Interaction
from tests import cast
from tests.applications import Application, Desk, Json, Log, brief
from tests.audit import audit
from tests.clock import make_overdue

pytestmark = pytest.mark.django_db(transaction=True)

NOTHING: Json = {"added": [], "changed": [], "deleted": []}


def test_by_the_party(alice: Desk, log: Log) -> None:
    [interaction] = cast.fill(1, user_data={"a": 1, "b": {"x": 1}, "c": 3}, external_id="1")
    party = alice.take()
    log.skip()

    reply = alice.change_held(
        party,
        user_data={"b": {"y": 2}, "c": None, "d": [None], "a": 1, "z": None},
        priority=5,
        interaction_subtype="order",
        external_id=None,
    ).ok()

    assert reply["event"] == "EventAck"
    changed = reply["interaction"]
    assert changed["user_data"] == {"a": 1, "b": {"y": 2}, "d": [None]}
    assert (changed["priority"], changed["interaction_subtype"], changed["external_id"]) == (5, "order", None)
    assert (changed["state"], changed["party"]["id"]) == ("handling", party["id"])
    found = alice.look(interaction)
    assert found["party"].pop("deadline_at") > changed["party"].pop("deadline_at")
    assert found == changed
    [event] = log.new()
    assert brief([event]) == ["EventPropertiesChanged ChangeProperties by agent @email-support"]
    assert (event["interaction"], event["agent"], event["party"]) == (interaction, "alice", party["id"])
    assert event["attributes"] == {
        "added": ["d"],
        "changed": ["b", "interaction_subtype", "priority"],
        "deleted": ["c", "external_id"],
        "revision": 1,
    }
    assert alice.mail() == []
    audit()


@pytest.mark.parametrize(("who", "kind"), [("gateway", "service"), ("lena", "agent"), ("root", "admin")])
def test_what_another_holds(
    request: pytest.FixtureRequest, alice: Desk, log: Log, who: str, kind: str
) -> None:
    """The party is told, and keeps it."""
    application: Application = request.getfixturevalue(who)
    [interaction] = cast.fill(1)
    party = alice.take()
    log.skip()

    application.change(interaction, external_id="7", user_data={"b": 1, "a": 2}).ok()

    names = {"added": ["a", "b", "external_id"], "changed": [], "deleted": []}
    [event] = log.new()
    assert brief([event]) == [f"EventPropertiesChanged ChangeProperties by {kind} @email-support"]
    assert (event["agent"], event["party"], event["external_id"]) == ("alice", party["id"], "7")
    assert event["attributes"] == {**names, "revision": 1}
    told = {"interaction": interaction, **names, "actor": {"kind": kind, "name": application.name}}
    assert alice.mail() == [{"event": "EventPropertiesChanged", **told}]
    assert [held["id"] for held in alice.parties()] == [party["id"]]


@pytest.mark.parametrize(("who", "kind"), [("gateway", "service"), ("lena", "agent"), ("root", "admin")])
def test_what_waits_in_a_workbin(
    request: pytest.FixtureRequest, alice: Desk, log: Log, who: str, kind: str
) -> None:
    application: Application = request.getfixturevalue(who)
    drafts = cast.drafts_of("alice")
    [interaction] = cast.fill(1, drafts)
    alice.subscribe(drafts)
    log.skip()
    application.change(interaction, user_data={"a": 1}).ok()
    assert log.brief() == [f"EventPropertiesChanged ChangeProperties by {kind} @workbin"]
    told = {"workbin": drafts, "operation": "PropertiesChanged", "interaction": interaction}
    assert alice.mail() == [{"event": "EventWorkbinContentChanged", **told}]


def test_what_is_held_in_a_workbin_does_not_wait_there(alice: Desk, lena: Desk) -> None:
    drafts = cast.drafts_of("alice")
    [interaction] = cast.fill(1, drafts)
    alice.post(f"workbins/{drafts}/pull", count=1).ok()
    alice.subscribe(drafts)
    lena.change(interaction, priority=1).ok()
    assert [message["event"] for message in alice.mail()] == ["EventPropertiesChanged"]


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"user_data": {}},
        {"user_data": {"n": 1, "gone": None}},
        {"user_data": {"n": 1.0, "o": {"b": [True], "a": None}}},
        {"priority": 0, "interaction_subtype": "", "external_id": "1"},
    ],
)
def test_no_change(alice: Desk, lena: Desk, log: Log, given: Json) -> None:
    [interaction] = cast.fill(1, external_id="1", user_data={"n": 1, "o": {"a": None, "b": [True]}})
    party = alice.take()
    before = Interaction.objects.values().get()
    log.skip()
    alice.change_held(party, **given).ok()
    lena.change(interaction, **given).ok()
    assert Interaction.objects.values().get() == before
    assert (log.new(), alice.mail()) == ([], [])


@pytest.mark.parametrize("value", [True, "1", 1.5, [1], {"n": 1}, {}])
def test_what_merely_looks_the_same(lena: Desk, log: Log, value: Any) -> None:
    [interaction] = cast.fill(1, user_data={"n": 1})
    log.skip()
    changed = lena.change(interaction, user_data={"n": value}).ok()["interaction"]
    assert changed["user_data"] == {"n": value}
    assert type(changed["user_data"]["n"]) is type(value)
    [event] = log.new()
    assert event["attributes"] == NOTHING | {"changed": ["n"], "revision": 1}


def test_what_is_not_named_stays_as_it_is(lena: Desk) -> None:
    """To the last digit, though it has more than a float."""
    [interaction] = cast.fill(1)
    Interaction.objects.update(user_data={"exact": 12345678901234567890, "null": None, "\u00e9": "é"})
    lena.change(interaction, user_data={"a": 1}).ok()
    found = Interaction.objects.get().user_data
    assert found == {"exact": 12345678901234567890, "null": None, "é": "é", "a": 1}


def test_a_priority_reorders_the_line(alice: Desk, lena: Desk) -> None:
    first, second = cast.fill(2)
    lena.change(second, priority=1).ok()
    assert [one["id"] for one in alice.pull(count=2)] == [second, first]


# --- What is refused ------------------------------------------------------------------------------


def test_who_may_not(alice: Desk, bob: Desk, lena: Desk, log: Log) -> None:
    cast.agent("olaf", "sales-team", is_supervisor=True)
    olaf = cast.log_in("olaf")
    [interaction] = cast.fill(1)
    log.skip()
    assert alice.change(interaction, priority=1).refused(400, "invalid")["errors"].keys() == {"party"}
    olaf.change(interaction, priority=1).refused(404, "not_found")
    log.reader.change(interaction, priority=1).refused(403, "not_permitted")
    alice.change(999_999, priority=1).refused(404, "not_found")
    party = alice.take()
    log.skip()
    assert bob.change_held(party, priority=1).refused(409, "not_held")["reason"] == "held_by_other"
    alice.change(interaction, party=party["id"] + 1, priority=1).refused(409, "stale_party")
    assert log.new() == []
    assert alice.look(interaction)["priority"] == 0
    alice.change_held(party, priority=1).ok()  # the twin


def test_how_a_hold_ended(alice: Desk, lena: Desk) -> None:
    cast.fill(1)
    party = alice.take()
    lena.revoke(party["interaction"]).ok()
    assert alice.change_held(party).refused(409, "not_held")["reason"] == "revoked"


def test_an_overdue_hold_is_ended_before_the_refusal(alice: Desk, log: Log) -> None:
    cast.fill(1)
    party = alice.take()
    make_overdue(party["interaction"])
    log.skip()
    assert alice.change_held(party, priority=1).refused(409, "not_held")["reason"] == "expired"
    assert [event["event"] for event in log.new()] == ["EventPartyRemoved", "EventRevoked"]
    assert alice.look(party["interaction"])["priority"] == 0
    audit()


def test_an_overdue_hold_is_ended_also_when_another_changes_it(alice: Desk, lena: Desk, log: Log) -> None:
    [interaction, _] = [*cast.fill(1), *cast.fill(1, external_id="taken")]
    alice.take()
    make_overdue(interaction)
    log.skip()
    lena.change(interaction, external_id="taken").refused(409, "external_id_taken")
    assert log.brief() == [
        "EventPartyRemoved Revoke Expired by timer @email-support",
        "EventRevoked Revoke Expired by timer @email-support",
    ]
    lena.change(interaction, priority=1).ok()
    assert [event["event"] for event in log.new()] == ["EventPropertiesChanged"]
    assert [message["event"] for message in alice.mail()] == ["EventRevoked"]


def test_stopped(alice: Desk, gateway: Application, log: Log) -> None:
    cast.fill(1)
    party = alice.take()
    alice.stop_held(party).ok()
    log.skip()
    alice.change_held(party, priority=1).refused(409, "stopped")
    gateway.change(party["interaction"], priority=1).refused(409, "stopped")
    assert log.new() == []


def test_an_external_id_of_another(gateway: Application, log: Log) -> None:
    one, other = cast.fill(1, external_id="1") + cast.fill(1, external_id="2")
    log.skip()
    gateway.change(other, external_id="1", priority=9, user_data={"a": 1}).refused(409, "external_id_taken")
    found = gateway.look(other)
    assert (found["external_id"], found["priority"], found["user_data"]) == ("2", 0, {})
    assert log.new() == []
    gateway.change(one, external_id=None).ok()
    gateway.change(other, external_id="1").ok()  # the twin


def test_user_data_keeps_its_bounds(gateway: Application, log: Log) -> None:
    half = "x" * 33_000
    [interaction] = cast.fill(1, user_data={"a": half})
    log.skip()
    refused = gateway.change(interaction, user_data={"b": half}).refused(400, "invalid")
    assert refused["errors"].keys() == {"user_data"}
    assert gateway.look(interaction)["user_data"] == {"a": half}
    assert log.new() == []
    gateway.change(interaction, user_data={"a": None, "b": half}).ok()  # the twin


@pytest.mark.parametrize(
    "given",
    [
        {"handling_timeout": 60},
        {"state": "stopped"},
        {"queue": "email-support"},
        {"user_data": None},
        {"user_data": [1]},
        {"user_data": {"a": "\0"}},
        {"priority": None},
        {"priority": "1"},
        {"priority": 2**31},
        {"interaction_subtype": None},
        {"external_id": ""},
        {"external_id": "x" * 256},
        {"party": 0},
    ],
)
def test_wrong_fields(lena: Desk, log: Log, given: Json) -> None:
    [interaction] = cast.fill(1)
    log.skip()
    assert lena.change(interaction, **given).refused(400, "invalid")["errors"].keys() == given.keys()
    assert log.new() == []


def test_user_data_that_is_too_deep(lena: Desk) -> None:
    deep: Json = {}
    for _ in range(32):
        deep = {"a": deep}
    [interaction] = cast.fill(1)
    assert lena.change(interaction, user_data=deep).refused(400, "invalid")["errors"].keys() == {"user_data"}
    lena.change(interaction, user_data=deep["a"]).ok()  # the twin
