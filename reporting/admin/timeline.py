"""One interaction's life on its page: a picture, and its steps in words."""

from typing import Any

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.html import format_html

from interactions.admin.interactions import InteractionAdmin
from interactions.admin.words import write_moment
from interactions.models import Interaction
from interactions.spans import write_span
from interactions.statements.locks import read_now
from reporting.admin import drawing
from reporting.life import Kind, Span, spans_of, spent
from reporting.rows import Row, life

SHOWN = 200  # steps, the latest
NAMES = {Kind.WAITING: "waiting", Kind.IN_HANDS: "in hands", Kind.IN_WORKBINS: "waiting in workbins"}
BEGAN = {"EventPlacedInQueue": "placed", "EventPartyAdded": "pulled", "EventPartyRemoved": "back"}
ENDED = {
    "EventTakenFromQueue": "pulled",
    "EventPlacedInQueue": "placed elsewhere",
    "EventProcessingStopped": "stopped",
    "EventPartyRemoved": "ended",
}
MARKS = {"placed": "placed", "changed": "properties changed", "revoked": "revoked"}


def timeline(request: HttpRequest, interaction: Interaction) -> str:
    """The section of an interaction's page."""
    if not request.user.has_perm("reporting.view_event"):
        return ""
    events = life(interaction.pk)
    spans = spans_of(events, read_now())
    if not spans:
        return ""
    return render_to_string("reporting/admin/timeline.html", describe(events, spans))


def describe(events: list[Row], spans: list[Span]) -> dict[str, Any]:
    last = spans[-SHOWN:]
    picture = drawing.draw(last, (event for event in events if event.at >= last[0].begin))
    sums = [(NAMES[Kind(kind)], write_length(seconds), kind) for kind, seconds in spent(spans).items()]
    return {
        "picture": {
            "height": picture.height,
            "strip": [paint(band) for band in picture.strip],
            "lines": [
                {
                    "y": line.y,
                    "begin": write_moment(line.bands[0].span.begin),
                    "bands": [paint(band) for band in line.bands],
                    "marks": [paint_mark(mark) for mark in line.marks],
                }
                for line in picture.lines
            ],
        },
        "sums": sums,
        "marks": MARKS,
        "steps": len(last),
        "of": len(spans) if len(spans) > len(last) else None,
        "table": {
            "headers": ("from", "what", "for", "began", "ended"),
            "rows": [
                (
                    write_moment(span.begin),
                    name(span),
                    format_html('<span class="wb-length">{}</span>', write_length(span.seconds)),
                    began(span),
                    ended(span),
                )
                for span in last
            ],
        },
        "description": "; ".join(f"{title} {length}" for title, length, _ in sums),
    }


def paint(band: drawing.Band) -> dict[str, Any]:
    span = band.span
    return {
        "x": f"{band.x:.3f}%",
        "width": f"{band.width:.3f}%",
        "kind": span.kind.value,
        "room": "wide" if band.width >= 16 else "laptop" if band.width >= 4.5 else "",
        "name": short_name(span),
        "length": write_length(span.seconds) + ("" if span.end else " …"),
        "title": f"{name(span)}: {write_length(span.seconds)}; {began(span)}; {ended(span)}",
    }


def paint_mark(mark: drawing.Mark) -> dict[str, str]:
    first = mark.events[0]
    many = f" {len(mark.events)} times" if len(mark.events) > 1 else ""
    return {"x": f"{mark.x:.3f}%", "kind": mark.kind, "title": f"{MARKS[mark.kind]}{many} by {actor(first)}"}


def name(span: Span) -> str:
    where = span.began.queue or f"workbin {span.began.workbin}"
    return (
        f"in the hands of {span.began.agent}, from {where}"
        if span.kind == Kind.IN_HANDS
        else f"waiting in {where}"
    )


def short_name(span: Span) -> str:
    if span.kind == Kind.IN_HANDS:
        return span.began.agent or ""
    return span.began.queue or f"workbin {span.began.workbin}"


def began(span: Span) -> str:
    event = span.began
    what = "submitted" if event.operation == "Submit" else BEGAN[event.event]
    return f"{what}{_why(event)} by {actor(event)}"


def ended(span: Span) -> str:
    if span.ended is None:
        return "lasts"
    said = span.revocation.attributes if span.revocation else {}
    late = f", {write_length(said['late_seconds'])} late" if said.get("late_seconds") else ""
    comment = f": {said['comment']}" if said.get("comment") else ""
    what = ENDED.get(span.ended.event, span.ended.event)
    return f"{what}{_why(span.ended)}{late} by {actor(span.ended)}{comment}"


def _why(event: Row) -> str:
    return f" ({event.reason})" if event.reason else ""


def actor(event: Row) -> str:
    return f"{event.actor['name']} ({event.actor['kind']})"


def write_length(seconds: float) -> str:
    """0.25 s, 7.5 s, 1 min 30 s, 2 h 5 min, 3 d 4 h: never more than two words."""
    if seconds < 10:
        return f"{seconds:.2g} s" if seconds >= 0.001 else "0 s"
    if seconds >= 86_400:
        days, rest = divmod(int(seconds), 86_400)
        return f"{days} d {rest // 3600} h" if rest >= 3600 else f"{days} d"
    step = 1 if seconds < 3600 else 60
    return write_span(int(seconds) // step * step) or "0 s"


InteractionAdmin.sections.append(timeline)
