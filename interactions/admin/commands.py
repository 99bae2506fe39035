"""Commands given from the admin: ask for what is needed, then one command per row, then say what came
of each. A command is a transaction of its own: hundreds hold no lock for long, and one that is refused does
not undo the others."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.admin.utils import unquote
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse

from interactions.admin.base import LookedAt
from interactions.admin.rights import caller_of, may_operate, may_supervise
from interactions.errors import Refusal
from interactions.sql import is_id

NAMED = 10  # rows that a message or a question names
MOST = 1_000  # rows that one order goes to: some seconds


@dataclass(frozen=True)
class Order:
    """What the admin can tell the life cycle to do to a row."""

    title: str
    done: str
    consequence: str
    run: Callable[[Any, int, dict[str, Any]], object]  # who asks, the row's id, what the form was told
    form: type[forms.Form] = field(default=forms.Form)
    is_dangerous: bool = False
    needs_hold: bool = False  # refused of what nobody holds


class CommandsMixin:
    """For a ModelAdmin whose rows take orders. What an action asks for in `permissions` is one of these."""

    def has_command_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """What is left to superusers: the tokens and secrets of programs."""
        return bool(request.user.is_active and request.user.is_superuser)

    def has_operate_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return may_operate(request)

    def has_supervise_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return may_supervise(request)

    def order_selected(self, request: HttpRequest, order: Order, queryset: QuerySet[Any]) -> HttpResponse:
        """As a list action: to those that were ticked, or to the first of all that the list has."""
        ids = chosen(request, queryset)
        return self._ask_or_run(request, order, ids, back=request.get_full_path())

    def order_one(self, request: HttpRequest, order: Order, object_id: str) -> HttpResponse:
        """As an action of a row's page."""
        row = self.get_object_or_404(request, object_id)  # type: ignore[attr-defined]
        opts = row._meta
        page = reverse(f"admin:{opts.app_label}_{opts.model_name}_change", args=[row.pk])
        return self._ask_or_run(request, order, [row.pk], back=self._with_list(request, page))

    def _with_list(self, request: HttpRequest, page: str) -> str:
        """An address that knows the list somebody came from, as those of rows do."""
        kept = self.get_preserved_filters(request)  # type: ignore[attr-defined]
        return f"{page}?{kept}" if kept else page

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        answer = super().changeform_view(request, *args, **kwargs)  # type: ignore[misc]
        for action in getattr(answer, "context_data", {}).get("actions_detail", ()):
            action["path"] = self._with_list(request, action["path"])
        return answer

    def get_actions_detail(self, request: HttpRequest, object_id: Any) -> list[Any]:
        """On a row's page what would change something. A command that comes too late is refused anyway."""
        actions = super().get_actions_detail(request, object_id)  # type: ignore[misc]
        row = self.get_object(request, unquote(str(object_id))) if actions else None  # type: ignore[attr-defined]
        if row is None:
            return actions
        useless = {self.get_unfold_action(name).action_name for name in self.useless(row)}  # type: ignore[attr-defined]
        return [action for action in actions if action.action_name not in useless]

    def useless(self, row: Any) -> Sequence[str]:
        """Actions of a row's page that would be refused as the row is."""
        return ()

    def describe(self, row: Any) -> str:
        return str(row)

    def sum_up(self, order: Order, ids: Sequence[int]) -> str:
        """What there is to know of so many, before they are told."""
        return ""

    def _ask_or_run(self, request: HttpRequest, order: Order, ids: Sequence[int], back: str) -> HttpResponse:
        form = order.form(request.POST if "confirmed" in request.POST else None)
        if form.is_valid():
            self._run(request, order, ids, form.cleaned_data)
            return HttpResponseRedirect(back)
        return self.ask(request, order, ids, form, back)

    def _run(self, request: HttpRequest, order: Order, ids: Sequence[int], answers: dict[str, Any]) -> None:
        caller = caller_of(request)
        refused: dict[str, list[int]] = defaultdict(list)
        done = []
        try:
            for id in ids:
                try:
                    order.run(caller, id, answers)
                    done.append(id)
                except Refusal as refusal:
                    refused[refusal.detail].append(id)
        finally:
            self._log(request, order, done, answers)
        if done:
            messages.success(request, f"{self._count(len(done))} {order.done}.")
        for why, those in refused.items():
            named = ", ".join(map(str, those[:NAMED])) + (" …" if len(those) > NAMED else "")
            messages.warning(request, f"{self._count(len(those))} not {order.done}: {why} ({named})")

    def _log(self, request: HttpRequest, order: Order, ids: Sequence[int], answers: dict[str, Any]) -> None:
        """In Django's own log, beside the events."""
        said = ", ".join(f"{name}: {value}" for name, value in answers.items() if value not in (None, ""))
        message = f"{order.title}{f' ({said})' if said else ''}."
        if ids:
            assert request.user.pk is not None
            LogEntry.objects.log_actions(request.user.pk, list(self.named(ids)), CHANGE, message)

    def named(self, ids: Sequence[int]) -> QuerySet[Any]:
        """The rows with what their names are made of."""
        return self.model._default_manager.filter(pk__in=ids)  # type: ignore[attr-defined]

    def _count(self, count: int) -> str:
        opts = self.opts  # type: ignore[attr-defined]
        return f"{count:,} {opts.verbose_name if count == 1 else opts.verbose_name_plural}"

    def _first(self, request: HttpRequest, ids: Sequence[int]) -> list[Any]:
        """In the order in which they were chosen."""
        rows = self.get_queryset(request).filter(pk__in=ids)  # type: ignore[attr-defined]
        if beside := self.list_select_related:  # type: ignore[attr-defined]
            rows = rows.select_related(*beside)
        return sorted(rows, key=lambda row: ids.index(row.pk))

    def ask(
        self, request: HttpRequest, order: Order, ids: Sequence[int], form: forms.Form, back: str
    ) -> HttpResponse:
        rows = self._first(request, ids[:NAMED])
        context = {
            **self.admin_site.each_context(request),  # type: ignore[attr-defined]
            "title": order.title,
            "opts": self.opts,  # type: ignore[attr-defined]
            "order": order,
            "form": form,
            "count": self._count(len(ids)),
            "is_first": len(ids) == MOST,
            "summary": self.sum_up(order, ids),
            "rows": [self.describe(row) for row in rows],
            "more": max(0, len(ids) - NAMED),
            "ids": ids,
            "checkbox": ACTION_CHECKBOX_NAME,
            "action": request.POST.get("action"),
            "back": back,
        }
        return TemplateResponse(request, "interactions/admin/ask.html", context)


def chosen(request: HttpRequest, queryset: QuerySet[Any]) -> list[int]:
    """Once asked for, by their ids: a row that changed since must be answered too, and no other be told."""
    given = request.POST.get("ids", "").split(",") if "ids" in request.POST else []
    if not given and request.POST.get("select_across") == "1":
        return list(queryset.values_list("pk", flat=True)[:MOST])
    given = given or request.POST.getlist(ACTION_CHECKBOX_NAME)
    return [int(id) for id in given if is_id(id)][:MOST]


class Commanded(CommandsMixin, LookedAt):
    """Looked at, and commanded."""

    list_disable_select_all = False
    actions_detail_hide_default = False

    def named(self, ids: Sequence[int]) -> QuerySet[Any]:
        return super().named(ids).only("pk")
