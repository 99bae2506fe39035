"""Any YAML anywhere in a configuration file: applied as a whole, or refused in words and nothing applied."""

import contextlib
import string
from datetime import date, datetime
from io import StringIO
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import yaml
from django.core.management import CommandError, call_command
from django.db import transaction
from hypothesis import given
from hypothesis import strategies as st

from config import configuration
from config.configuration import files
from tests import tables
from tests.hostile import how_many
from tests.hostile.drawn import examples
from tests.hostile.words import WORDS
from tests.test_configuration import FILE

pytestmark = pytest.mark.django_db

EXAMPLES = examples(40, 10_000)
SOUND = yaml.safe_load(FILE)


@pytest.fixture(autouse=True)
def lenas_password(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LENA_PASSWORD", "secret-of-lena")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "centre.yaml"


def apply(file: Path) -> list[str]:
    out = StringIO()
    call_command("apply_config", str(file), stdout=out)
    return out.getvalue().splitlines()


def is_applied(file: Path) -> bool:
    """Whether it was. Then again without effect; and what is exported has none either."""
    before = tables.rows()
    try:
        changes = apply(file)
    except CommandError as refused:
        assert tables.rows() == before
        words = str(refused)
        assert words.startswith(str(file)), words
        assert words.endswith("Nothing was applied.") or "not valid YAML" in words or "be read" in words
        assert "Traceback" not in words
        return False
    assert changes
    assert apply(file) == ["Nothing to change."]
    file.write_text(files.dump(configuration.export()), encoding="utf-8")
    assert apply(file) == ["Nothing to change."]
    return True


def try_each(file: Path, text: st.SearchStrategy[bytes]) -> dict[bool, int]:
    """How many were applied and how many refused."""
    found = {True: 0, False: 0}

    @EXAMPLES
    @given(content=text)
    def example(content: bytes) -> None:
        file.write_bytes(content)
        with transaction.atomic():
            found[is_applied(file)] += 1
            transaction.set_rollback(True)

    example()
    return found


SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.dates(date(1, 1, 1))
    | st.datetimes(datetime(1, 1, 1))
    | st.binary(max_size=20)
    | st.text(max_size=20)
    | st.sampled_from(
        [*WORDS, "email", "email-support", "leads", "media_server", "agent", "1", "", "x" * 300]
    )
    | st.sampled_from([0, -1, 1, 86_400, 86_401, 2**31, 2**63, 10**40])
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.text(max_size=8) | st.integers() | st.sampled_from(["name", "groups"]), inner, max_size=3
        )
    ),
    max_leaves=6,
)


def places(value: Any, at: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Where in a document something stands."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [at, *(place for step, child in inner for place in places(child, (*at, step)))]


def replaced(value: Any, at: tuple[Any, ...], by: Any) -> Any:
    if not at:
        return by
    copy = value.copy()
    copy[at[0]] = replaced(copy[at[0]], at[1:], by)
    return copy


def without(value: Any, at: tuple[Any, ...]) -> Any:
    copy = value.copy()
    if len(at) > 1:
        copy[at[0]] = without(copy[at[0]], at[1:])
    else:
        del copy[at[0]]
    return copy


def dumped(document: Any) -> bytes:
    return yaml.safe_dump(document, allow_unicode=True).encode("utf-8", "surrogatepass")


PLACES = places(SOUND)


def test_any_value_anywhere(file: Path) -> None:
    one = st.tuples(st.sampled_from(PLACES), VALUES).map(lambda given: dumped(replaced(SOUND, *given)))
    assert try_each(file, one)[False] > 0


def test_the_sound_file(file: Path) -> None:
    """The twin: nothing at all would be refused just as well."""
    file.write_text(FILE)
    assert is_applied(file)


def test_anything_left_out(file: Path) -> None:
    for at in PLACES[1 :: how_many(6, 1)]:
        file.write_bytes(dumped(without(SOUND, at)))
        with transaction.atomic():
            is_applied(file)
            transaction.set_rollback(True)


def test_any_document(file: Path) -> None:
    names = st.sampled_from([*SOUND, "x"])
    try_each(file, (VALUES | st.dictionaries(names, VALUES, max_size=4)).map(dumped))


def test_any_bytes(file: Path) -> None:
    """And a sound file with some of its bytes changed."""
    text, signs = (
        FILE.encode(),
        st.sampled_from([*(bytes([byte]) for byte in string.printable.encode()), b"\xff", b"\0"]),
    )
    cuts = st.tuples(st.integers(0, len(text)), st.integers(0, 8), st.lists(signs, max_size=6).map(b"".join))
    changed = st.lists(cuts, min_size=1, max_size=3).map(lambda all: _cut(text, all))
    try_each(file, st.binary(max_size=60) | changed)


def _cut(text: bytes, cuts: list[tuple[int, int, bytes]]) -> bytes:
    for at, length, by in cuts:
        text = text[:at] + by + text[at + length :]
    return text


BOMBS = {
    "laughs": "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9) if n else 'ha'}]\n" for n in range(40)),
    "itself": "queues: &a [*a]",
    "deep": "queues: " + "[" * 1000,
    "deep mappings": "{a: " * 1000,
    "long": "agent_groups: [" + "x" * 100_000 + "]",
    "a day that is none": "agent_groups: [2001-99-99]",
    "a number that is none": "agent_groups: [!!int x]",
    "a number too long": "agent_groups: [" + "9" * 5000 + "]",
    "a time that is none": "agent_groups: [!!timestamp x]",
    "bytes that are none": "agent_groups: [!!binary é]",
    "an object": "agent_groups: [!!python/object/apply:os.system [true]]",
    "an unknown tag": "agent_groups: [!x y]",
    "two documents": "agent_groups: [a]\n---\nagent_groups: [b]",
    "half a character": 'agent_groups: ["\\ud800"]',
    "a key with half a character": '"\\ud800": 1',
    "a merge": "a: &a {name: x}\nmedia_types: [{<<: *a}, {<<: [*a, 1]}]",
    "a merge of itself": "media_types: [&a {<<: *a}]",
    "other encodings": "\ufeffagent_groups: [ä]",
    "sets": "agent_groups: !!set {a, b}",
    "pairs": "agent_groups: !!omap [a: b]",
    "no value": "agent_groups: [=]",
}  # fmt: skip


@pytest.mark.parametrize("name", BOMBS)
def test_what_is_made_to_break_readers(file: Path, name: str) -> None:
    file.write_text(BOMBS[name], encoding="utf-8")
    is_applied(file)


def test_a_file_in_another_encoding(file: Path) -> None:
    for encoding in ("utf-16", "latin-1"):
        file.write_bytes("agent_groups: [größe]".encode(encoding))
        assert not is_applied(file)


def test_half_done_would_be_seen(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The twin: without the transaction what stands before the fault stays."""
    monkeypatch.setattr(configuration.applying, "transaction", SimpleNamespace(atomic=contextlib.nullcontext))
    file.write_text("agent_groups: [a]\nqueues: [{name: q, parking_queue: nowhere}]")
    with pytest.raises(AssertionError):
        is_applied(file)
