"""How values are written on the pages."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from django.db.models import Model
from django.template.loader import render_to_string
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from interactions.instants import instant

DEEPEST = 4
OF_MAIL = ("subject", "from", "to", "cc", "date", "text", "attachments")  # as one reads it, then all others
STATE_COLORS = {"queued": "info", "handling": "success", "stopped": ""}


def moment(field: str, title: str | None = None) -> Callable[[Model], SafeString | None]:
    """A column or a line of a page: an instant, to the second, in UTC."""

    def show(obj: Model) -> SafeString | None:
        return write_moment(getattr(obj, field))

    show.__name__ = field
    show.short_description = title or field.removesuffix("_at").replace("_", " ")  # type: ignore[attr-defined]
    show.admin_order_field = field  # type: ignore[attr-defined]
    return show


def write_moment(at: datetime | None) -> SafeString | None:
    if at is None:
        return None
    exact, short = instant(at), at.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S")
    return format_html('<time class="wb-moment" datetime="{}" title="{}">{}</time>', exact, exact, short)


@lru_cache(200)  # of a few words: rendered for each row, it is most of a list's time
def label(text: str, color: str = "") -> SafeString:
    return render_to_string("unfold/helpers/label.html", {"text": text, "type": color})


def beside(first: Any, *words: Any) -> SafeString:
    """A value, and in softer colours what there is to say of it."""
    spans = format_html_join(" ", '<span class="wb-beside">{}</span>', ((each,) for each in words))
    return format_html("{} {}", first, spans)


def shorten(text: str | None, width: str = "") -> SafeString | None:
    """In a list: as much as fits, all of it when pointed at."""
    if not text:
        return None
    return format_html('<span class="wb-short {}" title="{}">{}</span>', width, text, text)


def link(url: str, text: Any) -> SafeString:
    return format_html('<a href="{}" class="wb-link">{}</a>', url, text)


def _turn(key: str) -> int:
    """The database sorts keys by their length."""
    return OF_MAIL.index(key) if key in OF_MAIL else len(OF_MAIL)


def write_data(value: Any, depth: int = 0) -> SafeString | str:
    """JSON for people: keys and values; what is nested deeper than anyone reads, as JSON."""
    if isinstance(value, str):
        return value
    if isinstance(value, dict) and value and depth < DEEPEST:
        lines = ((key, write_data(value[key], depth + 1)) for key in sorted(value, key=_turn))
        return format_html(
            '<dl class="wb-data">{}</dl>', format_html_join("", "<dt>{}</dt><dd>{}</dd>", lines)
        )
    if isinstance(value, list) and value and depth < DEEPEST:
        items = ((write_data(inner, depth + 1),) for inner in value)
        return format_html('<ul class="wb-list">{}</ul>', format_html_join("", "<li>{}</li>", items))
    return json.dumps(value, ensure_ascii=False)
