/*
 * op_bulk.c
 *	  Changing many rows at once: update_many, delete_many, soft_delete_many.
 */
#include "compat.h"

#include "miscadmin.h"

#include "along.h"
#include "call.h"
#include "errors.h"
#include "guard.h"
#include "locked.h"
#include "operation.h"
#include "payload.h"
#include "read.h"
#include "update.h"
#include "violations.h"

/*
 * UPDATE public.task AS t SET completed = $1, updated_at = pg_catalog.now()
 *	FROM <ids> AS k WHERE t.user_id = $3 AND t.id = k.k1 AND (<completed changed>)
 *	RETURNING t.id, ...
 */
static void
build_update_many(Statement *st, const Model *model, const void *shape)
{
	const bool *given = shape;
	int		   *numbers = palloc0(sizeof(int) * model->natts);

	statement_add(st, "UPDATE %s AS t SET ", model->qualified);
	update_append_settings(st, model, given, numbers);
	statement_moved(st, model, "t", "now", given);
	locked_append_from(st, model, "FROM");
	statement_and_live_by_key(st, model, "t");
	update_append_changed(st, model, given, numbers);
	if (model->ntouch > 0)
		statement_returning(st, model, "t");
}

/* RowSink: a row that was written; its parents are to be moved. */
static void
sink_written(TupleTableSlot *slot, void *arg)
{
	along_note_touched(arg, slot);
}

/* One patch for many rows, for guard_run(). */
typedef struct UpdateMany
{
	Call	   *call;
	RowValues  *row;
	LockedRows	rows;
} UpdateMany;

/* Changes the locked rows. */
static void
run_update_many(void *arg)
{
	UpdateMany *update = arg;
	Call	   *call = update->call;
	Model	   *model = call->model;
	Datum	   *values = palloc(sizeof(Datum) * (model->natts + INDEX_MAX_KEYS + 1));
	bool	   *nulls = palloc0(sizeof(bool) * (model->natts + INDEX_MAX_KEYS + 1));
	int			n = update_bind_settings(model, update->row, values, nulls);

	(void) read_bind_ids(call, update->rows.arrays, values + n);
	(void) read_run_ids(call, PLAN_UPDATE_MANY, update->row->given, sizeof(bool) * model->natts,
						build_update_many, update->rows.arrays, values, nulls,
						model->ntouch > 0 ? sink_written : NULL, call);
}

/* Owner and key of the n-th row. */
static void
keys_of_locked(const Call *call, const LockedRows *rows, int64 n, Datum *keys)
{
	int			count = 0;

	if (call->model->owner)
		keys[count++] = call->owner;
	for (int k = 0; k < call->model->nkeys; k++)
		keys[count++] = rows->keys[k][n];
}

/* The same; where it can violate more than one thing it raises all that the first row of them does. */
static void
update_many_guarded(UpdateMany *update)
{
	Call	   *call = update->call;
	ErrorList	errors;
	ErrorData  *error;

	if (!violations_of_patches_can_be_several(call, &update->row, 1))
	{
		run_update_many(update);
		return;
	}
	error = guard_run(run_update_many, update);
	if (error == NULL)
		return;
	errors_init(&errors, call->model);
	if (!violations_take(call, error, NO_INDEX, &errors))
		ReThrowError(error);
	along_check_parents(call, &update->row, 1, NO_INDEX, PARENTS_ALL, &errors);
	for (int64 i = 0; i < update->rows.count; i++)
	{
		Datum		keys[INDEX_MAX_KEYS + 1];
		int			before = errors.count;

		CHECK_FOR_INTERRUPTS();
		keys_of_locked(call, &update->rows, i, keys);
		violations_note_patch(call, update->row, keys, update->rows.count, NO_INDEX, false, &errors);
		if (errors.count > before)
			break;
	}
	errors_raise(&errors);
	ReThrowError(error);
}

/* update_tasks(user_id, match, patch, max_rows): setof task, in key order */
Datum
op_update_many(Call *call)
{
	UpdateMany	update = {call};
	ErrorList	errors;

	errors_init(&errors, call->model);
	update.row = update_read_patch(call, NULL, &errors);
	locked_find(call, false, &errors, &update.rows);
	call_open_store(call);
	if (update.rows.count == 0)
		return call_return_set(call);
	if (!update_is_empty(call->model, update.row))
	{
		update_many_guarded(&update);
		along_touch_noted(call);
	}
	read_by_ids(call, update.rows.arrays, call_sink_store, call);
	return call_return_set(call);
}

/* DELETE FROM public.task AS t USING <ids> AS k WHERE t.user_id = $2 AND t.id = k.k1 */
static void
build_delete_many(Statement *st, const Model *model, const void *shape)
{
	(void) shape;
	statement_add(st, "DELETE FROM %s AS t", model->qualified);
	locked_append_from(st, model, "USING");
	statement_and_live_by_key(st, model, "t");
	if (model->ntouch > 0)
		statement_returning(st, model, "t");
}

/*
 * UPDATE public.task AS t SET deleted_at = pg_catalog.now(), updated_at = pg_catalog.now()
 *	FROM <ids> AS k WHERE t.user_id = $2 AND t.id = k.k1 AND t.deleted_at IS NULL
 */
static void
build_soft_delete_many(Statement *st, const Model *model, const void *shape)
{
	(void) shape;
	statement_mark_deleted(st, model, "t");
	locked_append_from(st, model, "FROM");
	statement_and_live_by_key(st, model, "t");
	if (model->ntouch > 0)
		statement_returning(st, model, "t");
}

/* Locks the rows that match and takes them away; answers how many. */
static int64
take_away(Call *call, PlanKind kind, PlanBuilder build)
{
	Datum		values[INDEX_MAX_KEYS + 1];
	LockedRows	rows;
	int64		count;

	locked_find(call, true, NULL, &rows);
	if (rows.count == 0)
		return 0;
	(void) read_bind_ids(call, rows.arrays, values);
	count = read_run_ids(call, kind, "", 0, build, rows.arrays, values, NULL,
						 call->model->ntouch > 0 ? sink_written : NULL, call);
	along_touch_noted(call);
	return count;
}

/* delete_tasks(user_id, match, max_rows): bigint, how many */
Datum
op_delete_many(Call *call)
{
	return Int64GetDatum(take_away(call, PLAN_DELETE_MANY, build_delete_many));
}

/* soft_delete_tasks(user_id, match, max_rows): bigint, how many */
Datum
op_soft_delete_many(Call *call)
{
	return Int64GetDatum(take_away(call, PLAN_SOFT_DELETE_MANY, build_soft_delete_many));
}
