from django.urls import path

from reporting.api import events, history

urlpatterns = [
    path("reporting/events", events.EventsView.as_view()),
    path("reporting/interactions/<id:interaction>", history.HistoryView.as_view()),
]
