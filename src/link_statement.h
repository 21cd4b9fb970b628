/*
 * link_statement.h
 *	  What the statements through a link table have in common.
 *
 * In their text "l" is the link table, "t" the target, "a" the table that the
 * relationship starts from, "k" the ids of a call.  Their plans live with the
 * descriptor of the table that the relationship starts from, which goes stale
 * with each of the three.  The first parameters of each are the owner, where
 * there is one, and the row's columns that links refer to.
 */
#ifndef TODO_ORM_LINK_STATEMENT_H
#define TODO_ORM_LINK_STATEMENT_H

#include "compat.h"

#include "along.h"
#include "call.h"
#include "plan.h"
#include "statement.h"

/* The owner, the row's columns, and an array for each key column of the target. */
#define LINK_MAX_PARAMS (2 * INDEX_MAX_KEYS + 1)

/* Tells statements through a link table apart. */
typedef struct LinkShape
{
	Oid			near;			/* its foreign key to where the relationship starts */
	Oid			far;			/* its foreign key to the target */
	int			variant;		/* of a kind of statement */
} LinkShape;

/* What a builder is given: the shape, first, and what the shape stands for. */
typedef struct LinkStatement
{
	LinkShape	shape;
	const Relationship *relationship;
	const Model *from;			/* where the relationship starts */
	const Model *link;			/* the link table */
	const Model *target;		/* where it leads */
} LinkStatement;

/* A WHERE clause on its way. */
typedef struct Conditions
{
	Statement  *st;
	int			count;			/* so far */
} Conditions;

extern Model *link_model(const Relationship *relationship);
extern void link_statement_init(LinkStatement *statement, const Call *call,
								const Relationship *relationship, int variant);
extern uint64 link_statement_run(Call *call, PlanKind kind, const LinkStatement *statement,
								 PlanBuilder build, const Datum *values, const bool *nulls,
								 RowSink sink, void *arg);
extern void link_declare_row(Statement *st, const LinkStatement *statement);
extern int	link_bind_row(const Call *call, const Relationship *relationship,
						  const KeyValues *key, Datum *values);
extern Datum *link_bind_all(Call *call, const KeyValues *key, const Datum *arrays);
extern int	link_row_param(const LinkStatement *statement, int i);
extern void link_condition(Conditions *where);
extern void link_where_owner(Conditions *where, const Model *model, const char *alias);
extern void link_where_live(Conditions *where, const Model *model, const char *alias);
extern void link_where_linked(Conditions *where, const LinkStatement *statement);
extern void link_where_target(Conditions *where, const LinkStatement *statement);
extern void link_append_far_join(Statement *st, const LinkStatement *statement);

#endif							/* TODO_ORM_LINK_STATEMENT_H */
