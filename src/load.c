/*
 * load.c
 *	  Rows with their related rows, read level by level.
 */
#include "compat.h"

#include "executor/executor.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"

#include "identity.h"
#include "json_writer.h"
#include "load.h"

/* Keys are sent as arrays; there is none of some types. */
static void
check_key_types(const LoadNode *node)
{
	for (int i = 0; i < node->nkeys; i++)
	{
		const Column *column = model_column(node->include->from, node->key_columns[i]);

		if (!OidIsValid(get_array_type(column->basetype)) || type_is_rowtype(column->basetype))
			ereport(ERROR,
					(errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
					 errmsg("relationship \"%s\" of model \"%s\" cannot be included",
							node->include->relationship->name, node->include->from->relname),
					 errdetail("Its column \"%s\" has type %s, of which there are no arrays.",
							   column->name, format_type_be(column->type)),
					 errhint("Use the function of the row instead.")));
	}
}

/* An include leads to other models: may they be read for this owner? */
static void
check_identity(const Call *call, const Include *include)
{
	ListCell   *cell;

	identity_check_related(call->model, include->model, call->owner);
	foreach(cell, include->match.related)
		identity_check_related(call->model, lfirst(cell), call->owner);
	for (int i = 0; i < include->nsort; i++)
	{
		int			number = include->sort[i].relationship;

		if (number != NO_RELATIONSHIP)
			identity_check_related(call->model,
								   model_slot_current(include->model->relationships[number].target_slot),
								   call->owner);
	}
}

static void
init_node(LoadNode *node, Call *call, Include *include)
{
	ListCell   *cell;
	int			i = 0;

	node->call = call;
	node->include = include;
	node->model = include->model;
	initStringInfo(&node->text);
	if (include->relationship)
	{
		check_identity(call, include);
		node->nkeys = include_key_columns(include, node->key_columns);
		check_key_types(node);
	}
	node->nchildren = list_length(include->children);
	node->children = palloc0(sizeof(LoadNode) * Max(node->nchildren, 1));
	foreach(cell, include->children)
		init_node(&node->children[i++], call, lfirst(cell));
}

/* Readies a load; the rows that are asked for are then handed to load_sink(). */
LoadNode *
load_begin(Call *call, Include *root)
{
	LoadNode   *node = palloc0(sizeof(LoadNode));

	if (include_runs_foreign_code(root))
		call_secure_path(call);
	init_node(node, call, root);
	return node;
}

/* Makes room for one more row. */
static LoadedRow *
add_row(LoadNode *node)
{
	if (node->nrows == node->row_capacity)
	{
		Size		links;

		node->row_capacity = Max(node->row_capacity * 2, 64);
		links = sizeof(int64) * node->row_capacity * Max(node->nchildren, 1);
		if (node->rows == NULL)
		{
			node->rows = palloc(sizeof(LoadedRow) * node->row_capacity);
			node->links = palloc(links);
		}
		else
		{
			node->rows = repalloc_huge(node->rows, sizeof(LoadedRow) * node->row_capacity);
			node->links = repalloc_huge(node->links, links);
		}
	}
	return &node->rows[node->nrows++];
}

/* The last ones of a bucket come backwards, and are turned round here. */
static void
chain_row(const LoadNode *node, Bucket *bucket, int64 row)
{
	if (node->include->has_take && node->include->take < 0)
	{
		node->rows[row].next = bucket->first;
		bucket->first = row;
		return;
	}
	if (bucket->last >= 0)
		node->rows[bucket->last].next = row;
	else
		bucket->first = row;
	bucket->last = row;
}

static void
take_values(LoadNode *node, LoadedRow *row, TupleTableSlot *slot)
{
	row->next = -1;
	row->tuple = NULL;
	row->start = node->text.len;
	if (node->as_tuples)
		row->tuple = form_minimal_tuple(node->model->rowdesc, slot->tts_values, slot->tts_isnull);
	else if (node->keys_only)
		json_writer_columns(&node->text, node->model, node->model->keys, node->model->nkeys, slot);
	else
		json_writer_members(&node->text, node->model, slot);
	row->length = node->text.len - row->start;
}

/* RowSink: one row of a node; behind its columns stands the place of its key. */
void
load_sink(TupleTableSlot *slot, void *arg)
{
	LoadNode   *node = arg;
	MemoryContext old = MemoryContextSwitchTo(node->call->work_cxt);
	int64		number = node->nrows;
	LoadedRow  *row = add_row(node);

	slot_getallattrs(slot);
	take_values(node, row, slot);
	for (int i = 0; i < node->nchildren; i++)
		node->links[number * node->nchildren + i] = load_find_bucket(&node->children[i], slot);
	if (node->include->relationship)
		chain_row(node, &node->buckets[DatumGetInt64(slot->tts_values[node->model->natts]) - 1],
				  number);
	MemoryContextSwitchTo(old);
}

/* RowSink: how many rows a key has. */
static void
sink_count(TupleTableSlot *slot, void *arg)
{
	LoadNode   *node = arg;

	slot_getallattrs(slot);
	node->buckets[DatumGetInt64(slot->tts_values[1]) - 1].count = DatumGetInt64(slot->tts_values[0]);
}

/* Reads, or counts, the rows of all keys with one statement. */
static void
run(LoadNode *node, bool counting)
{
	const Include *include = node->include;
	const Call *call = node->call;
	Datum	   *values = palloc(sizeof(Datum) * (include->match.nvalues + INDEX_MAX_KEYS + 2));
	Datum	   *next = values;

	if (include->from->owner)
		*next++ = call->owner;
	next = load_bind_keys(node, next);
	if (include->match.nvalues > 0)
		memcpy(next, include->match.values, sizeof(Datum) * include->match.nvalues);
	next += include->match.nvalues;
	if (include->has_take && !counting)
		*next = Int64GetDatum(include->take < 0 ? -include->take : include->take);
	(void) plan_run(include_plan(include, counting), values, NULL, call->read_only,
					counting ? sink_count : load_sink, node);
}

/* Reads all that is related to the rows of a node. */
void
load_related(LoadNode *node)
{
	for (int i = 0; i < node->nchildren; i++)
	{
		LoadNode   *child = &node->children[i];

		if (child->nbuckets == 0)
			continue;
		if (!child->include->has_take || child->include->take != 0)
			run(child, false);
		if (child->include->count)
			run(child, true);
		load_related(child);
	}
}

/* Hands the rows of a bucket to "sink", where they were kept as they are. */
void
load_each_tuple(const LoadNode *node, const Bucket *bucket, RowSink sink, void *arg)
{
	TupleTableSlot *slot;

	if (bucket->first < 0)
		return;
	slot = MakeSingleTupleTableSlot(node->model->rowdesc, &TTSOpsMinimalTuple);
	for (int64 row = bucket->first; row >= 0; row = node->rows[row].next)
	{
		ExecStoreMinimalTuple(node->rows[row].tuple, slot, false);
		sink(slot, arg);
	}
	ExecDropSingleTupleTableSlot(slot);
}
