"""Commands given from the admin: ask for what is needed, then one command per row, then say what came
of each. A command is a transaction of its own, so one that is refused does not undo the others."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse

from interactions.admin.base import LookedAt, is_id
from interactions.callers import AdminCaller
from interactions.errors import Refusal

NAMED = 10  # rows that a message or a question names


@dataclass(frozen=True)
class Order:
    """What the admin can tell the life cycle to do to a row."""

    title: str
    done: str
    consequence: str
    run: Callable[[AdminCaller, int, dict[str, Any]], object]
    form: type[forms.Form] = field(default=forms.Form)
    is_dangerous: bool = False


class CommandsMixin:
    """For a ModelAdmin whose rows take orders."""

    def has_command_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(request.user.is_active and request.user.is_superuser)

    def order_selected(self, request: HttpRequest, order: Order) -> HttpResponse:
        """As a list action. By the ids, not the queryset: a row that changed since must be answered too."""
        ids = [int(id) for id in request.POST.getlist(ACTION_CHECKBOX_NAME) if is_id(id)]
        return self._ask_or_run(request, order, ids, back=request.get_full_path())

    def order_one(self, request: HttpRequest, order: Order, object_id: str) -> HttpResponse:
        """As an action of a row's page."""
        row = self.get_object_or_404(request, object_id)  # type: ignore[attr-defined]
        opts = row._meta
        page = reverse(f"admin:{opts.app_label}_{opts.model_name}_change", args=[row.pk])
        return self._ask_or_run(request, order, [row.pk], back=page)

    def describe(self, row: Any) -> str:
        return str(row)

    def _ask_or_run(self, request: HttpRequest, order: Order, ids: Sequence[int], back: str) -> HttpResponse:
        form = order.form(request.POST if "confirmed" in request.POST else None)
        if form.is_valid():
            self._run(request, order, ids, form.cleaned_data)
            return HttpResponseRedirect(back)
        return self.ask(request, order, ids, form, back)

    def _run(self, request: HttpRequest, order: Order, ids: Sequence[int], answers: dict[str, Any]) -> None:
        caller = AdminCaller(request.user.get_username())
        refused: dict[str, list[int]] = defaultdict(list)
        for id in ids:
            try:
                order.run(caller, id, answers)
            except Refusal as refusal:
                refused[refusal.detail].append(id)
        count = len(ids) - sum(map(len, refused.values()))
        if count:
            messages.success(request, f"{self._count(count)} {order.done}.")
        for why, those in refused.items():
            named = ", ".join(map(str, those[:NAMED])) + (" …" if len(those) > NAMED else "")
            messages.warning(request, f"{self._count(len(those))} not {order.done}: {why} ({named})")

    def _count(self, count: int) -> str:
        opts = self.opts  # type: ignore[attr-defined]
        return f"{count} {opts.verbose_name if count == 1 else opts.verbose_name_plural}"

    def ask(
        self, request: HttpRequest, order: Order, ids: Sequence[int], form: forms.Form, back: str
    ) -> HttpResponse:
        rows = self.get_queryset(request).filter(pk__in=ids)[:NAMED]  # type: ignore[attr-defined]
        context = {
            **self.admin_site.each_context(request),  # type: ignore[attr-defined]
            "title": order.title,
            "opts": self.opts,  # type: ignore[attr-defined]
            "order": order,
            "form": form,
            "count": self._count(len(ids)),
            "rows": [self.describe(row) for row in rows],
            "more": max(0, len(ids) - NAMED),
            "ids": ids,
            "checkbox": ACTION_CHECKBOX_NAME,
            "action": request.POST.get("action"),
            "back": back,
        }
        return TemplateResponse(request, "interactions/admin/ask.html", context)


class Commanded(CommandsMixin, LookedAt):
    """Looked at, and commanded."""
