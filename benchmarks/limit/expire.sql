-- One batch of revocations: the holds end, their interactions wait again, two events each.
WITH due AS MATERIALIZED (
    SELECT id, interaction_id FROM interactions_party
    WHERE ended_at IS NULL AND deadline_at <= statement_timestamp()
    ORDER BY deadline_at LIMIT 500 FOR NO KEY UPDATE SKIP LOCKED
),
p AS (
    UPDATE interactions_party p SET ended_at = clock_timestamp(), end_reason = 'Expired' FROM due
    WHERE p.id = due.id RETURNING p.id, p.interaction_id, p.agent_id
),
i AS (
    UPDATE interactions_interaction i SET state = 'queued', waiting_since = clock_timestamp(),
        revocation_count = revocation_count + 1
    FROM due WHERE i.id = due.interaction_id RETURNING i.id, i.queue_id
)
INSERT INTO reporting_event (event, at, interaction, media_type, queue, agent, party, operation, actor,
    attributes)
SELECT event, clock_timestamp(), i.id, 'email', 'mail', 'agent', p.id, 'Revoke',
    '{"kind": "timer", "name": "revocation"}', '{"late_seconds": 0.1}'
FROM p JOIN i ON i.id = p.interaction_id
CROSS JOIN (VALUES ('EventPartyRemoved'), ('EventRevoked')) AS e (event);
