from pathlib import Path

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from desk.words import language_for, words

PARTS = Path(__file__).parent / "static" / "desk"
SHARED = ["interactions/dom.js"]  # with the other pages


def parts(ending: str) -> list[str]:
    """The page names them all, so that the browser asks for them at once."""
    return sorted(f"desk/{file.name}" for file in PARTS.glob(f"*.{ending}") if file.name != "theme.js")


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """The same for everybody: who asks is known to the API alone, by its token. No cookie is read or set."""
    language = language_for(request)
    context = {
        "language": language,
        "words": words(language),
        "modules": SHARED + parts("js"),
        "sheets": parts("css"),
    }
    response = render(request, "desk/index.html", context)
    response["Cache-Control"], response["Vary"] = "no-cache", "Accept-Language"
    return response
