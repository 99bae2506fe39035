"""Mailboxes: where one mail ends and the next begins, and which answers which."""

from pathlib import Path

import pytest

from interactions.mail import Mail, NotAMailbox, Threads, open_box, read_head
from tests.test_mail import PLAIN, read

REAL_MAIL = Path(__file__).parents[2] / "shared/data/real-mail.mbox"


def keys_and_mails(path: Path) -> dict[str, Mail]:
    box = open_box(path)
    raws = {found.key: box.read(found.key) for found in box.scan()}
    return {key: read(raw.content, envelope=raw.envelope) for key, raw in raws.items()}


def test_an_mbox_with_several(tmp_path: Path) -> None:
    texts = [
        b"First.\n\n>From here it was quoted.\n>>From there twice.\n\nFrom now on it was not.\n",
        b"",
        b"Third, without an end of line",
    ]
    envelopes = [
        b"alice Thu Aug 22 07:36:16 2002",
        b"- Thu Aug 22 07:36:16 2002",
        b"bob@x  Thu Aug  2 07:36 2002",
    ]
    path = tmp_path / "some.mbox"
    path.write_bytes(
        b"\n".join(
            b"From %s\n%s" % (envelope, PLAIN.replace(b"It is on fire.\n", text).replace(b"one@", b"%d@" % n))
            for n, (envelope, text) in enumerate(zip(envelopes, texts, strict=True))
        )
    )
    mails = list(keys_and_mails(path).values())
    assert [mail.external_id for mail in mails] == ["0@example.org", "1@example.org", "2@example.org"]
    assert [mail.user_data["text"] for mail in mails] == [
        "First.\n\nFrom here it was quoted.\n>From there twice.\n\nFrom now on it was not.",
        "",
        "Third, without an end of line",
    ]


def test_an_empty_mbox_has_no_mails(tmp_path: Path) -> None:
    (tmp_path / "empty.mbox").write_bytes(b"")
    assert keys_and_mails(tmp_path / "empty.mbox") == {}


def test_what_is_no_mailbox_is_refused(tmp_path: Path) -> None:
    (tmp_path / "one.eml").write_bytes(PLAIN)
    for path in (tmp_path, tmp_path / "one.eml"):
        with pytest.raises(NotAMailbox):
            open_box(path)
    with pytest.raises(OSError):
        open_box(tmp_path / "none")


def test_a_maildir_in_the_order_of_arrival(tmp_path: Path) -> None:
    for folder in ("cur", "new", "tmp"):
        (tmp_path / folder).mkdir()
    (tmp_path / "new/2.b").write_bytes(PLAIN.replace(b"one@", b"two@"))
    (tmp_path / "cur/1.a:2,S").write_bytes(PLAIN)
    (tmp_path / "tmp/3.c").write_bytes(PLAIN)
    box = open_box(tmp_path)
    keys = [found.key for found in box.scan()]
    (tmp_path / "new/2.b").rename(tmp_path / "cur/2.b:2,S")  # a mail program shows it meanwhile
    mails = [read(box.read(key).content) for key in keys]
    assert [mail.external_id for mail in mails] == ["one@example.org", "two@example.org"]


def test_answers_come_after_what_they_answer() -> None:
    threads = Threads()
    for key, parents in {"c": ["b"], "x": ["y"], "y": ["x"], "b": ["none", "a"], "a": [], "s": ["s"]}.items():
        threads.add(key, key, parents)
    threads.add("again", "a", [])
    assert list(threads.in_order()) == ["a", "b", "c", "y", "x", "s", "again"]


@pytest.mark.skipif(not REAL_MAIL.exists(), reason="the real mail is not here")
def test_real_mail() -> None:
    mails = list(keys_and_mails(REAL_MAIL).values())
    assert len(mails) == 299
    assert len({mail.external_id for mail in mails}) == 299
    assert all(mail.received_at.year == 2002 and mail.user_data["text"] for mail in mails)
    assert (
        sum(any(parent in {m.external_id for m in mails} for parent in mail.parents) for mail in mails) == 10
    )
    box = open_box(REAL_MAIL)
    assert all(read_head(found.head)[0] for found in box.scan())
