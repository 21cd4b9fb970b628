/*
 * contract_pydantic.c
 *	  Models as a Python module: a Pydantic class for each shape, a function for
 *	  each function.
 *
 * Whatever comes from the catalog is written as a string literal, whose escapes
 * are those of JSON, or as a word of contract_names.c.
 */
#include "compat.h"

#include "catalog/pg_type.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"

#include "contract.h"
#include "expiry.h"
#include "scope.h"

PG_FUNCTION_INFO_V1(todo_orm_pydantic_of);

/* keywords, and names that mean something in a class of Pydantic's, or in the module */
static const char *const reserved[] = {
	"False", "None", "True", "and", "as", "assert", "async", "await", "break", "class",
	"continue", "def", "del", "elif", "else", "except", "finally", "for", "from", "global", "if",
	"import", "in", "is", "lambda", "nonlocal", "not", "or", "pass", "raise", "return", "try",
	"while", "with", "yield",
	"bool", "bytes", "dict", "float", "int", "list", "object", "set", "str", "tuple",
	"construct", "copy", "fields", "from_orm", "json", "parse_file", "parse_obj", "parse_raw",
	"schema", "schema_json", "update_forward_refs", "validate",
	"model_computed_fields", "model_config", "model_construct", "model_copy", "model_dump",
	"model_dump_json", "model_extra", "model_fields", "model_fields_set",
	"model_json_schema", "model_parametrized_name", "model_post_init", "model_rebuild",
	"model_validate", "model_validate_json", "model_validate_strings",
	NULL
};

/* the module's own names */
static const char *const module_names[] = {"Call", "Change", "Changes", "FieldError", "Page", "arun", "run", NULL};

/* The composite types of the document, each a class. */
typedef struct Classes
{
	List	   *types;			/* const ContractType *: of kind object */
	List	   *names;			/* char *: in the same order */
	List	   *class_names;	/* char *: names of classes */
	List	   *taken;			/* char *: those, and names of functions */
} Classes;

static void
append_indented(StringInfo out, const char *indent, const char *comment)
{
	if (comment == NULL)
		return;
	appendStringInfoString(out, indent);
	contract_literal(out, comment);
	appendStringInfoChar(out, '\n');
}

static const char *
class_of(const Classes *classes, Oid type)
{
	ListCell   *cell;

	foreach(cell, classes->types)
		if (((ContractType *) lfirst(cell))->type == type)
			return list_nth(classes->names, foreach_current_index(cell));
	return NULL;
}

static const char *
string_type(Oid type)
{
	switch (type)
	{
		case DATEOID:
			return "_datetime.date";
		case TIMESTAMPOID:
		case TIMESTAMPTZOID:
			return "_datetime.datetime";
		case TIMEOID:
			return "_datetime.time";
		case UUIDOID:
			return "_uuid.UUID";
		default:
			return "str";
	}
}

static const char *
simple_type(const ContractType *type)
{
	switch (type->kind)
	{
		case CONTRACT_ANY:
			return "_Json";
		case CONTRACT_BOOLEAN:
			return "bool";
		case CONTRACT_INTEGER:
		case CONTRACT_BIGINT:
			return "int";
		case CONTRACT_FLOAT:
			return "float";
		case CONTRACT_DECIMAL:
			return "_Number";
		default:
			return string_type(type->type);
	}
}

/* Appends: Literal["open", "done"] */
static void
append_values(StringInfo out, List *values, bool numbers)
{
	appendStringInfoString(out, "_Literal[");
	contract_literals(out, values, ", ", numbers);
	appendStringInfoChar(out, ']');
}

/* A list of values that Python can write; numbers as CHECKs have them may be 1.0 */
static bool
has_literals(const ContractType *type)
{
	ListCell   *cell;

	if (type->values == NIL || type->kind == CONTRACT_DECIMAL)
		return false;
	if (!contract_is_number(type))
		return true;
	foreach(cell, type->values)
		if (strspn(lfirst(cell), "-0123456789") != strlen(lfirst(cell)))
			return false;
	return true;
}

static void
append_rule(StringInfo out, const char *name, const char *value)
{
	appendStringInfo(out, "%s%s=%s", out->len ? ", " : "", name, value);
}

static void
append_bound(StringInfo out, const ContractType *type, const char *name, const ContractBound *bound)
{
	if (bound->number == NULL)
		return;
	append_rule(out, psprintf("%s%c", name, bound->exclusive ? 't' : 'e'),
				type->kind == CONTRACT_DECIMAL ?
				psprintf("_decimal.Decimal(\"%s\")", bound->number) : bound->number);
}

/* The rules of what is sent, as arguments of Field(): min_length=1, max_length=20 */
static char *
rules_of(const ContractType *type)
{
	int			least = type->kind == CONTRACT_ARRAY ? type->min_items : type->min_length;
	int			most = type->kind == CONTRACT_ARRAY ? type->max_items : type->max_length;
	StringInfoData out;

	initStringInfo(&out);
	if (has_literals(type))
		return out.data;
	append_bound(&out, type, "g", &type->minimum);
	append_bound(&out, type, "l", &type->maximum);
	if (least >= 0)
		append_rule(&out, "min_length", psprintf("%d", least));
	if (most >= 0)
		append_rule(&out, "max_length", psprintf("%d", most));
	if (list_length(type->patterns) == 1)
	{
		StringInfoData pattern;

		initStringInfo(&pattern);
		contract_literal(&pattern, linitial(type->patterns));
		append_rule(&out, "pattern", pattern.data);
	}
	return out.data;
}

static void append_type(StringInfo out, const Classes *classes, const ContractType *type,
						bool input, bool nullable);

static void
append_plain_type(StringInfo out, const Classes *classes, const ContractType *type, bool input)
{
	if (type->kind == CONTRACT_ARRAY)
	{
		appendStringInfoString(out, "list[");
		append_type(out, classes, type->element, input, true);
		appendStringInfoChar(out, ']');
	}
	else if (type->kind == CONTRACT_OBJECT)
		appendStringInfoString(out, class_of(classes, type->type));
	else if (has_literals(type))
		append_values(out, type->values, contract_is_number(type));
	else
		appendStringInfoString(out, simple_type(type));
}

/* Appends: _Optional[_Annotated[str, _Field(min_length=1)]] */
static void
append_type(StringInfo out, const Classes *classes, const ContractType *type, bool input,
			bool nullable)
{
	char	   *rules = input ? rules_of(type) : "";

	check_stack_depth();
	nullable &= type->kind != CONTRACT_ANY;
	appendStringInfoString(out, nullable ? "_Optional[" : "");
	appendStringInfoString(out, *rules ? "_Annotated[" : "");
	append_plain_type(out, classes, type, input);
	if (*rules)
		appendStringInfo(out, ", _Field(%s)]", rules);
	appendStringInfoString(out, nullable ? "]" : "");
}

/* Appends a field: name: type, and what comes behind it */
static void
append_field(StringInfo out, const Classes *classes, const char *name, List **taken,
			 const ContractType *type, bool input, bool nullable, bool required)
{
	char	   *word = contract_word(name, reserved, taken);

	appendStringInfo(out, "    %s: ", word);
	append_type(out, classes, type, input, nullable);
	appendStringInfoString(out, " = _Field(");
	appendStringInfoString(out, required ? "..." : "None");
	if (strcmp(word, name) != 0)
	{
		appendStringInfoString(out, ", alias=");
		contract_literal(out, name);
	}
	appendStringInfoString(out, ")\n");
}

/* Appends the class of a composite type; one may hold others, which stand before it. */
static void
append_composite(StringInfo out, const Classes *classes, const ContractType *type, const char *name)
{
	List	   *taken = list_copy(classes->class_names);
	ListCell   *cell;

	appendStringInfo(out, "class %s(_Model):\n", name);
	if (type->fields == NIL)
		appendStringInfoString(out, "    pass\n");
	foreach(cell, type->fields)
	{
		const ContractField *field = lfirst(cell);

		append_field(out, classes, field->name, &taken, field->type, false, true, false);
	}
	appendStringInfoString(out, "\n\n");
}

/* Appends the classes of all composite types that a type holds, each once. */
static void
append_composites(StringInfo out, Classes *classes, const ContractType *type)
{
	ListCell   *cell;

	check_stack_depth();
	if (type->kind == CONTRACT_ARRAY)
		append_composites(out, classes, type->element);
	if (type->kind != CONTRACT_OBJECT || class_of(classes, type->type))
		return;
	foreach(cell, type->fields)
		append_composites(out, classes, ((ContractField *) lfirst(cell))->type);
	classes->types = lappend(classes->types, unconstify(ContractType *, type));
	/* no model's class ends so */
	classes->names = lappend(classes->names,
							 contract_word(psprintf("%s_value", contract_camel(get_rel_name(get_typ_typrelid(type->type)))),
										   reserved, &classes->taken));
	classes->class_names = lappend(classes->class_names, llast(classes->names));
	append_composite(out, classes, type, llast(classes->names));
}

static void
append_shape(StringInfo out, const Classes *classes, const ContractModel *model,
			 ContractShape shape)
{
	List	   *taken = list_copy(classes->class_names);
	List	   *columns = contract_columns(model->model, shape);
	ListCell   *cell;
	bool		input = shape != SHAPE_READ;

	appendStringInfo(out, "class %s%s(%s):\n", model->name, contract_shape_suffix(shape),
					 input && !model->model->options->extra_ignore ? "_Strict" : "_Model");
	append_indented(out, "    ", contract_comment(model->model->relid, 0));
	if (columns == NIL)
		appendStringInfoString(out, "    pass\n");
	foreach(cell, columns)
	{
		const ContractColumn *column = lfirst(cell);

		append_field(out, classes, column->column->name, &taken, column->type, input,
					 column->nullable, column->required);
		append_indented(out, "    ", column->comment);
	}
	appendStringInfoString(out, "\n\n");
}

static const char *
related_class(List *models, const Relationship *relationship, const char *suffix)
{
	const ContractModel *target = contract_model_of(models, relationship->target);

	return target ? psprintf("%s%s", target->name, suffix) : "dict[str, _Any]";
}

/* Appends the class of a row with related rows, each of them where it is asked for. */
static void
append_loaded(StringInfo out, const Classes *classes, const ContractModel *model, List *models)
{
	List	   *taken = list_copy(classes->class_names);
	ListCell   *cell;

	/* the same words as in the class that it adds to */
	foreach(cell, contract_columns(model->model, SHAPE_READ))
		(void) contract_word(((ContractColumn *) lfirst(cell))->column->name, reserved, &taken);
	appendStringInfo(out, "class %sLoaded(%s):\n", model->name, model->name);
	if (model->model->nrelationships == 0)
		appendStringInfoString(out, "    pass\n");
	for (int i = 0; i < model->model->nrelationships; i++)
	{
		const Relationship *relationship = &model->model->relationships[i];
		bool		one = relationship->kind == RELATIONSHIP_MANY_TO_ONE;

		appendStringInfo(out, "    %s: _Optional[%s%s%s] = _Field(None, alias=",
						 contract_word(relationship->name, reserved, &taken), one ? "" : "list[",
						 related_class(models, relationship, "Loaded"), one ? "" : "]");
		contract_literal(out, relationship->name);
		appendStringInfoString(out, ")\n");
	}
	appendStringInfoString(out, "\n\n");
}

static char *
items_type(const ContractModel *model, const Operation *operation)
{
	const char *name = model->name;

	switch (contract_items(operation))
	{
		case ITEMS_ARE_A_ROW:
			return psprintf("%sCreate", name);
		case ITEMS_ARE_ROWS:
			return psprintf("_Union[%sCreate, list[%sCreate]]", name, name);
		case ITEMS_ARE_PATCHES:
			return psprintf("_Union[%sPatch, list[%sPatch]]", name, name);
		case ITEMS_ARE_AN_UPSERT:
			return psprintf("%sUpsert", name);
		case ITEMS_ARE_CHILDREN:
			return "list[dict[str, _Any]]";
		case ITEMS_ARE_ANYTHING:
			return psprintf("_Union[%sCreate, list[%sCreate], %sUpdate, dict[str, _Any]]", name, name, name);
	}
	return "_Any";
}

static void
append_argument_type(StringInfo out, const Classes *classes, const ContractModel *model,
					 const ContractFunction *function, const ContractArgument *argument)
{
	appendStringInfoString(out, argument->nullable ? "_Optional[" : "");
	switch (argument->role)
	{
		case ARG_ITEMS:
			appendStringInfoString(out, items_type(model, function->operation));
			break;
		case ARG_PATCH:
			appendStringInfo(out, "%sUpdate", model->name);
			break;
		case ARG_IDS:
			if (argument->value->kind == CONTRACT_ARRAY)
				append_type(out, classes, argument->value, false, false);
			else
				appendStringInfoString(out, "list[dict[str, _Any]]");
			break;
		case ARG_MATCH:
			appendStringInfoString(out, "dict[str, _Any]");
			break;
		case ARG_SCOPE:
			append_values(out, scope_names(model->model), false);
			break;
		case ARG_SHAPE:
			append_values(out, list_make2("create", "update"), false);
			break;
		case ARG_INCLUDE:
			appendStringInfoString(out, "_Union[str, list[str], dict[str, _Any]]");
			break;
		default:
			append_type(out, classes, argument->value, false, false);
			break;
	}
	appendStringInfoString(out, argument->nullable ? "]" : "");
}

static char *
result_type(const ContractModel *model, List *models, const ContractFunction *function)
{
	switch (contract_result(function))
	{
		case RESULT_IS_ROW:
			return model->name;
		case RESULT_IS_ROW_OR_NONE:
			return psprintf("_Optional[%s]", model->name);
		case RESULT_IS_ROWS:
			return psprintf("list[%s]", model->name);
		case RESULT_IS_RELATED_ROWS:
			return psprintf("list[%s]", related_class(models, function->relationship, ""));
		case RESULT_IS_BOOLEAN:
			return "bool";
		case RESULT_IS_COUNT:
			return "int";
		case RESULT_IS_PAGE:
			return psprintf("Page[%s]", model->name);
		case RESULT_IS_LOADED:
			return psprintf("_Optional[%sLoaded]", model->name);
		case RESULT_IS_LOADED_PAGE:
			return psprintf("Page[%sLoaded]", model->name);
		case RESULT_IS_ERRORS:
			return "list[FieldError]";
		case RESULT_IS_CHANGES:
			return psprintf("Changes[%s]", model->name);
		case RESULT_IS_OBJECTS:
			return "list[dict[str, _Any]]";
	}
	return "_Any";
}

static void
append_function(StringInfo out, Classes *classes, const ContractModel *model, List *models,
				const ContractFunction *function)
{
	ContractResult result = contract_result(function);
	char	   *type = result_type(model, models, function);
	List	   *taken = list_copy(classes->class_names);
	StringInfoData values;
	bool		optional = false;
	ListCell   *cell;

	initStringInfo(&values);
	appendStringInfo(out, "def %s(", contract_word(function->name, reserved, &classes->taken));
	foreach(cell, function->arguments)
	{
		const ContractArgument *argument = lfirst(cell);
		char	   *word = contract_word(argument->name, reserved, &taken);

		appendStringInfoString(out, foreach_current_index(cell) ? ", " : "");
		if (!argument->required && !optional)
			appendStringInfoString(out, "*, ");
		optional |= !argument->required;
		appendStringInfo(out, "%s: ", word);
		append_argument_type(out, classes, model, function, argument);
		appendStringInfoString(out, argument->required ? "" : " = None");
		appendStringInfoString(&values, values.len ? ", " : "");
		contract_literal(&values, argument->name);
		appendStringInfo(&values, ": %s", word);
	}
	appendStringInfo(out, ") -> Call[%s]:\n", type);
	append_indented(out, "    ", function->comment);
	appendStringInfo(out, "    return Call(%s, %s, ", type,
					 result == RESULT_IS_ROWS || result == RESULT_IS_RELATED_ROWS ? "True" : "False");
	contract_literal(out, contract_call_arguments(function));
	appendStringInfoString(out, ", ");
	contract_literal(out, contract_call_select(model, function, false));
	appendStringInfo(out, ", {%s})\n\n\n", values.data);
}

static void
append_composites_of(StringInfo out, Classes *classes, List *models)
{
	ListCell   *cell;
	ListCell   *column;

	foreach(cell, models)
		foreach(column, contract_columns(((ContractModel *) lfirst(cell))->model, SHAPE_READ))
			append_composites(out, classes, ((ContractColumn *) lfirst(column))->type);
}

/* todo_orm.pydantic_of(models regclass[]) RETURNS text */
Datum
todo_orm_pydantic_of(PG_FUNCTION_ARGS)
{
	int			depth = expiry_enter();
	List	   *models = contract_models(PG_GETARG_ARRAYTYPE_P(0));
	Classes		classes = {NIL, NIL, NIL, NIL};
	StringInfoData out;
	ListCell   *cell;
	ListCell   *inner;

	classes.class_names = contract_type_names(models, module_names);
	classes.taken = list_copy(classes.class_names);
	initStringInfo(&out);
	appendStringInfoString(&out, contract_pydantic_head);
	append_composites_of(&out, &classes, models);
	foreach(cell, models)
		foreach(inner, contract_shapes(lfirst(cell)))
			append_shape(&out, &classes, lfirst(cell), lfirst_int(inner));
	foreach(cell, models)
		append_loaded(&out, &classes, lfirst(cell), models);
	foreach(cell, models)
		appendStringInfo(&out, "%sLoaded.model_rebuild()\n", ((ContractModel *) lfirst(cell))->name);
	appendStringInfoString(&out, "\n\n");
	foreach(cell, models)
		foreach(inner, ((ContractModel *) lfirst(cell))->functions)
			append_function(&out, &classes, lfirst(cell), models, lfirst(inner));
	expiry_leave(depth);
	PG_RETURN_TEXT_P(cstring_to_text_with_len(out.data, out.len));
}
