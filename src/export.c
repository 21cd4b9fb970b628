/*
 * export.c
 *	  todo_orm.export_owner, export_owner_rows: everything that belongs to a user.
 *
 * All of it is as of one moment: the tables are locked first, then a snapshot is
 * taken, then they are read one after the other.
 */
#include "compat.h"

#include "catalog/pg_type.h"
#include "funcapi.h"
#include "utils/builtins.h"
#include "utils/fmgrprotos.h"
#include "utils/json.h"
#include "utils/memutils.h"
#include "utils/snapmgr.h"

#include "expiry.h"
#include "json_writer.h"
#include "owner_models.h"

PG_FUNCTION_INFO_V1(todo_orm_export_owner);
PG_FUNCTION_INFO_V1(todo_orm_export_owner_rows);

/* Where rows go; the sinks of the two functions use it. */
typedef struct Export
{
	const OwnerModel *on;		/* the model whose rows they are */
	int64		count;			/* rows of it, so far */
	StringInfoData json;		/* of one row, or of all */
	MemoryContext row_cxt;		/* what writing one row leaves behind */
	ReturnSetInfo *rsinfo;		/* of export_owner_rows */
} Export;

/*
 * SELECT t.id, ... FROM public.task AS t WHERE t.user_id = $1 ORDER BY t.id
 *
 * Soft-deleted rows are there too.
 */
static void
build_export(Statement *st, const Model *model, const void *shape)
{
	(void) shape;
	statement_add(st, "SELECT ");
	statement_columns(st, model, "t");
	owner_models_append_where(st, model);
	for (int i = 0; i < model->nkeys; i++)
		statement_add(st, "%st.%s", i == 0 ? " ORDER BY " : ", ",
					  model_column(model, model->keys[i])->quoted);
}

/* Appends a row to what is being written: {"id":1,"title":"x"} */
static void
append_row(Export *export, TupleTableSlot *slot)
{
	MemoryContext old = MemoryContextSwitchTo(export->row_cxt);

	appendStringInfoChar(&export->json, '{');
	json_writer_members(&export->json, export->on->model, slot);
	appendStringInfoChar(&export->json, '}');
	MemoryContextSwitchTo(old);
}

/* RowSink: a row of the one document. */
static void
sink_document(TupleTableSlot *slot, void *arg)
{
	Export	   *export = arg;

	appendStringInfoString(&export->json, export->count++ == 0 ? "" : ",");
	append_row(export, slot);
	MemoryContextReset(export->row_cxt);
}

/* RowSink: a row of the result. */
static void
sink_result(TupleTableSlot *slot, void *arg)
{
	Export	   *export = arg;
	Datum		values[2];
	bool		nulls[2] = {false, false};
	MemoryContext old;

	resetStringInfo(&export->json);
	append_row(export, slot);
	old = MemoryContextSwitchTo(export->row_cxt);
	values[0] = ObjectIdGetDatum(export->on->relid);
	values[1] = PointerGetDatum(cstring_to_text_with_len(export->json.data, export->json.len));
	tuplestore_putvalues(export->rsinfo->setResult, export->rsinfo->setDesc, values, nulls);
	MemoryContextSwitchTo(old);
	MemoryContextReset(export->row_cxt);
}

/* Reads the rows of one model. */
static void
read_model(Export *export, const OwnerModel *on, RowSink sink)
{
	int			guc_level = json_writer_begin(on->model);

	export->on = on;
	export->count = 0;
	(void) owner_models_run(on, PLAN_EXPORT, "", 0, build_export, &on->owner, true, sink, export);
	json_writer_end(guc_level);
}

/* Finds the models, then takes the snapshot that all of them are read with. */
static void
begin(FunctionCallInfo fcinfo, Export *export, OwnerModels *models)
{
	static const char *const operations[] = {"list", NULL};
	OwnerRequest request = {.operations = operations,.lockmode = AccessShareLock};

	request.user_id = PG_ARGISNULL(0) ? NULL : text_to_cstring(PG_GETARG_TEXT_PP(0));
	request.wanted = PG_ARGISNULL(1) ? NULL : PG_GETARG_ARRAYTYPE_P(1);
	owner_models_open(&request, models);
	memset(export, 0, sizeof(Export));
	initStringInfo(&export->json);
	export->row_cxt = AllocSetContextCreate(CurrentMemoryContext, "todo_orm exported row",
											ALLOCSET_DEFAULT_SIZES);
	PushActiveSnapshot(GetTransactionSnapshot());
}

/* todo_orm.export_owner(user_id text, models regclass[]) RETURNS jsonb: {"public.task": [...], ...} */
Datum
todo_orm_export_owner(PG_FUNCTION_ARGS)
{
	int			depth = expiry_enter();
	OwnerModels models;
	Export		export;

	begin(fcinfo, &export, &models);
	appendStringInfoChar(&export.json, '{');
	for (int i = 0; i < models.count; i++)
	{
		appendStringInfoString(&export.json, i == 0 ? "" : ",");
		escape_json(&export.json, models.models[i].model->qualified);
		appendStringInfoString(&export.json, ":[");
		read_model(&export, &models.models[i], sink_document);
		appendStringInfoChar(&export.json, ']');
	}
	appendStringInfoChar(&export.json, '}');
	PopActiveSnapshot();
	expiry_leave(depth);
	return DirectFunctionCall1(jsonb_in, CStringGetDatum(export.json.data));
}

/* todo_orm.export_owner_rows(user_id text, models regclass[]) RETURNS TABLE (model regclass, item json) */
Datum
todo_orm_export_owner_rows(PG_FUNCTION_ARGS)
{
	int			depth = expiry_enter();
	OwnerModels models;
	Export		export;

	InitMaterializedSRF(fcinfo, 0);
	begin(fcinfo, &export, &models);
	export.rsinfo = (ReturnSetInfo *) fcinfo->resultinfo;
	for (int i = 0; i < models.count; i++)
		read_model(&export, &models.models[i], sink_result);
	PopActiveSnapshot();
	expiry_leave(depth);
	return (Datum) 0;
}
