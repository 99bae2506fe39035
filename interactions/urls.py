from django.urls import path

from interactions.api import converters, holding, interactions, queues, sessions

converters.register()

urlpatterns = [
    path("sessions", sessions.SessionsView.as_view()),
    path("sessions/current", sessions.CurrentSessionView.as_view()),
    path("keep-alive", holding.KeepAliveView.as_view()),
    path("parties", holding.PartiesView.as_view()),
    path("queues", queues.QueuesView.as_view()),
    path("queues/<queue:name>/pull", queues.PullView.as_view()),
    path("pull-next", queues.PullNextView.as_view()),
    path("interactions", interactions.InteractionsView.as_view()),
    path("interactions/<id:interaction>", interactions.InteractionView.as_view()),
    path("interactions/<id:interaction>/place-in-queue", interactions.PlaceInQueueView.as_view()),
    path("interactions/<id:interaction>/stop-processing", interactions.StopProcessingView.as_view()),
    path("interactions/<id:interaction>/revoke", interactions.RevokeView.as_view()),
]
