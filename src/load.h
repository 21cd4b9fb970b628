/*
 * load.h
 *	  Rows with their related rows: reading them level by level, writing them
 *	  as JSON.
 *
 * Each relationship of the include costs one statement, however many rows it
 * starts from.  A row is turned into text as it is read; what is kept besides
 * are the keys to its related rows.
 */
#ifndef TODO_ORM_LOAD_H
#define TODO_ORM_LOAD_H

#include "compat.h"

#include "utils/hsearch.h"

#include "call.h"
#include "include.h"

/* A row that was read. */
typedef struct LoadedRow
{
	int			start;			/* of its text */
	int			length;
	MinimalTuple tuple;			/* itself, where the text is not wanted */
	int64		next;			/* row of the same bucket; -1: the last */
} LoadedRow;

/* The related rows of one key. */
typedef struct Bucket
{
	int64		first;			/* row; -1: there is none */
	int64		last;
	int64		count;			/* counted in the table, not read */
} Bucket;

typedef struct LoadNode
{
	Call	   *call;
	const Include *include;
	const Model *model;			/* of the rows */
	int			nchildren;
	struct LoadNode *children;	/* one for each include below */

	/* rows */
	bool		as_tuples;		/* keep them as they are, for a set of rows */
	bool		keys_only;		/* of their text, only the key columns */
	StringInfoData text;		/* of all rows, one behind the other */
	int64		nrows;
	int64		row_capacity;
	LoadedRow  *rows;
	int64	   *links;			/* row by row, its bucket in each child; -1: the key is null */

	/* buckets: the rows' distinct keys in the node above */
	int			nkeys;			/* columns of a key, owner aside */
	AttrNumber	key_columns[INDEX_MAX_KEYS];	/* of the table above */
	int64		nbuckets;
	int64		bucket_capacity;
	Bucket	   *buckets;
	Datum	   *keys;			/* nkeys for each bucket */
	HTAB	   *index;			/* bucket by key; NULL until the first */
} LoadNode;

/* load.c */
extern LoadNode *load_begin(Call *call, Include *root);
extern void load_sink(TupleTableSlot *slot, void *arg);
extern void load_related(LoadNode *node);
extern void load_each_tuple(const LoadNode *node, const Bucket *bucket, RowSink sink, void *arg);

/* load_bucket.c */
extern int64 load_find_bucket(LoadNode *node, TupleTableSlot *slot);
extern Datum *load_bind_keys(const LoadNode *node, Datum *values);

/* load_json.c */
extern void load_append_row(StringInfo out, const LoadNode *node, int64 row);
extern void load_append_all(StringInfo out, const LoadNode *node);
extern int	load_json_begin(const LoadNode *root);

#endif							/* TODO_ORM_LOAD_H */
