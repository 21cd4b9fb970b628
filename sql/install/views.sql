
----------------------------------------------------------------------
-- What there is, read from the catalog
----------------------------------------------------------------------

-- An example call: required arguments with a value of their type.
CREATE FUNCTION todo_orm.example_call(function oid) RETURNS text
    LANGUAGE sql STABLE STRICT PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
    AS $$
    SELECT CASE WHEN p.prorettype = 'json'::regtype OR NOT p.proretset AND t.typtype <> 'c'
                THEN 'SELECT ' ELSE 'SELECT * FROM ' END ||
           format('%I.%I(%s);', n.nspname, p.proname, coalesce(string_agg(
               CASE WHEN a.type = 'jsonb'::regtype AND a.name LIKE 'items%' THEN '''[{...}]'''
                    WHEN a.type = 'jsonb'::regtype AND a.name LIKE 'include%' THEN '''[...]'''
                    WHEN a.type = 'jsonb'::regtype THEN '''{...}'''
                    WHEN a.ord = 1 AND a.type = 'text'::regtype THEN '''ann'''
                    WHEN a.type IN ('text'::regtype, 'varchar'::regtype) THEN quote_literal(a.name)
                    WHEN a.type IN ('int4'::regtype, 'int8'::regtype) THEN '1'
                    WHEN a.type = 'bool'::regtype THEN 'true'
                    WHEN a.type IN ('int4[]'::regtype, 'int8[]'::regtype) THEN '''{1,2}'''
                    WHEN at.typtype = 'c' THEN 'row'
                    ELSE '''...''' END, ', ' ORDER BY a.ord), ''))
      FROM pg_proc p
      JOIN pg_namespace n ON n.oid = p.pronamespace
      JOIN pg_type t ON t.oid = p.prorettype
      LEFT JOIN LATERAL (SELECT u.type::regtype, coalesce(u.name, '') AS name, u.ord
                           FROM unnest(p.proargtypes::oid[], p.proargnames) WITH ORDINALITY AS u(type, name, ord)
                          WHERE u.ord <= p.pronargs - p.pronargdefaults) a ON true
      LEFT JOIN pg_type at ON at.oid = a.type
     WHERE p.oid = function
     GROUP BY p.oid, n.nspname, p.proname, p.prorettype, p.proretset, t.typtype
    $$;
COMMENT ON FUNCTION todo_orm.example_call(oid) IS 'Internal: an example call of a generated function.';

CREATE VIEW todo_orm.functions AS
    SELECT c.oid::regclass AS model,
           -- a condition on this column may be tried before the joins
           CASE WHEN p.prolang = (SELECT oid FROM pg_language WHERE lanname = 'todo_orm')
                THEN p.prosrc::jsonb ->> 'operation' END AS operation,
           format('%I.%I(%s)', n.nspname, p.proname, pg_get_function_arguments(p.oid)) AS signature,
           pg_get_function_result(p.oid) AS returns,
           obj_description(p.oid, 'pg_proc') AS comment,
           todo_orm.example_call(p.oid) AS example,
           p.oid::regprocedure AS function
      FROM pg_proc p
      JOIN pg_language l ON l.oid = p.prolang AND l.lanname = 'todo_orm'
      JOIN pg_depend d ON d.classid = 'pg_proc'::regclass AND d.objid = p.oid
                      AND d.refclassid = 'pg_class'::regclass AND d.refobjsubid = 0
      -- a function of anybody but the table's owner is none of the model's
      JOIN pg_class c ON c.oid = d.refobjid AND c.relowner = p.proowner
      JOIN pg_namespace n ON n.oid = p.pronamespace;
COMMENT ON VIEW todo_orm.functions IS 'The functions of all models.';

CREATE VIEW todo_orm.models AS
    SELECT m.model, d.name, d.plural, d.owner, d.key, d.created_at, d.updated_at, d.deleted_at,
           d.version, d.scopes, d.sort, d.options
      FROM (SELECT DISTINCT f.model FROM todo_orm.functions f) m
     CROSS JOIN LATERAL json_to_record(todo_orm.describe(m.model)) AS d(
           name text, plural text, owner text, key text[], created_at text, updated_at text,
           deleted_at text, version text, scopes text[], sort text[], options jsonb);
COMMENT ON VIEW todo_orm.models IS 'The registered tables.';

CREATE VIEW todo_orm.relationships AS
    SELECT m.model, r.relationship, r.target::regclass AS target, r.kind, r.columns, r.target_columns,
           r.through::regclass AS through
      FROM (SELECT DISTINCT f.model FROM todo_orm.functions f) m
     CROSS JOIN LATERAL json_to_recordset(todo_orm.describe(m.model) -> 'relationships') AS r(
           relationship text, target oid, kind text, columns text[], target_columns text[], through oid);
COMMENT ON VIEW todo_orm.relationships IS 'The relationships between registered tables.';

GRANT SELECT ON todo_orm.functions, todo_orm.models, todo_orm.relationships TO PUBLIC;
