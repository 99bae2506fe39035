"""Webhooks: what happened is posted to addresses of others, signed, at least once.

    what is told --one transaction--> a Delivery for each webhook (outbox.tell)
    a task, every few seconds and when told of a new one:
        claim (a lease, committed) -> POST (no transaction is open) -> record

The row is the truth: whatever dies, the lease of what it had claimed ends and the next task has it.
"""
