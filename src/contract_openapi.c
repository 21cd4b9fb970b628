/*
 * contract_openapi.c
 *	  Models as an OpenAPI document (3.1): their functions as operations, a schema
 *	  for each shape.
 *
 * An operation is POST /rpc/<function>, with an object of the arguments as its
 * body: what PostgREST makes of a function, and a service of one's own can.
 */
#include "compat.h"

#include "utils/builtins.h"
#include "utils/json.h"
#include "utils/lsyscache.h"

#include "contract.h"
#include "expiry.h"
#include "scope.h"

PG_FUNCTION_INFO_V1(todo_orm_openapi_of);

/* what can go wrong, by HTTP status; see README, "Errors" */
static const char *const responses =
"\"responses\":{"
"\"Unauthorized\":{\"description\":\"The owner is null or empty (SQLSTATE 22004).\"},"
"\"Forbidden\":{\"description\":\"Not for this owner or this role (42501).\"},"
"\"NotFound\":{\"description\":\"There is none (P0002).\"},"
"\"Conflict\":{\"description\":\"A reference, a unique key, a stale version, or several where one was asked for (23503, 23505, 23P01, TO409, P0003).\","
"\"content\":{\"application/json\":{\"schema\":{\"$ref\":\"#/components/schemas/Failure\"}}}},"
"\"Invalid\":{\"description\":\"Invalid input, with all that is wrong (22023).\","
"\"content\":{\"application/json\":{\"schema\":{\"$ref\":\"#/components/schemas/Failure\"}}}},"
"\"Unavailable\":{\"description\":\"Try again (40001, 40P01, 55P03, 57014).\"}}";

static const char *const common_schemas =
"\"FieldError\":{\"type\":\"object\",\"properties\":{"
"\"loc\":{\"type\":\"array\",\"items\":{\"type\":[\"string\",\"integer\"]}},"
"\"type\":{\"type\":\"string\"},\"msg\":{\"type\":\"string\"},\"input\":{}},"
"\"required\":[\"loc\",\"type\",\"msg\",\"input\"]},"
"\"Failure\":{\"type\":\"object\",\"properties\":{"
"\"detail\":{\"type\":\"array\",\"items\":{\"$ref\":\"#/components/schemas/FieldError\"}}},"
"\"required\":[\"detail\"]}";

static void
append_ref(StringInfo out, const char *name, const char *suffix)
{
	appendStringInfo(out, "{\"$ref\":\"#/components/schemas/%s%s\"}", name, suffix);
}

/* An object, or an array of such objects. */
static void
append_one_or_many(StringInfo out, const char *name, const char *suffix)
{
	appendStringInfoString(out, "{\"oneOf\":[");
	append_ref(out, name, suffix);
	appendStringInfoString(out, ",{\"type\":\"array\",\"items\":");
	append_ref(out, name, suffix);
	appendStringInfoString(out, "}]}");
}

static void
append_items(StringInfo out, const ContractModel *model, const Operation *operation)
{
	switch (contract_items(operation))
	{
		case ITEMS_ARE_A_ROW:
			append_ref(out, model->name, "Create");
			break;
		case ITEMS_ARE_ROWS:
			append_one_or_many(out, model->name, "Create");
			break;
		case ITEMS_ARE_PATCHES:
			append_one_or_many(out, model->name, "Patch");
			break;
		case ITEMS_ARE_AN_UPSERT:
			append_ref(out, model->name, "Upsert");
			break;
		case ITEMS_ARE_CHILDREN:
		case ITEMS_ARE_ANYTHING:
			/* what it lacks, or is to be told of it, is the function's own matter */
			appendStringInfoString(out, "{\"type\":[\"object\",\"array\"]}");
			break;
	}
}

/* Several keys: values, or objects where a key has several columns. */
static void
append_ids(StringInfo out, const ContractArgument *argument)
{
	if (argument->value->kind == CONTRACT_ARRAY)
	{
		appendStringInfoChar(out, '{');
		contract_type_schema(out, argument->value, true, false);
		appendStringInfoChar(out, '}');
	}
	else
		appendStringInfoString(out, "{\"type\":\"array\",\"items\":{\"type\":\"object\"}}");
}

static void
append_words(StringInfo out, List *words, bool nullable)
{
	ListCell   *cell;

	appendStringInfoString(out, "{\"enum\":[");
	foreach(cell, words)
	{
		appendStringInfoString(out, foreach_current_index(cell) ? "," : "");
		escape_json(out, lfirst(cell));
	}
	appendStringInfoString(out, nullable ? ",null]}" : "]}");
}

static void
append_argument(StringInfo out, const ContractModel *model, const ContractFunction *function,
				const ContractArgument *argument)
{
	switch (argument->role)
	{
		case ARG_ITEMS:
			append_items(out, model, function->operation);
			break;
		case ARG_PATCH:
			append_ref(out, model->name, "Update");
			break;
		case ARG_IDS:
			append_ids(out, argument);
			break;
		case ARG_MATCH:
			appendStringInfo(out, "{\"type\":%s}", argument->nullable ? "[\"object\",\"null\"]" : "\"object\"");
			break;
		case ARG_SCOPE:
			append_words(out, scope_names(model->model), argument->nullable);
			break;
		case ARG_SHAPE:
			append_words(out, list_make2("create", "update"), argument->nullable);
			break;
		case ARG_INCLUDE:
			appendStringInfoString(out, "{\"type\":[\"string\",\"array\",\"object\"]}");
			break;
		default:
			appendStringInfoChar(out, '{');
			contract_type_schema(out, argument->value, true, argument->nullable);
			appendStringInfoChar(out, '}');
			break;
	}
}

/* Appends the schema of the body: an object of all arguments. */
static void
append_arguments(StringInfo out, const ContractModel *model, const ContractFunction *function)
{
	List	   *required = NIL;
	ListCell   *cell;

	appendStringInfoString(out, "{\"type\":\"object\",\"properties\":{");
	foreach(cell, function->arguments)
	{
		const ContractArgument *argument = lfirst(cell);

		appendStringInfoString(out, foreach_current_index(cell) ? "," : "");
		escape_json(out, argument->name);
		appendStringInfoChar(out, ':');
		append_argument(out, model, function, argument);
		if (argument->required)
			required = lappend(required, argument->name);
	}
	appendStringInfoChar(out, '}');
	contract_required(out, required);
	appendStringInfoString(out, ",\"additionalProperties\":false}");
}

static void
append_rows(StringInfo out, List *models, const Relationship *relationship)
{
	const ContractModel *target = contract_model_of(models, relationship->target);

	appendStringInfoString(out, "{\"type\":\"array\",\"items\":");
	if (target)
		append_ref(out, target->name, "");
	else
		appendStringInfoString(out, "{\"type\":\"object\"}");
	appendStringInfoChar(out, '}');
}

/* Appends: {"type":"object","properties":{"items":...,"next_cursor":...}} */
static void
append_page(StringInfo out, const char *name, const char *suffix)
{
	appendStringInfoString(out, "{\"type\":\"object\",\"properties\":{\"items\":{\"type\":\"array\",\"items\":");
	append_ref(out, name, suffix);
	appendStringInfoString(out, "},\"next_cursor\":{\"type\":[\"string\",\"null\"]},\"prev_cursor\":{\"type\":[\"string\",\"null\"]},"
						   "\"total\":{\"type\":\"integer\"}},\"required\":[\"items\",\"next_cursor\",\"prev_cursor\"]}");
}

/* Appends: {"type":"object","properties":{"reset":...,"changes":...,"next_token":...}} */
static void
append_changes(StringInfo out, const ContractModel *model)
{
	appendStringInfoString(out, "{\"type\":\"object\",\"properties\":{\"reset\":{\"type\":\"boolean\"},"
						   "\"changes\":{\"type\":\"array\",\"items\":{\"type\":\"object\",\"properties\":{"
						   "\"op\":{\"enum\":[\"upsert\",\"soft_delete\",\"delete\"]},\"key\":{\"type\":\"object\"},"
						   "\"at\":{\"type\":[\"string\",\"null\"],\"format\":\"date-time\"},\"row\":{\"oneOf\":[");
	append_ref(out, model->name, "");
	appendStringInfoString(out, ",{\"type\":\"null\"}]}},\"required\":[\"op\",\"key\",\"at\",\"row\"]}},"
						   "\"next_token\":{\"type\":\"string\"},\"more\":{\"type\":\"boolean\"},\"lag\":{\"type\":\"number\"}},"
						   "\"required\":[\"reset\",\"changes\",\"next_token\",\"more\",\"lag\"]}");
}

static void
append_result(StringInfo out, const ContractModel *model, List *models,
			  const ContractFunction *function)
{
	switch (contract_result(function))
	{
		case RESULT_IS_ROW:
			append_ref(out, model->name, "");
			break;
		case RESULT_IS_ROW_OR_NONE:
			appendStringInfoString(out, "{\"type\":\"array\",\"maxItems\":1,\"items\":");
			append_ref(out, model->name, "");
			appendStringInfoChar(out, '}');
			break;
		case RESULT_IS_ROWS:
			appendStringInfoString(out, "{\"type\":\"array\",\"items\":");
			append_ref(out, model->name, "");
			appendStringInfoChar(out, '}');
			break;
		case RESULT_IS_RELATED_ROWS:
			append_rows(out, models, function->relationship);
			break;
		case RESULT_IS_BOOLEAN:
			appendStringInfoString(out, "{\"type\":\"boolean\"}");
			break;
		case RESULT_IS_COUNT:
			appendStringInfoString(out, "{\"type\":\"integer\"}");
			break;
		case RESULT_IS_PAGE:
			append_page(out, model->name, "");
			break;
		case RESULT_IS_LOADED:
			appendStringInfoString(out, "{\"oneOf\":[");
			append_ref(out, model->name, "Loaded");
			appendStringInfoString(out, ",{\"type\":\"null\"}]}");
			break;
		case RESULT_IS_LOADED_PAGE:
			append_page(out, model->name, "Loaded");
			break;
		case RESULT_IS_ERRORS:
			appendStringInfoString(out, "{\"type\":\"array\",\"items\":{\"$ref\":\"#/components/schemas/FieldError\"}}");
			break;
		case RESULT_IS_CHANGES:
			append_changes(out, model);
			break;
		case RESULT_IS_OBJECTS:
			appendStringInfoString(out, "{\"type\":\"array\",\"items\":{\"type\":\"object\"}}");
			break;
	}
}

/* Appends what an operation answers, by HTTP status. */
static void
append_responses(StringInfo out, const ContractModel *model, List *models,
				 const ContractFunction *function)
{
	bool		one = function->operation->run == op_one;

	appendStringInfoString(out, "\"responses\":{\"200\":{\"description\":\"OK\",\"content\":{\"application/json\":{\"schema\":");
	append_result(out, model, models, function);
	appendStringInfoString(out, "}}},");
	if (model->model->owner)
		appendStringInfoString(out, "\"401\":{\"$ref\":\"#/components/responses/Unauthorized\"},");
	appendStringInfoString(out, "\"403\":{\"$ref\":\"#/components/responses/Forbidden\"},");
	if (one || function->operation->run == op_patch_many)
		appendStringInfoString(out, "\"404\":{\"$ref\":\"#/components/responses/NotFound\"},");
	if (one || function->operation->writes)
		appendStringInfoString(out, "\"409\":{\"$ref\":\"#/components/responses/Conflict\"},");
	appendStringInfoString(out, "\"422\":{\"$ref\":\"#/components/responses/Invalid\"},"
						   "\"503\":{\"$ref\":\"#/components/responses/Unavailable\"}}");
}

/* A function's name as a part of a path. */
static char *
path_of(const char *name)
{
	StringInfoData out;

	initStringInfo(&out);
	for (; *name; name++)
		if (isalnum((unsigned char) *name) || strchr("-._~", *name))
			appendStringInfoChar(&out, *name);
		else
			appendStringInfo(&out, "%%%02X", (unsigned char) *name);
	return out.data;
}

static void
append_operation(StringInfo out, const ContractModel *model, List *models,
				 const ContractFunction *function, List **taken)
{
	static const char *const none[] = {NULL};
	const char *path = path_of(function->name);

	/* a function that option "schema" has put elsewhere */
	if (function->schema != model->model->schema)
		path = psprintf("%s.%s", path_of(get_namespace_name(function->schema)), path);
	appendStringInfo(out, "\"/rpc/%s\":{\"post\":{\"operationId\":", path);
	escape_json(out, contract_word(function->name, none, taken));
	appendStringInfoString(out, ",\"tags\":[");
	escape_json(out, model->model->name);
	appendStringInfoChar(out, ']');
	if (function->comment)
	{
		appendStringInfoString(out, ",\"summary\":");
		escape_json(out, function->comment);
	}
	appendStringInfoString(out, ",\"requestBody\":{\"required\":true,\"content\":{\"application/json\":{\"schema\":");
	append_arguments(out, model, function);
	appendStringInfoString(out, "}}},");
	append_responses(out, model, models, function);
	appendStringInfoString(out, "}}");
}

/* A row with related rows, each of them where it is asked for. */
static void
append_loaded(StringInfo out, const ContractModel *model, List *models)
{
	appendStringInfo(out, ",\"%sLoaded\":{\"type\":\"object\",\"properties\":{", model->name);
	contract_properties(out, contract_columns(model->model, SHAPE_READ), SHAPE_READ);
	for (int i = 0; i < model->model->nrelationships; i++)
	{
		const Relationship *relationship = &model->model->relationships[i];
		const ContractModel *target = contract_model_of(models, relationship->target);
		bool		one = relationship->kind == RELATIONSHIP_MANY_TO_ONE;

		appendStringInfoChar(out, ',');
		escape_json(out, relationship->name);
		appendStringInfoString(out, one ? ":{\"oneOf\":[" : ":{\"type\":\"array\",\"items\":");
		if (target)
			append_ref(out, target->name, "Loaded");
		else
			appendStringInfoString(out, "{\"type\":\"object\"}");
		appendStringInfoString(out, one ? ",{\"type\":\"null\"}]}" : "}");
	}
	appendStringInfoChar(out, '}');
	contract_required(out, contract_required_columns(contract_columns(model->model, SHAPE_READ)));
	appendStringInfoString(out, ",\"additionalProperties\":false}");
}

static void
append_schemas(StringInfo out, List *models)
{
	ListCell   *cell;
	ListCell   *shape;

	appendStringInfo(out, "\"schemas\":{%s", common_schemas);
	foreach(cell, models)
	{
		const ContractModel *model = lfirst(cell);

		foreach(shape, contract_shapes(model))
		{
			appendStringInfo(out, ",\"%s%s\":{", model->name, contract_shape_suffix(lfirst_int(shape)));
			contract_schema(out, model->model, lfirst_int(shape));
			appendStringInfoChar(out, '}');
		}
		append_loaded(out, model, models);
	}
	appendStringInfoString(out, "},");
}

/* todo_orm.openapi_of(title text, models regclass[]) RETURNS json */
Datum
todo_orm_openapi_of(PG_FUNCTION_ARGS)
{
	int			depth = expiry_enter();
	List	   *models = contract_models(PG_GETARG_ARRAYTYPE_P(1));
	List	   *taken = NIL;
	StringInfoData out;
	ListCell   *cell;
	ListCell   *inner;

	initStringInfo(&out);
	appendStringInfoString(&out, "{\"openapi\":\"3.1.0\",\"info\":{\"title\":");
	escape_json(&out, text_to_cstring(PG_GETARG_TEXT_PP(0)));
	appendStringInfoString(&out, ",\"version\":\"1.0.0\"},\"paths\":{");
	foreach(cell, models)
		foreach(inner, ((ContractModel *) lfirst(cell))->functions)
		{
			appendStringInfoString(&out, taken == NIL ? "" : ",");
			append_operation(&out, lfirst(cell), models, lfirst(inner), &taken);
		}
	appendStringInfoString(&out, "},\"components\":{");
	append_schemas(&out, models);
	appendStringInfo(&out, "%s}}", responses);
	expiry_leave(depth);
	PG_RETURN_TEXT_P(cstring_to_text_with_len(out.data, out.len));
}
