"""What a page of GET interactions costs at a million interactions, for each kind of caller and filter."""

from datetime import UTC, datetime, timedelta
from typing import Any

from django.contrib.auth.models import User

from benchmarks.kit import floor
from benchmarks.kit.explain import big_scans, plans_of, took
from benchmarks.kit.results import Results
from config import configuration
from interactions import access
from interactions.callers import AdminCaller, AgentCaller, Caller
from interactions.finding import Sought, find
from interactions.models import Agent, AgentGroup, Interaction, MediaType, Queue

COUNT, HELD, AGENTS, SQUAD, WAITING = 1_000_000, 20_000, 1_000, 50, 100
NEWEST = datetime(2026, 10, 1, tzinfo=UTC)
QUEUES = [{"name": f"queue-{n}", "agent_groups": ["team", "squad"] if n % 2 else []} for n in range(40)]
DOCUMENT = {
    "media_types": [{"name": "chat"}, {"name": "sms"}, {"name": "never"}],
    "agent_groups": ["team", "small", "squad"],
    "queues": [
        *QUEUES,
        {"name": "mail", "agent_groups": ["team", "squad"]},
        {"name": "small", "agent_groups": ["small"]},
    ],
    "workbin_types": [{"name": "drafts", "owner_kind": "agent"}, {"name": "later", "owner_kind": "agent"}],
}

# Nearly all are done and stood in one queue; every tenth stood in another, every thousandth in `small`.
_HISTORY = """
    UPDATE interactions_interaction i SET
        state = CASE WHEN i.state = 'handling' OR i.id <= %(waiting)s THEN i.state ELSE 'stopped' END,
        completed_at = CASE WHEN i.state = 'handling' OR i.id <= %(waiting)s THEN NULL ELSE now() END,
        received_at = %(newest)s - (%(count)s - i.id) * interval '90 s',
        external_id = i.id,
        parent_id = CASE WHEN i.id %% 10 = 1 AND i.id > 1 THEN i.id - 1 END,
        media_type_id = CASE WHEN i.id %% 100000 = 7 THEN %(chat)s ELSE i.media_type_id END,
        queue_id = CASE
            WHEN i.id %% 1000 = 5 THEN %(small)s
            WHEN i.id %% 10 = 5 THEN (%(others)s::bigint[])[1 + i.id / 10 %% 2000]
            ELSE i.queue_id
        END
"""


def run(_: Results) -> None:
    print(f"{COUNT:,} interactions, {COUNT - HELD - WAITING:,} of them stopped, {HELD:,} held\n")
    callers = make()
    print(f"{'':<28}" + "".join(f"{name:>16}" for name in callers))
    for what, given in filters().items():
        cells = [cell(caller, given) for caller in callers.values()]
        print(f"{what:<28}" + "".join(f"{text:>16}" for text in cells), flush=True)
    print("\nMilliseconds of all statements of a page of 50; !! reads a big table from end to end.")


def make() -> dict[str, Caller]:
    floor.make(AGENTS, COUNT)
    floor.hold(HELD, 3600, 600)
    configuration.apply(DOCUMENT)
    floor.run(
        _HISTORY,
        {
            "waiting": WAITING,
            "count": COUNT,
            "newest": NEWEST,
            "chat": MediaType.objects.get(name="chat").pk,
            "small": Queue.objects.get(name="small").pk,
            "others": list(
                Queue.objects.exclude(name__in=["mail", "small"]).values_list("pk", flat=True)[:2000]
            ),
        },
    )
    floor.run("VACUUM ANALYZE")
    few = Agent.objects.create(user=User.objects.create_user("few"))
    few.groups.add(AgentGroup.objects.get(name="small"))
    boss = Agent.objects.create(user=User.objects.create_user("boss"), is_supervisor=True)
    AgentGroup.objects.get(name="squad").agents.set([boss, *Agent.objects.order_by("pk")[:SQUAD]])
    many = Agent.objects.get(user__username="agent1")
    return {
        "agent, few": caller(few),
        "agent, many": caller(many),
        "supervisor": caller(boss),
        "admin": AdminCaller("root"),
    }


def caller(agent: Agent) -> AgentCaller:
    now = datetime.now(UTC)
    name = agent.user.get_username()
    return AgentCaller(0, "", now, now, agent.pk, name, None, None, agent.is_supervisor, False, None, None)


def filters() -> dict[str, dict[str, Any]]:
    mail, small = (Queue.objects.get(name=name).pk for name in ("mail", "small"))
    drafts = Queue.objects.filter(is_private=True)[0].pk
    media = {medium.name: medium.pk for medium in MediaType.objects.all()}
    newest = Interaction.objects.order_by("-id")[0].pk
    agent = Agent.objects.get(user__username="agent1").pk
    day, old = timedelta(days=1), NEWEST - timedelta(days=900)
    return {
        "none": {},
        "state=queued": {"state": "queued"},
        "state=handling": {"state": "handling"},
        "state=stopped": {"state": "stopped"},
        "queue=mail": {"queue": mail},
        "queue=mail, state=queued": {"queue": mail, "state": "queued"},
        "queue=small": {"queue": small},
        "workbin": {"queue": drafts},
        "media_type=email": {"media_type": media["email"]},
        "media_type=chat (10)": {"media_type": media["chat"]},
        "media_type=never (0)": {"media_type": media["never"]},
        "external_id": {"external_id": "500000"},
        "agent": {"agent": agent},
        "parent": {"parent": 500_000},
        "thread": {"thread": 500_001},
        "received: last day": {"received_after": NEWEST - day},
        "received: nothing yet": {"received_after": NEWEST + day},
        "received: last year": {"received_after": NEWEST - 365 * day},
        "received: a day long ago": {"received_after": old, "received_before": old + day},
        "received: a year long ago": {"received_after": old, "received_before": old + 365 * day},
        "received: before this week": {"received_before": NEWEST - 7 * day},
        "received: all but a year": {"received_before": NEWEST - 365 * day},
        "page 10,000": {"position": (newest - 500_000,)},
    }


def cell(caller: Caller, given: dict[str, Any]) -> str:
    terms = dict(given)
    position = terms.pop("position", None)
    plans = plans_of(lambda: find(access.sight(caller), Sought(**terms), position, False, 51))
    scans = [scan for _, lines in plans for scan in big_scans(lines)]
    return f"{sum(took(lines) for _, lines in plans):.1f}{' !!' if scans else ''}"
