"""What the lists of the admin cost at a million interactions: each page, and its statements."""

import time
from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.models import User
from django.db import connection
from django.test import Client, override_settings
from django.test.utils import CaptureQueriesContext

from benchmarks import find
from benchmarks.kit import floor
from benchmarks.kit.results import Results
from interactions.models import Agent, MediaType, Queue

LIST = "/admin/interactions/interaction/"
SUBJECTS = """
    UPDATE interactions_interaction SET user_data = jsonb_build_object('subject', 'A question, number ' || id)
    WHERE id %% 10 = 0
"""


def run(_: Results) -> None:
    find.make()
    floor.run(SUBJECTS, {})
    floor.run("VACUUM ANALYZE interactions_interaction")
    root = Client()
    root.force_login(User.objects.create_superuser("root"))
    print(f"{find.COUNT:,} interactions, {find.HELD:,} held\n\n{'':<36}{'page':>8}{'SQL':>8}{'queries':>9}")
    with override_settings(ALLOWED_HOSTS=["*"]):
        for path in paths():
            print(f"{path.removeprefix('/admin/interactions/'):<36.36}" + measured(root, path), flush=True)
    print("\nMilliseconds; the second look at each, with the queries written down.")


def paths() -> list[str]:
    mail, small = (Queue.objects.get(name=name).pk for name in ("mail", "small"))
    chat, never = (MediaType.objects.get(name=name).pk for name in ("chat", "never"))
    agent = Agent.objects.get(user__username="agent1")
    filters: list[dict[str, Any]] = [
        {},
        {"p": 100},
        *({"state__exact": state} for state in ("queued", "handling", "stopped")),
        {"queue__id__exact": mail},
        {"queue__id__exact": small},
        {"queue__id__exact": small, "state__exact": "queued"},
        {"media_type__id__exact": chat},
        {"media_type__id__exact": never},
        {"agent": "agent1"},
        {"waits": 5},
        {"waits": 10_080, "media_type__id__exact": chat},
        {"received": "last-hour"},
        {"received": "before-month"},
        {"subject": "number 99999"},
        {"subject": "nowhere"},
        {"subject": "nowhere", "queue__id__exact": small},
        {"external_id": "500000"},
        {"q": "500000"},
    ]
    parties = "/admin/interactions/party/"
    return [
        *(f"{LIST}?{urlencode(terms)}" for terms in filters),
        f"{LIST}live/",
        parties,
        f"{parties}live/",
        f"{parties}?{urlencode({'agent__id__exact': agent.pk})}",
        f"{parties}?{urlencode({'interaction__queue__id__exact': small})}",
        f"{parties}?left=0",
        *(f"/admin/interactions/{name}/" for name in ("session", "queue")),
    ]


def measured(root: Client, path: str) -> str:
    root.get(path)
    began = time.perf_counter()
    with CaptureQueriesContext(connection) as queries:
        assert root.get(path).status_code == 200, path
    page = time.perf_counter() - began
    statements = sum(float(query["time"]) for query in queries)
    return f"{page * 1000:8.0f}{statements * 1000:8.0f}{len(queries):9}"
