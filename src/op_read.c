/*
 * op_read.c
 *	  Reading by key and by scope: get, find, list, page, count.
 */
#include "compat.h"

#include "access/htup_details.h"
#include "catalog/pg_collation.h"
#include "catalog/pg_type.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/fmgrprotos.h"
#include "utils/lsyscache.h"

#include "call.h"
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

/* Can the keys be sent as one array for each column?  Arrays have no array type. */
static bool
has_key_arrays(const Model *model)
{
	for (int i = 0; i < model->nkeys; i++)
		if (!OidIsValid(get_array_type(model_argument_type(model_column(model, model->keys[i])))))
			return false;
	return true;
}

/* A collation's name, always with its schema. */
static char *
qualified_collation(Oid collation)
{
	HeapTuple	tuple = SearchSysCache1(COLLOID, ObjectIdGetDatum(collation));
	Form_pg_collation form;
	char	   *name;

	if (!HeapTupleIsValid(tuple))
		elog(ERROR, "cache lookup failed for collation %u", collation);
	form = (Form_pg_collation) GETSTRUCT(tuple);
	name = quote_qualified_identifier(get_namespace_name(form->collnamespace),
									  NameStr(form->collname));
	ReleaseSysCache(tuple);
	return name;
}

/* Appends: u.k1 COLLATE pg_catalog."C" -- equal keys are the same under the column's collation */
static void
append_unnested(Statement *st, const Model *model, int i)
{
	const Column *column = model_column(model, model->keys[i]);

	statement_add(st, "u.k%d", i + 1);
	if (OidIsValid(column->collation) && column->collation != DEFAULT_COLLATION_OID)
		statement_add(st, " COLLATE %s", qualified_collation(column->collation));
}

/*
 * Appends the ids, each once, with its place:
 *
 *	(SELECT u.k1 AS k1, pg_catalog.min(u.n) AS n
 *	   FROM ROWS FROM (pg_catalog.unnest($1)) WITH ORDINALITY AS u(k1, n)
 *	  GROUP BY u.k1) AS k
 */
static void
append_ids(Statement *st, const Model *model)
{
	statement_add(st, "(SELECT ");
	for (int i = 0; i < model->nkeys; i++)
	{
		append_unnested(st, model, i);
		statement_add(st, " AS k%d, ", i + 1);
	}
	statement_add(st, "pg_catalog.min(u.n) AS n FROM ROWS FROM (");
	for (int i = 0; i < model->nkeys; i++)
	{
		Column	   *column = model_column(model, model->keys[i]);

		statement_add(st, "%spg_catalog.unnest(", i == 0 ? "" : ", ");
		statement_param(st, get_array_type(model_argument_type(column)));
		statement_add(st, ")");
	}
	statement_add(st, ") WITH ORDINALITY AS u(");
	for (int i = 0; i < model->nkeys; i++)
		statement_add(st, "k%d, ", i + 1);
	statement_add(st, "n) GROUP BY ");
	for (int i = 0; i < model->nkeys; i++)
	{
		statement_add(st, "%s", i == 0 ? "" : ", ");
		append_unnested(st, model, i);
	}
	statement_add(st, ") AS k");
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
	append_ids(st, model);
	statement_add(st, " JOIN %s AS t ON ", model->qualified);
	for (int i = 0; i < model->nkeys; i++)
	{
		Column		argument = *model_column(model, model->keys[i]);

		/* the unnested key has the argument's type */
		argument.name = argument.quoted = psprintf("k%d", i + 1);
		argument.type = argument.basetype = model_argument_type(model_column(model, model->keys[i]));
		statement_add(st, "%s", i == 0 ? "" : " AND ");
		statement_equal_columns(st, model_column(model, model->keys[i]), "t", &argument, "k");
	}
	statement_add(st, " WHERE ");
	statement_where_owner(st, model, "t");
	statement_and_live(st, model, "t");
	statement_add(st, " ORDER BY k.n");
}

/* Refuses ids that are not an array of objects with the key's columns. */
TODO_ORM_NORETURN
static void
refuse_ids(const Model *model)
{
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("invalid ids for \"%s\"", model->name),
			 errdetail("Expected an array of objects that hold every key column.")));
}

/* A column's value as the argument's type has it (SPEC 6). */
static Datum
widen(const Column *column, Datum value)
{
	if (column->basetype == INT2OID)
		return Int32GetDatum(DatumGetInt16(value));
	if (column->basetype == FLOAT4OID)
		return Float8GetDatum(DatumGetFloat4(value));
	return value;
}

/* One value of a key out of an id; a bad one is an invalid argument. */
static Datum
key_value(const Model *model, Column *column, const JsonbValue *id)
{
	MemoryContext cxt = CurrentMemoryContext;
	volatile Datum result = (Datum) 0;
	JsonbValue	value;

	if (!jsonb_value_is_object(id) ||
		!jsonb_lookup(id->val.binary.data, column->name, &value) || value.type == jbvNull)
		refuse_ids(model);
	PG_TRY();
	{
		result = payload_value(model, column, &value);
	}
	PG_CATCH();
	{
		MemoryContextSwitchTo(cxt);
		if (ERRCODE_TO_CATEGORY(geterrcode()) != ERRCODE_DATA_EXCEPTION)
			PG_RE_THROW();
		FlushErrorState();
		refuse_ids(model);
	}
	PG_END_TRY();
	return widen(column, result);
}

/* One key column's values out of [{"a": 1, "b": 2}, ...], as an array. */
static Datum
key_column_array(const Model *model, Column *column, const JsonbItems *ids)
{
	Oid			type = model_argument_type(column);
	Datum	   *values = palloc(sizeof(Datum) * Max(ids->count, 1));
	int16		typlen;
	bool		typbyval;
	char		typalign;

	for (int i = 0; i < ids->count; i++)
		values[i] = key_value(model, column, &ids->items[i].value);
	get_typlenbyvalalign(type, &typlen, &typbyval, &typalign);
	return PointerGetDatum(construct_array(values, ids->count, type, typlen, typbyval, typalign));
}

/* The ids of a key of several columns: an array of objects. */
static JsonbItems
id_objects(Call *call)
{
	Jsonb	   *jsonb = DatumGetJsonbP(call_arg(call, ARG_IDS));

	if (!JB_ROOT_IS_ARRAY(jsonb) || JB_ROOT_IS_SCALAR(jsonb))
		refuse_ids(call->model);
	return jsonb_items(&jsonb->root);
}

/* All ids with one statement: an array for each key column, then the owner. */
static void
find_together(Call *call)
{
	Model	   *model = call->model;
	Datum		values[1 + INDEX_MAX_KEYS];
	JsonbItems	ids;

	values[model->nkeys] = call->owner;
	if (model->nkeys == 1)
		values[0] = call_arg(call, ARG_IDS);
	else
	{
		ids = id_objects(call);
		for (int i = 0; i < model->nkeys; i++)
			values[i] = key_column_array(model, model_column(model, model->keys[i]), &ids);
	}
	(void) plan_run(plan_get(model, PLAN_FIND, "", 0, build_find), values, NULL,
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
	JsonbItems	ids = id_objects(call);

	for (int i = 0; i < ids.count; i++)
	{
		Datum		values[1 + INDEX_MAX_KEYS];
		int			n = 0;

		if (is_repeated(&ids, i))
			continue;
		if (model->owner)
			values[n++] = call->owner;
		for (int k = 0; k < model->nkeys; k++)
			values[n++] = key_value(model, model_column(model, model->keys[k]), &ids.items[i].value);
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
	if (has_key_arrays(call->model))
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
