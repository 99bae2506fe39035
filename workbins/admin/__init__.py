"""Workbins in the admin, and the command that places interactions in them."""

from workbins.admin import placing, workbins

__all__ = ["placing", "workbins"]
