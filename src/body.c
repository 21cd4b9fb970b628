/*
 * body.c
 *	  Reads the bodies of functions in LANGUAGE todo_orm.
 */
#include "compat.h"

#include "utils/builtins.h"
#include "utils/fmgrprotos.h"

#include "body.h"
#include "jsonb_read.h"

static const char *const body_keys[] = {
	"operation", "model", "options", "relationship", "arguments", "settings"
};

/* Refuses members that no operation knows: a typing error must not be lost. */
static void
check_keys(Jsonb *body)
{
	JsonbItems	items = jsonb_items(&body->root);

	for (int i = 0; i < items.count; i++)
	{
		bool		known = false;

		for (size_t j = 0; j < lengthof(body_keys); j++)
			known |= strcmp(items.items[i].key, body_keys[j]) == 0;
		if (!known)
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_FUNCTION_DEFINITION),
					 errmsg("unrecognized key \"%s\" in function body", items.items[i].key),
					 errhint("Functions in language todo_orm are made by todo_orm.register_model.")));
	}
}

/* Does the body have the shape of one of ours? */
static bool
has_shape(Jsonb *body)
{
	JsonbValue	value;

	return JB_ROOT_IS_OBJECT(body) &&
		jsonb_lookup(&body->root, "operation", &value) && value.type == jbvString &&
		jsonb_lookup(&body->root, "model", &value) && value.type == jbvString &&
		jsonb_lookup(&body->root, "options", &value) && jsonb_value_is_object(&value);
}

/*
 * Parses a function body, in CurrentMemoryContext.
 *
 * Errors: 22P02 where it is no JSON, 42P13 where it is not of our form.
 */
Jsonb *
body_parse(const char *source)
{
	Jsonb	   *body = DatumGetJsonbP(DirectFunctionCall1(jsonb_in, CStringGetDatum(source)));

	if (!has_shape(body))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_FUNCTION_DEFINITION),
				 errmsg("invalid function body for language todo_orm"),
				 errdetail("Expected a JSON object with \"operation\", \"model\" and \"options\"."),
				 errhint("Functions in language todo_orm are made by todo_orm.register_model.")));
	check_keys(body);
	return body;
}

/* As body_parse, but NULL for a JSON value that is not of our form. */
Jsonb *
body_try_parse(const char *source)
{
	Jsonb	   *body;

	/* the validator lets no other text in; this spares the error for '' */
	if (source[0] != '{')
		return NULL;
	body = DatumGetJsonbP(DirectFunctionCall1(jsonb_in, CStringGetDatum(source)));
	return has_shape(body) ? body : NULL;
}

/* A member that is a string; NULL where there is none. */
char *
body_text(Jsonb *body, const char *key)
{
	JsonbValue	value;

	if (!jsonb_lookup(&body->root, key, &value) || value.type != jbvString)
		return NULL;
	return jsonb_value_text(&value);
}

/* The model's options, as a jsonb of their own. */
Jsonb *
body_options(Jsonb *body)
{
	JsonbValue	value;

	if (!jsonb_lookup(&body->root, "options", &value))
		elog(ERROR, "function body without options");
	return jsonb_value_to_jsonb(&value);
}

bool
body_member(Jsonb *body, const char *key, JsonbValue *value)
{
	return jsonb_lookup(&body->root, key, value);
}

/* The settings of a function that was added; NULL: it has none. */
Jsonb *
body_settings(Jsonb *body)
{
	JsonbValue	value;

	return body_member(body, "settings", &value) ? jsonb_value_to_jsonb(&value) : NULL;
}

/* The argument names that a body gives to its function, char *. */
List *
body_arguments(Jsonb *body)
{
	JsonbValue	value;
	JsonbItems	items;
	List	   *names = NIL;

	if (!body_member(body, "arguments", &value) || !jsonb_value_is_array(&value))
		return NIL;
	items = jsonb_items(value.val.binary.data);
	for (int i = 0; i < items.count; i++)
		names = lappend(names, jsonb_value_text(&items.items[i].value));
	return names;
}
