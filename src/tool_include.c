/*
 * tool_include.c
 *	  The schemas of a sort and of an include.
 */
#include "compat.h"

#include "settings.h"
#include "sort.h"
#include "tool_schema.h"

/* Is it a name that can stand in a pattern as it is, and unquoted in a sort? */
bool
tool_is_plain(const char *name)
{
	size_t		length = strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_");

	return length > 0 && name[length] == '\0';
}

/* (created_at|title): the columns that can be sorted by */
static char *
sort_columns(const Model *model)
{
	StringInfoData names;

	initStringInfo(&names);
	for (int i = 0; i < model->natts; i++)
	{
		const Column *column = &model->columns[i];

		if (!column->dropped && !column->hidden && column->attnum != model->owner &&
			tool_is_plain(column->name) && sort_has_order(column))
			appendStringInfo(&names, "%s%s", names.len ? "|" : "", column->name);
	}
	return names.data;
}

/* Appends the schema of an order. */
void
tool_append_sort(StringInfo out, const Model *model)
{
	char	   *item = psprintf("-?(%s)( (asc|desc))?( nulls (first|last))?", sort_columns(model));

	appendStringInfo(out, "{\"type\": \"string\", \"pattern\": \"^%s(, ?%s){0,%d}$\"", item, item,
					 MAX_SORT_ITEMS - 1);
	appendStringInfoString(out, ", \"description\": \"Order: columns, separated by commas; - in front of one, or desc behind it, turns it round.\"}");
}

/* messages(:-?[0-9]{1,6})?: a relationship, and how many rows; NULL: it cannot stand in a path */
static char *
path_word(const Model *model, int number)
{
	const Relationship *relationship = &model->relationships[number];

	if (!tool_is_plain(relationship->name) || tool_follow(model, number) == NULL)
		return NULL;
	return psprintf("%s%s", relationship->name,
					relationship->kind == RELATIONSHIP_MANY_TO_ONE ? "" : "(:-?[0-9]{1,6})?");
}

/* The paths from a model, so many relationships long at the most; empty: there are none. */
static char *
path_pattern(const Model *model, int levels)
{
	StringInfoData pattern;

	initStringInfo(&pattern);
	for (int i = 0; i < model->nrelationships; i++)
	{
		char	   *word = path_word(model, i);
		char	   *rest;

		if (word == NULL)
			continue;
		appendStringInfo(&pattern, "%s%s", pattern.len ? "|" : "", word);
		rest = levels > 1 ? path_pattern(tool_follow(model, i), levels - 1) : "";
		if (rest[0])
			appendStringInfo(&pattern, "(\\\\.(%s))?", rest);
	}
	return pattern.data;
}

/* Appends: {"type": "array", "items": {"type": "string", "pattern": ...}} */
static void
append_paths(StringInfo out, const Model *model, int levels)
{
	char	   *pattern = path_pattern(model, levels);

	appendStringInfoString(out, "{\"type\": \"array\", ");
	if (pattern[0])
		appendStringInfo(out, "\"items\": {\"type\": \"string\", \"pattern\": \"^(%s)$\"}}", pattern);
	else
		appendStringInfoString(out, "\"maxItems\": 0}");
}

/* Would the number of rows stand under a name of its own? */
static bool
can_count(const Model *model, const char *relationship)
{
	char	   *name = psprintf("%s_count", relationship);

	return model_find_column(model, name) == NULL && model_find_relationship(model, name) == NULL;
}

/* Appends: "messages": {"type": "object", "properties": {"take": ..., ...}} */
static void
append_relationship(ToolSchema *schema, int number, int levels)
{
	const Model *model = schema->model;
	const Relationship *relationship = &model->relationships[number];
	const Model *target = tool_follow(model, number);
	StringInfo	out = &schema->out;

	tool_member(out, relationship->name);
	appendStringInfoString(out, "{\"type\": \"object\", \"properties\": {");
	if (relationship->kind != RELATIONSHIP_MANY_TO_ONE)
	{
		appendStringInfoString(out, "\"take\": {\"type\": \"integer\", \"minimum\": -2147483648, \"maximum\": 2147483647, \"description\": \"How many of each row; negative: the last ones.\"}, \"sort\": ");
		tool_append_sort(out, target);
		if (can_count(model, relationship->name))
			appendStringInfoString(out, ", \"count\": {\"type\": \"boolean\"}");
	}
	tool_member(out, "match");
	appendStringInfo(out, "{\"$ref\": \"#/$defs/%s\"}", tool_match_name(model, number));
	if (levels > 1)
	{
		tool_member(out, "include");
		append_paths(out, target, levels - 1);
	}
	appendStringInfoString(out, "}, \"additionalProperties\": false}");
	schema->uses_match |= target->relid == model->relid;
	schema->uses_related = true;
}

/* Appends the schema of an include: paths, or an object that says more of each relationship. */
void
tool_append_include(ToolSchema *schema)
{
	const Model *model = schema->model;
	StringInfo	out = &schema->out;
	int			levels = Min(setting_max_include_depth, 2);

	appendStringInfoString(out, "{\"anyOf\": [");
	append_paths(out, model, levels);
	appendStringInfoString(out, ", {\"type\": \"object\", \"properties\": {");
	for (int i = 0; i < model->nrelationships; i++)
		if (tool_follow(model, i))
			append_relationship(schema, i, levels);
	appendStringInfoString(out, "}, \"additionalProperties\": false}], \"description\": \"Related rows to load: paths such as \\\"a:10.b\\\" (of a ten rows), or an object.\"}");
}
