-- Attack: naming another owner, through the identity, the payload, the type of
-- the owner column; and row level security for raw SQL
BEGIN;
SELECT * FROM no_plan();
\ir include/attack.psql
\ir include/attack_calls.psql

----------------------------------------------------------------------
-- the transaction acts for bob: nobody else is served, by any function
----------------------------------------------------------------------

CREATE TEMP TABLE call_for AS
SELECT t.name || CASE WHEN t.operation = 'related' THEN format('(%s)', t.model) ELSE '' END AS what, t.model, t.operation, t.owner,
       pg_temp.call(t, 'ann', 'ann') AS anns, pg_temp.call(t, 'bob', 'bob') AS bobs
  FROM target t;
GRANT SELECT ON call_for TO PUBLIC;
-- the same call with the owner null, or empty where the type has that
CREATE FUNCTION pg_temp.without_owner(call_for, owner text) RETURNS text LANGUAGE sql AS $$
    SELECT CASE WHEN $1.operation = 'related' THEN replace($1.anns, '"' || $1.owner || '": ' || CASE WHEN $1.model = 'ledger'::regclass THEN '"1"' ELSE '"ann"' END, '"' || $1.owner || '": ' || coalesce(format('"%s"', owner), 'null'))
                ELSE replace($1.anns, format('%s => ''%s''', $1.owner, CASE WHEN $1.model = 'ledger'::regclass THEN '1' ELSE 'ann' END), format('%s => %L', $1.owner, owner)) END
$$;
SET SESSION AUTHORIZATION regress_app;
SET todo_orm.user_id = 'bob';
SET app.owner = '2';
SELECT ok(r.code = '42501' AND NOT r.touched AND r.answer ~ '^permission denied for the rows of another owner', c.what || ': with bob''s identity, ann must not be named')
  FROM call_for c CROSS JOIN LATERAL pg_temp.reached(c.anns) r;
SELECT ok(r.code IN ('00000', '23505', '23503', 'P0002', '22023') AND r.answer !~ 's3cret', c.what || ': bob himself is served')
  FROM call_for c CROSS JOIN LATERAL pg_temp.reached(c.bobs) r;
SELECT ok(r.code = '22004' AND NOT r.touched, c.what || ': no owner must not mean all owners')
  FROM call_for c CROSS JOIN LATERAL pg_temp.reached(pg_temp.without_owner(c, NULL)) r;
SELECT ok(r.code = '22004' AND NOT r.touched, c.what || ': an empty owner must not mean all owners')
  FROM call_for c CROSS JOIN LATERAL pg_temp.reached(pg_temp.without_owner(c, '')) r WHERE c.model <> 'ledger'::regclass;
-- one who is required
RESET todo_orm.user_id;
RESET app.owner;
RESET SESSION AUTHORIZATION;
SET todo_orm.require_user_id = on;
SET SESSION AUTHORIZATION regress_app;
SELECT ok(r.code = '42501' AND NOT r.touched AND r.answer ~ 'is not set', c.what || ': without an identity, where one is required, nobody must be served')
  FROM call_for c CROSS JOIN LATERAL pg_temp.reached(c.anns) r;
SELECT throws_ok(statement, '42501', NULL, 'the requirement must not be lifted: ' || statement)
  FROM unnest(ARRAY['SET todo_orm.require_user_id = off', 'RESET todo_orm.require_user_id', 'SET LOCAL todo_orm.require_user_id = off', 'SELECT set_config(''todo_orm.require_user_id'', ''off'', true)',
                    'ALTER ROLE regress_app SET todo_orm.require_user_id = off', 'UPDATE pg_settings SET setting = ''off'' WHERE name = ''todo_orm.require_user_id''',
                    'CREATE FUNCTION pg_temp.f() RETURNS int LANGUAGE sql SET todo_orm.require_user_id = off AS ''SELECT 1''']) statement;
SELECT is((pg_temp.reached_as(identity, 'SELECT get_task(''ann'', 21)')).code, '42501', 'no identity must not serve where one is required: ' || coalesce(quote_literal(identity), 'null'))
  FROM unnest(ARRAY['', NULL]) identity;
RESET SESSION AUTHORIZATION;
SET todo_orm.require_user_id = off;
SET SESSION AUTHORIZATION regress_app;

-- what looks like bob is not bob, what looks like ann is not ann
SELECT is((pg_temp.reached_as(identity, 'SELECT get_task(''ann'', 21)')).code, '42501', format('identity %L must not pass for ann', left(identity, 20)))
  FROM unnest(ARRAY[' ann', 'ann ', 'ANN', 'Ann', E'ann\t', E'ann\n', E'an\u0301n', 'ann,bob', '"ann"', '''ann''', '%', '*', 'ann'';--', ' ', 'null', 'NULL', '0', repeat('a', 10000)]) identity;
-- one that was set further in is gone with it
SELECT set_config('todo_orm.user_id', 'bob', true) \g /dev/null
SAVEPOINT inner_one;
SELECT set_config('todo_orm.user_id', 'ann', true) \g /dev/null
ROLLBACK TO inner_one;
SELECT is((pg_temp.reached('SELECT get_task(''ann'', 21)')).code, '42501', 'an identity that was rolled back must not serve');

----------------------------------------------------------------------
-- calls inside calls
----------------------------------------------------------------------

RESET SESSION AUTHORIZATION;
SET ROLE regress_models;
-- a trigger of the owner's that writes for whoever stands in the row's text
CREATE FUNCTION regress_attack.forward() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.title LIKE 'for %' THEN
        PERFORM regress_attack.create_note(substr(NEW.title, 5), 'forwarded');
    ELSIF NEW.title LIKE 'all %' THEN
        PERFORM todo_orm.apply(substr(NEW.title, 5), '[{"op": "create", "model": "regress_attack.note", "values": {"title": "forwarded"}}]');
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER forward AFTER INSERT ON task FOR EACH ROW EXECUTE FUNCTION forward();
RESET ROLE;
SET SESSION AUTHORIZATION regress_app;
SELECT set_config('todo_orm.user_id', 'bob', true) \g /dev/null
SELECT ok(r.code = '42501' AND NOT r.touched, 'a call inside a call must not name ann: ' || call)
  FROM unnest(ARRAY['create_task(''bob'', ''for ann'')', 'create_tasks(''bob'', ''[{"title": "for ann"}]'')', 'upsert_task(''bob'', ''{"id": 99, "title": "all ann"}'')',
                    'create_conversations(''bob'', ''{"tasks": [{"title": "for ann"}]}'')', 'todo_orm.apply(''bob'', ''[{"op": "create", "model": "task", "values": {"title": "all ann"}}]'')',
                    'todo_orm.apply(''ann'', ''[{"op": "create", "model": "note", "values": {"title": "x"}}]'')', 'todo_orm.apply(''ann'', ''[{"op": "get", "model": "task", "key": 21}]'')']) call,
       pg_temp.reached('SELECT r FROM ' || call || ' r') r;
SELECT is((pg_temp.reached('SELECT create_task(''bob'', ''for bob'')')).code, '00000', 'for bob it does');
-- rows made by hand
SELECT ok(r.code = expected AND r.answer !~ 's3cret', 'a row made by hand must not lead to ann''s rows: ' || call)
  FROM (VALUES ('messages(ROW(11, ''ann'', NULL, now(), NULL, NULL)::conversation)', '42501'), ('messages(ROW(11, ''bob'', NULL, now(), NULL, NULL)::conversation)', '00000'),
               ('messages(ROW(11, NULL, NULL, now(), NULL, NULL)::conversation)', '22004'), ('messages(ROW(11, '''', NULL, now(), NULL, NULL)::conversation)', '22004'),
               ('messages(jsonb_populate_record(NULL::conversation, ''{"user_id": "ann", "id": 11}''))', '42501'), ('messages((SELECT c FROM json_populate_recordset(NULL::conversation, ''[{"user_id": "bob", "id": 11}]'') c))', '00000'),
               ('messages(''(11,ann,,,,)''::conversation)', '42501'), ('messages(''(11,bob,,,,)''::conversation)', '00000'),
               ('conversation(''(111,bob,11,user,x,,,complete,)''::message)', '00000'), ('conversation(''(21,bob,x,,f,11,,,)''::task)', '00000'), ('tags(''(41,bob,x)''::post)', '00000'),
               ('notes(''(31,bob,,,,,x,,,,)''::note)', '00000'), ('parent(''(32,bob,,,,1,x,,31,,)''::note)', '00000')) c(call, expected),
       pg_temp.reached('SELECT r FROM ' || call || ' r') r;
SELECT set_config('todo_orm.user_id', '', true) \g /dev/null

-- two models with settings of their own: a call for the one must not reach the other past its setting
RESET SESSION AUTHORIZATION;
SET ROLE regress_models;
CREATE TABLE vault (LIKE todo_orm.owned INCLUDING ALL, title text, PRIMARY KEY (user_id, id));
CREATE TABLE coin (LIKE todo_orm.owned INCLUDING ALL, label text, vault_id bigint, PRIMARY KEY (user_id, id), FOREIGN KEY (user_id, vault_id) REFERENCES vault);
SELECT todo_orm.register_model('vault', '{"owner_setting": "app.vault"}') \g /dev/null
SELECT todo_orm.register_model('coin') \g /dev/null
SELECT todo_orm.grant_access(m, 'regress_app') FROM unnest('{vault,coin}'::regclass[]) m \g /dev/null
RESET ROLE;
INSERT INTO vault (id, user_id, title) VALUES (71, 'ann', 's3cret vault');
INSERT INTO coin (id, user_id, vault_id) VALUES (81, 'ann', 71), (82, 'ann', NULL);
SET SESSION AUTHORIZATION regress_app;
CREATE FUNCTION pg_temp.vaults(call text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    PERFORM set_config('app.vault', 'bob', true);
    RETURN (pg_temp.reached('SELECT r FROM ' || call || ' r')).code;
END
$$;
SELECT is(pg_temp.vaults(call), '42501', 'with the vaults'' identity bob''s, a call for ann''s coins must not reach her vaults: ' || call)
  FROM unnest(ARRAY['get_vault(''ann'', 71)', 'list_coins(''ann'', match => ''{"vault": {"title": {"like": "s%"}}}'')', 'list_coins(''ann'', sort => ''vault.title'')', 'load_coin(''ann'', 81, ''["vault"]'')', 'load_coins(''ann'', ''["vault"]'')',
                    'count_coins(''ann'', match => ''{"vault": {}}'')', 'vault(''(81,ann,,71)''::coin)', 'create_coin(''ann'', vault_id => 71)', 'create_coins(''ann'', ''{"vault_id": 71}'')', 'create_coins(''ann'', ''{"vault": {"connect": 71}}'')',
                    'create_coins(''ann'', ''{"vault": {"title": "x"}}'')', 'update_coin(''ann'', 82, ''{"vault_id": 71}'')', 'update_coin(''ann'', 82, ''{"vault": {"connect": 71}}'')', 'update_coins(''ann'', ''{"id": 82}'', ''{"vault_id": 71}'')',
                    'patch_coins(''ann'', ''[{"id": 82, "vault_id": 71}]'')', 'upsert_coin(''ann'', ''{"id": 82, "vault_id": 71}'')', 'upsert_coin(''ann'', ''{"id": 83, "vault_id": 71}'')', 'validate_coin(''ann'', ''{"vault_id": 71}'')',
                    'coins_of_vaults(''ann'', ''{71}'')', 'todo_orm.apply(''ann'', ''[{"op": "create", "model": "coin", "values": {"vault_id": 71}}]'')']) call;
SELECT is(pg_temp.vaults('get_coin(''ann'', 81)'), '00000', 'her coins alone it reaches');

----------------------------------------------------------------------
-- the owner in what is written
----------------------------------------------------------------------

-- every function that takes items or patches
CREATE FUNCTION pg_temp.with_owner(call text, owner text, key text) RETURNS text LANGUAGE sql AS
$$ SELECT regexp_replace(call, '((?:item|items|patch)_* => ''\[?\{)', '\1"' || key || '": ' || owner || ', ') $$;
SELECT ok(r.code = '22023' AND NOT r.touched, format('%s: owner %s in the payload must not be written', c.what, p.owner))
  FROM call_for c CROSS JOIN (VALUES ('"ann"'), ('"bob"'), ('null'), ('1')) p(owner)
 CROSS JOIN LATERAL pg_temp.reached(pg_temp.with_owner(c.bobs, p.owner, c.owner)) r
 WHERE c.bobs ~ '(items?|patch)_* => ''\[?\{' AND c.operation <> 'validate';
SELECT ok(r.code = expected AND NOT r.touched AND r.answer !~ '\mann\M.*,x', what)
  FROM (VALUES ('create_notes(''bob'', ''{"title": "x", "user_id": "bob", "user_id": "ann"}'')', '22023', 'the owner given twice must not be written'),
               ('create_notes(''bob'', ''{"title": "x", "\u0075ser_id": "ann"}'')', '22023', 'the owner spelt with an escape must not be written'),
               ('create_notes(''bob'', ''{"title": "x", "USER_ID": "ann"}'')', '22023', 'the owner in capitals must not be written'),
               ('create_notes(''bob'', ''{"title": "x", "user_id ": "ann"}'')', '22023', 'the owner with a blank must not be written'),
               ('update_note(''bob'', 36, ''{"user_id": "ann"}'')', '22023', 'a row must not be given away by a patch'),
               ('update_notes(''bob'', ''{"id": 36}'', ''{"user_id": "ann"}'')', '22023', 'rows must not be given away by a patch of many'),
               ('patch_notes(''bob'', ''[{"id": 36, "user_id": "ann", "title": "x"}]'')', '22023', 'an item''s owner must not pick the row'),
               ('upsert_note(''bob'', ''{"id": 31, "user_id": "ann", "title": "x"}'')', '22023', 'an upserted item''s owner must not pick the row'),
               ('upsert_note(''bob'', ''{"id": 31, "user_id": "ann", "title": "x"}'', ''{user_id,id}'')', '22023', 'though the owner stands in on_key'),
               ('upsert_note(''bob'', ''{"id": 31, "title": "x"}'', ''{id}'')', '00000', 'without the owner in on_key, it is bob''s key'),
               ('find_open_notes(''bob'', ''{31}'')', '00000', 'a view: ann''s row must not be found'),
               ('update_open_note(''bob'', 36, ''{"user_id": "ann"}'')', '22023', 'a view: a row must not be given away'),
               ('create_open_notes(''bob'', ''{"title": "x", "user_id": "ann"}'')', '22023', 'a view: a row must not be made for ann')) c(call, expected, what),
       pg_temp.reached('SELECT r FROM ' || call || ' r') r;
-- columns that are no model's: of the system, of the engine, gone
SELECT ok(r.code = '22023' AND r.answer !~ 's3cret', 'columns that are not the row''s must not be read: ' || call)
  FROM unnest('{ctid,xmin,tableoid,ctid::text,*,t.*,secret,user_id = user_id --}'::text[]) name,
       LATERAL (VALUES (format('list_notes(''bob'', match => %L)', jsonb_build_object(name, 'x'))), (format('list_notes(''bob'', sort => %L)', name)),
                       (format('aggregate_notes(''bob'', group_by => ARRAY[%L])', name)), (format('aggregate_notes(''bob'', measures => %L)', jsonb_build_object('m', jsonb_build_object('max', name)))),
                       (format('upsert_note(''bob'', ''{"title": "x"}'', ARRAY[%L])', name))) c(call),
       pg_temp.reached('SELECT r FROM ' || call || ' r') r;
-- a hidden column: not in JSON, match, sort, nor in what errors say
SELECT ok(r.answer !~ 's3cret hidden', 'a hidden column must not be shown, to ann neither: ' || call)
  FROM unnest(ARRAY['page_notes(''ann'')', 'load_note(''ann'', 31, ''["notes", "parent"]'')', 'load_notes(''ann'', ''[]'')', 'aggregate_notes(''ann'', group_by => ''{secret}'')',
                    'list_notes(''ann'', match => ''{"secret": {"like": "s%"}}'')', 'list_notes(''ann'', sort => ''secret'')', 'update_note(''ann'', 31, ''{"secret": "x"}'')::text::jsonb',
                    'validate_note(''ann'', ''{"secret": 1}'')', 'todo_orm.apply(''ann'', ''[{"op": "get", "model": "note", "key": 31}]'')']) call,
       pg_temp.reached('SELECT r FROM ' || call || ' r') r;

----------------------------------------------------------------------
-- types of owners: what is equal to whom
----------------------------------------------------------------------

RESET SESSION AUTHORIZATION;
CREATE EXTENSION citext SCHEMA public;
CREATE COLLATION regress_attack.nocase (provider = icu, locale = 'und-u-ks-level2', deterministic = false);
CREATE TYPE regress_attack.who AS ENUM ('ann', 'bob', 'an');
CREATE DOMAIN regress_attack.login AS text COLLATE "C" CHECK (VALUE ~ '^[a-z]+$');
GRANT USAGE ON SCHEMA tap TO regress_models;
-- label, type, ann's id, bob's id, identities that are ann, identities that are not
CREATE TEMP TABLE kind (label text PRIMARY KEY, type text, ann text, bob text, same text[], others text[]);
INSERT INTO kind VALUES
    ('integer', 'integer', '1', '2', '{1," 1 ",01,+1}', '{2,1.0,1e0,x,"1;2","",-1,99999999999}'),
    ('smallint', 'smallint', '1', '2', '{1,001}', '{2,65537,x}'),
    ('bigint', 'bigint', '9007199254740993', '9007199254740992', '{9007199254740993}', '{9007199254740992,9.007199254740993e15,9007199254740993.0}'),
    ('numeric', 'numeric', '1', '2', '{1,1.0,1.000,1e0}', '{2,1.0000000000000000001,NaN,Infinity,x}'),
    ('nan', 'numeric', 'NaN', '2', '{NaN,nan}', '{2,0,Infinity}'),
    ('double', 'double precision', '1', '2', '{1,1.0}', '{2,NaN,1.0000001,x}'),
    ('real', 'real', '1', '2', '{1}', '{2,1.001,x}'),
    ('uuid', 'uuid', 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11', 'b0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11', '{A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11,a0eebc999c0b4ef8bb6d6bb9bd380a11}', '{b0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11,a0eebc99,ann}'),
    ('text', 'text', 'ann', 'bob', '{ann}', '{bob,ANN,"ann "," ann",an}'),
    ('varchar', 'varchar(3)', 'ann', 'bob', '{ann}', '{bob,annabel,an,"ann "}'),
    ('char', 'char(8)', 'ann', 'a', '{ann,"ann  "}', '{a,an,ANN," ann"}'),
    ('char1', 'char(3)', 'ann', 'bob', '{ann}', '{bob,annabel,a}'),
    ('name', 'name', 'ann', 'bob', '{ann}', '{bob,ANN,"ann "}'),
    ('citext', 'public.citext', 'ann', 'bob', '{ann}', '{bob,an,"ann "}'),
    ('enum', 'regress_attack.who', 'ann', 'bob', '{ann}', '{bob,an,ANN,carol}'),
    ('domain', 'regress_attack.login', 'ann', 'bob', '{ann}', '{bob,ANN,an,""}'),
    ('date', 'date', '2026-01-02', '2026-02-01', '{2026-01-02,20260102}', '{2026-02-01,today,x}'),
    ('inet', 'inet', '10.0.0.1', '10.0.0.2', '{10.0.0.1,10.0.0.1/32}', '{10.0.0.2,10.0.0.1/24,10.0.0.0/8}'),
    ('bytea', 'bytea', '\x616e6e', '\x626f62', '{"\\x616e6e","\\x616E6E",ann}', '{"\\x626f62",bob,"\\x616e"}'),
    ('bits', 'bit(3)', '101', '100', '{101}', '{100,1,10,1010}'),
    ('timestamptz', 'timestamptz', '2026-01-01 00:00+00', '2026-01-01 00:00+01', '{"2026-01-01 01:00+01"}', '{"2026-01-01 00:00+01",x}'),
    ('nocase', 'text COLLATE regress_attack.nocase', 'ann', 'bob', '{ann}', '{bob,an}');
GRANT SELECT ON kind TO PUBLIC;
SET ROLE regress_models;
SELECT format('CREATE TABLE regress_attack.%1$I (user_id %2$s NOT NULL, id integer, label text, PRIMARY KEY (user_id, id))', 'owned_' || label, type) FROM kind \gexec
SELECT todo_orm.register_model(format('regress_attack.%I', 'owned_' || label)::regclass, '{"rls": true, "plural": "owned", "functions": ["get", "list", "create", "update", "page"], "name": "x"}'::jsonb
                               || jsonb_build_object('name', label, 'plural', label || 's')) FROM kind \g /dev/null
SELECT todo_orm.grant_access(format('regress_attack.%I', 'owned_' || label)::regclass, 'regress_app') FROM kind \g /dev/null
SELECT format('INSERT INTO regress_attack.%I VALUES (%L, 1, ''s3cret''), (%L, 2, ''plain'')', 'owned_' || label, ann, bob) FROM kind \gexec
SELECT format('GRANT SELECT, INSERT, UPDATE, DELETE ON regress_attack.%I TO regress_app', 'owned_' || label) FROM kind \gexec
RESET ROLE;
SET SESSION AUTHORIZATION regress_app;
SELECT ok(r.code = '42501' AND NOT r.answer ~ 's3cret', format('owner of type %s: identity %L must not pass for %s', label, identity, ann))
  FROM kind CROSS JOIN LATERAL unnest(others) identity CROSS JOIN LATERAL pg_temp.reached_as(identity, format('SELECT get_%s(%L, 1)', label, ann)) r WHERE identity <> '';
SELECT ok(r.code = '00000' AND r.answer ~ 's3cret', format('owner of type %s: identity %L is %s', label, identity, ann))
  FROM kind CROSS JOIN LATERAL unnest(same) identity CROSS JOIN LATERAL pg_temp.reached_as(identity, format('SELECT get_%s(%L, 1)', label, ann)) r;
SELECT ok(r.answer !~ 's3cret', format('owner of type %s: a call for %L must not read the rows of %s', label, identity, ann))
  FROM kind CROSS JOIN LATERAL unnest(others) identity CROSS JOIN LATERAL pg_temp.reached(format('SELECT list_%ss(%L)', label, identity)) r;
-- an identity that is no value of the type is not repeated by the error
SELECT ok(r.answer !~ 'pass-word', 'an identity that is none must not be told by the error: ' || label)
  FROM kind CROSS JOIN LATERAL pg_temp.reached_as('pass-word', format('SELECT get_%s(%L, 1)', label, ann)) r;

----------------------------------------------------------------------
-- row level security: raw SQL of a role with rights on the tables
----------------------------------------------------------------------

-- Raw SQL for an identity: rows as text, or the SQLSTATE.  Whatever it did is undone.
CREATE FUNCTION pg_temp.raw(identity text, statement text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    found text;
BEGIN
    PERFORM set_config('todo_orm.user_id', identity, true);
    EXECUTE format('WITH w AS (%s) SELECT coalesce(string_agg(w::text, '';''), '''') FROM w', statement) INTO found;
    RAISE EXCEPTION USING ERRCODE = 'UNDO1';
EXCEPTION WHEN SQLSTATE 'UNDO1' THEN
    RETURN found;
WHEN OTHERS THEN
    RETURN SQLSTATE;
END
$$;
SELECT ok(pg_temp.raw(identity, format('SELECT label FROM owned_%s', label)) !~ 's3cret', format('row level security, type %s: identity %L must not read the rows of %s', label, identity, ann))
  FROM kind CROSS JOIN LATERAL unnest(others) identity;
SELECT is(pg_temp.raw(same[1], format('SELECT label FROM owned_%s', label)), '(s3cret)', format('row level security, type %s: %s reads the row, and no other', label, ann)) FROM kind;
RESET SESSION AUTHORIZATION;
GRANT SELECT, INSERT, UPDATE, DELETE ON task, note, conversation, message TO regress_app;
SET SESSION AUTHORIZATION regress_app;
SELECT is(pg_temp.raw(identity, statement), expected, format('raw SQL, identity %L, must not reach ann''s rows: %s', identity, statement))
  FROM (VALUES ('bob', 'SELECT count(*) FROM task WHERE user_id = ''ann''', '(0)'), ('', 'SELECT count(*) FROM task', '(0)'), (NULL, 'SELECT count(*) FROM note', '(0)'), ('bob', 'SELECT title FROM note', '(note)'),
               ('bob', 'UPDATE task SET title = ''stolen'' RETURNING id', '(26)'), ('bob', 'DELETE FROM note RETURNING id', '(36)'), ('bob', 'DELETE FROM message WHERE id = 111 RETURNING id', ''),
               ('bob', 'UPDATE task SET user_id = ''ann'' RETURNING id', '42501'), ('bob', 'INSERT INTO task (user_id, title) VALUES (''ann'', ''x'') RETURNING title', '42501'),
               ('bob', 'INSERT INTO task (id, user_id, title) VALUES (21, ''ann'', ''x'') ON CONFLICT (user_id, id) DO UPDATE SET title = ''stolen'' RETURNING title', '42501'),
               ('bob', 'INSERT INTO message (user_id, conversation_id, role, content) VALUES (''bob'', 11, ''user'', ''x'') RETURNING id', '23503'),
               ('', 'INSERT INTO task (user_id, title) VALUES ('''', ''x'') RETURNING title', '42501'),
               ('bob', 'SELECT title FROM open_note', '42501'), ('bob', 'SELECT about FROM handle', '42501'), ('ann'' OR true --', 'SELECT count(*) FROM task', '(0)'),
               ('bob', 'SELECT count(*) FROM conversation WHERE title::xml IS NOT NULL OR user_id = ''ann''', '(1)')) s(identity, statement, expected);
-- whatever leaks in a condition sees the role's own rows alone
CREATE FUNCTION pg_temp.leak(t text) RETURNS boolean LANGUAGE plpgsql COST 0.0001 AS $$
BEGIN
    IF t ~ 's3cret' THEN RAISE EXCEPTION 'leaked %', t USING ERRCODE = 'TT001'; END IF;
    RETURN true;
END
$$;
SELECT is(pg_temp.raw('bob', statement), expected, 'raw SQL: a leaky condition must not see ann''s rows: ' || statement)
  FROM (VALUES ('SELECT title FROM task WHERE pg_temp.leak(title)', '(task)'), ('SELECT title FROM note WHERE title::text <> '''' AND pg_temp.leak(body) IS NOT FALSE', '(note)'),
               ('UPDATE task SET title = title WHERE pg_temp.leak(title) RETURNING title', '(task)'), ('DELETE FROM note WHERE pg_temp.leak(title) RETURNING title', '(note)'),
               ('SELECT c.title FROM conversation c JOIN task t ON pg_temp.leak(t.title) AND pg_temp.leak(c.title)', '(talk)')) s(statement, expected);
RESET SESSION AUTHORIZATION;

-- evaluated once per statement: an InitPlan, not a filter of each row
CREATE FUNCTION pg_temp.plan(statement text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    line text; plan text := '';
BEGIN
    FOR line IN EXECUTE 'EXPLAIN (COSTS off) ' || statement LOOP plan := plan || line || E'\n'; END LOOP;
    RETURN plan;
END
$$;
SET SESSION AUTHORIZATION regress_app;
SELECT set_config('todo_orm.user_id', 'bob', true) \g /dev/null
SELECT ok(pg_temp.plan(statement) ~ 'InitPlan 1' AND pg_temp.plan(statement) !~ '(Filter|Cond): .*(current_setting|CASE)', 'the policy''s setting must not be read row by row: ' || statement)
  FROM unnest(ARRAY['SELECT * FROM task', 'UPDATE note SET title = ''x''', 'DELETE FROM message', 'SELECT * FROM owned_uuid', 'SELECT * FROM conversation c JOIN task t USING (user_id)']) statement;
SET enable_seqscan = off;
SELECT ok(pg_temp.plan('SELECT * FROM task') ~ 'Index Cond: \(user_id = \(?(InitPlan 1\).col1|\$0)', 'and an index serves it');
RESET enable_seqscan;
SELECT set_config('todo_orm.user_id', '', true) \g /dev/null
RESET SESSION AUTHORIZATION;

-- what the option says
SELECT is((SELECT array_agg(format('%s %s %s', relname, relrowsecurity, relforcerowsecurity) ORDER BY relname) FROM pg_class WHERE oid = ANY ('{task,conversation,message,post}'::regclass[])),
          '{conversation t f,message t f,post f f,task t f}', 'row level security is on for the shipped models, off where nobody asked for it');
SET ROLE regress_models;
SELECT is(pg_temp.raw('bob', 'SELECT count(*) FROM note'), '(4)', 'the tables'' owner is above it');
SELECT todo_orm.register_model('note', '{"rls": "force"}') \g /dev/null
SELECT is(pg_temp.raw('bob', 'SELECT count(*) FROM note'), '(1)', 'unless it is forced: the owner must not see ann''s rows as bob');
SELECT is(pg_temp.raw('', 'SELECT count(*) FROM note'), '(0)', 'nor any without an identity');
RESET ROLE;
SET SESSION AUTHORIZATION regress_app;
SELECT is((pg_temp.reached('SELECT title FROM get_note(''bob'', 36)')).answer, '', 'forced: without an identity the functions must not read past it either');
SELECT set_config('todo_orm.user_id', 'bob', true) \g /dev/null
SELECT is((pg_temp.reached('SELECT title FROM get_note(''bob'', 36)')).answer, 'note', 'with one they read its rows');
SELECT is((pg_temp.reached('SELECT get_note(''ann'', 31)')).code, '42501', 'and no other''s');
RESET SESSION AUTHORIZATION;
SELECT set_config('todo_orm.user_id', '', true) \g /dev/null

SELECT is(pg_temp.rows_of('ann'), :'anns', 'ann''s rows are as they were');
SELECT * FROM finish();
ROLLBACK;
