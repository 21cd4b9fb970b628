
----------------------------------------------------------------------
-- Versions
----------------------------------------------------------------------

CREATE FUNCTION todo_orm.version() RETURNS text
    LANGUAGE c IMMUTABLE PARALLEL SAFE AS 'MODULE_PATHNAME', 'todo_orm_version';
COMMENT ON FUNCTION todo_orm.version() IS
    'The version of the library, which may be newer than the extension''s: then ALTER EXTENSION todo_orm UPDATE.';

CREATE FUNCTION todo_orm.migrate(schema regnamespace DEFAULT NULL) RETURNS SETOF text
    LANGUAGE c VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'todo_orm_migrate';
COMMENT ON FUNCTION todo_orm.migrate(regnamespace) IS
    'Brings the functions of all models that are the caller''s up to date, those of one schema or of the whole database, all or nothing; returns the signatures of those made or changed.';
