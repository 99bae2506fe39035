from django.apps import AppConfig
from django.db.models.signals import post_migrate


class ConfigConfig(AppConfig):
    name = "config"

    def ready(self) -> None:
        from config import checks, roles, timestamps  # noqa: F401  register themselves

        post_migrate.connect(roles.provide, sender=self, dispatch_uid="config")
