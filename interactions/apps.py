from django.apps import AppConfig
from django.db.models.signals import m2m_changed, post_delete, post_save


class InteractionsConfig(AppConfig):
    name = "interactions"

    def ready(self) -> None:
        from interactions import mailbox, sessions, signals, waking
        from interactions.models import Agent, Queue

        signals.placed_in_queue.connect(waking.on_placed_in_queue, dispatch_uid="waking")
        signals.agent_logged_out.connect(waking.on_agent_logged_out, dispatch_uid="waking")
        for changed in (post_save, post_delete):
            changed.connect(waking.on_queue_changed, sender=Queue, dispatch_uid="waking")
        for groups, receiver in (
            (Queue.agent_groups, waking.on_queue_groups_changed),
            (Agent.groups, waking.on_agent_groups_changed),
        ):
            m2m_changed.connect(receiver, sender=groups.through, dispatch_uid="waking")
        waking.probes |= {
            "agent": mailbox.with_own_messages,
            "watched": mailbox.with_changes,
            "session": sessions.that_ended,
        }
