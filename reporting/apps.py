from django.apps import AppConfig


class ReportingConfig(AppConfig):
    name = "reporting"

    def ready(self) -> None:
        # Connected before workbins, which stands below us in INSTALLED_APPS and answers a core signal
        # with its own: so the core's event is written first.
        from interactions import waking
        from reporting import cursor, receivers

        for signal in receivers.EVENTS:
            signal.connect(receivers.append, dispatch_uid="reporting")
        waking.probes["log"] = cursor.has_more
        waking.untold.add(cursor.TOPIC)
