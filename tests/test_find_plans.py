"""How PostgreSQL finds a page: by indexes, and without passing over what does not fit."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils.timezone import now

from benchmarks.kit.explain import big_scans, plans_of
from interactions import access, sessions
from interactions.callers import Caller, ServiceCaller
from interactions.finding import Sought, find
from interactions.models import Agent, Interaction, MediaType, Queue
from interactions.models.directory import Role
from interactions.sql import run
from tests import cast

pytestmark = pytest.mark.django_db(transaction=True)

COUNT = 20_000
READ = re.compile(r"Scan.* on interactions?_interaction.*actual.* rows=([\d.]+) loops=(\d+)")
REMOVED = re.compile(r"Rows Removed by Filter: (\d+)")

_STOPPED = """
    INSERT INTO interactions_interaction (media_type_id, interaction_type, interaction_subtype, queue_id,
        state, priority, user_data, received_at, submitted_by, revocation_count, completed_at, external_id)
    SELECT m.id, '', '', q.id, 'stopped', 0, '{}', now() - (%(count)s - n) * interval '1 hour', 'gateway', 0,
        now(), 'old-' || n
    FROM generate_series(1, %(count)s) AS n, interactions_mediatype m, interactions_queue q
    WHERE m.name = 'email' AND q.name = 'email-support'
"""


@pytest.fixture
def callers(support: str) -> dict[str, Caller]:
    """Twenty thousand are done, all in one queue; a few are there beside them, older and newer."""
    cast.media_type("chat")
    cast.queue("sales", "sales-team")
    cast.agent("alice", cast.TEAM)
    cast.agent("olaf", "sales-team")
    cast.agent("lena", cast.TEAM, is_supervisor=True)
    cast.drafts_of("alice")
    cast.fill(3)
    cast.fill(3, "sales")
    run(_STOPPED, {"count": COUNT})
    alice = cast.log_in("alice")
    alice.take()
    first, *_, last = Interaction.objects.order_by("id").values_list("pk", flat=True)
    Interaction.objects.filter(pk=last).update(parent=first)
    run("ANALYZE")
    desks = {"alice": alice, "olaf": cast.log_in("olaf"), "lena": cast.log_in("lena")}
    found: dict[str, Caller] = {n: sessions.identify(desk.token, resets=True) for n, desk in desks.items()}
    return found | {"gateway": ServiceCaller(0, "mail-gateway", Role.MEDIA_SERVER)}


def filters() -> dict[str, Sought]:
    support, sales = (Queue.objects.get(name=name).pk for name in (cast.SUPPORT, "sales"))
    email, chat = (MediaType.objects.get(name=name).pk for name in ("email", "chat"))
    first = Interaction.objects.order_by("id")[0].pk
    return {
        "none": Sought(),
        "waiting": Sought(state="queued"),
        "held": Sought(state="handling"),
        "done": Sought(state="stopped"),
        "queue": Sought(queue=support),
        "waiting in the queue": Sought(queue=support, state="queued"),
        "small queue": Sought(queue=sales),
        "workbin": Sought(queue=cast.drafts_of("alice")),
        "medium": Sought(media_type=email),
        "rare medium": Sought(media_type=chat),
        "external id": Sought(external_id="old-77"),
        "agent": Sought(agent=Agent.objects.get(user__username="alice").pk),
        "parent": Sought(parent=first),
        "thread": Sought(thread=first),
        "today": Sought(received_after=now() - timedelta(days=1)),
        "tomorrow": Sought(received_after=now() + timedelta(days=1)),
        "a day long ago": Sought(
            received_after=now() - timedelta(days=700), received_before=now() - timedelta(days=699)
        ),
    }


def faults(act: Callable[[], Any]) -> list[str]:
    """Scans of the whole table, and of more than a tenth of it out of an index."""
    found = []
    for _, lines in plans_of(act):
        found += [scan for scan in big_scans(lines) if scan.endswith("interactions_interaction")]
        found += [line for line in lines if (match := READ.search(line)) and is_many(*match.groups())]
        found += [line for line in lines if (match := REMOVED.search(line)) and is_many(match.group(1))]
    return found


def is_many(rows: str, loops: str = "1") -> bool:
    return float(rows) * int(loops) > COUNT // 10


def test_no_page_reads_past_the_rest(callers: dict[str, Caller]) -> None:
    wrong = {
        (who, what): said
        for who, caller in callers.items()
        for what, sought in filters().items()
        if (said := faults(lambda: find(access.sight(caller), sought, None, False, 51)))  # noqa: B023
    }
    assert wrong == {}


@pytest.mark.parametrize("who", ["alice", "olaf", "gateway"])
def test_what_does_is_found(callers: dict[str, Caller], who: str) -> None:
    """The twin: the same asked of the rule itself."""
    rare = access.visible(callers[who]).filter(media_type__name="chat").order_by("-id")
    assert faults(lambda: list(rare[:51]))
