-- Many-to-many relationships: what is a link table, how its relationships are
-- called, DDL, and who gets their functions (SPEC 5, 6, 8)
BEGIN;
SELECT * FROM no_plan();
SET LOCAL client_min_messages = warning;
CREATE ROLE regress_owner;
CREATE ROLE regress_eve;
CREATE ROLE regress_app;
CREATE SCHEMA regress_link;
GRANT ALL ON SCHEMA regress_link TO regress_owner;
CREATE SCHEMA regress_elsewhere;
SET LOCAL search_path = regress_link, tap;

\ir include/link_tables.psql

----------------------------------------------------------------------
-- what is a link table
----------------------------------------------------------------------

-- n and f, and l between them
CREATE FUNCTION pg_temp.made_of(l text, near text DEFAULT 'user_id text NOT NULL, id int PRIMARY KEY', far text DEFAULT 'user_id text NOT NULL, id int PRIMARY KEY', more text DEFAULT 'SELECT') RETURNS text LANGUAGE sql AS $$
    SELECT pg_temp.after(format('CREATE TABLE n (%s)', near), format('CREATE TABLE f (%s)', far), format('CREATE TABLE l (%s)', l), more,
        format('SELECT todo_orm.register_model(''n'', %L)', CASE WHEN near ~ 'user_id' THEN '{}' ELSE '{"owner": null}' END),
        format('SELECT todo_orm.register_model(''f'', %L)', CASE WHEN far ~ 'user_id' THEN '{}' ELSE '{"owner": null}' END),
        'SELECT pg_temp.relationships(''n'', ''f'')')
$$;
\set ids 'n_id int REFERENCES n, f_id int REFERENCES f'
SELECT is(pg_temp.made_of(l, near, far, more), want, 'many-to-many: ' || what)
  FROM (SELECT 'user_id text NOT NULL, id int PRIMARY KEY' AS owned, 'id int PRIMARY KEY' AS free) k, LATERAL (VALUES
    (:'ids' || ', PRIMARY KEY (n_id, f_id)', owned, owned, 'SELECT', 'f.ns, n.fs', 'all owned, not the link table'),
    (:'ids' || ', PRIMARY KEY (f_id, n_id), user_id text', owned, owned, 'SELECT', 'f.ns, n.fs', 'all owned, the owner not in the key'),
    ('user_id text, ' || :'ids' || ', PRIMARY KEY (user_id, n_id, f_id)', owned, owned, 'SELECT', 'f.ns, n.fs', 'all owned'),
    (:'ids' || ', PRIMARY KEY (n_id, f_id)', owned, free, 'SELECT', 'n.fs', 'shared rows: to them, not from them'),
    (:'ids' || ', PRIMARY KEY (n_id, f_id)', free, owned, 'SELECT', 'f.ns', 'the other way round'),
    ('user_id text, ' || :'ids' || ', PRIMARY KEY (user_id, n_id, f_id)', owned, free, 'SELECT', 'n.fs', 'shared rows, each owner''s own links'),
    (:'ids' || ', PRIMARY KEY (n_id, f_id)', free, free, 'SELECT', 'f.ns, n.fs', 'no owner at all'),
    (:'ids' || ', PRIMARY KEY (n_id, f_id), user_id text', free, free, 'SELECT', NULL, 'the link table alone has an owner'),
    (:'ids' || ', PRIMARY KEY (n_id, f_id), user_id text', free, free, $$SELECT todo_orm.register_model('l', '{"owner": null}')$$, 'f.ns, n.fs', 'unless it is registered without'),
    ('user_id text, ' || :'ids' || ', PRIMARY KEY (user_id, n_id, f_id)', owned, owned, $$SELECT todo_orm.register_model('l', '{"owner": null}')$$, NULL, 'registered without owner: then the key has a third column'),
    (:'ids' || ', PRIMARY KEY (n_id, f_id)', owned, 'user_id int NOT NULL, id int PRIMARY KEY', 'SELECT', NULL, 'owners of two types'),
    (:'ids' || ', PRIMARY KEY (n_id, f_id), user_id varchar', owned, owned, 'SELECT', NULL, 'the link''s owner of another type'),
    (:'ids' || ', x int, PRIMARY KEY (n_id, f_id, x)', free, free, 'SELECT', NULL, 'a third column in the key'),
    (:'ids' || ', UNIQUE (n_id, f_id)', free, free, 'SELECT', NULL, 'a unique key is none'),
    (:'ids' || ', id int PRIMARY KEY', free, free, 'SELECT', NULL, 'a key of its own'),
    (:'ids' || ', PRIMARY KEY (n_id)', free, free, 'SELECT', NULL, 'only one of the two'),
    ('n_id int REFERENCES n, f_id int, PRIMARY KEY (n_id, f_id)', free, free, 'SELECT', NULL, 'one foreign key is missing'),
    ('a int REFERENCES n, b int REFERENCES f, c int REFERENCES f, PRIMARY KEY (a, b, c)', free, free, 'SELECT', NULL, 'three foreign keys in the key'),
    ('a int REFERENCES n, b int REFERENCES f, c int REFERENCES f, PRIMARY KEY (a, b)', free, free, 'SELECT', 'f.ns, n.fs', 'a third one beside it'),
    ('k int, a int, b int, PRIMARY KEY (k, a, b), FOREIGN KEY (k, a) REFERENCES n, FOREIGN KEY (k, b) REFERENCES f', 'k int, a int, PRIMARY KEY (k, a)', 'k int, b int, PRIMARY KEY (k, b)', 'SELECT', NULL,
        'a column in both, which is no owner'),
    (:'ids' || ', PRIMARY KEY (n_id, f_id)', free, free, 'ALTER TABLE l OWNER TO regress_eve', NULL, 'a table of another role''s'),
    ('n_id int REFERENCES n, f_id int, PRIMARY KEY (n_id, f_id)', free, free, 'ALTER TABLE l ADD FOREIGN KEY (f_id) REFERENCES f NOT VALID', 'f.ns, n.fs', 'a key that is not valid yet'),
    ('n_id int REFERENCES n, f_id int REFERENCES f DEFERRABLE, PRIMARY KEY (n_id, f_id)', free, free, 'SELECT', 'f.ns, n.fs', 'a foreign key that may wait')) AS v(l, near, far, more, want, what);

----------------------------------------------------------------------
-- names
----------------------------------------------------------------------

CREATE TABLE card (LIKE todo_orm.owned INCLUDING ALL, PRIMARY KEY (user_id, id));
CREATE TABLE deck (LIKE todo_orm.owned INCLUDING ALL, PRIMARY KEY (user_id, id));
CREATE TABLE card_deck (
    user_id text COLLATE "C", card_id bigint, deck_id bigint, PRIMARY KEY (user_id, card_id, deck_id),
    FOREIGN KEY (user_id, card_id) REFERENCES card, FOREIGN KEY (user_id, deck_id) REFERENCES deck);
INSERT INTO card (user_id) SELECT 'ann' FROM generate_series(1, 3);
INSERT INTO deck (user_id) SELECT 'ann' FROM generate_series(1, 3);
SELECT count(*) FROM unnest('{card,deck}'::regclass[]) m, LATERAL todo_orm.register_model(m) \g /dev/null
SELECT is(link_card_decks('ann', 1, '{1,2}') + link_deck_cards('ann', 2, '{2}'), 3::bigint, 'three links');

-- a table that links itself: a relationship for each direction
CREATE TABLE person (LIKE todo_orm.owned INCLUDING ALL, PRIMARY KEY (user_id, id));
CREATE TABLE follow (
    user_id     text COLLATE "C" NOT NULL,
    follower_id bigint,
    followed_id bigint,
    PRIMARY KEY (user_id, follower_id, followed_id),
    FOREIGN KEY (user_id, follower_id) REFERENCES person,
    FOREIGN KEY (user_id, followed_id) REFERENCES person);
SELECT count(*) FROM todo_orm.register_model('person') \g /dev/null
INSERT INTO person (user_id) SELECT 'ann' FROM generate_series(1, 4);
SELECT is(pg_temp.along('person'), 'link_person_people, link_person_people_follow, people, people_follow, people_follow_of_people, people_of_people, set_person_people, set_person_people_follow, unlink_person_people, unlink_person_people_follow', 'to itself: both directions');
SELECT is(link_person_people('ann', 1, '{1,2,3}') + link_person_people_follow('ann', 1, '{1,4}'), 4::bigint, 'the first column leads to the second, and back');
SELECT is(pg_temp.stored('follow'), 'ann 1 1, ann 1 2, ann 1 3, ann 4 1', 'each in its own direction');
SELECT results_eq('SELECT p.id, array_agg(f.id ORDER BY f.id) FROM person p, people(p) f GROUP BY 1 ORDER BY 1', $$ VALUES (1::bigint, '{1,2,3}'::bigint[]), (4, '{1}') $$, 'whom a person follows');
SELECT results_eq('SELECT p.id, array_agg(f.id ORDER BY f.id) FROM person p, people_follow(p) f GROUP BY 1 ORDER BY 1', $$ VALUES (1::bigint, '{1,4}'::bigint[]), (2, '{1}'), (3, '{1}') $$, 'who follows a person');
SELECT is(set_person_people('ann', 1, '{}') + unlink_person_people_follow('ann', 1, '{2,4}'), 4::bigint, 'each is removed in its own direction too');
SELECT throws_ok($$ SELECT link_person_people('ann', 1, '{9}') $$, '23503', NULL, 'to itself: refused');
-- option relationships renames one of them, and its functions
SELECT count(*) FROM todo_orm.register_model('person', '{"relationships": {"people": "following", "people_follow": "followers"}}') \g /dev/null
SELECT is(pg_temp.along('person'), 'followers, followers_of_people, following, following_of_people, link_person_followers, link_person_following, set_person_followers, set_person_following, unlink_person_followers, unlink_person_following', 'other names');
SELECT is(link_person_followers('ann', 2, '{1}'), 1::bigint, 'they work');
SELECT is((SELECT array_agg(f.id) FROM get_person('ann', 1) p, following(p) f), '{2}', 'in the same directions');
SELECT throws_ok(format('SELECT todo_orm.register_model(''person'', %L)', format('{"relationships": {"people": %s}}', name)), '22023', NULL, 'a name that will not do: ' || name)
  FROM unnest('{"\"user_id\"","\"select\"","\"people_follow\"","5","\"\"","null"}'::text[]) name;
SELECT is(pg_temp.relationships('person'), 'person.followers, person.following', 'nothing of it was done');
SELECT count(*) FROM todo_orm.register_model('person', '{"relationships": {"people": "\"Wen\" ich mäg"}}') \g /dev/null
SELECT is("link_person_""Wen"" ich mäg"('ann', 1, '{3}'), 1::bigint, 'a name that needs quotes');
SELECT count(*) FROM todo_orm.register_model('person', '{"relationships": {}}') \g /dev/null
SELECT is(pg_temp.relationships('person'), 'person.people, person.people_follow', 'the default names again');

-- two link tables between the same two: one has the plain names, the other one's hold its own
CREATE TABLE binder (LIKE card_deck INCLUDING ALL, FOREIGN KEY (user_id, card_id) REFERENCES card, FOREIGN KEY (user_id, deck_id) REFERENCES deck);
SELECT is(link_card_decks('ann', 1, '{2}'), 0::bigint, 'a new table changes nothing yet');
SELECT count(*) FROM todo_orm.register_model('card') \g /dev/null
SELECT is(pg_temp.relationships('card', 'deck'), 'card.decks, card.decks_card_deck, deck.cards, deck.cards_card_deck', 'the first by its name keeps the plain one');
SELECT is((SELECT through FROM todo_orm.relationships WHERE model = 'card'::regclass AND relationship = 'decks'), 'binder'::regclass, 'that is the new one now');
SELECT is(link_card_decks('ann', 1, '{1,3}') + unlink_deck_cards_card_deck('ann', 1, '{2}') + set_deck_cards_card_deck('ann', 3, '{2}'), 3::bigint, 'each has its own links');
SELECT is(pg_temp.stored('binder') || '; ' || pg_temp.stored('card_deck'), 'ann 1 1, ann 1 3; ann 1 1, ann 1 2, ann 2 2, ann 2 3', 'in its own table');
-- a function never serves another table than its own
SELECT is(pg_temp.after('DROP TABLE binder CASCADE', 'SELECT ' || call), '42883', 'it goes with its table: ' || call)
  FROM unnest(ARRAY['link_card_decks(''ann'', 2, ''{1}'')', 'unlink_card_decks(''ann'', 2, ''{1}'')', 'set_deck_cards(''ann'', 1, ''{1}'')', '(SELECT count(d) FROM card c, decks(c) d)']) call;
SELECT is(pg_temp.after('DROP TABLE binder CASCADE', 'SELECT link_card_decks_card_deck(''ann'', 2, ''{1,3}'')'), '1', 'the other one''s functions go on');
SELECT is(pg_temp.after('ALTER TABLE binder DROP CONSTRAINT binder_pkey', 'SELECT link_card_decks(''ann'', 2, ''{1}'')'), '55000', 'its table is no link table any more');
SELECT is(pg_temp.after('ALTER TABLE binder DROP CONSTRAINT binder_user_id_card_id_fkey', 'SELECT unlink_card_decks(''ann'', 1, ''{1}'')'), '55000', 'nor is one without its foreign key');
SELECT is(pg_temp.after('ALTER TABLE binder RENAME TO x', 'ALTER TABLE x RENAME card_id TO y', 'SELECT link_card_decks(''ann'', 2, ''{1}'') || pg_temp.stored(''x'')'), '1ann 1 1, ann 1 3, ann 2 1', 'renamed it is the same');
SELECT is(pg_temp.after('ALTER TABLE binder RENAME TO x', 'ALTER TABLE card_deck RENAME TO binder', 'ALTER TABLE x RENAME TO card_deck', 'SELECT unlink_card_decks(''ann'', 1, ''{1,2}'') || pg_temp.stored(''card_deck'')'), '1ann 1 3', 'also when the other one gets its name');
DROP TABLE binder CASCADE;
SELECT count(*) FROM todo_orm.register_model('card') \g /dev/null
SELECT is(pg_temp.relationships('card', 'deck'), 'card.decks, deck.cards', 'one table, plain names');
SELECT unlink_card_decks('ann', 2, '{3}') \g /dev/null

-- taken by a one-to-many of the same target, a column, a word of SQL
CREATE TABLE team (id int PRIMARY KEY, captain int, players text);
CREATE TABLE player (id int PRIMARY KEY, team_id int REFERENCES team);
CREATE TABLE "order" (id int PRIMARY KEY);
ALTER TABLE team ADD FOREIGN KEY (captain) REFERENCES player;
CREATE TABLE guest (player_id int REFERENCES player, team_id int REFERENCES team, PRIMARY KEY (player_id, team_id));
CREATE TABLE team_order (order_id int REFERENCES "order", team_id int REFERENCES team, PRIMARY KEY (order_id, team_id));
SELECT count(*) FROM unnest('{team,player}'::regclass[]) m, LATERAL todo_orm.register_model(m, '{"owner": null}') \g /dev/null
SELECT count(*) FROM todo_orm.register_model('"order"', '{"owner": null, "plural": "user"}') \g /dev/null
SELECT is(pg_temp.relationships('team', 'player', '"order"'), '"order".teams, player.teams_guest, team.players_guest, team.user_team_order', 'taken by a column, by a one-to-many, or reserved: the link table''s name is added');
SELECT is(pg_temp.along('player'), 'link_player_teams_guest, set_player_teams_guest, team, teams, teams_guest, teams_guest_of_players, teams_of_players, unlink_player_teams_guest', 'one-to-many come first');
INSERT INTO team (id) VALUES (1);
INSERT INTO "order" VALUES (1), (2);
SELECT is(set_team_user_team_order(1, '{1,2}') + unlink_order_teams(1, '{1}'), 3::bigint, 'a table whose name is a word of SQL');

-- names that are too long: cut inside the model's part
\set n repeat(chr(110), 63)
\set f repeat(chr(102), 60)
SELECT format('CREATE TABLE %I (id int PRIMARY KEY)', name) FROM unnest(ARRAY[:n, :f]) name \gexec
SELECT format('CREATE TABLE regress_elsewhere.%I (a int REFERENCES %I, b int REFERENCES %I, PRIMARY KEY (a, b))', repeat('l', 61) || l, :n, :f) FROM unnest('{1,2}'::text[]) l \gexec
SELECT count(*) FROM unnest(ARRAY[:n, :f]) m, LATERAL todo_orm.register_model(m::regclass, '{"owner": null}') \g /dev/null
SELECT is((SELECT count(DISTINCT p.proname) || ' ' || max(length(p.proname)) || ' ' || count(DISTINCT substring(p.proname FROM '^(link|unlink|set)_')) FROM todo_orm.functions d JOIN pg_proc p ON p.oid = d.function
            WHERE d.model = (:n)::regclass AND p.prosrc::jsonb ? 'relationship'), '10 63 3', 'long names: all different, none too long, each with its prefix');
SELECT is((SELECT count(*) FROM todo_orm.register_model((:n)::regclass)), 0::bigint, 'and the same when registered again');
SELECT throws_ok(format('SELECT todo_orm.register_model(''person'', %L)', format('{"relationships": {"people": %s}}', to_json(repeat('x', 64)))), '22023', NULL, 'a given name is not cut');
SELECT is(pg_temp.after('SELECT todo_orm.unregister_model(''person'')', 'CREATE FUNCTION link_person_people() RETURNS int LANGUAGE sql AS ''SELECT 1''', 'SELECT todo_orm.register_model(''person'')'), '42723',
          'a function of the user''s own is in the way');

----------------------------------------------------------------------
-- registering, renaming, dropping
----------------------------------------------------------------------

-- registered or not, in any order
SELECT is(pg_temp.after(VARIADIC ARRAY['SELECT todo_orm.unregister_model(m) FROM unnest(''{card,deck}''::regclass[]) m'] || ARRAY(SELECT format('SELECT todo_orm.register_model(%L)', m) FROM unnest(ms) m) || 'SELECT pg_temp.along(''card'')'::text),
          want, 'in any order: ' || ms::text)
  FROM (VALUES ('{card,deck}'::text[], 'decks, decks_of_cards, link_card_decks, set_card_decks, unlink_card_decks'), ('{deck,card}', 'decks, decks_of_cards, link_card_decks, set_card_decks, unlink_card_decks'),
               ('{card_deck,card,deck}', 'card_decks, card_decks_of_cards, decks, decks_of_cards, link_card_decks, set_card_decks, unlink_card_decks'), ('{card,card_deck,deck}', 'card_decks, card_decks_of_cards, decks, decks_of_cards, link_card_decks, set_card_decks, unlink_card_decks'),
               ('{deck,card,card_deck}', 'card_decks, card_decks_of_cards, decks, decks_of_cards, link_card_decks, set_card_decks, unlink_card_decks'), ('{card,card_deck}', 'card_decks, card_decks_of_cards')) AS v(ms, want);
SELECT is(pg_temp.after('SELECT todo_orm.unregister_model(''deck'')', 'SELECT pg_temp.along(''card'')'), NULL, 'without the other model there are none');
SELECT is(pg_temp.after('SELECT todo_orm.register_model(''card_deck'')', 'SELECT todo_orm.unregister_model(''card_deck'')', 'SELECT set_card_decks(''ann'', 1, ''{3}'')'), '3', 'with the link table no model any more all goes on');
SELECT is(pg_temp.after('SELECT todo_orm.register_model(''card_deck'', ''{"owner": null}'')', 'SELECT pg_temp.relationships(''card'', ''deck'')'), NULL, 'registered without owner it is no link table');
SELECT is(pg_temp.after(format('SELECT todo_orm.register_model(''card'', %L)', options), 'SELECT pg_temp.along(''card'')'), want, 'options: ' || options)
  FROM (VALUES ('{"functions": "read"}', 'decks, decks_of_cards'), ('{"functions": ["link", "set_card_decks", "get"]}', 'link_card_decks, set_card_decks'), ('{"functions": ["decks", "unlink_card_decks"]}', 'decks, unlink_card_decks'),
               ('{"functions": "core"}', NULL), ('{"functions": "write"}', 'link_card_decks, set_card_decks, unlink_card_decks'), ('{"name": "leaf"}', 'decks, decks_of_leaves, link_leaf_decks, set_leaf_decks, unlink_leaf_decks'),
               ('{"schema": "regress_elsewhere"}', 'decks, decks_of_cards, link_card_decks, set_card_decks, unlink_card_decks')) AS v(options, want);
SELECT throws_ok($$ SELECT todo_orm.register_model('card', '{"functions": ["link_card_nothing"]}') $$, '22023', NULL, 'option functions: no such function');
SELECT throws_ok($$ SELECT todo_orm.register_model('card', '{"touch": ["decks"]}') $$, '22023', NULL, 'touch goes to one parent, not to many');
SELECT is(pg_temp.after('SELECT todo_orm.register_model(''card'', ''{"owner": null}'')', 'SELECT pg_temp.relationships(''card'', ''deck'')'), 'deck.cards', 'a model that has no owner any more: to it, not from it');

-- DDL without registering again: what does not fit is refused, all else goes on
SELECT is(pg_temp.after(VARIADIC string_to_array(ddl, '; ') || ('SELECT ' || call)), want, format('%s: %s', ddl, call))
  FROM (VALUES
    ('ALTER TABLE card_deck RENAME TO x', 'link_card_decks(''ann'', 2, ''{2,1}'')', '1'),
    ('ALTER TABLE card_deck RENAME card_id TO x; ALTER TABLE card_deck RENAME deck_id TO card_id', 'unlink_card_decks(''ann'', 1, ''{1}'') || pg_temp.stored(''card_deck'')', '1ann 1 2, ann 2 2'),
    ('ALTER TABLE card_deck SET SCHEMA regress_elsewhere', 'set_deck_cards(''ann'', 1, ''{2}'')', '2'),
    ('ALTER SCHEMA regress_link RENAME TO x; SET LOCAL search_path = x, tap', 'link_card_decks(''ann'', 2, ''{2,1}'')', '1'),
    ('ALTER TABLE deck RENAME TO x', 'link_card_decks(''ann'', 2, ''{1}'')', '1'),
    ('ALTER TABLE deck RENAME TO x', 'set_deck_cards(''ann'', 2, ''{}'')', '2'),
    ('ALTER TABLE deck RENAME id TO x', 'link_card_decks(''ann'', 2, ''{1}'')', '1'),
    ('ALTER TABLE deck RENAME id TO x', 'link_deck_cards(''ann'', 2, ''{2}'')', '55000'),
    ('ALTER TABLE deck RENAME id TO x', '(SELECT count(d) FROM card c, decks(c) d)', '3'),
    ('ALTER TABLE deck ADD note text', 'link_card_decks(''ann'', 2, ''{1}'')', '1'),
    ('ALTER TABLE deck ADD deleted_at timestamptz; UPDATE deck SET deleted_at = now() WHERE id = 2', 'set_card_decks(''ann'', 2, ''{}'') || (SELECT string_agg(d.id::text, '''') FROM card c, decks(c) d)', '01'),
    ('ALTER TABLE deck ALTER id TYPE int', 'link_card_decks(''ann'', 2, ''{1}'')', '55000'),
    ('ALTER TABLE deck ALTER id TYPE int', 'unlink_deck_cards(''ann'', 1, ''{1}'')', '55000'),
    ('ALTER TABLE deck ALTER id TYPE int', '(SELECT count(c) FROM deck d, cards(d) c)', '3'),
    ('ALTER TABLE deck ALTER id TYPE int; SELECT todo_orm.register_model(''deck'')', 'link_card_decks(''ann'', 2, ''{1}''::int[])', '1'),
    ('ALTER TABLE card_deck ALTER deck_id TYPE int', 'link_card_decks(''ann'', 2, ''{1}'')', '1'),
    ('ALTER TABLE card_deck ADD note text NOT NULL DEFAULT ''x''', 'link_card_decks(''ann'', 2, ''{1}'')', '1'),
    ('ALTER TABLE card_deck ADD note text NOT NULL DEFAULT ''x''; ALTER TABLE card_deck ALTER note DROP DEFAULT', 'link_card_decks(''ann'', 2, ''{1}'')', '22023'),
    ('ALTER TABLE card_deck ADD deleted_at timestamptz', 'unlink_card_decks(''ann'', 1, ''{1}'') + link_card_decks(''ann'', 1, ''{1}'') || pg_temp.stored(''card_deck'')', '2ann 1 1 , ann 1 2 , ann 2 2 '),
    ('ALTER TABLE card_deck ADD deleted_at text, ADD version text, ADD updated_at date', 'unlink_card_decks(''ann'', 1, ''{1}'')', '1'),
    ('ALTER TABLE card_deck DROP CONSTRAINT card_deck_user_id_card_id_fkey', 'link_card_decks(''ann'', 2, ''{1}'')', '55000'),
    ('ALTER TABLE card_deck DROP deck_id', '(SELECT count(d) FROM card c, decks(c) d)', '55000'),
    ('ALTER TABLE card_deck DROP deck_id; SELECT todo_orm.register_model(''card'')', 'pg_temp.along(''card'')', NULL),
    ('ALTER TABLE card_deck OWNER TO regress_eve', 'link_card_decks(''ann'', 2, ''{1}'')', '55000'),
    ('ALTER TABLE card_deck OWNER TO regress_eve', '(SELECT count(g) FROM get_card(''ann'', 2) g)', '1'),
    ('ALTER TABLE card_deck RENAME TO x; ALTER TABLE x RENAME card_id TO y; ALTER TABLE deck RENAME TO heap; ALTER TABLE heap RENAME id TO z; SELECT todo_orm.register_model(''heap''); SELECT todo_orm.register_model(''card'')',
        'link_heap_cards(''ann'', 3, ''{1,2}'') + set_card_heaps(''ann'', 1, ''{}'')', '5'),
    ('DROP TABLE card_deck CASCADE', '(SELECT count(g) FROM get_card(''ann'', 2) g)', '1'),
    ('DROP TABLE card_deck CASCADE; SELECT todo_orm.register_model(''card'')', 'pg_temp.along(''card'')', NULL),
    ('DROP TABLE deck CASCADE', 'pg_temp.along(''card'')', NULL),
    ('DROP TABLE deck CASCADE', '(SELECT count(g) FROM get_card(''ann'', 2) g)', '1')) AS v(ddl, call, want);
SELECT is(pg_temp.after('DROP TABLE card_deck CASCADE', 'SELECT ' || call), '42883', 'dropped with CASCADE it takes the functions: ' || call)
  FROM unnest(ARRAY['link_card_decks(''ann'', 2, ''{1}'')', 'unlink_deck_cards(''ann'', 2, ''{1}'')', 'set_deck_cards(''ann'', 1, ''{1}'')', '(SELECT count(d) FROM card c, decks(c) d)']) call;
SELECT is(pg_temp.after('ALTER TABLE card_deck DROP CONSTRAINT card_deck_pkey', 'CREATE TABLE album (LIKE card_deck, PRIMARY KEY (user_id, card_id, deck_id), FOREIGN KEY (user_id, card_id) REFERENCES card, FOREIGN KEY (user_id, deck_id) REFERENCES deck)',
    'SELECT link_card_decks(''ann'', 2, ''{1}'')'), '55000', 'nor does a function serve a table that came later');
SELECT throws_ok('DROP TABLE card_deck', '2BP01', NULL, 'a link table is not dropped without CASCADE');
SELECT throws_ok('DROP TABLE deck', '2BP01', NULL, 'a model is not dropped without CASCADE');

----------------------------------------------------------------------
-- rights
----------------------------------------------------------------------

CREATE FUNCTION pg_temp.may(role text) RETURNS text LANGUAGE sql AS $$
    SELECT string_agg(proname, ', ' ORDER BY proname COLLATE "C") FROM pg_proc
     WHERE proname ~ '(card|deck)' AND prosrc ~ '"relationship"' AND pronamespace = 'regress_link'::regnamespace AND has_function_privilege(role, oid, 'EXECUTE')
$$;
CREATE FUNCTION pg_temp.all_of() RETURNS text LANGUAGE sql AS $$ SELECT 'cards, cards_of_decks, decks, decks_of_cards, link_card_decks, link_deck_cards, set_card_decks, set_deck_cards, unlink_card_decks, unlink_deck_cards' $$;
SELECT todo_orm.unregister_model(m) FROM unnest('{card,deck}'::regclass[]) m \g /dev/null
SELECT format('ALTER TABLE %s OWNER TO regress_owner', t) FROM unnest('{card,deck,card_deck}'::regclass[]) t \gexec
GRANT USAGE ON SCHEMA regress_link TO regress_app, regress_eve;
GRANT USAGE ON SCHEMA tap TO regress_owner, regress_app, regress_eve;
GRANT ALL ON SCHEMA regress_elsewhere TO regress_eve;
GRANT REFERENCES, SELECT ON card, deck TO regress_eve;
SET ROLE regress_owner;
SELECT count(*) FROM todo_orm.register_model('card') \g /dev/null
SELECT todo_orm.grant_access('card', 'regress_app') \g /dev/null
SELECT count(*) FROM todo_orm.register_model('deck') \g /dev/null
SELECT is(pg_temp.may('regress_app'), NULL, 'one model of the two: no function along');
SELECT todo_orm.grant_access('deck', 'regress_app') \g /dev/null
SELECT is(pg_temp.may('regress_app'), pg_temp.all_of(), 'both: all of them');
SELECT is(pg_temp.may('public'), NULL, 'nobody else');
SELECT todo_orm.revoke_access('card', 'regress_app') \g /dev/null
SELECT is(pg_temp.may('regress_app'), NULL, 'one of them revoked: none');
SELECT todo_orm.grant_access('card', 'regress_app') \g /dev/null
SELECT is(pg_temp.may('regress_app'), pg_temp.all_of(), 'in the other order');
ALTER TABLE deck ALTER id TYPE int;
SELECT count(*) FROM todo_orm.register_model('deck') \g /dev/null
SELECT is(pg_temp.may('regress_app'), pg_temp.all_of(), 'kept when signatures change');
SELECT todo_orm.unregister_model('deck') \g /dev/null
SELECT count(*) FROM todo_orm.register_model('deck') \g /dev/null
SELECT is(pg_temp.may('regress_app'), NULL, 'not when the model was gone');
SELECT todo_orm.grant_access('deck', 'regress_app') \g /dev/null
RESET ROLE;
SET ROLE regress_app;
SELECT is(set_card_decks('ann', 1, '{1,3}'), 2::bigint, 'a role with the functions alone links');
SELECT is((SELECT count(*) FROM get_card('ann', 1) c, decks(c)), 2::bigint, 'and reads');
SELECT throws_ok('SELECT * FROM card_deck', '42501', NULL, 'but not the link table itself');
RESET ROLE;
-- another role's link table between one's tables is none, and harms nobody
SET ROLE regress_eve;
CREATE TABLE regress_elsewhere.a (
    user_id text COLLATE "C", card_id bigint, deck_id bigint, PRIMARY KEY (user_id, card_id, deck_id), FOREIGN KEY (user_id, card_id) REFERENCES card, FOREIGN KEY (user_id, deck_id) REFERENCES deck);
SELECT is(pg_temp.relationships('card', 'deck'), 'card.decks, deck.cards', 'a stranger''s link table');
SELECT throws_ok($$ SELECT link_card_decks('ann', 1, '{1}') $$, '42501', NULL, 'who may not call the functions');
SET ROLE regress_owner;
SELECT is((SELECT count(*) FROM todo_orm.register_model('card')), 0::bigint, 'nothing comes of it');
SELECT is(set_card_decks('ann', 1, '{}'), 2::bigint, 'the owner''s own go on');
RESET ROLE;

SELECT * FROM finish();
ROLLBACK;
