/*
 * tool_argument.c
 *	  The arguments of a function as those of a tool, and their schemas.
 */
#include "compat.h"

#include <ctype.h>

#include "utils/json.h"

#include "operation.h"
#include "scope.h"
#include "settings.h"
#include "sort.h"
#include "tool.h"
#include "tool_schema.h"
#include "unique_key.h"

/* May the language model give the argument?  Never the owner, nor what is hidden. */
bool
tool_offers(const Function *function, const Argument *argument)
{
	return argument->role != ARG_OWNER &&
		!(argument->attnum && model_column(function->slot->model, argument->attnum)->hidden);
}

/* Must it?  A parent that is not named is started. */
bool
tool_requires(const Argument *argument)
{
	return argument->default_sql == NULL && argument->role != ARG_PARENT_KEY;
}

/* Can the function be called with what the language model may give? */
bool
tool_can_be_called(const Function *function)
{
	for (int i = 0; i < function->nargs; i++)
		if (function->args[i].role != ARG_OWNER && tool_requires(&function->args[i]) &&
			!tool_offers(function, &function->args[i]))
			return false;
	return true;
}

/* An argument of the engine's own whose schema is always the same. */
typedef struct FixedSchema
{
	const char *schema;			/* NULL: it is not */
	const char *description;
} FixedSchema;

#define INTEGER "{\"type\": \"integer\"}"
#define NOT_NEGATIVE(maximum) "{\"type\": \"integer\", \"minimum\": 0, \"maximum\": " maximum "}"
#define MAX_INT4 "2147483647"
#define MAX_INT8 "9223372036854775807"
#define BOOLEAN "{\"type\": \"boolean\"}"
#define STRING "{\"type\": \"string\"}"

static const FixedSchema fixed_schemas[ARG_ROLES] = {
	[ARG_SKIP] = {NOT_NEGATIVE(MAX_INT4), "Rows to pass over."},
	[ARG_WITH_TOTAL] = {BOOLEAN, "Also count all rows that match."},
	[ARG_OLDER_THAN] = {STRING, "An interval that is not negative, such as \"30 days\"."},
	[ARG_IF_VERSION] = {INTEGER, "The version of the row that the change is based on."},
	[ARG_CURSOR] = {STRING, "A cursor of an earlier result with the same arguments; together with neither skip nor a negative take."},
	[ARG_MISSING_OK] = {BOOLEAN, "That no row matches is no error."},
	[ARG_MAX_ROWS] = {NOT_NEGATIVE(MAX_INT8), "Do nothing if more rows than that match."},
	[ARG_PIECE] = {STRING, "The text to append."},
	[ARG_MAX_CHARS] = {NOT_NEGATIVE(MAX_INT4), "How much text at the most."},
	[ARG_KEEP_PINNED] = {BOOLEAN, "Also return what is always kept."},
	[ARG_SHAPE] = {"{\"type\": \"string\", \"enum\": [\"create\", \"update\"]}", "What the item is for."}
};

/* Appends how many rows: of pages up to todo_orm.max_take from either end. */
static void
append_take(ToolSchema *schema)
{
	SignatureBuilder signature = schema->function->operation->signature;
	StringInfo	out = &schema->out;

	if (signature == signature_batch)
		appendStringInfoString(out, "{\"type\": \"integer\", \"minimum\": -" MAX_INT4 ", \"maximum\": " MAX_INT4 ", \"description\": \"How many for each key; negative: the last ones.\"}");
	else if (signature == signature_with_children || signature == signature_context)
		tool_append_described(out, NOT_NEGATIVE(MAX_INT4), "How many at the most: the newest ones.");
	else
		appendStringInfo(out, "{\"type\": \"integer\", \"minimum\": %d, \"maximum\": %d, \"description\": \"How many rows at the most; negative: the last ones.\"}",
						 -setting_max_take, setting_max_take);
}

static void
append_scope(ToolSchema *schema)
{
	StringInfo	out = &schema->out;
	ListCell   *cell;

	appendStringInfoString(out, "{\"type\": \"string\", \"enum\": [");
	foreach(cell, scope_names(schema->model))
	{
		tool_next(out);
		escape_json(out, lfirst(cell));
	}
	appendStringInfoString(out, "], \"description\": \"A named filter.\"}");
}

/* Appends a match; of what is changed by it, something must be asked for. */
static void
append_match(ToolSchema *schema, const Argument *argument)
{
	schema->uses_match = true;
	appendStringInfo(&schema->out, "{\"$ref\": \"#/$defs/match\"%s, \"description\": \"What the rows must match: columns with values, or with operators.\"}",
					 argument->default_sql == NULL && schema->function->operation->writes ?
					 ", \"minProperties\": 1" : "");
}

/* Appends the unique keys, each an array of names. */
static void
append_on_key(ToolSchema *schema)
{
	const Model *model = schema->model;
	StringInfo	out = &schema->out;

	appendStringInfoString(out, "{\"type\": \"array\", \"enum\": [");
	for (int i = 0; i < model->nuniques; i++)
	{
		const UniqueKey *key = &model->uniques[i];
		bool		hidden = key->ncolumns == 0;

		for (int c = 0; c < key->ncolumns; c++)
			hidden |= model_column(model, key->columns[c])->hidden;
		if (hidden)
			continue;
		tool_next(out);
		tool_append_names(out, model, key->columns, key->ncolumns);
	}
	appendStringInfoString(out, "], \"description\": \"The columns by which the row is found.\"}");
}

/* Appends the columns that rows can be grouped by. */
static void
append_group_by(ToolSchema *schema)
{
	const Model *model = schema->model;
	StringInfo	out = &schema->out;

	appendStringInfoString(out, "{\"type\": \"array\", \"uniqueItems\": true, \"maxItems\": 16, \"items\": {\"type\": \"string\", \"enum\": [");
	for (int i = 0; i < model->natts; i++)
	{
		const Column *column = &model->columns[i];

		if (column->dropped || column->hidden || column->attnum == model->owner ||
			!sort_has_order(column))
			continue;
		tool_next(out);
		escape_json(out, column->name);
	}
	appendStringInfoString(out, "]}, \"description\": \"Columns to group by.\"}");
}

/* Appends: "sum": {"enum": ["amount"]}; nothing where no column can be measured so */
static void
append_measure(ToolSchema *schema, int index)
{
	const Model *model = schema->model;
	StringInfo	out = &schema->out;
	bool		any = false;

	for (int i = 0; i < model->natts; i++)
	{
		const Column *column = &model->columns[i];
		const char *name;

		if (column->dropped || column->hidden || column->attnum == model->owner)
			continue;
		name = aggregate_measure(index, column);
		if (name == NULL)
			continue;
		if (!any)
		{
			tool_member(out, name);
			appendStringInfoString(out, "{\"enum\": [");
		}
		any = true;
		tool_next(out);
		escape_json(out, column->name);
	}
	if (any)
		appendStringInfoString(out, "]}");
}

/* Appends: an object of "count", {"sum": "amount"} ... */
static void
append_measures(ToolSchema *schema)
{
	StringInfo	out = &schema->out;

	appendStringInfoString(out, "{\"type\": \"object\", \"maxProperties\": 64, \"additionalProperties\": {\"anyOf\": [{\"const\": \"count\"}, {\"type\": \"object\", \"minProperties\": 1, \"maxProperties\": 1, \"additionalProperties\": false, \"properties\": {");
	for (int i = 0; i < AGGREGATE_MEASURES; i++)
		append_measure(schema, i);
	appendStringInfoString(out, "}}]}, \"description\": \"What to count, sum ..., under names of your choice: {\\\"n\\\": \\\"count\\\"}.\"}");
}

/* What the items of an operation are. */
static ContractShape
shape_of(const Operation *operation)
{
	if (operation->signature == signature_upsert)
		return SHAPE_UPSERT;
	return operation->run == op_patch_many ? SHAPE_PATCH : SHAPE_CREATE;
}

/* Appends the items of a create, an upsert, a patch of several rows ... */
static void
append_items(ToolSchema *schema)
{
	const Function *function = schema->function;
	const Operation *operation = function->operation;
	bool		several = operation_returns_set(operation);

	if (operation->signature == signature_validate)
	{
		/* anything: what is wrong with it is the question */
		appendStringInfoString(&schema->out, "{\"type\": \"object\"}");
		return;
	}
	if (several)
		appendStringInfoString(&schema->out, "{\"type\": \"array\", \"items\": ");
	tool_append_item(&schema->out, schema->model, shape_of(operation),
					 operation->signature == signature_append_many ? function->relationship : NULL);
	if (several)
		appendStringInfoChar(&schema->out, '}');
}

/* Appends the keys that a function takes: of its rows, or of those at the other end. */
static void
append_ids(ToolSchema *schema)
{
	const Function *function = schema->function;

	tool_append_ids(&schema->out, function->operation->signature == signature_link ?
					function->related->model : schema->model);
}

/* Appends the schema of an argument. */
static void
append_argument(ToolSchema *schema, const Argument *argument)
{
	const FixedSchema *fixed = &fixed_schemas[argument->role];
	const Model *model = schema->model;

	switch (argument->role)
	{
		case ARG_KEY:
		case ARG_COLUMN:
		case ARG_PARENT_KEY:
			/* what is looked for may be anything of the type */
			tool_append_column(&schema->out, model, model_column(model, argument->attnum),
							   argument->role != ARG_KEY);
			break;
		case ARG_ITEMS:
			append_items(schema);
			break;
		case ARG_PATCH:
			tool_append_item(&schema->out, model, SHAPE_UPDATE, NULL);
			break;
		case ARG_IDS:
			append_ids(schema);
			break;
		case ARG_SCOPE:
			append_scope(schema);
			break;
		case ARG_TAKE:
			append_take(schema);
			break;
		case ARG_MATCH:
			append_match(schema, argument);
			break;
		case ARG_SORT:
			tool_append_sort(&schema->out, model);
			break;
		case ARG_ON_KEY:
			append_on_key(schema);
			break;
		case ARG_GROUP_BY:
			append_group_by(schema);
			break;
		case ARG_MEASURES:
			append_measures(schema);
			break;
		case ARG_INCLUDE:
			tool_append_include(schema);
			break;
		default:
			tool_append_described(&schema->out, fixed->schema, fixed->description);
			break;
	}
}

/* Puts the default of an argument of the engine's own into its schema, where JSON can say it. */
static void
append_default(StringInfo out, const Argument *argument)
{
	const char *value = argument->default_sql;

	if (argument->attnum || value == NULL)
		return;
	if (argument->role == ARG_SCOPE)
		value = "\"all\"";
	else if (!isdigit((unsigned char) value[0]) && strcmp(value, "false") != 0)
		return;
	out->len--;
	tool_member(out, "default");
	appendStringInfo(out, "%s}", value);
}

/* Appends the names of the arguments that must be given. */
static void
append_required(StringInfo out, const Function *function)
{
	appendStringInfoChar(out, '[');
	for (int i = 0; i < function->nargs; i++)
		if (tool_offers(function, &function->args[i]) && tool_requires(&function->args[i]))
		{
			tool_next(out);
			escape_json(out, function->args[i].name);
		}
	appendStringInfoChar(out, ']');
}

/*
 * Appends the schema of a function's arguments:
 *
 *	{"type": "object", "properties": {...}, "required": [...],
 *	 "additionalProperties": false, "$defs": {...}}
 */
void
tool_append_input(StringInfo out, const Function *function)
{
	ToolSchema	schema = {.function = function,.model = function->slot->model};

	initStringInfo(&schema.out);
	appendStringInfoString(&schema.out, "{\"type\": \"object\", \"properties\": {");
	for (int i = 0; i < function->nargs; i++)
	{
		if (!tool_offers(function, &function->args[i]))
			continue;
		tool_member(&schema.out, function->args[i].name);
		append_argument(&schema, &function->args[i]);
		append_default(&schema.out, &function->args[i]);
	}
	appendStringInfoString(&schema.out, "}, \"required\": ");
	append_required(&schema.out, function);
	appendStringInfoString(&schema.out, ", \"additionalProperties\": false");
	if (schema.uses_match || schema.uses_related)
	{
		appendStringInfoString(&schema.out, ", \"$defs\": {");
		tool_append_match_definitions(&schema, &schema.out);
		appendStringInfoChar(&schema.out, '}');
	}
	appendStringInfoChar(&schema.out, '}');
	appendBinaryStringInfo(out, schema.out.data, schema.out.len);
}
