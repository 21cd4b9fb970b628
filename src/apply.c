/*
 * apply.c
 *	  todo_orm.apply: a unit of work in one call.
 *
 * Each operation is done by the model's own function, called with the rights of
 * whoever calls apply: what it refuses, apply refuses.  It is one statement, so
 * an error undoes all of it.
 */
#include "compat.h"

#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/fmgrprotos.h"
#include "utils/memutils.h"

#include "apply.h"
#include "expiry.h"

PG_FUNCTION_INFO_V1(todo_orm_apply);

/* The result of an operation that has a name, for references to it. */
static Jsonb *
keep_result(const char *json, MemoryContext cxt)
{
	MemoryContext old = MemoryContextSwitchTo(cxt);
	Jsonb	   *result = DatumGetJsonbP(DirectFunctionCall1(jsonb_in, CStringGetDatum(json)));

	MemoryContextSwitchTo(old);
	return result;
}

/* Runs the operations in their order; answers their results: [{"id": 1}, true, ...] */
static Datum
run_steps(Apply *apply)
{
	MemoryContext outer = CurrentMemoryContext;
	MemoryContext step_cxt = AllocSetContextCreate(outer, "todo_orm operation",
												   ALLOCSET_DEFAULT_SIZES);
	StringInfoData out;

	initStringInfo(&out);
	appendStringInfoChar(&out, '[');
	for (int i = 0; i < apply->count; i++)
	{
		ApplyStep  *step = &apply->steps[i];
		int			start;

		CHECK_FOR_INTERRUPTS();
		appendStringInfoString(&out, i == 0 ? "" : ",");
		start = out.len;
		apply->current = step;
		MemoryContextSwitchTo(step_cxt);
		apply_run_step(apply, step, &out);
		MemoryContextSwitchTo(outer);
		if (step->as)
			step->result = keep_result(out.data + start, outer);
		MemoryContextReset(step_cxt);
	}
	apply->current = NULL;
	appendStringInfoChar(&out, ']');
	return DirectFunctionCall1(jsonb_in, CStringGetDatum(out.data));
}

/* todo_orm.apply(user_id text, operations jsonb) RETURNS jsonb */
Datum
todo_orm_apply(PG_FUNCTION_ARGS)
{
	ErrorContextCallback context = {error_context_stack, apply_set_context, NULL};
	Apply		apply = {0};
	Datum		result;
	int			depth;

	if (!PG_ARGISNULL(0))
		apply.user_id = text_to_cstring(PG_GETARG_TEXT_PP(0));
	depth = expiry_enter();
	context.arg = &apply;
	error_context_stack = &context;
	apply_check(&apply, PG_ARGISNULL(1) ? NULL : PG_GETARG_JSONB_P(1));
	result = run_steps(&apply);
	error_context_stack = context.previous;
	expiry_leave(depth);
	PG_RETURN_DATUM(result);
}
