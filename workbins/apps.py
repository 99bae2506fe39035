from django.apps import AppConfig
from django.db.models import Model
from django.db.models.signals import post_save


class WorkbinsConfig(AppConfig):
    name = "workbins"

    def ready(self) -> None:
        from interactions import access as core_access
        from interactions import signals as core
        from workbins import access, provision, receivers
        from workbins.models import WorkbinType

        core_access.pull_rules.append(access.private_queues_of_visible_workbins)
        for signal, receiver in (
            (core.placed_in_queue, receivers.on_placed_in_queue),
            (core.taken_from_queue, receivers.on_taken_from_queue),
            (core.party_removed, receivers.on_party_removed),
            (core.processing_stopped, receivers.on_processing_stopped),
            (core.properties_changed, receivers.on_properties_changed),
            (core.agent_logged_out, receivers.on_agent_logged_out),
        ):
            signal.connect(receiver, dispatch_uid="workbins")
        models: list[type[Model]] = [WorkbinType, *provision.OWNERS.values()]
        for model in models:
            post_save.connect(receivers.on_directory_saved, sender=model, dispatch_uid="workbins")
