-- explain: plans of what a call runs, undone, for whoever may read the tables;
-- caches: what this backend keeps.
BEGIN;
SELECT no_plan();
\ir include/refuses.psql

SELECT count(*) FROM todo_orm.create_all();
SELECT count(*) FROM append_messages('ann', NULL, '[{"role": "user", "content": "one"}, {"role": "assistant", "content": "two"}]');
SELECT count(*) FROM create_tasks('ann', '[{"title": "a", "conversation_id": 1}, {"title": "b"}]');

-- The lines of an explanation, as one text.
CREATE FUNCTION pg_temp.explained(call text, actual boolean DEFAULT false) RETURNS text
LANGUAGE sql AS $$ SELECT string_agg(line, E'\n') FROM todo_orm.explain(call, actual) AS line $$;

-- The statements that a call has run, by the names that they carry.
CREATE FUNCTION pg_temp.statements(call text) RETURNS text LANGUAGE sql AS $$
    SELECT string_agg(substring(line FROM '/\* todo_orm (.*) \*/'), ', ' ORDER BY n)
      FROM todo_orm.explain(call) WITH ORDINALITY AS t(line, n) WHERE line LIKE 'Query Text: %/* todo_orm %' $$;

---------------------------------------------------------------- what it shows
SELECT is(pg_temp.statements($$get_task('ann', 1)$$), 'task: get', 'one statement, with the name of its model');
SELECT is(pg_temp.statements($$load_conversations('ann', '["messages", "tasks.conversation"]')$$),
    'conversation: list, conversation: include, conversation: include, task: include', 'each statement of a load, once');
SELECT is(pg_temp.statements($$append_message('ann', 1, 'user', 'x')$$), 'conversation: touch, message: create',
    'an append is two statements');
SELECT matches(pg_temp.explained($$append_message('ann', 1, 'user', 'x')$$), 'Query Text: SELECT 1 FROM ONLY .*conversation.* FOR KEY SHARE',
    'what foreign keys run is shown too');
SELECT matches(pg_temp.explained($$get_task('ann', 1)$$), 'Index Scan using task_pkey', 'the plan');
SELECT matches(pg_temp.explained($$get_task('ann', 1)$$), 'cost=', '... with its costs');
SELECT doesnt_match(pg_temp.explained($$get_task('ann', 1)$$), 'actual', '... and without what it took');
SELECT matches(pg_temp.explained($$get_task('ann', 1)$$, true), 'actual time=.* rows=1.*Buffers: ', 'actual: time, rows and buffers');
SELECT matches(pg_temp.explained($$append_message('ann', 1, 'user', 'x')$$, true), 'Trigger for constraint message_conversation_fkey: ',
    'actual: the triggers');
SELECT is(pg_temp.explained($$generate_series(1, 3)$$), NULL, 'a call that runs no statement of a model gives no line');
SELECT is(pg_temp.explained($$get_task('ann', NULL)$$), NULL, 'nor does one that needs none');
SELECT is((SELECT count(*) FROM todo_orm.explain($$page_tasks('ann', with_total => true)$$) AS line WHERE line = ''), 1::bigint,
    'an empty row between two statements, and none at the end');

---------------------------------------------------------------- it leaves nothing
SELECT is((SELECT count(*) FROM message), 2::bigint, 'what the calls have written is gone');
SELECT ok(pg_temp.explained($$delete_task('ann', 1)$$) LIKE '%Delete on task%', 'a deletion is explained');
SELECT isnt_empty($$SELECT FROM get_task('ann', 1)$$, '... and undone');
SELECT ok(pg_temp.explained($$todo_orm.apply('ann', '[{"op": "create", "model": "task", "values": {"title": "x"}}]')$$) LIKE '%Insert on task%',
    'what todo_orm.apply runs');
SELECT is((SELECT count(*) FROM task), 2::bigint, '... and undone');

---------------------------------------------------------------- refused
SELECT pg_temp.refuses(format('SELECT * FROM todo_orm.explain(%L)', call), '22023',
        jsonb_build_array(jsonb_build_object('loc', ARRAY['call'], 'type', 'value', 'msg', 'must be one call of a function', 'input', call)), what)
  FROM (VALUES ($$list_tasks('ann'); DROP TABLE task$$, 'two statements'),
               ('task', 'a table'),
               ($$list_tasks('ann') WHERE true$$, 'a condition'),
               ($$list_tasks('ann'), list_tasks('bob')$$, 'two calls'),
               ($$list_tasks('ann') UNION ALL SELECT * FROM list_tasks('bob')$$, 'a union'),
               ($$list_tasks('ann') ORDER BY 1$$, 'an order'),
               ($$list_tasks('ann') LIMIT 1$$, 'a limit'),
               ($$list_tasks('ann') FOR UPDATE$$, 'a lock'),
               ($$list_tasks('ann') GROUP BY 1$$, 'a group'),
               ('(SELECT 1) t', 'a query')) AS t(call, what);
SELECT throws_ok($$SELECT * FROM todo_orm.explain('list_tasks(')$$, '42601', NULL, 'no SQL');
SELECT throws_ok($$SELECT * FROM todo_orm.explain('')$$, '42601', NULL, 'nothing');
SELECT throws_ok($$SELECT * FROM todo_orm.explain('list_tasks(NULL)')$$, '22004', NULL, 'errors of the call come through');
SELECT throws_ok($$SELECT * FROM todo_orm.explain($q$create_task('ann', '')$q$)$$, '22023', NULL, 'those of a payload too');
SELECT is(pg_temp.statements($$get_task('ann', 1)$$), 'task: get', 'after an error all is as before');

---------------------------------------------------------------- for whom
CREATE ROLE observe_app;
CREATE ROLE observe_reader;
SELECT todo_orm.grant_access(m, r) FROM unnest('{task,conversation,message}'::regclass[]) m, unnest('{observe_app,observe_reader}'::regrole[]) r;
GRANT SELECT ON task TO observe_reader;
GRANT USAGE ON SCHEMA tap TO observe_app, observe_reader;

SET LOCAL ROLE observe_app;
SELECT lives_ok($$SELECT * FROM list_tasks('ann')$$, 'a role that may call');
SELECT throws_ok($$SELECT * FROM todo_orm.explain($q$list_tasks('ann')$q$)$$, '42501', 'permission denied to explain the call',
    '... and not read the table gets no plan: it tells about other owners'' rows');
SELECT isnt_empty($$SELECT * FROM todo_orm.caches$$, 'the caches are for everybody');
RESET ROLE;
SET LOCAL ROLE observe_reader;
SELECT isnt_empty($$SELECT * FROM todo_orm.explain($q$list_tasks('ann')$q$)$$, 'a role that may read the table gets it');
SELECT throws_ok($$SELECT * FROM todo_orm.explain($q$load_tasks('ann', '["conversation"]')$q$)$$, '42501', NULL,
    'each table counts');
RESET ROLE;

---------------------------------------------------------------- caches
SELECT results_eq('SELECT cache FROM todo_orm.caches', ARRAY['functions', 'models', 'plans'], 'the caches');
CREATE TEMPORARY TABLE before AS SELECT * FROM todo_orm.caches;
SELECT count(*) FROM get_task('ann', 1);
SELECT count(*) FROM get_task('ann', 2);
CREATE TEMPORARY TABLE between AS SELECT * FROM todo_orm.caches;
SELECT count(*) FROM get_task('ann', 1);
SELECT results_eq($$SELECT c.cache, c.misses - b.misses, c.hits - b.hits FROM todo_orm.caches c JOIN between b USING (cache) ORDER BY 1$$,
    $$VALUES ('functions', 0::bigint, 1::bigint), ('models', 0, 0), ('plans', 0, 1)$$,
    'a warm call finds function and plan; the function leads to the model');
SELECT ok(entries > 0 AND bytes > 0, cache || ': something is kept') FROM todo_orm.caches;
ALTER TABLE task ADD note text;
SELECT count(*) FROM get_task('ann', 1);
SELECT ok(c.misses > b.misses, c.cache || ': after DDL it is made anew') FROM todo_orm.caches c JOIN between b USING (cache);
SELECT cmp_ok((SELECT evicted FROM todo_orm.caches WHERE cache = 'plans'), '=', (SELECT evicted FROM before WHERE cache = 'plans'),
    'nothing had to give way');
SET LOCAL todo_orm.plan_cache_size = 16;
SELECT sum((SELECT count(*) FROM list_tasks('ann', match => (SELECT jsonb_build_object('or', jsonb_agg('{"id": 1}'::jsonb)) FROM generate_series(1, n)))))
  FROM generate_series(1, 17) AS n;
SELECT cmp_ok((SELECT evicted FROM todo_orm.caches WHERE cache = 'plans'), '>', (SELECT evicted FROM before WHERE cache = 'plans'),
    'in a small cache plans give way');
SELECT * FROM finish();
ROLLBACK;
