-- Rows written together with rows that are related to them (SPEC 6, 7, 8)
BEGIN;
SELECT * FROM no_plan();
SET LOCAL client_min_messages = warning;
CREATE ROLE regress_app;

\ir include/refuses.psql

-- What a query answers, as JSON; or the SQLSTATE, with the places of the errors or else the message.
CREATE FUNCTION pg_temp.answer(query text, role text DEFAULT 'none') RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    answer text; found_state text; found_detail text;
BEGIN
    EXECUTE format('SET LOCAL ROLE %s', role);
    EXECUTE format('SELECT jsonb_agg(to_jsonb(q))::text FROM (%s) q', query) INTO answer;
    RESET ROLE;
    RETURN answer;
EXCEPTION WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS found_state = RETURNED_SQLSTATE, found_detail = PG_EXCEPTION_DETAIL;
    RETURN found_state || CASE WHEN found_detail ~ '^\[' THEN (SELECT string_agg(' ' || (e ->> 'loc'), '' ORDER BY e -> 'loc') FROM jsonb_array_elements(found_detail::jsonb) e) ELSE ' ' || SQLERRM END;
END
$$;
CREATE TABLE place (code text PRIMARY KEY, name text);
CREATE TABLE post (LIKE todo_orm.owned INCLUDING ALL, LIKE todo_orm.timestamps INCLUDING ALL, LIKE todo_orm.soft_delete INCLUDING ALL, LIKE todo_orm.versioned INCLUDING ALL,
    title text NOT NULL DEFAULT 'untitled' CHECK (title <> ''), request text, place_id text REFERENCES place, PRIMARY KEY (user_id, id), UNIQUE (user_id, request));
CREATE TABLE comment (LIKE todo_orm.owned INCLUDING ALL, LIKE todo_orm.soft_delete INCLUDING ALL, LIKE todo_orm.versioned INCLUDING ALL,
    post_id bigint, body text CHECK (body <> ''), nr int, secret text, PRIMARY KEY (user_id, id), UNIQUE (user_id, nr), CHECK (post_id IS NOT NULL OR body <> 'never alone'), FOREIGN KEY (user_id, post_id) REFERENCES post);
CREATE TABLE reply (LIKE todo_orm.owned INCLUDING ALL, comment_id bigint NOT NULL, body text, PRIMARY KEY (user_id, id), FOREIGN KEY (user_id, comment_id) REFERENCES comment);
CREATE TABLE tag (LIKE todo_orm.owned INCLUDING ALL, LIKE todo_orm.soft_delete INCLUDING ALL, name text NOT NULL, PRIMARY KEY (user_id, id), UNIQUE (user_id, name));
CREATE TABLE post_tag (user_id text COLLATE "C" NOT NULL, post_id bigint, tag_id bigint, PRIMARY KEY (user_id, post_id, tag_id), FOREIGN KEY (user_id, post_id) REFERENCES post, FOREIGN KEY (user_id, tag_id) REFERENCES tag);
SELECT todo_orm.register_model('place', '{"owner": null, "readonly": ["!code"]}') \g /dev/null
SELECT todo_orm.register_model('post', '{"idempotency": "request"}') \g /dev/null
SELECT todo_orm.register_model('comment', '{"touch": ["post"], "hidden": ["secret"]}') \g /dev/null
SELECT todo_orm.register_model('reply', '{"plural": "replies", "immutable": ["id", "comment_id"]}') \g /dev/null
SELECT todo_orm.register_model('tag') \g /dev/null

-- all that is stored: posts with place, comments (replies) and tags; then comments without a post, and what else there is
CREATE FUNCTION pg_temp.stored(who text DEFAULT 'ann') RETURNS text LANGUAGE sql AS $$
    WITH comments AS (SELECT post_id, string_agg(coalesce(body, '-') || coalesce((SELECT '(' || string_agg(r.body, ' ' ORDER BY r.id) || ')' FROM reply r WHERE (r.user_id, r.comment_id) = (c.user_id, c.id)), ''), ' ' ORDER BY id) AS texts FROM comment c WHERE user_id = who GROUP BY post_id)
    SELECT concat_ws('; ', (SELECT string_agg(concat_ws(' ', title, '@' || place_id, ': ' || texts, (SELECT '#' || string_agg(t.name, '#' ORDER BY t.name) FROM post_tag pt JOIN tag t ON (t.user_id, t.id) = (pt.user_id, pt.tag_id) WHERE (pt.user_id, pt.post_id) = (p.user_id, p.id))), ', ' ORDER BY p.id)
                              FROM post p LEFT JOIN comments ON post_id = p.id WHERE p.user_id = who),
                     (SELECT 'alone: ' || texts FROM comments WHERE post_id IS NULL),
                     (SELECT 'not used: ' || string_agg(name, ' ' ORDER BY name) FROM tag t WHERE user_id = who AND NOT EXISTS (SELECT FROM post_tag pt WHERE (pt.user_id, pt.tag_id) = (t.user_id, t.id)))) $$;
-- two posts of ann's with comments 1 2 and 3, comment 4 without a post, tags 1 and 2, the first one used; the same of bob's from 11 on
CREATE FUNCTION pg_temp.reset() RETURNS text LANGUAGE sql AS $$
    TRUNCATE place, post, comment, reply, tag, post_tag RESTART IDENTITY;
    INSERT INTO place VALUES ('R', 'Rome'), ('P', 'Paris');
    INSERT INTO post (user_id, id, title) SELECT u, n + i, t FROM (VALUES ('ann', 0), ('bob', 10)) w (u, n), (VALUES (1, 'one'), (2, 'two')) p (i, t);
    INSERT INTO comment (user_id, id, post_id, body) SELECT u, n + i, n + p, b FROM (VALUES ('ann', 0), ('bob', 10)) w (u, n), (VALUES (1, 1, 'a'), (2, 1, 'b'), (3, 2, 'c'), (4, NULL, 'd')) c (i, p, b);
    INSERT INTO tag (user_id, id, name) SELECT u, n + i, t FROM (VALUES ('ann', 0), ('bob', 10)) w (u, n), (VALUES (1, 'x'), (2, 'y')) p (i, t);
    INSERT INTO post_tag SELECT user_id, id, id FROM tag WHERE id IN (1, 11);
    SELECT setval(pg_get_serial_sequence(t, 'id'), 100) FROM unnest('{post,comment,reply,tag}'::text[]) t;
    SELECT pg_temp.stored() $$;
-- What is stored after a query that begins there; where it is refused, how: then nothing may have changed.
CREATE FUNCTION pg_temp.after(query text, role text DEFAULT 'none') RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    before text := pg_temp.reset();
    bobs   text := pg_temp.stored('bob');
    answer text := pg_temp.answer(query, role);
    stored text := pg_temp.stored();
BEGIN
    RETURN CASE WHEN answer ~ '^[0-9A-Z]{5} ' THEN answer || CASE WHEN stored <> before THEN ' BUT ' || stored ELSE '' END ELSE stored END
        || CASE WHEN pg_temp.stored('bob') <> bobs THEN ' AND BOB HAS ' || pg_temp.stored('bob') ELSE '' END;
END
$$;
CREATE FUNCTION pg_temp.creates(items text, role text DEFAULT 'none') RETURNS text LANGUAGE sql AS $$ SELECT pg_temp.after(format('SELECT id FROM create_posts(''ann'', %L)', items), role) $$;
CREATE FUNCTION pg_temp.updates(patch text, role text DEFAULT 'none') RETURNS text LANGUAGE sql AS $$ SELECT pg_temp.after(format('SELECT id FROM update_post(''ann'', 1, %L)', patch), role) $$;
SELECT is(pg_temp.reset(), 'one : a b #x, two : c; alone: d; not used: y', 'where each test begins');

----------------------------------------------------------------------
-- creating: every form
----------------------------------------------------------------------

SELECT is(pg_temp.answer($q$ SELECT id, title FROM create_posts('ann', '[{"title": "three", "comments": [{"body": "e"}]}, {"title": "four"}, {"title": "five", "comments": {"body": "f"}}]') $q$),
          '[{"id": 101, "title": "three"}, {"id": 102, "title": "four"}, {"id": 103, "title": "five"}]', 'the rows of the call itself, in the order of the items');
SELECT is(pg_temp.creates(items), stored, items)
  FROM (VALUES
    ('[{"title": "t", "place": {"code": "L", "name": "London"}, "comments": [{"body": "e", "replies": [{"body": "r"}, {"body": "s"}]}, {"body": "f"}], "tags": [{"name": "z"}]}, {"title": "u"}, {"title": "v", "comments": {"body": "g"}, "tags": {"name": "w"}, "place": {"connect": "R"}}]',
                                                                                            'one : a b #x, two : c, t @L : e(r s) f #z, u, v @R : g #w; alone: d; not used: y'),
    -- to many
    ('{"title": "t", "comments": []}',                                                      'one : a b #x, two : c, t; alone: d; not used: y'),
    ('{"title": "t", "comments": [{}]}',                                                    'one : a b #x, two : c, t : -; alone: d; not used: y'),
    ('{"title": "t", "comments": {}}',                                                      'one : a b #x, two : c, t : -; alone: d; not used: y'),
    ('{"title": "t", "comments": {"create": [{"body": "e"}, {"body": "f"}]}}',              'one : a b #x, two : c, t : e f; alone: d; not used: y'),
    ('{"title": "t", "comments": {"create": {"body": "e"}}}',                               'one : a b #x, two : c, t : e; alone: d; not used: y'),
    ('{"title": "t", "comments": {"create": [], "connect": []}}',                           'one : a b #x, two : c, t; alone: d; not used: y'),
    ('{"title": "t", "comments": {"connect": 4}}',                                          'one : a b #x, two : c, t : d; not used: y'),
    ('{"title": "t", "comments": {"connect": "4"}}',                                        'one : a b #x, two : c, t : d; not used: y'),
    ('{"title": "t", "comments": {"connect": {"id": 4}}}',                                  'one : a b #x, two : c, t : d; not used: y'),
    ('{"title": "t", "comments": {"connect": [4, {"id": 1}, "3", 4]}}',                     'one : b #x, two, t : a c d; not used: y'),
    ('{"title": "t", "comments": {"connect": [4], "create": [{"body": "e"}]}}',             'one : a b #x, two : c, t : d e; not used: y'),
    -- many to many
    ('{"title": "t", "tags": [{"name": "z"}, {"name": "w"}]}',                              'one : a b #x, two : c, t #w#z; alone: d; not used: y'),
    ('{"title": "t", "tags": {"connect": [1, 2, 1, "2", {"id": 2}], "create": {"name": "z"}}}', 'one : a b #x, two : c, t #x#y#z; alone: d'),
    -- to one
    ('{"title": "t", "place": null}',                                                       'one : a b #x, two : c, t; alone: d; not used: y'),
    ('{"title": "t", "place": null, "place_id": "R"}',                                    'one : a b #x, two : c, t @R; alone: d; not used: y'),
    ('{"title": "t", "place": {"create": {"code": "L"}}}',                                  'one : a b #x, two : c, t @L; alone: d; not used: y'),
    ('{"title": "t", "place": {"connect": {"code": "P"}}}',                                 'one : a b #x, two : c, t @P; alone: d; not used: y'),
    -- the reference is known when a CHECK reads it
    ('{"title": "t", "comments": [{"body": "never alone"}]}',                               'one : a b #x, two : c, t : never alone; alone: d; not used: y')) forms (items, stored);
SELECT is(pg_temp.after(query), stored, what)
  FROM (VALUES
    ($q$ SELECT id FROM create_replies('ann', '[{"body": "r", "comment": {"body": "e", "post": {"title": "t", "comments": [{"body": "f"}], "tags": {"connect": 2}, "place": {"connect": "P"}}}}, {"body": "s", "comment": {"connect": 4}}]') $q$,
     'one : a b #x, two : c, t @P : f e(r) #y; alone: d(s)', 'to one, three deep, and down again'),
    ($q$ SELECT id FROM create_tags('ann', '[{"name": "z", "posts": {"create": [{"title": "t", "tags": [{"name": "w"}]}], "connect": [1]}}]') $q$,
     'one : a b #x#z, two : c, t #w#z; alone: d; not used: y', 'links from the other side, and back'),
    ($q$ SELECT id FROM create_comments('ann', '[{"body": "never alone", "post": {"title": "t"}}, {"body": "never alone", "post": {"connect": 2}}]') $q$,
     'one : a b #x, two : c never alone, t : never alone; alone: d; not used: y', 'a CHECK that reads the reference'),
    ($q$ SELECT id FROM create_comments('ann', '[{"body": "never alone", "post": null}]') $q$, '22023 [0]', 'and is not fulfilled')) calls (query, stored, what);

----------------------------------------------------------------------
-- changing: every form
----------------------------------------------------------------------

SELECT is(pg_temp.updates(patch), stored, patch)
  FROM (VALUES
    ('{"comments": [{"body": "e"}]}',                                                       'one : a b e #x, two : c; alone: d; not used: y'),
    ('{"comments": {"body": "e", "replies": {"body": "r"}}}',                               'one : a b e(r) #x, two : c; alone: d; not used: y'),
    ('{"comments": []}',                                                                    'one : a b #x, two : c; alone: d; not used: y'),
    ('{"comments": {"connect": [3, 4]}}',                                                   'one : a b c d #x, two; not used: y'),
    ('{"comments": {"connect": 1}}',                                                        'one : a b #x, two : c; alone: d; not used: y'),
    ('{"comments": {"disconnect": 1}}',                                                     'one : b #x, two : c; alone: a d; not used: y'),
    ('{"comments": {"disconnect": [{"id": 1}, 2]}}',                                        'one #x, two : c; alone: a b d; not used: y'),
    ('{"comments": {"update": {"id": 1, "body": "A"}}}',                                    'one : A b #x, two : c; alone: d; not used: y'),
    ('{"comments": {"update": [{"id": 1, "body": "A"}, {"id": 2}]}}',                       'one : A b #x, two : c; alone: d; not used: y'),
    ('{"comments": {"update": [{"id": 1, "post_id": 2}]}}',                                 'one : b #x, two : a c; alone: d; not used: y'),
    ('{"comments": {"create": {"body": "e"}, "connect": 4, "disconnect": 2, "update": {"id": 1, "body": "A"}}}', 'one : A d e #x, two : c; alone: b; not used: y'),
    ('{"tags": {"connect": [1, 2]}}',                                                       'one : a b #x#y, two : c; alone: d'),
    ('{"tags": {"disconnect": [1, 1]}}',                                                    'one : a b, two : c; alone: d; not used: x y'),
    ('{"tags": {"disconnect": 2}}',                                                         'one : a b #x, two : c; alone: d; not used: y'),
    ('{"tags": {"create": {"name": "z"}, "connect": 2, "disconnect": 1}}',                  'one : a b #y#z, two : c; alone: d; not used: x'),
    ('{"tags": [{"name": "z"}]}',                                                           'one : a b #x#z, two : c; alone: d; not used: y'),
    ('{"place": {"code": "L"}}',                                                            'one @L : a b #x, two : c; alone: d; not used: y'),
    ('{"place": {"create": {"code": "L"}}}',                                                'one @L : a b #x, two : c; alone: d; not used: y'),
    ('{"title": "ONE", "place": {"connect": "P"}, "comments": [{"body": "e"}]}',            'ONE @P : a b e #x, two : c; alone: d; not used: y'),
    ('{"place": null}',                                                                     'one : a b #x, two : c; alone: d; not used: y')) forms (patch, stored);
SELECT is(pg_temp.after(query), stored, what)
  FROM (VALUES
    ($q$ SELECT id FROM patch_posts('ann', '[{"id": 2, "place": {"connect": "P"}, "comments": {"connect": 1, "update": {"id": 3, "body": "C"}}}, {"id": 1, "title": "ONE", "comments": [{"body": "e"}], "tags": {"disconnect": 1, "connect": 2}}]') $q$,
     'ONE : b e #y, two @P : a C; alone: d; not used: x', 'patches of several rows'),
    ($q$ SELECT id FROM patch_comments('ann', '[{"id": 4, "post": {"create": {"title": "t", "tags": {"connect": 2}}}}, {"id": 1, "post": null, "replies": [{"body": "r"}]}, {"id": 2, "post": {"connect": 2}}]') $q$,
     'one #x, two : b c, t : d #y; alone: a(r)', 'to one: created, cleared, connected'),
    ($q$ SELECT id FROM update_post('ann', 99, '{"comments": [{"body": "e"}], "tags": [{"name": "z"}], "place": {"code": "L"}}') $q$, 'one : a b #x, two : c; alone: d; not used: y', 'of a row that is not there nothing is done'),
    ($q$ SELECT id FROM update_post('ann', 11, '{"comments": [{"body": "e"}], "tags": [{"name": "z"}]}') $q$, 'one : a b #x, two : c; alone: d; not used: y', 'nor of another owner''s'),
    ($q$ SELECT id FROM update_post('ann', NULL, '{"comments": [{"body": "e"}], "tags": [{"name": "z"}]}') $q$, 'one : a b #x, two : c; alone: d; not used: y', 'nor of none'),
    ($q$ SELECT id FROM patch_posts('ann', '[{"id": 1, "comments": [{"body": "e"}]}, {"id": 99, "comments": [{"body": "e"}], "place": {"code": "L"}}]') $q$, 'P0002 [1, "id"]', 'nor where one of several is not there')) calls (query, stored, what);
SELECT is_empty($$ SELECT * FROM place WHERE code = 'L' $$, 'not even what it would refer to is made');

----------------------------------------------------------------------
-- the result is the row as it is afterwards; versions and touch
----------------------------------------------------------------------

CREATE FUNCTION pg_temp.answers_what_is_stored(query text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    got jsonb; stored jsonb;
BEGIN
    PERFORM pg_temp.reset();
    EXECUTE format('SELECT jsonb_agg(to_jsonb(q) ORDER BY id) FROM (%s) q', query) INTO got;
    SELECT jsonb_agg(to_jsonb(p) ORDER BY id) INTO stored FROM post p WHERE user_id = 'ann' AND got @> jsonb_build_array(jsonb_build_object('id', id));
    RETURN is(got, stored, 'the rows as they are stored: ' || query);
END
$$;
SELECT pg_temp.answers_what_is_stored(query)
  FROM unnest(ARRAY[
    $q$ SELECT * FROM create_posts('ann', '[{"comments": [{"body": "e"}]}, {"comments": {"connect": [3, 4]}, "tags": {"connect": 1}}]') $q$,
    $q$ SELECT * FROM update_post('ann', 1, '{"comments": [{"body": "e"}]}') $q$, $q$ SELECT * FROM update_post('ann', 1, '{"title": "ONE", "comments": {"connect": 4}}') $q$,
    $q$ SELECT * FROM update_post('ann', 1, '{"comments": {"update": {"id": 1, "body": "A"}}}') $q$, $q$ SELECT * FROM update_post('ann', 1, '{"comments": {"update": {"id": 1, "post_id": 2}}}') $q$,
    $q$ SELECT * FROM patch_posts('ann', '[{"id": 2, "comments": {"connect": 1}}, {"id": 1, "title": "ONE", "comments": {"connect": 3}}]') $q$]) query;

SELECT pg_temp.reset() \g /dev/null
SELECT id FROM create_posts('ann', '[{"title": "t", "comments": [{"body": "e", "replies": [{"body": "r"}]}, {"body": "f"}]}]') \g /dev/null
SELECT id FROM create_comments('ann', '[{"body": "g", "post": {"title": "u"}}]') \g /dev/null
SELECT is(array_agg(title || ' ' || version ORDER BY title), '{t 1,u 1}', 'rows made in one call do not move each other') FROM post WHERE title IN ('t', 'u') AND updated_at IS NULL;
SELECT is(version, 2::bigint, 'children of an existing row move it, once') FROM update_post('ann', 1, '{"comments": [{"body": "e"}, {"body": "f"}]}');
SELECT ok(updated_at IS NOT NULL, 'and say when') FROM get_post('ann', 1);
SELECT is(version, 3::bigint, 'also children that are connected') FROM update_post('ann', 1, '{"comments": {"connect": 4}}');
SELECT is(version, 4::bigint, 'or changed') FROM update_post('ann', 1, '{"comments": {"update": {"id": 4, "body": "D"}}}');
SELECT is(version, 4::bigint, 'a patch that changes nothing moves nothing, nested or not') FROM update_post('ann', 1, '{"title": "one", "comments": {"update": {"id": 4, "body": "D"}, "connect": 4, "create": []}, "tags": {"connect": 1}}');
SELECT is(version, 1::bigint, 'links move neither side') FROM update_post('ann', 2, '{"tags": {"connect": [1, 2]}}');
SELECT is(version, 3::bigint, 'a nested row has a version of its own') FROM get_comment('ann', 4);
SELECT is(title, 'ONE', 'if_version is the version of the row itself') FROM update_post('ann', 1, '{"title": "ONE", "comments": {"update": [{"id": 1, "body": "A"}, {"id": 4, "body": "DD"}]}}', if_version => 4);
SELECT is(pg_temp.answer(format('SELECT id FROM update_post(''ann'', 1, %L, if_version => 4)', patch)), 'TO409 "post" has been changed by somebody else', 'a stale one: ' || patch)
  FROM (VALUES ('{"comments": [{"body": "late"}]}'), ('{"title": "late", "tags": [{"name": "late"}]}'), ('{"comments": {"disconnect": 1}}')) patches (patch);
SELECT ok(pg_temp.stored() !~ 'late|alone: .*A', 'and nothing nested was done');

----------------------------------------------------------------------
-- repeated requests: nothing nested in a row that was made before is made again
----------------------------------------------------------------------

SELECT pg_temp.reset() \g /dev/null
SELECT is((SELECT array_agg(title) FROM create_posts('ann', items::jsonb)), titles::text[], 'answers ' || titles)
  FROM (VALUES ('[{"title": "t", "request": "k", "comments": [{"body": "e"}], "place": {"code": "L"}, "tags": [{"name": "z"}]}]', '{t}'),
               ('[{"title": "again", "request": "k", "comments": {"create": {"body": "f"}, "connect": 1}, "place": {"code": "L"}, "tags": [{"name": "z"}]}, {"title": "u", "request": "l", "comments": {"body": "g"}}]', '{t,u}'),
               -- twice in the same call
               ('[{"title": "v", "request": "m", "comments": [{"body": "h"}]}, {"title": "again", "request": "m", "comments": [{"body": "i"}], "place": {"code": "M"}, "tags": [{"name": "w"}]}]', '{v,v}')) calls (items, titles);
SELECT is(pg_temp.stored(), 'one : a b #x, two : c, t @L : e #z, u : g, v : h; alone: d; not used: y', 'but their rows are made once');
SELECT is_empty($$ SELECT * FROM place WHERE code = 'M' $$, 'also those that they would refer to');
SELECT is(array_agg(body), '{p,q}', 'a nested row that was made before is referred to') FROM create_comments('ann', '[{"body": "p", "post": {"title": "again", "request": "m", "comments": [{"body": "no"}]}}, {"body": "q", "post": {"request": "n", "title": "w", "comments": [{"body": "r"}]}}]');
SELECT is(pg_temp.stored(), 'one : a b #x, two : c, t @L : e #z, u : g, v : h p, w : r q; alone: d; not used: y', 'and what is nested in it not made again');

----------------------------------------------------------------------
-- errors: all of them, each with its whole path
----------------------------------------------------------------------

SELECT pg_temp.reset() \g /dev/null
SELECT pg_temp.refuses($$ SELECT create_posts('ann', '[{"title": "", "comments": [{"body": "ok"}, {"body": "", "nope": 1, "replies": [{"comment_id": 1}, 7]}]}, {"tags": {"create": [{}], "connect": [99, "x"]}, "place": {"connect": "nowhere"}}]') $$, '22023', '[
    {"loc": [0, "title"], "type": "check", "msg": "violates check constraint \"post_title_check\"", "input": null},
    {"loc": [0, "comments", 1, "nope"], "type": "unexpected", "msg": "unexpected field", "input": 1},
    {"loc": [0, "comments", 1, "body"], "type": "check", "msg": "violates check constraint \"comment_body_check\"", "input": null},
    {"loc": [0, "comments", 1, "replies", 0, "comment_id"], "type": "read_only", "msg": "cannot be set", "input": 1},
    {"loc": [0, "comments", 1, "replies", 1], "type": "type", "msg": "expected object, got number", "input": 7},
    {"loc": [1, "tags", "connect", 0], "type": "foreign_key", "msg": "referenced row does not exist", "input": null},
    {"loc": [1, "tags", "connect", 1, "id"], "type": "value", "msg": "invalid input syntax for type bigint: \"x\"", "input": "x"},
    {"loc": [1, "tags", "create", 0, "name"], "type": "missing", "msg": "field required", "input": null},
    {"loc": [1, "place", "connect"], "type": "foreign_key", "msg": "referenced row does not exist", "input": null}]', 'every mistake at once');
-- JSON of the wrong shape at every place
SELECT is(pg_temp.creates(format('[%s]', item)), '22023 ' || places, item)
  FROM (VALUES
    ('{"comments": null}', '[0, "comments"]'), ('{"comments": true}', '[0, "comments"]'), ('{"comments": 7}', '[0, "comments"]'), ('{"comments": "x"}', '[0, "comments"]'),
    ('{"comments": [null]}', '[0, "comments", 0]'), ('{"comments": [7, {}, "x", []]}', '[0, "comments", 0] [0, "comments", 2] [0, "comments", 3]'), ('{"comments": [[{}]]}', '[0, "comments", 0]'),
    ('{"comments": {"create": null}}', '[0, "comments", "create"]'), ('{"comments": {"create": [7]}}', '[0, "comments", "create", 0]'), ('{"comments": {"create": {"create": []}}}', '[0, "comments", "create", "create"]'),
    ('{"comments": {"connect": null}}', '[0, "comments", "connect", "id"]'), ('{"comments": {"connect": {}}}', '[0, "comments", "connect", "id"]'), ('{"comments": {"connect": {"Id": 4}}}', '[0, "comments", "connect", "Id"] [0, "comments", "connect", "id"]'),
    ('{"comments": {"connect": [null, {}, true, [1], 1.5, 1e30, "", "x", {"id": null}, {"id": {}}]}}', (SELECT string_agg(format('[0, "comments", "connect", %s, "id"]', i), ' ') FROM generate_series(0, 9) i)),
    ('{"comments": {"connect": {"create": []}}}', '[0, "comments", "connect", "create"] [0, "comments", "connect", "id"]'), ('{"comments": {"connect": {"id": 4, "body": "x"}}}', '[0, "comments", "connect", "body"]'),
    ('{"comments": {"disconnect": 1}}', '[0, "comments", "disconnect"]'), ('{"comments": {"update": {"id": 1}, "create": []}}', '[0, "comments", "update"]'), ('{"comments": {"create": [], "conect": 4}}', '[0, "comments", "conect"]'),
    ('{"comments": {"Create": []}}', '[0, "comments", "Create"]'), ('{"comments": {"set": [4]}}', '[0, "comments", "set"]'),
    ('{"tags": {"update": {"id": 1}}}', '[0, "tags", "update"]'), ('{"tags": {"disconnect": 1}}', '[0, "tags", "disconnect"]'), ('{"tags": 1}', '[0, "tags"]'), ('{"tags": [1]}', '[0, "tags", 0]'), ('{"tags": null}', '[0, "tags"]'),
    ('{"place": 7}', '[0, "place"]'), ('{"place": "R"}', '[0, "place"]'), ('{"place": []}', '[0, "place"]'), ('{"place": [{"code": "L"}]}', '[0, "place"]'), ('{"place": {}}', '[0, "place", "code"]'),
    ('{"place": {"create": [{"code": "L"}]}}', '[0, "place", "create"]'), ('{"place": {"connect": ["R"]}}', '[0, "place", "connect"]'), ('{"place": {"connect": null}}', '[0, "place", "connect", "code"]'),
    ('{"place": {"create": null}}', '[0, "place", "create"]'), ('{"place": {"update": {"code": "R"}}}', '[0, "place", "update"]'), ('{"place": {"disconnect": "R"}}', '[0, "place", "disconnect"]'),
    ('{"post_tags": []}', '[0, "post_tags"]'), ('{"replies": []}', '[0, "replies"]'), ('{"Comments": []}', '[0, "Comments"]'), ('{"comments ": []}', '[0, "comments "]'),
    -- whose they are is said by where they stand
    ('{"comments": [{"post": {"title": "other"}}]}', '[0, "comments", 0, "post"]'), ('{"comments": [{"post": {"connect": 2}}]}', '[0, "comments", 0, "post"]'), ('{"comments": [{"post_id": 1}]}', '[0, "comments", 0, "post_id"]'),
    ('{"comments": [{"id": 7, "version": 7, "deleted_at": null, "user_id": "bob"}]}', '[0, "comments", 0, "deleted_at"] [0, "comments", 0, "id"] [0, "comments", 0, "user_id"] [0, "comments", 0, "version"]'),
    ('{"place": {"connect": "R"}, "place_id": "R"}', '[0, "place"]'), ('{"place": {"connect": "R", "create": {"code": "L"}}}', '[0, "place"]'), ('{"place": {"code": "L"}, "place_id": null}', '[0, "place"]')) shapes (item, places);
SELECT is(pg_temp.updates(patch), answer, patch)
  FROM (VALUES
    ('{"comments": null}', '22023 ["comments"]'), ('{"comments": {"update": 1}}', '22023 ["comments", "update"]'),
    ('{"comments": {"update": [null, {}, {"id": "x"}, {"body": "no key"}]}}', '22023 ["comments", "update", 0] ["comments", "update", 1, "id"] ["comments", "update", 2, "id"] ["comments", "update", 3, "id"]'),
    ('{"comments": {"update": {"id": 1, "nope": 1, "user_id": "bob", "version": 7, "body": ""}}}', '22023 ["comments", "update", "body"] ["comments", "update", "nope"] ["comments", "update", "user_id"] ["comments", "update", "version"]'),
    ('{"comments": {"update": {"id": 1, "replies": []}}}', '22023 ["comments", "update", "replies"]'), ('{"comments": {"update": {"id": 1, "post": null}}}', '22023 ["comments", "update", "post"]'),
    ('{"comments": {"disconnect": [null, "x"]}}', '22023 ["comments", "disconnect", 0, "id"] ["comments", "disconnect", 1, "id"]'),
    ('{"comments": [{"replies": {"disconnect": 1, "update": {"id": 1}}}]}', '22023 ["comments", 0, "replies", "disconnect"] ["comments", 0, "replies", "update"]'),
    ('{"place": {"disconnect": "R"}}', '22023 ["place", "disconnect"]'), ('{"place": {"update": {}}}', '22023 ["place", "update"]'), ('{"tags": {"update": {"id": 1}}}', '22023 ["tags", "update"]'),
    ('{"place": null, "place_id": "R"}', '22023 ["place"]'), ('{"place": {"connect": "R"}, "place_id": "R"}', '22023 ["place"]'),
    -- rows that are not there; then rows that are not this row's: all alike, and all of them
    ('{"comments": {"connect": [99, 1], "disconnect": [98, 3], "update": [{"id": 97, "body": "x"}]}, "tags": {"connect": 99, "disconnect": [98, 1]}}', '23503 ["tags", "connect"] ["comments", "connect", 0] ["comments", "disconnect", 0] ["comments", "update", 0] ["tags", "disconnect", 0]'),
    ('{"comments": {"connect": 4, "disconnect": [3, 1, 4], "update": [{"id": 3, "body": "x"}, {"id": 4}, {"id": 2}]}}', '23503 ["comments", "disconnect", 0] ["comments", "disconnect", 2] ["comments", "update", 0] ["comments", "update", 1]'),
    ('{"title": "", "comments": {"disconnect": 99}, "tags": [{}]}', '22023 ["title"] ["comments", "disconnect"] ["tags", 0, "name"]')) shapes (patch, answer);
SELECT is(pg_temp.after(query), '22023 ' || places, 'related rows:' || query)
  FROM (VALUES ('SELECT update_posts(''ann'', ''{"id": 1}'', ''{"comments": []}'')', '["comments"]'), ('SELECT upsert_post(''ann'', ''{"id": 1, "comments": []}'')', '["comments"]'),
               ('SELECT patch_posts(''ann'', ''[{"id": 1, "comments": 7}, {"id": 2, "place": {"connect": null}, "tags": [{}]}]'')', '[0, "comments"] [1, "place", "connect", "code"] [1, "tags", 0, "name"]')) calls (query, places);
-- a hundred of them, the last of which says that there are more
SELECT is(array_length(regexp_split_to_array(answer, '\] \['), 1), 100, left(answer, 40)) FROM (VALUES (pg_temp.creates((SELECT jsonb_agg('{"comments": [{"nope": 1}]}'::jsonb) FROM generate_series(1, 150))::text)),
    (pg_temp.creates(jsonb_build_object('comments', jsonb_build_object('connect', (SELECT jsonb_agg(i + 1000) FROM generate_series(1, 150) i)))::text))) many (answer) WHERE answer ~ '^2[0-9]{4} \[\] ';
-- depth
CREATE FUNCTION pg_temp.deep(n int) RETURNS text LANGUAGE sql AS $$ SELECT repeat('{"tags": [{"name": "t", "posts": [', n / 2) || '{}' || repeat(']}]}', n / 2) $$;
SELECT matches(pg_temp.creates(pg_temp.deep(8)), '^23505', 'eight deep: read and written (tags of one name)');
SELECT matches(pg_temp.creates(pg_temp.deep(n)), '^22023 \["tags", 0, "posts", 0(, "tags", 0, "posts", 0){3}, "tags"\]$', n || ' deep: refused, whatever is below') FROM unnest('{10,2000}'::int[]) n;
SET LOCAL todo_orm.max_include_depth = 1;
SELECT is(pg_temp.creates('{"comments": [{"replies": []}]}'), '22023 ["comments", 0, "replies"]', 'todo_orm.max_include_depth');
RESET todo_orm.max_include_depth;

-- what PostgreSQL finds is reported for the table it is about
CREATE FUNCTION pg_temp.fields(query text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    state text; tab text; col text; con text; detail jsonb;
BEGIN
    EXECUTE query;
    RETURN 'no error';
EXCEPTION WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS state = RETURNED_SQLSTATE, tab = TABLE_NAME, col = COLUMN_NAME, con = CONSTRAINT_NAME, detail = PG_EXCEPTION_DETAIL;
    RETURN concat_ws(' ', state, tab, nullif(col, ''), nullif(con, ''), detail #> '{0,loc}', detail #> '{0,type}');
END
$$;
SELECT pg_temp.reset() \g /dev/null
SELECT is(pg_temp.fields(query), fields, query)
  FROM (VALUES
    ($q$ SELECT create_posts('ann', '[{"comments": [{"nr": 1}, {"nr": 1}]}]') $q$, '23505 comment nr comment_user_id_nr_key [0, "comments", 1, "nr"] "unique"'),
    ($q$ SELECT create_posts('ann', '[{"tags": [{"name": "x"}]}]') $q$, '23505 tag name tag_user_id_name_key [0, "tags", 0, "name"] "unique"'),
    ($q$ SELECT update_post('ann', 1, '{"tags": {"create": {"name": "y"}}}') $q$, '23505 tag name tag_user_id_name_key ["tags", "create", "name"] "unique"'),
    ($q$ SELECT create_posts('ann', '[{"place": {"code": "R"}, "comments": [{}]}]') $q$, '23505 place code place_pkey [0, "place", "code"] "unique"'),
    ($q$ SELECT create_posts('ann', '[{"comments": [{"replies": [{}]}], "place_id": "nowhere"}]') $q$, '23503 post place_id post_place_id_fkey ["place_id"] "foreign_key"'),
    ($q$ SELECT create_posts('ann', '[{"comments": [{"body": ""}]}]') $q$, '22023 comment body comment_body_check [0, "comments", 0, "body"] "check"'),
    ($q$ SELECT update_post('ann', 1, '{"comments": {"update": {"id": 1, "body": ""}}}') $q$, '22023 comment body comment_body_check ["comments", "update", "body"] "check"'),
    ($q$ SELECT update_post('ann', 1, '{"comments": {"update": [{"id": 1, "nr": 1}, {"id": 2, "nr": 1}]}}') $q$, '23505 comment nr comment_user_id_nr_key ["comments", "update", 1, "nr"] "unique"'),
    ($q$ SELECT update_comment('ann', 1, '{"post_id": 1, "post": {"connect": 2}}') $q$, '22023 comment ["post"] "value"')) violations (query, fields);
-- in a list of operations, too
SELECT is(pg_temp.after($q$ SELECT todo_orm.apply('ann', '[{"op": "create", "model": "tag", "as": "z", "values": {"name": "z"}}, {"op": "create", "model": "post", "as": "p", "values": {"title": "$z.name", "tags": {"connect": ["$z.id"]}, "comments": [{"body": "$z.name"}]}}, {"op": "update", "model": "post", "key": 1, "values": {"comments": {"connect": 4}}}]') $q$),
          'one : a b d #x, two : c, z : z #z; not used: y', 'todo_orm.apply: references at any depth');
SELECT is(pg_temp.after($q$ SELECT todo_orm.apply('ann', '[{"op": "create", "model": "tag", "values": {"name": "z"}}, {"op": "create", "model": "post", "values": [{"comments": [{"nope": 1}]}]}]') $q$), '22023 [1, "values", 0, "comments", 0, "nope"]', 'whose place comes first');
-- hidden values are shown to nobody
SELECT pg_temp.refuses($$ SELECT create_posts('ann', '[{"comments": [{"secret": ["hush"]}]}]') $$, '22023', '[{"loc": [0, "comments", 0, "secret"], "type": "type", "msg": "expected string, got array", "input": null}]', 'the value of a hidden column of a nested row');
SELECT is(pg_temp.creates('[{"comments": [{"secret": "hush"}]}]'), 'one : a b #x, two : c, untitled : -; alone: d; not used: y', 'which may be set');

----------------------------------------------------------------------
-- attacks: rows of others, rows that are deleted, rules, hostile texts
----------------------------------------------------------------------

SELECT is(pg_temp.creates(item), answer, 'another owner''s: ' || item)
  FROM (VALUES
    ('{"comments": {"connect": 11}}', '23503 ["comments", "connect"]'), ('{"comments": {"connect": [1, {"id": 14}]}}', '23503 ["comments", "connect", 1]'), ('{"tags": {"connect": [11, 12]}}', '23503 ["tags", "connect", 0] ["tags", "connect", 1]'),
    ('{"comments": {"connect": {"id": 11, "user_id": "bob"}}}', '22023 ["comments", "connect", "user_id"]'), ('{"tags": {"connect": [{"id": 11, "user_id": "bob"}]}}', '22023 ["tags", "connect", 0, "user_id"]'),
    ('{"user_id": "bob", "comments": [{"user_id": "bob"}]}', '22023 ["user_id"] ["comments", 0, "user_id"]'), ('{"comments": [{"id": 11}]}', '22023 ["comments", 0, "id"]'), ('{"tags": {"create": {"user_id": "bob", "name": "z"}}}', '22023 ["tags", "create", "user_id"]')) attacks (item, answer);
SELECT is(pg_temp.updates(patch), answer, 'another owner''s: ' || patch)
  FROM (VALUES
    ('{"comments": {"connect": 11, "disconnect": 11, "update": {"id": 11, "body": "mine"}}, "tags": {"connect": 11, "disconnect": 11}}', '23503 ["comments", "connect"] ["comments", "disconnect"] ["comments", "update"] ["tags", "connect"] ["tags", "disconnect"]'),
    ('{"comments": {"update": {"id": 1, "post_id": 11}}}', '23503 ["comments", "update", "post_id"]'), ('{"comments": {"update": {"id": 1, "user_id": "bob", "id ": 11}}}', '22023 ["comments", "update", "id "] ["comments", "update", "user_id"]'),
    ('{"comments": [{"replies": {"connect": 1}}]}', '22023 ["comments", 0, "replies", "connect"]')) attacks (patch, answer);
SELECT is(pg_temp.after($q$ SELECT id FROM create_comments('ann', '[{"post": {"connect": 11}}, {"post": {"connect": {"id": 11, "user_id": "bob"}}}]') $q$), '22023 [0, "post", "connect"] [1, "post", "connect", "user_id"]', 'nor as a parent');
SELECT is(pg_temp.after($q$ SELECT id FROM update_comment('ann', 1, '{"post": {"connect": 11}}') $q$), '23503 ["post", "connect"]', 'of an existing row');
SELECT pg_temp.reset(), soft_delete_comment('ann', 1), soft_delete_tag('ann', 2), soft_delete_post('ann', 2) \g /dev/null
SELECT is(pg_temp.answer(query), answer, 'deleted rows: ' || query)
  FROM (VALUES
    ($q$ SELECT id FROM create_posts('ann', '[{"comments": {"connect": [1, 2]}, "tags": {"connect": [1, 2]}}]') $q$, '23503 [0, "comments", "connect", 0] [0, "tags", "connect", 1]'),
    ($q$ SELECT id FROM update_post('ann', 1, '{"comments": {"connect": 1, "disconnect": 1, "update": {"id": 1}}, "tags": {"connect": 2, "disconnect": 2}}') $q$, '23503 ["comments", "connect"] ["comments", "disconnect"] ["comments", "update"] ["tags", "connect"] ["tags", "disconnect"]'),
    ($q$ SELECT id FROM update_post('ann', 1, '{"comments": {"update": {"id": 2, "post_id": 2}}}') $q$, '23503 ["comments", "update", "post_id"]'),
    ($q$ SELECT id FROM create_comments('ann', '[{"post": {"connect": 1}}, {"post": {"connect": 2}}]') $q$, '23503 [1, "post", "connect"]'),
    ($q$ SELECT id FROM update_post('ann', 2, '{"comments": [{"body": "x"}], "tags": [{"name": "x2"}]}') $q$, NULL),
    ($q$ SELECT id FROM patch_posts('ann', '[{"id": 2, "comments": [{"body": "x"}]}]') $q$, 'P0002 [0, "id"]')) deleted (query, answer);
-- immutable and readonly references
SELECT is(pg_temp.answer(query), answer, 'rules of the columns: ' || query)
  FROM (VALUES
    ($q$ SELECT body FROM create_replies('ann', '[{"body": "r", "comment": {"connect": 2}}]') $q$, '[{"body": "r"}]'),
    ($q$ SELECT id FROM update_comment('ann', 3, '{"replies": {"connect": 101}}') $q$, '22023 ["replies", "connect"]'),
    ($q$ SELECT id FROM update_comment('ann', 2, '{"replies": {"disconnect": 101, "update": {"id": 101, "comment_id": 3}}}') $q$, '22023 ["replies", "disconnect"] ["replies", "update", "comment_id"]'),
    ($q$ SELECT body FROM update_reply('ann', 101, '{"comment": {"connect": 2}}') $q$, '22023 ["comment"]'), ($q$ SELECT body FROM update_reply('ann', 101, '{"comment": {"body": "new"}}') $q$, '22023 ["comment"]'), ($q$ SELECT body FROM update_reply('ann', 101, '{"comment": null}') $q$, '22023 ["comment"]'),
    ($q$ SELECT body FROM update_comment('ann', 2, '{"replies": {"update": {"id": 101, "body": "s"}}}') $q$, '[{"body": "b"}]')) rules (query, answer);
SELECT todo_orm.register_model('comment', '{"readonly": ["post_id"]}') \g /dev/null
SELECT is(pg_temp.after(query), answer, 'a readonly reference: ' || query)
  FROM (VALUES
    ($q$ SELECT id FROM create_posts('ann', '[{"comments": [{"body": "e"}]}]') $q$, '22023 [0, "comments", 0]'), ($q$ SELECT id FROM create_posts('ann', '[{"title": "", "comments": {"connect": 4}}, {"tags": [{}]}]') $q$, '22023 [0, "title"] [0, "comments", "connect"] [1, "tags", 0, "name"]'),
    ($q$ SELECT id FROM update_post('ann', 1, '{"comments": {"create": {}, "connect": 4, "disconnect": 1}}') $q$, '22023 ["comments", "connect"] ["comments", "create"] ["comments", "disconnect"]'),
    ($q$ SELECT id FROM create_comments('ann', '[{"post": {"connect": 1}}, {"post": {}}]') $q$, '22023 [0, "post"] [1, "post"]'), ($q$ SELECT id FROM update_comment('ann', 1, '{"post": null}') $q$, '22023 ["post"]'),
    ($q$ SELECT id FROM update_post('ann', 1, '{"comments": {"update": {"id": 1, "body": "A"}}}') $q$, 'one : A b #x, two : c; alone: d; not used: y')) rules (query, answer);
-- what is unknown is ignored where the model says so, but not where related rows stand
SELECT todo_orm.register_model('comment', '{"readonly": [], "extra": "ignore"}') \g /dev/null
SELECT is(pg_temp.creates(item), answer, 'extra: ignore: ' || item)
  FROM (VALUES ('{"title": "t", "comments": [{"body": "e", "nope": [1], "post": {"title": "no"}}]}', 'one : a b #x, two : c, t : e; alone: d; not used: y'), ('{"comments": {"create": {"body": "e"}, "conect": 4}}', '22023 ["comments", "conect"]'),
               ('{"comments": {"connect": {"id": 4, "body": "x"}}}', '22023 ["comments", "connect", "body"]'), ('{"nope": 1, "comments": {"create": {"create": {}}}}', '22023 ["nope"]')) extra (item, answer);
SELECT todo_orm.register_model('comment', '{"extra": "forbid"}') \g /dev/null
-- texts are texts
SELECT is(pg_temp.creates(jsonb_build_object('title', evil, 'comments', jsonb_build_array(jsonb_build_object('body', evil, 'replies', jsonb_build_object('body', evil))), 'tags', jsonb_build_object('name', evil))::text),
          format('one : a b #x, two : c, %s : %1$s(%1$s) #%1$s; alone: d; not used: y', evil), 'a text: ' || evil)
  FROM unnest(ARRAY[''' OR true --', '"; DROP TABLE post; --', '$1', E'\\', '{"connect": 1}', '%s%n', E'\t\r\n\x01', 'Ünï𝄞', ' ', repeat('x', 5000)]) evil;
SELECT is(pg_temp.creates(jsonb_build_object(name, '[]'::jsonb, 'comments', jsonb_build_object('create', '[]'::jsonb, name, 1))::text), format('22023 [%s] ["comments", %1$s]', to_json(name)), 'a name: ' || name)
  FROM unnest(ARRAY['comments"; DROP TABLE post; --', 'comments''', '', ' create', 'CREATE', E'create\\', 'Ünï', 'ctid', 'tableoid']) name;

----------------------------------------------------------------------
-- rights and identity
----------------------------------------------------------------------

SELECT is(pg_temp.after(query, 'regress_app'), '42501 permission denied for function ' || func, 'a role without functions')
  FROM (VALUES ($q$ SELECT id FROM create_posts('ann', '[{"comments": []}]') $q$, 'create_posts'), ($q$ SELECT id FROM update_post('ann', 1, '{"comments": []}') $q$, 'update_post')) q (query, func);
SELECT todo_orm.grant_access('post', 'regress_app') \g /dev/null
-- what a role may after each grant, on top of those before
CREATE FUNCTION pg_temp.may(grants text, allowed jsonb, refused jsonb) RETURNS SETOF text LANGUAGE plpgsql AS $$
DECLARE
    patch jsonb;
BEGIN
    EXECUTE 'GRANT EXECUTE ON FUNCTION ' || grants || ' TO regress_app';
    FOR patch IN SELECT jsonb_array_elements(allowed) LOOP
        RETURN NEXT tap.is(pg_temp.updates(patch::text, 'regress_app'), pg_temp.updates(patch::text), format('with %s a role may: %s', grants, patch));
    END LOOP;
    FOR patch IN SELECT jsonb_array_elements(refused) LOOP
        RETURN NEXT tap.matches(pg_temp.updates(patch::text, 'regress_app'), '^42501 permission denied (to write along relationship|for relationship|for the functions of) "', format('with %s a role may not: %s', grants, patch));
    END LOOP;
END
$$;
SELECT pg_temp.may('get_post', '[{"title": "ONE"}]', '[{"comments": []}, {"comments": {"connect": 4}}, {"comments": {"connect": 11}}, {"comments": {"disconnect": 1}}, {"comments": {"update": {"id": 1}}}, {"comments": [{"body": "e"}]}, {"place": {"connect": "R"}}, {"place": {"code": "L"}}, {"tags": [{"name": "z"}]}, {"tags": {"connect": 2}}]');
SELECT pg_temp.may('comments(post), place(post), tags(post)', '[{"comments": []}, {"place": {"connect": "R"}}]', '[{"comments": {"connect": 4}}, {"comments": {"connect": 11}}, {"comments": {"connect": 99}}, {"comments": {"disconnect": 1}}, {"comments": {"update": {"id": 1}}}, {"comments": [{"body": "e"}]}, {"place": {"code": "L"}}, {"tags": {"create": {"name": "z"}}}, {"tags": {"disconnect": 1}}]');
SELECT pg_temp.may('create_comments', '[{"comments": [{"body": "e"}]}]', '[{"comments": {"connect": 4}}, {"comments": [{"body": "e", "replies": [{"body": "r"}]}]}]');
SELECT pg_temp.may('update_comment', '[{"comments": {"connect": 4, "disconnect": 1, "update": {"id": 2, "body": "B"}}}]', '[{"comments": {"create": {"replies": {"body": "r"}}}}]');
SELECT pg_temp.may('create_place', '[{"place": {"code": "L"}}]', '[{"tags": {"connect": 2}}]');
REVOKE EXECUTE ON FUNCTION link_post_tags, unlink_post_tags, set_post_tags FROM regress_app;
SELECT pg_temp.may('link_post_tags', '[{"tags": {"connect": 2}}]', '[{"tags": {"disconnect": 1}}, {"tags": [{"name": "z"}]}]');
REVOKE EXECUTE ON FUNCTION link_post_tags FROM regress_app;
SELECT pg_temp.may('unlink_post_tags', '[{"tags": {"disconnect": 1}}]', '[{"tags": {"connect": 2}}, {"tags": [{"name": "z"}]}]');
REVOKE EXECUTE ON FUNCTION unlink_post_tags FROM regress_app;
SELECT pg_temp.may('create_tag', '[]', '[{"tags": [{"name": "z"}]}, {"tags": {"connect": 2}}, {"tags": {"disconnect": 1}}]');
SELECT pg_temp.may('set_post_tags', '[{"tags": {"create": {"name": "z"}, "connect": 2, "disconnect": 1}}]', '[{"comments": {"replies": {"body": "r"}}}]');
SELECT pg_temp.may('replies(comment), create_replies', '[{"comments": {"replies": {"body": "r"}}}]', '[{"comments": {"replies": {"connect": 1}}}]');
-- the right is that of the session's role, not of who wrote a function around the call
CREATE FUNCTION around() RETURNS bigint LANGUAGE sql SECURITY DEFINER AS $$ SELECT id FROM update_post('ann', 1, '{"comments": {"replies": {"connect": 1}}}') $$;
SELECT matches(pg_temp.after('SELECT around()', 'regress_app'), '^42501', 'SECURITY DEFINER lends none');

SET LOCAL todo_orm.user_id = 'bob';
SELECT is(pg_temp.creates('{"comments": [{"body": "e"}]}'), '42501 permission denied for the rows of another owner', 'the identity is asked of the call');
SET LOCAL todo_orm.user_id = 'ann';
SELECT is(pg_temp.creates('{"title": "t", "comments": [{"body": "e"}], "tags": {"connect": 2}}'), 'one : a b #x, two : c, t : e #y; alone: d', 'and may be the owner');
RESET todo_orm.user_id;
CREATE TABLE login (id bigint GENERATED BY DEFAULT AS IDENTITY, account text COLLATE "C" NOT NULL, post_id bigint, PRIMARY KEY (account, id), FOREIGN KEY (account, post_id) REFERENCES post);
SELECT todo_orm.register_model('login', '{"owner": "account", "owner_setting": "app.account"}') \g /dev/null
SET LOCAL app.account = 'bob';
SELECT is(pg_temp.answer(query), '42501 permission denied for the rows of another owner', 'and of each model: ' || query)
  FROM unnest(ARRAY[$q$ SELECT id FROM create_posts('ann', '[{"logins": [{}]}]') $q$, $q$ SELECT id FROM update_post('ann', 1, '{"logins": [{}]}') $q$, $q$ SELECT id FROM update_post('ann', 1, '{"logins": {"connect": 1}}') $q$]) query;
SET LOCAL app.account = 'ann';
SELECT isnt(pg_temp.answer($q$ SELECT id FROM create_posts('ann', '[{"logins": [{}]}]') $q$), NULL, 'which may be the same');
DROP TABLE login CASCADE;

----------------------------------------------------------------------
-- models of other shapes
----------------------------------------------------------------------

-- a tree whose nodes move their parents; the way up from a node to its root
CREATE TABLE node (LIKE todo_orm.owned INCLUDING ALL, LIKE todo_orm.timestamps INCLUDING ALL, parent_id bigint, name text NOT NULL, PRIMARY KEY (user_id, id), FOREIGN KEY (user_id, parent_id) REFERENCES node);
SELECT todo_orm.register_model('node', '{"touch": ["parent"]}') \g /dev/null
CREATE FUNCTION pg_temp.paths() RETURNS text LANGUAGE sql AS $$
    WITH RECURSIVE up AS (SELECT id, parent_id, name AS path, updated_at FROM node WHERE parent_id IS NULL UNION ALL SELECT n.id, n.parent_id, path || '/' || name, n.updated_at FROM node n JOIN up ON up.id = n.parent_id)
    SELECT string_agg(path || CASE WHEN updated_at IS NULL THEN '' ELSE '*' END, ' ' ORDER BY path) FROM up $$;
SELECT is(pg_temp.answer($q$ SELECT name FROM create_nodes('ann', '[{"name": "r", "nodes": [{"name": "a", "nodes": [{"name": "b"}, {"name": "c"}]}, {"name": "d"}]}, {"name": "z", "parent": {"name": "y", "parent": {"name": "x"}}, "nodes": [{"name": "zz"}]}]') $q$), '[{"name": "r"}, {"name": "z"}]', 'a tree, downwards and upwards');
SELECT is(pg_temp.paths(), 'r r/a r/a/b r/a/c r/d x x/y x/y/z x/y/z/zz', 'and none of it was moved');
SELECT is(pg_temp.answer(query), answer, query)
  FROM (VALUES
    ($q$ SELECT n.name FROM node o, update_node('ann', o.id, jsonb_build_object('nodes', jsonb_build_object('connect', (SELECT jsonb_agg(id) FROM node WHERE name IN ('b', 'zz'))))) n WHERE o.name = 'd' $q$, '[{"name": "d"}]'),
    ($q$ SELECT n.name FROM node o, update_node('ann', o.id, '{"parent": {"create": {"name": "root"}}}') n WHERE o.name = 'r' $q$, '[{"name": "r"}]'),
    ($q$ SELECT n.name FROM create_nodes('ann', '[{"name": "no", "nodes": [{"name": "no", "parent": {"name": "no"}}]}]') n $q$, '22023 [0, "nodes", 0, "parent"]')) calls (query, answer);
SELECT is(pg_temp.paths(), 'root root/r* root/r/a root/r/a/c root/r/d* root/r/d/b* root/r/d/zz* x x/y x/y/z', 'what was there before was, where it changed');

-- composite keys, uuids, keys to a unique column, keys that share a column, links of composite keys
CREATE TABLE unit (user_id text COLLATE "C" NOT NULL, org int, nr smallint, label varchar(5), PRIMARY KEY (user_id, org, nr), UNIQUE (user_id, label));
CREATE TABLE desk (user_id text COLLATE "C" NOT NULL, id uuid DEFAULT gen_random_uuid(), name text, org int, left_id smallint, right_id smallint, label_id varchar(5), PRIMARY KEY (user_id, id), UNIQUE (user_id, name),
    FOREIGN KEY (user_id, org, left_id) REFERENCES unit, FOREIGN KEY (user_id, org, right_id) REFERENCES unit, FOREIGN KEY (user_id, label_id) REFERENCES unit (user_id, label));
CREATE TABLE drawer (user_id text COLLATE "C" NOT NULL, desk_id uuid, org int, nr smallint, PRIMARY KEY (user_id, desk_id, org, nr), FOREIGN KEY (user_id, desk_id) REFERENCES desk, FOREIGN KEY (user_id, org, nr) REFERENCES unit);
SELECT todo_orm.register_model('unit') \g /dev/null
SELECT todo_orm.register_model('desk') \g /dev/null
CREATE FUNCTION pg_temp.desks() RETURNS text LANGUAGE sql AS $$
    SELECT string_agg(concat_ws(' ', name, org || ':' || concat_ws('-', coalesce(left_id::text, '.'), coalesce(right_id::text, '.')), '@' || label_id, (SELECT '#' || string_agg(d.org || ':' || nr, '#' ORDER BY d.org, nr) FROM drawer d WHERE desk_id = id)), ', ' ORDER BY name) FROM desk $$;
CREATE FUNCTION pg_temp.with_units(query text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    answer text;
BEGIN
    TRUNCATE unit, desk, drawer;
    INSERT INTO unit VALUES ('ann', 1, 1, 'one'), ('ann', 1, 2, 'two'), ('ann', 2, 1, 'other'), ('ann', 2, 2, NULL), ('bob', 1, 3, 'three');
    INSERT INTO desk (user_id, id, name) VALUES ('ann', '00000000-0000-0000-0000-000000000001', 'a'), ('bob', '00000000-0000-0000-0000-000000000002', 'b');
    answer := pg_temp.answer(query);
    RETURN CASE WHEN answer ~ '^[0-9]{5} ' THEN answer ELSE pg_temp.desks() END;
END
$$;
SELECT is(pg_temp.with_units(query), answer, query)
  FROM (VALUES
    ($q$ SELECT name FROM create_desks('ann', '[{"name": "d", "left": {"connect": {"org": 1, "nr": 2}}, "label": {"connect": {"org": 2, "nr": 1}}}, {"name": "e", "left": {"org": 7, "nr": 7}, "units": {"connect": [{"org": 1, "nr": 1}, {"org": "2", "nr": 1}], "create": {"org": 8, "nr": 8}}, "label": {"org": 9, "nr": 9, "label": "nine"}}]') $q$,
     'a, b, d 1:2-. @other, e 7:7-. @nine #1:1#2:1#8:8'),
    ($q$ SELECT org FROM create_units('ann', '[{"org": 3, "nr": 3, "label": "three", "desks_left": [{"name": "d"}], "desks": {"connect": "00000000-0000-0000-0000-000000000001", "create": {"name": "e"}}, "desks_drawer": [{"name": "f"}]}]') $q$, 'a @three, b, d 3:3-., e @three, f #3:3'),
    ($q$ SELECT org FROM patch_units('ann', '[{"org": 1, "nr": 1, "desks_left": {"connect": {"id": "00000000-0000-0000-0000-000000000001"}}}]') $q$, 'a 1:1-., b'),
    -- a column of two keys has one value
    ($q$ SELECT name FROM create_desks('ann', '[{"name": "d", "left": {"connect": {"org": 1, "nr": 1}}, "right": {"connect": {"org": 1, "nr": 2}}}, {"name": "e", "org": 2, "right": {"connect": {"org": 2, "nr": 1}}}]') $q$, 'a, b, d 1:1-2, e 2:.-1'),
    ($q$ SELECT name FROM create_desks('ann', '[{"left": {"connect": {"org": 1, "nr": 1}}, "right": {"connect": {"org": 2, "nr": 2}}}]') $q$, '22023 [0, "right", "connect"]'),
    ($q$ SELECT name FROM create_desks('ann', '[{"org": 1, "right": {"connect": {"org": 2, "nr": 2}}}]') $q$, '22023 [0, "right", "connect"]'),
    ($q$ SELECT name FROM create_desks('ann', '[{"left": {"connect": {"org": 1, "nr": 1}}, "right": {"org": 2, "nr": 7}}]') $q$, '22023 [0, "right"]'),
    ($q$ SELECT org FROM create_units('ann', '[{"org": 3, "nr": 3, "desks_left": [{"name": "d", "right": {"connect": {"org": 1, "nr": 1}}}]}]') $q$, '22023 [0, "desks_left", 0, "right", "connect"]'),
    -- there is nothing to refer to where the column is null
    ($q$ SELECT name FROM create_desks('ann', '[{"name": "d", "label": {"connect": {"org": 2, "nr": 2}}}]') $q$, '23503 [0, "label", "connect"]'), ($q$ SELECT name FROM create_desks('ann', '[{"name": "d", "label": {"org": 3, "nr": 3}}]') $q$, '23503 [0, "label"]'),
    ($q$ SELECT org FROM create_units('ann', '[{"org": 3, "nr": 3, "desks": [{"name": "d"}]}]') $q$, '23503 [0, "desks", 0]'),
    ($q$ SELECT org FROM create_units('ann', '[{"org": 3, "nr": 3, "desks": {"connect": "00000000-0000-0000-0000-000000000001"}}]') $q$, '23503 [0, "desks", "connect"]'),
    -- ids
    ($q$ SELECT name FROM create_desks('ann', '[{"left": {"connect": 1}}, {"left": {"connect": {"org": 1}}}, {"left": {"connect": {"org": 1, "nr": 1, "label": "one"}}}, {"left": {"connect": {"org": 1, "nr": 99999}}}, {"left": {"connect": {"org": 1, "nr": 3}}}]') $q$,
     '22023 [0, "left", "connect"] [4, "left", "connect"] [1, "left", "connect", "nr"] [2, "left", "connect", "label"] [3, "left", "connect", "nr"]'),
    ($q$ SELECT org FROM create_units('ann', '[{"org": 3, "nr": 3, "desks": {"connect": ["x", 1, "00000000-0000-0000-0000-000000000002", "{00000000-0000-0000-0000-000000000001}"]}}]') $q$, '22023 [0, "desks", "connect", 2] [0, "desks", "connect", 0, "id"] [0, "desks", "connect", 1, "id"]')) calls (query, answer);

-- a key of another type than the column it refers to
CREATE TABLE stat (user_id text COLLATE "C" NOT NULL, id int, day timestamptz NOT NULL, num numeric NOT NULL, nick name NOT NULL, PRIMARY KEY (user_id, id), UNIQUE (user_id, day), UNIQUE (user_id, num), UNIQUE (user_id, nick));
CREATE TABLE event (LIKE todo_orm.owned INCLUDING ALL, stat_id bigint, day_id date, num_id int, nick_id text, PRIMARY KEY (user_id, id), FOREIGN KEY (user_id, stat_id) REFERENCES stat,
    FOREIGN KEY (user_id, day_id) REFERENCES stat (user_id, day), FOREIGN KEY (user_id, num_id) REFERENCES stat (user_id, num), FOREIGN KEY (user_id, nick_id) REFERENCES stat (user_id, nick));
SELECT todo_orm.register_model('stat') \g /dev/null
SELECT todo_orm.register_model('event') \g /dev/null
SELECT is((SELECT array_agg(kind || ' ' || relationship ORDER BY relationship) FROM todo_orm.relationships WHERE model = 'stat'::regclass), '{one_to_many events,one_to_many events_nick,one_to_many events_num,one_to_many events_stat}', 'four keys');
SELECT is(pg_temp.answer($q$ SELECT id FROM create_stats('ann', '[{"id": 1, "day": "2026-01-02", "num": 7, "nick": "dzzzz", "events_stat": [{}], "events": [{}], "events_num": [{}], "events_nick": [{}]}]') $q$), '[{"id": 1}]', 'created from above');
SELECT is(pg_temp.answer($q$ SELECT stat_id, day_id, num_id, nick_id FROM create_events('ann', '[{"stat": {"connect": 1}, "day": {"connect": 1}, "num": {"connect": 1}, "nick": {"connect": 1}}, {"nick": {"id": 2, "day": "2026-01-03", "num": 7.5, "nick": "two"}}]') $q$),
          '[{"day_id": "2026-01-02", "num_id": 7, "nick_id": "dzzzz", "stat_id": 1}, {"day_id": null, "num_id": null, "nick_id": "two", "stat_id": null}]', 'and from below');
SELECT is((SELECT array_agg(concat_ws(' ', id, stat_id, day_id, num_id, nick_id) ORDER BY id) FROM event), '{"1 2026-01-02","2 7","3 dzzzz","4 1","5 1 2026-01-02 7 dzzzz","6 two"}', 'each column in its own type');
SELECT is(pg_temp.answer($q$ SELECT id FROM patch_stats('ann', '[{"id": 1, "events_stat": {"disconnect": 4}, "events": {"update": {"id": 1}, "disconnect": 1}, "events_num": {"disconnect": 2, "connect": 6}, "events_nick": {"disconnect": 3}}]') $q$), '[{"id": 1}]', 'whose child it is');
SELECT is((SELECT array_agg(concat_ws(' ', id, stat_id, day_id, num_id, nick_id) ORDER BY id) FROM event), '{1,2,3,4,"5 1 2026-01-02 7 dzzzz","6 7 two"}', 'is seen across types');
SELECT is(pg_temp.answer($q$ SELECT id FROM create_events('ann', '[{"num": {"connect": 2}}]') $q$), '22023 [0, "num", "connect"]', 'a value that the column cannot hold');

-- the owner is the whole key
CREATE TABLE theme (LIKE todo_orm.owned INCLUDING ALL, color text, PRIMARY KEY (user_id, id));
CREATE TABLE profile (user_id text COLLATE "C" PRIMARY KEY, bio text, theme_id bigint, FOREIGN KEY (user_id, theme_id) REFERENCES theme);
CREATE TABLE badge (LIKE todo_orm.owned INCLUDING ALL, label text, PRIMARY KEY (user_id, id), FOREIGN KEY (user_id) REFERENCES profile);
SELECT todo_orm.register_model(m) FROM unnest('{theme,profile,badge}'::regclass[]) m \g /dev/null
SELECT is(pg_temp.answer(query), answer, query)
  FROM (VALUES
    ($q$ SELECT bio FROM create_profiles('ann', '{"bio": "me", "theme": {"color": "red"}, "badges": [{"label": "a"}, {"label": "b"}]}') $q$, '[{"bio": "me"}]'),
    ($q$ SELECT theme_id FROM update_profile('ann', '{"theme": {"color": "blue"}, "badges": {"create": {"label": "c"}, "update": {"id": 1, "label": "A"}}}') $q$, '[{"theme_id": 2}]'),
    ($q$ SELECT color FROM create_themes('ann', '[{"color": "green", "profiles": {"connect": {}}}]') $q$, '[{"color": "green"}]'),
    ($q$ SELECT color FROM create_themes('bob', '[{"color": "pink", "profiles": {"connect": {}}}]') $q$, '23503 [0, "profiles", "connect"]'),
    ($q$ SELECT color FROM create_themes('bob', '[{"profiles": {"connect": {"user_id": "ann"}}}]') $q$, '22023 [0, "profiles", "connect", "user_id"]'), ($q$ SELECT color FROM create_themes('bob', '[{"profiles": {"connect": "ann"}}]') $q$, '22023 [0, "profiles", "connect"]'),
    ($q$ SELECT bio FROM update_profile('ann', '{"badges": {"disconnect": 1}}') $q$, '22023 ["badges", "disconnect"]')) calls (query, answer);
SELECT is((SELECT string_agg(concat_ws(' ', p.user_id, theme_id, label), ', ' ORDER BY label) FROM profile p JOIN badge b ON b.user_id = p.user_id), 'ann 3 A, ann 3 b, ann 3 c', 'what is stored');

-- partitions; names that need quoting; members named like what is done; a create that takes an item
CREATE SCHEMA "My ""S";
CREATE TABLE "My ""S"."The Boxes" (user_id text COLLATE "C" NOT NULL, "The Id" uuid DEFAULT gen_random_uuid(), "it's" text, PRIMARY KEY (user_id, "The Id")) PARTITION BY HASH (user_id);
CREATE TABLE "My ""S"."p 0" PARTITION OF "My ""S"."The Boxes" FOR VALUES WITH (MODULUS 1, REMAINDER 0);
CREATE TABLE "My ""S".thing (LIKE todo_orm.owned INCLUDING ALL, "In ""it_id" uuid, "create" text, "connect" int, PRIMARY KEY (user_id, id), UNIQUE (user_id, "create"), FOREIGN KEY (user_id, "In ""it_id") REFERENCES "My ""S"."The Boxes") PARTITION BY HASH (user_id);
CREATE TABLE "My ""S".thing0 PARTITION OF "My ""S".thing FOR VALUES WITH (MODULUS 1, REMAINDER 0);
SELECT todo_orm.register_model('"My ""S"."The Boxes"', '{"name": "box"}') \g /dev/null
SELECT todo_orm.register_model('"My ""S".thing', '{"relationships": {"In \"it": "update"}}') \g /dev/null
SELECT is(pg_temp.answer(query), answer, query)
  FROM (VALUES
    -- an object is an item where these are names of its columns and relationships
    ($q$ SELECT "it's" FROM "My ""S".create_boxes('ann', '[{"it''s": "1", "things": {"create": "c", "connect": 7}}, {"it''s": "2", "things": [{"create": "d"}, {"create": "e"}]}]') $q$, '[{"it''s": "1"}, {"it''s": "2"}]'),
    ($q$ SELECT "create" FROM "My ""S".create_things('ann', '[{"create": "f", "update": {"it''s": "3"}}]') $q$, '[{"create": "f"}]'),
    ($q$ SELECT "connect" FROM "My ""S".create_things('ann', '[{"connect": 8, "update": {"create": {"it''s": "4"}}}]') $q$, '[{"connect": 8}]'),
    ($q$ SELECT b."it's" FROM "My ""S"."The Boxes" t, "My ""S".update_box('ann', t."The Id", '{"things": {"disconnect": [1]}}') b WHERE t."it's" = '1' $q$, '[{"it''s": "1"}]'),
    ($q$ SELECT b."it's" FROM "My ""S"."The Boxes" t, "My ""S".update_box('ann', t."The Id", '{"things": {"update": {"it''s": "5"}, "create": "g"}}') b WHERE t."it's" = '1' $q$, '22023 ["things", "update"]'),
    ($q$ SELECT 1 FROM "My ""S".create_boxes('ann', '[{"things": [{"In \"it_id": "x", "no \"pe": 1}]}]') $q$, '22023 [0, "things", 0, "In \"it_id"] [0, "things", 0, "no \"pe"]')) calls (query, answer);
SELECT is((SELECT string_agg(concat_ws(' ', "it's", "create", "connect"), ', ' ORDER BY t.id) FROM "My ""S".thing t LEFT JOIN "My ""S"."The Boxes" ON "The Id" = "In ""it_id"), 'c 7, 2 d, 2 e, 3 f, 4 8', 'what is stored');
SELECT is(pg_temp.fields($q$ SELECT "My ""S".create_boxes('ann', '[{"things": {"create": "d"}}]') $q$), '23505 thing create thing_user_id_create_key [0, "things", "create"] "unique"', 'a violation in a partition');
DO $$ BEGIN EXECUTE format('CREATE TABLE wide (LIKE todo_orm.owned INCLUDING ALL, %s, theme_id bigint, PRIMARY KEY (user_id, id), FOREIGN KEY (user_id, theme_id) REFERENCES theme)', (SELECT string_agg('c' || i || ' int', ', ') FROM generate_series(1, 120) i)); END $$;
SELECT todo_orm.register_model('wide') \g /dev/null
SELECT is(pg_temp.answer($q$ SELECT c1, theme_id FROM create_wide('ann', '{"c1": 1, "theme": {"connect": 1}}') $q$), '[{"c1": 1, "theme_id": 1}]', 'the one item of a create of many columns');
SELECT is(pg_temp.answer($q$ SELECT 1 FROM create_wide('ann', '{"c1": "x", "theme": {"connect": 99, "create": {"nope": 1}}}') $q$), '22023 ["c1"] ["theme"] ["theme", "connect"] ["theme", "create", "nope"]', 'whose errors have no index');
-- a view has no foreign keys, and so nothing can stand in its items
CREATE VIEW draft AS SELECT * FROM post;
SELECT todo_orm.register_model('draft', '{"key": ["id"]}') \g /dev/null
SELECT is(pg_temp.answer($q$ SELECT title FROM create_drafts('ann', '[{"comments": []}]') $q$), '22023 [0, "comments"]', 'a view');
-- links that a row of its own must be made for
CREATE TABLE grade (LIKE todo_orm.owned INCLUDING ALL, x text, PRIMARY KEY (user_id, id));
CREATE TABLE pupil (LIKE todo_orm.owned INCLUDING ALL, y text, PRIMARY KEY (user_id, id));
CREATE TABLE mark (user_id text COLLATE "C" NOT NULL, grade_id bigint, pupil_id bigint, points int NOT NULL, PRIMARY KEY (user_id, grade_id, pupil_id), FOREIGN KEY (user_id, grade_id) REFERENCES grade, FOREIGN KEY (user_id, pupil_id) REFERENCES pupil);
SELECT todo_orm.register_model(m) FROM unnest('{grade,pupil,mark}'::regclass[]) m \g /dev/null
SELECT is(pg_temp.answer(query), answer, query)
  FROM (VALUES
    ($q$ SELECT x FROM create_grades('ann', '[{"x": "1", "pupils": [{"y": "a"}]}]') $q$, '22023 [0, "pupils"]'), ($q$ SELECT x FROM create_grades('ann', '[{"pupils": {"connect": 1}}]') $q$, '22023 [0, "pupils"]'),
    ($q$ SELECT x FROM create_grades('ann', '[{"x": "1", "marks": [{"points": 1, "pupil": {"y": "a"}}, {"points": 2, "pupil": {"y": "b"}}]}]') $q$, '[{"x": "1"}]'),
    ($q$ SELECT g.x FROM grade, update_grade('ann', id, jsonb_build_object('marks', jsonb_build_object('update', jsonb_build_object('grade_id', id, 'pupil_id', 1, 'points', 9)))) g $q$, '[{"x": "1"}]'),
    ($q$ SELECT g.x FROM grade, update_grade('ann', id, jsonb_build_object('marks', jsonb_build_object('disconnect', jsonb_build_object('grade_id', id, 'pupil_id', 1)))) g $q$, '22023 ["marks", "disconnect"]'),
    ($q$ SELECT points FROM create_marks('ann', '[{"points": 3, "grade": {"x": "2"}, "pupil": {"connect": 2}}]') $q$, '[{"points": 3}]')) calls (query, answer);
SELECT is((SELECT string_agg(concat(x, y, points), ' ' ORDER BY x, y) FROM mark m JOIN grade g ON g.id = grade_id JOIN pupil p ON p.id = pupil_id), '1a9 1b2 2b3', 'what is stored');
-- links that come back from the dead, and move both sides: not what was made in the same call
CREATE TABLE film (LIKE todo_orm.owned INCLUDING ALL, LIKE todo_orm.versioned INCLUDING ALL, LIKE todo_orm.timestamps INCLUDING ALL, name text, PRIMARY KEY (user_id, id));
CREATE TABLE actor (LIKE film INCLUDING ALL);
CREATE TABLE role (user_id text COLLATE "C", film_id bigint, actor_id bigint, deleted_at timestamptz, PRIMARY KEY (user_id, film_id, actor_id), FOREIGN KEY (user_id, film_id) REFERENCES film, FOREIGN KEY (user_id, actor_id) REFERENCES actor);
SELECT todo_orm.register_model(m) FROM unnest('{film,actor}'::regclass[]) m \g /dev/null
SELECT todo_orm.register_model('role', '{"touch": ["film", "actor"]}') \g /dev/null
INSERT INTO actor (user_id) VALUES ('ann'), ('ann');
CREATE FUNCTION pg_temp.versions() RETURNS text LANGUAGE sql AS $$ SELECT (SELECT string_agg('film ' || version, ', ' ORDER BY id) FROM film) || '; ' || (SELECT string_agg('actor ' || version, ', ' ORDER BY id) FROM actor) || (SELECT coalesce(string_agg('; ' || film_id || '-' || actor_id, '' ORDER BY film_id, actor_id), '') FROM role WHERE deleted_at IS NULL) $$;
SELECT is(pg_temp.answer(query) || ' ' || pg_temp.versions(), answer, query)
  FROM (VALUES
    (1, $q$ SELECT version FROM create_films('ann', '[{"actors": {"connect": 1, "create": {}}}]') $q$, '[{"version": 1}] film 1; actor 2, actor 1, actor 1; 1-1; 1-3'),
    (2, $q$ SELECT version FROM update_film('ann', 1, '{"actors": {"disconnect": [1, 2], "connect": 3}}') $q$, '[{"version": 2}] film 2; actor 3, actor 1, actor 1; 1-3'),
    (3, $q$ SELECT version FROM update_film('ann', 1, '{"actors": {"connect": [1, 3]}}') $q$, '[{"version": 3}] film 3; actor 4, actor 1, actor 1; 1-1; 1-3'),
    (4, $q$ SELECT version FROM create_films('ann', '[{"roles": [{"actor_id": 2}, {"actor": {"name": "new"}}]}]') $q$, '[{"version": 1}] film 3, film 1; actor 4, actor 2, actor 1, actor 1; 1-1; 1-3; 2-2; 2-4')) calls (n, query, answer);

-- DDL of the other model is seen at once
CREATE TABLE shelf (LIKE todo_orm.owned INCLUDING ALL, name text, PRIMARY KEY (user_id, id));
CREATE TABLE book (LIKE todo_orm.owned INCLUDING ALL, shelf_id bigint, PRIMARY KEY (user_id, id), CONSTRAINT on_shelf FOREIGN KEY (user_id, shelf_id) REFERENCES shelf);
SELECT todo_orm.register_model(m) FROM unnest('{shelf,book}'::regclass[]) m \g /dev/null
CREATE FUNCTION pg_temp.shelve() RETURNS text LANGUAGE sql AS $$ SELECT pg_temp.answer($q$ SELECT name FROM create_shelves('ann', '[{"name": "s", "books": [{"title": "t"}]}]') $q$) $$;
SELECT is(pg_temp.shelve(), '22023 [0, "books", 0, "title"]', 'a column that is not there');
ALTER TABLE book ADD title text;
SELECT is(pg_temp.shelve(), '[{"name": "s"}]', 'that is');
ALTER TABLE book ADD CHECK (title <> 't') NOT VALID;
SELECT is(pg_temp.shelve(), '22023 [0, "books", 0, "title"]', 'a CHECK');
ALTER TABLE book DROP CONSTRAINT on_shelf;
SELECT is(pg_temp.shelve(), '22023 [0, "books"]', 'a relationship that is not there');

----------------------------------------------------------------------
-- triggers, and constraints that wait
----------------------------------------------------------------------

CREATE FUNCTION meddle() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.body = 'held back' THEN RETURN NULL; END IF;
    IF NEW.body = 'filled' THEN NEW.nr := 7; END IF;
    IF NEW.body = 'moved' THEN NEW.post_id := 1; END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER meddle BEFORE INSERT OR UPDATE ON comment FOR EACH ROW EXECUTE FUNCTION meddle();
SELECT is(pg_temp.creates(item), answer, 'a BEFORE ROW trigger: ' || item)
  FROM (VALUES ('{"title": "t", "comments": [{"body": "e"}, {"body": "filled"}]}', 'one : a b #x, two : c, t : e filled; alone: d; not used: y'), ('{"title": "t", "comments": [{"body": "moved"}]}', 'one : a b moved #x, two : c, t; alone: d; not used: y'),
               -- whom nothing refers to may be missing
               ('{"title": "t", "comments": [{"body": "e"}, {"body": "held back"}]}', 'one : a b #x, two : c, t : e; alone: d; not used: y'),
               ('{"title": "t", "comments": [{"body": "held back", "replies": [{"body": "r"}]}]}', '55000 a row of "comment" was not created'),
               -- NOT NULL and CHECK are left to PostgreSQL
               ('{"comments": [{"body": "e"}, {"body": ""}, {"body": ""}]}', '22023 ["body"]')) triggers (item, answer);
SELECT is(pg_temp.after($q$ SELECT id FROM create_replies('ann', '[{"body": "r", "comment": {"body": "held back"}}]') $q$), '55000 a row of "comment" was not created', 'the row that others refer to is held back');
SELECT is((SELECT nr FROM comment WHERE body = 'filled'), NULL, 'undone again');
DROP TRIGGER meddle ON comment;
-- each reads the other: only at the end of the transaction both are there
CREATE TABLE egg (LIKE todo_orm.owned INCLUDING ALL, hen_id bigint, PRIMARY KEY (user_id, id));
CREATE TABLE hen (LIKE todo_orm.owned INCLUDING ALL, egg_id bigint, name text, PRIMARY KEY (user_id, id), UNIQUE (user_id, name) DEFERRABLE INITIALLY DEFERRED, FOREIGN KEY (user_id, egg_id) REFERENCES egg DEFERRABLE INITIALLY DEFERRED);
ALTER TABLE egg ADD FOREIGN KEY (user_id, hen_id) REFERENCES hen DEFERRABLE INITIALLY DEFERRED;
SELECT todo_orm.register_model(m) FROM unnest('{egg,hen}'::regclass[]) m \g /dev/null
SELECT is(pg_temp.answer(query), answer, query)
  FROM (VALUES ($q$ SELECT name, egg_id FROM create_hens('ann', '[{"name": "h", "egg": {"hen": {"name": "g"}}, "eggs": [{}, {}]}]') $q$, '[{"name": "h", "egg_id": 1}]'),
               ($q$ SELECT name FROM create_hens('ann', '[{"name": "h", "egg_id": 99, "eggs": [{"hens": [{"name": "i"}]}]}]') $q$, '[{"name": "h"}]')) calls (query, answer);
SELECT throws_ok('SET CONSTRAINTS hen_user_id_name_key IMMEDIATE', '23505', NULL, 'what waits is found at the end');
SELECT throws_ok('SET CONSTRAINTS hen_user_id_egg_id_fkey IMMEDIATE', '23503', NULL, 'the same');
DELETE FROM hen WHERE egg_id = 99;

----------------------------------------------------------------------
-- the number of statements does not grow with the number of rows
----------------------------------------------------------------------

CREATE TABLE statements (what text);
CREATE FUNCTION count_statement() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN INSERT INTO statements VALUES (lower(TG_OP) || ' ' || TG_TABLE_NAME); RETURN NULL; END $$;
DO $$
BEGIN
    EXECUTE (SELECT string_agg(format('CREATE TRIGGER counted AFTER INSERT OR UPDATE OR DELETE ON %s FOR EACH STATEMENT EXECUTE FUNCTION count_statement()', t), '; ') FROM unnest('{post,comment,reply,tag,post_tag,place}'::text[]) t);
END $$;
-- what a query has run, and how many rows it has made
CREATE FUNCTION pg_temp.statements_of(query text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    made bigint;
BEGIN
    PERFORM pg_temp.reset();
    TRUNCATE statements;
    EXECUTE query;
    RETURN (SELECT string_agg(what || ' ' || n, ', ' ORDER BY what) FROM (SELECT what, count(*) n FROM statements GROUP BY what) s)
        || (SELECT format(': %s posts, %s comments, %s replies', (SELECT count(*) FROM post WHERE id > 100), (SELECT count(*) FROM comment WHERE id > 100), (SELECT count(*) FROM reply)));
END
$$;
SELECT is(pg_temp.statements_of(format('SELECT count(*) FROM create_posts(''ann'', (SELECT jsonb_agg(jsonb_build_object(''title'', i::text, ''comments'', ''[{"body": "e", "replies": [{"body": "r"}]}, {"body": "f"}, {"body": "g"}]''::jsonb) || %L) FROM generate_series(1, %s) i))', more, n)), format(statements, n, 3 * n), n || ' posts with three comments each ' || more)
  FROM (VALUES (1), (5000)) sizes (n), (VALUES ('{}'), ('{"place": {"connect": "R"}}')) forms (more),
       (VALUES ('insert comment 1, insert post 1, insert reply 1: %s posts, %s comments, %1$s replies')) expected (statements);
SELECT is(pg_temp.statements_of(format('SELECT count(*) FROM create_comments(''ann'', (SELECT jsonb_agg(jsonb_build_object(''body'', ''e'', ''post'', jsonb_build_object(''title'', ''t''))) FROM generate_series(1, %s) i))', n)), format('insert comment 1, insert post 1: %s posts, %1$s comments, 0 replies', n), n || ' comments with a post each')
  FROM (VALUES (1), (5000)) sizes (n);
SELECT is(pg_temp.statements_of(format('SELECT count(*) FROM update_post(''ann'', 1, jsonb_build_object(''comments'', (SELECT jsonb_agg(''{"body": "e"}''::jsonb) FROM generate_series(1, %s) i)))', n)), format('insert comment 1, update post 1: 0 posts, %s comments, 0 replies', n), n || ' comments of an existing post: moved once')
  FROM (VALUES (1), (5000)) sizes (n);

----------------------------------------------------------------------
-- a payload makes what its rows make one by one
----------------------------------------------------------------------

-- one by one: bob's rows, with the functions that know nothing of nested rows
CREATE FUNCTION pg_temp.one_by_one(item jsonb) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    post_id bigint; comment_id bigint; sub jsonb; sub2 jsonb; place text := item #>> '{place,connect}';
BEGIN
    IF item -> 'place' ? 'create' THEN
        SELECT code INTO place FROM create_place(item #>> '{place,create,code}' || ' of bob');
    END IF;
    SELECT id INTO post_id FROM create_posts('bob', jsonb_strip_nulls(jsonb_build_object('title', item -> 'title', 'place_id', place)));
    FOR sub IN SELECT * FROM jsonb_array_elements(item #> '{comments,create}') LOOP
        SELECT id INTO comment_id FROM create_comments('bob', sub - 'replies' || jsonb_build_object('post_id', post_id));
        FOR sub2 IN SELECT * FROM jsonb_array_elements(sub -> 'replies') LOOP
            PERFORM create_replies('bob', sub2 || jsonb_build_object('comment_id', comment_id));
        END LOOP;
    END LOOP;
    PERFORM update_comment('bob', c::bigint + 10, jsonb_build_object('post_id', post_id)) FROM jsonb_array_elements(item #> '{comments,connect}') c;
    PERFORM link_post_tags('bob', post_id, ARRAY(SELECT id FROM create_tags('bob', item #> '{tags,create}') UNION ALL SELECT t::bigint + 10 FROM jsonb_array_elements(item #> '{tags,connect}') t));
    RETURN post_id;
END
$$;
-- a post at random; texts are numbers, so that each is another
CREATE SEQUENCE pg_temp.texts;
CREATE FUNCTION pg_temp.some(n int, what text) RETURNS jsonb LANGUAGE sql AS $$
    SELECT coalesce(jsonb_agg(CASE what WHEN 'comment' THEN jsonb_build_object('body', nextval('texts')::text, 'replies', pg_temp.some(2, 'reply')) WHEN 'reply' THEN jsonb_build_object('body', nextval('texts')::text)
                                       WHEN 'tag' THEN jsonb_build_object('name', nextval('texts')::text) ELSE to_jsonb(i) END), '[]')
      FROM generate_series(1, (random() * n)::int) i $$;
CREATE FUNCTION pg_temp.any_post(OUT item jsonb) LANGUAGE sql AS $$
    SELECT jsonb_build_object('title', nextval('texts')::text,
               'comments', jsonb_build_object('create', pg_temp.some(4, 'comment'), 'connect', pg_temp.some(4, 'id')), 'tags', jsonb_build_object('create', pg_temp.some(2, 'tag'), 'connect', pg_temp.some(2, 'id')))
        || CASE WHEN random() < 0.3 THEN '{"place": {"connect": "R"}}' WHEN random() < 0.5 THEN jsonb_build_object('place', jsonb_build_object('create', jsonb_build_object('code', nextval('texts')::text))) ELSE '{}' END::jsonb $$;
CREATE FUNCTION pg_temp.both_ways(n int, OUT nested text, OUT one_by_one text, OUT rows bigint) LANGUAGE plpgsql AS $$
DECLARE
    items jsonb := (SELECT jsonb_agg(pg_temp.any_post()) FROM generate_series(0, (random() * 3)::int));
BEGIN
    PERFORM pg_temp.reset();
    PERFORM create_posts('ann', items);
    PERFORM pg_temp.one_by_one(item) FROM jsonb_array_elements(items) item;
    nested := pg_temp.stored();
    one_by_one := replace(pg_temp.stored('bob'), ' of bob', '');
    rows := (SELECT count(*) FROM comment WHERE id > 100) + (SELECT count(*) FROM reply) + (SELECT count(*) FROM tag WHERE id > 100);
END
$$;
SELECT setseed(0.26) \g /dev/null
CREATE TEMP TABLE tried AS SELECT t.* FROM generate_series(1, 100) n, pg_temp.both_ways(n) t;
SELECT is(nested, one_by_one, 'the same') FROM (SELECT * FROM tried ORDER BY nested = one_by_one LIMIT 1) worst;
SELECT cmp_ok(sum(rows), '>', 500::numeric, 'over all of them') FROM tried;

SELECT * FROM finish();
ROLLBACK;
