"""A web process as ours, with a view of DRF that does nothing: `python -m benchmarks.bare FD`."""

import sys

from config import web  # sets Django up, which the imports below need

# isort: split
from django.urls import path
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from config import urls


class NothingView(APIView):
    authentication_classes = []
    permission_classes = []

    def post(self, request: Request) -> Response:
        return Response({})


if __name__ == "__main__":
    urls.urlpatterns.insert(0, path("api/v1/nothing", NothingView.as_view()))
    web.main(int(sys.argv[1]))
