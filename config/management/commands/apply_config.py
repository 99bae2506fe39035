from pathlib import Path
from typing import Any

import yaml
from django.core.management.base import BaseCommand, CommandError, CommandParser

from config import configuration
from config.configuration import files


class Command(BaseCommand):
    help = "Apply a configuration file. All or nothing; what the file omits is left alone."
    requires_system_checks = ("settings",)

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE.yaml")

    def handle(self, *args: Any, file: Path, **options: Any) -> None:
        try:
            text = file.read_text(encoding="utf-8")
            changes = configuration.apply(files.load(text))
        except OSError as error:
            raise CommandError(f"{file} cannot be read: {error.strerror}") from error
        except UnicodeDecodeError as error:
            raise CommandError(f"{file} cannot be read: {error}") from error
        except (yaml.YAMLError, RecursionError) as error:
            raise CommandError(files.explain_syntax(error, file)) from error
        except configuration.Faults as faults:
            raise CommandError(f"{files.explain(faults, file, text)}\nNothing was applied.") from faults
        for change in changes or ["Nothing to change."]:
            self.stdout.write(change)
