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

static const ContractColumn *
find_column(List *columns, AttrNumber attnum)
{
	ListCell   *cell;

	foreach(cell, columns)
		if (((ContractColumn *) lfirst(cell))->column->attnum == attnum)
			return lfirst(cell);
	return NULL;
}

/* Appends the schema of a type: {"type": ["string", "null"], "maxLength": 10} */
void
tool_append_type(StringInfo out, const ContractType *type, bool nullable)
{
	appendStringInfoChar(out, '{');
	contract_type_schema(out, type, true, nullable);
	appendStringInfoChar(out, '}');
}

/* Appends the schema of a column, as a shape has it. */
static void
append_column(StringInfo out, const ContractColumn *column, bool nullable)
{
	StringInfoData schema;

	initStringInfo(&schema);
	tool_append_type(&schema, column->type, nullable);
	if (column->default_json)
	{
		schema.len--;
		tool_member(&schema, "default");
		appendStringInfo(&schema, "%s}", column->default_json);
	}
	tool_append_described(out, schema.data, column->comment);
}

/* Appends the schema of a column that rows are looked for by: any value of its type. */
void
tool_append_key(StringInfo out, const Model *model, AttrNumber attnum)
{
	ContractColumn column = {0};

	column.column = model_column(model, attnum);
	column.type = contract_type(column.column->basetype, -1, 0, true);
	column.comment = contract_comment(model->relid, attnum);
	append_column(out, &column, false);
}

/*
 * Appends the schema of a column that is an argument of its own, as it is in
 * that shape: without null, which is "not given".
 */
void
tool_append_column(StringInfo out, const Model *model, AttrNumber attnum, ContractShape shape)
{
	const ContractColumn *column = find_column(contract_columns(model, shape), attnum);

	if (column)
		append_column(out, column, false);
	else
		tool_append_key(out, model, attnum);
}

/* Appends columns of the key as members. */
static void
append_keys(StringInfo out, const Model *model, const AttrNumber *keys, int nkeys, List *but)
{
	for (int i = 0; i < nkeys; i++)
	{
		if (find_column(but, keys[i]))
			continue;
		tool_member(out, model_column(model, keys[i])->name);
		tool_append_key(out, model, keys[i]);
	}
}

static bool
is_among(AttrNumber attnum, const AttrNumber *attnums, int n)
{
	for (int i = 0; i < n; i++)
		if (attnums[i] == attnum)
			return true;
	return false;
}

/* The columns of the shape, those of the key to the parent left out. */
static List *
columns_of(const Model *model, const ToolItem *item)
{
	List	   *columns = NIL;
	ListCell   *cell;

	foreach(cell, contract_columns(model, item->shape))
		if (item->parent == NULL ||
			!is_among(((ContractColumn *) lfirst(cell))->column->attnum, item->parent->own,
					  item->parent->ncolumns))
			columns = lappend(columns, lfirst(cell));
	return columns;
}

/* Appends the names of what must be there: ["id", "title"] */
static void
append_required(StringInfo out, const Model *model, const ToolItem *item, List *columns)
{
	AttrNumber *attnums = palloc(sizeof(AttrNumber) * (item->nkeys + list_length(columns) + 1));
	int			n = 0;
	ListCell   *cell;

	for (int i = 0; item->by_key && i < item->nkeys; i++)
		attnums[n++] = item->keys[i];
	foreach(cell, columns)
	{
		const ContractColumn *column = lfirst(cell);

		if (column->required && !is_among(column->column->attnum, attnums, n))
			attnums[n++] = column->column->attnum;
	}
	tool_append_names(out, model, attnums, n);
}

/* Appends: {"type": "object", "properties": {...}, "required": [...], "additionalProperties": false} */
void
tool_append_item(StringInfo out, const Model *model, const ToolItem *item)
{
	List	   *columns = columns_of(model, item);
	ListCell   *cell;

	appendStringInfoString(out, "{\"type\": \"object\", \"properties\": {");
	append_keys(out, model, item->keys, item->nkeys, columns);
	foreach(cell, columns)
	{
		const ContractColumn *column = lfirst(cell);

		tool_member(out, column->column->name);
		append_column(out, column, column->nullable);
	}
	appendStringInfoString(out, "}, \"required\": ");
	append_required(out, model, item, columns);
	appendStringInfoString(out, ", \"additionalProperties\": false}");
}

/* Appends several keys of a model: values, or objects where the key has several columns. */
void
tool_append_ids(StringInfo out, const Model *model)
{
	appendStringInfoString(out, "{\"type\": \"array\", \"items\": ");
	if (ids_type(model) != JSONBOID)
		tool_append_key(out, model, model->keys[0]);
	else
	{
		appendStringInfoString(out, "{\"type\": \"object\", \"properties\": {");
		append_keys(out, model, model->keys, model->nkeys, NIL);
		appendStringInfoString(out, "}, \"required\": ");
		tool_append_names(out, model, model->keys, model->nkeys);
		appendStringInfoString(out, ", \"additionalProperties\": false}");
	}
	appendStringInfo(out, ", \"description\": \"keys\"}");
}
