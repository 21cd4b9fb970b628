/*
 * options.c
 *	  Parses the options of a model.
 *
 * Table driven: each option is one row that names its parser and the field
 * it fills, so that the list of known options, the checks and the hint for
 * an unrecognized one cannot drift apart.
 */
#include "compat.h"

#include "lib/stringinfo.h"
#include "utils/builtins.h"
#include "utils/fmgrprotos.h"

#include "jsonb_read.h"
#include "options.h"

typedef void (*OptionParser) (const char *option, const JsonbValue *value, void *field);

typedef struct OptionRule
{
	const char *name;			/* the option's key */
	OptionParser parse;			/* checks the value and stores it */
	size_t		field;			/* where in Options */
} OptionRule;

TODO_ORM_NORETURN
static void
refuse_value(const char *option, const JsonbValue *value, const char *expected)
{
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("invalid value for option \"%s\"", option),
			 errdetail("Expected %s, got %s.", expected, jsonb_value_kind(value)),
			 errhint("See the options of todo_orm.register_model.")));
}

TODO_ORM_NORETURN
static void
refuse_empty(const char *option)
{
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("invalid value for option \"%s\"", option),
			 errdetail("It is an empty string."),
			 errhint("Give null for the default.")));
}

static void
parse_name(const char *option, const JsonbValue *value, void *field)
{
	if (value->type != jbvString)
		refuse_value(option, value, "a name");
	if (value->val.string.len == 0)
		refuse_empty(option);
	*(char **) field = jsonb_value_text(value);
}

static void
parse_column(const char *option, const JsonbValue *value, void *field)
{
	ColumnOption *column = field;

	if (value->type != jbvString && value->type != jbvNull)
		refuse_value(option, value, "a name or null");
	column->given = true;
	column->name = value->type == jbvNull ? NULL : jsonb_value_text(value);
}

/* One name or an array of names. */
static void
parse_names(const char *option, const JsonbValue *value, void *field)
{
	List	  **names = field;
	JsonbItems	items;

	if (value->type == jbvString)
	{
		*names = list_make1(jsonb_value_text(value));
		return;
	}
	if (!jsonb_value_is_array(value))
		refuse_value(option, value, "a name or an array of names");
	items = jsonb_items(value->val.binary.data);
	for (int i = 0; i < items.count; i++)
	{
		if (items.items[i].value.type != jbvString)
			refuse_value(option, &items.items[i].value, "an array of names");
		*names = lappend(*names, jsonb_value_text(&items.items[i].value));
	}
}

/* "forbid" or "ignore" */
static void
parse_extra(const char *option, const JsonbValue *value, void *field)
{
	char	   *text;

	if (value->type != jbvString)
		refuse_value(option, value, "\"forbid\" or \"ignore\"");
	text = jsonb_value_text(value);
	if (strcmp(text, "ignore") != 0 && strcmp(text, "forbid") != 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("unrecognized value for option \"%s\": \"%s\"", option, text),
				 errhint("Available values: \"forbid\", \"ignore\".")));
	*(bool *) field = strcmp(text, "ignore") == 0;
}

/* {"pending": {"completed": false}} */
static void
parse_scopes(const char *option, const JsonbValue *value, void *field)
{
	List	  **scopes = field;
	JsonbItems	items;

	if (!jsonb_value_is_object(value))
		refuse_value(option, value, "an object of named filters");
	items = jsonb_items(value->val.binary.data);
	for (int i = 0; i < items.count; i++)
	{
		ScopeOption *scope = palloc(sizeof(ScopeOption));

		if (!jsonb_value_is_object(&items.items[i].value))
			refuse_value(option, &items.items[i].value, "an object for each scope");
		scope->name = items.items[i].key;
		scope->conditions = items.items[i].value.val.binary.data;
		*scopes = lappend(*scopes, scope);
	}
}

static void
parse_object(const char *option, const JsonbValue *value, void *field)
{
	if (!jsonb_value_is_object(value))
		refuse_value(option, value, "an object");
	*(JsonbContainer **) field = value->val.binary.data;
}

/* true, false or "force"; fills rls and rls_force, which are neighbours */
static void
parse_rls(const char *option, const JsonbValue *value, void *field)
{
	Options    *options = (Options *) ((char *) field - offsetof(Options, rls));

	if (value->type == jbvBool)
		options->rls = value->val.boolean;
	else if (value->type == jbvString && strcmp(jsonb_value_text(value), "force") == 0)
		options->rls = options->rls_force = true;
	else
		refuse_value(option, value, "true, false or \"force\"");
}

/* true, false or "notify" */
static void
parse_changes(const char *option, const JsonbValue *value, void *field)
{
	Options    *options = field;

	if (value->type == jbvBool)
		options->changes = value->val.boolean;
	else if (value->type == jbvString && strcmp(jsonb_value_text(value), "notify") == 0)
		options->changes = options->changes_notify = true;
	else
		refuse_value(option, value, "true, false or \"notify\"");
}

#define OPTION(name, parser) {#name, parser, offsetof(Options, name)}

static const OptionRule option_rules[] = {
	OPTION(owner, parse_column),
	OPTION(owner_setting, parse_column),
	OPTION(key, parse_names),
	OPTION(name, parse_name),
	OPTION(plural, parse_name),
	OPTION(schema, parse_name),
	OPTION(functions, parse_names),
	OPTION(created_at, parse_column),
	OPTION(updated_at, parse_column),
	OPTION(deleted_at, parse_column),
	OPTION(version, parse_column),
	OPTION(readonly, parse_names),
	OPTION(immutable, parse_names),
	OPTION(hidden, parse_names),
	{"extra", parse_extra, offsetof(Options, extra_ignore)},
	OPTION(scopes, parse_scopes),
	OPTION(sort, parse_name),
	OPTION(touch, parse_names),
	OPTION(idempotency, parse_name),
	OPTION(relationships, parse_object),
	{"changes", parse_changes, 0},
	OPTION(rls, parse_rls)
};

TODO_ORM_NORETURN
static void
refuse_option(const char *name)
{
	StringInfoData known;

	initStringInfo(&known);
	for (size_t i = 0; i < lengthof(option_rules); i++)
		appendStringInfo(&known, "%s%s", i == 0 ? "" : ", ", option_rules[i].name);
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("unrecognized option \"%s\"", name),
			 errhint("Available options: %s.", known.data)));
}

static const OptionRule *
find_rule(const char *name)
{
	for (size_t i = 0; i < lengthof(option_rules); i++)
		if (strcmp(option_rules[i].name, name) == 0)
			return &option_rules[i];
	refuse_option(name);
}

/*
 * Parses options, in CurrentMemoryContext.  The result points into the jsonb.
 *
 * Errors: 22023 for an unrecognized option or a value of the wrong kind.
 */
Options *
options_parse(Jsonb *jsonb)
{
	Options    *options = palloc0(sizeof(Options));
	JsonbItems	items;

	if (!JB_ROOT_IS_OBJECT(jsonb))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("options must be a JSON object"),
				 errhint("For example: {\"owner\": \"workspace_id\", \"rls\": true}")));
	items = jsonb_items(&jsonb->root);
	for (int i = 0; i < items.count; i++)
	{
		const OptionRule *rule = find_rule(items.items[i].key);

		/* null is the way back to a default; for columns it says that there is none */
		if (items.items[i].value.type == jbvNull && rule->parse != parse_column)
			continue;
		rule->parse(rule->name, &items.items[i].value, (char *) options + rule->field);
	}
	return options;
}

/* The stored options with those given laid over them, key by key. */
Jsonb *
options_merge(Jsonb *stored, Jsonb *given)
{
	return DatumGetJsonbP(DirectFunctionCall2(jsonb_concat,
											  JsonbPGetDatum(stored),
											  JsonbPGetDatum(given)));
}
