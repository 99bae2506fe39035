"""Properties: merged, told of, and only when something changes."""

from ..cast import Agent, new_key
from ..log import Log, pulled
from ..places import Bin, Line
from ..server import Json

CHANGED = ["EventPropertiesChanged ChangeProperties by agent @line"]
BY_ADMIN = ["EventPropertiesChanged ChangeProperties by admin @line"]


def test_keys_are_merged_and_null_deletes(alice: Agent, line: Line, log: Log) -> None:
    mail = line.add(user_data={"kept": 1, "changed": {"x": 1}, "deleted": [1]})
    party = alice.take(line)
    changes = {"changed": {"y": 2}, "deleted": None, "added": [None], "kept": 1, "never": None}
    answer = alice.change(party, user_data=changes, priority=7, interaction_subtype="order").ok()
    found = answer["interaction"]
    assert answer["event"] == "EventAck"
    assert found["user_data"] == {"kept": 1, "changed": {"y": 2}, "added": [None]}
    assert (found["priority"], found["interaction_subtype"], found["state"]) == (7, "order", "handling")
    assert alice.mail() == []
    *_, event = log.tells(mail, pulled(), CHANGED)
    told = {name: event["attributes"][name] for name in ("added", "changed", "deleted")}
    assert told == {
        "added": ["added"],
        "changed": ["changed", "interaction_subtype", "priority"],
        "deleted": ["deleted"],
    }


def test_what_changes_nothing_is_no_event(alice: Agent, line: Line, log: Log) -> None:
    mail = line.add(user_data={"a": 1}, priority=3)
    party = alice.take(line)
    alice.change(party).ok()
    alice.change(party, user_data={"a": 1, "b": None}, priority=3).ok()
    log.tells(mail, pulled())


def test_the_holder_is_told_of_anothers_change(alice: Agent, admin: Agent, line: Line, log: Log) -> None:
    """And goes on holding it, as long as before."""
    mail = line.add()
    party = alice.take(line)
    admin.change(mail, user_data={"urgent": True}).ok()
    names = {"added": ["urgent"], "changed": [], "deleted": []}
    actor = {"kind": "admin", "name": admin.name}
    assert alice.mail(1) == [
        {"event": "EventPropertiesChanged", "interaction": mail, **names, "actor": actor}
    ]
    assert admin.look(mail)["party"]["deadline_at"] == party["deadline_at"]
    log.tells(mail, pulled(), BY_ADMIN)


def test_what_waits_may_be_changed_by_a_supervisor(alice: Agent, lena: Agent, line: Line, log: Log) -> None:
    mail = line.add()
    lena.change(mail, priority=5).ok()
    alice.change({"interaction": mail, "id": 1}, priority=6).refused(409, "not_held")
    assert alice.look(mail)["priority"] == 5
    log.tells(mail, CHANGED)


def test_an_external_id_is_unique(alice: Agent, line: Line, log: Log) -> None:
    name, free = new_key(), new_key()
    taken, mail = line.add(external_id=name), line.add()
    parties = [one["party"] for one in alice.pull(line, count=2)]
    alice.change(parties[1], external_id=name, priority=9).refused(409, "external_id_taken")
    assert alice.look(mail)["priority"] == 0
    found = alice.change(parties[1], external_id=free).ok()["interaction"]
    assert found["external_id"] == free
    assert alice.change(parties[0], external_id=None).ok()["interaction"]["external_id"] is None
    log.tells(taken, pulled(), CHANGED)
    log.tells(mail, pulled(), CHANGED)


def test_what_may_not_be_changed(alice: Agent, line: Line, log: Log) -> None:
    mail = line.add()
    party = alice.take(line)
    refused: tuple[Json, ...] = (
        {"state": "stopped"},
        {"queue": "kit-plain"},
        {"handling_timeout": 5},
        {"priority": None},
        {"user_data": None},
        {"user_data": []},
        {"interaction_subtype": 1},
    )
    for wrong in refused:
        alice.change(party, **wrong).refused(400, "invalid")
    log.tells(mail, pulled())


def test_what_waits_in_a_workbin(alice: Agent, admin: Agent, drafts: Bin, log: Log) -> None:
    mail = drafts.add()
    alice.subscribe(drafts)
    admin.change(mail, user_data={"a": 1}).ok()
    told = {"workbin": drafts.id, "operation": "PropertiesChanged", "interaction": mail}
    assert alice.mail(1) == [{"event": "EventWorkbinContentChanged", **told}]
    log.tells(mail, ["EventPropertiesChanged ChangeProperties by admin @workbin"])
