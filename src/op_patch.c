/*
 * op_patch.c
 *	  Changing many rows, each by a patch of its own: patch_many.
 */
#include "compat.h"

#include "along.h"
#include "call.h"
#include "check.h"
#include "errors.h"
#include "guard.h"
#include "ids.h"
#include "jsonb_read.h"
#include "locked.h"
#include "operation.h"
#include "payload.h"
#include "read.h"
#include "update.h"
#include "violations.h"

/* Items of patch_many: the patches, and the keys of the rows that they are for. */
typedef struct Patches
{
	int			count;
	Jsonb	   *items;			/* an array of patches, keys taken out */
	RowValues **rows;
	bool	   *keyed;			/* the item's key is right */
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
	patches->keyed = palloc0(sizeof(bool) * Max(items.count, 1));
	for (int i = 0; i < items.count; i++)
	{
		const JsonbValue *item = &items.items[i].value;
		int			before = errors->count;

		rest[i] = *item;
		if (!jsonb_value_is_object(item))
			continue;
		JsonbToJsonbValue(ids_take_key(model, item, i, patches->keys + i * model->nkeys, errors),
						  &rest[i]);
		patches->keyed[i] = errors->count == before;
	}
	patches->items = jsonb_array_of(rest, items.count);
}

/* Owner and key of the row that an item is for; answers how many values that is. */
static int
keys_of_item(const Call *call, const Patches *patches, int i, Datum *keys)
{
	const Model *model = call->model;
	int			n = 0;

	if (model->owner)
		keys[n++] = call->owner;
	memcpy(keys + n, patches->keys + i * model->nkeys, sizeof(Datum) * model->nkeys);
	return n + model->nkeys;
}

/* Raises what was noted, and with it what else the rows have against their patches. */
static void
raise_with_violations(Call *call, const Patches *patches, ErrorList *errors)
{
	/* where there was an error of another class, parents have been asked for */
	bool		with_parents = errors->class == ERROR_NOT_FOUND;

	for (int i = 0; i < patches->count && !errors_full(errors); i++)
	{
		Datum		keys[INDEX_MAX_KEYS + 1];

		if (!patches->keyed[i] || patches->rows[i] == NULL)
			continue;
		(void) keys_of_item(call, patches, i, keys);
		violations_note_patch(call, patches->rows[i], keys, 1, i, with_parents, errors);
	}
	errors_raise(errors);
}

/* Reads items, keys and patches; raises every error there is if any is one of input. */
static void
read_patches(Call *call, Patches *patches, ErrorList *errors)
{
	Model	   *model = call->model;
	const char *argument = call->function->args[call->function->role_index[ARG_ITEMS]].name;
	List	   *members = NIL;
	Jsonb	   *json;

	if (!call_has(call, ARG_ITEMS))
		errors_refuse_null(model, argument);
	json = DatumGetJsonbP(call_arg(call, ARG_ITEMS));
	if (!JB_ROOT_IS_ARRAY(json) || JB_ROOT_IS_SCALAR(json))
		errors_refuse_argument(model, argument, "an array of objects");
	split_items(call, json, patches, errors);
	patches->rows = payload_read_patches(model, patches->items, errors, &members);
	check_rows(model, call->owner, patches->rows, patches->count, 0, false, errors);
	along_check_patches(call, patches->rows, patches->count, 0, errors);
	if (members != NIL)
		patches->nested = nested_read(call, NESTED_UPDATE, patches->rows, patches->count, true,
									  members, errors);
	if (errors->count > 0 && errors->class == ERROR_INPUT)
		raise_with_violations(call, patches, errors);
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

/* Locks the rows in key order; notes every one that is not there. */
static void
lock_patched(Call *call, const Patches *patches, ErrorList *errors)
{
	Datum		values[INDEX_MAX_KEYS + 1];

	(void) read_bind_ids(call, patches->arrays, values);
	locked_by_ids(call, patches->arrays);
	(void) read_run_ids(call, PLAN_MISSING_IDS, "", 0, build_missing_ids, patches->arrays, values,
						NULL, sink_missing, errors);
	if (errors->count > 0)
		raise_with_violations(call, patches, errors);
}

/* RowSink: a row that was written; its parents are to be moved. */
static void
sink_patched(TupleTableSlot *slot, void *arg)
{
	along_note_touched(arg, slot);
}

/* Changes one row by its patch. */
static void
patch_row(Call *call, const Patches *patches, int i)
{
	NestedPlace place = {call, patches->nested, i};
	Datum		keys[INDEX_MAX_KEYS + 1];
	int			n = keys_of_item(call, patches, i, keys);

	if (!update_is_empty(call->model, patches->rows[i]))
	{
		/* for what PostgreSQL finds */
		call->writing_at = psprintf("%d", i);
		(void) update_row(call, patches->rows[i], keys, n, sink_patched, call);
		call->writing_at = NULL;
	}
	if (patches->nested)
		(void) read_by_key(call, keys, nested_sink, &place);
}

/* Items of patch_many, for guard_run(): all, or one. */
typedef struct PatchRun
{
	Call	   *call;
	const Patches *patches;
	int			first;
	int			count;
} PatchRun;

static void
run_patches(void *arg)
{
	const PatchRun *run = arg;

	for (int i = run->first; i < run->first + run->count; i++)
		patch_row(run->call, run->patches, i);
}

/*
 * After one of them has failed: changes the rows one by one once more, to note
 * what is wrong with each.  What goes well is undone by the error at the end.
 */
static void
raise_violations(Call *call, const Patches *patches)
{
	ErrorList	errors;

	errors_init(&errors, call->model);
	for (int i = 0; i < patches->count && !errors_full(&errors); i++)
	{
		PatchRun	run = {call, patches, i, 1};
		Datum		keys[INDEX_MAX_KEYS + 1];
		ErrorData  *error = guard_run(run_patches, &run);

		if (error == NULL)
			continue;
		if (!violations_take(call, error, i, &errors))
			ReThrowError(error);
		(void) keys_of_item(call, patches, i, keys);
		violations_note_patch(call, patches->rows[i], keys, 1, i, true, &errors);
		if (errors.count == 0)
			ReThrowError(error);
	}
	errors_raise(&errors);
}

/* Changes the rows; where several things can be violated, all that are are raised. */
static void
patch_rows(Call *call, const Patches *patches)
{
	PatchRun	run = {call, patches, 0, patches->count};
	ErrorList	errors;
	ErrorData  *error;

	if (!violations_of_patches_can_be_several(call, patches->rows, patches->count))
	{
		run_patches(&run);
		return;
	}
	error = guard_run(run_patches, &run);
	if (error == NULL)
		return;
	errors_init(&errors, call->model);
	if (violations_take(call, error, NO_INDEX, &errors))
		raise_violations(call, patches);
	ReThrowError(error);
}

/* patch_tasks(user_id, items): setof task, in the order of the items */
Datum
op_patch_many(Call *call)
{
	Patches		patches;
	ErrorList	errors;

	memset(&patches, 0, sizeof(patches));
	errors_init(&errors, call->model);
	read_patches(call, &patches, &errors);
	call_open_store(call);
	if (patches.count == 0)
		return call_return_set(call);
	lock_patched(call, &patches, &errors);
	if (patches.nested)
		nested_write_parents(call, patches.nested);
	patch_rows(call, &patches);
	if (patches.nested)
		nested_write_children(call, patches.nested);
	along_touch_noted(call);
	read_by_ids(call, patches.arrays, call_sink_store, call);
	return call_return_set(call);
}
