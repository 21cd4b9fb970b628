/*
 * op_create.c
 *	  Creating rows: create, create_many.
 */
#include "compat.h"

#include "along.h"
#include "check.h"
#include "create.h"
#include "errors.h"
#include "guard.h"
#include "idempotency.h"
#include "insert.h"
#include "nested.h"
#include "operation.h"
#include "violations.h"

/* The typed arguments that were given, null means not given; and what the function itself sets. */
RowValues *
create_read_arguments(Call *call, PayloadUse use, ErrorList *errors)
{
	Function   *function = call->function;
	int			room = function->nargs + function->settings.nvalues;
	TypedValue *values = palloc(sizeof(TypedValue) * Max(room, 1));
	RowValues  *row;
	int			n = 0;

	for (int i = 0; i < function->nargs; i++)
	{
		Argument   *argument = &function->args[i];

		if ((argument->role != ARG_COLUMN && argument->role != ARG_PARENT_KEY) ||
			call->fcinfo->args[i].isnull)
			continue;
		values[n].column = model_column(call->model, argument->attnum);
		values[n].type = argument->type;
		values[n++].value = call->fcinfo->args[i].value;
	}
	n = extra_add_values(&function->settings, call->model, values, n);
	row = payload_read_typed(call->model, function->relationship, use, values, n, errors);
	extra_set_nulls(&function->settings, row);
	return row;
}

/* A whole row out of typed arguments, its CHECKs asked. */
RowValues *
create_read_row(Call *call, ErrorList *errors)
{
	RowValues  *row = create_read_arguments(call, PAYLOAD_CREATE, errors);

	check_rows(call->model, call->owner, &row, 1, NO_INDEX, true, errors);
	return row;
}

/* Are the items an array, whose errors have an index? */
bool
create_is_batch(Call *call)
{
	return !JB_ROOT_IS_OBJECT(DatumGetJsonbP(call_arg(call, ARG_ITEMS)));
}

/*
 * The items of a jsonb argument; one object counts as an array of one.
 * members: as for payload_read_items().
 */
RowValues **
create_read_items(Call *call, int *count, ErrorList *errors, List **members)
{
	int			index = call->function->role_index[ARG_ITEMS];
	RowValues **rows;
	Jsonb	   *items;

	if (!call_has(call, ARG_ITEMS))
		errors_refuse_null(call->model, call->function->args[index].name);
	items = DatumGetJsonbP(call_arg(call, ARG_ITEMS));
	rows = payload_read_items(call->model, call->function->relationship, items, count, errors,
							  call->function->args[index].name, members);
	check_rows(call->model, call->owner, rows, *count, create_is_batch(call) ? 0 : NO_INDEX, true,
			   errors);
	return rows;
}

/*
 * Raises what was noted while the rows were read, together with the parents
 * that are missing and the keys that are taken.
 */
void
create_raise(Call *call, RowValues **rows, int count, int first_index, ErrorList *errors)
{
	if (errors->count == 0)
		return;
	violations_note(call, rows, count, first_index, errors);
	errors_raise(errors);
}

/*
 * Checks parents, moves those that move, inserts.  first_index: the place of
 * the first row in the batch, or NO_INDEX.
 */
static void
insert_checked(Call *call, RowValues **rows, int count, int first_index, RowSink sink, void *arg)
{
	ErrorList	errors;

	errors_init(&errors, call->model);
	errors.locations = call->locations;
	along_check_parents(call, rows, count, first_index, PARENTS_OF_NEW, &errors);
	violations_raise(call, rows, count, first_index, &errors);
	along_touch_parents(call, rows, count, first_index, &errors);
	violations_raise(call, rows, count, first_index, &errors);
	insert_rows(call, rows, count, sink, arg);
}

/* An insert_checked(), for guard_run(). */
typedef struct GuardedInsert
{
	Call	   *call;
	RowValues **rows;
	int			count;
	int			first_index;
	RowSink		sink;
	void	   *arg;
} GuardedInsert;

static void
run_insert(void *arg)
{
	GuardedInsert *insert = arg;

	insert_checked(insert->call, insert->rows, insert->count, insert->first_index, insert->sink,
				   insert->arg);
}

/*
 * The same where PostgreSQL may find several things wrong and tells the first: in
 * a subtransaction, so that all can be looked for when it is undone.
 */
static void
insert_guarded(Call *call, RowValues **rows, int count, int first_index, RowSink sink, void *arg)
{
	GuardedInsert insert = {call, rows, count, first_index, sink, arg};
	ErrorData  *error;
	ErrorList	errors;

	if (!violations_can_be_several(call, rows, count))
	{
		run_insert(&insert);
		return;
	}
	error = guard_run(run_insert, &insert);
	if (error == NULL)
		return;
	errors_init(&errors, call->model);
	errors.locations = call->locations;
	/* of several rows PostgreSQL does not say which one it was */
	if (count == 1 ? violations_take(call, error, first_index, &errors) :
		error->sqlerrcode == ERRCODE_FOREIGN_KEY_VIOLATION ||
		error->sqlerrcode == ERRCODE_UNIQUE_VIOLATION)
	{
		violations_note(call, rows, count, first_index, &errors);
		errors_raise(&errors);
	}
	ReThrowError(error);
}

/* How many of the rows carry an idempotency key? */
int
create_count_repeatable(const Model *model, RowValues **rows, int count)
{
	int			repeatable = 0;

	for (int i = 0; i < count; i++)
		repeatable += idempotency_given(model, rows[i]);
	return repeatable;
}

/*
 * Creates rows that have been read without an error, in their order, and hands
 * each to "sink".  An item whose idempotency key has made a row before gives
 * that row and moves nothing.
 */
void
create_rows(Call *call, RowValues **rows, int count, bool batch, RowSink sink, void *arg)
{
	int			repeatable = create_count_repeatable(call->model, rows, count);

	if (repeatable == 0)
	{
		insert_guarded(call, rows, count, batch ? 0 : NO_INDEX, sink, arg);
		return;
	}
	idempotency_begin(call, repeatable);
	for (int i = 0; i < count; i++)
	{
		if (idempotency_given(call->model, rows[i]) &&
			idempotency_find(call, rows[i], sink, arg))
			continue;
		insert_guarded(call, rows + i, 1, batch ? i : NO_INDEX, sink, arg);
	}
}

/* Creates what a jsonb argument holds, with all that is nested in it. */
static void
create_items(Call *call, RowSink sink)
{
	bool		batch;
	ErrorList	errors;
	List	   *members = NIL;
	RowValues **rows;
	int			count;

	errors_init(&errors, call->model);
	rows = create_read_items(call, &count, &errors, &members);
	batch = create_is_batch(call);
	if (members != NIL)
	{
		nested_write(call, nested_read(call, NESTED_CREATE, rows, count, batch, members, &errors), sink, call);
		return;
	}
	create_raise(call, rows, count, batch ? 0 : NO_INDEX, &errors);
	create_rows(call, rows, count, batch, sink, call);
}

/* A create whose columns are too many for arguments takes one item. */
static void
check_is_object(Call *call)
{
	if (call_has(call, ARG_ITEMS) && !JB_ROOT_IS_OBJECT(DatumGetJsonbP(call_arg(call, ARG_ITEMS))))
		errors_refuse_argument(call->model,
							   call->function->args[call->function->role_index[ARG_ITEMS]].name,
							   "an object");
}

/* create_task(user_id, title, description, ...): task */
Datum
op_create(Call *call)
{
	ErrorList	errors;
	RowValues  *row;

	if (call->function->role_index[ARG_ITEMS] >= 0)
	{
		check_is_object(call);
		create_items(call, call_sink_row);
		return call_return_row(call);
	}
	errors_init(&errors, call->model);
	row = create_read_row(call, &errors);
	create_raise(call, &row, 1, NO_INDEX, &errors);
	create_rows(call, &row, 1, false, call_sink_row, call);
	return call_return_row(call);
}

/* create_tasks(user_id, items): setof task, in the order of the items */
Datum
op_create_many(Call *call)
{
	call_open_store(call);
	create_items(call, call_sink_store);
	return call_return_set(call);
}
