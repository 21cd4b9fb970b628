/* todo_orm: install script, put together by the Makefile from sql/install/ and sql/models.sql */

-- complain if script is sourced in psql, rather than via CREATE EXTENSION
\echo Use "CREATE EXTENSION todo_orm" to load this file. \quit

-- CREATE EXTENSION takes a schema todo_orm that is there already, and would
-- look names up in it: an operator that somebody has put there, a better match
-- than PostgreSQL's own, would end in our views and run as whoever reads them.
SET LOCAL search_path = pg_catalog, pg_temp;

-- The templates, views and functions are there for everybody; the schema
-- itself belongs to whoever installs, and nothing of the engine resolves a
-- name through it.
GRANT USAGE ON SCHEMA todo_orm TO PUBLIC;

----------------------------------------------------------------------
-- The language
----------------------------------------------------------------------

CREATE FUNCTION todo_orm.language_handler() RETURNS language_handler
    LANGUAGE c AS 'MODULE_PATHNAME', 'todo_orm_call';
COMMENT ON FUNCTION todo_orm.language_handler() IS 'Call handler of LANGUAGE todo_orm.';

CREATE FUNCTION todo_orm.language_validator(function oid) RETURNS void
    LANGUAGE c STRICT AS 'MODULE_PATHNAME', 'todo_orm_validate';
COMMENT ON FUNCTION todo_orm.language_validator(oid) IS 'Validator of LANGUAGE todo_orm.';

CREATE TRUSTED LANGUAGE todo_orm
    HANDLER todo_orm.language_handler VALIDATOR todo_orm.language_validator;
COMMENT ON LANGUAGE todo_orm IS
    'Functions of models: the signature is the contract, the body names operation and model.';

----------------------------------------------------------------------
-- Registration
----------------------------------------------------------------------

CREATE FUNCTION todo_orm.register_model(model regclass, options jsonb DEFAULT '{}')
    RETURNS SETOF text
    LANGUAGE c VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'todo_orm_register_model';
COMMENT ON FUNCTION todo_orm.register_model(regclass, jsonb) IS
    'Makes the functions of a table, or brings them up to date; returns the signatures of those made or changed. Options given before stay unless they are given again.';

CREATE FUNCTION todo_orm.adopt_model(model regclass, options jsonb DEFAULT '{}')
    RETURNS SETOF text
    LANGUAGE c VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'todo_orm_adopt_model';
COMMENT ON FUNCTION todo_orm.adopt_model(regclass, jsonb) IS
    'As register_model, but leaves the table itself as it is: no trigger, no row level security.';

CREATE FUNCTION todo_orm.add_function(
        model regclass, name text, operation text, relationship text,
        arguments text[] DEFAULT '{}', settings jsonb DEFAULT '{}')
    RETURNS SETOF text
    LANGUAGE c VOLATILE STRICT PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'todo_orm_add_function';
COMMENT ON FUNCTION todo_orm.add_function(regclass, text, text, text, text[], jsonb) IS
    'Adds a function that a model does not have by its options: append, append_many, with_children or context along a relationship; extend, step or step_many, with an empty relationship.';

CREATE FUNCTION todo_orm.unregister_model(model regclass) RETURNS void
    LANGUAGE c VOLATILE STRICT PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'todo_orm_unregister_model';
COMMENT ON FUNCTION todo_orm.unregister_model(regclass) IS
    'Drops the functions, trigger and policy that registering made; the table and its rows stay.';

CREATE FUNCTION todo_orm.inline_function_ddl(model regclass, relationship text, name text) RETURNS text
    LANGUAGE c STABLE STRICT PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'todo_orm_inline_function_ddl';
COMMENT ON FUNCTION todo_orm.inline_function_ddl(regclass, text, text) IS
    'The DDL of a function of the row that the planner inlines: for reading along a relationship from many rows, with rights on the tables.';

CREATE FUNCTION todo_orm.refuse_owner(setting text) RETURNS boolean
    LANGUAGE c STABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'todo_orm_refuse_owner';
COMMENT ON FUNCTION todo_orm.refuse_owner(text) IS
    'Internal: raises 42501, in functions that inline_function_ddl has written.';

CREATE FUNCTION todo_orm.describe(model regclass) RETURNS json
    LANGUAGE c STABLE STRICT PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'todo_orm_describe';
COMMENT ON FUNCTION todo_orm.describe(regclass) IS
    'What the engine knows of a model: names, special columns, scopes, sort, relationships, options.';

----------------------------------------------------------------------
-- updated_at and version for rows that are written with plain SQL
----------------------------------------------------------------------

CREATE FUNCTION todo_orm.lifecycle() RETURNS trigger
    LANGUAGE c AS 'MODULE_PATHNAME', 'todo_orm_lifecycle';
COMMENT ON FUNCTION todo_orm.lifecycle() IS
    'BEFORE UPDATE trigger: sets updated_at and version where the statement itself has not. Arguments: the two column names, empty for none.';

----------------------------------------------------------------------
-- Mixins: CREATE TABLE note (LIKE todo_orm.owned INCLUDING ALL, ...)
----------------------------------------------------------------------

CREATE TABLE todo_orm.owned (
    id      bigint GENERATED BY DEFAULT AS IDENTITY,
    user_id text COLLATE "C" NOT NULL,
    CONSTRAINT owned_user_id_check CHECK (user_id <> '')
);
COMMENT ON TABLE todo_orm.owned IS 'Mixin: a key and an owner.';
COMMENT ON COLUMN todo_orm.owned.id IS 'key, drawn by the database';
COMMENT ON COLUMN todo_orm.owned.user_id IS 'owner of the row';

CREATE TABLE todo_orm.timestamps (
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz
);
COMMENT ON TABLE todo_orm.timestamps IS 'Mixin: when a row was made and last changed.';
COMMENT ON COLUMN todo_orm.timestamps.created_at IS 'when the row was made';
COMMENT ON COLUMN todo_orm.timestamps.updated_at IS 'when the row was last changed; null: never';

CREATE TABLE todo_orm.soft_delete (
    deleted_at timestamptz
);
COMMENT ON TABLE todo_orm.soft_delete IS 'Mixin: rows that are marked as deleted first.';
COMMENT ON COLUMN todo_orm.soft_delete.deleted_at IS 'when the row was soft-deleted; null: live';

CREATE TABLE todo_orm.versioned (
    version bigint NOT NULL DEFAULT 1
);
COMMENT ON TABLE todo_orm.versioned IS 'Mixin: a number that every change of a row raises.';
COMMENT ON COLUMN todo_orm.versioned.version IS 'raised by every change of the row';

GRANT SELECT ON todo_orm.owned, todo_orm.timestamps, todo_orm.soft_delete, todo_orm.versioned TO PUBLIC;

----------------------------------------------------------------------
-- What there is, read from the catalog
----------------------------------------------------------------------

-- An example call: required arguments with a value of their type.
CREATE FUNCTION todo_orm.example_call(function oid) RETURNS text
    LANGUAGE sql STABLE STRICT PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
    AS $$
    SELECT CASE WHEN p.prorettype = 'json'::regtype OR NOT p.proretset AND t.typtype <> 'c'
                THEN 'SELECT ' ELSE 'SELECT * FROM ' END ||
           format('%I.%I(%s);', n.nspname, p.proname, coalesce(string_agg(
               CASE WHEN a.type = 'jsonb'::regtype AND a.name LIKE 'items%' THEN '''[{...}]'''
                    WHEN a.type = 'jsonb'::regtype AND a.name LIKE 'include%' THEN '''[...]'''
                    WHEN a.type = 'jsonb'::regtype THEN '''{...}'''
                    WHEN a.ord = 1 AND a.type = 'text'::regtype THEN '''ann'''
                    WHEN a.type IN ('text'::regtype, 'varchar'::regtype) THEN quote_literal(a.name)
                    WHEN a.type IN ('int4'::regtype, 'int8'::regtype) THEN '1'
                    WHEN a.type = 'bool'::regtype THEN 'true'
                    WHEN a.type IN ('int4[]'::regtype, 'int8[]'::regtype) THEN '''{1,2}'''
                    WHEN at.typtype = 'c' THEN 'row'
                    ELSE '''...''' END, ', ' ORDER BY a.ord), ''))
      FROM pg_proc p
      JOIN pg_namespace n ON n.oid = p.pronamespace
      JOIN pg_type t ON t.oid = p.prorettype
      LEFT JOIN LATERAL (SELECT u.type::regtype, coalesce(u.name, '') AS name, u.ord
                           FROM unnest(p.proargtypes::oid[], p.proargnames) WITH ORDINALITY AS u(type, name, ord)
                          WHERE u.ord <= p.pronargs - p.pronargdefaults) a ON true
      LEFT JOIN pg_type at ON at.oid = a.type
     WHERE p.oid = function
     GROUP BY p.oid, n.nspname, p.proname, p.prorettype, p.proretset, t.typtype
    $$;
COMMENT ON FUNCTION todo_orm.example_call(oid) IS 'Internal: an example call of a generated function.';

CREATE VIEW todo_orm.functions AS
    SELECT c.oid::regclass AS model,
           -- a condition on this column may be tried before the joins
           CASE WHEN p.prolang = (SELECT oid FROM pg_language WHERE lanname = 'todo_orm')
                THEN p.prosrc::jsonb ->> 'operation' END AS operation,
           format('%I.%I(%s)', n.nspname, p.proname, pg_get_function_arguments(p.oid)) AS signature,
           pg_get_function_result(p.oid) AS returns,
           obj_description(p.oid, 'pg_proc') AS comment,
           todo_orm.example_call(p.oid) AS example,
           p.oid::regprocedure AS function
      FROM pg_proc p
      JOIN pg_language l ON l.oid = p.prolang AND l.lanname = 'todo_orm'
      JOIN pg_depend d ON d.classid = 'pg_proc'::regclass AND d.objid = p.oid
                      AND d.refclassid = 'pg_class'::regclass AND d.refobjsubid = 0
      -- a function of anybody but the table's owner is none of the model's
      JOIN pg_class c ON c.oid = d.refobjid AND c.relowner = p.proowner
      JOIN pg_namespace n ON n.oid = p.pronamespace;
COMMENT ON VIEW todo_orm.functions IS 'The functions of all models.';

CREATE VIEW todo_orm.models AS
    SELECT m.model, d.name, d.plural, d.owner, d.key, d.created_at, d.updated_at, d.deleted_at,
           d.version, d.scopes, d.sort, d.options
      FROM (SELECT DISTINCT f.model FROM todo_orm.functions f) m
     CROSS JOIN LATERAL json_to_record(todo_orm.describe(m.model)) AS d(
           name text, plural text, owner text, key text[], created_at text, updated_at text,
           deleted_at text, version text, scopes text[], sort text[], options jsonb);
COMMENT ON VIEW todo_orm.models IS 'The registered tables.';

CREATE VIEW todo_orm.relationships AS
    SELECT m.model, r.relationship, r.target::regclass AS target, r.kind, r.columns, r.target_columns,
           r.through::regclass AS through
      FROM (SELECT DISTINCT f.model FROM todo_orm.functions f) m
     CROSS JOIN LATERAL json_to_recordset(todo_orm.describe(m.model) -> 'relationships') AS r(
           relationship text, target oid, kind text, columns text[], target_columns text[], through oid);
COMMENT ON VIEW todo_orm.relationships IS 'The relationships between registered tables.';

GRANT SELECT ON todo_orm.functions, todo_orm.models, todo_orm.relationships TO PUBLIC;

----------------------------------------------------------------------
-- Privileges
----------------------------------------------------------------------

CREATE FUNCTION todo_orm.grant_access(model regclass, grantee regrole) RETURNS void
    LANGUAGE c VOLATILE STRICT PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'todo_orm_grant_access';
COMMENT ON FUNCTION todo_orm.grant_access(regclass, regrole) IS
    'Lets a role execute the functions of a model; it gets no right on the table.';

CREATE FUNCTION todo_orm.revoke_access(model regclass, grantee regrole) RETURNS void
    LANGUAGE c VOLATILE STRICT PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'todo_orm_revoke_access';
COMMENT ON FUNCTION todo_orm.revoke_access(regclass, regrole) IS
    'Takes back what grant_access gave.';

----------------------------------------------------------------------
-- A unit of work
----------------------------------------------------------------------

CREATE FUNCTION todo_orm.apply(user_id text, operations jsonb) RETURNS jsonb
    LANGUAGE c VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'todo_orm_apply';
COMMENT ON FUNCTION todo_orm.apply(text, jsonb) IS
    'Runs a list of operations on several models, all or nothing; returns the result of each. Later ones may refer to the rows of earlier ones.';

----------------------------------------------------------------------
-- check_model: what is amiss with a model, each with the DDL that mends it
--
-- The parts answer (finding, ddl).  They read the catalog and the resolved
-- model (todo_orm.describe), and change nothing.
----------------------------------------------------------------------

-- Column names as they stand in DDL.
CREATE FUNCTION todo_orm.column_list(columns text[]) RETURNS text
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
    AS $$ SELECT string_agg(quote_ident(c), ', ' ORDER BY n) FROM unnest(columns) WITH ORDINALITY AS u(c, n) $$;
COMMENT ON FUNCTION todo_orm.column_list(text[]) IS 'Internal: quoted names, comma separated.';

-- The key columns of an index; NULL entries for expressions.
CREATE FUNCTION todo_orm.index_columns(index oid) RETURNS text[]
    LANGUAGE sql STABLE STRICT PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
    AS $$
    SELECT array_agg(a.attname::text ORDER BY k.n)
      FROM pg_index i
     CROSS JOIN LATERAL unnest(i.indkey::int2[]) WITH ORDINALITY AS k(attnum, n)
      LEFT JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.attnum
     WHERE i.indexrelid = index AND k.n <= i.indnkeyatts
    $$;
COMMENT ON FUNCTION todo_orm.index_columns(oid) IS 'Internal: the key columns of an index.';

-- The columns of one side of a foreign key.
CREATE FUNCTION todo_orm.constraint_columns(relation oid, attnums int2[]) RETURNS text[]
    LANGUAGE sql STABLE STRICT PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
    AS $$
    SELECT array_agg(a.attname::text ORDER BY k.n)
      FROM unnest(attnums) WITH ORDINALITY AS k(attnum, n)
      JOIN pg_attribute a ON a.attrelid = relation AND a.attnum = k.attnum
    $$;
COMMENT ON FUNCTION todo_orm.constraint_columns(oid, int2[]) IS 'Internal: names of columns.';

-- No index that begins with the owner: every page of an owner reads the table.
CREATE FUNCTION todo_orm.check_owner_index(model regclass, d json) RETURNS TABLE (finding text, ddl text)
    LANGUAGE sql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
    AS $$
    SELECT format('no index begins with the owner column "%s"', d ->> 'owner'),
           format('CREATE INDEX ON %s (%I, %s);', model, d ->> 'owner',
                  todo_orm.column_list(ARRAY(SELECT json_array_elements_text(d -> 'key'))))
     WHERE d ->> 'owner' IS NOT NULL AND json_array_length(d -> 'key') > 0
       AND (SELECT relkind FROM pg_class WHERE oid = model) IN ('r', 'p')
       AND NOT EXISTS (SELECT FROM pg_index i WHERE i.indrelid = model
                          AND (todo_orm.index_columns(i.indexrelid))[1] = d ->> 'owner')
    $$;
COMMENT ON FUNCTION todo_orm.check_owner_index(regclass, json) IS 'Internal: part of check_model.';

-- A foreign key without an index: deleting a parent, and the parent's list, read the whole table.
CREATE FUNCTION todo_orm.check_foreign_key_index(model regclass, d json) RETURNS TABLE (finding text, ddl text)
    LANGUAGE sql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
    AS $$
    SELECT format('foreign key "%s" has no index', c.conname),
           format('CREATE INDEX ON %s (%s);', model, todo_orm.column_list(k.columns))
      FROM pg_constraint c
     CROSS JOIN LATERAL (SELECT todo_orm.constraint_columns(c.conrelid, c.conkey) AS columns) k
     WHERE c.conrelid = model AND c.contype = 'f'
       AND NOT EXISTS (SELECT FROM pg_index i WHERE i.indrelid = model
                          AND (todo_orm.index_columns(i.indexrelid))[1:cardinality(k.columns)] @> k.columns)
     ORDER BY c.conname
    $$;
COMMENT ON FUNCTION todo_orm.check_foreign_key_index(regclass, json) IS 'Internal: part of check_model.';

-- A foreign key between two owned models that lacks the owner makes no relationship.
CREATE FUNCTION todo_orm.check_foreign_key_owner(model regclass, d json) RETURNS TABLE (finding text, ddl text)
    LANGUAGE sql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
    AS $$
    SELECT format('foreign key "%s" does not hold the owner, so no relationship is made of it', c.conname),
           format('ALTER TABLE %1$s ADD UNIQUE (%2$I, %3$s); ALTER TABLE %4$s ADD FOREIGN KEY (%5$I, %6$s) REFERENCES %1$s (%2$I, %3$s); SELECT todo_orm.register_model(%7$L);',
                  c.confrelid::regclass, t ->> 'owner', todo_orm.column_list(k.target_columns),
                  model, d ->> 'owner', todo_orm.column_list(k.columns), model)
      FROM pg_constraint c
     CROSS JOIN LATERAL (SELECT todo_orm.constraint_columns(c.conrelid, c.conkey) AS columns,
                                todo_orm.constraint_columns(c.confrelid, c.confkey) AS target_columns) k
     CROSS JOIN LATERAL (SELECT todo_orm.describe(c.confrelid::regclass) AS t) o
     WHERE c.conrelid = model AND c.contype = 'f' AND c.conparentid = 0
       AND d ->> 'owner' IS NOT NULL AND t ->> 'owner' IS NOT NULL
       AND NOT d ->> 'owner' = ANY (k.columns)
       -- one with the owner beside it mends it already
       AND NOT EXISTS (SELECT FROM pg_constraint c2
                        WHERE c2.conrelid = model AND c2.contype = 'f' AND c2.confrelid = c.confrelid
                          AND todo_orm.constraint_columns(c2.conrelid, c2.conkey) @> (ARRAY[d ->> 'owner'] || k.columns))
     ORDER BY c.conname
    $$;
COMMENT ON FUNCTION todo_orm.check_foreign_key_owner(regclass, json) IS 'Internal: part of check_model.';

-- A table that refers to the model and has no owner column: its rows cannot be owned.
CREATE FUNCTION todo_orm.check_child_owner(model regclass, d json) RETURNS TABLE (finding text, ddl text)
    LANGUAGE sql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
    AS $$
    SELECT format('table %s refers to this one and has no owner column', c.conrelid::regclass),
           format('ALTER TABLE %1$s ADD COLUMN %2$I %3$s; UPDATE %1$s AS child SET %2$I = parent.%2$I FROM %4$s AS parent WHERE (%5$s) = (%6$s); ALTER TABLE %1$s ALTER COLUMN %2$I SET NOT NULL;',
                  c.conrelid::regclass, d ->> 'owner', format_type(a.atttypid, a.atttypmod), model,
                  (SELECT string_agg(format('child.%I', x), ', ' ORDER BY n) FROM unnest(k.columns) WITH ORDINALITY AS u(x, n)),
                  (SELECT string_agg(format('parent.%I', x), ', ' ORDER BY n) FROM unnest(k.target_columns) WITH ORDINALITY AS u(x, n)))
      FROM pg_constraint c
      JOIN pg_attribute a ON a.attrelid = model AND a.attname = d ->> 'owner'
     CROSS JOIN LATERAL (SELECT todo_orm.constraint_columns(c.conrelid, c.conkey) AS columns,
                                todo_orm.constraint_columns(c.confrelid, c.confkey) AS target_columns) k
     WHERE c.confrelid = model AND c.contype = 'f' AND c.conparentid = 0
       AND NOT EXISTS (SELECT FROM pg_attribute b WHERE b.attrelid = c.conrelid AND b.attname = d ->> 'owner'
                          AND NOT b.attisdropped)
     ORDER BY 1
    $$;
COMMENT ON FUNCTION todo_orm.check_child_owner(regclass, json) IS 'Internal: part of check_model.';

-- Times without time zone: the same text is another moment in another session.
CREATE FUNCTION todo_orm.check_time_zone(model regclass, d json) RETURNS TABLE (finding text, ddl text)
    LANGUAGE sql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
    AS $$
    SELECT format('column "%s" is a timestamp without time zone', a.attname),
           format('ALTER TABLE %s ALTER COLUMN %I TYPE timestamptz USING %2$I AT TIME ZONE ''UTC'';', model, a.attname)
      FROM pg_attribute a
     WHERE a.attrelid = model AND a.attnum > 0 AND NOT a.attisdropped AND a.atttypid = 'timestamp'::regtype
     ORDER BY a.attnum
    $$;
COMMENT ON FUNCTION todo_orm.check_time_zone(regclass, json) IS 'Internal: part of check_model.';

-- Unique keys that reach across owners, or that a soft-deleted row still holds.
CREATE FUNCTION todo_orm.check_unique(model regclass, d json) RETURNS TABLE (finding text, ddl text)
    LANGUAGE sql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
    AS $$
    SELECT CASE WHEN u.crosses
                THEN format('unique key "%s" lacks the owner: it tells that another owner has a value', u.name)
                ELSE format('unique key "%s" is held by soft-deleted rows too: they cannot be made again', u.name) END,
           format('CREATE UNIQUE INDEX ON %s (%s)%s; %s', model,
                  todo_orm.column_list(CASE WHEN u.crosses THEN ARRAY[d ->> 'owner'] ELSE '{}' END || u.columns),
                  CASE WHEN d ->> 'deleted_at' IS NOT NULL
                       THEN format(' WHERE %I IS NULL', d ->> 'deleted_at') ELSE '' END,
                  CASE WHEN u.conname IS NULL THEN format('DROP INDEX %s;', u.index)
                       ELSE format('ALTER TABLE %s DROP CONSTRAINT %I;', model, u.conname) END)
      FROM (SELECT x.relname AS name, i.indexrelid::regclass AS index, c.conname, todo_orm.index_columns(i.indexrelid) AS columns,
                   i.indpred IS NULL AS whole,
                   d ->> 'owner' IS NOT NULL AND NOT d ->> 'owner' = ANY (todo_orm.index_columns(i.indexrelid)) AS crosses,
                   EXISTS (SELECT FROM pg_constraint f WHERE f.conindid = i.indexrelid AND f.contype = 'f') AS referenced
              FROM pg_index i
              JOIN pg_class x ON x.oid = i.indexrelid
              LEFT JOIN pg_constraint c ON c.conindid = i.indexrelid AND c.contype IN ('p', 'u')
             WHERE i.indrelid = model AND i.indisunique AND NOT i.indisprimary) u
     WHERE array_position(u.columns, NULL) IS NULL AND NOT u.referenced
       -- the key itself is not made again
       AND NOT u.columns @> ARRAY(SELECT json_array_elements_text(d -> 'key'))
       AND (u.crosses OR (d ->> 'deleted_at' IS NOT NULL AND u.whole))
     ORDER BY u.name
    $$;
COMMENT ON FUNCTION todo_orm.check_unique(regclass, json) IS 'Internal: part of check_model.';

-- Row level security off, or no trigger for plain SQL: registering adds both.
CREATE FUNCTION todo_orm.check_table(model regclass, d json) RETURNS TABLE (finding text, ddl text)
    LANGUAGE sql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
    AS $$
    SELECT 'row level security is off: a role with rights on the table sees every owner',
           format('SELECT todo_orm.register_model(%L, ''{"rls": true}'');', model)
      FROM pg_class c
     WHERE c.oid = model AND c.relkind IN ('r', 'p') AND NOT c.relrowsecurity AND d ->> 'owner' IS NOT NULL
       -- said on purpose
       AND (d -> 'options' ->> 'rls') IS DISTINCT FROM 'false'
    UNION ALL
    SELECT 'updated_at and version do not move when the row is changed with plain SQL',
           format('SELECT todo_orm.register_model(%L);', model)
      FROM pg_class c
     WHERE c.oid = model AND c.relkind IN ('r', 'p')
       AND (d ->> 'updated_at' IS NOT NULL OR d ->> 'version' IS NOT NULL)
       AND NOT EXISTS (SELECT FROM pg_trigger t WHERE t.tgrelid = model AND t.tgname = 'todo_orm_lifecycle')
    $$;
COMMENT ON FUNCTION todo_orm.check_table(regclass, json) IS 'Internal: part of check_model.';

-- The columns of the mixins that a table lacks.
CREATE FUNCTION todo_orm.check_mixins(model regclass, d json) RETURNS TABLE (finding text, ddl text)
    LANGUAGE sql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
    AS $$
    SELECT format('column "%s" of mixin todo_orm.%s is missing', m.name, m.mixin),
           format('ALTER TABLE %s ADD COLUMN %s; SELECT todo_orm.register_model(%L);', model, m.definition, model)
      FROM (VALUES (1, 'timestamps', 'created_at', 'created_at timestamptz NOT NULL DEFAULT now()')) AS m(n, mixin, name, definition)
     WHERE (SELECT relkind FROM pg_class WHERE oid = model) IN ('r', 'p') AND d ->> m.name IS NULL
       AND d ->> 'owner' IS NOT NULL
       -- said on purpose
       AND NOT (d -> 'options')::jsonb ? m.name
       -- nor where the key consists of foreign keys: a link, a row that extends another
       AND NOT (json_array_length(d -> 'key') > 0 AND NOT EXISTS (
                SELECT FROM json_array_elements_text(d -> 'key') AS k(name)
                 WHERE NOT EXISTS (SELECT FROM pg_constraint c WHERE c.conrelid = model AND c.contype = 'f'
                                      AND k.name = ANY (todo_orm.constraint_columns(c.conrelid, c.conkey)))))
     ORDER BY m.n
    $$;
COMMENT ON FUNCTION todo_orm.check_mixins(regclass, json) IS 'Internal: part of check_model.';

CREATE FUNCTION todo_orm.function_problem(function oid) RETURNS text
    LANGUAGE c STABLE STRICT PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'todo_orm_function_problem';
COMMENT ON FUNCTION todo_orm.function_problem(oid) IS 'Internal: why a function cannot be called; null if it can.';

CREATE FUNCTION todo_orm.outdated_functions(model regclass) RETURNS text[]
    LANGUAGE c STABLE STRICT PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'todo_orm_outdated_functions';
COMMENT ON FUNCTION todo_orm.outdated_functions(regclass) IS
    'Internal: the functions that registering a model again would make, change or drop.';

-- Options that name a column which is gone, with the option as it can be.
-- What is left of a list, or of the scopes; else nothing, or a name to be filled in.
CREATE FUNCTION todo_orm.check_options(model regclass) RETURNS TABLE (finding text, ddl text)
    LANGUAGE sql STABLE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp
    AS $$
    WITH o AS (
        SELECT f.options
          FROM (SELECT p.prosrc::jsonb -> 'options' AS options
                  FROM todo_orm.functions v JOIN pg_proc p ON p.oid = v.function
                 WHERE v.model = check_options.model ORDER BY p.oid LIMIT 1) f),
    live AS (
        SELECT attname::text AS name FROM pg_attribute
         WHERE attrelid = check_options.model AND attnum > 0 AND NOT attisdropped),
    named AS (
        SELECT e.key AS option, ltrim(c.name, '!') AS name,
               CASE WHEN e.key IN ('owner', 'key', 'deleted_at') THEN to_jsonb('...'::text)
                    WHEN jsonb_typeof(e.value) = 'array' THEN
                        (SELECT coalesce(jsonb_agg(x), '[]') FROM jsonb_array_elements_text(e.value) AS u(x)
                          WHERE ltrim(x, '!') IN (SELECT l.name FROM live l))
                    ELSE 'null' END AS instead
          FROM o CROSS JOIN LATERAL jsonb_each(o.options) AS e
         CROSS JOIN LATERAL (SELECT jsonb_array_elements_text(e.value) AS name WHERE jsonb_typeof(e.value) = 'array'
                             UNION ALL SELECT e.value #>> '{}' WHERE jsonb_typeof(e.value) = 'string') AS c
         WHERE e.key IN ('owner', 'key', 'created_at', 'updated_at', 'deleted_at', 'version', 'readonly',
                         'immutable', 'hidden', 'idempotency')
        UNION ALL
        SELECT 'scopes', c.name,
               (SELECT jsonb_object_agg(r.key, r.value) FROM jsonb_each(o.options -> 'scopes') AS r
                 WHERE NOT EXISTS (SELECT FROM jsonb_object_keys(r.value) AS u(x)
                                    WHERE x NOT IN (SELECT l.name FROM live l)))
          FROM o CROSS JOIN LATERAL jsonb_each(o.options -> 'scopes') AS s
         CROSS JOIN LATERAL jsonb_object_keys(s.value) AS c(name))
    -- one call mends them all: with one alone it would be refused for the others
    SELECT DISTINCT format('option "%s" names column "%s", which does not exist', n.option, n.name),
           format('SELECT todo_orm.register_model(%L, %L);', check_options.model,
                  (SELECT jsonb_object_agg(a.option, a.instead) FROM named a
                    WHERE a.name NOT IN (SELECT l.name FROM live l)))
      FROM named n
     WHERE n.name NOT IN (SELECT l.name FROM live l)
     ORDER BY 1
    $$;
COMMENT ON FUNCTION todo_orm.check_options(regclass) IS 'Internal: part of check_model.';

-- Functions that do not fit the table any more, or that know it under the name
-- it had: they work, but a restored dump finds the table by that name.
CREATE FUNCTION todo_orm.check_functions(model regclass) RETURNS TABLE (finding text, ddl text)
    LANGUAGE sql STABLE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp
    AS $$
    SELECT DISTINCT p.problem, format('SELECT todo_orm.register_model(%L);', check_functions.model)
      FROM todo_orm.functions f
     CROSS JOIN LATERAL (SELECT todo_orm.function_problem(f.function::oid) AS problem) p
     WHERE f.model = check_functions.model AND p.problem IS NOT NULL
    UNION
    SELECT format('functions name the table %s, as it was called: a restored dump would not find it', b.name),
           format('SELECT todo_orm.register_model(%L);', check_functions.model)
      FROM todo_orm.functions f
      JOIN pg_proc p ON p.oid = f.function
      JOIN pg_class c ON c.oid = f.model
      JOIN pg_namespace n ON n.oid = c.relnamespace
     CROSS JOIN LATERAL (SELECT p.prosrc::jsonb ->> 'model' AS name) b
     WHERE f.model = check_functions.model AND b.name <> format('%I.%I', n.nspname, c.relname)
    UNION
    SELECT format('the table was altered and not registered again: %s', array_to_string(o.names, ', ')),
           format('SELECT todo_orm.register_model(%L);', check_functions.model)
      FROM (SELECT todo_orm.outdated_functions(check_functions.model) AS names) o
     WHERE cardinality(o.names) > 0
     ORDER BY 1
    $$;
COMMENT ON FUNCTION todo_orm.check_functions(regclass) IS 'Internal: part of check_model.';

CREATE FUNCTION todo_orm.check_model(model regclass) RETURNS TABLE (finding text, ddl text)
    LANGUAGE plpgsql STABLE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp
    AS $$
DECLARE
    d json := todo_orm.describe(model);
BEGIN
    IF NOT EXISTS (SELECT FROM todo_orm.functions f WHERE f.model = check_model.model) THEN
        RAISE EXCEPTION USING ERRCODE = '55000', MESSAGE = format('table %s is not registered', model),
            HINT = format('Register it first: SELECT todo_orm.register_model(%L);', model);
    END IF;
    RETURN QUERY SELECT * FROM todo_orm.check_options(model);
    RETURN QUERY SELECT * FROM todo_orm.check_functions(model);
    IF d IS NULL THEN
        RETURN;
    END IF;
    RETURN QUERY SELECT * FROM todo_orm.check_time_zone(model, d);
    RETURN QUERY SELECT * FROM todo_orm.check_foreign_key_owner(model, d);
    RETURN QUERY SELECT * FROM todo_orm.check_shipped(model);
    RETURN QUERY SELECT * FROM todo_orm.check_mixins(model, d);
    RETURN QUERY SELECT * FROM todo_orm.check_owner_index(model, d);
    RETURN QUERY SELECT * FROM todo_orm.check_child_owner(model, d);
    RETURN QUERY SELECT * FROM todo_orm.check_foreign_key_index(model, d);
    RETURN QUERY SELECT * FROM todo_orm.check_unique(model, d);
    RETURN QUERY SELECT * FROM todo_orm.check_table(model, d);
END
$$;
COMMENT ON FUNCTION todo_orm.check_model(regclass) IS
    'Lists what is amiss with a model, each finding with the DDL that mends it; no rows: nothing is.';

----------------------------------------------------------------------
-- The shipped models
--
-- The schema's owner may put functions of his own beside these.  So every call
-- of ours gives all arguments, each of exactly the declared type: no other
-- function can be a better match.
----------------------------------------------------------------------

CREATE FUNCTION todo_orm.models_ddl() RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $ddl$ SELECT $models$
-- The shipped models: a todo list with an AI chatbot.
--
-- This is plain DDL.  todo_orm.create_all() runs it, statement by statement,
-- in the schema it is asked for; a migration tool can run it as it is, and the
-- tables are then registered with todo_orm.create_all() all the same.
--
-- The owner, user_id, is part of every key: the storage itself refuses a
-- message in somebody else's conversation, and the tables can be distributed
-- by owner.  No index holds updated_at, so that touching a conversation stays
-- a heap-only update.

CREATE TABLE conversation (
    id         bigint GENERATED BY DEFAULT AS IDENTITY,
    user_id    text COLLATE "C" NOT NULL,
    title      text,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz,
    deleted_at timestamptz,
    CONSTRAINT conversation_pkey PRIMARY KEY (user_id, id),
    CONSTRAINT conversation_user_id_check CHECK (user_id <> '')
) WITH (fillfactor = 90);
COMMENT ON TABLE conversation IS 'A chat of one user with the assistant.';
COMMENT ON COLUMN conversation.title IS 'what the chat is about; null until somebody names it';
COMMENT ON COLUMN conversation.updated_at IS 'last activity: also moved by every message';

CREATE TABLE message (
    id              bigint GENERATED BY DEFAULT AS IDENTITY,
    user_id         text COLLATE "C" NOT NULL,
    conversation_id bigint NOT NULL,
    role            text NOT NULL,
    content         text NOT NULL,
    data            jsonb,
    client_key      text,
    status          text NOT NULL DEFAULT 'complete',
    created_at      timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT message_pkey PRIMARY KEY (user_id, id),
    CONSTRAINT message_user_id_check CHECK (user_id <> ''),
    CONSTRAINT message_role_check CHECK (role = ANY (ARRAY['user', 'assistant', 'system', 'tool'])),
    CONSTRAINT message_status_check CHECK (status = ANY (ARRAY['streaming', 'complete', 'aborted'])),
    CONSTRAINT message_content_check CHECK (content <> '' OR data IS NOT NULL OR status <> 'complete')
);
COMMENT ON TABLE message IS 'One message of a conversation; their order is by id.';
COMMENT ON COLUMN message.role IS 'user, assistant, system or tool';
COMMENT ON COLUMN message.data IS 'tool calls, tool call id, usage';
COMMENT ON COLUMN message.client_key IS 'makes sending repeatable: the same key of the same user is the same message';
COMMENT ON COLUMN message.status IS 'streaming, complete or aborted';
COMMENT ON CONSTRAINT message_role_check ON message IS 'role must be user, assistant, system or tool';
COMMENT ON CONSTRAINT message_status_check ON message IS 'status must be streaming, complete or aborted';
COMMENT ON CONSTRAINT message_content_check ON message IS 'content may be empty only with data or while the message is not complete';

CREATE TABLE task (
    id              bigint GENERATED BY DEFAULT AS IDENTITY,
    user_id         text COLLATE "C" NOT NULL,
    title           text NOT NULL,
    description     text,
    completed       boolean NOT NULL DEFAULT false,
    conversation_id bigint,
    created_at      timestamptz NOT NULL DEFAULT now(),
    updated_at      timestamptz,
    deleted_at      timestamptz,
    CONSTRAINT task_pkey PRIMARY KEY (user_id, id),
    CONSTRAINT task_user_id_check CHECK (user_id <> ''),
    CONSTRAINT task_title_check CHECK (title <> '')
) WITH (fillfactor = 90);
COMMENT ON TABLE task IS 'Something to do.';
COMMENT ON COLUMN task.conversation_id IS 'the chat that the task came out of, if any';
COMMENT ON CONSTRAINT task_title_check ON task IS 'title must not be empty';

-- pages of a conversation, and the foreign key
CREATE INDEX message_conversation_idx ON message (user_id, conversation_id, id);
-- abort_stale_messages: few rows at any time
CREATE INDEX message_streaming_idx ON message (user_id, created_at) WHERE status = 'streaming';
-- chat_context with keep_system
CREATE INDEX message_system_idx ON message (user_id, conversation_id, id) WHERE role = 'system';
-- looked up by append_message and begin_message
CREATE UNIQUE INDEX message_client_key_key ON message (user_id, client_key) WHERE client_key IS NOT NULL;
-- list_tasks
CREATE INDEX task_list_idx ON task (user_id, created_at DESC, id DESC) WHERE deleted_at IS NULL;
-- tasks(conversation), and the foreign key
CREATE INDEX task_conversation_idx ON task (user_id, conversation_id) WHERE conversation_id IS NOT NULL;

ALTER TABLE message ADD CONSTRAINT message_conversation_fkey
    FOREIGN KEY (user_id, conversation_id) REFERENCES conversation (user_id, id) ON DELETE CASCADE;
ALTER TABLE task ADD CONSTRAINT task_conversation_fkey
    FOREIGN KEY (user_id, conversation_id) REFERENCES conversation (user_id, id)
    ON DELETE SET NULL (conversation_id);
$models$::text $ddl$;
COMMENT ON FUNCTION todo_orm.models_ddl() IS
    'The DDL of the shipped models, as plain SQL for a migration tool.';

-- The statements of a script, without comment lines.  None of ours holds a
-- semicolon but at the end of a line.
CREATE FUNCTION todo_orm.statements(script text) RETURNS SETOF text
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
    AS $$
    SELECT s FROM (SELECT btrim(s, E' \n') AS s, n
                     FROM regexp_split_to_table(regexp_replace(script, '^\s*--.*$', '', 'gn'), ';\s*$', 'n')
                          WITH ORDINALITY AS t(s, n)) t
     WHERE s <> '' ORDER BY n
    $$;
COMMENT ON FUNCTION todo_orm.statements(text) IS 'Internal: splits a script of DDL.';

-- The columns of a table and what kind of type each has, read from the relation
-- itself: under REPEATABLE READ a query would not see what another worker has
-- just created.
CREATE FUNCTION todo_orm.column_kinds(relation regclass) RETURNS jsonb
    LANGUAGE c STABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'todo_orm_column_kinds';
COMMENT ON FUNCTION todo_orm.column_kinds(regclass) IS
    'Internal: {"column": "text" | "time" | "boolean" | "jsonb" | "other"}.';

CREATE FUNCTION todo_orm.lock_create_all() RETURNS void
    LANGUAGE c VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'todo_orm_lock_create_all';
COMMENT ON FUNCTION todo_orm.lock_create_all() IS 'Internal: one create_all at a time.';

-- What keeps an existing table from being adopted: it must have the columns of
-- SQLModel's class of that name; of keys and owner any type will do.
CREATE FUNCTION todo_orm.adoption_differences(shipped text, relation regclass) RETURNS text[]
    LANGUAGE sql STABLE STRICT PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
    AS $$
    SELECT coalesce(array_agg(CASE
               WHEN found.kind IS NULL THEN format('Column "%s" of %s is missing.', w.name, relation)
               ELSE format('Column "%s" of %s has not the type of a %s.', w.name, relation, w.kind)
               END), '{}')
      FROM (VALUES ('conversation', 'id', 'key'), ('conversation', 'user_id', 'key'),
                   ('conversation', 'created_at', 'time'), ('conversation', 'updated_at', 'time'),
                   ('message', 'id', 'key'), ('message', 'user_id', 'key'),
                   ('message', 'conversation_id', 'key'), ('message', 'role', 'text'),
                   ('message', 'content', 'text'), ('message', 'created_at', 'time'),
                   ('task', 'id', 'key'), ('task', 'user_id', 'key'), ('task', 'title', 'text'),
                   ('task', 'description', 'text'), ('task', 'completed', 'boolean'),
                   ('task', 'created_at', 'time'), ('task', 'updated_at', 'time')
           ) AS w(model, name, kind)
     CROSS JOIN LATERAL (SELECT todo_orm.column_kinds(relation) ->> w.name AS kind) found
     WHERE w.model = shipped
       AND (found.kind IS NULL OR w.kind <> 'key' AND found.kind <> w.kind)
    $$;
COMMENT ON FUNCTION todo_orm.adoption_differences(text, regclass) IS
    'Internal: what keeps an existing table from being adopted by create_all.';

-- Makes the tables that are not there; answers their names.
CREATE FUNCTION todo_orm.create_tables(target name) RETURNS text[]
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp
    AS $$
DECLARE
    made      text[] := '{}';
    existing  text[] := '{}';
    differing text[] := '{}';
    statement text;
    about     text;
BEGIN
    -- the schema first, temporary tables last: a temporary table of the same
    -- name is nobody's model
    PERFORM set_config('search_path', format('%I, pg_temp', target), true);
    FOREACH about IN ARRAY ARRAY['conversation', 'message', 'task'] LOOP
        IF to_regclass(format('%I.%I', target, about)) IS NULL THEN
            made := made || about;
        ELSE
            existing := existing || about;
            differing := differing ||
                todo_orm.adoption_differences(about, to_regclass(format('%I.%I', target, about)));
        END IF;
    END LOOP;
    IF differing <> '{}' THEN
        RAISE EXCEPTION USING ERRCODE = '42P16',
            MESSAGE = format('tables of schema "%s" have the names of shipped models and another shape', target),
            DETAIL = array_to_string(differing, E'\n'),
            HINT = 'Call todo_orm.create_all() with another schema, or rename those tables.';
    END IF;
    FOR statement, about IN
        SELECT s, substring(s FROM '(?:CREATE TABLE|ON TABLE|ON COLUMN|INDEX \w+ ON|CONSTRAINT \w+ ON|ALTER TABLE) (\w+)')
          FROM todo_orm.statements(todo_orm.models_ddl()) AS s
    LOOP
        CONTINUE WHEN NOT about = ANY (made);
        IF statement ~ 'REFERENCES conversation' AND 'conversation' = ANY (existing) THEN
            -- a conversation table that was adopted may not have the key for it
            BEGIN
                EXECUTE statement;
            EXCEPTION WHEN invalid_foreign_key OR datatype_mismatch THEN
                RAISE NOTICE 'foreign key from "%" to the adopted table "conversation" was not made: %', about, SQLERRM;
            END;
        ELSE
            EXECUTE statement;
        END IF;
    END LOOP;
    RETURN made;
END
$$;
COMMENT ON FUNCTION todo_orm.create_tables(name) IS 'Internal: the tables of create_all.';

-- Registers one shipped table: in full if create_all has made it, leaving it as
-- it is if it was adopted, not at all if that has been done before.
CREATE FUNCTION todo_orm.register_shipped(relation regclass, options jsonb, made boolean) RETURNS SETOF text
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp
    AS $$
BEGIN
    IF made THEN
        RETURN QUERY SELECT * FROM todo_orm.register_model(relation, options || '{"rls": true}'::jsonb);
    ELSIF todo_orm.describe(relation) IS NULL THEN
        RETURN QUERY SELECT * FROM todo_orm.adopt_model(relation, options);
    END IF;
END
$$;
COMMENT ON FUNCTION todo_orm.register_shipped(regclass, jsonb, boolean) IS 'Internal: one model of create_all.';

-- Is client_key unique per owner, so that it can make sending repeatable?
CREATE FUNCTION todo_orm.has_client_key(message regclass) RETURNS boolean
    LANGUAGE sql STABLE STRICT PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
    AS $$
    SELECT EXISTS (SELECT FROM pg_index i WHERE i.indrelid = message AND i.indisunique AND i.indisvalid
                      AND todo_orm.index_columns(i.indexrelid) <@ ARRAY['user_id', 'client_key']
                      AND 'client_key' = ANY (todo_orm.index_columns(i.indexrelid)))
    $$;
COMMENT ON FUNCTION todo_orm.has_client_key(regclass) IS 'Internal: can client_key be the idempotency key?';

-- Has status the meaning that it has in the full shape?
CREATE FUNCTION todo_orm.has_status(message regclass) RETURNS boolean
    LANGUAGE sql STABLE STRICT PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
    AS $$
    SELECT EXISTS (SELECT FROM pg_attrdef d
                     JOIN pg_attribute a ON a.attrelid = d.adrelid AND a.attnum = d.adnum
                    WHERE d.adrelid = message AND a.attname = 'status'
                      AND pg_get_expr(d.adbin, d.adrelid) LIKE '''complete''%'
                      AND todo_orm.column_kinds(message) ->> 'status' = 'text')
    $$;
COMMENT ON FUNCTION todo_orm.has_status(regclass) IS 'Internal: can messages be streamed?';

-- The functions of the chat, as the columns of the tables allow them, each as
-- add_function takes it; none where messages do not lead to their conversation.
CREATE FUNCTION todo_orm.chat_functions(conversation regclass, message regclass)
    RETURNS TABLE (n integer, model regclass, name text, operation text, relationship text, arguments text[], settings jsonb)
    LANGUAGE sql STABLE STRICT PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp
    AS $$
    WITH f(n, model, name, operation, relationship, arguments, settings) AS (VALUES
        (1, message, 'append_message', 'append', 'conversation', '{role,content,data,client_key}'::text[], '{}'::jsonb),
        (2, message, 'append_messages', 'append_many', 'conversation', '{}', '{}'),
        (3, conversation, 'get_conversation_with_messages', 'with_children', 'messages', '{conversation_id}', '{}'),
        (4, message, 'begin_message', 'append', 'conversation', '{role,data,client_key}',
            '{"values": {"status": "streaming", "content": ""}}'),
        (5, message, 'continue_message', 'extend', '', '{}',
            '{"where": {"status": "streaming"}, "append": "content"}'),
        (6, message, 'finish_message', 'step', '', '{content,data}',
            '{"where": {"status": "streaming"}, "values": {"status": "complete"}}'),
        (7, message, 'abort_message', 'step', '', '{}',
            '{"where": {"status": "streaming"}, "values": {"status": "aborted"}}'),
        (8, message, 'abort_stale_messages', 'step_many', '', '{}',
            '{"where": {"status": "streaming"}, "values": {"status": "aborted"}}'),
        (9, conversation, 'chat_context', 'context', 'messages', '{conversation_id,max_messages,max_chars,keep_system}',
            '{"where": {"status": "complete"}, "measure": "content",
              "turn": {"role": "user"}, "answer": {"role": "tool"}, "pinned": {"role": "system"},
              "calls": {"column": "data", "path": "$.tool_calls[*].id"},
              "answers": {"column": "data", "path": "$.tool_call_id"}}'))
    SELECT f.n, f.model, f.name, f.operation, f.relationship, f.arguments,
           CASE WHEN f.operation <> 'context' THEN f.settings
                ELSE f.settings - CASE WHEN has.status THEN '{}' ELSE '{where}'::text[] END
                                - CASE WHEN has.data THEN '{}' ELSE '{calls,answers}'::text[] END END
      FROM f
     CROSS JOIN (SELECT todo_orm.has_status(message) AS status,
                        todo_orm.column_kinds(message) ->> 'data' IS NOT DISTINCT FROM 'jsonb' AS data) AS has
     WHERE (has.status OR f.n NOT BETWEEN 4 AND 8)
       AND todo_orm.describe(message)::jsonb @@ '$.relationships[*].relationship == "conversation"'
     ORDER BY f.n
    $$;
COMMENT ON FUNCTION todo_orm.chat_functions(regclass, regclass) IS 'Internal: the functions that add_chat_functions adds.';

-- Those that are not there, or were made when the table had less than it has
-- now.  Settings that say something else are somebody's own.
CREATE FUNCTION todo_orm.missing_chat_functions(conversation regclass, message regclass) RETURNS SETOF text
    LANGUAGE sql STABLE STRICT PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp
    AS $$
    SELECT f.name
      FROM todo_orm.chat_functions(conversation, message) AS f
      JOIN pg_class c ON c.oid = f.model
      JOIN pg_namespace s ON s.oid = c.relnamespace
      LEFT JOIN pg_proc p ON p.oid = to_regproc(format('%I.%I', s.nspname, f.name))
      LEFT JOIN pg_language l ON l.oid = p.prolang
     CROSS JOIN LATERAL (SELECT CASE WHEN l.lanname = 'todo_orm'
                                     THEN coalesce(p.prosrc::jsonb -> 'settings', '{}') END AS settings) AS had
     WHERE p.oid IS NULL OR f.settings @> had.settings AND f.settings <> had.settings
     ORDER BY f.n
    $$;
COMMENT ON FUNCTION todo_orm.missing_chat_functions(regclass, regclass) IS
    'Internal: the chat functions that create_all would add.';

CREATE FUNCTION todo_orm.add_chat_functions(conversation regclass, message regclass) RETURNS SETOF text
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp
    AS $$
DECLARE
    missing text[] := ARRAY(SELECT todo_orm.missing_chat_functions(conversation, message));
    f       record;
BEGIN
    IF missing = '{}' THEN
        RETURN;
    END IF;
    RETURN QUERY SELECT * FROM todo_orm.adopt_model(message, '{"touch": ["conversation"]}'::jsonb ||
        CASE WHEN todo_orm.column_kinds(message) ? 'client_key' AND todo_orm.has_client_key(message)
             THEN '{"idempotency": "client_key"}'::jsonb ELSE '{}'::jsonb END);
    FOR f IN SELECT c.* FROM todo_orm.chat_functions(conversation, message) AS c WHERE c.name = ANY (missing) LOOP
        RETURN QUERY SELECT * FROM todo_orm.add_function(f.model, f.name, f.operation, f.relationship, f.arguments, f.settings);
    END LOOP;
END
$$;
COMMENT ON FUNCTION todo_orm.add_chat_functions(regclass, regclass) IS 'Internal: the chat functions of create_all.';

CREATE FUNCTION todo_orm.create_all(
        target_schema regnamespace
            DEFAULT pg_catalog.quote_ident(pg_catalog.current_schema()::pg_catalog.text)::pg_catalog.regnamespace)
    RETURNS SETOF text
    LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp
    AS $$
DECLARE
    target     name;
    made       text[];
    signatures text[];
BEGIN
    IF target_schema IS NULL THEN
        RAISE EXCEPTION USING ERRCODE = '3F000', MESSAGE = 'no schema has been selected to create in';
    END IF;
    -- the lock before everything: of workers that start at once one does the
    -- work, the others then find it done
    PERFORM todo_orm.lock_create_all();
    target := (parse_ident(target_schema::text))[1];
    made := todo_orm.create_tables(target);
    signatures := ARRAY(
        SELECT todo_orm.register_shipped(format('%I.conversation', target)::regclass,
            '{"sort": "updated_at desc nulls first, id desc"}'::jsonb, 'conversation' = ANY (made)));
    signatures := signatures || ARRAY(
        SELECT todo_orm.register_shipped(format('%I.message', target)::regclass,
            '{"sort": "id", "immutable": ["conversation_id", "role"]}'::jsonb,
            'message' = ANY (made)));
    signatures := signatures || ARRAY(
        SELECT todo_orm.register_shipped(format('%I.task', target)::regclass,
            '{"scopes": {"pending": {"completed": false}, "completed": {"completed": true}}}'::jsonb,
            'task' = ANY (made)));
    -- also when adopted tables have been brought to the full shape since
    signatures := signatures || ARRAY(
        SELECT todo_orm.add_chat_functions(format('%I.conversation', target)::regclass,
                                           format('%I.message', target)::regclass));
    RETURN QUERY SELECT s FROM unnest(signatures) WITH ORDINALITY AS u(s, n) GROUP BY s ORDER BY min(n);
END
$$;
COMMENT ON FUNCTION todo_orm.create_all(regnamespace) IS
    'Makes task, conversation and message with their functions in a schema, or adopts tables of those names that have SQLModel''s columns; returns the signatures of the functions made. Can be called again, by many workers at once.';

-- What a table that create_all has adopted lacks of the full shape: columns,
-- then the indexes and constraints of models.sql that are not there by name.
CREATE FUNCTION todo_orm.check_shipped(model regclass) RETURNS TABLE (finding text, ddl text)
    LANGUAGE sql STABLE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp
    AS $$
    WITH shipped AS (SELECT c.relname::text AS name, n.nspname::text AS schema, todo_orm.column_kinds(check_shipped.model) AS kinds
                       FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
                      WHERE c.oid = check_shipped.model AND c.relname IN ('conversation', 'message', 'task')
                        -- only what has SQLModel's columns is one of ours
                        AND todo_orm.adoption_differences(c.relname::text, check_shipped.model) = '{}'::text[])
    (SELECT format('column "%s" of the full shape is missing', w.name),
            format('ALTER TABLE %s ADD COLUMN %s;', check_shipped.model, w.definition)
       FROM shipped s
       JOIN (VALUES ('conversation', 1, 'title', 'title text'),
                    ('conversation', 2, 'deleted_at', 'deleted_at timestamptz'),
                    ('message', 1, 'data', 'data jsonb'),
                    ('message', 2, 'client_key', 'client_key text'),
                    ('message', 3, 'status', 'status text NOT NULL DEFAULT ''complete'''),
                    ('task', 1, 'conversation_id', 'conversation_id bigint'),
                    ('task', 2, 'deleted_at', 'deleted_at timestamptz')) AS w(model, n, name, definition)
         ON w.model = s.name AND NOT s.kinds ? w.name
      ORDER BY w.n)
    UNION ALL
    (SELECT format('"%s" of the full shape is missing', o.object),
            format('SET search_path = %I; %s;', s.schema, u.statement)
       FROM shipped s
      CROSS JOIN LATERAL todo_orm.statements(todo_orm.models_ddl()) WITH ORDINALITY AS u(statement, n)
      CROSS JOIN LATERAL (SELECT (regexp_match(u.statement, '(?:INDEX|ADD CONSTRAINT) (\w+)'))[1] AS object,
                                 (regexp_match(u.statement, '(?:INDEX \w+ ON|ALTER TABLE) (\w+)'))[1] AS about) o
      WHERE u.statement ~ '^(CREATE (UNIQUE )?INDEX|ALTER TABLE)' AND o.about = s.name
        AND NOT EXISTS (SELECT FROM pg_class x JOIN pg_index i ON i.indexrelid = x.oid
                         WHERE i.indrelid = check_shipped.model AND x.relname = o.object)
        AND NOT EXISTS (SELECT FROM pg_constraint c WHERE c.conrelid = check_shipped.model AND c.conname = o.object)
      ORDER BY u.n)
    UNION ALL
    SELECT format('functions of the chat are missing: %s', string_agg(f.name, ', ')),
           format('SELECT todo_orm.create_all(%L);', quote_ident(s.schema))
      FROM shipped s
     CROSS JOIN todo_orm.missing_chat_functions(to_regclass(format('%I.conversation', s.schema)), check_shipped.model) AS f(name)
     WHERE s.name = 'message'
     GROUP BY s.schema
    $$;
COMMENT ON FUNCTION todo_orm.check_shipped(regclass) IS 'Internal: part of check_model.';
