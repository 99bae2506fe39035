"""What our templates of the admin are made with."""

from typing import Any

from django.contrib.admin.views.main import ChangeList
from django.template import Library
from unfold.templatetags.unfold_list import result_headers

from interactions.admin.table import write_rows

register = Library()


@register.inclusion_tag("interactions/admin/table.html", takes_context=True)
def table(context: Any, cl: ChangeList) -> dict[str, Any]:
    """A list, in place of Unfold's unfold_result_list."""
    headers = list(result_headers(cl))
    return {
        "cl": cl,
        "result_headers": headers,
        "num_sorted_fields": sum(header.get("sorted", False) for header in headers),
        "rows": write_rows(cl),
        "has_add_permission": context.get("has_add_permission"),
    }
