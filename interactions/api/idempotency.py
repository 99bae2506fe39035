"""The Idempotency-Key of a POST: the same request under the same key has one effect and one answer."""

import re
from collections.abc import Callable
from hashlib import sha256
from typing import Any

import orjson
from rest_framework.request import Request
from rest_framework.response import Response

from interactions.api.json import JSONRenderer
from interactions.errors import Invalid
from interactions.idempotency import Answer, KeyedRequest, at_most_once, find, keep

HEADER = "Idempotency-Key"
VISIBLE = r"[!-~]{1,255}"


def answer_once(caller: Any, request: Request, key: str, handle: Callable[[], Response]) -> Response:
    """`handle` runs within the transaction that stores its answer, and again if that lost a race.

    Errors: Invalid, IdempotencyMismatch.
    """
    if not re.fullmatch(VISIBLE, key):
        raise Invalid(errors={HEADER: ["Send 1 to 255 visible ASCII characters."]})
    keyed = KeyedRequest(caller, key, _fingerprint(request))

    def act() -> Response:
        if known := find(keyed):
            return _respond(known)
        response = handle()
        if _got_nothing(response):
            return response
        answer = Answer(response.status_code, JSONRenderer().render(response.data))
        keep(keyed, answer)
        return _respond(answer)

    return at_most_once(act)


def _fingerprint(request: Request) -> bytes:
    """Of what is asked for, not of how it is written: members in another order are the same request."""
    try:
        body = orjson.dumps(request.data, option=orjson.OPT_SORT_KEYS)
    except orjson.JSONEncodeError as error:
        raise Invalid(errors={"body": ["It is nested too deeply."]}) from error
    return sha256(b"POST %s\n%s" % (request.get_full_path().encode(), body)).digest()


def _got_nothing(response: Response) -> bool:
    """A pull that found nothing has no effect to protect: the next attempt may find something."""
    return response.data.get("interactions") == []


def _respond(answer: Answer) -> Response:
    """Both the first and every later answer are these bytes."""
    return Response(orjson.Fragment(answer.body), status=answer.status)
