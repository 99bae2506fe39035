"""The rows of a list.

Unfold finds out the heads of all columns anew for each row, and writes thirty names of classes into each
cell: 500 rows are seconds, and megabytes. Here each column finds out once how it is read and written, and
table.css knows how it looks. What none of our lists has, such as fields edited in it, is not here either.
"""

from collections.abc import Callable, Iterator
from typing import Any

from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.utils import label_for_field
from django.contrib.admin.views.main import ChangeList
from django.core.exceptions import FieldDoesNotExist
from django.urls import reverse
from django.utils.html import conditional_escape, format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import capfirst
from unfold.utils import display_for_field, display_for_label, display_for_value

Write = Callable[[Any], Any]  # what stands in a row's cell

_TICK = (
    '<td class="wb-ticked" data-label="Select"><input type="checkbox" class="action-select wb-tick" '
    f'name="{ACTION_CHECKBOX_NAME}" value="{{0}}" aria-label="Select {{0}}"></td>'
)
_ROW = '<tbody class="wb-row"><tr class="data-row">{}</tr></tbody>'


def write_rows(cl: ChangeList) -> SafeString:
    """Each is a body of its own, known by the page that its first link opens."""
    cells = list(_cells(cl))
    rows = ((mark_safe("".join([cell(row) for cell in cells])),) for row in cl.result_list)
    return format_html_join("", _ROW, rows)


def _cells(cl: ChangeList) -> Iterator[Write]:
    is_first = True
    for name in cl.list_display:
        if name == "action_checkbox":
            yield lambda row: format_html(_TICK, row.pk)
            continue
        write, start = _writer(cl, name), _start(cl, name)
        if name in (cl.list_display_links or ()):
            yield _linked(cl, write, start, "th" if is_first else "td")
            is_first = False
        else:
            yield _plain(write, start, cl.model_admin.get_empty_value_display())


def _start(cl: ChangeList, name: Any) -> str:
    title = capfirst(str(label_for_field(name, cl.model, cl.model_admin)))
    return format_html(' class="field-{}" data-label="{}"', getattr(name, "__name__", name), title)


def _plain(write: Write, start: str, empty: str) -> Write:
    def cell(row: Any) -> str:
        text = conditional_escape(write(row))
        return f"<td{start}{' data-none' if text == empty else ''}>{text}</td>"

    return cell


def _linked(cl: ChangeList, write: Write, start: str, tag: str) -> Write:
    page = f"admin:{cl.opts.app_label}_{cl.opts.model_name}_change"
    kept = format_html("?{}", cl.preserved_filters) if cl.preserved_filters else ""
    scope = ' scope="row"' if tag == "th" else ""

    def cell(row: Any) -> str:
        url = reverse(page, args=[row.pk])
        return f'<{tag}{scope}{start}><a href="{url}{kept}">{conditional_escape(write(row))}</a></{tag}>'

    return cell


def _writer(cl: ChangeList, name: Any) -> Write:
    admin = cl.model_admin
    empty = admin.get_empty_value_display()
    try:
        field = None if callable(name) else cl.opts.get_field(name)
    except FieldDoesNotExist:
        field = None
    if field is not None and field.is_relation:
        return lambda row: display_for_value(getattr(row, name), empty)
    if field is not None:
        return lambda row: display_for_field(getattr(row, name), field, empty)
    show = name if callable(name) else getattr(admin, name)
    is_boolean, label = getattr(show, "boolean", False), getattr(show, "label", None)
    if label:
        return lambda row: display_for_label(show(row), empty, label)
    return lambda row: display_for_value(show(row), empty, is_boolean)
