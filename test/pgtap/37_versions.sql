-- Versions of the extension: whoever comes from an older one by ALTER EXTENSION
-- UPDATE has what CREATE EXTENSION makes, object by object
BEGIN;
SELECT * FROM no_plan();

-- The members of the extension and all that the catalog says of them; one row
-- for each fact, without OIDs.
CREATE FUNCTION pg_temp.members() RETURNS TABLE (object text, fact text, value text)
LANGUAGE sql AS $$
    WITH member AS (
        SELECT d.classid, d.objid, pg_describe_object(d.classid, d.objid, 0) AS name
          FROM pg_depend d JOIN pg_extension e ON e.oid = d.refobjid AND d.refclassid = 'pg_extension'::regclass
         WHERE e.extname = 'todo_orm' AND d.deptype = 'e')
    SELECT name, 'exists', (SELECT obj_description(m.objid, m.classid::regclass::name)) FROM member m
    UNION ALL
    SELECT name, 'definition', pg_get_functiondef(p.oid) FROM member m JOIN pg_proc p ON p.oid = m.objid AND m.classid = 'pg_proc'::regclass
    UNION ALL
    SELECT name, 'privileges', concat_ws(' ', p.proowner::regrole, p.proacl) FROM member m JOIN pg_proc p ON p.oid = m.objid AND m.classid = 'pg_proc'::regclass
    UNION ALL
    SELECT name, 'privileges', concat_ws(' ', c.relowner::regrole, c.relacl, c.relkind, c.reloptions)
      FROM member m JOIN pg_class c ON c.oid = m.objid AND m.classid = 'pg_class'::regclass
    UNION ALL
    SELECT name, 'definition', pg_get_viewdef(c.oid)
      FROM member m JOIN pg_class c ON c.oid = m.objid AND m.classid = 'pg_class'::regclass WHERE c.relkind = 'v'
    UNION ALL
    SELECT name, format('column %s', a.attnum), concat_ws(' ', a.attname, format_type(a.atttypid, a.atttypmod), a.attcollation::regcollation,
               a.attnotnull, a.attidentity, a.attgenerated, pg_get_expr(x.adbin, x.adrelid), a.attacl, col_description(a.attrelid, a.attnum))
      FROM member m JOIN pg_attribute a ON a.attrelid = m.objid AND m.classid = 'pg_class'::regclass AND a.attnum > 0
      LEFT JOIN pg_attrdef x ON x.adrelid = a.attrelid AND x.adnum = a.attnum
    UNION ALL
    SELECT name, format('constraint %s', c.conname), pg_get_constraintdef(c.oid)
      FROM member m JOIN pg_constraint c ON c.conrelid = m.objid AND m.classid = 'pg_class'::regclass
    UNION ALL
    SELECT name, 'language', concat_ws(' ', l.lanowner::regrole, l.lanpltrusted, l.lanplcallfoid::regproc, l.lanvalidator::regproc, l.lanacl)
      FROM member m JOIN pg_language l ON l.oid = m.objid AND m.classid = 'pg_language'::regclass
    UNION ALL
    SELECT name, 'initial privileges', i.initprivs::text
      FROM member m JOIN pg_init_privs i ON i.objoid = m.objid AND i.classoid = m.classid
    UNION ALL
    SELECT 'schema', 'privileges', concat_ws(' ', nspowner::regrole, nspacl) FROM pg_namespace WHERE nspname = 'todo_orm'
$$;

-- What stands in the schema and is no member of the extension.
CREATE FUNCTION pg_temp.strays() RETURNS SETOF text
LANGUAGE sql AS $$
    SELECT p.oid::regprocedure::text FROM pg_proc p
     WHERE p.pronamespace = 'todo_orm'::regnamespace
       AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e')
$$;

-- Makes an older version, updates it, and compares it with the one that was
-- made at once. As the current role.
CREATE FUNCTION pg_temp.compare(version text) RETURNS SETOF text
LANGUAGE plpgsql AS $$
DECLARE
    fresh text[];
    came  text[];
BEGIN
    DROP EXTENSION IF EXISTS todo_orm;
    DROP SCHEMA IF EXISTS todo_orm;
    CREATE EXTENSION todo_orm;
    fresh := ARRAY(SELECT format('%s: %s: %s', m.object, m.fact, m.value) FROM pg_temp.members() m ORDER BY 1);
    DROP EXTENSION todo_orm;
    DROP SCHEMA IF EXISTS todo_orm;
    EXECUTE format('CREATE EXTENSION todo_orm VERSION %L', version);
    RETURN NEXT is((SELECT extversion FROM pg_extension WHERE extname = 'todo_orm'), version,
                   format('%s: there is version %s', current_user, version));
    ALTER EXTENSION todo_orm UPDATE;
    RETURN NEXT is((SELECT e.extversion FROM pg_extension e WHERE e.extname = 'todo_orm'),
                   (SELECT a.default_version FROM pg_available_extensions a WHERE a.name = 'todo_orm'),
                   format('%s: updated from %s', current_user, version));
    came := ARRAY(SELECT format('%s: %s: %s', m.object, m.fact, m.value) FROM pg_temp.members() m ORDER BY 1);
    RETURN NEXT cmp_ok(cardinality(came), '>', 100, format('%s: what is compared is not nothing', current_user));
    RETURN NEXT is(ARRAY(SELECT unnest(fresh) EXCEPT SELECT unnest(came)), '{}',
                   format('%s: nothing is missing after the update from %s', current_user, version));
    RETURN NEXT is(ARRAY(SELECT unnest(came) EXCEPT SELECT unnest(fresh)), '{}',
                   format('%s: nothing is left of %s', current_user, version));
    RETURN NEXT is(ARRAY(SELECT pg_temp.strays()), '{}', format('%s: all of it belongs to the extension', current_user));
END
$$;

SELECT cmp_ok(count(*), '>', 0::bigint, 'there are older versions')
  FROM pg_available_extension_versions v
  JOIN pg_available_extensions a ON a.name = v.name AND a.default_version <> v.version
 WHERE v.name = 'todo_orm';
SELECT is(p.path IS NOT NULL, true, format('there is a way from %s to %s', p.source, p.target))
  FROM pg_extension_update_paths('todo_orm') p
  JOIN pg_available_extensions a ON a.name = 'todo_orm' AND a.default_version = p.target;

SELECT t.* FROM pg_available_extension_versions v
  JOIN pg_available_extensions a ON a.name = v.name AND a.default_version <> v.version
 CROSS JOIN LATERAL pg_temp.compare(v.version) t
 WHERE v.name = 'todo_orm';

-- the owner of a database, who is no superuser
DROP EXTENSION todo_orm;
DROP SCHEMA IF EXISTS todo_orm;
CREATE ROLE regress_installer;
SELECT format('GRANT CREATE ON DATABASE %I TO regress_installer', current_database()) \gexec
GRANT TEMP ON DATABASE :DBNAME TO regress_installer;
GRANT ALL ON SCHEMA tap TO regress_installer;
SET ROLE regress_installer;
SELECT t.* FROM pg_available_extension_versions v
  JOIN pg_available_extensions a ON a.name = v.name AND a.default_version <> v.version
 CROSS JOIN LATERAL pg_temp.compare(v.version) t
 WHERE v.name = 'todo_orm';

SELECT * FROM finish();
ROLLBACK;
