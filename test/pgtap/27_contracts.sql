-- Contracts: what todo_orm.json_schema says of a model, and that it says no more and no less.
BEGIN;
SELECT * FROM no_plan();
SET LOCAL client_min_messages = warning;
CREATE ROLE regress_stranger;


SELECT lives_ok('SELECT todo_orm.create_all()', 'the shipped models');

-- a property of a schema
CREATE FUNCTION property(model regclass, shape text, name text) RETURNS jsonb LANGUAGE sql AS
    $$ SELECT todo_orm.json_schema(model, shape)::jsonb -> 'properties' -> name $$;
-- one for each column of a table "probe" that is made for it
CREATE FUNCTION probe(definition text, shape text DEFAULT 'create') RETURNS jsonb LANGUAGE plpgsql AS $$
BEGIN
    SET LOCAL client_min_messages = error;
    DROP TABLE IF EXISTS probe CASCADE;
    EXECUTE format('CREATE TABLE probe (user_id text, id bigint, %s, PRIMARY KEY (user_id, id))', definition);
    PERFORM todo_orm.register_model('probe', '{"functions": ["get"]}');
    RETURN property('probe', shape, 'x');
END $$;

----------------------------------------------------------------------
-- The shipped models
----------------------------------------------------------------------
SELECT is(todo_orm.json_schema('task')::text, '{"$schema":"https://json-schema.org/draft/2020-12/schema","title":"task","description":"Something to do.","type":"object","properties":{"id":{"type":"integer","format":"int64","readOnly":true},"user_id":{"type":"string","minLength":1,"readOnly":true},"title":{"type":"string","minLength":1},"description":{"type":["string","null"]},"completed":{"type":"boolean"},"conversation_id":{"type":["integer","null"],"format":"int64","description":"the chat that the task came out of, if any"},"created_at":{"type":"string","format":"date-time","readOnly":true},"updated_at":{"type":["string","null"],"format":"date-time","readOnly":true},"deleted_at":{"type":["string","null"],"format":"date-time","readOnly":true}},"required":["id","user_id","title","description","completed","conversation_id","created_at","updated_at","deleted_at"],"additionalProperties":false}',
    'task as it is read, column for column');
SELECT is(todo_orm.json_schema('task')::text, todo_orm.json_schema('task', 'read')::text, 'read is the default');
SELECT is(todo_orm.json_schema('task', 'create')::jsonb - '{$schema,properties}'::text[],
    '{"title": "task", "description": "Something to do.", "type": "object", "required": ["title"], "additionalProperties": false}',
    'of a task only its title must be given');
SELECT is(property('task', 'create', 'completed'), '{"type": "boolean", "default": false}', 'a constant default');
SELECT is(property('task', 'create', 'created_at'), NULL, 'what no payload may set is not in create');
SELECT is(todo_orm.json_schema('task', 'update')::jsonb ? 'required', false, 'a patch needs nothing');
SELECT is(property('message', 'create', 'conversation_id'), '{"type": "integer", "format": "int64"}', 'a message is created in a conversation');
SELECT is(property('message', 'update', 'conversation_id'), NULL, 'and stays there: what is immutable is not in update');
SELECT is(property('message', 'create', 'role') -> 'enum', '["user", "assistant", "system", "tool"]', 'the values of a CHECK');
SELECT is(property('message', 'read', 'data'), '{"description": "tool calls, tool call id, usage"}', 'jsonb is anything');

----------------------------------------------------------------------
-- Types
----------------------------------------------------------------------
CREATE TYPE mood AS ENUM ('sad', 'it''s "ok"', 'glad');
CREATE TYPE place AS (x integer, name varchar(3), tags text[]);
CREATE DOMAIN short AS varchar(20) CHECK (VALUE <> '');
CREATE DOMAIN shorter AS short CHECK (char_length(VALUE) <= 10) NOT NULL;

SELECT is(probe(d.definition, d.shape), d.schema::jsonb, d.definition || ', ' || d.shape)
  FROM (VALUES
    ('x smallint NOT NULL', 'create', '{"type": "integer", "minimum": -32768, "maximum": 32767}'),
    ('x numeric(6,2) NOT NULL', 'read', '{"type": "number", "exclusiveMinimum": -10000, "exclusiveMaximum": 10000}'),
    ('x float8', 'create', '{"type": ["number", "null"], "format": "double"}'),
    ('x bigint DEFAULT 5', 'create', '{"type": ["integer", "null"], "format": "int64", "default": 5}'),
    ('x date', 'create', '{"type": ["string", "null"], "format": "date"}'),
    ('x timestamp', 'create', '{"type": ["string", "null"], "format": "date-time-local"}'),
    ('x timestamptz DEFAULT ''2020-01-01 12:00+02''', 'create', '{"type": ["string", "null"], "format": "date-time", "default": "2020-01-01T10:00:00+00:00"}'),
    ('x timestamptz DEFAULT now()', 'create', '{"type": ["string", "null"], "format": "date-time"}'),
    ('x uuid', 'create', '{"type": ["string", "null"], "format": "uuid"}'),
    ('x interval DEFAULT ''1 day''', 'create', '{"type": ["string", "null"], "default": "1 day"}'),
    ('x mood NOT NULL DEFAULT ''glad''', 'create', '{"type": "string", "enum": ["sad", "it''s \"ok\"", "glad"], "default": "glad"}'),
    ('x mood CHECK (x <> ''sad'')', 'create', '{"type": ["string", "null"], "enum": ["sad", "it''s \"ok\"", "glad", null]}'),
    ('x mood NOT NULL CHECK (x IN (''glad'', ''sad''))', 'create', '{"type": "string", "enum": ["sad", "glad"]}'),
    ('x mood[]', 'create', '{"type": ["array", "null"], "items": {"type": ["string", "null"], "enum": ["sad", "it''s \"ok\"", "glad", null]}}'),
    ('x integer[][] NOT NULL', 'read', '{"type": "array", "items": {"type": ["array", "null"], "items": {"type": ["integer", "null"], "format": "int32", "minimum": -2147483648, "maximum": 2147483647}}}'),
    ('x shorter', 'create', '{"type": "string", "minLength": 1, "maxLength": 10}'),
    ('x shorter[] NOT NULL', 'read', '{"type": "array", "items": {"type": ["string", "null"], "minLength": 1, "maxLength": 10}}'),
    ('x place NOT NULL', 'create', '{"type": "object", "properties": {"x": {"type": ["integer", "null"], "format": "int32", "minimum": -2147483648, "maximum": 2147483647}, "name": {"type": ["string", "null"], "maxLength": 3}, "tags": {"type": ["array", "null"], "items": {"type": ["string", "null"]}}}}'),
    ('x int4range', 'read', '{"type": ["string", "null"]}'),
    ('x jsonb DEFAULT ''{"a": []}''', 'create', '{"default": {"a": []}}')) AS d(definition, shape, schema);

----------------------------------------------------------------------
-- CHECKs that have a keyword, and those that have none
----------------------------------------------------------------------
SELECT is(probe(d.definition) - '{type,format}'::text[], d.schema::jsonb, d.definition)
  FROM (VALUES
    ('x text CHECK (x <> '''')', '{"minLength": 1}'),
    ('x text CHECK (btrim(x) <> '''' AND length(x) < 9)', '{"minLength": 1, "maxLength": 8}'),
    ('x varchar(40) CHECK (char_length(x) BETWEEN 2 AND 30)', '{"minLength": 2, "maxLength": 30}'),
    ('x text CHECK (3 <= length(x))', '{"minLength": 3}'),
    ('x bigint CHECK (x > 0) CHECK (x >= 0) CHECK (x <= 9)', '{"exclusiveMinimum": 0, "maximum": 9}'),
    ('x numeric CHECK (x BETWEEN 0.5 AND 1e2)', '{"minimum": 0.5, "maximum": 100, "pattern": "^-?([0-9]+(\\.[0-9]*)?|\\.[0-9]+)([eE][-+]?[0-9]+)?$"}'),
    ('x varchar CHECK (x IN (''a'', ''b''))', '{"enum": ["a", "b", null]}'),
    ('x text CHECK (x IS NULL OR x = ''a'' OR x = ''b'')', '{"enum": ["a", "b", null]}'),
    ('x bigint CHECK (x = ANY (''{1,2}''))', '{"enum": [1, 2, null]}'),
    ('x text CHECK (x = ANY (''{a,NULL}''))', '{}'),
    ('x text CHECK (x ~ ''^[A-Z]{2,3}-[0-9]+$'')', '{"pattern": "^[A-Z]{2,3}-[0-9]+$"}'),
    ('x text CHECK (x ~ ''^\d+$'')', '{}'),
    ('x text CHECK (x ~ ''a.b'')', '{}'),
    ('x text CHECK (x ~* ''^a$'')', '{}'),
    ('x text CHECK (x ~ ''^[[:alpha:]]+$'')', '{}'),
    ('x text CHECK (x ~ ''^(?i)a$'')', '{}'),
    ('x text[] CHECK (cardinality(x) BETWEEN 2 AND 3)', '{"items": {"type": ["string", "null"]}, "minItems": 1, "maxItems": 3}'),
    ('x text[] CHECK (array_length(x, 1) BETWEEN 2 AND 3)', '{"items": {"type": ["string", "null"]}, "maxItems": 3}'),
    ('x text, y text, CHECK (x <> '''' OR y <> '''')', '{}'),
    ('x text, y text, CHECK (x <> '''' AND x <> y)', '{"minLength": 1}'),
    ('x text CHECK (upper(x) = ''A'')', '{}'),
    ('x text CHECK (x > ''a'')', '{}'),
    ('x date CHECK (x > ''2020-01-01'')', '{}'),
    ('x char(3) CHECK (x IN (''a'', ''b''))', '{"maxLength": 3}')) AS d(definition, schema);

SELECT is(probe('x text CHECK (x IS NOT NULL)') -> 'type', '"string"', 'CHECK (... IS NOT NULL)');
SELECT probe('x text') \g /dev/null
ALTER TABLE probe ADD CHECK (x IN ('a', 'b')) NOT VALID;
SELECT is(property('probe', 'create', 'x') ? 'enum', true, 'a CHECK that is NOT VALID holds for what is written');
SELECT is(property('probe', 'read', 'x') ? 'enum', false, 'and not for what is there');

-- functions of somebody's own are not called
CREATE FUNCTION bomb(text) RETURNS text IMMUTABLE LANGUAGE plpgsql AS $$ BEGIN RAISE 'called'; END $$;
SELECT is(probe('x text DEFAULT bomb(''a'') CHECK (x <> bomb(''b''))'), '{"type": ["string", "null"]}',
    'functions of somebody''s own in DEFAULT and CHECK are left alone');

----------------------------------------------------------------------
-- Models
----------------------------------------------------------------------
CREATE TABLE secretive (LIKE todo_orm.owned INCLUDING ALL, open text NOT NULL, secret text NOT NULL DEFAULT 'x', computed text GENERATED ALWAYS AS (upper(open)) STORED,
    gone text, PRIMARY KEY (user_id, id), CHECK (secret <> 'open' AND open <> ''));
COMMENT ON COLUMN secretive.open IS E'"quotes", \\ and\nlines';
ALTER TABLE secretive DROP gone;
SELECT todo_orm.register_model('secretive', '{"hidden": ["secret"], "extra": "ignore"}') \g /dev/null
SELECT is(todo_orm.json_schema('secretive', s)::text ~ 'secret[^i]', false, 'a hidden column is in no schema: ' || s) FROM unnest('{read,create,update}'::text[]) s;
SELECT is(property('secretive', 'create', 'open'), jsonb_build_object('type', 'string', 'minLength', 1, 'description', E'"quotes", \\ and\nlines'), 'a COMMENT is escaped');
SELECT is(property('secretive', 'read', 'computed'), '{"type": ["string", "null"], "readOnly": true}', 'a generated column is read');
SELECT is(property('secretive', 'create', 'computed'), NULL, 'and never written');
SELECT is(todo_orm.json_schema('secretive', 'create')::jsonb -> 'additionalProperties', NULL, 'extra: ignore lets other members in');
SELECT is(todo_orm.json_schema('secretive', 'read')::jsonb -> 'additionalProperties', 'false', 'a row has no others all the same');

-- somebody's BEFORE ROW trigger sees the row before NOT NULL and CHECK do
CREATE FUNCTION fill() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.open := coalesce(NULLIF(NEW.open, ''), 'filled'); RETURN NEW; END $$;
CREATE TRIGGER fill BEFORE INSERT ON secretive FOR EACH ROW EXECUTE FUNCTION fill();
SELECT is(property('secretive', 'create', 'open') - 'description', '{"type": ["string", "null"]}', 'what a trigger may mend is not refused');
SELECT is(property('secretive', 'read', 'open') - 'description', '{"type": "string", "minLength": 1}', 'what is read has been checked');
SELECT is(todo_orm.json_schema('secretive', 'create')::jsonb ? 'required', false, 'nor is it required');
SELECT is((SELECT open FROM create_secretives('ann', '[{}]')), 'filled', 'as the functions have it');

CREATE VIEW open_task AS SELECT user_id, id, title, title || '!' AS loud FROM task WHERE NOT completed;
COMMENT ON COLUMN open_task.title IS 'of a view';
SELECT todo_orm.register_model('open_task', '{"key": ["id"]}') \g /dev/null
SELECT is(todo_orm.json_schema('open_task', 'create')::jsonb -> 'properties', '{"id": {"type": ["integer", "null"], "format": "int64"}, "title": {"type": ["string", "null"], "description": "of a view"}}',
    'a view is a model; what it computes is not written');

CREATE TABLE country (code char(2) PRIMARY KEY, name text NOT NULL);
SELECT todo_orm.register_model('country', '{"owner": null}') \g /dev/null
SELECT is(todo_orm.json_schema('country', 'create')::jsonb -> 'required', '["code", "name"]', 'a model without owner');

SET LOCAL todo_orm.json_bigint = string;
SELECT is(property('task', 'read', 'id'), '{"type": "string", "format": "int64", "pattern": "^-?[0-9]+$", "readOnly": true}', 'json_bigint = string: a bigint is read as a string');
SELECT is(property('task', 'create', 'conversation_id') - 'description', '{"type": ["integer", "string", "null"], "format": "int64", "pattern": "^-?[0-9]+$"}', 'and sent as either');
RESET todo_orm.json_bigint;

-- the settings of a session do not show
SELECT probe('x interval DEFAULT ''1 day'', y timestamptz DEFAULT ''2020-01-01 12:00+02'', z daterange DEFAULT ''[2020-01-02,2020-02-01)''') \g /dev/null
CREATE TEMPORARY TABLE before AS SELECT todo_orm.json_schema('probe', 'create')::text AS schema;
SET LOCAL timezone = 'Asia/Tokyo'; SET LOCAL intervalstyle = 'iso_8601'; SET LOCAL datestyle = 'German';
SELECT is(todo_orm.json_schema('probe', 'create')::text, schema, 'a default is written the same whatever the session''s settings') FROM before;
RESET timezone; RESET intervalstyle; RESET datestyle;

SELECT throws_ok($$SELECT todo_orm.json_schema('pg_class')$$, '55000', 'table "pg_class" is not registered');
SELECT throws_ok($$SELECT todo_orm.json_schema('task', 'delete')$$, '22023', 'unrecognized shape "delete"');
SELECT is(todo_orm.json_schema(NULL)::text, NULL, 'null of null');

SET LOCAL ROLE regress_stranger;
SELECT is(todo_orm.json_schema('public.task')::jsonb ->> 'title', 'task', 'who may read the catalog may read the contract');
RESET ROLE;

----------------------------------------------------------------------
-- Documents about a schema
----------------------------------------------------------------------
CREATE SCHEMA shop;
SET LOCAL search_path = shop, public, tap;
SELECT is(todo_orm.openapi()::jsonb -> 'paths', '{}', 'a schema without models has none');
CREATE TABLE shop.item (LIKE todo_orm.owned INCLUDING ALL, name text NOT NULL, price numeric(8,2) CHECK (price > 0), secret text, PRIMARY KEY (user_id, id));
SELECT todo_orm.register_model('shop.item', '{"hidden": ["secret"], "functions": ["create", "get", "list", "delete"]}') \g /dev/null
SELECT set_eq($$SELECT jsonb_object_keys(todo_orm.openapi()::jsonb -> 'paths')$$, '{/rpc/create_item,/rpc/get_item,/rpc/list_items,/rpc/delete_item}'::text[], 'the functions that there are, of the current schema');
SELECT is(todo_orm.openapi('shop')::text, todo_orm.openapi()::text, 'by name, too');
SELECT is(d ~ 'secret', false, 'a hidden column is in no document') FROM (VALUES (todo_orm.openapi()::text), (todo_orm.typescript()), (todo_orm.pydantic())) AS v(d);
SELECT is(d ~ 'create_task', false, 'nor is another schema''s model') FROM (VALUES (todo_orm.openapi()::text), (todo_orm.typescript()), (todo_orm.pydantic())) AS v(d);
SELECT is(todo_orm.openapi()::jsonb #> '{components,schemas}' ? 'ItemUpsert', false, 'no schema for what no function takes');

-- who may see them: as the catalog, everybody; nobody gains a right by it
SELECT todo_orm.openapi('shop')::text AS document \gset
SET LOCAL ROLE regress_stranger;
SET LOCAL search_path = tap;
SELECT todo_orm.openapi('shop')::text = :'document' AS same \gset
RESET ROLE;
SELECT tap.is(:'same'::boolean, true, 'a role without any right reads the same document');
CREATE TEMPORARY TABLE written AS SELECT todo_orm.typescript('shop') AS t, todo_orm.pydantic('shop') AS p, todo_orm.openapi('shop')::text AS o;
SET LOCAL timezone = 'Asia/Tokyo'; SET LOCAL intervalstyle = 'iso_8601';
SELECT tap.is(ARRAY[todo_orm.typescript('shop'), todo_orm.pydantic('shop'), todo_orm.openapi('shop')::text], ARRAY[t, p, o], 'the session''s settings do not show') FROM pg_temp.written;
RESET timezone; RESET intervalstyle;
SET LOCAL search_path = shop, public, tap;

-- functions of one's own in the schema of the extension are not called
CREATE FUNCTION todo_orm.models_of(schema name) RETURNS regclass[] LANGUAGE plpgsql AS $$ BEGIN RAISE 'called'; END $$;
CREATE FUNCTION todo_orm.models_of(schema oid) RETURNS regclass[] LANGUAGE plpgsql AS $$ BEGIN RAISE 'called'; END $$;
CREATE FUNCTION todo_orm.describe(model oid) RETURNS json LANGUAGE plpgsql AS $$ BEGIN RAISE 'called'; END $$;
CREATE FUNCTION todo_orm.openapi_of(title name, models regclass[]) RETURNS json LANGUAGE plpgsql AS $$ BEGIN RAISE 'called'; END $$;
SELECT is(todo_orm.typescript('shop'::regnamespace), t, 'functions of one''s own in schema todo_orm are not called') FROM written;
SELECT is(todo_orm.openapi('shop'::regnamespace)::text, o, 'by openapi, too') FROM written;
SELECT lives_ok($$SELECT todo_orm.fingerprint('item')$$, 'by fingerprint, too');

-- a function that no longer fits is none that a client could call
CREATE TABLE thing (LIKE todo_orm.owned INCLUDING ALL, a text NOT NULL, b text, PRIMARY KEY (user_id, id));
SELECT todo_orm.register_model('thing') \g /dev/null
ALTER TABLE thing RENAME b TO c;
SELECT is(todo_orm.openapi('shop')::jsonb -> 'paths' ? '/rpc/create_thing', false, 'a function that no longer fits is left out');
SELECT is(todo_orm.openapi('shop')::jsonb -> 'paths' ? '/rpc/get_thing', true, 'the others stay');
SELECT todo_orm.register_model('thing') \g /dev/null
SELECT is(todo_orm.openapi('shop')::jsonb #> '{paths,/rpc/create_thing,post,requestBody,content,application/json,schema,properties}' ? 'c', true, 'registered again it is there');
-- what cannot be called without a hidden column
CREATE TABLE veiled (LIKE todo_orm.owned INCLUDING ALL, a text NOT NULL, cloak text NOT NULL, PRIMARY KEY (user_id, id));
SELECT todo_orm.register_model('veiled', '{"plural": "veileds", "hidden": ["cloak"]}') \g /dev/null
SELECT is(todo_orm.openapi('shop')::jsonb -> 'paths' ? '/rpc/create_veiled', false, 'a function that takes a hidden column is left out');
SELECT is(todo_orm.openapi('shop')::text || todo_orm.typescript('shop') || todo_orm.pydantic('shop') ~ 'cloak', false, 'and the column is nowhere');

----------------------------------------------------------------------
-- Fingerprints
----------------------------------------------------------------------
-- the same on every version of PostgreSQL
\set fingerprint 8599b8854e798ccb8e2b7198e0e725e490d712f7b0ddeec6776b894edacbc8a5
SELECT is(todo_orm.fingerprint('item'), :'fingerprint', 'a fingerprint');
SELECT is(todo_orm.fingerprint(NULL), NULL, 'of null');
SET LOCAL todo_orm.json_bigint = string; SET LOCAL search_path = tap;
SELECT tap.is(todo_orm.fingerprint('shop.item'), :'fingerprint', 'whatever the session''s settings');
RESET todo_orm.json_bigint;
SET LOCAL search_path = shop, public, tap;

-- Does it move with a change, and come back when that is undone?
CREATE FUNCTION pg_temp.moves(change text, undo text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    before text := todo_orm.fingerprint('shop.item');
    after  text;
BEGIN
    EXECUTE change;
    after := todo_orm.fingerprint('shop.item');
    EXECUTE undo;
    RETURN concat_ws(', ', CASE WHEN after = before THEN 'stays' ELSE 'moves' END,
                     CASE WHEN todo_orm.fingerprint('shop.item') <> before THEN 'and does not come back' END);
END $$;
SELECT is(pg_temp.moves(v.change, v.undo), v.expected, v.expected || ': ' || v.change) FROM (VALUES
    ('ALTER TABLE item ALTER name DROP NOT NULL', 'ALTER TABLE item ALTER name SET NOT NULL', 'moves'),
    ('ALTER TABLE item ALTER price TYPE numeric(9,2)', 'ALTER TABLE item ALTER price TYPE numeric(8,2)', 'moves'),
    ('ALTER TABLE item ALTER name SET DEFAULT ''x''', 'ALTER TABLE item ALTER name DROP DEFAULT', 'moves'),
    ('ALTER TABLE item ADD CONSTRAINT odd CHECK (upper(name) = name)', 'ALTER TABLE item DROP CONSTRAINT odd', 'moves'),
    ('ALTER TABLE item ADD CONSTRAINT one UNIQUE (user_id, name)', 'ALTER TABLE item DROP CONSTRAINT one', 'moves'),
    ('CREATE UNIQUE INDEX one ON item (user_id, lower(name))', 'DROP INDEX one', 'moves'),
    ('COMMENT ON COLUMN item.name IS ''what it is called''', 'COMMENT ON COLUMN item.name IS NULL', 'moves'),
    ('SELECT todo_orm.register_model(''item'', ''{"sort": "name"}'')', 'SELECT todo_orm.register_model(''item'', ''{"sort": null}'')', 'moves'),
    ('SELECT todo_orm.register_model(''item'', ''{"scopes": {"cheap": {"price": 1}}}'')', 'SELECT todo_orm.register_model(''item'', ''{"scopes": {}}'')', 'moves'),
    ('SELECT todo_orm.register_model(''item'', ''{"extra": "ignore"}'')', 'SELECT todo_orm.register_model(''item'', ''{"extra": "forbid"}'')', 'moves'),
    ('SELECT todo_orm.register_model(''item'', ''{"functions": ["get"]}'')', 'SELECT todo_orm.register_model(''item'', ''{"functions": ["create", "get", "list", "delete"]}'')', 'moves'),
    ('CREATE INDEX slow ON item (user_id, name)', 'DROP INDEX slow', 'stays'),
    ('ALTER TABLE item ADD CONSTRAINT hidden CHECK (secret <> ''x'')', 'ALTER TABLE item DROP CONSTRAINT hidden', 'stays'),
    ('ALTER TABLE item ALTER secret SET DEFAULT ''x''', 'ALTER TABLE item ALTER secret DROP DEFAULT', 'stays'),
    ('ANALYZE item', 'ANALYZE item', 'stays'),
    ('SELECT todo_orm.grant_access(''item'', ''regress_stranger'')', 'SELECT todo_orm.revoke_access(''item'', ''regress_stranger'')', 'stays')) AS v(change, undo, expected);
SELECT throws_ok($$SELECT todo_orm.fingerprint('pg_class')$$, '55000', 'table "pg_class" is not registered', 'of what is no model');
SET LOCAL search_path = public, tap;

-- options that no longer fit
ALTER TABLE secretive DROP secret CASCADE;
SELECT throws_ok($$SELECT todo_orm.openapi('public')$$, '55000', 'option "hidden" of model "secretive" names column "secret", which does not exist', 'and no document is made without it');
SELECT throws_ok($$SELECT todo_orm.json_schema('secretive')$$, '55000', 'option "hidden" of model "secretive" names column "secret", which does not exist');

SELECT * FROM finish();
ROLLBACK;
