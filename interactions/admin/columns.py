"""What is shown of an interaction, in the list of them and on its page."""

from typing import Any

from django.urls import reverse
from django.utils.safestring import SafeString
from unfold.decorators import display

from interactions.admin.locations import name_locations
from interactions.admin.words import STATE_COLORS, label, link, shorten, write_data
from interactions.models import Interaction
from interactions.models.interaction import State
from interactions.spans import write_span


def subject_of(row: Interaction) -> str:
    subject = row.user_data.get("subject")
    return "" if subject is None else str(subject)[:200]


class InteractionColumns:
    @display(description="id")
    def number(self, row: Interaction) -> str:
        return str(row.pk)

    @display(description="subject")
    def subject(self, row: Any) -> SafeString | str | None:
        return shorten(row.subject) if hasattr(row, "subject") else subject_of(row)

    @display(description="external id")
    def external(self, row: Interaction) -> SafeString | None:
        return shorten(row.external_id, "wb-narrow")

    @display(description="state")
    def state_label(self, row: Interaction) -> SafeString:
        return label(State(row.state).label, STATE_COLORS[row.state])

    @display(description="stands in")
    def location(self, row: Any) -> str:
        return getattr(row, "location_name", None) or name_locations([row.queue])[row.queue_id]

    @display(description="held by")
    def held_by(self, row: Any) -> SafeString | None:
        if not row.open_parties:
            return None
        [party] = row.open_parties
        return link(reverse("admin:interactions_agent_change", args=[party.agent_id]), party.agent)

    @display(description="expired")
    def expired(self, row: Interaction) -> str:
        return f"{row.revocation_count} times" if row.revocation_count > 1 else "once"

    @display(description="type")
    def kind(self, row: Interaction) -> str:
        return " / ".join(filter(None, (row.interaction_type, row.interaction_subtype)))

    @display(description="own handling timeout")
    def timeout(self, row: Interaction) -> str | None:
        return write_span(row.handling_timeout)

    @display(description="user data")
    def data(self, row: Interaction) -> str:
        return write_data(row.user_data) if row.user_data else "none"
