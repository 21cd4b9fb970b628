-- load_…, load_…s and the batch loaders (SPEC 6, 7, 8): what is nested in a row,
-- whose rows it is, and what is refused.  That the three ways along a
-- relationship agree, on random rows, is in test/clients/relationships_test.py;
-- how many statements they take is there, too.
BEGIN;
SELECT * FROM no_plan();
SET LOCAL client_min_messages = warning;
SET LOCAL timezone = 'Asia/Kolkata';
CREATE SCHEMA regress_load;
CREATE SCHEMA regress_load_far;
SET LOCAL search_path = regress_load, tap;

\ir include/refuses.psql
\ir include/link_tables.psql

----------------------------------------------------------------------
-- the tables
----------------------------------------------------------------------

-- authors write and review posts, posts have comments and tags, comments answer comments
CREATE TABLE author (
    LIKE todo_orm.owned INCLUDING ALL, LIKE todo_orm.soft_delete INCLUDING ALL, name text, secret text, PRIMARY KEY (user_id, id));
CREATE TABLE post (
    LIKE todo_orm.owned INCLUDING ALL, LIKE todo_orm.soft_delete INCLUDING ALL, title text, rank integer, author_id bigint, reviewer_id bigint, secret text,
    PRIMARY KEY (user_id, id), FOREIGN KEY (user_id, author_id) REFERENCES author, FOREIGN KEY (user_id, reviewer_id) REFERENCES author);
CREATE TABLE comment (
    LIKE todo_orm.owned INCLUDING ALL, LIKE todo_orm.soft_delete INCLUDING ALL, body text, score integer, seen timestamptz[], post_id bigint, parent_id bigint,
    PRIMARY KEY (user_id, id), FOREIGN KEY (user_id, post_id) REFERENCES post, FOREIGN KEY (user_id, parent_id) REFERENCES comment);
CREATE TABLE tag (user_id text COLLATE "C" NOT NULL, id uuid, name text, PRIMARY KEY (user_id, id));
CREATE TABLE post_tag (
    user_id text COLLATE "C", post_id bigint, tag_id uuid, PRIMARY KEY (user_id, post_id, tag_id),
    FOREIGN KEY (user_id, post_id) REFERENCES post, FOREIGN KEY (user_id, tag_id) REFERENCES tag);
SELECT count(*) FROM todo_orm.register_model('author', '{"hidden": ["secret"], "relationships": {"posts_reviewer": "reviews"}}') \g /dev/null
SELECT count(*) FROM todo_orm.register_model('post', '{"hidden": ["secret"]}') \g /dev/null
SELECT count(*) FROM todo_orm.register_model('comment', '{"relationships": {"comments": "replies"}}') \g /dev/null
SELECT count(*) FROM todo_orm.register_model('tag', '{"sort": "-name"}') \g /dev/null
-- Bob's rows have Ann's keys, and point at each other as hers do
INSERT INTO author (user_id, id, name, secret, deleted_at) VALUES
    ('ann', 1, 'Ada', 'canary', NULL), ('ann', 2, 'Bea', 'canary', NULL), ('ann', 3, 'Cid', 'canary', now()), ('ann', 4, 'Dan', 'canary', NULL), ('bob', 1, 'foreign', 'canary', NULL);
INSERT INTO post (user_id, id, title, rank, author_id, reviewer_id, secret, deleted_at) VALUES
    ('ann', 1, 'one', 2, 1, 2, 'canary', NULL), ('ann', 2, 'two', NULL, 1, 1, 'canary', NULL), ('ann', 3, 'three', 1, 3, NULL, 'canary', NULL), ('ann', 4, 'four', 2, NULL, NULL, 'canary', NULL),
    ('ann', 5, 'gone', 2, 1, 2, 'canary', now()), ('bob', 1, 'foreign', 2, 1, 1, 'canary', NULL);
INSERT INTO comment (user_id, id, body, score, post_id, parent_id, deleted_at) VALUES
    ('ann', 1, 'a', 3, 1, NULL, NULL), ('ann', 2, 'b', 1, 1, 1, NULL), ('ann', 3, 'c', 2, 1, 1, now()), ('ann', 4, 'd', NULL, 1, 2, NULL), ('ann', 5, 'e', 1, 1, 3, NULL),
    ('ann', 6, 'f', 9, 2, 4, NULL), ('ann', 7, 'of a deleted post', 1, 5, NULL, NULL), ('bob', 1, 'foreign', 1, 1, NULL, NULL);
INSERT INTO tag VALUES ('ann', '00000000-0000-0000-0000-000000000001', 'x'), ('ann', '00000000-0000-0000-0000-000000000002', 'y'), ('ann', '00000000-0000-0000-0000-000000000003', 'z'),
                       ('bob', '00000000-0000-0000-0000-000000000001', 'foreign');
INSERT INTO post_tag VALUES ('ann', 1, '00000000-0000-0000-0000-000000000001'), ('ann', 1, '00000000-0000-0000-0000-000000000003'), ('ann', 2, '00000000-0000-0000-0000-000000000001'),
                            ('bob', 1, '00000000-0000-0000-0000-000000000001');
CREATE TEMP TABLE before AS SELECT (SELECT jsonb_agg(to_jsonb(c) ORDER BY user_id, id) FROM comment c) AS rows;

-- A row as its key and what is nested in it: "1{comments(1 2{author -}) tags()}"
CREATE FUNCTION pg_temp.short(value json) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    RETURN CASE json_typeof(value)
        WHEN 'array' THEN (SELECT coalesce(string_agg(pg_temp.short(e), ' '), '') FROM json_array_elements(value) e)
        WHEN 'null' THEN '-'
        WHEN 'object' THEN coalesce(ltrim(regexp_replace(coalesce(value ->> 'id', value ->> 'code', value ->> 'user_id'), '^.*-', ''), '0'), '?')
             || coalesce((SELECT '{' || string_agg(CASE json_typeof(v) WHEN 'array' THEN format('%s(%s)', k, pg_temp.short(v)) ELSE format('%s %s', k, pg_temp.short(v)) END, ' ') || '}' FROM json_each(value) e(k, v)
                           WHERE k ~ '_count$' OR k IN (SELECT relationship FROM todo_orm.relationships)), '')
        ELSE value #>> '{}' END;
END
$$;
-- posts of Ann
CREATE FUNCTION pg_temp.of_post(id bigint, include jsonb) RETURNS text LANGUAGE sql AS $$ SELECT pg_temp.short(load_post('ann', id, include)) $$;
CREATE FUNCTION pg_temp.of_posts(include jsonb) RETURNS text LANGUAGE sql AS $$ SELECT pg_temp.short(load_posts('ann', include) -> 'items') $$;

----------------------------------------------------------------------
-- which functions there are
----------------------------------------------------------------------

SELECT set_eq($$ SELECT concat_ws(' ', f.signature, f.returns, p.provolatile, p.proparallel, p.prosecdef, f.comment IS NOT NULL, f.example) FROM todo_orm.functions f JOIN pg_proc p ON p.oid = f.function
                  WHERE f.model = 'post'::regclass AND f.operation ~ '^(load|batch)' AND signature !~ 'load_posts' $$, ARRAY[
    'regress_load.load_post(user_id text, id bigint, include jsonb) json s r t t SELECT regress_load.load_post(''ann'', 1, ''[...]'');',
    'regress_load.comments_of_posts(user_id text, ids bigint[], take integer DEFAULT NULL::integer) SETOF comment s r t t SELECT * FROM regress_load.comments_of_posts(''ann'', ''{1,2}'');',
    'regress_load.tags_of_posts(user_id text, ids bigint[], take integer DEFAULT NULL::integer) json s r t t SELECT regress_load.tags_of_posts(''ann'', ''{1,2}'');'],
    'honest properties, a comment and an example');
SELECT is((SELECT proargnames FROM pg_proc WHERE oid = 'load_posts'::regproc), ARRAY['user_id', 'include'] || (SELECT proargnames[2:] FROM pg_proc WHERE oid = 'page_posts'::regproc), 'load_posts: the arguments of page_posts');
SELECT is((SELECT string_agg(p.proname, ' ' ORDER BY p.proname COLLATE "C") FROM pg_proc p WHERE pronamespace = 'regress_load'::regnamespace AND p.proname ~ '_of_'),
          'comments_of_posts posts_of_authors posts_of_tags replies_of_comments reviews_of_authors tags_of_posts', 'a batch loader for each relationship to many, by its name');

----------------------------------------------------------------------
-- both forms
----------------------------------------------------------------------

SELECT is(pg_temp.of_post(1, include::jsonb), want, 'include ' || coalesce(include, 'NULL'))
  FROM (VALUES
    -- nothing
    (NULL, '1'), ('null', '1'), ('[]', '1'), ('{}', '1'),
    -- paths
    ('["author"]', '1{author 1}'), ('["comments"]', '1{comments(1 2 4 5)}'), ('["tags"]', '1{tags(3 1)}'), ('["reviewer", "author"]', '1{reviewer 2 author 1}'),
    ('["author.posts"]', '1{author 1{posts(1 2)}}'), ('["author.posts.comments.parent"]', '1{author 1{posts(1{comments(1{parent -} 2{parent 1} 4{parent 2} 5{parent -})} 2{comments(6{parent 4})})}}'),
    ('["tags.posts.tags"]', '1{tags(3{posts(1{tags(3 1)})} 1{posts(1{tags(3 1)} 2{tags(1)})})}'),
    -- paths that begin alike share their beginning; one named twice is one
    ('["comments.post", "comments.parent", "comments"]', '1{comments(1{post 1 parent -} 2{post 1 parent 1} 4{post 1 parent 2} 5{post 1 parent -})}'), ('["author", "author"]', '1{author 1}'),
    -- how many, of each parent: from the beginning, or the last ones, which keep their order
    ('["comments:2"]', '1{comments(1 2)}'), ('["comments:-2"]', '1{comments(4 5)}'), ('["comments:0"]', '1{comments()}'), ('["comments:-1"]', '1{comments(5)}'), ('["comments:4"]', '1{comments(1 2 4 5)}'),
    ('["comments:99"]', '1{comments(1 2 4 5)}'), ('["comments:-99"]', '1{comments(1 2 4 5)}'), ('["comments:2147483647"]', '1{comments(1 2 4 5)}'), ('["comments:-2147483648"]', '1{comments(1 2 4 5)}'),
    ('["comments:1.replies:1", "tags:-1"]', '1{comments(1{replies(2)}) tags(1)}'), ('["comments:-2.parent"]', '1{comments(4{parent 2} 5{parent -})}'), ('["comments:-2", "comments.parent"]', '1{comments(4{parent 2} 5{parent -})}'),
    -- objects
    ('{"author": {}}', '1{author 1}'), ('{"author": true, "tags": true}', '1{tags(3 1) author 1}'), ('{"comments": {"take": -2}}', '1{comments(4 5)}'), ('{"comments": {"take": 0, "include": ["post"]}}', '1{comments()}'),
    ('{"comments": {"take": 1e1}}', '1{comments(1 2 4 5)}'), ('{"comments": {"take": null, "sort": null, "match": null, "include": null}}', '1{comments(1 2 4 5)}'),
    ('{"comments": {"include": {"replies": {"include": {"replies": {"take": 1}}}}}}', '1{comments(1{replies(2{replies(4)})} 2{replies(4{replies(6)})} 4{replies(6{replies()})} 5{replies()})}'),
    -- and mixtures of the two
    ('["author", {"comments": {"take": 1, "include": ["post.tags:1"]}}]', '1{author 1 comments(1{post 1{tags(3)}})}'), ('["comments:1", {"comments": {"include": ["post"]}}]', '1{comments(1{post 1})}'),
    ('[{"comments": {"take": 1}}, {"comments": {"take": 1, "sort": "-id"}}]', '1{comments(5)}'), ('[{}, {"tags": {}}]', '1{tags(3 1)}'), ('{"comments": {"include": [{"replies": {"include": {"post": {}}}}, "post"], "take": 1}}', '1{comments(1{replies(2{post 1}) post 1})}'),
    -- sort: of the rows' own columns, nulls where they are wanted, of a row they point at; take goes by it
    ('{"comments": {"sort": "score"}}', '1{comments(2 5 1 4)}'), ('{"comments": {"sort": "score desc nulls last, body desc"}}', '1{comments(1 5 2 4)}'), ('{"comments": {"sort": "score nulls first"}}', '1{comments(4 2 5 1)}'),
    ('{"comments": {"sort": "-id"}}', '1{comments(5 4 2 1)}'), ('{"comments": {"sort": "score", "take": 2}}', '1{comments(2 5)}'), ('{"comments": {"sort": "score", "take": -2}}', '1{comments(1 4)}'), ('{"comments": {"sort": "-score", "take": -1}}', '1{comments(2)}'),
    ('{"comments": {"sort": "-parent.id"}}', '1{comments(5 1 4 2)}'), ('{"comments": {"sort": "parent.body nulls first, -id", "take": 3}}', '1{comments(5 1 2)}'), ('{"tags": {"sort": "name"}}', '1{tags(1 3)}'),
    -- match, of a kind with that of list_; also through relationships
    ('{"comments": {"match": {"score": 1}}}', '1{comments(2 5)}'), ('{"comments": {"match": {"score": 1}, "take": -1}}', '1{comments(5)}'), ('{"comments": {"match": {"or": []}}}', '1{comments()}'), ('{"comments": {"match": {}}}', '1{comments(1 2 4 5)}'),
    ('{"comments": {"match": {"parent": {"body": "a"}}}}', '1{comments(2)}'), ('{"comments": {"match": {"replies": null}}}', '1{comments(5)}'), ('{"comments": {"match": {"replies": {"some": {"body": {"in": ["d", "e"]}}}}}}', '1{comments(2)}'),
    ('{"comments": {"match": {"post": {"tags": {"name": "z"}}}, "take": 1}}', '1{comments(1)}'), ('{"tags": {"match": {"name": {"gt": "y"}}}}', '1{tags(3)}'), ('{"tags": {"match": {"posts": {"every": {"title": "one"}}}}}', '1{tags(3)}'),
    ('{"author": {"match": {"name": "Ada"}}}', '1{author 1}'), ('{"author": {"match": {"name": "Bea"}, "include": ["posts"]}}', '1{author -}'),
    ('{"author": {"include": {"posts": {"match": {"rank": null}, "include": {"comments": {"match": {"score": {"gt": 5}}}}}}}}', '1{author 1{posts(2{comments(6)})}}'),
    -- the same match at two places, with values of its own at each
    ('{"comments": {"match": {"score": 3}, "include": {"replies": {"match": {"score": 1}}}}}', '1{comments(1{replies(2)})}'),
    -- count: all that match, whatever is taken
    ('{"comments": {"count": true}}', '1{comments(1 2 4 5) comments_count 4}'), ('{"comments": {"count": true, "take": 1}}', '1{comments(1) comments_count 4}'), ('{"comments": {"count": true, "take": 0}}', '1{comments() comments_count 4}'),
    ('{"comments": {"count": true, "take": -1, "match": {"score": 1}}}', '1{comments(5) comments_count 2}'), ('{"comments": {"count": false, "take": 1}}', '1{comments(1)}'), ('{"tags": {"count": true, "take": 0}}', '1{tags() tags_count 2}'),
    ('{"comments": {"count": true, "take": 0, "sort": "-parent.id", "match": {"parent": {"body": "a"}}}}', '1{comments() comments_count 1}'),
    ('{"comments": {"take": 1, "include": {"replies": {"count": true, "take": 0}}}}', '1{comments(1{replies() replies_count 1})}')) AS cases (include, want);

-- to itself, as deep as may be: up and down
SELECT is(pg_temp.short(load_comment('ann', 6, '["parent.parent.parent.parent"]')), '6{parent 4{parent 2{parent 1{parent -}}}}', 'to itself: up, to the end and beyond');
SELECT is(pg_temp.short(load_comment('ann', 1, '["replies.replies.replies.replies"]')), '1{replies(2{replies(4{replies(6{replies()})})})}', 'to itself: down');
SELECT is(pg_temp.short(load_comment('ann', 2, '["parent.replies.parent"]')), '2{parent 1{replies(2{parent 1})}}', 'to itself: there and back');

----------------------------------------------------------------------
-- whose rows, and which
----------------------------------------------------------------------

-- to one: null where there is none, where it is deleted, where it does not match
SELECT is(pg_temp.of_posts('["author", "reviewer"]'), '1{author 1 reviewer 2} 2{author 1 reviewer 1} 3{author - reviewer -} 4{author - reviewer -}', 'to one: none, deleted');
-- to many: empty is [], a deleted child is not there, neither is a deleted parent's row
SELECT is(load_post('ann', 4, '["comments", "tags"]')::jsonb -> 'comments', '[]', 'to many: empty');
SELECT is(pg_temp.of_posts('["comments", "tags"]'), '1{comments(1 2 4 5) tags(3 1)} 2{comments(6) tags(1)} 3{comments() tags()} 4{comments() tags()}', 'to many: each to its own parent');
SELECT is(pg_temp.short(load_comment('ann', 7, '["post"]')), '7{post -}', 'a deleted parent is none');
SELECT is(pg_temp.short(load_author('ann', 1, '["posts", "reviews"]')), '1{posts(1 2) reviews(2)}', 'two relationships between the same tables');
SELECT is(load_post('ann', 5, '["comments"]')::text, NULL, 'a row that is deleted');
SELECT is(load_post('ann', 99, '["comments"]')::text, NULL, 'missing');
SELECT is(load_post('ann', NULL, '["comments"]')::text, NULL, 'a null key');
SELECT is(load_post('bob', 2, '["comments"]')::text, NULL, 'another owner''s');
SELECT is((load_posts('bob', '["comments.parent", "author.reviews", "tags.posts"]')::text ~ 'ann'), false, 'nothing of Ann''s for Bob');
SELECT is(pg_temp.short(load_posts('bob', '["comments.parent", "author.reviews", "tags.posts"]') -> 'items'), '1{comments(1{parent -}) author 1{reviews(1)} tags(1{posts(1)})}', 'but his own, under the same keys');
SELECT is(load_posts('ann', '["comments.parent", "author.reviews", "tags.posts"]')::text ~ 'foreign|canary', false, 'nothing of Bob''s for Ann, and nothing hidden');
-- a row of the caller's making has no part in it: there is no row argument.  The root's scope may show deleted rows, what is nested never
SELECT is(pg_temp.short(load_posts('ann', '["comments", "author"]', 'deleted') -> 'items'), '5{comments(7) author 1}', 'scope deleted: with the live rows that belong to it');

-- a row that is nested looks as if it were read alone
SELECT is(load_post('ann', 1, '["author", "comments:1"]')::jsonb, load_post('ann', 1, '[]')::jsonb || jsonb_build_object('author', load_author('ann', 1, NULL)::jsonb, 'comments', jsonb_build_array(load_comment('ann', 1, NULL)::jsonb)), 'nested as alone');
SELECT is(load_post('ann', 1, '[]')::text, (page_posts('ann', match => '{"id": 1}') -> 'items' -> 0)::text, 'alone as in a page');

----------------------------------------------------------------------
-- load_…s: the envelope of page_…s
----------------------------------------------------------------------

SELECT is(load_posts('ann', include::jsonb, scope, match::jsonb, sort, take, skip, NULL, with_total)::text,
          page_posts('ann', scope, match::jsonb, sort, take, skip, NULL, with_total)::text, format('the very page: %s %s %s %s %s %s', scope, match, sort, take, skip, with_total))
  FROM (VALUES ('[]', 'all', '{}', NULL, 50, 0, false), (NULL, 'all', '{}', NULL, 2, 1, true), ('{}', 'with_deleted', '{}', '-rank', 2, 0, true), (NULL, 'all', '{"author": {"name": "Ada"}}', 'rank nulls first', -1, 0, true),
               (NULL, 'all', '{"or": []}', NULL, 50, 0, true), (NULL, 'all', '{}', 'author.name', 0, 0, true), (NULL, 'deleted', '{}', NULL, 5, 3, true)) AS v(include, scope, match, sort, take, skip, with_total);
SELECT is(load_posts('ann', '["comments"]', match => '{"or": []}', with_total => true)::text, '{"items":[],"next_cursor":null,"prev_cursor":null,"total":0}', 'no rows');
SELECT is(load_posts('ann', '["comments"]', take => 2, with_total => true)::jsonb - 'items', page_posts('ann', take => 2, with_total => true)::jsonb - 'items', 'with an include: cursors and total as without');
SELECT is(pg_temp.short(load_posts('ann', '["comments:1"]', take => 2, cursor => page_posts('ann', take => 2) ->> 'next_cursor') -> 'items'), '3{comments()} 4{comments()}', 'a cursor of page_posts leads on');
SELECT is((SELECT string_agg(id::text, ' ') FROM list_posts('ann', take => 2, cursor => load_posts('ann', '["comments"]', sort => NULL, take => -2) ->> 'prev_cursor')), '1 2', 'and one of load_posts back');
SELECT is(load_posts('ann', '["author", "comments"]', sort => '-id', take => 1) ->> 'next_cursor', page_posts('ann', sort => '-id', take => 1) ->> 'next_cursor', 'the include is no part of a cursor');
-- one author of several posts is nested in each of them; each child stands once
SELECT is((SELECT array_agg(c ->> 'id') FROM json_array_elements(load_posts('ann', '["comments"]') -> 'items') p, json_array_elements(p -> 'comments') c), '{1,2,4,5,6}', 'each child once');

----------------------------------------------------------------------
-- batch loaders
----------------------------------------------------------------------

SELECT is((SELECT string_agg(post_id || '.' || id, ' ') FROM comments_of_posts('ann', ids::bigint[], take)), want, format('comments_of_posts %s %s', ids, take))
  FROM (VALUES ('{1,2}', NULL::int, '1.1 1.2 1.4 1.5 2.6'), ('{2,1}', NULL, '2.6 1.1 1.2 1.4 1.5'), ('{2,1}', 1, '2.6 1.1'), ('{2,1}', -2, '2.6 1.4 1.5'), ('{1}', 99, '1.1 1.2 1.4 1.5'), ('{1,2}', 0, NULL), ('{}', NULL, NULL), (NULL, NULL, NULL),
               -- missing, deleted, another's and null ones have none; one that is named twice has its rows once
               ('{99,5,4,NULL,2}', NULL, '2.6'), ('{2,1,2,1}', -1, '2.6 1.5'), ('{{1},{2}}', 1, '1.1 2.6')) AS v(ids, take, want);
SELECT is((SELECT count(*) FROM comments_of_posts('bob', '{1,2,3}')), 1::bigint, 'Bob has his own');
SELECT is((SELECT string_agg(id::text, ' ') FROM replies_of_comments('ann', '{2,1,4}')), '4 2 6', 'to itself');
SELECT is((SELECT jsonb_agg(to_jsonb(c)) FROM comments_of_posts('ann', '{1}') c), (SELECT jsonb_agg(to_jsonb(c)) FROM get_post('ann', 1) p, comments(p) c), 'the rows of the function of the row');
SELECT is(tags_of_posts('ann', ids::bigint[], take)::jsonb, want::jsonb, format('tags_of_posts %s %s', ids, take))
  FROM (SELECT '{"user_id": "ann", "id": "00000000-0000-0000-0000-000000000001", "name": "x"}', '{"user_id": "ann", "id": "00000000-0000-0000-0000-000000000003", "name": "z"}') AS tag(x, z),
       LATERAL (VALUES ('{2,1}', NULL::int, format('[{"id": 2, "tags": [%s]}, {"id": 1, "tags": [%s, %s]}]', x, z, x)), ('{1}', 1, format('[{"id": 1, "tags": [%s]}]', z)), ('{1}', -1, format('[{"id": 1, "tags": [%s]}]', x)),
               ('{1}', 0, '[{"id": 1, "tags": []}]'), ('{}', NULL, '[]'), (NULL, NULL, '[]'), ('{99,5,3,NULL,3}', NULL, '[{"id": 3, "tags": []}]')) AS v(ids, take, want);
SELECT is(pg_temp.short(posts_of_tags('ann', '{00000000-0000-0000-0000-000000000001,00000000-0000-0000-0000-000000000002}')), '1{posts(1 2)} 2{posts()}', 'many-to-many, the other way, keys of uuid');
SELECT throws_ok($$ SELECT comments_of_posts('ann', '[1]'::jsonb) $$, '42883', NULL, 'ids of another type');
SELECT throws_ok(call, '22004', NULL, 'without owner: ' || call) FROM unnest(ARRAY['SELECT comments_of_posts(NULL, ''{1}'')', 'SELECT tags_of_posts('''', ''{1}'')', 'SELECT load_post(NULL, 1, ''[]'')', 'SELECT load_posts('''', ''[]'')']) call;

----------------------------------------------------------------------
-- refused
----------------------------------------------------------------------

-- {"loc": ["include", ...], "type": ..., "msg": ..., "input": ...}
CREATE FUNCTION pg_temp.e(loc jsonb, type text, msg text, input jsonb DEFAULT NULL) RETURNS jsonb LANGUAGE sql AS $$
    SELECT jsonb_build_object('loc', '["include"]' || loc, 'type', type, 'msg', msg, 'input', input)
$$;
SELECT pg_temp.refuses(format('SELECT load_post(''ann'', 1, %L)', include), '22023', jsonb_build_array(error), 'refused: ' || include)
  FROM (VALUES
    ('"comments"', pg_temp.e('[]', 'type', 'expected array or object, got string')), ('true', pg_temp.e('[]', 'type', 'expected array or object, got boolean')), ('7', pg_temp.e('[]', 'type', 'expected array or object, got number')),
    ('["nope"]', pg_temp.e('[0]', 'unexpected', 'no relationship "nope" of "post"')), ('["title"]', pg_temp.e('[0]', 'unexpected', 'no relationship "title" of "post"')), ('["Author"]', pg_temp.e('[0]', 'unexpected', 'no relationship "Author" of "post"')),
    ('[""]', pg_temp.e('[0]', 'unexpected', 'no relationship "" of "post"')), ('["author."]', pg_temp.e('[0]', 'unexpected', 'no relationship "" of "author"')), ('["author..posts"]', pg_temp.e('[0]', 'unexpected', 'no relationship "" of "author"')),
    ('["author.nope.posts"]', pg_temp.e('[0]', 'unexpected', 'no relationship "nope" of "author"')), ('{"author": {"include": {"nope": {}}}}', pg_temp.e('["author","include","nope"]', 'unexpected', 'no relationship "nope" of "author"')),
    ('{"author.posts": {}}', pg_temp.e('["author.posts"]', 'unexpected', 'no relationship "author.posts" of "post"')),
    ('[7]', pg_temp.e('[0]', 'type', 'expected string or object, got number')), ('[null]', pg_temp.e('[0]', 'type', 'expected string or object, got null')), ('[["tags"]]', pg_temp.e('[0]', 'type', 'expected string or object, got array')),
    ('{"author": "posts"}', pg_temp.e('["author"]', 'type', 'expected object, got string', '"posts"')), ('{"author": ["posts"]}', pg_temp.e('["author"]', 'type', 'expected object, got array', '["posts"]')),
    ('{"author": false}', pg_temp.e('["author"]', 'type', 'expected object, got boolean', 'false')), ('{"author": {"includes": []}}', pg_temp.e('["author","includes"]', 'unexpected', 'expected take, sort, match, include or count')),
    ('["comments:x"]', pg_temp.e('[0]', 'value', 'expected a whole number of rows')), ('["comments:"]', pg_temp.e('[0]', 'value', 'expected a whole number of rows')), ('["comments:1.5"]', pg_temp.e('[0]', 'unexpected', 'no relationship "5" of "comment"')),
    ('["comments: 5"]', pg_temp.e('[0]', 'value', 'expected a whole number of rows')), ('["comments:2147483648"]', pg_temp.e('[0]', 'value', 'number of rows is out of range')),
    ('["comments:99999999999999999999"]', pg_temp.e('[0]', 'value', 'number of rows is out of range')), ('["author:1"]', pg_temp.e('[0]', 'value', 'is for relationships to many')), ('["comments:1", "comments:2"]', pg_temp.e('[1]', 'value', 'number of rows is given twice')),
    ('{"comments": {"take": "2"}}', pg_temp.e('["comments","take"]', 'type', 'expected number, got string', '"2"')), ('{"comments": {"take": 1.5}}', pg_temp.e('["comments","take"]', 'value', 'expected a whole number of rows', '1.5')),
    ('{"comments": {"take": 1e10}}', pg_temp.e('["comments","take"]', 'value', 'number of rows is out of range', '1e10')), ('{"comments": {"count": 1}}', pg_temp.e('["comments","count"]', 'type', 'expected boolean, got number', '1')),
    ('{"author": {"take": 1}}', pg_temp.e('["author","take"]', 'value', 'is for relationships to many', '1')), ('{"author": {"sort": "id"}}', pg_temp.e('["author","sort"]', 'value', 'is for relationships to many', '"id"')),
    ('{"author": {"count": true}}', pg_temp.e('["author","count"]', 'value', 'is for relationships to many', 'true')), ('{"comments": {"sort": ["id"]}}', pg_temp.e('["comments","sort"]', 'type', 'expected string, got array', '["id"]')),
    ('{"comments": {"include": "post"}}', pg_temp.e('["comments","include"]', 'type', 'expected array or object, got string'))) AS v(include, error);
-- sort and match are refused as they are elsewhere, at their place
SELECT is(pg_temp.places(format('SELECT load_post(''ann'', 1, %L)', include)), '22023 ' || place, 'refused: ' || include)
  FROM (VALUES ('{"comments": {"sort": "nope"}}', '["include", "comments", "sort"]'), ('{"author": {"include": {"posts": {"sort": "secret"}}}}', '["include", "author", "include", "posts", "sort"]'), ('{"comments": {"sort": "replies.id"}}', '["include", "comments", "sort"]'),
               ('{"comments": {"sort": "post.secret"}}', '["include", "comments", "sort"]'), ('{"comments": {"match": []}}', '["include", "comments", "match"]'), ('{"comments": {"match": {"nope": 1}}}', '["include", "comments", "match", "nope"]'),
               ('{"author": {"match": {"secret": "canary"}}}', '["include", "author", "match", "secret"]'), ('[{"comments": {"match": {"score": {"gt": "x"}}}}]', '["include", 0, "comments", "match", "score", "gt"]'),
               ('{"comments": {"match": {"post": {"secret": null}}}}', '["include", "comments", "match", "post", "secret"]')) AS v(include, place);
-- all errors at once, with their places; the hint has the relationships
SELECT is(pg_temp.places($$ SELECT load_post('ann', 1, '["nope", "author.nope", {"comments": {"take": "x", "match": {"nope": 1, "score": "x"}, "include": ["nope", {"post": {"count": true}}]}}, 7]') $$),
          '22023 ["include", 0] ["include", 1] ["include", 3] ["include", 2, "comments", "take"] ["include", 2, "comments", "include", 0] ["include", 2, "comments", "match", "nope"] ["include", 2, "comments", "match", "score"] ["include", 2, "comments", "include", 1, "post", "count"]',
          'all errors at once');
SELECT is(pg_temp.places($$ SELECT load_post('ann', 1, '{"comments": {"sort": "nope", "take": "x"}, "tags": {"sort": "nope"}, "nope": {}}') $$),
          '22023 ["include", "nope"] ["include", "comments", "sort"] ["include", "comments", "take"] ["include", "tags", "sort"]', 'those of an order too');
CREATE FUNCTION pg_temp.hint(call text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    hint text;
BEGIN
    EXECUTE call;
    RETURN 'no error';
EXCEPTION WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS hint = PG_EXCEPTION_HINT;
    RETURN SQLSTATE || ' ' || hint;
END
$$;
SELECT is(pg_temp.hint($$ SELECT load_posts('ann', '["nope"]') $$), '22023 Relationships of "post": "author", "reviewer", "comments", "tags".', 'the hint lists the relationships');
SELECT is(pg_temp.hint($$ SELECT load_post('ann', 1, '["author.nope"]') $$), '22023 Relationships of "author": "posts", "reviews".', 'of the model where it went wrong');
SELECT is((SELECT string_agg(x[1], '') FROM regexp_matches(pg_temp.places(format('SELECT load_post(''ann'', 1, %L)', (SELECT jsonb_agg('nope ' || n) FROM generate_series(1, 200) n))), ' \["(i)nclude', 'g') x), repeat('i', 99), 'at most a hundred, the last of which says that there are more');
-- a name that is cut short in the message, and stays whole text
SELECT is(pg_temp.places(format('SELECT load_post(''ann'', 1, %L)', jsonb_build_array(repeat('é', 5000)))), '22023 ["include", 0]', 'a name of 5,000 letters');
SELECT is(pg_temp.places($$ SELECT load_post('ann', 99, '["nope"]') $$), '22023 ["include", 0]', 'also where there is no row');
SELECT is(pg_temp.places($$ SELECT load_posts('ann', '["comments"]', take => 1001) $$), '22023 ["take"]', 'the page''s own cap');
SELECT is(pg_temp.places($$ SELECT load_posts('ann', '["comments"]', sort => 'nope') $$), '22023 ["sort"]', 'the page''s own order');

-- a name that count would need is taken
SELECT is(pg_temp.after('ALTER TABLE post ADD comments_count integer', 'SELECT todo_orm.register_model(''post'')', 'SELECT pg_temp.places($$ SELECT load_post(''ann'', 1, ''{"comments": {"count": true}}'') $$)'), '22023 ["include", "comments", "count"]',
          'count, where the row has a column of that name');

-- caps
SELECT is(pg_temp.places(format('SELECT load_comment(''ann'', 6, %L)', jsonb_build_array('parent' || repeat('.parent', 7)))), 'no error', 'eight deep');
SELECT is(pg_temp.places(format('SELECT load_comment(''ann'', 6, %L)', jsonb_build_array('parent' || repeat('.parent', 8)))), '22023 ["include", 0]', 'nine deep');
SELECT is(pg_temp.places(format('SELECT load_comment(''ann'', 6, %L)', repeat('{"parent": {"include": ', n) || '{}' || repeat('}}', n))), want, n || ' deep, as objects')
  FROM (VALUES (8, 'no error'), (9, '22023 ["include"' || repeat(', "parent", "include"', 8) || ', "parent"]')) AS v(n, want);
SELECT matches(pg_temp.places(format('SELECT load_comment(''ann'', 6, %L)', repeat('[{"parent": {"include": ', 3000) || '[]' || repeat('}}]', 3000))), '^22023', '3,000 deep');
SET LOCAL todo_orm.max_include_depth = 2;
SELECT is(pg_temp.places(format('SELECT load_comment(''ann'', 6, ''["%s"]'')', path)), want, 'max_include_depth: ' || path) FROM (VALUES ('parent.parent', 'no error'), ('parent.parent.parent', '22023 ["include", 0]')) AS v(path, want);
RESET todo_orm.max_include_depth;
SET LOCAL todo_orm.max_includes = 3;
SELECT is(pg_temp.places(format('SELECT load_post(''ann'', 1, %L)', include)), want, 'max_includes: ' || include)
  FROM (VALUES ('["author.posts", "tags"]', 'no error'), ('["author.posts.tags.posts"]', '22023 ["include", 0]'), ('{"author": {}, "tags": {}, "comments": {}, "reviewer": {}}', '22023 ["include", "reviewer"]')) AS v(include, want);
RESET todo_orm.max_includes;
CREATE ROLE regress_load_app;
SET LOCAL ROLE regress_load_app;
SELECT throws_ok('SET LOCAL ' || setting || ' = 100', '42501', NULL, setting || ' is a superuser''s') FROM unnest('{todo_orm.max_include_depth,todo_orm.max_includes}'::text[]) setting;
RESET ROLE;
SELECT is(pg_temp.places('SELECT todo_orm.unregister_model(''tag''), load_post(''ann'', 1, ''["tags"]'')'), '22023 ["include", 0]', 'a model that is registered no more is no relationship');

----------------------------------------------------------------------
-- who may
----------------------------------------------------------------------

GRANT USAGE ON SCHEMA regress_load, tap TO regress_load_app;
SELECT todo_orm.grant_access('post', 'regress_load_app') \g /dev/null
SET LOCAL ROLE regress_load_app;
SELECT lives_ok('SELECT load_post(''ann'', 1, ''[]''), load_posts(''ann'', NULL)', 'a role with one of the models: its rows');
SELECT throws_ok(call, '42501', NULL, 'but no others: ' || call)
  FROM unnest(ARRAY['SELECT load_post(''ann'', 1, ''["author"]'')', 'SELECT load_post(''ann'', 1, ''["comments"]'')', 'SELECT load_posts(''ann'', ''["tags"]'')', 'SELECT load_post(''ann'', 99, ''{"author": {}}'')',
                    'SELECT load_post(''ann'', 1, ''[{"comments": {"take": 0, "count": true}}]'')', 'SELECT comments_of_posts(''ann'', ''{1}'')', 'SELECT tags_of_posts(''ann'', ''{1}'')', 'SELECT load_author(''ann'', 1, ''["posts"]'')']) call;
RESET ROLE;
SELECT todo_orm.grant_access('comment', 'regress_load_app') \g /dev/null
SET LOCAL ROLE regress_load_app;
SELECT is(pg_temp.of_post(1, '["comments.parent"]'), '1{comments(1{parent -} 2{parent 1} 4{parent 2} 5{parent -})}', 'a role with both: both');
SELECT throws_ok(format('SELECT load_post(''ann'', 1, %L)', include), '42501', NULL, 'not the third, by whatever way: ' || include)
  FROM unnest(ARRAY['["comments.post.author"]', '{"comments": {"match": {"post": {"author": {"name": "Ada"}}}}}', '["comments", "tags"]', '[{"comments": {"include": {"post": {"include": ["tags"]}}}}]']) include;
SELECT throws_ok('SELECT * FROM comment', '42501', NULL, 'nor a table');
RESET ROLE;
SELECT todo_orm.grant_access(m, 'regress_load_app') FROM unnest('{author,tag}'::regclass[]) m \g /dev/null
SET LOCAL ROLE regress_load_app;
SELECT is(pg_temp.of_post(1, '["comments:1.post.author", "tags"]'), '1{comments(1{post 1{author 1}}) tags(3 1)}', 'a role with all: all');
SELECT is((SELECT count(*) FROM comments_of_posts('ann', '{1}')), 4::bigint, 'a batch loader too');
RESET ROLE;
SELECT todo_orm.revoke_access('comment', 'regress_load_app') \g /dev/null
SET LOCAL ROLE regress_load_app;
SELECT throws_ok('SELECT load_post(''ann'', 1, ''["comments"]'')', '42501', NULL, 'and when it is revoked, in the same session');
RESET ROLE;

SELECT set_config('todo_orm.user_id', 'bob', true) \g /dev/null
SELECT throws_ok(call, '42501', NULL, 'the identity is another: ' || call)
  FROM unnest(ARRAY['SELECT load_post(''ann'', 1, ''[]'')', 'SELECT load_posts(''ann'', ''["author"]'')', 'SELECT comments_of_posts(''ann'', ''{1}'')', 'SELECT tags_of_posts(''ann'', ''{}'')']) call;
SELECT is(pg_temp.short(load_post('bob', 1, '["comments"]')), '1{comments(1)}', 'one''s own');
SELECT set_config('todo_orm.user_id', '', true) \g /dev/null

----------------------------------------------------------------------
-- keys and owners of every kind
----------------------------------------------------------------------

-- columns of several names and types in the key, one of them compared without case; children that name it in other letters
CREATE COLLATION caseless (provider = icu, locale = 'und-u-ks-level2', deterministic = false);
CREATE TABLE "Ga""me" ("the owner" integer, "id" text COLLATE caseless, "le vel" smallint, "o'clock" text, PRIMARY KEY ("the owner", id, "le vel"));
CREATE TABLE "select" ("the owner" integer, id numeric PRIMARY KEY, "Text" text COLLATE caseless, "no" smallint, gone int, FOREIGN KEY ("the owner", "Text", "no") REFERENCES "Ga""me");
ALTER TABLE "select" DROP COLUMN gone;
SELECT count(*) FROM todo_orm.register_model('"Ga""me"', '{"owner": "the owner", "name": "ga\"me", "plural": "ga\"mes"}') \g /dev/null
SELECT count(*) FROM todo_orm.register_model('"select"', '{"owner": "the owner", "name": "move", "plural": "moves", "relationships": {"no_no": "the \"game\".:"}}') \g /dev/null
INSERT INTO "Ga""me" VALUES (1, 'Chess', 1, 'a'), (1, 'Chess', 2, 'b'), (1, 'Go', 1, NULL), (2, 'Chess', 1, 'foreign');
INSERT INTO "select" VALUES (1, 1.50, 'chess', 1), (1, 2, 'CHESS', 1), (1, 3, 'Chess', 2), (1, 4, NULL, 1), (2, 5, 'Chess', 1);
SELECT is(pg_temp.short("load_ga""me"(1, 'CHESS', 1, '["moves"]')), 'Chess{moves(1.50 2)}', 'a key of three columns');
SELECT is(pg_temp.short("load_ga""mes"(1, '{"moves": {"take": 1, "count": true}}') -> 'items'), 'Chess{moves(1.50) moves_count 2} Chess{moves(3) moves_count 1} Go{moves() moves_count 0}', 'many of them');
SELECT is(pg_temp.short(load_moves(1, '{"the \"game\".:": {"include": {"moves": {"take": -1}}}}') -> 'items'), '1.50{the "game".: Chess{moves(2)}} 2{the "game".: Chess{moves(2)}} 3{the "game".: Chess{moves(3)}} 4{the "game".: -}',
          'to one, in other letters, a key that is partly null; a relationship of any name');
SELECT is((SELECT string_agg(id::text, ' ') FROM "moves_of_ga""mes"(1, '[{"id": "cHESS", "le vel": 2}, {"le vel": 1, "id": "chess"}, {"id": "x", "le vel": 1}]')), '3 1.50 2', 'ids of several columns');
SELECT throws_ok($$ SELECT "moves_of_ga""mes"(1, '[{"id": "Chess"}]') $$, '22023', NULL, 'an id without one of them');
-- ownerless tables, to one another and from an owned row; text keys with a collation
CREATE TABLE country (code text COLLATE caseless PRIMARY KEY, name text, secret text);
CREATE TABLE town (code integer PRIMARY KEY, country_id text COLLATE caseless REFERENCES country, twin_id integer REFERENCES town);
CREATE TABLE town_twin (town_id integer REFERENCES town, twin_id integer REFERENCES town, PRIMARY KEY (town_id, twin_id));
CREATE TABLE trip (LIKE todo_orm.owned INCLUDING ALL, country_id text COLLATE caseless REFERENCES country, town_id integer REFERENCES town, PRIMARY KEY (user_id, id));
SELECT count(*) FROM unnest('{country,town}'::regclass[]) m, todo_orm.register_model(m, CASE m::text WHEN 'country' THEN '{"owner": null, "hidden": ["secret"]}'::jsonb ELSE '{"owner": null}' END) \g /dev/null
SELECT count(*) FROM todo_orm.register_model('trip') \g /dev/null
INSERT INTO country VALUES ('DE', 'Germany', 'canary'), ('it', 'Italy', 'canary');
INSERT INTO town VALUES (1, 'de', NULL), (2, 'DE', 1), (3, 'IT', 1), (4, NULL, 4);
INSERT INTO town_twin VALUES (1, 2), (1, 3), (4, 4);
INSERT INTO trip (user_id, id, country_id, town_id) VALUES ('ann', 1, 'dE', 2), ('ann', 2, 'De', NULL), ('bob', 1, 'IT', 3);
SELECT is(pg_temp.short(load_country('de', '["towns.towns"]')), 'DE{towns(1{towns(2 3)} 2{towns()})}', 'without owner');
SELECT is(pg_temp.short(load_countries('["towns:-1"]') -> 'items'), 'DE{towns(2)} it{towns(3)}', 'without owner, many');
SELECT is((SELECT string_agg(t.code::text, ' ') FROM towns_of_countries('{it,de,IT}') t), '3 1 2', 'a batch loader without owner; ids that are equal under the key''s collation are one');
SELECT is(load_trips('ann', (SELECT jsonb_agg(relationship) FROM todo_orm.relationships WHERE model = 'trip'::regclass))::text ~ 'canary|IT', false, 'hidden is hidden from an owned row, too');
SELECT is((SELECT jsonb_agg(t -> 'town' -> 'code') FROM jsonb_array_elements(load_trips('ann', '["town.twin"]')::jsonb -> 'items') t), '[2, null]', 'from an owned row to one that has no owner');
SELECT is((SELECT string_agg(relationship, ' ') FROM todo_orm.relationships WHERE model = 'country'::regclass AND target = 'trip'::regclass), NULL, 'from there is no way back');
-- a link table without owner, whose two keys lead to the same table
SELECT is(pg_temp.short(load_towns('["towns_town_twin"]') -> 'items'), '1{towns_town_twin(2 3)} 2{towns_town_twin()} 3{towns_town_twin()} 4{towns_town_twin(4)}', 'a link table without owner, to itself');
SELECT is(pg_temp.short(load_towns('["towns_town_twin_town"]') -> 'items'), '1{towns_town_twin_town()} 2{towns_town_twin_town(1)} 3{towns_town_twin_town(1)} 4{towns_town_twin_town(4)}', 'and back');
-- from an owned row through a link table that has the owner to rows that everybody shares
CREATE TABLE visit (user_id text COLLATE "C", trip_id bigint, town_id integer REFERENCES town, PRIMARY KEY (user_id, trip_id, town_id), FOREIGN KEY (user_id, trip_id) REFERENCES trip);
INSERT INTO visit VALUES ('ann', 1, 1), ('ann', 1, 2), ('bob', 1, 3), ('bob', 1, 4);
SELECT count(*) FROM todo_orm.register_model('trip') \g /dev/null
SELECT is((SELECT string_agg(model || '.' || relationship, ' ') FROM todo_orm.relationships WHERE through = 'visit'::regclass), 'trip.towns', 'one way only');
SELECT is(pg_temp.short(load_trips('ann', '["towns", {"towns": {"count": true}}]') -> 'items'), '1{towns(1 2) towns_count 2} 2{towns() towns_count 0}', 'only through the owner''s own links');
SELECT is(pg_temp.short(towns_of_trips('bob', '{1,2}')), '1{towns(3 4)}', 'so too a batch loader');
-- the owner is the whole key: one to one
CREATE TABLE account (user_id uuid PRIMARY KEY, plan text);
CREATE TABLE profile (user_id uuid PRIMARY KEY REFERENCES account, nick text);
CREATE TABLE login (user_id uuid REFERENCES account, id integer, PRIMARY KEY (user_id, id));
SELECT count(*) FROM unnest('{account,profile,login}'::regclass[]) m, todo_orm.register_model(m) \g /dev/null
\set one '''00000000-0000-0000-0000-000000000001'''
\set two '''00000000-0000-0000-0000-000000000002'''
INSERT INTO account VALUES (:one, 'free'), (:two, 'paid');
INSERT INTO profile VALUES (:two, 'two');
INSERT INTO login VALUES (:one, 1), (:one, 2), (:two, 1);
SELECT is(pg_temp.short(load_account(:two, '["profiles.user_user", "logins"]')), '2{profiles(2{user_user 2}) logins(1)}', 'one to one: the key is the owner alone');
SELECT is(pg_temp.short(load_account(:one, '["profiles", "logins:-1"]')), '1{profiles() logins(2)}', 'one to one: none');
SELECT is(pg_temp.short(load_accounts(:one, '{"logins": {"count": true, "take": 1, "include": ["user_user.profiles"]}}') -> 'items'), '1{logins(1{user_user 1{profiles()}}) logins_count 2}', 'and of many');
-- link tables that are no models: one with soft delete, one whose keys have several columns
CREATE TABLE star (
    user_id text COLLATE "C", post_id bigint, author_id bigint, deleted_at timestamptz, PRIMARY KEY (user_id, post_id, author_id),
    FOREIGN KEY (user_id, post_id) REFERENCES post, FOREIGN KEY (user_id, author_id) REFERENCES author);
CREATE TABLE duel (
    "the owner" integer, a text COLLATE caseless, b smallint, c text COLLATE caseless, d smallint, PRIMARY KEY ("the owner", a, b, c, d),
    FOREIGN KEY ("the owner", a, b) REFERENCES "Ga""me", FOREIGN KEY ("the owner", c, d) REFERENCES "Ga""me");
INSERT INTO star VALUES ('ann', 1, 1, NULL), ('ann', 1, 2, now()), ('ann', 1, 3, NULL), ('ann', 4, 1, NULL), ('ann', 5, 1, NULL), ('bob', 1, 1, NULL);
INSERT INTO duel VALUES (1, 'CHESS', 1, 'go', 1), (1, 'Chess', 1, 'Chess', 2), (2, 'Chess', 1, 'Chess', 1);
SELECT count(*) FROM todo_orm.models m, todo_orm.register_model(m.model, m.options) WHERE m.model::text IN ('post', 'author', '"Ga""me"') \g /dev/null
SELECT is(pg_temp.of_posts('["authors"]'), '1{authors(1)} 2{authors()} 3{authors()} 4{authors(1)}', 'many-to-many: a link that is marked as deleted is none');
SELECT is(pg_temp.short(load_author('ann', 1, '{"posts_star": {"count": true, "sort": "-id"}}')), '1{posts_star(4 1) posts_star_count 2}', 'and back: not to a deleted row');
SELECT is(pg_temp.short("load_ga""mes"(1, (SELECT jsonb_agg(relationship) FROM todo_orm.relationships WHERE model = '"Ga""me"'::regclass AND kind = 'many_to_many')) -> 'items'), 'Chess{ga"mes(Chess Go) ga"mes_duel()} Chess{ga"mes() ga"mes_duel(Chess)} Go{ga"mes() ga"mes_duel(Chess)}', 'many-to-many: keys of three columns on both sides');

----------------------------------------------------------------------
-- how it is written
----------------------------------------------------------------------

-- times in UTC also inside of arrays, whatever the session's zone is, and without leaving a trace
UPDATE comment SET seen = '{2026-01-01 12:00+00,infinity}' WHERE user_id = 'ann' AND id = 1;
SELECT is(load_post('ann', 1, '["comments:1"]') #>> '{comments,0,seen}', '["2026-01-01T12:00:00+00:00","infinity"]', 'times in arrays: UTC');
SELECT is(load_tag('ann', '00000000-0000-0000-0000-000000000001', '["posts.comments:1"]') #>> '{posts,0,comments,0,seen}', '["2026-01-01T12:00:00+00:00","infinity"]', 'below a model that has no times');
SELECT is(current_setting('timezone'), 'Asia/Kolkata', 'the session''s zone is as it was');
SELECT throws_ok('SELECT load_post(''ann'', 1, ''["nope"]'')', '22023', NULL, 'an error');
SELECT is(current_setting('timezone'), 'Asia/Kolkata', 'leaves it, too');
SET LOCAL todo_orm.json_bigint = 'string';
SELECT is(load_post('ann', 1, '{"comments": {"take": 1, "count": true}, "author": true}')::jsonb - '{title,rank,reviewer_id,deleted_at,user_id}'::text[],
          '{"id": "1", "author_id": "1", "author": {"id": "1", "name": "Ada", "user_id": "ann", "deleted_at": null}, "comments": [{"id": "1", "body": "a", "seen": ["2026-01-01T12:00:00+00:00", "infinity"], "score": 3, "post_id": "1", "user_id": "ann", "parent_id": null, "deleted_at": null}], "comments_count": 4}',
          'json_bigint = string: every bigint of a row; how many there are is none');
RESET todo_orm.json_bigint;
SELECT is(tags_of_posts('ann', '{4}')::text, '[{"id":4,"tags":[]}]', 'no blanks');
SELECT is(load_post('ann', 4, '["comments", "author"]')::text, '{"id":4,"user_id":"ann","deleted_at":null,"title":"four","rank":2,"author_id":null,"reviewer_id":null,"comments":[],"author":null}', 'in the order of the columns, then of the include');
-- nothing of a row may be seen
CREATE TABLE safe (user_id text NOT NULL, id integer, post_id bigint, PRIMARY KEY (user_id, id), FOREIGN KEY (user_id, post_id) REFERENCES post);
INSERT INTO safe VALUES ('ann', 1, 1), ('ann', 2, NULL);
SELECT count(*) FROM todo_orm.register_model('safe', '{"hidden": ["id", "user_id", "post_id"]}') \g /dev/null
SELECT is(load_safe('ann', 1, '["post.safes"]')::jsonb, jsonb_build_object('post', load_post('ann', 1, NULL)::jsonb || '{"safes": [{}]}'), 'a row all of whose columns are hidden');
SELECT is(load_safe('ann', 2, '["post"]')::text || load_safe('ann', 1, '[]')::text, '{"post":null}{}', 'and nothing with it');

-- many levels and many rows: nothing is read twice or lost where arrays grow
INSERT INTO post (user_id, id, title, author_id) SELECT 'cid', n, repeat('long ', 50), NULL FROM generate_series(1, 500) n;
INSERT INTO comment (user_id, id, post_id, parent_id) SELECT 'cid', n, (n + 3) / 4, nullif(n / 2, 0) FROM generate_series(1, 2000) n;
SELECT ok((SELECT jsonb_agg(to_jsonb(p) - 'secret' || jsonb_build_object('comments', (SELECT jsonb_agg(to_jsonb(c) || jsonb_build_object('replies', (SELECT coalesce(jsonb_agg(to_jsonb(r) ORDER BY r.id), '[]') FROM comment r WHERE (r.user_id, r.parent_id) = (c.user_id, c.id))) ORDER BY c.id)
                                                                              FROM comment c WHERE (c.user_id, c.post_id) = (p.user_id, p.id))) ORDER BY p.id) FROM post p WHERE user_id = 'cid')
          = (load_posts('cid', '["comments.replies"]', take => 1000)::jsonb -> 'items'), '500 rows with 2,000, and 1,999 below these');
SELECT is((SELECT count(*) FROM comments_of_posts('cid', ARRAY(SELECT generate_series(1000, -1000, -1))::bigint[])), 2000::bigint, 'a batch of 2,001 ids');
SELECT ok((SELECT array_agg(id) FROM comments_of_posts('cid', ARRAY(SELECT generate_series(500, 1, -1))::bigint[], -1)) = ARRAY(SELECT generate_series(2000, 4, -4))::bigint[], 'in their order, the last of each');
SELECT is((SELECT sum((p ->> 'comments_count')::int) FROM json_array_elements(load_posts('cid', '{"comments": {"take": 0, "count": true}}', take => 1000) -> 'items') p), 2000::bigint, 'how many of each');
SELECT is((SELECT sum(json_array_length(p -> 'comments')) FROM json_array_elements(load_posts('cid', '{"comments": {"take": 1200}}', take => 1000) -> 'items') p), 2000::bigint, 'take of a relationship is not capped by max_take');

----------------------------------------------------------------------
-- views, and code that runs as rows are read
----------------------------------------------------------------------

-- a view has no foreign keys: nothing can be nested in its rows but what they hold themselves
CREATE VIEW busy AS SELECT user_id, id, title, load_post(user_id, id, '["comments:1.parent"]') AS doc FROM post WHERE rank = 2;
SELECT count(*) FROM todo_orm.register_model('busy', '{"key": ["id"], "functions": "read", "name": "busy_post", "plural": "busy_posts"}') \g /dev/null
SELECT is(load_busy_post('ann', 1, '[]')::jsonb, jsonb_build_object('id', 1, 'user_id', 'ann', 'title', 'one', 'doc', load_post('ann', 1, '["comments:1.parent"]')::jsonb), 'a view, whose rows call load_ themselves');
SELECT is(load_busy_posts('ann', '{}')::text, page_busy_posts('ann')::text, 'many of them');
SELECT is(pg_temp.hint($$ SELECT load_busy_post('ann', 1, '["comments"]') $$), '22023 "busy_post" has no relationships.', 'a model without relationships');

-- Code of the table's owner that runs when a related row is read sees a safe
-- search_path, by whatever way the row is reached.  Here it is a policy, which
-- FORCE lays upon the owner too: under another path it shows no row.
CREATE ROLE regress_load_owner;
GRANT CREATE, USAGE ON SCHEMA regress_load, regress_load_far TO regress_load_owner;
GRANT USAGE ON SCHEMA tap TO regress_load_owner;
SET LOCAL ROLE regress_load_owner;
CREATE FUNCTION regress_load_far.good() RETURNS boolean LANGUAGE plpgsql AS $$ BEGIN RETURN current_setting('search_path') ~ '^pg_catalog, regress_load(_far)?, pg_temp$'; END $$;
CREATE TABLE regress_load_far.shelf (LIKE todo_orm.owned INCLUDING ALL, name text, PRIMARY KEY (user_id, id));
CREATE TABLE reader (LIKE todo_orm.owned INCLUDING ALL, PRIMARY KEY (user_id, id));
CREATE TABLE book (
    LIKE todo_orm.owned INCLUDING ALL, shelf_id bigint, reader_id bigint, PRIMARY KEY (user_id, id),
    FOREIGN KEY (user_id, shelf_id) REFERENCES regress_load_far.shelf, FOREIGN KEY (user_id, reader_id) REFERENCES reader);
CREATE TABLE lender (LIKE todo_orm.owned INCLUDING ALL, PRIMARY KEY (user_id, id));
CREATE TABLE book_lender (
    user_id text COLLATE "C", book_id bigint, lender_id bigint, PRIMARY KEY (user_id, book_id, lender_id),
    FOREIGN KEY (user_id, book_id) REFERENCES book, FOREIGN KEY (user_id, lender_id) REFERENCES lender);
INSERT INTO regress_load_far.shelf (user_id, id, name) VALUES ('ann', 1, 'b'), ('ann', 2, 'a');
INSERT INTO reader (user_id, id) VALUES ('ann', 1);
INSERT INTO book (user_id, id, shelf_id, reader_id) VALUES ('ann', 1, 1, 1), ('ann', 2, 2, 1);
INSERT INTO lender (user_id, id) VALUES ('ann', 1);
INSERT INTO book_lender VALUES ('ann', 1, 1), ('ann', 2, 1);
CREATE POLICY good ON regress_load_far.shelf USING (regress_load_far.good());
CREATE POLICY good ON book_lender USING (regress_load_far.good());
ALTER TABLE regress_load_far.shelf ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE book_lender ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
SELECT count(*) FROM unnest('{regress_load_far.shelf,book,lender,reader}'::regclass[]) m, todo_orm.register_model(m) \g /dev/null
SET LOCAL search_path = regress_load, regress_load_far, tap;
SELECT is((SELECT count(*) FROM shelf), 0::bigint, 'a caller''s path shows none');
SELECT is(load_book('ann', 1, include::jsonb)::jsonb #>> path::text[], want, 'a safe search_path: ' || include)
  FROM (VALUES ('["shelf"]', '{shelf,name}', 'b'), ('{"shelf": {"match": {"name": "b"}}}', '{shelf,name}', 'b'), ('["lenders"]', '{lenders,0,id}', '1'), ('{"lenders": {"count": true, "take": 0}}', '{lenders_count}', '1'),
               ('{"lenders": {"match": {"books": {"shelf": {"name": "a"}}}}}', '{lenders,0,id}', '1'), ('["lenders.books.shelf"]', '{lenders,0,books,1,shelf,name}', 'a')) AS v(include, path, want);
-- no code runs for readers and books themselves
SELECT is(load_reader('ann', 1, '{"books": {"sort": "shelf.name"}}') #>> '{books,0,id}', '2', 'a safe search_path: an order by a row that the rows point at');
SELECT is(load_reader('ann', 1, '{"books": {"match": {"shelf": {"name": "a"}}}}') #>> '{books,0,id}', '2', 'a safe search_path: a match through it');
SELECT is(load_reader('ann', 1, '{"books": {"match": {"reader": {"books": {"shelf": {"name": "a"}}}}, "count": true, "take": 0}}') ->> 'books_count', '2', 'a safe search_path: a match that leads further, counted');
SELECT is(load_shelf('ann', 1, '{"books": {"match": {"shelf": {"name": "b"}}, "sort": "-shelf.name"}}') #>> '{books,0,id}', '1', 'a safe search_path: both, from a table of another schema');
SELECT is(load_books('ann', '["shelf.books.lenders"]')::jsonb #>> '{items,1,shelf,books,0,lenders,0,id}', '1', 'a safe search_path: many rows');
SELECT is(books_of_lenders('ann', '{1}')::jsonb -> 0 -> 'books' -> 1 ->> 'id', '2', 'a safe search_path: a batch loader through the links');
SELECT is((SELECT count(*) FROM books_of_shelves('ann', '{1,2}')), 2::bigint, 'a safe search_path: a batch loader of the rows'' own');
SELECT is(current_setting('search_path'), 'regress_load, regress_load_far, tap', 'the caller''s is as it was');
SET LOCAL search_path = regress_load, tap;
RESET ROLE;

----------------------------------------------------------------------
-- DDL, in a session that goes on calling
----------------------------------------------------------------------

SELECT is(pg_temp.of_post(1, '["comments:1", "author", "tags:1"]'), '1{comments(1) author 1 tags(3)}', 'warm');
SELECT is(pg_temp.after(VARIADIC string_to_array(ddl, '; ') || $$ SELECT pg_temp.of_post(1, '["comments:1", "author", "tags:1"]') $$::text), want, 'after ' || ddl)
  FROM (VALUES ('ALTER TABLE comment DROP COLUMN body', '1{comments(1) author 1 tags(3)}'), ('DROP VIEW busy CASCADE; ALTER TABLE post DROP COLUMN title; ALTER TABLE author DROP COLUMN name', '1{comments(1) author 1 tags(3)}'),
               ('ALTER TABLE comment RENAME post_id TO of_post', '1{comments(1) author 1 tags(3)}'), ('ALTER TABLE comment SET SCHEMA regress_load_far', '1{comments(1) author 1 tags(3)}'),
               ('ALTER TABLE tag ADD extra text[] DEFAULT ''{1,2}''; ALTER TABLE comment ADD extra int', '1{comments(1) author 1 tags(3)}'), ('ALTER TABLE comment ALTER score TYPE numeric', '1{comments(1) author 1 tags(3)}'),
               ('ALTER TABLE post_tag RENAME TO labelling', '1{comments(1) author 1 tags(3)}'), ('ALTER TABLE post_tag RENAME tag_id TO label_id', '1{comments(1) author 1 tags(3)}'),
               -- these make them other relationships, or none
               ('ALTER TABLE comment RENAME TO remark', '22023'), ('ALTER TABLE post RENAME author_id TO writer_id', '22023'), ('DROP TABLE post_tag CASCADE', '22023'),
               ('ALTER TABLE comment DROP CONSTRAINT comment_user_id_post_id_fkey', '22023'), ('DROP TABLE tag CASCADE', '22023'), ('SELECT todo_orm.unregister_model(''author'')', '22023')) AS v(ddl, want);
SELECT is(pg_temp.after('ALTER TABLE comment ADD extra text[] DEFAULT ''{1,2}''', $$ SELECT load_post('ann', 1, '["comments:1"]') #>> '{comments,0,extra}' $$), '["1","2"]', 'a new column is seen');
SELECT is(pg_temp.after('ALTER TABLE comment DROP seen, DROP body', $$ SELECT load_post('ann', 1, '["comments:1"]') ->> 'comments' $$), '[{"id":1,"user_id":"ann","deleted_at":null,"score":3,"post_id":1,"parent_id":null}]', 'a dropped one is not');
SELECT is(pg_temp.after('ALTER TABLE comment DROP body', $$ SELECT (c).id || ' ' || (c).post_id FROM comments_of_posts('ann', '{2}') c $$), '6 2', 'nor by a batch loader');
SELECT is(pg_temp.after('ALTER TABLE comment DROP CONSTRAINT comment_user_id_post_id_fkey', $$ SELECT comments_of_posts('ann', '{1}') $$), '55000', 'a batch loader whose relationship is gone does not fit');

-- shapes beyond count: the cache gives way, and the answers stay right
SET LOCAL todo_orm.plan_cache_size = 16;
CREATE FUNCTION pg_temp.shape(n integer) RETURNS bigint LANGUAGE sql AS $$
    SELECT json_array_length(load_post('ann', 1, jsonb_build_object('tags', '{}'::jsonb, 'comments', jsonb_build_object('take', n % 4, 'sort', (ARRAY['id', '-score, id', 'score nulls first, -body'])[1 + n % 3],
        'match', jsonb_build_object('or', (SELECT jsonb_agg(jsonb_build_object('score', i)) FROM generate_series(1, n) i))))) -> 'comments')
$$;
SELECT is((SELECT array_agg(pg_temp.shape(n)) FROM generate_series(1, 45) n), ARRAY(SELECT least(n % 4, CASE WHEN n < 3 THEN 2 ELSE 3 END) FROM generate_series(1, 45) n)::bigint[], 'forty-five shapes in a cache of sixteen');
RESET todo_orm.plan_cache_size;

UPDATE comment SET seen = NULL WHERE user_id = 'ann' AND id = 1;
SELECT is((SELECT jsonb_agg(to_jsonb(c) ORDER BY user_id, id) FROM comment c WHERE user_id <> 'cid'), (SELECT rows FROM before), 'nothing was changed by all this');
SELECT * FROM finish();
ROLLBACK;
