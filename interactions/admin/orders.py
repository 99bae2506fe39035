"""What interactions can be told to do, one of them or many."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from django.db.models import Count, QuerySet
from django.http import HttpRequest, HttpResponse
from unfold.decorators import action
from unfold.enums import ActionVariant

from interactions import lifecycle
from interactions.admin.columns import subject_of
from interactions.admin.commands import Commanded, Order
from interactions.admin.forms import PriorityForm, QueueForm, ReasonForm
from interactions.admin.parties import REVOKE as REVOKE_PARTY
from interactions.admin.standing import sum_up
from interactions.lifecycle import Changes
from interactions.models import Interaction
from interactions.models.interaction import State

REVOKE = replace(
    REVOKE_PARTY,
    run=lambda caller, id, answers: lifecycle.revoke(caller, id, answers["reason"] or None),
    needs_hold=True,
)
PLACE = Order(
    "Place in queue",
    "placed",
    "If an agent holds it, the hold ends and the agent is told.",
    lambda caller, id, answers: lifecycle.place(caller, id, None, answers["queue"]),
    QueueForm,
)
STOP = Order(
    "Stop",
    "stopped",
    "It is complete from then on and cannot be opened again. If an agent holds it, the hold ends.",
    lambda caller, id, answers: lifecycle.stop_processing(caller, id, None, answers["reason"] or None),
    ReasonForm,
    is_dangerous=True,
)
PRIORITISE = Order(
    "Change priority",
    "given the priority",
    "What waits changes its place in line at once, and keeps its turn among those of its new priority. What "
    "is held stays with its agent, who is told.",
    lambda caller, id, answers: lifecycle.change_properties(caller, id, None, Changes(columns=answers)),
    PriorityForm,
)


class InteractionOrders(Commanded):
    actions = ("revoke", "place", "prioritise", "stop")
    actions_detail = ("revoke_this", "place_this", "prioritise_this", "stop_this")

    @classmethod
    def learn(cls, after: str, of_many: Callable[..., Any], of_one: Callable[..., Any]) -> None:
        """Other apps add commands, as actions of the list and of a page, after one that there is."""
        for name, new in (("actions", of_many), ("actions_detail", of_one)):
            setattr(cls, new.__name__, new)
            known = list(getattr(cls, name))
            known.insert(known.index(f"{after}_this" if new is of_one else after) + 1, new.__name__)
            setattr(cls, name, tuple(known))

    def useless(self, row: Interaction) -> Sequence[str]:
        if row.state == State.STOPPED:
            return self.actions_detail
        return ("revoke_this",) if row.state == State.QUEUED else ()

    def sum_up(self, order: Order, ids: Sequence[int]) -> str:
        counts = Interaction.objects.filter(pk__in=ids).order_by().values_list("state").annotate(Count("pk"))
        return sum_up(order, dict(counts))

    def describe(self, row: Any) -> str:
        subject = subject_of(row)
        name = f"{row.pk}: {subject}" if subject else str(row)
        return f"{name}, held by {row.open_parties[0].agent}" if row.open_parties else name

    @action(description="Revoke", permissions=["supervise"])
    def revoke(self, request: HttpRequest, queryset: QuerySet[Interaction]) -> HttpResponse:
        return self.order_selected(request, REVOKE, queryset)

    @action(description="Place in queue", permissions=["operate"])
    def place(self, request: HttpRequest, queryset: QuerySet[Interaction]) -> HttpResponse:
        return self.order_selected(request, PLACE, queryset)

    @action(description="Change priority", permissions=["supervise"])
    def prioritise(self, request: HttpRequest, queryset: QuerySet[Interaction]) -> HttpResponse:
        return self.order_selected(request, PRIORITISE, queryset)

    @action(description="Stop", permissions=["supervise"])
    def stop(self, request: HttpRequest, queryset: QuerySet[Interaction]) -> HttpResponse:
        return self.order_selected(request, STOP, queryset)

    @action(description="Revoke", permissions=["supervise"], url_path="revoke", icon="undo")
    def revoke_this(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self.order_one(request, REVOKE, object_id)

    @action(description="To queue", permissions=["operate"], url_path="place", icon="move_down")
    def place_this(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self.order_one(request, PLACE, object_id)

    @action(description="Priority", permissions=["supervise"], url_path="prioritise", icon="swap_vert")
    def prioritise_this(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self.order_one(request, PRIORITISE, object_id)

    @action(
        description="Stop",
        permissions=["supervise"],
        url_path="stop",
        icon="stop_circle",
        variant=ActionVariant.DANGER,
    )
    def stop_this(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self.order_one(request, STOP, object_id)
