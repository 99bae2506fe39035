"""The reporting log must lead to the state, after every scene."""

from typing import Any

from interactions.models import Interaction
from interactions.sql import fetch_all
from reporting.audit import Report, brief
from reporting.audit import audit as audit_all


def state() -> dict[int, tuple[str, Any, int | None]]:
    """State, location and party of each, as the tables have it."""
    tuples = fetch_all(
        """
        SELECT i.id, i.state, CASE WHEN q.is_private THEN NULL ELSE q.name END, q.id, p.id
        FROM interactions_interaction i JOIN interactions_queue q ON q.id = i.queue_id
        LEFT JOIN interactions_party p ON p.interaction_id = i.id AND p.ended_at IS NULL
        """
    )
    return {id: (state, name or queue, party) for id, state, name, queue, party in tuples}


def audit() -> Report:
    report = audit_all()
    assert report.differing == 0, "\n".join(told(report))
    assert report.told == report.found
    assert report.interactions == Interaction.objects.count()
    return report


def told(report: Report) -> list[str]:
    """All differences, in the words of the command."""
    return [
        line
        for difference in report.differences
        for line in (
            difference.about,
            *(f"  {wrong}" for wrong in difference.wrong),
            *(f"    {brief(event)}" for event in difference.events),
        )
    ]
