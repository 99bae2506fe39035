"""The admin site, read with the URLs that lead to it: who serves none, as a worker, does without."""

from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig
from django.contrib import admin
from django.contrib.admin.apps import SimpleAdminConfig
from django.contrib.admin.checks import check_admin_app, check_dependencies
from django.core.checks import CheckMessage, Tags, register


class Administration(SimpleAdminConfig):
    default_site = "unfold.sites.UnfoldAdminSite"  # made by the first who asks for it

    def ready(self) -> None:
        register(check_dependencies, Tags.admin)
        register(check_admin, Tags.admin)


def check_admin(app_configs: Sequence[AppConfig] | None, **given: Any) -> Sequence[CheckMessage]:
    """The checks come in any order, so those of the URLs may not have read it yet."""
    admin.autodiscover()
    return check_admin_app(app_configs, **given)
