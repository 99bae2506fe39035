"""A floor that looks alive: two hours of an afternoon, for pictures."""

import random
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.management import call_command

from interactions import lifecycle
from interactions.callers import AgentCaller
from interactions.lifecycle import Submission
from interactions.models import Interaction, Queue
from interactions.signals import Actor
from interactions.sql import run
from interactions.tasks import revoke_due
from reporting.alarms.evaluation import evaluate
from reporting.models import AlarmRule, ServiceLevel
from tests import cast, clock
from tests.admin.stage import log_in, make_agent
from tests.clock import make_overdue
from tests.test_intervals import count

DICE = random.Random(7)
GATEWAY = Actor("service", "mail-gateway")
STEPS = 24  # of five minutes


@dataclass
class Line:
    """A queue, what comes into it in five minutes, and who works on it."""

    name: str
    media: str
    team: str
    agents: tuple[str, ...]
    timeout: int
    level: int
    comes: int
    subjects: tuple[str, ...]
    callers: list[AgentCaller] = field(default_factory=list)

    def open(self) -> None:
        queue = cast.queue(self.name, self.team, handling_timeout=self.timeout)
        ServiceLevel.objects.create(queue=queue, percent=80, seconds=self.level)
        for name in self.agents:
            make_agent(name, cast.group(self.team))
            self.callers.append(log_in(name))
        cast.workbin_of(cast.group(self.team), "agent_group")

    def receive(self, number: int) -> None:
        queue, media = Queue.objects.get(name=self.name), cast.media_type(self.media)
        for _ in range(number):
            data = {"subject": DICE.choice(self.subjects), "from": "Ann Lee <ann@example.org>"}
            lifecycle.submit(GATEWAY, [Submission(queue, media, user_data=data)])

    def pull(self, *who: AgentCaller) -> list[tuple[AgentCaller, Any]]:
        return [(each, row) for each in who for row in lifecycle.pull(each, self.name, 1).rows]


MAIL = Line(
    *("email-support", "email", "email-team", ("alice", "bob", "grace"), 600, 1200, 2),
    ("Where is my order?", "Two lamps, one broken", "My address has changed", "Is this under guarantee?"),
)
CHAT = Line(
    *("chat-sales", "chat", "chat-team", ("carol", "dave", "erin", "heidi"), 180, 60, 2),
    ("Do you ship to Norway?", "Which size fits?", "Is it in stock?"),
)
BILLING = Line(
    *("billing", "email", "billing-team", ("frank", "ivan"), 900, 300, 2),
    ("Invoice 2231, second reminder", "The VAT number is missing", "Paid twice in October"),
)
RETURNS = Line(
    *("returns", "email", "returns-team", ("judy", "kim"), 300, 600, 1),
    ("Return of order 48117", "The wrong colour", "The label does not print"),
)
LINES = (MAIL, CHAT, BILLING, RETURNS)


def let_pass(seconds: int) -> None:
    """Also for what has been told already: it is not counted yet."""
    clock.let_pass(seconds)
    span = {"span": timedelta(seconds=seconds)}
    run("UPDATE reporting_event SET at = at - %(span)s", span)
    run(
        """
        UPDATE interactions_interaction SET
            received_at = received_at - %(span)s, submitted_at = submitted_at - %(span)s,
            moved_to_queue_at = moved_to_queue_at - %(span)s,
            placed_in_queue_at = placed_in_queue_at - %(span)s, completed_at = completed_at - %(span)s
        """,
        span,
    )


def play() -> int:
    """Returns an interaction that something has happened to."""
    for line in LINES:
        line.open()
    cast.drafts_of("alice")
    terms = {"measure": "oldest_waiting", "threshold": 1200, "for_seconds": 0}
    billing = Queue.objects.get(name=BILLING.name)
    AlarmRule.objects.create(name="Somebody waits too long", queue=billing, **terms)
    for _ in range(STEPS):
        five_minutes()
    thread = read_the_mail()
    leave_some_in_hands()
    evaluate()
    count()
    return thread


def five_minutes() -> None:
    for line in LINES:
        line.receive(DICE.randint(0, 2 * line.comes))
    let_pass(DICE.randint(10, 50))
    held = [pulled for line in LINES for pulled in line.pull(*line.callers)]
    let_pass(60)
    for caller, row in held:
        end(caller, row)
    let_pass(200)


def end(caller: AgentCaller, row: Any) -> None:
    fate = DICE.random()
    if fate < 0.12:
        make_overdue(row.id)
        revoke_due()
    elif fate < 0.2:
        lifecycle.place(caller, row.id, row.hold.id, None)
    else:
        lifecycle.stop_processing(
            caller, row.id, row.hold.id, DICE.choice(("answered", "answered", "sold", None))
        )


def read_the_mail() -> int:
    """Mails with their answers; the first of the longest thread is held, given back, and held again."""
    call_command("import_mail", str(settings.BASE_DIR / "config" / "demo.mbox"), queue=MAIL.name)
    answered = Interaction.objects.filter(children__isnull=False).order_by("pk")[0].pk
    Interaction.objects.filter(pk=answered).update(priority=5)
    alice, bob, _ = MAIL.callers
    [(_, row)] = MAIL.pull(alice)
    assert row.id == answered
    meanwhile(140)
    lifecycle.change_properties(alice, answered, row.hold.id, lifecycle.Changes(user_data={"tier": "gold"}))
    meanwhile(150)
    meanwhile(150)
    make_overdue(answered)
    revoke_due()
    meanwhile(75)
    MAIL.pull(bob)
    meanwhile(130)
    return answered


def meanwhile(seconds: int) -> None:
    """The others go on."""
    others = [line for line in LINES if line is not MAIL]
    for line in others:
        line.receive(1)
    held = [pulled for line in others for pulled in line.pull(*line.callers)]
    let_pass(seconds)
    for caller, row in held:
        end(caller, row)


def leave_some_in_hands() -> None:
    for line, pauses in ((RETURNS, (40, 60)), (CHAT, (25, 20, 30)), (MAIL, (30,)), (BILLING, (5, 3))):
        line.receive(2)
        for caller, pause in zip(reversed(line.callers), pauses, strict=False):
            line.pull(caller)
            let_pass(pause)
