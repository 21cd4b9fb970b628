/*
 * load_bucket.c
 *	  The keys to related rows, each once.
 *
 * Keys are held against each other by their bytes: equal ones that look
 * different lead to the same rows twice, which does no harm.
 */
#include "compat.h"

#include "common/hashfn.h"
#include "utils/datum.h"
#include "utils/lsyscache.h"

#include "ids.h"
#include "load.h"

/* A key, as the index of buckets has it. */
typedef struct BucketKey
{
	uint32		hash;			/* of the values */
	const LoadNode *node;		/* whose keys these are */
	const Datum *values;
} BucketKey;

typedef struct BucketEntry
{
	BucketKey	key;			/* hash key */
	int64		bucket;
} BucketEntry;

static uint32
hash_key(const void *key, Size keysize)
{
	(void) keysize;
	return ((const BucketKey *) key)->hash;
}

static const Column *
key_column(const LoadNode *node, int i)
{
	return model_column(node->include->from, node->key_columns[i]);
}

static int
match_keys(const void *a, const void *b, Size keysize)
{
	const BucketKey *left = a;
	const BucketKey *right = b;

	(void) keysize;
	if (left->hash != right->hash)
		return 1;
	for (int i = 0; i < left->node->nkeys; i++)
	{
		const Column *column = key_column(left->node, i);

		if (!datum_image_eq(left->values[i], right->values[i], column->typbyval, column->typlen))
			return 1;
	}
	return 0;
}

static void
init_index(LoadNode *node)
{
	HASHCTL		ctl;

	ctl.keysize = sizeof(BucketKey);
	ctl.entrysize = sizeof(BucketEntry);
	ctl.hash = hash_key;
	ctl.match = match_keys;
	ctl.hcxt = node->call->work_cxt;
	node->index = hash_create("todo_orm buckets", 64, &ctl,
							  HASH_ELEM | HASH_FUNCTION | HASH_COMPARE | HASH_CONTEXT);
}

/* The key in a row of the node above; false where it points nowhere. */
static bool
read_key(const LoadNode *node, TupleTableSlot *slot, Datum *values, BucketKey *key)
{
	key->hash = 0;
	key->node = node;
	key->values = values;
	for (int i = 0; i < node->nkeys; i++)
	{
		const Column *column = key_column(node, i);
		int			at = column->attnum - 1;

		if (slot->tts_isnull[at])
			return false;
		values[i] = slot->tts_values[at];
		key->hash = hash_combine(key->hash, datum_image_hash(values[i], column->typbyval,
															 column->typlen));
	}
	return true;
}

/* Makes room for one more bucket; answers where its key goes. */
static Datum *
add_bucket(LoadNode *node)
{
	Bucket	   *bucket;

	if (node->nbuckets == node->bucket_capacity)
	{
		Size		keys;

		node->bucket_capacity = Max(node->bucket_capacity * 2, 64);
		keys = sizeof(Datum) * node->bucket_capacity * Max(node->nkeys, 1);
		if (node->buckets == NULL)
		{
			node->buckets = palloc(sizeof(Bucket) * node->bucket_capacity);
			node->keys = palloc(keys);
		}
		else
		{
			node->buckets = repalloc_huge(node->buckets, sizeof(Bucket) * node->bucket_capacity);
			node->keys = repalloc_huge(node->keys, keys);
		}
	}
	bucket = &node->buckets[node->nbuckets];
	bucket->first = bucket->last = -1;
	bucket->count = 0;
	return node->keys + node->nbuckets++ * node->nkeys;
}

/*
 * The bucket for the related rows of a row of the node above; -1 where its key
 * is null.  Called in the call's memory, with the slot's columns read.
 */
int64
load_find_bucket(LoadNode *node, TupleTableSlot *slot)
{
	Datum		values[INDEX_MAX_KEYS];
	BucketKey	key;
	BucketEntry *entry;
	Datum	   *copies;
	bool		found;

	if (!read_key(node, slot, values, &key))
		return -1;
	if (node->index == NULL)
		init_index(node);
	entry = hash_search(node->index, &key, HASH_FIND, NULL);
	if (entry)
		return entry->bucket;
	/* the key outlives the slot; where the array of keys goes, it does not */
	copies = palloc(sizeof(Datum) * Max(node->nkeys, 1));
	for (int i = 0; i < node->nkeys; i++)
	{
		const Column *column = key_column(node, i);

		copies[i] = datumCopy(values[i], column->typbyval, column->typlen);
	}
	key.values = copies;
	entry = hash_search(node->index, &key, HASH_ENTER, &found);
	entry->bucket = node->nbuckets;
	memcpy(add_bucket(node), copies, sizeof(Datum) * node->nkeys);
	return entry->bucket;
}

/*
 * Binds the keys of all buckets, an array for each column, and answers where the
 * next value goes.
 */
Datum *
load_bind_keys(const LoadNode *node, Datum *values)
{
	for (int i = 0; i < node->nkeys; i++)
		*values++ = ids_array_of(key_column(node, i)->basetype, node->keys + i,
								 (int) node->nbuckets, node->nkeys);
	return values;
}
