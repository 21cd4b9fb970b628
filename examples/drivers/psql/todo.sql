-- The steps of ../README.md with psql: psql -X -q -A -t -f todo.sql
-- A value from outside is a variable, quoted by psql: :'title'. Never put it into the text yourself.
\set ON_ERROR_STOP off
\set VERBOSITY terse
\set n 0
\set failed 0
\set passed false
\set owner ann

-- What a web application answers when a call raises this SQLSTATE; 500 for any other
SELECT '{"22004": 401, "42501": 403, "P0002": 404,
         "P0003": 409, "TO409": 409, "23503": 409, "23505": 409, "23P01": 409,
         "22023": 422, "22P02": 422, "22003": 422, "22007": 422, "22008": 422, "23514": 422,
         "40001": 503, "40P01": 503, "55P03": 503, "57014": 503}' AS http_status \gset

\set step create
\set title 'Buy milk'
\set description 'two litres'
SELECT * FROM create_task(:'owner', :'title', description => :'description') \gset task_
SELECT * FROM create_task(:'owner', 'Call the dentist', description => NULL) \gset other_
-- a null leaves no variable behind
\set null_is_unset false
\if :{?other_description}
\else
    \set null_is_unset true
\endif
SELECT :task_id = 1 AND :'task_title' = 'Buy milk' AND :'task_completed' = 'f' AND :null_is_unset AS passed \gset
\ir check.psql

\set step 'create many'
\set items '[{"title": "Pay rent"}, {"title": "Go for a run", "completed": true}]'
SELECT array_agg(t.id) AS ids, array_agg(t.completed) AS completed FROM create_tasks(:'owner', :'items') t \gset
SELECT :'ids' = '{3,4}' AND :'completed' = '{f,t}' AS passed \gset
\ir check.psql

\set step get
SELECT title AS hers FROM get_task(:'owner', 1) \gset
SELECT count(*) AS his FROM get_task('bob', 1) \gset
SELECT array_agg(id) AS found FROM find_tasks(:'owner', '{4, 99, 1}') \gset
SELECT :'hers' = 'Buy milk' AND :his = 0 AND :'found' = '{4,1}' AS passed \gset
\ir check.psql

\set step list
\set match '{"title": {"contains": "MILK"}}'
SELECT array_agg(id) AS found FROM list_tasks(:'owner', 'pending', match => :'match', sort => '-created_at', take => 10) \gset
SELECT array_agg(title) AS sorted FROM list_tasks(:'owner', sort => 'title', take => 2) \gset
SELECT :'found' = '{1}' AND :'sorted' = '{"Buy milk","Call the dentist"}' AS passed \gset
\ir check.psql

\set step page
SELECT p ->> 'total' AS total, p ->> 'next_cursor' AS next FROM page_tasks(:'owner', take => 3, with_total => true) p \gset
SELECT array_agg(id) AS rest FROM list_tasks(:'owner', take => 3, cursor => :'next') \gset
SELECT :total = 4 AND :'rest' = '{1}' AS passed \gset
\ir check.psql

\set step update
\set patch '{"completed": true, "description": null}'
SELECT title, completed, description IS NULL AS emptied FROM update_task(:'owner', 1, :'patch') \gset
SELECT count(*) AS missing FROM update_task(:'owner', 99, :'patch') \gset
SELECT :'title' = 'Buy milk' AND :'completed' = 't' AND :'emptied' = 't' AND :missing = 0 AS passed \gset
\ir check.psql

\set step 'soft delete'
SELECT soft_delete_task(:'owner', 2) AS first \gset
SELECT soft_delete_task(:'owner', 2) AS second \gset
SELECT count(*) AS there FROM get_task(:'owner', 2) \gset
SELECT id AS restored FROM restore_task(:'owner', 2) \gset
SELECT :'first' = 't' AND :'second' = 'f' AND :there = 0 AND :restored = 2 AS passed \gset
\ir check.psql

\set step 'nested load'
SELECT conversation_id AS chat FROM append_message(:'owner', NULL, 'user', 'Add milk') \gset
SELECT id FROM append_message(:'owner', :chat, 'assistant', 'Done.', data => '{"usage": {"tokens": 12}}') \gset
SELECT load_conversation(:'owner', :chat, '["messages:-20"]') AS loaded, load_conversation(:'owner', 99, '["messages"]') IS NULL AS none \gset
SELECT :chat = 1 AND :'none' = 't' AND json_array_length(:'loaded'::json -> 'messages') = 2
   AND :'loaded'::json #>> '{messages,1,data,usage,tokens}' = '12' AS passed \gset
\ir check.psql

\set step types
\set labels '{garden,"two words, \\"quoted\\"",h\303\251llo}'
SELECT t.*, t.labels[2] AS second FROM create_ticket(:'owner', 'Paint the fence', priority => 'high', labels => :'labels',
    estimate => 12.50, due => '2026-12-24', data => '[1, {"a": null}]') t \gset ticket_
SELECT :ticket_id = 9007199254740993 AND :'ticket_priority' = 'high' AND :'ticket_second' = 'two words, "quoted"'
   AND :'ticket_estimate' = '12.50' AND :'ticket_due' = '2026-12-24' AND :'ticket_data' = '[1, {"a": null}]' AS passed \gset
\ir check.psql

\set step 'big ids'
SELECT title FROM get_ticket(:'owner', 9007199254740993) \gset
SELECT page_tickets(:'owner') AS page \gset
SELECT :'title' = 'Paint the fence' AND :'page'::json #>> '{items,0,id}' = '9007199254740993' AS passed \gset
\ir check.psql

\set step rows
SELECT array_agg(m.role) AS said FROM get_conversation(:'owner', :chat) c, messages(c) m \gset
-- a row that is one value is a text: put the function into FROM, or ask for JSON
SELECT t AS as_text, to_json(t) AS as_json FROM get_task(:'owner', 1) t \gset
SELECT :'said' = '{user,assistant}' AND :'as_text' LIKE '(1,ann,%' AND (:'as_json'::json ->> 'completed')::boolean AS passed \gset
\ir check.psql

\set step errors
\set statuses ''
SELECT * FROM create_task(:'owner', '');
\set statuses :statuses :SQLSTATE
SELECT * FROM create_ticket(:'owner', 'Urgent', priority => 'urgent');
\set statuses :statuses ',' :SQLSTATE
SELECT * FROM create_task(NULL, 'Whose?');
\set statuses :statuses ',' :SQLSTATE
SELECT * FROM task;
\set statuses :statuses ',' :SQLSTATE
SELECT * FROM one_task(:'owner', '{"title": "nothing"}');
\set statuses :statuses ',' :SQLSTATE
SELECT * FROM one_task(:'owner', '{"completed": false}');
\set statuses :statuses ',' :SQLSTATE
SELECT * FROM create_ticket(:'owner', 'Paint the fence');
\set statuses :statuses ',' :SQLSTATE
SELECT * FROM create_task(:'owner', 'Reply', conversation_id => 99);
\set statuses :statuses ',' :SQLSTATE
SELECT no_such_function('ann');
\set statuses :statuses ',' :SQLSTATE
-- psql has no variable for DETAIL, which lists the faults; a payload can be judged beforehand
SELECT validate_task(:'owner', '{"titel": "a slip"}') #>> '{0,loc}' AS fault \gset
SELECT array_agg(coalesce((:'http_status'::json ->> code)::int, 500)) = '{422,422,401,403,404,409,409,409,500}' AND :'fault' = '["titel"]' AS passed
  FROM unnest(string_to_array(:'statuses', ',')) code \gset
\ir check.psql

\set step identity
BEGIN;
SELECT set_config('todo_orm.user_id', :'owner', true) AS identity \gset
SELECT count_tasks(:'owner') AS hers \gset
SELECT count_tasks('bob');
\set refused :SQLSTATE
ROLLBACK;
SELECT count_tasks('bob') AS his \gset
SELECT :hers = 4 AND :his = 0 AND (:'http_status'::json ->> :'refused')::int = 403 AS passed \gset
\ir check.psql

\set step '1,000 concurrent calls through a pool of 10'
-- by pgbench: ten connections, a hundred calls each
\! echo "SELECT FROM create_task('joe', 'of client ' || :client_id);" | pgbench -n -c 10 -j 2 -t 100 -M $([ "$PREPARE" = no ] && echo extended || echo prepared) -f - >/dev/null
SELECT count_tasks('joe') = 1000 AS passed \gset
\ir check.psql

\echo 1..:n
SELECT :failed > 0 AS any \gset
\if :any
    \set ON_ERROR_STOP on
    DO $$ BEGIN RAISE EXCEPTION 'a step failed'; END $$;
\endif
