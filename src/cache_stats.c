/*
 * cache_stats.c
 *	  todo_orm.cache_stats: the engine's caches in this backend.
 */
#include "compat.h"

#include "funcapi.h"
#include "utils/builtins.h"

#include "cache_stats.h"

PG_FUNCTION_INFO_V1(todo_orm_cache_stats);

static void
put_cache(ReturnSetInfo *rsinfo, const char *name, void (*read) (CacheStats *stats))
{
	CacheStats	stats = {0};
	Datum		values[6];
	bool		nulls[6] = {false};

	read(&stats);
	values[0] = CStringGetTextDatum(name);
	values[1] = Int64GetDatum(stats.entries);
	values[2] = Int64GetDatum(stats.bytes);
	values[3] = Int64GetDatum(stats.hits);
	values[4] = Int64GetDatum(stats.misses);
	values[5] = Int64GetDatum(stats.evicted);
	tuplestore_putvalues(rsinfo->setResult, rsinfo->setDesc, values, nulls);
}

/*
 * todo_orm.cache_stats() RETURNS TABLE (cache text, entries bigint, bytes bigint,
 * hits bigint, misses bigint, evicted bigint): one row for each cache.
 */
Datum
todo_orm_cache_stats(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *rsinfo = (ReturnSetInfo *) fcinfo->resultinfo;

	InitMaterializedSRF(fcinfo, 0);
	put_cache(rsinfo, "functions", function_cache_stats);
	put_cache(rsinfo, "models", model_cache_stats);
	put_cache(rsinfo, "plans", plan_cache_stats);
	return (Datum) 0;
}
