"""Alarms: a rule names a measure and a threshold; beyond it for long enough, an alarm is raised.

measures   what can be watched, each one statement for all queues
evaluation looks at them every few seconds; raises and clears, and tells the webhooks
words      what a person is told
"""
