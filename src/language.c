/*
 * language.c
 *	  LANGUAGE todo_orm: the call handler, the validator, and loading.
 */
#include "compat.h"

#include "commands/trigger.h"
#include "commands/proclang.h"
#include "utils/builtins.h"

#include "call.h"
#include "errors.h"
#include "expiry.h"
#include "function.h"
#include "settings.h"

TODO_ORM_MODULE_MAGIC;

PG_FUNCTION_INFO_V1(todo_orm_call);
PG_FUNCTION_INFO_V1(todo_orm_validate);

extern PGDLLEXPORT void _PG_init(void);

void
_PG_init(void)
{
	settings_define();
}

/* The model whose constraint an error is about: the call's, or its link table's, one whose rows are nested. */
static const Model *
model_of_error(const Call *call, const ErrorData *edata)
{
	const Relationship *relationship = call->function->relationship;

	if (call->writing)
		return call->writing;
	if (relationship && relationship->link && edata->table_name &&
		strcmp(edata->table_name, call->model->relname) != 0 && relationship->link->slot->model)
		return relationship->link->slot->model;
	return call->model;
}

/*
 * Runs a write; violations of the model's own constraints are explained.
 * The error goes on in any case, so nothing has to be undone here.
 */
static Datum
run_write(Call *call)
{
	MemoryContext cxt = CurrentMemoryContext;
	volatile Datum result = (Datum) 0;

	PG_TRY();
	{
		result = call->function->operation->run(call);
	}
	PG_CATCH();
	{
		ErrorData  *edata;

		MemoryContextSwitchTo(cxt);
		edata = CopyErrorData();
		FlushErrorState();
		if (call->function->relationship && call->function->relationship->link)
			errors_explain_range(edata);
		errors_rethrow_explained(model_of_error(call, edata), edata, call->writing_at,
								 operation_deletes(call->function->operation));
	}
	PG_END_TRY();
	return result;
}

/*
 * The call handler.  A call flows one way: compiled function, descriptor,
 * statement, result.
 */
Datum
todo_orm_call(PG_FUNCTION_ARGS)
{
	Function   *function;
	Call		call;
	Datum		result;
	bool		recompiled;
	int			depth;

	if (CALLED_AS_TRIGGER(fcinfo))
		ereport(ERROR,
				(errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
				 errmsg("language todo_orm has no trigger functions")));
	depth = expiry_enter();
	function = function_get(fcinfo->flinfo->fn_oid, &recompiled);
	call_begin(&call, fcinfo, function, recompiled);
	if (function->operation->writes)
		result = run_write(&call);
	else
		result = function->operation->run(&call);
	call_end(&call);
	expiry_leave(depth);
	return result;
}

/* The validator: CREATE FUNCTION ... LANGUAGE todo_orm */
Datum
todo_orm_validate(PG_FUNCTION_ARGS)
{
	Oid			function = PG_GETARG_OID(0);

	if (!CheckFunctionValidatorAccess(fcinfo->flinfo->fn_oid, function))
		PG_RETURN_VOID();
	function_validate(function);
	PG_RETURN_VOID();
}
