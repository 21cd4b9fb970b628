/*
 * scope.c
 *	  Named filters of a model.
 *
 * A scope's values are constants of the model's options, so they stand in the
 * text of the statement: a partial index with the same condition is used.
 */
#include "compat.h"

#include "utils/builtins.h"

#include "errors.h"
#include "foreign_code.h"
#include "guard.h"
#include "jsonb_read.h"
#include "scope.h"

PG_FUNCTION_INFO_V1(todo_orm_value_problem);

/* A text that is to be read as a value of a type. */
typedef struct TypedText
{
	Oid			type;
	char	   *text;
} TypedText;

static const ScopeOption *
find_scope(const Model *model, const char *name)
{
	ListCell   *cell;

	foreach(cell, model->options->scopes)
	{
		const ScopeOption *scope = lfirst(cell);

		if (strcmp(scope->name, name) == 0)
			return scope;
	}
	return NULL;
}

/* Every model has "all"; soft delete brings two more. */
static bool
is_built_in(const Model *model, const char *name)
{
	return strcmp(name, "all") == 0 ||
		(model->deleted_at && (strcmp(name, "deleted") == 0 || strcmp(name, "with_deleted") == 0));
}

/* The scopes of a model: char *. */
List *
scope_names(const Model *model)
{
	List	   *names = list_make1("all");
	ListCell   *cell;

	foreach(cell, model->options->scopes)
		names = lappend(names, ((ScopeOption *) lfirst(cell))->name);
	if (model->deleted_at)
		names = lappend(lappend(names, "deleted"), "with_deleted");
	return names;
}

static const char *
available_scopes(const Model *model)
{
	StringInfoData names;
	ListCell   *cell;

	initStringInfo(&names);
	foreach(cell, scope_names(model))
		appendStringInfo(&names, "%s%s", names.len ? ", " : "", (char *) lfirst(cell));
	return names.data;
}

/* Checks a scope's name and makes it part of a shape; 22023 if there is none. */
void
scope_resolve(const Model *model, const char *name, ScopeName *scope)
{
	if (!is_built_in(model, name) && find_scope(model, name) == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("unrecognized scope \"%s\" of \"%s\"", errors_cut(name, NAMEDATALEN),
						model->name),
				 errdetail_internal("%s", errors_detail("scope", "no scope of that name",
														errors_quote(name))),
				 name[0] == '{' ?
				 errhint("A filter is another argument: match => '{...}'.") :
				 errhint("Available scopes: %s.", available_scopes(model))));
	memset(scope, 0, sizeof(ScopeName));
	strlcpy(scope->data, name, NAMEDATALEN);
}

/* Appends: AND t.completed OPERATOR(pg_catalog.=) 'false'::bool, or AND t.completed IS NULL */
void
scope_append_value(Statement *st, const Column *column, const char *alias, const JsonbValue *value)
{
	statement_add(st, " AND ");
	if (value->type == jbvNull)
		statement_add(st, "%s.%s IS NULL", alias, column->quoted);
	else
		statement_equal_literal(st, column, alias, jsonb_value_text(value));
}

/* Reads the text as a value, or raises what the type's input function does. */
static void
read_value(void *arg)
{
	const TypedText *given = arg;
	Oid			input;
	Oid			ioparam;

	getTypeInputInfo(given->type, &input, &ioparam);
	(void) OidInputFunctionCall(input, given->text, ioparam, -1);
}

/*
 * What keeps a text from being a value of the type, as a scope compares it;
 * NULL: nothing.  Types whose input may run somebody's own code are not asked.
 */
static ErrorData *
value_problem(Oid type, char *text)
{
	TypedText	given = {getBaseType(type), text};
	ErrorData  *error;

	if (foreign_code_in_type(given.type))
		return NULL;
	error = guard_catch(read_value, &given);
	if (error && !errors_is_input(error->sqlerrcode, false))
		ReThrowError(error);
	return error;
}

/* A scope has a value that its column does not take, or not any more. */
TODO_ORM_NORETURN
static void
refuse_value(const Model *model, const char *scope, const Column *column, const ErrorData *error)
{
	ereport(ERROR,
			(errcode(model_misfit_sqlstate()),
			 errmsg("scope \"%s\" of model \"%s\" has a value that column \"%s\" does not take",
					scope, model->relname, column->name),
			 column->hidden ? 0 : errdetail_internal("%s", error->message),
			 errhint("Register the model again with that option corrected, the value of type %s: SELECT todo_orm.register_model(%s, '{\"scopes\": ...}');",
					 format_type_be(column->type),
					 model_literal(model))));
}

static void
append_condition(Statement *st, const Model *model, const char *alias, const char *scope,
				 const JsonbPairRead *condition)
{
	Column	   *column = model_find_column(model, condition->key);
	ErrorData  *error = NULL;

	if (column == NULL)
		ereport(ERROR,
				(errcode(model_misfit_sqlstate()),
				 errmsg("scope \"%s\" of model \"%s\" names column \"%s\", which does not exist",
						scope, model->relname, condition->key),
				 errhint("Register the model again with that option corrected: SELECT todo_orm.register_model(%s, '{\"scopes\": ...}');",
						 model_literal(model))));
	if (condition->value.type == jbvBinary)
		ereport(ERROR,
				(errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
				 errmsg("scope \"%s\" of model \"%s\" uses an operator on column \"%s\"",
						scope, model->relname, column->name),
				 errdetail("This version knows equality and null in scopes."),
				 errhint("Give a plain value, or null.")));
	/* the column's type may have changed since, and labels of an enum */
	if (condition->value.type != jbvNull)
		error = value_problem(column->type, jsonb_value_text(&condition->value));
	if (error)
		refuse_value(model, scope, column, error);
	scope_append_value(st, column, alias, &condition->value);
}

/*
 * Appends what a scope asks for:
 *
 *	 AND t.deleted_at IS NULL AND t.completed OPERATOR(pg_catalog.=) 'false'::bool
 */
void
scope_append(Statement *st, const Model *model, const char *alias, const ScopeName *scope)
{
	const ScopeOption *own = find_scope(model, scope->data);
	JsonbItems	conditions;

	if (strcmp(scope->data, "deleted") == 0 && own == NULL)
	{
		statement_add(st, " AND %s.%s IS NOT NULL", alias,
					  model_column(model, model->deleted_at)->quoted);
		return;
	}
	if (strcmp(scope->data, "with_deleted") == 0 && own == NULL)
		return;
	statement_and_live(st, model, alias);
	if (own == NULL)
		return;
	conditions = jsonb_items(own->conditions);
	for (int i = 0; i < conditions.count; i++)
		append_condition(st, model, alias, own->name, &conditions.items[i]);
}

/* A value of a column that is being registered: also its domain and length are asked. */
typedef struct GivenValue
{
	Column	   *column;
	char	   *text;
} GivenValue;

static void
read_given(void *arg)
{
	const GivenValue *given = arg;

	(void) model_column_input(given->column, given->text);
}

/* Refuses a value of a scope that its column does not take. */
static void
check_value(const Model *model, const char *scope, const JsonbPairRead *condition)
{
	GivenValue	given = {model_find_column(model, condition->key), NULL};
	ErrorData  *error;

	if (condition->value.type == jbvNull)
		return;
	given.text = jsonb_value_text(&condition->value);
	/* no subtransaction: whatever is caught here ends the call */
	error = guard_catch(read_given, &given);
	if (error && ERRCODE_TO_CATEGORY(error->sqlerrcode) == ERRCODE_OPERATOR_INTERVENTION)
		ReThrowError(error);
	if (error)
		refuse_value(model, scope, given.column, error);
}

static void
check_scope(const Model *model, const ScopeOption *scope)
{
	JsonbItems	conditions = jsonb_items(scope->conditions);
	Statement	st;

	if (is_built_in(model, scope->name))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("scope \"%s\" exists in every model", scope->name),
				 errhint("Give the scope another name.")));
	if (strlen(scope->name) >= NAMEDATALEN)
		ereport(ERROR,
				(errcode(ERRCODE_NAME_TOO_LONG),
				 errmsg("scope name \"%s\" is too long", scope->name)));
	statement_init(&st);
	for (int i = 0; i < conditions.count; i++)
	{
		append_condition(&st, model, "t", scope->name, &conditions.items[i]);
		check_value(model, scope->name, &conditions.items[i]);
	}
}

/* Checks every scope of a model that is being registered. */
void
scope_check_all(const Model *model)
{
	ListCell   *cell;

	foreach(cell, model->options->scopes)
		check_scope(model, lfirst(cell));
}

/*
 * todo_orm.value_problem(type oid, value text) RETURNS text: why it is no value
 * of that type, or null
 */
Datum
todo_orm_value_problem(PG_FUNCTION_ARGS)
{
	Oid			type = PG_GETARG_OID(0);
	const ErrorData *error = NULL;

	if (SearchSysCacheExists1(TYPEOID, ObjectIdGetDatum(type)))
		error = value_problem(type, text_to_cstring(PG_GETARG_TEXT_PP(1)));
	if (error == NULL)
		PG_RETURN_NULL();
	PG_RETURN_TEXT_P(cstring_to_text(error->message));
}
