"""To whom the dashboard says what it says, and what it costs."""

import json
from datetime import timedelta

from django.contrib.auth.models import Permission, User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from interactions.models import Queue
from reporting.dashboard.picture import TABLES, Asked, take
from reporting.dashboard.ranges import RANGES
from tests.admin.dashboard import read_csv
from tests.admin.stage import Floor, commits, make_agent
from tests.clock import let_pass
from tests.test_intervals import count

pytestmark = commits

HOSTILE = "</script><script>alert('here')</script>"


def test_it_is_what_the_admin_begins_with(floor: Floor, root: Client) -> None:
    page = root.get("/admin/").content.decode()
    assert "Queues, the worst first" in page
    assert page.index(">Dashboard<") < page.index(">Interactions<")  # in the sidebar
    assert "Queues, the worst first" not in root.get("/admin/?pages").content.decode()


def test_who_may_not_see_events_sees_no_dashboard(floor: Floor, client: Client) -> None:
    addresses = ["/admin/dashboard/data", *(f"/admin/dashboard/{name}.csv" for name in TABLES)]
    for address in addresses:
        assert client.get(address).headers["Location"].startswith("/admin/login/")
    client.force_login(User.objects.get(username="alice"))
    for address in addresses:
        assert client.get(address).headers["Location"].startswith("/admin/login/")
    clerk = User.objects.create_user("clerk", is_staff=True)
    client.force_login(clerk)
    for address in addresses:
        assert client.get(address).status_code == 403
    assert "wbd-picture" not in client.get("/admin/").content.decode()

    clerk.user_permissions.add(Permission.objects.get(codename="view_event"))
    for address in addresses:
        assert client.get(address).status_code == 200
        assert client.get(address).headers["Cache-Control"].startswith("no-store")
        assert client.post(address).status_code == 405
    page = client.get("/admin/")
    assert page.context["picture"]["interactions"] is None  # no list that would be refused


def test_no_text_is_markup(floor: Floor, root: Client) -> None:
    name = "<img src=x onerror=alert(1)>"
    make_agent(name, floor.group)
    Queue.objects.update(description=HOSTILE)
    floor.submit(user_data={"subject": HOSTILE}, external_id=HOSTILE)
    floor.submit(user_data={"subject": "=HYPERLINK(1)"})
    User.objects.filter(username="alice").update(username=name + "2")
    floor.pull(floor.bob)

    answer = root.get("/admin/")

    page = answer.content.decode()
    assert HOSTILE not in page and name not in page and "alert('here')" in page
    start = page.index(">", page.index('<script id="wbd-picture"')) + 1
    inside = json.loads(page[start : page.index("</script>", start)])
    assert inside["queues"][0]["description"] == HOSTILE
    assert {row["agent"] for row in inside["agents"]} == {name + "2", "bob"}
    assert "'unsafe-inline'" not in answer.headers["Content-Security-Policy"].split("style-src")[0]
    data = root.get("/admin/dashboard/data")
    assert data.headers["Content-Type"] == "application/json"
    assert "'=HYPERLINK(1)" in {row["subject"] for row in read_csv(root, "oldest")}


def test_queries_do_not_grow(floor: Floor, root: Client) -> None:
    def measure() -> dict[str, int]:
        found = {}
        for known in RANGES.values():
            with CaptureQueriesContext(connection) as queries:
                take(Asked(known, floor.queue.name))
            found[known.name] = len(queries)
        return found

    def more(of: int) -> None:
        floor.submit(of)
        floor.pull(floor.alice, of // 2)
        for number in range(of):
            Queue.objects.create(name=f"queue-{of}-{number}").agent_groups.add(floor.group)
            make_agent(f"agent-{of}-{number}", floor.group)
        count()

    more(3)
    few = measure()
    more(20)
    let_pass(timedelta(minutes=5).total_seconds())
    assert measure() == few
    assert max(few.values()) <= 45, few
