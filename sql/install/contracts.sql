
----------------------------------------------------------------------
-- Contracts: what a client sees of models, read from the catalog
--
-- The settings are those that values and types are written by: a contract is
-- the same for everybody.
----------------------------------------------------------------------

CREATE FUNCTION todo_orm.json_schema(model regclass, shape text DEFAULT 'read') RETURNS json
    LANGUAGE c STABLE STRICT PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp SET timezone = 'UTC' SET datestyle = 'ISO' SET intervalstyle = 'postgres'
    SET extra_float_digits = 1 SET bytea_output = 'hex'
    AS 'MODULE_PATHNAME', 'todo_orm_json_schema';
COMMENT ON FUNCTION todo_orm.json_schema(regclass, text) IS
    'A model as JSON Schema (2020-12): a row that is read, an item that is created, or a patch (read, create, update).';
