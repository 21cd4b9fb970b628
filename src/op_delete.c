/*
 * op_delete.c
 *	  Taking rows away and bringing them back: delete, soft_delete, restore,
 *	  purge.
 */
#include "compat.h"

#include "catalog/pg_type.h"

#include "along.h"
#include "call.h"
#include "older_than.h"
#include "operation.h"
#include "query.h"
#include "update.h"

/* Tells deletes apart. */
typedef struct DeleteShape
{
	bool		if_version;		/* the version is compared */
} DeleteShape;

/* Tells purges apart; the program of the match follows. */
typedef struct PurgeShape
{
	ScopeName	scope;			/* the deleted ones */
	int32		length;			/* words of the match */
} PurgeShape;

/* RETURNING only where the row is wanted: to move its parents. */
static void
append_returning(Statement *st, const Model *model)
{
	if (model->ntouch > 0)
		statement_returning(st, model, "t");
}

/* Appends: t.user_id = $1 AND t.id = $2 AND t.deleted_at IS NULL AND t.version = $3 */
static void
append_where_live(Statement *st, const Model *model, const DeleteShape *shape)
{
	statement_where_key(st, model, "t");
	statement_and_live_by_key(st, model, "t");
	if (!shape->if_version)
		return;
	statement_add(st, " AND ");
	statement_equal(st, model_column(model, model->version), "t", INT8OID);
}

/* DELETE FROM public.task AS t WHERE t.user_id = $1 AND t.id = $2 AND t.deleted_at IS NULL */
static void
build_delete(Statement *st, const Model *model, const void *shape)
{
	statement_add(st, "DELETE FROM %s AS t WHERE ", model->qualified);
	append_where_live(st, model, shape);
	append_returning(st, model);
}

/*
 * UPDATE public.task AS t SET deleted_at = pg_catalog.now(), updated_at = pg_catalog.now()
 *	WHERE t.user_id = $1 AND t.id = $2 AND t.deleted_at IS NULL
 */
static void
build_soft_delete(Statement *st, const Model *model, const void *shape)
{
	statement_mark_deleted(st, model, "t");
	statement_add(st, " WHERE ");
	append_where_live(st, model, shape);
	append_returning(st, model);
}

/*
 * UPDATE public.task AS t SET deleted_at = NULL, updated_at = pg_catalog.now()
 *	WHERE t.user_id = $1 AND t.id = $2 AND t.deleted_at IS NOT NULL RETURNING t.id, ...
 */
static void
build_restore(Statement *st, const Model *model, const void *shape)
{
	Column	   *deleted_at = model_column(model, model->deleted_at);

	(void) shape;
	statement_add(st, "UPDATE %s AS t SET %s = NULL", model->qualified, deleted_at->quoted);
	statement_moved(st, model, "t", "now", NULL);
	statement_add(st, " WHERE ");
	statement_where_key(st, model, "t");
	statement_add(st, " AND t.%s IS NOT NULL", deleted_at->quoted);
	statement_returning(st, model, "t");
}

/*
 * DELETE FROM public.task AS t WHERE t.user_id = $1 AND t.deleted_at IS NOT NULL AND <match>
 *	AND t.deleted_at <= (pg_catalog.now() - $2)
 */
static void
build_purge(Statement *st, const Model *model, const void *bytes)
{
	const PurgeShape *shape = bytes;
	Column	   *deleted_at = model_column(model, model->deleted_at);
	int			owner_param = 0;

	if (model->owner)
		owner_param = statement_declare(st, model_column(model, model->owner)->basetype);
	statement_add(st, "DELETE FROM %s AS t WHERE ", model->qualified);
	query_append_where(st, model, "t", owner_param, &shape->scope, (const int16 *) (shape + 1),
					   shape->length);
	/* all OPERATOR() forms bind alike, hence the parentheses */
	statement_add(st, " AND t.%s OPERATOR(pg_catalog.<=) (", deleted_at->quoted);
	statement_time(st, deleted_at, "now");
	statement_add(st, " OPERATOR(pg_catalog.-) ");
	statement_param(st, INTERVALOID);
	statement_add(st, ")");
}

/* RowSink: a row that was taken away; its parents are to be moved. */
static void
sink_gone(TupleTableSlot *slot, void *arg)
{
	along_note_touched(arg, slot);
}

/* RowSink: a row that came back; its parents are to be moved. */
static void
sink_restored(TupleTableSlot *slot, void *arg)
{
	Call	   *call = arg;

	call_sink_store(slot, call);
	along_note_touched(call, slot);
}

/*
 * Runs a statement on the row with the given key, in the version that the call
 * may ask for; was there one?
 *
 * Errors: TO409 where it is there in another version.
 */
static bool
run_by_key(Call *call, PlanKind kind, PlanBuilder build, RowSink sink)
{
	Datum		values[1 + INDEX_MAX_KEYS + 1];
	DeleteShape shape = {call_has(call, ARG_IF_VERSION)};
	bool		any_null;
	bool		found;
	int			n = call_bind_keys(call, values, &any_null);

	if (any_null)
		return false;
	if (shape.if_version)
		values[n] = call_arg(call, ARG_IF_VERSION);
	found = plan_run(plan_get(call->model, kind, &shape, sizeof(shape), build), values, NULL,
					 false, sink, call) > 0;
	along_touch_noted(call);
	if (!found)
		update_check_version(call, values);
	return found;
}

/* delete_task(user_id, id, if_version): boolean */
Datum
op_delete(Call *call)
{
	return BoolGetDatum(run_by_key(call, PLAN_DELETE, build_delete,
								   call->model->ntouch > 0 ? sink_gone : NULL));
}

/*
 * soft_delete_task(user_id, id, if_version): boolean; a second time is false
 * and keeps the first time
 */
Datum
op_soft_delete(Call *call)
{
	return BoolGetDatum(run_by_key(call, PLAN_SOFT_DELETE, build_soft_delete,
								   call->model->ntouch > 0 ? sink_gone : NULL));
}

/* restore_task(user_id, id): setof task, 0..1 */
Datum
op_restore(Call *call)
{
	call_open_store(call);
	(void) run_by_key(call, PLAN_RESTORE, build_restore, sink_restored);
	return call_return_set(call);
}

/* purge_tasks(user_id, older_than, match): bigint, how many */
Datum
op_purge(Call *call)
{
	Interval	zero = {0, 0, 0};
	RowQuery	query;
	PurgeShape *shape;
	Size		size;
	Datum	   *values;
	int			n;

	query_read(call, &query);
	size = sizeof(PurgeShape) + sizeof(int16) * query.match.length;
	shape = palloc0(size);
	scope_resolve(call->model, "deleted", &shape->scope);
	shape->length = query.match.length;
	if (query.match.length > 0)
		memcpy(shape + 1, query.match.words, sizeof(int16) * query.match.length);
	values = palloc(sizeof(Datum) * (query.match.nvalues + 2));
	n = query_bind(call, &query, values);
	values[n] = older_than_arg(call, &zero);
	return Int64GetDatum(plan_run(plan_get(call->model, PLAN_PURGE, shape, size, build_purge),
								  values, NULL, false, NULL, NULL));
}
