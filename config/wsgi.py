"""Django as a WSGI application: every request that does not wait."""

import os
from typing import Any

import django
from django.core.handlers.wsgi import WSGIHandler
from django.http.response import HttpResponseBase
from django.utils.http import parse_header_parameters

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")


class Application(WSGIHandler):
    """Django takes the Content-Type apart before anything of it could answer with an error."""

    def __call__(self, environ: dict[str, Any], start_response: Any) -> HttpResponseBase:
        try:
            parse_header_parameters(environ.get("CONTENT_TYPE", ""))
        except ValueError:
            environ["CONTENT_TYPE"] = "application/x-unreadable"  # which nothing here reads
        return super().__call__(environ, start_response)


django.setup(set_prefix=False)
application = Application()
