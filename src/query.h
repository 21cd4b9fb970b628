/*
 * query.h
 *	  Rows of an owner by scope, match and sort: what a call asks for, and
 *	  reading it.
 */
#ifndef TODO_ORM_QUERY_H
#define TODO_ORM_QUERY_H

#include "compat.h"

#include "call.h"
#include "cursor.h"
#include "match.h"
#include "scope.h"

typedef struct RowQuery
{
	ScopeName	scope;
	Match		match;
	CursorOrder order;			/* the sort, made total */
	bool		own_order;		/* it is the caller's, not the model's */
	const char *sort_text;		/* as the caller wrote it, or NULL */
} RowQuery;

/* Rows that were read, in their natural order. */
typedef struct QueryRows
{
	TupleDesc	desc;			/* of the rows; NULL: there are none */
	MinimalTuple *tuples;
	int64		count;
	int64		capacity;
} QueryRows;

extern void query_read(Call *call, RowQuery *query);
extern void query_read_noted(Call *call, ErrorList *noted, RowQuery *query);
extern void query_bind_context(Call *call, RowQuery *query);
extern void query_append_where(Statement *st, const Model *model, const char *alias,
							   int owner_param, const ScopeName *scope, const int16 *words,
							   int length);
extern int	query_bind(const Call *call, const RowQuery *query, Datum *values);
extern void query_fetch(Call *call, const RowQuery *query, const Cursor *cursor, bool backward,
						bool with_order, int64 limit, int64 skip, RowSink sink, void *arg);
extern void query_collect(Call *call, const RowQuery *query, const Cursor *cursor, bool backward,
						  bool with_order, int64 limit, int64 skip, QueryRows *rows);
extern void query_cursor_of(Call *call, const RowQuery *query, const QueryRows *rows, int64 row,
							Cursor *cursor);
extern void query_each(const QueryRows *rows, int64 first, int64 count, RowSink sink, void *arg);
extern int64 query_count(Call *call, const RowQuery *query);

#endif							/* TODO_ORM_QUERY_H */
