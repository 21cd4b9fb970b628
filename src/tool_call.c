/*
 * tool_call.c
 *	  todo_orm.call: runs a tool for an owner.
 *
 * The arguments come from a language model.  What is wrong with them is
 * answered as data that it can act on; everything else is raised.  The owner
 * comes from whoever calls, and is no argument of the tool.
 */
#include "compat.h"

#include "utils/builtins.h"
#include "utils/fmgrprotos.h"
#include "utils/json.h"

#include "expiry.h"
#include "function_call.h"
#include "guard.h"
#include "jsonb_read.h"
#include "tool.h"

PG_FUNCTION_INFO_V1(todo_orm_call_tool);

/* A call on its way. */
typedef struct ToolCall
{
	const Tool *tool;
	const char *name;			/* as the caller wrote it */
	const char *user_id;		/* the owner; NULL: null was given */
	Jsonb	   *arguments;		/* NULL: none */
	FunctionCall call;
	bool		of_caller;		/* an error now is not about the arguments */
	StringInfoData result;		/* JSON */
} ToolCall;

/* The owner is the caller's: what is wrong with it is not for the language model. */
static void
set_owner(ToolCall *on)
{
	Place		place = {NULL, "user_id", 0};
	ErrorList	errors;

	on->of_caller = true;
	errors_init(&errors, on->call.model);
	function_call_set_owner(&on->call, on->user_id, &errors, &place);
	errors_raise(&errors);
	on->of_caller = false;
}

/* The number of an argument that the language model may give, or -1. */
static int
find_argument(const Function *function, const char *name)
{
	for (int i = 0; i < function->nargs; i++)
		if (tool_offers(function, &function->args[i]) &&
			strcmp(function->args[i].name, name) == 0)
			return i;
	return -1;
}

/* The arguments that there are, for the hint. */
static const char *
available_arguments(const Function *function)
{
	StringInfoData names;

	initStringInfo(&names);
	for (int i = 0; i < function->nargs; i++)
		if (tool_offers(function, &function->args[i]))
			appendStringInfo(&names, "%s\"%s\"", names.len ? ", " : "", function->args[i].name);
	if (names.len == 0)
		return "The tool has no arguments.";
	return psprintf("Arguments: %s.", names.data);
}

/* There is no such argument: notes that, and what may have been meant. */
static void
note_unexpected(const Function *function, const JsonbPairRead *item, ErrorList *errors)
{
	Place		place = {NULL, item->key, 0};
	const char *likeliest = NULL;
	int			best = errors_likeness(item->key);

	for (int i = 0; i < function->nargs; i++)
		if (tool_offers(function, &function->args[i]) &&
			errors_is_likelier(item->key, function->args[i].name, &best))
			likeliest = function->args[i].name;
	place_note(errors, &place, "unexpected", "unexpected argument", &item->value);
	if (likeliest)
		errors_suggest(errors, item->key, likeliest);
	if (errors->hint == NULL)
		errors->hint = available_arguments(function);
}

/* Sets what was given; null is not given. */
static void
set_arguments(ToolCall *on, const JsonbItems *given, ErrorList *errors)
{
	const Function *function = on->call.function;

	for (int i = 0; i < given->count && !errors_full(errors); i++)
	{
		const JsonbPairRead *item = &given->items[i];
		Place		place = {NULL, item->key, 0};
		int			argument = find_argument(function, item->key);

		if (argument < 0)
			note_unexpected(function, item, errors);
		else if (item->value.type != jbvNull)
			(void) function_call_read(&on->call, argument, &item->value, errors, &place);
	}
}

/* Was the argument given, and is not null? */
static bool
is_given(const ToolCall *on, const Argument *argument)
{
	JsonbValue	value;

	return on->arguments && jsonb_lookup(&on->arguments->root, argument->name, &value) &&
		value.type != jbvNull;
}

static void
check_required(ToolCall *on, ErrorList *errors)
{
	const Function *function = on->call.function;

	for (int i = 0; i < function->nargs; i++)
	{
		const Argument *argument = &function->args[i];
		Place		place = {NULL, argument->name, 0};

		if (tool_offers(function, argument) && tool_requires(argument) && !is_given(on, argument))
			place_note(errors, &place, "missing", "field required", NULL);
	}
}

/* Reads the arguments; raises all that is wrong with them. */
static void
read_arguments(ToolCall *on)
{
	JsonbItems	given = {0, NULL};
	ErrorList	errors;

	if (on->arguments && !JB_ROOT_IS_OBJECT(on->arguments))
		errors_refuse_argument(on->call.model, "arguments", "an object");
	if (on->arguments)
		given = jsonb_items(&on->arguments->root);
	errors_init(&errors, on->call.model);
	set_arguments(on, &given, &errors);
	check_required(on, &errors);
	errors_raise(&errors);
}

/* What is run in a subtransaction. */
static void
run(void *arg)
{
	ToolCall   *on = arg;

	on->of_caller = true;
	function_call_begin(&on->call, on->tool->function.oid);
	if (!tool_can_be_called(on->call.function))
		tool_refuse(on->name);
	set_owner(on);
	read_arguments(on);
	(void) function_call_run(&on->call, operation_returns_one(on->tool->function.operation),
							 &on->result);
}

/* Is it an error that another call, with other arguments, may not have? */
static bool
is_data(int sqlstate)
{
	switch (sqlstate)
	{
		case ERRCODE_INVALID_PARAMETER_VALUE:
		case ERRCODE_FOREIGN_KEY_VIOLATION:
		case ERRCODE_UNIQUE_VIOLATION:
		case ERRCODE_EXCLUSION_VIOLATION:
		case ERRCODE_NO_DATA_FOUND:
		case ERRCODE_TOO_MANY_ROWS:
		case ERRCODE_STALE_VERSION:
			return true;
		default:
			return false;
	}
}

/* Is the text a JSON array?  Somebody's own trigger may write anything into DETAIL. */
static bool
is_json_array(const char *text)
{
	MemoryContext cxt = CurrentMemoryContext;
	volatile bool result = false;

	if (text == NULL || text[0] != '[')
		return false;
	PG_TRY();
	{
		Jsonb	   *json = DatumGetJsonbP(DirectFunctionCall1(jsonb_in, CStringGetDatum(text)));

		result = JB_ROOT_IS_ARRAY(json) && !JB_ROOT_IS_SCALAR(json);
	}
	PG_CATCH();
	{
		MemoryContextSwitchTo(cxt);
		if (ERRCODE_TO_CATEGORY(geterrcode()) != ERRCODE_DATA_EXCEPTION)
			PG_RE_THROW();
		FlushErrorState();
	}
	PG_END_TRY();
	return result;
}

/* What may help: of a stale version which one there is now. */
static char *
hint_of(const ErrorData *error)
{
	if (error->sqlerrcode == ERRCODE_STALE_VERSION && error->detail && error->hint)
		return psprintf("%s %s", error->detail, error->hint);
	return error->hint;
}

/* {"error": {"code": "22023", "message": ..., "detail": [...], "hint": ...}} */
static char *
error_json(const ErrorData *error)
{
	StringInfoData json;

	initStringInfo(&json);
	appendStringInfo(&json, "{\"error\": {\"code\": \"%s\", \"message\": ",
					 unpack_sql_state(error->sqlerrcode));
	escape_json(&json, error->message);
	/* PostgreSQL's own text may show rows of another owner */
	appendStringInfo(&json, ", \"detail\": %s",
					 is_json_array(error->detail) ? error->detail : "[]");
	if (hint_of(error))
	{
		appendStringInfoString(&json, ", \"hint\": ");
		escape_json(&json, hint_of(error));
	}
	appendStringInfoString(&json, "}}");
	return json.data;
}

/* Runs the tool; answers its result, or the error, as JSON. */
static char *
run_tool(ToolCall *on)
{
	ErrorData  *error;

	model_function_check_right(&on->tool->function);
	initStringInfo(&on->result);
	error = guard_run(run, on);
	if (error == NULL)
		return on->result.data;
	if (on->of_caller || !is_data(error->sqlerrcode))
		ReThrowError(error);
	return error_json(error);
}

/*
 * todo_orm.call(user_id text, tool text, arguments jsonb, schema regnamespace,
 *				 models regclass[], functions text[]) RETURNS jsonb
 */
Datum
todo_orm_call_tool(PG_FUNCTION_ARGS)
{
	ToolCall	on = {0};
	ToolFilter	filter;
	char	   *json;
	int			depth;

	tool_read_filter(fcinfo, 3, 4, &filter);
	on.name = PG_ARGISNULL(1) ? "" : text_to_cstring(PG_GETARG_TEXT_PP(1));
	if (!PG_ARGISNULL(0))
		on.user_id = text_to_cstring(PG_GETARG_TEXT_PP(0));
	if (!PG_ARGISNULL(2))
		on.arguments = PG_GETARG_JSONB_P(2);
	/* what a client writes for none */
	if (on.arguments && jsonb_root(on.arguments).type == jbvNull)
		on.arguments = NULL;
	depth = expiry_enter();
	on.tool = tool_find(&filter, on.name);
	json = run_tool(&on);
	expiry_leave(depth);
	return DirectFunctionCall1(jsonb_in, CStringGetDatum(json));
}
