-- get, find, list, page, count, first, one: scopes, take and skip, order, JSON (SPEC 6)
BEGIN;
SELECT * FROM no_plan();
SELECT count(*) FROM todo_orm.create_all() \g /dev/null

-- Ten tasks of Ann, 1 to 10: the even ones are completed, 9 and 10 are
-- soft-deleted.  All have the same created_at but 3, which is the oldest, so
-- that the order hangs on the key.
SELECT count(*) FROM create_tasks('ann', (SELECT jsonb_agg(jsonb_build_object('title', 'task ' || n, 'completed', n % 2 = 0) ORDER BY n)
                                            FROM generate_series(1, 10) n)) \g /dev/null
SELECT count(*) FROM create_tasks('bob', '[{"title": "bob''s"}, {"title": "bob''s other"}]') \g /dev/null
UPDATE task SET created_at = '2020-01-01 00:00:00+00' WHERE id = 3;
SELECT soft_delete_task('ann', id) FROM unnest('{9,10}'::bigint[]) id \g /dev/null

-- The ids of a list of tasks, in its order.
CREATE FUNCTION pg_temp.ids(scope text, take int, skip int) RETURNS bigint[] LANGUAGE sql AS $$
    SELECT coalesce(array_agg(id ORDER BY n), '{}')
      FROM ROWS FROM (list_tasks('ann', scope, take => take, skip => skip)) WITH ORDINALITY
           AS t(id, user_id, title, description, completed, conversation_id, created_at, updated_at, deleted_at, n)
$$;

----------------------------------------------------------------------
-- get
----------------------------------------------------------------------

SELECT results_eq($$ SELECT * FROM get_task('ann', 1) $$, $$ SELECT * FROM task WHERE id = 1 $$, 'get: the row');
SELECT is_empty($$ SELECT * FROM get_task('ann', 4711) $$, 'get: missing is no row');
SELECT is_empty($$ SELECT * FROM get_task('bob', 1) $$, 'get: foreign is no row');
SELECT is_empty($$ SELECT * FROM get_task('ann', 9) $$, 'get: soft-deleted is no row');
SELECT is_empty($$ SELECT * FROM get_task('ann', NULL) $$, 'get: null is no row');
SELECT is_empty($$ SELECT * FROM get_task('Ann', 1) $$, 'get: the owner is compared exactly');

----------------------------------------------------------------------
-- find
----------------------------------------------------------------------

SELECT results_eq($$ SELECT id FROM find_tasks('ann', '{5,1,4711,5,9,11,2,1}') $$, $$ VALUES (5::bigint), (1), (2) $$,
                  'find: in the order of the ids; missing, deleted and foreign ones left out; repeated ones once');
SELECT results_eq($$ SELECT * FROM find_tasks('ann', '{7}') $$, $$ SELECT * FROM task WHERE id = 7 $$, 'find: whole rows');
SELECT is_empty($$ SELECT * FROM find_tasks('ann', '{}') $$, 'find: no ids, no rows');
SELECT results_eq($$ SELECT id FROM find_tasks('ann', '{NULL,3,NULL}') $$, $$ VALUES (3::bigint) $$, 'find: null is no id');
SELECT is((SELECT count(*) FROM find_tasks('bob', (SELECT array_agg(id) FROM task))), 2::bigint, 'find: one''s own only');

----------------------------------------------------------------------
-- list: order, scopes, take, skip
----------------------------------------------------------------------

SELECT is(pg_temp.ids('all', 50, 0), '{8,7,6,5,4,2,1,3}', 'list: created_at desc, then key desc');
SELECT is((SELECT array_agg(id) FROM list_tasks('ann')), '{8,7,6,5,4,2,1,3}', 'list: the defaults are all, 50, 0');
SELECT is(pg_temp.ids('pending', 50, 0), '{7,5,1,3}', 'list: scope pending');
SELECT is(pg_temp.ids('completed', 50, 0), '{8,6,4,2}', 'list: scope completed');
SELECT is(pg_temp.ids('deleted', 50, 0), '{10,9}', 'list: scope deleted');
SELECT is(pg_temp.ids('with_deleted', 50, 0), '{10,9,8,7,6,5,4,2,1,3}', 'list: scope with_deleted');
SELECT is(pg_temp.ids('all', 3, 0), '{8,7,6}', 'list: take');
SELECT is(pg_temp.ids('all', 3, 2), '{6,5,4}', 'list: take and skip');
SELECT is(pg_temp.ids('all', 3, 7), '{3}', 'list: the last page');
SELECT is(pg_temp.ids('all', 3, 8), '{}', 'list: behind the last page');
SELECT is(pg_temp.ids('all', 0, 0), '{}', 'list: take 0 is none');
SELECT is(pg_temp.ids('all', -3, 0), '{2,1,3}', 'list: a negative take is the last n, in the same order');
SELECT is(pg_temp.ids('all', -3, 2), '{5,4,2}', 'list: a skip counts from the end then');
SELECT is(pg_temp.ids('pending', -1, 0), '{3}', 'list: a negative take of a scope');
SELECT is(pg_temp.ids('all', -50, 0), '{8,7,6,5,4,2,1,3}', 'list: more than there are');
SELECT is((SELECT array_agg(id ORDER BY n) FROM (SELECT unnest(pg_temp.ids('all', 1, s)) AS id, s AS n FROM generate_series(0, 9) s) p),
          '{8,7,6,5,4,2,1,3}', 'list: pages of one are the whole list, without gaps or repeats');
SELECT results_eq($$ SELECT * FROM list_tasks('bob') $$, $$ SELECT * FROM task WHERE user_id = 'bob' ORDER BY id DESC $$,
                  'list: one''s own only, whole rows');
SELECT is_empty($$ SELECT * FROM list_tasks('nobody') $$, 'list: an owner without rows');
SELECT is((SELECT array_agg(id) FROM list_tasks('ann', NULL, NULL, NULL, NULL, NULL, NULL)), '{8,7,6,5,4,2,1,3}', 'list: null is not given');

SELECT throws_ok($$ SELECT * FROM list_tasks('ann', take => 1001) $$, '22023', NULL, 'take beyond max_take');
SELECT throws_ok($$ SELECT * FROM list_tasks('ann', take => -1001) $$, '22023', NULL, 'also backwards');
SELECT throws_ok($$ SELECT * FROM list_tasks('ann', take => -2147483648) $$, '22023', NULL, 'the least integer');
SELECT lives_ok($$ SELECT * FROM list_tasks('ann', take => 1000) $$, 'max_take itself is allowed');
SELECT lives_ok($$ SELECT * FROM list_tasks('ann', take => -1000) $$, 'also backwards');
SELECT throws_ok($$ SELECT * FROM list_tasks('ann', skip => -1) $$, '22023', NULL, 'a negative skip');
SELECT lives_ok($$ SELECT * FROM list_tasks('ann', skip => 2147483647) $$, 'the greatest skip');
SELECT throws_ok($$ SELECT * FROM list_tasks('ann', 'nope') $$, '22023', 'unrecognized scope "nope" of "task"', 'an unknown scope');
SELECT throws_ok($$ SELECT * FROM list_tasks('ann', '') $$, '22023', NULL, 'an empty scope');
SELECT throws_ok($$ SELECT * FROM list_tasks('ann', 'pending; drop table task') $$, '22023', NULL, 'a hostile scope');
SELECT throws_ok($$ SELECT * FROM list_tasks('ann', repeat('x', 100)) $$, '22023', NULL, 'a scope longer than a name');
SELECT throws_ok($$ SELECT * FROM list_messages('ann', 'deleted') $$, '22023', NULL, 'deleted is no scope where there is no soft delete');
CREATE FUNCTION pg_temp.hint(call text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    found text;
BEGIN
    EXECUTE call;
    RETURN 'no error';
EXCEPTION WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS found = PG_EXCEPTION_HINT;
    RETURN found;
END
$$;
SELECT is(regexp_count(pg_temp.hint(call), '\m(all|deleted|with_deleted|pending|completed)\M'), 5, 'the hint names the known scopes: ' || call)
  FROM unnest(ARRAY['SELECT * FROM list_tasks(''ann'', ''nope'')', 'SELECT page_tasks(''ann'', ''nope'')', 'SELECT count_tasks(''ann'', ''nope'')']) AS call;
SET LOCAL todo_orm.max_take = 5;
SELECT throws_ok($$ SELECT * FROM list_tasks('ann', take => 6) $$, '22023', NULL, 'max_take is a setting');
SELECT throws_ok($$ SELECT page_tasks('ann', take => 6) $$, '22023', NULL, 'of pages too');
SELECT lives_ok($$ SELECT * FROM list_tasks('ann', take => 5) $$, 'up to it is allowed');
SET LOCAL todo_orm.max_take = 1000;
CREATE ROLE regress_read;
SET ROLE regress_read;
SELECT throws_ok($$ SET todo_orm.max_take = 100000 $$, '42501', NULL, 'max_take is a superuser''s setting');
RESET ROLE;

-- nulls first: a conversation that nothing has happened in since it began
SELECT count(*) FROM create_conversations('ann', '[{"title": "a"}, {"title": "b"}, {"title": "c"}]') \g /dev/null
UPDATE conversation SET updated_at = '2020-01-01 00:00:00+00' WHERE title = 'c';
SELECT is((SELECT array_agg(title) FROM list_conversations('ann')), '{b,a,c}', 'conversations: updated_at desc nulls first, id desc');
SELECT is((SELECT array_agg(title) FROM list_conversations('ann', take => -2)), '{a,c}', 'and from the end');

----------------------------------------------------------------------
-- count
----------------------------------------------------------------------

SELECT is(count_tasks('ann'), 8::bigint, 'count: all that are live');
SELECT is((SELECT array_agg(count_tasks('ann', s)) FROM unnest('{all,pending,completed,deleted,with_deleted}'::text[]) s),
          '{8,4,4,2,10}', 'count: every scope');
SELECT is(count_tasks('ann', NULL), 8::bigint, 'count: null is not given');
SELECT is(count_tasks('bob'), 2::bigint, 'count: one''s own only');
SELECT is(count_tasks('nobody'), 0::bigint, 'count: none');
SELECT throws_ok($$ SELECT count_tasks('ann', 'nope') $$, '22023', NULL, 'count: an unknown scope');

----------------------------------------------------------------------
-- first, one
----------------------------------------------------------------------

SELECT is((SELECT array_agg(id) FROM first_task('ann')), '{8}', 'first: in the model''s order');
SELECT is((SELECT array_agg(id) FROM first_task('ann', '{"completed": false}', 'id')), '{1}', 'first: match, sort');
SELECT is((SELECT array_agg(id) FROM first_task('ann', scope => 'deleted')), '{10}', 'first: scope');
SELECT is_empty($$ SELECT * FROM first_task('ann', '{"id": 11}') $$, 'first: none');
SELECT results_eq($$ SELECT * FROM one_task('ann', '{"title": "task 3"}') $$, $$ SELECT * FROM task WHERE id = 3 $$, 'one: the row');
SELECT is((SELECT id FROM one_task('ann', '{"completed": true}', 'deleted')), 10::bigint, 'one: of a scope');
SELECT throws_ok($$ SELECT * FROM one_task('ann', '{"completed": true}') $$, 'P0003', NULL, 'one: several');
SELECT throws_ok($$ SELECT * FROM one_task('ann', '{"completed": true}', missing_ok => true) $$, 'P0003', NULL, 'one: several, with missing_ok too');
SELECT throws_ok(format($$ SELECT * FROM one_task('ann', '{"id": %s}') $$, id), 'P0002', NULL, 'one: ' || what) FROM (VALUES (4711, 'none'), (11, 'foreign is none'), (9, 'soft-deleted is none')) AS v(id, what);
SELECT is_empty($$ SELECT * FROM one_task('ann', '{"id": 9}', missing_ok => true) $$, 'one: none, with missing_ok');

----------------------------------------------------------------------
-- page
----------------------------------------------------------------------

-- The ids of a page.
CREATE FUNCTION pg_temp.page_ids(page json) RETURNS text LANGUAGE sql AS $$
    SELECT coalesce(string_agg(e ->> 'id', ',' ORDER BY n), '') FROM json_array_elements(page -> 'items') WITH ORDINALITY AS i(e, n)
$$;
SELECT is(pg_typeof(page_tasks('ann'))::text, 'json', 'page: json, so that numbers and key order stay');
SELECT is(pg_temp.page_ids(page_tasks('ann')), '8,7,6,5,4,2,1,3', 'page: the items are those of list');
SELECT is(pg_temp.page_ids(page_tasks('ann', 'pending', take => 2, skip => 1)), '5,1', 'page: scope, take, skip');
SELECT is(pg_temp.page_ids(page_tasks('ann', take => -3)), '2,1,3', 'page: a negative take');
SELECT is(page_tasks('ann', take => 0)::jsonb -> 'items', '[]', 'page: take 0 is an empty list');
SELECT is(page_tasks('nobody')::jsonb -> 'items', '[]', 'page: no rows are an empty list, not null');
SELECT is(page_tasks('ann')::jsonb ? 'total', false, 'page: no total unless asked for');
SELECT is(page_tasks('ann', with_total => true) ->> 'total', '8', 'page: the total');
SELECT is(page_tasks('ann', 'pending', take => 1, skip => 2, with_total => true) ->> 'total', '4', 'page: counts all that match, whatever the page');
SELECT is(page_tasks('ann', take => 0, with_total => true) ->> 'total', '8', 'page: also where the page is empty');
SELECT is(page_tasks('ann', skip => 100, with_total => true) ->> 'total', '8', 'page: also behind the end');
SELECT is(page_tasks('nobody', with_total => true) ->> 'total', '0', 'page: zero');
SELECT throws_ok($$ SELECT page_tasks('ann', 'nope') $$, '22023', NULL, 'page: an unknown scope');
SELECT throws_ok($$ SELECT page_tasks('ann', take => 1001) $$, '22023', NULL, 'page: take beyond max_take');
SELECT throws_ok($$ SELECT page_tasks('ann', skip => -1) $$, '22023', NULL, 'page: a negative skip');

-- the way on and the way back
SELECT is(page_tasks('ann')::jsonb - 'items', '{"next_cursor": null, "prev_cursor": null}', 'page: all on one page, no further one');
SELECT is((SELECT array_agg(json_typeof(page_tasks('ann', take => t, skip => s) -> c) ORDER BY t, s, c COLLATE "C") FROM (VALUES (3, 0), (3, 5), (3, 3), (-3, 0), (0, 0)) AS p(t, s), unnest('{next_cursor,prev_cursor}'::text[]) c),
          '{"null",string,"null","null",string,"null",string,string,"null",string}', 'page: a cursor where there is a further page, null where there is none');
-- Pages of n from one end to the other by the cursor of that name.
CREATE FUNCTION pg_temp.pages(n int, first_take int, name text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    page  json := page_tasks('ann', take => first_take);
    found text := pg_temp.page_ids(page);
BEGIN
    WHILE page ->> name IS NOT NULL LOOP
        page := page_tasks('ann', take => n, cursor => page ->> name);
        found := found || '/' || pg_temp.page_ids(page);
    END LOOP;
    RETURN found;
END
$$;
SELECT is(pg_temp.pages(3, 3, 'next_cursor'), '8,7,6/5,4,2/1,3', 'page: to the end by next_cursor');
SELECT is(pg_temp.pages(3, -3, 'prev_cursor'), '2,1,3/6,5,4/8,7', 'page: from the end to the beginning by prev_cursor');
SELECT is(pg_temp.pages(5, 1, 'next_cursor'), '8/7,6,5,4,2/1,3', 'page: of another size from page to page');
SELECT is((SELECT array_agg(id) FROM list_tasks('ann', take => 2, cursor => page_tasks('ann', take => 3) ->> 'next_cursor')), '{5,4}', 'list: takes a page''s cursor');
SELECT is(pg_temp.page_ids(page_tasks('ann', take => 2, cursor => page_tasks('ann', take => 2, skip => 4) ->> 'prev_cursor')), '6,5', 'page: back from one that was skipped to');
SELECT throws_ok(format($$ SELECT page_tasks('ann', %s) $$, args), '22023', NULL, 'page: ' || args)
  FROM (SELECT format(a, c) FROM (SELECT page_tasks('ann', take => 3) ->> 'next_cursor') AS p(c),
        unnest(ARRAY['cursor => %L, skip => 1', 'cursor => %L, take => -3', '''pending'', cursor => %L', 'sort => ''id'', cursor => %L', 'match => ''{"completed": true}'', cursor => %L', 'cursor => ''x''', 'cursor => ''''']) a) AS v(args);

-- JSON: as to_json writes the row, times in UTC, whatever the session's settings
SELECT count(*) FROM create_tasks('json', jsonb_build_array(
    jsonb_build_object('title', E'quote " backslash \\ slash / tab \t newline \n bell \u0007 \u00e4 \U0001F600', 'description', ''),
    jsonb_build_object('title', 'plain'))) \g /dev/null
UPDATE task SET created_at = '2024-02-29 23:30:00.123456+00', updated_at = '0044-03-15 12:00:00+00 BC' WHERE title LIKE 'quote%';
UPDATE task SET created_at = '2024-07-01 12:00:00+00', updated_at = 'infinity' WHERE title = 'plain';
SET LOCAL timezone = 'UTC';
SELECT array_to_json(array_agg(to_json(t) ORDER BY id DESC))::text AS expected FROM task t WHERE user_id = 'json' \gset
SELECT is((page_tasks('json') -> 'items')::jsonb, :'expected'::jsonb, 'page: the items are what to_json writes');
SELECT is((SELECT string_agg(e::text, ';' ORDER BY n) FROM json_array_elements(page_tasks('json') -> 'items') WITH ORDINALITY AS i(e, n)),
          (SELECT string_agg(to_json(t)::text, ';' ORDER BY created_at DESC, id DESC) FROM task t WHERE user_id = 'json'),
          'page: even character by character');
CREATE FUNCTION pg_temp.page_in(zone text, style text) RETURNS jsonb LANGUAGE plpgsql AS $$
BEGIN
    PERFORM set_config('timezone', zone, true), set_config('datestyle', style, true);
    RETURN page_tasks('json') -> 'items';
END
$$;
SELECT is(pg_temp.page_in(zone, style), :'expected'::jsonb, 'times are in UTC with ' || zone || ', ' || style)
  FROM (VALUES ('Asia/Kolkata', 'ISO'), ('America/St_Johns', 'SQL, DMY'), ('Europe/Berlin', 'German'), ('UTC', 'Postgres')) AS v(zone, style);
SET LOCAL timezone = 'UTC';
SET LOCAL datestyle = 'ISO';
SELECT is(array(SELECT json_object_keys(page_tasks('json') -> 'items' -> 0)),
          '{id,user_id,title,description,completed,conversation_id,created_at,updated_at,deleted_at}', 'keys are the columns, in their order');

-- bigint beyond what JavaScript's numbers hold
INSERT INTO task (id, user_id, title) VALUES (9007199254740993, 'big', 'x'), (-9223372036854775808, 'big', 'least');
SELECT alike(page_tasks('big')::text, '%"id":9007199254740993,%', 'json_bigint = number is the default');
SET LOCAL todo_orm.json_bigint = string;
SELECT is(page_tasks('big') -> 'items' -> 0 ->> 'id', '9007199254740993', 'as string the same digits');
SELECT is((SELECT array_agg(json_typeof(e -> 'id')) FROM json_array_elements(page_tasks('big') -> 'items') e), '{string,string}', 'as strings');
SELECT is((SELECT array_agg(e ->> 'id') FROM json_array_elements(page_tasks('big') -> 'items') e),
          '{9007199254740993,-9223372036854775808}', 'the least too');
SELECT is(json_typeof(page_tasks('big') -> 'items' -> 0 -> 'conversation_id'), 'null', 'null stays null');
SET LOCAL todo_orm.json_bigint = number;
SELECT is((SELECT array_agg(json_typeof(e -> 'id')) FROM json_array_elements(page_tasks('big') -> 'items') e), '{number,number}', 'and back');
SELECT throws_ok($$ SET LOCAL todo_orm.json_bigint = float $$, '22023', NULL, 'another value of the setting is refused');

----------------------------------------------------------------------
-- the owner
----------------------------------------------------------------------

SELECT throws_ok(format(call, owner), '22004', NULL, format(call, owner))
  FROM unnest(ARRAY['SELECT * FROM get_task(%L, 1)', 'SELECT * FROM find_tasks(%L, ''{1}'')', 'SELECT * FROM list_tasks(%L)',
                    'SELECT page_tasks(%L)', 'SELECT count_tasks(%L)', 'SELECT * FROM first_task(%L)', 'SELECT * FROM one_task(%L, ''{}'', missing_ok => true)',
                    'SELECT aggregate_tasks(%L)']) AS call,
       unnest(ARRAY[NULL, '']) AS owner;

-- reading inside a read-only transaction, and from an SQL function
CREATE FUNCTION pg_temp.titles(u text) RETURNS SETOF text LANGUAGE sql STABLE AS $$ SELECT title FROM list_tasks(u, take => 2) $$;
SELECT results_eq($$ SELECT * FROM pg_temp.titles('ann') $$, $$ VALUES ('task 8'), ('task 7') $$, 'inside another function');
SELECT is((SELECT count(*) FROM generate_series(1, 3) n CROSS JOIN LATERAL get_task('ann', n)), 3::bigint, 'once for each row of a join');
SELECT is((SELECT provolatile FROM pg_proc WHERE oid = f::regproc), 's', f || ' is stable')
  FROM unnest('{get_task,find_tasks,list_tasks,page_tasks,count_tasks,first_task,one_task,aggregate_tasks}'::text[]) f;
SET TRANSACTION READ ONLY;
SELECT is((SELECT title FROM get_task('ann', 1)), 'task 1', 'get in a read-only transaction');
SELECT is(count_tasks('ann'), 8::bigint, 'count too');
SELECT is((SELECT count(*) FROM list_tasks('ann')), 8::bigint, 'list too');
SELECT is((SELECT count(*) FROM first_task('ann'), one_task('ann', '{"id": 1}')), 1::bigint, 'first and one too');
SELECT is(aggregate_tasks('ann')::text, '[{"count":8}]', 'aggregate too');

SELECT * FROM finish();
ROLLBACK;
