"""Workbin types are administered; workbins follow from types and owners, and are looked at."""

from collections.abc import Collection
from functools import reduce
from operator import or_
from typing import Any

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.safestring import SafeString
from unfold.contrib.filters.admin import (
    AutocompleteSelectFilter,
    ChoicesDropdownFilter,
    RelatedDropdownFilter,
)
from unfold.decorators import display

from interactions.admin.base import Administered, LookedAt
from interactions.admin.locations import namers
from interactions.admin.queues import CountColumns
from interactions.admin.words import link
from workbins.models import Workbin, WorkbinType

OWNERS = ("agent__user", "agent_group", "place", "place_group")


def name_workbins(ids: Collection[int]) -> dict[int, str]:
    return {row.pk: str(row) for row in Workbin.objects.select_related("type", *OWNERS).filter(pk__in=ids)}


namers.append(name_workbins)


TYPE_HELP = {
    "name": "Programs know the type by it.",
    "display_name": "As agents read it.",
    "owner_kind": "Each of these gets a workbin of this type at once, and so do those that come later. It "
    "cannot be changed afterwards.",
}


@admin.register(WorkbinType)
class WorkbinTypeAdmin(Administered):
    helps = TYPE_HELP
    list_display = ("name", "display_name", "owner_kind")
    list_filter = (("owner_kind", ChoicesDropdownFilter),)
    search_fields = ("name", "display_name")

    def get_readonly_fields(self, request: HttpRequest, obj: WorkbinType | None = None) -> tuple[str, ...]:
        return ("owner_kind",) if obj else ()  # its workbins have owners of this kind


@admin.register(Workbin)
class WorkbinAdmin(CountColumns, LookedAt):
    list_display = ("number", "type", "owned_by", "kind", "waiting", "held", "oldest")
    list_select_related = ("type", *OWNERS)
    list_filter = (
        ("type", RelatedDropdownFilter),
        ("type__owner_kind", ChoicesDropdownFilter),
        ("agent", AutocompleteSelectFilter),
    )
    sortable_by = ("type",)
    search_help_text = "An exact id, or the owner's name"
    exact_search_fields = ("agent__user__username", "agent_group__name", "place__name", "place_group__name")
    fields = (("type", "kind"), ("owned_by", "content"))

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """Whoever is asked for a workbin types a part of a name. They are thousands at most."""
        if request.path != reverse("admin:autocomplete") or not (term := search_term.strip(" \0")):
            return super().get_search_results(request, queryset, search_term)
        names = (*self.exact_search_fields, "type__name", "type__display_name")
        found = reduce(or_, (Q(**{f"{name}__icontains": term}) for name in names))
        return queryset.filter(found), False

    def get_queryset(self, request: HttpRequest) -> QuerySet[Workbin]:
        return super().get_queryset(request).select_related("type", *OWNERS)

    def where(self, row: Any) -> str:
        return f"workbin={row.pk}"

    @display(description="workbin", ordering="pk")
    def number(self, workbin: Workbin) -> str:
        return str(workbin.pk)

    @display(description="owner")
    def owned_by(self, workbin: Workbin) -> SafeString:
        owner = workbin.owner
        page = reverse(f"admin:interactions_{owner._meta.model_name}_change", args=[owner.pk])
        return link(page, owner)

    @display(description="kind of owner", ordering="type__owner_kind")
    def kind(self, workbin: Workbin) -> str:
        return workbin.type.get_owner_kind_display()

    @display(description="content")
    def content(self, workbin: Workbin) -> SafeString:
        page = reverse("admin:interactions_interaction_changelist")
        return link(f"{page}?{self.where(workbin)}", "what stands in it")
