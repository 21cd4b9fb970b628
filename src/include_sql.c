/*
 * include_sql.c
 *	  The statement that reads the related rows of many rows at once.
 *
 * The keys come as arrays, one for each column, with their place.  The rows of
 * each key are read by a subquery of their own, so that a limit holds for each
 * and an index gives them in order.  The plan lives with the descriptor of the
 * table that the relationship starts from; it goes stale with the others, too.
 */
#include "compat.h"

#include "catalog/pg_type.h"
#include "utils/lsyscache.h"

#include "ids.h"
#include "include.h"
#include "sort.h"

/* The fixed part of the shape; the items of the order and the match follow. */
typedef struct IncludeShape
{
	Oid			constraint;		/* of the relationship */
	Oid			far;			/* of its link table, to the target */
	int16		kind;			/* a RelationshipKind: one key has two sides */
	int16		limit;			/* 0: none, 1: the first, -1: the last ones */
	int16		counting;
	int16		nsort;			/* items that follow; 0: the model's own order */
	uint64		generation;		/* of the target's descriptor */
} IncludeShape;

/* What the statement is made from; it stands in front of the shape's bytes. */
typedef struct IncludeStatement
{
	const Include *include;
	bool		counting;		/* how many rows, instead of the rows */
} IncludeStatement;

/* Appends the bytes that tell the statement apart. */
static void
append_shape(StringInfo bytes, const Include *include, bool counting)
{
	const Relationship *relationship = include->relationship;
	IncludeShape shape;

	memset(&shape, 0, sizeof(shape));
	shape.constraint = relationship->constraint;
	shape.far = relationship->link ? relationship->link->far_constraint : InvalidOid;
	shape.kind = relationship->kind;
	shape.limit = counting || !include->has_take ? 0 : include->take < 0 ? -1 : 1;
	shape.counting = counting;
	shape.nsort = include->sort_text && !counting ? include->nsort : 0;
	shape.generation = include->generation;
	appendBinaryStringInfo(bytes, (const char *) &shape, sizeof(shape));
	sort_append_shape(bytes, include->sort, shape.nsort);
	if (include->match.length > 0)
		appendBinaryStringInfo(bytes, (const char *) include->match.words,
							   sizeof(int16) * include->match.length);
}

/* What a column of the relationship's key is compared with: the link's, or the target's. */
static AttrNumber
counterpart(const Relationship *relationship, int i)
{
	return relationship->link ? relationship->link->near[i] : relationship->other[i];
}

static const Model *
counterpart_model(const Include *include)
{
	const LinkTable *link = include->relationship->link;

	return link ? model_slot_current(link->slot) : include->model;
}

/* Is the i-th column of the key the owner on both sides?  That is compared anyway. */
static bool
is_owner_pair(const Include *include, int i)
{
	AttrNumber	owner = counterpart_model(include)->owner;

	return owner != 0 && include->relationship->own[i] == include->from->owner &&
		counterpart(include->relationship, i) == owner;
}

/* The columns whose values are sent, of the table that the relationship starts from. */
int
include_key_columns(const Include *include, AttrNumber *columns)
{
	int			n = 0;

	for (int i = 0; i < include->relationship->ncolumns; i++)
		if (!is_owner_pair(include, i))
			columns[n++] = include->relationship->own[i];
	return n;
}

/* Appends:  FROM public.message AS t, or the link table "l" and the target "t" */
static void
append_from(Statement *st, const Include *include)
{
	const Relationship *relationship = include->relationship;
	const Model *target = include->model;
	const Model *link;

	if (relationship->link == NULL)
	{
		statement_add(st, " FROM %s AS t", target->qualified);
		return;
	}
	link = model_slot_current(relationship->link->slot);
	statement_add(st, " FROM %s AS l JOIN %s AS t ON ", link->qualified, target->qualified);
	for (int i = 0; i < relationship->link->nfar; i++)
	{
		statement_add(st, "%s", i == 0 ? "" : " AND ");
		statement_equal_columns(st, model_column(target, relationship->other[i]), "t",
								model_column(link, relationship->link->far[i]), "l");
	}
}

/* Appends: t.conversation_id = k.k1 */
static void
append_keys(Statement *st, const Include *include)
{
	const Relationship *relationship = include->relationship;
	const Model *model = counterpart_model(include);
	int			n = 0;

	for (int i = 0; i < relationship->ncolumns; i++)
	{
		Column		key;

		if (is_owner_pair(include, i))
			continue;
		key = *model_column(include->from, relationship->own[i]);
		key.name = key.quoted = psprintf("k%d", ++n);
		key.type = key.basetype;
		statement_add(st, " AND ");
		statement_equal_columns(st, model_column(model, counterpart(relationship, i)),
								relationship->link ? "l" : "t", &key, "k");
	}
}

/* Appends the WHERE clause: owner, key, live rows, match. */
static void
append_where(Statement *st, const Include *include, int owner_param)
{
	const LinkTable *table = include->relationship->link;
	const Model *target = include->model;

	statement_add(st, " WHERE ");
	if (target->owner && owner_param)
		statement_equal_again(st, model_column(target, target->owner), "t", owner_param);
	else
		statement_add(st, "true");
	if (table)
	{
		const Model *link = model_slot_current(table->slot);

		if (link->owner && owner_param)
		{
			statement_add(st, " AND ");
			statement_equal_again(st, model_column(link, link->owner), "l", owner_param);
		}
		statement_and_live(st, link, "l");
	}
	append_keys(st, include);
	statement_and_live(st, target, "t");
	match_append(st, target, "t", owner_param, include->match.words, include->match.length);
}

/*
 * SELECT t.id, ..., k.n FROM
 *	 (SELECT u.k1 AS k1, u.n AS n
 *		FROM ROWS FROM (pg_catalog.unnest($2)) WITH ORDINALITY AS u(k1, n)) AS k
 *	 CROSS JOIN LATERAL
 *	 (SELECT t.id, ... FROM public.message AS t WHERE t.user_id = $1
 *		 AND t.conversation_id = k.k1 AND <live> AND <match> ORDER BY t.id LIMIT $3) AS t
 *
 * The last ones of each are read backwards, and come so.  Counting:
 *
 * SELECT t.count, k.n FROM <keys> AS k CROSS JOIN LATERAL
 *	 (SELECT pg_catalog.count(*) AS count FROM ... WHERE ...) AS t
 */
static void
build(Statement *st, const Model *from, const void *shape)
{
	const IncludeStatement *statement = (const IncludeStatement *) shape - 1;
	const Include *include = statement->include;
	bool		counting = statement->counting;
	AttrNumber	columns[INDEX_MAX_KEYS];
	int			n = include_key_columns(include, columns);
	const Model *target = include->model;
	int			owner_param = 0;

	if (from->owner)
		owner_param = statement_declare(st, model_column(from, from->owner)->basetype);
	statement_add(st, "SELECT ");
	if (counting)
		statement_add(st, "t.count");
	else
		statement_columns(st, target, "t");
	statement_add(st, ", k.n FROM ");
	ids_append_keys(st, from, columns, n, "k");
	statement_add(st, " CROSS JOIN LATERAL (SELECT ");
	if (counting)
		statement_add(st, "pg_catalog.count(*) AS count");
	else
		statement_live_columns(st, target, "t");
	append_from(st, include);
	if (!counting)
		sort_append_joins(st, target, include->sort, include->nsort, owner_param);
	append_where(st, include, owner_param);
	if (!counting && include->nsort > 0)
	{
		statement_add(st, " ORDER BY ");
		sort_append(&st->sql, target, "t", include->sort, include->nsort,
					include->has_take && include->take < 0);
	}
	if (!counting && include->has_take)
	{
		statement_add(st, " LIMIT ");
		statement_param(st, INT8OID);
	}
	statement_add(st, ") AS t");
}

/* The plan of the statement that reads, or counts, the rows of an include. */
KeptPlan *
include_plan(const Include *include, bool counting)
{
	IncludeStatement statement = {include, counting};
	StringInfoData bytes;

	initStringInfo(&bytes);
	appendBinaryStringInfo(&bytes, (const char *) &statement, sizeof(statement));
	append_shape(&bytes, include, counting);
	return plan_get(include->from, PLAN_INCLUDE, bytes.data + sizeof(statement),
					bytes.len - sizeof(statement), build);
}
