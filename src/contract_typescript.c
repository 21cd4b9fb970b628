/*
 * contract_typescript.c
 *	  Models as TypeScript: a type for each shape, a function for each function.
 *
 * Whatever comes from the catalog is written as a string literal, as a word of
 * contract_names.c, or in a comment that it cannot end.
 */
#include "compat.h"

#include "miscadmin.h"
#include "utils/builtins.h"

#include "contract.h"
#include "expiry.h"
#include "scope.h"
#include "settings.h"

PG_FUNCTION_INFO_V1(todo_orm_typescript_of);

/* words that cannot name a function, and the module's own names */
static const char *const reserved[] = {
	"arguments", "async", "await", "break", "case", "catch", "class", "const", "continue", "debugger",
	"default", "delete", "do", "else", "enum", "eval", "export", "extends", "false", "finally", "for",
	"function", "if", "implements", "import", "in", "instanceof", "interface", "let", "new", "null",
	"package", "private", "protected", "public", "return", "static", "super", "switch", "this", "throw",
	"true", "try", "typeof", "undefined", "var", "void", "while", "with", "yield",
	"args", "call", "calls", "db", "one", "parse", "safe", "select", "text", "bigints", NULL
};

static void append_type(StringInfo out, const ContractType *type, bool input, bool nullable);

/* Appends a comment in front of what it is about. */
static void
append_comment(StringInfo out, const char *indent, const char *comment)
{
	if (comment == NULL)
		return;
	appendStringInfo(out, "%s/** ", indent);
	for (const char *p = comment; *p; p++)
	{
		if (p[0] == '*' && p[1] == '/')
			appendStringInfoString(out, "* ");
		else if (*p == '\n')
			appendStringInfo(out, "\n%s * ", indent);
		else
			appendStringInfoChar(out, *p);
	}
	appendStringInfoString(out, " */\n");
}

/* A name as the key of a type: as it is, or as a string. */
static void
append_key(StringInfo out, const char *name)
{
	if (contract_is_word(name))
		appendStringInfoString(out, name);
	else
		contract_literal(out, name);
}

/* Appends: { x: number | null; name: string | null } */
static void
append_fields(StringInfo out, const ContractType *type, bool input)
{
	ListCell   *cell;

	appendStringInfoString(out, "{ ");
	foreach(cell, type->fields)
	{
		const ContractField *field = lfirst(cell);

		append_key(out, field->name);
		appendStringInfoString(out, input ? "?: " : ": ");
		append_type(out, field->type, input, true);
		appendStringInfoString(out, "; ");
	}
	appendStringInfoChar(out, '}');
}

static const char *
simple_type(const ContractType *type, bool input)
{
	switch (type->kind)
	{
		case CONTRACT_ANY:
			return "Json";
		case CONTRACT_BOOLEAN:
			return "boolean";
		case CONTRACT_BIGINT:
			/* to_json(), for arrays, knows only numbers */
			return input ? "BigintInput" : type->nested ? "number" : "Bigint";
		case CONTRACT_DECIMAL:
			return input ? "number | string" : "number";
		case CONTRACT_INTEGER:
		case CONTRACT_FLOAT:
			return "number";
		default:
			return "string";
	}
}

static void
append_type(StringInfo out, const ContractType *type, bool input, bool nullable)
{
	check_stack_depth();
	if (type->kind == CONTRACT_ARRAY)
	{
		appendStringInfoString(out, "Array<");
		append_type(out, type->element, input, true);
		appendStringInfoChar(out, '>');
	}
	else if (type->kind == CONTRACT_OBJECT)
		append_fields(out, type, input);
	else if (type->values != NIL && type->kind != CONTRACT_BIGINT && type->kind != CONTRACT_DECIMAL)
		contract_literals(out, type->values, " | ", contract_is_number(type));
	else
		appendStringInfoString(out, simple_type(type, input));
	if (nullable && type->kind != CONTRACT_ANY)
		appendStringInfoString(out, " | null");
}

/* Appends the type of one shape of a model. */
static void
append_shape(StringInfo out, const ContractModel *model, ContractShape shape)
{
	ListCell   *cell;

	append_comment(out, "", contract_comment(model->model->relid, 0));
	appendStringInfo(out, "export interface %s%s {\n", model->name, contract_shape_suffix(shape));
	foreach(cell, contract_columns(model->model, shape))
	{
		const ContractColumn *column = lfirst(cell);

		append_comment(out, "  ", column->comment);
		appendStringInfoString(out, "  ");
		append_key(out, column->column->name);
		appendStringInfoString(out, column->required ? ": " : "?: ");
		append_type(out, column->type, shape != SHAPE_READ, column->nullable);
		appendStringInfoString(out, ";\n");
	}
	if (shape != SHAPE_READ && model->model->options->extra_ignore)
		appendStringInfoString(out, "  [other: string]: unknown;\n");
	appendStringInfoString(out, "}\n\n");
}

/* The rows of a relationship, by a type of their model's. */
static void
append_related(StringInfo out, List *models, const Relationship *relationship, const char *suffix,
			   const char *otherwise)
{
	const ContractModel *target = contract_model_of(models, relationship->target);

	if (target)
		appendStringInfo(out, "%s%s", target->name, suffix);
	else
		appendStringInfoString(out, otherwise);
}

/* Appends the type of a row with related rows, each of them where it is asked for. */
static void
append_loaded(StringInfo out, const ContractModel *model, List *models)
{
	appendStringInfo(out, "export interface %sLoaded extends %s {\n", model->name, model->name);
	for (int i = 0; i < model->model->nrelationships; i++)
	{
		const Relationship *relationship = &model->model->relationships[i];
		bool		one = relationship->kind == RELATIONSHIP_MANY_TO_ONE;

		appendStringInfoString(out, "  ");
		append_key(out, relationship->name);
		appendStringInfoString(out, one ? "?: " : "?: Array<");
		append_related(out, models, relationship, "Loaded", "Record<string, Json>");
		appendStringInfoString(out, one ? " | null;\n" : ">;\n");
	}
	appendStringInfoString(out, "}\n\n");
}

/* Appends the type of a model's filters. */
static void
append_match(StringInfo out, const ContractModel *model, List *models)
{
	appendStringInfo(out, "export type %sMatch = { [K in keyof %s]?: Condition<%s[K]> } & {\n"
					 "  and?: %sMatch[];\n  or?: %sMatch[];\n  not?: %sMatch;\n",
					 model->name, model->name, model->name, model->name, model->name, model->name);
	for (int i = 0; i < model->model->nrelationships; i++)
	{
		const Relationship *relationship = &model->model->relationships[i];

		appendStringInfoString(out, "  ");
		append_key(out, relationship->name);
		appendStringInfoString(out, "?: Related<");
		append_related(out, models, relationship, "Match", "Record<string, unknown>");
		appendStringInfoString(out, ">;\n");
	}
	appendStringInfoString(out, "};\n\n");
}

/* An argument that is a key, or several of them. */
static void
append_ids(StringInfo out, const ContractArgument *argument)
{
	const Model *model = argument->ids_of;

	if (argument->value->kind == CONTRACT_ARRAY)
	{
		append_type(out, argument->value, true, false);
		return;
	}
	appendStringInfoString(out, "Array<{ ");
	for (int i = 0; i < model->nkeys; i++)
	{
		const ContractColumn *column = contract_column(model, model->keys[i], SHAPE_CREATE);

		append_key(out, column->column->name);
		appendStringInfoString(out, ": ");
		append_type(out, column->type, true, false);
		appendStringInfoString(out, "; ");
	}
	appendStringInfoString(out, "}>");
}

static void
append_items(StringInfo out, const ContractModel *model, const Operation *operation)
{
	const char *name = model->name;

	switch (contract_items(operation))
	{
		case ITEMS_ARE_A_ROW:
			appendStringInfo(out, "%sCreate", name);
			break;
		case ITEMS_ARE_ROWS:
			appendStringInfo(out, "%sCreate | %sCreate[]", name, name);
			break;
		case ITEMS_ARE_PATCHES:
			appendStringInfo(out, "%sPatch | %sPatch[]", name, name);
			break;
		case ITEMS_ARE_AN_UPSERT:
			appendStringInfo(out, "%sUpsert", name);
			break;
		case ITEMS_ARE_CHILDREN:
			appendStringInfo(out, "Array<Partial<%sCreate>>", name);
			break;
		case ITEMS_ARE_ANYTHING:
			appendStringInfo(out, "%sCreate | %sCreate[] | %sUpdate | Record<string, unknown>", name, name, name);
			break;
	}
}

static void
append_argument_type(StringInfo out, const ContractModel *model, const ContractFunction *function,
					 const ContractArgument *argument)
{
	switch (argument->role)
	{
		case ARG_ITEMS:
			append_items(out, model, function->operation);
			break;
		case ARG_PATCH:
			appendStringInfo(out, "%sUpdate", model->name);
			break;
		case ARG_IDS:
			append_ids(out, argument);
			break;
		case ARG_MATCH:
			appendStringInfo(out, "%sMatch", model->name);
			break;
		case ARG_SCOPE:
			contract_literals(out, scope_names(model->model), " | ", false);
			break;
		case ARG_SHAPE:
			contract_literals(out, list_make2("create", "update"), " | ", false);
			break;
		case ARG_INCLUDE:
			appendStringInfoString(out, "string | string[] | Record<string, Json>");
			break;
		default:
			append_type(out, argument->value, true, false);
			break;
	}
	if (argument->nullable)
		appendStringInfoString(out, " | null");
}

/* Appends: { user_id: string; title: string; description?: string | null } */
static void
append_arguments(StringInfo out, const ContractModel *model, const ContractFunction *function)
{
	ListCell   *cell;

	appendStringInfoString(out, "{ ");
	foreach(cell, function->arguments)
	{
		const ContractArgument *argument = lfirst(cell);

		append_key(out, argument->name);
		appendStringInfoString(out, argument->required ? ": " : "?: ");
		append_argument_type(out, model, function, argument);
		appendStringInfoString(out, "; ");
	}
	appendStringInfoChar(out, '}');
}

static void
append_result(StringInfo out, const ContractModel *model, List *models,
			  const ContractFunction *function)
{
	switch (contract_result(function))
	{
		case RESULT_IS_ROW:
			appendStringInfoString(out, model->name);
			break;
		case RESULT_IS_ROW_OR_NONE:
			appendStringInfo(out, "%s | null", model->name);
			break;
		case RESULT_IS_ROWS:
			appendStringInfo(out, "%s[]", model->name);
			break;
		case RESULT_IS_RELATED_ROWS:
			appendStringInfoString(out, "Array<");
			append_related(out, models, function->relationship, "", "Record<string, Json>");
			appendStringInfoChar(out, '>');
			break;
		case RESULT_IS_BOOLEAN:
			appendStringInfoString(out, "boolean");
			break;
		case RESULT_IS_COUNT:
			appendStringInfoString(out, "number");
			break;
		case RESULT_IS_PAGE:
			appendStringInfo(out, "Page<%s>", model->name);
			break;
		case RESULT_IS_LOADED:
			appendStringInfo(out, "%sLoaded | null", model->name);
			break;
		case RESULT_IS_LOADED_PAGE:
			appendStringInfo(out, "Page<%sLoaded>", model->name);
			break;
		case RESULT_IS_ERRORS:
			appendStringInfoString(out, "FieldError[]");
			break;
		case RESULT_IS_CHANGES:
			appendStringInfo(out, "Changes<%s>", model->name);
			break;
		case RESULT_IS_OBJECTS:
			appendStringInfoString(out, "Array<Record<string, Json>>");
			break;
	}
}

static void
append_function(StringInfo out, const ContractModel *model, List *models,
				const ContractFunction *function, List **taken)
{
	ContractResult result = contract_result(function);
	bool		many = result == RESULT_IS_ROWS || result == RESULT_IS_RELATED_ROWS;

	append_comment(out, "", function->comment);
	appendStringInfo(out, "export async function %s(db: Db, args: ",
					 contract_word(function->name, reserved, taken));
	append_arguments(out, model, function);
	appendStringInfoString(out, "): Promise<");
	append_result(out, model, models, function);
	appendStringInfo(out, "> {\n  return %s(await call(db, ", many ? "parse" : "one");
	contract_literal(out, contract_call_arguments(function));
	appendStringInfoString(out, ", ");
	contract_literal(out, contract_call_select(model, function,
										  setting_json_bigint == JSON_BIGINT_STRING));
	appendStringInfoString(out, ", args));\n}\n\n");
}

/* Notes the name where values of the type have bigints in them, and the names in it. */
static List *
note_bigints(List *names, char *name, const ContractType *type)
{
	ListCell   *cell;

	check_stack_depth();
	if (type->kind == CONTRACT_ARRAY)
		return note_bigints(names, name, type->element);
	foreach(cell, type->fields)
	{
		const ContractField *field = lfirst(cell);

		names = note_bigints(names, field->name, field->type);
	}
	foreach(cell, names)
		if (strcmp(lfirst(cell), name) == 0)
			return names;
	return type->kind == CONTRACT_BIGINT ? lappend(names, name) : names;
}

/* The names under which there are bigints: what is checked for safety. */
static List *
bigint_names(List *models)
{
	List	   *result = list_make1("ids");
	ListCell   *cell;
	ListCell   *column;

	foreach(cell, models)
		foreach(column, contract_columns(((ContractModel *) lfirst(cell))->model, SHAPE_READ))
			result = note_bigints(result, ((ContractColumn *) lfirst(column))->column->name,
								  ((ContractColumn *) lfirst(column))->type);
	return result;
}

static void
append_head(StringInfo out, List *models)
{
	bool		strings = setting_json_bigint == JSON_BIGINT_STRING;

	appendStringInfoString(out, contract_typescript_head);
	appendStringInfo(out, "/** A bigint that is read; todo_orm.json_bigint said so when this was written. */\n"
					 "export type Bigint = %s;\n\nconst bigint = '%s';\n\n"
					 "const bigints = new Set<string>([",
					 strings ? "string" : "number", strings ? "string" : "number");
	contract_literals(out, bigint_names(models), ", ", false);
	appendStringInfoString(out, "]);\n\n");
}

/* todo_orm.typescript_of(models regclass[]) RETURNS text */
Datum
todo_orm_typescript_of(PG_FUNCTION_ARGS)
{
	int			depth = expiry_enter();
	List	   *models = contract_models(PG_GETARG_ARRAYTYPE_P(0));
	List	   *taken = NIL;
	StringInfoData out;
	ListCell   *cell;
	ListCell   *inner;

	initStringInfo(&out);
	append_head(&out, models);
	foreach(cell, models)
	{
		const ContractModel *model = lfirst(cell);

		foreach(inner, contract_shapes(model))
			append_shape(&out, model, lfirst_int(inner));
		append_loaded(&out, model, models);
		append_match(&out, model, models);
		foreach(inner, model->functions)
			append_function(&out, model, models, lfirst(inner), &taken);
	}
	expiry_leave(depth);
	PG_RETURN_TEXT_P(cstring_to_text_with_len(out.data, out.len));
}
