-- What a caller sees when something is refused: message, DETAIL, HINT and
-- SQLSTATE.  DETAIL is a JSON array with all errors, in FastAPI's shape.
\set SHOW_CONTEXT never
CREATE SCHEMA errors;
SET search_path = errors;
SELECT count(*) FROM todo_orm.create_all();
SELECT id FROM create_task('ann', 'Buy milk');
SELECT id FROM create_conversation('bob');

--
-- 22023: input
--
SELECT create_task('ann', NULL);
\echo :LAST_ERROR_SQLSTATE
SELECT create_tasks('ann', '[{"title": "fine"}, {"titel": "x", "completed": "maybe"}, 7]');
\echo :LAST_ERROR_SQLSTATE
SELECT create_tasks('ann', '{"title": 5, "id": 1, "user_id": "bob"}');
\echo :LAST_ERROR_SQLSTATE
SELECT create_tasks('ann', '"title"');
\echo :LAST_ERROR_SQLSTATE
SELECT create_tasks('ann', NULL);
\echo :LAST_ERROR_SQLSTATE
SELECT update_task('ann', 1, '{"title": null, "conversation_id": "x"}');
\echo :LAST_ERROR_SQLSTATE
SELECT update_task('ann', 1, '[]');
\echo :LAST_ERROR_SQLSTATE
SELECT update_message('ann', 1, '{"role": "tool"}');
\echo :LAST_ERROR_SQLSTATE
SELECT * FROM list_tasks('ann', 'urgent');
\echo :LAST_ERROR_SQLSTATE
SELECT * FROM list_tasks('ann', take => 1001);
\echo :LAST_ERROR_SQLSTATE
SELECT * FROM list_tasks('ann', skip => -1);
\echo :LAST_ERROR_SQLSTATE
SELECT get_conversation_with_messages('ann', 1, take => -1);
\echo :LAST_ERROR_SQLSTATE

--
-- typed arguments that PostgreSQL itself refuses
--
\set VERBOSITY terse
SELECT create_task('ann', 'x', completed => 'maybe');
\echo :LAST_ERROR_SQLSTATE
SELECT create_task('ann', 'x', conversation_id => '99999999999999999999');
\echo :LAST_ERROR_SQLSTATE
SELECT create_task('ann', 'x', id => 7);
\echo :LAST_ERROR_SQLSTATE
\set VERBOSITY default

--
-- 22004: no owner
--
SELECT * FROM list_tasks(NULL);
\echo :LAST_ERROR_SQLSTATE
SELECT * FROM list_tasks('');
\echo :LAST_ERROR_SQLSTATE

--
-- 42501: not this owner
--
BEGIN;
SELECT set_config('todo_orm.user_id', 'bob', true);
SELECT * FROM get_task('ann', 1);
\echo :LAST_ERROR_SQLSTATE
ROLLBACK;
BEGIN;
SET LOCAL todo_orm.require_user_id = on;
SELECT * FROM get_task('ann', 1);
\echo :LAST_ERROR_SQLSTATE
ROLLBACK;

--
-- 23503: references; missing and foreign look the same
--
SELECT create_task('ann', 'x', conversation_id => 99);
\echo :LAST_ERROR_SQLSTATE
SELECT create_task('ann', 'x', conversation_id => 1);
\echo :LAST_ERROR_SQLSTATE
SELECT append_message('ann', 1, 'user', 'x');
\echo :LAST_ERROR_SQLSTATE

--
-- TO409: a stale version
--
CREATE TABLE document (
    LIKE todo_orm.owned INCLUDING ALL,
    LIKE todo_orm.versioned INCLUDING ALL,
    body text,
    PRIMARY KEY (user_id, id)
);
SELECT count(*) FROM todo_orm.register_model('document');
SELECT version FROM create_document('ann', 'first');
SELECT version FROM update_document('ann', 1, '{"body": "second"}', if_version => 1);
SELECT version FROM update_document('ann', 1, '{"body": "third"}', if_version => 1);
\echo :LAST_ERROR_SQLSTATE

--
-- errors of the user's own triggers pass as they are
--
CREATE FUNCTION no() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION USING ERRCODE = 'AB123', MESSAGE = 'not on a Sunday', DETAIL = 'my detail', HINT = 'my hint';
END
$$;
CREATE TRIGGER no BEFORE INSERT ON document FOR EACH ROW EXECUTE FUNCTION no();
SELECT create_document('ann', 'x');
\echo :LAST_ERROR_SQLSTATE
SELECT create_documents('ann', '{"body": "x"}');
\echo :LAST_ERROR_SQLSTATE

-- nothing of all this was done
SELECT id, title FROM task;
SELECT count(*) FROM message;

SET client_min_messages = warning;
DROP SCHEMA errors CASCADE;
