/*
 * page.h
 *	  One page of a query: its rows, and the cursors to its neighbours.
 */
#ifndef TODO_ORM_PAGE_H
#define TODO_ORM_PAGE_H

#include "compat.h"

#include "lib/stringinfo.h"

#include "query.h"

/* Which rows of a query are wanted. */
typedef struct PageRequest
{
	Cursor		cursor;			/* where to begin */
	bool		has_cursor;		/* false: at the beginning, or at the end */
	bool		backward;		/* read towards the beginning */
	int64		take;			/* never negative */
	int64		skip;
} PageRequest;

/* A page that was read: its rows, and whether the read met one more. */
typedef struct RowPage
{
	RowQuery	query;
	PageRequest request;
	QueryRows	rows;
	int64		first;			/* the first of them that belongs to the page */
	int64		count;			/* how many do */
	bool		more;			/* in the direction of reading */
} RowPage;

extern void page_request_read(Call *call, RowQuery *query, PageRequest *request);
extern const Cursor *page_request_cursor(const PageRequest *request);
extern void page_read(Call *call, RowPage *page);
extern void page_append_rest(Call *call, const RowPage *page, StringInfo json);

#endif							/* TODO_ORM_PAGE_H */
