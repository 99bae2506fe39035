from django.apps import AppConfig
from django.db.models.signals import post_migrate


class ReportingConfig(AppConfig):
    name = "reporting"

    def ready(self) -> None:
        # Connected before workbins, which stands below us in INSTALLED_APPS and answers a core signal
        # with its own: so the core's event is written first.
        from interactions import waking
        from reporting import cursor, partitions, receivers

        for signal in receivers.EVENTS:
            signal.connect(receivers.append, dispatch_uid="reporting")
        post_migrate.connect(partitions.provide_after_migrate, sender=self, dispatch_uid="reporting")
        waking.probes["log"] = cursor.has_more
        waking.untold.add(cursor.TOPIC)
