"""Receivers know that it is us: by the very lines that the documentation gives them."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import transaction

from reporting.webhooks import outbox
from reporting.webhooks.delivering import deliver
from reporting.webhooks.signing import new_secret
from tests.hooks import Received, listening, make_due, webhook

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def is_from_workbin() -> Callable[[str, Any, bytes], bool]:
    text = (Path(settings.BASE_DIR) / "docs" / "operating.md").read_text()
    [lines] = re.findall(r"```python\n(.*?)```", text, re.DOTALL)
    known: dict[str, Any] = {}
    exec(lines, known)
    return known["is_from_workbin"]


@pytest.fixture
def received(monkeypatch: pytest.MonkeyPatch) -> tuple[str, list[Received]]:
    """Two attempts at one delivery."""
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with listening() as (receiver, url):
        hook = webhook(url)
        with transaction.atomic():
            outbox.tell("test", {"text": "Grüße", "number": 1.5})
        receiver.status = 500
        deliver()
        make_due()
        deliver()
    return hook.secret, receiver.got


Verify = Callable[[str, Any, bytes], bool]


def test_a_signature_is_good(is_from_workbin: Verify, received: tuple[str, list[Received]]) -> None:
    secret, got = received
    assert len(got) == 2
    for one in got:
        assert is_from_workbin(secret, one.headers, one.body)
    assert got[0].headers["Workbin-Delivery"] == got[1].headers["Workbin-Delivery"]


def test_what_was_changed_is_not(is_from_workbin: Verify, received: tuple[str, list[Received]]) -> None:
    secret, [one, _] = received
    stamp = int(one.headers["Workbin-Timestamp"])
    assert not is_from_workbin(secret, one.headers, one.body.replace(b"1.5", b"2.5"))
    assert not is_from_workbin(new_secret(), one.headers, one.body)
    assert not is_from_workbin(secret, one.headers | {"Workbin-Timestamp": str(stamp + 1)}, one.body)
    for missing in ("Workbin-Signature", "Workbin-Timestamp"):
        assert not is_from_workbin(secret, {k: v for k, v in one.headers.items() if k != missing}, one.body)


def test_what_is_old_is_not(
    is_from_workbin: Verify, received: tuple[str, list[Received]], monkeypatch: pytest.MonkeyPatch
) -> None:
    secret, [one, _] = received
    sent = int(one.headers["Workbin-Timestamp"])
    for age, is_good in ((0, True), (299, True), (301, False), (-301, False)):
        monkeypatch.setattr("time.time", lambda age=age: sent + age)
        assert is_from_workbin(secret, one.headers, one.body) is is_good


def test_secrets_are_long_and_not_the_same() -> None:
    one, another = new_secret(), new_secret()
    assert one != another
    assert len(one.removeprefix("whsec_")) * 6 >= 256
