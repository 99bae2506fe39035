"""What browsers are told with every answer, beside what Django's SecurityMiddleware tells them."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

API = "/api/v1/"


def policy(**sources: str) -> str:
    """A Content-Security-Policy: nothing is allowed but what is named."""
    rules = {
        "default_src": "'none'",
        "base_uri": "'none'",
        "form_action": "'none'",
        "frame_ancestors": "'none'",
    }
    return "; ".join(f"{name.replace('_', '-')} {of}" for name, of in (rules | sources).items())


PAGE = {
    "script_src": "'self'",
    "style_src": "'self'",
    "img_src": "'self' data:",
    "font_src": "'self'",
    "connect_src": "'self'",
    "form_action": "'self'",
}
NOTHING = policy()
ERROR_PAGE = policy(style_src="'self'", img_src="'self'")
# By the beginning of the path; elsewhere no answer is a page, but of an error.
POLICIES = {
    # Unfold's scripts are Alpine's, which evaluates attributes, and its styles stand in attributes.
    "/admin/": policy(**PAGE | {"script_src": "'self' 'unsafe-eval'", "style_src": "'self' 'unsafe-inline'"}),
    "/api/docs/": policy(**PAGE | {"style_src": "'self' 'unsafe-inline'"}),
    "/desk/": policy(**PAGE),
}


def headers_for(path: str) -> dict[str, str]:
    """Also for answers that do not come from Django."""
    found = next((rules for start, rules in POLICIES.items() if path.startswith(start)), NOTHING)
    headers = {
        "Content-Security-Policy": found,
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
        "Referrer-Policy": "same-origin",
    }
    return headers | ({"Cache-Control": "no-store"} if path.startswith(API) else {})


class Headers:
    """The outermost middleware, so that errors of all others have them too."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        for name, value in headers_for(request.path_info).items():
            response.setdefault(name, value)
        return response
