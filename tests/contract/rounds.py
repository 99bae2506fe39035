"""Round after round over all roles, with a word on how far it is."""

import time

from django.core.management import call_command
from django.test.utils import setup_test_environment
from rich.console import Console

from tests.contract.floor import fill_up, set_the_floor
from tests.contract.run import check
from tests.web import web

console = Console(highlight=False, soft_wrap=True)


def run(needed: int, per_operation: int, seed: int, only: list[str] | None) -> int:
    setup_test_environment()  # so that the floor can ask Django directly
    call_command("migrate", interactive=False, verbosity=0)
    roles = [role for role in set_the_floor() if not only or role.name in only]
    faults: dict[tuple[str, str], str] = {}
    sent, rounds, started = 0, 0, time.monotonic()
    with web() as site, console.status("") as status:
        while sent < needed:
            for role in roles:
                fill_up()
                outcome = check(
                    site.url,
                    role,
                    per_operation,
                    seed=seed + rounds,
                    at_borders=rounds == 0,
                    say=lambda text: status.update(f"{sent} of {needed} examples, {text}"),  # noqa: B023
                )
                sent += outcome.examples
                new = {key: text for key, text in outcome.faults.items() if key not in faults}
                faults |= new
                took = time.monotonic() - started
                of_them = f"{outcome.accepted} of {outcome.examples} accepted"
                console.print(f"{sent:>7} examples, {took:4.0f} s: {role.name}, {of_them}")
                for (operation, title), text in new.items():
                    console.print(f"\n[red]{role.name}: {operation}: {title}[/red]", markup=True)
                    console.print(text + "\n", markup=False)
            rounds += 1
    console.print(f"{sent} examples, {len(faults)} faults.")
    return 1 if faults else 0
