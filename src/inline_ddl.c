/*
 * inline_ddl.c
 *	  The DDL of a function of the row that the planner can inline.
 *
 * Written in SQL and with the caller's rights, it becomes part of the query
 * that calls it, which is much faster along many rows (bench/README.md).  It
 * is the user's own, to be put into a migration: unlike the functions that
 * registering makes, it knows table and columns by the names of today, and
 * serves nobody who has no right on the tables.
 */
#include "compat.h"

#include "storage/lmgr.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"

#include "expiry.h"
#include "identity.h"
#include "model.h"
#include "relationship.h"
#include "sort.h"
#include "statement.h"

PG_FUNCTION_INFO_V1(todo_orm_inline_function_ddl);
PG_FUNCTION_INFO_V1(todo_orm_refuse_owner);

/* The row argument, as an alias in front of its columns. */
#define ROW_ARGUMENT "($1)"

/* t.user_id OPERATOR(pg_catalog.=) ($1).user_id AND t.conversation_id ... */
static void
append_pairs(Statement *st, const Model *left, const AttrNumber *left_columns, const char *left_alias,
			 const Model *right, const AttrNumber *right_columns, const char *right_alias, int n)
{
	for (int i = 0; i < n; i++)
	{
		statement_add(st, "%s", i == 0 ? "" : " AND ");
		statement_equal_columns(st, model_column(left, left_columns[i]), left_alias,
								model_column(right, right_columns[i]), right_alias);
	}
}

/* Appends, for each table that has an owner:  AND l.user_id = ($1).user_id */
static void
append_owner(Statement *st, const Model *model, const Model *from, const char *alias)
{
	if (model->owner == 0 || from->owner == 0)
		return;
	statement_add(st, " AND ");
	statement_equal_columns(st, model_column(model, model->owner), alias,
							model_column(from, from->owner), ROW_ARGUMENT);
}

/*
 * FROM public.post_tag AS l JOIN public.tag AS t ON t.id = l.tag_id
 *	WHERE l.post_id = ($1).id AND l.user_id = ($1).user_id AND t.user_id = ($1).user_id
 */
static void
append_linked(Statement *st, const Model *from, const Model *target,
			  const Relationship *relationship)
{
	const LinkTable *table = relationship->link;
	const Model *link = model_slot_current(table->slot);
	bool		joins_from = from->owner && link->owner == 0;

	statement_add(st, " FROM %s AS l JOIN %s AS t ON ", link->qualified, target->qualified);
	append_pairs(st, target, relationship->other, "t", link, table->far, "l", table->nfar);
	if (joins_from)
	{
		/* whose row it is, a row made by hand cannot say */
		statement_add(st, " JOIN %s AS a ON ", from->qualified);
		append_pairs(st, from, relationship->own, "a", link, table->near, "l",
					 relationship->ncolumns);
	}
	statement_add(st, " WHERE ");
	append_pairs(st, link, table->near, "l", from, relationship->own, ROW_ARGUMENT,
				 relationship->ncolumns);
	append_owner(st, link, from, "l");
	append_owner(st, target, from, "t");
	if (joins_from)
		append_owner(st, from, from, "a");
	statement_and_live(st, link, "l");
}

/* FROM public.message AS t WHERE t.user_id = ($1).user_id AND t.conversation_id = ($1).id */
static void
append_direct(Statement *st, const Model *from, const Model *target,
			  const Relationship *relationship)
{
	statement_add(st, " FROM %s AS t WHERE ", target->qualified);
	append_pairs(st, target, relationship->other, "t", from, relationship->own, ROW_ARGUMENT,
				 relationship->ncolumns);
}

/*
 * Appends that the row is the identity's, or that there is none:
 *
 *	AND CASE WHEN COALESCE(current_setting('todo_orm.user_id', true), '') = '' THEN true
 *		WHEN current_setting('todo_orm.user_id', true)::text = ($1).user_id THEN true
 *		ELSE todo_orm.refuse_owner('todo_orm.user_id') END
 */
static void
append_identity(Statement *st, const Model *from)
{
	const char *setting;
	const char *owner;
	Column		identity;

	if (from->owner == 0 || from->owner_setting == NULL)
		return;
	identity = *model_column(from, from->owner);
	setting = quote_literal_cstr(from->owner_setting);
	owner = psprintf("pg_catalog.current_setting(%s, true)::%s", setting,
					 model_type_name(identity.basetype));
	statement_add(st, " AND CASE WHEN COALESCE(pg_catalog.current_setting(%s, true), '') "
				  "OPERATOR(pg_catalog.=) '' THEN true WHEN ", setting);
	statement_equal_expression(st, &identity, ROW_ARGUMENT, owner);
	statement_add(st, " THEN true ELSE todo_orm.refuse_owner(%s::pg_catalog.text) END", setting);
}

/* SELECT t.* FROM ... ORDER BY ... */
static char *
query(const Model *from, const Relationship *relationship)
{
	const Model *target = model_slot_current(relationship->target_slot);
	Statement	st;

	statement_init(&st);
	statement_add(&st, "SELECT t.*");
	if (relationship->link)
		append_linked(&st, from, target, relationship);
	else
		append_direct(&st, from, target, relationship);
	statement_and_live(&st, target, "t");
	append_identity(&st, from);
	if (relationship->kind != RELATIONSHIP_MANY_TO_ONE && target->nsort > 0)
	{
		statement_add(&st, " ORDER BY ");
		sort_append(&st.sql, target, "t", target->sort, target->nsort, false);
	}
	return st.sql.data;
}

/*
 * CREATE FUNCTION public.all_messages(conversation public.conversation)
 *	RETURNS SETOF public.message LANGUAGE sql STABLE PARALLEL SAFE ROWS 50 AS '...';
 * ALTER FUNCTION public.all_messages(public.conversation) DEPENDS ON EXTENSION todo_orm;
 */
static char *
ddl(const Model *model, const Relationship *relationship, const char *name)
{
	const char *function = quote_qualified_identifier(model->schema_name, name);
	const char *argument = model_type_name(model->rowtype);
	bool		to_one = relationship->kind == RELATIONSHIP_MANY_TO_ONE;

	return psprintf("CREATE FUNCTION %s(%s %s) RETURNS SETOF %s LANGUAGE sql STABLE PARALLEL SAFE "
					"ROWS %d AS %s; ALTER FUNCTION %s(%s) DEPENDS ON EXTENSION todo_orm;",
					function, quote_identifier(model->name), argument,
					model_type_name(get_rel_type_id(relationship->target)), to_one ? 1 : 50,
					quote_literal_cstr(query(model, relationship)), function, argument);
}

/*
 * todo_orm.inline_function_ddl(model regclass, relationship text, name text) RETURNS text
 *
 * Errors: 55000 for a table that is no model, 22023 for an unknown relationship.
 */
Datum
todo_orm_inline_function_ddl(PG_FUNCTION_ARGS)
{
	Oid			relid = PG_GETARG_OID(0);
	char	   *relationship = text_to_cstring(PG_GETARG_TEXT_PP(1));
	char	   *name = text_to_cstring(PG_GETARG_TEXT_PP(2));
	int			depth = expiry_enter();
	const Relationship *found;
	Model	   *model;
	char	   *result;

	LockRelationOid(relid, AccessShareLock);
	model = model_require_registered(relid);
	found = relationship_require(model, relationship);
	LockRelationOid(found->target, AccessShareLock);
	if (found->link)
		LockRelationOid(found->link->relid, AccessShareLock);
	result = ddl(model, found, name);
	expiry_leave(depth);
	PG_RETURN_TEXT_P(cstring_to_text(result));
}

/* todo_orm.refuse_owner(setting text) RETURNS boolean: for what those functions are made of */
Datum
todo_orm_refuse_owner(PG_FUNCTION_ARGS)
{
	identity_refuse(text_to_cstring(PG_GETARG_TEXT_PP(0)));
	PG_RETURN_BOOL(false);
}
