"""The agents' desk: one page that speaks the REST API like any other application."""
