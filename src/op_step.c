/*
 * op_step.c
 *	  Rows that go from state to state: extend, step, step_many.
 *
 * What a row must be like, and what it becomes, stands in the function's
 * settings.  The state is part of the UPDATE's own condition: of two calls
 * that would move the same row on, one does, and the other finds it moved.
 */
#include "compat.h"

#include "catalog/pg_type.h"
#include "datatype/timestamp.h"

#include "along.h"
#include "call.h"
#include "check.h"
#include "create.h"
#include "errors.h"
#include "extra.h"
#include "locked.h"
#include "older_than.h"
#include "operation.h"
#include "update.h"

/* Appends: t.user_id = $2 AND t.id = $3 AND COALESCE(t.status = 'streaming', false) */
static void
append_where(Statement *st, const Model *model, const ExtraSettings *settings)
{
	statement_where_key(st, model, "t");
	statement_and_live_by_key(st, model, "t");
	extra_append_where_by_key(st, model, "t", settings->where);
}

/*
 * UPDATE public.message AS t SET content = t.content || $1
 *	WHERE t.user_id = $2 AND t.id = $3 AND t.status = 'streaming'
 *
 * The row is not returned: it grows with every piece.
 */
static void
build_extend(Statement *st, const Model *model, const void *shape)
{
	ExtraSettings settings;
	Column	   *column;

	extra_read_again(model, operation_find("extend"), unconstify(void *, shape), &settings);
	column = model_column(model, settings.append);
	statement_add(st, "UPDATE %s AS t SET %s = COALESCE(t.%s, '') OPERATOR(pg_catalog.||) ",
				  model->qualified, column->quoted, column->quoted);
	statement_param(st, TEXTOID);
	statement_moved(st, model, "t", "now", NULL);
	statement_add(st, " WHERE ");
	append_where(st, model, &settings);
}

/* continue_message(user_id, id, piece): boolean, is the row there and in that state? */
Datum
op_extend(Call *call)
{
	Jsonb	   *settings = call->function->settings.json;
	Datum		values[2 + INDEX_MAX_KEYS];
	bool		any_null;

	if (!call_has(call, ARG_PIECE))
		errors_refuse_null(call->model,
						   call->function->args[call->function->role_index[ARG_PIECE]].name);
	values[0] = call_arg(call, ARG_PIECE);
	(void) call_bind_keys(call, values + 1, &any_null);
	if (any_null)
		return BoolGetDatum(false);
	return BoolGetDatum(plan_run(plan_get(call->model, PLAN_EXTEND, settings, VARSIZE(settings),
										  build_extend), values, NULL, false, NULL, NULL) > 0);
}

/* Tells steps apart: the settings, and behind them natts bools, the columns set. */
typedef struct StepShape
{
	Size		length;			/* of all of it */
	Jsonb	   *settings;		/* where it begins */
} StepShape;

static StepShape
make_shape(const Call *call, const RowValues *row)
{
	const Jsonb *settings = call->function->settings.json;
	StepShape	shape;

	shape.length = VARSIZE(settings) + sizeof(bool) * call->model->natts;
	shape.settings = palloc(shape.length);
	memcpy(shape.settings, settings, VARSIZE(settings));
	memcpy((char *) shape.settings + VARSIZE(settings), row->given,
		   sizeof(bool) * call->model->natts);
	return shape;
}

/*
 * UPDATE public.message AS t SET content = $1, status = $2
 *	WHERE t.user_id = $3 AND t.id = $4 AND t.status = 'streaming' RETURNING t.id, ...
 */
static void
build_step(Statement *st, const Model *model, const void *shape)
{
	const bool *given = (const bool *) ((const char *) shape + VARSIZE(shape));
	int		   *numbers = palloc0(sizeof(int) * model->natts);
	ExtraSettings settings;

	extra_read_again(model, operation_find("step"), unconstify(void *, shape), &settings);
	statement_add(st, "UPDATE %s AS t SET ", model->qualified);
	update_append_settings(st, model, given, numbers);
	statement_moved(st, model, "t", "now", given);
	statement_add(st, " WHERE ");
	append_where(st, model, &settings);
	statement_returning(st, model, "t");
}

/* What a step makes of a row: the arguments, and what the function itself sets. */
static RowValues *
read_step(Call *call)
{
	ErrorList	errors;
	RowValues  *row;

	errors_init(&errors, call->model);
	row = create_read_arguments(call, PAYLOAD_PATCH, &errors);
	check_rows(call->model, call->owner, &row, 1, NO_INDEX, false, &errors);
	along_check_patches(call, &row, 1, NO_INDEX, &errors);
	errors_raise(&errors);
	return row;
}

/* Moves the row with that owner and key on, if its state allows, and hands it to "sink". */
static bool
run_step(Call *call, const RowValues *row, const Datum *keys, int nkeys, RowSink sink)
{
	Model	   *model = call->model;
	StepShape	shape = make_shape(call, row);
	Datum	   *values = palloc(sizeof(Datum) * (model->natts + nkeys));
	bool	   *nulls = palloc0(sizeof(bool) * (model->natts + nkeys));
	int			n = update_bind_settings(model, row, values, nulls);

	for (int i = 0; i < nkeys; i++)
		values[n++] = keys[i];
	return plan_run(plan_get(model, PLAN_STEP, shape.settings, shape.length, build_step), values,
					nulls, false, sink, call) > 0;
}

/* RowSink: the row as it is now; its parents are to be moved. */
static void
sink_stepped(TupleTableSlot *slot, void *arg)
{
	Call	   *call = arg;

	call_sink_store(slot, call);
	along_note_touched(call, slot);
}

/* finish_message(user_id, id, content, data): setof message, 0..1 */
Datum
op_step(Call *call)
{
	Datum		keys[1 + INDEX_MAX_KEYS];
	RowValues  *row = read_step(call);
	bool		any_null;
	int			nkeys = call_bind_keys(call, keys, &any_null);

	call_open_store(call);
	if (!any_null)
		(void) run_step(call, row, keys, nkeys, sink_stepped);
	along_touch_noted(call);
	return call_return_set(call);
}

/* Appends the columns of the key, behind a keyword: SELECT t.id */
static void
append_keys(Statement *st, const Model *model, const char *keyword, const char *alias)
{
	for (int i = 0; i < model->nkeys; i++)
		statement_add(st, "%s%s.%s", i == 0 ? keyword : ", ", alias,
					  model_column(model, model->keys[i])->quoted);
}

/*
 * SELECT k.id FROM (SELECT t.id FROM public.message AS t WHERE t.user_id = $1
 *	AND t.status = 'streaming' AND t.created_at <= (pg_catalog.now() - $2) OFFSET 0) AS k
 *	ORDER BY k.id
 *
 * OFFSET keeps the order out of the choice of an index: the primary key has it
 * for nothing, and reads all rows of the owner.
 */
static void
build_find(Statement *st, const Model *model, const void *shape)
{
	Column	   *created_at = model_column(model, model->created_at);
	ExtraSettings settings;

	extra_read_again(model, operation_find("step_many"), unconstify(void *, shape), &settings);
	append_keys(st, model, "SELECT ", "k");
	append_keys(st, model, " FROM (SELECT ", "t");
	statement_add(st, " FROM %s AS t WHERE ", model->qualified);
	statement_where_owner(st, model, "t");
	statement_and_live(st, model, "t");
	extra_append_where(st, model, "t", settings.where);
	/* all OPERATOR() forms bind alike, hence the parentheses */
	statement_add(st, " AND t.%s OPERATOR(pg_catalog.<=) (", created_at->quoted);
	statement_time(st, created_at, "now");
	statement_add(st, " OPERATOR(pg_catalog.-) ");
	statement_param(st, INTERVALOID);
	statement_add(st, ") OFFSET 0) AS k");
	append_keys(st, model, " ORDER BY ", "k");
}

/* Finds the rows that are due, by their keys, in the order of keys. */
static void
find_due(Call *call, LockedRows *rows)
{
	Jsonb	   *settings = call->function->settings.json;
	Interval	hour = {USECS_PER_HOUR, 0, 0};
	Datum		values[2];
	int			n = 0;

	if (call->model->owner)
		values[n++] = call->owner;
	values[n] = older_than_arg(call, &hour);
	locked_collect(call, plan_get(call->model, PLAN_STEP_FIND, settings, VARSIZE(settings),
								  build_find), values, rows);
}

/* RowSink: a row that was moved on; its parents are to be moved. */
static void
sink_moved(TupleTableSlot *slot, void *arg)
{
	along_note_touched(arg, slot);
}

/*
 * abort_stale_messages(user_id, older_than): bigint, how many
 *
 * One short UPDATE for each, in the order of keys: two sweeps wait for each
 * other and do not deadlock; one that was moved on meanwhile is left alone.
 */
Datum
op_step_many(Call *call)
{
	RowValues  *row = read_step(call);
	LockedRows	rows;
	int64		count = 0;

	find_due(call, &rows);
	for (int64 i = 0; i < rows.count; i++)
	{
		Datum		keys[1 + INDEX_MAX_KEYS];
		int			n = 0;

		if (call->model->owner)
			keys[n++] = call->owner;
		for (int k = 0; k < call->model->nkeys; k++)
			keys[n++] = rows.keys[k][i];
		count += run_step(call, row, keys, n, sink_moved);
	}
	along_touch_noted(call);
	return Int64GetDatum(count);
}
