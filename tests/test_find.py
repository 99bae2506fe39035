"""Find: what fits the filters and the caller may see, newest first, page by page."""

import random
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from interactions import access, finding, sessions
from interactions.callers import AgentCaller
from interactions.models import Interaction, Party, Queue
from interactions.models.interaction import State
from interactions.models.party import PartyEnd
from interactions.sql import run
from tests import cast
from tests.applications import Application, Desk
from tests.clock import let_pass, make_overdue

pytestmark = pytest.mark.django_db(transaction=True)

LONG_AGO = datetime(2026, 1, 31, 9, 30, tzinfo=UTC)


def found(application: Application, **filters: Any) -> list[int]:
    """Ids, in the order of the answer, which is one page."""
    reply = application.get("interactions", **filters).ok()
    assert set(reply) == {"next", "previous", "results"}
    assert (reply["next"], reply["previous"]) == (None, None)
    return [one["id"] for one in reply["results"]]


def pages(application: Application, **filters: Any) -> list[list[int]]:
    """All pages forwards; backwards they must be the same."""
    forwards: list[list[int]] = []
    before: list[list[int]] = []
    cursor: dict[str, str] = {}
    while True:
        reply = application.get("interactions", **filters, **cursor).ok()
        forwards.append([one["id"] for one in reply["results"]])
        if reply["next"] is None:
            break
        cursor = {"cursor": reply["next"]}
    while reply["previous"] is not None:
        reply = application.get("interactions", **filters, cursor=reply["previous"]).ok()
        before.append([one["id"] for one in reply["results"]])
    assert [*before[::-1], forwards[-1]] == forwards
    return forwards


def flat(found: list[list[int]]) -> list[int]:
    return [id for page in found for id in page]


def test_newest_first(gateway: Application) -> None:
    ids = cast.fill(3)
    [newest, *_] = gateway.get("interactions").ok()["results"]
    assert newest == gateway.look(ids[-1])
    assert found(gateway) == ids[::-1]


@pytest.mark.parametrize("who", ["alice", "lena", "root", "gateway"])
def test_pages(request: pytest.FixtureRequest, who: str) -> None:
    application: Application = request.getfixturevalue(who)
    ids = cast.fill(7)[::-1]
    assert pages(application, limit=3) == [ids[:3], ids[3:6], ids[6:]]
    assert pages(application, limit=7) == [ids]
    assert pages(application, limit=2, state="queued", queue=cast.SUPPORT)[-1] == ids[6:]


def test_what_comes_meanwhile_moves_no_page(gateway: Application) -> None:
    ids = cast.fill(4)[::-1]
    first = gateway.get("interactions", limit=2).ok()
    [late] = cast.fill(1)
    second = gateway.get("interactions", limit=2, cursor=first["next"]).ok()
    assert [one["id"] for one in second["results"]] == ids[2:]
    before = gateway.get("interactions", limit=2, cursor=first["previous"] or second["previous"]).ok()
    assert [one["id"] for one in before["results"]] == ids[:2]
    newest = gateway.get("interactions", limit=2, cursor=before["previous"]).ok()
    assert ([one["id"] for one in newest["results"]], newest["previous"]) == ([late], None)


# --- Filters --------------------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["alice", "lena", "root", "gateway", "warehouse"])
def test_each_filter(request: pytest.FixtureRequest, alice: Desk, lena: Desk, who: str) -> None:
    application = (
        request.getfixturevalue("log").reader if who == "warehouse" else request.getfixturevalue(who)
    )
    cast.media_type("chat")
    cast.queue("chats", cast.TEAM)
    drafts = cast.drafts_of("alice")
    [mail] = cast.fill(1, external_id="<1@example.org>", received_at=LONG_AGO)
    [held] = cast.fill(1)
    alice.take()
    alice.take()
    stopped = alice.submit().ok(201)["interaction"]
    alice.stop_held(stopped["party"]).ok()
    [draft] = cast.fill(1, drafts)
    chat = lena.submit(queue="chats", media_type="chat", parent=mail).ok(201)["interaction"]["id"]
    every = [chat, draft, stopped["id"], held, mail]

    assert found(application) == every
    assert found(application, state="queued") == [draft]
    assert found(application, state="handling") == [chat, held, mail]
    assert found(application, state="stopped") == [stopped["id"]]
    assert found(application, queue=cast.SUPPORT) == [stopped["id"], held, mail]
    assert found(application, workbin=drafts) == [draft]
    assert found(application, media_type="chat") == [chat]
    assert found(application, external_id="<1@example.org>") == [mail]
    assert found(application, agent="alice") == [held, mail]
    assert found(application, agent="lena") == [chat]
    assert found(application, parent=mail) == [chat]
    assert found(application, thread=chat) == [chat, mail]
    at = LONG_AGO.isoformat()
    assert found(application, received_before=at) == []
    assert found(application, received_after=at) == every
    assert found(application, received_before=(LONG_AGO + timedelta(microseconds=1)).isoformat()) == [mail]
    assert found(application, received_after=(LONG_AGO + timedelta(microseconds=1)).isoformat()) == every[:-1]
    # Together.
    assert found(application, state="handling", agent="alice", queue=cast.SUPPORT) == [held, mail]
    assert found(application, state="queued", agent="alice") == []
    assert found(application, thread=chat, state="handling", media_type="email") == [mail]
    assert found(application, thread=chat, external_id="<1@example.org>") == [mail]
    assert found(application, queue=cast.SUPPORT, workbin=drafts) == []


@pytest.mark.parametrize("who", ["alice", "lena", "root", "gateway"])
@pytest.mark.parametrize(
    "named",
    [
        {"queue": "nowhere"},
        {"queue": "agent/agent/1"},
        {"workbin": 999_999},
        {"media_type": "telex"},
        {"agent": "nobody"},
        {"external_id": "unheard-of"},
        {"parent": 999_999},
        {"thread": 999_999},
        {"thread": 2**63 - 1},
    ],
)
def test_what_is_not_there_finds_nothing(
    request: pytest.FixtureRequest, support: str, who: str, named: dict[str, Any]
) -> None:
    cast.fill(1)
    assert found(request.getfixturevalue(who), **named) == []


def test_a_public_queue_is_no_workbin(root: Desk, gateway: Application) -> None:
    """Its id is shown nowhere, so it finds nothing."""
    cast.fill(1)
    queue = Interaction.objects.get().queue_id
    for application in (root, gateway):
        assert found(application, workbin=queue) == []


def test_who_holds_it_now(alice: Desk, bob: Desk, gateway: Application) -> None:
    first, second = cast.fill(2)
    alice.take()
    bob.take()
    assert found(alice, agent="me") == found(bob, agent="alice") == found(gateway, agent="alice") == [first]
    make_overdue(first)
    assert found(alice, agent="me") == found(gateway, agent="alice") == []
    assert found(bob, agent="me") == [second]
    assert gateway.get("interactions", agent="me").refused(400, "invalid")["errors"].keys() == {"agent"}


def test_threads(gateway: Application) -> None:
    """All of the tree, from any of it, and nothing of its neighbour; a cycle ends."""
    [root, neighbour] = cast.fill(2)
    [left] = cast.fill(1, parent_id=root)
    [right] = cast.fill(1, parent_id=root)
    [leaf] = cast.fill(1, parent_id=left)
    tree = [leaf, right, left, root]
    for each in tree:
        assert found(gateway, thread=each) == tree
    assert found(gateway, thread=neighbour) == [neighbour]
    assert pages(gateway, thread=right, limit=3) == [tree[:3], tree[3:]]
    Interaction.objects.filter(pk=root).update(parent=leaf)
    for each in tree:
        assert found(gateway, thread=each) == tree


@pytest.mark.parametrize(
    "wrong",
    [
        {"state": "waiting"},
        {"workbin": "x"},
        {"workbin": 0},
        {"parent": 2**63},
        {"thread": "-1"},
        {"received_after": "yesterday"},
        {"queue": ""},
        {"cursor": "nonsense"},
        {"limit": 0},
        {"limit": 201},
        {"subject": "x"},
    ],
)
def test_wrong_filters(alice: Desk, wrong: dict[str, Any]) -> None:
    assert alice.get("interactions", **wrong).refused(400, "invalid")["errors"].keys() == wrong.keys()


# --- Who sees what --------------------------------------------------------------------------------


def test_what_an_agent_sees(alice: Desk, bob: Desk, root: Desk) -> None:
    """Own queues and workbins, what the agent holds, and for a day what the agent held."""
    cast.queue("sales", "sales-team")
    drafts = cast.drafts_of("alice")
    ours, placed = cast.fill(2)
    [draft] = cast.fill(1, drafts)
    [held, held_by_bob, strangers] = cast.fill(3)
    for _ in (ours, placed):
        alice.take()
    parties = {party["interaction"]: party for party in alice.parties()}
    alice.place_in_queue(parties[placed], queue="sales").ok()
    hold_elsewhere(alice, held)
    hold_elsewhere(bob, held_by_bob)
    root.post(f"interactions/{strangers}/place-in-queue", queue="sales").ok()

    for limit in (1, 2, 50):
        assert flat(pages(alice, limit=limit)) == [held, draft, placed, ours]
        assert flat(pages(bob, limit=limit)) == [held_by_bob, ours]
    assert found(alice, queue="sales") == [held, placed]
    assert found(bob, workbin=drafts) == []
    assert found(alice, thread=strangers) == found(alice, external_id="x") == []
    let_pass(86_401)
    alice = cast.log_in("alice")
    assert found(alice) == [held, draft, ours]  # an open hold has no age


def test_what_was_held_again_and_again_takes_no_room(alice: Desk) -> None:
    """Many parties of one interaction are one line of a page."""
    cast.queue("sales", "sales-team")
    older, often = cast.fill(2)
    alice.place_in_queue(alice.take(), queue="sales").ok()
    party = alice.take()
    for _ in range(4):
        alice.place_in_queue(party).ok()
        party = alice.take()
    alice.place_in_queue(party, queue="sales").ok()
    assert pages(alice, limit=1) == [[often], [older]]
    assert found(alice, limit=2) == [often, older]


def hold_elsewhere(desk: Desk, interaction: int) -> None:
    """Pulled where the agent may, and moved by an operator meanwhile, under the agent's hands."""
    run("UPDATE interactions_interaction SET priority = 9 WHERE id = %(id)s", {"id": interaction})
    assert desk.take()["interaction"] == interaction
    run(
        """UPDATE interactions_interaction
           SET queue_id = (SELECT id FROM interactions_queue WHERE name = 'sales') WHERE id = %(id)s""",
        {"id": interaction},
    )


def test_what_a_supervisor_sees(alice: Desk, lena: Desk) -> None:
    """Also what the agents of her groups hold, wherever it stands, and their workbins."""
    cast.queue("sales", "sales-team")
    cast.agent("olaf", "sales-team")
    [draft] = cast.fill(1, cast.drafts_of("alice"))
    cast.fill(1, cast.drafts_of("olaf"))
    cast.fill(1, "sales")
    [held] = cast.fill(1)
    hold_elsewhere(alice, held)
    assert found(lena) == [held, draft]
    assert found(lena, agent="alice") == [held]
    assert found(lena, queue="sales") == [held]


@pytest.mark.parametrize("narrow", [1, finding.NARROW])
@pytest.mark.parametrize("seed", range(3))
def test_it_finds_what_is_visible_and_nothing_else(
    support: str, monkeypatch: pytest.MonkeyPatch, seed: int, narrow: int
) -> None:
    """access.visible and the branches of a page say the same, of anything, by whichever index."""
    monkeypatch.setattr(finding, "NARROW", narrow)
    chance = random.Random(seed)
    callers = made_up_world(chance)
    for caller in callers:
        who = sessions.identify(caller.token, resets=True)
        visible = list(access.visible(who).order_by("-id").values_list("pk", flat=True))
        assert flat(pages(caller, limit=7)) == visible
        for state in State.values:
            some = access.visible(who).filter(state=state, queue__name="queue-1").order_by("-id")
            assert found(caller, state=state, queue="queue-1") == list(some.values_list("pk", flat=True))
        for number in (1, 2):
            after = LONG_AGO + timedelta(hours=number)
            some = access.visible(who).filter(received_at__gte=after).order_by("-id")
            expected = list(some.values_list("pk", flat=True))
            assert flat(pages(caller, limit=9, received_after=after.isoformat())) == expected


def made_up_world(chance: random.Random) -> list[Desk]:
    groups = ["red", "green", "blue"]
    for number in range(6):
        cast.queue(f"queue-{number}", *chance.sample(groups, chance.randint(0, 2)))
    names = [f"agent-{number}" for number in range(5)]
    for name in names:
        cast.agent(name, *chance.sample(groups, chance.randint(1, 2)), is_supervisor=name == "agent-4")
    desks = [cast.log_in(name) for name in names]
    cast.drafts_of("agent-0")  # gives each agent a workbin
    places = list(Queue.objects.values_list("pk", flat=True))
    for _ in range(30):
        hour = timedelta(hours=chance.randint(0, 3))
        cast.fill(chance.randint(1, 2), chance.choice(places), received_at=LONG_AGO + hour)
    callers = [sessions.identify(desk.token, resets=True) for desk in desks]
    for interaction in Interaction.objects.all():
        caller = chance.choice(callers)
        assert isinstance(caller, AgentCaller)
        kind = chance.choice(["waits", "held", "held lately", "held long ago", "stopped"])
        hold(interaction, caller, kind)
    return desks


def hold(interaction: Interaction, caller: AgentCaller, kind: str) -> None:
    now = datetime.now(UTC)
    ended = {"held lately": now, "held long ago": now - timedelta(days=2)}.get(kind)
    if kind == "stopped":
        Interaction.objects.filter(pk=interaction.pk).update(state=State.STOPPED, completed_at=now)
    if kind == "held":
        Interaction.objects.filter(pk=interaction.pk).update(state=State.HANDLING)
    if kind == "held" or ended:
        Party.objects.create(
            interaction=interaction,
            agent_id=caller.agent_id,
            session_id=caller.session,
            operation="Pull",
            joined_at=now,
            handling_timeout=600,
            last_reset_at=now,
            deadline_at=now + timedelta(seconds=600),
            ended_at=ended,
            end_reason=PartyEnd.PLACED if ended else None,
        )
