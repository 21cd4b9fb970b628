-- todo_orm.apply: a unit of work on several models in one call (SPEC 7, 8)
BEGIN;
SELECT * FROM no_plan();
SET LOCAL client_min_messages = warning;
CREATE ROLE regress_app;
CREATE ROLE regress_clerk;
CREATE ROLE regress_stranger;

\ir include/refuses.psql

-- What a call answers: its results; or the SQLSTATE, with the places of the errors or else the message.
CREATE FUNCTION pg_temp.answer(operations jsonb, who text DEFAULT 'ann', role text DEFAULT 'none') RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    answer text; found_state text; found_detail text;
BEGIN
    EXECUTE format('SET LOCAL ROLE %s', role);
    answer := todo_orm.apply(who, operations);
    RESET ROLE;
    RETURN answer;
EXCEPTION WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS found_state = RETURNED_SQLSTATE, found_detail = PG_EXCEPTION_DETAIL;
    RETURN found_state || CASE WHEN found_detail ~ '^\[' THEN (SELECT string_agg(' ' || (e ->> 'loc'), '' ORDER BY e -> 'loc') FROM jsonb_array_elements(found_detail::jsonb) e) ELSE ' ' || SQLERRM END;
END
$$;
-- the line of an error's CONTEXT that names the operation
CREATE FUNCTION pg_temp.context(operations jsonb) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    answer text;
BEGIN
    PERFORM todo_orm.apply('ann', operations);
    RETURN 'no error';
EXCEPTION WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS answer = PG_EXCEPTION_CONTEXT;
    RETURN (regexp_match(answer, 'operation \d+ of todo_orm.apply'))[1];
END
$$;

CREATE TABLE post (LIKE todo_orm.owned INCLUDING ALL, LIKE todo_orm.soft_delete INCLUDING ALL, LIKE todo_orm.versioned INCLUDING ALL,
    title text NOT NULL CHECK (title <> '') DEFAULT 'untitled', nr bigint, data jsonb, secret text, PRIMARY KEY (user_id, id), UNIQUE (user_id, nr));
CREATE TABLE comment (LIKE todo_orm.owned INCLUDING ALL, post_id bigint NOT NULL, body text, PRIMARY KEY (user_id, id), FOREIGN KEY (user_id, post_id) REFERENCES post);
CREATE TABLE tag (LIKE todo_orm.owned INCLUDING ALL, name text, PRIMARY KEY (user_id, id));
CREATE TABLE post_tag (user_id text COLLATE "C" NOT NULL, post_id bigint, tag_id bigint, PRIMARY KEY (user_id, post_id, tag_id),
    FOREIGN KEY (user_id, post_id) REFERENCES post, FOREIGN KEY (user_id, tag_id) REFERENCES tag);
SELECT todo_orm.register_model('post', '{"hidden": ["secret"]}') \g /dev/null
SELECT todo_orm.register_model('comment') \g /dev/null
SELECT todo_orm.register_model('tag') \g /dev/null
CREATE FUNCTION pg_temp.stored() RETURNS text LANGUAGE sql AS $$
    SELECT concat_ws('; ', (SELECT string_agg(concat_ws(' ', user_id, id, title, nr, CASE WHEN deleted_at IS NOT NULL THEN 'deleted' END), ', ' ORDER BY user_id, id) FROM post),
                     (SELECT string_agg(concat_ws(' ', user_id, post_id, body), ', ' ORDER BY user_id, id) FROM comment),
                     (SELECT string_agg(concat_ws('-', post_id, tag_id), ', ' ORDER BY post_id, tag_id) FROM post_tag)) $$;

----------------------------------------------------------------------
-- each operation, and its result
----------------------------------------------------------------------

SELECT is(todo_orm.apply('ann', '[]'), '[]', 'nothing');
SELECT is(todo_orm.apply('ann', '[{"op": "create", "model": "post", "values": {"title": "one", "nr": 1}}]'),
    '[{"id": 1, "user_id": "ann", "deleted_at": null, "version": 1, "title": "one", "nr": 1, "data": null}]', 'create: the row; hidden columns are not shown');
SELECT is(todo_orm.apply('ann', '[{"op": "create", "model": "tag", "values": [{"name": "a"}, {"name": "b"}]}, {"op": "create", "model": "tag", "values": []}]'),
    '[[{"id": 1, "user_id": "ann", "name": "a"}, {"id": 2, "user_id": "ann", "name": "b"}], []]', 'create: the rows of an array');
SELECT is(todo_orm.apply('ann', '[{"op": "create", "model": "tag", "values": [{"name": "c"}]}]') #> '{0,0,name}', '"c"', 'an array of one is an array');
SELECT is(todo_orm.apply('ann', '[{"op": "get", "model": "post", "key": 1}, {"op": "get", "model": "post", "key": 99}]') #>> '{}',
    '[{"id": 1, "nr": 1, "data": null, "title": "one", "user_id": "ann", "version": 1, "deleted_at": null}, null]', 'get: the row, null where there is none');
SELECT is(todo_orm.apply('ann', '[{"op": "update", "model": "post", "key": 1, "values": {"title": "One", "nr": null}}, {"op": "update", "model": "post", "key": 99, "values": {"title": "x"}}]') #>> '{}',
    '[{"id": 1, "nr": null, "data": null, "title": "One", "user_id": "ann", "version": 2, "deleted_at": null}, null]', 'update');
SELECT is(todo_orm.apply('ann', '[{"op": "update", "model": "post", "key": "1", "values": {}, "if_version": 2}]') #> '{0,version}', '2', 'update: if_version; a key as text');
SELECT is(todo_orm.apply('ann', '[{"op": "upsert", "model": "post", "values": {"nr": 7, "title": "new"}, "on_key": ["nr"]}, {"op": "upsert", "model": "post", "values": {"nr": 7, "title": "again"}, "on_key": ["nr"]},
                                  {"op": "upsert", "model": "post", "values": {"id": 1, "title": "one"}}]') @@ '$[0].id == 2 && $[1].id == 2 && $[1].title == "again" && $[2].title == "one"', true, 'upsert');
SELECT is(todo_orm.apply('ann', '[{"op": "soft_delete", "model": "post", "key": 1}, {"op": "soft_delete", "model": "post", "key": 1}, {"op": "get", "model": "post", "key": 1}, {"op": "restore", "model": "post", "key": 1}, {"op": "restore", "model": "post", "key": 1}]')
    @@ '$[0] == true && $[1] == false && $[2] == null && $[3].id == 1 && $[4] == null', true, 'soft_delete, restore');
SELECT is(todo_orm.apply('ann', '[{"op": "link", "model": "post", "relationship": "tags", "key": 1, "ids": [1, 2, "2"]}, {"op": "unlink", "model": "post", "relationship": "tags", "key": 1, "ids": [1, 99]},
                                  {"op": "set", "model": "tag", "relationship": "posts", "key": 3, "ids": [1, 2]}, {"op": "set", "model": "tag", "relationship": "posts", "key": 3, "ids": []}]'), '[2, 1, 2, 2]', 'link, unlink, set');
SELECT is(todo_orm.apply('ann', '[{"op": "unlink", "model": "post", "relationship": "tags", "key": 1, "ids": [1, 2]}, {"op": "delete", "model": "tag", "key": 3}, {"op": "delete", "model": "tag", "key": 3}]'), '[1, true, false]', 'delete');
SELECT is(pg_temp.stored(), 'ann 1 one, ann 2 again 7', 'what is stored');
SELECT is(todo_orm.apply('ann', '[{"op": "get", "as": null, "model": "post", "key": 99, "required": null, "values": null, "ids": null}]'), '[null]', 'null is as good as left out');
SELECT is(todo_orm.apply('ann', '[{"op": "create", "model": "post", "values": {"title": "x", "nr": null, "data": null}}]') #> '{0,title}', '"x"', 'in values null is a value');
SELECT is(pg_temp.answer('[{"op": "create", "model": "post", "values": {"title": null}}]'), '22023 [0, "values", "title"]', 'not the default');
DELETE FROM post WHERE id > 2;

----------------------------------------------------------------------
-- references
----------------------------------------------------------------------

SELECT is(todo_orm.apply('ann', '[
    {"op": "create", "model": "post", "as": "p", "values": {"title": "p", "nr": 9007199254740993}},
    {"op": "create", "model": "tag", "as": "tags", "values": [{"name": "x"}, {"name": "y"}]},
    {"op": "create", "model": "comment", "as": "_C1", "values": [{"post_id": "$p.id", "body": "first"}, {"post_id": "$p.id", "body": "$tags.1.name"}]},
    {"op": "link", "model": "post", "relationship": "tags", "key": "$p.id", "ids": ["$tags.0.id", "$tags.1.id", 1]},
    {"op": "update", "model": "post", "key": "$_C1.0.post_id", "if_version": "$p.version", "values": {"data": {"nr": "$p.nr", "of": ["$p.user_id", {"deep": "$_C1.1.body"}, "$p.deleted_at"], "$p.id": 1}}, "as": "q"},
    {"op": "upsert", "model": "post", "values": {"id": "$q.id", "title": "$p.title", "data": "$q.data"}},
    {"op": "get", "model": "post", "key": "$q.id"}]') -> 6 -> 'data',
    '{"nr": 9007199254740993, "of": ["ann", {"deep": "y"}, null], "$p.id": 1}', 'in values at any depth, in key, ids and if_version; no digit is lost; keys of objects are none');
SELECT is(pg_temp.stored(), format('ann 1 one, ann 2 again 7, ann %s p 9007199254740993; ann %1$s first, ann %1$s y; %1$s-1, %1$s-%2$s, %1$s-%3$s', p, t - 1, t), 'and stored')
  FROM (SELECT max(id) AS p FROM post) p, (SELECT max(id) AS t FROM tag) t;
SELECT is(todo_orm.apply('ann', format('[{"op": "get", "model": "post", "key": %s, "as": "p"}, {"op": "create", "model": "tag", "values": {"name": %s}}]', (SELECT max(id) FROM post), to_json(written))::jsonb) #>> '{1,name}', meant, 'a text: ' || written)
  FROM (VALUES ('$$p.id', '$p.id'), ('$$', '$'), ('$$$p.title', '$$p.title'), ('x$p.id', 'x$p.id'), (' $p.id', ' $p.id'), ('$p.title', 'p'), ('{"a": "$p.id"}', '{"a": "$p.id"}'), ('', '')) AS texts (written, meant);
-- what a row holds is no reference
SELECT is(todo_orm.apply('ann', '[{"op": "create", "model": "post", "as": "p", "values": {"title": "$$q.id"}}, {"op": "create", "model": "tag", "as": "q", "values": {"name": "$p.title"}}, {"op": "create", "model": "tag", "values": {"name": "$q.name"}}]') #>> '{2,name}', '$q.id', 'what stands in a row is a text');
SET LOCAL todo_orm.json_bigint = string;
SELECT is(todo_orm.apply('ann', '[{"op": "create", "model": "post", "as": "p", "values": {"nr": 9223372036854775807}}, {"op": "update", "model": "post", "key": "$p.id", "values": {"nr": "$p.nr"}}, {"op": "delete", "model": "post", "key": "$p.id"}]')
    @@ '$[0].nr == "9223372036854775807" && $[1].nr == "9223372036854775807" && $[2] == true', true, 'bigint as string');
RESET todo_orm.json_bigint;

SELECT is(pg_temp.answer(format('[{"op": "get", "model": "post", "key": 1, "as": "p"}, {"op": "create", "model": "tag", "as": "m", "values": [{}, {}]}, {"op": "delete", "model": "tag", "key": 99}, {"op": "create", "model": "tag", "as": "t", "values": {"name": %s}}, {"op": "get", "model": "tag", "key": 1, "as": "z"}]', to_json(bad))::jsonb),
          '22023 [3, "values", "name"]', 'no reference: ' || bad)
  FROM unnest('{$,$p,$p.,$.id,$p.nope,$p.secret,$P.id,$p.0.id,$p.id.id,"$ p.id","$p .id",$p.ctid,$p.tableoid,$m.id,$m,$m.,$m.0,$m.2.id,$m.-1.id,$m.+1.id,$m. 1.id,$m.1x.id,$m.99999999999999999999.id,$m.0.nope,$t.name,$z.id,$0.id,$conv,$p\"; DROP TABLE post.id}'::text[]) bad;
SELECT is(pg_temp.answer(format('[{"op": "get", "model": "post", "key": 99, "as": "none"}, %s]', operation)::jsonb), 'P0002 ' || place, 'a row that was not there: ' || place)
  FROM (VALUES ('{"op": "get", "model": "post", "key": "$none.id"}', '[1, "key"]'), ('{"op": "create", "model": "tag", "values": [{}, {"name": "$none.title"}]}', '[1, "values", 1, "name"]'),
               ('{"op": "link", "model": "post", "relationship": "tags", "key": 1, "ids": [1, "$none.id"]}', '[1, "ids", 1]')) AS o (operation, place);
SELECT is(pg_temp.answer('[{"op": "get", "model": "post", "key": 1, "as": "p"}, {"op": "get", "model": "post", "key": "$p.data"}]'), '22023 [1, "key"]', 'a reference that is null as a key');
SELECT is(pg_temp.answer('[{"op": "get", "model": "post", "key": 1, "as": "p"}, {"op": "update", "model": "post", "key": 1, "values": {"title": "x"}, "if_version": "$p.data"}]'), '22023 [1, "if_version"]', 'or as a version');
SELECT is(pg_temp.answer('[{"op": "get", "model": "post", "key": 1, "as": "p"}, {"op": "update", "model": "post", "key": 1, "values": {"nr": "$p.title"}}]'), '22023 [1, "values", "nr"]', 'a reference of another type');

----------------------------------------------------------------------
-- the list is checked as a whole, before anything is run
----------------------------------------------------------------------

SELECT pg_temp.refuses($$ SELECT todo_orm.apply('ann', '[{"op": "delete", "model": "post", "key": 1}, 7, {"op": "explode", "model": "post"}, {"model": "post"}, {"op": "get", "model": 7, "key": 1, "color": "red"}, {"op": "create", "model": "post"}]') $$, '22023', '[
    {"loc": [1], "type": "type", "msg": "expected object, got number", "input": 7},
    {"loc": [2, "op"], "type": "value", "msg": "unrecognized operation \"explode\"", "input": "explode"},
    {"loc": [3, "op"], "type": "missing", "msg": "field required", "input": null},
    {"loc": [4, "color"], "type": "unexpected", "msg": "unexpected field", "input": "red"},
    {"loc": [4, "model"], "type": "type", "msg": "expected string, got number", "input": 7},
    {"loc": [5, "values"], "type": "missing", "msg": "field required", "input": null}]', 'every mistake at once');
SELECT isnt((SELECT id FROM get_post('ann', 1)), NULL, 'and nothing was done');
SELECT is(pg_temp.answer(format('[%s]', operation)::jsonb), '22023 ' || places, operation)
  FROM (VALUES
    ('{"op": null, "model": "post"}', '[0, "op"]'), ('{"op": ["get"], "model": "post"}', '[0, "op"]'), ('{"op": "GET", "model": "post", "key": 1}', '[0, "op"]'), ('{"op": "list", "model": "post"}', '[0, "op"]'), ('{}', '[0, "op"]'),
    ('{"op": "get", "key": 1}', '[0, "model"]'), ('{"op": "get", "model": null, "key": 1}', '[0, "model"]'), ('{"op": "get", "model": "", "key": 1}', '[0, "model"]'), ('{"op": "get", "model": "nope", "key": 1}', '[0, "model"]'),
    ('{"op": "get", "model": "post_tag", "key": 1}', '[0, "model"]'), ('{"op": "get", "model": "pg_class", "key": 1}', '[0, "model"]'), ('{"op": "get", "model": "nowhere.post", "key": 1}', '[0, "model"]'), ('{"op": "get", "model": "a.b.c.post", "key": 1}', '[0, "model"]'),
    ('{"op": "get", "model": "post; DROP TABLE post", "key": 1}', '[0, "model"]'), ('{"op": "get", "model": "\"post", "key": 1}', '[0, "model"]'), ('{"op": "get", "model": "post_pkey", "key": 1}', '[0, "model"]'), ('{"op": "get", "model": "$p.id", "key": 1}', '[0, "model"]'),
    ('{"op": "get", "model": "post"}', '[0, "key"]'), ('{"op": "get", "model": "post", "key": null}', '[0, "key"]'), ('{"op": "get", "model": "post", "key": true}', '[0, "key"]'), ('{"op": "get", "model": "post", "key": [1]}', '[0, "key"]'),
    ('{"op": "get", "model": "post", "key": {"id": 1}}', '[0, "key"]'), ('{"op": "get", "model": "post", "key": "x"}', '[0, "key"]'), ('{"op": "get", "model": "post", "key": 1.5}', '[0, "key"]'), ('{"op": "get", "model": "post", "key": 1e30}', '[0, "key"]'), ('{"op": "get", "model": "post", "key": ""}', '[0, "key"]'),
    ('{"op": "get", "model": "post", "key": 1, "values": {}}', '[0, "values"]'), ('{"op": "get", "model": "post", "key": 1, "as": 7}', '[0, "as"]'), ('{"op": "get", "model": "post", "key": 1, "as": ""}', '[0, "as"]'), ('{"op": "get", "model": "post", "key": 1, "as": "1p"}', '[0, "as"]'),
    ('{"op": "get", "model": "post", "key": 1, "as": "a.b"}', '[0, "as"]'), ('{"op": "get", "model": "post", "key": 1, "as": "$p"}', '[0, "as"]'), ('{"op": "get", "model": "post", "key": 1, "required": "yes"}', '[0, "required"]'),
    ('{"op": "delete", "model": "post", "key": 1, "as": "p"}', '[0, "as"]'), ('{"op": "create", "model": "post", "values": {}, "key": 1}', '[0, "key"]'), ('{"op": "create", "model": "post", "values": {}, "required": true}', '[0, "required"]'),
    ('{"op": "create", "model": "post", "values": "x"}', '[0, "values"]'), ('{"op": "create", "model": "post", "values": null}', '[0, "values"]'), ('{"op": "create", "model": "post", "values": [{}, 7, null, []]}', '[0, "values", 1] [0, "values", 2] [0, "values", 3]'),
    ('{"op": "update", "model": "post", "key": 1, "values": [{"title": "x"}]}', '[0, "values"]'), ('{"op": "upsert", "model": "post", "values": [{"title": "x"}]}', '[0, "values"]'), ('{"op": "update", "model": "post", "key": 1}', '[0, "values"]'),
    ('{"op": "update", "model": "post", "key": 1, "values": {}, "if_version": true}', '[0, "if_version"]'), ('{"op": "update", "model": "post", "key": 1, "values": {}, "if_version": "x"}', '[0, "if_version"]'), ('{"op": "update", "model": "tag", "key": 1, "values": {}, "if_version": 1}', '[0, "if_version"]'),
    ('{"op": "upsert", "model": "post", "values": {"nr": 1}, "on_key": "nr"}', '[0, "on_key"]'), ('{"op": "upsert", "model": "post", "values": {"nr": 1}, "on_key": ["nr", 7]}', '[0, "on_key", 1]'), ('{"op": "upsert", "model": "post", "values": {"nr": 1}, "on_key": ["title"]}', '[0, "on_key"]'),
    ('{"op": "upsert", "model": "post", "values": {"nr": 1}, "on_key": ["secret"]}', '[0, "on_key"]'), ('{"op": "soft_delete", "model": "tag", "key": 1}', '[0, "op"]'), ('{"op": "restore", "model": "tag", "key": 1}', '[0, "op"]'),
    ('{"op": "link", "model": "post", "key": 1, "ids": []}', '[0, "relationship"]'), ('{"op": "link", "model": "post", "relationship": "comments", "key": 1, "ids": []}', '[0, "relationship"]'), ('{"op": "link", "model": "tag", "relationship": "nope", "key": 1, "ids": []}', '[0, "relationship"]'),
    ('{"op": "link", "model": "post", "relationship": "tags", "key": 1}', '[0, "ids"]'), ('{"op": "link", "model": "post", "relationship": "tags", "key": 1, "ids": 1}', '[0, "ids"]'), ('{"op": "set", "model": "post", "relationship": "tags", "key": 1, "ids": null}', '[0, "ids"]'),
    ('{"op": "set", "model": "post", "relationship": "tags", "key": 1, "ids": [1, "x", true, 2.5]}', '[0, "ids", 1] [0, "ids", 2] [0, "ids", 3]'), ('{"op": "get", "model": "post", "key": 1, "as": "p"}, {"op": "get", "model": "post", "key": 1, "as": "p"}', '[1, "as"]')
  ) AS bad (operation, places);
SELECT is(pg_temp.answer(operations), '22023 []', 'no list: ' || coalesce(operations::text, 'null')) FROM unnest(ARRAY['null', '"x"', '{}', '7', NULL]::jsonb[]) operations;
SELECT is((SELECT count(*) FROM regexp_matches(pg_temp.answer((SELECT jsonb_agg(i) FROM generate_series(1, 500) i)), '\]', 'g')), 100::bigint, 'of many mistakes a hundred, the last one says that there are more');

----------------------------------------------------------------------
-- errors of the operations
----------------------------------------------------------------------

SELECT is(pg_temp.answer(format('[{"op": "create", "model": "tag", "values": {}}, %s]', operation)::jsonb), answer, operation)
  FROM (VALUES
    ('{"op": "create", "model": "post", "values": {"titel": "x", "nr": "x"}}', '22023 [1, "values", "nr"] [1, "values", "titel"]'),
    ('{"op": "create", "model": "post", "values": [{"title": "x"}, {"title": "", "loc": [1]}]}', '22023 [1, "values", 1, "loc"] [1, "values", 1, "title"]'),
    ('{"op": "create", "model": "post", "values": {"data": [{"loc": ["x"]}, "]}{\"loc\": ["], "nr": [{"loc": ["x"]}]}}', '22023 [1, "values", "nr"]'),
    ('{"op": "create", "model": "comment", "values": {"post_id": 99}}', '23503 [1, "values", "post_id"]'), ('{"op": "create", "model": "comment", "values": {}}', '22023 [1, "values", "post_id"]'),
    ('{"op": "create", "model": "post", "values": {"nr": 7}}', '23505 [1, "values", "nr"]'), ('{"op": "update", "model": "post", "key": 1, "values": {"nr": 7}}', '23505 [1, "values", "nr"]'),
    ('{"op": "update", "model": "post", "key": 1, "values": {"id": 7, "user_id": "bob", "title": null}}', '22023 [1, "values", "id"] [1, "values", "title"] [1, "values", "user_id"]'),
    ('{"op": "upsert", "model": "post", "values": {"nr": 7, "title": ""}, "on_key": ["nr"]}', '22023 [1, "values", "title"]'),
    ('{"op": "update", "model": "post", "key": 1, "values": {"title": "x"}, "if_version": 77}', 'TO409 "post" has been changed by somebody else'),
    ('{"op": "delete", "model": "post", "key": 1, "if_version": 77}', 'TO409 "post" has been changed by somebody else'),
    ('{"op": "soft_delete", "model": "post", "key": 1, "if_version": 77}', 'TO409 "post" has been changed by somebody else'),
    ('{"op": "link", "model": "post", "relationship": "tags", "key": 99, "ids": [1]}', '23503 [1, "key", "id"]'), ('{"op": "link", "model": "post", "relationship": "tags", "key": 1, "ids": [1, 99, null]}', '23503 [1, "ids", 1] [1, "ids", 2]'),
    ('{"op": "delete", "model": "post", "key": ' || (SELECT min(post_id) FROM comment) || '}', '23503 [1]'),
    ('{"op": "get", "model": "post", "key": 99, "required": true}', 'P0002 [1, "key"]'), ('{"op": "update", "model": "post", "key": 99, "values": {"title": "x"}, "required": true}', 'P0002 [1, "key"]'),
    ('{"op": "delete", "model": "post", "key": 99, "required": true}', 'P0002 [1, "key"]'), ('{"op": "soft_delete", "model": "post", "key": 99, "required": true}', 'P0002 [1, "key"]'), ('{"op": "restore", "model": "post", "key": 1, "required": true}', 'P0002 [1, "key"]')
  ) AS bad (operation, answer);
SELECT is(pg_temp.answer('[{"op": "update", "model": "post", "key": 1, "values": {}, "required": true}, {"op": "get", "model": "post", "key": 99, "required": false}]') ~ '^\[\{.*null\]$', true, 'required: a row that is there is enough');
-- the other fields of an error
CREATE FUNCTION pg_temp.fields(operations jsonb) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    s text; t text; c text; n text; h text;
BEGIN
    PERFORM todo_orm.apply('ann', operations);
EXCEPTION WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS s = SCHEMA_NAME, t = TABLE_NAME, c = COLUMN_NAME, n = CONSTRAINT_NAME, h = PG_EXCEPTION_HINT;
    RETURN array_to_string(array_remove(ARRAY[SQLSTATE, SQLERRM, s, t, c, n, h], ''), '|');
END
$$;
SELECT is(pg_temp.fields('[{"op": "create", "model": "post", "values": {"nr": 7}}]'), '23505|duplicate key value violates unique constraint "post_user_id_nr_key"|public|post|nr|post_user_id_nr_key', 'message and fields stay');
SELECT is(pg_temp.fields('[{"op": "link", "model": "post", "relationship": "nope", "key": 1, "ids": []}]'),
          '22023|invalid operations: [0].relationship: "post" has no many-to-many relationship of that name|Many-to-many relationships of "post": "tags".', 'the relationships there are');
SELECT is(pg_temp.fields('[{"op": "create", "model": "tag", "values": {"name": "$5 off"}}]'), '22023|invalid operations: [0].values.name: there is no earlier operation of that name|Write "$$" for a text that begins with "$".', 'how a text is written');
SELECT is(pg_temp.fields('[{"op": "get", "model": "post", "key": 99, "required": true}]'), 'P0002|no such row of "post"', 'a row that is not there');
SELECT is(pg_temp.context('[{"op": "create", "model": "tag", "values": {}}, {"op": "create", "model": "post", "values": {"nr": 7}}]'), 'operation 1 of todo_orm.apply', 'CONTEXT names the operation');

-- errors of other classes pass unchanged
CREATE FUNCTION grumble() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.name = 'own' THEN RAISE EXCEPTION USING ERRCODE = 'XY123', MESSAGE = 'not today', DETAIL = 'because', HINT = 'tomorrow'; END IF;
    IF NEW.name = 'brackets' THEN RAISE EXCEPTION USING ERRCODE = '22023', MESSAGE = 'odd', DETAIL = '[{"loc": ["x"'; END IF;
    IF NEW.name = 'retry' THEN RAISE EXCEPTION USING ERRCODE = '40001', MESSAGE = 'again'; END IF;
    IF NEW.name = 'row' THEN RETURN NULL; END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER grumble BEFORE INSERT ON tag FOR EACH ROW EXECUTE FUNCTION grumble();
SELECT is(pg_temp.fields('[{"op": "create", "model": "tag", "values": {"name": "own"}}]'), 'XY123|not today|tomorrow', 'a trigger''s error');
SELECT is(pg_temp.context('[{"op": "create", "model": "tag", "values": {"name": "own"}}]'), 'operation 0 of todo_orm.apply', 'with the operation');
SELECT is(pg_temp.fields('[{"op": "create", "model": "tag", "values": {"name": "brackets"}}]'), '22023|odd', 'a detail that looks like ours and is none');
SELECT is(pg_temp.answer('[{"op": "create", "model": "tag", "values": {"name": "retry"}}]'), '40001 again', 'a serialization failure');
SELECT is(pg_temp.answer('[{"op": "create", "model": "tag", "values": {"name": "row"}}, {"op": "create", "model": "tag", "values": [{"name": "row"}]}]'), '[null, []]', 'a row that a trigger held back');
SELECT is(pg_temp.answer('[{"op": "create", "model": "tag", "as": "t", "values": [{"name": "x"}, {"name": "row"}]}, {"op": "get", "model": "tag", "key": "$t.1.id"}]'), 'P0002 [1, "key"]', 'is no row to refer to');
DROP TRIGGER grumble ON tag;

-- all or nothing
SELECT pg_temp.stored() AS stored, (SELECT count(*) FROM tag) AS tags \gset
SELECT is(pg_temp.answer('[{"op": "create", "model": "post", "as": "p", "values": {"title": "x"}}, {"op": "create", "model": "comment", "values": {"post_id": "$p.id"}}, {"op": "link", "model": "post", "relationship": "tags", "key": "$p.id", "ids": [1]}, {"op": "delete", "model": "tag", "key": 99, "required": true}]'), 'P0002 [3, "key"]', 'the last one fails');
SELECT is(pg_temp.stored() || (SELECT count(*) FROM tag), :'stored' || :'tags', 'all is as it was');

----------------------------------------------------------------------
-- owners
----------------------------------------------------------------------

INSERT INTO post (user_id, id, title, nr) VALUES ('bob', 100, 'his', 100);
INSERT INTO tag (user_id, id, name) VALUES ('bob', 100, 'his');
SELECT pg_temp.stored() AS stored \gset
SELECT is(pg_temp.answer(format('[%s]', operation)::jsonb), answer, 'another owner''s: ' || operation)
  FROM (VALUES
    ('{"op": "get", "model": "post", "key": 100}', '[null]'), ('{"op": "update", "model": "post", "key": 100, "values": {"title": "mine"}}', '[null]'), ('{"op": "delete", "model": "post", "key": 100}', '[false]'),
    ('{"op": "soft_delete", "model": "post", "key": 100}', '[false]'), ('{"op": "restore", "model": "post", "key": 100}', '[null]'), ('{"op": "create", "model": "comment", "values": {"post_id": 100}}', '23503 [0, "values", "post_id"]'),
    ('{"op": "link", "model": "post", "relationship": "tags", "key": 100, "ids": [1]}', '23503 [0, "key", "id"]'), ('{"op": "link", "model": "post", "relationship": "tags", "key": 1, "ids": [100]}', '23503 [0, "ids", 0]'), ('{"op": "unlink", "model": "post", "relationship": "tags", "key": 100, "ids": [100]}', '[0]'),
    ('{"op": "create", "model": "post", "values": {"user_id": "bob"}}', '22023 [0, "values", "user_id"]'), ('{"op": "get", "model": "post", "key": 1, "user_id": "bob"}', '22023 [0, "user_id"]'),
    ('{"op": "get", "model": "post", "key": 1, "as": "p"}, {"op": "create", "model": "tag", "values": {"name": "$p.nr", "user_id": "$p.user_id"}}', '22023 [1, "values", "user_id"]')
  ) AS foreign_rows (operation, answer);
SELECT is(pg_temp.stored(), :'stored', 'and stays as it was');
SELECT is(pg_temp.answer('[{"op": "get", "model": "post", "key": 1}]', owner), answer, 'owner: ' || coalesce(owner, 'null')) FROM (VALUES (NULL, '22004 owner "user_id" must not be null'), ('', '22004 owner "user_id" must not be empty'), ('eve', '[null]')) AS o (owner, answer);
SELECT set_config('todo_orm.user_id', 'bob', true) \g /dev/null
SELECT is(pg_temp.answer('[{"op": "get", "model": "post", "key": 1}]'), '42501 permission denied for the rows of another owner', 'the identity is another');
SELECT is(pg_temp.answer('[{"op": "get", "model": "post", "key": 100}]', 'bob') ~ 'his', true, 'the identity is this one');
SELECT set_config('todo_orm.user_id', '', true), set_config('todo_orm.require_user_id', 'on', true) \g /dev/null
SELECT is(pg_temp.answer('[{"op": "get", "model": "post", "key": 1}]'), '42501 setting "todo_orm.user_id" is not set', 'no identity where one is required');
SELECT set_config('todo_orm.require_user_id', 'off', true) \g /dev/null

----------------------------------------------------------------------
-- rights
----------------------------------------------------------------------

SELECT todo_orm.grant_access('post', 'regress_app'), todo_orm.grant_access('tag', 'regress_app') \g /dev/null
GRANT EXECUTE ON FUNCTION create_tag, get_post(text, bigint) TO regress_clerk;
SELECT is(pg_temp.answer('[{"op": "get", "model": "post", "key": 1}, {"op": "create", "model": "tag", "values": {"name": "by app"}}, {"op": "link", "model": "post", "relationship": "tags", "key": 1, "ids": [1]}]', role => 'regress_app') ~ 'by app', true, 'a role with the functions');
SELECT is(pg_temp.answer('[{"op": "create", "model": "comment", "values": {"post_id": 1}}]', role => 'regress_app'), '42501 permission denied for the functions of "comment"', 'not those of another model');
SELECT is(pg_temp.answer(format('[%s]', operation)::jsonb, role => 'regress_clerk'), '42501 permission denied for function ' || function, 'a role with some functions: ' || operation)
  FROM (VALUES ('{"op": "update", "model": "post", "key": 1, "values": {"title": "x"}}', 'update_post'), ('{"op": "delete", "model": "tag", "key": 1}', 'delete_tag'), ('{"op": "create", "model": "tag", "values": [{"name": "x"}]}', 'create_tags'),
               ('{"op": "link", "model": "post", "relationship": "tags", "key": 1, "ids": [1]}', 'link_post_tags'), ('{"op": "create", "model": "tag", "values": {"name": "x"}}, {"op": "upsert", "model": "tag", "values": {"name": "x"}}', 'upsert_tag')) AS o (operation, function);
SELECT is(pg_temp.answer('[{"op": "create", "model": "tag", "as": "t", "values": {"name": "by clerk"}}, {"op": "get", "model": "post", "key": 1}]', role => 'regress_clerk') ~ 'by clerk', true, 'a role with create_tag alone creates one');
SELECT is(pg_temp.answer('[{"op": "get", "model": "post", "key": 1}]', role => 'regress_stranger'), '42501 permission denied for the functions of "post"', 'a role with none');
SELECT is(pg_temp.answer('[]', role => 'regress_stranger'), '[]', 'may do nothing');
-- a function that a stranger has made, of a table that is not his
CREATE SCHEMA regress_eve AUTHORIZATION regress_stranger;
SELECT throws_ok(format('SET LOCAL ROLE regress_stranger; CREATE FUNCTION regress_eve.get_post(user_id text, id bigint) RETURNS SETOF public.post LANGUAGE todo_orm STABLE SECURITY DEFINER ROWS 1 AS %L', prosrc), '42501', NULL, 'is refused')
  FROM pg_proc WHERE oid = 'get_post(text, bigint)'::regprocedure;
-- USAGE on the functions' schema
CREATE SCHEMA regress_api;
CREATE TABLE regress_api.secret_note (LIKE todo_orm.owned INCLUDING ALL, body text, PRIMARY KEY (user_id, id));
SELECT count(*) FROM todo_orm.register_model('regress_api.secret_note') \g /dev/null
SELECT todo_orm.grant_access('regress_api.secret_note', 'regress_app') \g /dev/null
SELECT is(pg_temp.answer('[{"op": "get", "model": "regress_api.secret_note", "key": 1}]', role => 'regress_app'), '[null]', 'with USAGE on the schema');
REVOKE USAGE ON SCHEMA regress_api FROM regress_app;
SELECT is(pg_temp.answer('[{"op": "get", "model": "regress_api.secret_note", "key": 1}]', role => 'regress_app'), '42501 permission denied for schema regress_api', 'without it');

----------------------------------------------------------------------
-- models of every kind
----------------------------------------------------------------------

CREATE TABLE pair (user_id text COLLATE "C" NOT NULL, a smallint, b text, note text, PRIMARY KEY (user_id, a, b));
SELECT count(*) FROM todo_orm.register_model('pair') \g /dev/null
SELECT is(todo_orm.apply('ann', '[{"op": "create", "model": "pair", "as": "p", "values": {"a": 1, "b": "$$x", "note": "n"}}, {"op": "get", "model": "pair", "key": {"a": "$p.a", "b": "$p.b"}}, {"op": "update", "model": "pair", "key": {"b": "$$x", "a": 1}, "values": {"note": "$p.b"}}, {"op": "delete", "model": "pair", "key": {"a": 1, "b": "y"}}]')
    @@ '$[1].note == "n" && $[2].note == "$x" && $[3] == false', true, 'a key of two columns');
SELECT is(pg_temp.answer(format('[{"op": "get", "model": "pair", "key": %s}]', key)::jsonb), '22023 ' || places, 'a key of two columns: ' || key)
  FROM (VALUES ('1', '[0, "key"]'), ('{}', '[0, "key", "a"] [0, "key", "b"]'), ('{"a": 1}', '[0, "key", "b"]'), ('{"a": 1, "b": 7}', '[0, "key", "b"]'), ('{"a": 1, "b": "x", "user_id": "bob"}', '[0, "key", "user_id"]'), ('{"a": null, "b": "x"}', '[0, "key", "a"]'),
               ('{"a": "x", "b": "x"}', '[0, "key", "a"]'), ('[1, "x"]', '[0, "key"]'), ('"$p.key"', '[0, "key"] [0, "key"]')) AS k (key, places);
CREATE TABLE box_pair (user_id text COLLATE "C" NOT NULL, post_id bigint, a smallint, b text, PRIMARY KEY (user_id, post_id, a, b),
    FOREIGN KEY (user_id, post_id) REFERENCES post, FOREIGN KEY (user_id, a, b) REFERENCES pair);
SELECT todo_orm.register_model('post') \g /dev/null
SELECT is(pg_temp.answer('[{"op": "create", "model": "pair", "as": "p", "values": [{"a": 7, "b": "x"}, {"a": 7, "b": "y"}]}, {"op": "link", "model": "post", "relationship": "pairs", "key": 1, "ids": [{"a": "$p.0.a", "b": "x"}, {"a": 7, "b": "$p.1.b"}]}]') ~ ', 2\]$', true, 'ids of two columns');
SELECT is(pg_temp.answer('[{"op": "link", "model": "pair", "relationship": "posts", "key": {"a": 7, "b": "z"}, "ids": [1]}]'), '23503 [0, "key", "b"]', 'and a key of two in errors of the row');
SELECT is(pg_temp.answer('[{"op": "link", "model": "post", "relationship": "pairs", "key": 1, "ids": [{"a": 7, "b": "z"}]}]'), '23503 [0, "ids", 0]', 'of the ids');
ALTER TABLE pair DROP COLUMN note;
SELECT is(pg_temp.answer('[{"op": "upsert", "model": "pair", "values": {"a": 7, "b": "x"}}, {"op": "get", "model": "pair", "key": {"a": 7, "b": "x"}}]'), '[{"a": 7, "b": "x", "user_id": "ann"}, {"a": 7, "b": "x", "user_id": "ann"}]', 'a table that has lost a column');
CREATE VIEW titled AS SELECT user_id, id, title FROM post WHERE title <> 'untitled' WITH CHECK OPTION;
SELECT todo_orm.register_model('titled', '{"key": ["id"]}') \g /dev/null
SELECT is(pg_temp.answer('[{"op": "update", "model": "titled", "key": 1, "values": {"title": "seen"}}, {"op": "create", "model": "titled", "as": "v", "values": {"title": "by view"}}, {"op": "delete", "model": "titled", "key": "$v.id"}, {"op": "update", "model": "titled", "key": 1, "values": {"title": "one"}}]')
    ~ '"seen".*"by view".*true, .*"one"', true, 'a view');
SELECT is(pg_temp.answer('[{"op": "update", "model": "titled", "key": 1, "values": {"title": "untitled"}}, {"op": "upsert", "model": "titled", "values": {"title": "x"}}]'), '22023 [1, "op"]', 'a view has no upsert');
SELECT is(pg_temp.answer('[{"op": "update", "model": "titled", "key": 1, "values": {"title": "untitled"}}]'), '22023 [0, "values"]', 'its check');
CREATE TABLE doc (id uuid PRIMARY KEY DEFAULT '11111111-1111-1111-1111-111111111111', org uuid NOT NULL, tags text[], at timestamptz[], price numeric);
SELECT count(*) FROM todo_orm.register_model('doc', '{"owner": "org"}') \g /dev/null
SELECT is(pg_temp.answer('[{"op": "create", "model": "doc", "as": "d", "values": {"tags": ["a", "b"], "at": ["2026-01-01T00:00:00+01"], "price": 1.50}}, {"op": "update", "model": "doc", "key": "$d.id", "values": {"tags": "$d.tags", "price": "$d.price"}}, {"op": "delete", "model": "doc", "key": "11111111-1111-1111-1111-111111111111"}]', '22222222-2222-2222-2222-222222222222')::jsonb -> 1,
    '{"id": "11111111-1111-1111-1111-111111111111", "org": "22222222-2222-2222-2222-222222222222", "tags": ["a", "b"], "at": ["2025-12-31T23:00:00+00:00"], "price": 1.50}', 'an owner and a key of uuid; arrays; times in UTC');
SELECT is(pg_temp.answer('[{"op": "get", "model": "doc", "key": "x"}]', '22222222-2222-2222-2222-222222222222'), '22023 [0, "key"]', 'a key that is none');
SELECT is(pg_temp.answer('[{"op": "get", "model": "doc", "key": "11111111-1111-1111-1111-111111111111"}]', owner), answer, 'an owner that is none: ' || coalesce(owner, 'null')) FROM (VALUES ('ann', '22023 ["user_id"]'), ('', '22004 owner "org" must not be null'), (NULL, '22004 owner "org" must not be null')) AS o (owner, answer);
CREATE TABLE profile (user_id text PRIMARY KEY, name text);
SELECT count(*) FROM todo_orm.register_model('profile') \g /dev/null
SELECT is(todo_orm.apply('ann', '[{"op": "create", "model": "profile", "values": {"name": "Ann"}}, {"op": "update", "model": "profile", "values": {"name": "A"}}, {"op": "get", "model": "profile"}, {"op": "upsert", "model": "profile", "values": {"name": "B"}}, {"op": "delete", "model": "profile"}, {"op": "get", "model": "profile"}]')
    @@ '$[1].name == "A" && $[2].name == "A" && $[3].name == "B" && $[4] == true && $[5] == null', true, 'the owner is the whole key');
SELECT is(pg_temp.answer('[{"op": "get", "model": "profile", "key": "bob"}, {"op": "get", "model": "profile", "required": true}]'), '22023 [0, "key"]', 'there is no other');
SELECT is(pg_temp.answer('[{"op": "get", "model": "profile", "required": true}]'), 'P0002 [0, "key"]', 'and it may be required');
CREATE TABLE country (code text PRIMARY KEY, name text);
SELECT count(*) FROM todo_orm.register_model('country', '{"owner": null}') \g /dev/null
SELECT is(pg_temp.answer('[{"op": "create", "model": "country", "values": {"code": "de", "name": "Germany"}}, {"op": "get", "model": "country", "key": "de"}]'), '[{"code": "de", "name": "Germany"}, {"code": "de", "name": "Germany"}]', 'a model without owner');
DELETE FROM country;
SELECT is(pg_temp.answer('[{"op": "create", "model": "country", "values": {"code": "de"}}]', NULL), '[{"code": "de", "name": null}]', 'asks for none');
CREATE SCHEMA "Odd ""Schema";
CREATE TABLE "Odd ""Schema"."Ta.ble's" ("User" text NOT NULL, "The Key" text, "a.b" text, "on_key" text, PRIMARY KEY ("User", "The Key"));
SELECT count(*) FROM todo_orm.register_model('"Odd ""Schema"."Ta.ble''s"', '{"owner": "User"}') \g /dev/null
SELECT is(pg_temp.answer('[{"op": "create", "model": "\"Odd \"\"Schema\".\"Ta.ble''s\"", "as": "o", "values": {"The Key": "k", "a.b": "it''s"}}, {"op": "update", "model": "\"Odd \"\"Schema\".\"Ta.ble''s\"", "key": "$o.The Key", "values": {"on_key": "$o.a.b"}}]')::jsonb #>> '{1,on_key}', 'it''s', 'names that need quoting');
SELECT is(pg_temp.answer('[{"op": "upsert", "model": "\"Odd \"\"Schema\".\"Ta.ble''s\"", "values": {"The Key": "k", "on_key": 7}, "on_key": ["The Key"]}]'), '22023 [0, "values", "on_key"]', 'a column called as a member is');
SET LOCAL search_path = regress_api, public, tap;
SELECT is(pg_temp.answer('[{"op": "create", "model": "secret_note", "values": {"body": "x"}}, {"op": "get", "model": "PUBLIC.Post", "key": 1}]')::jsonb @@ '$[0].body == "x" && $[1].id == 1', true, 'a name is found as a regclass is');
CREATE TEMP TABLE tag (id bigint);
SELECT is(pg_temp.answer('[{"op": "get", "model": "tag", "key": 1}]'), '22023 [0, "model"]', 'a temporary table is no model');
SELECT is(pg_temp.answer('[{"op": "get", "model": "public.tag", "key": 1}]')::jsonb #>> '{0,name}', 'a', 'and hides none that is named in full');
DROP TABLE pg_temp.tag;
RESET search_path;
-- without create_many: typed arguments
CREATE TABLE small (LIKE todo_orm.owned INCLUDING ALL, n smallint NOT NULL, r real, words text[], data jsonb, note text DEFAULT 'new', PRIMARY KEY (user_id, id));
SELECT count(*) FROM todo_orm.register_model('small', '{"functions": ["core"]}') \g /dev/null
SELECT is(pg_temp.answer('[{"op": "create", "model": "small", "as": "s", "values": {"n": 1, "r": 0.5, "words": ["a", null], "data": {"a": [1]}}}, {"op": "create", "model": "small", "values": {"n": "$s.n", "data": null}}, {"op": "delete", "model": "small", "key": "$s.id"}]')::jsonb,
    '[{"id": 1, "user_id": "ann", "n": 1, "r": 0.5, "words": ["a", null], "data": {"a": [1]}, "note": "new"}, {"id": 2, "user_id": "ann", "n": 1, "r": null, "words": null, "data": null, "note": "new"}, true]', 'a model with the core functions');
SELECT is(pg_temp.answer(format('[%s]', operation)::jsonb), answer, 'core functions: ' || operation)
  FROM (VALUES ('{"op": "create", "model": "small", "values": {"n": "x", "r": true, "words": [1, "a"], "nope": 1, "id": 1}}', '22023 [0, "values", "id"] [0, "values", "n"] [0, "values", "nope"] [0, "values", "r"] [0, "values", "words", 0]'),
               ('{"op": "create", "model": "small", "values": {"n": 100000}}', '22023 [0, "values", "n"]'), ('{"op": "create", "model": "small", "values": {}}', '22023 [0, "values", "n"]'), ('{"op": "create", "model": "small", "values": {"n": 1, "note": null}}', '22023 [0, "values", "note"]'),
               ('{"op": "create", "model": "small", "values": [{"n": 1}]}', '22023 [0, "op"]'), ('{"op": "upsert", "model": "small", "values": {"n": 1}}', '22023 [0, "op"]')) AS o (operation, answer);

-- functions that were renamed, and tables that were altered
ALTER FUNCTION get_tag(text, bigint) RENAME TO fetch_tag;
SELECT is(pg_temp.answer('[{"op": "get", "model": "tag", "key": 1}]')::jsonb #>> '{0,name}', 'a', 'a function is found by what it does, not by its name');
ALTER TABLE tag ADD color text DEFAULT 'red';
SELECT is(pg_temp.answer('[{"op": "get", "model": "tag", "key": 1, "as": "t"}, {"op": "update", "model": "tag", "key": 1, "values": {"name": "$t.color"}}]')::jsonb #>> '{1,name}', 'red', 'a column that is new');
ALTER TABLE tag RENAME TO label;
SELECT is(pg_temp.answer('[{"op": "get", "model": "label", "key": 1}]')::jsonb #>> '{0,name}', 'red', 'a table that was renamed');
DROP FUNCTION fetch_tag;
SELECT is(pg_temp.answer('[{"op": "get", "model": "label", "key": 1}]'), '22023 [0, "op"]', 'a function that was dropped');
SELECT todo_orm.unregister_model('label') \g /dev/null
SELECT is(pg_temp.answer('[{"op": "delete", "model": "label", "key": 1}]'), '22023 [0, "model"]', 'a table that is no model any more');
-- DDL that comes while the list is run
CREATE FUNCTION drop_column() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN ALTER TABLE public.country DROP COLUMN name; DROP FUNCTION public.get_profile; RETURN NULL; END $$;
CREATE TRIGGER ddl AFTER INSERT ON comment FOR EACH ROW EXECUTE FUNCTION drop_column();
SELECT is(pg_temp.answer('[{"op": "get", "model": "country", "key": "de", "as": "c"}, {"op": "create", "model": "comment", "values": {"post_id": 1}}, {"op": "get", "model": "country", "key": "$c.code"}]') ~ '\{"code": "de"\}\]$', true, 'a trigger drops a column');
CREATE OR REPLACE FUNCTION drop_column() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN DROP FUNCTION public.get_pair; RETURN NULL; END $$;
SELECT is(left(pg_temp.answer('[{"op": "get", "model": "pair", "key": {"a": 1, "b": "x"}}, {"op": "create", "model": "comment", "values": {"post_id": 1}}, {"op": "get", "model": "pair", "key": {"a": 1, "b": "x"}}]'), 5), '40001', 'a trigger drops the function itself');
DROP TRIGGER ddl ON comment;

----------------------------------------------------------------------
-- how it is called; many
----------------------------------------------------------------------

PREPARE unit(text, jsonb) AS SELECT todo_orm.apply($1, $2);
EXECUTE unit('ann', '[{"op": "create", "model": "comment", "values": {"post_id": 1, "body": "prepared"}}]') \g /dev/null
EXECUTE unit('ann', '[{"op": "create", "model": "comment", "values": {"post_id": 1, "body": "prepared"}}]') \g /dev/null
SELECT is((SELECT count(*) FROM comment WHERE body = 'prepared'), 2::bigint, 'a prepared statement');
-- in a trigger of an operation
CREATE FUNCTION log_post() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM todo_orm.apply(NEW.user_id, jsonb_build_array(jsonb_build_object('op', 'create', 'model', 'public.comment', 'as', 'p', 'values', jsonb_build_object('post_id', NEW.id, 'body', 'logged')))); RETURN NULL; END $$;
CREATE TRIGGER log AFTER INSERT ON post FOR EACH ROW EXECUTE FUNCTION log_post();
SELECT is(pg_temp.answer('[{"op": "create", "model": "post", "as": "p", "values": {"title": "outer"}}, {"op": "create", "model": "comment", "values": {"post_id": "$p.id", "body": "$p.title"}}]')  ~ '"body": "outer"', true, 'inside another one');
SELECT is((SELECT string_agg(body, ' ' ORDER BY id) FROM comment WHERE post_id = (SELECT max(id) FROM post WHERE user_id = 'ann')), 'logged outer', 'each has its own names');
DROP TRIGGER log ON post;

SELECT is(jsonb_array_length(todo_orm.apply('ann', (SELECT jsonb_agg(jsonb_build_object('op', 'create', 'model', 'comment', 'as', 'c' || i, 'values', jsonb_build_object('post_id', CASE i WHEN 1 THEN '1' ELSE '$c' || i - 1 || '.post_id' END, 'body', 'many ' || i))) FROM generate_series(1, 1000) i))), 1000, 'a thousand operations');
SELECT is((SELECT count(*) FROM comment WHERE body LIKE 'many%' AND post_id = 1), 1000::bigint, 'each of them done');
SELECT is((SELECT bool_and(substr(body, 6)::int = n) FROM (SELECT body, row_number() OVER (ORDER BY id) AS n FROM comment WHERE body LIKE 'many%') c), true, 'in their order');
SELECT is(pg_temp.answer((SELECT jsonb_agg('{"op": "get", "model": "post", "key": 1}'::jsonb) FROM generate_series(1, 1001))), '22023 []', 'more are refused');
SET LOCAL todo_orm.max_operations = 2;
SELECT is(pg_temp.answer((SELECT jsonb_agg('{"op": "get", "model": "post", "key": 99}'::jsonb) FROM generate_series(1, n))), answer, n || ' where two are the most') FROM (VALUES (2, '[null, null]'), (3, '22023 []')) AS o (n, answer);
RESET todo_orm.max_operations;
SELECT is(pg_temp.answer('[{"op": "get", "model": "post", "key": 1}]', role => 'regress_app') ~ '"one"', true, 'a role');
SELECT throws_ok('SET LOCAL ROLE regress_app; SET todo_orm.max_operations = 5000', '42501', NULL, 'that cannot lift the limit');
SELECT is(pg_temp.answer(('[{"op": "create", "model": "post", "values": {"data": ' || repeat('[', 5000) || '"$nope.id"' || repeat(']', 5000) || '}}]')::jsonb) ~ '^22023 \[0, "values", "data"', true, 'nested deeply');

-- what it promises of itself
SELECT results_eq($$ SELECT provolatile, proparallel, prosecdef, proisstrict, has_function_privilege('regress_stranger', oid, 'EXECUTE') FROM pg_proc WHERE oid = 'todo_orm.apply(text, jsonb)'::regprocedure $$,
                  $$ VALUES ('v'::"char", 'u'::"char", false, false, true) $$, 'volatile, with the caller''s rights, for everybody');
SELECT is((SELECT count(*) FROM todo_orm.functions WHERE signature LIKE '%apply%'), 0::bigint, 'it belongs to no model');

SELECT * FROM finish();
ROLLBACK;
