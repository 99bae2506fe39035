"""Who sees what, and what is done once."""

from tests.bugs.bug import bug

BUGS = (
    bug(
        "all_are_colleagues",
        "A supervisor sees what agents of the own groups hold, and their workbins.",
        (
            "interactions/access.py",
            "return Agent.objects.filter(groups__in=own_groups(caller))",
            "return Agent.objects.all()",
        ),
    ),
    bug(
        "forgotten_at_once",
        "For a day an agent sees what the agent held.",
        (
            "interactions/access.py",
            "    since = Now() - settings.ENDED_PARTIES_KEPT\n",
            "    since = Now()\n",
        ),
    ),
    bug(
        "replay_does_it_again",
        "The same key with the same request does nothing more.",
        ("interactions/idempotency.py", "    if row is None:\n        return None\n", "    return None\n"),
    ),
)
