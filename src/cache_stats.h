/*
 * cache_stats.h
 *	  What the engine's caches hold in this backend, and how well they serve.
 */
#ifndef TODO_ORM_CACHE_STATS_H
#define TODO_ORM_CACHE_STATS_H

#include "compat.h"

typedef struct CacheStats
{
	int64		entries;		/* things that are kept now */
	int64		bytes;			/* memory they take */
	int64		hits;			/* times that one was there and right, since the backend began */
	int64		misses;			/* times that one had to be made */
	int64		evicted;		/* of those made: given up for want of room */
} CacheStats;

/* each fills a zeroed CacheStats; in the file of the cache */
extern void model_cache_stats(CacheStats *stats);
extern void function_cache_stats(CacheStats *stats);
extern void plan_cache_stats(CacheStats *stats);

#endif							/* TODO_ORM_CACHE_STATS_H */
