"""Which commands the page of a row offers: those that would do something."""

from typing import Any

from django.test import Client

from interactions import lifecycle, sessions
from interactions.callers import AdminCaller
from interactions.credentials import issue_token
from interactions.models import Queue, Service
from interactions.queues import pause
from tests.admin.stage import CORE, Floor, commits, post, run_action

pytestmark = commits


def offered(root: Client, model: str, pk: int) -> list[str]:
    answer: Any = root.get(f"{CORE}/{model}/{pk}/change/")
    return [action["title"] for action in answer.context["actions_detail"]]


def test_of_an_interaction(floor: Floor, root: Client) -> None:
    [id] = floor.submit()
    rest = ["To queue", "To workbin", "Priority", "Stop"]
    assert offered(root, "interaction", id) == rest
    [row] = floor.pull(floor.alice)
    assert offered(root, "interaction", id) == ["Revoke", *rest]
    assert offered(root, "party", row.hold.id) == ["Revoke"]
    lifecycle.stop_processing(AdminCaller("root"), id, None)
    assert offered(root, "interaction", id) == []
    assert offered(root, "party", row.hold.id) == []


def test_and_leads_back_to_the_list_that_one_came_from(floor: Floor, root: Client) -> None:
    [id] = floor.submit()
    kept = "?_changelist_filters=state__exact%3Dqueued"
    page = f"{CORE}/interaction/{id}/change/{kept}"
    [*_, stop] = root.get(page).context["actions_detail"]
    assert stop["path"] == f"{CORE}/interaction/{id}/stop/{kept}"
    assert f'href="{page}"' in root.get(stop["path"]).content.decode()  # Cancel
    answer: Any = root.post(stop["path"], {"confirmed": "yes"})
    assert answer.headers["Location"] == page


def test_of_a_session_and_an_agent(floor: Floor, root: Client) -> None:
    alice = floor.alice
    assert offered(root, "session", alice.session) == ["End session"]
    assert offered(root, "agent", alice.agent_id) == ["Set password", "Deactivate"]
    sessions.log_out(alice)
    run_action(root, "agent", "deactivate", [alice.agent_id])
    assert offered(root, "session", alice.session) == []
    assert offered(root, "agent", alice.agent_id) == ["Set password", "Activate"]
    assert "1 agent activated." in post(root, f"{CORE}/agent/{alice.agent_id}/activate/", confirmed="yes")


def test_of_a_service(floor: Floor, root: Client) -> None:
    service = Service.objects.get()
    assert offered(root, "service", service.pk) == ["Issue a new token"]
    issue_token(service.name)
    assert offered(root, "service", service.pk) == ["Issue a new token", "Withdraw token"]


def test_of_a_queue_which_says_how_it_is(floor: Floor, root: Client) -> None:
    floor.submit(3)
    floor.pull(floor.alice)
    page = f"{CORE}/queue/{floor.queue.pk}/change/"
    assert offered(root, "queue", floor.queue.pk) == ["Pause"]
    assert "Nothing can be pulled from it." not in root.get(page).content.decode()
    pause(floor.queue.pk, True)
    assert offered(root, "queue", floor.queue.pk) == ["Resume"]
    shown = root.get(page).content.decode()
    assert "Nothing can be pulled from it." in shown
    assert ">2</a> waiting" in shown and ">1</a> held" in shown


def test_a_form_that_was_opened_before_does_not_resume_it(floor: Floor, root: Client) -> None:
    given = {"name": "email", "position": 7}
    pause(floor.queue.pk, True)
    post(root, f"{CORE}/queue/{floor.queue.pk}/change/", **given)
    found = Queue.objects.get(pk=floor.queue.pk)
    assert (found.position, found.is_paused) == (7, True)
