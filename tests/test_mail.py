"""Mail as it comes: each scene is one way in which it is broken, and what is made of it."""

import json
import random
from datetime import UTC, datetime, timedelta

import pytest

from interactions.mail import Mail, Mended, read_mail
from interactions.mail.record import MAX_USER_DATA, json_size

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)

PLAIN = b"""\
Message-ID: <one@example.org>
Date: Thu, 22 Aug 2002 07:36:16 -0400
From: Alice Example <alice@example.org>
To: "Example, Bob" <bob@example.org>, team@example.org
Subject: The printer
In-Reply-To: <zero@example.org>
References: <minus-one@example.org> <zero@example.org>

It is on fire.
"""


def read(content: bytes, **options: str) -> Mail:
    mail = read_mail(content, now=NOW, **options)  # type: ignore[arg-type]
    as_json = json.dumps(mail.user_data, ensure_ascii=False)
    assert "\\u0000" not in as_json.replace("\\\\", "") and as_json.encode()
    assert json_size(mail.user_data) <= MAX_USER_DATA
    assert 0 < len(mail.external_id) <= 255
    assert mail.user_data["mended"] == sorted(mail.mended)
    return mail


def with_body(body: bytes, headers: bytes = b"") -> Mail:
    return read(b"Message-ID: <m@x>\nDate: Thu, 22 Aug 2002 07:36:16 +0000\n" + headers + b"\n" + body)


def test_a_sound_mail_is_taken_as_it_is() -> None:
    mail = read(PLAIN)
    assert mail.external_id == "one@example.org"
    assert mail.received_at == datetime(2002, 8, 22, 11, 36, 16, tzinfo=UTC)
    assert mail.parents == ["zero@example.org", "minus-one@example.org"]
    assert mail.mended == set()
    fingerprint = mail.user_data.pop("fingerprint")
    assert fingerprint == mail.fingerprint
    assert mail.user_data == {
        "subject": "The printer",
        "from": "Alice Example <alice@example.org>",
        "to": ["Example, Bob <bob@example.org>", "team@example.org"],
        "cc": [],
        "date": "Thu, 22 Aug 2002 07:36:16 -0400",
        "message_id": "one@example.org",
        "in_reply_to": "zero@example.org",
        "references": ["minus-one@example.org", "zero@example.org"],
        "text": "It is on fire.",
        "attachments": [],
        "mended": [],
    }


def test_without_message_id_one_is_made_that_stays_the_same() -> None:
    bare = PLAIN.replace(b"Message-ID: <one@example.org>\n", b"")
    first, again = read(bare), read(b"Received: by hop; now\nStatus: RO\n" + bare.replace(b"\n", b"\r\n"))
    assert first.external_id == again.external_id
    assert first.external_id != read(bare + b"More.").external_id
    assert first.mended == {Mended.ID_MISSING}
    assert read(PLAIN.replace(b"<one@example.org>", b"<>")).external_id == first.external_id


def test_a_long_message_id_becomes_a_hash_that_answers_find() -> None:
    long_id = b"x" * 300 + b"@example.org"
    mail = read(PLAIN.replace(b"one@example.org", long_id))
    answer = read(PLAIN.replace(b"zero@example.org", long_id))
    assert mail.mended == {Mended.ID_LONG}
    assert answer.parents[0] == mail.external_id


def test_message_ids_are_found_in_odd_headers() -> None:
    folded = read(
        PLAIN.replace(b"Message-ID: <one@example.org>", b"message-id:\n <one@\n example.org> (added)")
    )
    assert folded.external_id == "one@example.org"
    assert read(PLAIN.replace(b"<one@example.org>", b"one@example.org")).external_id == "one@example.org"
    of_old = b'Message from Bob <bob@example.org> of "Tue, 1 Jan" <zero@example.org>'
    assert read(PLAIN.replace(b"<zero@example.org>", of_old, 1)).parents[0] == "zero@example.org"


@pytest.mark.parametrize(
    ("date", "kind"),
    [
        (None, Mended.DATE_MISSING),
        (b"yesterday", Mended.DATE_ABSURD),
        (b"Thu, 22 Aug 0102 07:36:16 -0400", Mended.DATE_ABSURD),
        (b"Thu, 22 Aug 2099 07:36:16 -0400", Mended.DATE_ABSURD),
        (b"Thu, 32 Aug 2002 07:36:16 -0400", Mended.DATE_ABSURD),
        (b"Thu, 22 Aug 2002 07:36:16 +9900", Mended.DATE_ABSURD),
        (b"Thu, 22 Aug 99999999999999999999 07:36:16", Mended.DATE_ABSURD),
        (b"\xff\xfe\x00", Mended.DATE_ABSURD),
    ],
)
def test_a_date_is_mended_from_the_next_best_source(date: bytes | None, kind: Mended) -> None:
    line = b"Date: Thu, 22 Aug 2002 07:36:16 -0400\n"
    content = PLAIN.replace(line, b"" if date is None else b"Date: " + date + b"\n")
    received = b"Received: from a by b\n\tid 7; Fri, 23 Aug 2002 10:00:00 +0200 (CEST)\n"
    envelope = "alice@example.org Sat Aug 24 09:00:00 2002"
    assert read(received + content, envelope=envelope).received_at == datetime(2002, 8, 24, 9, tzinfo=UTC)
    assert read(received + content).received_at == datetime(2002, 8, 23, 8, tzinfo=UTC)
    made_up = envelope.replace("alice@example.org", "MAILER-DAEMON")
    assert read(received + content, envelope=made_up).received_at == datetime(2002, 8, 23, 8, tzinfo=UTC)
    assert read(content, envelope=made_up).received_at == datetime(2002, 8, 24, 9, tzinfo=UTC)
    assert read(content, envelope="alice@example.org nonsense").received_at == NOW
    assert kind in read(content).mended


def test_a_clock_that_is_a_little_fast_is_believed() -> None:
    soon = NOW + timedelta(hours=5)
    date = soon.strftime("%a, %d %b %Y %H:%M:%S +0000").encode()
    assert read(PLAIN.replace(b"Thu, 22 Aug 2002 07:36:16 -0400", date)).received_at == soon


@pytest.mark.parametrize(
    ("charset", "body", "text", "is_mended"),
    [
        (b"utf-8", "Größe".encode(), "Größe", False),
        (b"iso-8859-1", b"It\x92s \x80 5", "It\u2019s € 5", False),
        (b"us-ascii", "Größe".encode(), "Größe", True),
        (b"us-ascii", "Größe".encode("latin-1"), "Größe", True),
        (b"x-unknown", "Größe".encode(), "Größe", True),
        (b"x-unknown", "Größe".encode("latin-1"), "Größe", True),
        (b"utf-8", "Größe".encode("latin-1"), "Gr\ufffd\ufffde", True),
        (b"gb2312", "镕".encode("gbk"), "镕", False),
        (b"iso-2022-jp", "日本語".encode("iso-2022-jp"), "日本語", False),
        (b"hex", b"plain", "plain", True),
        (b"unicode_escape", b"a\\u0000b", "a\\u0000b", True),
        (b"utf-7", b"a+2AA-b", "a\ufffdb", True),
        (b'"', b"plain", "plain", False),
        (b"\x00", b"plain", "plain", True),
    ],
)
def test_charsets(charset: bytes, body: bytes, text: str, is_mended: bool) -> None:
    mail = with_body(body, b"Content-Type: text/plain; charset=" + charset + b"\n")
    assert mail.user_data["text"] == text
    assert bool(mail.mended) == is_mended, mail.mended


def test_nul_bytes_are_removed_and_said() -> None:
    mail = read(PLAIN.replace(b"fire", b"fi\x00re").replace(b"printer", b"prin\x00ter"))
    assert (mail.user_data["text"], mail.user_data["subject"]) == ("It is on fire.", "The printer")
    assert mail.mended == {Mended.NUL}
    assert read(PLAIN.replace(b"one@", b"o\x00ne@")).external_id == "one@example.org"


@pytest.mark.parametrize(
    ("raw", "subject"),
    [
        (b"=?utf-8?q?Gr=C3=B6=C3=9Fe?=", "Größe"),
        (b"=?utf-8?b?R3LDtsOfZQ?=", "Größe"),  # padding lost
        (b"=?utf-8?q?Gr=C3?=\n =?utf-8?q?=B6=C3=9Fe?=", "Größe"),  # a character split over two words
        (b"Re: =?iso-8859-1?Q?Gr=F6=DFe und mehr?= (2)", "Re: Größe und mehr (2)"),  # spaces within a word
        (b"=?x-none?q?Gr=C3=B6?=", "Grö"),
        ("Größe".encode(), "Größe"),
        ("Größe".encode("latin-1"), "Größe"),
        (b"=?utf-8?b?!?=", "=?utf-8?b?!?="),
        (b"=?utf-8?q?cut off", "=?utf-8?q?cut off"),
        (b"a\n b\n\tc", "a b c"),
    ],
)
def test_subjects(raw: bytes, subject: str) -> None:
    assert read(PLAIN.replace(b"The printer", raw)).user_data["subject"] == subject


def test_addresses_are_split_before_they_are_decoded() -> None:
    raw = b'=?utf-8?q?Bob=2C_the_builder?= <bob@x>, "a\\", b" <c@x>, friends: d@x, e@x;, (so, so) f@x,,'
    assert read(PLAIN.replace(b'"Example, Bob" <bob@example.org>, team@example.org', raw)).user_data[
        "to"
    ] == [
        "Bob, the builder <bob@x>",
        "a\\, b <c@x>",
        "friends: d@x",
        "e@x;",
        "(so, so) f@x",
    ]


def test_a_stray_line_does_not_end_the_headers() -> None:
    mail = read(PLAIN.replace(b"Subject:", b">From alice Thu Aug 22\nnonsense\nSubject:"))
    assert (mail.user_data["subject"], mail.user_data["text"]) == ("The printer", "It is on fire.")
    assert mail.mended == {Mended.HEADER}


def test_without_the_empty_line_the_body_is_kept() -> None:
    mail = read(PLAIN.replace(b"\n\nIt is", b"\nIt is") + b"\nSecond paragraph.")
    assert mail.user_data["text"] == "It is on fire.\n\nSecond paragraph."
    assert mail.parents[0] == "zero@example.org"


@pytest.mark.parametrize(
    "content", [b"", b"\n", b"\n\n\n", b"\x00", b":", b"no header at all", b"\xff" * 1000]
)
def test_next_to_nothing_is_a_mail_too(content: bytes) -> None:
    assert {Mended.ID_MISSING, Mended.DATE_MISSING} <= read(content).mended


def mixed(*parts: bytes, kind: bytes = b"mixed", closed: bool = True) -> Mail:
    body = b"".join(b"--sep\n" + part + b"\n" for part in parts) + (b"--sep--\n" if closed else b"")
    return with_body(body, b'MIME-Version: 1.0\nContent-Type: multipart/%s; boundary="sep"\n' % kind)


HTML = b"""Content-Type: text/html; charset=utf-8

<html><head><title>no</title><style>p {}</style></head><body><p>One &amp; <b>two</b><br>three</p>
<ul><li>four<li>five</ul><script>no()</script><![if oops]></body>"""


def test_plain_text_is_preferred_to_html() -> None:
    mail = mixed(b"Content-Type: text/plain\n\nPlain.", HTML, kind=b"alternative")
    assert (mail.user_data["text"], mail.user_data["attachments"]) == ("Plain.", [])


def test_html_is_read_when_there_is_no_plain_text() -> None:
    assert mixed(HTML).user_data["text"] == "One & two\nthree\n\n- four\n- five"
    assert mixed(b"Content-Type: text/plain\n\n \n", HTML).user_data["text"].startswith("One & two")


def test_attachments_are_named_with_type_and_size() -> None:
    mail = mixed(
        b"Content-Type: text/plain\n\nSee there.",
        b"Content-Type: application/pdf\nContent-Transfer-Encoding: base64\n"
        b"Content-Disposition: attachment; filename*=utf-8''Gr%C3%B6%C3%9Fe.pdf\n\nAAECAw==",
        b'Content-Type: text/plain; name="=?utf-8?q?Gr=C3=B6=C3=9Fe?="\n\nabc',
        b"Content-Type: message/rfc822\n\nSubject: Inner\n\nInner text.",
        b"Content-Type: ;;;\nContent-Disposition: attachment; filename=\n\nabc",
    )
    attachments = mail.user_data["attachments"]
    assert mail.user_data["text"] == "See there."
    assert [(each["name"], each["content_type"]) for each in attachments] == [
        ("Größe.pdf", "application/pdf"),
        ("Größe", "text/plain"),
        ("Inner", "message/rfc822"),
        ("", "text/plain"),
    ]
    assert [each["size"] for each in attachments[:2]] == [4, 3]


def test_a_mail_with_nothing_but_a_mail_shows_the_inner_text() -> None:
    assert (
        mixed(b"Content-Type: message/rfc822\n\nSubject: Inner\n\nInner text.").user_data["text"]
        == "Inner text."
    )


def test_broken_structures_lose_no_text() -> None:
    unclosed = mixed(b"Content-Type: text/plain\n\nStill here.", closed=False)
    assert (unclosed.user_data["text"], unclosed.mended) == ("Still here.", {Mended.STRUCTURE})
    without_boundary = with_body(b"Still here.", b"Content-Type: multipart/mixed\n")
    assert (without_boundary.user_data["text"], without_boundary.mended) == (
        "Still here.",
        {Mended.STRUCTURE},
    )
    bad_base64 = with_body(b"Still here!", b"Content-Transfer-Encoding: base64\n")
    assert bad_base64.user_data["text"] and bad_base64.mended
    nested = b"Content-Type: multipart/mixed; boundary=%d\n\n--%d\n"
    deep = b"".join(nested % (n, n) for n in range(600)) + b"\nStill here."
    assert "Still here." in read(b"Message-ID: <m@x>\n" + deep).user_data["text"]


def test_a_large_mail_is_cut_and_said() -> None:
    mail = with_body("ö\n".encode() * 100_000, b"Content-Type: text/plain; charset=utf-8\n")
    assert mail.mended == {Mended.CUT}
    assert json_size(mail.user_data) > MAX_USER_DATA - 2_000
    recipients = b"To: " + b", ".join(b"someone-%d@example.org" % n for n in range(5_000)) + b"\n"
    crowded = with_body(b"Hello.", recipients + recipients)
    assert crowded.user_data["text"] == "Hello." and crowded.mended == {Mended.CUT}


def test_whatever_the_bytes_there_is_a_mail() -> None:
    chance = random.Random(7)
    seeds = [PLAIN, PLAIN + HTML, HTML, b"Content-Type: multipart/mixed; boundary=a\n\n--a\n" + HTML]
    for _ in range(1_000):
        content = bytearray(chance.choice(seeds))
        for _ in range(chance.randint(1, 30)):
            at = chance.randrange(len(content))
            content[at : at + chance.randint(0, 9)] = chance.choice(
                [bytes([chance.randrange(256)]), b"\n", b"=?", b"?=", b'"', b"<", b";", b"\x00", b"--a\n"]
            )
        read(bytes(content))
