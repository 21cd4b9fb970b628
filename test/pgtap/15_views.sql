-- A view is a model: reads always, writes where it is updatable or has INSTEAD
-- OF triggers; so what is shared, public, or for the back office is a view
-- (SPEC 5, 8).
BEGIN;
SELECT * FROM no_plan();
SET LOCAL timezone = 'UTC';
SET LOCAL client_min_messages = warning;

CREATE ROLE regress_owner;      -- owns the tables
CREATE ROLE regress_partner;    -- has a view of his own on them
CREATE ROLE regress_app;        -- the application
CREATE ROLE regress_office;     -- the back office
CREATE SCHEMA regress_views AUTHORIZATION regress_owner;
GRANT USAGE ON SCHEMA regress_views TO PUBLIC;
GRANT CREATE ON SCHEMA regress_views TO regress_partner;
SET LOCAL search_path = regress_views, tap;
\ir include/every_function.psql
\ir include/refuses.psql

-- SQLSTATE, message, detail and hint of a call that must fail.
CREATE FUNCTION pg_temp.texts(call text) RETURNS text[] LANGUAGE plpgsql AS $$
DECLARE
    message text; detail text; hint text;
BEGIN
    EXECUTE call;
    RETURN '{no error}';
EXCEPTION WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS message = MESSAGE_TEXT, detail = PG_EXCEPTION_DETAIL, hint = PG_EXCEPTION_HINT;
    RETURN ARRAY[SQLSTATE, message, detail, hint];
END
$$;
-- The operations of a model.
CREATE FUNCTION pg_temp.operations(relation regclass) RETURNS text LANGUAGE sql AS $$
    SELECT string_agg(operation, ',' ORDER BY operation COLLATE "C") FROM todo_orm.functions WHERE model = relation
$$;
-- The arguments of a function.
CREATE FUNCTION pg_temp.arguments(function regproc) RETURNS text LANGUAGE sql AS $$
    SELECT array_to_string(proargnames[1:pronargs], ',') FROM pg_proc WHERE oid = function
$$;
\set reads aggregate,count,find,first,get,list,load,load_many,one,page
-- upsert needs a unique index, which no view has
\set all aggregate,count,create,create_many,delete,delete_many,find,first,get,list,load,load_many,one,page,patch_many,purge,restore,soft_delete,soft_delete_many,update,update_many,validate

SET ROLE regress_owner;
CREATE TABLE article (
    LIKE todo_orm.owned INCLUDING ALL,
    LIKE todo_orm.timestamps INCLUDING ALL,
    LIKE todo_orm.soft_delete INCLUDING ALL,
    LIKE todo_orm.versioned INCLUDING ALL,
    title     text NOT NULL CHECK (title <> ''),
    slug      text UNIQUE,
    published boolean NOT NULL DEFAULT false,
    secret    text DEFAULT 'hush',
    PRIMARY KEY (user_id, id)
);
-- who may see whose article
CREATE TABLE share (
    LIKE todo_orm.owned INCLUDING ALL,
    article_id bigint NOT NULL,
    guest      text NOT NULL,
    role       text NOT NULL DEFAULT 'reader',
    PRIMARY KEY (user_id, id),
    UNIQUE (user_id, article_id, guest),
    FOREIGN KEY (user_id, article_id) REFERENCES article ON DELETE CASCADE
);
SELECT count(*) FROM unnest('{article,share}'::regclass[]) t, todo_orm.register_model(t) \g /dev/null
SELECT count(*) FROM create_articles('ann', '[{"title": "a1"}, {"title": "a2", "published": true, "slug": "two"}, {"title": "a3"}]') \g /dev/null
SELECT count(*) FROM create_articles('bob', '[{"title": "b4"}, {"title": "b5", "published": true}]') \g /dev/null
SELECT count(*) FROM create_shares('ann', '[{"article_id": 1, "guest": "bob", "role": "editor"}, {"article_id": 1, "guest": "cid"}, {"article_id": 3, "guest": "cid"}]') \g /dev/null
SELECT count(*) FROM create_share('bob', 4, 'cid') \g /dev/null

----------------------------------------------------------------------
-- the key of a view
----------------------------------------------------------------------

CREATE VIEW draft AS SELECT id, user_id, created_at, updated_at, deleted_at, version, title, slug, published, upper(title) AS loud FROM article WHERE NOT published WITH CHECK OPTION;
SELECT is(t[1], '22023', 'without option key: refused') FROM pg_temp.texts($$ SELECT todo_orm.register_model('draft') $$) t;
SELECT alike(t[4], '%"key"%', 'without option key: the hint names it') FROM pg_temp.texts($$ SELECT todo_orm.register_model('draft') $$) t;
SELECT ok(t[1] = '22023' AND t[4] <> '', 'refused, with a hint: ' || o)
  FROM unnest(ARRAY['{"key": ["nope"]}', '{"key": []}', '{"key": ["id", "id"]}', '{"key": 1}', '{"key": ["id"], "owner": "nope"}', '{"key": ["id"], "sort": "secret"}', '{"key": ["id"], "hidden": ["secret"]}']) o,
       pg_temp.texts(format('SELECT todo_orm.register_model(''draft'', %L)', o)) t;
SELECT is_empty($$ SELECT FROM todo_orm.models WHERE model = 'draft'::regclass $$, 'and nothing was made');

----------------------------------------------------------------------
-- an updatable view: everything, also what hangs on lifecycle columns
----------------------------------------------------------------------

SELECT count(*) FROM todo_orm.register_model('draft', '{"key": ["id"], "readonly": ["id"]}') \g /dev/null
SELECT is(pg_temp.operations('draft'), :'all', 'updatable: all operations');
SELECT is(pg_temp.arguments('create_draft'), 'user_id,title,slug,published', 'updatable: no argument for what is computed');
SELECT is((SELECT (id, title, published, loud, version)::text FROM create_draft('ann', 'a6')), '(6,a6,f,A6,1)', 'updatable: create, with the table''s defaults');
SELECT is((SELECT array_agg((id, loud)::text) FROM create_drafts('bob', '[{"title": "b7"}, {"title": "b8", "slug": "eight"}]')), '{"(7,B7)","(8,B8)"}', 'updatable: create several');
SELECT is((SELECT (title, version, updated_at)::text FROM update_draft('ann', 6, '{"title": "new"}', if_version => 1)), ('new', 2, now())::text, 'updatable: update moves updated_at and version');
SELECT is((SELECT (title, version)::text FROM get_article('ann', 6)), '(new,2)', 'updatable: in the table');
SELECT throws_ok($$ SELECT update_draft('ann', 6, '{"title": "x"}', if_version => 1) $$, 'TO409', NULL, 'updatable: another version');
SELECT is((SELECT array_agg(soft_delete_draft('ann', 6)) FROM generate_series(1, 2)), '{t,f}', 'updatable: soft delete, once');
SELECT is(ARRAY[count_drafts('ann'), count_drafts('ann', 'deleted'), count_articles('ann', 'deleted')], '{2,1,1}', 'updatable: the row is out of sight');
SELECT is((SELECT id FROM restore_draft('ann', 6)), 6::bigint, 'updatable: restore');
SELECT soft_delete_draft('ann', 6) \g /dev/null
SELECT is(purge_drafts('ann'), 1::bigint, 'updatable: purge');
SELECT is(delete_draft('ann', 2), false, 'updatable: delete reaches no row outside of the view');
SELECT is_empty($$ SELECT * FROM update_draft('ann', 2, '{"title": "x"}') $$, 'updatable: nor does update');
SELECT is_empty($$ SELECT * FROM get_draft('bob', 1) $$, 'updatable: nor is it another''s');
SELECT soft_delete_draft('bob', 8) \g /dev/null
-- update is held against plain SQL by ctid, which a view has not
SELECT count(*) FROM todo_orm.register_model('draft', '{"functions": ["read", "create", "create_many", "delete"]}') \g /dev/null
RESET ROLE;
SELECT pg_temp.every_function('draft', '''bob''', '''ann''');
SET ROLE regress_owner;
SELECT count(*) FROM todo_orm.register_model('draft', '{"functions": "all"}') \g /dev/null
-- errors: those of the table under it, of the view itself, never with a row in them
SELECT is(pg_temp.places(call), want, 'updatable: ' || what) FROM (VALUES
    ($$ SELECT create_draft('ann') $$, '22023 ["title"]', 'NOT NULL of the table'),
    ($$ SELECT create_drafts('ann', '{"title": "x", "loud": "X", "id": 9, "secret": "s"}') $$, '22023 ["id"] ["loud"] ["secret"]', 'what is computed, or is not in the view'),
    ($$ SELECT update_draft('ann', 1, '{"loud": "X"}') $$, '22023 ["loud"]', 'what is computed, in a patch'),
    ($$ SELECT update_draft('ann', 1, '{"id": 9}') $$, '22023 ["id"]', 'the key, in a patch')) v(call, want, what);
SELECT is(t[1], state, 'updatable: ' || what) FROM (VALUES
    ($$ SELECT create_draft('ann', '') $$, '22023', 'a CHECK of the table'),
    ($$ SELECT create_draft('ann', 'x', 'two') $$, '23505', 'a unique key of the table'),
    ($$ SELECT create_draft('ann', 'x', published => true) $$, '22023', 'WITH CHECK OPTION: create'),
    ($$ SELECT create_drafts('ann', '[{"title": "x"}, {"title": "y", "published": true}]') $$, '22023', 'WITH CHECK OPTION: create several'),
    ($$ SELECT update_draft('ann', 1, '{"published": true}') $$, '22023', 'WITH CHECK OPTION: update')) v(call, state, what), pg_temp.texts(call) t;
SELECT pg_temp.refuses($$ SELECT update_draft('ann', 1, '{"published": true}') $$, '22023', '[{"loc": [], "type": "check", "msg": "new row violates check option for view \"draft\"", "input": null}]', 'WITH CHECK OPTION: DETAIL');
SELECT unalike(pg_temp.texts($$ SELECT create_draft('ann', 'x', published => true) $$)::text, '%hush%', 'WITH CHECK OPTION: shows nothing of the row');
SELECT is((SELECT array_agg(title ORDER BY id) FROM article WHERE user_id = 'ann'), '{a1,a2,a3}', 'and nothing was stored');
-- soft delete where the view itself leaves deleted rows out
CREATE VIEW living AS SELECT id, user_id, title, deleted_at FROM article WHERE deleted_at IS NULL;
SELECT count(*) FROM todo_orm.register_model('living', '{"key": ["id"], "name": "life", "plural": "lives"}') \g /dev/null
SELECT is(soft_delete_life('ann', 3), true, 'a view of live rows: soft delete');
SELECT is_empty($$ SELECT * FROM restore_life('ann', 3) $$, 'a view of live rows: what is gone cannot be seen, nor restored');
SELECT is((SELECT title FROM restore_article('ann', 3)), 'a3', 'a view of live rows: by the table it can');

----------------------------------------------------------------------
-- views that cannot be updated
----------------------------------------------------------------------

CREATE VIEW tally AS SELECT user_id, published AS id, count(*) AS articles FROM article GROUP BY 1, 2;
SELECT count(*) FROM todo_orm.register_model('tally', '{"key": ["id"]}') \g /dev/null
SELECT is(pg_temp.operations('tally'), :'reads', 'read-only: the reading functions');
SELECT is((SELECT array_agg((id, articles)::text) FROM list_tallies('ann')), '{"(f,2)","(t,1)"}', 'read-only: list');
SELECT is((page_tallies('ann', take => 1, with_total => true))::jsonb - 'next_cursor', '{"items": [{"id": false, "user_id": "ann", "articles": 2}], "prev_cursor": null, "total": 2}', 'read-only: page');
SELECT throws_ok($$ SELECT todo_orm.register_model('tally', '{"rls": true}') $$, '22023', NULL, 'row level security is not for views');
SELECT count(*) FROM todo_orm.register_model('tally', '{"rls": false, "functions": "write"}') \g /dev/null
SELECT is(pg_temp.operations('tally'), NULL, 'read-only: asked for writing functions there are none');

-- the articles that others share with me: the guest is the owner
CREATE VIEW shared_article AS SELECT s.guest AS user_id, a.user_id AS author, a.id, a.title, s.role, a.deleted_at FROM share s JOIN article a ON (a.user_id, a.id) = (s.user_id, s.article_id);
SELECT count(*) FROM todo_orm.register_model('shared_article', '{"key": ["author", "id"], "sort": "title", "scopes": {"mine to edit": {"role": "editor"}}}') \g /dev/null
SELECT is(pg_temp.operations('shared_article'), :'reads', 'shared: a join is read-only');
SELECT is((SELECT array_agg(title) FROM list_shared_articles('cid')), '{a1,a3,b4}', 'shared: list, of several authors');
SELECT is((SELECT array_agg(title) FROM list_shared_articles('bob', 'mine to edit')), '{a1}', 'shared: a scope');
SELECT is(count_shared_articles('ann'), 0::bigint, 'shared: the author is no guest');
SELECT is((SELECT title FROM get_shared_article('bob', 'ann', 1)), 'a1', 'shared: get, by a key of two columns');
SELECT is_empty($$ SELECT * FROM get_shared_article('bob', 'ann', 3) $$, 'shared: not what is shared with another');
SELECT is((SELECT array_agg(title) FROM find_shared_articles('cid', '[{"id": 4, "author": "bob"}, {"id": 2, "author": "ann"}, {"author": "ann", "id": 1}]')), '{b4,a1}', 'shared: find');
SELECT soft_delete_article('ann', 1) \g /dev/null
SELECT is((SELECT array_agg(title) FROM list_shared_articles('cid')), '{a3,b4}', 'shared: soft-deleted by the author');
SELECT restore_article('ann', 1) \g /dev/null
SELECT set_config('todo_orm.user_id', 'cid', true) \g /dev/null
SELECT is(count_shared_articles('cid'), 3::bigint, 'shared: the identity is the guest');
SELECT throws_ok($$ SELECT count_shared_articles('bob') $$, '42501', NULL, 'shared: another guest is refused');
SELECT set_config('todo_orm.user_id', '', true) \g /dev/null

-- the same for an application role, which sees neither table
SELECT todo_orm.grant_access('shared_article', 'regress_app') \g /dev/null
SET ROLE regress_app;
SELECT is(count_shared_articles('cid'), 3::bigint, 'shared: an application role');
SELECT throws_ok(call, '42501', NULL, 'shared: it has the functions of the view only:' || call)
  FROM unnest('{ SELECT FROM shared_article, SELECT FROM article, SELECT FROM share, SELECT count_articles(''ann''), SELECT count_shares(''ann'')}'::text[]) call;
SET ROLE regress_owner;

----------------------------------------------------------------------
-- INSTEAD OF triggers
----------------------------------------------------------------------

CREATE VIEW guest AS SELECT s.user_id, s.id, a.title, s.guest, s.role FROM share s JOIN article a ON (a.user_id, a.id) = (s.user_id, s.article_id);
CREATE FUNCTION write_guest() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.role = 'bad' THEN
        RAISE SQLSTATE 'ZZ002' USING MESSAGE = 'message', DETAIL = 'detail', HINT = 'hint';
    ELSIF TG_OP = 'INSERT' THEN
        INSERT INTO share (user_id, article_id, guest, role) SELECT NEW.user_id, a.id, NEW.guest, coalesce(NEW.role, 'invited') FROM article a WHERE (a.user_id, a.title) = (NEW.user_id, NEW.title)
        RETURNING id, role INTO NEW.id, NEW.role;
    ELSIF TG_OP = 'UPDATE' THEN
        UPDATE share SET role = upper(NEW.role) WHERE (user_id, id) = (OLD.user_id, OLD.id) RETURNING role INTO NEW.role;
    ELSE
        DELETE FROM share WHERE (user_id, id) = (OLD.user_id, OLD.id);
        RETURN OLD;
    END IF;
    -- not found: there is no such row
    RETURN CASE WHEN NEW.id IS NOT NULL THEN NEW END;
END
$$;
CREATE TRIGGER write_guest INSTEAD OF INSERT OR UPDATE ON guest FOR EACH ROW EXECUTE FUNCTION write_guest();
SELECT count(*) FROM todo_orm.register_model('guest', '{"key": ["id"], "readonly": ["id"], "immutable": ["title", "guest"]}') \g /dev/null
SELECT is(pg_temp.operations('guest'), 'aggregate,count,create,create_many,find,first,get,list,load,load_many,one,page,patch_many,update,update_many,validate', 'INSTEAD OF: what has a trigger');
CREATE TRIGGER remove_guest INSTEAD OF DELETE ON guest FOR EACH ROW EXECUTE FUNCTION write_guest();
SELECT is((SELECT array_agg(s) FROM todo_orm.register_model('guest') s), '{"regress_views.delete_guest(user_id text, id bigint)","regress_views.delete_guests(user_id text, match jsonb, max_rows bigint)"}', 'INSTEAD OF: two more, registered again');
SELECT is((SELECT (id, title, role)::text FROM create_guest('ann', 'a2', 'dan')), '(5,a2,invited)', 'INSTEAD OF: create, as the trigger has filled it');
SELECT is((SELECT array_agg((id, role)::text) FROM create_guests('ann', '[{"title": "a2", "guest": "eve"}, {"title": "nowhere", "guest": "eve"}, {"title": "a3", "guest": "eve", "role": "x"}]')), '{"(6,invited)","(7,x)"}',
          'INSTEAD OF: create several, one of which the trigger swallows');
SELECT ok((SELECT g IS NULL FROM create_guest('ann', 'nowhere', 'eve') g), 'INSTEAD OF: the trigger swallows the row, so there is none to return');
SELECT is((SELECT role FROM update_guest('ann', 5, '{"role": "editor"}')), 'EDITOR', 'INSTEAD OF: update');
SELECT is((SELECT array_agg(role) FROM share WHERE id = 5), '{EDITOR}', 'INSTEAD OF: the table has it');
SELECT is(pg_temp.texts($$ SELECT update_guest('ann', 5, '{"role": "bad"}') $$), '{ZZ002,message,detail,hint}', 'INSTEAD OF: the trigger''s own error');
SELECT throws_ok($$ SELECT create_guest('ann', 'a2', 'dan') $$, '23505', NULL, 'INSTEAD OF: a unique key of the table under it');
SELECT unalike(pg_temp.texts($$ SELECT create_guest('ann', 'a2', 'dan') $$)::text, '%Key (%', 'INSTEAD OF: which shows no values');
SELECT is(pg_temp.places($$ SELECT update_guest('ann', 5, '{"guest": "zoe"}') $$), '22023 ["guest"]', 'INSTEAD OF: immutable');
SELECT is(delete_guest('bob', 5), false, 'INSTEAD OF: not another''s');
SELECT is((SELECT array_agg(delete_guest('ann', 5)) FROM generate_series(1, 2)), '{t,f}', 'INSTEAD OF: delete, once');

----------------------------------------------------------------------
-- the back office, and the public page
----------------------------------------------------------------------

CREATE VIEW office_article AS SELECT * FROM article;
CREATE VIEW public_page AS SELECT id, user_id AS author, title FROM article WHERE published AND deleted_at IS NULL;
SELECT throws_ok($$ SELECT todo_orm.register_model('public_page', '{"key": ["author", "id"]}') $$, '22023', NULL, 'a view without owner column says so');
SELECT count(*) FROM todo_orm.register_model('office_article', '{"key": ["user_id", "id"], "owner": null, "hidden": ["secret"], "sort": "id", "readonly": ["id"]}') \g /dev/null
SELECT count(*) FROM todo_orm.register_model('public_page', '{"key": ["author", "id"], "owner": null, "functions": "read", "sort": "title"}') \g /dev/null
SELECT todo_orm.grant_access('office_article', 'regress_office'), todo_orm.grant_access('public_page', 'regress_app') \g /dev/null
SELECT is(pg_temp.operations('public_page'), :'reads', 'public page: functions "read"');
SET ROLE regress_office;
SELECT is((SELECT array_agg(user_id || id) FROM list_office_articles()), '{ann1,ann2,ann3,bob4,bob5,bob7}', 'back office: all owners');
SELECT is((SELECT title FROM update_office_article('bob', 7, '{"title": "moderated"}')), 'moderated', 'back office: update');
SELECT user_id AS whose, id AS zoe FROM create_office_article('zoe', 'z') \gset
SELECT is(:'whose'::text, 'zoe', 'back office: create for an owner');
SELECT is(pg_temp.places($$ SELECT create_office_articles('[{"title": "x"}]') $$), '22023 ["user_id"]', 'back office: the owner must be named');
SELECT is(delete_office_article('zoe', :zoe), true, 'back office: delete');
SELECT is(page_office_articles(take => 1) -> 'items' -> 0 ->> 'secret', NULL, 'back office: hidden columns');
SELECT set_config('todo_orm.user_id', 'ann', true) \g /dev/null
SELECT is(count_office_articles(), 6::bigint, 'back office: whose identity is set does not matter');
SELECT set_config('todo_orm.user_id', '', true) \g /dev/null
SELECT throws_ok(call, '42501', NULL, 'back office: it has the functions of the view only:' || call)
  FROM unnest('{ SELECT FROM article, SELECT FROM office_article, UPDATE office_article SET title = '''', SELECT list_articles(''ann''), SELECT list_public_pages()}'::text[]) call;
SET ROLE regress_app;
SELECT is((SELECT array_agg((author, title)::text) FROM list_public_pages()), '{"(ann,a2)","(bob,b5)"}', 'public page: what is published, of all');
SELECT is((SELECT array_agg(title) FROM unnest(ARRAY[1, 2]) id, get_public_page('ann', id)), '{a2}', 'public page: get');
SELECT throws_ok('SELECT count_office_articles()', '42501', NULL, 'public page: is not the back office');
SET ROLE regress_owner;
SELECT todo_orm.revoke_access('office_article', 'regress_office') \g /dev/null
SET ROLE regress_office;
SELECT throws_ok('SELECT count_office_articles()', '42501', NULL, 'back office: revoked');

----------------------------------------------------------------------
-- whose rights: views of another role, security_invoker, security_barrier
----------------------------------------------------------------------

SET ROLE regress_partner;
CREATE VIEW peep AS SELECT id, user_id, title FROM regress_views.article;
CREATE VIEW invoked WITH (security_invoker) AS SELECT id, user_id, title FROM regress_views.article;
SELECT count(*) FROM (VALUES ('peep', '{}'), ('invoked', '{"name": "invocation"}')) v(t, o), todo_orm.register_model(t::regclass, o::jsonb || '{"key": ["id"]}') \g /dev/null
SELECT throws_ok($$ SELECT list_peeps('ann') $$, '42501', NULL, 'another role''s view: he has no right on the table');
SELECT throws_ok($$ SELECT todo_orm.register_model('office_article') $$, '42501', NULL, 'another role''s view cannot be registered');
SET ROLE regress_owner;
SELECT throws_ok($$ SELECT todo_orm.unregister_model('peep') $$, '42501', NULL, 'nor unregistered, by the table''s owner');
SELECT throws_ok($$ SELECT list_peeps('ann') $$, '42501', NULL, 'nor used');
GRANT SELECT, UPDATE (title) ON article TO regress_partner;
SET ROLE regress_partner;
SELECT is((SELECT array_agg(title) FROM list_peeps('ann')), '{a1,a2,a3}', 'another role''s view: with the right to read');
SELECT is((SELECT title FROM update_peep('ann', 3, '{"title": "3"}')), '3', 'another role''s view: with the right to write');
SELECT throws_ok($$ SELECT delete_peep('ann', 3) $$, '42501', NULL, 'another role''s view: without the right to delete');
SELECT todo_orm.grant_access('invoked', 'regress_app') \g /dev/null
SET ROLE regress_app;
SELECT is((SELECT array_agg(title) FROM list_invocations('bob')), '{b4,b5,moderated,b8}', 'security_invoker: the invoker is the view''s owner, who made the functions');
SELECT throws_ok('SELECT FROM invoked', '42501', NULL, 'security_invoker: the caller needs no right, and has none');
SET ROLE regress_owner;
SELECT count(*) FROM todo_orm.register_model('article', '{"rls": true}') \g /dev/null
SET ROLE regress_app;
SELECT is_empty($$ SELECT * FROM list_invocations('bob') $$, 'security_invoker: row level security of the table, without identity');
SELECT set_config('todo_orm.user_id', 'bob', true) \g /dev/null
SELECT is((SELECT count(*) FROM list_invocations('bob')), 4::bigint, 'security_invoker: and with it');
SELECT set_config('todo_orm.user_id', '', true) \g /dev/null
SET ROLE regress_owner;
SELECT count(*) FROM todo_orm.register_model('article', '{"rls": false}') \g /dev/null
REVOKE ALL ON article FROM regress_partner;
SET ROLE regress_app;
SELECT throws_ok($$ SELECT * FROM list_invocations('bob') $$, '42501', NULL, 'security_invoker: the right is gone');
SET ROLE regress_owner;
CREATE VIEW barred WITH (security_barrier) AS SELECT id, user_id, title FROM article WHERE published;
SELECT count(*) FROM todo_orm.register_model('barred', '{"key": ["id"], "name": "bar"}') \g /dev/null
SELECT is((SELECT array_agg(title) FROM list_bars('ann')), '{a2}', 'security_barrier: list');
SELECT is((SELECT title FROM update_bar('ann', 2, '{"title": "2"}')), '2', 'security_barrier: update');
SELECT is(delete_bar('ann', 1), false, 'security_barrier: delete reaches no other row');

----------------------------------------------------------------------
-- a view over a view, a materialized view
----------------------------------------------------------------------

CREATE VIEW upper_bar AS SELECT id, user_id, title FROM barred WHERE title <> 'zz' WITH CASCADED CHECK OPTION;
SELECT count(*) FROM todo_orm.register_model('upper_bar', '{"key": ["id"]}') \g /dev/null
SELECT is((SELECT title FROM update_upper_bar('ann', 2, '{"title": "two"}')), 'two', 'a view over a view: update');
SELECT is((SELECT title FROM get_article('ann', 2)), 'two', 'a view over a view: reaches the table');
SELECT is(pg_temp.places($$ SELECT update_upper_bar('ann', 2, '{"title": "zz"}') $$), '22023 []', 'a view over a view: its check option');
SELECT is(pg_temp.places($$ SELECT update_upper_bar('ann', 2, '{"title": ""}') $$), '22023 []', 'a view over a view: a CHECK of the table');
CREATE MATERIALIZED VIEW ranking AS SELECT user_id, id, title FROM article;
SELECT throws_ok($$ SELECT todo_orm.register_model('ranking', '{"key": ["id"]}') $$, '42809', NULL, 'a materialized view is refused');
CREATE VIEW ranked AS SELECT * FROM ranking;
SELECT count(*) FROM todo_orm.register_model('ranked', '{"key": ["id"], "name": "rank"}') \g /dev/null
SELECT is(pg_temp.operations('ranked'), :'reads', 'a view over a materialized view: reads');
SELECT is((SELECT title FROM get_rank('ann', 2)), 'two', 'a view over a materialized view: get');
SELECT update_article('ann', 2, '{"title": "later"}') \g /dev/null
REFRESH MATERIALIZED VIEW ranking;
SELECT is((SELECT title FROM get_rank('ann', 2)), 'later', 'a view over a materialized view: refreshed');

----------------------------------------------------------------------
-- DDL
----------------------------------------------------------------------

CREATE OR REPLACE VIEW upper_bar AS SELECT id, user_id, title, published FROM article;
SELECT is((SELECT array_agg(published) FROM list_upper_bars('ann')), '{f,t,f}', 'replaced: the new column is read at once');
SELECT is((SELECT published FROM update_upper_bar('ann', 2, '{"published": false}')), false, 'replaced: and written by the jsonb forms');
SELECT is((page_upper_bars('ann', take => 1) -> 'items' -> 0)::jsonb, '{"id": 1, "user_id": "ann", "title": "a1", "published": false}', 'replaced: and in JSON');
SELECT is((SELECT array_agg(substring(s FROM '\.(\w+)')) FROM todo_orm.register_model('upper_bar') s), '{create_upper_bar}', 'replaced: registered again, create has an argument more');
SELECT is((SELECT published FROM create_upper_bar('ann', title => 'x', published => true)), true, 'replaced: which it takes');
ALTER VIEW upper_bar RENAME COLUMN title TO heading;
SELECT throws_ok($$ SELECT create_upper_bar('ann') $$, '55000', NULL, 'a column renamed: its argument does not fit');
SELECT is((SELECT heading FROM update_upper_bar('ann', 1, '{"heading": "h"}')), 'h', 'a column renamed: all others go on');
CREATE OR REPLACE VIEW upper_bar AS SELECT id, user_id, title AS heading, published FROM article UNION ALL SELECT 99, 'ann', 'extra', true;
SELECT is((SELECT heading FROM get_upper_bar('ann', 99)), 'extra', 'replaced by a union: reads');
SELECT throws_ok($$ SELECT update_upper_bar('ann', 1, '{"heading": "x"}') $$, '55000', NULL, 'replaced by a union: its columns cannot be set any more');
SELECT throws_ok($$ SELECT delete_upper_bar('ann', 1) $$, '55000', NULL, 'replaced by a union: its rows cannot be deleted any more');
SELECT count(*) FROM todo_orm.register_model('upper_bar') \g /dev/null
SELECT is(pg_temp.operations('upper_bar'), :'reads', 'replaced by a union: registered again, the writing functions are gone');
SELECT throws_ok('DROP VIEW upper_bar', '2BP01', NULL, 'DROP VIEW is refused while functions exist');
DROP VIEW upper_bar CASCADE;
SELECT is_empty($$ SELECT FROM pg_proc WHERE proname ~ 'upper_bar' $$, 'DROP VIEW CASCADE takes them');
SELECT isnt(count_bars('ann'), NULL, 'and not those of the view under it');
SELECT todo_orm.unregister_model('barred') \g /dev/null
SELECT lives_ok('DROP VIEW barred', 'unregistered it can be dropped');
SELECT is(count_articles('ann'), 4::bigint, 'no row was lost by all this');

-- the owner under a second name is the owner still
CREATE VIEW signed AS SELECT id, user_id, user_id AS author, title FROM article;
SELECT count(*) FROM todo_orm.register_model('signed', '{"key": ["id"], "name": "sign"}') \g /dev/null
SELECT id AS mine FROM create_sign('ann', title => 'mine') \gset
SELECT throws_ok(format('SELECT update_sign(''ann'', %s, ''{"author": "bob", "title": "planted"}'')', :mine), '42501', NULL, 'a row cannot be given to another owner, under whatever name of the column');
SELECT is((SELECT user_id FROM article WHERE id = :mine), 'ann', 'it is not');

RESET ROLE;
SELECT * FROM finish();
ROLLBACK;
