"""How webhooks do, what becomes of deliveries, and which of them told of an alarm."""

import re
from html import unescape

import pytest
from django.test import Client

from interactions.models import Agent
from reporting.alarms.evaluation import evaluate
from reporting.models import Alarm, AlarmRule, Delivery, Webhook
from reporting.webhooks import outbox
from reporting.webhooks.posting import Outcome
from tests.admin.stage import Floor, commits, enter, make_agent, post, raise_alarm
from tests.clock import let_pass
from tests.hooks import make_due, webhook

pytestmark = commits

HERE = "/admin/reporting"
SORRY = Outcome(500, "It answered 500.", "sorry")


def page_of(client: Client, model: str, id: int) -> str:
    """What is to be read on a row's page."""
    page = client.get(f"{HERE}/{model}/{id}/change/").content.decode().partition('id="content"')[2]
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", page)).split()).replace(" ,", ",")


def listed(client: Client, **asked: str | int) -> list[int]:
    return [row.pk for row in client.get(f"{HERE}/delivery/", asked).context["cl"].result_list]


def tell(hook: Webhook, outcome: Outcome | None = None) -> int:
    """A test, and what came of it; without an outcome its attempt is under way."""
    [id] = outbox.tell("test", {"text": "Hello"}, hook.pk)
    claimed = next(one for one in outbox.claim() if one.id == id)
    if outcome:
        outbox.record(claimed, outcome)
    return id


# --- Webhooks ---------------------------------------------------------------------------------------


def test_a_webhook_says_how_it_does(floor: Floor, root: Client) -> None:
    """By the latest attempt of which one knows what came."""
    hook = webhook("https://example.org/hook")
    assert "0 waiting, 0 failed" in page_of(root, "webhook", hook.pk)
    tell(hook, Outcome(200))
    let_pass(60)
    assert " 200 " in page_of(root, "webhook", hook.pk)
    tell(hook, SORRY)
    let_pass(60)
    tell(hook)
    shown = page_of(root, "webhook", hook.pk)
    assert " 500 It answered 500." in shown
    assert "2 waiting, 0 failed" in shown
    [row] = root.get(f"{HERE}/webhook/").context["cl"].result_list
    assert (row.health.waiting, row.health.failed, row.health.status) == (2, 0, 500)
    assert row.health.delivered_at < row.health.attempted_at


def test_a_form_that_was_opened_before_does_not_switch_it_on(floor: Floor, root: Client) -> None:
    hook = webhook("https://example.org/hook", is_active=False)
    given = {"url": "https://example.org/hook", "description": "The pager", "is_active": "on"}
    post(root, f"{HERE}/webhook/{hook.pk}/change/", **given)
    hook.refresh_from_db()
    assert (hook.description, hook.is_active) == ("The pager", False)


def test_its_page_offers_what_would_change_something(floor: Floor, root: Client) -> None:
    hook = webhook("https://example.org/hook")
    offered = {True: ["Send a test", "Switch off", "Rotate secret"], False: ["Switch on", "Rotate secret"]}
    for is_active, command in ((True, "off"), (False, "on")):
        path = f"{HERE}/webhook/{hook.pk}"
        actions = root.get(f"{path}/change/").context["actions_detail"]
        assert [action["title"] for action in actions] == offered[is_active]
        post(root, f"{path}/{command}/", confirmed="yes")
        assert Webhook.objects.get().is_active is not is_active


def test_an_address_is_told_once(floor: Floor, root: Client) -> None:
    hook = webhook("https://example.org/hook", description="The pager")
    page = post(root, f"{HERE}/webhook/add/", url="https://example.org/hook", is_active="on")
    assert "would be told everything twice: “The pager”" in page
    post(root, f"{HERE}/webhook/{hook.pk}/change/", url="https://example.org/hook", description="Ours")
    assert [str(hook) for hook in Webhook.objects.all()] == ["Ours"]


# --- Deliveries -------------------------------------------------------------------------------------


def test_a_delivery_says_what_becomes_of_it(floor: Floor, root: Client) -> None:
    hook = webhook("https://example.org/hook")
    id = tell(hook)
    assert "waiting An attempt is under way." in page_of(root, "delivery", id)
    make_due()
    [claimed] = outbox.claim()
    outbox.record(claimed, SORRY)
    shown = page_of(root, "delivery", id)
    assert "waiting It is tried until" in shown and "Attempts 2" in shown
    assert f"Last attempt {Delivery.objects.get().attempted_at:%Y-%m-%d %H:%M:%S}" in shown
    Webhook.objects.update(is_active=False)
    assert "it is sent if that is switched on before" in page_of(root, "delivery", id)
    let_pass(4 * 86_400)
    outbox.give_up()
    assert "failed It is not tried any more" in page_of(root, "delivery", id)
    outbox.record(claimed, Outcome(200))
    assert "delivered The receiver has it." in page_of(root, "delivery", id)


def test_its_body_is_what_is_signed(floor: Floor, root: Client) -> None:
    webhook("https://example.org/hook")
    [id] = outbox.tell("test", {"text": "Grüße, <b>Ü</b>", "value": 60.0})
    [claimed] = outbox.claim()
    page = root.get(f"{HERE}/delivery/{id}/change/").content.decode()
    [body] = re.findall(r'<code class="wb-token">(.*?)</code>', page)
    assert unescape(body).encode() == claimed.body


def test_before_they_are_resent_one_reads_how_many_are_refused(floor: Floor, root: Client) -> None:
    on, off = webhook("https://example.org/on"), webhook("https://example.org/off")
    ids = [tell(on, SORRY), tell(off, SORRY), tell(off, SORRY)]
    Webhook.objects.filter(pk=off.pk).update(is_active=False)
    page = post(root, f"{HERE}/delivery/", action="resend", _selected_action=ids)
    assert "2 of them are refused: their webhooks are switched off." in page


# --- Alarms -----------------------------------------------------------------------------------------


def test_an_alarm_and_what_told_of_it_lead_to_each_other(floor: Floor, root: Client) -> None:
    """Raised an hour before it was cleared; another was raised beside it."""
    webhook("https://example.org/hook")
    floor.submit()
    raise_alarm(floor.queue)
    AlarmRule.objects.create(name="Beside", measure="waiting", threshold=0, for_seconds=0)
    evaluate()
    let_pass(3600)
    AlarmRule.objects.filter(name="rule of email").update(is_active=False)
    evaluate()
    alarm = Alarm.objects.get(name="rule of email")
    ours = [one.pk for one in Delivery.objects.filter(payload__alarm=alarm.pk).order_by("-pk")]
    assert len(ours) == 2 and Delivery.objects.count() == 3
    assert listed(root, alarm=alarm.pk) == ours
    assert listed(root, alarm=alarm.pk, kind="alarm.cleared") == ours[:1]
    assert listed(root, alarm=10**9) == []
    assert "Told 2 waiting, 0 delivered, 0 failed" in page_of(root, "alarm", alarm.pk)
    assert (
        f"/admin/reporting/alarm/{alarm.pk}/change/"
        in root.get(f"{HERE}/delivery/{ours[0]}/change/").content.decode()
    )


@pytest.mark.usefixtures("given")
def test_a_supervisor_is_led_nowhere_but_to_the_dashboard(floor: Floor, client: Client) -> None:
    Agent.objects.filter(pk=make_agent("lena", floor.group).pk).update(is_supervisor=True)
    webhook("https://example.org/hook")
    floor.submit()
    raise_alarm(floor.queue)
    page = f"{HERE}/alarm/{Alarm.objects.get().pk}/change/"
    shown = enter(client, "lena", "supervisor").get(page).content.decode()
    assert 'href="/admin/?queue=email"' in shown
    assert f"{HERE}/alarmrule/" not in shown and f"{HERE}/delivery/" not in shown
    shown = enter(client, "olga", "operator").get(page).content.decode()
    assert f"{HERE}/alarmrule/" in shown and f"{HERE}/delivery/?alarm=" in shown


def test_a_rule_has_the_fields_of_its_measure(floor: Floor, root: Client) -> None:
    def fields(measure: str, **given: object) -> set[str]:
        rule = AlarmRule.objects.create(name=measure, measure=measure, threshold=60, **given)
        page = root.get(f"{HERE}/alarmrule/{rule.pk}/change/").content.decode()
        assert 'name="threshold" value="60"' in page
        return {name for name in ("queue", "window") if f'name="{name}"' in page}

    assert fields("oldest_waiting") == {"queue"}
    assert fields("revocation_rate", window=15) == {"queue", "window"}
    assert fields("revocation_lag") == set()
