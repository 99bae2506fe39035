"""The obvious way: the same pulls, keep-alives and revocations, written as most would write them.

The models' rows are read and saved one by one, a Celery task with a countdown waits for each hold, and each
request of an agent revokes the tasks of all that the agent holds and sends new ones. It does what ours does
of this: it asks for the token, the right to pull and the capacity, locks as it must, and saves an event for
each change. It knows no media types, no workbins, no places and no audit.

It is dealt with kindly: its web server and its PostgreSQL are ours, database connections stay open, what it
filters by is indexed, task ids are known beforehand so that a hold is saved once, and answers are JSON alone.
No worker runs unless it is asked for, so that taking in the countdowns costs it nothing.
"""
