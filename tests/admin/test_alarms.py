"""Rules, service levels and webhooks are administered; deliveries are sent again."""

import re
from html import unescape
from typing import Any

import pytest
from django.contrib.auth.models import Permission, User
from django.test import Client

from interactions.models import Queue
from reporting.models import Alarm, AlarmRule, Delivery, ServiceLevel, Webhook
from reporting.webhooks import outbox
from reporting.webhooks.posting import Outcome
from tests.admin.stage import Floor, commits, post, raise_alarm
from tests.hooks import state, webhook

pytestmark = pytest.mark.django_db

HERE = "/admin/reporting"
RULE = {
    "name": "Long waits",
    "measure": "oldest_waiting",
    "threshold": 600,
    "for_seconds": 60,
    "is_active": "on",
}


def run(client: Client, model: str, action: str, *ids: int) -> str:
    return post(client, f"{HERE}/{model}/", action=action, _selected_action=ids, confirmed="yes")


# --- Rules ------------------------------------------------------------------------------------------


def test_a_rule_is_made_and_changed_but_not_its_measure(floor: Floor, root: Client) -> None:
    post(root, f"{HERE}/alarmrule/add/", **RULE, queue=floor.queue.pk)
    rule = AlarmRule.objects.get()
    assert (rule.measure, rule.queue, rule.threshold, rule.window) == (
        "oldest_waiting",
        floor.queue,
        600,
        None,
    )
    changed = RULE | {"threshold": 300, "measure": "waiting"}
    post(root, f"{HERE}/alarmrule/{rule.pk}/change/", **changed)
    rule.refresh_from_db()
    assert (rule.measure, rule.threshold, rule.queue) == ("oldest_waiting", 300, None)


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ({"measure": ""}, "This field is required."),
        ({"measure": "loudness"}, "not one of the available choices"),
        ({"threshold": ""}, "This measure needs a threshold."),
        ({"threshold": "-1"}, "A threshold is 0 or more."),
        ({"threshold": "nan"}, "Enter a number."),
        ({"window": 15}, "This measure looks at the present: leave the window empty."),
        ({"measure": "revocation_rate"}, "This measure needs a window"),
        ({"measure": "revocation_rate", "window": 15, "threshold": 101}, "A share is 100 % at most."),
        ({"measure": "service_level", "window": 0, "threshold": ""}, "greater than or equal to 1"),
        ({"for_seconds": "86401"}, "less than or equal to 86400"),
    ],
)
def test_a_wrong_rule_says_why(given: dict[str, Any], why: str, floor: Floor, root: Client) -> None:
    assert why in post(root, f"{HERE}/alarmrule/add/", **RULE | given)
    assert not AlarmRule.objects.exists()


def test_a_rule_of_the_server_has_no_queue(floor: Floor, root: Client) -> None:
    server = RULE | {"measure": "revocation_lag", "threshold": 1}
    page = post(root, f"{HERE}/alarmrule/add/", **server, queue=floor.queue.pk)
    assert "leave the queue empty" in page
    post(root, f"{HERE}/alarmrule/add/", **server)
    assert AlarmRule.objects.get().queue is None


def test_a_service_level_needs_no_threshold_of_its_rule(floor: Floor, root: Client) -> None:
    given = RULE | {"measure": "service_level", "window": 15, "threshold": ""}
    post(root, f"{HERE}/alarmrule/add/", **given)
    assert "below the target in 15 min" in root.get(f"{HERE}/alarmrule/").content.decode()


def test_a_rule_is_deleted_and_its_alarms_stay(floor: Floor, root: Client) -> None:
    floor.submit()
    raise_alarm(floor.queue)
    post(root, f"{HERE}/alarmrule/{AlarmRule.objects.get().pk}/delete/", post="yes")
    assert not AlarmRule.objects.exists()
    assert Alarm.objects.get().name == "rule of email"


def test_a_service_level_is_at_a_bound(floor: Floor, root: Client) -> None:
    given = {"queue": floor.queue.pk, "percent": 80}
    assert "not one of the available choices" in post(root, f"{HERE}/servicelevel/add/", **given, seconds=61)
    private = Queue.objects.filter(is_private=True)[0]
    page = post(root, f"{HERE}/servicelevel/add/", queue=private.pk, percent=80, seconds=60)
    assert "not one of the available choices" in page
    assert not ServiceLevel.objects.exists()
    post(root, f"{HERE}/servicelevel/add/", **given, seconds=60)
    assert "80 % pulled within 1 min" in root.get(f"{HERE}/servicelevel/").content.decode()


@pytest.mark.parametrize("name", ["R&D: 100 % busy?", "#1 + //two", "Long waits"])
def test_a_rule_leads_to_its_open_alarms(floor: Floor, root: Client, name: str) -> None:
    """Whatever it is called."""
    for queue in (floor.queue, floor.other):
        floor.queue = queue
        floor.submit()
        raise_alarm(queue)
    for model in (AlarmRule, Alarm):
        model.objects.filter(name="rule of email").update(name=name)
    page = root.get(f"{HERE}/alarmrule/").content.decode()
    targets = [unescape(to) for to in re.findall(r'href="([^"]*state=open[^"]*)"', page)]
    found = [[alarm.name for alarm in root.get(to).context["cl"].result_list] for to in targets]
    assert sorted(found) == sorted([[name], ["rule of leads"]])


def test_open_alarms_are_first(floor: Floor, root: Client) -> None:
    for queue in (floor.queue, floor.other):
        floor.queue = queue
        floor.submit()
        raise_alarm(queue)
    first, second = Alarm.objects.order_by("id")
    Alarm.objects.filter(pk=second.pk).update(cleared_at=second.raised_at)
    rows = root.get(f"{HERE}/alarm/").context["cl"].result_list
    assert [row.pk for row in rows] == [first.pk, second.pk]
    rows = root.get(f"{HERE}/alarm/", {"state": "cleared"}).context["cl"].result_list
    assert [row.pk for row in rows] == [second.pk]


# --- Webhooks ---------------------------------------------------------------------------------------


def test_a_secret_is_shown_when_it_is_made_and_never_again(floor: Floor, root: Client) -> None:
    answer = root.post(f"{HERE}/webhook/add/", {"url": "https://example.org/hook", "is_active": "on"})
    hook = Webhook.objects.get()
    assert len(hook.secret) > 45
    assert f">{hook.secret}<" in answer.content.decode()
    assert "no-store" in answer.headers["Cache-Control"]
    for page in ("", f"{hook.pk}/change/", f"{hook.pk}/rotate-secret/", f"{hook.pk}/history/"):
        assert hook.secret not in root.get(f"{HERE}/webhook/{page}").content.decode()
    given = {"url": "https://example.org/hook", "secret": "mine"}
    assert hook.secret not in post(root, f"{HERE}/webhook/{hook.pk}/change/", **given)
    assert Webhook.objects.get().secret == hook.secret


def test_a_secret_is_rotated(floor: Floor, root: Client) -> None:
    hook = webhook("https://example.org/hook")
    path = f"{HERE}/webhook/{hook.pk}/rotate-secret/"
    root.get(path)
    assert Webhook.objects.get().secret == hook.secret  # looking rotates none
    page = root.post(path).content.decode()
    new = Webhook.objects.get().secret
    assert new != hook.secret
    assert f">{new}<" in page


@pytest.mark.parametrize(
    "url",
    [
        *(
            "ftp://example.org/",
            "javascript:alert(1)",
            "example.org",
            "https://",
            "http://[::1/",
            "file:///etc",
        ),
        *("http://example.org:99999/", "https://me:secret@example.org/", "http://exa mple.org/"),
    ],
)
def test_a_wrong_address(url: str, floor: Floor, root: Client) -> None:
    page = post(root, f"{HERE}/webhook/add/", url=url)
    assert "https://host/path" in page or "Leave user name and password out" in page
    assert not Webhook.objects.exists()


def test_a_test_goes_through_the_outbox(floor: Floor, root: Client) -> None:
    webhook("https://example.org/another")
    hook = webhook("https://example.org/hook")
    page = post(root, f"{HERE}/webhook/{hook.pk}/test/")
    delivery = Delivery.objects.get()
    assert (delivery.webhook, delivery.kind, state(delivery.pk)) == (hook, "test", ("waiting", 0))
    assert "on its way" in page
    Webhook.objects.update(is_active=False)
    assert "switched off" in post(root, f"{HERE}/webhook/{hook.pk}/test/")
    assert Delivery.objects.count() == 1


def test_a_webhook_is_switched_off_and_on(floor: Floor, root: Client) -> None:
    hook = webhook("https://example.org/hook")
    for action, is_active in (("switch_off", False), ("switch_on", True)):
        run(root, "webhook", action, hook.pk)
        assert Webhook.objects.get().is_active is is_active


def test_a_webhook_goes_with_its_deliveries(floor: Floor, root: Client) -> None:
    hook = webhook("https://example.org/hook")
    outbox.tell("test", {})
    post(root, f"{HERE}/webhook/{hook.pk}/delete/", post="yes")
    assert not Webhook.objects.exists()
    assert not Delivery.objects.exists()


# --- Deliveries -------------------------------------------------------------------------------------


def failed(count: int) -> list[int]:
    webhook("https://example.org/hook")
    ids = [id for _ in range(count) for id in outbox.tell("test", {})]
    Delivery.objects.update(give_up_at="2020-01-01T00:00Z")
    for claimed in outbox.claim():
        outbox.record(claimed, Outcome(500, "It answered 500.", "<b>sorry</b>"))
    assert [state(id) for id in ids] == [("failed", 1)] * count
    return ids


@commits
def test_many_are_resent(floor: Floor, root: Client) -> None:
    first, second, third = failed(3)
    assert "2 deliveries on the way again" in run(root, "delivery", "resend", first, second)
    assert [state(id)[0] for id in (first, second, third)] == ["waiting", "waiting", "failed"]


@commits
def test_one_is_resent_but_not_to_a_webhook_that_is_off(floor: Floor, root: Client) -> None:
    [id] = failed(1)
    page = f"{HERE}/delivery/{id}/resend/"
    Webhook.objects.update(is_active=False)
    assert "switched off" in post(root, page, confirmed="yes")
    assert state(id)[0] == "failed"
    Webhook.objects.update(is_active=True)
    post(root, page, confirmed="yes")
    assert state(id)[0] == "waiting"


@commits
def test_a_delivery_shows_what_was_answered(floor: Floor, root: Client) -> None:
    [id] = failed(1)
    page = root.get(f"{HERE}/delivery/{id}/change/").content.decode()
    assert "It answered 500." in page
    assert "&lt;b&gt;sorry" in page and "<b>sorry" not in page
    for shown, count in (("failed", 1), ("waiting", 0), ("delivered", 0)):
        rows = root.get(f"{HERE}/delivery/", {"state": shown}).context["cl"].result_list
        assert len(rows) == count


@commits
def test_staff_who_may_look_send_nothing(floor: Floor, client: Client) -> None:
    [id] = failed(1)
    clerk = User.objects.create_user("clerk", is_staff=True)
    looks = Permission.objects.filter(codename__in=["view_delivery", "view_webhook"])
    clerk.user_permissions.set(looks)
    client.force_login(clerk)
    hook = Webhook.objects.get()
    assert client.get(f"{HERE}/delivery/{id}/change/").status_code == 200
    for page in (f"delivery/{id}/resend", f"webhook/{hook.pk}/test", f"webhook/{hook.pk}/rotate-secret"):
        assert client.post(f"{HERE}/{page}/", {"confirmed": "yes"}).status_code == 403
    run(client, "delivery", "resend", id)
    assert state(id)[0] == "failed"
    assert Webhook.objects.get().secret == hook.secret
