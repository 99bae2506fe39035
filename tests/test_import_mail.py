"""`import_mail`: what is in the queue afterwards, and what the summary says."""

from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from interactions.models import Interaction, MediaType, Queue
from tests.test_mail import PLAIN

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def support() -> Queue:
    MediaType.objects.create(name="email")
    return Queue.objects.create(name="support")


@pytest.fixture
def box(tmp_path: Path) -> Path:
    return tmp_path / "box.mbox"


def mail(name: str, answers: str = "", text: str = "Hello.") -> bytes:
    headers = f"Message-ID: <{name}@x>\nDate: Thu, 22 Aug 2002 07:36:16 +0000\nSubject: {name}\n"
    return f"{headers}{f'In-Reply-To: <{answers}@x>' if answers else 'X: y'}\n\n{text}\n".encode()


def import_mails(box: Path, *mails: bytes) -> None:
    box.write_bytes(b"".join(b"From alice Thu Aug 22 07:36:16 2002\n" + mail + b"\n" for mail in mails))
    call_command("import_mail", str(box), "--queue", "support")


def parents() -> dict[str, str | None]:
    return dict(Interaction.objects.values_list("external_id", "parent__external_id"))  # type: ignore[arg-type]


def says(output: str, what: str, count: int) -> bool:
    return any(what in line and line.split()[-1] == str(count) for line in output.splitlines())


def test_a_mail_waits_as_an_interaction(box: Path, support: Queue) -> None:
    import_mails(box, PLAIN)
    interaction = Interaction.objects.get()
    assert (interaction.external_id, interaction.state, interaction.queue) == (
        "one@example.org",
        "queued",
        support,
    )
    assert interaction.media_type.name == "email"
    assert interaction.received_at.isoformat() == "2002-08-22T11:36:16+00:00"
    assert interaction.user_data["text"] == "It is on fire."


def test_importing_twice_imports_nothing_twice(box: Path, capsys: pytest.CaptureFixture[str]) -> None:
    mails = [mail("a"), mail("b", "a"), b"no header at all", b"", mail("c").replace(b"Hello", b"\x00\xff")]
    import_mails(box, *mails)
    first = capsys.readouterr().out
    assert says(first, "imported", 5) and says(first, "parents linked", 1) and says(first, "NUL bytes", 1)
    import_mails(box, *mails, *mails)
    again = capsys.readouterr().out
    assert says(again, "imported", 0) and says(again, "already there", 10)
    assert Interaction.objects.count() == 5


def test_answers_find_their_parents_in_any_order(box: Path) -> None:
    import_mails(box, mail("first"))
    import_mails(
        box,
        mail("c", "b"),
        mail("b", "a"),
        mail("a", "first"),
        mail("x", "y"),
        mail("y", "x"),
        mail("s", "s"),
    )
    assert parents() == {
        "first@x": None,
        "a@x": "first@x",
        "b@x": "a@x",
        "c@x": "b@x",
        "x@x": "y@x",
        "y@x": None,
        "s@x": None,
    }


def test_a_parent_may_be_far_away_in_the_file(box: Path) -> None:
    import_mails(box, mail("late", "early"), *(mail(f"n{n}") for n in range(450)), mail("early"))
    assert parents()["late@x"] == "early@x"
    assert Interaction.objects.count() == 452


def test_different_mails_with_one_message_id_are_both_kept(
    box: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    mails = [mail("a"), mail("a", text="Other."), mail("answer", "a"), mail("a")]
    import_mails(box, *mails)
    assert says(capsys.readouterr().out, "of a different mail", 1)
    import_mails(box, *reversed(mails))
    texts = Interaction.objects.filter(external_id__startswith="a@x").order_by("pk")
    assert [each.user_data["text"] for each in texts] == ["Hello.", "Other."]
    assert parents()["answer@x"] == "a@x"


def test_mistakes_are_one_line_and_import_nothing(box: Path, tmp_path: Path) -> None:
    box.write_bytes(b"From alice Thu Aug 22 07:36:16 2002\n" + PLAIN)
    (tmp_path / "no.mbox").write_bytes(PLAIN)
    support = ["--queue", "support"]
    for arguments, said in (
        ([tmp_path / "none.mbox", *support], "none.mbox: No such file"),
        ([tmp_path / "no.mbox", *support], "no.mbox is not an mbox: it does not begin"),
        ([tmp_path, *support], "is a directory without the cur and new of a maildir"),
        ([box, "--queue", "nowhere"], "there is no queue 'nowhere'; there are: support"),
        ([box, *support, "--media-type", "pigeon"], "there is no media type 'pigeon'; there are: email"),
    ):
        with pytest.raises(CommandError) as error:
            call_command("import_mail", *map(str, arguments))
        assert error.value.returncode == 1 and "\n" not in str(error.value)
        assert said in str(error.value)
    assert not Interaction.objects.exists()
