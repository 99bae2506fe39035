"""One decorator for what every operation of the API documents alike."""

from collections.abc import Callable, Sequence
from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.utils import OpenApiExample, OpenApiResponse, extend_schema

from interactions.api.schema import ProblemShape


class BearerScheme(OpenApiAuthenticationExtension):
    """How BearerAuthentication stands in the document."""

    target_class = "interactions.api.base.BearerAuthentication"
    name = "token"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {"type": "http", "scheme": "bearer", "description": "A session's or a service's token."}


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


def documented(
    summary: str,
    *,
    answers: Any,
    status: int = 200,
    also: Sequence[int] = (),
    body: Any = None,
    query: Sequence[Any] = (),
    refusals: Sequence[int] = (),
    examples: Sequence[OpenApiExample] = (),
    tags: Sequence[str] = (),
    description: str | None = None,
    operation_id: str | None = None,
) -> Callable[[Any], Any]:
    responses: dict[Any, Any] = {code: answers for code in (status, *also)}
    for code in sorted({*ALWAYS, *refusals}):
        problem = OpenApiResponse(ProblemShape, description=REASONS[code])
        responses[(code, "application/problem+json")] = problem
    return extend_schema(
        summary=summary,
        operation_id=operation_id,
        description=description,
        request=body,
        parameters=list(query),
        responses=responses,
        examples=list(examples),
        tags=list(tags),
    )
