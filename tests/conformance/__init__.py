"""The conformance kit: what docs/api.md promises, asked of any server over HTTP.

    python -m tests.conformance http://127.0.0.1:8000 --user admin --password ...

A black box: it knows a base URL and an admin's log-in, imports nothing of the server's code (nor of the rest
of tests/), and needs httpx and pytest, and rich for a nicer table. The server must have floor.yaml applied;
the kit says so if it has not. docs/conformance.md says how to run it and lists the scenarios.

    server.py   the server by HTTP, and what must be true of each of its answers
    cast.py     who asks: agents, supervisors, the admin
    floor.py    queues, workbins and people of floor.yaml, and who has which of them at the moment
    log.py      the reporting log, as one line an event
    lateness.py how late holds expired, by the log and as their holders were told
    stage.py    a scenario's cast, by the names of its arguments
    playing.py  all scenarios at once, as items of pytest
    table.py    what came of it
    scenarios/  one file a theme
"""
