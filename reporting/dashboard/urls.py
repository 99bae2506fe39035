from django.urls import path

from reporting.dashboard import views

urlpatterns = [
    path("data", views.data, name="dashboard"),
    path("<str:name>.csv", views.table, name="dashboard_table"),
]
