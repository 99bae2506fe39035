from django.apps import AppConfig


class WorkbinsConfig(AppConfig):
    name = "workbins"
