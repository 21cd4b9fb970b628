
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

-- The models whose tables are in a schema, by name.
CREATE FUNCTION todo_orm.models_of(schema regnamespace) RETURNS regclass[]
    LANGUAGE sql STABLE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp
    AS $$
    SELECT coalesce(array_agg(c.oid::regclass ORDER BY c.relname), '{}')
      FROM pg_class c
     WHERE c.relnamespace = schema AND EXISTS (SELECT FROM todo_orm.functions f WHERE f.model = c.oid)
    $$;
COMMENT ON FUNCTION todo_orm.models_of(regnamespace) IS 'Internal: the models of a document.';

CREATE FUNCTION todo_orm.typescript_of(models regclass[]) RETURNS text
    LANGUAGE c STABLE STRICT PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp SET timezone = 'UTC' SET datestyle = 'ISO' SET intervalstyle = 'postgres'
    SET extra_float_digits = 1 SET bytea_output = 'hex'
    AS 'MODULE_PATHNAME', 'todo_orm_typescript_of';
COMMENT ON FUNCTION todo_orm.typescript_of(regclass[]) IS 'Internal: models as TypeScript.';

CREATE FUNCTION todo_orm.typescript(
        schema regnamespace
            DEFAULT pg_catalog.quote_ident(pg_catalog.current_schema()::pg_catalog.text)::pg_catalog.regnamespace)
    RETURNS text
    LANGUAGE sql STABLE STRICT PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp
    AS $$ SELECT todo_orm.typescript_of(todo_orm.models_of(schema)) $$;
COMMENT ON FUNCTION todo_orm.typescript(regnamespace) IS
    'The models of a schema as a TypeScript module: types for each shape, and functions that call theirs through any client with query(text, params).';

CREATE FUNCTION todo_orm.pydantic_of(models regclass[]) RETURNS text
    LANGUAGE c STABLE STRICT PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp SET timezone = 'UTC' SET datestyle = 'ISO' SET intervalstyle = 'postgres'
    SET extra_float_digits = 1 SET bytea_output = 'hex'
    AS 'MODULE_PATHNAME', 'todo_orm_pydantic_of';
COMMENT ON FUNCTION todo_orm.pydantic_of(regclass[]) IS 'Internal: models as a Python module.';

CREATE FUNCTION todo_orm.pydantic(
        schema regnamespace
            DEFAULT pg_catalog.quote_ident(pg_catalog.current_schema()::pg_catalog.text)::pg_catalog.regnamespace)
    RETURNS text
    LANGUAGE sql STABLE STRICT PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp
    AS $$ SELECT todo_orm.pydantic_of(todo_orm.models_of(schema)) $$;
COMMENT ON FUNCTION todo_orm.pydantic(regnamespace) IS
    'The models of a schema as a Python module: Pydantic classes for each shape, and functions that call theirs through psycopg or asyncpg.';
