"""A media server and agents as real HTTP clients, some of whom go quiet; and the proof that nothing was lost.

cast     prepares agents, queue and tokens in the database; from then on everything goes over HTTP
media    the media server: submits
agents   pull, work, keep alive, park in a workbin, give back, stop, or go quiet
ledger   what the clients were told
replay   what the reporting log says, step by step, and where the two differ
figures  the table at the end
show     progress and the table, for a terminal or a log
run      plays it all
"""
