/*
 * page.c
 *	  One page of a query: its rows, and the cursors to its neighbours.
 */
#include "compat.h"

#include "utils/builtins.h"
#include "utils/json.h"

#include "errors.h"
#include "page.h"
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
		errors_refuse_negative("skip", skip, NULL);
	return skip;
}

/* Reads take, skip and cursor; a cursor says itself where the page begins and which way it goes. */
void
page_request_read(Call *call, RowQuery *query, PageRequest *request)
{
	int64		take = take_take(call);

	memset(request, 0, sizeof(PageRequest));
	request->skip = take_skip(call);
	request->take = take < 0 ? -take : take;
	request->backward = take < 0;
	if (!call_has(call, ARG_CURSOR))
		return;
	if (take < 0 || request->skip > 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("a cursor goes together with neither skip nor a negative take"),
				 errdetail_internal("%s", errors_detail("cursor",
														"goes together with neither skip nor a negative take",
														NULL))));
	query_bind_context(call, query);
	cursor_decode(&query->order, TextDatumGetCString(call_arg(call, ARG_CURSOR)), &request->cursor);
	request->has_cursor = true;
	request->backward = request->cursor.backward;
}

/* Where the page begins; NULL: at the beginning, or at the end. */
const Cursor *
page_request_cursor(const PageRequest *request)
{
	return request->has_cursor ? &request->cursor : NULL;
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

/* Reads scope, match, sort, take, skip and cursor of a call, and then the rows. */
void
page_read(Call *call, RowPage *page)
{
	const PageRequest *request = &page->request;

	memset(page, 0, sizeof(RowPage));
	query_read(call, &page->query);
	page_request_read(call, &page->query, &page->request);
	query_bind_context(call, &page->query);
	query_collect(call, &page->query, page_request_cursor(request), request->backward, true,
				  request->take + 1, request->skip, &page->rows);
	page->more = page->rows.count > request->take;
	page->count = Min(page->rows.count, request->take);
	/* read backwards, the one too many comes first */
	page->first = request->backward && page->more ? 1 : 0;
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
side_cursor(Call *call, const RowPage *page, bool backward, Cursor *cursor)
{
	const RowQuery *query = &page->query;
	const PageRequest *request = &page->request;

	if (request->take == 0)
		return NULL;
	if (page->count > 0)
	{
		query_cursor_of(call, query, &page->rows,
						backward ? page->first : page->first + page->count - 1, cursor);
		cursor->backward = backward;
		if (backward == request->backward)
			return page->more ? cursor : NULL;
		if (!request->has_cursor && request->skip == 0)
			return NULL;
	}
	else
	{
		if (backward == request->backward)
			return NULL;
		if (!request->has_cursor)
			return request->skip > 0 ? edge_cursor(call, query, backward, cursor) : NULL;
		/* nothing there: the way back is where the cursor stood */
		*cursor = request->cursor;
		cursor->backward = backward;
		cursor->inclusive = !request->cursor.inclusive;
	}
	return exists_beyond(call, query, cursor) ? cursor : NULL;
}

/* Appends the cursors, the total where it is asked for, and the end of the page's object. */
void
page_append_rest(Call *call, const RowPage *page, StringInfo json)
{
	Cursor		next;
	Cursor		prev;

	append_cursor(json, &page->query, "next_cursor", side_cursor(call, page, false, &next));
	append_cursor(json, &page->query, "prev_cursor", side_cursor(call, page, true, &prev));
	if (call_has(call, ARG_WITH_TOTAL) && DatumGetBool(call_arg(call, ARG_WITH_TOTAL)))
		appendStringInfo(json, ",\"total\":" INT64_FORMAT, query_count(call, &page->query));
	appendStringInfoChar(json, '}');
}
