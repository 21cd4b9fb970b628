/*
 * extra.h
 *	  Settings of functions that todo_orm.add_function adds: which rows they are
 *	  for, which columns they set, which columns mean something to them.
 *
 *	  {"where": {"status": "streaming"}, "values": {"status": "complete"}}
 */
#ifndef TODO_ORM_EXTRA_H
#define TODO_ORM_EXTRA_H

#include "compat.h"

#include "model.h"
#include "operation.h"
#include "payload.h"
#include "statement.h"

/* A column that the function sets, and to what. */
typedef struct FixedValue
{
	AttrNumber	attnum;
	bool		isnull;
	Datum		value;			/* of the column's base type */
} FixedValue;

/* A path into a jsonb column. */
typedef struct ColumnPath
{
	AttrNumber	attnum;			/* 0: none */
	char	   *path;			/* a jsonpath */
} ColumnPath;

typedef struct ExtraSettings
{
	Jsonb	   *json;			/* as given; what follows points into it. NULL: none were given */
	JsonbContainer *where;		/* what a row must be like; NULL: anything */
	int			nvalues;
	FixedValue *values;			/* columns that the function sets */
	AttrNumber	append;			/* text column that a piece is appended to; 0: none */
	AttrNumber	measure;		/* text column whose length counts; 0: none */
	JsonbContainer *turn;		/* rows that begin a turn; NULL: none does */
	JsonbContainer *answer;		/* rows that answer a call */
	JsonbContainer *pinned;		/* rows that can be kept, however old */
	ColumnPath	calls;			/* the ids of a row's calls */
	ColumnPath	answers;		/* the ids that a row answers */
} ExtraSettings;

/* A function whose settings are read. */
typedef struct ExtraSource
{
	const Model *model;			/* whose function it is */
	const char *name;			/* the function's name */
	const Operation *operation;
	const Relationship *relationship;	/* NULL: none */
	List	   *names;			/* char *: "arguments" of the body */
	Jsonb	   *json;			/* the settings, or NULL */
} ExtraSource;

/* extra.c */
extern void extra_read(const ExtraSource *source, ExtraSettings *settings);
extern void extra_read_again(const Model *model, const Operation *operation, Jsonb *json,
							 ExtraSettings *settings);

/* extra_apply.c */
extern int	extra_add_values(const ExtraSettings *settings, const Model *model,
							 TypedValue *values, int n);
extern void extra_set_nulls(const ExtraSettings *settings, RowValues *row);
extern void extra_append_where(Statement *st, const Model *model, const char *alias,
							   JsonbContainer *conditions);
extern void extra_append_where_by_key(Statement *st, const Model *model, const char *alias,
									  JsonbContainer *conditions);

#endif							/* TODO_ORM_EXTRA_H */
