"""Find: only what the caller may see, newest first, page by page."""

from ..cast import Agent, new_key
from ..floor import CHAT
from ..instants import later
from ..places import Bin, Line


def found(caller: Agent, /, **query: object) -> list[int]:
    return [one["id"] for one in caller.get("interactions", **query).ok()["results"]]


def test_newest_first_page_by_page(alice: Agent, line: Line) -> None:
    mails = line.put(5)[::-1]
    cursor, pages = None, []
    while True:
        page = alice.get("interactions", queue=str(line), state="queued", limit=2, cursor=cursor).ok()
        pages.append([one["id"] for one in page["results"]])
        if page["next"] is None:
            break
        cursor = page["next"]
    assert pages == [mails[:2], mails[2:4], mails[4:]]
    back = alice.get("interactions", queue=str(line), state="queued", limit=2, cursor=page["previous"]).ok()
    assert [one["id"] for one in back["results"]] == mails[2:4]
    first = alice.get("interactions", queue=str(line), state="queued", limit=2).ok()
    assert first["previous"] is None


def test_what_comes_meanwhile_disturbs_no_page(alice: Agent, line: Line) -> None:
    mails = line.put(4)[::-1]
    fits = {"queue": str(line), "state": "queued", "limit": 2}
    page = alice.get("interactions", **fits).ok()
    line.put(2)
    second = alice.get("interactions", **fits, cursor=page["next"]).ok()
    assert [one["id"] for one in page["results"] + second["results"]] == mails


def test_filters_are_joined(alice: Agent, bob: Agent, line: Line) -> None:
    name = new_key()
    mail, chat, named = line.add(), line.add(media_type=CHAT), line.add(external_id=name)
    alice.take(line)
    here = {"queue": str(line)}
    assert found(alice, **here, state="handling") == [mail]
    assert found(alice, **here, state="queued") == [named, chat]
    assert found(alice, **here, agent="me") == found(bob, **here, agent=alice.name) == [mail]
    assert found(bob, **here, agent="me") == []
    assert found(alice, **here, media_type=CHAT, state="queued") == [chat]
    assert found(alice, external_id=name) == [named]
    assert found(alice, **here, media_type=CHAT, state="handling") == []
    alice.stop(alice.get("interactions", agent="me").ok()["results"][0]["party"]).ok()
    assert found(alice, **here, state="stopped", limit=1) == [mail]
    assert found(alice, **here, limit=3) == [named, chat, mail]


def test_when_it_was_received(alice: Agent, line: Line) -> None:
    """From, inclusive, to, exclusive."""
    received = "2026-01-31T09:30:00.123456Z"
    mail = line.add(received_at=received)
    here = {"queue": str(line), "state": "queued"}
    assert found(alice, **here, received_after=received) == [mail]
    assert found(alice, **here, received_before=received) == []
    assert found(alice, **here, received_before=later(received, 1)) == [mail]


def test_only_what_the_caller_may_see(alice: Agent, bob: Agent, nina: Agent, line: Line, drafts: Bin) -> None:
    """Whatever the filter; a name that is nobody's finds nothing. (What bob and nina held there lately, in
    other scenarios, they may see: it is stopped.)"""
    mail, draft = line.add(), drafts.add()
    assert found(alice, workbin=drafts.id, state="queued") == [draft]
    assert found(bob, workbin=drafts.id, state="queued") == []
    assert found(nina, queue=str(line), state="queued") == []
    assert draft not in found(bob, limit=200)
    assert mail not in found(nina, limit=200)
    for query in (
        {"queue": "kit-nowhere"},
        {"workbin": 999_999_999},
        {"media_type": "kit-smoke"},
        {"agent": "?"},
    ):
        assert found(alice, **query) == []


def test_what_one_held_lately_stays_in_sight(nina: Agent, admin: Agent, line: Line, next_first: Line) -> None:
    """For a day."""
    mail = next_first.add()
    party = nina.take(next_first)
    admin.place(mail, queue=str(line)).ok()
    assert nina.look(mail)["queue"] == str(line)
    nina.stop(party).refused(409, "not_held", reason="placed")
    unseen = line.add()
    nina.get(f"interactions/{unseen}").refused(404, "not_found")


def test_what_cannot_be_asked(alice: Agent) -> None:
    for wrong in (
        {"state": "lost"},
        {"workbin": "mine"},
        {"received_after": "yesterday"},
        {"cursor": "a b"},
        {"limit": 0},
        {"limit": 201},
        {"colour": "red"},
    ):
        alice.get("interactions", **wrong).refused(400, "invalid")
