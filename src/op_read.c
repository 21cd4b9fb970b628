/*
 * op_read.c
 *	  Reading by key: get, find.
 */
#include "compat.h"

#include "catalog/pg_type.h"
#include "utils/builtins.h"
#include "utils/datum.h"

#include "call.h"
#include "ids.h"
#include "operation.h"
#include "read.h"

/*
 * SELECT t.id, ... FROM public.task AS t
 *	WHERE t.user_id = $1 AND t.id = $2 AND t.deleted_at IS NULL
 */
static void
build_get(Statement *st, const Model *model, const void *shape)
{
	(void) shape;
	statement_add(st, "SELECT ");
	statement_columns(st, model, "t");
	statement_add(st, " FROM %s AS t WHERE ", model->qualified);
	statement_where_key(st, model, "t");
	statement_and_live_by_key(st, model, "t");
}

/* Hands the live row with that key to "sink"; was there one? */
bool
read_by_key(Call *call, const Datum *keys, RowSink sink, void *arg)
{
	return plan_run(plan_get(call->model, PLAN_GET, "", 0, build_get), keys, NULL,
					call->read_only, sink, arg) > 0;
}

/* get_task(user_id, id): setof task, 0..1 */
Datum
op_get(Call *call)
{
	Datum		values[1 + INDEX_MAX_KEYS];
	bool		any_null;

	(void) call_bind_keys(call, values, &any_null);
	call_open_store(call);
	if (!any_null)
		(void) read_by_key(call, values, call_sink_store, call);
	return call_return_set(call);
}

/*
 * SELECT t.id, ... FROM <ids> JOIN public.task AS t ON t.id = k.k1
 *	WHERE t.user_id = $2 AND <live> ORDER BY k.n
 */
static void
build_find(Statement *st, const Model *model, const void *shape)
{
	(void) shape;
	statement_add(st, "SELECT ");
	statement_columns(st, model, "t");
	statement_add(st, " FROM ");
	ids_append(st, model, "k");
	statement_add(st, " JOIN %s AS t ON ", model->qualified);
	ids_append_match(st, model, "t", "k");
	statement_add(st, " WHERE ");
	statement_where_owner(st, model, "t");
	statement_and_live_by_key(st, model, "t");
	statement_add(st, " ORDER BY k.n");
}

/* Binds ids, an array for each key column, and the owner; answers how many values that is. */
int
read_bind_ids(const Call *call, const Datum *arrays, Datum *values)
{
	int			n = call->model->nkeys;

	memcpy(values, arrays, sizeof(Datum) * n);
	if (call->model->owner)
		values[n++] = call->owner;
	return n;
}

/*
 * Runs a statement that joins ids; for many of them it is another plan.
 *
 * arrays: the ids; values: of all the statement's parameters; as plan_get() and
 * plan_run() else.
 */
uint64
read_run_ids(Call *call, PlanKind kind, const void *shape, Size length, PlanBuilder build,
			 const Datum *arrays, const Datum *values, const bool *nulls, RowSink sink, void *arg)
{
	bool		many = ids_are_many(arrays[0]);
	char	   *bytes = palloc(length + 1);
	KeptPlan   *plan;

	/* behind what the builder reads */
	memcpy(bytes, shape, length);
	bytes[length] = many;
	plan = plan_get(call->model, kind, bytes, length + 1, build);
	return many ? plan_run_joined(plan, values, nulls, call->read_only, sink, arg) :
		plan_run(plan, values, nulls, call->read_only, sink, arg);
}

/* Hands the live rows with those keys to "sink", in their order. */
void
read_by_ids(Call *call, const Datum *arrays, RowSink sink, void *arg)
{
	Datum		values[1 + INDEX_MAX_KEYS];

	(void) read_bind_ids(call, arrays, values);
	(void) read_run_ids(call, PLAN_FIND, "", 0, build_find, arrays, values, NULL, sink, arg);
}

/* All ids with one statement. */
static void
find_together(Call *call)
{
	Datum		arrays[1 + INDEX_MAX_KEYS];

	(void) ids_bind(call->model, call_arg(call, ARG_IDS), arrays);
	read_by_ids(call, arrays, call_sink_store, call);
}

/* Has the n-th id the same key as an earlier one? */
static bool
is_repeated(const Model *model, const Datum *ids, int n)
{
	for (int i = 0; i < n; i++)
	{
		bool		same = true;

		for (int k = 0; k < model->nkeys && same; k++)
		{
			const Column *column = model_column(model, model->keys[k]);

			same = datum_image_eq(ids[i * model->nkeys + k], ids[n * model->nkeys + k],
								  column->typbyval, column->typlen);
		}
		if (same)
			return true;
	}
	return false;
}

/* Keys that cannot be put into arrays (they are some): one after the other. */
static void
find_one_by_one(Call *call)
{
	Model	   *model = call->model;
	int			count;
	Datum	   *ids = ids_values(model, call_arg(call, ARG_IDS), &count);

	for (int i = 0; i < count; i++)
	{
		Datum		values[1 + INDEX_MAX_KEYS];
		int			n = 0;

		if (is_repeated(model, ids, i))
			continue;
		if (model->owner)
			values[n++] = call->owner;
		for (int k = 0; k < model->nkeys; k++)
			values[n++] = ids[i * model->nkeys + k];
		(void) read_by_key(call, values, call_sink_store, call);
	}
}

/* find_tasks(user_id, ids): setof task, in the order of the ids */
Datum
op_find(Call *call)
{
	call_open_store(call);
	if (!call_has(call, ARG_IDS))
		return call_return_set(call);
	if (ids_fit_arrays(call->model))
		find_together(call);
	else
		find_one_by_one(call);
	return call_return_set(call);
}
