"""Who wants to hear of a workbin's changes."""

from collections.abc import Sequence

from interactions import mailbox
from interactions.callers import AgentCaller
from interactions.commands import in_transaction
from interactions.errors import NotAuthenticated, NotSubscribed
from interactions.models import Session
from interactions.sql import fetch_all
from interactions.statements import locks
from interactions.waking import agent_topic, wake
from workbins.access import SEES, visible_workbin
from workbins.models import Subscription, Workbin


def subscribe(caller: AgentCaller, workbin: Workbin) -> None:
    """Twice is once. Errors: NotAuthenticated, if the session has ended meanwhile; NotFound, if the right is
    lost."""
    # Not the newest number drawn: its change may commit after this, and must be heard of.
    heard = mailbox.horizon.final()

    def start() -> None:
        locks.lock_agent(caller.agent_id)  # a log-out, which ends subscriptions, comes before or after
        if not Session.objects.filter(pk=caller.session, ended_at=None).exists():
            raise NotAuthenticated(reason="ended")
        visible_workbin(caller, workbin.pk)
        Subscription.objects.get_or_create(
            workbin=workbin, agent_id=caller.agent_id, defaults={"after_message": heard}
        )

        wake(agent_topic(caller.agent_id))  # the agent's streams wait for the workbin's changes too

    in_transaction(start)


def unsubscribe(caller: AgentCaller, workbin: Workbin) -> None:
    """Errors: NotSubscribed."""
    gone, _ = Subscription.objects.filter(workbin=workbin, agent_id=caller.agent_id).delete()
    if not gone:
        raise NotSubscribed


def watched_queues(callers: Sequence[AgentCaller]) -> list[dict[int, int]]:
    """The private queues that each hears of, with the message it started after.

    The right is checked here, when the agent reads: a withdrawn right ends the hearing.
    """
    watched: list[dict[int, int]] = [{} for _ in callers]
    columns = {name: [getattr(caller, name) for caller in callers] for name in _COLUMNS}
    for number, workbin, since in fetch_all(_WATCHED, columns):
        watched[number - 1][workbin] = since
    return watched


_COLUMNS = ("agent_id", "is_admin", "is_supervisor", "place_id")
_WATCHED = f"""
    SELECT who.number, s.workbin_id, s.after_message
    FROM unnest(
        %(agent_id)s::bigint[], %(is_admin)s::bool[], %(is_supervisor)s::bool[], %(place_id)s::bigint[]
    ) WITH ORDINALITY AS who ({", ".join(_COLUMNS)}, number)
    JOIN workbins_subscription s ON s.agent_id = who.agent_id
    JOIN workbins_workbin w ON w.queue_id = s.workbin_id
    WHERE {SEES}
"""
