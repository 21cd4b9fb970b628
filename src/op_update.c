/*
 * op_update.c
 *	  Changing one row: update.
 */
#include "compat.h"

#include "catalog/pg_type.h"
#include "utils/lsyscache.h"

#include "along.h"
#include "call.h"
#include "check.h"
#include "errors.h"
#include "guard.h"
#include "ids.h"
#include "locked.h"
#include "operation.h"
#include "payload.h"
#include "read.h"
#include "update.h"
#include "violations.h"

/* Tells update statements apart; followed by natts bools, the columns set. */
typedef struct UpdateShape
{
	bool		if_version;		/* the version is compared */
	bool		given[FLEXIBLE_ARRAY_MEMBER];	/* by attnum - 1 */
} UpdateShape;

/* Appends: completed = $3, title = $4; notes the parameters' numbers */
void
update_append_settings(Statement *st, const Model *model, const bool *given, int *numbers)
{
	bool		first = true;

	for (int i = 0; i < model->natts; i++)
	{
		if (!given[i])
			continue;
		statement_add(st, "%s%s = ", first ? "" : ", ", model->columns[i].quoted);
		statement_param(st, model->columns[i].type);
		numbers[i] = st->nparams;
		first = false;
	}
}

/*
 * Appends whether a column would change.  Where "=" means the same bytes it is
 * asked for; elsewhere the images are compared, so that 1.0 for 1.00 counts.
 */
static void
append_changed(Statement *st, const Column *column, int number)
{
	if (!column->image_equal)
	{
		statement_add(st, "ROW(t.%s)::pg_catalog.record OPERATOR(pg_catalog.*<>) ROW(", column->quoted);
		statement_param_again(st, number);
		statement_add(st, ")::pg_catalog.record");
		return;
	}
	statement_add(st, "(");
	statement_equal_again(st, column, "t", number);
	statement_add(st, ") IS NOT TRUE");
	if (column->notnull)
		return;
	statement_add(st, " AND NOT (t.%s IS NULL AND ", column->quoted);
	statement_param_again(st, number);
	statement_add(st, " IS NULL)");
}

/* Appends: AND (<title changed> OR <completed changed>) */
void
update_append_changed(Statement *st, const Model *model, const bool *given, const int *numbers)
{
	const char *separator = " AND (";

	for (int i = 0; i < model->natts; i++)
	{
		if (!given[i])
			continue;
		statement_add(st, "%s", separator);
		append_changed(st, &model->columns[i], numbers[i]);
		separator = " OR ";
	}
	statement_add(st, ")");
}

/*
 * UPDATE public.task AS t SET completed = $1, updated_at = pg_catalog.now()
 *	WHERE t.user_id = $2 AND t.id = $3 AND t.deleted_at IS NULL
 *	  AND ((t.completed OPERATOR(pg_catalog.=) $1) IS NOT TRUE)
 *	  AND t.version OPERATOR(pg_catalog.=) $4 RETURNING t.id, ...
 *
 * A patch that changes nothing finds no row and so writes nothing.
 */
static void
build_update(Statement *st, const Model *model, const void *arg)
{
	const UpdateShape *shape = arg;
	int		   *numbers = palloc0(sizeof(int) * model->natts);

	statement_add(st, "UPDATE %s AS t SET ", model->qualified);
	update_append_settings(st, model, shape->given, numbers);
	statement_moved(st, model, "t", "now", shape->given);
	statement_add(st, " WHERE ");
	statement_where_key(st, model, "t");
	statement_and_live_by_key(st, model, "t");
	update_append_changed(st, model, shape->given, numbers);
	if (shape->if_version)
	{
		statement_add(st, " AND ");
		statement_equal(st, model_column(model, model->version), "t", INT8OID);
	}
	statement_returning(st, model, "t");
}

/* The row that an update has given, and whether parents were moved for it. */
typedef struct Updated
{
	Call	   *call;
	bool		changed;		/* the row was written */
	int64		version;		/* of the row as it stands, if it has one */
} Updated;

/* RowSink: the row as it stands. */
static void
sink_version(TupleTableSlot *slot, void *arg)
{
	Updated    *updated = arg;
	Model	   *model = updated->call->model;

	slot_getallattrs(slot);
	if (model->version)
	{
		Column	   *column = model_column(model, model->version);
		Datum		value = slot->tts_values[model->version - 1];

		updated->version = column->typlen == 8 ? DatumGetInt64(value) :
			column->typlen == 4 ? DatumGetInt32(value) : DatumGetInt16(value);
	}
}

/* RowSink: hands the row to the result. */
static void
sink_updated(TupleTableSlot *slot, void *arg)
{
	Updated    *updated = arg;

	sink_version(slot, updated);
	call_sink_store(slot, updated->call);
}

/* RowSink: the row that was written; its parents are to be moved. */
static void
sink_touched(TupleTableSlot *slot, void *arg)
{
	along_note_touched(arg, slot);
}

/* RowSink: the same, and hands it to the result. */
static void
sink_changed(TupleTableSlot *slot, void *arg)
{
	Updated    *updated = arg;

	updated->changed = true;
	sink_updated(slot, updated);
	along_note_touched(updated->call, slot);
}

bool
update_is_empty(const Model *model, const RowValues *row)
{
	for (int i = 0; i < model->natts; i++)
		if (row->given[i])
			return false;
	return true;
}

/* Binds the columns of a patch; answers how many. */
int
update_bind_settings(const Model *model, const RowValues *row, Datum *values, bool *nulls)
{
	int			n = 0;

	for (int i = 0; i < model->natts; i++)
	{
		if (!row->given[i])
			continue;
		values[n] = row->values[i];
		nulls[n++] = row->nulls[i];
	}
	return n;
}

/*
 * Changes the row with that owner and key, if there is one that the patch
 * changes, and hands it to "sink"; was there?
 */
bool
update_row(Call *call, const RowValues *row, const Datum *keys, int nkeys, RowSink sink, void *arg)
{
	Model	   *model = call->model;
	Size		size = offsetof(UpdateShape, given) + sizeof(bool) * model->natts;
	UpdateShape *shape = palloc0(size);
	Datum	   *values = palloc(sizeof(Datum) * (model->natts + nkeys + 1));
	bool	   *nulls = palloc0(sizeof(bool) * (model->natts + nkeys + 1));
	int			n;

	/* what is nested has versions of its own */
	shape->if_version = !call->nested && call_has(call, ARG_IF_VERSION);
	memcpy(shape->given, row->given, sizeof(bool) * model->natts);
	n = update_bind_settings(model, row, values, nulls);
	for (int i = 0; i < nkeys; i++)
		values[n++] = keys[i];
	if (shape->if_version)
		values[n++] = call_arg(call, ARG_IF_VERSION);
	call->made = row->made;
	return plan_run(plan_get(model, PLAN_UPDATE, shape, size, build_update), values, nulls, false,
					sink, arg) > 0;
}

/* An update_row(), for guard_run(). */
typedef struct GuardedUpdate
{
	Call	   *call;
	const RowValues *row;
	const Datum *keys;
	int			nkeys;
	RowSink		sink;
	void	   *arg;
	bool		changed;
} GuardedUpdate;

static void
run_update(void *arg)
{
	GuardedUpdate *update = arg;

	update->changed = update_row(update->call, update->row, update->keys, update->nkeys,
								 update->sink, update->arg);
}

/*
 * The same; where it can violate more than one thing it raises all of them.
 * location: where the patch stands in the payload; NULL: it is all of it.
 */
bool
update_row_guarded(Call *call, RowValues *row, const Datum *keys, int nkeys,
				   char *location, RowSink sink, void *arg)
{
	GuardedUpdate update = {call, row, keys, nkeys, sink, arg, false};
	ErrorList	errors;
	ErrorData  *error;
	int			index;

	if (!violations_of_patches_can_be_several(call, &row, 1))
	{
		run_update(&update);
		return update.changed;
	}
	error = guard_run(run_update, &update);
	if (error == NULL)
		return update.changed;
	errors_init(&errors, call->model);
	errors.locations = location ? &location : NULL;
	index = location ? 0 : NO_INDEX;
	if (violations_take(call, error, index, &errors))
	{
		violations_note_patch(call, row, keys, 1, index, true, &errors);
		errors_raise(&errors);
	}
	ReThrowError(error);
	return false;				/* keep compiler quiet */
}

/* The row was there, unchanged: was it another version than the caller's? */
static void
check_version(Call *call, const Updated *updated)
{
	int64		expected;

	if (!call_has(call, ARG_IF_VERSION))
		return;
	expected = DatumGetInt64(call_arg(call, ARG_IF_VERSION));
	if (updated->version == expected)
		return;
	ereport(ERROR,
			(errcode(ERRCODE_STALE_VERSION),
			 errmsg("\"%s\" has been changed by somebody else", call->model->name),
			 errdetail("The current version is " INT64_FORMAT ", not " INT64_FORMAT ".",
					   updated->version, expected),
			 errhint("Read the row again and repeat the change.")));
}

/* Nothing was done to the row with that key: is it there in another version? */
void
update_check_version(Call *call, const Datum *keys)
{
	Updated		updated = {call, false, 0};

	if (call_has(call, ARG_IF_VERSION) && read_by_key(call, keys, sink_version, &updated))
		check_version(call, &updated);
}

/*
 * The argument "patch"; errors are noted, not raised.  nested: takes what is
 * nested in it, NULL where nothing is; where it is NULL itself nothing may be.
 */
RowValues *
update_read_patch(Call *call, NestedNode **nested, ErrorList *errors)
{
	List	   *members = NIL;
	RowValues  *row;

	if (!call_has(call, ARG_PATCH))
		errors_refuse_null(call->model,
						   call->function->args[call->function->role_index[ARG_PATCH]].name);
	row = payload_read_patch(call->model, DatumGetJsonbP(call_arg(call, ARG_PATCH)), errors,
							 nested ? &members : NULL);
	check_rows(call->model, call->owner, &row, 1, NO_INDEX, false, errors);
	along_check_patches(call, &row, 1, NO_INDEX, errors);
	if (members != NIL)
	{
		RowValues **rows = palloc(sizeof(RowValues *));

		/* it outlives this function */
		rows[0] = row;
		*nested = nested_read(call, NESTED_UPDATE, rows, 1, false, members, errors);
	}
	return row;
}

/* Locks the row of an update, if it is there: what is read of it then stays so. */
static void
lock_row(Call *call, const Datum *keys, int nkeys)
{
	const Model *model = call->model;
	Datum		arrays[INDEX_MAX_KEYS];

	/* an owner who is the whole key has one row only, and no ids */
	if (model->nkeys == 0 || !ids_fit_arrays(model))
		return;
	for (int i = 0; i < model->nkeys; i++)
		arrays[i] = ids_array(model_column(model, model->keys[i]), keys + nkeys - model->nkeys + i, 1,
							  1);
	locked_by_ids(call, arrays);
}

/* A patch with nested items: the row, if there is one, then what is nested in it. */
static void
update_nested(Call *call, NestedNode *nested, RowValues *row, const Datum *keys, int nkeys)
{
	Updated		updated = {call, false, 0};
	NestedPlace place = {call, nested, 0};

	lock_row(call, keys, nkeys);
	if (!read_by_key(call, keys, sink_version, &updated))
		return;
	check_version(call, &updated);
	nested_write_parents(call, nested);
	if (!update_is_empty(call->model, row) &&
		!update_row_guarded(call, row, keys, nkeys, NULL, sink_touched, call) &&
		read_by_key(call, keys, sink_version, &updated))
		check_version(call, &updated);
	(void) read_by_key(call, keys, nested_sink, &place);
	nested_write_children(call, nested);
	along_touch_noted(call);
	(void) read_by_key(call, keys, call_sink_store, call);
}

/*
 * update_task(user_id, id, patch): setof task, 0..1
 *
 * One statement where something changes; a second one reads the row where
 * nothing did, or where there is none.
 */
Datum
op_update(Call *call)
{
	Datum		keys[1 + INDEX_MAX_KEYS];
	Updated		updated = {call, false, 0};
	NestedNode *nested = NULL;
	ErrorList	errors;
	RowValues  *row;
	bool		any_null;
	int			nkeys = call_bind_keys(call, keys, &any_null);

	errors_init(&errors, call->model);
	row = update_read_patch(call, &nested, &errors);
	/* of a patch that is refused in any case: what else the row has against it */
	if (errors.count > 0 && !any_null)
		violations_note_patch(call, row, keys, 1, NO_INDEX, false, &errors);
	errors_raise(&errors);
	call_open_store(call);
	if (any_null)
		return call_return_set(call);
	if (nested)
	{
		update_nested(call, nested, row, keys, nkeys);
		return call_return_set(call);
	}
	if (!update_is_empty(call->model, row))
	{
		(void) update_row_guarded(call, row, keys, nkeys, NULL, sink_changed, &updated);
		along_touch_noted(call);
	}
	if (!updated.changed)
	{
		read_by_key(call, keys, sink_updated, &updated);
		if (call->got_row)
			check_version(call, &updated);
	}
	return call_return_set(call);
}
