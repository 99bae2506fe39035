"""What operators end, ends at once: sessions, users, tokens of services. Every process asks the database."""

from typing import Any

import pytest
from django.contrib.auth.models import Permission, User
from django.test import Client

from interactions import sessions
from interactions.errors import NotAuthenticated
from interactions.models import Agent, AgentGroup, Service, Session
from interactions.tasks import end_idle_sessions
from tests import cast
from tests.applications import Application, Desk, Log
from tests.crowd import another_connection, crowd, until_waiting

pytestmark = pytest.mark.django_db(transaction=True)

CORE = "/admin/interactions"
ENDED = [
    "EventPartyRemoved Logout LoggedOut by admin @email-support",
    "EventAgentLogout Logout LoggedOut by admin",
]


@pytest.fixture
def operator(support: str, client: Client) -> Client:
    client.force_login(User.objects.create_superuser("olga"))
    return client


def confirm(operator: Client, path: str, **given: Any) -> None:
    assert operator.post(path, {"confirmed": "yes", **given}).status_code == 302


def reason(desk: Application) -> str:
    return str(desk.get("queues").refused(401, "not_authenticated")["reason"])


def test_a_session(alice: Desk, operator: Client, gateway: Application, log: Log) -> None:
    [interaction] = cast.fill(1)
    alice.take()
    log.skip()

    confirm(operator, f"{CORE}/session/{Session.objects.get().pk}/end/")

    assert log.brief() == ENDED
    assert reason(alice) == "ended"
    assert gateway.look(interaction)["state"] == "queued"
    cast.log_in("alice")


def test_a_user(alice: Desk, operator: Client, gateway: Application, log: Log) -> None:
    """Switched off on the user's page: both sessions and the hold end with their events."""
    second = cast.log_in("alice")
    [interaction] = cast.fill(1)
    alice.take()
    log.skip()

    user = User.objects.get(username="alice")
    operator.post(f"/admin/auth/user/{user.pk}/change/", {"username": "alice"})

    assert log.brief() == [ENDED[1], *ENDED]
    assert reason(alice) == reason(second) == "ended"
    assert gateway.look(interaction)["state"] == "queued"
    knock = Desk("alice", "").post("sessions", username="alice", password=cast.PASSWORD)
    knock.refused(401, "not_authenticated")


def test_a_user_switched_off_elsewhere(alice: Desk, bob: Desk, log: Log) -> None:
    """By a program that writes to the database: refused from then on; a worker ends what is left."""
    cast.fill(2)
    alice.take()
    kept = bob.take()
    User.objects.filter(username="alice").update(is_active=False)
    log.skip()

    assert reason(alice) == "ended"
    assert log.new() == []
    end_idle_sessions()

    assert log.brief() == [line.replace("admin", "timer") for line in ENDED]
    assert [party["id"] for party in bob.parties()] == [kept["id"]]


def test_a_user_switched_off_while_logging_in(alice: Desk, log: Log) -> None:
    """The password was right a moment ago; the session would be worth nothing."""
    log.skip()
    before = Session.objects.count()
    with another_connection() as operator, crowd(1) as people:
        operator.execute("SELECT FROM interactions_agent FOR UPDATE")
        coming = people.start(lambda: sessions.log_in("alice", cast.PASSWORD))
        until_waiting()
        operator.execute("UPDATE auth_user SET is_active = false WHERE username = 'alice'")
        operator.commit()
        with pytest.raises(NotAuthenticated):
            coming()
    assert Session.objects.count() == before
    assert log.new() == []


def test_a_group(alice: Desk, operator: Client, log: Log) -> None:
    """The agent stays logged in and keeps what is held, but finds no queue to pull from."""
    cast.fill(2)
    party = alice.take()
    log.skip()

    confirm(operator, f"{CORE}/agentgroup/{AgentGroup.objects.get().pk}/delete/", post="yes")

    assert alice.get("queues").ok()["queues"] == []
    alice.post(f"queues/{cast.SUPPORT}/pull").refused(404, "not_found")
    alice.stop_held(party).ok()
    assert log.brief() == [
        "EventPartyRemoved StopProcessing Stopped by agent @email-support",
        "EventProcessingStopped StopProcessing by agent @email-support",
    ]


def test_the_rights_of_an_admin(root: Desk) -> None:
    """They are asked for at each request, too."""
    interaction = cast.fill(1)[0]
    root.get(f"interactions/{interaction}").ok()
    User.objects.filter(username="root").update(is_superuser=False)
    root.get(f"interactions/{interaction}").refused(404, "not_found")
    assert Agent.objects.filter(user__username="root").exists()


def test_a_token_is_replaced(gateway: Application, operator: Client) -> None:
    service = Service.objects.get(name="mail-gateway")
    path = f"{CORE}/service/{service.pk}/issue-token/"

    fresh = Application("mail-gateway", operator.post(path).context["token"])

    assert reason(gateway) == "unknown"
    fresh.post("interactions", queue=cast.SUPPORT, media_type="email").ok(201)
    assert fresh.token not in operator.get(path).content.decode()


def test_a_token_is_withdrawn(gateway: Application, operator: Client) -> None:
    service = Service.objects.get(name="mail-gateway")
    path = f"{CORE}/service/{service.pk}/withdraw-token/"
    operator.get(path)
    gateway.post("interactions", queue=cast.SUPPORT, media_type="email").ok(
        201
    )  # to be asked is not to do it

    confirm(operator, path)

    assert reason(gateway) == "unknown"
    confirm(operator, path)
    page = operator.get(f"{CORE}/service/").content.decode()
    assert "This service has no token." in page


def test_tokens_are_for_superusers(gateway: Application, client: Client) -> None:
    """Whoever holds a token submits work, or reads all of it: the right to edit services is not enough."""
    clerk = User.objects.create_user("clerk", is_staff=True)
    names = ["view_service", "change_service"]
    clerk.user_permissions.set(Permission.objects.filter(codename__in=names))
    client.force_login(clerk)
    page = f"{CORE}/service/{Service.objects.get(name='mail-gateway').pk}"
    assert client.get(f"{page}/change/").status_code == 200
    assert client.post(f"{page}/issue-token/").status_code == 403
    assert client.post(f"{page}/withdraw-token/", {"confirmed": "yes"}).status_code == 403
    gateway.post("interactions", queue=cast.SUPPORT, media_type="email").ok(201)
