"""Answers the core's signals: the two workbin events, and what those who watch a workbin are told."""

from collections.abc import Iterable
from typing import Any

from interactions import mailbox
from interactions.commands import Command
from interactions.mailbox import Letter
from interactions.models.party import RETURNING_ENDS
from interactions.signals import Fact
from workbins import provision, signals
from workbins.models import Subscription


def on_placed_in_queue(command: Command, facts: list[Fact], **_: Any) -> None:
    placed = [fact for fact in facts if fact.workbin]
    command.announce(signals.placed_in_workbin, placed)
    _tell(command, "Removed", ((fact.waited_in, fact) for fact in facts if fact.waited_in))
    _tell(command, "Added", ((fact.workbin, fact) for fact in placed))


def on_taken_from_queue(command: Command, facts: list[Fact], **_: Any) -> None:
    taken = [fact for fact in facts if fact.workbin]
    command.announce(signals.taken_from_workbin, taken)
    _tell(command, "Removed", ((fact.workbin, fact) for fact in taken))


def on_party_removed(command: Command, facts: list[Fact], **_: Any) -> None:
    returned = [fact for fact in facts if fact.workbin and fact.reason in RETURNING_ENDS]
    _tell(command, "Returned", ((fact.workbin, fact) for fact in returned))


def on_processing_stopped(command: Command, facts: list[Fact], **_: Any) -> None:
    _tell(command, "Removed", ((fact.waited_in, fact) for fact in facts if fact.waited_in))


def on_properties_changed(command: Command, facts: list[Fact], **_: Any) -> None:
    _tell(command, "PropertiesChanged", ((fact.waited_in, fact) for fact in facts if fact.waited_in))


def on_agent_logged_out(command: Command, facts: list[Fact], **_: Any) -> None:
    """A subscription ends with the agent's last session."""
    gone = [fact.agent_id for fact in facts if fact.attributes.get("is_last")]
    Subscription.objects.filter(agent__in=gone).delete()


def on_directory_saved(**_: Any) -> None:
    provision.provision_workbins()


def _tell(command: Command, operation: str, changes: Iterable[tuple[int | None, Fact]]) -> None:
    for workbin, fact in changes:
        body = {"workbin": workbin, "operation": operation, "interaction": fact.interaction}
        mailbox.post(command, Letter("EventWorkbinContentChanged", body, watched_queue_id=workbin))
