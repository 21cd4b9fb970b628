-- Attack: foreign ids through every function and every argument that takes one
BEGIN;
SELECT * FROM no_plan();
\ir include/attack.psql
\ir include/attack_calls.psql

SELECT is_empty($$ SELECT DISTINCT operation FROM target WHERE operation NOT IN (SELECT operation FROM known) $$,
                'there is an attack for the operation of every function that was made');
SELECT is_empty($$ SELECT operation FROM known WHERE operation NOT IN (SELECT operation FROM target) $$,
                'and a function for every attack');
SELECT cmp_ok((SELECT count(*) FROM target), '>', 150::bigint, 'the functions of eleven models');

CREATE TEMP TABLE attack AS
SELECT t.name || '(' || CASE WHEN t.operation = 'related' THEN t.model::text ELSE '' END || ')' AS what, t.operation, 0 AS argument,
       pg_temp.call(t, 'bob', 'ann') AS call, pg_temp.call(t, 'ann', 'ann') AS own,
       pg_temp.call(t, 'bob', 'nobody') AS nobodys
  FROM target t;
-- each argument alone: bob's own key with an id of ann's, and the other way round
INSERT INTO attack
SELECT format('%s, only %s of ann''s', t.name, n.name), t.operation, n.i, pg_temp.call(t, 'bob', 'ann', n.i::int), pg_temp.call(t, 'ann', 'ann'), pg_temp.call(t, 'bob', 'nobody', n.i::int)
  FROM target t CROSS JOIN LATERAL unnest(t.names) WITH ORDINALITY AS n(name, i)
 WHERE n.i > 1 AND t.operation IN ('update', 'update_many', 'link', 'unlink', 'set')
   AND (n.name ~ '^(ids|patch|match)' OR n.name = ANY (t.key))
   -- nothing in this patch is somebody's
   AND NOT (n.name ~ '^patch' AND pg_temp.item(t, 'ann', false) = pg_temp.item(t, 'bob', false));
-- where the call has nothing of ann's in it: the owner is the whole key
DELETE FROM attack a USING target t WHERE a.what ~ ('^' || t.name || '\M') AND a.call IN (pg_temp.call(t, 'bob', 'bob'));
-- a creation that refers to nobody takes nothing from anybody
DELETE FROM attack a WHERE operation IN ('create', 'create_many', 'validate') AND a.call !~ 'conversation_id|parent_id';
GRANT SELECT ON attack TO PUBLIC;
SELECT cmp_ok((SELECT count(*) FROM attack), '>', 150::bigint, 'attacks with foreign ids');
\if :{?show}
SELECT what, call FROM attack;
\endif

SET SESSION AUTHORIZATION regress_app;
SELECT ok(r.answer !~ 's3cret' AND NOT r.touched AND concat_ws(' ', r.code, r.answer) ~ k.foreign_answer,
          format('%s: ann''s row must not be %s by bob', a.what, CASE WHEN k.writes THEN 'changed, or referred to,' ELSE 'read' END))
       || CASE WHEN r.answer !~ 's3cret' AND NOT r.touched AND concat_ws(' ', r.code, r.answer) ~ k.foreign_answer THEN '' ELSE E'\n' || diag(a.call || ' answered ' || r.code || ' ' || r.answer) END
  FROM attack a JOIN known k USING (operation) CROSS JOIN LATERAL pg_temp.reached(a.call) r;
-- each attack is one: to ann herself the call answers otherwise, with her rows or by changing them
-- (rows that refer to it keep it from being deleted; links that are there are not made again)
SELECT ok(CASE WHEN r.code = '23503' THEN a.operation ~ 'delete' AND r.answer ~ 'still referenced'
               ELSE r.code = '00000' AND (r.answer ~ 's3cret|"count"' OR r.touched OR r.answer IN ('1', '[]') OR a.operation IN ('link', 'set') AND r.answer = '0') END,
          a.what || ': ann reaches her row with it')
  FROM attack a CROSS JOIN LATERAL pg_temp.reached(a.own) r WHERE a.argument = 0 AND a.operation <> 'upsert';

----------------------------------------------------------------------
-- "not mine" is not told from "not there"
----------------------------------------------------------------------

-- An answer without the ids that were asked for, which the caller knows.
CREATE FUNCTION pg_temp.bare(answer text) RETURNS text LANGUAGE sql AS
$$ SELECT regexp_replace(regexp_replace(answer, '\m90?(\d{2,3})\M', '\1', 'g'), '\mnone\M', 'first', 'g') $$;
-- (a key that does not hold the owner tells that it is taken: SECURITY.md says so)
SELECT is(concat_ws(' ', a.code, pg_temp.bare(a.answer)), concat_ws(' ', b.code, pg_temp.bare(b.answer)),
          t.what || ': code, message, detail and hint must not tell ann''s row from none')
  FROM attack t CROSS JOIN LATERAL pg_temp.reached(t.call) a CROSS JOIN LATERAL pg_temp.reached(t.nobodys) b
 WHERE t.what <> 'upsert_handle()';

----------------------------------------------------------------------
-- along relationships: filters, orders, included rows
----------------------------------------------------------------------

RESET SESSION AUTHORIZATION;
-- every relationship of every model, asked about the rows that ann has at its other end
CREATE TEMP TABLE along AS
SELECT t.name, t.operation, r.relationship, r.kind,
       format('SELECT r FROM regress_attack.%I(%s) r', t.name, concat_ws(', ', '''bob''',
              CASE t.operation WHEN 'load_many' THEN format('include => %L', jsonb_build_array(r.relationship)) END,
              format('match => %L', jsonb_build_object(r.relationship, jsonb_build_object('id', pg_temp.row_of(r.target, 'get', 'ann') -> 'id'))),
              CASE WHEN t.operation = 'update_many' THEN format('patch => %L', pg_temp.item(t.*::target, 'bob', false)) END,
              CASE WHEN t.operation = 'one' THEN 'missing_ok => true' WHEN t.operation = 'aggregate' THEN 'group_by => ''{user_id}''' END)) AS call
  FROM target t JOIN todo_orm.relationships r ON r.model = t.model
 WHERE t.operation IN ('list', 'page', 'count', 'first', 'one', 'aggregate', 'load_many', 'update_many', 'delete_many', 'soft_delete_many');
GRANT SELECT ON along TO PUBLIC;
SET SESSION AUTHORIZATION regress_app;
SELECT ok(r.code = '00000' AND NOT r.touched AND r.answer IN ('', '0', '[]', '{"items":[],"next_cursor":null,"prev_cursor":null}'),
          format('%s: a match on %s must not find ann''s rows', a.name, a.relationship))
  FROM along a CROSS JOIN LATERAL pg_temp.reached(a.call) r;
SELECT ok(r.answer !~ 's3cret' AND r.answer ~ '"bob"|bob,', format('%s: none and every of %s must not count ann''s rows', a.name, a.relationship))
  FROM along a CROSS JOIN LATERAL pg_temp.reached(regexp_replace(a.call, '(match => .*?": )(\{.*?\})', '\1{"none": \2}')) r
 WHERE a.kind <> 'many_to_one' AND a.operation IN ('list', 'page', 'load_many');
SELECT is(r.code || r.answer, '00000', 'parts of ann''s rows in an or beside the owner must not be read: ' || match)
  FROM unnest(ARRAY['{"or": [{"user_id": "ann"}, {"title": {"like": "%s3cret%"}}]}', '{"not": {"user_id": "bob"}}', '{"user_id": {"ne": "bob"}}',
                    '{"user_id": {"in": ["ann"]}}', '{"or": [{"user_id": {"gte": "ann"}, "title": {"ilike": "S3CRET%"}}]}', '{"conversation": {"user_id": "ann"}}',
                    '{"conversation": {"messages": {"content": {"contains": "s3cret"}}}}', '{"conversation": {"messages": {"some": {"user_id": "ann"}}}}']) match,
       pg_temp.reached(format('SELECT r FROM list_tasks(''bob'', ''with_deleted'', %L) r', match)) r;
SELECT ok(r.code = '00000' AND r.answer !~ 's3cret', 'an order along a relationship must not read ann''s rows: ' || call)
  FROM unnest(ARRAY['list_tasks(''bob'', sort => ''conversation.title'')', 'list_messages(''bob'', sort => ''-conversation.title, id'')',
                    'page_notes(''bob'', sort => ''parent.title'', take => 1)', 'load_tasks(''bob'', ''["conversation.messages", "conversation.tasks"]'')',
                    'load_handles(''bob'', ''[]'')', 'load_notes(''bob'', ''{"notes": {"match": {"user_id": "ann"}}, "parent": {}}'')',
                    'load_post(''bob'', 46, ''{"tags": {"match": {"not": {"name": "tag"}}, "include": ["posts"]}}'')']) call,
       pg_temp.reached('SELECT r FROM ' || call || ' r') r;
-- a foreign key without the owner in it leads nowhere, though the row refers to one of ann's
SELECT ok(r.code = expected AND r.answer !~ 's3cret', 'handle 66 of bob''s refers to one of ann''s, which must not be read: ' || call)
  FROM (VALUES ('get_handle(''bob'', 66)', '00000'), ('load_handle(''bob'', 66, ''["boss"]'')', '22023'), ('list_handles(''bob'', match => ''{"boss": {"about": "s3cret"}}'')', '22023'),
               ('list_handles(''bob'', sort => ''boss.slug'')', '22023'), ('update_handle(''bob'', 66, ''{"boss": {"update": {"id": 61, "about": "stolen"}}}'')', '22023'),
               ('update_handle(''bob'', 66, ''{"boss_id": 62}'')', '23503'), ('create_handle(''bob'', boss_id => 61)', '23503'), ('create_handles(''bob'', ''{"boss_id": 61}'')', '23503'),
               ('upsert_handle(''bob'', ''{"id": 66, "boss_id": 62}'')', '23503'), ('update_handles(''bob'', ''{"id": 66}'', ''{"boss_id": 62}'')', '23503'),
               ('patch_handles(''bob'', ''[{"id": 66, "boss_id": 62}]'')', '23503')) c(call, expected),
       pg_temp.reached('SELECT r FROM ' || call || ' r') r;
SELECT throws_ok('SELECT boss(h) FROM get_handle(''bob'', 66) h', '42883', NULL, 'and no function of the row leads to it');

----------------------------------------------------------------------
-- cursors of somebody else
----------------------------------------------------------------------

RESET SESSION AUTHORIZATION;
-- a second row for ann where she has but one, so that there is a second page
CREATE TEMP TABLE stolen_cursor AS
SELECT t.name, t.operation, o.owner_of, page.cursor
  FROM target t JOIN target p ON p.model = t.model AND p.operation = 'page' AND t.operation IN ('list', 'page', 'load_many')
 CROSS JOIN LATERAL (SELECT pg_temp.owner_of(t.model, 'bob') AS owner_of) o
 CROSS JOIN LATERAL pg_temp.reached(format('SELECT r ->> ''next_cursor'' FROM regress_attack.%I(%L, take => 1) r', p.name, pg_temp.owner_of(t.model, 'ann'))) page(cursor)
 WHERE t.model::text IN ('conversation', 'message', 'note', 'post', 'tag', 'handle', 'open_note');
GRANT SELECT ON stolen_cursor TO PUBLIC;
SELECT is((SELECT count(*) FROM stolen_cursor WHERE cursor <> ''), 21::bigint, 'ann has cursors to steal');
SET SESSION AUTHORIZATION regress_app;
SELECT is(r.code, '22023', format('%s: ann''s cursor must not be taken from bob', name))
  FROM stolen_cursor, pg_temp.reached(format('SELECT r FROM regress_attack.%I(%L, cursor => %L%s) r', name, owner_of, cursor, CASE operation WHEN 'load_many' THEN ', include => ''[]''' END)) r;

----------------------------------------------------------------------
-- keys that are another's
----------------------------------------------------------------------

SELECT ok(r.code = expected AND NOT r.touched AND r.answer !~ 's3cret', what)
  FROM (VALUES ('upsert_handle(''bob'', ''{"id": 61, "about": "stolen"}'')', '23505', 'upsert on a key without owner: ann''s row must not be changed'),
               ('upsert_handle(''bob'', ''{"slug": "s3cret-slug", "about": "stolen"}'', ''{slug}'')', '23505', 'upsert on a unique value of ann''s: her row must not be changed'),
               ('create_handle(''bob'', ''s3cret-slug'', ''stolen'')', '23505', 'create with a unique value of ann''s: her row must not be returned'),
               ('update_handle(''bob'', 66, ''{"slug": "s3cret-slug"}'')', '23505', 'update to a unique value of ann''s: her row must not be shown'),
               ('create_note(''bob'', ''mine'', client_key => ''s3cret ke'' || ''y'')', '00000', 'create with an idempotency key of ann''s: her row must not be returned'),
               ('append_message(''bob'', 16, ''user'', ''mine'', client_key => ''s3cret ke'' || ''y'')', '00000', 'append with a client key of ann''s: her row must not be returned')) c(call, expected, what),
       pg_temp.reached('SELECT regexp_replace(r::text, ''s3cret key'', ''key'') FROM ' || call || ' r') r;

----------------------------------------------------------------------
-- nested writes
----------------------------------------------------------------------

SELECT ok(r.code IN ('23503', '22023', 'P0002') AND NOT r.touched AND r.answer !~ 's3cret', 'ann''s rows must not be connected, changed or cut off: ' || call)
  FROM unnest(ARRAY[
    'create_conversations(''bob'', ''{"title": "x", "tasks": {"connect": [21]}}'')', 'create_tasks(''bob'', ''{"title": "x", "conversation": {"connect": 11}}'')',
    'create_messages(''bob'', ''{"role": "user", "content": "x", "conversation": {"connect": 11}}'')', 'create_posts(''bob'', ''{"title": "x", "tags": {"connect": [51]}}'')',
    'create_tags(''bob'', ''{"name": "x", "posts": {"connect": 41}}'')', 'create_notes(''bob'', ''{"title": "x", "parent": {"connect": 31}, "notes": {"connect": [32]}}'')',
    'update_conversation(''bob'', 16, ''{"tasks": {"connect": [21]}}'')', 'update_conversation(''bob'', 16, ''{"tasks": {"disconnect": [21]}}'')',
    'update_conversation(''bob'', 16, ''{"tasks": {"update": {"id": 21, "title": "stolen"}}}'')', 'update_conversation(''bob'', 16, ''{"messages": {"update": [{"id": 111, "content": "stolen"}]}}'')',
    'update_task(''bob'', 26, ''{"conversation": {"connect": 11}}'')', 'update_post(''bob'', 46, ''{"tags": {"connect": 51}}'')', 'update_post(''bob'', 46, ''{"tags": {"connect": [{"user_id": "ann", "id": 51}]}}'')',
    'patch_conversations(''bob'', ''[{"id": 16, "tasks": {"connect": 21}}]'')', 'patch_posts(''bob'', ''[{"id": 46, "tags": {"connect": [51, 52]}}]'')',
    'patch_conversations(''bob'', ''[{"id": 11, "tasks": [{"title": "x"}]}]'')',
    'create_conversations(''bob'', ''{"tasks": [{"title": "x", "user_id": "ann"}]}'')', 'create_conversations(''bob'', ''{"tasks": [{"title": "x", "conversation_id": 11}]}'')']) call,
       pg_temp.reached('SELECT r FROM ' || call || ' r') r;
SELECT ok(NOT r.touched AND r.answer !~ 's3cret', 'ann''s row or link must not be touched: ' || call)
  FROM unnest(ARRAY['update_conversation(''bob'', 11, ''{"title": "stolen", "tasks": [{"title": "x"}]}'')', 'update_post(''bob'', 46, ''{"tags": {"disconnect": 51}}'')',
                    'update_post(''bob'', 41, ''{"tags": {"disconnect": 51}}'')']) call,
       pg_temp.reached('SELECT r FROM ' || call || ' r') r;

----------------------------------------------------------------------
-- the same in todo_orm.apply
----------------------------------------------------------------------

SELECT ok(NOT r.touched AND r.answer !~ 's3cret' AND concat_ws(' ', r.code, r.answer) ~ expected, 'apply: ann''s row must not be reached: ' || operation)
  FROM (VALUES ('{"op": "get", "model": "task", "key": 21}', '^00000 \[null\]'), ('{"op": "update", "model": "task", "key": 21, "values": {"title": "stolen"}}', '^00000 \[null\]'),
               ('{"op": "delete", "model": "task", "key": 21}', '^00000 \[false\]'), ('{"op": "soft_delete", "model": "task", "key": 21}', '^00000 \[false\]'),
               ('{"op": "restore", "model": "task", "key": 22}', '^00000 \[null\]'), ('{"op": "create", "model": "task", "values": {"title": "x", "conversation_id": 11}}', '^23503'),
               ('{"op": "upsert", "model": "handle", "values": {"id": 61, "about": "stolen"}}', '^23505'), ('{"op": "link", "model": "post", "relationship": "tags", "key": 46, "ids": [51]}', '^23503'),
               ('{"op": "link", "model": "post", "relationship": "tags", "key": 41, "ids": [56]}', '^23503'), ('{"op": "unlink", "model": "post", "relationship": "tags", "key": 41, "ids": [51]}', '^(23503|00000 \[0\])'),
               ('{"op": "set", "model": "tag", "relationship": "posts", "key": 56, "ids": [41]}', '^23503'), ('{"op": "get", "model": "task", "key": {"id": 21, "user_id": "ann"}}', '^22023'),
               ('{"op": "get", "model": "task", "key": 21, "user_id": "ann"}', '^22023'), ('{"op": "create", "model": "task", "values": {"title": "x", "user_id": "ann"}}', '^22023')) o(operation, expected),
       pg_temp.reached(format('SELECT todo_orm.apply(''bob'', ''[%s]'')', operation)) r;

----------------------------------------------------------------------
-- rows of bob's own with the ids of ann's: where the key holds the owner, he may choose them
----------------------------------------------------------------------

RESET SESSION AUTHORIZATION;
INSERT INTO conversation (id, user_id, title) VALUES (11, 'bob', 'twin');
INSERT INTO task (id, user_id, title, conversation_id) VALUES (21, 'bob', 'twin', 11);
INSERT INTO note (id, user_id, title) VALUES (31, 'bob', 'twin'), (32, 'bob', 'twin');
INSERT INTO post (id, user_id, title) VALUES (41, 'bob', 'twin');
INSERT INTO tag (id, user_id, name) VALUES (51, 'bob', 'twin');
SET SESSION AUTHORIZATION regress_app;
SELECT ok(r.code = '00000' AND r.answer !~ 's3cret' AND NOT r.touched AND r.answer ~ coalesce(expected, ''), 'ann''s rows must not hang on bob''s row of the same id: ' || call)
  FROM (VALUES ('load_conversation(''bob'', 11, ''["messages", "tasks"]'')', '"messages":\[\]'), ('load_conversations(''bob'', ''["messages", "tasks"]'')', NULL), ('load_conversation(''bob'', 11, ''{"messages": {"count": true}}'')', ':0'),
               ('load_conversation(''bob'', 11, ''{"messages": {"take": -5}}'')', '"messages":\[\]'), ('get_conversation_with_messages(''bob'', 11)', '"messages":\[\]'), ('chat_context(''bob'', 11)', '^$'),
               ('messages_of_conversations(''bob'', ''{11}'')', '^$'), ('messages_of_conversations(''bob'', ''{11}'', take => 1)', '^$'), ('tasks_of_conversations(''bob'', ''{11}'')', 'twin'),
               ('messages(''(11,bob,,,,)''::conversation)', '^$'), ('tasks(''(11,bob,,,,)''::conversation)', 'twin'), ('notes(''(31,bob,,,,,x,,,,)''::note)', '^$'), ('tags(''(41,bob,x)''::post)', '^$'), ('posts(''(51,bob,x)''::tag)', '^$'),
               ('load_post(''bob'', 41, ''["tags"]'')', '"tags":\[\]'), ('load_tags(''bob'', ''["posts.tags"]'')', NULL), ('load_note(''bob'', 31, ''["notes", "parent"]'')', '"notes":\[\],"parent":null|"parent":null,"notes":\[\]'),
               ('list_conversations(''bob'', match => ''{"messages": {"content": {"like": "s3cret%"}}}'')', '^$'), ('list_conversations(''bob'', match => ''{"tasks": {"some": {"title": {"contains": "s3cret"}}}}'')', '^$'),
               ('count_conversations(''bob'', match => ''{"messages": {"none": {}}}'')', '^1$'), ('list_tasks(''bob'', match => ''{"conversation": {"title": "s3cret talk"}}'')', '^$'), ('list_posts(''bob'', match => ''{"tags": {"name": {"like": "s3%"}}}'')', '^$'),
               ('count_posts(''bob'', match => ''{"tags": {"some": {}}}'')', '^1$'), ('list_notes(''bob'', match => ''{"notes": {"some": {}}}'')', '^$'), ('aggregate_tasks(''bob'', match => ''{"conversation": {"messages": {"some": {}}}}'')', '"count":1'),
               ('list_tasks(''bob'', sort => ''conversation.title'')', NULL), ('find_conversations(''bob'', ''{11}'')', 'twin'), ('update_conversation(''bob'', 11, ''{"title": "x"}'')', 'bob'), ('delete_conversation(''bob'', 11)', '^true$'),
               ('update_conversations(''bob'', ''{"id": 11}'', ''{"title": "x"}'')', 'bob'), ('link_post_tags(''bob'', 41, ''{51}'')', '^1$'), ('unlink_post_tags(''bob'', 41, ''{51}'')', '^0$'), ('set_post_tags(''bob'', 41, ''{}'')', '^0$'), ('set_tag_posts(''bob'', 51, ''{46}'')', '^1$'),
               ('update_post(''bob'', 41, ''{"tags": {"disconnect": 51}}'')', NULL), ('append_message(''bob'', 11, ''user'', ''x'')', 'bob'), ('soft_delete_conversation(''bob'', 11)', '^true$'), ('delete_notes(''bob'', ''{"id": 31}'')', '^1$'),
               ('todo_orm.apply(''bob'', ''[{"op": "delete", "model": "conversation", "key": 11}]'')', 'true')) c(call, expected),
       pg_temp.reached('SELECT r FROM ' || call || ' r') r;
RESET SESSION AUTHORIZATION;
SELECT is(pg_temp.rows_of('ann'), :'anns', 'ann''s rows are as they were');

SELECT * FROM finish();
ROLLBACK;
