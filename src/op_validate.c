/*
 * op_validate.c
 *	  Validating without writing: validate.
 */
#include "compat.h"

#include "utils/builtins.h"
#include "utils/fmgrprotos.h"

#include "along.h"
#include "call.h"
#include "check.h"
#include "errors.h"
#include "follow.h"
#include "nested.h"
#include "operation.h"
#include "payload.h"
#include "violations.h"

/* What an item is to be valid for. */
static NestedUse
take_shape(const Call *call)
{
	char	   *shape = call_has(call, ARG_SHAPE) ?
		TextDatumGetCString(call_arg(call, ARG_SHAPE)) : pstrdup("create");

	if (strcmp(shape, "create") == 0)
		return NESTED_CREATE;
	if (strcmp(shape, "update") == 0)
		return NESTED_UPDATE;
	errors_refuse_word("shape", shape, "must be create or update", "create, update");
}

/* The items, with what is nested in them, as a create or an update would read them. */
static void
validate_items(Call *call, NestedUse use, Jsonb *items, const char *argument, ErrorList *errors)
{
	Model	   *model = call->model;
	bool		batch = !JB_ROOT_IS_OBJECT(items);
	int			first_index = batch ? 0 : NO_INDEX;
	List	   *members = NIL;
	RowValues **rows;
	int			count = 1;

	if (use == NESTED_CREATE)
		rows = payload_read_items(model, NULL, items, &count, errors, argument, &members);
	else if (batch)
		errors_refuse_argument(model, argument, "an object");
	else
	{
		rows = palloc(sizeof(RowValues *));
		rows[0] = payload_read_patch(model, items, errors, &members);
	}
	check_rows(model, call->owner, rows, count, first_index, use == NESTED_CREATE, errors);
	if (use == NESTED_CREATE)
		violations_note(call, rows, count, first_index, errors);
	else
		along_check_parents(call, rows, count, first_index, PARENTS_ALL, errors);
	if (members != NIL)
		nested_validate(call, use, rows, count, batch, members, errors);
}

/* validate_task(user_id, item, shape): jsonb, the entries of DETAIL; [] where all is well */
Datum
op_validate(Call *call)
{
	const char *argument = call->function->args[call->function->role_index[ARG_ITEMS]].name;
	NestedUse	use = take_shape(call);
	ErrorList	errors;

	follow_check_own(call->model, use == NESTED_CREATE ? FOLLOW_CREATE : FOLLOW_CHANGE);
	if (!call_has(call, ARG_ITEMS))
		errors_refuse_null(call->model, argument);
	errors_init(&errors, call->model);
	validate_items(call, use, DatumGetJsonbP(call_arg(call, ARG_ITEMS)), argument, &errors);
	return call_return_jsonb(call, errors_entries(&errors));
}
