"""Agents and a media server at work over HTTP, and the proof that nothing was held twice or lost."""

import asyncio
import re
from argparse import ArgumentParser
from math import inf
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import connection
from rich.console import Console


class Command(BaseCommand):
    help = (
        "Let agents pull, work and go quiet, and a media server submit, all over HTTP, on the server of this "
        "database. Afterwards the reporting log must agree with what they saw: exit code 1 if it does not."
    )
    requires_system_checks = ("settings",)

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--agents", type=int, default=10, metavar="N")
        parser.add_argument(
            "--rate", type=float, default=2, metavar="R", help="interactions submitted a second"
        )
        parser.add_argument(
            "--quiet-share", type=float, default=0.2, metavar="S", help="of the holds, 0 to 1"
        )
        parser.add_argument(
            "--seconds", type=float, default=0, metavar="T", help="0: until stopped (default)"
        )
        parser.add_argument("--url", default="http://127.0.0.1:8000")
        parser.add_argument(
            "--queue", nargs="+", default=[], metavar="NAME", help="instead of one of its own"
        )
        parser.add_argument("--handling-timeout", type=int, metavar="SECONDS", help="instead of the queue's")
        parser.add_argument(
            "--name", default="sim", help="of its agents, media type and so on (default: sim)"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if not 1 <= options["agents"] <= 10_000:
            raise CommandError("--agents must be from 1 to 10000")
        if not (0 < options["rate"] < inf and 0 <= options["seconds"] < inf):
            raise CommandError("--rate must be more than 0, --seconds not less")
        if not 0 <= options["quiet_share"] <= 1:
            raise CommandError("--quiet-share must be from 0 to 1")
        if not re.fullmatch(r"[A-Za-z0-9._-]{1,50}", options["name"]):
            raise CommandError("--name may have letters, digits, '.', '_' and '-'")
        try:
            from config.simulation.cast import CannotPrepare, prepare
            from config.simulation.run import NoServer, Plan, Simulation, wait_for_server
            from config.simulation.show import show_result
            from workbin_client import Refused, Unreachable
        except ModuleNotFoundError as error:
            raise CommandError(f"simulate needs {error.name}: pip install 'workbin[client]'") from None
        names = options["name"], options["agents"], options["queue"], options["handling_timeout"]
        plan = Plan(options["url"], options["rate"], options["quiet_share"], options["seconds"])
        try:
            wait_for_server(plan.url)
            with Console(stderr=True).status(f"preparing {options['agents']} agents"):
                cast = prepare(*names)
            simulation = Simulation(plan, cast)
            problems = asyncio.run(simulation.run())
        except (CannotPrepare, NoServer, Refused, Unreachable) as error:
            raise CommandError(str(error)) from None
        except KeyboardInterrupt:  # before or after the play
            raise CommandError("interrupted", returncode=130) from None
        finally:
            connection.close()
        show_result(simulation.ledger, simulation.replay, problems)
        if problems:
            raise CommandError(f"{len(problems)} problems")
