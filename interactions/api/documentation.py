"""One decorator for what every operation of the API documents alike."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from drf_spectacular.utils import OpenApiExample, OpenApiParameter, OpenApiResponse, extend_schema

from interactions.api import openapi  # noqa: F401  # registers what stands there
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
    also: Sequence[int] = (),
    body: Any = None,
    query: Sequence[Any] = (),
    refusals: Sequence[int] = (),
    examples: Sequence[OpenApiExample] = (),
    links: Mapping[str, Any] | None = None,
    tags: Sequence[str] = (),
    description: str | None = None,
) -> Callable[[Any], Any]:
    """`name` is the operation's id, a verb and its object; `links` lead to what may follow (see `link`)."""
    responses: dict[Any, Any] = {code: OpenApiResponse(answers, SUCCESS[code]) for code in (status, *also)}
    for code in sorted({*ALWAYS, *refusals}):
        problem = OpenApiResponse(ProblemShape, description=REASONS[code])
        responses[(code, "application/problem+json")] = problem
    return extend_schema(
        operation_id=name,
        summary=summary,
        description=description,
        request=body,
        parameters=[*query, *HEADERS],
        responses=responses,
        examples=list(examples),
        extensions={"x-links": dict(links)} if links else None,
        tags=list(tags),
    )


SUCCESS = {200: "It is done, or here it is.", 201: "It was made.", 204: "It is done."}
