"""The statements of the commands, one a function. Each says what it must never do.

Lock order everywhere: agent, then interactions by id, then parties by id. A statement that takes locks
out of this order skips what is locked, and so waits for nobody.
"""
