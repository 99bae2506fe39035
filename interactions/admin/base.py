"""What every page of the admin is made of."""

from collections.abc import Collection, Mapping, Sequence
from functools import cached_property
from typing import Any, ClassVar

from django.contrib import admin
from django.contrib.admin.utils import unquote
from django.core.paginator import Paginator
from django.db.models import Field, Model, Q, QuerySet
from django.http import Http404, HttpRequest
from unfold.admin import ModelAdmin

from interactions.admin.offered import OfferedMany, OfferedOne
from interactions.sql import is_id

MOST_COUNTED = 10_000


class CappedPaginator(Paginator):
    """Counts no further than anyone turns pages: counting a log of millions takes a second or more."""

    @cached_property
    def count(self) -> int:
        assert isinstance(self.object_list, QuerySet)
        return self.object_list.order_by().values("pk")[:MOST_COUNTED].count()


class RowMixin:
    def get_object_or_404(self, request: HttpRequest, object_id: str) -> Any:
        row = self.get_object(request, unquote(object_id))  # type: ignore[attr-defined]
        if row is None:
            raise Http404
        return row


class Administered(RowMixin, ModelAdmin):
    """What operators make and change."""

    show_facets = admin.ShowFacets.NEVER
    warn_unsaved_form = True
    list_filter_submit = True
    list_per_page = 50
    # Rows of models that may be many and keep one of these from being deleted: Django would list each.
    kept_by: ClassVar[Collection[tuple[type[Model], str]]] = ()
    helps: ClassVar[Mapping[str, str]] = {}  # by the field: what becomes of what is entered

    def formfield_for_dbfield(self, db_field: Field, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name in self.helps:
            kwargs["help_text"] = self.helps[db_field.name]
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name in self.get_autocomplete_fields(request):
            kwargs.setdefault("widget", OfferedOne(db_field, self.admin_site))
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name in self.get_autocomplete_fields(request):
            kwargs.setdefault("widget", OfferedMany(db_field, self.admin_site))
        return super().formfield_for_manytomany(db_field, request, **kwargs)

    def get_deleted_objects(
        self, objs: Any, request: HttpRequest
    ) -> tuple[list[Any], dict[str, int], set[str], list[Any]]:
        for model, field in self.kept_by:
            if model._default_manager.filter(**{f"{field}__in": list(objs)}).exists():
                return [], {}, set(), [f"{model._meta.verbose_name_plural} that refer to it".capitalize()]
        return super().get_deleted_objects(objs, request)


class LookedAt(RowMixin, ModelAdmin):
    """What only the life cycle changes. Superusers may give commands on it."""

    show_facets = admin.ShowFacets.NEVER
    show_full_result_count = False
    paginator = CappedPaginator
    list_disable_select_all = True
    list_filter_submit = True
    list_per_page = 50
    actions_detail_hide_default = True  # "History" is Django's log: of what is only looked at, there is none
    search_help_text = "An exact id"
    # Fields that are searched for a number; each has an index.
    id_search_fields: ClassVar[Collection[str]] = ("pk",)
    # Fields that are searched for exactly what was typed, besides ids; each has an index.
    exact_search_fields: ClassVar[Collection[str]] = ()
    search_fields: Sequence[str] = ("pk",)  # shows the search box

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """Django's own search casts ids to text, which reads every row."""
        term = search_term.strip()
        if not term:
            return queryset, False
        found = Q(pk__in=[])
        for field in self.id_search_fields if is_id(term) else ():
            found |= Q(**{field: int(term)})
        for field in self.exact_search_fields:
            found |= Q(**{field: term})
        return queryset.filter(found), False
