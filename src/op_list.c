/*
 * op_list.c
 *	  Reading by scope and match: list, page, first, one, count.
 */
#include "compat.h"

#include "executor/executor.h"

#include "call.h"
#include "errors.h"
#include "json_writer.h"
#include "operation.h"
#include "page.h"

/* list_tasks(user_id, scope, match, sort, take, skip, cursor): setof task */
Datum
op_list(Call *call)
{
	RowQuery	query;
	PageRequest page;
	QueryRows	rows;

	query_read(call, &query);
	page_request_read(call, &query, &page);
	call_open_store(call);
	if (!page.backward)
		query_fetch(call, &query, page_request_cursor(&page), false, false, page.take, page.skip,
					call_sink_store, call);
	else
	{
		query_collect(call, &query, page_request_cursor(&page), true, false, page.take, page.skip, &rows);
		query_each(&rows, 0, rows.count, call_sink_store, call);
	}
	return call_return_set(call);
}

/* first_task(user_id, match, sort, scope): setof task, 0..1 */
Datum
op_first(Call *call)
{
	RowQuery	query;

	query_read(call, &query);
	call_open_store(call);
	query_fetch(call, &query, NULL, false, false, 1, 0, call_sink_store, call);
	return call_return_set(call);
}

/* one_task(user_id, match, scope, missing_ok): setof task; P0002 for none, P0003 for several */
Datum
op_one(Call *call)
{
	RowQuery	query;
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
	query_each(&rows, 0, rows.count, call_sink_store, call);
	return call_return_set(call);
}

/* count_tasks(user_id, scope, match): bigint */
Datum
op_count(Call *call)
{
	RowQuery	query;

	query_read(call, &query);
	return Int64GetDatum(query_count(call, &query));
}

/* A page on its way into JSON. */
typedef struct PageJson
{
	const Model *model;
	StringInfo	json;
	int64		items;			/* written so far */
} PageJson;

/* RowSink: one item. */
static void
sink_item(TupleTableSlot *slot, void *arg)
{
	PageJson   *items = arg;

	appendStringInfoString(items->json, items->items++ == 0 ? "{" : ",{");
	json_writer_members(items->json, items->model, slot);
	appendStringInfoChar(items->json, '}');
}

/* page_tasks(as list_tasks, with_total): json */
Datum
op_page(Call *call)
{
	RowPage		page;
	StringInfoData json;
	PageJson	items = {call->model, &json, 0};
	int			guc_level;

	page_read(call, &page);
	guc_level = json_writer_begin(call->model);
	initStringInfo(&json);
	appendStringInfoString(&json, "{\"items\":[");
	query_each(&page.rows, page.first, page.count, sink_item, &items);
	appendStringInfoChar(&json, ']');
	page_append_rest(call, &page, &json);
	json_writer_end(guc_level);
	return call_return_json(call, &json);
}
