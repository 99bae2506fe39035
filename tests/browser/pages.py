"""The pages that show what others have written. Another one is another line."""

from collections.abc import Iterator
from urllib.parse import quote, urlencode

from django.db.models import Model

from interactions.models import (
    Agent,
    AgentGroup,
    Interaction,
    MediaType,
    Party,
    Place,
    PlaceGroup,
    Queue,
    Service,
    Session,
)
from reporting.models import Alarm, AlarmRule, AuditRun, Delivery, Event, ServiceLevel, Webhook
from tests.admin.stage import CORE, LISTS
from tests.hostile import is_long
from tests.hostile.words import ALL_IN_ONE, MARKUP
from workbins.models import Workbin, WorkbinType

Models = list[type[Model]]

# In the suite those that show most; in the long form all lists, and every row's page.
SHORT_LISTS = [
    *("interactions/party", "interactions/session", "interactions/queue", "reporting/event"),
    *("reporting/alarm", "reporting/delivery", "reporting/webhook", "workbins/workbin"),
]
SHORT: Models = [Session, Delivery, Alarm, AuditRun, Queue, Agent]
LONG: Models = [Interaction, AlarmRule, Event, Service, Webhook, Party, MediaType, AgentGroup, Place]
LONG += [PlaceGroup, WorkbinType, Workbin, ServiceLevel]


def lists() -> list[str]:
    return [f"/admin/{name}/" for name in (LISTS if is_long() else SHORT_LISTS)]


def details() -> Iterator[str]:
    for model in [*SHORT, *(LONG if is_long() else [])]:
        rows = model._default_manager.order_by("pk").values_list("pk", flat=True)
        for pk in rows if is_long() else rows[:1]:
            yield f"/admin/{model._meta.app_label}/{model._meta.model_name}/{pk}/change/"
    yield from changed()


def changed() -> Iterator[str]:
    """The interaction that has all in one, its life and its events."""
    id = Interaction.objects.get(interaction_subtype=ALL_IN_ONE).pk
    yield f"{CORE}/interaction/{id}/change/"
    yield f"{CORE}/interaction/{id}/stop/"
    yield f"/admin/reporting/event/?{urlencode({'interaction': id})}"


def dashboard() -> list[str]:
    return ["/admin/?queue=hostile", "/admin/?" + urlencode({"range": ALL_IN_ONE, "queue": ALL_IN_ONE})]


def said_back() -> Iterator[str]:
    """Pages that say what was asked for, in an address."""
    words = MARKUP if is_long() else [ALL_IN_ONE]
    for word in words:
        yield f"{CORE}/interaction/?{urlencode({'q': word, 'agent': word, 'state__exact': word})}"
        yield f"{CORE}/mediatype/?{urlencode({'q': word, 'o': word, 'p': word})}"
        yield f"{CORE}/interaction/{quote(word, safe='')}/change/"
        yield f"/admin/{quote(word, safe='')}/"
        yield f"/admin/login/?{urlencode({'next': word})}"
        yield f"/nowhere/{quote(word, safe='')}"
    yield "/admin/?pages"


def all_pages() -> list[str]:
    """Of the server. The desk is one page: what is to be seen there is in tests.desk.test_injection."""
    return [*lists(), *details(), *dashboard(), *said_back()]
