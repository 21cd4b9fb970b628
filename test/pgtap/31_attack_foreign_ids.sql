-- Attack: foreign ids through every function and every argument that takes one
BEGIN;
SELECT * FROM no_plan();
\ir include/attack.psql
\ir include/attack_calls.psql

SELECT is_empty($$ SELECT DISTINCT operation FROM target WHERE operation NOT IN (SELECT operation FROM known) $$,
                'there is an attack for the operation of every function that was made');
SELECT is_empty($$ SELECT operation FROM known WHERE operation NOT IN (SELECT operation FROM target) $$,
                'and a function for every attack');
SELECT cmp_ok((SELECT count(*) FROM target), '>', 150::bigint, 'the functions of eleven models');

CREATE TEMP TABLE attack AS
SELECT t.name || '(' || CASE WHEN t.operation = 'related' THEN t.model::text ELSE '' END || ')' AS what, t.operation, 0 AS argument,
       pg_temp.call(t, 'bob', 'ann') AS call, pg_temp.call(t, 'ann', 'ann') AS own
  FROM target t;
-- each argument alone: bob's own key with an id of ann's, and the other way round
INSERT INTO attack
SELECT format('%s, only %s of ann''s', t.name, n.name), t.operation, n.i, pg_temp.call(t, 'bob', 'ann', n.i::int), pg_temp.call(t, 'ann', 'ann')
  FROM target t CROSS JOIN LATERAL unnest(t.names) WITH ORDINALITY AS n(name, i)
 WHERE n.i > 1 AND t.operation IN ('update', 'update_many', 'link', 'unlink', 'set')
   AND (n.name ~ '^(ids|patch|match)' OR n.name = ANY (t.key))
   -- nothing in this patch is somebody's
   AND NOT (n.name ~ '^patch' AND pg_temp.item(t, 'ann', false) = pg_temp.item(t, 'bob', false));
-- where the call has nothing of ann's in it: the owner is the whole key
DELETE FROM attack a USING target t WHERE a.what ~ ('^' || t.name || '\M') AND a.call IN (pg_temp.call(t, 'bob', 'bob'));
-- a creation that refers to nobody takes nothing from anybody
DELETE FROM attack a WHERE operation IN ('create', 'create_many', 'validate') AND a.call !~ 'conversation_id|parent_id';
GRANT SELECT ON attack TO PUBLIC;
SELECT cmp_ok((SELECT count(*) FROM attack), '>', 150::bigint, 'attacks with foreign ids');
\if :{?show}
SELECT what, call FROM attack;
\endif

SET SESSION AUTHORIZATION regress_app;
SELECT ok(r.answer !~ 's3cret' AND NOT r.touched AND concat_ws(' ', r.code, r.answer) ~ k.foreign_answer,
          format('%s: ann''s row must not be %s by bob', a.what, CASE WHEN k.writes THEN 'changed, or referred to,' ELSE 'read' END)
          || CASE WHEN r.answer !~ 's3cret' AND NOT r.touched AND concat_ws(' ', r.code, r.answer) ~ k.foreign_answer THEN '' ELSE ': ' || a.call || ' answered ' || r.code || ' ' || r.answer || ' ' || r.touched END)
  FROM attack a JOIN known k USING (operation) CROSS JOIN LATERAL pg_temp.reached(a.call) r;
-- each attack is one: to ann herself the call answers otherwise, with her rows or by changing them
-- (rows that refer to it keep it from being deleted; links that are there are not made again)
SELECT ok(CASE WHEN r.code = '23503' THEN a.operation ~ 'delete' AND r.answer ~ 'still referenced'
               ELSE r.code = '00000' AND (r.answer ~ 's3cret|"count"' OR r.touched OR r.answer IN ('1', '[]') OR a.operation IN ('link', 'set') AND r.answer = '0') END,
          a.what || ': ann reaches her row with it')
  FROM attack a CROSS JOIN LATERAL pg_temp.reached(a.own) r WHERE a.argument = 0 AND a.operation <> 'upsert';
RESET SESSION AUTHORIZATION;
SELECT is(pg_temp.rows_of('ann'), :'anns', 'ann''s rows are as they were');

SELECT * FROM finish();
ROLLBACK;
