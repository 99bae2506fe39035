from django.urls import path

from reporting.api import events

urlpatterns = [
    path("reporting/events", events.EventsView.as_view()),
    path("reporting/interactions/<id:interaction>", events.HistoryView.as_view()),
]
