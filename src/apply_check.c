/*
 * apply_check.c
 *	  Checks a list of operations as a whole, before any of it is run.
 *
 * What can be said without reading a row is said here, all of it at once.
 */
#include "compat.h"

#include "catalog/namespace.h"
#include "catalog/pg_type.h"
#include "utils/lsyscache.h"
#include "utils/varlena.h"

#include "apply.h"
#include "json_argument.h"
#include "jsonb_read.h"
#include "model_functions.h"
#include "settings.h"

/*
 * The table of that name: as the caller would write it, by search_path where
 * it has no schema.  InvalidOid if there is none.
 */
static Oid
find_table(const char *name)
{
	List	   *names;
	Oid			schema;

	if (!SplitIdentifierString(pstrdup(name), '.', &names))
		return InvalidOid;
	if (list_length(names) == 1)
		return RelnameGetRelid(linitial(names));
	if (list_length(names) != 2)
		return InvalidOid;
	schema = get_namespace_oid(linitial(names), true);
	return OidIsValid(schema) ? get_relname_relid(lsecond(names), schema) : InvalidOid;
}

/* The functions of the operation's model; NULL, and an error noted, if there is no such model. */
static const ModelFunctions *
check_model(Apply *apply, ApplyStep *step, const Place *place)
{
	const ModelFunctions *functions = NULL;
	Oid			relid;

	if (!step->given[APPLY_MODEL])
		return NULL;
	relid = find_table(jsonb_value_text(&step->members[APPLY_MODEL]));
	if (OidIsValid(relid))
		functions = model_functions_open(relid);
	if (functions)
		step->model = functions->slot->model;
	else
		apply_note(apply, place, APPLY_MODEL, "value", "is not a registered model",
				   &step->members[APPLY_MODEL]);
	return functions;
}

/* Several rows take one call; for one, whichever function there is that the caller may call. */
static const ModelFunction *
find_function(const ModelFunctions *functions, const ApplyStep *step, const char *relationship)
{
	const ModelFunction *function;
	const ModelFunction *instead;

	function = model_functions_find(functions, step->kind->operation, relationship);
	if (step->kind->instead == NULL || step->nrows != NO_ARRAY ||
		(function && model_function_is_allowed(function)))
		return function;
	instead = model_functions_find(functions, step->kind->instead, relationship);
	return instead && (function == NULL || model_function_is_allowed(instead)) ? instead : function;
}

/* Notes that there are no such links. */
static void
note_relationship(Apply *apply, const ApplyStep *step, const char *name, const Place *place)
{
	const Relationship *relationship = model_find_relationship(step->model, name);
	StringInfoData names;

	initStringInfo(&names);
	for (int i = 0; i < step->model->nrelationships; i++)
		if (step->model->relationships[i].kind == RELATIONSHIP_MANY_TO_MANY)
			appendStringInfo(&names, "%s\"%s\"", names.len ? ", " : "",
							 step->model->relationships[i].name);
	apply_note(apply, place, APPLY_RELATIONSHIP, "value",
			   relationship && relationship->kind == RELATIONSHIP_MANY_TO_MANY ?
			   psprintf("\"%s\" has no function for this operation along it", step->model->name) :
			   psprintf("\"%s\" has no many-to-many relationship of that name", step->model->name),
			   &step->members[APPLY_RELATIONSHIP]);
	if (names.len && apply->errors.hint == NULL)
		apply->errors.hint = psprintf("Many-to-many relationships of \"%s\": %s.",
									  step->model->name, names.data);
}

/* Finds the function that does the operation, and asks whether the caller may call it. */
static void
check_function(Apply *apply, ApplyStep *step, const ModelFunctions *functions, const Place *place)
{
	const ModelFunction *function;
	char	   *relationship = NULL;

	if (step->kind->needs & APPLY_BIT(APPLY_RELATIONSHIP))
	{
		if (!step->given[APPLY_RELATIONSHIP])
			return;
		relationship = jsonb_value_text(&step->members[APPLY_RELATIONSHIP]);
	}
	function = find_function(functions, step, relationship);
	if (function)
	{
		model_function_check_right(function);
		step->function = function->oid;
	}
	else if (relationship)
		note_relationship(apply, step, relationship, place);
	else
		apply_note(apply, place, APPLY_OP, "value",
				   psprintf("\"%s\" has no function for this operation", step->model->name),
				   &step->members[APPLY_OP]);
}

/* Notes a value that is null or of the wrong JSON type; a reference is looked at when it is run. */
static void
check_value(Apply *apply, Oid type, const JsonbValue *value, const Place *place)
{
	const char *expected;

	if (apply_is_reference(value))
		return;
	if (value->type == jbvNull)
		place_note(&apply->errors, place, "null", "must not be null", NULL);
	else if (!json_argument_fits(type, value, &expected))
		place_note(&apply->errors, place, "type",
				   psprintf("expected %s, got %s", expected, jsonb_value_kind(value)), value);
}

/* The key of several columns: an object that has each of them, and nothing else. */
static void
check_key_object(Apply *apply, const ApplyStep *step, const JsonbValue *key, const Place *place)
{
	const Model *model = step->model;
	JsonbItems	members = jsonb_items(key->val.binary.data);

	for (int i = 0; i < members.count; i++)
	{
		Place		at = {place, members.items[i].key, 0};
		const Column *column = model_find_column(model, members.items[i].key);

		if (column && model_is_key(model, column->attnum))
			check_value(apply, model_argument_type(column), &members.items[i].value, &at);
		else
			place_note(&apply->errors, &at, "unexpected", "unexpected field",
					   &members.items[i].value);
	}
	for (int i = 0; i < model->nkeys; i++)
	{
		const Column *column = model_column(model, model->keys[i]);
		Place		at = {place, column->name, 0};
		JsonbValue	value;

		if (!jsonb_lookup(key->val.binary.data, column->name, &value))
			place_note(&apply->errors, &at, "missing", "field required", NULL);
	}
}

static void
check_key(Apply *apply, const ApplyStep *step, const Place *place)
{
	const Model *model = step->model;
	const JsonbValue *key = &step->members[APPLY_KEY];
	Place		at = {place, apply_member_name(APPLY_KEY), 0};

	if (!(step->kind->needs & APPLY_BIT(APPLY_KEY)))
		return;
	if (!step->given[APPLY_KEY])
	{
		if (model->nkeys > 0)
			place_note(&apply->errors, &at, "missing", "field required", NULL);
	}
	else if (model->nkeys == 0)
		place_note(&apply->errors, &at, "unexpected",
				   psprintf("\"%s\" has no key beside its owner", model->name), key);
	else if (model->nkeys == 1)
		check_value(apply, model_argument_type(model_column(model, model->keys[0])), key, &at);
	else if (jsonb_value_is_object(key))
		check_key_object(apply, step, key, &at);
	else
		place_note(&apply->errors, &at, "type",
				   psprintf("expected object, got %s", jsonb_value_kind(key)), key);
}

/* Is it an object, or for several new rows an array of objects?  Notes how many. */
static void
check_values(Apply *apply, ApplyStep *step, const Place *place)
{
	const JsonbValue *values = &step->members[APPLY_VALUES];
	Place		at = {place, apply_member_name(APPLY_VALUES), 0};
	JsonbItems	items;

	if (!step->given[APPLY_VALUES] || jsonb_value_is_object(values))
		return;
	if (step->kind->instead == NULL)
	{
		place_note(&apply->errors, &at, "type", "expected object, got array", values);
		return;
	}
	items = jsonb_items(values->val.binary.data);
	step->nrows = items.count;
	for (int i = 0; i < items.count && !errors_full(&apply->errors); i++)
	{
		Place		item = {&at, NULL, i};

		if (!jsonb_value_is_object(&items.items[i].value))
			place_note(&apply->errors, &item, "type",
					   psprintf("expected object, got %s", jsonb_value_kind(&items.items[i].value)),
					   &items.items[i].value);
	}
}

static void
check_if_version(Apply *apply, const ApplyStep *step, const Place *place)
{
	const JsonbValue *value = &step->members[APPLY_IF_VERSION];
	Place		at = {place, apply_member_name(APPLY_IF_VERSION), 0};

	if (!step->given[APPLY_IF_VERSION])
		return;
	if (step->model->version == 0)
		place_note(&apply->errors, &at, "unexpected",
				   psprintf("\"%s\" has no version column", step->model->name), value);
	else
		check_value(apply, INT8OID, value, &at);
}

static void
check_on_key(Apply *apply, const ApplyStep *step, const Place *place)
{
	Place		at = {place, apply_member_name(APPLY_ON_KEY), 0};
	JsonbItems	items;

	if (!step->given[APPLY_ON_KEY])
		return;
	items = jsonb_items(step->members[APPLY_ON_KEY].val.binary.data);
	for (int i = 0; i < items.count && !errors_full(&apply->errors); i++)
	{
		Place		item = {&at, NULL, i};

		if (items.items[i].value.type != jbvString)
			place_note(&apply->errors, &item, "type",
					   psprintf("expected string, got %s", jsonb_value_kind(&items.items[i].value)),
					   &items.items[i].value);
	}
}

/* Checks the references in all members that may have some. */
static void
check_references(Apply *apply, ApplyStep *step, const Place *place)
{
	static const ApplyMember members[] = {APPLY_KEY, APPLY_VALUES, APPLY_IF_VERSION, APPLY_IDS};

	for (size_t i = 0; i < lengthof(members); i++)
	{
		Place		at = {place, apply_member_name(members[i]), 0};

		if (step->given[members[i]])
			apply_check_references(apply, step, &step->members[members[i]], &at);
	}
}

static void
check_step(Apply *apply, ApplyStep *step, const JsonbValue *operation)
{
	Place		place = {NULL, NULL, step->index};
	const ModelFunctions *functions;

	apply->current = step;
	apply_read_step(apply, step, operation, &place);
	if (step->kind == NULL)
		return;
	check_values(apply, step, &place);
	functions = check_model(apply, step, &place);
	if (functions)
	{
		check_function(apply, step, functions, &place);
		check_key(apply, step, &place);
		check_if_version(apply, step, &place);
	}
	check_on_key(apply, step, &place);
	check_references(apply, step, &place);
	if (step->given[APPLY_AS])
		apply_add_name(apply, step, &place);
}

/* Notes what is wrong with the list itself; is there anything? */
static bool
check_list(Apply *apply, Jsonb *operations)
{
	const char *type = "type";
	char	   *problem = NULL;

	if (operations == NULL)
	{
		type = "null";
		problem = "must not be null";
	}
	else if (!JB_ROOT_IS_ARRAY(operations) || JB_ROOT_IS_SCALAR(operations))
		problem = "expected array";
	else if ((int) JB_ROOT_COUNT(operations) > setting_max_operations)
	{
		type = "too_many";
		problem = psprintf("more than %d operations", setting_max_operations);
	}
	if (problem == NULL)
		return false;
	errors_add_at(&apply->errors, ERROR_INPUT, "", NULL, type, problem, NULL);
	return true;
}

static HTAB *
make_names(void)
{
	HASHCTL		ctl;

	ctl.keysize = NAMEDATALEN;
	ctl.entrysize = sizeof(ApplyName);
	ctl.hcxt = CurrentMemoryContext;
	return hash_create("todo_orm apply names", 32, &ctl, HASH_ELEM | HASH_STRINGS | HASH_CONTEXT);
}

/* Reads the list, and raises everything that is wrong with it. */
void
apply_check(Apply *apply, Jsonb *operations)
{
	JsonbItems	items;

	errors_init(&apply->errors, NULL);
	if (check_list(apply, operations))
		apply_raise(apply);
	items = jsonb_items(&operations->root);
	apply->count = items.count;
	apply->steps = palloc0(sizeof(ApplyStep) * Max(items.count, 1));
	apply->names = make_names();
	for (int i = 0; i < items.count && !errors_full(&apply->errors); i++)
	{
		apply->steps[i].index = i;
		apply->steps[i].nrows = NO_ARRAY;
		check_step(apply, &apply->steps[i], &items.items[i].value);
	}
	apply->current = NULL;
	apply_raise(apply);
}
