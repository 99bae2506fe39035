from django.apps import AppConfig, apps
from django.db.models.signals import post_migrate


class ConfigConfig(AppConfig):
    name = "config"

    def ready(self) -> None:
        from config import checks, roles, timestamps  # noqa: F401  register themselves

        # Once. It is sent for apps that have models: this one has none.
        post_migrate.connect(roles.provide, sender=apps.get_app_config("auth"), dispatch_uid="config")
