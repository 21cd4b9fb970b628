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
		errors_rethrow_explained(call->model, edata, operation_deletes(call->function->operation));
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
