-- append_message, append_messages, get_conversation_with_messages (SPEC 6)
BEGIN;
SELECT * FROM no_plan();
SELECT count(*) FROM todo_orm.create_all() \g /dev/null

\ir include/refuses.psql

-- How much there is: nothing of a refused call may be left.
CREATE FUNCTION pg_temp.counts() RETURNS text LANGUAGE sql AS $$
    SELECT concat((SELECT count(*) FROM conversation), ' conversations, ', (SELECT count(*) FROM message), ' messages')
$$;

----------------------------------------------------------------------
-- append_message
----------------------------------------------------------------------

SELECT results_eq($$ SELECT id, conversation_id, role, content, data, client_key, status
                       FROM append_message('ann', NULL, 'user', 'Add milk to my list') $$,
                  $$ VALUES (1::bigint, 1::bigint, 'user', 'Add milk to my list', NULL::jsonb, NULL::text, 'complete') $$,
                  'a null conversation starts one');
SELECT results_eq($$ SELECT id, user_id::text COLLATE "default", title, deleted_at FROM conversation $$, $$ VALUES (1::bigint, 'ann', NULL::text, NULL::timestamptz) $$,
                  'it is the owner''s');
SELECT results_eq($$ SELECT id, conversation_id, role, data FROM append_message('ann', 1, 'assistant', '', '{"tool_calls": [{"name": "create_task"}]}') $$,
                  $$ VALUES (2::bigint, 1::bigint, 'assistant', '{"tool_calls": [{"name": "create_task"}]}'::jsonb) $$, 'one that is there; empty content with data');
SELECT is((SELECT role FROM append_message('ann', 1, role => 'tool', content => 'done', data => '{"tool_call_id": "1"}')), 'tool', 'by name');
SELECT is(pg_temp.counts(), '1 conversations, 3 messages', 'one conversation, three messages');
SELECT isnt((SELECT conversation_id FROM append_message('ann', NULL, 'user', 'another')), 1::bigint, 'every null starts one of its own');
SELECT is((SELECT proargnames[1:6] FROM pg_proc WHERE oid = 'append_message'::regproc), '{user_id,conversation_id,role,content,data,client_key}', 'its arguments');

-- touch: the conversation moves, by the clock after the lock
UPDATE conversation SET updated_at = '2020-01-01 00:00:00+00';
SELECT id AS message, created_at AS at FROM append_message('ann', 1, 'user', 'touch') \gset
SELECT is((SELECT updated_at FROM conversation WHERE id = 1), :'at'::timestamptz, 'the conversation moves with its message');
SELECT ok(:'at'::timestamptz > now(), 'by the clock, not by the transaction''s start');
SELECT is((SELECT updated_at FROM conversation WHERE id = 2), '2020-01-01 00:00:00+00', 'no other moves');
UPDATE conversation SET updated_at = '2020-01-01 00:00:00+00';
SELECT created_at AS at FROM create_message('ann', 1, 'user', 'created') \gset
SELECT is((SELECT updated_at FROM conversation WHERE id = 1), :'at'::timestamptz, 'create_message moves it too');
UPDATE conversation SET updated_at = '2020-01-01 00:00:00+00';
SELECT count(*) FROM create_messages('ann', '[{"conversation_id": 1, "role": "user", "content": "a"}, {"conversation_id": 2, "role": "user", "content": "b"}]') \g /dev/null
SELECT is((SELECT count(*) FROM conversation WHERE updated_at > now()), 2::bigint, 'create_messages moves all of its conversations');
UPDATE conversation SET updated_at = '2020-01-01 00:00:00+00';
SELECT count(*) FROM update_message('ann', :message, '{"content": "touched"}') \g /dev/null
SELECT ok((SELECT updated_at >= now() FROM conversation WHERE id = 1), 'changing a message is writing one');
UPDATE conversation SET updated_at = '2020-01-01 00:00:00+00';
SELECT is(delete_message('ann', :message), true, 'a message is deleted');
SELECT ok((SELECT updated_at >= now() FROM conversation WHERE id = 1), 'deleting one too');
UPDATE conversation SET updated_at = '2020-01-01 00:00:00+00';
SELECT count(*) FROM list_messages('ann') \g /dev/null
SELECT count(*) FROM update_message('ann', 1, '{}') \g /dev/null
SELECT is((SELECT count(*) FROM conversation WHERE updated_at > '2020-01-01 00:00:00+00'), 0::bigint, 'reading, and what changes nothing, moves nothing');

-- what is refused
SELECT id AS bobs FROM create_conversation('bob') \gset
SELECT id AS deleted FROM create_conversation('ann') \gset
SELECT soft_delete_conversation('ann', :deleted) \g /dev/null
SELECT pg_temp.counts() AS before \gset
SELECT pg_temp.refuses(format($$ SELECT append_message('ann', %s, 'user', 'x') $$, c), '23503',
    '[{"loc": ["conversation_id"], "type": "foreign_key", "msg": "referenced row does not exist", "input": null}]',
    'missing, foreign and deleted conversations look the same')
  FROM unnest(ARRAY[4711, :bobs, :deleted]) AS c;
SELECT pg_temp.refuses($$ SELECT append_message('ann', 1, NULL, NULL) $$, '22023',
    '[{"loc": ["role"], "type": "missing", "msg": "field required", "input": null},
      {"loc": ["content"], "type": "missing", "msg": "field required", "input": null}]', 'role and content are required');
SELECT is(pg_temp.places($$ SELECT append_message('ann', NULL, 'robot', 'x') $$), '22023 ["role"]', 'an unknown role, before a conversation is started');
SELECT throws_ok($$ SELECT append_message('ann', 1, 'user', '') $$, '22023', NULL, 'empty content without data');
SELECT is(pg_temp.places($$ SELECT append_messages('ann', NULL, '[{"role": "user", "content": "x"}, {"role": "robot", "content": "x"}]') $$), '22023 [1, "role"]',
          'the second of a turn');
SELECT throws_ok($$ SELECT append_message('ann', NULL, 'user', '') $$, '22023', NULL, 'also where a conversation would start');
SELECT throws_ok(format('SELECT append_message(%L, NULL, ''user'', ''x'')', u), '22004', NULL, 'owner null or empty') FROM unnest(ARRAY[NULL, '']) u;
SELECT throws_ok(format('SELECT append_messages(%L, NULL, ''[]'')', u), '22004', NULL, 'owner null or empty, many') FROM unnest(ARRAY[NULL, '']) u;
SELECT is(pg_temp.counts(), :'before', 'nothing was done');
SELECT is((SELECT updated_at FROM conversation WHERE id = 1), '2020-01-01 00:00:00+00', 'and nothing moved');
SELECT throws_ok(format($$ SELECT create_message('ann', %s, 'user', 'x') $$, c), '23503', NULL, 'create_message refuses them all the same')
  FROM unnest(ARRAY[4711, :bobs, :deleted]) AS c;

-- content may be empty while a message is not complete
SELECT is((SELECT content FROM create_message('ann', 1, 'assistant', '', status => 'streaming')), '', 'empty while streaming');
SELECT id AS streaming FROM message WHERE status = 'streaming' \gset
SELECT throws_ok(format($$ SELECT update_message('ann', %s, '{"status": "complete"}') $$, :streaming), '22023', NULL, 'not when it is complete');
SELECT is((SELECT content FROM update_message('ann', :streaming, '{"status": "complete", "content": "Done."}')), 'Done.', 'unless it has become some');

----------------------------------------------------------------------
-- client_key
----------------------------------------------------------------------

SELECT id AS first, conversation_id AS its FROM append_message('ann', NULL, 'user', 'once', client_key => 'k1') \gset
UPDATE conversation SET updated_at = '2020-01-01 00:00:00+00';
SELECT pg_temp.counts() AS before \gset
SELECT results_eq(format($$ SELECT id, content FROM append_message('ann', %s, %L, %L, client_key => 'k1') $$, c, r, t),
                  format($$ VALUES (%s::bigint, 'once') $$, :first), 'a repeated client_key gives the first row whatever else differs: ' || coalesce(c, 'null'))
  FROM (VALUES ('NULL', 'user', 'once'), ('NULL', 'assistant', 'different'), (:'its', 'user', 'once'), ('1', 'tool', 'elsewhere')) AS v(c, r, t);
SELECT results_eq(format($$ SELECT id, content FROM create_message('ann', %s, 'user', 'x', client_key => 'k1') $$, :its),
                  format($$ VALUES (%s::bigint, 'once') $$, :first), 'create_message too');
SELECT results_eq($$ SELECT id FROM append_messages('ann', NULL, '[{"role": "user", "content": "x", "client_key": "k1"}]') $$,
                  format($$ VALUES (%s::bigint) $$, :first), 'append_messages too, with a null conversation');
SELECT results_eq(format($$ SELECT id FROM create_messages('ann', '{"conversation_id": %s, "role": "user", "content": "x", "client_key": "k1"}') $$, :its),
                  format($$ VALUES (%s::bigint) $$, :first), 'create_messages too');
SELECT is(pg_temp.counts(), :'before', 'no message and no conversation was made');
SELECT is((SELECT count(*) FROM conversation WHERE updated_at > '2020-01-01 00:00:00+00'), 0::bigint, 'and nothing moved');
SELECT isnt((SELECT id FROM append_message('bob', NULL, 'user', 'bob''s', client_key => 'k1')), :first::bigint, 'another owner''s key is another key');
SELECT is((SELECT count(*) FROM append_message('ann', 1, 'user', 'no key', client_key => NULL)), 1::bigint, 'null is no key');
SELECT is((SELECT count(DISTINCT id) FROM append_messages('ann', 1, '[{"role": "user", "content": "a"}, {"role": "user", "content": "a"}]')), 2::bigint, 'two without key are two');

-- in a null conversation, a turn whose first message is known goes on where that is
SELECT results_eq(format($$ SELECT content, conversation_id FROM append_messages('ann', NULL, '[{"role": "user", "content": "x", "client_key": "k1"},
                        {"role": "assistant", "content": "and on"}]') $$),
                  format($$ VALUES ('once', %s::bigint), ('and on', %1$s) $$, :its), 'a repeated key leads to its conversation');

-- a turn that was sent before, and one more
SELECT count(*) FROM append_messages('ann', 1, '[{"role": "user", "content": "q", "client_key": "t1"}, {"role": "assistant", "content": "a", "client_key": "t2"}]') \g /dev/null
SELECT pg_temp.counts() AS before \gset
SELECT results_eq($$ SELECT content FROM append_messages('ann', 1, '[{"role": "user", "content": "Q", "client_key": "t1"},
                        {"role": "assistant", "content": "A", "client_key": "t2"}]') $$, $$ VALUES ('q'), ('a') $$, 'a whole turn again');
SELECT is(pg_temp.counts(), :'before', 'made nothing');
SELECT results_eq($$ SELECT content FROM append_messages('ann', 1, '[{"role": "assistant", "content": "A", "client_key": "t2"},
                        {"role": "user", "content": "new", "client_key": "t3"}]') $$, $$ VALUES ('a'), ('new') $$, 'a part of it is new, in the order of the input');
SELECT is((SELECT count(*) FROM message WHERE client_key LIKE 't_'), 3::bigint, 'only that was made');
SELECT is((SELECT count(DISTINCT id) FROM append_messages('ann', 1, '[{"role": "user", "content": "a", "client_key": "d"}, {"role": "user", "content": "b", "client_key": "d"}]')),
          1::bigint, 'one key twice in one call is one message');
SELECT is((SELECT array_agg(content) FROM message WHERE client_key = 'd'), '{a}', 'the first');

----------------------------------------------------------------------
-- append_messages
----------------------------------------------------------------------

SELECT count(*) AS conversations FROM conversation \gset
CREATE TEMP TABLE turn AS SELECT * FROM append_messages('ann', NULL, '[
    {"role": "user", "content": "Add milk"},
    {"role": "assistant", "content": "", "data": {"tool_calls": []}},
    {"role": "tool", "content": "ok", "data": null},
    {"role": "assistant", "content": "", "status": "streaming"}]') WITH ORDINALITY;
SELECT results_eq($$ SELECT role, content, status FROM turn ORDER BY ordinality $$,
                  $$ VALUES ('user', 'Add milk', 'complete'), ('assistant', '', 'complete'), ('tool', 'ok', 'complete'), ('assistant', '', 'streaming') $$,
                  'a whole turn, in its order');
SELECT is((SELECT count(DISTINCT conversation_id) FROM turn), 1::bigint, 'in one conversation');
SELECT is((SELECT count(*) FROM conversation), :conversations + 1::bigint, 'a new one');
SELECT is((SELECT array_agg(role ORDER BY id) FROM turn), (SELECT array_agg(role ORDER BY ordinality) FROM turn), 'ids ascend');
SELECT is((SELECT updated_at FROM conversation WHERE id = (SELECT DISTINCT conversation_id FROM turn)), (SELECT max(created_at) FROM turn),
          'the conversation has the time of its messages');
SELECT is((SELECT count(*) FROM append_messages('ann', 1, '{"role": "user", "content": "single"}')), 1::bigint, 'one object');
SELECT pg_temp.counts() AS before \gset
SELECT is_empty($$ SELECT * FROM append_messages('ann', NULL, '[]') $$, 'no items, no rows');
SELECT is(pg_temp.counts(), :'before', 'and no conversation');
SELECT pg_temp.refuses($$ SELECT append_messages('ann', NULL, '[{"role": "user", "content": "fine"}, {"content": 7}, "x",
                            {"role": "user", "content": "x", "conversation_id": 1, "id": 9, "nope": 1}]') $$, '22023',
    '[{"loc": [1, "content"], "type": "type", "msg": "expected string, got number", "input": 7},
      {"loc": [1, "role"], "type": "missing", "msg": "field required", "input": null},
      {"loc": [2], "type": "type", "msg": "expected object, got string", "input": "x"},
      {"loc": [3, "id"], "type": "read_only", "msg": "cannot be set", "input": 9},
      {"loc": [3, "nope"], "type": "unexpected", "msg": "unexpected field; perhaps you meant \"role\"", "input": 1},
      {"loc": [3, "conversation_id"], "type": "read_only", "msg": "cannot be set", "input": 1}]', 'all errors of a turn');
SELECT throws_ok($$ SELECT append_messages('ann', NULL, '[{"role": "user", "content": "fine"}, {"role": "user", "content": ""}]') $$, '22023', NULL, 'a CHECK in the second');
SELECT throws_ok(format($$ SELECT append_messages('ann', %s, '[{"role": "user", "content": "x"}]') $$, c), '23503', NULL, 'a conversation that is missing, foreign or deleted')
  FROM unnest(ARRAY[4711, :bobs, :deleted]) AS c;
SELECT throws_ok(format($$ SELECT append_messages('ann', 1, %L) $$, items), '22023', NULL, 'items ' || coalesce(items, 'NULL'))
  FROM unnest(ARRAY['7', 'null', '"x"', NULL]) AS items;
SELECT is(pg_temp.counts(), :'before', 'nothing was done');

----------------------------------------------------------------------
-- get_conversation_with_messages
----------------------------------------------------------------------

SELECT id AS talk FROM create_conversation('ann', 'Talk') \gset
SELECT is((get_conversation_with_messages('ann', :talk) -> 'messages')::text, '[]', 'no messages are an empty list');
SELECT count(*) FROM append_messages('ann', :talk, '[{"role": "user", "content": "1"}, {"role": "assistant", "content": "2", "data": {"b": 1, "a": [1.50, null]}}, {"role": "user", "content": "3"}]') \g /dev/null
SELECT count(*) FROM append_message('ann', 1, 'user', 'of another conversation') \g /dev/null
SELECT count(*) FROM append_message('ann', :talk, 'assistant', '4') \g /dev/null
SET LOCAL timezone = 'UTC';
SELECT is((get_conversation_with_messages('ann', :talk)::jsonb) - 'messages', (SELECT to_jsonb(c) FROM conversation c WHERE id = :talk), 'the conversation''s columns');
SELECT is(get_conversation_with_messages('ann', :talk)::jsonb -> 'messages',
          (SELECT jsonb_agg(to_jsonb(m) ORDER BY id) FROM message m WHERE conversation_id = :talk), 'and its messages, oldest first');
SELECT is(get_conversation_with_messages('ann', :talk) -> 'messages' -> 1 ->> 'data', '{"a": [1.50, null], "b": 1}', 'jsonb as it is stored');
SET LOCAL timezone = 'Asia/Tokyo';
SELECT alike(get_conversation_with_messages('ann', :talk) ->> 'created_at', '%+00:00', 'times in UTC');
-- The contents of the messages with a take.
CREATE FUNCTION pg_temp.taken(conversation bigint, take int) RETURNS text LANGUAGE sql AS $$
    SELECT coalesce(string_agg(e ->> 'content', ',' ORDER BY n), '')
      FROM json_array_elements(get_conversation_with_messages('ann', conversation, take) -> 'messages') WITH ORDINALITY AS m(e, n)
$$;
SELECT is(pg_temp.taken(:talk, 2), '3,4', 'take keeps the newest, oldest first');
SELECT is(pg_temp.taken(:talk, 1), '4', 'take 1');
SELECT is(pg_temp.taken(:talk, 100), '1,2,3,4', 'take more than there are');
SELECT is(pg_temp.taken(:talk, NULL), '1,2,3,4', 'take null is all');
SELECT is(pg_temp.taken(:talk, 0), '', 'take 0 is none');
SELECT pg_temp.refuses(format('SELECT get_conversation_with_messages(''ann'', %s, take => -1)', :talk), '22023',
    '[{"loc": ["take"], "type": "value", "msg": "must not be negative", "input": -1}]', 'a negative take');
SELECT is(get_conversation_with_messages('ann', c)::text, NULL, 'null for a missing, foreign or deleted one')
  FROM unnest(ARRAY[4711, :bobs, :deleted]::bigint[]) AS c;
SELECT is(get_conversation_with_messages('bob', :talk)::text, NULL, 'null for somebody else');
SELECT is(get_conversation_with_messages('ann', NULL)::text, NULL, 'null for null');
SELECT throws_ok(format('SELECT get_conversation_with_messages(%L, %s)', u, :talk), '22004', NULL, 'owner null or empty') FROM unnest(ARRAY[NULL, '']) u;
SET LOCAL todo_orm.json_bigint = string;
SELECT is(json_typeof(get_conversation_with_messages('ann', :talk) -> 'id'), 'string', 'json_bigint: of the conversation');
SELECT is(json_typeof(get_conversation_with_messages('ann', :talk) -> 'messages' -> 0 -> 'conversation_id'), 'string', 'json_bigint: of its messages');
SET LOCAL todo_orm.json_bigint = number;

-- more than a page
SELECT count(*) FROM append_messages('ann', NULL, (SELECT jsonb_agg(jsonb_build_object('role', 'user', 'content', n::text) ORDER BY n) FROM generate_series(1, 1200) n)) \g /dev/null
SELECT max(conversation_id) AS long FROM message \gset
SELECT is(pg_temp.taken(:long, NULL), (SELECT string_agg(n::text, ',' ORDER BY n) FROM generate_series(1, 1200) n), 'all of a long conversation');

-- the order within a conversation is by id
SELECT is((SELECT string_agg(content, ',') FROM (SELECT m.content FROM conversation c, messages(c) m WHERE c.id = :talk) s), '1,2,3,4', 'messages(conversation) oldest first');
SELECT is((SELECT array_agg(id) FROM list_messages('bob')), (SELECT array_agg(id ORDER BY id) FROM message WHERE user_id = 'bob'), 'list_messages by id');
SELECT is((SELECT title FROM message m, conversation(m) c WHERE m.id = (SELECT max(id) FROM message WHERE conversation_id = :talk)), 'Talk', 'conversation(message)');
SELECT is((SELECT (c).title FROM (SELECT (m).conversation AS c FROM message m WHERE conversation_id = :talk ORDER BY id LIMIT 1) s), 'Talk', '(m).conversation');

SELECT * FROM finish();
ROLLBACK;
