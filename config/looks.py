"""How the admin looks: Unfold's settings, and the sidebar."""

from django.templatetags.static import static
from django.urls import reverse_lazy

SUPERVISE = "interactions.supervise_interaction"


def _page(title: str, icon: str, model: str, *others: str) -> dict[str, object]:
    """A line of the sidebar. model: app_model, which one may view; others: rights to see some of it."""
    app, name = model.split("_")
    seen_by = [f"{app}.view_{name}", *others]
    return {
        "title": title,
        "icon": icon,  # of Material Symbols, which come with Unfold
        "link": reverse_lazy(f"admin:{model}_changelist"),
        "permission": lambda request: any(map(request.user.has_perm, seen_by)),
    }


UNFOLD = {
    "SITE_TITLE": "Workbin",
    "SITE_HEADER": "Workbin",
    "SITE_SUBHEADER": "Interaction server",
    "SITE_SYMBOL": "inventory_2",
    "SITE_URL": None,
    "LOGIN": {"form": "config.login.LoginForm"},
    "SITE_FAVICONS": [
        {"rel": "icon", "type": "image/svg+xml", "href": lambda request: static("interactions/icon.svg")}
    ],
    "SHOW_VIEW_ON_SITE": False,
    "DASHBOARD_CALLBACK": "reporting.dashboard.views.add_to_index",
    "STYLES": [
        lambda request: static("interactions/admin.css"),
        lambda request: static("interactions/table.css"),
        lambda request: static("reporting/life.css"),
    ],
    "COLORS": {
        "primary": {
            "50": "#effaf8",
            "100": "#d3f2ec",
            "200": "#a8e4da",
            "300": "#72cfc2",
            "400": "#41b3a6",
            "500": "#27978c",
            "600": "#1b7a72",
            "700": "#19625d",
            "800": "#184e4b",
            "900": "#17413f",
            "950": "#082625",
        }
    },
    "SIDEBAR": {
        "show_search": False,
        "navigation": [
            {
                "title": "Work",
                "items": [
                    {
                        "title": "Dashboard",
                        "icon": "monitoring",
                        "link": reverse_lazy("admin:index"),
                        "permission": lambda request: request.user.has_perm("reporting.view_event"),
                    },
                    _page("Interactions", "inbox", "interactions_interaction", SUPERVISE),
                    _page("Open parties", "timer", "interactions_party", SUPERVISE),
                    _page("Sessions", "badge", "interactions_session"),
                    _page("Events", "history", "reporting_event"),
                    _page("Audits", "fact_check", "reporting_auditrun"),
                    _page("Admin log", "manage_history", "admin_logentry"),
                ],
            },
            {
                "title": "Alarms",
                "separator": True,
                "items": [
                    _page("Alarms", "notifications_active", "reporting_alarm"),
                    _page("Alarm rules", "rule", "reporting_alarmrule"),
                    _page("Service levels", "speed", "reporting_servicelevel"),
                    _page("Webhooks", "webhook", "reporting_webhook"),
                    _page("Deliveries", "outbox", "reporting_delivery"),
                ],
            },
            {
                "title": "Floor",
                "separator": True,
                "items": [
                    _page("Queues", "low_priority", "interactions_queue"),
                    _page("Media types", "perm_media", "interactions_mediatype"),
                    _page("Workbin types", "category", "workbins_workbintype"),
                    _page("Workbins", "inventory_2", "workbins_workbin"),
                ],
            },
            {
                "title": "People",
                "separator": True,
                "items": [
                    _page("Agents", "support_agent", "interactions_agent"),
                    _page("Agent groups", "groups", "interactions_agentgroup"),
                    _page("Places", "desk", "interactions_place"),
                    _page("Place groups", "meeting_room", "interactions_placegroup"),
                    _page("Users", "person", "auth_user"),
                ],
            },
            {
                "title": "Programs",
                "separator": True,
                "items": [_page("Services", "terminal", "interactions_service")],
            },
        ],
    },
}
