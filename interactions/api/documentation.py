"""One decorator for what every operation of the API documents alike."""

from collections.abc import Callable, Sequence
from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, OpenApiResponse, extend_schema

from interactions.api.idempotency import HEADER, VISIBLE
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
IDEMPOTENCY_KEY = OpenApiParameter(
    HEADER,
    {"type": "string", "minLength": 1, "maxLength": 255, "pattern": f"^{VISIBLE}$"},
    OpenApiParameter.HEADER,
    description="Under the same key the same request has one effect, and for a day the same answer: "
    "send it again when an answer was lost. With another request the key is 409 `idempotency_mismatch`.",
)


def documented(
    summary: str,
    *,
    answers: Any,
    status: int = 200,
    media_type: str = "application/json",
    also: Sequence[int] = (),
    body: Any = None,
    query: Sequence[Any] = (),
    refusals: Sequence[int] = (),
    examples: Sequence[OpenApiExample] = (),
    tags: Sequence[str] = (),
    description: str | None = None,
    takes_key: bool = True,
    operation_id: str | None = None,
) -> Callable[[Any], Any]:
    """`takes_key` is about a POST: whether it heeds an Idempotency-Key, as all do that know their caller."""

    def document(handler: Any) -> Any:
        is_keyed = takes_key and handler.__name__ == "post"
        responses: dict[Any, Any] = {
            (code, media_type) if answers else code: answers for code in (status, *also)
        }
        for code in sorted({*ALWAYS, *refusals, *([409] if is_keyed else [])}):
            problem = OpenApiResponse(ProblemShape, description=REASONS[code])
            responses[(code, "application/problem+json")] = problem
        return extend_schema(
            summary=summary,
            operation_id=operation_id,
            description=description,
            request=body,
            parameters=[*query, *([IDEMPOTENCY_KEY] if is_keyed else [])],
            responses=responses,
            examples=list(examples),
            tags=list(tags),
        )(handler)

    return document
