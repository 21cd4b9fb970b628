/*
 * op_context.c
 *	  The newest children of a row that fit into a budget: context.
 *
 * They are read from the newest back, and no further than the budget goes; so
 * a call costs what it returns, however long the conversation is.
 */
#include "compat.h"

#include "access/htup_details.h"
#include "catalog/pg_type.h"
#include "utils/builtins.h"

#include "along.h"
#include "call.h"
#include "context.h"
#include "errors.h"
#include "extra.h"
#include "operation.h"
#include "read.h"
#include "sort.h"

/* Tells the statements apart; the settings follow. */
typedef struct ContextShape
{
	AlongShape	along;
	int32		pinned;			/* only rows that are pinned */
} ContextShape;

/* What stands behind the row's own columns. */
typedef enum ContextColumn
{
	CONTEXT_LENGTH,
	CONTEXT_TURN,
	CONTEXT_ANSWER,
	CONTEXT_PINNED,
	CONTEXT_CALL_IDS,
	CONTEXT_ANSWER_IDS
} ContextColumn;

/* Appends: , (true AND t.role = 'user') */
static void
append_question(Statement *st, const Model *model, JsonbContainer *conditions)
{
	statement_add(st, conditions ? ", (true" : ", (false");
	extra_append_where(st, model, "t", conditions);
	statement_add(st, ")");
}

/*
 * Appends: , pg_catalog.jsonb_path_query_array(t.data, '$.tool_call_id', '{}', true)
 *
 * "true" makes a path that does not fit the value find nothing.
 */
static void
append_ids(Statement *st, const Model *model, const ColumnPath *path)
{
	if (path->attnum == 0)
		statement_add(st, ", NULL::pg_catalog.jsonb");
	else
		statement_add(st, ", pg_catalog.jsonb_path_query_array(t.%s, %s::pg_catalog.jsonpath, "
					  "'{}'::pg_catalog.jsonb, true)",
					  model_column(model, path->attnum)->quoted, quote_literal_cstr(path->path));
}

/*
 * SELECT t.id, ..., pg_catalog.char_length(t.content), (true AND t.role = 'user'), ...
 *	FROM public.message AS t WHERE t.user_id = $1 AND t.conversation_id = $2
 *	 AND t.status = 'complete' ORDER BY t.id DESC LIMIT $3
 */
static void
build_context(Statement *st, const Model *other, const void *bytes)
{
	const ContextShape *shape = bytes;
	ExtraSettings settings;

	extra_read_again(other, operation_find("context"),
					 (Jsonb *) (unconstify(ContextShape *, shape) + 1), &settings);
	statement_add(st, "SELECT ");
	statement_columns(st, other, "t");
	statement_add(st, ", pg_catalog.char_length(t.%s)", model_column(other, settings.measure)->quoted);
	append_question(st, other, settings.turn);
	append_question(st, other, settings.answer);
	append_question(st, other, settings.pinned);
	append_ids(st, other, &settings.calls);
	append_ids(st, other, &settings.answers);
	statement_add(st, " FROM %s AS t WHERE ", other->qualified);
	along_append_where(st, other, &shape->along);
	extra_append_where(st, other, "t", settings.where);
	if (shape->pinned)
		extra_append_where(st, other, "t", settings.pinned);
	statement_add(st, " ORDER BY ");
	sort_append(&st->sql, other, "t", other->sort, other->nsort, true);
	statement_add(st, " LIMIT ");
	statement_param(st, INT8OID);
}

/* Rows as they come, newest first, and what is left of the budget. */
typedef struct Reading
{
	Call	   *call;
	int64		rows_left;
	int64		chars_left;
	int			npaid;			/* pinned rows that are in the budget already, the newest ones */
	int			npinned;		/* pinned rows so far */
	bool		complete;		/* no row was left out */
	int			count;
	int			capacity;
	ContextRow *rows;
} Reading;

/* An array of ids behind the row; NULL where it is null or empty. */
static Jsonb *
ids_of_slot(TupleTableSlot *slot, int at)
{
	Jsonb	   *ids;

	if (slot->tts_isnull[at])
		return NULL;
	ids = DatumGetJsonbPCopy(slot->tts_values[at]);
	return JB_ROOT_COUNT(ids) > 0 ? ids : NULL;
}

static bool
flag_of_slot(TupleTableSlot *slot, int at)
{
	return !slot->tts_isnull[at] && DatumGetBool(slot->tts_values[at]);
}

static void
keep_row(Reading *reading, TupleTableSlot *slot)
{
	Call	   *call = reading->call;
	int			natts = call->related->natts;
	MemoryContext old = MemoryContextSwitchTo(call->work_cxt);
	ContextRow *row;

	if (reading->count == reading->capacity)
	{
		reading->capacity = Max(reading->capacity * 2, 64);
		reading->rows = reading->rows ?
			repalloc_huge(reading->rows, sizeof(ContextRow) * reading->capacity) :
			palloc(sizeof(ContextRow) * reading->capacity);
	}
	row = &reading->rows[reading->count++];
	memset(row, 0, sizeof(ContextRow));
	row->tuple = heap_form_tuple(call->related->rowdesc, slot->tts_values, slot->tts_isnull);
	row->turn = flag_of_slot(slot, natts + CONTEXT_TURN);
	row->answer = flag_of_slot(slot, natts + CONTEXT_ANSWER);
	row->pinned = flag_of_slot(slot, natts + CONTEXT_PINNED);
	row->call_ids = ids_of_slot(slot, natts + CONTEXT_CALL_IDS);
	row->answer_ids = row->answer ? ids_of_slot(slot, natts + CONTEXT_ANSWER_IDS) : NULL;
	MemoryContextSwitchTo(old);
}

/* RowSink: one more row, if it fits; the first that does not ends the reading. */
static void
sink_newest(TupleTableSlot *slot, void *arg)
{
	Reading    *reading = arg;
	int			natts = reading->call->related->natts;
	int64		length;
	bool		pinned;

	slot_getallattrs(slot);
	length = slot->tts_isnull[natts + CONTEXT_LENGTH] ? 0 :
		DatumGetInt32(slot->tts_values[natts + CONTEXT_LENGTH]);
	pinned = flag_of_slot(slot, natts + CONTEXT_PINNED);
	if (!(pinned && reading->npinned < reading->npaid))
	{
		if (reading->rows_left == 0 || length > reading->chars_left)
		{
			reading->complete = false;
			receiver_end();
			return;
		}
		reading->rows_left--;
		reading->chars_left -= length;
	}
	reading->npinned += pinned;
	keep_row(reading, slot);
}

/* Reads as much as fits, newest first. */
static void
read_newest(Reading *reading, const KeyValues *key, bool pinned)
{
	Call	   *call = reading->call;
	Jsonb	   *settings = call->function->settings.json;
	Size		size = sizeof(ContextShape) + VARSIZE(settings);
	ContextShape *shape = palloc0(size);
	KeyValues	values = *key;
	int64		limit = reading->rows_left;

	along_make_shape(&shape->along, call->model, call->function->relationship, true);
	shape->pinned = pinned;
	memcpy(shape + 1, settings, VARSIZE(settings));
	reading->complete = true;
	/* one more tells whether there are more; with no bound there is no end to tell */
	if (limit < PG_INT64_MAX - reading->npaid)
		limit += reading->npaid + 1;
	values.values[call->function->relationship->ncolumns] = Int64GetDatum(limit);
	(void) plan_run(plan_get(call->related, PLAN_CONTEXT, shape, size, build_context),
					values.values, NULL, call->read_only, sink_newest, reading);
}

/* A bound that was given; null is none. */
static int64
take_bound(const Call *call, ArgumentRole role)
{
	const char *name = call->function->args[call->function->role_index[role]].name;
	int			bound;

	if (!call_has(call, role))
		return PG_INT64_MAX;
	bound = DatumGetInt32(call_arg(call, role));
	if (bound < 0)
		errors_refuse_negative(name, bound, "Give null for no bound.");
	return bound;
}

static void
reverse(ContextRow *rows, int count)
{
	for (int i = 0; i < count / 2; i++)
	{
		ContextRow	other = rows[i];

		rows[i] = rows[count - 1 - i];
		rows[count - 1 - i] = other;
	}
}

static int
count_pinned(const ContextRow *rows, int count)
{
	int			n = 0;

	for (int i = 0; i < count; i++)
		n += rows[i].pinned;
	return n;
}

/* The pinned rows that the cut has lost, then the newest; oldest first. */
static ContextRow *
join_rows(Reading *pinned, Reading *newest, int *count)
{
	int			first;
	int			lost;
	ContextRow *rows;

	reverse(newest->rows, newest->count);
	first = context_first(newest->rows, newest->count, newest->complete);
	*count = newest->count - first;
	/* both begin with the newest: what stays has that many of them */
	lost = pinned->count - count_pinned(newest->rows + first, *count);
	lost = Max(lost, 0);
	rows = palloc_extended(sizeof(ContextRow) * Max(lost + *count, 1), MCXT_ALLOC_HUGE);
	if (lost > 0)
		memcpy(rows, pinned->rows + pinned->count - lost, sizeof(ContextRow) * lost);
	reverse(rows, lost);
	if (*count > 0)
		memcpy(rows + lost, newest->rows + first, sizeof(ContextRow) * *count);
	*count += lost;
	return rows;
}

/* Reads what the budget allows and puts what stays into the result. */
static void
store_context(Call *call, const KeyValues *key, int64 max_rows, int64 max_chars)
{
	Reading		pinned = {.call = call, .rows_left = max_rows, .chars_left = max_chars};
	Reading		newest;
	ContextRow *rows;
	int			count;

	if (call_has(call, ARG_KEEP_PINNED) && DatumGetBool(call_arg(call, ARG_KEEP_PINNED)) &&
		call->function->settings.pinned)
		read_newest(&pinned, key, true);
	newest = pinned;
	newest.npaid = pinned.count;
	newest.npinned = newest.count = newest.capacity = 0;
	newest.rows = NULL;
	read_newest(&newest, key, false);
	rows = join_rows(&pinned, &newest, &count);
	if (call->function->settings.calls.attnum)
		context_pair(rows, count);
	for (int i = 0; i < count; i++)
		if (!rows[i].dropped)
			tuplestore_puttuple(call->store, rows[i].tuple);
}

/* The parent of the rows. */
typedef struct ContextParent
{
	Call	   *call;
	bool		found;
	KeyValues	key;			/* its key, for the children */
} ContextParent;

/* RowSink: notes the parent's key. */
static void
sink_parent(TupleTableSlot *slot, void *arg)
{
	ContextParent *parent = arg;
	const Relationship *relationship = parent->call->function->relationship;

	parent->found = true;
	along_key_of_slot(parent->call, parent->call->model, relationship->own,
					  relationship->ncolumns, slot, &parent->key);
}

/* chat_context(user_id, conversation_id, max_messages, max_chars, keep_system): setof message */
Datum
op_context(Call *call)
{
	int64		max_rows = take_bound(call, ARG_TAKE);
	int64		max_chars = take_bound(call, ARG_MAX_CHARS);
	Datum		keys[1 + INDEX_MAX_KEYS];
	ContextParent parent;
	bool		any_null;

	call_open_store(call);
	(void) call_bind_keys(call, keys, &any_null);
	if (any_null || max_rows == 0)
		return call_return_set(call);
	memset(&parent, 0, sizeof(parent));
	parent.call = call;
	read_by_key(call, keys, sink_parent, &parent);
	if (parent.found && !parent.key.any_null)
		store_context(call, &parent.key, max_rows, max_chars);
	return call_return_set(call);
}
