"""What happened in each quarter of an hour, per queue, workbin, agent and for the whole server.

buckets    durations counted by size, so that sums of intervals still have percentiles
tally      one event is counted: the only place that says what counts as what
projector  counts the log's new events into the stored rows, each exactly once
rebuild    the same from the beginning, beside the rows in use
reading    rows by quarter, hour or day, with the levels at their ends
"""
