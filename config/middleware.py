from collections.abc import Callable

from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse

from config.headers import API


class BodyLimit:
    """Refuses a request whose body the bridge has thrown away. The API does so itself, in its own form."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.META.get("workbin.body_too_large") and not request.path_info.startswith(API):
            problem = {"type": "about:blank", "title": "Content Too Large", "status": 413}
            return JsonResponse(problem, status=413, content_type="application/problem+json")
        return self.get_response(request)


class LivingConnection:
    """Has a page ask first whether its database's connection still leads anywhere, as after a restart.

    The API does without: its commands find out themselves, and are run again.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        connection.health_check_enabled = not request.path_info.startswith(API)  # type: ignore[attr-defined]
        return self.get_response(request)
