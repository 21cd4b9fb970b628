-- Many-to-many relationships: the functions of the row, link_, unlink_ and set_;
-- whose rows they reach; keys and link tables of every kind (SPEC 5, 6, 7, 8)
BEGIN;
SELECT * FROM no_plan();
SET LOCAL client_min_messages = warning;
CREATE SCHEMA regress_link;
CREATE SCHEMA regress_elsewhere;
SET LOCAL search_path = regress_link, tap;

\ir include/refuses.psql
\ir include/link_tables.psql

-- {"loc": ["ids", 0], ...}
CREATE FUNCTION pg_temp.missing(VARIADIC places jsonb[]) RETURNS jsonb LANGUAGE sql AS $$
    SELECT jsonb_agg(jsonb_build_object('loc', p, 'type', 'foreign_key', 'msg', 'referenced row does not exist', 'input', NULL)) FROM unnest(places) p
$$;

----------------------------------------------------------------------
-- the plain case
----------------------------------------------------------------------

CREATE TABLE post (
    LIKE todo_orm.owned INCLUDING ALL, LIKE todo_orm.timestamps INCLUDING ALL, LIKE todo_orm.soft_delete INCLUDING ALL,
    LIKE todo_orm.versioned INCLUDING ALL, title text, PRIMARY KEY (user_id, id));
CREATE TABLE tag (
    LIKE todo_orm.owned INCLUDING ALL, LIKE todo_orm.soft_delete INCLUDING ALL, name text, PRIMARY KEY (user_id, id));
CREATE TABLE post_tag (
    user_id text COLLATE "C" NOT NULL,
    post_id bigint,
    tag_id  bigint,
    PRIMARY KEY (user_id, post_id, tag_id),
    FOREIGN KEY (user_id, post_id) REFERENCES post ON DELETE CASCADE,
    FOREIGN KEY (user_id, tag_id) REFERENCES tag);
SELECT is(pg_temp.along('post'), NULL, 'no model, no function');
SELECT count(*) FROM todo_orm.register_model('post') \g /dev/null
SELECT is(pg_temp.relationships('post', 'tag'), NULL, 'one model alone has no relationship');
SELECT set_eq($$ SELECT s FROM todo_orm.register_model('tag', '{"sort": "-name"}') s WHERE s ~ '(post_tags|tag_posts)\(|\((post|tag) ' $$,
    ARRAY['regress_link.posts(tag regress_link.tag)', 'regress_link.tags(post regress_link.post)',
          'regress_link.link_tag_posts(user_id text, id bigint, ids bigint[])', 'regress_link.link_post_tags(user_id text, id bigint, ids bigint[])',
          'regress_link.unlink_tag_posts(user_id text, id bigint, ids bigint[])', 'regress_link.unlink_post_tags(user_id text, id bigint, ids bigint[])',
          'regress_link.set_tag_posts(user_id text, id bigint, ids bigint[])', 'regress_link.set_post_tags(user_id text, id bigint, ids bigint[])'],
    'the second one brings the functions of both');
SELECT results_eq($$ SELECT model, relationship, target, kind, columns, target_columns, through FROM todo_orm.relationships ORDER BY model $$,
    $$ VALUES ('post'::regclass, 'tags', 'tag'::regclass, 'many_to_many', '{user_id,id}'::text[], '{user_id,id}'::text[], 'post_tag'::regclass),
              ('tag', 'posts', 'post', 'many_to_many', '{user_id,id}', '{user_id,id}', 'post_tag') $$, 'relationships: both, with the table they go through');
SELECT set_eq($$ SELECT concat_ws(' ', p.proname, p.provolatile, p.proparallel, p.prosecdef, p.proretset, p.prorettype::regtype, p.prorows, d.comment IS NOT NULL, d.example)
                   FROM todo_orm.functions d JOIN pg_proc p ON p.oid = d.function WHERE d.model = 'post'::regclass AND p.proname ~ 'tags$' $$,
    ARRAY['link_post_tags v u t f bigint 0 t SELECT regress_link.link_post_tags(''ann'', 1, ''{1,2}'');', 'unlink_post_tags v u t f bigint 0 t SELECT regress_link.unlink_post_tags(''ann'', 1, ''{1,2}'');',
          'set_post_tags v u t f bigint 0 t SELECT regress_link.set_post_tags(''ann'', 1, ''{1,2}'');', 'tags s r t t tag 50 t SELECT * FROM regress_link.tags(row);'], 'honest properties, a comment and an example');
INSERT INTO post (user_id, id, title) VALUES ('ann', 1, 'one'), ('ann', 2, 'two'), ('ann', 3, 'gone'), ('bob', 4, 'his');
INSERT INTO tag (user_id, id, name) VALUES ('ann', 1, 'a'), ('ann', 2, 'b'), ('ann', 3, 'c'), ('ann', 4, 'gone'), ('bob', 5, 'his');
UPDATE post SET deleted_at = now() WHERE id = 3;
UPDATE tag SET deleted_at = now() WHERE id = 4;
SELECT is(link_post_tags('ann', 1, '{2,1,2}'), 2::bigint, 'link: new links; an id twice is one');
SELECT is(link_post_tags('ann', 1, '{1,3}'), 1::bigint, 'link: what is linked already counts nothing');
SELECT is(link_post_tags('ann', 1, '{}'), 0::bigint, 'link: nothing');
SELECT is(link_tag_posts('ann', 1, '{1,2}'), 1::bigint, 'link: from the other side');
SELECT is(pg_temp.stored('post_tag'), 'ann 1 1, ann 1 2, ann 1 3, ann 2 1', 'each once');
SELECT is((SELECT array_agg(t.name) FROM get_post('ann', 1) p, tags(p) t), '{c,b,a}', 'the function of the row: in the order of the target');
SELECT is((SELECT array_agg(p.title ORDER BY p.title) FROM get_tag('ann', 1) t, posts(t) p), '{one,two}', 'and back');
SELECT is((SELECT count(*) FROM tags(NULL::post)), 0::bigint, 'of a null row: nothing');
SELECT is((SELECT array_agg((t).name) FROM (SELECT (p).tags AS t FROM post p WHERE id = 2) s), '{a}', 'as if it were a column');
SELECT is(unlink_post_tags('ann', 1, '{3,3,5,99,NULL}'), 1::bigint, 'unlink: what is not there counts nothing');
SELECT is(unlink_post_tags('ann', 1, '{3}'), 0::bigint, 'unlink: twice');
SELECT is(set_post_tags('ann', 1, '{3,2}'), 2::bigint, 'set: one made, one removed');
SELECT is(set_post_tags('ann', 1, '{2,3}'), 0::bigint, 'set: as it is');
SELECT is(pg_temp.stored('post_tag'), 'ann 1 2, ann 1 3, ann 2 1', 'set: exactly these, and only of that row');
SELECT is(set_tag_posts('ann', 2, '{}'), 1::bigint, 'set: none, from the other side');
SELECT is(set_post_tags('ann', 1, '{1,2,3}'), 2::bigint, 'set: all');
SELECT is(link_post_tags('ann', 2, '{{1,2},{3,2}}') + link_tag_posts('ann', 3, '[5:6]={1,2}'), 2::bigint, 'arrays of other shapes');
SELECT throws_ok(call, '42883', NULL, 'another type than the key''s: ' || call)
  FROM unnest(ARRAY['SELECT link_post_tags(''ann'', 1, 2)', 'SELECT link_post_tags(''ann'', 1, ARRAY[1.5])', 'SELECT link_post_tags(''ann'', 1, ''[1]''::jsonb)']) call;
SELECT throws_ok($$ SELECT link_post_tags('ann', 1, '{x}') $$, '22P02', NULL, 'what PostgreSQL refuses before the call');

-- refused: everything that is missing, all at once; nothing is done
SELECT pg_temp.refuses(format('SELECT %s_post_tags(%s)', f, args), '23503', pg_temp.missing(VARIADIC places::jsonb[]), f || ': ' || what)
  FROM unnest('{link,set}'::text[]) f,
       (VALUES ('''ann'', 99, ''{}''', '{"[\"id\"]"}', 'a row that is not there'), ('''ann'', NULL, ''{1}''', '{"[\"id\"]"}', 'a null key'),
               ('''ann'', 4, ''{1}''', '{"[\"id\"]"}', 'another owner''s row'), ('''bob'', 1, ''{5}''', '{"[\"id\"]"}', 'a row under another owner'),
               ('''ann'', 3, ''{1}''', '{"[\"id\"]"}', 'a deleted row'), ('''ann'', 1, ''{1,99}''', '{"[\"ids\",1]"}', 'an id that is not there'),
               ('''ann'', 1, ''{5,1}''', '{"[\"ids\",0]"}', 'another owner''s id'), ('''ann'', 1, ''{4}''', '{"[\"ids\",0]"}', 'a deleted one'), ('''ann'', 1, ''{1,NULL}''', '{"[\"ids\",1]"}', 'a null'),
               ('''ann'', 1, ''{99,5,99,4,2,NULL}''', '{"[\"ids\",0]","[\"ids\",1]","[\"ids\",3]","[\"ids\",5]"}', 'several, each once'),
               ('''ann'', 4, ''{5,1}''', '{"[\"id\"]","[\"ids\",0]"}', 'the row and an id')) AS v(args, places, what);
SELECT is((SELECT string_agg(x[1], '') FROM regexp_matches(pg_temp.places('SELECT link_post_tags(''ann'', 1, ARRAY(SELECT generate_series(1001, 1200)::bigint))'), ' \[("?)', 'g') x), repeat('"', 99), 'at most a hundred, the last of which says that there are more');
SELECT is(unlink_post_tags(o, id, '{1,2,3,4,5}'), 0::bigint, format('unlink: nothing of %s''s post %s', o, id)) FROM (VALUES ('bob', 1), ('ann', 4), ('ann', 99), ('ann', 3)) AS v(o, id);
SELECT is(pg_temp.places(format('SELECT %s_post_tags(%s)', f, args)), want, f || ': null ids, which are not the same as none')
  FROM (VALUES ('link', '''ann'', 1, NULL', '22023 ["ids"]'), ('unlink', '''ann'', 1, NULL', '22023 ["ids"]'), ('set', '''ann'', 1, NULL', '22023 ["ids"]'), ('set', '''ann'', 4, NULL', '22023 ["id"] ["ids"]')) AS v(f, args, want);
SELECT throws_ok(format('SELECT %s_post_tags(%s, 1, ''{1}'')', f, owner), '22004', NULL, f || ': owner ' || owner) FROM unnest('{link,unlink,set}'::text[]) f, unnest(ARRAY['NULL', '''''']) owner;
SELECT is(pg_temp.stored('post_tag'), 'ann 1 1, ann 1 2, ann 1 3, ann 2 1, ann 2 2, ann 2 3', 'nothing of it was done');

-- soft delete: out of sight on either side, and left alone
UPDATE tag SET deleted_at = now() WHERE id = 1;
SELECT is((SELECT array_agg(t.name) FROM get_post('ann', 1) p, tags(p) t), '{c,b}', 'a deleted tag is not shown');
SELECT is(unlink_post_tags('ann', 1, '{1}'), 0::bigint, 'nor unlinked');
SELECT is(set_post_tags('ann', 1, '{2}'), 1::bigint, 'nor removed by set');
UPDATE tag SET deleted_at = NULL WHERE id = 1;
SELECT is((SELECT array_agg(t.name) FROM get_post('ann', 1) p, tags(p) t), '{b,a}', 'restored it is linked again');
UPDATE post SET deleted_at = now() WHERE id = 2;
SELECT is((SELECT array_agg(p.title) FROM get_tag('ann', 1) t, posts(t) p), '{one}', 'nor is a deleted post shown');
UPDATE post SET deleted_at = NULL WHERE id = 2;

-- a row and its links as one JSON value
SELECT count(*) FROM todo_orm.add_function('post', 'get_post_with_tags', 'with_children', 'tags', '{id}') \g /dev/null
SELECT is(get_post_with_tags('ann', 2)::jsonb #> '{tags,2}', '{"id": 1, "name": "a", "user_id": "ann", "deleted_at": null}', 'with_children: nested');
SELECT is((SELECT array_agg(t ->> 'name') FROM json_array_elements(get_post_with_tags('ann', 2, take => 2) -> 'tags') t), '{b,a}', 'with_children: the last two');
SELECT is(get_post_with_tags('ann', 2, take => 0) ->> 'tags', '[]', 'with_children: none');
SELECT is(get_post_with_tags('bob', 2)::text, NULL, 'with_children: not for another owner');

----------------------------------------------------------------------
-- ownership
----------------------------------------------------------------------

SELECT link_post_tags('bob', 4, '{5}') \g /dev/null
SELECT is((SELECT count(*) FROM tags(by_hand::post)), n::bigint, 'a row made by hand: ' || by_hand)
  FROM (VALUES ('(1,bob,,,,,)', 0), ('(4,ann,,,,,)', 0), ('(99,ann,,,,,)', 0), ('(,ann,,,,,)', 0), ('(1,ann,,,,,)', 2), ('(4,bob,,,,,)', 1)) AS v(by_hand, n);
SELECT throws_ok($$ SELECT tags('(1,,,,,,)'::post) $$, '22004', NULL, 'a row without owner');
SELECT set_config('todo_orm.user_id', 'ann', true) \g /dev/null
SELECT throws_ok(call, '42501', NULL, 'the identity is another: ' || call)
  FROM unnest(ARRAY['SELECT link_post_tags(''bob'', 4, ''{5}'')', 'SELECT unlink_post_tags(''bob'', 4, ''{5}'')', 'SELECT set_post_tags(''bob'', 4, ''{}'')', 'SELECT tags(p) FROM post p WHERE id = 4',
                    'SELECT link_post_tags(''bob'', 99, NULL)', 'SELECT get_post_with_tags(''bob'', 4)']) call;
SELECT is(set_post_tags('ann', 1, '{1,2}'), 0::bigint, 'the identity is the same');
SELECT set_config('todo_orm.user_id', '', true), set_config('todo_orm.require_user_id', 'on', true) \g /dev/null
SELECT throws_ok('SELECT link_post_tags(''ann'', 1, ''{1}'')', '42501', NULL, 'an identity is required');
SELECT set_config('todo_orm.require_user_id', 'off', true) \g /dev/null

-- Where keys hold no owner and the link table has none either, plain SQL can
-- link rows of two owners.  To both such a link is not there.
CREATE TABLE cup (user_id text NOT NULL, id int PRIMARY KEY);
CREATE TABLE lid (user_id text NOT NULL, id int PRIMARY KEY);
CREATE TABLE mark (id int PRIMARY KEY);
CREATE TABLE cup_lid (cup_id int REFERENCES cup, lid_id int REFERENCES lid, PRIMARY KEY (cup_id, lid_id));
CREATE TABLE cup_mark (cup_id int REFERENCES cup, mark_id int REFERENCES mark, PRIMARY KEY (cup_id, mark_id));
INSERT INTO cup VALUES ('ann', 1), ('bob', 2);
INSERT INTO lid VALUES ('ann', 1), ('bob', 2);
INSERT INTO mark VALUES (1), (2);
SELECT count(*) FROM unnest('{cup,lid,mark}'::regclass[]) m, LATERAL todo_orm.register_model(m, CASE WHEN m::text = 'mark' THEN '{"owner": null}' ELSE '{}' END::jsonb) \g /dev/null
SELECT is(pg_temp.relationships('cup', 'lid', 'mark'), 'cup.lids, cup.marks, lid.cups', 'no owner in the link table; none leads from everybody''s marks to an owner''s cups');
SELECT is(link_cup_lids('ann', 1, '{1}') + link_cup_marks('ann', 1, '{1,2}') + link_cup_marks('bob', 2, '{2}'), 4::bigint, 'one''s own with one''s own, and with everybody''s');
INSERT INTO cup_lid VALUES (1, 2), (2, 1);
SELECT is((SELECT array_agg(l.id) FROM cup c, lids(c) l), '{1}', 'links across owners are never shown');
SELECT is((SELECT array_agg(c.id) FROM lid l, cups(l) c), '{1}', 'nor from the other side');
SELECT is((SELECT array_agg(l.id) FROM unnest('{"(ann,2)","(bob,1)"}'::cup[]) c, lids(c) l), NULL, 'nor to a row made by hand');
SELECT is((SELECT array_agg(m.id) FROM unnest('{"(ann,2)","(bob,1)"}'::cup[]) c, marks(c) m), NULL, 'nor another owner''s marks');
SELECT is((SELECT array_agg(m.id) FROM get_cup('ann', 1) c, marks(c) m), '{1,2}', 'but one''s own');
SELECT is(pg_temp.places('SELECT link_' || call), '23503 ' || place, 'link: ' || call)
  FROM (VALUES ('cup_lids(''ann'', 1, ''{2}'')', '["ids", 0]'), ('cup_lids(''ann'', 2, ''{1}'')', '["id"]'), ('cup_lids(''bob'', 1, ''{2}'')', '["id"]'), ('lid_cups(''bob'', 2, ''{1}'')', '["ids", 0]'),
               ('cup_marks(''bob'', 1, ''{1}'')', '["id"]'), ('cup_marks(''bob'', 2, ''{1,3}'')', '["ids", 1]')) AS v(call, place);
SELECT is(set_cup_lids('ann', 1, '{}') + unlink_cup_lids('bob', 1, '{1,2}') + unlink_cup_lids('bob', 2, '{1}') + set_lid_cups('bob', 2, '{}') + unlink_cup_marks('bob', 1, '{1}'), 1::bigint, 'nobody removes what is not his');
SELECT is(pg_temp.stored('cup_lid') || '; ' || pg_temp.stored('cup_mark'), '1 2, 2 1; 1 1, 1 2, 2 2', 'it is all there');

-- An owner column that is not in the key: the owner is compared all the same.
CREATE TABLE cup_pair (user_id text NOT NULL, cup_id int REFERENCES cup, lid_id int REFERENCES lid, deleted_at timestamptz, PRIMARY KEY (cup_id, lid_id));
SELECT count(*) FROM todo_orm.register_model('cup') \g /dev/null
INSERT INTO cup_pair VALUES ('bob', 1, 1, '2020-01-01 00:00:00+00');
SELECT is(link_cup_lids_cup_pair('ann', 1, '{1}'), 0::bigint, 'a deleted link of another owner is not brought back');
UPDATE cup_pair SET deleted_at = NULL;
SELECT is(unlink_cup_lids_cup_pair('ann', 1, '{1}') + set_cup_lids_cup_pair('ann', 1, '{}'), 0::bigint, 'nor is a live one removed');
SELECT is((SELECT count(*) FROM unnest('{"(ann,1)","(bob,1)"}'::cup[]) c, lids_cup_pair(c)), 0::bigint, 'nor shown');
DROP TABLE cup_pair CASCADE;

-- Whatever a call runs sees the safe search_path, also what a deletion cascades to.
CREATE TABLE seen (what text, path text);
CREATE FUNCTION spy() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN INSERT INTO regress_link.seen VALUES (TG_OP, current_setting('search_path')); RETURN coalesce(NEW, OLD); END $$;
CREATE TABLE sticker (cup_id int, lid_id int, FOREIGN KEY (cup_id, lid_id) REFERENCES cup_lid ON DELETE CASCADE);
CREATE TRIGGER spy BEFORE DELETE ON sticker FOR EACH ROW EXECUTE FUNCTION spy();
SELECT link_cup_lids('ann', 1, '{1}') \g /dev/null
INSERT INTO sticker VALUES (1, 1);
SELECT unlink_cup_lids('ann', 1, '{1}'), link_cup_lids('ann', 1, '{1}') \g /dev/null
INSERT INTO sticker VALUES (1, 1);
SELECT set_cup_lids('ann', 1, '{}') \g /dev/null
CREATE TRIGGER spy BEFORE INSERT ON cup_mark FOR EACH ROW EXECUTE FUNCTION spy();
SELECT set_cup_marks('bob', 2, '{1,2}') \g /dev/null
SELECT set_eq('SELECT * FROM seen', $$ VALUES ('DELETE', 'pg_catalog, regress_link, pg_temp'), ('INSERT', 'pg_catalog, regress_link, pg_temp') $$, 'the safe search_path');

-- a function made by hand, with other options, shares no plan with the registered one
CREATE FUNCTION everybodys(id int, ids int[]) RETURNS bigint LANGUAGE todo_orm SECURITY DEFINER AS
    '{"operation": "link", "model": "regress_link.cup", "relationship": {"kind": "many_to_many", "target": "mark", "columns": ["cup_id"], "through": "cup_mark"}, "options": {"owner": null}}';
SELECT is(set_cup_marks('ann', 1, '{1}') + everybodys(1, '{2}') + set_cup_marks('ann', 1, '{1}'), 3::bigint, 'a function with other options');
DROP FUNCTION everybodys;

----------------------------------------------------------------------
-- keys of several columns, an owner of another name, other schemas
----------------------------------------------------------------------

CREATE TABLE issue (workspace_id uuid, project text, number int, title text, PRIMARY KEY (workspace_id, project, number));
CREATE TABLE label (workspace_id uuid, id smallint, PRIMARY KEY (workspace_id, id));
CREATE TABLE milestone (workspace_id uuid, year int, quarter smallint, PRIMARY KEY (workspace_id, year, quarter));
CREATE TABLE regress_elsewhere."issue's label" (
    workspace_id uuid, project text, number int, label int, "when" timestamptz DEFAULT now(),
    PRIMARY KEY (project, number, label, workspace_id),
    FOREIGN KEY (project, number, workspace_id) REFERENCES issue (project, number, workspace_id), FOREIGN KEY (label, workspace_id) REFERENCES label (id, workspace_id)) PARTITION BY HASH (workspace_id);
CREATE TABLE regress_elsewhere.part0 PARTITION OF regress_elsewhere."issue's label" FOR VALUES WITH (MODULUS 2, REMAINDER 0);
CREATE TABLE regress_elsewhere.part1 PARTITION OF regress_elsewhere."issue's label" FOR VALUES WITH (MODULUS 2, REMAINDER 1);
CREATE TABLE issue_milestone (
    workspace_id uuid, project text, number int, year int, quarter smallint, PRIMARY KEY (workspace_id, project, number, year, quarter),
    FOREIGN KEY (workspace_id, project, number) REFERENCES issue, FOREIGN KEY (workspace_id, year, quarter) REFERENCES milestone);
SELECT count(*) FROM unnest('{issue,label,milestone}'::regclass[]) m, LATERAL todo_orm.register_model(m, '{"owner": "workspace_id", "owner_setting": "app.workspace"}') \g /dev/null
SELECT is(pg_temp.relationships('issue', 'label', 'milestone'), 'issue.labels, issue.milestones, label.issues, milestone.issues', 'an owner of another name; a partitioned link table in another schema');
SELECT set_eq($$ SELECT function::text FROM todo_orm.functions WHERE model IN ('issue'::regclass, 'label') AND function::text ~ '^link' $$,
    ARRAY['link_issue_labels(uuid,text,integer,integer[])', 'link_issue_milestones(uuid,text,integer,jsonb)', 'link_label_issues(uuid,integer,jsonb)'], 'arguments: the row''s key, and ids of the other one''s');
\set acme 'a0000000-0000-4000-8000-00000000000a'
\set bolt 'b0000000-0000-4000-8000-00000000000b'
INSERT INTO issue SELECT w, p, n, p || n FROM unnest(ARRAY[:'acme', :'bolt']::uuid[]) w, unnest('{APP,WEB}'::text[]) p, generate_series(1, 2) n;
INSERT INTO label SELECT w, n FROM unnest(ARRAY[:'acme', :'bolt']::uuid[]) w, generate_series(1, 3) n WHERE w = :'acme' OR n = 1;
INSERT INTO milestone VALUES (:'acme', 2026, 1), (:'acme', 2026, 2), (:'bolt', 2027, 1);
SELECT is(link_issue_labels(:'acme', 'APP', 1, '{3,1}'), 2::bigint, 'link: a key of two columns');
SELECT is(link_label_issues(:'acme', 1, '[{"number": 1, "project": "APP"}, {"project": "WEB", "number": 2}, {"project": "WEB", "number": 2}]'), 1::bigint, 'link: ids of two columns');
SELECT is(link_issue_milestones(:'acme', 'WEB', 2, '[{"year": 2026, "quarter": 1}, {"year": 2026, "quarter": 2}]'), 2::bigint, 'link: both');
SELECT is(link_issue_labels(:'bolt', 'APP', 1, '{1}'), 1::bigint, 'link: the same key of another owner');
SELECT is((SELECT array_agg(i.title ORDER BY i.title) FROM get_label(:'acme', 1) l, issues(l) i), '{APP1,WEB2}', 'the function of the row');
SELECT is((SELECT array_agg(l.id ORDER BY l.id) FROM get_issue(:'acme', 'APP', 1) i, labels(i) l), '{1,3}', 'and back');
SELECT is(set_label_issues(:'acme', 1, '[{"project": "WEB", "number": 2}, {"project": "WEB", "number": 1}]'), 2::bigint, 'set: ids of two columns');
SELECT is(unlink_issue_milestones(:'acme', 'WEB', 2, '[{"year": 2026, "quarter": 2}, {"year": 1, "quarter": 1}]') + unlink_issue_milestones(:'acme', 'WEB', 2, '[]'), 1::bigint, 'unlink: ids of two columns');
SELECT is(pg_temp.stored('issue_milestone'), format('%s WEB 2 2026 1', :'acme'), 'what is stored');
SELECT is((SELECT string_agg(concat_ws(' ', left(workspace_id::text, 1), project, number, label), ', ' ORDER BY workspace_id, project, number, label) FROM regress_elsewhere."issue's label" WHERE "when" = now()),
          'a APP 1 3, a WEB 1 1, a WEB 2 1, b APP 1 1', 'what is stored; the default is taken');
SELECT pg_temp.refuses(format('SELECT %s_issue_milestones(%L, ''APP'', 9, %L)', f, :'acme', '[{"year": 2026, "quarter": 1}, {"year": 2027, "quarter": 1}]'), '23503', pg_temp.missing('["number"]', '["ids", 1]'), f || ': the row and ids of another owner') FROM unnest('{link,set}'::text[]) f;
SELECT throws_ok(format('SELECT %s_issue_milestones(%L, ''APP'', 1, %L)', f, :'acme', ids), '22023', NULL, f || ': ids that are none: ' || coalesce(ids, 'null'))
  FROM unnest('{link,unlink,set}'::text[]) f, unnest(ARRAY['{"year": 2026, "quarter": 1}', '[1]', '[{"year": 2026}]', '[{"year": 2026, "quarter": null}]', '[{"year": "x", "quarter": 1}]', '[{"year": 2026, "quarter": 100000}]', '[[]]', '5', 'null', NULL]) ids;
SELECT is(unlink_issue_labels(:'bolt', 'APP', 1, '{3}') + unlink_label_issues(:'bolt', 1, '[{"project": "WEB", "number": 1}]') + set_issue_labels(:'bolt', 'APP', 1, '{1}'), 0::bigint, 'none of another owner''s, though the keys are the same');
SELECT set_config('app.workspace', :'acme', true) \g /dev/null
SELECT throws_ok(format('SELECT %s_issue_labels(%L, ''APP'', 1, ''{}'')', f, :'bolt'), '42501', NULL, f || ': owner_setting') FROM unnest('{link,unlink,set}'::text[]) f;
SELECT set_config('app.workspace', '', true) \g /dev/null

-- keys that refer to something else than the primary key, of other types, without owner
CREATE TABLE book (id int PRIMARY KEY, isbn text UNIQUE, ids text);
CREATE TABLE shelf (id smallint PRIMARY KEY, ids text, ids_ text);
CREATE TABLE book_shelf (isbn varchar REFERENCES book (isbn), shelf_id bigint REFERENCES shelf, PRIMARY KEY (shelf_id, isbn));
CREATE TABLE loan (book_id smallint REFERENCES book, shelf_id bigint REFERENCES shelf, PRIMARY KEY (book_id, shelf_id));
SELECT count(*) FROM unnest('{book,shelf}'::regclass[]) m, LATERAL todo_orm.register_model(m, '{"owner": null}') \g /dev/null
INSERT INTO book VALUES (1, 'x-1'), (2, 'x-2'), (3, NULL), (40000, 'x-4');
INSERT INTO shelf VALUES (1), (2);
SELECT set_eq($$ SELECT signature FROM todo_orm.functions WHERE signature ~ '_(book_shelves|shelf_books)\(' AND operation = 'link' $$,
    ARRAY['regress_link.link_book_shelves(id integer, ids_ integer[])', 'regress_link.link_shelf_books(id integer, ids__ integer[])'], 'the argument makes way for a column');
SELECT is(link_book_shelves(1, '{2,1}') + link_shelf_books(2, '{1,2}'), 3::bigint, 'a foreign key to a unique column: named by the primary key all the same');
SELECT is(pg_temp.stored('book_shelf'), 'x-1 1, x-1 2, x-2 2', 'what is stored is that column');
SELECT is((SELECT array_agg(b.id ORDER BY b.id) FROM get_shelf(2) s, books(s) b), '{1,2}', 'its function of the row');
SELECT is(pg_temp.places(call), '23503 ' || place, 'a row that cannot be referred to: ' || call)
  FROM (VALUES ('SELECT link_book_shelves(3, ''{1}'')', '["id"]'), ('SELECT link_shelf_books(1, ''{1,3}'')', '["ids", 1]'), ('SELECT set_shelf_books(2, ''{3}'')', '["ids", 0]')) AS v(call, place);
SELECT is(unlink_book_shelves(3, '{1}') + set_shelf_books(2, '{2}'), 1::bigint, 'it is linked with nothing');
SELECT is(link_book_shelves_loan(1, '{1,2}') + link_shelf_books_loan(1, '{2}'), 3::bigint, 'columns of the link table narrower and wider than the keys');
SELECT is(set_book_shelves_loan(1, '{2}') + unlink_shelf_books_loan(1, '{2,40000}'), 2::bigint, 'set and unlink');
SELECT pg_temp.refuses('SELECT link_shelf_books_loan(70000, ''{1}'')', '23503', pg_temp.missing('["id"]'), 'a key beyond its type is no row');
SELECT pg_temp.refuses('SELECT link_book_shelves_loan(1, ''{70000,1}'')', '23503', pg_temp.missing('["ids", 0]'), 'nor is an id');
SELECT throws_ok(call, '22023', NULL, 'a key beyond the link table''s column: ' || call)
  FROM unnest(ARRAY['SELECT link_book_shelves_loan(40000, ''{1}'')', 'SELECT set_book_shelves_loan(40000, ''{1}'')', 'SELECT link_shelf_books_loan(1, ''{40000}'')', 'SELECT set_shelf_books_loan(1, ''{1,40000}'')']) call;
SELECT is(pg_temp.stored('loan'), '1 2', 'nothing of it was done');
-- keys of other kinds
CREATE TYPE place AS (x int, y int);
CREATE DOMAIN positive AS int CHECK (VALUE > 0);
CREATE TYPE colour AS ENUM ('red', 'green');
CREATE COLLATION caseless (provider = icu, locale = 'und-u-ks-level2', deterministic = false);
SELECT is(pg_temp.after(format('CREATE TABLE n (id %s PRIMARY KEY)', n), format('CREATE TABLE f (id %s PRIMARY KEY)', f), 'CREATE TABLE l (n_id ' || n || ' REFERENCES n, f_id ' || f || ' REFERENCES f, PRIMARY KEY (n_id, f_id))',
                        'SELECT todo_orm.register_model(m, ''{"owner": null}'') FROM unnest(''{n,f}''::regclass[]) m', format('INSERT INTO n VALUES (%s)', a), format('INSERT INTO f VALUES (%s)', b),
                        'SELECT concat_ws('' '', link_n_fs(n.id, ids), set_n_fs(n.id, ids), unlink_f_ns(f.id, ARRAY[n.id]), set_n_fs(n.id, ids)) FROM n, f, (SELECT array_agg(id) AS ids FROM f) i'), '1 0 1 1', format('keys: %s and %s', n, f))
  FROM (VALUES ('positive', 'smallint', '1', '2'), ('colour', 'uuid', '''red''', 'gen_random_uuid()'), ('numeric(5,2)', 'int4range', '1.5', '''[1,3)'''), ('char(4)', 'varchar(4)', '''a''', '''b'''),
               ('bytea', 'jsonb', '''\x00''', '''{"a": []}'''), ('text COLLATE caseless', 'inet', '''A''', '''::1'''), ('oid', 'boolean', '7', 'true')) AS v(n, f, a, b);
SELECT is(pg_temp.after(format('CREATE TABLE n (id %s PRIMARY KEY)', n), 'CREATE TABLE f (id int PRIMARY KEY)', format('CREATE TABLE l (n_id %s REFERENCES n, f_id int REFERENCES f, PRIMARY KEY (n_id, f_id))', n),
                        'SELECT todo_orm.register_model(m, ''{"owner": null}'') FROM unnest(''{n,f}''::regclass[]) m', 'SELECT pg_temp.along(''n'') || ''; '' || pg_temp.along(''f'')'), 'fs, link_n_fs, set_n_fs, unlink_n_fs; ns, ns_of_fs',
          'keys that cannot be ids: ' || n) FROM unnest('{int[],place}'::text[]) n;
-- the owner as the whole key
CREATE TABLE account (user_id text PRIMARY KEY);
CREATE TABLE account_mark (user_id text REFERENCES account, mark_id int REFERENCES mark, PRIMARY KEY (user_id, mark_id));
SELECT count(*) FROM todo_orm.register_model('account') \g /dev/null
INSERT INTO account VALUES ('ann'), ('bob');
SELECT is(link_account_marks('ann', '{1,2}') + link_account_marks('bob', '{2}') + set_account_marks('ann', '{1}') + unlink_account_marks('bob', '{1}'), 4::bigint, 'the owner as the whole key');
SELECT is((SELECT string_agg(a.user_id || m.id, ' ' ORDER BY a.user_id) FROM account a, marks(a) m), 'ann1 bob2', 'and its function of the row');
SELECT pg_temp.refuses($$ SELECT link_account_marks('eve', '{9}') $$, '23503', pg_temp.missing('["user_id"]', '["ids", 0]'), 'an account that is not there');

----------------------------------------------------------------------
-- link tables with more columns
----------------------------------------------------------------------

CREATE DOMAIN given AS text NOT NULL;
CREATE TABLE topic (
    user_id text COLLATE "C" NOT NULL,
    tag_id  bigint,
    post_id bigint,
    nr      bigint GENERATED ALWAYS AS IDENTITY,
    label   text NOT NULL GENERATED ALWAYS AS (user_id || '/' || post_id::text) STORED,
    weight  int DEFAULT 1 CONSTRAINT light CHECK (weight < 5 OR post_id = 1),
    created_at timestamptz NOT NULL,
    updated_at timestamptz,
    deleted_at timestamptz,
    version bigint NOT NULL DEFAULT 1,
    PRIMARY KEY (user_id, post_id, tag_id),
    FOREIGN KEY (user_id, post_id) REFERENCES post,
    FOREIGN KEY (user_id, tag_id) REFERENCES tag);
COMMENT ON CONSTRAINT light ON topic IS 'too heavy';
SELECT count(*) FROM todo_orm.register_model('post', '{"relationships": {"tags_topic": "themes"}}') \g /dev/null
SELECT count(*) FROM todo_orm.register_model('tag', '{"relationships": {"posts_topic": "themes"}}') \g /dev/null
CREATE FUNCTION pg_temp.themes() RETURNS text LANGUAGE sql AS $$
    SELECT string_agg(concat_ws(' ', post_id, tag_id, label, weight, version, deleted_at IS NOT NULL), ', ' ORDER BY post_id, tag_id) FROM regress_link.topic
$$;
SELECT is(link_post_themes('ann', 1, '{1,2}') + link_tag_themes('ann', 3, '{2}'), 3::bigint, 'defaults, identity, generated columns, created_at without a default');
SELECT is(pg_temp.themes(), '1 1 ann/1 1 1 f, 1 2 ann/1 1 1 f, 2 3 ann/2 1 1 f', 'what is stored');
SELECT is((SELECT count(DISTINCT nr) || ' ' || bool_and(created_at = now()) FROM topic), '3 true', 'made now');
-- soft delete: unlink marks, link brings back
SELECT is(unlink_post_themes('ann', 1, '{1}') + set_post_themes('ann', 2, '{}'), 2::bigint, 'unlink and set mark');
SELECT is(pg_temp.themes(), '1 1 ann/1 1 2 t, 1 2 ann/1 1 1 f, 2 3 ann/2 1 2 t', 'they are marked; the version is raised');
SELECT is((SELECT array_agg(t.id) FROM get_post('ann', 1) p, themes(p) t), '{2}', 'and out of sight');
SELECT is(unlink_post_themes('ann', 1, '{1}'), 0::bigint, 'unlink: twice');
UPDATE topic SET weight = 3, deleted_at = '2020-01-01 00:00:00+00' WHERE tag_id = 1;
SELECT is(link_post_themes('ann', 1, '{1,2}') + set_post_themes('ann', 2, '{3}'), 2::bigint, 'link and set bring back');
SELECT is(pg_temp.themes(), '1 1 ann/1 3 3 f, 1 2 ann/1 1 1 f, 2 3 ann/2 1 3 f', 'with what else they hold');
-- CHECKs, triggers, rules, other constraints
ALTER TABLE topic ALTER weight SET DEFAULT 7;
SELECT pg_temp.refuses('SELECT link_post_themes(''ann'', 2, ''{1}'')', '22023', '[{"loc": [], "type": "check", "msg": "too heavy", "input": null}]', 'a CHECK: its comment is the message');
SELECT is(link_post_themes('ann', 1, '{3}'), 1::bigint, 'where it holds');
ALTER TABLE topic ALTER weight SET DEFAULT 1;
CREATE FUNCTION topic_trigger() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.tag_id = 1 THEN RETURN NULL; END IF;
    NEW.weight := (SELECT count(*) FROM post);
    RETURN NEW;
END $$;
CREATE TRIGGER topic_trigger BEFORE INSERT ON topic FOR EACH ROW EXECUTE FUNCTION topic_trigger();
SELECT is(link_post_themes('ann', 2, '{1,2}'), 1::bigint, 'a BEFORE trigger: what it keeps out does not count');
SELECT is(pg_temp.themes(), '1 1 ann/1 3 3 f, 1 2 ann/1 1 1 f, 1 3 ann/1 7 1 f, 2 2 ann/2 4 1 f, 2 3 ann/2 1 3 f', 'and what it writes is stored');
DROP TRIGGER topic_trigger ON topic;
SELECT is(pg_temp.after('DELETE FROM topic', 'ALTER TABLE topic ADD UNIQUE (user_id, post_id)', 'SELECT link_post_themes(''ann'', 2, ''{1,2}'')'), '23505', 'another unique key');
SELECT is(pg_temp.after('ALTER TABLE topic ADD UNIQUE (user_id, post_id, weight) DEFERRABLE INITIALLY DEFERRED', 'SELECT todo_orm.register_model(''post'')', 'SELECT set_post_themes(''ann'', 2, ''{1,2}'')'), '2', 'a deferrable key over other columns');
SELECT is(pg_temp.after('CREATE RULE other AS ON INSERT TO topic DO ALSO NOTHING', 'SELECT todo_orm.register_model(''post'')', 'SELECT pg_temp.along(''post'')'),
          'get_post_with_tags, link_post_tags, set_post_tags, tags, tags_of_posts, themes, themes_of_posts, unlink_post_tags, unlink_post_themes', 'a rule on INSERT: no link_ and no set_');
-- what a link cannot be made without: only unlink_ and the function of the row
SELECT is(pg_temp.after(VARIADIC string_to_array(ddl, '; ') || ARRAY['SELECT todo_orm.register_model(''post'')', 'SELECT pg_temp.along(''post'')']), 'get_post_with_tags, link_post_tags, set_post_tags, tags, tags_of_posts, themes, themes_of_posts, unlink_post_tags, unlink_post_themes', ddl)
  FROM unnest(ARRAY['ALTER TABLE topic ALTER version DROP DEFAULT', 'ALTER TABLE topic ALTER weight SET NOT NULL, ALTER weight DROP DEFAULT', 'ALTER TABLE topic ADD note given DEFAULT ''''; ALTER TABLE topic ALTER note DROP DEFAULT',
                    'ALTER TABLE topic DROP CONSTRAINT topic_pkey, ADD PRIMARY KEY (user_id, post_id, tag_id) DEFERRABLE', 'ALTER TABLE topic ADD UNIQUE (tag_id, post_id, user_id) DEFERRABLE']) ddl;
SELECT is(pg_temp.after('ALTER TABLE topic DROP CONSTRAINT topic_pkey, ADD PRIMARY KEY (user_id, post_id, tag_id) DEFERRABLE', format('SELECT %s_post_themes(''ann'', 1, ''{1}'')', f)), want, f || ': until it is registered again')
  FROM (VALUES ('link', '55000'), ('unlink', '1'), ('set', '55000')) AS v(f, want);
SELECT is(pg_temp.after('ALTER TABLE topic ALTER weight SET NOT NULL, ALTER weight DROP DEFAULT', 'SELECT link_post_themes(''ann'', 2, ''{1}'')'), '22023', 'a column that became required is missing');
SELECT is(pg_temp.after('ALTER TABLE topic ALTER weight SET NOT NULL, ALTER weight DROP DEFAULT', 'SELECT todo_orm.register_model(''post'')', 'SELECT unlink_post_themes(''ann'', 1, ''{1,2}'')'), '2', 'unlink works without it');
-- touch: the parents of a link that was made or removed, once each
SELECT count(*) FROM todo_orm.register_model('topic', '{"touch": ["post"], "relationships": {}}') \g /dev/null
UPDATE post SET updated_at = '2020-01-01 00:00:00+00', version = 1;
SELECT is(link_post_themes('ann', 1, '{1,2}') + unlink_post_themes('ann', 2, '{1}') + set_post_themes('ann', 1, '{1,2,3}'), 0::bigint, 'touch: nothing is made or removed');
SELECT is((SELECT count(*) FROM post WHERE version > 1), 0::bigint, 'nothing moves');
SELECT is(set_post_themes('ann', 1, '{}') + link_tag_themes('ann', 1, '{1,2}'), 5::bigint, 'touch: three removed, two made');
SELECT results_eq('SELECT id, version, updated_at > ''2020-01-01 00:00:00+00'' FROM post ORDER BY id', $$ VALUES (1::bigint, 3::bigint, true), (2, 2, true), (3, 1, false), (4, 1, false) $$, 'each post once for each call');
SELECT is(set_post_themes('ann', 1, '{2,3}'), 3::bigint, 'touch: one removed, two made');
SELECT is((SELECT version FROM post WHERE id = 1), 4::bigint, 'that is one call, too');

SELECT * FROM finish();
ROLLBACK;
