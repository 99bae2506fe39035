"""Place interactions in a workbin, by hand: a command that the pages of interactions get from here."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from unfold.decorators import action

from interactions import lifecycle
from interactions.admin.commands import Order
from interactions.admin.interactions import InteractionAdmin
from interactions.admin.offered import OfferedOne
from interactions.callers import Caller
from interactions.models import Interaction
from workbins.admin.workbins import OWNERS
from workbins.models import Subscription, Workbin


class WorkbinSelect(OfferedOne):
    def __init__(self) -> None:
        field = Subscription._meta.get_field("workbin")  # one that leads to a workbin: Django asks for it
        super().__init__(field, admin.site)

    def build_attrs(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        return super().build_attrs(*args, **kwargs) | {"data-placeholder": "Choose a workbin"}


class WorkbinForm(forms.Form):
    workbin = forms.ModelChoiceField(
        Workbin.objects.select_related("queue", "type", *OWNERS),
        widget=WorkbinSelect,
        help_text="Type a part of the owner's name, or of the type's. Who may see the workbin pulls from it, "
        "in any order.",
    )


def place(caller: Caller, id: int, answers: dict[str, Any]) -> None:
    lifecycle.place(caller, id, None, answers["workbin"].queue)


PLACE = Order(
    "Place in workbin",
    "placed in the workbin",
    "It waits there for the workbin's owner alone, whatever queue it comes from. If an agent holds it, the "
    "hold ends and the agent is told.",
    place,
    WorkbinForm,
)


@action(description=PLACE.title, permissions=["operate"])
def place_in_workbin(
    admin: InteractionAdmin, request: HttpRequest, queryset: QuerySet[Interaction]
) -> HttpResponse:
    return admin.order_selected(request, PLACE, queryset)


@action(description="To workbin", permissions=["operate"], url_path="place-in-workbin", icon="inventory_2")
def place_this_in_workbin(admin: InteractionAdmin, request: HttpRequest, object_id: str) -> HttpResponse:
    return admin.order_one(request, PLACE, object_id)


InteractionAdmin.learn("place", place_in_workbin, place_this_in_workbin)
