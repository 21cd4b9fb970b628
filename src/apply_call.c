/*
 * apply_call.c
 *	  Runs one operation of a list: turns its members into the arguments of the
 *	  function that does it, and calls that.
 */
#include "compat.h"

#include "apply.h"
#include "function_call.h"
#include "jsonb_read.h"

/* A call on its way, and whose. */
typedef struct StepCall
{
	Apply	   *apply;
	ApplyStep  *step;
	Place		place;			/* of the operation */
	FunctionCall call;
} StepCall;

/* Sets an argument from a value that may be a reference; null is refused. */
static void
set_argument(StepCall *on, int argument, JsonbValue *value, const Place *place)
{
	ErrorList  *errors = &on->apply->errors;

	apply_resolve(on->apply, on->step, place, value);
	if (value->type == jbvNull)
		place_note(errors, place, "null", "must not be null", NULL);
	else
		(void) function_call_read(&on->call, argument, value, errors, place);
}

/* Sets the key's arguments, which stand together. */
static void
set_key(StepCall *on)
{
	const Model *model = on->call.model;
	int			first = on->call.function->role_index[ARG_KEY];
	JsonbValue	key = on->step->members[APPLY_KEY];
	Place		place = {&on->place, apply_member_name(APPLY_KEY), 0};

	if (model->nkeys == 1)
		set_argument(on, first, &key, &place);
	/* the table may have got another key since the list was checked */
	for (int i = 0; model->nkeys > 1 && jsonb_value_is_object(&key) && i < model->nkeys; i++)
	{
		const char *name = model_column(model, model->keys[i])->name;
		Place		at = {&place, name, 0};
		JsonbValue	value;

		if (jsonb_lookup(key.val.binary.data, name, &value))
			set_argument(on, first + i, &value, &at);
	}
}

/* Sets the argument of a role from a member, where that was given. */
static void
set_member(StepCall *on, ArgumentRole role, ApplyMember member)
{
	JsonbValue	value = on->step->members[member];
	Place		place = {&on->place, apply_member_name(member), 0};
	int			argument = on->call.function->role_index[role];

	if (!on->step->given[member])
		return;
	if (argument >= 0)
		set_argument(on, argument, &value, &place);
	else
		place_note(&on->apply->errors, &place, "unexpected", "the function has no such argument",
				   &value);
}

/* The argument that stands for a column, -1 if none does. */
static int
column_argument(const FunctionCall *call, const char *name)
{
	for (int i = 0; i < call->function->nargs; i++)
	{
		const Argument *argument = &call->function->args[i];

		if (argument->role == ARG_COLUMN &&
			strcmp(model_column(call->model, argument->attnum)->name, name) == 0)
			return i;
	}
	return -1;
}

/*
 * One value for a create with typed arguments.  Null means "not given" there:
 * it must not pass for a null that is to be stored where there is a default.
 */
static void
set_column(StepCall *on, const char *name, JsonbValue *value, const Place *place)
{
	ErrorList  *errors = &on->apply->errors;
	int			argument = column_argument(&on->call, name);

	if (argument < 0)
		place_note(errors, place, "unexpected", "unexpected field", value);
	else if (value->type != jbvNull)
		(void) function_call_read(&on->call, argument, value, errors, place);
	else if (model_find_column(on->call.model, name)->hasdefault)
		place_note(errors, place, "null", "must not be null: that would be the default", NULL);
}

/* Sets the values: a jsonb argument, or one argument for each. */
static void
set_values(StepCall *on)
{
	JsonbValue	values = on->step->members[APPLY_VALUES];
	Place		place = {&on->place, apply_member_name(APPLY_VALUES), 0};
	ArgumentRole role = function_call_argument(&on->call, ARG_PATCH) ? ARG_PATCH : ARG_ITEMS;
	JsonbItems	items;

	apply_resolve(on->apply, on->step, &place, &values);
	if (function_call_argument(&on->call, role))
	{
		function_call_set(&on->call, role, JsonbPGetDatum(jsonb_value_to_jsonb(&values)));
		return;
	}
	items = jsonb_items(values.val.binary.data);
	for (int i = 0; i < items.count; i++)
	{
		Place		at = {&place, items.items[i].key, 0};

		set_column(on, items.items[i].key, &items.items[i].value, &at);
	}
}

/* Sets every argument; raises what is wrong with them. */
static void
set_arguments(StepCall *on)
{
	Place		owner = {NULL, "user_id", 0};

	function_call_set_owner(&on->call, on->apply->user_id, &on->apply->errors, &owner);
	if (on->step->given[APPLY_KEY])
		set_key(on);
	if (on->step->given[APPLY_VALUES])
		set_values(on);
	set_member(on, ARG_IF_VERSION, APPLY_IF_VERSION);
	set_member(on, ARG_ON_KEY, APPLY_ON_KEY);
	set_member(on, ARG_IDS, APPLY_IDS);
	apply_raise(on->apply);
}

/* Calls the function; what it says of its arguments is said of the members. */
static int64
run(StepCall *on, StringInfo out)
{
	MemoryContext cxt = CurrentMemoryContext;
	volatile int64 count = 0;

	PG_TRY();
	{
		count = function_call_run(&on->call, on->step->nrows == NO_ARRAY, out);
	}
	PG_CATCH();
	{
		ErrorData  *edata;

		MemoryContextSwitchTo(cxt);
		edata = CopyErrorData();
		FlushErrorState();
		apply_rethrow(on->step, edata);
	}
	PG_END_TRY();
	return count;
}

/* The row that was required is not there. */
static void
refuse_missing(const StepCall *on)
{
	Place		place = {&on->place, apply_member_name(APPLY_KEY), 0};

	apply_refuse_missing(&place, psprintf("no such row of \"%s\"", on->call.model->name),
						 on->step->given[APPLY_KEY] ? &on->step->members[APPLY_KEY] : NULL);
}

/* Runs an operation and appends its result as JSON. */
void
apply_run_step(Apply *apply, ApplyStep *step, StringInfo out)
{
	StepCall	on = {apply, step, {NULL, NULL, step->index}};
	const JsonbValue *required = &step->members[APPLY_REQUIRED];

	function_call_begin(&on.call, step->function);
	set_arguments(&on);
	if (run(&on, out) == 0 && step->given[APPLY_REQUIRED] && required->val.boolean)
		refuse_missing(&on);
}
