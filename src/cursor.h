/*
 * cursor.h
 *	  Where a page begins: opaque tokens, and the conditions they stand for.
 *
 * A cursor holds the values of a row in the order of a list.  It belongs to
 * model, owner, scope, match and sort: a checksum over all of them refuses it
 * elsewhere.  It is no secret; forging one gains nothing.
 */
#ifndef TODO_ORM_CURSOR_H
#define TODO_ORM_CURSOR_H

#include "compat.h"

#include "model.h"
#include "statement.h"

/* as many items an order can have: those of a caller and those of a key */
#define CURSOR_MAX_ITEMS 64

typedef struct Cursor
{
	bool		backward;		/* the page lies before the row */
	bool		inclusive;		/* the row itself belongs to it */
	Datum		values[CURSOR_MAX_ITEMS];	/* of the columns of the order */
	bool		nulls[CURSOR_MAX_ITEMS];
} Cursor;

/* An order, and what else a cursor belongs to. */
typedef struct CursorOrder
{
	const Model *model;
	const SortItem *items;
	int			nitems;
	uint64		context;		/* hash of model, owner, scope, match and sort */
} CursorOrder;

/* A part of the rows behind a cursor that can be read in order from an index. */
typedef enum SegmentKind
{
	SEGMENT_ALL,				/* there is no cursor */
	SEGMENT_ROW,				/* the row itself: all items equal */
	SEGMENT_BEHIND_ROWS,		/* (a, b) > ($1, $2), from item "at" on */
	SEGMENT_BEHIND,				/* item "at" is behind the row's */
	SEGMENT_NULL,				/* item "at" is null */
	SEGMENT_NOT_NULL			/* item "at" is not null */
} SegmentKind;

typedef struct Segment
{
	int16		kind;			/* a SegmentKind */
	int16		at;				/* items before it are equal to the row's */
	int16		backward;		/* read towards the beginning */
	int16		inclusive;		/* of SEGMENT_BEHIND_ROWS */
	uint64		nulls;			/* bit i: the row's i-th value is null */
} Segment;

#define MAX_SEGMENTS (2 * CURSOR_MAX_ITEMS + 2)

extern uint64 cursor_hash(uint64 seed, const void *data, Size size);
extern uint64 cursor_hash_text(uint64 seed, const char *text);
extern uint64 cursor_hash_rows(Model *model, Datum owner);
extern void cursor_decode(const CursorOrder *order, const char *text, Cursor *cursor);
extern char *cursor_encode(const CursorOrder *order, const Cursor *cursor);
extern bool segment_can_be_null(const Model *model, const SortItem *item);
extern int	cursor_segments(const CursorOrder *order, const Cursor *cursor, Segment *segments);
extern void cursor_append(Statement *st, const Model *model, const char *alias,
						  const SortItem *items, int nitems, const Segment *segment);
extern int	cursor_bind(const CursorOrder *order, const Cursor *cursor, const Segment *segment,
						Datum *values);

#endif							/* TODO_ORM_CURSOR_H */
