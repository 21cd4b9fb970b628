
----------------------------------------------------------------------
-- Everything of a user: export and erase
----------------------------------------------------------------------

CREATE FUNCTION todo_orm.export_owner(user_id text, models regclass[] DEFAULT NULL) RETURNS jsonb
    LANGUAGE c VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'todo_orm_export_owner';
COMMENT ON FUNCTION todo_orm.export_owner(text, regclass[]) IS
    'Returns all rows of a user, soft-deleted ones too, as one JSON object: an array for each model, under its table''s name.';

CREATE FUNCTION todo_orm.export_owner_rows(user_id text, models regclass[] DEFAULT NULL)
    RETURNS TABLE (model regclass, item json)
    LANGUAGE c VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'todo_orm_export_owner_rows';
COMMENT ON FUNCTION todo_orm.export_owner_rows(text, regclass[]) IS
    'Returns all rows of a user as export_owner does, each as a JSON object of its own, what is referred to first: however many there are, memory is bounded.';

CREATE FUNCTION todo_orm.erase_owner(user_id text, dry_run boolean DEFAULT true, models regclass[] DEFAULT NULL)
    RETURNS TABLE (model regclass, rows bigint)
    LANGUAGE c VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'todo_orm_erase_owner';
COMMENT ON FUNCTION todo_orm.erase_owner(text, boolean, regclass[]) IS
    'Deletes all rows of a user for good, in the order of the foreign keys, all or nothing; returns how many of each model. With dry_run, the default, it only counts.';
