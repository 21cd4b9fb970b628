
----------------------------------------------------------------------
-- Looking at what the engine does
----------------------------------------------------------------------

CREATE FUNCTION todo_orm.explain(call text, actual boolean DEFAULT false) RETURNS SETOF text
    LANGUAGE c VOLATILE STRICT PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'todo_orm_explain';
COMMENT ON FUNCTION todo_orm.explain(text, boolean) IS
    'The plans of the statements that a call runs, as EXPLAIN shows them. The call is run as its caller, and undone.';

CREATE FUNCTION todo_orm.cache_stats(
        OUT cache text, OUT entries bigint, OUT bytes bigint, OUT hits bigint, OUT misses bigint, OUT evicted bigint)
    RETURNS SETOF record
    LANGUAGE c VOLATILE PARALLEL RESTRICTED AS 'MODULE_PATHNAME', 'todo_orm_cache_stats';
COMMENT ON FUNCTION todo_orm.cache_stats() IS 'Internal: what the view caches shows.';

CREATE VIEW todo_orm.caches AS
    SELECT cache, entries, bytes, hits, misses, evicted FROM todo_orm.cache_stats();
COMMENT ON VIEW todo_orm.caches IS
    'What this backend keeps of functions, models and plans: how many, how much memory, how often they were there.';
GRANT SELECT ON todo_orm.caches TO PUBLIC;
