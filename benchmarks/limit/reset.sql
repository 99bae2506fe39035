-- One reset and nothing else.
\set agent random(:first, :last)
UPDATE interactions_party SET last_reset_at = clock_timestamp(),
    deadline_at = clock_timestamp() + handling_timeout * interval '1 second'
WHERE agent_id = :agent AND ended_at IS NULL AND deadline_at > statement_timestamp();
