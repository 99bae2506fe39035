"""A workbin's private queue has a name inside, which no client is shown and none may send."""

from typing import Any

import pytest
from django.test import Client

from interactions.models import Queue
from interactions.tasks import revoke_due
from tests import cast
from tests.applications import Application, Desk, Log, Reply
from tests.clock import make_overdue

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def drafts(alice: Desk) -> int:
    return cast.drafts_of("alice")


@pytest.fixture
def secret(drafts: int) -> str:
    name = Queue.objects.get(pk=drafts).name
    assert "/" in name
    return name


def test_it_is_never_shown(
    *, alice: Desk, lena: Desk, gateway: Application, log: Log, drafts: int, secret: str
) -> None:
    """The whole of what is told of a life in a workbin, to all who are told."""
    heard: list[Reply] = []

    def hear(reply: Reply) -> Any:
        heard.append(reply)
        return reply.ok(reply.status if reply.status < 300 else 200)

    alice.subscribe(drafts)
    made = hear(gateway.submit(workbin=drafts))["interaction"]["id"]
    hear(alice.post(f"workbins/{drafts}/pull", interactions=[made]))
    hear(alice.get("parties"))
    hear(alice.keep_alive())
    hear(lena.change(made, priority=1))
    hear(lena.revoke(made))
    party = hear(alice.post(f"workbins/{drafts}/pull", count=1))["interactions"][0]["party"]
    make_overdue(made)
    revoke_due()
    heard.append(alice.stop_held(party))  # refused
    party = hear(alice.post(f"workbins/{drafts}/pull", count=1))["interactions"][0]["party"]
    hear(alice.place_in_queue(party))
    hear(alice.submit(workbin=drafts))
    heard.append(alice.post(f"workbins/{drafts}/pull", interactions=[made, made + 1]))  # refused
    for application in (alice, lena, gateway):
        hear(application.get("interactions"))
        hear(application.get(f"interactions/{made}"))
        hear(application.get("workbins"))
    for path in ("queues", f"workbins/{drafts}/content", "workbin-types"):
        hear(alice.get(path))
    hear(alice.get("events", after=alice.cursor))
    hear(log.reader.get("reporting/events"))
    hear(log.reader.get("reporting/events", workbin=drafts))
    hear(log.reader.get(f"reporting/interactions/{made}"))

    assert len(heard) > 20
    for reply in heard:
        assert secret not in str(reply.body)
    assert secret not in Client().get("/metrics").content.decode()


@pytest.mark.parametrize("who", ["alice", "lena", "root"])
def test_it_is_never_accepted(
    request: pytest.FixtureRequest, gateway: Application, drafts: int, secret: str, who: str
) -> None:
    """Also not from who may do everything with the workbin, nor the id of a public queue as a workbin's."""
    desk: Desk = request.getfixturevalue(who)
    cast.fill(1)
    [interaction] = cast.fill(1, drafts)
    party = desk.take()
    public = Queue.objects.get(name=cast.SUPPORT).pk
    path = secret.replace("/", "%2F")
    for reply in (
        desk.post(f"queues/{path}/pull"),
        desk.post(f"queues/{secret}/pull"),
        desk.submit(queue=secret),
        gateway.submit(queue=secret),
        gateway.submit(workbin=public),
        desk.place_in_queue(party, queue=secret),
        desk.place_in_workbin(party, public),
        desk.submit(workbin=public),
        desk.get(f"workbins/{public}/content"),
        desk.post(f"workbins/{public}/pull", count=1),
        desk.send("PUT", f"workbins/{public}/subscription"),
    ):
        reply.refused(404, "not_found")
    for wrong in ({"queue": secret}, {"workbin": public}):
        assert desk.get("interactions", **wrong).ok()["results"] == []
    [found] = desk.get("interactions", workbin=drafts).ok()["results"]  # the twin
    assert (found["id"], found["queue"]) == (interaction, None)
    assert [held["id"] for held in desk.parties()] == [party["id"]]


def test_the_log_has_no_such_filter(alice: Desk, log: Log, drafts: int, secret: str) -> None:
    cast.fill(1)
    cast.fill(1, drafts)
    public = Queue.objects.get(name=cast.SUPPORT).pk

    def found(**filters: Any) -> set[tuple[Any, Any]]:
        events = log.reader.get("reporting/events", **filters).ok()["events"]
        return {(event["queue"], event["workbin"]) for event in events}

    assert found(queue=secret) == found(workbin=public) == set()
    assert found(queue=cast.SUPPORT) == {(cast.SUPPORT, None)}  # the twins
    assert found(workbin=drafts) == {(None, drafts)}
