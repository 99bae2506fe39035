"""Who wants to hear of a workbin's changes."""

from interactions import mailbox
from interactions.callers import AgentCaller
from interactions.commands import in_transaction
from interactions.errors import NotAuthenticated, NotSubscribed
from interactions.models import Session
from interactions.statements import locks
from interactions.waking import agent_topic, wake
from workbins.access import visible_workbins
from workbins.models import Subscription, Workbin


def subscribe(caller: AgentCaller, workbin: Workbin) -> None:
    """Twice is once. Errors: NotAuthenticated, if the session has ended meanwhile."""
    # Not the newest number drawn: its change may commit after this, and must be heard of.
    heard = mailbox.horizon.final()

    def start() -> None:
        locks.lock_agent(caller.agent_id)  # a log-out, which ends subscriptions, comes before or after
        if not Session.objects.filter(pk=caller.session, ended_at=None).exists():
            raise NotAuthenticated(reason="ended")
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


def watched_queues(caller: AgentCaller) -> dict[int, int]:
    """The private queues the agent hears of, each with the message it started after.

    The right is checked here, when the agent reads: a withdrawn right ends the hearing.
    """
    subscriptions = Subscription.objects.filter(agent_id=caller.agent_id)
    watched = dict(subscriptions.values_list("workbin_id", "after_message"))
    if watched:
        visible = visible_workbins(caller).filter(pk__in=list(watched)).values_list("pk", flat=True)
        watched = {workbin: watched[workbin] for workbin in visible}
    return watched
