"""What the API answers is what its document says, to the last member."""

import re
from functools import cache
from io import StringIO
from typing import Any

import pytest
import yaml
from django.core.management import call_command
from jsonschema import Draft202012Validator

from interactions.models import Agent
from tests import cast
from tests.applications import API, Application, Desk, Log, Reply
from tests.clock import make_overdue

pytestmark = pytest.mark.django_db(transaction=True)


@cache
def document() -> Any:
    out = StringIO()
    call_command("spectacular", stdout=out)
    return strict(yaml.safe_load(out.getvalue()))


def strict(schema: Any) -> Any:
    """Nothing may be in an answer that the document does not name."""
    if isinstance(schema, list):
        return [strict(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    closed = {"additionalProperties": False} if "properties" in schema else {}
    return closed | {name: strict(inner) for name, inner in schema.items()}


def faults(method: str, path: str, reply: Reply) -> list[str]:
    template = next(
        each
        for each in document()["paths"]
        if re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", each), f"{API}{path}")
        and method.lower() in document()["paths"][each]
    )
    responses = document()["paths"][template][method.lower()]["responses"]
    if str(reply.status) not in responses:
        return [f"{reply.status} is not documented"]
    content = responses[str(reply.status)].get("content")
    if not content:
        return [] if reply.body in (None, b"") else ["it should be empty"]
    schema = content[reply.headers["Content-Type"]]["schema"]
    whole = Draft202012Validator({**schema, "components": document()["components"]})
    return [f"{list(error.absolute_path)}: {error.message}" for error in whole.iter_errors(reply.body)]


class Checked:
    """Sends as an application does, and looks at each answer."""

    def __init__(self, application: Application) -> None:
        self.application = application

    def __call__(self, method: str, path: str, body: Any = None, **query: Any) -> Any:
        reply = self.application.send(method, path, body, **query)
        assert faults(method, path, reply) == [], (method, path)
        return reply.body


def test_they_are(alice: Desk, lena: Desk, gateway: Application, log: Log) -> None:
    agent, lead, media, engine = map(Checked, (alice, lena, gateway, log.reader))
    drafts = cast.drafts_of("alice")
    mail = {"queue": cast.SUPPORT, "media_type": "email", "external_id": "<1@example.org>"}

    agent("PUT", f"workbins/{drafts}/subscription")
    media("POST", "interactions", mail)
    media("POST", "interactions", mail)  # 200
    media("POST", "interactions", {"workbin": drafts, "media_type": "email", "user_data": {"a": [{}]}})
    media("POST", "interactions", {"queue": "nowhere", "media_type": "email"})
    media("POST", "interactions", {})
    for path in ("sessions/current", "queues", "workbin-types", "workbins", f"workbins/{drafts}/content"):
        agent("GET", path)
        media("GET", path)

    [held] = agent("POST", f"queues/{cast.SUPPORT}/pull", {"count": 1})["interactions"]
    alice.post_once("k-1", "keep-alive").ok()
    mismatch = alice.post_once("k-1", f"queues/{cast.SUPPORT}/pull")
    assert mismatch.refused(409, "idempotency_mismatch")
    assert faults("POST", f"queues/{cast.SUPPORT}/pull", mismatch) == []
    [note] = agent("POST", f"workbins/{drafts}/pull", {"count": 1})["interactions"]
    agent("POST", f"workbins/{drafts}/pull", {"interactions": [note["id"]]})  # 409 not_available
    agent("POST", "keep-alive")
    agent("GET", "parties")
    one = f"interactions/{held['id']}"
    agent("PATCH", one, {"party": held["party"]["id"], "user_data": {"a": {"b": 1}}, "priority": 2})
    agent("PATCH", one, {"priority": 1})  # 400
    agent("PATCH", f"interactions/{note['id']}", {"party": held["party"]["id"]})  # 409 stale_party
    lead("PATCH", one, {"external_id": None, "interaction_subtype": "order"})  # which alice is told
    engine("PATCH", one, {})  # 403
    for act in ("place-in-queue", "stop-processing", "revoke"):
        agent("POST", f"{one}/{act}", {})
    agent("POST", f"{one}/place-in-workbin", {"party": held["party"]["id"], "workbin": drafts})
    agent("POST", f"{one}/stop-processing", {"party": held["party"]["id"]})  # 409 not_held
    lead("POST", f"interactions/{note['id']}/revoke", {"reason": "lunch"})
    agent("POST", f"workbins/{drafts}/pull", {"count": 2})
    make_overdue(note["id"])
    agent("POST", f"interactions/{note['id']}/stop-processing", {"party": note["party"]["id"]})
    agent("GET", one)


def test_submissions_and_finds(alice: Desk, lena: Desk, gateway: Application, log: Log) -> None:
    agent, lead, media, engine = map(Checked, (alice, lena, gateway, log.reader))
    drafts = cast.drafts_of("alice")
    mail = {"queue": cast.SUPPORT, "media_type": "email", "external_id": "<1@example.org>"}
    agent("POST", "interactions", mail)
    agent("POST", "interactions", mail)  # 200
    Agent.objects.update(capacity=1)
    agent("POST", "interactions", {"workbin": drafts, "media_type": "email"})  # 409 capacity_reached
    engine("POST", "interactions", mail)  # 403
    waiting = media("POST", "interactions", {"workbin": drafts, "media_type": "email"})["interaction"]
    lead("PATCH", f"interactions/{waiting['id']}", {"user_data": {"a": 1}})
    for reader in (agent, lead, media, engine):
        first = reader("GET", "interactions", limit=1)
        reader("GET", "interactions", limit=1, cursor=first["next"])
    agent("GET", "interactions", agent="me", state="handling", queue=cast.SUPPORT)
    media("GET", "interactions", agent="me")  # 400


def test_logs(alice: Desk, log: Log) -> None:
    agent, engine = Checked(alice), Checked(log.reader)
    drafts = cast.drafts_of("alice")
    [one] = cast.fill(1)
    agent("PUT", f"workbins/{drafts}/subscription")
    agent("POST", "pull-next", {"wait_seconds": 1})
    agent("GET", "events", after=alice.cursor)
    agent("GET", "events", after="nonsense")
    engine("GET", "reporting/events", limit=1000)
    engine("GET", f"reporting/interactions/{one}")
    agent("GET", "reporting/events")  # 403
    agent("DELETE", f"workbins/{drafts}/subscription")
    agent("DELETE", f"workbins/{drafts}/subscription")  # 409
    agent("DELETE", "sessions/current")
    agent("GET", "parties")  # 401
