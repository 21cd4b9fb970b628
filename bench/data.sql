-- The data of the benchmark. Settings: bench.users.
-- Ids follow from the user's number u and a running number, so that the client can draw them: (k - 1) * users + u.
-- Foreign keys are right by construction and not checked again while loading.
SET session_replication_role = replica;

CREATE FUNCTION bench_user(u bigint) RETURNS text LANGUAGE sql IMMUTABLE AS
$$ SELECT (10000000000 + u)::text $$;

-- 100 tasks each, one in three done. Loaded in the order of time, so that a user's tasks are spread as in real life.
INSERT INTO task (id, user_id, title, description, completed, created_at)
SELECT (k - 1) * n + u, bench_user(u), 'Call the plumber about pipe ' || k,
       CASE WHEN k % 2 = 0 THEN 'after lunch, and ask for the price of number ' || k END,
       k % 3 = 0, timestamptz '2026-01-01 00:00+00' + k * interval '1 hour' + u * interval '1 millisecond'
FROM (SELECT current_setting('bench.users')::bigint AS n) AS settings, generate_series(1, 100) AS k, generate_series(1, n) AS u
ORDER BY k, u;

-- Conversations 1 to 5 of a user are read, 6 to 10 are appended to: reading must not get dearer as appends go on.
INSERT INTO conversation (id, user_id, title, created_at, updated_at)
SELECT (k - 1) * n + u, bench_user(u), 'Talk number ' || k, timestamptz '2026-01-01 00:00+00' + k * interval '1 day',
       timestamptz '2026-01-01 00:00+00' + k * interval '25 hours'
FROM (SELECT current_setting('bench.users')::bigint AS n) AS settings, generate_series(1, 10) AS k, generate_series(1, n) AS u
ORDER BY u, k;

-- 50 messages in each of the five that are read.
INSERT INTO message (user_id, conversation_id, role, content, data, created_at)
SELECT bench_user(u), (k - 1) * n + u, CASE WHEN m % 2 = 1 THEN 'user' ELSE 'assistant' END,
       'Message ' || m || ': please add "milk" and the other things to my list, and tell me what is open.' || repeat(' Thanks!', m % 7),
       CASE WHEN m % 10 = 0 THEN jsonb_build_object('usage', jsonb_build_object('input_tokens', m * 11, 'output_tokens', m)) END,
       timestamptz '2026-01-01 00:00+00' + k * interval '1 day' + m * interval '40 seconds'
FROM (SELECT current_setting('bench.users')::bigint AS n) AS settings, generate_series(1, n) AS u, generate_series(1, 5) AS k, generate_series(1, 50) AS m
ORDER BY u, k, m;

SELECT setval(pg_get_serial_sequence('task', 'id'), (SELECT max(id) FROM task)),
       setval(pg_get_serial_sequence('conversation', 'id'), (SELECT max(id) FROM conversation)),
       setval(pg_get_serial_sequence('message', 'id'), (SELECT max(id) FROM message));

RESET session_replication_role;

-- The run must not be disturbed by autovacuum; it is over in a few minutes.
ALTER TABLE task SET (autovacuum_enabled = off);
ALTER TABLE conversation SET (autovacuum_enabled = off);
ALTER TABLE message SET (autovacuum_enabled = off);
