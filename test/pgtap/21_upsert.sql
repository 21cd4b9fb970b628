-- upsert_…: each sentence of SPEC 6 on it.  Two at once are in test/isolation/specs/upsert.spec.
BEGIN;
SELECT * FROM no_plan();
SET LOCAL client_min_messages = warning;

\ir include/refuses.psql

-- Keys of every kind: the primary one, a unique one, one of live rows only, one of two columns, one that all owners share
CREATE TABLE contact (
    LIKE todo_orm.owned INCLUDING ALL, LIKE todo_orm.timestamps INCLUDING ALL, LIKE todo_orm.soft_delete INCLUDING ALL, LIKE todo_orm.versioned INCLUDING ALL,
    email text, name text NOT NULL CHECK (name <> ''), phone text DEFAULT 'none', note text DEFAULT 'new', source text, ref text, region text, nr integer, handle text, secret text, kind text,
    PRIMARY KEY (user_id, id),
    UNIQUE (user_id, email),
    UNIQUE (region, user_id, nr),
    UNIQUE (handle));
CREATE UNIQUE INDEX ON contact (user_id, ref) WHERE deleted_at IS NULL;
CREATE UNIQUE INDEX ON contact (user_id, secret);
SELECT count(*) FROM todo_orm.register_model('contact', '{"readonly": ["ref", "kind"], "immutable": ["source"], "hidden": ["secret"]}') \g /dev/null
CREATE FUNCTION pg_temp.stored() RETURNS text LANGUAGE sql AS
    $$ SELECT string_agg(concat_ws(' ', user_id, id, coalesce(email, '-'), name, CASE WHEN deleted_at IS NOT NULL THEN 'deleted' END), ', ' ORDER BY user_id COLLATE "C", id) FROM contact $$;
CREATE FUNCTION pg_temp.tuple(contact_id bigint) RETURNS text LANGUAGE sql AS $$ SELECT ctid::text FROM contact WHERE user_id = 'ann' AND id = contact_id $$;

----------------------------------------------------------------------
-- key absent: create
----------------------------------------------------------------------

SELECT results_eq($$ SELECT id, user_id COLLATE "default", name, phone, version, updated_at FROM upsert_contact('ann', '{"name": "Kim", "email": "kim@x"}') $$,
                  $$ VALUES (1::bigint, 'ann', 'Kim', 'none', 1::bigint, NULL::timestamptz) $$, 'no key: created, with defaults');
SELECT is((SELECT id FROM upsert_contact('ann', '{"id": null, "name": "Lee"}')), 2::bigint, 'a key of null is none');
SELECT is((SELECT id FROM upsert_contact('ann', '{"name": "Max"}', NULL)), 3::bigint, 'on_key NULL is the primary key');
SELECT is((SELECT id FROM upsert_contact('ann', '{"name": "Max"}', '{email}')), 4::bigint, 'the key is that of on_key');
SELECT is((SELECT id FROM upsert_contact('ann', '{"name": "Max", "email": null}', '{email}')), 5::bigint, 'null in it is none');
SELECT is((SELECT id FROM upsert_contact('ann', '{"name": "Max", "region": "eu"}', '{region,nr}')), 6::bigint, 'a key in part is none');
SELECT is((SELECT phone FROM upsert_contact('ann', '{"name": "Max", "phone": null}')), NULL, 'null, where it is a value, is stored');
SELECT is(pg_temp.places($$ SELECT upsert_contact('ann', '{"email": "new@x"}') $$), '22023 ["name"]', 'a required column is missing');
SELECT is(pg_temp.places($$ SELECT upsert_contact('ann', '{}') $$), '22023 ["name"]', 'an empty item');
SELECT throws_ok($$ SELECT upsert_contact('ann', '{"name": "Kim again", "email": "kim@x"}') $$, '23505', NULL, 'another unique key than that of on_key');
DELETE FROM contact WHERE id > 2;

----------------------------------------------------------------------
-- the owner's: patch
----------------------------------------------------------------------

UPDATE contact SET updated_at = '2020-01-01', note = 'x', phone = '1' WHERE id = 1;
SELECT results_eq($$ SELECT id, name, email, phone, note, version, updated_at = now() FROM upsert_contact('ann', '{"id": 1, "name": "Kimi"}') $$,
                  $$ VALUES (1::bigint, 'Kimi', 'kim@x', '1', 'x', 3::bigint, true) $$, 'by the primary key: absent columns stay, defaults are no values');
SELECT results_eq($$ SELECT name, phone, note FROM upsert_contact('ann', '{"id": 1, "phone": null}') $$, $$ VALUES ('Kimi', NULL, 'x') $$, 'a row that is there needs no required column; null is set');
SELECT results_eq($$ SELECT id, name FROM upsert_contact('ann', '{"email": "kim@x", "name": "Kim"}', '{email}') $$, $$ VALUES (1::bigint, 'Kim') $$, 'by a unique key');
SELECT results_eq($$ SELECT id, email FROM upsert_contact('ann', '{"id": "1", "email": "kim@y"}') $$, $$ VALUES (1::bigint, 'kim@y') $$, 'a column that is another key is patched');
SELECT pg_temp.tuple(1) AS tuple, version FROM contact WHERE id = 1 \gset
SELECT is((SELECT (name, version)::text FROM upsert_contact('ann', item::jsonb, key::text[])), format('(Kim,%s)', :version), 'nothing changes, the row is returned: ' || item)
  FROM (VALUES ('{"id": 1}', NULL), ('{"id": 1, "name": "Kim"}', '{id}'), ('{"email": "kim@y"}', '{email}'), ('{"email": "kim@y", "phone": null, "note": "x"}', '{email}')) AS items (item, key);
SELECT is(pg_temp.tuple(1), :'tuple', 'and not written');
SELECT count(*) FROM upsert_contact('ann', '{"name": "Pat", "region": "eu", "nr": 7}', '{nr,region}') \g /dev/null
SELECT results_eq($$ SELECT id, name FROM upsert_contact('ann', '{"region": "eu", "nr": 7, "name": "Patty"}', '{region,nr}') $$, $$ SELECT id, 'Patty' FROM contact WHERE nr = 7 $$, 'a key of two columns, in any order');
SELECT is((SELECT count(*) FROM upsert_contact('ann', '{"region": "us", "nr": 7, "name": "Pat"}', '{region,nr}') u WHERE u.id <> (SELECT id FROM contact WHERE region = 'eu')), 1::bigint, 'one column of it does not do');
DELETE FROM contact WHERE nr = 7;

-- the caller's own errors; a patch that is refused patches nothing
SELECT is(pg_temp.places(format('SELECT upsert_contact(''ann'', %L)', item)), errors, 'refused: ' || item)
  FROM (VALUES ('{"id": 1, "name": null}', '22023 ["name"]'), ('{"id": 1, "name": ""}', '22023 ["name"]'), ('{"id": 1, "nope": 1, "name": 7}', '22023 ["name"] ["nope"]'), ('{"id": 1, "user_id": "bob"}', '22023 ["user_id"]'),
               ('{"id": 1, "version": 1}', '22023 ["version"]'), ('{"id": 1, "deleted_at": null}', '22023 ["deleted_at"]'), ('{"id": 1, "created_at": "2020-01-01"}', '22023 ["created_at"]'), ('{"id": 1, "secret": "x", "kind": "x"}', '22023 ["kind"]'),
               ('{"id": "x", "name": "y"}', '22023 ["id"]'), ('{"id": 1.5, "name": "y"}', '22023 ["id"]'),
               ('{"id": [1], "name": "y"}', '22023 ["id"]'), ('{"id": 1e400, "name": "y"}', '22023 ["id"]'), ('{"id": 99999999999999999999, "name": "y"}', '22023 ["id"]'),
               -- a new row: all that is wrong with it at once
               ('{"id": 99, "nr": "x"}', '22023 ["name"] ["nr"]'), ('{"id": 99}', '22023 ["name"]'), ('{"nr": "x", "nope": 1}', '22023 ["name"] ["nope"] ["nr"]')) AS items (item, errors);
SELECT throws_ok(format('SELECT upsert_contact(%s)', call), state, NULL, 'refused: ' || call)
  FROM (VALUES ($$'ann', NULL$$, '22023'), ($$'ann', 'null'$$, '22023'), ($$'ann', '7'$$, '22023'), ($$'ann', '[]'$$, '22023'), ($$'ann', '[{"name": "x"}]'$$, '22023'), ($$NULL, '{"name": "x"}'$$, '22004'), ($$'', '{"name": "x"}'$$, '22004')) AS calls (call, state);
SELECT is(pg_temp.stored(), 'ann 1 kim@y Kim, ann 2 - Lee', 'nothing has come of it');

----------------------------------------------------------------------
-- unknown: insert with that key as the owner's own
----------------------------------------------------------------------

SELECT results_eq($$ SELECT id, user_id COLLATE "default", name, version FROM upsert_contact('ann', '{"id": 1000, "name": "Zoe"}') $$, $$ VALUES (1000::bigint, 'ann', 'Zoe', 1::bigint) $$, 'an id is readonly, and may stand in the item');
SELECT is((SELECT id FROM upsert_contact('ann', '{"id": -5, "name": "Neg"}')), -5::bigint, 'any that the type takes');
SELECT results_eq($$ SELECT id, user_id COLLATE "default", name, email FROM upsert_contact('bob', '{"id": 1, "name": "Bob''s"}') $$, $$ VALUES (1::bigint, 'bob', 'Bob''s', NULL) $$, 'another owner''s key: a row of one''s own');
SELECT is((SELECT user_id FROM upsert_contact('bob', '{"email": "kim@y", "name": "Kim"}', '{email}')), 'bob', 'as with a unique key');
SELECT is((SELECT email || name FROM contact WHERE user_id = 'ann' AND id = 1), 'kim@yKim', 'whose row stays as it is');
SELECT is(pg_temp.places($$ SELECT upsert_contact('ann', '{"id": 4711, "name": "x", "ref": "r"}') $$), '22023 ["ref"]', 'readonly columns are lifted for on_key only');
SELECT is((SELECT ref FROM upsert_contact('ann', '{"ref": "r1", "name": "Ref"}', '{ref}')), 'r1', 'where they are the key');
SELECT is(pg_temp.places($$ SELECT upsert_contact('ann', '{"ref": "r1", "id": 1}', '{ref}') $$), '22023 ["id"]', 'the primary key is read-only then');
DELETE FROM contact WHERE id NOT IN (1, 2) OR user_id = 'bob';

----------------------------------------------------------------------
-- immutable columns count at creation only
----------------------------------------------------------------------

SELECT is((SELECT source FROM upsert_contact('ann', '{"id": 10, "name": "Imm", "source": "import"}')), 'import', 'set when the row is created');
SELECT results_eq($$ SELECT source, name FROM upsert_contact('ann', '{"id": 10, "name": "Immu", "source": "other"}') $$, $$ VALUES ('import', 'Immu') $$, 'passed over when it is there');
SELECT is(pg_temp.places($$ SELECT upsert_contact('ann', '{"id": 10, "source": 7}') $$), '22023 ["source"]', 'of the right type all the same');

----------------------------------------------------------------------
-- soft-deleted
----------------------------------------------------------------------

SELECT is(soft_delete_contact('ann', 10), true, 'a row is deleted');
SELECT pg_temp.refuses($$ SELECT upsert_contact('ann', '{"id": 10, "name": "Back"}') $$, '23505', '[{"loc": ["id"], "type": "unique", "msg": "already taken", "input": null}]', 'its key is taken: 23505');
CREATE FUNCTION pg_temp.hint(call text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    hint text;
BEGIN
    EXECUTE call;
    RETURN 'no error';
EXCEPTION WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS hint = PG_EXCEPTION_HINT;
    RETURN hint;
END
$$;
SELECT matches(pg_temp.hint($$ SELECT upsert_contact('ann', '{"id": 10, "name": "Back"}') $$), 'restore', 'with a hint');
SELECT is(pg_temp.places($$ SELECT upsert_contact('ann', '{"id": 10}') $$), '22023 ["id"] ["name"]', 'a row that would be new lacks a column: told together');
UPDATE contact SET email = 'imm@x', ref = 'imm' WHERE id = 10;
SELECT throws_ok($$ SELECT upsert_contact('ann', '{"email": "imm@x", "name": "Back"}', '{email}') $$, '23505', NULL, 'so is a unique key of all rows');
SELECT is((SELECT name || (deleted_at IS NOT NULL) FROM contact WHERE id = 10), 'Immutrue', 'the deleted row has not changed');
SELECT id AS fresh FROM upsert_contact('ann', '{"ref": "imm", "name": "Fresh"}', '{ref}') \gset
SELECT isnt(:fresh::bigint, 10::bigint, 'an index of live rows only: a new row');
SELECT is((SELECT id FROM upsert_contact('ann', '{"ref": "imm", "name": "Fresher"}', '{ref}')), :fresh::bigint, 'which is patched the next time');
SELECT is((SELECT count(*) FROM contact WHERE ref = 'imm'), 2::bigint, 'beside the deleted one');
SELECT is(delete_contact('ann', :fresh), true, 'the live one goes');
SELECT is((SELECT name FROM restore_contact('ann', 10)), 'Immu', 'the deleted one comes back');
SELECT is((SELECT id FROM upsert_contact('ann', '{"ref": "imm", "phone": "2"}', '{ref}')), 10::bigint, 'and is found again');
DELETE FROM contact WHERE id NOT IN (1, 2);

----------------------------------------------------------------------
-- a unique key without the owner
----------------------------------------------------------------------

SELECT id AS hers FROM upsert_contact('ann', '{"handle": "@kim", "name": "Kim"}', '{handle}') \gset
SELECT is((SELECT id FROM upsert_contact('ann', '{"handle": "@kim", "phone": "3"}', '{handle}')), :hers::bigint, 'her own: patched');
SELECT pg_temp.refuses($$ SELECT upsert_contact('bob', '{"handle": "@kim", "name": "Kim", "phone": "stolen"}', '{handle}') $$, '23505', '[{"loc": ["handle"], "type": "unique", "msg": "already taken", "input": null}]', 'somebody else''s: 23505');
SELECT is(pg_temp.hint($$ SELECT upsert_contact('bob', '{"handle": "@kim", "name": "Kim"}', '{handle}') $$), pg_temp.hint($$ SELECT upsert_contact('ann', '{"id": 1}', '{id}'), soft_delete_contact('ann', 1), upsert_contact('ann', '{"id": 1, "name": "x"}') $$),
          'which is told from a deleted one by nothing');
SELECT is((SELECT user_id || phone FROM contact WHERE handle = '@kim'), 'ann3', 'and has not changed');
SELECT is((SELECT count(*) FROM contact WHERE user_id = 'bob'), 0::bigint, 'no row of his has come');
DELETE FROM contact WHERE id NOT IN (1, 2);

----------------------------------------------------------------------
-- wrong on_key
----------------------------------------------------------------------

CREATE UNIQUE INDEX ON contact (user_id, lower(note));
ALTER TABLE contact ADD later text, ADD UNIQUE (user_id, later) DEFERRABLE;
SELECT count(*) FROM todo_orm.register_model('contact', '{"readonly": ["ref", "kind"], "immutable": ["source"], "hidden": ["secret"]}') \g /dev/null
SELECT throws_ok(format('SELECT upsert_contact(''ann'', ''{"id": 1, "name": "x"}'', %L)', on_key), '22023', NULL, 'on_key ' || on_key)
  FROM unnest(ARRAY['{}', '{nope}', '{name}', '{region}', '{id,email}', '{email,email}', '{region,region}', '{region,nr,nr}', '{user_id,email}', '{user_id,id}', '{user_id}', '{""}', '{NULL}', '{Email}', '{" email"}', '{secret}', '{note}', '{later}',
                    '{ctid}', '{"email\" OR true --"}', '{{region,nr},{region,nr}}', (SELECT array_agg('email'::text)::text FROM generate_series(1, 1000))]) AS on_key;
SELECT doesnt_match(pg_temp.hint($$ SELECT upsert_contact('ann', '{"id": 1}', '{secret}') $$), 'secret', 'no word of a hidden column');
SELECT is(pg_temp.stored(), 'ann 1 kim@y Kim, ann 2 - Lee', 'nothing has come of it');
-- an index that was dropped, one that has come: known at once
DROP INDEX contact_user_id_ref_idx;
SELECT throws_ok($$ SELECT upsert_contact('ann', '{"ref": "x", "name": "x"}', '{ref}') $$, '22023', NULL, 'an index that is gone is no key');
CREATE UNIQUE INDEX ON contact (user_id, phone) WHERE phone <> 'none' AND deleted_at IS NULL;
UPDATE contact SET phone = '17' WHERE id = 1;
SELECT is((SELECT id FROM upsert_contact('ann', '{"phone": "17", "name": "Kim"}', '{phone}')), 1::bigint, 'one that is new is');
DELETE FROM contact WHERE id NOT IN (1, 2);
DROP INDEX contact_user_id_lower_idx;

----------------------------------------------------------------------
-- identity, other keys, other owners
----------------------------------------------------------------------

CREATE TABLE city (user_id text, id integer GENERATED ALWAYS AS IDENTITY, name text, slug text GENERATED ALWAYS AS (lower(name)) STORED, PRIMARY KEY (user_id, id), UNIQUE (user_id, name), UNIQUE (user_id, slug));
CREATE TABLE cell (tenant uuid, x smallint, y text, v integer DEFAULT 0, PRIMARY KEY (tenant, x, y));
CREATE TABLE country (code char(2) PRIMARY KEY, name text);
CREATE TABLE prefs (user_id text COLLATE "C" PRIMARY KEY, theme text NOT NULL DEFAULT 'light', size integer);
CREATE TABLE profile (LIKE todo_orm.owned INCLUDING ALL, LIKE todo_orm.soft_delete INCLUDING ALL, name text, PRIMARY KEY (user_id, id), UNIQUE (user_id));
SELECT todo_orm.register_model('city'), todo_orm.register_model('cell', '{"owner": "tenant"}'), todo_orm.register_model('country', '{"owner": null}'), todo_orm.register_model('prefs', '{"name": "pref", "plural": "prefs"}'),
       todo_orm.register_model('profile') \g /dev/null
SELECT is((SELECT id FROM upsert_city('ann', '{"name": "Rome"}')), 1, 'identity ALWAYS: drawn where it is absent');
SELECT is((SELECT id FROM upsert_city('ann', '{"id": 50, "name": "Oslo"}')), 50, 'the item''s where it is not');
SELECT is((SELECT name FROM upsert_city('ann', '{"id": 50, "name": "Bonn"}')), 'Bonn', 'and patched by it');
SELECT is((SELECT id FROM upsert_city('ann', '{"name": "Rome"}', '{name}')), 1, 'by name');
SELECT is((SELECT name FROM upsert_city('ann', '{"slug": "rome", "name": "ROME"}', '{slug}')), 'ROME', 'by a generated column');
SELECT throws_ok($$ SELECT upsert_city('ann', '{"slug": "paris", "name": "Paris"}', '{slug}') $$, '22023', NULL, 'which a new row cannot be given');
\set me '\'00000000-0000-0000-0000-000000000001\''
SELECT results_eq(format($$ SELECT x, y, v FROM upsert_cell(%L, '{"x": 1, "y": "a"}') $$, :me), $$ VALUES (1::smallint, 'a', 0) $$, 'a key of two columns: created');
SELECT results_eq(format($$ SELECT x, y, v FROM upsert_cell(%L, '{"x": 1, "y": "a", "v": 7}', '{y,x}') $$, :me), $$ VALUES (1::smallint, 'a', 7) $$, 'patched');
SELECT is(pg_temp.places(format($$ SELECT upsert_cell(%L, '{"x": 1, "v": 7}') $$, :me)), '22023 ["y"]', 'a column of the key that has no default is required');
SELECT is(pg_temp.places(format($$ SELECT upsert_cell(%L, '{"x": 70000, "y": "a"}') $$, :me)), '22023 ["x"]', 'or out of range');
SELECT is((SELECT count(*) FROM upsert_cell('00000000-0000-0000-0000-000000000002', '{"x": 1, "y": "a", "v": 1}')), 1::bigint, 'another tenant');
SELECT is((SELECT v FROM cell WHERE tenant = :me), 7, 'has another row');
SELECT is((SELECT name FROM upsert_country('{"code": "de", "name": "Germany"}')), 'Germany', 'a model without owner: created');
SELECT is((SELECT name FROM upsert_country('{"code": "de", "name": "Deutschland"}')), 'Deutschland', 'patched');
SELECT results_eq($$ SELECT user_id COLLATE "default", theme, size FROM upsert_pref('ann', '{"size": 3}') $$, $$ VALUES ('ann', 'light', 3) $$, 'the owner is the whole key: created');
SELECT results_eq($$ SELECT user_id COLLATE "default", theme, size FROM upsert_pref('ann', '{"theme": "dark"}') $$, $$ VALUES ('ann', 'dark', 3) $$, 'patched');
SELECT results_eq($$ SELECT user_id COLLATE "default", theme, size FROM upsert_pref('bob', '{}') $$, $$ VALUES ('bob', 'light', NULL::integer) $$, 'each owner has one');
SELECT is((SELECT id FROM upsert_profile('ann', '{"name": "a"}', '{}')), 1::bigint, 'the owner alone is a unique key: created');
SELECT is((SELECT name FROM upsert_profile('ann', '{"name": "b"}', '{}')), 'b', 'patched');
SELECT is(soft_delete_profile('ann', 1), true, 'deleted');
SELECT throws_ok($$ SELECT upsert_profile('ann', '{"name": "c"}', '{}') $$, '23505', NULL, 'taken');

----------------------------------------------------------------------
-- references, touch, triggers, the shipped models
----------------------------------------------------------------------

SELECT count(*) FROM todo_orm.create_all() \g /dev/null
SELECT id AS talk FROM upsert_conversation('ann', '{"title": "talk"}') \gset
SELECT id AS his FROM upsert_conversation('bob', '{"title": "his"}') \gset
SELECT is((SELECT conversation_id FROM upsert_task('ann', jsonb_build_object('id', 7, 'title', 'x', 'conversation_id', :talk))), :talk::bigint, 'a reference of one''s own');
SELECT throws_ok(format($$ SELECT upsert_task('ann', '{"id": %s, "title": "x", "conversation_id": %s}') $$, id, c), '23503', NULL, format('a foreign or missing one: %s for %s', c, id)) FROM unnest('{7,8}'::int[]) id, unnest(ARRAY[:his, 4711]) c;
UPDATE conversation SET updated_at = '2020-01-01';
SELECT id AS m FROM upsert_message('ann', jsonb_build_object('conversation_id', :talk, 'role', 'user', 'content', 'a')) \gset
SELECT is((SELECT updated_at > '2020-01-01' FROM conversation WHERE id = :talk), true, 'a new child moves its parent');
UPDATE conversation SET updated_at = '2020-01-01';
SELECT is((SELECT content || role FROM upsert_message('ann', jsonb_build_object('id', :m, 'content', 'b', 'role', 'tool'))), 'buser', 'a child is patched');
SELECT is((SELECT updated_at > '2020-01-01' FROM conversation WHERE id = :talk), true, 'and moves it');
UPDATE conversation SET updated_at = '2020-01-01';
SELECT count(*) FROM upsert_message('ann', jsonb_build_object('id', :m, 'content', 'b')) \g /dev/null
SELECT is((SELECT updated_at FROM conversation WHERE id = :talk), '2020-01-01', 'one that does not change does not');
SELECT id AS k FROM upsert_message('ann', jsonb_build_object('conversation_id', :talk, 'role', 'user', 'content', 'a', 'client_key', 'k'), '{client_key}') \gset
SELECT is((SELECT id FROM upsert_message('ann', '{"client_key": "k", "content": "z"}', '{client_key}')), :k::bigint, 'by the idempotency key');

CREATE FUNCTION shout() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.name := upper(NEW.name); RETURN NEW; END $$;
CREATE TRIGGER shout BEFORE INSERT OR UPDATE ON contact FOR EACH ROW EXECUTE FUNCTION shout();
SELECT is((SELECT name FROM upsert_contact('ann', '{"id": 20, "name": "trig"}')), 'TRIG', 'a trigger''s word counts: created');
SELECT is((SELECT name FROM upsert_contact('ann', '{"id": 20, "name": "other"}')), 'OTHER', 'patched');
DROP TRIGGER shout ON contact;
CREATE TABLE runs (n integer);
CREATE FUNCTION hold() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN INSERT INTO runs VALUES (1); RETURN NULL; END $$;
CREATE TRIGGER hold BEFORE INSERT ON contact FOR EACH ROW EXECUTE FUNCTION hold();
SELECT is((SELECT id FROM upsert_contact('ann', '{"id": 21, "name": "held"}')), NULL, 'a row that a trigger holds back is not there');
SELECT is((SELECT count(*) FROM runs), 1::bigint, 'and the trigger ran once');
SELECT soft_delete_contact('ann', 20) \g /dev/null
SELECT throws_ok($$ SELECT upsert_contact('ann', '{"id": 20, "name": "gone"}') $$, '23505', NULL, 'a key that is taken is refused all the same');
SELECT restore_contact('ann', 20) \g /dev/null
DROP TRIGGER hold ON contact;
SELECT is((SELECT id FROM upsert_contact('ann', '{"id": 20, "name": "a"}') u, LATERAL (SELECT 1) s), 20::bigint, 'as a table function it runs once');

-- signed in as somebody else
SELECT set_config('todo_orm.user_id', 'bob', true) \g /dev/null
SELECT throws_ok($$ SELECT upsert_contact('ann', '{"id": 1, "name": "b"}') $$, '42501', NULL, 'signed in as Bob');
SELECT is((SELECT user_id FROM upsert_contact('bob', '{"id": 1, "name": "b"}')), 'bob', 'who has his own');

SELECT * FROM finish();
ROLLBACK;
