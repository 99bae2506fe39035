"""Fields in which some rows are offered by what is typed: the rows may be thousands.

What is sent may be anything. Django looks up all of it to show the form again, and fails of what is no id.
"""

from collections.abc import Sequence
from typing import Any

from django.contrib.admin.widgets import AutocompleteMixin, AutocompleteSelect, AutocompleteSelectMultiple

from interactions.sql import is_id


class OfIds(AutocompleteMixin):
    def optgroups(self, name: str, value: Sequence[str], attr: Any = None) -> list[Any]:
        return super().optgroups(name, [id for id in value if is_id(str(id))], attr)


class OfferedOne(OfIds, AutocompleteSelect):
    """Of a foreign key."""


class OfferedMany(OfIds, AutocompleteSelectMultiple):
    """Of a field of many."""
