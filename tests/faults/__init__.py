"""Faults under load, with real processes: whatever dies, nothing is lost, doubled, early or silent.

cluster  what `up` runs, with a second worker, and hands that may hurt it
watch    who was alive when
load     agents, some of whom go silent, and a media server, over HTTP
witness  hears every answer they get
scene    what a fault is given
acts     the faults, each a small function
checks   what must hold after each of them
play     a load, its faults, and the checks
rounds   play after play
table    the figures, for docs/reliability.md

`python -m tests.faults` plays them all at length.
"""
