-- Attack: names. Of roles, schemas, tables, columns, settings, options: none is
-- more than a name; none of the caller's own takes the place of the model's
BEGIN;
SELECT * FROM no_plan();
\ir include/attack.psql
SET client_min_messages = error;
CREATE TABLE regress_attack.canary AS SELECT 1 AS alive;
GRANT SELECT ON regress_attack.canary TO PUBLIC;

----------------------------------------------------------------------
-- one hostile name in every place at once
----------------------------------------------------------------------

CREATE TEMP TABLE hostile_name (name text);
INSERT INTO hostile_name VALUES ('"'), (''''), ('""'), ('x"; DROP TABLE regress_attack.canary; --'), ('x''; DROP TABLE regress_attack.canary; --'), ('); DROP TABLE regress_attack.canary; --'),
    ('$1'), ('$$'), ('$ddl$'), ('%s %I %L %n'), ('a.b'), ('a, b'), ('UPPER'), ('select'), ('user'), ('current_user'), ('public "'), ('t.user_id OR true'), ('\'), ('\\'''), (E'new\nline --'), ('/*'), ('*/'), ('é"é'), (repeat('"', 63)), (repeat('''', 60)), ('{}'), ('[0]'), (':a'), ('?'), ('&&');
-- All steps with that name; what is wrong.
CREATE FUNCTION pg_temp.play(name text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    wrong text := ''; found text; relation regclass; f record; n integer := 0;
    owner_column text := CASE WHEN name IN ('id', 'label') THEN name || '_' ELSE name END;
BEGIN
    EXECUTE format('CREATE ROLE %I', 'regress_' || left(name, 50));
    EXECUTE format('CREATE SCHEMA %I AUTHORIZATION regress_models', name);
    SET LOCAL ROLE regress_models;
    EXECUTE format('CREATE TABLE %1$I.%1$I (%1$I text NOT NULL, id integer, label text CHECK (label <> %1$L), PRIMARY KEY (%1$I, id))', name);
    relation := to_regclass(format('%1$I.%1$I', name));
    PERFORM todo_orm.register_model(relation, jsonb_build_object('owner', name, 'owner_setting', 'todo_orm.user_id', 'rls', true, 'name', 'one_thing', 'plural', 'many_things',
        'scopes', jsonb_build_object(name, jsonb_build_object('label', name)), 'sort', 'label, id'));
    PERFORM todo_orm.register_model(relation, '{"readonly": ["!id"]}');
    PERFORM todo_orm.grant_access(relation, quote_ident('regress_' || left(name, 50))::regrole);
    EXECUTE format('INSERT INTO %1$I.%1$I VALUES (''ann'', 1, ''s3cret''), (''bob'', 2, ''plain''), (%1$L, 3, ''own'')', name);
    IF (SELECT m.owner FROM todo_orm.models m WHERE m.model = relation) <> name THEN wrong := wrong || ' owner'; END IF;
    PERFORM * FROM todo_orm.check_model(relation);
    RESET ROLE;
    EXECUTE format('SET LOCAL ROLE %I', 'regress_' || left(name, 50));
    PERFORM set_config('search_path', format('%I, tap', name), true);
    FOR f IN SELECT unnest(ARRAY['list_many_things(''bob'')', 'page_many_things(''bob'')', 'load_many_things(''bob'', ''[]'')', 'get_one_thing(''bob'', 1)', 'update_one_thing(''bob'', 1, ''{"label": "stolen"}'')',
                 'delete_one_thing(''bob'', 1)', 'upsert_one_thing(''bob'', ''{"id": 1, "label": "mine"}'')', 'aggregate_many_things(''bob'')', 'find_many_things(''bob'', ''{1}'')',
                 format('todo_orm.apply(''bob'', %L)', jsonb_build_array(jsonb_build_object('op', 'get', 'model', quote_ident(name), 'key', 1)))]) AS call LOOP
        BEGIN
            EXECUTE 'SELECT string_agg(r::text, '';'') FROM (SELECT ' || f.call || ' r) s(r)' INTO found;
            n := n + 1;
        EXCEPTION WHEN OTHERS THEN
            wrong := wrong || format(' %s: %s %s', f.call, SQLSTATE, SQLERRM);
        END;
        IF found ~ 's3cret' THEN wrong := wrong || ' read ' || f.call; END IF;
    END LOOP;
    EXECUTE format('SELECT label FROM get_one_thing(%L, 3)', name) INTO found;
    IF found IS DISTINCT FROM 'own' THEN wrong := wrong || ' own'; END IF;
    BEGIN
        EXECUTE format('TABLE %1$I.%1$I', name);
        wrong := wrong || ' table';
    EXCEPTION WHEN insufficient_privilege THEN NULL;
    END;
    RESET ROLE;
    EXECUTE format('GRANT SELECT ON %1$I.%1$I TO %2$I', name, 'regress_' || left(name, 50));
    PERFORM set_config('todo_orm.user_id', 'bob', true);
    EXECUTE format('SET LOCAL ROLE %I', 'regress_' || left(name, 50));
    EXECUTE format('SELECT string_agg(label, '','') FROM %1$I.%1$I', name) INTO found;
    IF found ~ 's3cret|own' THEN wrong := wrong || ' policy'; END IF;
    RESET ROLE;
    PERFORM set_config('todo_orm.user_id', '', true);
    SET LOCAL ROLE regress_models;
    PERFORM todo_orm.revoke_access(relation, quote_ident('regress_' || left(name, 50))::regrole);
    RESET ROLE;
    IF EXISTS (SELECT FROM todo_orm.functions x WHERE x.model = relation AND has_function_privilege('regress_' || left(name, 50), x.function, 'EXECUTE')) THEN wrong := wrong || ' revoke'; END IF;
    EXECUTE format('SELECT count(*) FROM %1$I.%1$I WHERE label = ''s3cret''', name) INTO found;
    IF found <> '1' THEN wrong := wrong || ' changed'; END IF;
    IF (SELECT count(*) FROM regress_attack.canary) <> 1 THEN wrong := wrong || ' canary'; END IF;
    SET LOCAL ROLE regress_models;
    PERFORM todo_orm.unregister_model(relation);
    RESET ROLE;
    IF n <> 10 THEN wrong := wrong || format(' only %s calls', n); END IF;
    RAISE EXCEPTION USING ERRCODE = 'UNDO1';
EXCEPTION WHEN SQLSTATE 'UNDO1' THEN RETURN wrong;
WHEN OTHERS THEN RETURN wrong || ' ' || SQLSTATE || ' ' || SQLERRM;
END
$$;
SELECT is(pg_temp.play(left(name, 62)), '', 'a name must be no more than a name, of role, schema, table and owner column: ' || to_json(name)) FROM hostile_name;

-- names in options
SET ROLE regress_models;
SELECT ok((pg_temp.reached(format('SELECT todo_orm.register_model(''post'', %L)', jsonb_build_object(option, value)))).code IN ('00000', '22023', '42710', '42602', '42601', '22004', '42622', '42P17', '3F000', '42501') AND (SELECT count(*) FROM regress_attack.canary) = 1,
          format('option %s must be no more than a name: %s', option, value))
  FROM unnest('{name,plural,owner_setting,schema,sort,created_at,owner,version}'::text[]) option, unnest(ARRAY['x"; DROP TABLE regress_attack.canary; --', 'x''); DROP TABLE regress_attack.canary; --', '$1', '', 'pg_catalog', 'a.b''', 'session_authorization', 'data_directory']) value;
RESET ROLE;
SELECT is((SELECT count(*) FROM regress_attack.canary), 1::bigint, 'the canary lives');

----------------------------------------------------------------------
-- what the caller puts in front
----------------------------------------------------------------------

-- every function of every model, and of the views, as the attacker has set his path
\ir include/attack_calls.psql
CREATE TEMP TABLE behind AS SELECT t.name, t.operation, pg_temp.call(t, 'ann', 'ann') AS anns FROM target t;
GRANT SELECT ON behind TO PUBLIC;
CREATE SCHEMA front AUTHORIZATION regress_app;
SET SESSION AUTHORIZATION regress_app;
-- tables of the models' and the catalog's names, a type of each name that the engine uses
SELECT format('CREATE TEMP TABLE %I AS SELECT ''ann''::text AS user_id, 1::bigint AS id', t) FROM unnest('{task,conversation,message,note,post,tag,post_tag,pg_class,pg_proc,pg_depend,pg_namespace,pg_attribute,pg_language,pg_type}'::text[]) t \gexec
SELECT format('CREATE TABLE front.%I AS SELECT ''ann''::text AS user_id, 1::bigint AS id', t) FROM unnest('{task,conversation,message,note,post,tag,post_tag,pg_class,pg_proc,pg_depend,pg_namespace,pg_attribute,pg_language,models,functions,relationships}'::text[]) t \gexec
SELECT format('CREATE DOMAIN front.%I AS pg_catalog.text CHECK (false)', t) FROM unnest('{text,int8,int4,bool,jsonb,json,regclass,name,timestamptz,oid,bigint,integer,boolean}'::text[]) t \gexec
CREATE FUNCTION front.trap() RETURNS pg_catalog.bool LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'caught' USING ERRCODE = 'TT001'; END $$;
CREATE FUNCTION front.eq(pg_catalog.text, pg_catalog.text) RETURNS pg_catalog.bool LANGUAGE sql AS 'SELECT front.trap()';
CREATE FUNCTION front.eq8(pg_catalog.int8, pg_catalog.int8) RETURNS pg_catalog.bool LANGUAGE sql AS 'SELECT front.trap()';
CREATE FUNCTION front.eqo(pg_catalog.oid, pg_catalog.regclass) RETURNS pg_catalog.bool LANGUAGE sql AS 'SELECT front.trap()';
CREATE OPERATOR front.= (FUNCTION = front.eq, LEFTARG = pg_catalog.text, RIGHTARG = pg_catalog.text);
CREATE OPERATOR front.= (FUNCTION = front.eq8, LEFTARG = pg_catalog.int8, RIGHTARG = pg_catalog.int8);
CREATE OPERATOR front.= (FUNCTION = front.eqo, LEFTARG = pg_catalog.oid, RIGHTARG = pg_catalog.regclass);
CREATE FUNCTION front.count() RETURNS pg_catalog.int8 LANGUAGE sql AS 'SELECT front.trap()::pg_catalog.int4::pg_catalog.int8';
CREATE FUNCTION front.format(pg_catalog.text, pg_catalog.name, pg_catalog.name, pg_catalog.text) RETURNS pg_catalog.text LANGUAGE sql AS 'SELECT front.trap()::pg_catalog.text';
CREATE FUNCTION front.now() RETURNS pg_catalog.timestamptz LANGUAGE sql AS 'SELECT front.trap()::pg_catalog.text::pg_catalog.timestamptz';
CREATE FUNCTION front.current_setting(pg_catalog.text, pg_catalog.bool) RETURNS pg_catalog.text LANGUAGE sql AS 'SELECT front.trap()::pg_catalog.text';
CREATE FUNCTION front.nextval(pg_catalog.regclass) RETURNS pg_catalog.int8 LANGUAGE sql AS 'SELECT front.trap()::pg_catalog.int4::pg_catalog.int8';
RESET SESSION AUTHORIZATION;
CREATE FUNCTION pg_temp.in_front(call text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    found text; path text := current_setting('search_path');
BEGIN
    PERFORM set_config('search_path', 'front, pg_temp, pg_catalog, regress_attack', true);
    BEGIN
        EXECUTE 'SELECT r::pg_catalog.text FROM (' || call || ') s(r)' INTO found;
        RAISE EXCEPTION USING ERRCODE = 'UNDO1';
    EXCEPTION WHEN SQLSTATE 'UNDO1' THEN NULL;
    WHEN OTHERS THEN found := SQLSTATE || ' ' || SQLERRM;
    END;
    PERFORM set_config('search_path', path, true);
    RETURN found;
END
$$;
SET SESSION AUTHORIZATION regress_app;
SELECT ok(coalesce(pg_temp.in_front(anns), '') !~ '^(TT001|42)', name || ': what the caller puts in front must not take the model''s place') FROM behind WHERE operation <> 'related';
SELECT ok(coalesce(pg_temp.in_front(format('SELECT pg_catalog.count(*) FROM %s', what)), '') !~ '^(TT001|42)', 'nor in ' || what)
  FROM unnest('{todo_orm.models,todo_orm.functions,todo_orm.relationships,todo_orm.check_model(''regress_attack.task'')}'::text[]) what;
SELECT is((SELECT sum(n) FROM (SELECT count(*) - 1 AS n FROM front.task UNION ALL SELECT count(*) - 1 FROM pg_temp.task UNION ALL SELECT count(*) - 1 FROM front.message UNION ALL SELECT count(*) - 1 FROM pg_temp.post_tag) s), 0::numeric, 'nothing is written to them');
SELECT format('DROP TABLE pg_temp.%I', relname) FROM pg_catalog.pg_class c WHERE relnamespace = pg_catalog.pg_my_temp_schema() AND relname ~ '^(pg_|task$|note$|tag$|post|message$|conversation$)' AND relkind = 'r' \gexec
RESET SESSION AUTHORIZATION;

----------------------------------------------------------------------
-- a schema of the name "$user", which in a search_path means another
----------------------------------------------------------------------

CREATE SCHEMA "$user" AUTHORIZATION regress_models;
CREATE SCHEMA regress_models AUTHORIZATION regress_app;
SET ROLE regress_models;
CREATE FUNCTION "$user".guard() RETURNS boolean LANGUAGE sql AS 'SELECT true';
CREATE FUNCTION "$user".careless() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM guard(); RETURN NEW; END';
CREATE TABLE "$user".thing (LIKE todo_orm.owned INCLUDING ALL, label text, PRIMARY KEY (user_id, id));
CREATE TRIGGER careless BEFORE INSERT ON "$user".thing FOR EACH ROW EXECUTE FUNCTION "$user".careless();
SELECT todo_orm.register_model('"$user".thing') \g /dev/null
SELECT todo_orm.grant_access('"$user".thing', 'regress_app') \g /dev/null
RESET ROLE;
SET SESSION AUTHORIZATION regress_app;
CREATE FUNCTION regress_models.guard() RETURNS boolean LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'caught as %', current_user USING ERRCODE = 'TT001'; END $$;
GRANT USAGE ON SCHEMA regress_models TO PUBLIC;
SELECT is((pg_temp.reached('SELECT "$user".create_thing(''bob'', ''x'')')).code, '42883', 'a schema that has the name of the tables'' owner must not be taken for "$user"');
RESET SESSION AUTHORIZATION;

SELECT is(pg_temp.rows_of('ann'), :'anns', 'ann''s rows are as they were');
SELECT * FROM finish();
ROLLBACK;
