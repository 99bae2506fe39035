from typing import Any

from django import template

register = template.Library()


@register.simple_tag(takes_context=True)
def say(context: dict[str, Any], key: str) -> str:
    """A text of desk/words/, in the language of the page."""
    return str(context["words"][key])
