from django.urls import path

from workbins.api import events, stream, workbins

urlpatterns = [
    path("workbin-types", workbins.WorkbinTypesView.as_view()),
    path("workbins", workbins.WorkbinsView.as_view()),
    path("workbins/<id:workbin>/content", workbins.ContentView.as_view()),
    path("workbins/<id:workbin>/pull", workbins.PullView.as_view()),
    path("workbins/<id:workbin>/subscription", workbins.SubscriptionView.as_view()),
    path("interactions/<id:interaction>/place-in-workbin", workbins.PlaceInWorkbinView.as_view()),
    path("events", events.EventsView.as_view()),
    path("events/stream", stream.StreamView.as_view()),
]
