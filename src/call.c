/*
 * call.c
 *	  One call of a function in LANGUAGE todo_orm.
 */
#include "compat.h"

#include "access/htup_details.h"
#include "access/xact.h"
#include "executor/executor.h"
#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/fmgrprotos.h"
#include "utils/guc.h"
#include "utils/memutils.h"

#include "call.h"
#include "identity.h"

/* Does the function have an argument for that, and was it given? */
bool
call_has(const Call *call, ArgumentRole role)
{
	int			index = call->function->role_index[role];

	return index >= 0 && !call->fcinfo->args[index].isnull;
}

Datum
call_arg(const Call *call, ArgumentRole role)
{
	return call->fcinfo->args[call->function->role_index[role]].value;
}

/* An integer argument; "absent" where it is null or the function has none. */
int
call_int_arg(const Call *call, ArgumentRole role, int absent)
{
	return call_has(call, role) ? DatumGetInt32(call_arg(call, role)) : absent;
}

/*
 * Binds owner and key, in the order of statement_where_key(); answers how
 * many values that is.  A null key finds nothing.
 */
int
call_bind_keys(const Call *call, Datum *values, bool *any_null)
{
	int			n = 0;
	int			first = call->function->role_index[ARG_KEY];

	*any_null = false;
	if (call->model->owner)
		values[n++] = call->owner;
	for (int i = 0; i < call->model->nkeys; i++)
	{
		*any_null |= call->fcinfo->args[first + i].isnull;
		values[n++] = call->fcinfo->args[first + i].value;
	}
	return n;
}

/* Can code outside pg_catalog run in the call? */
static bool
runs_foreign_code(const Call *call)
{
	bool		writes = call->function->operation->writes;
	const Model *models[2] = {call->model, call->related};

	/* deleting runs the triggers of whatever the deletion cascades to */
	if (operation_deletes(call->function->operation))
		return true;
	for (int i = 0; i < 2; i++)
		if (models[i] && (writes ? models[i]->foreign_code_write : models[i]->foreign_code_read))
			return true;
	if (call->function->relationship && call->function->relationship->link)
	{
		const Model *link = model_slot_current(call->function->relationship->link->slot);

		/* the parents that it touches may be anybody */
		if (writes ? link->foreign_code_write || link->ntouch > 0 : link->foreign_code_read)
			return true;
	}
	/* parents are asked for, and touched */
	for (int i = 0; writes && i < call->model->nreferences; i++)
		if (model_slot_current(call->model->references[i].target_slot)->foreign_code_write)
			return true;
	for (int i = 0; writes && i < call->model->nrelationships; i++)
	{
		const Relationship *relationship = &call->model->relationships[i];

		if (relationship->kind == RELATIONSHIP_MANY_TO_ONE &&
			model_slot_current(relationship->target_slot)->foreign_code_write)
			return true;
	}
	return false;
}

/*
 * From here on somebody's code may run: it sees the safe search_path until the
 * call ends.  No other setting may have been set for a part of the call yet.
 */
void
call_secure_path(Call *call)
{
	if (call->guc_level > 0)
		return;
	if (call->path_pushed)
		search_path_pop();
	call->path_pushed = false;
	call->guc_level = NewGUCNestLevel();
	(void) set_config_option("search_path", call->model->search_path, PGC_USERSET,
							 PGC_S_SESSION, GUC_ACTION_SAVE, true, 0, false);
}

/*
 * The code that a call runs on the owner's behalf (triggers, CHECKs, defaults,
 * domains, policies) must not resolve names the caller's way.
 */
static void
set_search_path(Call *call)
{
	if (runs_foreign_code(call))
		call_secure_path(call);
	else
		call->path_pushed = search_path_push(call->model->schema);
}

/* The argument may be of a wider type than the column (SPEC 6): 22003 beyond it. */
static Datum
narrow_owner(const Column *column, Datum owner)
{
	if (column->basetype == INT2OID)
		return DirectFunctionCall1(i4toi2, owner);
	if (column->basetype == FLOAT4OID)
		return DirectFunctionCall1(dtof, owner);
	return owner;
}

/* The owner argument, or the owner column of the row argument. */
static void
take_owner(Call *call)
{
	Model	   *model = call->model;
	int			index;
	bool		isnull;

	if (model->owner == 0)
		return;
	index = call->function->role_index[ARG_OWNER];
	if (index >= 0)
	{
		isnull = call->fcinfo->args[index].isnull;
		call->owner = call->fcinfo->args[index].value;
	}
	else
		call->owner = GetAttributeByNum(DatumGetHeapTupleHeader(call_arg(call, ARG_ROW)),
										model->owner, &isnull);
	if (!isnull && index >= 0)
		call->owner = narrow_owner(model_column(model, model->owner), call->owner);
	identity_check(model, call->owner, isnull);
	if (call->related)
		identity_check_related(model, call->related, call->owner);
}

/* The model whose rows the function returns. */
static Model *
result_model(const Call *call)
{
	return call->function->operation->result == RESULT_RELATED ? call->related : call->model;
}

static bool
returns_rows(const Call *call)
{
	ResultKind	kind = call->function->operation->result;

	return kind == RESULT_ROW || kind == RESULT_ROWS || kind == RESULT_RELATED;
}

/*
 * Does the query expect rows as the table has them now?  The query was analysed
 * before the call waited for the table's lock; DDL of another session may have
 * come in between.
 */
static void
check_expected(const Call *call)
{
	const ReturnSetInfo *rsinfo = (ReturnSetInfo *) call->fcinfo->resultinfo;
	const Model *model = result_model(call);
	TupleDesc	expected;
	bool		same;

	if (rsinfo == NULL || !IsA(rsinfo, ReturnSetInfo) || !returns_rows(call))
		return;
	expected = rsinfo->expectedDesc;
	if (expected == NULL)
		return;
	same = expected->natts == model->rowdesc->natts;
	for (int i = 0; same && i < expected->natts; i++)
		same = TupleDescAttr(expected, i)->atttypid == TupleDescAttr(model->rowdesc, i)->atttypid;
	if (!same)
		ereport(ERROR,
				(errcode(ERRCODE_T_R_SERIALIZATION_FAILURE),
				 errmsg("table \"%s\" was changed while the call waited for it", model->relname),
				 errhint("Repeat the transaction.")));
}

/*
 * Starts a call: result context, search_path, owner, SPI.  recompiled: DDL was
 * noticed just now.
 */
void
call_begin(Call *call, FunctionCallInfo fcinfo, Function *function, bool recompiled)
{
	memset(call, 0, sizeof(Call));
	call->fcinfo = fcinfo;
	call->function = function;
	call->model = function->slot->model;
	call->related = function->related ? function->related->model : NULL;
	call->relationship = function->relationship;
	/*
	 * Where the call waited for DDL, its statement's snapshot is older than the
	 * table's present contents (a rewrite leaves none for it): take a new one.
	 */
	call->read_only = !function->operation->writes &&
		(!recompiled || IsolationUsesXactSnapshot());
	call->result_cxt = CurrentMemoryContext;
	check_expected(call);
	set_search_path(call);
	if (call_has(call, ARG_ROW) || function->role_index[ARG_ROW] < 0)
		take_owner(call);
	if (SPI_connect() != SPI_OK_CONNECT)
		elog(ERROR, "could not connect to SPI");
	call->work_cxt = CurrentMemoryContext;
	call->outer_function = plan_set_function(function->oid);
}

/* Ends a call that raised no error. */
void
call_end(Call *call)
{
	(void) plan_set_function(call->outer_function);
	SPI_finish();
	if (call->path_pushed)
		search_path_pop();
	if (call->guc_level > 0)
		AtEOXact_GUC(true, call->guc_level);
}

/*
 * A view may show the owner's column twice, and take what is written to the
 * other one: what was written must be the call's owner's.
 */
void
call_check_written(const Call *call, TupleTableSlot *slot)
{
	Model	   *model = call->model;
	int			at = model->owner - 1;

	if (model->relkind != RELKIND_VIEW || model->owner == 0 ||
		!call->function->operation->writes)
		return;
	slot_getallattrs(slot);
	if (slot->tts_isnull[at] ||
		!DatumGetBool(FunctionCall2Coll(&model->owner_eq,
										model_column(model, model->owner)->collation,
										slot->tts_values[at], call->owner)))
		ereport(ERROR,
				(errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
				 errmsg("permission denied for the rows of another owner"),
				 errdetail("What was written to \"%s\" belongs to another owner than the call names.",
						   model->relname)));
}

/* A row of the model as a composite value, in the result context. */
static Datum
make_row(Call *call, const Model *model, TupleTableSlot *slot)
{
	MemoryContext old;
	Datum		row;

	slot_getallattrs(slot);
	old = MemoryContextSwitchTo(call->result_cxt);
	row = HeapTupleGetDatum(heap_form_tuple(model->rowdesc, slot->tts_values, slot->tts_isnull));
	MemoryContextSwitchTo(old);
	return row;
}

/* RowSink: keeps the first row for functions that return one. */
void
call_sink_row(TupleTableSlot *slot, void *arg)
{
	Call	   *call = arg;

	if (call->got_row)
		return;
	call_check_written(call, slot);
	call->row = make_row(call, call->model, slot);
	call->got_row = true;
}

/* RowSink: adds a row to the result set. */
void
call_sink_store(TupleTableSlot *slot, void *arg)
{
	Call	   *call = arg;

	call_check_written(call, slot);
	tuplestore_puttupleslot(call->store, slot);
	call->got_row = true;
}

/* Opens the result set, where the caller can read it after the call. */
void
call_open_store(Call *call)
{
	ReturnSetInfo *rsinfo = (ReturnSetInfo *) call->fcinfo->resultinfo;
	MemoryContext old;

	if (rsinfo == NULL || !IsA(rsinfo, ReturnSetInfo) ||
		!(rsinfo->allowedModes & SFRM_Materialize))
		ereport(ERROR,
				(errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
				 errmsg("set-valued function called in context that cannot accept a set")));
	old = MemoryContextSwitchTo(rsinfo->econtext->ecxt_per_query_memory);
	call->store = tuplestore_begin_heap((rsinfo->allowedModes & SFRM_Materialize_Random) != 0,
										false, work_mem);
	MemoryContextSwitchTo(old);
}

/* Hands the result set over. */
Datum
call_return_set(Call *call)
{
	ReturnSetInfo *rsinfo = (ReturnSetInfo *) call->fcinfo->resultinfo;
	MemoryContext old;

	old = MemoryContextSwitchTo(rsinfo->econtext->ecxt_per_query_memory);
	rsinfo->returnMode = SFRM_Materialize;
	rsinfo->setResult = call->store;
	/* the executor holds it against what the query expects */
	rsinfo->setDesc = CreateTupleDescCopy(result_model(call)->rowdesc);
	MemoryContextSwitchTo(old);
	call->fcinfo->isnull = true;
	return (Datum) 0;
}

/* The single row that call_sink_row() took. */
Datum
call_return_row(Call *call)
{
	return call->got_row ? call->row : call_return_null(call);
}

/* A JSON text, copied to where it outlives the call. */
Datum
call_return_json(Call *call, StringInfo json)
{
	MemoryContext old = MemoryContextSwitchTo(call->result_cxt);
	Datum		result = PointerGetDatum(cstring_to_text_with_len(json->data, json->len));

	MemoryContextSwitchTo(old);
	return result;
}

/* The same as jsonb. */
Datum
call_return_jsonb(Call *call, const char *json)
{
	MemoryContext old = MemoryContextSwitchTo(call->result_cxt);
	Datum		result = DirectFunctionCall1(jsonb_in, CStringGetDatum(json));

	MemoryContextSwitchTo(old);
	return result;
}

Datum
call_return_null(Call *call)
{
	call->fcinfo->isnull = true;
	return (Datum) 0;
}
