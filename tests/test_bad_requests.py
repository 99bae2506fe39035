"""Bad addresses, queries, headers and tokens: always a problem document with a 4xx."""

import io
from typing import Any
from wsgiref.util import setup_testing_defaults

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from config.wsgi import application
from tests import cast, tables
from tests.cast import API, Application, Desk, Log
from tests.test_bad_input import is_problem

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


@pytest.mark.parametrize("id", IDS)
def test_ids_in_an_address(alice: Desk, id: str) -> None:
    for method, path in [
        ("GET", f"interactions/{id}"),
        ("POST", f"interactions/{id}/stop-processing"),
        ("POST", f"interactions/{id}/place-in-queue"),
        ("POST", f"interactions/{id}/place-in-workbin"),
        ("POST", f"interactions/{id}/revoke"),
        ("GET", f"workbins/{id}/content"),
        ("POST", f"workbins/{id}/pull"),
        ("PUT", f"workbins/{id}/subscription"),
    ]:
        reply = alice.send_raw(method, path, data=b'{"party": 1}', content_type="application/json")
        assert is_problem(reply), (path, reply)


@pytest.mark.parametrize("name", NAMES)
def test_names_in_an_address(alice: Desk, name: str) -> None:
    alice.send_raw("POST", f"queues/{name}/pull").refused(404, "not_found")


@pytest.mark.parametrize(
    "path", ["", "nothing", "parties/", "interactions/1/", "\0", "queues//pull", "x" * 10_000]
)
def test_no_address_of_ours(alice: Desk, path: str) -> None:
    alice.send("GET", path).refused(404, "not_found")


@pytest.mark.parametrize(
    "query",
    [
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
    ],
)
def test_queries_of_both_logs(alice: Desk, log: Log, query: str) -> None:
    for who, path in ((alice, "events"), (log.reader, "reporting/events")):
        reply = who.send_raw("GET", path, QUERY_STRING=query)
        assert is_problem(reply), (path, reply)


@pytest.mark.parametrize(
    "query",
    [
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
    ],
)
def test_filters_of_the_reporting_log(log: Log, query: str) -> None:
    assert is_problem(log.reader.send_raw("GET", "reporting/events", QUERY_STRING=query))


@pytest.mark.parametrize(
    "query", ["cursor=%00", "cursor=AAAA", "limit=0", "limit=201", "page=1", "cursor=MS4yLjM&limit=x"]
)
def test_pages_of_a_workbin(alice: Desk, query: str) -> None:
    reply = alice.send_raw("GET", f"workbins/{cast.drafts_of('alice')}/content", QUERY_STRING=query)
    assert is_problem(reply)


TOKENS = [
    "",
    " ",
    "Bearer",
    "Bearer ",
    "Basic YTpi",
    "bearer x y",
    "Bearer \0",
    "Bearer é",
    "Bearer " + "x" * 100_000,
    "x",
]


@pytest.mark.parametrize("header", TOKENS)
def test_tokens(alice: Desk, gateway: Application, header: str) -> None:
    for path in ("parties", "events", "reporting/events", "interactions/1"):
        reply = alice.send_raw("GET", path, headers={"Authorization": header})
        assert reply.refused(401, "not_authenticated")["reason"] in ("missing", "unknown")
        assert reply.headers["WWW-Authenticate"].startswith("Bearer")


def test_the_scheme_is_not_case_sensitive(alice: Desk) -> None:
    """The twin."""
    assert (
        alice.send_raw("GET", "parties", headers={"Authorization": f"bEARER  {alice.token} "}).status == 200
    )


HEADERS = [
    {"Accept": "text/html"},
    {"Accept": ";;;,,,"},
    {"Accept": "application/json; a*=bogus'x'%ff"},
    {"Accept": "application/json; a*=utf-8''%ff; q=x"},
    {"Accept": "a" * 100_000},
    {"Accept": "*/*;" * 5000},
    {"Host": "elsewhere.example"},
    {"Host": "a b"},
    {"Host": "\0"},
]
CONTENT_TYPES = [
    "application/json; charset=bogus",
    "application/json;" * 3000,
    "\0",
    "é",
    ";",
]


@pytest.mark.parametrize("headers", HEADERS)
def test_weird_headers(alice: Desk, headers: dict[str, str]) -> None:
    reply = alice.send_raw("GET", "parties", headers=headers)
    assert reply.status == 200 or is_problem(reply), reply


@pytest.mark.parametrize("content_type", CONTENT_TYPES)
def test_weird_content_types(alice: Desk, content_type: str) -> None:
    reply = alice.send_raw("POST", "keep-alive", data=b"{}", content_type=content_type)
    assert reply.status == 200 or is_problem(reply), reply


@pytest.mark.parametrize(
    ("content_type", "status"), [("application/json; a*=bogus'x'%ff", 415), ("application/json; a=b", 200)]
)
def test_a_content_type_that_django_cannot_read(alice: Desk, content_type: str, status: int) -> None:
    """Through the whole application, for Django itself would raise before it had a request."""
    environ: dict[str, Any] = {
        "REQUEST_METHOD": "POST",
        "PATH_INFO": API + "keep-alive",
        "CONTENT_TYPE": content_type,
        "CONTENT_LENGTH": "2",
        "wsgi.input": io.BytesIO(b"{}"),
        "HTTP_AUTHORIZATION": f"Bearer {alice.token}",
    }
    setup_testing_defaults(environ)
    answered: list[str] = []
    application(environ, lambda status, headers, *_: answered.append(status[:3]))
    assert answered == [str(status)]


@pytest.mark.parametrize("length", ["abc", "-5", "", "1"])
def test_a_length_that_is_wrong(alice: Desk, length: str) -> None:
    given: dict[str, Any] = {"data": b"{}", "content_type": "application/json", "CONTENT_LENGTH": length}
    reply = alice.send_raw("POST", "keep-alive", **given)
    assert reply.status == 200 or is_problem(reply), reply


def test_anything_in_a_header(alice: Desk) -> None:
    latin = st.text(st.characters(max_codepoint=255), max_size=60)  # what WSGI can carry

    @SETTINGS
    @given(
        name=st.sampled_from(["Accept", "Authorization", "Cookie", "Host", "Content-Type", "Range"]),
        value=latin,
    )
    def ask(name: str, value: str) -> None:
        more = {"content_type": value} if name == "Content-Type" else {"headers": {name: value}}
        reply = alice.send_raw(
            "POST", "keep-alive", data=b"{}", **({"content_type": "application/json"} | more)
        )
        assert reply.status == 200 or is_problem(reply), reply

    ask()


def test_anything_in_a_query(alice: Desk, log: Log) -> None:
    before = tables.rows("interactions_session")

    @SETTINGS
    @given(
        path=st.sampled_from(["events", "parties", "reporting/events", "queues"]),
        query=st.text(st.characters(max_codepoint=255), max_size=40)
        | st.sampled_from(["after", "limit", "from", "format"]).flatmap(
            lambda name: st.text(max_size=8).map(lambda v: f"{name}={v}")
        ),
    )
    def ask(path: str, query: str) -> None:
        who = log.reader if path.startswith("reporting") else alice
        reply = who.send_raw("GET", path, QUERY_STRING=query.encode().decode("latin-1"))
        assert reply.status == 200 or is_problem(reply), reply

    ask()
    assert tables.rows("interactions_session") == before


def test_methods(alice: Desk) -> None:
    for method in ("PATCH", "PUT", "DELETE", "TRACE", "BREW"):
        reply = alice.send_raw(method, "parties")
        reply.refused(405, "method_not_allowed")
        assert reply.headers["Allow"]
