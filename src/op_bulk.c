/*
 * op_bulk.c
 *	  Changing many rows at once: update_many, patch_many, delete_many,
 *	  soft_delete_many.
 */
#include "compat.h"

#include "utils/builtins.h"
#include "utils/fmgrprotos.h"

#include "along.h"
#include "call.h"
#include "check.h"
#include "errors.h"
#include "ids.h"
#include "jsonb_read.h"
#include "locked.h"
#include "operation.h"
#include "payload.h"
#include "read.h"
#include "update.h"

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

/* update_tasks(user_id, match, patch, max_rows): setof task, in key order */
Datum
op_update_many(Call *call)
{
	Model	   *model = call->model;
	RowValues  *row = update_read_patch(call, NULL);
	Datum	   *values = palloc(sizeof(Datum) * (model->natts + INDEX_MAX_KEYS + 1));
	bool	   *nulls = palloc0(sizeof(bool) * (model->natts + INDEX_MAX_KEYS + 1));
	LockedRows	rows;
	int			n;

	locked_find(call, false, &rows);
	call_open_store(call);
	if (rows.count == 0)
		return call_return_set(call);
	if (!update_is_empty(model, row))
	{
		n = update_bind_settings(model, row, values, nulls);
		(void) read_bind_ids(call, rows.arrays, values + n);
		(void) read_run_ids(call, PLAN_UPDATE_MANY, row->given, sizeof(bool) * model->natts,
							build_update_many, rows.arrays, values, nulls,
							model->ntouch > 0 ? sink_written : NULL, call);
		along_touch_noted(call);
	}
	read_by_ids(call, rows.arrays, call_sink_store, call);
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

	locked_find(call, true, &rows);
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

/* Items of patch_many: the patches, and the keys of the rows that they are for. */
typedef struct Patches
{
	int			count;
	Jsonb	   *items;			/* an array of patches, keys taken out */
	RowValues **rows;
	Datum	   *keys;			/* count times nkeys values, of the arguments' types */
	Datum		arrays[INDEX_MAX_KEYS]; /* the same, for statements */
	NestedNode *nested;			/* what is nested in them; NULL: nothing */
} Patches;

/* Splits the items into keys and patches. */
static void
split_items(Call *call, Jsonb *json, Patches *patches, ErrorList *errors)
{
	Model	   *model = call->model;
	JsonbItems	items = jsonb_items(&json->root);
	JsonbValue *rest = palloc(sizeof(JsonbValue) * Max(items.count, 1));

	patches->count = items.count;
	patches->keys = palloc0(sizeof(Datum) * Max(items.count * model->nkeys, 1));
	for (int i = 0; i < items.count; i++)
	{
		const JsonbValue *item = &items.items[i].value;

		if (jsonb_value_is_object(item))
			JsonbToJsonbValue(ids_take_key(model, item, i, patches->keys + i * model->nkeys, errors),
							  &rest[i]);
		else
			rest[i] = *item;
	}
	patches->items = jsonb_array_of(rest, items.count);
}

/* Reads items, keys and patches; raises every error there is. */
static void
read_patches(Call *call, Patches *patches)
{
	Model	   *model = call->model;
	const char *argument = call->function->args[call->function->role_index[ARG_ITEMS]].name;
	List	   *members = NIL;
	ErrorList	errors;
	Jsonb	   *json;

	if (!call_has(call, ARG_ITEMS))
		errors_refuse_null(model, argument);
	json = DatumGetJsonbP(call_arg(call, ARG_ITEMS));
	if (!JB_ROOT_IS_ARRAY(json) || JB_ROOT_IS_SCALAR(json))
		errors_refuse_argument(model, argument, "an array of objects");
	errors_init(&errors, model);
	split_items(call, json, patches, &errors);
	patches->rows = payload_read_patches(model, patches->items, &errors, &members);
	check_rows(model, call->owner, patches->rows, patches->count, 0, false, &errors);
	along_check_parents(call, patches->rows, patches->count, 0,
						errors.count > 0 ? PARENTS_ALL : PARENTS_OF_CHANGED, &errors);
	if (members != NIL)
		patches->nested = nested_read(call, NESTED_UPDATE, patches->rows, patches->count, true,
									  members, &errors);
	errors_raise(&errors);
	for (int i = 0; i < model->nkeys; i++)
		patches->arrays[i] = ids_array(model_column(model, model->keys[i]), patches->keys + i,
									   patches->count, model->nkeys);
}

/*
 * SELECT k.n FROM <ids> AS k WHERE NOT EXISTS (SELECT 1 FROM public.task AS t
 *	WHERE t.id = k.k1 AND t.user_id = $2 AND t.deleted_at IS NULL) ORDER BY k.n
 */
static void
build_missing_ids(Statement *st, const Model *model, const void *shape)
{
	(void) shape;
	statement_add(st, "SELECT k.n FROM ");
	ids_append(st, model, "k");
	statement_add(st, " WHERE NOT EXISTS (SELECT 1 FROM %s AS t WHERE ", model->qualified);
	ids_append_match(st, model, "t", "k");
	statement_add(st, " AND ");
	statement_where_owner(st, model, "t");
	statement_and_live_by_key(st, model, "t");
	statement_add(st, ") ORDER BY k.n");
}

/* RowSink: an item whose row is not there. */
static void
sink_missing(TupleTableSlot *slot, void *arg)
{
	ErrorList  *errors = arg;
	const Model *model = errors->model;

	slot_getallattrs(slot);
	errors_add(errors, ERROR_NOT_FOUND, (int) DatumGetInt64(slot->tts_values[0]) - 1,
			   model_column(model, model->keys[model->nkeys - 1])->name, "not_found",
			   "no such row", NULL);
}

/* Locks the rows in key order; P0002 with every one that is not there. */
static void
lock_patched(Call *call, const Patches *patches)
{
	Model	   *model = call->model;
	Datum		values[INDEX_MAX_KEYS + 1];
	ErrorList	errors;

	(void) read_bind_ids(call, patches->arrays, values);
	locked_by_ids(call, patches->arrays);
	errors_init(&errors, model);
	(void) read_run_ids(call, PLAN_MISSING_IDS, "", 0, build_missing_ids, patches->arrays, values,
						NULL, sink_missing, &errors);
	errors_raise(&errors);
}

/* Changes one row by its patch. */
static void
patch_row(Call *call, const Patches *patches, int i)
{
	const Model *model = call->model;
	NestedPlace place = {call, patches->nested, i};
	Datum		keys[INDEX_MAX_KEYS + 1];
	int			n = 0;

	if (model->owner)
		keys[n++] = call->owner;
	for (int k = 0; k < model->nkeys; k++)
		keys[n++] = patches->keys[i * model->nkeys + k];
	if (!update_is_empty(model, patches->rows[i]))
		(void) update_row(call, patches->rows[i], keys, n, sink_written, call);
	if (patches->nested)
		(void) read_by_key(call, keys, nested_sink, &place);
}

/* patch_tasks(user_id, items): setof task, in the order of the items */
Datum
op_patch_many(Call *call)
{
	Patches		patches;

	memset(&patches, 0, sizeof(patches));
	read_patches(call, &patches);
	call_open_store(call);
	if (patches.count == 0)
		return call_return_set(call);
	lock_patched(call, &patches);
	if (patches.nested)
		nested_write_parents(call, patches.nested);
	for (int i = 0; i < patches.count; i++)
		patch_row(call, &patches, i);
	if (patches.nested)
		nested_write_children(call, patches.nested);
	along_touch_noted(call);
	read_by_ids(call, patches.arrays, call_sink_store, call);
	return call_return_set(call);
}
