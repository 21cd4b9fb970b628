
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

CREATE FUNCTION todo_orm.openapi_of(title text, models regclass[]) RETURNS json
    LANGUAGE c STABLE STRICT PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp SET timezone = 'UTC' SET datestyle = 'ISO' SET intervalstyle = 'postgres'
    SET extra_float_digits = 1 SET bytea_output = 'hex'
    AS 'MODULE_PATHNAME', 'todo_orm_openapi_of';
COMMENT ON FUNCTION todo_orm.openapi_of(text, regclass[]) IS 'Internal: models as an OpenAPI document.';

CREATE FUNCTION todo_orm.openapi(
        schema regnamespace
            DEFAULT pg_catalog.quote_ident(pg_catalog.current_schema()::pg_catalog.text)::pg_catalog.regnamespace)
    RETURNS json
    LANGUAGE sql STABLE STRICT PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp
    AS $$
    SELECT todo_orm.openapi_of(n.nspname::text, todo_orm.models_of(schema)) FROM pg_namespace n WHERE n.oid = schema
    $$;
COMMENT ON FUNCTION todo_orm.openapi(regnamespace) IS
    'The models of a schema as an OpenAPI document (3.1): their functions as POST /rpc/<function>, a schema for each shape.';

-- What a client can notice of a model, as text: its shapes and functions, names
-- that calls use, orders, and the rules that other columns than hidden ones have.
CREATE FUNCTION todo_orm.contract_text(model regclass) RETURNS text
    LANGUAGE sql STABLE STRICT PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp SET todo_orm.json_bigint = 'number'
    AS $$
    SELECT concat_ws(E'\n', todo_orm.openapi_of(''::text, ARRAY[model])::text,
               (d.described - '{relationships,options}'::text[])::text, d.described #>> '{options,owner_setting}',
               (SELECT string_agg(concat_ws(' ', r.relationship, r.kind, r.target::text, r.columns::text, r.target_columns::text, r.through::text),
                                  E'\n' ORDER BY r.relationship)
                  FROM todo_orm.relationships r WHERE r.model = contract_text.model),
               (SELECT string_agg(concat_ws(' ', k.conname, pg_get_constraintdef(k.oid), obj_description(k.oid, 'pg_constraint')), E'\n' ORDER BY k.conname, k.oid)
                  FROM pg_constraint k
                 WHERE k.conrelid = model AND k.contype IN ('c', 'u', 'p', 'f', 'x')
                   AND NOT EXISTS (SELECT FROM pg_attribute a
                                    WHERE a.attrelid = model AND a.attnum = ANY (k.conkey)
                                      AND d.described #> '{options,hidden}' ? a.attname::text)),
               (SELECT string_agg(pg_get_indexdef(i.indexrelid), E'\n' ORDER BY c.relname)
                  FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
                 WHERE i.indrelid = model AND i.indisunique
                   AND NOT EXISTS (SELECT FROM pg_constraint k WHERE k.conindid = i.indexrelid AND k.conrelid = model)
                   AND NOT EXISTS (SELECT FROM pg_depend p JOIN pg_attribute a ON a.attrelid = model AND a.attnum = p.refobjsubid
                                    WHERE p.classid = 'pg_class'::regclass AND p.objid = i.indexrelid
                                      AND p.refclassid = 'pg_class'::regclass AND p.refobjid = model
                                      AND d.described #> '{options,hidden}' ? a.attname::text)))
      FROM (SELECT todo_orm.describe(model)::jsonb AS described) d
    $$;
COMMENT ON FUNCTION todo_orm.contract_text(regclass) IS 'Internal: what fingerprint is made of.';

CREATE FUNCTION todo_orm.fingerprint(model regclass) RETURNS text
    LANGUAGE sql STABLE STRICT PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp
    AS $$ SELECT encode(sha256(convert_to(todo_orm.contract_text(model), 'UTF8')), 'hex') $$;
COMMENT ON FUNCTION todo_orm.fingerprint(regclass) IS
    'A hash of what a client can notice of a model: the same after dump and restore and on every version of PostgreSQL, another after any change.';
