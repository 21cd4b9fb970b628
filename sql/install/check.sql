
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

CREATE FUNCTION todo_orm.value_problem(type oid, value text) RETURNS text
    LANGUAGE c STABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'todo_orm_value_problem';
COMMENT ON FUNCTION todo_orm.value_problem(oid, text) IS 'Internal: why a text is no value of a type; null if it is one.';

-- Options that name a column which is gone, or has another type, with the
-- option as it can be.  What is left of a list, or of the scopes; else nothing,
-- or a name to be filled in.
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
        SELECT attname::text AS name, atttypid AS type FROM pg_attribute
         WHERE attrelid = check_options.model AND attnum > 0 AND NOT attisdropped),
    -- the conditions of the scopes, each with what is amiss
    condition AS (
        SELECT s.key AS scope, s.value AS conditions,
               CASE WHEN l.name IS NULL THEN format('option "scopes" names column "%s", which does not exist', c.key)
                    ELSE format('scope "%s" has a value that column "%s" does not take: %s', s.key, c.key, v.problem)
                END AS finding,
               l.name IS NULL OR v.problem IS NOT NULL AS amiss
          FROM o CROSS JOIN LATERAL jsonb_each(o.options -> 'scopes') AS s
         CROSS JOIN LATERAL jsonb_each_text(s.value) AS c
          LEFT JOIN live l ON l.name = c.key
         CROSS JOIN LATERAL (SELECT todo_orm.value_problem(l.type, c.value) AS problem) v),
    named AS (
        SELECT e.key AS option, format('option "%s" names column "%s", which does not exist', e.key, ltrim(c.name, '!')) AS finding,
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
           AND ltrim(c.name, '!') NOT IN (SELECT l.name FROM live l)
        UNION ALL
        SELECT 'scopes', c.finding,
               (SELECT jsonb_object_agg(k.scope, k.conditions)
                  FROM (SELECT g.scope, g.conditions FROM condition g
                         GROUP BY g.scope, g.conditions HAVING NOT bool_or(g.amiss)) k)
          FROM condition c
         WHERE c.amiss)
    -- one call mends them all: with one alone it would be refused for the others
    SELECT DISTINCT n.finding,
           format('SELECT todo_orm.register_model(%L, %L);', check_options.model,
                  (SELECT jsonb_object_agg(a.option, a.instead) FROM named a))
      FROM named n
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
    SELECT format('functions are of an older version, or the table was altered and not registered again: %s',
                  array_to_string(o.names, ', ')),
           format('SELECT todo_orm.register_model(%L);', check_functions.model)
      FROM (SELECT todo_orm.outdated_functions(check_functions.model) AS names) o
     WHERE cardinality(o.names) > 0
     ORDER BY 1
    $$;
COMMENT ON FUNCTION todo_orm.check_functions(regclass) IS 'Internal: part of check_model.';

-- Changes are to be recorded and are not, or can be read by others.
CREATE FUNCTION todo_orm.check_changes(model regclass, d json) RETURNS TABLE (finding text, ddl text)
    LANGUAGE sql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
    AS $$
    SELECT 'changes are not recorded: the trigger todo_orm_changes is not there, is disabled or does not fit',
           format('SELECT todo_orm.register_model(%L);', model)
     WHERE d #>> '{options,changes}' IN ('true', 'notify') AND d ->> 'changes' IS NULL
    UNION ALL
    SELECT format('roles other than the owner have rights on %s, which holds every owner''s keys', d ->> 'changes'),
           format('REVOKE ALL ON %s FROM %s;', d ->> 'changes',
                  string_agg(DISTINCT CASE WHEN a.grantee = 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(a.grantee)) END, ', '))
      FROM pg_class c CROSS JOIN LATERAL aclexplode(c.relacl) AS a
     WHERE c.oid = to_regclass(d ->> 'changes') AND a.grantee <> c.relowner
    HAVING count(*) > 0
    $$;
COMMENT ON FUNCTION todo_orm.check_changes(regclass, json) IS 'Internal: part of check_model.';

-- A new library was installed, and this database has the functions and views
-- of an older one.
CREATE FUNCTION todo_orm.check_version() RETURNS TABLE (finding text, ddl text)
    LANGUAGE sql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
    AS $$
    SELECT format('the extension is of version %s, its library of version %s', e.extversion, todo_orm.version()),
           'ALTER EXTENSION todo_orm UPDATE;'
      FROM pg_extension e
     WHERE e.extname = 'todo_orm' AND e.extversion <> todo_orm.version()
    $$;
COMMENT ON FUNCTION todo_orm.check_version() IS 'Internal: part of check_model.';

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
    RETURN QUERY SELECT * FROM todo_orm.check_version();
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
    RETURN QUERY SELECT * FROM todo_orm.check_changes(model, d);
END
$$;
COMMENT ON FUNCTION todo_orm.check_model(regclass) IS
    'Lists what is amiss with a model, each finding with the DDL that mends it; no rows: nothing is.';
