/*
 * tool_match.c
 *	  The schema of a match.
 *
 * It stands in "$defs", as it refers to itself: "match" for the model's own
 * columns and relationships, "match_..." for the columns of a related model,
 * "where_..." for what can be asked of a column of some type.  Only what the
 * caller may read is there.
 */
#include "compat.h"

#include "access/transam.h"
#include "catalog/pg_type.h"
#include "storage/lmgr.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"

#include "follow.h"
#include "match.h"
#include "tool_schema.h"

/* Definitions on their way. */
typedef struct MatchSchema
{
	StringInfo	out;
	List	   *columns;		/* const Column *: one for each type that occurs */
} MatchSchema;

/*
 * The model behind a relationship, its tables locked; NULL where the caller may
 * not follow it, or the model no longer fits its table.
 */
const Model *
tool_follow(const Model *model, int relationship)
{
	const Relationship *followed = &model->relationships[relationship];

	if (!follow_is_allowed(model, followed))
		return NULL;
	LockRelationOid(followed->target, AccessShareLock);
	if (followed->link)
		LockRelationOid(followed->link->relid, AccessShareLock);
	return model_slot_current_or_stale(followed->target_slot);
}

/* What the match of a related model is called: the model's own, or match_messages. */
char *
tool_match_name(const Model *model, int relationship)
{
	Oid			target = model->relationships[relationship].target;
	int			first = 0;

	if (target == model->relid)
		return pstrdup("match");
	while (model->relationships[first].target != target)
		first++;
	if (!tool_is_plain(model->relationships[first].name))
		return psprintf("match_%d", first);
	return psprintf("match_%s", model->relationships[first].name);
}

/* Is it the first of the relationships to its target? */
static bool
is_first(const Model *model, int relationship)
{
	for (int i = 0; i < relationship; i++)
		if (model->relationships[i].target == model->relationships[relationship].target &&
			tool_follow(model, i))
			return false;
	return true;
}

/* where_text: what can be asked of a column of its type. */
static char *
where_name(MatchSchema *schema, const Column *column)
{
	int			n = 0;
	char	   *name;

	while (n < list_length(schema->columns) &&
		   ((const Column *) list_nth(schema->columns, n))->basetype != column->basetype)
		n++;
	if (n == list_length(schema->columns))
		schema->columns = lappend(schema->columns, unconstify(Column *, column));
	/* the name alone could stand for types of several schemas */
	if (column->basetype >= FirstNormalObjectId)
		return psprintf("where_%d", n);
	name = psprintf("where_%s", format_type_be(column->basetype));
	for (char *p = name; *p; p++)
		if (strchr("abcdefghijklmnopqrstuvwxyz0123456789_", *p) == NULL)
			*p = '_';
	return name;
}

/* Appends the schema of a value that a column is compared with. */
static void
append_value(StringInfo out, const Column *column, bool nullable)
{
	tool_append_type(out, contract_type(column->basetype, -1, 0, true), nullable);
}

/* Appends what "contains" takes: part of a text, elements, or a range or element of one. */
static void
append_contained(StringInfo out, const Column *column)
{
	if (match_is_text(column))
		appendStringInfoString(out, "{\"type\": \"string\"}");
	else if (match_is_json(column) || type_is_array(column->basetype))
		append_value(out, column, false);
	else
		appendStringInfoString(out, "{\"type\": [\"string\", \"number\"]}");
}

/* Appends what an operator takes. */
static void
append_operand(StringInfo out, const Column *column, MatchOperator operator)
{
	switch (operator)
	{
		case MATCH_NULL:
			appendStringInfoString(out, "{\"type\": \"boolean\"}");
			break;
		case MATCH_LIKE:
		case MATCH_ILIKE:
		case MATCH_SEARCH:
			appendStringInfoString(out, "{\"type\": \"string\"}");
			break;
		case MATCH_CONTAINS:
			append_contained(out, column);
			break;
		case MATCH_IN:
		case MATCH_NIN:
			appendStringInfoString(out, "{\"type\": \"array\", \"items\": ");
			append_value(out, column, true);
			appendStringInfoChar(out, '}');
			break;
		default:
			append_value(out, column, operator == MATCH_EQ || operator == MATCH_NE);
			break;
	}
}

/* Can a column be compared with a bare value?  json and rows need an operator. */
static bool
takes_bare_value(const Column *column)
{
	MatchOperator operator;

	return !match_is_json(column) && column->input_kind != INPUT_OBJECT &&
		match_operator_name(column, 0, &operator) != NULL;
}

/* Appends: "where_text": {"anyOf": [{"type": ["string", "null"]}, {"type": "object", ...}]} */
static void
append_where(MatchSchema *schema, const Column *column)
{
	StringInfo	out = schema->out;

	tool_member(out, where_name(schema, column));
	appendStringInfoString(out, "{\"anyOf\": [");
	if (takes_bare_value(column))
		append_value(out, column, true);
	tool_next(out);
	appendStringInfoString(out, "{\"type\": \"object\", \"properties\": {");
	for (int i = 0; i < MATCH_OPERATORS; i++)
	{
		MatchOperator operator;
		const char *name = match_operator_name(column, i, &operator);

		if (name == NULL)
			continue;
		tool_member(out, name);
		append_operand(out, column, operator);
	}
	appendStringInfoString(out, "}, \"additionalProperties\": false}]}");
}

/* Appends the columns that can be asked for.  The owner is known. */
static void
append_columns(MatchSchema *schema, const Model *model)
{
	StringInfo	out = schema->out;

	for (int i = 0; i < model->natts; i++)
	{
		const Column *column = &model->columns[i];

		if (column->dropped || column->hidden || column->attnum == model->owner)
			continue;
		tool_member(out, column->name);
		appendStringInfo(out, "{\"$ref\": \"#/$defs/%s\"}", where_name(schema, column));
	}
}

/* Appends: "messages": {"anyOf": [...]}, some, none or all of which must match */
static void
append_relationship(MatchSchema *schema, const Model *model, int number)
{
	static const char *const quantifiers[] = {"some", "none", "every"};
	const Relationship *relationship = &model->relationships[number];
	StringInfo	out = schema->out;
	char	   *ref = psprintf("{\"$ref\": \"#/$defs/%s\"}", tool_match_name(model, number));

	tool_member(out, relationship->name);
	appendStringInfo(out, "{\"anyOf\": [{\"type\": \"null\"}, %s", ref);
	if (relationship->kind != RELATIONSHIP_MANY_TO_ONE)
	{
		appendStringInfoString(out, ", {\"type\": \"object\", \"properties\": {");
		for (size_t i = 0; i < lengthof(quantifiers); i++)
		{
			tool_member(out, quantifiers[i]);
			appendStringInfoString(out, ref);
		}
		appendStringInfoString(out, "}, \"additionalProperties\": false}");
	}
	appendStringInfoString(out, "]}");
}

/* Appends "and", "or", "not", where no column has the name. */
static void
append_connectives(MatchSchema *schema, const Model *model, const char *name)
{
	StringInfo	out = schema->out;
	char	   *ref = psprintf("{\"$ref\": \"#/$defs/%s\"}", name);
	static const char *const words[] = {"and", "or", "not"};

	for (size_t i = 0; i < lengthof(words); i++)
	{
		if (model_find_column(model, words[i]) || model_find_relationship(model, words[i]))
			continue;
		tool_member(out, words[i]);
		if (strcmp(words[i], "not") == 0)
			appendStringInfoString(out, ref);
		else
			appendStringInfo(out, "{\"type\": \"array\", \"items\": %s}", ref);
	}
}

/* Appends: "match": {"type": "object", "properties": {...}, "additionalProperties": false} */
static void
append_match(MatchSchema *schema, const Model *model, const char *name, bool with_related)
{
	StringInfo	out = schema->out;

	tool_member(out, name);
	appendStringInfoString(out, "{\"type\": \"object\", \"properties\": {");
	append_columns(schema, model);
	for (int i = 0; with_related && i < model->nrelationships; i++)
		if (tool_follow(model, i))
			append_relationship(schema, model, i);
	append_connectives(schema, model, name);
	appendStringInfoString(out, "}, \"additionalProperties\": false}");
}

/* Appends what the schema refers to, as members of "$defs". */
void
tool_append_match_definitions(const ToolSchema *tool, StringInfo out)
{
	MatchSchema schema = {out, NIL};
	const Model *model = tool->model;

	if (tool->uses_match)
		append_match(&schema, model, "match", true);
	for (int i = 0; i < model->nrelationships; i++)
	{
		const Model *target = tool_follow(model, i);

		if (target && target->relid != model->relid && is_first(model, i))
			append_match(&schema, target, tool_match_name(model, i), false);
	}
	/* the list does not grow any more */
	for (int i = 0; i < list_length(schema.columns); i++)
		append_where(&schema, list_nth(schema.columns, i));
}
