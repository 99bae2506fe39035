"""What waits in a workbin changes, from every cause: the reply, the log, the state, and who is told what.

lena watches alice's drafts; alice does not, and so hears of her own holds alone.
"""

import pytest

from interactions import sessions
from interactions.models import Interaction
from interactions.signals import Actor
from interactions.tasks import revoke_due
from tests import cast
from tests.applications import Application, Desk, Json, Log, brief
from tests.audit import audit
from tests.clock import let_pass, make_overdue

pytestmark = pytest.mark.django_db(transaction=True)

PLACED_BY_ADMIN = [
    "EventPlacedInQueue PlaceInWorkbin by admin @workbin",
    "EventPlacedInWorkbin PlaceInWorkbin by admin @workbin",
]


@pytest.fixture
def drafts(alice: Desk) -> int:
    return cast.drafts_of("alice")


@pytest.fixture
def team(alice: Desk) -> int:
    return cast.workbin_of(cast.group(cast.TEAM), "agent_group")


@pytest.fixture
def watcher(lena: Desk, drafts: int, team: int) -> Desk:
    lena.subscribe(drafts)
    lena.subscribe(team)
    return lena


def changed(operation: str, interaction: int, workbin: int) -> Json:
    return {
        "event": "EventWorkbinContentChanged",
        "workbin": workbin,
        "operation": operation,
        "interaction": interaction,
    }


def revoked(party: Json, reason: str) -> Json:
    where = {"queue": party["queue"], "workbin": party["workbin"]}
    told = {"interaction": party["interaction"], "party": party["id"], "reason": reason}
    return {"event": "EventRevoked", **told, **where}


def take(desk: Desk, workbin: int) -> Json:
    """Pull one from a workbin: its party."""
    [interaction] = desk.post(f"workbins/{workbin}/pull", count=1).ok()["interactions"]
    return interaction["party"]


def content(desk: Desk, workbin: int) -> list[int]:
    return [one["id"] for one in desk.get(f"workbins/{workbin}/content").ok()["interactions"]]


def forget(log: Log, *desks: Desk) -> None:
    log.skip()
    for desk in desks:
        desk.mail()


# --- Removed ----------------------------------------------------------------------------------------


def test_pulled_by_count(alice: Desk, watcher: Desk, log: Log, drafts: int) -> None:
    low, high, middle = *cast.fill(1, drafts), *cast.fill(1, drafts, priority=9), *cast.fill(1, drafts)
    forget(log, watcher)

    reply = alice.post(f"workbins/{drafts}/pull", count=2).ok()

    assert (set(reply), reply["event"]) == (
        {"event", "server_time", "interactions"},
        "EventPulledInteractions",
    )
    pulled = reply["interactions"]
    assert [(one["id"], one["state"], one["workbin"]) for one in pulled] == [
        (high, "handling", drafts),
        (low, "handling", drafts),
    ]
    events = log.new()
    for interaction in (high, low):
        assert brief(event for event in events if event["interaction"] == interaction) == [
            "EventTakenFromQueue Pull by agent @workbin",
            "EventTakenFromWorkbin Pull by agent @workbin",
            "EventPartyAdded Pull by agent @workbin",
        ]
    assert len(events) == 6
    assert watcher.mail() == [changed("Removed", high, drafts), changed("Removed", low, drafts)]
    assert alice.mail() == []
    assert content(alice, drafts) == [middle]
    audit()


def test_a_supervisor_pulls_what_she_names(alice: Desk, lena: Desk, log: Log, drafts: int) -> None:
    first, second = cast.fill(2, drafts)
    alice.subscribe(drafts)
    log.skip()

    [pulled] = lena.post(f"workbins/{drafts}/pull", interactions=[second]).ok()["interactions"]

    assert (pulled["id"], pulled["party"]["agent"], pulled["party"]["workbin"]) == (second, "lena", drafts)
    events = log.new()
    assert brief(events) == [
        "EventTakenFromQueue Pull by agent @workbin",
        "EventTakenFromWorkbin Pull by agent @workbin",
        "EventPartyAdded Pull by agent @workbin",
    ]
    assert {(event["agent"], event["actor"]["name"]) for event in events} == {("lena", "lena")}
    assert alice.mail() == [changed("Removed", second, drafts)]
    assert lena.mail() == []
    assert content(alice, drafts) == [first]


def test_stopped_while_it_waits(
    alice: Desk, watcher: Desk, gateway: Application, log: Log, drafts: int
) -> None:
    [interaction] = cast.fill(1, drafts)
    forget(log, watcher)

    stopped = gateway.stop(interaction, reason="spam").ok()["interaction"]

    assert (stopped["state"], stopped["workbin"], stopped["stop_reason"]) == ("stopped", drafts, "spam")
    assert log.brief() == ["EventProcessingStopped StopProcessing spam by service @workbin"]
    assert watcher.mail() == [changed("Removed", interaction, drafts)]
    assert content(alice, drafts) == []
    audit()


# --- Returned ---------------------------------------------------------------------------------------


def test_expired_as_often_as_you_like(alice: Desk, watcher: Desk, log: Log, drafts: int) -> None:
    """A private queue has no policies of its own, so nothing ever parks."""
    [interaction] = cast.fill(1, drafts)
    for times in range(1, 6):
        party = take(alice, drafts)
        forget(log, watcher, alice)
        make_overdue(interaction)
        revoke_due()
        assert log.brief() == [
            "EventPartyRemoved Revoke Expired by timer @workbin",
            "EventRevoked Revoke Expired by timer @workbin",
        ]
        assert watcher.mail() == [changed("Returned", interaction, drafts)]
        assert alice.mail() == [revoked(party, "Expired")]
        found = alice.look(interaction)
        assert (found["state"], found["workbin"], found["revocation_count"]) == ("queued", drafts, times)
    assert content(alice, drafts) == [interaction]
    audit()


def test_revoked_by_hand(alice: Desk, watcher: Desk, log: Log, drafts: int) -> None:
    [interaction] = cast.fill(1, drafts)
    party = take(alice, drafts)
    forget(log, watcher)

    found = watcher.revoke(interaction).ok()["interaction"]

    assert (found["state"], found["workbin"], found["party"]) == ("queued", drafts, None)
    assert log.brief() == [
        "EventPartyRemoved Revoke Revoked by agent @workbin",
        "EventRevoked Revoke Revoked by agent @workbin",
    ]
    assert watcher.mail() == [changed("Returned", interaction, drafts)]
    assert alice.mail() == [revoked(party, "Revoked")]
    assert content(alice, drafts) == [interaction]
    audit()


@pytest.mark.parametrize("by", ["agent", "admin"])
def test_logged_out(alice: Desk, watcher: Desk, log: Log, drafts: int, by: str) -> None:
    """By herself, or her session ended by an admin."""
    [interaction] = cast.fill(1, drafts)
    take(alice, drafts)
    session = alice.get("sessions/current").ok()["session"]["id"]
    forget(log, watcher)

    if by == "agent":
        alice.log_out().ok(204)
    else:
        sessions.end_session(Actor("admin", "root"), session)

    assert log.brief() == [
        f"EventPartyRemoved Logout LoggedOut by {by} @workbin",
        f"EventAgentLogout Logout LoggedOut by {by}",
    ]
    assert watcher.mail() == [changed("Returned", interaction, drafts)]
    back = cast.log_in("alice")
    back.cursor = alice.cursor
    assert back.mail() == []  # it was no revocation
    assert content(back, drafts) == [interaction]
    audit()


def test_the_session_expired(alice: Desk, lena: Desk, log: Log, drafts: int) -> None:
    """No session idles out beside a hold, so the hold has expired before."""
    [interaction] = cast.fill(1, drafts, handling_timeout=60)
    lena.subscribe(drafts)
    take(alice, drafts)
    forget(log, lena)
    let_pass(3500)
    lena.mail()  # keeps her session
    let_pass(200)
    assert sessions.end_idle_sessions() == 0
    revoke_due()
    assert sessions.end_idle_sessions() == 1
    assert log.brief() == [
        "EventPartyRemoved Revoke Expired by timer @workbin",
        "EventRevoked Revoke Expired by timer @workbin",
        "EventAgentLogout Logout SessionExpired by timer",
    ]
    assert lena.mail() == [changed("Returned", interaction, drafts)]
    assert content(lena, drafts) == [interaction]
    audit()


# --- Placed -----------------------------------------------------------------------------------------


def place(root: Desk, interaction: int, where: Json) -> Json:
    kind = "place-in-workbin" if "workbin" in where else "place-in-queue"
    return root.post(f"interactions/{interaction}/{kind}", **where).ok()


@pytest.mark.parametrize("to", ["queue", "other", "back"])
@pytest.mark.parametrize("held", [False, True], ids=["waiting", "held"])
def test_placed_by_an_admin(
    *, root: Desk, alice: Desk, watcher: Desk, log: Log, drafts: int, team: int, to: str, held: bool
) -> None:
    """What is held was removed when it was pulled. Without a queue it goes to the end of its own line."""
    [interaction, after] = cast.fill(2, drafts)
    party = take(alice, drafts) if held else None
    turn = Interaction.objects.get(pk=interaction).place_in_queue_seq
    forget(log, watcher)
    targets: dict[str, Json] = {"queue": {"queue": cast.SUPPORT}, "other": {"workbin": team}, "back": {}}

    reply = place(root, interaction, targets[to])

    queue, workbin = {"queue": (cast.SUPPORT, None), "other": (None, team), "back": (None, drafts)}[to]
    found = reply["interaction"]
    assert reply["event"] == "EventAck"
    assert (found["state"], found["queue"], found["workbin"], found["party"]) == (
        "queued",
        queue,
        workbin,
        None,
    )
    assert found == root.look(interaction)
    assert Interaction.objects.get(pk=interaction).place_in_queue_seq > turn
    operation = "PlaceInQueue" if to == "queue" else "PlaceInWorkbin"
    removed = [f"EventPartyRemoved {operation} Placed by admin @workbin"] if held else []
    placed = ["EventPlacedInQueue PlaceInQueue by admin @email-support"] if to == "queue" else PLACED_BY_ADMIN
    events = log.new()
    assert brief(events) == removed + placed
    assert [event["workbin"] for event in events if event["event"].startswith("EventPlaced")] == [
        workbin
    ] * len(placed)
    assert events[-1]["attributes"] == {"from_queue": None, "from_workbin": drafts}
    told = [] if held else [changed("Removed", interaction, drafts)]
    told += [] if workbin is None else [changed("Added", interaction, workbin)]
    assert watcher.mail() == told
    assert alice.mail() == ([revoked(party, "Placed")] if party else [])
    assert content(alice, drafts) == ([after, interaction] if to == "back" else [after])
    audit()


@pytest.mark.parametrize("held", [False, True], ids=["waiting", "held"])
def test_placed_by_an_admin_out_of_a_queue(
    *, root: Desk, alice: Desk, watcher: Desk, log: Log, drafts: int, held: bool
) -> None:
    [interaction] = cast.fill(1)
    party = alice.take() if held else None
    forget(log, watcher)

    found = place(root, interaction, {"workbin": drafts})["interaction"]

    assert (found["state"], found["queue"], found["workbin"]) == ("queued", None, drafts)
    removed = ["EventPartyRemoved PlaceInWorkbin Placed by admin @email-support"] if held else []
    assert log.brief() == removed + PLACED_BY_ADMIN
    assert watcher.mail() == [changed("Added", interaction, drafts)]
    assert alice.mail() == ([revoked(party, "Placed")] if party else [])
    assert content(alice, drafts) == [interaction]
    audit()


def test_placed_by_its_party_in_another_workbin(
    alice: Desk, watcher: Desk, log: Log, drafts: int, team: int
) -> None:
    cast.fill(1, drafts)
    party = take(alice, drafts)
    forget(log, watcher)

    found = alice.place_in_workbin(party, team).ok()["interaction"]

    assert (found["state"], found["workbin"], found["party"]) == ("queued", team, None)
    events = log.new()
    assert brief(events) == [
        "EventPartyRemoved PlaceInWorkbin Placed by agent @workbin",
        "EventPlacedInQueue PlaceInWorkbin by agent @workbin",
        "EventPlacedInWorkbin PlaceInWorkbin by agent @workbin",
    ]
    assert [event["workbin"] for event in events] == [drafts, team, team]
    assert watcher.mail() == [changed("Added", party["interaction"], team)]
    assert alice.mail() == []
    assert (content(alice, drafts), content(alice, team)) == ([], [party["interaction"]])
    audit()
