"""Bad bodies: always a problem document with a 4xx, and nothing has changed."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from interactions.models import Party
from tests import cast, tables
from tests.applications import Application, Desk, Json

pytestmark = pytest.mark.django_db(transaction=True)

NESTED = 100_000
HUGE = 10**30
WRONG: list[Any] = [
    None,
    True,
    1.5,
    -1,
    0,
    HUGE,
    2**63,
    "",
    "\0",
    "1",
    [],
    [[]],
    {},
    {"a": 1},
    [None],
    "x" * 70_000,
]
WEIRD_BODIES = [
    b"{",
    b"nonsense",
    b'"text"',
    b"[]",
    b"[1]",
    b"1",
    b"true",
    b"\xff\xfe",
    b"{}{}",
    b'{"a": NaN}',
    b'{"count": 1e400}',
    b'{"user_data": "\\ud800"}',
    b"[" * NESTED + b"]" * NESTED,
    b'{"user_data":' * NESTED + b"1" + b"}" * NESTED,
    b'{"count": ' + b"9" * 5000 + b"}",
    b'\xef\xbb\xbf{"count": 1}',
    '{"count": 1}'.encode("utf-16"),
]


@pytest.fixture
def unchanged() -> Iterator[Callable[[], None]]:
    """Checks, when called and at the end, that no row differs but by the reset."""

    def state() -> Any:
        hold = Party.objects.values_list("id", "interaction", "agent", "ended_at", "end_reason").order_by(
            "id"
        )
        return tables.rows("interactions_party", "interactions_session"), list(hold)

    before: list[Any] = []

    def check() -> None:
        if not before:
            before.append(state())
        assert state() == before[0]

    yield check
    check()


@pytest.fixture
def scene(alice: Desk, bob: Desk, gateway: Application) -> dict[str, Application]:
    """alice holds one, bob holds one, one waits, one stands in a workbin of a stranger."""
    cast.agent("olaf", "sales-team")
    cast.fill(3)
    cast.fill(1, cast.drafts_of("olaf"))
    alice.take()
    bob.take()
    return {"alice": alice, "gateway": gateway}


def refused(application: Application, requests: list[tuple[str, Any]]) -> list[Any]:
    """The requests that were not refused as they should be."""
    wrong = []
    for path, body in requests:
        reply = application.send("POST", path, body)
        if not reply.is_problem:
            wrong.append((path, body, reply))
    return wrong


SUBMISSION: Json = {"queue": cast.SUPPORT, "media_type": "email"}
MAY_BE: dict[str, list[Any]] = {  # what in WRONG is right, by field
    "external_id": [None, "1"],
    "interaction_type": ["", "1"],
    "interaction_subtype": ["", "1"],
    "parent": [None],
    "priority": [-1, 0],
    "user_data": [{}, {"a": 1}],
    "handling_timeout": [None],
    "received_at": [None],
}


def is_right(field: str, value: Any) -> bool:
    return any(value == right and type(value) is type(right) for right in MAY_BE.get(field, []))


def test_wrong_values_of_a_submission(scene: dict[str, Application], unchanged: Callable[[], None]) -> None:
    unchanged()
    fields = {*MAY_BE, "queue", "media_type"}
    requests = [
        ("interactions", SUBMISSION | {field: value})
        for field in sorted(fields)
        for value in WRONG
        if not is_right(field, value)
    ]
    requests += [("interactions", {"media_type": "email", "workbin": value}) for value in WRONG]
    requests += [
        ("interactions", SUBMISSION | {name: 1}) for name in ("", "\0", "state", "Queue", "non_field_errors")
    ]
    assert refused(scene["gateway"], requests) == []


def test_wrong_values_of_what_an_agent_sends(
    scene: dict[str, Application], unchanged: Callable[[], None]
) -> None:
    unchanged()
    own, others = Party.objects.order_by("id")
    path = f"interactions/{own.interaction_id}"
    requests: list[tuple[str, Any]] = [("keep-alive", {"x": 1}), ("keep-alive", [1])]
    for value in WRONG:
        requests += [
            ("queues/email-support/pull", {"count": value}),
            ("queues/email-support/pull", {"media_types": value}),
            ("queues/email-support/pull", {"media_types": ["email", value]}),
            (f"workbins/{cast.drafts_of('alice')}/pull", {"count": value}),
            (f"workbins/{cast.drafts_of('alice')}/pull", {"interactions": value}),
            (f"workbins/{cast.drafts_of('alice')}/pull", {"interactions": [value]}),
            (f"{path}/place-in-queue", {"party": value}),
            (f"{path}/place-in-queue", {"party": own.pk, "queue": value}),
            (f"{path}/place-in-workbin", {"party": own.pk, "workbin": value}),
            (f"{path}/stop-processing", {"party": value}),
        ]
        if value not in (None, "1"):
            requests.append((f"{path}/stop-processing", {"party": own.pk, "reason": value}))
    requests += [
        (f"{path}/stop-processing", {"party": others.pk}),
        (f"interactions/{others.interaction_id}/stop-processing", {"party": others.pk}),
        (f"interactions/{others.interaction_id}/place-in-queue", {"party": own.pk}),
        (f"{path}/stop-processing", {"party": 2**63 - 1}),
        ("queues/email-support/pull", {"count": 101}),
        ("queues/email-support/pull", {"media_types": ["email"] * 101}),
        (f"workbins/{cast.drafts_of('alice')}/pull", {"interactions": list(range(1, 102))}),
    ]
    assert refused(scene["alice"], requests) == []


@pytest.mark.parametrize("path", ["keep-alive", "queues/email-support/pull", "interactions", "sessions"])
def test_weird_bodies(scene: dict[str, Application], unchanged: Callable[[], None], path: str) -> None:
    unchanged()
    who = scene["gateway" if path == "interactions" else "alice"]
    wrong = []
    for body in WEIRD_BODIES:
        reply = who.send_raw("POST", path, data=body, content_type="application/json")
        if not reply.is_problem:
            wrong.append((body[:40], reply.status, reply.body))
    assert wrong == []


@pytest.mark.parametrize("path", ["sessions", "keep-alive", "interactions", "queues/email-support/pull"])
def test_a_body_that_is_too_large(alice: Desk, unchanged: Callable[[], None], path: str) -> None:
    """The server in front reads no more than it should, and says so with a flag."""
    unchanged()
    given: Json = {"data": b"{}", "content_type": "application/json", "workbin.body_too_large": True}
    reply = alice.send_raw("POST", path, **given)
    assert reply.is_problem
    assert path == "interactions" or reply.refused(413, "too_large")  # alice may not submit at all


@pytest.mark.parametrize(
    "content_type", ["text/xml", "multipart/form-data", "application/x-www-form-urlencoded", "x"]
)
def test_other_content_types(alice: Desk, content_type: str) -> None:
    alice.send_raw("POST", "keep-alive", data=b"a=1", content_type=content_type).refused(
        415, "unsupported_media_type"
    )


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)
FIELDS = st.sampled_from(
    ["queue", "workbin", "media_type", "parent", "user_data", "count", "party", "interactions", "x"]
)


def test_anything(scene: dict[str, Application]) -> None:
    """No body of any shape is an error of ours."""
    drafts = cast.drafts_of("alice")
    own = Party.objects.order_by("id")[0]
    paths = [
        ("gateway", "interactions"),
        ("alice", "queues/email-support/pull"),
        ("alice", f"workbins/{drafts}/pull"),
        ("alice", f"interactions/{own.interaction_id}/stop-processing"),
        ("alice", f"interactions/{own.interaction_id}/place-in-workbin"),
        ("alice", "keep-alive"),
        ("alice", "sessions"),
    ]

    @settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
    @given(where=st.sampled_from(paths), body=JSON | st.dictionaries(FIELDS, JSON, max_size=4))
    def ask(where: tuple[str, str], body: Any) -> None:
        who, path = where
        reply = scene[who].send("POST", path, body)
        assert reply.status < 300 or reply.is_problem, reply

    ask()


def test_other_agents_parties_are_safe(alice: Desk, bob: Desk, unchanged: Callable[[], None]) -> None:
    cast.fill(1)
    party = bob.take()
    unchanged()
    for act in (alice.stop_held, alice.place_in_queue):
        act(party).refused(409, "not_held")
