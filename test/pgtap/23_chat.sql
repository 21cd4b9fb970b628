-- Messages that are streamed, what is sent to a language model, and the
-- settings of functions that are added (SPEC 6)
BEGIN;
SELECT * FROM no_plan();
SELECT count(*) FROM todo_orm.create_all() \g /dev/null

\ir include/refuses.psql
\ir include/link_tables.psql

-- How often PostgreSQL touches a page for a query.
CREATE FUNCTION pg_temp.pages(query text) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    plan json;
BEGIN
    EXECUTE query;    -- what is read once per session has been read then
    EXECUTE 'EXPLAIN (ANALYZE, BUFFERS, FORMAT json) ' || query INTO plan;
    RETURN (plan -> 0 -> 'Plan' ->> 'Shared Hit Blocks')::bigint + (plan -> 0 -> 'Plan' ->> 'Shared Read Blocks')::bigint;
END
$$;

----------------------------------------------------------------------
-- begin_message
----------------------------------------------------------------------

SELECT is((SELECT array_agg(pg_get_function_arguments(f::regproc) || ' -> ' || pg_get_function_result(f::regproc) ORDER BY n)
             FROM unnest('{begin_message,continue_message,finish_message,abort_message,abort_stale_messages,chat_context}'::text[]) WITH ORDINALITY u (f, n)),
    ARRAY['user_id text, conversation_id bigint, role text, data jsonb DEFAULT NULL::jsonb, client_key text DEFAULT NULL::text -> message',
          'user_id text, id bigint, piece text -> boolean',
          'user_id text, id bigint, content text DEFAULT NULL::text, data jsonb DEFAULT NULL::jsonb -> SETOF message',
          'user_id text, id bigint -> SETOF message',
          'user_id text, older_than interval DEFAULT ''01:00:00''::interval -> bigint',
          'user_id text, conversation_id bigint, max_messages integer DEFAULT 50, max_chars integer DEFAULT NULL::integer, keep_system boolean DEFAULT false -> SETOF message'],
    'the signatures');
SELECT results_eq($$ SELECT id, conversation_id, role, content, data, client_key, status FROM begin_message('ann', NULL, 'assistant', client_key => 'b1') $$,
                  $$ VALUES (1::bigint, 1::bigint, 'assistant', '', NULL::jsonb, 'b1', 'streaming') $$, 'a null conversation starts one; the message is empty and streaming');
SELECT results_eq($$ SELECT id, conversation_id FROM begin_message('ann', NULL, 'user', client_key => 'b1') $$, $$ VALUES (1::bigint, 1::bigint) $$, 'a repeated client_key begins nothing');
SELECT is((SELECT count(*) FROM conversation), 1::bigint, 'nor a conversation');
UPDATE conversation SET updated_at = '2020-01-01 00:00:00+00';
SELECT created_at AS at FROM begin_message('ann', 1, 'assistant', data => '{"model": "m"}') \gset
SELECT is((SELECT updated_at FROM conversation WHERE id = 1), :'at'::timestamptz, 'the conversation moves with it');
SELECT id AS bobs_talk FROM create_conversation('bob') \gset
SELECT id AS deleted_talk FROM create_conversation('ann') \gset
SELECT soft_delete_conversation('ann', :deleted_talk) \g /dev/null
SELECT pg_temp.refuses(format($$ SELECT begin_message('ann', %s, 'assistant') $$, c), '23503',
    '[{"loc": ["conversation_id"], "type": "foreign_key", "msg": "referenced row does not exist", "input": null}]', 'missing, foreign and deleted conversations look the same')
  FROM unnest(ARRAY[4711, :bobs_talk, :deleted_talk]) AS c;
SELECT is(pg_temp.places($$ SELECT begin_message('ann', 1, NULL) $$), '22023 ["role"]', 'the role is required');
SELECT is(pg_temp.places($$ SELECT begin_message('ann', NULL, 'robot') $$), '22023 ["role"]', 'and one of four');
SELECT throws_ok(format('SELECT begin_message(%L, NULL, ''assistant'')', u), '22004', NULL, 'owner null or empty') FROM unnest(ARRAY[NULL, '']) u;
SELECT throws_ok($$ SELECT begin_message('ann', 1, 'assistant', content => 'x') $$, '42883', NULL, 'content is not the caller''s to give');
SELECT is((SELECT count(*) FROM message), 2::bigint, 'nothing was done');

----------------------------------------------------------------------
-- continue_message
----------------------------------------------------------------------

UPDATE conversation SET updated_at = '2020-01-01 00:00:00+00';
SELECT pg_stat_get_xact_tuples_hot_updated('message'::regclass) AS hot \gset
SELECT is((SELECT array_agg(continue_message('ann', 1, p) ORDER BY n) FROM unnest(ARRAY['Good', ' ', '', 'day €']) WITH ORDINALITY u (p, n)),
          '{t,t,t,t}', 'pieces of a message that is streaming');
SELECT is((SELECT content FROM message WHERE id = 1), 'Good day €', 'are appended in their order');
SELECT is(pg_stat_get_xact_tuples_hot_updated('message'::regclass) - :hot, 4::bigint, 'no index is written');
SELECT is((SELECT updated_at FROM conversation WHERE id = 1), '2020-01-01 00:00:00+00', 'and the conversation is left alone');
SELECT is(continue_message('bob', 1, 'x'), false, 'not for another owner');
SELECT is(continue_message('ann', 4711, 'x'), false, 'nor one that is not there');
SELECT is(continue_message('ann', NULL, 'x'), false, 'nor with a null key');
SELECT pg_temp.refuses($$ SELECT continue_message('ann', 1, NULL) $$, '22023', '[{"loc": [], "type": "null", "msg": "must not be null", "input": null}]', 'a null piece');
SELECT throws_ok(format('SELECT continue_message(%L, 1, ''x'')', u), '22004', NULL, 'owner null or empty') FROM unnest(ARRAY[NULL, '']) u;
SELECT is((SELECT content FROM message WHERE id = 1), 'Good day €', 'nothing was done');

----------------------------------------------------------------------
-- finish_message, abort_message
----------------------------------------------------------------------

SELECT is_empty($$ SELECT * FROM finish_message('bob', 1) $$, 'another owner finishes nothing');
SELECT is_empty($$ SELECT * FROM abort_message('bob', 1) $$, 'and aborts nothing');
SELECT is((SELECT updated_at FROM conversation WHERE id = 1), '2020-01-01 00:00:00+00', 'what does nothing moves nothing');
SELECT results_eq($$ SELECT id, content, data, status FROM finish_message('ann', 1, data => '{"usage": 7}') $$,
                  $$ VALUES (1::bigint, 'Good day €', '{"usage": 7}'::jsonb, 'complete') $$, 'finished, with data; the content stays');
SELECT ok((SELECT updated_at > now() FROM conversation WHERE id = 1), 'the conversation moves');
UPDATE conversation SET updated_at = '2020-01-01 00:00:00+00';
SELECT is_empty($$ SELECT * FROM finish_message('ann', 1, 'other') $$, 'a second time does nothing');
SELECT is_empty($$ SELECT * FROM abort_message('ann', 1) $$, 'what is complete is not aborted');
SELECT is(continue_message('ann', 1, 'x'), false, 'nor continued');
SELECT is((SELECT updated_at FROM conversation WHERE id = 1), '2020-01-01 00:00:00+00', 'and nothing moved');

UPDATE message SET data = NULL WHERE id = 2;
SELECT pg_temp.refuses(call, '22023',
    '[{"loc": [], "type": "check", "msg": "content may be empty only with data or while the message is not complete", "input": null}]', 'empty content without data: ' || call)
  FROM unnest(ARRAY[$$ SELECT finish_message('ann', 2) $$, $$ SELECT finish_message('ann', 2, '') $$]) call;
SELECT is((SELECT status FROM message WHERE id = 2), 'streaming', 'it goes on');
SELECT results_eq($$ SELECT content, status FROM finish_message('ann', 2, '', '{"tool_calls": []}') $$, $$ VALUES ('', 'complete') $$, 'with data it may be empty');
SELECT results_eq($$ SELECT content, data FROM finish_message('ann', (SELECT id FROM begin_message('ann', 1, 'assistant', data => '{"a": 1}')), 'whole') $$,
                  $$ VALUES ('whole', '{"a": 1}'::jsonb) $$, 'content at once; the data stays');
SELECT id AS aborted FROM begin_message('ann', 1, 'assistant') \gset
SELECT continue_message('ann', :aborted, 'half') \g /dev/null
UPDATE conversation SET updated_at = '2020-01-01 00:00:00+00';
SELECT results_eq(format($$ SELECT id, content, status FROM abort_message('ann', %s) $$, :aborted), format($$ VALUES (%s::bigint, 'half', 'aborted') $$, :aborted), 'aborted, with what there is');
SELECT ok((SELECT updated_at > now() FROM conversation WHERE id = 1), 'the conversation moves');
SELECT is_empty(format($$ SELECT * FROM finish_message('ann', %s, 'late') $$, :aborted), 'what is aborted is not finished');
SELECT is(continue_message('ann', :aborted, 'x'), false, 'nor continued');
SELECT is_empty($$ SELECT * FROM finish_message('ann', NULL) $$, 'a null key finds nothing');
SELECT throws_ok(format('SELECT %s(%L, 1)', f, u), '22004', NULL, 'owner null or empty: ' || f) FROM unnest(ARRAY[NULL, '']) u, unnest('{finish_message,abort_message}'::text[]) f;

-- a message of a conversation that was deleted meanwhile
SELECT id AS orphan FROM begin_message('ann', NULL, 'assistant') \gset
SELECT conversation_id AS gone FROM message WHERE id = :orphan \gset
SELECT soft_delete_conversation('ann', :gone) \g /dev/null
SELECT updated_at AS at FROM conversation WHERE id = :gone \gset
SELECT is(continue_message('ann', :orphan, 'x'), true, 'what was begun goes on');
SELECT is((SELECT status FROM finish_message('ann', :orphan)), 'complete', 'and ends');
SELECT is((SELECT updated_at FROM conversation WHERE id = :gone), :'at'::timestamptz, 'the deleted conversation stays as it is');

----------------------------------------------------------------------
-- abort_stale_messages
----------------------------------------------------------------------

DELETE FROM message;
SELECT id AS one FROM create_conversation('ann') \gset
SELECT id AS two FROM create_conversation('ann') \gset
INSERT INTO message (user_id, conversation_id, role, content, status, created_at)
SELECT owner, talk, 'assistant', content, status, now() - age
  FROM (VALUES ('ann', :one, 'old', 'streaming', interval '2 hours'), ('ann', :one, 'older', 'streaming', '3 days'), ('ann', :two, 'exactly', 'streaming', '1 hour'),
               ('ann', :one, 'young', 'streaming', '59 minutes'), ('ann', :one, 'done', 'complete', '2 hours'), ('bob', :bobs_talk, 'bob', 'streaming', '2 hours')) v(owner, talk, content, status, age);
UPDATE conversation SET updated_at = '2020-01-01 00:00:00+00';
SELECT is(abort_stale_messages('ann', '2 days'), 1::bigint, 'one that is two days old');
SELECT throws_ok($$SELECT abort_stale_messages('ann', '-1 hour')$$, '22023', 'older_than must not be negative', 'a negative age is refused');
SELECT is(abort_stale_messages('ann', older_than => NULL), 2::bigint, 'an hour is meant if nothing is said; exactly that is enough');
SELECT is((SELECT array_agg(content ORDER BY content) FROM message WHERE status = 'aborted'), '{exactly,old,older}', 'the old ones that were streaming');
SELECT is((SELECT array_agg(content ORDER BY content) FROM message WHERE status <> 'aborted'), '{bob,done,young}', 'no other''s, and no others');
SELECT is((SELECT count(*) FROM conversation WHERE updated_at > now()), 2::bigint, 'their conversations move');
UPDATE conversation SET updated_at = '2020-01-01 00:00:00+00';
SELECT is(abort_stale_messages('ann'), 0::bigint, 'again there is nothing to do');
SELECT is((SELECT count(*) FROM conversation WHERE updated_at > '2020-01-01 00:00:00+00'), 0::bigint, 'and nothing moves');
SELECT is(abort_stale_messages('ann', '0'), 1::bigint, 'all that stream');
SELECT is(abort_stale_messages('bob'), 1::bigint, 'another owner''s are another owner''s to sweep');
SELECT throws_ok(format('SELECT abort_stale_messages(%L)', u), '22004', NULL, 'owner null or empty') FROM unnest(ARRAY[NULL, '']) u;

----------------------------------------------------------------------
-- chat_context
----------------------------------------------------------------------

-- A conversation in short: u user, a assistant, s system, t tool, c a call of
-- tools; ids of calls follow a colon; ~ is streaming, ! aborted.
CREATE FUNCTION pg_temp.talk(words text) RETURNS bigint LANGUAGE sql AS $$
    WITH c AS (SELECT id FROM create_conversation('ann')),
    w AS (SELECT c.id, word, left(word, 1) AS kind, string_to_array(substring(word FROM ':(.*?)[~!]?$'), ',') AS ids
            FROM c, string_to_table(words, ' ') WITH ORDINALITY t(word, n) ORDER BY n)
    SELECT max(m.conversation_id) FROM append_messages('ann', (SELECT id FROM c), (
        SELECT jsonb_agg(jsonb_build_object('content', word,
            'role', CASE kind WHEN 'u' THEN 'user' WHEN 's' THEN 'system' WHEN 't' THEN 'tool' ELSE 'assistant' END,
            'status', CASE right(word, 1) WHEN '~' THEN 'streaming' WHEN '!' THEN 'aborted' ELSE 'complete' END,
            'data', CASE WHEN ids IS NULL THEN NULL
                         WHEN kind = 't' THEN jsonb_build_object('tool_call_id', ids[1])
                         ELSE jsonb_build_object('tool_calls', (SELECT jsonb_agg(jsonb_build_object('id', i)) FROM unnest(ids) i)) END)) FROM w)) m
$$;
-- What chat_context makes of a conversation, in the same short form.
CREATE FUNCTION pg_temp.context(words text, max_messages int DEFAULT 50, max_chars int DEFAULT NULL, keep_system boolean DEFAULT false) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    talk bigint := pg_temp.talk(words);
    kept text[] := '{}';
    word text;
BEGIN
    FOR word IN SELECT c.content FROM chat_context('ann', talk, max_messages, max_chars, keep_system) c LOOP
        kept := kept || word;
    END LOOP;
    RETURN array_to_string(kept, ' ');
END
$$;

SELECT is(pg_temp.context('u1 a1 u2 a2'), 'u1 a1 u2 a2', 'all of it, oldest first');
SELECT is(pg_temp.context(words, max_messages), result, format('%s, %s messages', words, coalesce(max_messages::text, 'any number of')))
  FROM (VALUES
    ('u1 a1 u2 a2', 4, 'u1 a1 u2 a2'), ('u1 a1 u2 a2', 3, 'u2 a2'), ('u1 a1 u2 a2', 2, 'u2 a2'), ('u1 a1 u2 a2', NULL, 'u1 a1 u2 a2'),
    -- the newest turn alone is too long
    ('u1 a1 u2 a2', 1, 'a2'), ('u1 a1 a2 a3', 2, 'a2 a3'), ('u1 a1', 0, ''),
    -- everything fits: what stands before the first turn stays
    ('a0 u1 a1', 3, 'a0 u1 a1'), ('a0 u1 a1', 2, 'u1 a1'), ('s0 u1 a1', 50, 's0 u1 a1'),
    -- calls stay together with their answers
    ('u1 c1:x t1:x a1', 50, 'u1 c1:x t1:x a1'), ('u1 c1:x,y t1:x t2:y a1', 50, 'u1 c1:x,y t1:x t2:y a1'), ('u1 c1:x,y t2:y t1:x a1', 50, 'u1 c1:x,y t2:y t1:x a1'),
    ('u1 c1:x,y t1:x a1', 50, 'u1 a1'), ('u1 c1:x a1', 50, 'u1 a1'), ('u1 a1 t1:x a2', 50, 'u1 a1 a2'), ('u1 t1:x c1:x a1', 50, 'u1 a1'),
    ('u1 c1:x t1:y t2:x a1', 50, 'u1 c1:x t2:x a1'), ('u1 c1:x t1:x c2:y t2:y a1', 50, 'u1 c1:x t1:x c2:y t2:y a1'),
    ('u1 c1:x u2 t1:x a1', 50, 'u1 c1:x u2 t1:x a1'),
    -- the one that is pending goes
    ('u1 a1 u2 c1:x', 50, 'u1 a1 u2'), ('u1 c1:x,y t1:x', 50, 'u1'),
    -- ids that are used again belong to the nearest call
    ('u1 c1:x t1:x a1 u2 c2:x t2:x a2', 50, 'u1 c1:x t1:x a1 u2 c2:x t2:x a2'), ('u1 c1:x a1 u2 c2:x t2:x a2', 50, 'u1 a1 u2 c2:x t2:x a2'),
    ('u1 c1:x t1:x a1 u2 c2:x,y t2:x a2', 50, 'u1 c1:x t1:x a1 u2 a2'),
    -- answers without an id belong to what they follow
    ('u1 c1:x t1:x t2 a1', 50, 'u1 c1:x t1:x t2 a1'), ('u1 c1:x t2 t1:x a1', 50, 'u1 c1:x t2 t1:x a1'), ('u1 t1 a1 t2', 50, 'u1 a1'), ('u1 c1:x t1 t2 a1', 50, 'u1 a1'),
    -- a turn that is cut in its middle
    ('u1 c1:x t1:x a1', 3, 'c1:x t1:x a1'), ('u1 c1:x t1:x a1', 2, 'a1'), ('u1 c1:x,y t1:x t2:y a1', 3, 'a1'), ('u1 c1:x t1:x', 1, ''),
    -- streaming and aborted messages are not there, and take no room
    ('u1 a1~', 50, 'u1'), ('u1 a1! a2', 2, 'u1 a2'), ('u1! a1', 50, 'a1'), ('u1 c1:x t1:x! a1', 50, 'u1 a1'), ('u1 c1:x! t1:x a1', 50, 'u1 a1')
  ) v(words, max_messages, result);
SELECT is(pg_temp.context(words, max_messages, max_chars), result, format('%s, %s characters', words, max_chars))
  FROM (VALUES
    ('u1 a1 u2 a2', NULL, 8, 'u1 a1 u2 a2'), ('u1 a1 u2 a2', NULL, 7, 'u2 a2'), ('u1 a1 u2 a2', NULL, 4, 'u2 a2'), ('u1 a1 u2 a2', NULL, 3, 'a2'), ('u1 a1', NULL, 1, ''), ('u1 a1', NULL, 0, ''),
    -- what does not fit ends it: nothing is passed over
    ('u1 a1 u2 along-answer u3 a3', NULL, 12, 'u3 a3'), ('u1 along-answer', NULL, 5, ''),
    -- both bounds
    ('u1 a1 u2 a2', 3, 100, 'u2 a2'), ('u1 a1 u2 a2', 100, 7, 'u2 a2'),
    -- characters, not bytes
    ('u€ a€ u€ a€', NULL, 8, 'u€ a€ u€ a€')
  ) v(words, max_messages, max_chars, result);
SELECT is(pg_temp.context(words, max_messages, max_chars, true), result, format('%s, %s messages, %s characters, and what the system said', words, coalesce(max_messages::text, 'any number of'), coalesce(max_chars::text, 'any number of')))
  FROM (VALUES
    ('s1 u1 a1 u2 a2', 50, NULL, 's1 u1 a1 u2 a2'), ('s1 u1 a1 u2 a2', 3, NULL, 's1 u2 a2'), ('s1 u1 a1 u2 a2', 4, NULL, 's1 u2 a2'),
    -- it counts
    ('s1 u1 a1 u2 a2', 2, NULL, 's1 a2'), ('s1 u1 a1 u2 a2', NULL, 6, 's1 u2 a2'), ('s1 u1 a1 u2 a2', NULL, 5, 's1 a2'), ('s1 u1', 0, NULL, ''),
    -- that which the cut does not lose stays where it is
    ('s1 u1 a1 s2 u2 s3 a2', 5, NULL, 's1 s2 u2 s3 a2'), ('s1 u1 a1 u2 s2 a2', 4, NULL, 's1 u2 s2 a2'), ('u1 a1 u2 s2 a2', 3, NULL, 'u2 s2 a2'),
    -- the newest, where they alone are too many
    ('s1 s2 s3 u1 a1', 2, NULL, 's2 s3'), ('s1 s2 s3 u1 a1', NULL, 4, 's2 s3'), ('u1 a1 s1', 1, NULL, 's1'),
    ('s1! u1 a1 u2 a2', 2, NULL, 'u2 a2'), ('s1 u1 c1:x t1:x a1', 3, NULL, 's1 a1'), ('s1 u1 c1:x t1', 2, NULL, 's1')
  ) v(words, max_messages, max_chars, result);

-- What no context may be, asked of many conversations: what is wrong with this one?
CREATE FUNCTION pg_temp.faults(talk bigint, max_messages int, max_chars int, keep_system boolean) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    found text;
BEGIN
    WITH kept AS MATERIALIZED (
        SELECT c.*, ARRAY(SELECT call ->> 'id' FROM jsonb_path_query(c.data, '$.tool_calls[*]') call) AS calls, c.data ->> 'tool_call_id' AS answers
          FROM chat_context('ann', talk, max_messages, max_chars, keep_system) WITH ORDINALITY AS c(id, user_id, conversation_id, role, content, data, client_key, status, created_at, n)),
    every AS (SELECT count(*) AS n, sum(length(content)) AS chars FROM message WHERE conversation_id = talk AND status = 'complete')
    SELECT string_agg(fault, ', ') INTO found FROM (
        SELECT 'another conversation''s, or not complete' FROM kept WHERE conversation_id <> talk OR status <> 'complete'
        UNION ALL SELECT 'not in order' FROM kept a JOIN kept b ON b.n > a.n WHERE b.id <= a.id
        UNION ALL SELECT 'too many' FROM kept HAVING count(*) > max_messages OR sum(length(content)) > max_chars
        UNION ALL SELECT 'begins with a result' FROM kept WHERE role = 'tool' AND NOT EXISTS (SELECT FROM kept k WHERE k.n < kept.n AND k.role <> 'system')
        UNION ALL SELECT 'a call without its result' FROM kept c, unnest(c.calls) i WHERE NOT EXISTS (SELECT FROM kept t WHERE t.n > c.n AND t.role = 'tool' AND t.answers = i)
        UNION ALL SELECT 'a result without its call' FROM kept t WHERE role = 'tool' AND answers IS NOT NULL AND NOT EXISTS (SELECT FROM kept c WHERE c.n < t.n AND t.answers = ANY (c.calls))
        UNION ALL SELECT 'a result of nothing' FROM kept t WHERE role = 'tool' AND answers IS NULL AND NOT EXISTS (SELECT FROM kept c WHERE c.n = t.n - 1 AND (c.role = 'tool' OR c.calls <> '{}'))
        UNION ALL SELECT 'not the newest' FROM kept k HAVING EXISTS (SELECT FROM message m WHERE m.conversation_id = talk AND m.status = 'complete' AND m.role = 'user' AND m.id > max(k.id) FILTER (WHERE k.role <> 'system'))
        UNION ALL SELECT 'cut without need' FROM every WHERE (n <= max_messages OR max_messages IS NULL) AND (chars <= max_chars OR max_chars IS NULL)
               AND EXISTS (SELECT FROM message m WHERE m.conversation_id = talk AND m.status = 'complete' AND m.role IN ('user', 'system') AND m.id NOT IN (SELECT id FROM kept))
        UNION ALL SELECT 'the system lost' FROM every WHERE keep_system AND max_messages IS NULL AND max_chars IS NULL
               AND EXISTS (SELECT FROM message m WHERE m.conversation_id = talk AND m.status = 'complete' AND m.role = 'system' AND m.id NOT IN (SELECT id FROM kept))
        ) f(fault);
    RETURN found;
END
$$;
SELECT setseed(0.5) \g /dev/null
CREATE TEMP TABLE talks AS
    SELECT words, pg_temp.talk(words) AS talk
      FROM (SELECT (SELECT string_agg((ARRAY['u', 'a', 's', 't', 't:x', 't:y', 't:z', 'c:x', 'c:x,y', 'c:z', 'u', 'a~', 't:x!', 'c:y'])[1 + floor(random() * 14)::int], ' ')
                      FROM generate_series(1, 1 + (i % 14))) AS words FROM generate_series(1, 200) i) w;
SELECT is_empty($$ SELECT words, max_messages, max_chars, keep_system, faults
                     FROM talks, unnest(ARRAY[NULL, 1, 2, 3, 5, 8]) max_messages, unnest(ARRAY[NULL, 3, 9, 20]) max_chars, unnest(ARRAY[false, true]) keep_system,
                          pg_temp.faults(talk, max_messages, max_chars, keep_system) faults WHERE faults IS NOT NULL $$,
                'contexts of 200 conversations, each with 48 bounds');

SELECT pg_temp.talk('u1 a1') AS talk \gset
SELECT is_empty($$ SELECT * FROM chat_context('ann', NULL) $$, 'a null conversation');
SELECT is_empty(format($$ SELECT * FROM chat_context('ann', %s) $$, c), 'missing, foreign and deleted ones') FROM unnest(ARRAY[4711, :bobs_talk, :deleted_talk]) c;
SELECT is_empty(format($$ SELECT * FROM chat_context('bob', %s) $$, :talk), 'not for another owner');
SELECT throws_ok(format('SELECT chat_context(%L, 1)', u), '22004', NULL, 'owner null or empty') FROM unnest(ARRAY[NULL, '']) u;
SELECT pg_temp.refuses(format($$ SELECT chat_context('ann', %s, %s => -1) $$, :talk, a), '22023',
    format('[{"loc": ["%s"], "type": "value", "msg": "must not be negative", "input": -1}]', a)::jsonb, 'a negative ' || a) FROM unnest('{max_messages,max_chars}'::text[]) a;
-- data of any shape: what the paths do not find in it is no call
INSERT INTO message (user_id, conversation_id, role, content, data)
SELECT 'ann', :talk, 'assistant', 'odd', d FROM unnest('{"[]","7","\"x\"","null","{\"tool_calls\": 1}","{\"tool_calls\": [null, {\"id\": null}]}","{\"tool_calls\": {\"id\": []}}"}'::jsonb[]) d WHERE d <> '{"tool_calls": {"id": []}}';
SELECT is((SELECT count(*) FROM chat_context('ann', :talk)), 8::bigint, 'odd data is no call');
INSERT INTO message (user_id, conversation_id, role, content, data) VALUES
    ('ann', :talk, 'assistant', 'c', '{"tool_calls": [{"id": 7}, {"id": "x"}]}'), ('ann', :talk, 'tool', 't', '{"tool_call_id": "7"}'), ('ann', :talk, 'tool', 't', '{"tool_call_id": "x"}');
SELECT is((SELECT count(*) FROM chat_context('ann', :talk)), 11::bigint, 'an id can be a number');

-- what it costs does not grow with the conversation
SELECT id AS small FROM create_conversation('ann') \gset
SELECT id AS large FROM create_conversation('ann') \gset
INSERT INTO message (user_id, conversation_id, role, content)
SELECT 'ann', c, CASE WHEN i = 1 THEN 'system' WHEN i % 2 = 0 THEN 'user' ELSE 'assistant' END, 'message ' || (100000 + i)
  FROM (VALUES (:small, 41), (:large, 100001)) v(c, n), generate_series(1, n) i;
UPDATE message SET status = 'streaming', created_at = now() - interval '1 day' WHERE conversation_id = :large AND content = 'message 150000';
ANALYZE message;
SELECT is((SELECT count(*) FROM chat_context('ann', :large, 40)), 40::bigint, '40 of 100,000');
SELECT cmp_ok(abs(pg_temp.pages(format(query, :large)) - pg_temp.pages(format(query, :small))), '<=', 4::bigint, 'cost what 40 of 40 do: ' || query)
  FROM unnest(ARRAY[$$SELECT * FROM chat_context('ann', %s, 40)$$, $$SELECT * FROM chat_context('ann', %s, NULL, 560)$$, $$SELECT * FROM chat_context('ann', %s, 41, NULL, true)$$]) query;
SELECT is((SELECT array_agg(content ORDER BY id) FROM chat_context('ann', :large, 3, NULL, true)), '{"message 100001","message 200000","message 200001"}', 'the first of them is kept');
SELECT cmp_ok(pg_temp.pages($$SELECT abort_stale_messages('ann', '2 days')$$), '<', 10::bigint, 'a sweep reads only what streams');
SELECT is(abort_stale_messages('ann', '1 hour'), 1::bigint, 'and finds it');

----------------------------------------------------------------------
-- who may
----------------------------------------------------------------------

CREATE ROLE regress_chat;
GRANT USAGE ON SCHEMA public TO regress_chat;
SELECT todo_orm.grant_access(m, 'regress_chat') FROM unnest('{conversation,message}'::regclass[]) m \g /dev/null
SELECT is((SELECT array_agg(split_part(f.signature, '(', 1) ORDER BY f.signature) FROM todo_orm.functions f WHERE f.model = m AND has_function_privilege('regress_chat', f.function, 'EXECUTE')
              AND f.operation IN ('append', 'extend', 'step', 'step_many', 'context')), functions, 'grant_access gives them: ' || m)
  FROM (VALUES ('message'::regclass, '{public.abort_message,public.abort_stale_messages,public.append_message,public.begin_message,public.continue_message,public.finish_message}'::text[]),
               ('conversation', '{public.chat_context}')) v(m, functions);
SELECT set_config('todo_orm.user_id', 'bob', true) \g /dev/null
SET ROLE regress_chat;
SELECT throws_ok('SELECT ' || call, '42501', NULL, 'signed in as somebody else: ' || call)
  FROM unnest(ARRAY[$$begin_message('ann', NULL, 'user')$$, $$continue_message('ann', 1, 'x')$$, $$finish_message('ann', 1)$$, $$abort_message('ann', 1)$$,
                    $$abort_stale_messages('ann')$$, $$chat_context('ann', 1)$$]) call;
SELECT is((SELECT role FROM begin_message('bob', NULL, 'assistant', client_key => 'bobs')), 'assistant', 'for oneself: begin_message');
SELECT id AS bobs FROM list_messages('bob', match => '{"client_key": "bobs"}') \gset
SELECT is(continue_message('bob', :bobs, 'Hi'), true, 'continue_message');
SELECT is((SELECT content FROM finish_message('bob', :bobs)), 'Hi', 'finish_message');
SELECT is((SELECT status FROM abort_message('bob', (SELECT id FROM begin_message('bob', NULL, 'assistant')))), 'aborted', 'abort_message');
SELECT is(abort_stale_messages('bob'), 0::bigint, 'abort_stale_messages');
SELECT is((SELECT content FROM chat_context('bob', (SELECT conversation_id FROM get_message('bob', :bobs)))), 'Hi', 'chat_context');
SELECT throws_ok('SELECT * FROM message', '42501', NULL, 'the table is not the role''s');
RESET ROLE;
SELECT set_config('todo_orm.user_id', '', true) \g /dev/null
SELECT todo_orm.revoke_access('message', 'regress_chat') \g /dev/null
SET ROLE regress_chat;
SELECT throws_ok($$ SELECT continue_message('ann', 1, 'x') $$, '42501', NULL, 'revoked');
RESET ROLE;

----------------------------------------------------------------------
-- settings of functions, on a model of one's own
----------------------------------------------------------------------

CREATE TABLE site (LIKE todo_orm.owned INCLUDING ALL, PRIMARY KEY (user_id, id));
CREATE TABLE job (LIKE todo_orm.owned INCLUDING ALL, LIKE todo_orm.timestamps INCLUDING ALL, LIKE todo_orm.versioned INCLUDING ALL, LIKE todo_orm.soft_delete INCLUDING ALL,
    part smallint NOT NULL, stage smallint NOT NULL DEFAULT 0, log varchar, piece text, worker text, plan jsonb, site_id bigint, tags text[] DEFAULT '{}',
    PRIMARY KEY (user_id, id, part), FOREIGN KEY (user_id, site_id) REFERENCES site, CONSTRAINT job_log_check CHECK (length(log) < 20));
SELECT count(*) FROM todo_orm.register_model('site') a, todo_orm.register_model('job', '{"hidden": ["log"], "readonly": ["!id", "worker"]}') b \g /dev/null
SELECT is((SELECT array_agg(s) FROM todo_orm.add_function('job', name, operation, '', arguments, settings) s), ARRAY[signature], 'added: ' || name)
  FROM (VALUES
    ('log_job', 'extend', '{}'::text[], '{"where": {"stage": 1}, "append": "log"}'::jsonb, 'public.log_job(user_id text, id bigint, part integer, piece_ text)'),
    ('start_job', 'step', '{site_id,plan}', '{"where": {"stage": 0, "worker": null}, "values": {"stage": 1, "worker": "me", "tags": "{a,b}"}}', 'public.start_job(user_id text, id bigint, part integer, site_id bigint, plan jsonb)'),
    ('stop_job', 'step', '{}', '{"where": {"stage": 1}, "values": {"stage": 0, "worker": null, "plan": {"a": [1]}}}', 'public.stop_job(user_id text, id bigint, part integer)'),
    ('stop_jobs', 'step_many', '{}', '{"where": {"stage": 1}, "values": {"stage": 0}}', 'public.stop_jobs(user_id text, older_than interval)')
  ) v(name, operation, arguments, settings, signature);
SELECT count(*) FROM create_jobs('ann', '[{"id": 1, "part": 1}, {"id": 1, "part": 2}]') \g /dev/null
SELECT is(log_job('ann', 1, 1, 'x'), false, 'not in that stage');
SELECT results_eq($$ SELECT part, stage, worker, tags, version FROM start_job('ann', 1, 1) $$, $$ VALUES (1::smallint, 1::smallint, 'me', '{a,b}'::text[], 2::bigint) $$, 'values of several types, in columns that no payload sets; the version moves');
SELECT is((SELECT count(*) FROM start_job('ann', 1, 1)), 0::bigint, 'once');
SELECT throws_ok($$ SELECT start_job('ann', 1, 2, site_id => 4711) $$, '23503', NULL, 'a reference to nothing');
SELECT is(log_job('ann', 1, 1, 'a') AND log_job('ann', 1, 1, 'b'), true, 'a null is an empty text');
SELECT results_eq($$ SELECT log, version, updated_at IS NOT NULL FROM job WHERE part = 1 $$, $$ VALUES ('ab'::varchar, 4::bigint, true) $$, 'row and version move');
SELECT pg_temp.refuses($$ SELECT log_job('ann', 1, 1, 'far too much for this column') $$, '22023', '[{"loc": [], "type": "check", "msg": "violates check constraint \"job_log_check\"", "input": null}]', 'a CHECK; the hidden column is not named');
SELECT results_eq($$ SELECT stage, worker, plan FROM stop_job('ann', 1, 1) $$, $$ VALUES (0::smallint, NULL::text, '{"a": [1]}'::jsonb) $$, 'a null, an object');
SELECT count(*) FROM start_job('ann', 1, 1) a, start_job('ann', 1, 2) b \g /dev/null
SELECT is(stop_jobs('ann', '0'), 2::bigint, 'all that were started');
SELECT count(*) FROM start_job('ann', 1, 2) \g /dev/null
UPDATE job SET worker = NULL, stage = 0;
SELECT is((SELECT count(*) FROM start_job('ann', 1, 2)), 1::bigint, 'started');
SELECT soft_delete_job('ann', 1, 2) \g /dev/null
SELECT is(log_job('ann', 1, 2, 'x'), false, 'a deleted row is not there: extend');
SELECT is((SELECT count(*) FROM stop_job('ann', 1, 2)), 0::bigint, 'step');
SELECT is(stop_jobs('ann', '0'), 0::bigint, 'step_many');

-- what is refused
CREATE FUNCTION pg_temp.complaint(call text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    state text; detail text;
BEGIN
    EXECUTE call;
    RETURN 'none';
EXCEPTION WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS state = RETURNED_SQLSTATE, detail = PG_EXCEPTION_DETAIL;
    RETURN concat_ws(' ', state, nullif(detail, ''));
END
$$;
SELECT is(pg_temp.complaint(format('SELECT todo_orm.add_function(''job'', ''f'', %L, '''', %L, %L)', operation, arguments, settings)), '22023 ' || complaint, complaint)
  FROM (VALUES
    ('extend', '{}', '[]', 'They should be an object.'),
    ('extend', '{}', '{}', 'Missing: "append".'),
    ('extend', '{}', '{"append": "log", "values": {}}', 'Operation "extend" has no setting "values"; it has: "where", "append".'),
    ('extend', '{}', '{"append": "log", "nope": 1}', 'Operation "extend" has no setting "nope"; it has: "where", "append".'),
    ('extend', '{}', '{"append": "nope"}', 'Setting "append" names column "nope", which does not exist in "job".'),
    ('extend', '{}', '{"append": 7}', 'Setting "append" should be the name of a column.'),
    ('extend', '{}', '{"append": "stage"}', 'Setting "append" names column "stage", which is not of type text.'),
    ('extend', '{}', '{"append": "user_id"}', 'Setting "append" names column "user_id", which no function sets.'),
    ('extend', '{}', '{"append": "log", "where": []}', 'Setting "where" should be an object with columns as keys.'),
    ('extend', '{}', '{"append": "log", "where": {"nope": 1}}', 'Setting "where" names column "nope", which does not exist in "job".'),
    ('extend', '{}', '{"append": "log", "where": {"stage": "x"}}', 'Setting "where", column "stage": invalid input syntax for type smallint: "x"'),
    ('extend', '{}', '{"append": "log", "where": {"stage": true}}', 'Setting "where", column "stage": expected number, got boolean'),
    ('extend', '{}', '{"append": "log", "where": {"stage": {"gt": 1}}}', 'Setting "where": column "stage" cannot be compared with such a value.'),
    ('step', '{}', '{}', 'Missing: "values".'),
    ('step', '{}', '{"values": {}}', 'Missing: "values".'),
    ('step', '{}', '{"values": {"id": 1}}', 'Setting "values" names column "id", which no function sets.'),
    ('step', '{}', '{"values": {"updated_at": null}}', 'Setting "values" names column "updated_at", which no function sets.'),
    ('step', '{}', '{"values": {"version": 1}}', 'Setting "values" names column "version", which no function sets.'),
    ('step', '{plan}', '{"values": {"plan": 1}}', 'Setting "values" names column "plan", which is also an argument.'),
    ('step', '{}', '{"values": {"stage": null}}', 'Setting "values": column "stage" must not be null.'),
    ('step', '{}', '{"values": {"stage": 40000}}', 'Setting "values", column "stage": value "40000" is out of range for type smallint'),
    ('step', '{}', '{"values": {"tags": ["a"]}}', 'Setting "values", column "tags": expected array, got array'),
    ('step_many', '{}', '{"values": {"stage": 1}}', 'Missing: "where".')
  ) v(operation, arguments, settings, complaint);
SELECT is(pg_temp.complaint(format('SELECT todo_orm.add_function(''site'', ''f'', ''context'', ''jobs'', ''{}'', %L)', settings)), '22023 ' || complaint, complaint)
  FROM (VALUES
    ('{}', 'Missing: "measure", "turn".'), ('{"measure": "log"}', 'Missing: "turn".'),
    ('{"measure": "nope"}', 'Setting "measure" names column "nope", which does not exist in "job".'),
    ('{"measure": "log", "turn": {"nope": 1}}', 'Setting "turn" names column "nope", which does not exist in "job".'),
    ('{"measure": "log", "turn": {"stage": 1}, "calls": {"column": "plan", "path": "$.x"}}', 'Missing: "answer", "answers".'),
    ('{"measure": "log", "turn": {"stage": 1}, "calls": {"column": "plan"}}', 'Setting "calls" should be an object with "column" and "path".'),
    ('{"measure": "log", "turn": {"stage": 1}, "calls": {"column": "plan", "path": "$$"}}', 'Setting "calls": "$$" is not a valid path.'),
    ('{"measure": "log", "turn": {"stage": 1}, "calls": {"column": "log", "path": "$.x"}}', 'Setting "calls" names column "log", which is not of type jsonb.')
  ) v(settings, complaint);
SELECT is(pg_temp.complaint(call), complaint, call)
  FROM (VALUES
    ($$ SELECT todo_orm.add_function('job', 'f', 'step', 'site', '{}', '{"values": {"stage": 1}}') $$, '22023 Its kind is many_to_one.'),
    ($$ SELECT todo_orm.add_function('job', 'f', 'context', 'site', '{}', '{}') $$, '22023 Its kind is many_to_one.'),
    ($$ SELECT todo_orm.add_function('job', 'f', 'step', 'nope', '{}', '{}') $$, '22023'),
    ($$ SELECT todo_orm.add_function('site', 'f', 'step_many', '', '{}', '{}') $$, '22023 The table lacks what the operation needs: a key, an order, or a time of creation.'),
    ($$ SELECT todo_orm.add_function('job', 'f', 'update', '', '{}', '{}') $$, '22023'),
    ($$ SELECT todo_orm.add_function('job', 'create_job', 'step', '', '{}', '{"values": {"stage": "x"}}') $$, '22023 Setting "values", column "stage": invalid input syntax for type smallint: "x"')
  ) v(call, complaint);
SELECT hasnt_function('f', 'none of them was made');
-- a body that add_function has not written
SELECT is(pg_temp.complaint(format($$ CREATE FUNCTION f(user_id text, id bigint, part int, piece_ text) RETURNS boolean LANGUAGE todo_orm SECURITY DEFINER AS %L $$,
              (SELECT (prosrc::jsonb || jsonb_build_object('settings', settings))::text FROM pg_proc WHERE proname = 'log_job'))), complaint, complaint)
  FROM (VALUES ('{"append": "log", "nope": 1}'::jsonb, '42P13 Operation "extend" has no setting "nope"; it has: "where", "append".'), ('{"append": "nope"}', '55000 Setting "append" names column "nope", which does not exist in "job".'),
               ('[]', '55000 They should be an object.')) v(settings, complaint);

-- they stay what they are when the model is registered again
SELECT string_agg(oid || prosrc, ';' ORDER BY oid) AS bodies FROM pg_proc WHERE proname ~ '_jobs?$' AND prosrc ~ '"settings"' \gset
SELECT is((SELECT count(*) FROM todo_orm.register_model('job')), 0::bigint, 'registered again: nothing to do');
SELECT is((SELECT string_agg(oid || prosrc, ';' ORDER BY oid) FROM pg_proc WHERE proname ~ '_jobs?$' AND prosrc ~ '"settings"'), :'bodies', 'the same functions');
SELECT is((SELECT string_agg(s, ' ') FROM todo_orm.register_model('job', '{"extra": "ignore"}') s WHERE s ~ 'log_job'), 'public.log_job(user_id text, id bigint, part integer, piece_ text)', 'with another option they are made again');
SELECT is((SELECT prosrc::jsonb -> 'settings' FROM pg_proc WHERE proname = 'log_job'), '{"where": {"stage": 1}, "append": "log"}'::jsonb, 'with their settings');
SELECT is((SELECT count(*) FROM todo_orm.add_function('job', 'log_job', 'extend', '', '{}', '{"where": {"stage": 2}, "append": "log"}')), 1::bigint, 'given anew they replace the old ones');
SELECT is((SELECT prosrc::jsonb -> 'settings' -> 'where' FROM pg_proc WHERE proname = 'log_job'), '{"stage": 2}'::jsonb, 'and are the new ones');

-- a column that was renamed
CREATE FUNCTION pg_temp.hint(call text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    hint text;
BEGIN
    EXECUTE call;
    RETURN 'none';
EXCEPTION WHEN object_not_in_prerequisite_state THEN
    GET STACKED DIAGNOSTICS hint = PG_EXCEPTION_HINT;
    RETURN hint;
END
$$;
ALTER TABLE job RENAME stage TO phase;
SELECT is(pg_temp.complaint($$ SELECT log_job('ann', 1, 1, 'x') $$), '55000 Setting "where" names column "stage", which does not exist in "job".', 'a renamed column');
SELECT is(pg_temp.hint($$ SELECT log_job('ann', 1, 1, 'x') $$),
    $$Add the function again with its settings corrected: SELECT todo_orm.add_function('public.job', 'log_job', 'extend', '', '{}', '{"where": {"stage": 2}, "append": "log"}');$$, 'the call that mends it');
SELECT is(pg_temp.complaint($$ SELECT todo_orm.register_model('job') $$), '55000 Setting "where" names column "stage", which does not exist in "job".', 'registering again does not lose it');
SELECT lives_ok($$ SELECT todo_orm.register_model('site') $$, 'a neighbour can be registered');
SELECT ok(EXISTS (SELECT FROM todo_orm.check_model('job') WHERE finding ~ 'Setting "where" names column "stage"'), 'check_model tells');
SELECT count(*) FROM (SELECT todo_orm.add_function('job', 'log_job', 'extend', '', '{}', '{"where": {"phase": 1}, "append": "log"}'),
                             todo_orm.add_function('job', 'start_job', 'step', '', '{site_id,plan}', '{"where": {"phase": 0}, "values": {"phase": 1}}'),
                             todo_orm.add_function('job', 'stop_job', 'step', '', '{}', '{"where": {"phase": 1}, "values": {"phase": 0}}'),
                             todo_orm.add_function('job', 'stop_jobs', 'step_many', '', '{}', '{"where": {"phase": 1}, "values": {"phase": 0}}')) s \g /dev/null
SELECT lives_ok($$ SELECT todo_orm.register_model('job') $$, 'mended');
SELECT is((SELECT phase FROM start_job('ann', 1, 1)), 1::smallint, 'and it works');
SELECT is_empty($$ SELECT * FROM todo_orm.check_model('job') WHERE finding ~ 'etting' $$, 'nothing is left to tell');
-- of the table at the other end
SELECT is(pg_temp.after('ALTER TABLE message RENAME content TO body', format($$ SELECT chat_context('ann', %s) $$, :talk)), '55000', 'a context without its column');
SELECT is(pg_temp.after('ALTER TABLE message RENAME content TO body', 'SELECT count(*) FROM todo_orm.register_model(''task'')'), '0', 'others can be registered');
SELECT is(pg_temp.after('ALTER TABLE message RENAME data TO extra',
    $$SELECT todo_orm.add_function('conversation', 'chat_context', 'context', 'messages', '{conversation_id,max_messages,max_chars,keep_system}', '{"turn": {"role": "user"}, "answer": {"role": "tool"}, "measure": "content"}')$$,
    format($$ SELECT count(*) > 1 FROM chat_context('ann', %s) $$, :talk)), 'true', 'mended');

----------------------------------------------------------------------
-- adopted tables
----------------------------------------------------------------------

CREATE SCHEMA old;
CREATE TABLE old.conversation (id bigserial, user_id varchar NOT NULL, created_at timestamp NOT NULL DEFAULT now(), updated_at timestamp, PRIMARY KEY (user_id, id));
CREATE TABLE old.message (id bigserial, user_id varchar NOT NULL, conversation_id bigint NOT NULL, role varchar NOT NULL, content varchar NOT NULL, created_at timestamp NOT NULL DEFAULT now(),
    PRIMARY KEY (user_id, id), FOREIGN KEY (user_id, conversation_id) REFERENCES old.conversation);
CREATE FUNCTION pg_temp.chat() RETURNS text LANGUAGE sql AS $$
    SELECT string_agg(p.proname, ' ' ORDER BY p.proname COLLATE "C") FROM pg_proc p WHERE p.pronamespace = 'old'::regnamespace
       AND p.proname ~ '^(append|begin|continue|finish|abort|chat|get_conversation_with)'
$$;
SELECT count(*) FROM todo_orm.create_all('old') \g /dev/null
SELECT is(pg_temp.chat(), 'append_message append_messages chat_context get_conversation_with_messages', 'without status nothing is streamed');
SELECT is((SELECT prosrc::jsonb -> 'settings' FROM pg_proc WHERE oid = 'old.chat_context'::regproc), '{"measure": "content", "turn": {"role": "user"}, "answer": {"role": "tool"}, "pinned": {"role": "system"}}'::jsonb, 'the context has what there is');
SELECT conversation_id AS talk FROM old.append_message('ann', NULL, 'user', 'u1') \gset
SELECT count(*) FROM old.append_messages('ann', :talk, '[{"role": "assistant", "content": "a1"}, {"role": "tool", "content": "t1"}, {"role": "assistant", "content": "a2"}]') \g /dev/null
SELECT is((SELECT string_agg(content, ' ') FROM old.chat_context('ann', :talk)), 'u1 a1 t1 a2', 'without data nobody knows what is a call');
SELECT is((SELECT string_agg(content, ' ') FROM old.chat_context('ann', :talk, 2)), 'a2', 'an answer does not come first all the same');
SELECT is_empty($$ SELECT * FROM todo_orm.create_all('old') $$, 'called again it makes nothing');
-- as status is called elsewhere
SELECT is(pg_temp.after('ALTER TABLE old.message ADD COLUMN status text NOT NULL DEFAULT ''sent''', 'DO $d$ BEGIN PERFORM todo_orm.create_all(''old''); END $d$', 'SELECT pg_temp.chat()'),
    'append_message append_messages chat_context get_conversation_with_messages', 'a status of another kind is none');
SELECT is((SELECT array_agg(ddl) FROM todo_orm.check_model('old.message') WHERE ddl ~ 'status|system'),
    ARRAY['ALTER TABLE old.message ADD COLUMN status text NOT NULL DEFAULT ''complete'';',
          'SET search_path = old; CREATE INDEX message_streaming_idx ON message (user_id, created_at) WHERE status = ''streaming'';',
          'SET search_path = old; CREATE INDEX message_system_idx ON message (user_id, conversation_id, id) WHERE role = ''system'';'], 'check_model has the DDL for it');
CREATE ROLE regress_old;
SELECT todo_orm.grant_access(m, 'regress_old') FROM unnest('{old.conversation,old.message}'::regclass[]) m \g /dev/null
ALTER TABLE old.message ADD COLUMN status text NOT NULL DEFAULT 'complete', ADD COLUMN data jsonb;
SELECT is((SELECT array_agg(finding || ' ' || ddl) FROM todo_orm.check_model('old.message') WHERE ddl ~ 'create_all'),
    ARRAY['functions of the chat are missing: begin_message, continue_message, finish_message, abort_message, abort_stale_messages, chat_context SELECT todo_orm.create_all(''old'');'], 'and what comes then');
SELECT count(*) FROM todo_orm.create_all('old') \g /dev/null
SELECT is(pg_temp.chat(), 'abort_message abort_stale_messages append_message append_messages begin_message chat_context continue_message finish_message get_conversation_with_messages', 'now there are all');
SELECT is_empty($$ SELECT * FROM todo_orm.create_all('old') $$, 'called again it makes nothing');
SELECT is((SELECT count(*) FROM todo_orm.functions f WHERE f.model IN ('old.conversation'::regclass, 'old.message'::regclass) AND NOT has_function_privilege('regress_old', f.function, 'EXECUTE')), 0::bigint,
          'also for the role that had the others');
SELECT is_empty($$ SELECT * FROM todo_orm.check_model('old.message') WHERE ddl ~ 'create_all' $$, 'and check_model has no more to say');
SELECT id AS message FROM old.begin_message('ann', :talk, 'assistant') \gset
SELECT is(old.continue_message('ann', :message, 'now'), true, 'an old table streams');
SELECT is((SELECT string_agg(content, ' ') FROM old.chat_context('ann', :talk)), 'u1 a1 a2', 'and its context leaves out what is not complete, and results of no call');
SELECT is((SELECT content FROM old.finish_message('ann', :message)), 'now', 'finished');
-- somebody's own settings stay
SELECT count(*) FROM todo_orm.add_function('old.conversation', 'chat_context', 'context', 'messages', '{conversation_id}', '{"measure": "content", "turn": {"role": "assistant"}}') \g /dev/null
SELECT is_empty($$ SELECT * FROM todo_orm.create_all('old') $$, 'settings of one''s own are no business of create_all');

SELECT * FROM finish();
ROLLBACK;
