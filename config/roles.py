"""The roles of those who use the admin, as Django's groups of permissions; docs/permissions.md has them too.

Each `migrate` makes them what they are here; who wants others makes groups of other names.
"""

from collections.abc import Iterable, Iterator
from typing import Any

from django.apps import apps as all_apps
from django.apps.registry import Apps
from django.contrib.auth.management import create_permissions
from django.contrib.auth.models import Group, Permission
from django.db import transaction

WORK = ("interaction", "party", "session", "queue")
FLOOR = ("queue", "mediatype", "agent", "agentgroup", "place", "placegroup", "workbintype")
ALARMS = ("alarmrule", "servicelevel")
REPORTS = ("event", "alarm", "alarmrule", "servicelevel", "delivery", "webhook", "auditrun")
EVERYTHING = (*WORK, *FLOOR, "workbin", "service", *REPORTS, "user", "logentry")
BY_HAND = ("operate_interaction", "pause_queue", "end_session")
# What a supervisor sees of interactions and parties is not all of them, so `view` of these is left out.
OF_SUPERVISORS = ("session", *FLOOR, "workbin", "event", "alarm", "servicelevel")


def _each(verbs: str, models: Iterable[str]) -> Iterator[str]:
    return (f"{verb}_{model}" for verb in verbs.split() for model in dict.fromkeys(models))


ROLES: dict[str, set[str]] = {
    "operator": {
        *BY_HAND,
        *_each("view", EVERYTHING),
        *_each("add change", (*FLOOR, *ALARMS)),
        *_each("delete", (set(FLOOR) - {"agent"}) | set(ALARMS)),
    },
    "supervisor": {"supervise_interaction", *_each("view", OF_SUPERVISORS)},
    "auditor": {*_each("view", EVERYTHING)},
}
OURS = ("interactions", "workbins", "reporting", "auth", "admin")


def provide(apps: Apps = all_apps, **_: Any) -> None:
    """Make the groups, with exactly these permissions. Said again, it changes nothing.

    After a migration; `apps` are those that have tables by then.
    """
    if not set(OURS) <= set(apps.app_configs):
        return
    for app in OURS:  # whose turn to make theirs may not have come
        create_permissions(all_apps.get_app_config(app), verbosity=0)
    with transaction.atomic():
        known = {
            permission.codename: permission
            for permission in Permission.objects.filter(content_type__app_label__in=OURS)
        }
        for role, names in ROLES.items():
            group, _made = Group.objects.get_or_create(name=role)
            group.permissions.set([known[name] for name in sorted(names)])
