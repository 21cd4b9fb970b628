/*
 * segment.c
 *	  The rows behind a cursor, in parts that an index can give in order.
 *
 * Where all that is left of an order runs in one direction over columns that
 * are never null, it is one comparison of rows.  Else the parts are, for
 * (a, b, c): a and b equal and c behind, a equal and b behind, a behind; and
 * the nulls of a column where the order puts them.  Read one after the other
 * until there are enough rows, they cost what they give, however deep the
 * cursor stands.
 */
#include "compat.h"

#include "access/stratnum.h"
#include "access/transam.h"
#include "utils/typcache.h"

#include "cursor.h"
#include "sort.h"

static bool
is_descending(const SortItem *item, const Segment *segment)
{
	return item->descending != (segment->backward != 0);
}

/* Do nulls stand behind values, in the direction of reading? */
static bool
nulls_behind(const SortItem *item, bool backward)
{
	return item->nulls_first == backward;
}

/* Can nulls be among its values?  A related row may be missing. */
bool
segment_can_be_null(const Model *model, const SortItem *item)
{
	const char *alias;

	return item->relationship != NO_RELATIONSHIP ||
		!sort_column(model, item, "t", &alias)->notnull;
}

/* Can items be compared as a row?  The operators must be found by their names. */
static bool
fits_row(const Model *model, const SortItem *item, const SortItem *last)
{
	const char *alias;
	const Column *column = sort_column(model, item, "t", &alias);

	return item->descending == last->descending && !segment_can_be_null(model, item) &&
		lookup_type_cache(column->basetype, TYPECACHE_LT_OPR)->lt_opr < FirstNormalObjectId;
}

static void
add_segment(Segment *segments, int *n, const Cursor *cursor, SegmentKind kind, int at)
{
	Segment    *segment = &segments[*n];

	segment->kind = kind;
	segment->at = at;
	segment->backward = cursor->backward;
	segment->inclusive = cursor->inclusive;
	(*n)++;
}

/* The parts in which item "at" is no longer the row's own. */
static void
add_behind(const CursorOrder *order, const Cursor *cursor, int at, Segment *segments, int *n)
{
	const SortItem *item = &order->items[at];
	bool		behind = nulls_behind(item, cursor->backward);

	if (cursor->nulls[at])
	{
		if (!behind)
			add_segment(segments, n, cursor, SEGMENT_NOT_NULL, at);
		return;
	}
	add_segment(segments, n, cursor, SEGMENT_BEHIND, at);
	if (behind && segment_can_be_null(order->model, item))
		add_segment(segments, n, cursor, SEGMENT_NULL, at);
}

/* The parts behind a cursor, in the order in which they are read; NULL: no cursor. */
int
cursor_segments(const CursorOrder *order, const Cursor *cursor, Segment *segments)
{
	int			n = 0;
	int			from = order->nitems;
	uint64		nulls = 0;

	memset(segments, 0, sizeof(Segment) * MAX_SEGMENTS);
	if (cursor == NULL || order->nitems == 0)
	{
		segments[0].kind = SEGMENT_ALL;
		segments[0].backward = cursor && cursor->backward;
		return 1;
	}
	while (from > 0 && fits_row(order->model, &order->items[from - 1],
								&order->items[order->nitems - 1]))
		from--;
	if (from < order->nitems)
		add_segment(segments, &n, cursor, SEGMENT_BEHIND_ROWS, from);
	else if (cursor->inclusive)
		add_segment(segments, &n, cursor, SEGMENT_ROW, from);
	for (int at = from - 1; at >= 0; at--)
		add_behind(order, cursor, at, segments, &n);
	for (int i = 0; i < order->nitems; i++)
		nulls |= cursor->nulls[i] ? UINT64CONST(1) << i : 0;
	for (int i = 0; i < n; i++)
		segments[i].nulls = nulls;
	return n;
}

static bool
is_null(const Segment *segment, int i)
{
	return (segment->nulls >> i) & 1;
}

/* Appends whether a column is null; of a row, IS NULL would ask its fields. */
static void
append_null(Statement *st, const Column *column, const char *alias, bool is_null)
{
	statement_add(st, "%s.%s IS %sDISTINCT FROM NULL", alias, column->quoted,
				  is_null ? "NOT " : "");
}

/* Appends: t.a = $3 AND t.b IS NULL -- the items before "at" */
static void
append_equal(Statement *st, const Model *model, const char *alias, const SortItem *items,
			 const Segment *segment)
{
	for (int i = 0; i < segment->at; i++)
	{
		const char *item_alias;
		const Column *column = sort_column(model, &items[i], alias, &item_alias);

		statement_add(st, " AND ");
		if (is_null(segment, i))
			append_null(st, column, item_alias, true);
		else
			statement_compare(st, column, item_alias, BTEqualStrategyNumber,
							  statement_declare(st, column->basetype));
	}
}

/* Appends: ROW(t.created_at, t.id) OPERATOR(pg_catalog.<) ROW($3, $4) */
static void
append_rows(Statement *st, const Model *model, const char *alias, const SortItem *items,
			int nitems, const Segment *segment)
{
	bool		descending = is_descending(&items[segment->at], segment);

	for (int i = segment->at; i < nitems; i++)
	{
		const char *item_alias;
		const Column *column = sort_column(model, &items[i], alias, &item_alias);

		statement_add(st, "%s%s.%s", i == segment->at ? "ROW(" : ", ", item_alias, column->quoted);
	}
	statement_add(st, ") OPERATOR(pg_catalog.%s%s) ", descending ? "<" : ">",
				  segment->inclusive ? "=" : "");
	for (int i = segment->at; i < nitems; i++)
	{
		const char *item_alias;

		statement_add(st, "%s", i == segment->at ? "ROW(" : ", ");
		statement_param(st, sort_column(model, &items[i], alias, &item_alias)->basetype);
	}
	statement_add(st, ")");
}

/* Appends the condition of one part. */
void
cursor_append(Statement *st, const Model *model, const char *alias, const SortItem *items,
			  int nitems, const Segment *segment)
{
	const char *item_alias = alias;
	const Column *column = NULL;

	if (segment->kind == SEGMENT_ALL)
		return;
	append_equal(st, model, alias, items, segment);
	if (segment->kind == SEGMENT_ROW)
		return;
	statement_add(st, " AND ");
	if (segment->kind == SEGMENT_BEHIND_ROWS)
	{
		append_rows(st, model, alias, items, nitems, segment);
		return;
	}
	column = sort_column(model, &items[segment->at], alias, &item_alias);
	if (segment->kind == SEGMENT_BEHIND)
		statement_compare(st, column, item_alias,
						  is_descending(&items[segment->at], segment) ?
						  BTLessStrategyNumber : BTGreaterStrategyNumber,
						  statement_declare(st, column->basetype));
	else
		append_null(st, column, item_alias, segment->kind == SEGMENT_NULL);
}

/* Fills the parameters that cursor_append() has written; answers how many. */
int
cursor_bind(const CursorOrder *order, const Cursor *cursor, const Segment *segment, Datum *values)
{
	int			n = 0;
	int			upto = segment->at;

	if (segment->kind == SEGMENT_ALL)
		return 0;
	if (segment->kind == SEGMENT_BEHIND_ROWS)
		upto = order->nitems;
	else if (segment->kind == SEGMENT_BEHIND)
		upto = segment->at + 1;
	for (int i = 0; i < upto; i++)
		if (!cursor->nulls[i])
			values[n++] = cursor->values[i];
	return n;
}
