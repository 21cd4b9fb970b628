/*
 * statement.h
 *	  Builds the text of one SQL statement and the types of its parameters
 *	  together, so that the two cannot drift apart.
 *
 * No "$n" is written outside this module, no identifier is written unquoted,
 * no operator is chosen by name.
 */
#ifndef TODO_ORM_STATEMENT_H
#define TODO_ORM_STATEMENT_H

#include "compat.h"

#include "lib/stringinfo.h"

#include "model.h"

typedef struct Statement
{
	StringInfoData sql;			/* the text so far */
	int			nparams;		/* parameters so far */
	int			capacity;		/* room in types */
	Oid		   *types;			/* their types */
} Statement;

extern void statement_init(Statement *st);
extern void statement_add(Statement *st, const char *format,...) pg_attribute_printf(2, 3);
extern int	statement_declare(Statement *st, Oid type);
extern void statement_param(Statement *st, Oid type);
extern void statement_param_again(Statement *st, int number);
extern void statement_columns(Statement *st, const Model *model, const char *alias);
extern void statement_live_columns(Statement *st, const Model *model, const char *alias);
extern void statement_equal(Statement *st, const Column *column, const char *alias, Oid type);
extern void statement_equal_again(Statement *st, const Column *column, const char *alias,
								  int number);
extern void statement_equal_literal(Statement *st, const Column *column, const char *alias,
									const char *value);
extern void statement_equal_expression(Statement *st, const Column *column, const char *alias,
									   const char *expression);
extern void statement_equal_columns(Statement *st, const Column *left, const char *left_alias,
									const Column *right, const char *right_alias);
extern void statement_equality_operator(Statement *st, const Column *column);
extern void statement_compare(Statement *st, const Column *column, const char *alias,
							  int strategy, int number);
extern void statement_where_owner(Statement *st, const Model *model, const char *alias);
extern void statement_where_key(Statement *st, const Model *model, const char *alias);
extern void statement_and_live(Statement *st, const Model *model, const char *alias);
extern void statement_and_live_by_key(Statement *st, const Model *model, const char *alias);
extern void statement_time(Statement *st, const Column *column, const char *clock);
extern void statement_moved(Statement *st, const Model *model, const char *alias, const char *clock,
							const bool *given);
extern void statement_mark_deleted(Statement *st, const Model *model, const char *alias);
extern void statement_returning(Statement *st, const Model *model, const char *alias);

#endif							/* TODO_ORM_STATEMENT_H */
