-- One pull and nothing else: claim, party, two events.
\set agent random(:first, :last)
BEGIN;
WITH waiting AS MATERIALIZED (
    SELECT id FROM interactions_interaction
    WHERE queue_id = :queue AND state = 'queued'
    ORDER BY priority DESC, place_in_queue_seq LIMIT 1 FOR NO KEY UPDATE SKIP LOCKED
),
i AS (
    UPDATE interactions_interaction i SET state = 'handling' FROM waiting WHERE i.id = waiting.id RETURNING i.id
)
INSERT INTO interactions_party (interaction_id, agent_id, session_id, operation, joined_at, handling_timeout,
    last_reset_at, deadline_at)
SELECT i.id, a.id, s.id, 'Pull', clock_timestamp(), 600, clock_timestamp(),
    clock_timestamp() + interval '600 seconds'
FROM i, interactions_agent a JOIN interactions_session s ON s.agent_id = a.id
WHERE a.id = :agent
RETURNING id AS party, interaction_id AS interaction, session_id AS session \gset
INSERT INTO reporting_event (event, at, interaction, media_type, queue, agent, session, party, operation, actor,
    attributes)
SELECT event, clock_timestamp(), :interaction, 'email', 'mail', 'agent', :session, :party, 'Pull',
    '{"kind": "agent", "name": "agent"}', '{"waited_seconds": 60.5}'
FROM (VALUES ('EventTakenFromQueue'), ('EventPartyAdded')) AS e (event);
COMMIT;
