"""Errors as problem documents (RFC 9457), with the code a program decides by."""

import json
from http import HTTPStatus
from typing import Any

from django.db import connection
from django.http import Http404, HttpRequest, HttpResponse
from django.views.defaults import bad_request as page_of_bad_request
from django.views.defaults import page_not_found, permission_denied
from django.views.defaults import server_error as page_of_server_error
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.views import exception_handler

from config.headers import ERROR_PAGE
from interactions.api.json import JSONRenderer
from interactions.errors import Refusal, Unavailable
from interactions.sql import is_away

CONTENT_TYPE = "application/problem+json"
CODES = {
    400: "invalid",
    401: "not_authenticated",
    403: "not_permitted",
    404: "not_found",
    405: "method_not_allowed",
    406: "not_acceptable",
    408: "too_slow",
    413: "too_large",
    415: "unsupported_media_type",
    429: "throttled",
    431: "too_large",
    500: "internal_error",
    503: "unavailable",
}


def problem(status: int, detail: str, code: str | None = None, **members: Any) -> dict[str, Any]:
    code = code or CODES.get(status, "refused")
    return {
        "type": f"urn:workbin:problem:{code}",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
        "event": "EventError",
        "code": code,
        **members,
    }


def handler(error: Exception, context: dict[str, Any]) -> Response | None:
    """DRF's own handler sets headers and rolls back; the body is replaced: JSON, whatever was asked for."""
    members: dict[str, Any] = {}
    code = None
    if is_away(error):
        connection.close()
        error = Unavailable(retry_after=1)
    if isinstance(error, Refusal):
        members, code = error.members, error.code
        error = _as_api_exception(error)
    response = exception_handler(error, context)
    if response is None:
        return None
    if isinstance(error, exceptions.ValidationError):
        members = {"errors": _by_field(error.detail)}
    detail = _detail(error)
    response.data = problem(response.status_code, detail, code, **members)
    response.content_type = CONTENT_TYPE
    request = context["request"]
    request.accepted_renderer, request.accepted_media_type = JSONRenderer(), CONTENT_TYPE
    return response


def _as_api_exception(refusal: Refusal) -> exceptions.APIException:
    error = exceptions.APIException(refusal.detail)
    error.status_code = refusal.status
    if refusal.status == 401:
        error.auth_header = 'Bearer realm="workbin"'  # type: ignore[attr-defined]
    if "retry_after" in refusal.members:
        error.wait = refusal.members["retry_after"]  # type: ignore[attr-defined]
    return error


def _detail(error: Exception) -> str:
    if isinstance(error, exceptions.ValidationError):
        return "The request has wrong or unknown fields."
    if isinstance(error, Http404):
        return "There is no such thing, or you may not see it."
    return str(getattr(error, "detail", error))


def _by_field(detail: Any, path: str = "") -> dict[str, list[str]]:
    """Nested errors, flat: {"user_data": [...]}; what concerns the whole body is under "body"."""
    if isinstance(detail, dict):
        flat: dict[str, list[str]] = {}
        for key, inner in detail.items():
            name = "body" if key == "non_field_errors" else str(key)
            flat |= _by_field(inner, f"{path}.{name}" if path else name)
        return flat
    texts = detail if isinstance(detail, list) else [detail]
    return {path or "body": [str(text) for text in texts]}


def respond(status: int, detail: str) -> HttpResponse:
    return HttpResponse(json.dumps(problem(status, detail)), status=status, content_type=CONTENT_TYPE)


def _page(answer: HttpResponse) -> HttpResponse:
    """Of templates, which need a style, wherever they stand."""
    answer.headers["Content-Security-Policy"] = ERROR_PAGE
    return answer


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    if not request.path.startswith("/api/"):
        return _page(page_of_bad_request(request, exception))
    return respond(400, "The request is malformed, or names a host that this server is not.")


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """The API's views answer for themselves."""
    return _page(permission_denied(request, exception))


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    if not request.path.startswith("/api/"):
        return _page(page_not_found(request, exception))
    return respond(404, "There is nothing at this address.")


def server_error(request: HttpRequest) -> HttpResponse:
    if not request.path.startswith("/api/"):
        return _page(page_of_server_error(request))
    return respond(500, "Something went wrong here. It was logged.")
