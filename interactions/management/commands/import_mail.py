"""Submit the mails of an mbox file or a maildir as interactions."""

from argparse import ArgumentParser
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db.models import QuerySet
from rich.console import Console
from rich.table import Table

from interactions import lifecycle
from interactions.lifecycle import Submission
from interactions.mail import Box, Mail, NotAMailbox, Threads, open_box, read_head, read_mail
from interactions.models import Interaction, MediaType, Queue
from interactions.progress import progress_bars
from interactions.signals import Actor
from interactions.statements.change import ids_of_external

BATCH = 200  # mails in memory, and so submissions in one command

ACTOR = Actor("service", "import_mail")

IMPORTED, ALREADY_THERE, LINKED, NOT_OPENED = "imported", "already there", "parents linked", "not opened"


class Command(BaseCommand):
    help = "Submit each mail of an mbox file or a maildir as an interaction. Nothing is imported twice."
    requires_system_checks = ("settings",)

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE.mbox", help="an mbox file or a maildir")
        parser.add_argument("--queue", required=True, metavar="NAME")
        parser.add_argument("--media-type", default="email", metavar="NAME")

    def handle(self, *args: Any, **options: Any) -> None:
        queue = Queue.objects.filter(name=options["queue"], is_private=False).first()
        if queue is None:
            raise CommandError(none_such("queue", options["queue"], Queue.objects.filter(is_private=False)))
        media_type = MediaType.objects.filter(name=options["media_type"]).first()
        if media_type is None:
            raise CommandError(none_such("media type", options["media_type"], MediaType.objects.all()))
        try:
            box = open_box(options["file"])
        except OSError as error:
            raise CommandError(f"{options['file']}: {error.strerror}") from None
        except NotAMailbox as error:
            raise CommandError(str(error)) from None
        mail_import = Import(box, queue, media_type)
        try:
            mail_import.run()
        except KeyboardInterrupt:
            raise CommandError("interrupted; the same command goes on from here", returncode=130) from None
        finally:
            mail_import.show()
        if mail_import.counts[NOT_OPENED]:
            raise CommandError(f"{mail_import.counts[NOT_OPENED]} mails could not be opened")


def none_such(kind: str, name: str, those: QuerySet[Any]) -> str:
    known = ", ".join(those.order_by("name").values_list("name", flat=True)) or "none yet"
    return f"there is no {kind} {name!r}; there are: {known}"


class Import:
    def __init__(self, box: Box, queue: Queue, media_type: MediaType) -> None:
        self.box, self.queue, self.media_type = box, queue, media_type
        self.counts = Counter[str]()
        self.mended = Counter[str]()

    def run(self) -> None:
        with progress_bars() as progress:
            threads = Threads()
            reading = progress.add_task("reading", total=self.box.size)
            for found in self.box.scan():
                threads.add(found.key, *read_head(found.head))
                progress.advance(reading, found.size)
            importing = progress.add_task("importing", total=len(threads))
            keys = threads.in_order()
            while batch := list(islice(keys, BATCH)):
                self.take(list(self.read(batch)))
                progress.advance(importing, len(batch))

    def read(self, keys: list[str]) -> Iterator[Mail]:
        now = datetime.now(UTC)
        for key in keys:
            try:
                raw = self.box.read(key)
            except OSError:  # a maildir is not ours alone
                self.counts[NOT_OPENED] += 1
                continue
            yield read_mail(raw.content, envelope=raw.envelope, now=now, is_cut=raw.is_cut)

    def take(self, mails: list[Mail]) -> None:
        new = self.without_known(mails)
        self.counts[ALREADY_THERE] += len(mails) - len(new)
        for wave in waves(new):
            known = ids_of_external([parent for mail in wave for parent in mail.parents])
            parents = [next((known[each] for each in mail.parents if each in known), None) for mail in wave]
            imported = submit(
                [
                    Submission(
                        location=self.queue,
                        media_type=self.media_type,
                        interaction_type="Inbound",
                        interaction_subtype="InboundNew",
                        external_id=mail.external_id,
                        parent_id=parent,
                        priority=0,
                        user_data=mail.user_data,
                        handling_timeout=None,
                        received_at=mail.received_at,
                    )
                    for mail, parent in zip(wave, parents, strict=True)
                ]
            )
            self.counts[IMPORTED] += imported
            self.counts[ALREADY_THERE] += len(wave) - imported
            self.counts[LINKED] += sum(parent is not None for parent in parents)
            self.mended.update(kind for mail in wave for kind in mail.mended)

    def without_known(self, mails: list[Mail]) -> list[Mail]:
        """The mails to submit: neither imported before nor twice among these. Different mails that share a
        Message-ID are told apart first."""
        fingerprints = fingerprints_of([mail.external_id for mail in mails])
        for mail in mails:
            if fingerprints.setdefault(mail.external_id, mail.fingerprint) not in (mail.fingerprint, None):
                mail.tell_apart()
        known = ids_of_external([mail.external_id for mail in mails])
        return list({mail.external_id: mail for mail in mails if mail.external_id not in known}.values())

    def show(self) -> None:
        table = Table("mails", "", show_edge=False)
        table.columns[1].justify = "right"
        for what in (IMPORTED, ALREADY_THERE, LINKED):
            table.add_row(what, str(self.counts[what]))
        if self.counts[NOT_OPENED]:
            table.add_row(NOT_OPENED, str(self.counts[NOT_OPENED]))
        for kind, count in self.mended.most_common() or [("nothing", 0)]:
            table.add_row(f"mended: {kind}", str(count))
        Console().print(table)


def waves(mails: list[Mail]) -> list[list[Mail]]:
    """An answer in a later wave than what it answers: a parent has to be there to be pointed at."""
    depths: dict[str, int] = {}
    found: list[list[Mail]] = []
    for mail in mails:
        depth = max((depths[each] + 1 for each in mail.parents if each in depths), default=0)
        depths[mail.external_id] = depth
        if depth == len(found):
            found.append([])
        found[depth].append(mail)
    return found


def submit(submissions: list[Submission]) -> int:
    """How many were new: another import may be at work on the same mails."""
    return sum(each.is_new for each in lifecycle.submit(ACTOR, submissions))


def fingerprints_of(external_ids: list[str]) -> dict[str, str | None]:
    """None for what was not imported from mail: taken for the same."""
    rows = Interaction.objects.filter(external_id__in=external_ids)
    return {
        str(external_id): found
        for external_id, found in rows.values_list("external_id", "user_data__fingerprint")
    }
