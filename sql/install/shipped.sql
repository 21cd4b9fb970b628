
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
@MODELS@
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
