/*
 * statement.c
 *	  Builds the text of one SQL statement and the types of its parameters.
 */
#include "compat.h"

#include "access/htup_details.h"
#include "access/stratnum.h"
#include "catalog/pg_operator.h"
#include "catalog/pg_type.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/ruleutils.h"
#include "utils/typcache.h"

#include "statement.h"

void
statement_init(Statement *st)
{
	initStringInfo(&st->sql);
	st->nparams = 0;
	st->capacity = 16;
	st->types = palloc(sizeof(Oid) * st->capacity);
}

/* Appends text; identifiers in it must be quoted already. */
void
statement_add(Statement *st, const char *format,...)
{
	int			needed;

	for (;;)
	{
		va_list		args;

		va_start(args, format);
		needed = appendStringInfoVA(&st->sql, format, args);
		va_end(args);
		if (needed == 0)
			break;
		enlargeStringInfo(&st->sql, needed);
	}
}

/* Notes the type of the next parameter and answers its number. */
static int
add_param_type(Statement *st, Oid type)
{
	if (st->nparams == st->capacity)
	{
		st->capacity *= 2;
		st->types = repalloc(st->types, sizeof(Oid) * st->capacity);
	}
	st->types[st->nparams++] = type;
	return st->nparams;
}

/* Declares the next parameter, for use with the _again functions; answers its number. */
int
statement_declare(Statement *st, Oid type)
{
	return add_param_type(st, type);
}

/* Appends the next parameter, "$n", and notes its type. */
void
statement_param(Statement *st, Oid type)
{
	appendStringInfo(&st->sql, "$%d", add_param_type(st, type));
}

/* Appends a parameter that stands in the statement already. */
void
statement_param_again(Statement *st, int number)
{
	Assert(number >= 1 && number <= st->nparams);
	appendStringInfo(&st->sql, "$%d", number);
}

/*
 * Appends every column of the row type, in its order:
 *
 *	t.id, t.user_id, NULL::pg_catalog.int4, t.title
 *
 * A dropped column is a null, so that the row fits the row type as it is.
 * Whole-row references ("t", "t.*") are avoided: they do not travel between
 * nodes.
 */
void
statement_columns(Statement *st, const Model *model, const char *alias)
{
	for (int i = 0; i < model->natts; i++)
	{
		const Column *column = &model->columns[i];

		if (i > 0)
			statement_add(st, ", ");
		if (column->dropped)
			statement_add(st, "NULL::pg_catalog.int4");
		else
			statement_add(st, "%s.%s", alias, column->quoted);
	}
}

/* Appends the columns that are not dropped: t.id, t.user_id, t.title */
void
statement_live_columns(Statement *st, const Model *model, const char *alias)
{
	bool		first = true;

	for (int i = 0; i < model->natts; i++)
	{
		if (model->columns[i].dropped)
			continue;
		statement_add(st, "%s%s.%s", first ? "" : ", ", alias, model->columns[i].quoted);
		first = false;
	}
}

/*
 * The operator that compares a column with a value of a type: the type's own
 * equality, or the one between two types of its family (int2 with int4).
 */
static Oid
equality_with(const Column *column, Oid type)
{
	TypeCacheEntry *entry = lookup_type_cache(column->basetype,
											  TYPECACHE_EQ_OPR | TYPECACHE_BTREE_OPFAMILY);
	Oid			operator = entry->eq_opr;

	if (type != column->basetype && OidIsValid(entry->btree_opf))
	{
		Oid			between = get_opfamily_member(entry->btree_opf, column->basetype, type,
												  BTEqualStrategyNumber);

		if (OidIsValid(between))
			operator = between;
	}
	if (!OidIsValid(operator))
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_FUNCTION),
				 errmsg("column \"%s\" has type %s, which has no equality operator",
						column->name, format_type_be(column->type))));
	return operator;
}

/* Appends: alias.column OPERATOR(pg_catalog.=) $n, the parameter being of "type" */
void
statement_equal(Statement *st, const Column *column, const char *alias, Oid type)
{
	char	   *left = psprintf("%s.%s", alias, column->quoted);
	char		right[16];

	snprintf(right, sizeof(right), "$%d", add_param_type(st, type));
	generate_operator_clause(&st->sql, left, column->type, equality_with(column, type),
							 right, type);
}

/* As statement_equal(), with a parameter that stands in the statement already. */
void
statement_equal_again(Statement *st, const Column *column, const char *alias, int number)
{
	char	   *left = psprintf("%s.%s", alias, column->quoted);
	Oid			type = st->types[number - 1];
	char		right[16];

	snprintf(right, sizeof(right), "$%d", number);
	generate_operator_clause(&st->sql, left, column->type, equality_with(column, type), right,
							 type);
}

/* Appends: alias.column OPERATOR(pg_catalog.=) <expression of the column's base type> */
void
statement_equal_expression(Statement *st, const Column *column, const char *alias,
						   const char *expression)
{
	generate_operator_clause(&st->sql, psprintf("%s.%s", alias, column->quoted), column->type,
							 equality_with(column, column->basetype), expression,
							 column->basetype);
}

/* Appends: alias.column OPERATOR(pg_catalog.=) 'value'::type, for constants of options */
void
statement_equal_literal(Statement *st, const Column *column, const char *alias,
						const char *value)
{
	statement_equal_expression(st, column, alias, psprintf("%s::%s", quote_literal_cstr(value),
														   model_type_name(column->basetype)));
}

/* Appends: left.column OPERATOR(pg_catalog.=) right.column */
void
statement_equal_columns(Statement *st, const Column *left, const char *left_alias,
						const Column *right, const char *right_alias)
{
	generate_operator_clause(&st->sql,
							 psprintf("%s.%s", left_alias, left->quoted), left->type,
							 equality_with(left, right->basetype),
							 psprintf("%s.%s", right_alias, right->quoted), right->type);
}

/* Appends the equality operator of a column: OPERATOR(pg_catalog.=) */
void
statement_equality_operator(Statement *st, const Column *column)
{
	Oid			operator = column->basetype == JSONOID ?
		lookup_type_cache(JSONBOID, TYPECACHE_EQ_OPR)->eq_opr :
		equality_with(column, column->basetype);
	HeapTuple	tuple = SearchSysCache1(OPEROID, ObjectIdGetDatum(operator));
	Form_pg_operator form;

	if (!HeapTupleIsValid(tuple))
		elog(ERROR, "cache lookup failed for operator %u", operator);
	form = (Form_pg_operator) GETSTRUCT(tuple);
	statement_add(st, "OPERATOR(%s.%s)", quote_identifier(get_namespace_name(form->oprnamespace)),
				  NameStr(form->oprname));
	ReleaseSysCache(tuple);
}

/*
 * Appends a comparison in the order of the column's type:
 *
 *	t.created_at OPERATOR(pg_catalog.<) $3
 *
 * strategy: a B-tree strategy; number: of a parameter of the column's base type.
 */
void
statement_compare(Statement *st, const Column *column, const char *alias, int strategy, int number)
{
	TypeCacheEntry *type = lookup_type_cache(column->basetype,
											 TYPECACHE_BTREE_OPFAMILY | TYPECACHE_LT_OPR);
	Oid			operator = get_opfamily_member(type->btree_opf, type->btree_opintype,
											   type->btree_opintype, strategy);
	char		right[16];

	if (!OidIsValid(operator))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("column \"%s\" has type %s, which has no order",
						column->name, format_type_be(column->type))));
	snprintf(right, sizeof(right), "$%d", number);
	generate_operator_clause(&st->sql, psprintf("%s.%s", alias, column->quoted), column->type,
							 operator, right, column->basetype);
}

/* Appends the owner's equality, or "true" for a model without owner. */
void
statement_where_owner(Statement *st, const Model *model, const char *alias)
{
	if (model->owner)
		statement_equal(st, model_column(model, model->owner), alias,
						model_column(model, model->owner)->basetype);
	else
		statement_add(st, "true");
}

/* Appends the owner's and the key's equalities: parameters owner, key ... */
void
statement_where_key(Statement *st, const Model *model, const char *alias)
{
	statement_where_owner(st, model, alias);
	for (int i = 0; i < model->nkeys; i++)
	{
		statement_add(st, " AND ");
		statement_equal(st, model_column(model, model->keys[i]), alias,
						model_argument_type(model_column(model, model->keys[i])));
	}
}

/* Appends " AND alias.deleted_at IS NULL" for models with soft delete. */
void
statement_and_live(Statement *st, const Model *model, const char *alias)
{
	if (model->deleted_at)
		statement_add(st, " AND %s.%s IS NULL", alias,
					  model_column(model, model->deleted_at)->quoted);
}

/*
 * The same where the key says which row it is:
 *
 *	 AND COALESCE(t.deleted_at IS NULL, false)
 *
 * PostgreSQL does not see through it.  It would else take a partial index of
 * live rows for as good as the primary key, as long as the table was small
 * when the plan was made, and the plan is kept: a row by its key would cost as
 * much as all rows of its owner.
 */
void
statement_and_live_by_key(Statement *st, const Model *model, const char *alias)
{
	if (model->deleted_at)
		statement_add(st, " AND COALESCE(%s.%s IS NULL, false)", alias,
					  model_column(model, model->deleted_at)->quoted);
}

/*
 * Appends the time for a lifecycle column: pg_catalog.now() or another clock;
 * for a column without time zone, UTC's.
 */
void
statement_time(Statement *st, const Column *column, const char *clock)
{
	if (column->basetype == TIMESTAMPOID)
		statement_add(st, "pg_catalog.timezone('UTC', pg_catalog.%s())", clock);
	else
		statement_add(st, "pg_catalog.%s()", clock);
}

/*
 * Appends what every change of a row moves, each with a comma in front:
 *
 *	, updated_at = pg_catalog.now(), version = t.version + 1
 *
 * given: columns that the statement sets already, or NULL.
 */
void
statement_moved(Statement *st, const Model *model, const char *alias, const char *clock,
				const bool *given)
{
	if (model->updated_at && !(given && given[model->updated_at - 1]))
	{
		Column	   *column = model_column(model, model->updated_at);

		statement_add(st, ", %s = ", column->quoted);
		statement_time(st, column, clock);
	}
	if (model->version && !(given && given[model->version - 1]))
	{
		Column	   *column = model_column(model, model->version);

		statement_add(st, ", %s = %s.%s OPERATOR(pg_catalog.+) 1", column->quoted, alias,
					  column->quoted);
	}
}

/*
 * Appends the beginning of a soft delete:
 *
 *	UPDATE public.task AS t SET deleted_at = pg_catalog.now(), updated_at = pg_catalog.now()
 */
void
statement_mark_deleted(Statement *st, const Model *model, const char *alias)
{
	Column	   *deleted_at = model_column(model, model->deleted_at);

	statement_add(st, "UPDATE %s AS %s SET %s = ", model->qualified, alias, deleted_at->quoted);
	statement_time(st, deleted_at, "now");
	statement_moved(st, model, alias, "now", NULL);
}

void
statement_returning(Statement *st, const Model *model, const char *alias)
{
	statement_add(st, " RETURNING ");
	statement_columns(st, model, alias);
}
