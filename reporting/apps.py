from django.apps import AppConfig


class ReportingConfig(AppConfig):
    name = "reporting"

    def ready(self) -> None:
        from reporting import receivers

        for signal in receivers.EVENTS:
            signal.connect(receivers.append, dispatch_uid="reporting")
