/*
 * op_read.c
 *	  Reading by key and by scope: get, find, list, page, count.
 */
#include "compat.h"

#include "catalog/pg_type.h"
#include "utils/builtins.h"

#include "call.h"
#include "ids.h"
#include "json_writer.h"
#include "jsonb_read.h"
#include "operation.h"
#include "payload.h"
#include "read.h"
#include "scope.h"
#include "settings.h"
#include "sort.h"

/* Tells the statements of list and page apart. */
typedef struct ListShape
{
	ScopeName	scope;
	bool		from_end;		/* a negative take: the last n */
} ListShape;

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
	statement_and_live(st, model, "t");
}

/* Hands the live row with that key to "sink", if there is one. */
void
read_by_key(Call *call, const Datum *keys, RowSink sink, void *arg)
{
	(void) plan_run(plan_get(call->model, PLAN_GET, "", 0, build_get), keys, NULL,
					call->read_only, sink, arg);
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
		read_by_key(call, values, call_sink_store, call);
	return call_return_set(call);
}

/*
 * SELECT t.id, ... FROM <ids> JOIN public.task AS t ON t.id = k.k1
 *	WHERE t.user_id = $2 AND t.deleted_at IS NULL ORDER BY k.n
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
	statement_and_live(st, model, "t");
	statement_add(st, " ORDER BY k.n");
}

/* All ids with one statement: an array for each key column, then the owner. */
static void
find_together(Call *call)
{
	Datum		values[1 + INDEX_MAX_KEYS];
	int			n = ids_bind(call->model, call_arg(call, ARG_IDS), values);

	values[n] = call->owner;
	(void) plan_run(plan_get(call->model, PLAN_FIND, "", 0, build_find), values, NULL,
					call->read_only, call_sink_store, call);
}

static bool
is_repeated(const JsonbItems *ids, int i)
{
	char	   *text = jsonb_value_text(&ids->items[i].value);

	for (int j = 0; j < i; j++)
		if (strcmp(text, jsonb_value_text(&ids->items[j].value)) == 0)
			return true;
	return false;
}

/* Keys that cannot be put into arrays (they are some): one after the other. */
static void
find_one_by_one(Call *call)
{
	Model	   *model = call->model;
	JsonbItems	ids = ids_objects(model, call_arg(call, ARG_IDS));

	for (int i = 0; i < ids.count; i++)
	{
		Datum		values[1 + INDEX_MAX_KEYS];
		int			n = 0;

		if (is_repeated(&ids, i))
			continue;
		if (model->owner)
			values[n++] = call->owner;
		for (int k = 0; k < model->nkeys; k++)
			values[n++] = ids_key_value(model, model_column(model, model->keys[k]), &ids.items[i].value);
		read_by_key(call, values, call_sink_store, call);
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

/* SELECT t.id, ... FROM public.task AS t WHERE t.user_id = $1 AND <scope>
 *	ORDER BY t.created_at DESC, t.id DESC LIMIT $2 OFFSET $3 */
static void
append_page(Statement *st, const Model *model, const ListShape *shape)
{
	statement_add(st, " FROM %s AS t WHERE ", model->qualified);
	statement_where_owner(st, model, "t");
	scope_append(st, model, "t", &shape->scope);
	if (model->nsort > 0)
	{
		statement_add(st, " ORDER BY ");
		sort_append(&st->sql, model, "t", model->sort, model->nsort, shape->from_end);
	}
	statement_add(st, " LIMIT ");
	statement_param(st, INT8OID);
	statement_add(st, " OFFSET ");
	statement_param(st, INT8OID);
}

/*
 * As append_page(); for the last n rows the page is read backwards and turned
 * round:
 *
 * SELECT t.id, ... FROM (SELECT t.id, ... ORDER BY <reversed> LIMIT $2 OFFSET $3) AS t
 *	ORDER BY t.created_at DESC, t.id DESC
 */
static void
build_list(Statement *st, const Model *model, const void *shape)
{
	const ListShape *list = shape;

	statement_add(st, "SELECT ");
	statement_columns(st, model, "t");
	if (!list->from_end || model->nsort == 0)
	{
		append_page(st, model, list);
		return;
	}
	statement_add(st, " FROM (SELECT ");
	statement_live_columns(st, model, "t");
	append_page(st, model, list);
	statement_add(st, ") AS t ORDER BY ");
	sort_append(&st->sql, model, "t", model->sort, model->nsort, false);
}

static void
take_scope(const Call *call, ScopeName *scope)
{
	if (call_has(call, ARG_SCOPE))
		scope_resolve(call->model, TextDatumGetCString(call_arg(call, ARG_SCOPE)), scope);
	else
		scope_resolve(call->model, "all", scope);
}

/* The page size; 22023 beyond todo_orm.max_take, in either direction. */
static int64
take_take(const Call *call)
{
	int64		take = call_int_arg(call, ARG_TAKE, Min(50, setting_max_take));

	if (take > setting_max_take || take < -setting_max_take)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("take must be between %d and %d", -setting_max_take, setting_max_take),
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
				 errmsg("skip must not be negative")));
	return skip;
}

/* Runs the statement of list and page. */
static void
run_list(Call *call, RowSink sink, void *arg)
{
	ListShape	shape;
	Datum		values[3];
	int			n = 0;
	int64		take = take_take(call);

	memset(&shape, 0, sizeof(shape));
	take_scope(call, &shape.scope);
	shape.from_end = take < 0;
	if (call->model->owner)
		values[n++] = call->owner;
	values[n++] = Int64GetDatum(take < 0 ? -take : take);
	values[n++] = Int64GetDatum(take_skip(call));
	(void) plan_run(plan_get(call->model, PLAN_LIST, &shape, sizeof(shape), build_list),
					values, NULL, call->read_only, sink, arg);
}

/* list_tasks(user_id, scope, take, skip): setof task */
Datum
op_list(Call *call)
{
	call_open_store(call);
	run_list(call, call_sink_store, call);
	return call_return_set(call);
}

/* SELECT pg_catalog.count(*) FROM public.task AS t WHERE t.user_id = $1 AND <scope> */
static void
build_count(Statement *st, const Model *model, const void *shape)
{
	statement_add(st, "SELECT pg_catalog.count(*) FROM %s AS t WHERE ", model->qualified);
	statement_where_owner(st, model, "t");
	scope_append(st, model, "t", shape);
}

/* RowSink: the one bigint of a result. */
static void
sink_bigint(TupleTableSlot *slot, void *arg)
{
	slot_getallattrs(slot);
	*(int64 *) arg = DatumGetInt64(slot->tts_values[0]);
}

static int64
run_count(Call *call)
{
	ScopeName	scope;
	int64		count = 0;

	take_scope(call, &scope);
	(void) plan_run(plan_get(call->model, PLAN_COUNT, &scope, sizeof(scope), build_count),
					&call->owner, NULL, call->read_only, sink_bigint, &count);
	return count;
}

/* count_tasks(user_id, scope): bigint */
Datum
op_count(Call *call)
{
	return Int64GetDatum(run_count(call));
}

/* Where the rows of a page are written. */
typedef struct JsonPage
{
	const Model *model;
	StringInfoData json;
	int64		rows;
} JsonPage;

/* RowSink: one more object of an array. */
static void
sink_item(TupleTableSlot *slot, void *arg)
{
	JsonPage   *page = arg;

	appendStringInfoString(&page->json, page->rows++ == 0 ? "{" : ",{");
	json_writer_members(&page->json, page->model, slot);
	appendStringInfoChar(&page->json, '}');
}

/* page_tasks(user_id, scope, take, skip, with_total): json */
Datum
op_page(Call *call)
{
	JsonPage	page = {call->model, {NULL, 0, 0, 0}, 0};
	int			guc_level = json_writer_begin(call->model);

	initStringInfo(&page.json);
	appendStringInfoString(&page.json, "{\"items\":[");
	run_list(call, sink_item, &page);
	appendStringInfoChar(&page.json, ']');
	if (call_has(call, ARG_WITH_TOTAL) && DatumGetBool(call_arg(call, ARG_WITH_TOTAL)))
		appendStringInfo(&page.json, ",\"total\":" INT64_FORMAT, run_count(call));
	appendStringInfoChar(&page.json, '}');
	json_writer_end(guc_level);
	return call_return_json(call, &page.json);
}
