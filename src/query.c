/*
 * query.c
 *	  Rows of an owner by scope, match and sort.
 *
 * What tells the statements apart is one string of bytes: the fixed part, the
 * items of the order where it is the caller's, and the program of the match.
 */
#include "compat.h"

#include "catalog/pg_type.h"
#include "executor/executor.h"
#include "utils/builtins.h"
#include "utils/datum.h"

#include "identity.h"
#include "jsonb_read.h"
#include "query.h"
#include "sort.h"

/* The fixed part of the shape. */
typedef struct QueryShape
{
	ScopeName	scope;
	Segment		segment;		/* which part of the rows behind a cursor */
	int16		with_order;		/* columns of the order stand behind the row */
	int16		unlimited;		/* count: neither order nor limit */
	int16		nitems;			/* items of the order that follow; 0: the model's own */
	int16		length;			/* words of the match that follow them */
} QueryShape;

/* May somebody's code run in the tables that match and sort read? */
static bool
reads_foreign_code(const RowQuery *query)
{
	const Model *model = query->order.model;

	for (int i = 0; i < query->order.nitems; i++)
	{
		int			number = query->order.items[i].relationship;

		if (number != NO_RELATIONSHIP &&
			model_read_runs_foreign_code(&model->relationships[number]))
			return true;
	}
	return query->match.foreign_code;
}

/* Match and sort lead to other models: may they be read for this owner? */
static void
check_identity(const Call *call, const RowQuery *query)
{
	const Model *model = call->model;
	ListCell   *cell;

	foreach(cell, query->match.related)
		identity_check_related(model, lfirst(cell), call->owner);
	for (int i = 0; i < query->order.nitems; i++)
	{
		int			number = query->order.items[i].relationship;

		if (number != NO_RELATIONSHIP)
			identity_check_related(model, model_slot_current(model->relationships[number].target_slot),
								   call->owner);
	}
}

/* Reads the call's match; every mistake in it is raised, with what was noted before. */
static void
read_match(Call *call, ErrorList *noted, Match *match)
{
	const Function *function = call->function;
	Place		place = {NULL, function->args[function->role_index[ARG_MATCH]].name, 0};
	JsonbValue	json = jsonb_root(DatumGetJsonbP(call_arg(call, ARG_MATCH)));
	ErrorList	own;
	ErrorList  *errors = noted ? noted : &own;

	if (noted == NULL)
		errors_init(&own, call->model);
	match_read(call->model, &json, &place, errors, match);
	errors_raise(errors);
}

/*
 * Reads scope, match and sort of a call.  noted: mistakes that are raised
 * together with those of the match; may be NULL.
 *
 * Match and sort lock the tables that they lead to, one after the other, and
 * the call's descriptor may go stale while one is waited for (ANALYZE alone does
 * that).  It is right all the same: its table is locked since before it was
 * read, and what a relationship hangs on cannot change while one of its two
 * tables is locked.
 */
void
query_read_noted(Call *call, ErrorList *noted, RowQuery *query)
{
	Model	   *model = call->model;
	const Place sort_place = {NULL, "sort", 0};

	memset(query, 0, sizeof(RowQuery));
	scope_resolve(model, call_has(call, ARG_SCOPE) ?
				  TextDatumGetCString(call_arg(call, ARG_SCOPE)) : "all", &query->scope);
	query->match.truth = MATCH_TRUE;
	if (call_has(call, ARG_MATCH))
		read_match(call, noted, &query->match);
	else if (noted)
		errors_raise(noted);
	query->order.model = model;
	query->order.items = model->sort;
	query->order.nitems = model->nsort;
	if (call_has(call, ARG_SORT))
	{
		query->sort_text = TextDatumGetCString(call_arg(call, ARG_SORT));
		query->order.items = sort_parse(model, query->sort_text, &sort_place,
										&query->order.nitems);
		query->own_order = true;
	}
	check_identity(call, query);
	if (reads_foreign_code(query))
		call_secure_path(call);
}

/* The same where nothing was noted before. */
void
query_read(Call *call, RowQuery *query)
{
	query_read_noted(call, NULL, query);
}

/* Computes what the query's cursors belong to. */
void
query_bind_context(Call *call, RowQuery *query)
{
	Model	   *model = call->model;
	uint64		hash = cursor_hash_rows(model, call->owner);

	hash = cursor_hash_text(hash, query->scope.data);
	if (call_has(call, ARG_MATCH))
	{
		Jsonb	   *match = DatumGetJsonbP(call_arg(call, ARG_MATCH));

		if (JB_ROOT_COUNT(match) > 0)
			hash = cursor_hash(hash, match, VARSIZE(match));
	}
	for (int i = 0; i < query->order.nitems; i++)
	{
		const SortItem *item = &query->order.items[i];
		const char *alias;

		hash = cursor_hash_text(hash, sort_column(model, item, "t", &alias)->name);
		hash = cursor_hash_text(hash, item->relationship == NO_RELATIONSHIP ? "" :
						 model->relationships[item->relationship].name);
		hash = cursor_hash_text(hash, item->descending ? "desc" : "asc");
		hash = cursor_hash_text(hash, item->nulls_first ? "first" : "last");
	}
	query->order.context = hash;
}

/* The bytes that tell the statement apart. */
static StringInfoData
make_shape(const RowQuery *query, const Segment *segment, bool with_order, bool unlimited)
{
	QueryShape	shape;
	StringInfoData bytes;

	memset(&shape, 0, sizeof(shape));
	shape.scope = query->scope;
	shape.segment = *segment;
	shape.with_order = with_order;
	shape.unlimited = unlimited;
	shape.nitems = query->own_order && !unlimited ? query->order.nitems : 0;
	shape.length = query->match.length;
	initStringInfo(&bytes);
	appendBinaryStringInfo(&bytes, (const char *) &shape, sizeof(shape));
	sort_append_shape(&bytes, query->order.items, shape.nitems);
	if (shape.length > 0)
		appendBinaryStringInfo(&bytes, (const char *) query->match.words,
							   sizeof(int16) * shape.length);
	return bytes;
}

/* A shape, taken apart again. */
typedef struct ReadShape
{
	QueryShape	fixed;
	SortItem   *items;
	int			nitems;
	const int16 *words;
} ReadShape;

static void
read_shape(const Model *model, const void *bytes, ReadShape *shape)
{
	const int16 *rest = (const int16 *) ((const char *) bytes + sizeof(QueryShape));

	memcpy(&shape->fixed, bytes, sizeof(QueryShape));
	shape->items = model->sort;
	shape->nitems = model->nsort;
	if (shape->fixed.nitems > 0)
	{
		shape->nitems = shape->fixed.nitems;
		shape->items = palloc0(sizeof(SortItem) * shape->nitems);
		for (int i = 0; i < shape->nitems; i++, rest += 4)
		{
			shape->items[i].attnum = rest[0];
			shape->items[i].relationship = rest[1];
			shape->items[i].descending = rest[2];
			shape->items[i].nulls_first = rest[3];
		}
	}
	shape->words = rest;
}

/* Appends the columns of the order that are not the row's own: , s0.title AS todo_orm_0 */
static void
append_order_columns(Statement *st, const Model *model, const ReadShape *shape)
{
	for (int i = 0; i < shape->nitems; i++)
	{
		const char *alias;
		const Column *column;

		if (shape->items[i].relationship == NO_RELATIONSHIP)
			continue;
		column = sort_column(model, &shape->items[i], "t", &alias);
		statement_add(st, ", %s.%s AS todo_orm_%d", alias, column->quoted, i);
	}
}

/*
 * Appends owner, scope and match: t.user_id = $1 AND t.deleted_at IS NULL AND <match>
 *
 * owner_param: the owner's parameter, declared already; 0: no owner.
 */
void
query_append_where(Statement *st, const Model *model, const char *alias, int owner_param,
				   const ScopeName *scope, const int16 *words, int length)
{
	if (owner_param)
		statement_equal_again(st, model_column(model, model->owner), alias, owner_param);
	else
		statement_add(st, "true");
	scope_append(st, model, alias, scope);
	match_append(st, model, alias, owner_param, words, length);
}

/*
 * SELECT t.id, ... FROM public.task AS t WHERE t.user_id = $1 AND <scope> AND <match>
 *	AND <behind the cursor> ORDER BY t.created_at DESC, t.id DESC LIMIT $2 OFFSET $3
 *
 * or, for counting: SELECT pg_catalog.count(*) FROM ... WHERE ...
 */
static void
build_query(Statement *st, const Model *model, const void *bytes)
{
	ReadShape	shape;
	int			owner_param = 0;

	read_shape(model, bytes, &shape);
	if (model->owner)
		owner_param = statement_declare(st, model_column(model, model->owner)->basetype);
	statement_add(st, "SELECT ");
	if (shape.fixed.unlimited)
		statement_add(st, "pg_catalog.count(*)");
	else
		statement_columns(st, model, "t");
	if (shape.fixed.with_order)
		append_order_columns(st, model, &shape);
	statement_add(st, " FROM %s AS t", model->qualified);
	if (!shape.fixed.unlimited)
		sort_append_joins(st, model, shape.items, shape.nitems, owner_param);
	statement_add(st, " WHERE ");
	query_append_where(st, model, "t", owner_param, &shape.fixed.scope, shape.words,
					   shape.fixed.length);
	if (shape.fixed.unlimited)
		return;
	cursor_append(st, model, "t", shape.items, shape.nitems, &shape.fixed.segment);
	if (shape.nitems > 0)
	{
		statement_add(st, " ORDER BY ");
		sort_append(&st->sql, model, "t", shape.items, shape.nitems,
					shape.fixed.segment.backward != 0);
	}
	statement_add(st, " LIMIT ");
	statement_param(st, INT8OID);
	statement_add(st, " OFFSET ");
	statement_param(st, INT8OID);
}

/* Binds owner and match; answers how many values that is. */
int
query_bind(const Call *call, const RowQuery *query, Datum *values)
{
	int			n = 0;

	if (call->model->owner)
		values[n++] = call->owner;
	if (query->match.nvalues > 0)
		memcpy(values + n, query->match.values, sizeof(Datum) * query->match.nvalues);
	return n + query->match.nvalues;
}

static Datum *
new_values(const RowQuery *query)
{
	return palloc(sizeof(Datum) * (query->match.nvalues + CURSOR_MAX_ITEMS + 3));
}

/*
 * Reads rows and hands them to "sink" in the direction of reading.
 *
 * cursor: where to begin; NULL: at the beginning, or the end where "backward".
 * with_order: columns of related rows that the order reads stand behind the row.
 */
void
query_fetch(Call *call, const RowQuery *query, const Cursor *cursor, bool backward, bool with_order,
			int64 limit, int64 skip, RowSink sink, void *arg)
{
	Segment		segments[MAX_SEGMENTS];
	int			nsegments = cursor_segments(&query->order, cursor, segments);
	Datum	   *values = new_values(query);

	for (int i = 0; i < nsegments && (limit > 0 || i == 0); i++)
	{
		StringInfoData shape;
		int			n = query_bind(call, query, values);

		if (cursor == NULL)
			segments[i].backward = backward;
		shape = make_shape(query, &segments[i], with_order, false);
		n += cursor_bind(&query->order, cursor, &segments[i], values + n);
		values[n++] = Int64GetDatum(limit);
		values[n++] = Int64GetDatum(skip);
		limit -= plan_run(plan_get(call->model, PLAN_LIST, shape.data, shape.len, build_query),
						  values, NULL, call->read_only, sink, arg);
	}
}

/* Where rows are collected. */
typedef struct Collector
{
	Call	   *call;
	QueryRows  *rows;
} Collector;

/* RowSink: keeps a copy. */
static void
sink_collect(TupleTableSlot *slot, void *arg)
{
	Collector  *collector = arg;
	QueryRows  *rows = collector->rows;
	MemoryContext old = MemoryContextSwitchTo(collector->call->work_cxt);

	if (rows->desc == NULL)
		rows->desc = CreateTupleDescCopy(slot->tts_tupleDescriptor);
	if (rows->count == rows->capacity)
	{
		rows->capacity = Max(rows->capacity * 2, 64);
		rows->tuples = rows->tuples ?
			repalloc_huge(rows->tuples, sizeof(MinimalTuple) * rows->capacity) :
			palloc_extended(sizeof(MinimalTuple) * rows->capacity, MCXT_ALLOC_HUGE);
	}
	rows->tuples[rows->count++] = ExecCopySlotMinimalTuple(slot);
	MemoryContextSwitchTo(old);
}

/* Reads rows and keeps them, in their natural order. */
void
query_collect(Call *call, const RowQuery *query, const Cursor *cursor, bool backward, bool with_order,
			  int64 limit, int64 skip, QueryRows *rows)
{
	Collector	collector = {call, rows};

	memset(rows, 0, sizeof(QueryRows));
	query_fetch(call, query, cursor, backward, with_order, limit, skip, sink_collect, &collector);
	if (!backward)
		return;
	for (int64 i = 0; i < rows->count / 2; i++)
	{
		MinimalTuple other = rows->tuples[i];

		rows->tuples[i] = rows->tuples[rows->count - 1 - i];
		rows->tuples[rows->count - 1 - i] = other;
	}
}

/* Hands some of the collected rows to "sink". */
void
query_each(const QueryRows *rows, int64 first, int64 count, RowSink sink, void *arg)
{
	TupleTableSlot *slot;

	if (count == 0)
		return;
	slot = MakeSingleTupleTableSlot(rows->desc, &TTSOpsMinimalTuple);
	for (int64 i = first; i < first + count; i++)
	{
		ExecStoreMinimalTuple(rows->tuples[i], slot, false);
		sink(slot, arg);
	}
	ExecDropSingleTupleTableSlot(slot);
}

/* The place of a collected row in the order; the values are copies. */
void
query_cursor_of(Call *call, const RowQuery *query, const QueryRows *rows, int64 row, Cursor *cursor)
{
	TupleTableSlot *slot = MakeSingleTupleTableSlot(rows->desc, &TTSOpsMinimalTuple);
	int			extra = call->model->natts;

	memset(cursor, 0, sizeof(Cursor));
	ExecStoreMinimalTuple(rows->tuples[row], slot, false);
	slot_getallattrs(slot);
	for (int i = 0; i < query->order.nitems; i++)
	{
		const SortItem *item = &query->order.items[i];
		const char *alias;
		const Column *column = sort_column(call->model, item, "t", &alias);
		int			at = item->relationship == NO_RELATIONSHIP ? item->attnum - 1 : extra++;

		cursor->nulls[i] = slot->tts_isnull[at];
		if (!cursor->nulls[i])
			cursor->values[i] = datumCopy(slot->tts_values[at], column->typbyval, column->typlen);
	}
	ExecDropSingleTupleTableSlot(slot);
}

/* RowSink: the one bigint of a result. */
static void
sink_bigint(TupleTableSlot *slot, void *arg)
{
	slot_getallattrs(slot);
	*(int64 *) arg = DatumGetInt64(slot->tts_values[0]);
}

/* How many rows there are. */
int64
query_count(Call *call, const RowQuery *query)
{
	Segment		segment;
	StringInfoData shape;
	Datum	   *values = new_values(query);
	int64		count = 0;

	memset(&segment, 0, sizeof(segment));
	shape = make_shape(query, &segment, false, true);
	(void) query_bind(call, query, values);
	(void) plan_run(plan_get(call->model, PLAN_COUNT, shape.data, shape.len, build_query), values,
					NULL, call->read_only, sink_bigint, &count);
	return count;
}
