
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

-- Is there an index that leads with the columns, in whatever order?  without:
-- indexes that do not count.
CREATE FUNCTION todo_orm.has_index(relation oid, columns text[], without oid[]) RETURNS boolean
    LANGUAGE sql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
    AS $$
    SELECT EXISTS (SELECT FROM pg_index i
                    WHERE i.indrelid = relation AND i.indexrelid <> ALL (without)
                      AND (todo_orm.index_columns(i.indexrelid))[1:cardinality(columns)] @> columns)
    $$;
COMMENT ON FUNCTION todo_orm.has_index(oid, text[], oid[]) IS 'Internal: part of check_model.';

-- The unique indexes of a table that hold for all rows, with their columns: a
-- foreign key can refer to them.
CREATE FUNCTION todo_orm.unique_indexes(relation oid) RETURNS TABLE (columns text[])
    LANGUAGE sql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
    AS $$
    SELECT todo_orm.index_columns(i.indexrelid)
      FROM pg_index i
     WHERE i.indrelid = relation AND i.indisunique AND i.indisvalid AND i.indimmediate
       AND i.indpred IS NULL AND i.indexprs IS NULL
    $$;
COMMENT ON FUNCTION todo_orm.unique_indexes(oid) IS 'Internal: part of check_model.';

-- DDL of a unique index; several findings may ask for the same one, which has
-- one name then.
CREATE FUNCTION todo_orm.unique_index_ddl(relation regclass, columns text[]) RETURNS text
    LANGUAGE sql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
    AS $$
    SELECT format('CREATE UNIQUE INDEX %sON %s (%s);',
                  -- not where something else has the name
                  CASE WHEN EXISTS (SELECT FROM pg_class x WHERE x.relnamespace = t.schema AND x.relname = s.short)
                       THEN '' ELSE format('IF NOT EXISTS %I ', s.short) END,
                  relation, todo_orm.column_list(columns))
      FROM (SELECT c.relname::text AS relname, c.relnamespace AS schema,
                   c.relname || '_' || array_to_string(columns, '_') || '_key' AS name
              FROM pg_class c WHERE c.oid = relation) t
     CROSS JOIN LATERAL (SELECT CASE WHEN octet_length(t.name) < 64 THEN t.name
                                     ELSE left(t.relname, 10) || '_' || left(md5(t.name), 8) || '_key' END AS short) s
    $$;
COMMENT ON FUNCTION todo_orm.unique_index_ddl(regclass, text[]) IS 'Internal: part of check_model.';

-- Foreign keys between two owned models that lack the owner.  beside: one that
-- holds it says the same already.  droppable: with one beside it that has its
-- actions, nothing would be missed.
CREATE FUNCTION todo_orm.foreign_keys_without_owner(model regclass, d json)
    RETURNS TABLE (oid oid, name text, columns text[], target regclass, target_columns text[], target_owner text,
                   beside boolean, droppable boolean)
    LANGUAGE sql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
    AS $$
    SELECT c.oid, c.conname, k.columns, c.confrelid::regclass, k.target_columns, t ->> 'owner', b.oid IS NOT NULL,
           -- where the owner is null, only the one without it asks for the parent
           a.attnotnull AND NOT (c.confmatchtype = 'f' AND cardinality(k.columns) > 1)
           AND c.confupdtype NOT IN ('n', 'd')
           AND (b.oid IS NULL OR (b.convalidated >= c.convalidated
                                  AND c.confupdtype IN ('a', b.confupdtype) AND c.confdeltype IN ('a', b.confdeltype)))
      FROM pg_constraint c
      JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attname = d ->> 'owner'
     CROSS JOIN LATERAL (SELECT todo_orm.constraint_columns(c.conrelid, c.conkey) AS columns,
                                todo_orm.constraint_columns(c.confrelid, c.confkey) AS target_columns) k
     CROSS JOIN LATERAL (SELECT todo_orm.describe(c.confrelid::regclass) AS t) o
      LEFT JOIN LATERAL (SELECT x.* FROM pg_constraint x
                          WHERE x.conrelid = model AND x.contype = 'f' AND x.confrelid = c.confrelid
                            AND todo_orm.constraint_columns(x.conrelid, x.conkey) @> (ARRAY[d ->> 'owner'] || k.columns)
                            AND cardinality(x.conkey) = cardinality(k.columns) + 1
                            AND todo_orm.constraint_columns(x.confrelid, x.confkey) @> k.target_columns
                          ORDER BY x.oid LIMIT 1) b ON true
     WHERE c.conrelid = model AND c.contype = 'f' AND c.conparentid = 0
       AND t ->> 'owner' IS NOT NULL AND NOT d ->> 'owner' = ANY (k.columns)
    $$;
COMMENT ON FUNCTION todo_orm.foreign_keys_without_owner(regclass, json) IS 'Internal: part of check_model.';

-- What a foreign key does beyond refusing, for one over the same columns and
-- the owner: the owner is not set to null.
CREATE FUNCTION todo_orm.foreign_key_actions(foreign_key oid) RETURNS text
    LANGUAGE sql STABLE STRICT PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
    AS $$
    SELECT CASE c.confupdtype WHEN 'c' THEN ' ON UPDATE CASCADE' WHEN 'r' THEN ' ON UPDATE RESTRICT' ELSE '' END ||
           CASE c.confdeltype WHEN 'c' THEN ' ON DELETE CASCADE' WHEN 'r' THEN ' ON DELETE RESTRICT'
                WHEN 'n' THEN format(' ON DELETE SET NULL (%s)', k.set_columns)
                WHEN 'd' THEN format(' ON DELETE SET DEFAULT (%s)', k.set_columns) ELSE '' END ||
           CASE WHEN c.condeferred THEN ' DEFERRABLE INITIALLY DEFERRED' WHEN c.condeferrable THEN ' DEFERRABLE' ELSE '' END ||
           CASE WHEN c.convalidated THEN '' ELSE ' NOT VALID' END
      FROM pg_constraint c
     CROSS JOIN LATERAL (SELECT todo_orm.column_list(todo_orm.constraint_columns(
                                    c.conrelid, coalesce(c.confdelsetcols, c.conkey))) AS set_columns) k
     WHERE c.oid = foreign_key
    $$;
COMMENT ON FUNCTION todo_orm.foreign_key_actions(oid) IS 'Internal: part of check_model.';

-- The columns of the foreign key that a statement adds, as they stand in it.
CREATE FUNCTION todo_orm.foreign_key_added(statement text) RETURNS text
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
    AS $$ SELECT (regexp_match(statement, 'FOREIGN KEY \(([^)]*)\)'))[1] $$;
COMMENT ON FUNCTION todo_orm.foreign_key_added(text) IS 'Internal: part of check_model.';

-- A foreign key that lacks the owner makes no relationship.  The one that takes
-- its place does all that it did; beside it every dead reference is looked up twice.
CREATE FUNCTION todo_orm.check_foreign_key_owner(model regclass, d json) RETURNS TABLE (finding text, ddl text)
    LANGUAGE plpgsql STABLE PARALLEL UNSAFE
    SET search_path = pg_catalog, pg_temp
    AS $$
BEGIN
    RETURN QUERY
    WITH without_owner AS (SELECT * FROM todo_orm.foreign_keys_without_owner(model, d))
    SELECT format('foreign key "%s" does not hold the owner, so no relationship is made of it', k.name),
           concat_ws(' ',
               CASE WHEN NOT EXISTS (SELECT FROM todo_orm.unique_indexes(k.target) AS u
                                      WHERE u.columns @> w.target_columns AND u.columns <@ w.target_columns)
                    THEN todo_orm.unique_index_ddl(k.target, w.target_columns) END,
               -- what create_all would have made of a table that it has adopted
               coalesce(w.shipped || CASE WHEN k.droppable THEN format(' ALTER TABLE %s DROP CONSTRAINT %I;', model, k.name) ELSE '' END,
                        format('ALTER TABLE %s ADD FOREIGN KEY (%s) REFERENCES %s (%s)%s%s;', model, todo_orm.column_list(w.columns),
                               k.target, todo_orm.column_list(w.target_columns), todo_orm.foreign_key_actions(k.oid),
                               CASE WHEN k.droppable THEN format(', DROP CONSTRAINT %I', k.name) ELSE '' END)),
               format('SELECT todo_orm.register_model(%L);', model))
      FROM without_owner k
     CROSS JOIN LATERAL (SELECT (d ->> 'owner') || k.columns AS columns, k.target_owner || k.target_columns AS target_columns,
                                (SELECT s.ddl FROM todo_orm.check_shipped(model) AS s
                                  WHERE todo_orm.foreign_key_added(s.ddl) = todo_orm.column_list((d ->> 'owner') || k.columns)) AS shipped) w
     WHERE NOT k.beside
    UNION ALL
    SELECT format('foreign key "%s" says what one that holds the owner says, too', k.name),
           format('ALTER TABLE %s DROP CONSTRAINT %I;', model, k.name)
      FROM without_owner k
     WHERE k.beside AND k.droppable
     ORDER BY 1;
END
$$;
COMMENT ON FUNCTION todo_orm.check_foreign_key_owner(regclass, json) IS 'Internal: part of check_model.';

-- The columns of the index that begins with the owner, where there is none.
CREATE FUNCTION todo_orm.owner_index_missing(model regclass, d json) RETURNS TABLE (columns text[])
    LANGUAGE sql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
    AS $$
    SELECT (d ->> 'owner') || ARRAY(SELECT json_array_elements_text(d -> 'key'))
     WHERE d ->> 'owner' IS NOT NULL AND json_array_length(d -> 'key') > 0
       AND (SELECT relkind FROM pg_class WHERE oid = model) IN ('r', 'p')
       AND NOT todo_orm.has_index(model, ARRAY[d ->> 'owner'], '{}')
       -- nor will be: a foreign key to the table itself asks for it
       AND NOT EXISTS (SELECT FROM todo_orm.foreign_keys_without_owner(model, d) AS k
                        WHERE k.target = model AND NOT k.beside)
    $$;
COMMENT ON FUNCTION todo_orm.owner_index_missing(regclass, json) IS 'Internal: part of check_model.';

-- No index that begins with the owner: every page of an owner reads the table.
CREATE FUNCTION todo_orm.check_owner_index(model regclass, d json) RETURNS TABLE (finding text, ddl text)
    LANGUAGE sql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
    AS $$
    SELECT format('no index begins with the owner column "%s"', d ->> 'owner'),
           -- unique where the key is: foreign keys that hold the owner can refer to it
           CASE WHEN EXISTS (SELECT FROM todo_orm.unique_indexes(model) AS u WHERE u.columns <@ w.columns)
                THEN todo_orm.unique_index_ddl(model, w.columns)
                ELSE format('CREATE INDEX ON %s (%s);', model, todo_orm.column_list(w.columns)) END
      FROM todo_orm.owner_index_missing(model, d) AS w
    $$;
COMMENT ON FUNCTION todo_orm.check_owner_index(regclass, json) IS 'Internal: part of check_model.';

-- A foreign key without an index: deleting a parent, and the parent's list, read the whole table.
-- What counts is what there will be when the other findings are mended.
CREATE FUNCTION todo_orm.check_foreign_key_index(model regclass, d json) RETURNS TABLE (finding text, ddl text)
    LANGUAGE sql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
    AS $$
    WITH without_owner AS (SELECT * FROM todo_orm.foreign_keys_without_owner(model, d)),
    amiss AS (SELECT * FROM todo_orm.unique_keys_amiss(model, d)),
    wanted AS (
        SELECT c.conname AS name,
               CASE WHEN NOT k.beside AND k.droppable THEN (d ->> 'owner') || k.columns
                    -- for it, and for the one that comes beside it
                    WHEN NOT k.beside THEN k.columns || (d ->> 'owner')
                    ELSE todo_orm.constraint_columns(c.conrelid, c.conkey) END AS columns
          FROM pg_constraint c
          LEFT JOIN without_owner k ON k.oid = c.oid
         WHERE c.conrelid = model AND c.contype = 'f'
           AND NOT coalesce(k.beside AND k.droppable, false)),
    made AS (
        SELECT u.columns FROM amiss u WHERE d ->> 'deleted_at' IS NULL
        UNION ALL
        SELECT o.columns FROM todo_orm.owner_index_missing(model, d) AS o
        UNION ALL
        SELECT k.target_owner || k.target_columns FROM without_owner k
         WHERE k.target = model AND NOT k.beside)
    SELECT format('foreign key "%s" has no index', w.name),
           format('CREATE INDEX ON %s (%s);', model, todo_orm.column_list(w.columns))
      FROM wanted w
     WHERE NOT todo_orm.has_index(model, w.columns, ARRAY(SELECT u.index FROM amiss u))
       AND NOT EXISTS (SELECT FROM made m WHERE m.columns[1:cardinality(w.columns)] @> w.columns)
       AND NOT EXISTS (SELECT FROM wanted o
                        WHERE o.columns[1:cardinality(w.columns)] @> w.columns
                          AND (cardinality(o.columns) > cardinality(w.columns) OR o.name < w.name))
     ORDER BY w.name
    $$;
COMMENT ON FUNCTION todo_orm.check_foreign_key_index(regclass, json) IS 'Internal: part of check_model.';

-- A link table that is no model itself, and reads whole from this side.
CREATE FUNCTION todo_orm.check_link_index(model regclass, d json) RETURNS TABLE (finding text, ddl text)
    LANGUAGE sql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
    AS $$
    SELECT format('link table %s has no index for foreign key "%s": relationships through it, and deleting a row, read all of it',
                  c.conrelid::regclass, c.conname),
           format('CREATE INDEX ON %s (%s);', c.conrelid::regclass, todo_orm.column_list(k.columns))
      FROM pg_constraint c
     CROSS JOIN LATERAL (SELECT todo_orm.constraint_columns(c.conrelid, c.conkey) AS columns) k
     WHERE c.confrelid = model AND c.contype = 'f' AND c.conparentid = 0
       AND c.conrelid IN (SELECT r.through FROM json_to_recordset(d -> 'relationships') AS r(through oid))
       -- that one has findings of its own
       AND todo_orm.describe(c.conrelid::regclass) IS NULL
       AND NOT todo_orm.has_index(c.conrelid, k.columns, '{}')
     ORDER BY 1
    $$;
COMMENT ON FUNCTION todo_orm.check_link_index(regclass, json) IS 'Internal: part of check_model.';

-- A table that refers to the model and has no owner column: its rows cannot be owned.
CREATE FUNCTION todo_orm.check_child_owner(model regclass, d json) RETURNS TABLE (finding text, ddl text)
    LANGUAGE sql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
    AS $$
    -- one of its foreign keys tells the owner
    SELECT DISTINCT ON (1)
           format('table %s refers to this one and has no owner column', c.conrelid::regclass),
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
     ORDER BY 1, c.conname
    $$;
COMMENT ON FUNCTION todo_orm.check_child_owner(regclass, json) IS 'Internal: part of check_model.';

-- Times without time zone: the same text is another moment in another session.
CREATE FUNCTION todo_orm.check_time_zone(model regclass, d json) RETURNS TABLE (finding text, ddl text)
    LANGUAGE sql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
    AS $$
    SELECT format('column "%s" is a timestamp without time zone', a.attname),
           format('ALTER TABLE %1$s ALTER COLUMN %2$I TYPE timestamptz USING %2$I AT TIME ZONE ''UTC''; SELECT todo_orm.register_model(%3$L);',
                  model, a.attname, model)
      FROM pg_attribute a
     WHERE a.attrelid = model AND a.attnum > 0 AND NOT a.attisdropped AND a.atttypid = 'timestamp'::regtype
     ORDER BY a.attnum
    $$;
COMMENT ON FUNCTION todo_orm.check_time_zone(regclass, json) IS 'Internal: part of check_model.';

-- Unique keys that reach across owners, or that a soft-deleted row still holds;
-- columns: of the one in its place.
CREATE FUNCTION todo_orm.unique_keys_amiss(model regclass, d json)
    RETURNS TABLE (name text, index regclass, "constraint" text, columns text[], crosses boolean)
    LANGUAGE sql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
    AS $$
    SELECT u.name, u.index, u.conname, CASE WHEN u.crosses THEN ARRAY[d ->> 'owner'] ELSE '{}' END || u.columns, u.crosses
      FROM (SELECT x.relname::text AS name, i.indexrelid::regclass AS index, c.conname::text, todo_orm.index_columns(i.indexrelid) AS columns,
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
    $$;
COMMENT ON FUNCTION todo_orm.unique_keys_amiss(regclass, json) IS 'Internal: part of check_model.';

CREATE FUNCTION todo_orm.check_unique(model regclass, d json) RETURNS TABLE (finding text, ddl text)
    LANGUAGE sql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
    AS $$
    SELECT CASE WHEN u.crosses
                THEN format('unique key "%s" lacks the owner: it tells that another owner has a value', u.name)
                ELSE format('unique key "%s" is held by soft-deleted rows too: they cannot be made again', u.name) END,
           concat_ws(' ',
               CASE WHEN d ->> 'deleted_at' IS NOT NULL
                    THEN format('CREATE UNIQUE INDEX ON %s (%s) WHERE %I IS NULL;', model, todo_orm.column_list(u.columns), d ->> 'deleted_at')
                    WHEN NOT EXISTS (SELECT FROM todo_orm.unique_indexes(model) AS i
                                      WHERE i.columns @> u.columns AND i.columns <@ u.columns)
                    THEN format('CREATE UNIQUE INDEX ON %s (%s);', model, todo_orm.column_list(u.columns)) END,
               CASE WHEN u."constraint" IS NULL THEN format('DROP INDEX %s;', u.index)
                    ELSE format('ALTER TABLE %s DROP CONSTRAINT %I;', model, u."constraint") END)
      FROM todo_orm.unique_keys_amiss(model, d) AS u
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

-- Columns that must have a value, while no payload may give them one and nothing
-- else does: no row can be created. A trigger may.
CREATE FUNCTION todo_orm.check_readonly(model regclass, d json) RETURNS TABLE (finding text, ddl text)
    LANGUAGE sql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
    AS $$
    SELECT format('column "%s" is readonly, and nothing gives it a value: no row can be created', a.attname),
           format('SELECT todo_orm.register_model(%L, %L);', model,
                  jsonb_build_object('readonly', coalesce((SELECT jsonb_agg(o.name) FROM jsonb_array_elements_text(r.names) AS o(name)
                                                            WHERE o.name <> a.attname), '[]')))
      FROM (SELECT CASE jsonb_typeof(j.option) WHEN 'array' THEN j.option ELSE jsonb_build_array(j.option) END
              FROM (SELECT (d -> 'options' -> 'readonly')::jsonb) AS j(option)) AS r(names)
      JOIN pg_attribute a ON r.names ? a.attname::text
     WHERE a.attrelid = model AND a.attnotnull AND NOT a.atthasdef AND a.attidentity = ''
       AND (SELECT relkind FROM pg_class WHERE oid = model) IN ('r', 'p')
       AND NOT EXISTS (SELECT FROM pg_trigger t WHERE t.tgrelid = model AND NOT t.tgisinternal AND t.tgtype & 7 = 7)
       AND EXISTS (SELECT FROM todo_orm.functions f WHERE f.model = check_readonly.model AND f.operation LIKE 'create%')
     ORDER BY a.attnum
    $$;
COMMENT ON FUNCTION todo_orm.check_readonly(regclass, json) IS 'Internal: part of check_model.';

-- The columns of the mixins that a table lacks.
CREATE FUNCTION todo_orm.check_mixins(model regclass, d json) RETURNS TABLE (finding text, ddl text)
    LANGUAGE sql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
    AS $$
    SELECT format('column "%s" of mixin todo_orm.%s is missing', m.name, m.mixin) ||
           -- the DDL changes more than it says
           CASE WHEN (d -> 'options')::jsonb ? 'sort' THEN '' ELSE ': with it the default order is newest first, without it that of the key' END,
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
    RETURN QUERY SELECT s.finding, s.ddl FROM todo_orm.check_shipped(model) WITH ORDINALITY AS s(finding, ddl, n)
                  -- foreign keys that take the place of others stand there
                  WHERE NOT EXISTS (SELECT FROM todo_orm.foreign_keys_without_owner(model, d) AS k
                                     WHERE NOT k.beside AND todo_orm.foreign_key_added(s.ddl) =
                                           todo_orm.column_list((d ->> 'owner') || k.columns))
                  ORDER BY s.n;
    RETURN QUERY SELECT * FROM todo_orm.check_readonly(model, d);
    RETURN QUERY SELECT * FROM todo_orm.check_mixins(model, d);
    RETURN QUERY SELECT * FROM todo_orm.check_owner_index(model, d);
    RETURN QUERY SELECT * FROM todo_orm.check_child_owner(model, d);
    RETURN QUERY SELECT * FROM todo_orm.check_foreign_key_index(model, d);
    RETURN QUERY SELECT * FROM todo_orm.check_link_index(model, d);
    RETURN QUERY SELECT * FROM todo_orm.check_unique(model, d);
    RETURN QUERY SELECT * FROM todo_orm.check_table(model, d);
    RETURN QUERY SELECT * FROM todo_orm.check_changes(model, d);
END
$$;
COMMENT ON FUNCTION todo_orm.check_model(regclass) IS
    'Lists what is amiss with a model, each finding with the DDL that mends it; no rows: nothing is.';
