"""One decorator for what every operation of the API documents alike."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from drf_spectacular.utils import OpenApiExample, OpenApiParameter, OpenApiResponse, extend_schema

from interactions.api import openapi  # noqa: F401  # registers what stands there
from interactions.api.idempotency import HEADER, VISIBLE
from interactions.api.schema import ProblemShape

REASONS = {
    400: "invalid: malformed JSON, unknown or wrong fields, out of range",
    401: "not_authenticated",
    403: "not_permitted",
    404: "not_found, or not visible to you",
    405: "no such method here",
    406: "only JSON is answered",
    409: "the state of things does not allow it; `code` says why",
    410: "cursor_expired",
    413: "the body is too large",
    415: "only JSON is read",
    429: "throttled; Retry-After says for how long",
    503: "unavailable for the moment; Retry-After says for how long",
}
ALWAYS = (400, 401, 403, 404, 405, 406, 413, 415, 503)
IDEMPOTENCY_KEY = OpenApiParameter(
    HEADER,
    {"type": "string", "minLength": 1, "maxLength": 255, "pattern": f"^{VISIBLE}$"},
    OpenApiParameter.HEADER,
    description="Under the same key the same request has one effect, and for a day the same answer: "
    "send it again when an answer was lost. With another request the key is 409 `idempotency_mismatch`.",
)


def _header(name: str, statuses: Sequence[int], kind: type, description: str) -> OpenApiParameter:
    return OpenApiParameter(
        name, kind, OpenApiParameter.HEADER, response=list(statuses), required=True, description=description
    )


HEADERS = (
    _header("WWW-Authenticate", [401], str, "The scheme: Bearer."),
    _header("Allow", [405], str, "The methods that this address knows."),
    _header("Retry-After", [429, 503], int, "Seconds."),
)


def link(operation: str, description: str, body: Any = None, **parameters: str) -> dict[str, Any]:
    """What may follow an answer: an operation, with runtime expressions for its parameters and its body."""
    given = {"operationId": operation, "description": description, "parameters": parameters}
    return given if body is None else given | {"requestBody": body}


def documented(
    summary: str,
    *,
    answers: Any,
    name: str | None = None,
    status: int = 200,
    media_type: str = "application/json",
    text_as: Sequence[str] = (),
    also: Sequence[int] = (),
    body: Any = None,
    query: Sequence[Any] = (),
    refusals: Sequence[int] = (),
    examples: Sequence[OpenApiExample] = (),
    links: Mapping[str, Any] | None = None,
    tags: Sequence[str] = (),
    description: str | None = None,
    takes_key: bool = True,
) -> Callable[[Any], Any]:
    """`name` is the operation's id, a verb and its object; `links` lead to what may follow (see `link`).
    `text_as`: in which media types the same is answered as text.
    `takes_key` is about a POST: whether it heeds an Idempotency-Key, as all do that know their caller.
    """

    def document(handler: Any) -> Any:
        is_keyed = takes_key and handler.__name__ == "post"
        responses: dict[Any, Any] = {
            (code, media_type) if answers else code: OpenApiResponse(answers, SUCCESS[code])
            for code in (status, *also)
        }
        responses |= {(status, kind): OpenApiResponse(str, SUCCESS[status]) for kind in text_as}
        for code in sorted({*ALWAYS, *refusals, *([409] if is_keyed else [])}):
            problem = OpenApiResponse(ProblemShape, description=REASONS[code])
            responses[(code, "application/problem+json")] = problem
        return extend_schema(
            operation_id=name,
            summary=summary,
            description=description,
            request=body,
            parameters=[*query, *HEADERS, *([IDEMPOTENCY_KEY] if is_keyed else [])],
            responses=responses,
            examples=list(examples),
            extensions={"x-links": dict(links)} if links else None,
            tags=list(tags),
        )(handler)

    return document


SUCCESS = {200: "It is done, or here it is.", 201: "It was made.", 204: "It is done."}
