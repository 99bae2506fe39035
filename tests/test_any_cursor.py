"""Any cursor at any reader: a page, 400 or 410, and never an error of ours."""

import base64
from collections import Counter
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from interactions.api import cursors
from interactions.sql import BIGGEST_ID
from tests import cast
from tests.applications import Application, Desk, Log, Reply
from tests.hostile.drawn import examples
from tests.hostile.words import WORDS

pytestmark = pytest.mark.django_db(transaction=True)

EXAMPLES = examples(100, 20_000)
Ask = Callable[[str], Reply]


@pytest.fixture
def readers(alice: Desk, bob: Desk, lena: Desk, gateway: Application, log: Log) -> dict[str, Ask]:
    """Who reads with a cursor. Each has something to read, and some have pages."""
    drafts = cast.drafts_of("alice")
    alice.subscribe(drafts)
    cast.fill(4, drafts)
    cast.fill(4)
    log.skip()
    return {
        "mailbox": lambda cursor: alice.get("events", after=cursor),
        "another's mailbox": lambda cursor: bob.get("events", after=cursor),
        "stream": lambda cursor: alice.get("events/stream", after=cursor),
        "stream again": lambda cursor: alice.send_raw(
            "GET",
            "events/stream",
            headers={"Last-Event-ID": cursor.encode("utf-8", "replace").decode("latin-1")},
        ),
        "log": lambda cursor: log.reader.get("reporting/events", after=cursor),
        "find": lambda cursor: gateway.get("interactions", cursor=cursor, limit=2),
        "find one's own": lambda cursor: alice.get("interactions", cursor=cursor, limit=2),
        "content": lambda cursor: alice.get(f"workbins/{drafts}/content", cursor=cursor, limit=2),
    }


def real(readers: dict[str, Ask], alice: Desk, gateway: Application, log: Log) -> list[str]:
    """One of each kind that the server has given out."""
    content = alice.get(f"workbins/{cast.drafts_of('alice')}/content", limit=2).ok()
    found = gateway.get("interactions", limit=2).ok()
    before = gateway.get("interactions", limit=2, cursor=found["next"]).ok()
    return [alice.cursor, log.cursor or "", content["next"], found["next"], before["previous"]]


def is_refusal(reply: Reply) -> bool:
    return reply.is_problem and (reply.status, reply["code"]) in [(400, "invalid"), (410, "cursor_expired")]


NUMBERS = st.integers(-BIGGEST_ID - 2, BIGGEST_ID + 2) | st.sampled_from(
    [0, 1, -1, BIGGEST_ID, 2**31, 10**30]
)


def anything(real: list[str]) -> st.SearchStrategy[str]:
    made = st.lists(NUMBERS, min_size=0, max_size=6).map(lambda numbers: cursors.encode(*numbers))
    odd = st.sampled_from(
        ["1_0.1", " 1.2", "+1.+2", "1.2.", ".1", "1e3.1", "0x1.1", "\u0661.1", "NaN.1", "1.1\n"]
    )
    spelled = (odd | st.text(max_size=12)).map(lambda text: base64.urlsafe_b64encode(text.encode()).decode())
    cut = st.tuples(st.sampled_from(real), st.integers(0, 20)).map(lambda given: given[0][: given[1]])
    grown = st.tuples(st.sampled_from(real), st.text(max_size=3)).map("".join)
    return made | spelled | cut | grown | st.sampled_from([*real, *WORDS]) | st.text(max_size=120)


def test_any_cursor(readers: dict[str, Ask], alice: Desk, gateway: Application, log: Log) -> None:
    found: Counter[int] = Counter()

    @EXAMPLES
    @given(cursor=anything(real(readers, alice, gateway, log)), reader=st.sampled_from(sorted(readers)))
    def example(cursor: str, reader: str) -> None:
        reply = readers[reader](cursor)
        assert reply.status == 200 or is_refusal(reply), (reader, cursor, reply)
        found[reply.status] += 1

    example()
    assert min(found[status] for status in (200, 400, 410)) > 0


def test_what_it_gives_is_no_more_than_its_reader_may_see(
    readers: dict[str, Ask], alice: Desk, gateway: Application, log: Log
) -> None:
    """Whose cursor it is, and of what, makes no difference: a cursor is a place, and no right."""
    for cursor in real(readers, alice, gateway, log):
        reply = readers["another's mailbox"](cursor)
        assert is_refusal(reply) or reply["events"] == []
        for kind in ("find one's own", "content"):
            reply = readers[kind](cursor)
            assert is_refusal(reply) or all(
                one["queue"] in (cast.SUPPORT, None)
                for one in reply["results" if "own" in kind else "interactions"]
            )


def test_an_error_of_ours_would_be_seen(readers: dict[str, Ask], monkeypatch: pytest.MonkeyPatch) -> None:
    """The twin: without the checks it is not what the reader believes."""
    monkeypatch.setattr(cursors, "decode", lambda *_, **__: ())
    reply = readers["find"]("x")
    assert reply.status != 200 and not is_refusal(reply)
