"""Bad addresses, queries and methods: always a problem document with a 4xx."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from interactions.models import Party
from tests import cast, tables
from tests.applications import Desk, Log
from tests.clock import let_pass

pytestmark = pytest.mark.django_db(transaction=True)

SETTINGS = settings(max_examples=80, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
BIGGEST = 2**63 - 1
IDS = [
    "0",
    str(BIGGEST),
    str(BIGGEST + 1),
    "9" * 19,
    "9" * 5000,
    "-1",
    "1.0",
    "0x1",
    "%00",
    "a",
    "\uff11",
    "%FF",
    "1%00",
]
NAMES = [
    "nowhere",
    "%00",
    "a%00b",
    "a%2Fb",
    "..",
    "%FF%FE",
    "x" * 201,
    "x" * 5000,
    "é",
    "agent/agent/1",
    "%20",
]


# Loops, for a scene costs more than a request.


def test_ids_in_an_address(alice: Desk) -> None:
    for id in IDS:
        for method, path in [
            ("GET", f"interactions/{id}"),
            ("PATCH", f"interactions/{id}"),
            ("POST", f"interactions/{id}/stop-processing"),
            ("POST", f"interactions/{id}/place-in-queue"),
            ("POST", f"interactions/{id}/place-in-workbin"),
            ("POST", f"interactions/{id}/revoke"),
            ("GET", f"workbins/{id}/content"),
            ("POST", f"workbins/{id}/pull"),
            ("PUT", f"workbins/{id}/subscription"),
        ]:
            reply = alice.send_raw(method, path, data=b'{"party": 1}', content_type="application/json")
            assert reply.is_problem, (path, reply)


def test_names_in_an_address(alice: Desk) -> None:
    for name in NAMES:
        alice.send_raw("POST", f"queues/{name}/pull").refused(404, "not_found")


NO_THINGS = [f"interactions/{id}" for id in (BIGGEST + 1, "9" * 5000, "-1", "a", "\uff11")] + [
    f"queues/{name}/pull" for name in ("%00", "a%2Fb", "x" * 201, "agent/agent/1", "%20")
]


def test_who_asks_comes_before_what_cannot_be(alice: Desk) -> None:
    """Without a token it is a 401; with one it is a request like any other, and resets."""
    cast.fill(1)
    alice.take()
    for path in NO_THINGS:
        Desk("", "").send_raw("GET", path).refused(401, "not_authenticated")
        let_pass(10)
        before = Party.objects.get().deadline_at
        alice.send_raw("GET", path).refused(404, "not_found")
        assert Party.objects.get().deadline_at > before, path


def test_no_address_of_ours(alice: Desk) -> None:
    for path in ("", "nothing", "parties/", "interactions/1/", "\0", "queues//pull", "x" * 10_000):
        alice.send("GET", path).refused(404, "not_found")


BOTH = [
    "after=%00",
    "after=?",
    "after=AAAA",
    "after=" + "A" * 5000,
    "after=%FF",
    "after=MS4y&after=MS4y",
    "limit=0",
    "limit=-1",
    "limit=1001",
    "limit=" + "9" * 5000,
    "limit=1_0",
    "limit=%D9%A1",  # a digit, of other people
    "nonsense=1",
    "%00=1",
    "=",
    "&".join(f"a{number}" for number in range(2000)),
]
FILTERS = [
    "interaction=x",
    f"interaction={BIGGEST + 1}",
    "workbin=-1",
    "agent=%00",
    "queue=" + "x" * 300,
    "from=yesterday",
    "from=2026-01-01",
    "from=2026-02-30T00:00:00Z",
    "from=0001-01-01T00:00:00%2B14:00",
    "to=9999-12-31T23:59:59Z",
    "event=",
]
FINDS = [
    "state=Queued",
    "workbin=x",
    f"parent={BIGGEST + 1}",
    "thread=-1",
    "agent=%00",
    "media_type=",
    "queue=" + "x" * 300,
    "external_id=" + "x" * 256,
    "received_after=yesterday",
    "received_before=9999-12-31T23:59:59Z",
]
PAGES = ["cursor=%00", "cursor=AAAA", "limit=0", "limit=201", "page=1", "cursor=MS4yLjM&limit=x"]


def test_queries(alice: Desk, log: Log) -> None:
    content = f"workbins/{cast.drafts_of('alice')}/content"
    for who, path, queries in [
        (alice, "events", BOTH),
        (log.reader, "reporting/events", BOTH + FILTERS),
        (alice, content, PAGES),
        (alice, "interactions", FINDS + PAGES),
    ]:
        for query in queries:
            reply = who.send_raw("GET", path, QUERY_STRING=query)
            assert reply.is_problem, (path, query, reply)


def test_anything_in_a_query(alice: Desk, log: Log) -> None:
    before = tables.rows("interactions_session")

    @SETTINGS
    @given(
        path=st.sampled_from(["events", "parties", "interactions", "reporting/events", "queues"]),
        query=st.text(st.characters(max_codepoint=255), max_size=40)
        | st.sampled_from(["after", "limit", "from", "format"]).flatmap(
            lambda name: st.text(max_size=8).map(lambda v: f"{name}={v}")
        ),
    )
    def ask(path: str, query: str) -> None:
        who = log.reader if path.startswith("reporting") else alice
        reply = who.send_raw("GET", path, QUERY_STRING=query.encode().decode("latin-1"))
        assert reply.status == 200 or reply.is_problem, reply

    ask()
    assert tables.rows("interactions_session") == before


def test_methods(alice: Desk) -> None:
    for method in ("PATCH", "PUT", "DELETE", "TRACE", "BREW"):
        reply = alice.send_raw(method, "parties")
        reply.refused(405, "method_not_allowed")
        assert reply.headers["Allow"]
