
----------------------------------------------------------------------
-- Changes: what has happened since
----------------------------------------------------------------------

CREATE FUNCTION todo_orm.record_change() RETURNS trigger
    LANGUAGE c AS 'MODULE_PATHNAME', 'todo_orm_record_change';
COMMENT ON FUNCTION todo_orm.record_change() IS
    'AFTER trigger of models with option "changes": records which row was changed. Arguments: the table for the changes, the owner column, "notify" or empty, the key columns.';

CREATE FUNCTION todo_orm.prune_changes(model regclass, older_than interval) RETURNS bigint
    LANGUAGE c VOLATILE STRICT PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'todo_orm_prune_changes';
COMMENT ON FUNCTION todo_orm.prune_changes(regclass, interval) IS
    'Removes recorded changes of a model that are at least that old; returns how many. Readers that have not seen them begin anew.';
