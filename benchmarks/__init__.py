NAMES = {
    "pulling": "pulls over REST, beside the bare SQL and the obvious way; pulls of fifty",
    "keeping": "keep-alives, beside a view that does nothing",
    "cycle": "pull, two resets, stop: in Python and over REST, beside lease queues",
    "expiring": "50,000 holds that fall due within a second, beside the bare SQL and beanstalkd",
    "lateness": "how late holds are revoked, 500 a second beside 100,000 others",
    "growth": "pull, reset, expiry, find, content and now from 1,000 to 1,000,000",
    "broker": "the broker's messages and a worker's memory, with few and with many open holds",
    "streams": "event streams: connected to one web process, and from commit to client",
    "soak": "agents at work for long: what becomes of the pull, and of tables and indexes",
    "hosts": "web and workers on several hosts",
    "plans": "the plans of pull, reset and revocation at a million interactions",
    "now": "what a look at the present costs at a million interactions and 100,000 holds",
    "find": "what a page of GET interactions costs at a million interactions",
    "lists": "what the lists of the admin cost at a million interactions, for each filter",
    "feed": "what a page of GET reporting/events costs at five million events, or FEED_EVENTS",
    "waiting": "what 2,000 requests that wait cost one web process, and how soon they are answered",
    "audit": "how long an audit of 200,000 and of 1,000,000 events takes, and how much memory",
    "purge": "what a batch of stopped interactions costs at a million, and how PostgreSQL finds it",
}

# Those of `short` and `full`, and whether they are in the short one.
SUITE = {
    "pulling": True,
    "keeping": True,
    "cycle": True,
    "expiring": True,
    "lateness": True,
    "growth": True,
    "broker": True,
    "streams": True,
    "soak": False,
    "hosts": False,
}
