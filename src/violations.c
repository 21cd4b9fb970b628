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

/* RowSink: nothing to take, only to count. */
static void
sink_nothing(TupleTableSlot *slot, void *arg)
{
	(void) slot;
	(void) arg;
}

/* Has any row the key?  values: of the index's columns, in its order. */
bool
violations_is_taken(Call *call, const UniqueKey *key, const Datum *values)
{
	return plan_run(plan_get(call->model, PLAN_TAKEN, key, sizeof(UniqueKey), build_taken), values,
					NULL, call->read_only, sink_nothing, NULL) > 0;
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

/* The column to name: the key's last, owner aside. */
static const char *
telling_column(const Model *model, const UniqueKey *key)
{
	const Column *column;

	if (key->ncolumns == 0)
		return NULL;
	column = model_column(model, key->columns[key->ncolumns - 1]);
	return column->hidden ? NULL : column->name;
}

static void
note_taken(Call *call, const UniqueKey *key, int index, ErrorList *errors)
{
	const ConstraintInfo *info = constraint_find(call->model, key->name);

	if (errors->count == 0)
		errors->constraint = key->name;
	errors_add(errors, ERROR_TAKEN, index, telling_column(call->model, key), "unique",
			   info && info->message ? info->message : "already taken", NULL);
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

/*
 * Can the statement that writes the rows violate more than one thing?  Of one
 * row with one such key, what PostgreSQL says is all there is.
 */
bool
violations_can_be_several(const Call *call, RowValues **rows, int count)
{
	const Model *model = call->model;
	int			n = 0;

	for (int i = 0; i < model->nuniques; i++)
		n += is_given(&model->uniques[i], rows, count);
	for (int i = 0; i < model->nrelationships; i++)
		n += model->relationships[i].kind == RELATIONSHIP_MANY_TO_ONE &&
			along_is_left_to_key(model, &model->relationships[i], rows, count);
	/* and PostgreSQL does not know where in the payload a nested row stands */
	return count > 1 || call->locations ? n > 0 : n > 1;
}
