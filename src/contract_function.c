/*
 * contract_function.c
 *	  The functions of a model that a client can call, with their arguments.
 *
 * Left out: functions of the row, whose argument no client has; those that no
 * longer fit the table; and those that cannot be called without a hidden column.
 */
#include "compat.h"

#include "access/htup_details.h"
#include "catalog/pg_proc.h"
#include "commands/comment.h"
#include "funcapi.h"

#include "body.h"
#include "contract.h"
#include "function.h"
#include "registry.h"
#include "relationship.h"

static const Argument *
find_argument(List *expected, const char *name)
{
	ListCell   *cell;

	foreach(cell, expected)
		if (strcmp(((Argument *) lfirst(cell))->name, name) == 0)
			return lfirst(cell);
	return NULL;
}

/* What a value of the argument is like. */
static void
set_value(ContractArgument *result, const Model *model, const Argument *argument)
{
	if (argument->attnum == 0)
		result->value = contract_type(argument->type, -1, 0, true);
	else
		result->value = contract_column(model, argument->attnum, SHAPE_CREATE)->type;
}

/* One argument; NULL where it is a hidden column's. */
static ContractArgument *
make_argument(const ContractFunction *function, const Model *model, const Argument *argument,
			  bool required)
{
	ContractArgument *result;

	if (argument->attnum && model_column(model, argument->attnum)->hidden)
		return NULL;
	result = palloc0(sizeof(ContractArgument));
	result->name = argument->name;
	result->type = argument->type;
	result->role = argument->role;
	result->required = required;
	/* null is not given; a null parent is started */
	result->nullable = !required || argument->role == ARG_PARENT_KEY;
	if (argument->role == ARG_IDS)
		result->ids_of = function->operation->signature == signature_link ?
			model_slot_current(function->relationship->target_slot) : model;
	set_value(result, model, argument);
	return result;
}

/* Reads the declared arguments; false where the function cannot be called by a client. */
static bool
read_arguments(ContractFunction *function, const Model *model, Oid oid, List *expected)
{
	HeapTuple	tuple = SearchSysCache1(PROCOID, ObjectIdGetDatum(oid));
	Oid		   *types;
	char	  **names;
	char	   *modes;
	int			n = get_func_arg_info(tuple, &types, &names, &modes);
	int			required = n - ((Form_pg_proc) GETSTRUCT(tuple))->pronargdefaults;
	bool		complete = true;

	for (int i = 0; i < n && complete; i++)
	{
		const Argument *found = names ? find_argument(expected, names[i]) : NULL;
		ContractArgument *argument = NULL;

		if (found && found->role != ARG_ROW)
			argument = make_argument(function, model, found, i < required);
		if (argument)
			function->arguments = lappend(function->arguments, argument);
		else
			complete = found && i >= required;
	}
	ReleaseSysCache(tuple);
	return complete;
}

static ContractFunction *
read_function(Model *model, const RegisteredFunction *registered)
{
	ContractFunction *function = palloc0(sizeof(ContractFunction));
	SignatureContext context = {NULL, body_arguments(registered->body)};

	function->name = registered->name;
	function->schema = registered->schema;
	function->operation = operation_find(body_text(registered->body, "operation"));
	function->relationship = function->operation->along == ALONG_NONE ? NULL :
		relationship_described(model, registered->oid, registered->body);
	function->comment = GetComment(registered->oid, ProcedureRelationId, 0);
	context.relationship = function->relationship;
	if (!read_arguments(function, model, registered->oid,
						function->operation->signature(model, &context)))
		return NULL;
	return function;
}

static int
compare_functions(const ListCell *a, const ListCell *b)
{
	return strcmp(((ContractFunction *) lfirst(a))->name, ((ContractFunction *) lfirst(b))->name);
}

/* ContractFunction *: what a client can call of a model, by name. */
List *
contract_functions(Model *model)
{
	List	   *result = NIL;
	ListCell   *cell;

	foreach(cell, registry_functions(model->relid))
	{
		const RegisteredFunction *registered = lfirst(cell);
		ContractFunction *function = function_problem(registered->oid) ? NULL :
			read_function(model, registered);

		if (function)
			result = lappend(result, function);
	}
	list_sort(result, compare_functions);
	return result;
}

static ContractResult
json_result(const Operation *operation)
{
	if (operation->run == op_page)
		return RESULT_IS_PAGE;
	if (operation->run == op_load_many)
		return RESULT_IS_LOADED_PAGE;
	if (operation->run == op_load || operation->run == op_with_children)
		return RESULT_IS_LOADED;
	if (operation->run == op_changes)
		return RESULT_IS_CHANGES;
	return RESULT_IS_OBJECTS;
}

/* What the items of an operation are, of those that take some. */
ContractItems
contract_items(const Operation *operation)
{
	if (operation->run == op_create)
		return ITEMS_ARE_A_ROW;
	if (operation->run == op_patch_many)
		return ITEMS_ARE_PATCHES;
	if (operation->run == op_upsert)
		return ITEMS_ARE_AN_UPSERT;
	if (operation->run == op_append_many)
		return ITEMS_ARE_CHILDREN;
	return operation->run == op_validate ? ITEMS_ARE_ANYTHING : ITEMS_ARE_ROWS;
}

ContractResult
contract_result(const ContractFunction *function)
{
	switch (function->operation->result)
	{
		case RESULT_ROW:
			return RESULT_IS_ROW;
		case RESULT_ROWS:
			return function->operation->rows == 1 ? RESULT_IS_ROW_OR_NONE : RESULT_IS_ROWS;
		case RESULT_RELATED:
			return RESULT_IS_RELATED_ROWS;
		case RESULT_BOOLEAN:
			return RESULT_IS_BOOLEAN;
		case RESULT_BIGINT:
			return RESULT_IS_COUNT;
		case RESULT_JSONB:
			return RESULT_IS_ERRORS;
		default:
			return json_result(function->operation);
	}
}
