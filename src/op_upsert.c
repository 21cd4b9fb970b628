/*
 * op_upsert.c
 *	  Creating a row or changing the one that is there: upsert.
 *
 * The row is looked for and locked; where there is none, it is inserted unless
 * another one of that key has come meanwhile: then it is looked for again.  So
 * two calls at once give one row, and neither an error.  ON CONFLICT DO UPDATE
 * alone will not do: an item that is a patch lacks columns that a new row must
 * have, and PostgreSQL asks for those first.
 */
#include "compat.h"

#include "catalog/pg_type.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/datum.h"
#include "utils/fmgrprotos.h"

#include "along.h"
#include "call.h"
#include "check.h"
#include "create.h"
#include "errors.h"
#include "guard.h"
#include "ids.h"
#include "insert.h"
#include "jsonb_read.h"
#include "operation.h"
#include "payload.h"
#include "read.h"
#include "unique_key.h"
#include "update.h"
#include "violations.h"

/* a row that was there and was gone again is looked for so often */
#define MAX_TRIES 5

typedef struct Upsert
{
	Call	   *call;
	UniqueKey	key;
	Bitmapset  *key_columns;	/* attnums of the key, owner aside */
	Jsonb	   *item;
	RowValues  *key_values;		/* the key's, out of the item */
} Upsert;

TODO_ORM_NORETURN
static void
refuse_key(const Model *model, const char *detail)
{
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("invalid on_key for \"%s\"", model->name),
			 errdetail_internal("%s", errors_detail("on_key", detail, NULL)),
			 errhint("Name the columns of the primary key or of a unique index, the owner aside.")));
}

/* The columns that on_key names. */
static int
named_columns(const Model *model, ArrayType *array, AttrNumber *columns)
{
	Datum	   *elements;
	bool	   *nulls;
	int			n;

	deconstruct_array(array, TEXTOID, -1, false, TYPALIGN_INT, &elements, &nulls, &n);
	if (n > INDEX_MAX_KEYS)
		refuse_key(model, "There are too many columns.");
	for (int i = 0; i < n; i++)
	{
		char	   *name = nulls[i] ? pstrdup("") : TextDatumGetCString(elements[i]);
		const Column *column = model_find_column(model, name);

		if (column == NULL || column->hidden)
			refuse_key(model, psprintf("There is no column \"%s\".", name));
		for (int j = 0; j < i; j++)
			if (columns[j] == column->attnum)
				refuse_key(model, psprintf("Column \"%s\" is named twice.", name));
		columns[i] = column->attnum;
	}
	return n;
}

/* Finds the unique key that decides whether the row is there. */
static void
find_key(Call *call, Upsert *upsert)
{
	Model	   *model = call->model;
	AttrNumber	columns[INDEX_MAX_KEYS];
	int			n = model->nkeys;

	memcpy(columns, model->keys, sizeof(AttrNumber) * n);
	if (call_has(call, ARG_ON_KEY))
		n = named_columns(model, DatumGetArrayTypeP(call_arg(call, ARG_ON_KEY)), columns);
	if (!unique_key_find(model, columns, n, &upsert->key))
		refuse_key(model, "There is no unique key of these columns.");
	for (int i = 0; i < upsert->key.ncolumns; i++)
		upsert->key_columns = bms_add_member(upsert->key_columns, upsert->key.columns[i]);
}

/* Does the item hold the whole key? */
static bool
item_has_key(const Upsert *upsert)
{
	for (int i = 0; i < upsert->key.ncolumns; i++)
	{
		Column	   *column = model_column(upsert->call->model, upsert->key.columns[i]);
		JsonbValue	value;

		if (!jsonb_lookup(&upsert->item->root, column->name, &value) || value.type == jbvNull)
			return false;
	}
	return true;
}

/* The row as it would be created; every error is raised. */
static RowValues *
read_new_row(Upsert *upsert)
{
	Call	   *call = upsert->call;
	ErrorList	errors;
	RowValues  *row;

	errors_init(&errors, call->model);
	row = payload_read_lifted(call->model, PAYLOAD_CREATE, upsert->item, upsert->key_columns,
							  &errors);
	/* a row can be found by what is computed, and not be created by it */
	for (int i = 0; i < upsert->key.ncolumns; i++)
	{
		const Column *column = model_column(call->model, upsert->key.columns[i]);

		if (column->generated && row && row->given[column->attnum - 1])
			errors_add(&errors, ERROR_INPUT, NO_INDEX, column->name, "read_only", "cannot be set",
					   NULL);
	}
	check_rows(call->model, call->owner, &row, 1, NO_INDEX, true, &errors);
	create_raise(call, &row, 1, NO_INDEX, &errors);
	return row;
}

/* The columns that may stand in the item of a row that is there. */
static Bitmapset *
patch_columns(const Upsert *upsert)
{
	Model	   *model = upsert->call->model;
	Bitmapset  *lifted = bms_copy(upsert->key_columns);

	/* immutable columns count at creation only */
	for (int i = 0; i < model->natts; i++)
		if (model->columns[i].immutable && model_takes_on_create(model, &model->columns[i]))
			lifted = bms_add_member(lifted, model->columns[i].attnum);
	return lifted;
}

/* Reads the key out of the item; false where it cannot be any row's. */
static bool
read_key(Upsert *upsert)
{
	Model	   *model = upsert->call->model;
	Datum		item = JsonbPGetDatum(upsert->item);
	ErrorList	errors;

	/* without all else, whose errors depend on whether the row is there */
	for (int i = 0; i < model->natts; i++)
		if (!model->columns[i].dropped && !bms_is_member(i + 1, upsert->key_columns))
			item = DirectFunctionCall2(jsonb_delete, item,
									   CStringGetTextDatum(model->columns[i].name));
	errors_init(&errors, model);
	upsert->key_values = payload_read_lifted(model, PAYLOAD_PATCH, DatumGetJsonbP(item),
											 upsert->key_columns, &errors);
	for (int i = 0; i < upsert->key.ncolumns; i++)
		if (!upsert->key_values->given[upsert->key.columns[i] - 1])
			return false;
	return true;
}

/*
 * SELECT 1, t.id FROM public.task AS t WHERE t.user_id = $1 AND t.email = $2
 *	AND t.deleted_at IS NULL AND (<the index's predicate>) FOR NO KEY UPDATE OF t
 */
static void
build_find(Statement *st, const Model *model, const void *shape)
{
	const UniqueKey *key = shape;
	char	   *predicate = unique_key_predicate(model, key, "t");

	statement_add(st, "SELECT 1");
	for (int i = 0; i < model->nkeys; i++)
		statement_add(st, ", t.%s", model_column(model, model->keys[i])->quoted);
	statement_add(st, " FROM %s AS t WHERE ", model->qualified);
	statement_where_owner(st, model, "t");
	for (int i = 0; i < key->ncolumns; i++)
	{
		const Column *column = model_column(model, key->columns[i]);

		statement_add(st, " AND ");
		statement_equal(st, column, "t", column->basetype);
	}
	statement_and_live(st, model, "t");
	if (predicate)
		statement_add(st, " AND (%s)", predicate);
	statement_add(st, " FOR NO KEY UPDATE OF t");
}

/* The primary key of a row that was found. */
typedef struct FoundKey
{
	Call	   *call;
	Datum	   *keys;			/* owner, then key, as statement_where_key() takes them */
	int			n;
} FoundKey;

/* RowSink */
static void
sink_found(TupleTableSlot *slot, void *arg)
{
	FoundKey   *found = arg;
	const Model *model = found->call->model;
	MemoryContext old = MemoryContextSwitchTo(found->call->work_cxt);

	slot_getallattrs(slot);
	for (int i = 0; i < model->nkeys; i++)
	{
		const Column *column = model_column(model, model->keys[i]);

		found->keys[found->n++] =
			ids_widen(column, datumCopy(slot->tts_values[i + 1], column->typbyval, column->typlen));
	}
	MemoryContextSwitchTo(old);
}

/* Finds and locks the owner's live row with that key. */
static bool
find_row(Upsert *upsert, Datum *keys, int *nkeys)
{
	Call	   *call = upsert->call;
	FoundKey	found = {call, keys, 0};
	Datum		values[INDEX_MAX_KEYS + 1];
	int			n = 0;
	bool		exists;

	if (call->model->owner)
		values[n++] = keys[found.n++] = call->owner;
	for (int i = 0; i < upsert->key.ncolumns; i++)
		values[n++] = upsert->key_values->values[upsert->key.columns[i] - 1];
	exists = plan_run(plan_get(call->model, PLAN_UPSERT_FIND, &upsert->key, sizeof(UniqueKey),
							   build_find),
					  values, NULL, false, sink_found, &found) > 0;
	*nkeys = found.n;
	return exists;
}

/* RowSink: a row that was changed; its parents are to be moved. */
static void
sink_changed(TupleTableSlot *slot, void *arg)
{
	along_note_touched(arg, slot);
}

/* Changes the row that is there, and answers it. */
static void
change_row(Upsert *upsert, const Datum *keys, int nkeys)
{
	Call	   *call = upsert->call;
	Model	   *model = call->model;
	ErrorList	errors;
	RowValues  *row;

	errors_init(&errors, model);
	row = payload_read_lifted(model, PAYLOAD_PATCH, upsert->item, patch_columns(upsert), &errors);
	for (int i = 0; i < model->natts; i++)
		if (!model_takes_on_patch(model, &model->columns[i]) ||
			bms_is_member(i + 1, upsert->key_columns))
			row->given[i] = false;
	check_rows(model, call->owner, &row, 1, NO_INDEX, false, &errors);
	along_check_patches(call, &row, 1, NO_INDEX, &errors);
	if (errors.count > 0)
		violations_note_patch(call, row, keys, 1, NO_INDEX, false, &errors);
	errors_raise(&errors);
	if (!update_is_empty(model, row))
	{
		(void) update_row_guarded(call, row, keys, nkeys, NULL, sink_changed, call);
		along_touch_noted(call);
	}
	(void) read_by_key(call, keys, call_sink_row, call);
}

/* An insert, for guard_run(). */
typedef struct GuardedInsert
{
	Upsert	   *upsert;
	RowValues  *row;
	bool		inserted;
} GuardedInsert;

static void
run_insert(void *arg)
{
	GuardedInsert *insert = arg;
	Call	   *call = insert->upsert->call;

	insert->inserted = insert_row_unless_taken(call, insert->row, &insert->upsert->key,
											   call_sink_row, call);
}

/* Inserts the row unless the key is taken; was it inserted?  All violations are raised. */
static bool
insert_row_or_not(Upsert *upsert, RowValues *row)
{
	Call	   *call = upsert->call;
	GuardedInsert insert = {upsert, row, false};
	ErrorData  *error;
	ErrorList	errors;

	errors_init(&errors, call->model);
	along_check_parents(call, &row, 1, NO_INDEX, PARENTS_OF_NEW, &errors);
	violations_raise(call, &row, 1, NO_INDEX, &errors);
	along_touch_parents(call, &row, 1, NO_INDEX, &errors);
	violations_raise(call, &row, 1, NO_INDEX, &errors);
	if (!violations_can_be_several(call, &row, 1))
	{
		run_insert(&insert);
		return insert.inserted;
	}
	error = guard_run(run_insert, &insert);
	if (error == NULL)
		return insert.inserted;
	if (violations_take(call, error, NO_INDEX, &errors))
	{
		violations_note(call, &row, 1, NO_INDEX, &errors);
		errors_raise(&errors);
	}
	ReThrowError(error);
	return false;				/* keep compiler quiet */
}

/* Has any row the key? */
static bool
is_taken(const Upsert *upsert)
{
	Call	   *call = upsert->call;
	Datum		values[INDEX_MAX_KEYS];

	for (int i = 0; i < upsert->key.nindexed; i++)
	{
		AttrNumber	attnum = upsert->key.indexed[i];

		values[i] = attnum == call->model->owner ? call->owner :
			upsert->key_values->values[attnum - 1];
	}
	return violations_is_taken(call, &upsert->key, values);
}

/* The key is another owner's, or a deleted row's: neither may be told from the other. */
TODO_ORM_NORETURN
static void
refuse_taken(const Upsert *upsert, RowValues *row)
{
	Model	   *model = upsert->call->model;
	ErrorList	errors;

	errors_init(&errors, model);
	violations_note(upsert->call, &row, 1, NO_INDEX, &errors);
	if (!is_taken(upsert))
		errors_add(&errors, ERROR_TAKEN, NO_INDEX,
				   upsert->key.ncolumns == 0 ? NULL :
				   model_column(model, upsert->key.columns[upsert->key.ncolumns - 1])->name,
				   "unique", "already taken", NULL);
	if (model->deleted_at)
		errors.hint = "It may be a soft-deleted row: restore it, or let the unique index cover live rows only.";
	errors_raise(&errors);
	pg_unreachable();
}

/* Changes the row, or creates it, whichever it takes. */
static void
change_or_create(Upsert *upsert)
{
	RowValues  *new_row = NULL;

	for (int tries = 0; tries < MAX_TRIES; tries++)
	{
		Datum		keys[INDEX_MAX_KEYS + 1];
		int			nkeys;

		if (find_row(upsert, keys, &nkeys))
		{
			change_row(upsert, keys, nkeys);
			return;
		}
		/* it is there, and not to be changed by this call */
		if (tries > 0 && is_taken(upsert))
			refuse_taken(upsert, new_row);
		if (new_row == NULL)
			new_row = read_new_row(upsert);
		if (insert_row_or_not(upsert, new_row))
			return;
		/* where nobody has the key, a trigger has held the row back */
		if (upsert->call->model->before_row_trigger && !is_taken(upsert))
			return;
	}
	refuse_taken(upsert, new_row);
}

/* A null in the key is what drivers send for one that is not known yet. */
static void
drop_null_keys(Upsert *upsert)
{
	Datum		item = JsonbPGetDatum(upsert->item);

	for (int i = 0; i < upsert->key.ncolumns; i++)
	{
		const Column *column = model_column(upsert->call->model, upsert->key.columns[i]);
		JsonbValue	value;

		if (jsonb_lookup(&upsert->item->root, column->name, &value) && value.type == jbvNull &&
			(column->hasdefault || !column->notnull))
			item = DirectFunctionCall2(jsonb_delete, item, CStringGetTextDatum(column->name));
	}
	upsert->item = DatumGetJsonbP(item);
}

/* upsert_task(user_id, item, on_key): task */
Datum
op_upsert(Call *call)
{
	const char *argument = call->function->args[call->function->role_index[ARG_ITEMS]].name;
	Upsert		upsert;
	RowValues  *row;

	memset(&upsert, 0, sizeof(upsert));
	upsert.call = call;
	if (!call_has(call, ARG_ITEMS))
		errors_refuse_null(call->model, argument);
	upsert.item = DatumGetJsonbP(call_arg(call, ARG_ITEMS));
	if (!JB_ROOT_IS_OBJECT(upsert.item))
		errors_refuse_argument(call->model, argument, "an object");
	find_key(call, &upsert);
	if (item_has_key(&upsert) && read_key(&upsert))
		change_or_create(&upsert);
	else
	{
		drop_null_keys(&upsert);
		row = read_new_row(&upsert);
		create_rows(call, &row, 1, false, call_sink_row, call);
	}
	return call_return_row(call);
}
