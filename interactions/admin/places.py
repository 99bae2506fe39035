"""Desks and their groups: administered."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from unfold.decorators import display

from interactions.admin.base import Administered
from interactions.models import Place, PlaceGroup, Session

HELP = {
    "name": "A desk. Applications name it at a log-in: a new name breaks those that use the old one.",
    "groups": "Who is logged in at this place sees and pulls from the workbins of these groups too.",
}


@admin.register(Place)
class PlaceAdmin(Administered):
    list_display = ("name", "in_groups")
    search_fields = ("name",)
    autocomplete_fields = ("groups",)
    kept_by = ((Session, "place"),)
    helps = HELP

    def get_queryset(self, request: HttpRequest) -> QuerySet[Place]:
        return super().get_queryset(request).prefetch_related("groups")

    @display(description="groups")
    def in_groups(self, place: Place) -> str:
        return ", ".join(group.name for group in place.groups.all())


@admin.register(PlaceGroup)
class PlaceGroupAdmin(Administered):
    list_display = ("name",)
    search_fields = ("name",)
    helps = {
        "name": "What is in it is said on the places' pages. Workbin types of place groups give it workbins."
    }
