from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from interactions.credentials import issue_token
from interactions.models import Service


class Command(BaseCommand):
    help = "Issue a new token for a service, alone on stdout. The service's older token ends."
    requires_system_checks = ("settings",)

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("service")

    def handle(self, *args: Any, service: str, **options: Any) -> None:
        try:
            self.stdout.write(issue_token(service))
        except Service.DoesNotExist as error:
            known = ", ".join(Service.objects.values_list("name", flat=True)) or "none yet"
            raise CommandError(f"There is no service {service!r}. There are: {known}.") from error
