"""Any bytes as a mailbox: imported or refused in one line, and as many mails as went in are told of."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from hypothesis import given
from hypothesis import strategies as st

from interactions.mail import open_box, read_mail
from interactions.management.commands import import_mail
from interactions.management.commands.import_mail import ALREADY_THERE, IMPORTED, NOT_OPENED, Import
from interactions.models import Interaction, MediaType, Queue
from tests import tables
from tests.hostile.drawn import examples
from tests.hostile.words import WORDS
from tests.test_mail import HTML, PLAIN

pytestmark = pytest.mark.django_db(transaction=True)

EXAMPLES = examples(30, 10_000)
FROM = b"From alice@example.org Thu Aug 22 07:36:16 2002\n"


@pytest.fixture
def box(tmp_path: Path) -> Path:
    return tmp_path / "any.mbox"


def set_up() -> tuple[Queue, MediaType]:
    tables.empty()
    return Queue.objects.create(name="support"), MediaType.objects.create(name="email")


def import_all(box: Path) -> Import:
    imported = Import(open_box(box), Queue.objects.get(), MediaType.objects.get())
    imported.run()
    imported.show()
    return imported


def distinct(box: Path) -> int:
    opened = open_box(box)
    raws = [opened.read(found.key) for found in opened.scan()]
    mails = [read_mail(raw.content, envelope=raw.envelope, now=datetime.now(UTC)) for raw in raws]
    return len({(mail.external_id, mail.fingerprint) for mail in mails})


def check(imported: Import, box: Path, count: int) -> None:
    """Each of so many is told of; and all that are different are rows."""
    told = sum(imported.counts[what] for what in (IMPORTED, ALREADY_THERE, NOT_OPENED))
    assert told == count
    assert imported.counts[NOT_OPENED] == 0
    assert Interaction.objects.count() == imported.counts[IMPORTED] == distinct(box)


def escaped(mail: bytes) -> bytes:
    """As a mail program writes it: what looks like the beginning of the next one does not."""
    return b"\n".join(
        b">" + line if line.lstrip(b">").startswith(b"From ") else line for line in mail.split(b"\n")
    )


TEXTS = st.sampled_from([word.encode() for word in WORDS])
PIECES = st.sampled_from(
    [
        *(b"Message-ID: <one@x>\n", b"In-Reply-To: <one@x>\n", b"References: <one@x> <one@x>\n", b"Date: "),
        *(b"Subject: ", b"From: ", b"To: a, b;c:<>\n", b"\n\n", b"\n", b"\r\n", b"=?utf-8?q?", b"?=", b'"'),
        *(b"Content-Type: multipart/mixed; boundary=a\n", b"--a\n", b"--a--\n", b"Content-Type: text/html\n"),
        *(b"Content-Transfer-Encoding: base64\n", b"Content-Transfer-Encoding: quoted-printable\n", b"=\xff"),
        *(
            b"\0",
            b"\xff\xfe",
            b"From ",
            b">From ",
            FROM,
            PLAIN,
            HTML,
            b"charset=utf-7",
            b"\x1b$B",
            b"a" * 3000,
        ),
    ]
)
MAILS = st.lists(PIECES | TEXTS | st.binary(max_size=30), max_size=12).map(b"".join)


def test_any_bytes(box: Path) -> None:
    """What is no mailbox is refused in a line."""

    @EXAMPLES
    @given(content=st.binary(max_size=200) | MAILS)
    def example(content: bytes) -> None:
        set_up()
        box.write_bytes(content)
        try:
            call_command("import_mail", str(box), "--queue", "support")
        except CommandError as refused:
            assert "is not an mbox" in str(refused) and "\n" not in str(refused)
            assert not Interaction.objects.exists()

    example()


def test_any_mails(box: Path) -> None:
    """As many as were put in, whatever is in them; and a second time none of them twice."""

    @EXAMPLES
    @given(mails=st.lists(MAILS, min_size=1, max_size=6))
    def example(mails: list[bytes]) -> None:
        set_up()
        box.write_bytes(b"".join(FROM + escaped(mail) + b"\n\n" for mail in mails))
        first = import_all(box)
        check(first, box, len(mails))
        again = import_all(box)
        assert again.counts[ALREADY_THERE] == len(mails)
        assert Interaction.objects.count() == first.counts[IMPORTED]

    example()


def test_different_mails_are_all_there(box: Path) -> None:
    """However alike: the words of each are found in a row."""
    set_up()
    mails = [f"Message-ID: <same@x>\nSubject: same\n\n{word!a} {number}" for number, word in enumerate(WORDS)]
    box.write_bytes(b"".join(FROM + mail.encode() + b"\n\n" for mail in mails))
    check(import_all(box), box, len(mails))
    texts = {data["text"] for data in Interaction.objects.values_list("user_data", flat=True)}
    assert texts == {mail.partition("\n\n")[2] for mail in mails}


def test_one_that_is_lost_would_be_seen(box: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The twin."""
    set_up()
    box.write_bytes(b"".join(FROM + b"Message-ID: <%d@x>\n\n\n\n" % number for number in range(3)))
    submit = import_mail.submit
    monkeypatch.setattr(import_mail, "submit", lambda submissions: submit(submissions[1:]))
    with pytest.raises(AssertionError):
        check(import_all(box), box, 3)
