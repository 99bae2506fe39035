"""Who sees which page, and that nothing can be edited there."""

import pytest
from django.contrib.auth.models import Permission, User
from django.test import Client

from interactions.models import (
    Agent,
    AgentGroup,
    Interaction,
    MediaType,
    Party,
    Place,
    PlaceGroup,
    Queue,
    Service,
    Session,
)
from reporting.models import Alarm, AlarmRule, AuditRun, Delivery, Event, ServiceLevel, Webhook
from tests.admin.stage import (
    ADMINISTERED,
    CORE,
    LISTS,
    LOOKED_AT,
    Floor,
    commits,
    raise_alarm,
    run_action,
    state_of,
)
from tests.hooks import webhook
from workbins.models import Workbin, WorkbinType

pytestmark = commits  # snapshots are transactions of their own


def all_pages(floor: Floor) -> list[str]:
    floor.submit(2, user_data={"subject": "Hello"})
    floor.pull(floor.alice)
    webhook("http://127.0.0.1:1/")
    raise_alarm(floor.queue)
    AuditRun.objects.create(seconds=0.1, events=3, interactions=2, sessions=1, differences=0)
    models = [Interaction, Party, Session, Event, Queue, MediaType, Agent, AgentGroup, Place, PlaceGroup]
    models += [Alarm, AlarmRule, AuditRun, Delivery, ServiceLevel, Webhook]
    pages = ["/admin/", *(f"/admin/{name}/" for name in LISTS)]
    for model in [*models, Service, WorkbinType, Workbin, User]:
        row = model._default_manager.order_by("pk")[0]
        pages.append(f"/admin/{model._meta.app_label}/{model._meta.model_name}/{row.pk}/change/")
    id = Interaction.objects.order_by("pk")[0].pk
    pages += [f"{CORE}/interaction/{id}/{command}/" for command in ("revoke", "place", "prioritise", "stop")]
    pages += [f"/admin/{name}/add/" for name in ADMINISTERED]
    pages.append(f"{CORE}/service/{Service.objects.get().pk}/issue-token/")
    pages.append(f"/admin/reporting/webhook/{Webhook.objects.get().pk}/rotate-secret/")
    pages.append(f"/admin/reporting/delivery/{Delivery.objects.get().pk}/resend/")
    return pages


def test_a_superuser_sees_every_page(floor: Floor, root: Client) -> None:
    for page in all_pages(floor):
        assert root.get(page).status_code == 200, page


def test_others_see_none(floor: Floor, client: Client) -> None:
    pages = all_pages(floor)
    for page in pages:
        assert client.get(page).headers["Location"].startswith("/admin/login/"), page
    client.force_login(User.objects.get(username="alice"))
    for page in pages:
        assert client.get(page).headers["Location"].startswith("/admin/login/"), page
    client.force_login(User.objects.create_user("clerk", is_staff=True))
    for page in pages[1:]:
        assert client.get(page).status_code == 403, page


def test_the_door_shows_agents_theirs(client: Client, db: None) -> None:
    assert 'href="/desk/"' in client.get("/admin/login/").content.decode()


def test_staff_who_may_view_see_and_command_nothing(floor: Floor, client: Client) -> None:
    [id] = floor.submit()
    floor.pull(floor.alice)
    clerk = User.objects.create_user("clerk", is_staff=True)
    clerk.user_permissions.add(Permission.objects.get(codename="view_interaction"))
    client.force_login(clerk)
    assert client.get(f"{CORE}/interaction/").status_code == 200
    assert client.post(f"{CORE}/interaction/{id}/stop/", {"confirmed": "yes"}).status_code == 403
    assert "stop_circle" not in client.get(f"{CORE}/interaction/{id}/change/").content.decode()
    run_action(client, "interaction", "stop", [id])
    assert state_of(id) == "handling"


@pytest.mark.parametrize("name", [*LOOKED_AT, "workbins/workbin"])
def test_what_is_looked_at_cannot_be_edited(name: str, floor: Floor, root: Client) -> None:
    all_pages(floor)
    model = name.split("/")[1]
    row = {"interaction": Interaction, "party": Party, "session": Session, "event": Event, "workbin": Workbin}
    row |= {"alarm": Alarm, "auditrun": AuditRun, "delivery": Delivery}
    pk = row[model]._default_manager.order_by("pk")[0].pk
    for path in ("add", f"{pk}/change", f"{pk}/delete"):
        assert root.post(f"/admin/{name}/{path}/", {"state": "stopped"}).status_code == 403
    assert "delete_selected" not in root.get(f"/admin/{name}/").content.decode()
