from django.urls import path

from reporting.api import events, history, tables

urlpatterns = [
    path("reporting/events", events.EventsView.as_view()),
    path("reporting/interactions/<id:interaction>", history.HistoryView.as_view()),
    path("reporting/queues", tables.QueuesView.as_view()),
    path("reporting/workbins", tables.WorkbinsView.as_view()),
    path("reporting/agents", tables.AgentsView.as_view()),
    path("reporting/server", tables.ServerView.as_view()),
    path("reporting/now", tables.NowView.as_view()),
]
