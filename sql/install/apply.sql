
----------------------------------------------------------------------
-- A unit of work
----------------------------------------------------------------------

CREATE FUNCTION todo_orm.apply(user_id text, operations jsonb) RETURNS jsonb
    LANGUAGE c VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'todo_orm_apply';
COMMENT ON FUNCTION todo_orm.apply(text, jsonb) IS
    'Runs a list of operations on several models, all or nothing; returns the result of each. Later ones may refer to the rows of earlier ones.';
