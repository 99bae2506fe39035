"""Hostile words in every text field, by the ways that lead there: file, REST, mail, admin, answers."""

from pathlib import Path
from typing import Any

from django.apps import apps
from django.contrib.auth.models import User
from django.core.management import call_command
from django.db.models import CharField, JSONField, TextField
from django.test import Client

from config import configuration
from interactions.models import Queue
from interactions.models.directory import Role
from reporting.alarms.evaluation import evaluate
from reporting.models import AlarmRule, AuditRun, Delivery, ServiceLevel
from tests import cast, tables
from tests.admin.stage import post
from tests.applications import Application, Desk
from tests.hostile import how_many
from tests.hostile.words import ALL_IN_ONE, EVERYTHING, WORDS

QUEUE = "hostile"
MARK = "hit()"  # is in all that are markup


def fill_everything(mailbox: Path) -> Client:
    """Returns the browser of an admin who is logged in."""
    by_file()
    mallory, lena, gateway = log_in_all()
    by_rest(mallory, lena, gateway)
    by_mail(mailbox)
    root = Client()
    root.force_login(User.objects.create_superuser("root"))
    by_admin(root)
    by_answers()
    return root


def by_file() -> None:
    names = [{"name": word} for word in WORDS]
    configuration.apply(
        {
            "media_types": [{"name": "email"}, *names],
            "agent_groups": ["team", *WORDS],
            "place_groups": WORDS,
            "places": [{"name": word, "groups": [word]} for word in WORDS],
            "agents": [
                {"username": f"mallory-{number}", "employee_id": word, "groups": ["team", word]}
                for number, word in enumerate(WORDS)
            ],
            "supervisors": [{"username": "lena", "groups": ["team"]}],
            "queues": [
                {"name": QUEUE, "description": EVERYTHING[:500], "agent_groups": ["team"]},
                *({"name": f"queue-{number}", "description": word} for number, word in enumerate(WORDS)),
            ],
            "workbin_types": [
                {"name": word, "display_name": word, "owner_kind": "place_group"} for word in WORDS[:3]
            ],
            "services": [{"name": word, "role": "media_server"} for word in WORDS],
        }
    )


def log_in_all() -> tuple[Desk, Desk, Application]:
    """One who sits at a desk with a hostile name, in an application of another."""
    for name in ("mallory-0", "lena"):
        user = User.objects.get(username=name)
        user.set_password(cast.PASSWORD)
        user.save()
    return (
        cast.log_in("mallory-0", application=ALL_IN_ONE, place=WORDS[0]),
        cast.log_in("lena", application=WORDS[1], place=WORDS[2]),
        cast.service(WORDS[0], Role.MEDIA_SERVER),
    )


def by_rest(mallory: Desk, lena: Desk, gateway: Application) -> None:
    """Submitted, and of the first ones one is stopped, one revoked, one changed and one left in hands."""
    for word in WORDS:
        data = {"subject": word, word: word, "nested": {word: [word, {word: word}]}}
        gateway.submit(
            queue=QUEUE,
            media_type=word,
            external_id=word,
            interaction_type=word,
            interaction_subtype=word,
            user_data=data,
        ).ok(201)
    stopped, revoked, changed, held = mallory.pull(QUEUE, count=4)
    mallory.stop_held(stopped["party"], reason=EVERYTHING[:255]).ok()
    lena.revoke(revoked["id"], reason=EVERYTHING[:255]).ok()
    words = {"user_data": {"subject": ALL_IN_ONE, ALL_IN_ONE: EVERYTHING}, "interaction_subtype": ALL_IN_ONE}
    mallory.change_held(changed["party"], external_id=EVERYTHING[:255], **words).ok()
    gateway.change(held["id"], user_data={ALL_IN_ONE: EVERYTHING}).ok()


def by_mail(mailbox: Path) -> None:
    mails = [
        f"From alice@example.org Thu Aug 22 07:36:16 2002\nMessage-ID: <{number}@x>\nFrom: {word}\n"
        f"To: {word}\nSubject: {word}\nContent-Type: text/html\n\n<p>{word}</p>\n\n"
        for number, word in enumerate(" ".join(word.split()) for word in WORDS)
    ]
    mailbox.write_bytes("".join(mails).encode())
    call_command("import_mail", str(mailbox), "--queue", QUEUE)


def by_admin(root: Client) -> None:
    """By its forms, as far as they have fields that nothing else writes."""
    queue = Queue.objects.get(name=QUEUE)
    rule = {"measure": "waiting", "threshold": 0, "for_seconds": 0, "is_active": "on", "queue": queue.pk}
    for word in [ALL_IN_ONE, *WORDS[: how_many(1, len(WORDS))]]:
        post(root, "/admin/reporting/alarmrule/add/", **rule, name=word)
        hook = {"url": f"http://127.0.0.1:1/{word.split()[0]}", "description": word, "is_active": "on"}
        post(root, "/admin/reporting/webhook/add/", **hook)
    ServiceLevel.objects.create(queue=queue)
    names = {"first_name": WORDS[0], "last_name": ALL_IN_ONE, "email": "x@example.org"}
    User.objects.filter(username="lena").update(**names)
    root.post("/admin/interactions/agentgroup/add/", {"name": EVERYTHING[:100]})
    evaluate()


def by_answers() -> None:
    """What receivers of webhooks have answered, and what an audit has found."""
    Delivery.objects.update(last_error=EVERYTHING[:500], last_answer=EVERYTHING[:200])
    AlarmRule.objects.filter(name=ALL_IN_ONE).update(trouble=EVERYTHING[:500])
    details = [{"about": word, "wrong": [word], "events": [word]} for word in WORDS]
    AuditRun.objects.create(
        seconds=1, events=1, interactions=1, sessions=1, differences=len(details), details=details
    )


# --- Which fields have them -----------------------------------------------------------------------------

# Those that take no words of people's, or of nobody but us.
OTHERS = {
    "auth_group": {"name"},  # has no page
    "auth_permission": {"name", "codename"},
    "auth_user": {"password", "username", "email"},  # a user name is of letters, digits and @.+-_
    "django_admin_log": {"object_id", "change_message"},  # names of fields
    "django_session": {"session_key", "session_data"},
    "interactions_agentmessage": {"event"},
    "interactions_queue": {"name"},  # is of letters, digits and ._-
    "interactions_storedreply": {"key"},  # is never shown
    "reporting_alarm": {"measure", "queue", "text"},  # figures in words of ours
    "reporting_alarmrule": {"measure"},
    "reporting_breach": {"queue"},
    "reporting_delivery": {"kind"},
    "reporting_event": {"event", "operation", "queue", "agent"},  # names of queues and users, as above
    "reporting_interval": {
        "key",
        "events",
        "handling_counts",
        "late_counts",
        "wait_counts",
    },  # the same; numbers
    "reporting_standing": {"kind", "life"},  # is never shown
    "reporting_total": {"key", "events", "handling_counts", "late_counts", "wait_counts"},
    "reporting_webhook": {"secret", "url"},  # an address, checked
}


def text_fields() -> dict[str, set[str]]:
    """By table, those that may hold anything: not those with choices of ours."""
    found: dict[str, set[str]] = {}
    for app in tables.OURS:
        for model in apps.get_app_config(app).get_models():
            names = {str(field.column) for field in model._meta.concrete_fields if _takes_words(field)}
            found[model._meta.db_table] = names - OTHERS.get(model._meta.db_table, set())
    return found


def _takes_words(field: Any) -> bool:
    return isinstance(field, CharField | TextField | JSONField) and not field.choices
