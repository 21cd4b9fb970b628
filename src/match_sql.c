/*
 * match_sql.c
 *	  Writes the program of a match as SQL.
 *
 * Parameters are written in the order in which match.c has put the values.
 * Operators are chosen by OID or stand in pg_catalog, so that a filter can
 * neither run somebody's function before the owner is compared nor mean
 * another one by the search_path.
 */
#include "compat.h"

#include "access/htup_details.h"
#include "access/stratnum.h"
#include "catalog/pg_namespace.h"
#include "catalog/pg_type.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"

#include "match.h"
#include "search_config.h"

/* How far a program is written. */
typedef struct MatchWriter
{
	Statement  *st;
	const int16 *words;
	int			at;				/* the next word */
	int			owner_param;	/* number of the parameter; 0: no owner */
	int			aliases;		/* related tables so far */
} MatchWriter;

static void write_node(MatchWriter *writer, const Model *model, const char *alias);

static int
next_word(MatchWriter *writer)
{
	return writer->words[writer->at++];
}

/* Appends: t.data, or t.data::pg_catalog.jsonb for json, which has no operators */
static char *
operand(const Column *column, const char *alias)
{
	if (column->basetype == JSONOID)
		return psprintf("%s.%s::pg_catalog.jsonb", alias, column->quoted);
	return psprintf("%s.%s", alias, column->quoted);
}

/* Appends: t.completed OPERATOR(pg_catalog.=) $3 */
static void
write_equal(MatchWriter *writer, const Column *column, const char *alias)
{
	if (match_is_json(column))
	{
		statement_add(writer->st, "%s OPERATOR(pg_catalog.=) ", operand(column, alias));
		statement_param(writer->st, JSONBOID);
	}
	else
		statement_equal(writer->st, column, alias, column->basetype);
}

/* Appends: t.status OPERATOR(pg_catalog.=) ANY ($3) */
static void
write_any(MatchWriter *writer, const Column *column, const char *alias)
{
	statement_add(writer->st, "%s ", operand(column, alias));
	statement_equality_operator(writer->st, column);
	statement_add(writer->st, " ANY (");
	statement_param(writer->st, get_array_type(match_is_json(column) ? JSONBOID : column->basetype));
	statement_add(writer->st, ")");
}

/* Appends: (t.status = ANY ($3) OR t.status IS NULL), "IS NOT TRUE" behind it for nin */
static void
write_list(MatchWriter *writer, const Column *column, const char *alias, MatchOperator operator,
		   int variant)
{
	int			n = VARIANT_COUNT(variant);
	const char *separator = "";

	statement_add(writer->st, "(");
	if (n == 0 && !(type_is_array(column->basetype)))
	{
		write_any(writer, column, alias);
		separator = " OR ";
	}
	for (int i = 0; i < n; i++)
	{
		statement_add(writer->st, "%s", separator);
		write_equal(writer, column, alias);
		separator = " OR ";
	}
	if (variant & VARIANT_WITH_NULL)
		statement_add(writer->st, "%s%s.%s IS NOT DISTINCT FROM NULL", separator, alias,
					  column->quoted);
	statement_add(writer->st, ")%s", operator == MATCH_NIN ? " IS NOT TRUE" : "");
}

/*
 * Appends a column as text: t.title, or t.name::pg_catalog.text; patterns know no
 * collation that takes different strings for equal.
 */
static void
write_text(MatchWriter *writer, const Column *column, const char *alias)
{
	statement_add(writer->st, "%s.%s%s%s", alias, column->quoted,
				  column->basetype == TEXTOID ? "" : "::pg_catalog.text",
				  OidIsValid(column->collation) &&
				  !get_collation_isdeterministic(column->collation) ?
				  " COLLATE pg_catalog.\"default\"" : "");
}

/* Has the type a LIKE of its own, as citext has?  It stands in the type's schema. */
static char *
own_like_schema(const Column *column, const char *operator)
{
	HeapTuple	tuple = SearchSysCache1(TYPEOID, ObjectIdGetDatum(column->basetype));
	Oid			schema = ((Form_pg_type) GETSTRUCT(tuple))->typnamespace;
	bool		exists;

	ReleaseSysCache(tuple);
	exists = schema != PG_CATALOG_NAMESPACE &&
		SearchSysCacheExists4(OPERNAMENSP, CStringGetDatum(operator),
							  ObjectIdGetDatum(column->basetype),
							  ObjectIdGetDatum(column->basetype), ObjectIdGetDatum(schema));
	return exists ? get_namespace_name(schema) : NULL;
}

/* Appends: t.title OPERATOR(pg_catalog.~~*) $3 */
static void
write_like(MatchWriter *writer, const Column *column, const char *alias, bool any_case)
{
	const char *operator = any_case ? "~~*" : "~~";
	char	   *schema = own_like_schema(column, operator);

	if (schema)
	{
		statement_add(writer->st, "%s.%s OPERATOR(%s.%s) ", alias, column->quoted,
					  quote_identifier(schema), operator);
		statement_param(writer->st, TEXTOID);
		statement_add(writer->st, "::%s", model_type_name(column->basetype));
		return;
	}
	write_text(writer, column, alias);
	statement_add(writer->st, " OPERATOR(pg_catalog.%s) ", operator);
	statement_param(writer->st, TEXTOID);
}

/* Appends: t.tags OPERATOR(pg_catalog.@>) $3 */
static void
write_contains(MatchWriter *writer, const Column *column, const char *alias, ContainsKind kind)
{
	if (kind == CONTAINS_TEXT)
	{
		write_like(writer, column, alias, true);
		return;
	}
	statement_add(writer->st, "%s OPERATOR(pg_catalog.@>) ", operand(column, alias));
	statement_param(writer->st, match_contains_type(column, kind));
}

/*
 * Appends a full-text search, in the words of the model's index where there is
 * one, so that it is used:
 *
 *	pg_catalog.to_tsvector('english', t.title) OPERATOR(pg_catalog.@@) $3
 */
static void
write_search(MatchWriter *writer, const Model *model, const Column *column, const char *alias)
{
	SearchIndex index;

	search_config_find(model, column, alias, &index);
	if (index.document)
		statement_add(writer->st, "%s", index.document);
	else if (column->basetype == TSVECTOROID)
		statement_add(writer->st, "%s.%s", alias, column->quoted);
	else
	{
		statement_add(writer->st, "pg_catalog.to_tsvector(");
		write_text(writer, column, alias);
		statement_add(writer->st, ")");
	}
	statement_add(writer->st, " OPERATOR(pg_catalog.@@) ");
	statement_param(writer->st, TSQUERYOID);
}

static void
write_comparison(MatchWriter *writer, const Column *column, const char *alias,
				 MatchOperator operator)
{
	static const StrategyNumber strategies[] = {
		[MATCH_GT] = BTGreaterStrategyNumber,
		[MATCH_GTE] = BTGreaterEqualStrategyNumber,
		[MATCH_LT] = BTLessStrategyNumber,
		[MATCH_LTE] = BTLessEqualStrategyNumber
	};

	statement_compare(writer->st, column, alias, strategies[operator],
					  statement_declare(writer->st, column->basetype));
}

/* A column, its operator and the variant. */
static void
write_column(MatchWriter *writer, const Model *model, const char *alias)
{
	const Column *column = model_column(model, next_word(writer));
	MatchOperator operator = next_word(writer);
	int			variant = next_word(writer);

	switch (operator)
	{
		case MATCH_EQ:
			write_equal(writer, column, alias);
			break;
		case MATCH_NE:
			statement_add(writer->st, "(");
			write_equal(writer, column, alias);
			statement_add(writer->st, ") IS NOT TRUE");
			break;
		case MATCH_IN:
		case MATCH_NIN:
			write_list(writer, column, alias, operator, variant);
			break;
		case MATCH_LIKE:
		case MATCH_ILIKE:
			write_like(writer, column, alias, operator == MATCH_ILIKE);
			break;
		case MATCH_NULL:
			/* a row of nulls is null for IS NULL, and is none here */
			statement_add(writer->st, "%s.%s IS%s DISTINCT FROM NULL", alias, column->quoted,
						  variant ? " NOT" : "");
			break;
		case MATCH_CONTAINS:
			write_contains(writer, column, alias, variant);
			break;
		case MATCH_SEARCH:
			write_search(writer, model, column, alias);
			break;
		default:
			write_comparison(writer, column, alias, operator);
	}
}

/* Appends, for each table with an owner:  AND m1.user_id = $1 */
static void
write_owner(MatchWriter *writer, const Model *model, const char *alias)
{
	if (model->owner == 0 || writer->owner_param == 0)
		return;
	statement_add(writer->st, " AND ");
	statement_equal_again(writer->st, model_column(model, model->owner), alias,
						  writer->owner_param);
}

/* Appends: m1.user_id = t.user_id AND m1.conversation_id = t.id */
static void
write_pairs(MatchWriter *writer, const Model *left, const AttrNumber *left_columns,
			const char *left_alias, const Model *right, const AttrNumber *right_columns,
			const char *right_alias, int n)
{
	for (int i = 0; i < n; i++)
	{
		statement_add(writer->st, "%s", i == 0 ? "" : " AND ");
		statement_equal_columns(writer->st, model_column(left, left_columns[i]), left_alias,
								model_column(right, right_columns[i]), right_alias);
	}
}

/* FROM public.message AS m1 WHERE m1.user_id = t.user_id AND m1.conversation_id = t.id ... */
static void
write_source(MatchWriter *writer, const Model *model, const char *alias,
			 const Relationship *relationship, const Model *target, const char *target_alias)
{
	const LinkTable *table = relationship->link;
	const Model *link;
	char	   *link_alias;

	if (table == NULL)
	{
		statement_add(writer->st, " FROM %s AS %s WHERE ", target->qualified, target_alias);
		write_pairs(writer, target, relationship->other, target_alias, model, relationship->own,
					alias, relationship->ncolumns);
		return;
	}
	link = model_slot_current(table->slot);
	link_alias = psprintf("l%s", target_alias + 1);
	statement_add(writer->st, " FROM %s AS %s JOIN %s AS %s ON ", link->qualified, link_alias,
				  target->qualified, target_alias);
	write_pairs(writer, target, relationship->other, target_alias, link, table->far, link_alias,
				table->nfar);
	statement_add(writer->st, " WHERE ");
	write_pairs(writer, link, table->near, link_alias, model, relationship->own, alias,
				relationship->ncolumns);
	write_owner(writer, link, link_alias);
	statement_and_live(writer->st, link, link_alias);
}

/*
 * [NOT] EXISTS (SELECT 1 FROM public.message AS m1 WHERE m1.user_id = t.user_id
 *	AND m1.conversation_id = t.id AND m1.user_id = $1 AND <what must match>)
 */
static void
write_related(MatchWriter *writer, const Model *model, const char *alias)
{
	const Relationship *relationship = &model->relationships[next_word(writer)];
	MatchQuantifier quantifier = next_word(writer);
	const Model *target = model_slot_current(relationship->target_slot);
	char	   *target_alias = psprintf("m%d", ++writer->aliases);

	/* the generation of the target's descriptor only tells shapes apart */
	writer->at += 4;
	statement_add(writer->st, "%sEXISTS (SELECT 1", quantifier == QUANTIFIER_SOME ? "" : "NOT ");
	write_source(writer, model, alias, relationship, target, target_alias);
	write_owner(writer, target, target_alias);
	statement_and_live(writer->st, target, target_alias);
	statement_add(writer->st, " AND (");
	write_node(writer, target, target_alias);
	statement_add(writer->st, ")%s)", quantifier == QUANTIFIER_EVERY ? " IS NOT TRUE" : "");
}

/* Appends: (<a> AND <b>); of none, what is neutral */
static void
write_list_of(MatchWriter *writer, const Model *model, const char *alias, bool all)
{
	int			n = next_word(writer);

	if (n == 0)
	{
		statement_add(writer->st, all ? "true" : "false");
		return;
	}
	statement_add(writer->st, "(");
	for (int i = 0; i < n; i++)
	{
		statement_add(writer->st, "%s", i == 0 ? "" : all ? " AND " : " OR ");
		write_node(writer, model, alias);
	}
	statement_add(writer->st, ")");
}

static void
write_node(MatchWriter *writer, const Model *model, const char *alias)
{
	switch ((MatchWord) next_word(writer))
	{
		case WORD_TRUE:
			statement_add(writer->st, "true");
			break;
		case WORD_FALSE:
			statement_add(writer->st, "false");
			break;
		case WORD_AND:
			write_list_of(writer, model, alias, true);
			break;
		case WORD_OR:
			write_list_of(writer, model, alias, false);
			break;
		case WORD_NOT:
			/* unknown is not true: not of it is */
			statement_add(writer->st, "(");
			write_node(writer, model, alias);
			statement_add(writer->st, ") IS NOT TRUE");
			break;
		case WORD_COLUMN:
			write_column(writer, model, alias);
			break;
		case WORD_RELATED:
			write_related(writer, model, alias);
			break;
	}
}

/*
 * Appends a match as a condition on "alias"; nothing for one that every row
 * fulfils.  owner_param: the number of the owner's parameter; 0: none.
 */
void
match_append(Statement *st, const Model *model, const char *alias, int owner_param,
			 const int16 *words, int length)
{
	MatchWriter writer = {st, words, 0, owner_param, 0};

	if (length == 0)
		return;
	statement_add(st, " AND ");
	write_node(&writer, model, alias);
	Assert(writer.at == length);
}
