-- inline_function_ddl: functions of the row that become part of the query.
-- They answer what the generated ones answer, with the caller's rights.
BEGIN;
SELECT no_plan();

CREATE SCHEMA app;
SET LOCAL search_path = app, public, tap, pg_catalog;
CREATE TABLE author (LIKE todo_orm.owned INCLUDING ALL, name text, PRIMARY KEY (user_id, id));
CREATE TABLE post (LIKE todo_orm.owned INCLUDING ALL, LIKE todo_orm.soft_delete INCLUDING ALL, author_id bigint, reply_to bigint,
    title text NOT NULL, PRIMARY KEY (user_id, id), FOREIGN KEY (user_id, author_id) REFERENCES author,
    FOREIGN KEY (user_id, reply_to) REFERENCES post);
CREATE TABLE tag (LIKE todo_orm.owned INCLUDING ALL, label text, PRIMARY KEY (user_id, id));
CREATE TABLE post_tag (user_id text COLLATE "C" NOT NULL, post_id bigint, tag_id bigint, PRIMARY KEY (user_id, post_id, tag_id),
    FOREIGN KEY (user_id, post_id) REFERENCES post, FOREIGN KEY (user_id, tag_id) REFERENCES tag);
-- links that say not whose they are
CREATE TABLE topic (id int PRIMARY KEY, name text);
CREATE TABLE film (user_id text NOT NULL, id int PRIMARY KEY);
CREATE TABLE film_topic (film_id int REFERENCES film, topic_id int REFERENCES topic, PRIMARY KEY (film_id, topic_id));
SELECT count(*) FROM unnest('{author,post,tag,film}'::regclass[]) m, todo_orm.register_model(m);
SELECT count(*) FROM todo_orm.register_model('topic', '{"owner": null}');

INSERT INTO author (user_id, name) VALUES ('ann', 'A'), ('ann', 'B'), ('bob', 'A');
INSERT INTO post (user_id, author_id, reply_to, title)
    SELECT CASE n % 3 WHEN 0 THEN 'bob' ELSE 'ann' END, CASE n % 3 WHEN 0 THEN 3 ELSE n % 3 END, NULL, 'p' || n
      FROM generate_series(1, 12) n;
UPDATE post SET reply_to = 1 WHERE user_id = 'ann' AND id IN (4, 5, 7);
UPDATE post SET deleted_at = now() WHERE id IN (4, 8);
INSERT INTO tag (user_id, label) VALUES ('ann', 'x'), ('ann', 'y'), ('bob', 'x');
INSERT INTO post_tag VALUES ('ann', 1, 1), ('ann', 1, 2), ('ann', 2, 2), ('bob', 3, 3), ('ann', 4, 1);
INSERT INTO topic VALUES (1, 'war'), (2, 'love'), (3, 'cats');
INSERT INTO film VALUES ('ann', 1), ('ann', 2), ('bob', 3);
INSERT INTO film_topic VALUES (1, 1), (1, 3), (3, 2);

-- One of each, under the relationship's name with "all_" in front.
DO $$
DECLARE
    r record;
BEGIN
    FOR r IN SELECT * FROM todo_orm.relationships LOOP
        EXECUTE todo_orm.inline_function_ddl(r.model, r.relationship, 'all_' || r.relationship);
    END LOOP;
END $$;

-- The rows of a function of the row, each with the row it belongs to.
CREATE FUNCTION pg_temp.answer(model regclass, function text) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
    result jsonb;
BEGIN
    EXECUTE format('SELECT jsonb_agg(x ORDER BY f::text, n)
                      FROM (SELECT f, row_number() OVER () AS n, jsonb_build_array(to_jsonb(f), to_jsonb(t)) AS x
                              FROM %s f, %s(f) t) q', model, function)
       INTO result;
    RETURN result;
END $$;

SELECT cmp_ok(count(*), '>=', 7::bigint, 'relationships of every kind are looked at') FROM todo_orm.relationships;
SELECT is(pg_temp.answer(r.model, 'app.all_' || r.relationship), pg_temp.answer(r.model, 'app.' || r.relationship),
          format('%s(%s), %s: the same rows in the same order', r.relationship, r.model, r.kind))
  FROM todo_orm.relationships r;
SELECT isnt(pg_temp.answer('app.post', 'app.all_tags'), NULL, 'there are rows to compare');

-- what the planner makes of it
CREATE FUNCTION pg_temp.plan_of(query text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    line text; plan text := '';
BEGIN
    FOR line IN EXECUTE 'EXPLAIN (COSTS off) ' || query LOOP plan := plan || line || E'\n'; END LOOP;
    RETURN plan;
END $$;
SELECT matches(pg_temp.plan_of('SELECT * FROM post p, author(p) a'), 'Function Scan', 'the generated function is called for every row');
SELECT doesnt_match(pg_temp.plan_of('SELECT * FROM post p, all_author(p) a'), 'Function Scan', 'to-one: inlined');
SELECT doesnt_match(pg_temp.plan_of('SELECT * FROM author a, all_posts(a) p'), 'Function Scan', 'to-many: inlined');
SELECT doesnt_match(pg_temp.plan_of('SELECT * FROM post p, all_tags(p) t'), 'Function Scan', 'many-to-many: inlined');

-- a row made by hand leads to nobody else's
SELECT is_empty($$SELECT * FROM all_topics(ROW('ann', 3)::film)$$, 'one''s own name and another''s id lead nowhere');
SELECT is_empty($$SELECT * FROM all_tags(ROW(3, 'ann', NULL, NULL, NULL, '')::post)$$, 'nor where the link has an owner');

-- whose rows they are
SET LOCAL todo_orm.user_id = 'ann';
SELECT throws_ok('SELECT count(*) FROM post p, all_author(p) a', '42501', NULL, 'rows of another owner than the identity are refused');
SELECT throws_ok('SELECT count(*) FROM author p, all_posts(p) a', '42501', NULL, 'to-many, too');
SELECT results_eq($$SELECT count(*) FROM post p, all_author(p) a WHERE p.user_id = 'ann'$$,
                  $$SELECT count(*) FROM post WHERE user_id = 'ann'$$, 'one''s own are not');
SET LOCAL todo_orm.user_id = '';

-- rights are the caller's
CREATE ROLE regress_inline;
GRANT USAGE ON SCHEMA app, tap TO regress_inline;
SELECT count(*) FROM unnest('{post,author}'::regclass[]) m, todo_orm.grant_access(m, 'regress_inline');
SET LOCAL ROLE regress_inline;
SELECT lives_ok($$SELECT * FROM get_post('ann', 1) p, author(p) a$$, 'a role with the functions only has the generated one');
SELECT throws_ok($$SELECT * FROM get_post('ann', 1) p, all_author(p) a$$, '42501', NULL, 'the inlined one needs rights on the table');
RESET ROLE;

SELECT throws_ok($$SELECT todo_orm.inline_function_ddl('post', 'nobody', 'x')$$, '22023', NULL, 'an unknown relationship is refused');
SELECT throws_ok($$SELECT todo_orm.inline_function_ddl('post_tag', 'post', 'x')$$, '55000', NULL, 'and a table that is no model');
SELECT matches(todo_orm.inline_function_ddl('post', 'author', 'He said "hi"'), 'app\."He said ""hi"""', 'the name is quoted');

-- they stand in no one's way
SELECT is((SELECT count(*) FROM todo_orm.functions f WHERE f.signature LIKE '%all_tags%'), 0::bigint, 'they are none of the model''s functions');
SELECT lives_ok('DROP EXTENSION todo_orm CASCADE', 'the extension can be dropped');
SELECT hasnt_function('app', 'all_tags', 'and takes them with it');
SELECT is((SELECT count(*) FROM post), 12::bigint, 'and not one row');

SELECT * FROM finish();
ROLLBACK;
