"""What user_data may hold, and that it comes back as it was."""

import pytest

from tests import cast
from tests.applications import Application, Json

pytestmark = pytest.mark.django_db(transaction=True)

SUBMISSION: Json = {"queue": cast.SUPPORT, "media_type": "email"}


def user_data(levels: int) -> Json:
    data: Json = {}
    for _ in range(levels - 1):
        data = {"a": data}
    return data


@pytest.mark.parametrize("levels", [33, 500, 1000, 1020])
def test_user_data_too_deep(gateway: Application, levels: int) -> None:
    body = (
        b'{"queue":"email-support","media_type":"email","user_data":'
        + b'{"a":' * levels
        + b"1"
        + b"}" * (levels + 1)
    )
    reply = gateway.send_raw("POST", "interactions", data=body, content_type="application/json")
    assert reply.is_problem, reply
    gateway.post("interactions", **SUBMISSION, user_data=user_data(32)).ok(201)  # the twin


@pytest.mark.parametrize("data", [{"a": "\0"}, {"\0": 1}, {"a": [{"b": ["\0"]}]}, {"a": "x" * 65_536}])
def test_user_data_that_cannot_be_kept(gateway: Application, data: Json) -> None:
    assert gateway.post("interactions", **SUBMISSION, user_data=data).refused(400, "invalid")[
        "errors"
    ].keys() == {"user_data"}


def test_an_escaped_backslash_is_no_nul(gateway: Application) -> None:
    """The twin: text that merely looks like one is kept as it is."""
    kept = {"a": "\\u0000", "b": "\u0001", "c": "😀"}
    assert (
        gateway.post("interactions", **SUBMISSION, user_data=kept).ok(201)["interaction"]["user_data"] == kept
    )


@pytest.mark.parametrize("number", ["123456789012345678901234567890", "-1e30"])
def test_a_number_that_would_not_come_back_as_it_was(gateway: Application, number: str) -> None:
    body = f'{{"queue":"email-support","media_type":"email","user_data":{{"a":[{number}]}}}}'
    reply = gateway.send_raw("POST", "interactions", data=body.encode(), content_type="application/json")
    assert reply.refused(400, "invalid")["errors"].keys() == {"user_data"}
    kept = {"a": [2**63 - 1, -(2**63) + 1, 0.1]}  # the twin
    assert (
        gateway.post("interactions", **SUBMISSION, user_data=kept).ok(201)["interaction"]["user_data"] == kept
    )
