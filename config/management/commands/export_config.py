from typing import Any

from django.core.management.base import BaseCommand

from config import configuration
from config.configuration import files


class Command(BaseCommand):
    help = "Print the present configuration in the form that apply_config reads, without passwords."
    requires_system_checks = ("settings",)

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(files.dump(configuration.export()), ending="")
