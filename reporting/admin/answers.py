"""What came of deliveries, in a label and a sentence."""

from django.utils.html import format_html
from django.utils.safestring import SafeString

from interactions.admin.words import beside, label, write_moment
from reporting.models import Delivery
from reporting.webhooks.outbox import LEASE

COLORS = {"delivered": "success", "failed": "danger", "waiting": "info"}


def write_answer(status: int | None, error: str | None) -> SafeString:
    """A status, or that there was none; all of the trouble when pointed at."""
    shown = label(str(status or "no answer"), "danger" if error else "success")
    return format_html('<span title="{}">{}</span>', error, shown) if error else shown


def is_under_way(delivery: Delivery) -> bool:
    """It is leased: one that was killed meanwhile is taken up when the lease ends."""
    claimed_at = delivery.attempted_at
    return (
        delivery.state == "waiting"
        and claimed_at is not None
        and delivery.next_attempt_at - claimed_at == LEASE
    )


def write_state(delivery: Delivery) -> SafeString:
    """And what becomes of it."""
    return beside(label(delivery.state, COLORS[delivery.state]), _next(delivery))


def _next(delivery: Delivery) -> SafeString | str:
    if delivery.state == "delivered":
        return "The receiver has it."
    if delivery.state == "failed":
        return "It is not tried any more: resend it when the receiver is well."
    if not delivery.webhook.is_active:
        until = write_moment(delivery.give_up_at)
        return format_html("Its webhook is switched off: it is sent if that is switched on before {}.", until)
    if is_under_way(delivery):
        return "An attempt is under way."
    return format_html("It is tried until {}.", write_moment(delivery.give_up_at))
