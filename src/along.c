/*
 * along.c
 *	  Statements on the other table of a relationship.
 *
 * Their plans live with the other table's descriptor; what they know of this
 * table (which columns of the other one are compared, with values of which
 * types) is their shape.
 */
#include "compat.h"

#include "access/htup_details.h"
#include "catalog/pg_type.h"
#include "executor/executor.h"
#include "utils/datum.h"
#include "utils/timestamp.h"
#include "utils/typcache.h"

#include "along.h"
#include "identity.h"
#include "link.h"
#include "sort.h"

/* Fills a shape; bytes that are not used are zero, for hash and comparison. */
void
along_make_shape(AlongShape *shape, const Model *model, const Relationship *relationship,
				 bool newest)
{
	memset(shape, 0, sizeof(AlongShape));
	shape->ncolumns = relationship->ncolumns;
	shape->newest = newest;
	for (int i = 0; i < relationship->ncolumns; i++)
	{
		shape->columns[i] = relationship->other[i];
		shape->types[i] = model_column(model, relationship->own[i])->basetype;
	}
}

/* Appends: t.user_id = $1 AND t.conversation_id = $2 AND t.deleted_at IS NULL */
void
along_append_where(Statement *st, const Model *other, const AlongShape *shape)
{
	for (int i = 0; i < shape->ncolumns; i++)
	{
		statement_add(st, "%s", i == 0 ? "" : " AND ");
		statement_equal(st, model_column(other, shape->columns[i]), "t", shape->types[i]);
	}
	statement_and_live(st, other, "t");
}

/*
 * SELECT t.id, ... FROM public.message AS t
 *	WHERE t.user_id = $1 AND t.conversation_id = $2 ORDER BY t.id
 *
 * The newest n are read backwards and turned round:
 *
 * SELECT t.id, ... FROM (SELECT ... ORDER BY t.id DESC LIMIT $3) AS t ORDER BY t.id
 */
static void
build_read(Statement *st, const Model *other, const void *arg)
{
	const AlongShape *shape = arg;

	statement_add(st, "SELECT ");
	statement_columns(st, other, "t");
	if (shape->newest)
	{
		statement_add(st, " FROM (SELECT ");
		statement_live_columns(st, other, "t");
	}
	statement_add(st, " FROM %s AS t WHERE ", other->qualified);
	along_append_where(st, other, shape);
	if (shape->newest && other->nsort > 0)
	{
		statement_add(st, " ORDER BY ");
		sort_append(&st->sql, other, "t", other->sort, other->nsort, true);
	}
	if (shape->newest)
	{
		statement_add(st, " LIMIT ");
		statement_param(st, INT8OID);
		statement_add(st, ") AS t");
	}
	if (other->nsort > 0)
	{
		statement_add(st, " ORDER BY ");
		sort_append(&st->sql, other, "t", other->sort, other->nsort, false);
	}
}

/* SELECT 1 FROM public.conversation AS t WHERE <key> AND t.deleted_at IS NULL */
static void
build_check(Statement *st, const Model *other, const void *shape)
{
	statement_add(st, "SELECT 1 FROM %s AS t WHERE ", other->qualified);
	along_append_where(st, other, shape);
}

/*
 * UPDATE public.conversation AS t SET updated_at = pg_catalog.clock_timestamp()
 *	WHERE <key> AND t.deleted_at IS NULL RETURNING t.updated_at
 *
 * A writer that had to wait for the row's lock computes the time again, on the
 * newest version of the row: times follow the order of the locks.
 */
static void
build_touch(Statement *st, const Model *other, const void *shape)
{
	Column	   *updated_at = model_column(other, other->updated_at);
	StringInfoData moved;
	Statement	set;

	statement_init(&set);
	statement_moved(&set, other, "t", "clock_timestamp", NULL);
	moved = set.sql;
	/* without the comma that statement_moved() puts in front */
	statement_add(st, "UPDATE %s AS t SET %s WHERE ", other->qualified, moved.data + 2);
	along_append_where(st, other, shape);
	statement_add(st, " RETURNING t.%s", updated_at->quoted);
}

/*
 * The values of some columns in a row that a statement gave.  A sink runs in
 * the executor's memory: what it keeps is copied into the call's.
 */
void
along_key_of_slot(Call *call, const Model *model, const AttrNumber *columns, int n,
				  TupleTableSlot *slot, KeyValues *key)
{
	MemoryContext old = MemoryContextSwitchTo(call->work_cxt);

	slot_getallattrs(slot);
	key->any_null = false;
	for (int i = 0; i < n; i++)
	{
		Column	   *column = model_column(model, columns[i]);
		int			at = column->attnum - 1;

		key->any_null |= slot->tts_isnull[at];
		if (!slot->tts_isnull[at])
			key->values[i] = datumCopy(slot->tts_values[at], column->typbyval, column->typlen);
	}
	MemoryContextSwitchTo(old);
}

/* The key's values in a row that is an argument. */
void
along_key_of_row(const Relationship *relationship, HeapTupleHeader row, KeyValues *key)
{
	key->any_null = false;
	for (int i = 0; i < relationship->ncolumns; i++)
	{
		bool		isnull;

		key->values[i] = GetAttributeByNum(row, relationship->own[i], &isnull);
		key->any_null |= isnull;
	}
}

/* The key's values in what a payload gave; the owner is the call's. */
static void
key_of_values(const Call *call, const Relationship *relationship, const RowValues *row,
			  KeyValues *key)
{
	key->any_null = false;
	for (int i = 0; i < relationship->ncolumns; i++)
	{
		int			at = relationship->own[i] - 1;

		if (relationship->own[i] == call->model->owner)
			key->values[i] = call->owner;
		else if (row->given[at] && !row->nulls[at])
			key->values[i] = row->values[at];
		else
			key->any_null = true;
	}
}

/*
 * Reads the related rows in the other model's order.  newest: how many of the
 * last ones, negative for all.
 */
void
along_read(Call *call, const Relationship *relationship, const KeyValues *key, int64 newest,
		   RowSink sink, void *arg)
{
	Model	   *other = model_slot_current(relationship->target_slot);
	KeyValues	values = *key;
	AlongShape	shape;

	if (key->any_null)
		return;
	if (relationship->kind == RELATIONSHIP_MANY_TO_MANY)
	{
		link_read(call, relationship, key, newest, sink, arg);
		return;
	}
	along_make_shape(&shape, call->model, relationship, newest >= 0);
	values.values[relationship->ncolumns] = Int64GetDatum(newest);
	(void) plan_run(plan_get(other, PLAN_RELATED, &shape, sizeof(shape), build_read),
					values.values, NULL, call->read_only, sink, arg);
}

/* The column to name where a parent is missing: the key's last, owner aside. */
static const char *
telling_column(const Model *model, const Relationship *relationship)
{
	/* the owner is never what is missing */
	for (int i = relationship->ncolumns - 1; i >= 0; i--)
		if (relationship->own[i] != model->owner)
			return model_column(model, relationship->own[i])->name;
	return model_column(model, relationship->own[0])->name;
}

/* The place of a row in its batch; NO_INDEX for one that is in none. */
static int
index_of(int first_index, int offset)
{
	return first_index == NO_INDEX ? NO_INDEX : first_index + offset;
}

/* Does the last entry say what one before it does? */
static bool
is_repeated(const ErrorList *errors, const ErrorList *before)
{
	const char *last = errors->entries.data + errors->last_entry;

	if (before->count == 0 || errors_full(errors))
		return false;
	/* without the comma in front */
	return strstr(errors->entries.data, last + 2) < last;
}

/*
 * Missing, deleted and another owner's look the same.  Two foreign keys of one
 * column, with the owner and without, say it once.
 */
static void
note_missing(Call *call, const Relationship *relationship, int index, ErrorList *errors)
{
	ErrorList	before = *errors;

	errors_add(errors, ERROR_REFERENCE, index, telling_column(call->model, relationship),
			   "foreign_key", "referenced row does not exist", NULL);
	if (is_repeated(errors, &before))
		errors_take_back(errors, &before);
}

static bool
is_touched(const Model *model, const Relationship *relationship)
{
	for (int i = 0; i < model->ntouch; i++)
		if (&model->relationships[model->touch[i]] == relationship)
			return true;
	return false;
}

static bool
parent_exists(Call *call, const Relationship *relationship, const KeyValues *key)
{
	Model	   *other = model_slot_current(relationship->target_slot);
	AlongShape	shape;

	along_make_shape(&shape, call->model, relationship, false);
	return plan_run(plan_get(other, PLAN_CHECK_REFERENCE, &shape, sizeof(shape), build_check),
					key->values, NULL, false, receiver_ignore, NULL) > 0;
}

/* Has this call itself made the row's parent? */
static bool
is_made(const Model *model, const Relationship *relationship, const RowValues *row)
{
	int			number = 0;

	if (row->made == NULL)
		return false;
	/* it may be one of the references, which are no relationships */
	while (number < model->nrelationships && &model->relationships[number] != relationship)
		number++;
	return bms_is_member(number, row->made);
}

/* Notes the rows whose parent along one key is not there for the owner. */
static void
check_parent(Call *call, const Relationship *relationship, RowValues **rows, int count,
			 int first_index, ErrorList *errors)
{
	for (int i = 0; i < count && !errors_full(errors); i++)
	{
		KeyValues	key;

		if (rows[i] == NULL ||
			is_made(call->model, relationship, rows[i]))
			continue;
		key_of_values(call, relationship, rows[i], &key);
		if (!key.any_null && !parent_exists(call, relationship, &key))
			note_missing(call, relationship, index_of(first_index, i), errors);
	}
}

/* Does the foreign key itself, or the touch, refuse all that must be refused? */
static bool
is_refused_later(const Model *model, const Relationship *relationship, ParentCheck which)
{
	return (which == PARENTS_OF_NEW && is_touched(model, relationship)) ||
		model_slot_current(relationship->target_slot)->deleted_at == 0;
}

/* Do rows to be have references along it that only the foreign key refuses? */
bool
along_is_left_to_key(const Model *model, const Relationship *relationship, RowValues **rows,
					 int count, ParentCheck which)
{
	if ((which == PARENTS_OF_NEW && is_touched(model, relationship)) ||
		!is_refused_later(model, relationship, which))
		return false;
	for (int r = 0; r < count; r++)
		for (int i = 0; i < relationship->ncolumns; i++)
			if (rows[r]->given[relationship->own[i] - 1])
				return true;
	return false;
}

/* The parents that rows refer to may be of a model that another identity is for: 42501. */
static void
check_identity(Call *call, const Relationship *relationship, RowValues **rows, int count)
{
	for (int i = 0; i < count; i++)
	{
		KeyValues	key;

		if (rows[i] == NULL)
			continue;
		key_of_values(call, relationship, rows[i], &key);
		if (key.any_null)
			continue;
		identity_check_related(call->model, model_slot_current(relationship->target_slot), call->owner);
		return;
	}
}

/*
 * Notes the rows that refer to a parent which a foreign key does not refuse: a
 * soft-deleted one, and another owner's where the key has no owner in it.
 */
void
along_check_parents(Call *call, RowValues **rows, int count, int first_index,
					ParentCheck which, ErrorList *errors)
{
	Model	   *model = call->model;

	for (int r = 0; r < model->nrelationships; r++)
	{
		if (model->relationships[r].kind != RELATIONSHIP_MANY_TO_ONE)
			continue;
		check_identity(call, &model->relationships[r], rows, count);
		if (which == PARENTS_ALL || !is_refused_later(model, &model->relationships[r], which))
			check_parent(call, &model->relationships[r], rows, count, first_index, errors);
	}
	for (int r = 0; r < model->nreferences; r++)
		check_parent(call, &model->references[r], rows, count, first_index, errors);
}

/* The same for patches; where there is an error already, or one is found, every parent is asked for. */
void
along_check_patches(Call *call, RowValues **patches, int count, int first_index, ErrorList *errors)
{
	ErrorList	before = *errors;

	if (errors->count == 0)
	{
		along_check_parents(call, patches, count, first_index, PARENTS_OF_CHANGED, errors);
		if (errors->count == 0)
			return;
		errors_take_back(errors, &before);
	}
	along_check_parents(call, patches, count, first_index, PARENTS_ALL, errors);
}

/* RowSink: the time at which the parent was moved. */
static void
sink_time(TupleTableSlot *slot, void *arg)
{
	slot_getallattrs(slot);
	*(Datum *) arg = slot->tts_values[0];
}

/* Moves one parent; false where there is no live one. */
static bool
touch(Call *call, const Relationship *relationship, const KeyValues *key, Datum *time)
{
	Model	   *other = model_slot_current(relationship->target_slot);
	AlongShape	shape;

	along_make_shape(&shape, call->model, relationship, false);
	return plan_run(plan_get(other, PLAN_TOUCH, &shape, sizeof(shape), build_touch),
					key->values, NULL, false, sink_time, time) > 0;
}

/* A row of a batch with its key, for locking parents in key order. */
typedef struct ChildKey
{
	int			index;			/* position in the batch */
	KeyValues	key;
} ChildKey;

/* How to compare the keys of one relationship. */
typedef struct KeyOrder
{
	const Model *model;
	const Relationship *relationship;
} KeyOrder;

static int
compare_keys(const void *a, const void *b, void *arg)
{
	const ChildKey *left = a;
	const ChildKey *right = b;
	const KeyOrder *order = arg;

	for (int i = 0; i < order->relationship->ncolumns; i++)
	{
		Column	   *column = model_column(order->model, order->relationship->own[i]);
		TypeCacheEntry *type = lookup_type_cache(column->basetype, TYPECACHE_CMP_PROC_FINFO);
		int			result;

		/* the owner is one and the same */
		if (column->attnum == order->model->owner)
			continue;
		result = DatumGetInt32(FunctionCall2Coll(&type->cmp_proc_finfo, column->collation,
												 left->key.values[i], right->key.values[i]));
		if (result != 0)
			return result;
	}
	return 0;
}

/* The time of the touch becomes the created_at of the rows it was for. */
static void
stamp_rows(const Model *model, const Relationship *relationship, RowValues **rows, int count,
		   Datum time)
{
	Model	   *other = model_slot_current(relationship->target_slot);
	Column	   *created_at;

	if (model->created_at == 0)
		return;
	created_at = model_column(model, model->created_at);
	if (created_at->type != TIMESTAMPTZOID ||
		model_column(other, other->updated_at)->type != TIMESTAMPTZOID)
		return;
	for (int i = 0; i < count; i++)
	{
		rows[i]->values[created_at->attnum - 1] = time;
		rows[i]->given[created_at->attnum - 1] = true;
	}
}

/* Touches every parent of one relationship once, in key order. */
static void
touch_all(Call *call, const Relationship *relationship, RowValues **rows, int count, int first_index,
		  ErrorList *errors)
{
	ChildKey   *keys = palloc(sizeof(ChildKey) * count);
	KeyOrder	order = {call->model, relationship};
	Datum		time = (Datum) 0;
	bool		exists = false;
	int			nkeys = 0;

	for (int i = 0; i < count; i++)
	{
		keys[nkeys].index = i;
		key_of_values(call, relationship, rows[i], &keys[nkeys].key);
		if (!keys[nkeys].key.any_null &&
			!is_made(call->model, relationship, rows[i]))
			nkeys++;
	}
	if (nkeys > 1)
		qsort_arg(keys, nkeys, sizeof(ChildKey), compare_keys, &order);
	for (int i = 0; i < nkeys; i++)
	{
		if (i == 0 || compare_keys(&keys[i - 1], &keys[i], &order) != 0)
			exists = touch(call, relationship, &keys[i].key, &time);
		if (!exists)
			note_missing(call, relationship, index_of(first_index, keys[i].index), errors);
	}
	if (errors->count == 0 && nkeys > 0)
		stamp_rows(call->model, relationship, rows, count, time);
}

/*
 * Moves the parents of rows that are about to be created, and notes the rows
 * whose parent is missing.  The row locks this takes are what puts concurrent
 * writers of one parent in a row: keys are drawn only afterwards.
 */
void
along_touch_parents(Call *call, RowValues **rows, int count, int first_index,
					ErrorList *errors)
{
	for (int t = 0; t < call->model->ntouch && count > 0; t++)
		touch_all(call, &call->model->relationships[call->model->touch[t]], rows, count,
				  first_index, errors);
}

/*
 * Notes the parents of a row that was changed or deleted; for sinks, which must
 * not run statements themselves.
 */
void
along_note_touched(Call *call, TupleTableSlot *slot)
{
	for (int t = 0; t < call->model->ntouch; t++)
	{
		const Relationship *relationship = &call->model->relationships[call->model->touch[t]];
		MemoryContext old = MemoryContextSwitchTo(call->work_cxt);
		KeyValues  *key = palloc0(sizeof(KeyValues));

		along_key_of_slot(call, call->model, relationship->own, relationship->ncolumns, slot, key);
		key->any_null |= relationship == call->made_parent ||
			relationship == call->made_target ||
			bms_is_member(call->model->touch[t], call->made);
		call->touched = lappend(call->touched, key);
		MemoryContextSwitchTo(old);
	}
}

/* The noted keys of one of the relationships; answers how many point somewhere. */
static int
noted_keys(const Call *call, int t, ChildKey *keys)
{
	int			n = 0;

	for (int i = t; i < list_length(call->touched); i += call->model->ntouch)
	{
		const KeyValues *key = list_nth(call->touched, i);

		if (key->any_null)
			continue;
		keys[n].index = i;
		keys[n++].key = *key;
	}
	return n;
}

/* Moves the parents that were noted, each once, in key order; a deleted one stays as it is. */
void
along_touch_noted(Call *call)
{
	ChildKey   *keys;

	if (call->touched == NIL)
		return;
	keys = palloc(sizeof(ChildKey) * list_length(call->touched));
	for (int t = 0; t < call->model->ntouch; t++)
	{
		const Relationship *relationship = &call->model->relationships[call->model->touch[t]];
		KeyOrder	order = {call->model, relationship};
		int			n = noted_keys(call, t, keys);
		Datum		time;

		qsort_arg(keys, n, sizeof(ChildKey), compare_keys, &order);
		for (int i = 0; i < n; i++)
			if (i == 0 || compare_keys(&keys[i - 1], &keys[i], &order) != 0)
				(void) touch(call, relationship, &keys[i].key, &time);
	}
	call->touched = NIL;
}
