from django.apps import AppConfig
from django.db.models.signals import post_save


class InteractionsConfig(AppConfig):
    name = "interactions"

    def ready(self) -> None:
        from interactions import mailbox, sessions, signals, waking
        from interactions.models import Queue

        signals.placed_in_queue.connect(waking.on_placed_in_queue, dispatch_uid="waking")
        signals.agent_logged_out.connect(waking.on_agent_logged_out, dispatch_uid="waking")
        post_save.connect(waking.on_queue_saved, sender=Queue, dispatch_uid="waking")
        waking.probes |= {
            "agent": mailbox.with_own_messages,
            "watched": mailbox.with_changes,
            "session": sessions.that_ended,
        }
