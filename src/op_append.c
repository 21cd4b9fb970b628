/*
 * op_append.c
 *	  Appending children to a parent, which is started where there is none:
 *	  append, append_many.
 */
#include "compat.h"

#include "along.h"
#include "call.h"
#include "create.h"
#include "errors.h"
#include "idempotency.h"
#include "insert.h"
#include "operation.h"

/* Sets the children's columns that refer to the parent. */
static void
refer_to(Call *call, RowValues *row, const KeyValues *key)
{
	Relationship *relationship = call->function->relationship;

	for (int i = 0; i < relationship->ncolumns; i++)
	{
		int			at = relationship->own[i] - 1;

		if (relationship->own[i] == call->model->owner)
			continue;
		row->values[at] = key->values[i];
		row->nulls[at] = false;
		row->given[at] = true;
	}
}

static void
refer_all_to(Call *call, RowValues **rows, int count, const KeyValues *key)
{
	for (int i = 0; i < count; i++)
		if (rows[i])
			refer_to(call, rows[i], key);
}

/* A parent that was just started. */
typedef struct Started
{
	Call	   *call;
	KeyValues	key;
} Started;

/* RowSink: keeps the key of the new parent. */
static void
sink_started(TupleTableSlot *slot, void *arg)
{
	Started    *started = arg;
	Relationship *relationship = started->call->function->relationship;

	along_key_of_slot(started->call, started->call->related, relationship->other,
					  relationship->ncolumns, slot, &started->key);
}

/* Starts a parent with nothing but its owner and defaults. */
static void
start_parent(Call *call, KeyValues *key)
{
	Started		started;

	memset(&started, 0, sizeof(started));
	started.call = call;
	started.key.any_null = true;
	insert_row(call, call->related, payload_new_row(call->related), sink_started, &started);
	/* a trigger may have swallowed the row */
	if (started.key.any_null)
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("no \"%s\" could be started", call->related->name)));
	*key = started.key;
}

/* Was the parent named? All of its key, or none of it. */
static bool
parent_is_given(Call *call)
{
	for (int i = 0; i < call->function->nargs; i++)
		if (call->function->args[i].role == ARG_PARENT_KEY && call->fcinfo->args[i].isnull)
			return false;
	return true;
}

static bool
begin_repeatable(Call *call, const RowValues *row)
{
	if (!idempotency_given(call->model, row))
		return false;
	idempotency_begin(call, 1);
	return true;
}

/* append_message(user_id, conversation_id, role, content, data, client_key): message */
Datum
op_append(Call *call)
{
	ErrorList	errors;
	RowValues  *row;
	KeyValues	key;

	errors_init(&errors, call->model);
	row = create_read_row(call, &errors);
	create_raise(call, &row, 1, NO_INDEX, &errors);
	if (!parent_is_given(call))
	{
		/* a repeated call must not start a second parent */
		if (begin_repeatable(call, row) &&
			idempotency_find(call, row, call_sink_row, call))
			return call_return_row(call);
		start_parent(call, &key);
		refer_to(call, row, &key);
	}
	create_rows(call, &row, 1, false, call_sink_row, call);
	return call_return_row(call);
}

/* RowSink: keeps the key to the parent of a row that was made before. */
static void
sink_repeated(TupleTableSlot *slot, void *arg)
{
	Started    *started = arg;
	const Relationship *relationship = started->call->function->relationship;

	along_key_of_slot(started->call, started->call->model, relationship->own,
					  relationship->ncolumns, slot, &started->key);
}

/* The parent that an earlier, identical call has started. */
static bool
find_started(Call *call, RowValues **rows, int count, KeyValues *key)
{
	Started		started;

	memset(&started, 0, sizeof(started));
	started.call = call;
	idempotency_begin(call, create_count_repeatable(call->model, rows, count));
	for (int i = 0; i < count; i++)
	{
		if (idempotency_given(call->model, rows[i]) &&
			idempotency_find(call, rows[i], sink_repeated, &started) && !started.key.any_null)
		{
			*key = started.key;
			return true;
		}
	}
	return false;
}

/* The key to the parent that the arguments name. */
static void
key_of_arguments(Call *call, KeyValues *key, ErrorList *errors)
{
	Relationship *relationship = call->function->relationship;
	RowValues  *row = create_read_arguments(call, PAYLOAD_PART, errors);

	memset(key, 0, sizeof(KeyValues));
	for (int i = 0; i < relationship->ncolumns; i++)
		key->values[i] = row->values[relationship->own[i] - 1];
}

/* append_messages(user_id, conversation_id, items): setof message */
Datum
op_append_many(Call *call)
{
	ErrorList	errors;
	RowValues **rows;
	KeyValues	key;
	int			count;

	errors_init(&errors, call->model);
	rows = create_read_items(call, &count, &errors, NULL);
	if (parent_is_given(call))
	{
		key_of_arguments(call, &key, &errors);
		refer_all_to(call, rows, count, &key);
	}
	create_raise(call, rows, count, create_is_batch(call) ? 0 : NO_INDEX, &errors);
	call_open_store(call);
	if (count == 0)
		return call_return_set(call);
	if (!parent_is_given(call) && !find_started(call, rows, count, &key))
		start_parent(call, &key);
	refer_all_to(call, rows, count, &key);
	create_rows(call, rows, count, create_is_batch(call), call_sink_store, call);
	return call_return_set(call);
}
