/*
 * tool_item.c
 *	  Objects of columns, and keys, in the schema of a tool.
 */
#include "compat.h"

#include "catalog/pg_type.h"
#include "utils/json.h"

#include "ids.h"
#include "tool_schema.h"

/* Appends a comma, except at the beginning of an object or array. */
void
tool_next(StringInfo out)
{
	char		last = out->data[out->len - 1];

	if (last != '{' && last != '[')
		appendStringInfoString(out, ", ");
}

/* Begins a member of an object: "title": */
void
tool_member(StringInfo out, const char *name)
{
	tool_next(out);
	escape_json(out, name);
	appendStringInfoString(out, ": ");
}

/* Appends: ["user_id", "id"] */
void
tool_append_names(StringInfo out, const Model *model, const AttrNumber *attnums, int n)
{
	appendStringInfoChar(out, '[');
	for (int i = 0; i < n; i++)
	{
		tool_next(out);
		escape_json(out, model_column(model, attnums[i])->name);
	}
	appendStringInfoChar(out, ']');
}

/* Appends a schema, with a description in it where there is one. */
void
tool_append_described(StringInfo out, const char *schema, const char *description)
{
	appendBinaryStringInfo(out, schema, strlen(schema) - 1);
	if (description)
	{
		tool_member(out, "description");
		escape_json(out, description);
	}
	appendStringInfoChar(out, '}');
}

/* Appends the schema of a type: {"type": ["string", "null"], "maxLength": 10} */
void
tool_append_type(StringInfo out, const ContractType *type, bool nullable)
{
	appendStringInfoChar(out, '{');
	contract_type_schema(out, type, true, nullable);
	appendStringInfoChar(out, '}');
}

/*
 * Appends the schema of a column that is an argument of its own: as a create
 * takes it, or any value of its type.  Without null, which is "not given".
 */
void
tool_append_column(StringInfo out, const Model *model, const Column *column, bool created)
{
	const ContractColumn *described = contract_column(model, column->attnum, SHAPE_CREATE);
	StringInfoData schema;

	initStringInfo(&schema);
	tool_append_type(&schema, created ? described->type :
					 contract_type(column->basetype, -1, 0, true), false);
	if (created && described->default_json)
	{
		schema.len--;
		tool_member(&schema, "default");
		appendStringInfo(&schema, "%s}", described->default_json);
	}
	tool_append_described(out, schema.data, described->comment);
}

static bool
is_among(AttrNumber attnum, const AttrNumber *attnums, int n)
{
	for (int i = 0; i < n; i++)
		if (attnums[i] == attnum)
			return true;
	return false;
}

/*
 * Appends an object of columns.  parent: none of the columns of its key.
 *
 *	{"type": "object", "properties": {...}, "required": [...], "additionalProperties": false}
 */
void
tool_append_item(StringInfo out, const Model *model, ContractShape shape,
				 const Relationship *parent)
{
	List	   *columns = NIL;
	ListCell   *cell;

	foreach(cell, contract_columns(model, shape))
		if (parent == NULL || !is_among(((ContractColumn *) lfirst(cell))->column->attnum,
										parent->own, parent->ncolumns))
			columns = lappend(columns, lfirst(cell));
	appendStringInfoString(out, "{\"type\": \"object\", \"properties\": {");
	contract_properties(out, columns, shape);
	appendStringInfoChar(out, '}');
	contract_required(out, contract_required_columns(columns));
	appendStringInfoString(out, ", \"additionalProperties\": false}");
}

/* Appends several keys of a model: values, or objects where the key has several columns. */
void
tool_append_ids(StringInfo out, const Model *model)
{
	appendStringInfoString(out, "{\"type\": \"array\", \"items\": ");
	if (ids_type(model) != JSONBOID)
		tool_append_column(out, model, model_column(model, model->keys[0]), false);
	else
	{
		appendStringInfoString(out, "{\"type\": \"object\", \"properties\": {");
		for (int i = 0; i < model->nkeys; i++)
		{
			const Column *column = model_column(model, model->keys[i]);

			tool_member(out, column->name);
			tool_append_column(out, model, column, false);
		}
		appendStringInfoString(out, "}, \"required\": ");
		tool_append_names(out, model, model->keys, model->nkeys);
		appendStringInfoString(out, ", \"additionalProperties\": false}");
	}
	appendStringInfoString(out, ", \"description\": \"keys\"}");
}
