from django.http import HttpResponse
from django.urls import path

from benchmarks.obvious.views import KeepAliveView, PullView, StopView

urlpatterns = [
    path("healthz", lambda request: HttpResponse("alive")),
    path("api/v1/queues/<str:name>/pull", PullView.as_view()),
    path("api/v1/keep-alive", KeepAliveView.as_view()),
    path("api/v1/interactions/<int:item_id>/stop-processing", StopView.as_view()),
]
