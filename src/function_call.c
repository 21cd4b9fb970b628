/*
 * function_call.c
 *	  Calls a model's function from C, and writes its result as JSON.
 *
 * The call goes through the function manager, which makes the function's owner
 * the current user for its length, and so through the language's own handler:
 * owner, identity and all else are checked there.  Whoever calls this has
 * checked that the caller may.
 */
#include "compat.h"

#include "access/htup_details.h"
#include "catalog/objectaccess.h"
#include "catalog/pg_proc.h"
#include "catalog/pg_type.h"
#include "executor/executor.h"
#include "executor/tuptable.h"
#include "funcapi.h"
#include "utils/builtins.h"
#include "utils/snapmgr.h"
#include "utils/tuplestore.h"

#include "function_call.h"
#include "json_argument.h"
#include "json_writer.h"

/* Compiles the function, locks its tables; every argument is null so far. */
void
function_call_begin(FunctionCall *call, Oid function)
{
	bool		recompiled;

	call->function = function_get(function, &recompiled);
	call->model = call->function->slot->model;
	call->values = palloc0(sizeof(Datum) * Max(call->function->nargs, 1));
	call->nulls = palloc(sizeof(bool) * Max(call->function->nargs, 1));
	memset(call->nulls, true, sizeof(bool) * call->function->nargs);
}

/* The first argument of a role; NULL where the function has none. */
const Argument *
function_call_argument(const FunctionCall *call, ArgumentRole role)
{
	int			index = call->function->role_index[role];

	return index < 0 ? NULL : &call->function->args[index];
}

void
function_call_set(FunctionCall *call, ArgumentRole role, Datum value)
{
	int			index = call->function->role_index[role];

	call->values[index] = value;
	call->nulls[index] = false;
}

/* Sets an argument by its number from a JSON value that is not null; false: an error was noted. */
bool
function_call_read(FunctionCall *call, int argument, const JsonbValue *value,
				   ErrorList *errors, const Place *place)
{
	if (!json_argument_read(errors, place, call->function->args[argument].type, value,
							&call->values[argument]))
		return false;
	call->nulls[argument] = false;
	return true;
}

/*
 * Sets the owner from its text; NULL stays null, which the function refuses.
 * An empty text that is no value of the type is no owner either.
 */
void
function_call_set_owner(FunctionCall *call, const char *owner, ErrorList *errors,
						const Place *place)
{
	int			argument = call->function->role_index[ARG_OWNER];
	JsonbValue	value;

	if (argument < 0 || owner == NULL || (owner[0] == '\0' && !call->model->owner_is_string))
		return;
	value.type = jbvString;
	value.val.string.val = unconstify(char *, owner);
	value.val.string.len = strlen(owner);
	(void) function_call_read(call, argument, &value, errors, place);
}

/* Calls it; what reads sees what was written before. */
static Datum
invoke(FunctionCall *call, ReturnSetInfo *rsinfo, bool *isnull)
{
	LOCAL_FCINFO(fcinfo, FUNC_MAX_ARGS);
	Function   *function = call->function;
	bool		reads = !function->operation->writes;
	FmgrInfo	flinfo;
	Datum		result;

	InvokeFunctionExecuteHook(function->oid);
	fmgr_info(function->oid, &flinfo);
	InitFunctionCallInfoData(*fcinfo, &flinfo, function->nargs, InvalidOid, NULL, (Node *) rsinfo);
	for (int i = 0; i < function->nargs; i++)
	{
		fcinfo->args[i].value = call->values[i];
		fcinfo->args[i].isnull = call->nulls[i];
	}
	/* a function that is STABLE looks with the caller's snapshot */
	if (reads)
		PushActiveSnapshot(GetTransactionSnapshot());
	result = FunctionCallInvoke(fcinfo);
	if (reads)
		PopActiveSnapshot();
	*isnull = fcinfo->isnull;
	return result;
}

/* The model whose rows the function returns. */
static const Model *
result_model(const FunctionCall *call)
{
	return call->function->operation->result == RESULT_RELATED ?
		call->function->related->model : call->model;
}

/* Appends: {"id":1,"title":"x"} */
static void
append_object(StringInfo out, const Model *model, TupleTableSlot *slot)
{
	appendStringInfoChar(out, '{');
	json_writer_members(out, model, slot);
	appendStringInfoChar(out, '}');
}

/* Appends the rows of a set: an array, or for what gives one row at the most it or null. */
static int64
append_rows(StringInfo out, const Model *model, Tuplestorestate *store, bool single)
{
	TupleTableSlot *slot = MakeSingleTupleTableSlot(model->rowdesc, &TTSOpsMinimalTuple);
	int			guc_level = json_writer_begin(model);
	int64		count = 0;

	if (!single)
		appendStringInfoChar(out, '[');
	while (tuplestore_gettupleslot(store, true, false, slot))
	{
		if (count++ > 0)
			appendStringInfoChar(out, ',');
		append_object(out, model, slot);
	}
	if (!single)
		appendStringInfoChar(out, ']');
	else if (count == 0)
		appendStringInfoString(out, "null");
	json_writer_end(guc_level);
	ExecDropSingleTupleTableSlot(slot);
	return count;
}

/* Appends the one row of a composite result. */
static void
append_composite(StringInfo out, const Model *model, Datum row)
{
	TupleTableSlot *slot = MakeSingleTupleTableSlot(model->rowdesc, &TTSOpsHeapTuple);
	int			guc_level = json_writer_begin(model);
	HeapTupleHeader header = DatumGetHeapTupleHeader(row);
	HeapTupleData tuple = {0};

	tuple.t_len = HeapTupleHeaderGetDatumLength(header);
	ItemPointerSetInvalid(&tuple.t_self);
	tuple.t_data = header;
	ExecStoreHeapTuple(&tuple, slot, false);
	append_object(out, model, slot);
	json_writer_end(guc_level);
	ExecDropSingleTupleTableSlot(slot);
}

/* Appends a result that is one value; answers what it counts for. */
static int64
append_value(StringInfo out, FunctionCall *call, Datum value)
{
	text	   *json;

	switch (call->function->operation->result)
	{
		case RESULT_BOOLEAN:
			appendStringInfoString(out, DatumGetBool(value) ? "true" : "false");
			return DatumGetBool(value);
		case RESULT_BIGINT:
			appendStringInfo(out, INT64_FORMAT, DatumGetInt64(value));
			return DatumGetInt64(value);
		case RESULT_JSONB:
			(void) JsonbToCString(out, &DatumGetJsonbP(value)->root, -1);
			return 1;
		case RESULT_JSON:
			json = DatumGetTextPP(value);
			appendBinaryStringInfo(out, VARDATA_ANY(json), VARSIZE_ANY_EXHDR(json));
			return 1;
		default:
			append_composite(out, call->model, value);
			return 1;
	}
}

/*
 * Runs the call and appends its result as JSON; answers how many rows that is,
 * or the number that a bigint is, or 1 for true.  single: of a set that has one
 * row at the most, the row itself, not an array.
 */
int64
function_call_run(FunctionCall *call, bool single, StringInfo out)
{
	ReturnSetInfo rsinfo = {.type = T_ReturnSetInfo};
	bool		isnull;
	Datum		result;
	int64		count = 0;

	rsinfo.econtext = CreateStandaloneExprContext();
	rsinfo.expectedDesc = result_model(call)->rowdesc;
	rsinfo.allowedModes = SFRM_Materialize;
	rsinfo.returnMode = SFRM_ValuePerCall;
	result = invoke(call, &rsinfo, &isnull);
	if (operation_returns_set(call->function->operation))
	{
		count = append_rows(out, result_model(call), rsinfo.setResult, single);
		tuplestore_end(rsinfo.setResult);
	}
	else if (isnull)
		appendStringInfoString(out, "null");
	else
		count = append_value(out, call, result);
	FreeExprContext(rsinfo.econtext, true);
	return count;
}
