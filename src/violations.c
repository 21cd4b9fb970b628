/*
 * violations.c
 *	  What keeps rows from being written though each of them alone is right.
 *
 * PostgreSQL finds the first such thing and ends the statement.  Whoever wants
 * all of them asks here: before, or after the statement was undone.
 */
#include "compat.h"

#include "common/hashfn.h"
#include "utils/datum.h"

#include "along.h"
#include "check.h"
#include "plan.h"
#include "read.h"
#include "violations.h"

/*
 * SELECT 1 FROM public.task AS t WHERE t.email = $1 AND (<the index's predicate>)
 *
 * Whose the row is, and whether it is deleted, counts for no unique index.
 */
static void
build_taken(Statement *st, const Model *model, const void *shape)
{
	const UniqueKey *key = shape;
	char	   *predicate = unique_key_predicate(model, key, "t");

	statement_add(st, "SELECT 1 FROM %s AS t WHERE ", model->qualified);
	for (int i = 0; i < key->nindexed; i++)
	{
		const Column *column = model_column(model, key->indexed[i]);

		statement_add(st, "%s", i == 0 ? "" : " AND ");
		statement_equal(st, column, "t", column->basetype);
	}
	if (predicate)
		statement_add(st, " AND (%s)", predicate);
}

/* The same, AND NOT (t.user_id = $2 AND t.id = $3): one's own key is not taken */
static void
build_taken_by_other(Statement *st, const Model *model, const void *shape)
{
	build_taken(st, model, shape);
	statement_add(st, " AND NOT (");
	statement_where_key(st, model, "t");
	statement_add(st, ")");
}

/* Has any row the key?  values: of the index's columns, in its order. */
bool
violations_is_taken(Call *call, const UniqueKey *key, const Datum *values)
{
	return plan_run(plan_get(call->model, PLAN_TAKEN, key, sizeof(UniqueKey), build_taken), values,
					NULL, call->read_only, receiver_ignore, NULL) > 0;
}

/* A row's values of a unique key. */
typedef struct KeyedRow
{
	uint32		hash;			/* of the values */
	int			row;			/* which one of the batch */
	Datum	   *values;
} KeyedRow;

/* Reads the values of a row to be; false where they are not known, or the index leaves it out. */
static bool
read_key(Call *call, const UniqueKey *key, const RowValues *row, KeyedRow *keyed)
{
	keyed->values = palloc(sizeof(Datum) * key->nindexed);
	keyed->hash = 0;
	for (int i = 0; i < key->nindexed; i++)
	{
		const Column *column = model_column(call->model, key->indexed[i]);
		bool		isnull;

		if (!check_value_in_row(call->model, call->owner, row, column->attnum, true,
								&keyed->values[i], &isnull) || isnull)
			return false;
		keyed->hash = hash_combine(keyed->hash, datum_image_hash(keyed->values[i],
																 column->typbyval, column->typlen));
	}
	return !key->partial || check_index_covers(call->model, key->index, call->owner, row);
}

static int
compare_keyed(const void *a, const void *b)
{
	const KeyedRow *left = a;
	const KeyedRow *right = b;

	if (left->hash != right->hash)
		return left->hash < right->hash ? -1 : 1;
	return left->row - right->row;
}

static bool
is_same_key(const Model *model, const UniqueKey *key, const KeyedRow *a, const KeyedRow *b)
{
	for (int i = 0; i < key->nindexed; i++)
	{
		const Column *column = model_column(model, key->indexed[i]);

		if (!datum_image_eq(a->values[i], b->values[i], column->typbyval, column->typlen))
			return false;
	}
	return true;
}

static const char *
visible_name(const Column *column)
{
	return column->hidden ? NULL : column->name;
}

/* The column to name: the key's last, owner aside. */
static const char *
telling_column(const Model *model, const UniqueKey *key)
{
	if (key->ncolumns == 0)
		return NULL;
	return visible_name(model_column(model, key->columns[key->ncolumns - 1]));
}

/* Notes that the key of that name is taken. */
static void
note_key(const Model *model, const char *name, const char *column, int index, ErrorList *errors)
{
	const ConstraintInfo *info = constraint_find(model, name);

	if (errors->count == 0)
		errors->constraint = name;
	errors_add(errors, ERROR_TAKEN, index, column, "unique",
			   info && info->message ? info->message : "already taken", NULL);
}

static void
note_taken(Call *call, const UniqueKey *key, int index, ErrorList *errors)
{
	note_key(call->model, key->name, telling_column(call->model, key), index, errors);
}

/* Notes the rows whose value of one key is taken: by a row of the table, or an earlier one of theirs. */
static void
note_taken_rows(Call *call, const UniqueKey *key, RowValues **rows, int count, int first_index,
				ErrorList *errors)
{
	KeyedRow   *keyed = palloc_extended(sizeof(KeyedRow) * Max(count, 1), MCXT_ALLOC_HUGE);
	bool	   *taken = palloc0(sizeof(bool) * Max(count, 1));
	int			n = 0;

	for (int i = 0; i < count; i++)
	{
		if (rows[i] == NULL || !read_key(call, key, rows[i], &keyed[n]))
			continue;
		keyed[n].row = i;
		taken[i] = violations_is_taken(call, key, keyed[n++].values);
	}
	qsort(keyed, n, sizeof(KeyedRow), compare_keyed);
	for (int i = 1; i < n; i++)
		for (int j = i - 1; j >= 0 && keyed[j].hash == keyed[i].hash && !taken[keyed[i].row]; j--)
			taken[keyed[i].row] = is_same_key(call->model, key, &keyed[i], &keyed[j]);
	for (int i = 0; i < count && !errors_full(errors); i++)
		if (taken[i])
			note_taken(call, key, first_index == NO_INDEX ? NO_INDEX : first_index + i, errors);
}

/*
 * Notes every reference of rows to be that leads nowhere, and every unique key
 * of theirs that is taken.  Indexes of expressions are left to PostgreSQL, and
 * columns whose default is no constant.
 */
void
violations_note(Call *call, RowValues **rows, int count, int first_index, ErrorList *errors)
{
	along_check_parents(call, rows, count, first_index, PARENTS_ALL, errors);
	for (int i = 0; i < call->model->nuniques && !errors_full(errors); i++)
		note_taken_rows(call, &call->model->uniques[i], rows, count, first_index, errors);
}

/* Raises all of them where one was found; returns if none was. */
void
violations_raise(Call *call, RowValues **rows, int count, int first_index, ErrorList *found)
{
	ErrorList	all;

	if (found->count == 0)
		return;
	errors_init(&all, call->model);
	all.locations = call->locations;
	violations_note(call, rows, count, first_index, &all);
	errors_raise(&all);
	/* a parent that was missing has come meanwhile */
	errors_raise(found);
}

/* Does any row give a column of the key, so that it can be taken? */
static bool
is_given(const UniqueKey *key, RowValues **rows, int count)
{
	for (int r = 0; r < count; r++)
		for (int i = 0; i < key->ncolumns; i++)
			if (rows[r]->given[key->columns[i] - 1])
				return true;
	return false;
}

/* Keys that can be taken, and references that only the foreign key refuses. */
static int
count_possible(const Call *call, RowValues **rows, int count, ParentCheck which)
{
	const Model *model = call->model;
	int			n = 0;

	for (int i = 0; i < model->nuniques; i++)
		n += is_given(&model->uniques[i], rows, count);
	/* what those are made of is not looked into */
	n += model->nother_uniques;
	for (int i = 0; i < model->nrelationships; i++)
		n += model->relationships[i].kind == RELATIONSHIP_MANY_TO_ONE &&
			along_is_left_to_key(model, &model->relationships[i], rows, count, which);
	return n;
}

/*
 * Can the statement that writes the rows violate more than one thing?  Of one
 * row with one such key, what PostgreSQL says is all there is.
 */
bool
violations_can_be_several(const Call *call, RowValues **rows, int count)
{
	int			n = count_possible(call, rows, count, PARENTS_OF_NEW);

	/* and PostgreSQL does not know where in the payload a nested row stands */
	return count > 1 || call->locations ? n > 0 : n > 1;
}

/* The same for patches of rows that are there. */
bool
violations_of_patches_can_be_several(const Call *call, RowValues **patches, int count)
{
	int			n = count_possible(call, patches, count, PARENTS_OF_CHANGED);

	for (int i = 0; i < count; i++)
		n += check_count_left(call->model, call->owner, patches[i]);
	return count > 1 ? n > 0 : n > 1;
}

/* Is it a key that is looked for here? */
static bool
is_plain_key(const Model *model, const char *name)
{
	for (int i = 0; i < model->nuniques; i++)
		if (strcmp(model->uniques[i].name, name) == 0)
			return true;
	return false;
}

/*
 * An error that PostgreSQL has found in one row: may there be more of its kind?
 * If it is none that is looked for here it is noted.  False: it is to go on as
 * it is.
 */
bool
violations_take(const Call *call, const ErrorData *error, int index, ErrorList *errors)
{
	const ConstraintInfo *info = error->constraint_name ?
		constraint_find(call->model, error->constraint_name) : NULL;

	if (info == NULL)
		return false;
	switch (error->sqlerrcode)
	{
		case ERRCODE_FOREIGN_KEY_VIOLATION:
			return true;
		case ERRCODE_UNIQUE_VIOLATION:
			/* a partition's part of an index has a name of its own */
			if (call->model->relkind != RELKIND_PARTITIONED_TABLE &&
				!is_plain_key(call->model, info->name))
				note_key(call->model, info->name, info->column ?
						 visible_name(model_column(call->model, info->column)) : NULL, index, errors);
			return true;
		case ERRCODE_CHECK_VIOLATION:
			if (!check_is_compiled(call->model, info->name))
				check_note(call->model, info->name, index, errors);
			return true;
		default:
			return false;
	}
}

/* A row that is there, as a patch makes it. */
typedef struct PatchedRow
{
	Call	   *call;
	RowValues  *row;
} PatchedRow;

/* RowSink: what the patch leaves is as it was, if nobody computes it again. */
static void
sink_current(TupleTableSlot *slot, void *arg)
{
	PatchedRow *patched = arg;
	const Model *model = patched->call->model;
	RowValues  *row = patched->row;
	MemoryContext old = MemoryContextSwitchTo(patched->call->work_cxt);

	slot_getallattrs(slot);
	for (int i = 0; i < model->natts; i++)
	{
		const Column *column = &model->columns[i];

		if (column->dropped || column->generated || row->seen[i] || row->given[i] ||
			column->attnum == model->updated_at || column->attnum == model->version)
			continue;
		row->given[i] = true;
		row->nulls[i] = slot->tts_isnull[i];
		if (!row->nulls[i])
			row->values[i] = datumCopy(slot->tts_values[i], column->typbyval, column->typlen);
	}
	MemoryContextSwitchTo(old);
}

/* Does another row have the key's values of a row that is there? */
static bool
is_taken_by_other(Call *call, const UniqueKey *key, const Datum *values, const Datum *keys)
{
	Datum		all[2 * INDEX_MAX_KEYS + 1];
	int			nkeys = call->model->nkeys + (call->model->owner ? 1 : 0);

	memcpy(all, values, sizeof(Datum) * key->nindexed);
	memcpy(all + key->nindexed, keys, sizeof(Datum) * nkeys);
	return plan_run(plan_get(call->model, PLAN_TAKEN_BY_OTHER, key, sizeof(UniqueKey),
							 build_taken_by_other), all, NULL, false, receiver_ignore, NULL) > 0;
}

/* Do rows that get the same patch all get the same key by it? */
static bool
is_shared(const UniqueKey *key, const RowValues *patch)
{
	for (int i = 0; i < key->ncolumns; i++)
		if (!patch->given[key->columns[i] - 1])
			return false;
	return key->ncolumns > 0;
}

/*
 * Notes what keeps a patch from a row that is there: CHECKs that were left to
 * the row, references that lead nowhere (where with_parents), keys that are
 * taken.  keys: the row's owner and key.  count: rows that get the patch.
 */
void
violations_note_patch(Call *call, const RowValues *patch, const Datum *keys, int64 count,
					  int index, bool with_parents, ErrorList *errors)
{
	Model	   *model = call->model;
	Size		flags = sizeof(bool) * model->natts;
	PatchedRow	patched = {call, payload_new_row(model)};
	RowValues  *rows[1] = {unconstify(RowValues *, patch)};

	memcpy(patched.row->values, patch->values, sizeof(Datum) * model->natts);
	memcpy(patched.row->nulls, patch->nulls, flags);
	memcpy(patched.row->seen, patch->seen, flags);
	memcpy(patched.row->given, patch->given, flags);
	if (!read_by_key(call, keys, sink_current, &patched))
		return;
	check_note_left(model, call->owner, patch, patched.row, index, errors);
	if (with_parents)
		along_check_parents(call, rows, 1, index, PARENTS_ALL, errors);
	for (int i = 0; i < model->nuniques && !errors_full(errors); i++)
	{
		const UniqueKey *key = &model->uniques[i];
		KeyedRow	keyed;

		if (is_given(key, rows, 1) && read_key(call, key, patched.row, &keyed) &&
			((count > 1 && is_shared(key, patch)) ||
			 is_taken_by_other(call, key, keyed.values, keys)))
			note_taken(call, key, index, errors);
	}
}
