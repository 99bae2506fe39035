"""Races of two commands, in either order of winners: what comes of both, and what the log has of it.

| race | scenes |
|---|---|
| reset against expiry | test_expiry; the clock of a reset that waits: test_reset_race |
| stop against expiry | test_expiry; a stop that waits too long: test_races; often: test_races_at_random |
| pull against expiry | test_expiry: by id, which waits, and in order, which goes round |
| place against revoke by hand | test_two_commands; often: test_races_at_random |
| two pulls of the same id | test_two_commands; of several, in opposite order: test_races_at_random |
| two pulls at capacity | test_at_the_door; every other way to the last places: test_races |
| log-out against pull | test_at_the_door; often: test_races_at_random; against submit: test_races |
| properties against stop | test_two_commands |
| purge against find | test_purge |
| subscription against loss of right | test_rights; against log-out: test_subscriptions |
| pull against loss of right | test_rights |

The winner stands amid its transaction when the loser is seen waiting for it (tests.racing). What the races
would do without their locks: beside them, and in test_races_twins.
"""
