"""What workbins add to the core's signals. Sent as those are, with `command` and `facts`."""

from django.dispatch import Signal

placed_in_workbin = Signal()
taken_from_workbin = Signal()
