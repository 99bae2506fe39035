"""The screen of who runs the floor: which queue is in trouble, and why.

ranges    how far back it looks
figures   what the interval rows add up to over a range, for all queues and for all agents
queues    a line per queue, the worst first
verdicts  what is said of a queue, and why
people    a line per agent, the busiest first
oldest    the interactions that have waited longest
charts    what each chart shows, which is also its table
tiles     the server in six numbers
alarms    what is raised, and what is promised of a queue
picture   all of it, read at one moment
views     the page, what refreshes it, and its tables as CSV
"""
