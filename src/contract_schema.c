/*
 * contract_schema.c
 *	  A model as JSON Schema (2020-12).
 */
#include "compat.h"

#include "miscadmin.h"
#include "storage/lmgr.h"
#include "utils/builtins.h"
#include "utils/json.h"
#include "utils/lsyscache.h"

#include "contract.h"
#include "errors.h"
#include "expiry.h"
#include "settings.h"

PG_FUNCTION_INFO_V1(todo_orm_json_schema);

/* the text of a whole number, and of any number, where they stand in a string */
#define INTEGER_PATTERN "^-?[0-9]+$"
#define NUMBER_PATTERN "^-?([0-9]+(\\.[0-9]*)?|\\.[0-9]+)([eE][-+]?[0-9]+)?$"

/* Appends: ,"name":"text" */
static void
append_string(StringInfo out, const char *name, const char *text)
{
	if (text == NULL)
		return;
	appendStringInfo(out, ",\"%s\":", name);
	escape_json(out, text);
}

static void
append_count(StringInfo out, const char *name, int count)
{
	if (count >= 0)
		appendStringInfo(out, ",\"%s\":%d", name, count);
}

/* Is a bigint of that place written as a string?  to_json(), for arrays, knows only numbers. */
static bool
is_bigint_string(const ContractType *type)
{
	return type->kind == CONTRACT_BIGINT && !type->nested &&
		setting_json_bigint == JSON_BIGINT_STRING;
}

/* The names of the JSON types that a value may have. */
static List *
json_types(const ContractType *type, bool input)
{
	switch (type->kind)
	{
		case CONTRACT_BOOLEAN:
			return list_make1("boolean");
		case CONTRACT_INTEGER:
			return list_make1("integer");
		case CONTRACT_BIGINT:
			if (!is_bigint_string(type))
				return list_make1("integer");
			return input ? list_make2("integer", "string") : list_make1("string");
		case CONTRACT_FLOAT:
			return list_make1("number");
		case CONTRACT_DECIMAL:
			/* a client that is exact sends a string */
			return input ? list_make2("number", "string") : list_make1("number");
		case CONTRACT_STRING:
			return list_make1("string");
		case CONTRACT_ARRAY:
			return list_make1("array");
		case CONTRACT_OBJECT:
			return list_make1("object");
		default:
			return NIL;
	}
}

/* Appends: "type":"string", or "type":["string","null"] */
static void
append_types(StringInfo out, List *types, bool nullable)
{
	ListCell   *cell;

	if (nullable)
		types = lappend(types, "null");
	appendStringInfo(out, "\"type\":%s", list_length(types) > 1 ? "[" : "");
	foreach(cell, types)
		appendStringInfo(out, "%s\"%s\"", foreach_current_index(cell) ? "," : "",
						 (char *) lfirst(cell));
	appendStringInfoString(out, list_length(types) > 1 ? "]" : "");
}

/* Appends: ,"enum":["open","done",null] */
static void
append_values(StringInfo out, const ContractType *type, bool input, bool nullable)
{
	ListCell   *cell;

	/* a number that may come as a string has too many forms */
	if (type->values == NIL || (input && list_length(json_types(type, true)) > 1))
		return;
	appendStringInfoString(out, ",\"enum\":[");
	foreach(cell, type->values)
	{
		appendStringInfoString(out, foreach_current_index(cell) ? "," : "");
		if (contract_is_number(type) && !is_bigint_string(type))
			appendStringInfoString(out, lfirst(cell));
		else
			escape_json(out, lfirst(cell));
	}
	appendStringInfoString(out, nullable ? ",null]" : "]");
}

static void
append_bound(StringInfo out, const char *end, const ContractType *type, const ContractBound *bound)
{
	/* a list of values says it all */
	if (bound->number && type->values == NIL)
		appendStringInfo(out, ",\"%s%s\":%s", bound->exclusive ? "exclusiveM" : "m", end,
						 bound->number);
}

/* Appends: ,"pattern":"^a"; several must all fit */
static void
append_patterns(StringInfo out, List *patterns)
{
	ListCell   *cell;

	if (list_length(patterns) <= 1)
	{
		append_string(out, "pattern", patterns == NIL ? NULL : linitial(patterns));
		return;
	}
	appendStringInfoString(out, ",\"allOf\":[");
	foreach(cell, patterns)
	{
		appendStringInfoString(out, foreach_current_index(cell) ? ",{\"pattern\":" : "{\"pattern\":");
		escape_json(out, lfirst(cell));
		appendStringInfoChar(out, '}');
	}
	appendStringInfoChar(out, ']');
}

/* A composite: all fields in a result; any of them in what is sent. */
static void
append_fields(StringInfo out, const ContractType *type, bool input)
{
	List	   *names = NIL;
	ListCell   *cell;

	appendStringInfoString(out, ",\"properties\":{");
	foreach(cell, type->fields)
	{
		const ContractField *field = lfirst(cell);

		appendStringInfoString(out, foreach_current_index(cell) ? "," : "");
		escape_json(out, field->name);
		appendStringInfoString(out, ":{");
		contract_type_schema(out, field->type, input, true);
		appendStringInfoChar(out, '}');
		names = lappend(names, field->name);
	}
	appendStringInfoChar(out, '}');
	if (input || type->fields == NIL)
		return;
	contract_required(out, names);
	appendStringInfoString(out, ",\"additionalProperties\":false");
}

/* Appends the keywords of a type, without braces; nothing where anything will do. */
void
contract_type_schema(StringInfo out, const ContractType *type, bool input, bool nullable)
{
	check_stack_depth();
	if (type->kind == CONTRACT_ANY)
		return;
	append_types(out, json_types(type, input), nullable);
	append_string(out, "format", type->format);
	append_values(out, type, input, nullable);
	append_bound(out, "inimum", type, &type->minimum);
	append_bound(out, "aximum", type, &type->maximum);
	append_count(out, "minLength", type->min_length);
	append_count(out, "maxLength", type->max_length);
	append_patterns(out, type->patterns);
	if (is_bigint_string(type))
		append_string(out, "pattern", INTEGER_PATTERN);
	else if (type->kind == CONTRACT_DECIMAL && input)
		append_string(out, "pattern", NUMBER_PATTERN);
	if (type->kind == CONTRACT_ARRAY)
	{
		appendStringInfoString(out, ",\"items\":{");
		contract_type_schema(out, type->element, input, true);
		appendStringInfoChar(out, '}');
		append_count(out, "minItems", type->min_items);
		append_count(out, "maxItems", type->max_items);
	}
	else if (type->kind == CONTRACT_OBJECT)
		append_fields(out, type, input);
}

/* Appends one property: "title":{"type":"string","description":"..."} */
static void
append_property(StringInfo out, const ContractColumn *column, ContractShape shape)
{
	int			start;

	appendBinaryStringInfo(out, column->column->json_key, column->column->json_key_len);
	appendStringInfoChar(out, '{');
	start = out->len;
	contract_type_schema(out, column->type, shape != SHAPE_READ, column->nullable);
	append_string(out, "description", column->comment);
	if (column->default_json)
		appendStringInfo(out, ",\"default\":%s", column->default_json);
	if (shape == SHAPE_READ && column->column->readonly)
		appendStringInfoString(out, ",\"readOnly\":true");
	/* json takes any type: nothing went before the first comma */
	if (out->len > start && out->data[start] == ',')
	{
		memmove(out->data + start, out->data + start + 1, out->len - start);
		out->len--;
	}
	appendStringInfoChar(out, '}');
}

/* Appends: "title":{"type":"string"},"completed":{"type":"boolean"} */
void
contract_properties(StringInfo out, List *columns, ContractShape shape)
{
	ListCell   *cell;

	foreach(cell, columns)
	{
		appendStringInfoString(out, foreach_current_index(cell) ? "," : "");
		append_property(out, lfirst(cell), shape);
	}
}

/* Appends: ,"required":["title"]; nothing where nothing is. */
void
contract_required(StringInfo out, List *names)
{
	ListCell   *cell;

	foreach(cell, names)
	{
		appendStringInfoString(out, foreach_current_index(cell) ? "," : ",\"required\":[");
		escape_json(out, lfirst(cell));
	}
	if (names != NIL)
		appendStringInfoChar(out, ']');
}

/* char *: the names of the columns that an object must have. */
List *
contract_required_columns(List *columns)
{
	List	   *names = NIL;
	ListCell   *cell;

	foreach(cell, columns)
		if (((ContractColumn *) lfirst(cell))->required)
			names = lappend(names, ((ContractColumn *) lfirst(cell))->column->name);
	return names;
}

/*
 * Appends the members of a shape's schema, without braces:
 * "title":"task","type":"object","properties":{...},"required":[...],"additionalProperties":false
 */
void
contract_schema(StringInfo out, const Model *model, ContractShape shape)
{
	List	   *columns = contract_columns(model, shape);

	appendStringInfoString(out, "\"title\":");
	escape_json(out, model->name);
	append_string(out, "description", contract_comment(model->relid, 0));
	appendStringInfoString(out, ",\"type\":\"object\",\"properties\":{");
	contract_properties(out, columns, shape);
	appendStringInfoChar(out, '}');
	contract_required(out, contract_required_columns(columns));
	if (shape == SHAPE_READ || !model->options->extra_ignore)
		appendStringInfoString(out, ",\"additionalProperties\":false");
}

static ContractShape
read_shape(const char *shape)
{
	if (strcmp(shape, "read") == 0)
		return SHAPE_READ;
	if (strcmp(shape, "create") == 0)
		return SHAPE_CREATE;
	if (strcmp(shape, "update") == 0)
		return SHAPE_UPDATE;
	errors_refuse_word("shape", shape, "must be read, create or update", "read, create, update");
}

/* todo_orm.json_schema(model regclass, shape text) RETURNS json */
Datum
todo_orm_json_schema(PG_FUNCTION_ARGS)
{
	Oid			relid = PG_GETARG_OID(0);
	ContractShape shape = read_shape(text_to_cstring(PG_GETARG_TEXT_PP(1)));
	int			depth = expiry_enter();
	StringInfoData out;
	Model	   *model;

	LockRelationOid(relid, AccessShareLock);
	model = model_require_registered(relid);
	initStringInfo(&out);
	appendStringInfoString(&out, "{\"$schema\":\"https://json-schema.org/draft/2020-12/schema\",");
	contract_schema(&out, model, shape);
	appendStringInfoChar(&out, '}');
	expiry_leave(depth);
	PG_RETURN_TEXT_P(cstring_to_text_with_len(out.data, out.len));
}
