/*
 * op_list.c
 *	  Reading by scope and match: list, page, first, one, count.
 */
#include "compat.h"

#include "executor/executor.h"
#include "utils/builtins.h"
#include "utils/json.h"

#include "call.h"
#include "errors.h"
#include "json_writer.h"
#include "operation.h"
#include "query.h"
#include "settings.h"

/* what a page holds where the caller does not say; stands in signature.c, too */
#define DEFAULT_TAKE 50

/* The page size; 22023 beyond todo_orm.max_take, in either direction. */
static int64
take_take(const Call *call)
{
	int64		take = call_int_arg(call, ARG_TAKE, DEFAULT_TAKE);

	/* the signature's default never exceeds the cap */
	if (take == DEFAULT_TAKE)
		take = Min(take, setting_max_take);
	if (take > setting_max_take || take < -setting_max_take)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("take must be between %d and %d", -setting_max_take, setting_max_take),
				 errdetail_internal("%s", errors_detail("take",
														psprintf("must be between %d and %d",
																 -setting_max_take,
																 setting_max_take),
														psprintf(INT64_FORMAT, take))),
				 errhint("Read further rows with the next page.")));
	return take;
}

static int64
take_skip(const Call *call)
{
	int64		skip = call_int_arg(call, ARG_SKIP, 0);

	if (skip < 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("skip must not be negative"),
				 errdetail_internal("%s", errors_detail("skip", "must not be negative",
														psprintf(INT64_FORMAT, skip)))));
	return skip;
}

/* Which rows of a query are wanted. */
typedef struct PageRequest
{
	Cursor		cursor;
	bool		has_cursor;
	bool		backward;		/* read towards the beginning */
	int64		take;			/* never negative */
	int64		skip;
} PageRequest;

/* Reads take, skip and cursor; a cursor says itself where the page begins and which way it goes. */
static void
read_page(Call *call, RowQuery *query, PageRequest *page)
{
	int64		take = take_take(call);

	memset(page, 0, sizeof(PageRequest));
	page->skip = take_skip(call);
	page->take = take < 0 ? -take : take;
	page->backward = take < 0;
	if (!call_has(call, ARG_CURSOR))
		return;
	if (take < 0 || page->skip > 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("a cursor goes together with neither skip nor a negative take"),
				 errdetail_internal("%s", errors_detail("cursor",
														"goes together with neither skip nor a negative take",
														NULL))));
	query_bind_context(call, query);
	cursor_decode(&query->order, TextDatumGetCString(call_arg(call, ARG_CURSOR)), &page->cursor);
	page->has_cursor = true;
	page->backward = page->cursor.backward;
}

static const Cursor *
cursor_of(const PageRequest *page)
{
	return page->has_cursor ? &page->cursor : NULL;
}

/* Hands collected rows to the result. */
static void
store_rows(Call *call, const QueryRows *rows)
{
	TupleTableSlot *slot;

	if (rows->count == 0)
		return;
	slot = MakeSingleTupleTableSlot(rows->desc, &TTSOpsMinimalTuple);
	for (int64 i = 0; i < rows->count; i++)
	{
		ExecStoreMinimalTuple(rows->tuples[i], slot, false);
		call_sink_store(slot, call);
	}
	ExecDropSingleTupleTableSlot(slot);
}

/* list_tasks(user_id, scope, match, sort, take, skip, cursor): setof task */
Datum
op_list(Call *call)
{
	RowQuery		query;
	PageRequest		page;
	QueryRows	rows;

	query_read(call, &query);
	read_page(call, &query, &page);
	call_open_store(call);
	if (!page.backward)
		query_fetch(call, &query, cursor_of(&page), false, false, page.take, page.skip,
					call_sink_store, call);
	else
	{
		query_collect(call, &query, cursor_of(&page), true, false, page.take, page.skip, &rows);
		store_rows(call, &rows);
	}
	return call_return_set(call);
}

/* first_task(user_id, match, sort, scope): setof task, 0..1 */
Datum
op_first(Call *call)
{
	RowQuery		query;

	query_read(call, &query);
	call_open_store(call);
	query_fetch(call, &query, NULL, false, false, 1, 0, call_sink_store, call);
	return call_return_set(call);
}

/* one_task(user_id, match, scope, missing_ok): setof task; P0002 for none, P0003 for several */
Datum
op_one(Call *call)
{
	RowQuery		query;
	QueryRows	rows;
	bool		missing_ok = call_has(call, ARG_MISSING_OK) &&
		DatumGetBool(call_arg(call, ARG_MISSING_OK));

	query_read(call, &query);
	call_open_store(call);
	query_collect(call, &query, NULL, false, false, 2, 0, &rows);
	if (rows.count > 1)
		ereport(ERROR,
				(errcode(ERRCODE_TOO_MANY_ROWS),
				 errmsg("several rows of \"%s\" match", call->model->name),
				 errhint("Match by something that is unique, or use first_ or list_.")));
	if (rows.count == 0 && !missing_ok)
		ereport(ERROR,
				(errcode(ERRCODE_NO_DATA_FOUND),
				 errmsg("no row of \"%s\" matches", call->model->name),
				 errhint("Give missing_ok => true to get no row instead.")));
	store_rows(call, &rows);
	return call_return_set(call);
}

/* count_tasks(user_id, scope, match): bigint */
Datum
op_count(Call *call)
{
	RowQuery		query;

	query_read(call, &query);
	return Int64GetDatum(query_count(call, &query));
}

/* RowSink: there is a row. */
static void
sink_exists(TupleTableSlot *slot, void *arg)
{
	(void) slot;
	*(bool *) arg = true;
}

/* Is there a row behind, or before, a place in the order? */
static bool
exists_beyond(Call *call, const RowQuery *query, const Cursor *cursor)
{
	bool		exists = false;

	query_fetch(call, query, cursor, cursor->backward, false, 1, 0, sink_exists, &exists);
	return exists;
}

/* Appends: ,"next_cursor":"..." or null */
static void
append_cursor(StringInfo json, const RowQuery *query, const char *name, const Cursor *cursor)
{
	appendStringInfo(json, ",\"%s\":", name);
	if (cursor == NULL)
		appendStringInfoString(json, "null");
	else
		escape_json(json, cursor_encode(&query->order, cursor));
}

/* A page that was read: its rows, and whether the read met one more. */
typedef struct ReadPage
{
	QueryRows	rows;
	int64		first;			/* the first of them that belongs to the page */
	int64		count;			/* how many do */
	bool		more;			/* in the direction of reading */
} ReadPage;

static void
collect_page(Call *call, const RowQuery *query, const PageRequest *page, ReadPage *read)
{
	memset(read, 0, sizeof(ReadPage));
	query_collect(call, query, cursor_of(page), page->backward, true, page->take + 1, page->skip,
				  &read->rows);
	read->more = read->rows.count > page->take;
	read->count = Min(read->rows.count, page->take);
	/* read backwards, the one too many comes first */
	read->first = page->backward && read->more ? 1 : 0;
}

/* The way back from behind the end: to a page that holds the row at the edge. */
static const Cursor *
edge_cursor(Call *call, const RowQuery *query, bool backward, Cursor *cursor)
{
	QueryRows	rows;

	query_collect(call, query, NULL, backward, true, 1, 0, &rows);
	if (rows.count == 0)
		return NULL;
	query_cursor_of(call, query, &rows, 0, cursor);
	cursor->backward = backward;
	cursor->inclusive = true;
	return cursor;
}

/*
 * The cursor to the page on one side; NULL where there is none.
 *
 * Behind the read's own direction the one row too many tells; on the other side
 * it is looked for, unless the read began at the very edge.
 */
static const Cursor *
side_cursor(Call *call, const RowQuery *query, const PageRequest *page, const ReadPage *read, bool backward,
			Cursor *cursor)
{
	if (page->take == 0)
		return NULL;
	if (read->count > 0)
	{
		query_cursor_of(call, query, &read->rows,
						backward ? read->first : read->first + read->count - 1, cursor);
		cursor->backward = backward;
		if (backward == page->backward)
			return read->more ? cursor : NULL;
		if (!page->has_cursor && page->skip == 0)
			return NULL;
	}
	else
	{
		if (backward == page->backward)
			return NULL;
		if (!page->has_cursor)
			return page->skip > 0 ? edge_cursor(call, query, backward, cursor) : NULL;
		/* nothing there: the way back is where the cursor stood */
		*cursor = page->cursor;
		cursor->backward = backward;
		cursor->inclusive = !page->cursor.inclusive;
	}
	return exists_beyond(call, query, cursor) ? cursor : NULL;
}

static void
append_items(StringInfo json, const Call *call, const ReadPage *read)
{
	TupleTableSlot *slot;

	appendStringInfoString(json, "{\"items\":[");
	if (read->count > 0)
	{
		slot = MakeSingleTupleTableSlot(read->rows.desc, &TTSOpsMinimalTuple);
		for (int64 i = 0; i < read->count; i++)
		{
			ExecStoreMinimalTuple(read->rows.tuples[read->first + i], slot, false);
			appendStringInfoString(json, i == 0 ? "{" : ",{");
			json_writer_members(json, call->model, slot);
			appendStringInfoChar(json, '}');
		}
		ExecDropSingleTupleTableSlot(slot);
	}
	appendStringInfoChar(json, ']');
}

/* page_tasks(as list_tasks, with_total): json */
Datum
op_page(Call *call)
{
	RowQuery		query;
	PageRequest		page;
	ReadPage	read;
	Cursor		next;
	Cursor		prev;
	StringInfoData json;
	int			guc_level;

	query_read(call, &query);
	read_page(call, &query, &page);
	query_bind_context(call, &query);
	guc_level = json_writer_begin(call->model);
	initStringInfo(&json);
	collect_page(call, &query, &page, &read);
	append_items(&json, call, &read);
	append_cursor(&json, &query, "next_cursor",
				  side_cursor(call, &query, &page, &read, false, &next));
	append_cursor(&json, &query, "prev_cursor",
				  side_cursor(call, &query, &page, &read, true, &prev));
	if (call_has(call, ARG_WITH_TOTAL) && DatumGetBool(call_arg(call, ARG_WITH_TOTAL)))
		appendStringInfo(&json, ",\"total\":" INT64_FORMAT, query_count(call, &query));
	appendStringInfoChar(&json, '}');
	json_writer_end(guc_level);
	return call_return_json(call, &json);
}
