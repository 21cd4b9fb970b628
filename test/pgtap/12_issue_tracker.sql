-- An issue tracker: workspaces own everything, issues belong to projects and to
-- issues, are versioned and soft-deleted, and have labels through a link table
-- with a column of its own (SPEC 5, 6, 9).  Keys are composite, with text and
-- integer columns beside the owner, a uuid.
BEGIN;
SELECT * FROM no_plan();
SET LOCAL timezone = 'UTC';
CREATE SCHEMA regress_tracker;
SET LOCAL search_path = regress_tracker, tap;

CREATE TYPE priority AS ENUM ('low', 'normal', 'urgent');

CREATE TABLE workspace (
    id   uuid PRIMARY KEY,
    name text NOT NULL
);
CREATE TABLE member (
    workspace_id uuid NOT NULL REFERENCES workspace ON DELETE CASCADE,
    id           uuid NOT NULL DEFAULT gen_random_uuid(),
    email        text NOT NULL,
    created_at   timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (workspace_id, id),
    UNIQUE (workspace_id, email)
);
CREATE TABLE project (
    workspace_id uuid NOT NULL REFERENCES workspace ON DELETE CASCADE,
    code         text NOT NULL CHECK (code ~ '^[A-Z]+$'),
    name         text NOT NULL,
    lead_id      uuid,
    updated_at   timestamptz,
    PRIMARY KEY (workspace_id, code),
    FOREIGN KEY (workspace_id, lead_id) REFERENCES member ON DELETE SET NULL (lead_id)
);
CREATE TABLE issue (
    workspace_id uuid NOT NULL,
    project_code text NOT NULL,
    number       integer NOT NULL CHECK (number > 0),
    title        text NOT NULL,
    priority     priority NOT NULL DEFAULT 'normal',
    closed       boolean NOT NULL DEFAULT false,
    due          daterange,
    estimate     interval,
    parent       integer,
    reporter_id  uuid NOT NULL,
    assignee_id  uuid,
    LIKE todo_orm.timestamps INCLUDING ALL,
    LIKE todo_orm.soft_delete INCLUDING ALL,
    LIKE todo_orm.versioned INCLUDING ALL,
    PRIMARY KEY (workspace_id, project_code, number),
    FOREIGN KEY (workspace_id, project_code) REFERENCES project ON DELETE CASCADE,
    FOREIGN KEY (workspace_id, project_code, parent) REFERENCES issue (workspace_id, project_code, number),
    FOREIGN KEY (workspace_id, reporter_id) REFERENCES member,
    FOREIGN KEY (workspace_id, assignee_id) REFERENCES member ON DELETE SET NULL (assignee_id)
);
CREATE TABLE label (
    workspace_id uuid NOT NULL REFERENCES workspace ON DELETE CASCADE,
    id           smallint NOT NULL,
    name         text NOT NULL,
    PRIMARY KEY (workspace_id, id),
    UNIQUE (workspace_id, name)
);
CREATE TABLE issue_label (
    workspace_id uuid NOT NULL,
    project_code text NOT NULL,
    number       integer NOT NULL,
    label_id     smallint NOT NULL,
    note         text,
    PRIMARY KEY (workspace_id, project_code, number, label_id),
    FOREIGN KEY (workspace_id, project_code, number) REFERENCES issue ON DELETE CASCADE,
    FOREIGN KEY (workspace_id, label_id) REFERENCES label
);

----------------------------------------------------------------------
-- Runs every function of a model on the rows that are there, and holds each
-- answer against plain SQL's.  What writes is undone again.  Another owner may
-- have rows with the same keys: a call in his name must leave these alone.
----------------------------------------------------------------------

-- Runs queries, answers what the last one answers (or the SQLSTATE of a
-- refusal), and undoes what they did.  {word} stands for what v has under it.
CREATE FUNCTION pg_temp.run(v jsonb, VARIADIC queries text[]) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
    query  text;
    word   record;
    answer jsonb;
BEGIN
    FOREACH query IN ARRAY queries LOOP
        FOR word IN SELECT * FROM jsonb_each_text(v) LOOP
            query := replace(query, '{' || word.key || '}', word.value);
        END LOOP;
        IF query ~ '^SELECT' THEN
            EXECUTE query INTO answer;
        ELSE
            EXECUTE query;
        END IF;
    END LOOP;
    RAISE EXCEPTION USING ERRCODE = 'UNDO0';
EXCEPTION
    WHEN SQLSTATE 'UNDO0' THEN RETURN answer;
    WHEN foreign_key_violation OR invalid_parameter_value THEN RETURN to_jsonb(SQLSTATE);
END
$$;

-- The words for a model.  me, other: owners who have rows, as literals.
CREATE FUNCTION pg_temp.words(m todo_orm.models, me text, other text) RETURNS jsonb LANGUAGE sql AS $$
    SELECT jsonb_strip_nulls(jsonb_build_object(
               't', m.model, 'me', me, 'other', other,
               'own,', CASE WHEN m.owner IS NULL THEN '' ELSE me || ', ' END,
               'own', CASE WHEN m.owner IS NULL THEN '' ELSE me END,
               'mine', CASE WHEN m.owner IS NULL THEN 'true' ELSE format('t.%I = %s', m.owner, me) END,
               'live', CASE WHEN m.deleted_at IS NULL THEN 'true' ELSE format('t.%I IS NULL', m.deleted_at) END,
               'sort', coalesce((SELECT string_agg('t.' || s, ', ') FROM unnest(m.sort) s), 'true'),
               'key', (SELECT string_agg(format('t.%I', k), ', ') FROM unnest(m.key) k),
               'args', (SELECT string_agg(a, ', ') FROM unnest(nullif(me, '') || ARRAY(SELECT format('t.%I', k) FROM unnest(m.key) k)) a),
               'other''s args', (SELECT string_agg(a, ', ') FROM unnest(other || ARRAY(SELECT format('t.%I', k) FROM unnest(m.key) k)) a),
               'id', CASE cardinality(m.key) WHEN 1 THEN format('t.%I', m.key[1])
                     ELSE (SELECT format('jsonb_build_object(%s)', string_agg(format('%L, t.%I', k, k), ', ')) FROM unnest(m.key) k) END,
               'ids', CASE cardinality(m.key) WHEN 1 THEN 'array_agg' ELSE 'jsonb_agg' END,
               'item', (SELECT format('jsonb_build_object(%s)', string_agg(format('%L, t.%I', c, c), ', ')) FROM unnest(c.cols) c),
               'patch', (SELECT format('jsonb_build_object(%s)', string_agg(format('%L, t.%I', c, c), ', ')) FROM unnest(c.cols) c WHERE NOT c = ANY (m.key)),
               -- a row as named arguments: its owner, and what is not null
               'named', (SELECT format('concat_ws('', '', %s)', string_agg(format('%L || quote_literal(t.%I::text)', quote_ident(c) || ' => ', c), ', '))
                           FROM unnest(m.owner || c.cols) c WHERE c IS NOT NULL),
               -- those that refer to no row of their own table, which would have to be there first
               'roots', coalesce((SELECT string_agg(format('t.%I IS NULL', r.columns[cardinality(r.columns)]), ' AND ')
                                    FROM todo_orm.relationships r WHERE r.model = m.model AND r.target = m.model AND r.kind = 'many_to_one'), 'true'),
               -- the condition that finds it
               'where', (SELECT format('concat_ws('' AND '', %s)', string_agg(format('%L || quote_literal(t.%I)', format('t.%I = ', k), k), ', '))
                           FROM unnest(m.owner || m.key) k WHERE k IS NOT NULL)))
      -- what a create takes beside the owner
      FROM (SELECT array_remove(p.proargnames, m.owner) AS cols
              FROM todo_orm.functions f JOIN pg_proc p ON p.oid = f.function WHERE f.model = m.model AND f.operation = 'create') c
$$;

CREATE FUNCTION pg_temp.check_read(operation text, f text, m todo_orm.models, v jsonb) RETURNS SETOF text LANGUAGE plpgsql AS $$
DECLARE
    hidden text[] := ARRAY(SELECT jsonb_array_elements_text(m.options -> 'hidden'));
    want  jsonb := pg_temp.run(v, 'SELECT jsonb_agg(to_jsonb(t) ORDER BY {sort}) FROM {t} t WHERE {mine} AND {live}');
BEGIN
    IF operation = 'get' THEN
        RETURN NEXT tap.is(pg_temp.run(v, 'SELECT jsonb_agg(to_jsonb(x) ORDER BY {sort}) FROM {t} t, {f}({args}) x WHERE {mine}'), want, f || ': every live row');
        IF m.owner IS NOT NULL AND m.key <> '{}' THEN
            RETURN NEXT tap.is(pg_temp.run(v, 'SELECT count(*) FROM {t} t, {f}({other''s args}) x WHERE {mine} AND to_jsonb(x) = to_jsonb(t)'), '0', f || ': not for another owner');
        END IF;
    ELSIF operation = 'find' THEN
        RETURN NEXT tap.is(pg_temp.run(v, 'SELECT jsonb_agg(to_jsonb(x)) FROM {f}({own,}(SELECT {ids}({id} ORDER BY {key}) || {ids}({id}) FROM {t} t WHERE {mine})) x'),
                           pg_temp.run(v, 'SELECT jsonb_agg(to_jsonb(t) ORDER BY {key}) FROM {t} t WHERE {mine} AND {live}'),
                           f || ': in the order of the ids, repeated ones once');
    ELSIF operation = 'list' THEN
        RETURN NEXT tap.is(pg_temp.run(v, 'SELECT jsonb_agg(to_jsonb(x)) FROM {f}({own,}take => 1000) x'), want, f || ': all, in order');
        RETURN NEXT tap.is(pg_temp.run(v, 'SELECT jsonb_agg(to_jsonb(x)) FROM {f}({own,}take => -1) x'), jsonb_build_array(want -> -1), f || ': the last');
        RETURN NEXT tap.is(pg_temp.run(v, 'SELECT jsonb_agg(to_jsonb(x)) FROM {f}({own,}skip => 1) x'), nullif(want - 0, '[]'), f || ': skip');
        RETURN NEXT tap.is(pg_temp.run(v, 'SELECT count(*) FROM {f}({own,}take => 0) x'), '0', f || ': take 0 is none');
        RETURN NEXT tap.is(pg_temp.run(v, 'SELECT count(*) FROM {f}({own,}''no such scope'') x'), '"22023"', f || ': an unknown scope');
        IF m.deleted_at IS NOT NULL THEN
            want := pg_temp.run(v, 'SELECT jsonb_agg(to_jsonb(t) ORDER BY {sort}) FROM {t} t WHERE {mine} AND NOT {live}');
            RETURN NEXT tap.isnt(want, NULL, m.name || ': there are deleted rows');
            RETURN NEXT tap.is(pg_temp.run(v, 'SELECT jsonb_agg(to_jsonb(x)) FROM {f}({own,}''deleted'') x'), want, f || ': deleted');
            RETURN NEXT tap.is(pg_temp.run(v, 'SELECT jsonb_agg(to_jsonb(x)) FROM {f}({own,}''with_deleted'') x'),
                               pg_temp.run(v, 'SELECT jsonb_agg(to_jsonb(t) ORDER BY {sort}) FROM {t} t WHERE {mine}'), f || ': with_deleted');
        END IF;
    ELSIF operation = 'page' THEN
        IF hidden = '{}' THEN
            -- the bytes of to_json, not only an equal value
            RETURN NEXT tap.is(pg_temp.run(v, 'SELECT to_jsonb(({f}({own,}take => 1000) -> ''items'')::text)'),
                               pg_temp.run(v, 'SELECT to_jsonb(''['' || string_agg(to_json(t)::text, '','' ORDER BY {sort}) || '']'') FROM {t} t WHERE {mine} AND {live}'),
                               f || ': as to_json writes it');
        END IF;
        RETURN NEXT tap.is(pg_temp.run(v, 'SELECT {f}({own,}take => 1000, with_total => true)'),
                           jsonb_build_object('total', jsonb_array_length(want), 'items', (SELECT jsonb_agg(i - hidden) FROM jsonb_array_elements(want) i)), f || ': all');
        RETURN NEXT tap.is(pg_temp.run(v, 'SELECT {f}({own,}take => 0, with_total => true)'), jsonb_build_object('total', jsonb_array_length(want), 'items', '[]'::jsonb),
                           f || ': the total counts all, whatever the page');
    ELSE
        RETURN NEXT tap.is(pg_temp.run(v, 'SELECT {f}({own})'), to_jsonb(jsonb_array_length(want)), f);
    END IF;
END
$$;

CREATE FUNCTION pg_temp.check_write(operation text, f text, m todo_orm.models, v jsonb) RETURNS SETOF text LANGUAGE plpgsql AS $$
DECLARE
    -- triggers off: the children of a row that is made again stay meanwhile
    clear  CONSTANT text[] := ARRAY['SET LOCAL session_replication_role = replica', 'DELETE FROM {t} t WHERE {which}', 'SET LOCAL session_replication_role = origin'];
    -- ctid tells whether a row was written
    rows   CONSTANT text := 'SELECT jsonb_agg(to_jsonb(t) || jsonb_build_object(''ctid'', t.ctid) ORDER BY {sort}) FROM {t} t WHERE {mine} AND {live}';
    got    jsonb := '[]';
    want   jsonb := '[]';
    others jsonb := '[]';
    r      jsonb;
BEGIN
    IF operation = 'create' THEN
        FOR r IN SELECT jsonb_array_elements(pg_temp.run(v, 'SELECT jsonb_agg(jsonb_build_object(''which'', {where}, ''call'', {named}) ORDER BY {sort}) FROM {t} t WHERE {mine} AND {live}')) LOOP
            got := got || jsonb_build_array(pg_temp.run(v || r, VARIADIC clear || 'SELECT jsonb_strip_nulls({item}) FROM {f}({call}) t'::text));
            want := want || jsonb_build_array(pg_temp.run(v || r, 'SELECT jsonb_strip_nulls({item}) FROM {t} t WHERE {which}'));
        END LOOP;
        RETURN NEXT tap.ok(got @> want AND jsonb_array_length(got) = jsonb_array_length(want), f || ': each row again');
        IF NOT got @> want THEN RETURN NEXT tap.diag(got::text || E'\n' || want::text); END IF;
    ELSIF operation = 'create_many' THEN
        RETURN NEXT tap.is(pg_temp.run(v || jsonb_build_object('which', v -> 'mine'), VARIADIC 'CREATE TEMP TABLE batch AS SELECT jsonb_agg({item} ORDER BY {sort}) AS items FROM {t} t WHERE {mine} AND {roots}'::text || clear
                                           || 'SELECT jsonb_agg({item}) FROM {f}({own,}(SELECT items FROM batch)) t'::text),
                           pg_temp.run(v, 'SELECT jsonb_agg({item} ORDER BY {sort}) FROM {t} t WHERE {mine} AND {roots}'), f || ': all rows again, in the order of the items');
        RETURN NEXT tap.is(pg_temp.run(v, 'SELECT count(*) FROM {f}({own,}''[{"no such column": 1}]'') t'), '"22023"', f || ': an unknown column');
        RETURN NEXT tap.is(pg_temp.run(v, 'SELECT count(*) FROM {f}({own,}''[]'') t'), '0', f || ': nothing to do');
    ELSIF operation = 'update' THEN
        want := pg_temp.run(v, rows);
        RETURN NEXT tap.is(pg_temp.run(v, 'SELECT count(*) FROM {t} t, {f}({args}, ''{}'') x WHERE {mine}', rows), want, f || ': an empty patch writes nothing');
        RETURN NEXT tap.is(pg_temp.run(v, 'SELECT count(*) FROM {t} t, {f}({args}, {patch}) x WHERE {mine}', rows), want, f || ': nor does one of the row''s own values');
        RETURN NEXT tap.is(pg_temp.run(v, 'SELECT jsonb_agg(to_jsonb(x) || jsonb_build_object(''ctid'', t.ctid) ORDER BY {sort}) FROM {t} t, {f}({args}, {patch}) x WHERE {mine}'), want,
                           f || ': which returns the row');
        RETURN NEXT tap.is(pg_temp.run(v, 'SELECT count(*) FROM {t} t, {f}({args}, ''{"no such column": 1}'') x WHERE {mine}'), '"22023"', f || ': an unknown column');
        IF m.owner IS NOT NULL AND m.key <> '{}' THEN
            RETURN NEXT tap.is(pg_temp.run(v, 'SELECT count(*) FROM {t} t, {f}({other''s args}, ''{}'') x WHERE {mine} AND to_jsonb(x) = to_jsonb(t)'), '0', f || ': not for another owner');
        END IF;
    ELSE
        FOR r IN SELECT jsonb_array_elements(pg_temp.run(v, 'SELECT jsonb_agg(jsonb_build_object(''which'', {where}) ORDER BY {sort}) FROM {t} t WHERE {mine} AND {live}')) LOOP
            got := got || jsonb_build_array(pg_temp.run(v || r, 'CREATE TEMP TABLE answer AS SELECT {f}({args}) AS a FROM {t} t WHERE {which}',
                                                        'SELECT jsonb_build_array(a, (SELECT count(*) FROM {t} t WHERE {which}), (SELECT count(*) FROM {t})) FROM answer'));
            want := want || jsonb_build_array(pg_temp.run(v || r, 'DELETE FROM {t} t WHERE {which}', 'SELECT jsonb_build_array(true, 0, count(*)) FROM {t}'));
            IF m.owner IS NOT NULL AND m.key <> '{}' THEN
                others := others || pg_temp.run(v || r, 'CREATE TEMP TABLE answer AS SELECT {f}({other''s args}) FROM {t} t WHERE {which}', 'SELECT count(*) FROM {t} t WHERE {which}');
            END IF;
        END LOOP;
        RETURN NEXT tap.is(got, want, f || ': each row, as DELETE does');
        IF others <> '[]' THEN
            RETURN NEXT tap.is(others @> '[0]', false, f || ': not for another owner');
        END IF;
    END IF;
END
$$;

-- soft_delete, restore and purge together, on each live row
CREATE FUNCTION pg_temp.check_soft_delete(m todo_orm.models, v jsonb) RETURNS SETOF text LANGUAGE plpgsql AS $$
DECLARE
    fn   jsonb := (SELECT jsonb_object_agg(operation, substring(signature FROM '^(.*?)\(')) FROM todo_orm.functions WHERE model = m.model AND operation <> 'related');
    mark CONSTANT text := 'CREATE TEMP TABLE answer AS SELECT {soft_delete}({args}) AS a FROM {t} t WHERE {which}';
    r    jsonb;
    n    bigint := pg_temp.run(v, 'SELECT count(*) FROM {t} t WHERE {mine} AND {live}');
    gone bigint := pg_temp.run(v, 'SELECT count(*) FROM {t} t WHERE {mine} AND NOT {live}');
BEGIN
    v := v || fn || jsonb_build_object('deleted_at', quote_ident(m.deleted_at), 'lifecycle', array_remove(ARRAY[m.updated_at, m.version], NULL)::text);
    FOR r IN SELECT jsonb_array_elements(pg_temp.run(v, 'SELECT jsonb_agg(jsonb_build_object(''which'', {where}) ORDER BY {sort}) FROM {t} t WHERE {mine} AND {live}')) LOOP
        r := v || r;
        RETURN NEXT tap.is(pg_temp.run(r, mark, 'SELECT jsonb_build_array(a, (SELECT count(*) FROM {t} t, {get}({args}) x WHERE {which}), (SELECT {count}({own})),
                                                (SELECT {deleted_at} = now() FROM {t} t WHERE {which})) FROM answer'), jsonb_build_array(true, 0, n - 1, true), (fn ->> 'soft_delete') || ': out of sight');
        RETURN NEXT tap.is(pg_temp.run(r, mark, 'SELECT to_jsonb({soft_delete}({args})) FROM {t} t WHERE {which}'), 'false', (fn ->> 'soft_delete') || ': twice');
        RETURN NEXT tap.is(pg_temp.run(r, mark, 'SELECT to_jsonb({delete}({args})) FROM {t} t WHERE {which}'), 'false', (fn ->> 'delete') || ': live rows only');
        RETURN NEXT tap.is(pg_temp.run(r, mark, 'SELECT count(*) FROM {t} t, {update}({args}, ''{}'') x WHERE {which}'), '0', (fn ->> 'update') || ': live rows only');
        RETURN NEXT tap.is(pg_temp.run(r, 'CREATE TEMP TABLE answer AS SELECT {soft_delete}({other''s args}) FROM {t} t WHERE {which}', 'SELECT count(*) FROM {t} t WHERE {which} AND {live}'), '1', (fn ->> 'soft_delete') || ': not for another owner');
        RETURN NEXT tap.is(pg_temp.run(r, mark, 'CREATE TEMP TABLE back AS SELECT x.* FROM {t} t, {restore}({args}) x WHERE {which}', 'SELECT to_jsonb(t) - ''{lifecycle}''::text[] FROM {t} t, back WHERE t = back AND {which}'),
                           pg_temp.run(r, 'SELECT to_jsonb(t) - ''{lifecycle}''::text[] FROM {t} t WHERE {which}'), (fn ->> 'restore') || ': as it was');
        RETURN NEXT tap.is(pg_temp.run(r, 'SELECT count(*) FROM {t} t, {restore}({args}) x WHERE {which}'), '0', (fn ->> 'restore') || ': no row that is live');
        RETURN NEXT tap.is(pg_temp.run(r, mark, 'CREATE TEMP TABLE back AS SELECT x.* FROM {t} t, {restore}({other''s args}) x WHERE {which}', 'SELECT count(*) FROM {t} t WHERE {which} AND {live}'), '0', (fn ->> 'restore') || ': not for another owner');
    END LOOP;
    RETURN NEXT tap.is(pg_temp.run(v, 'CREATE TEMP TABLE answer AS SELECT {purge}({own}) AS n', 'SELECT jsonb_build_array(n, (SELECT count(*) FROM {t} t WHERE {mine}),
                                                    (SELECT {purge}({own}))) FROM answer'), jsonb_build_array(gone, n, 0), (fn ->> 'purge') || ': what was soft-deleted');
    RETURN NEXT tap.is(pg_temp.run(v, 'SELECT {purge}({own,}''100 years'')'), '0', (fn ->> 'purge') || ': not what is younger');
END
$$;

CREATE FUNCTION pg_temp.check_related(f text, relation_function regprocedure, m todo_orm.models, v jsonb) RETURNS SETOF text LANGUAGE plpgsql AS $$
DECLARE
    r todo_orm.relationships;
    o todo_orm.models;
    want jsonb;
BEGIN
    SELECT * INTO STRICT r FROM todo_orm.relationships WHERE model = m.model AND relationship = (SELECT proname FROM pg_proc WHERE oid = relation_function);
    SELECT * INTO STRICT o FROM todo_orm.models WHERE model = r.target;
    v := v || jsonb_build_object('target', r.target, 'sort', coalesce((SELECT string_agg('c.' || s, ', ') FROM unnest(o.sort) s), 'true'),
                                 'live c', CASE WHEN o.deleted_at IS NULL THEN 'true' ELSE format('c.%I IS NULL', o.deleted_at) END,
                                 'join', (SELECT string_agg(format('t.%I = c.%I', a, b), ' AND ') FROM unnest(r.columns, r.target_columns) u(a, b)));
    want := pg_temp.run(v, 'SELECT jsonb_agg(p ORDER BY p) FROM (SELECT jsonb_build_array(to_jsonb(t), jsonb_agg(to_jsonb(c) ORDER BY {sort})) AS p FROM {t} t JOIN {target} c ON {join} WHERE {mine} AND {live c} GROUP BY t) s');
    RETURN NEXT tap.isnt(want, NULL, format('%s: %s has some', f, m.name));
    -- without ORDER BY: the order of a row's own children is the function's
    RETURN NEXT tap.is(pg_temp.run(v, 'SELECT jsonb_agg(p ORDER BY p) FROM (SELECT jsonb_build_array(to_jsonb(t), (SELECT jsonb_agg(to_jsonb(c)) FROM {f}(t) c)) AS p FROM {t} t WHERE {mine}) s WHERE p -> 1 <> ''null'''),
                       want, format('%s of %s: as the foreign key says', f, m.name));
END
$$;

CREATE TEMP TABLE ran (function regprocedure);
CREATE FUNCTION pg_temp.every_function(relation regclass, me text DEFAULT '', other text DEFAULT '') RETURNS SETOF text LANGUAGE plpgsql AS $$
DECLARE
    m    todo_orm.models;
    f    record;
    v    jsonb;
    name text;
BEGIN
    SELECT * INTO STRICT m FROM todo_orm.models WHERE model = relation;
    v := pg_temp.words(m, me, other);
    RETURN NEXT tap.isnt(pg_temp.run(v, 'SELECT count(*) FROM {t} t WHERE {mine} AND {live}'), '0', format('%s: there are rows', relation));
    IF m.owner IS NOT NULL THEN
        RETURN NEXT tap.isnt(pg_temp.run(pg_temp.words(m, other, me), 'SELECT count(*) FROM {t} t WHERE {mine}'), '0', format('%s: another owner has some too', relation));
    END IF;
    FOR f IN SELECT * FROM todo_orm.functions WHERE model = relation ORDER BY operation, signature LOOP
        name := substring(f.signature FROM '^(.*?)\(');
        v := v || jsonb_build_object('f', name);
        -- these two are run where soft_delete is
        IF f.operation NOT IN ('restore', 'purge') THEN
            INSERT INTO ran VALUES (f.function);
        END IF;
        IF f.operation IN ('get', 'find', 'list', 'page', 'count') THEN
            RETURN QUERY SELECT pg_temp.check_read(f.operation, name, m, v);
        ELSIF f.operation IN ('create', 'create_many', 'update', 'delete') THEN
            RETURN QUERY SELECT pg_temp.check_write(f.operation, name, m, v);
        ELSIF f.operation = 'soft_delete' THEN
            RETURN QUERY SELECT pg_temp.check_soft_delete(m, v);
            INSERT INTO ran SELECT o.function FROM todo_orm.functions o WHERE o.model = relation AND o.operation IN ('restore', 'purge');
        ELSIF f.operation = 'related' THEN
            RETURN QUERY SELECT pg_temp.check_related(name, f.function, m, v);
        ELSIF f.operation NOT IN ('restore', 'purge') THEN
            RETURN NEXT tap.fail('no check for ' || f.operation);
        END IF;
    END LOOP;
END
$$;

----------------------------------------------------------------------
-- registered in an awkward order: children first
----------------------------------------------------------------------

SELECT count(*) FROM (VALUES ('issue_label', '{}'), ('issue', '{"sort": "project_code, number", "scopes": {"open": {"closed": false}, "urgent": {"closed": false, "priority": "urgent"}}}'),
                             ('label', '{"sort": "name"}'), ('member', '{}'), ('project', '{}')) AS v(t, o),
                      todo_orm.register_model(t::regclass, o::jsonb || '{"owner": "workspace_id", "owner_setting": "app.workspace"}') \g /dev/null
SELECT is((SELECT count(*) FROM todo_orm.relationships WHERE target = 'workspace'::regclass), 0::bigint, 'nothing leads to a table that is no model yet');
SELECT count(*) FROM todo_orm.register_model('workspace', '{"owner": "id", "owner_setting": "app.workspace"}') \g /dev/null
-- what is touched can be named when both ends are there
SELECT throws_ok($$ SELECT todo_orm.register_model('issue', '{"touch": ["nothing"]}') $$, '22023', NULL, 'touch: no such relationship');
SELECT count(*) FROM todo_orm.register_model('issue', '{"touch": ["project_code_project_code"]}') \g /dev/null
SELECT set_eq($$ SELECT format('%s.%s -> %s', model, relationship, target) FROM todo_orm.relationships WHERE kind = 'many_to_one' $$,
    ARRAY['member.workspace -> workspace', 'project.workspace -> workspace', 'label.workspace -> workspace', 'project.lead -> member', 'issue.project_code_project_code -> project',
          'issue.parent_parent -> issue', 'issue.reporter -> member', 'issue.assignee -> member', 'issue_label.label -> label', 'issue_label.number_number -> issue'], 'to-one relationships');
SELECT set_eq($$ SELECT format('%s.%s -> %s', model, relationship, target) FROM todo_orm.relationships WHERE kind = 'one_to_many' $$,
    ARRAY['workspace.members -> member', 'workspace.projects -> project', 'workspace.labels -> label', 'member.projects -> project', 'project.issues -> issue',
          'issue.issues -> issue', 'member.issues -> issue', 'member.issues_reporter -> issue', 'label.issue_labels -> issue_label', 'issue.issue_labels -> issue_label'],
    'to-many: each foreign key the other way round');

----------------------------------------------------------------------
-- rows, made by the functions
----------------------------------------------------------------------

\set acme 'a0000000-0000-4000-8000-00000000000a'
\set bolt 'b0000000-0000-4000-8000-00000000000b'
\set eve '0e000000-0000-4000-8000-00000000000e'
SELECT is((SELECT name FROM create_workspace(:'acme', 'Acme')), 'Acme', 'the owner is the key');
SELECT count(*) FROM create_workspaces(:'bolt', '{"name": "Bolt"}') \g /dev/null
SELECT id AS ada FROM create_member(:'acme', 'ada@acme.example') \gset
SELECT id AS alan FROM create_members(:'acme', '[{"email": "alan@acme.example"}]') \gset
SELECT throws_ok(format('SELECT create_member(%L, ''ada@acme.example'')', :'acme'), '23505', NULL, 'the same address in a workspace');
SELECT lives_ok(format('SELECT create_member(%L, ''ada@acme.example'')', :'bolt'), 'in another one it will do');
INSERT INTO member (workspace_id, id, email) VALUES (:'bolt', :'eve', 'eve@bolt.example');
SELECT throws_ok(format('SELECT create_members(%L, ''{"id": "0e000000-0000-4000-8000-00000000000f", "email": "x"}'')', :'bolt'), '22023', NULL, 'a key that has a default is read-only');
SELECT count(*) FROM create_project(:'acme', 'WEB', 'Website', lead_id => :'ada'), create_projects(:'acme', '[{"code": "APP", "name": "App"}]'),
                     create_project(:'bolt', 'WEB', 'Web', lead_id => :'eve') AS theirs \g /dev/null
SELECT throws_ok(format('SELECT create_project(%L, ''web'', ''x'')', :'acme'), '22023', NULL, 'a CHECK on a key');
SELECT throws_ok(format('SELECT create_project(%L, ''X'', ''x'', lead_id => %L)', :'acme', :'eve'), '23503', NULL, 'a lead of another workspace');
SELECT is((SELECT (version, priority, closed, updated_at)::text FROM create_issue(:'acme', 'WEB', 1, 'Login broken', :'ada', priority => 'urgent', due => '[2024-05-01,2024-05-08)', estimate => '3 hours')),
          '(1,urgent,f,)', 'a new issue has version 1');
SELECT is((SELECT array_agg(number) FROM create_issues(:'acme', jsonb_build_array(
    jsonb_build_object('project_code', 'WEB', 'number', 2, 'title', 'Session', 'reporter_id', :'ada', 'parent', 1, 'closed', true),
    jsonb_build_object('project_code', 'WEB', 'number', 3, 'title', 'Reset mail', 'reporter_id', :'alan', 'assignee_id', :'ada', 'parent', 1, 'estimate', '90 minutes'),
    jsonb_build_object('project_code', 'APP', 'number', 1, 'title', 'Icon', 'reporter_id', :'ada', 'assignee_id', :'alan')))), '{2,3,1}', 'create many: in the order of the items');
SELECT count(*) FROM create_issue(:'acme', 'APP', 2, 'Gone', :'ada', parent => 1) \g /dev/null
SELECT throws_ok(format('SELECT create_issues(%L, %L)', :'acme', jsonb_build_object('project_code', 'WEB', 'number', 9, 'title', 'x', 'reporter_id', :'ada') || item::jsonb), state, NULL, 'refused: ' || item)
  FROM (VALUES ('{"number": 0}', '22023'), ('{"number": null}', '22023'), ('{"version": 5}', '22023'), ('{"priority": "high"}', '22023'), ('{"due": "soon"}', '22023'), ('{"nope": 1}', '22023'),
               ('{"number": 1}', '23505'), ('{"project_code": "NO"}', '23503'), ('{"parent": 77}', '23503'), ('{"project_code": "APP", "parent": 3}', '23503'),
               ('{"reporter_id": "0e000000-0000-4000-8000-00000000000e"}', '23503'), ('{"assignee_id": "0e000000-0000-4000-8000-00000000000e"}', '23503')) AS v(item, state);
SELECT count(*) FROM create_issue(:'bolt', 'WEB', 1, 'Theirs', :'eve', assignee_id => :'eve'), create_issue(:'bolt', 'WEB', 2, 'Gone', :'eve') AS gone \g /dev/null
SELECT count(*) FROM create_issue(:'bolt', 'WEB', 3, 'Part', :'eve', parent => 1) \g /dev/null
SELECT soft_delete_issue(:'acme', 'APP', 2), soft_delete_issue(:'bolt', 'WEB', 2) \g /dev/null
SELECT throws_ok(format('SELECT create_issue(%L, ''APP'', 9, ''x'', %L, parent => 2)', :'acme', :'ada'), '23503', NULL, 'a part of a deleted issue');
SELECT count(*) FROM create_labels(:'acme', '[{"id": 1, "name": "bug"}, {"id": 2, "name": "design"}, {"id": 3, "name": "unused"}]'), create_label(:'bolt', 1, 'bug') \g /dev/null
SELECT count(*) FROM create_issue_labels(:'acme', '[{"project_code": "WEB", "number": 1, "label_id": 1, "note": "sure"}, {"project_code": "WEB", "number": 1, "label_id": 2}, {"project_code": "APP", "number": 1, "label_id": 2}]'),
                     create_issue_label(:'bolt', 'WEB', 1, 1) \g /dev/null
SELECT throws_ok(format('SELECT create_issue_label(%L, ''WEB'', 1, 2)', :'bolt'), '23503', NULL, 'a label of another workspace');
SELECT throws_ok(format('SELECT create_issue_label(%L, ''APP'', 1, 1)', :'bolt'), '23503', NULL, 'an issue of another workspace');

----------------------------------------------------------------------
-- every function of every model
----------------------------------------------------------------------

SELECT pg_temp.every_function(m, quote_literal(:'acme'), quote_literal(:'bolt')) FROM unnest('{issue_label,label,issue,project,member,workspace}'::regclass[]) m;
SELECT set_eq('SELECT * FROM ran', 'SELECT function FROM todo_orm.functions', 'no function was left out');

----------------------------------------------------------------------
-- some by hand
----------------------------------------------------------------------

SELECT is((SELECT array_agg(project_code || number) FROM list_issues(:'acme')), '{APP1,WEB1,WEB2,WEB3}', 'list: project and number');
SELECT is((SELECT array_agg(project_code || number) FROM list_issues(:'acme', take => -3)), '{WEB1,WEB2,WEB3}', 'list: the last three, still in that order');
SELECT is((SELECT array_agg(project_code || number) FROM list_issues(:'acme', 'open')), '{APP1,WEB1,WEB3}', 'list: open');
SELECT is(count_issues(:'acme', 'urgent'), 1::bigint, 'count: a scope of two conditions, one of an enum');
SELECT is((SELECT array_agg(title) FROM list_issues(:'bolt')), '{Theirs,Part}', 'list: the other workspace');
SELECT is(page_issues(:'acme', 'deleted', with_total => true)::jsonb #- '{items,0,deleted_at}' #- '{items,0,created_at}' #- '{items,0,updated_at}' #- '{items,0,version}',
          jsonb_build_object('total', 1, 'items', jsonb_build_array(jsonb_build_object('workspace_id', :'acme', 'project_code', 'APP', 'number', 2, 'title', 'Gone', 'priority', 'normal',
              'closed', false, 'due', NULL, 'estimate', NULL, 'parent', 1, 'reporter_id', :'ada', 'assignee_id', NULL))), 'page: the deleted one');
SELECT is((SELECT array_agg(title) FROM find_issues(:'acme', '[{"number": 3, "project_code": "WEB"}, {"project_code": "APP", "number": 2}, {"project_code": "APP", "number": 1}, {"project_code": "WEB", "number": 3}]')),
          '{"Reset mail",Icon}', 'find: by objects, in their order');
SELECT throws_ok(format('SELECT find_issues(%L, %L)', :'acme', ids), '22023', NULL, 'find: refused ' || ids) FROM unnest('{"[{\"number\": 3}]","[\"WEB\"]","[{\"number\": \"x\", \"project_code\": \"WEB\"}]"}'::text[]) ids;

-- versions
SELECT is((SELECT (version, title, estimate)::text FROM update_issue(:'acme', 'WEB', 1, '{"title": "Login fails", "estimate": null}')), '(2,"Login fails",)', 'update: null, value, absent; the version is raised');
SELECT is((SELECT (version, due)::text FROM update_issue(:'acme', 'WEB', 1, '{"due": "[2024-05-02,2024-05-09)"}', if_version => 2)), '(3,"[2024-05-02,2024-05-09)")', 'if_version: the right one');
SELECT throws_ok(format('SELECT update_issue(%L, ''WEB'', 1, ''{"title": "late"}'', if_version => 2)', :'acme'), 'TO409', NULL, 'if_version: a stale one');
SELECT is((SELECT version FROM update_issue(:'acme', 'WEB', 1, '{"title": "Login fails"}', if_version => 3)), 3::bigint, 'if_version: a change that is none raises nothing');
SELECT is_empty(format('SELECT * FROM update_issue(%L, ''WEB'', 9, ''{"title": "x"}'', if_version => 1)', :'acme'), 'if_version: no such row');
SELECT is_empty(format('SELECT * FROM update_issue(%L, ''APP'', 1, ''{"title": "x"}'', if_version => 9)', :'bolt'), 'if_version: not for another owner, not even that it is stale');
SELECT throws_ok(format('SELECT update_issue(%L, ''WEB'', 1, %L)', :'acme', patch), state, NULL, 'update: refused ' || patch)
  FROM (VALUES ('{"version": 1}', '22023'), ('{"number": 7}', '22023'), ('{"project_code": "APP"}', '22023'), ('{"title": null}', '22023'), ('{"priority": "x"}', '22023'), ('{"parent": 77}', '23503'),
               ('{"assignee_id": "0e000000-0000-4000-8000-00000000000e"}', '23503')) AS v(patch, state);
SELECT is((SELECT (version, title)::text FROM get_issue(:'acme', 'WEB', 1)), '(3,"Login fails")', 'nothing of it was done');
UPDATE issue SET title = 'by plain SQL' WHERE workspace_id = :'acme' AND project_code = 'WEB' AND number = 1;
SELECT is((SELECT version FROM get_issue(:'acme', 'WEB', 1)), 4::bigint, 'plain SQL raises the version too');

-- touch
UPDATE project SET updated_at = '2020-01-01 00:00:00+00';
SELECT count(*) FROM update_issue(:'acme', 'WEB', 2, '{"closed": false}') \g /dev/null
SELECT results_eq('SELECT workspace_id, code FROM project WHERE updated_at > ''2020-01-01 00:00:00+00''', format('VALUES (%L::uuid, ''WEB'')', :'acme'), 'touch: the project of the issue, and no other');

-- relationships
SELECT is((SELECT array_agg(c.number) FROM get_issue(:'acme', 'WEB', 1) i, issues(i) c), '{2,3}', 'parts of an issue: in their order');
SELECT is((SELECT p.number FROM get_issue(:'acme', 'WEB', 3) i, parent_parent(i) p), 1, 'the issue of a part');
SELECT is((SELECT count(*) FROM get_issue(:'acme', 'APP', 1) i, issues(i) c), 0::bigint, 'a deleted part is none');
SELECT is((SELECT array_agg(i.project_code || i.number) FROM get_member(:'acme', :'ada') m, issues_reporter(m) i), '{APP1,WEB1,WEB2}', 'reported by');
SELECT is((SELECT array_agg(i.project_code || i.number) FROM get_member(:'acme', :'ada') m, issues(m) i), '{WEB3}', 'assigned to');
SELECT is((SELECT m.email FROM get_issue(:'acme', 'APP', 1) i, assignee(i) m), 'alan@acme.example', 'the assignee');
SELECT is((SELECT array_agg(l.name || coalesce(': ' || il.note, '') ORDER BY l.name) FROM get_issue(:'acme', 'WEB', 1) i, issue_labels(i) il, label(il) l), '{"bug: sure",design}', 'labels, with the link''s own column');
SELECT is((SELECT array_agg(i.title) FROM get_label(:'acme', 2::smallint) l, issue_labels(l) il, number_number(il) i WHERE i.project_code = 'APP'), '{Icon}', 'issues of a label');
SELECT is((SELECT array_agg(p.code ORDER BY p.code) FROM get_workspace(:'acme') w, projects(w) p), '{APP,WEB}', 'projects of a workspace');
SELECT is((SELECT w.name FROM get_project(:'bolt', 'WEB') p, workspace(p) w), 'Bolt', 'workspace of a project');

-- identity
SELECT set_config('app.workspace', upper(:'acme'), true) \g /dev/null
SELECT is(count_issues(:'acme'), 4::bigint, 'owner_setting: compared as uuids');
SELECT throws_ok(format(call, :'bolt'), '42501', NULL, 'owner_setting: ' || call)
  FROM unnest(ARRAY['SELECT count_issues(%L)', 'SELECT get_workspace(%L)', 'SELECT create_label(%L, 9, ''x'')', 'SELECT delete_project(%L, ''WEB'')', 'SELECT update_issue(%L, ''WEB'', 1, ''{}'')']) call;
SELECT set_config('app.workspace', '', true) \g /dev/null

-- deleting
SELECT throws_ok(format('SELECT delete_label(%L, 1)', :'acme'), '23503', NULL, 'delete: a label in use');
SELECT is(delete_label(:'acme', 3), true, 'delete: one that is not');
SELECT throws_ok(format('SELECT delete_issue(%L, ''WEB'', 1)', :'acme'), '23503', NULL, 'delete: an issue with parts');
SELECT throws_ok(format('SELECT delete_member(%L, %L)', :'acme', :'ada'), '23503', NULL, 'delete: a member who reported something');
SELECT is(purge_issues(:'acme'), 1::bigint, 'purge');
SELECT is((SELECT array_agg(title) FROM list_issues(:'bolt', 'deleted')), '{Gone}', 'purge: only one''s own');
SELECT is((SELECT count(*) FROM issue WHERE workspace_id = :'acme'), 4::bigint, 'purge: live ones stay');

SELECT * FROM finish();
ROLLBACK;
