/*
 * change_sql.c
 *	  The statements that read what has changed.
 */
#include "compat.h"

#include "catalog/pg_type.h"

#include "change_feed.h"
#include "change_sql.h"

/* Appends: ROW(c.xid, c.seq) OPERATOR(pg_catalog.>) ROW($2, $3) */
static void
append_behind(Statement *st, int xid, int seq)
{
	statement_add(st, "ROW(c.xid, c.seq) OPERATOR(pg_catalog.>) ROW(");
	statement_param_again(st, xid);
	statement_add(st, ", ");
	statement_param_again(st, seq);
	statement_add(st, ")");
}

/* Appends: c.xid OPERATOR(pg_catalog.<) $4 */
static void
append_horizon(Statement *st, const char *operator, int horizon)
{
	statement_add(st, "c.xid OPERATOR(pg_catalog.%s) ", operator);
	statement_param_again(st, horizon);
}

/*
 * SELECT EXISTS (SELECT FROM public.task_changes AS c WHERE c.owner IS NULL AND <behind the place>
 *	AND <below the horizon>), (SELECT c.at FROM public.task_changes AS c WHERE c.owner = $1
 *	AND <not below the horizon> AND c.xid < $5 ORDER BY c.xid, c.seq LIMIT 1)
 *
 * Is there a new beginning for everybody, and since when does a change wait?  A
 * change that was restored from another cluster may have a number that is not
 * due yet: that one waits for nothing.
 */
void
change_sql_state(Statement *st, const Model *model, const void *shape)
{
	Column		owner = change_feed_owner(model);
	int			owner_param = statement_declare(st, owner.basetype);
	int			xid = statement_declare(st, XID8OID);
	int			seq = statement_declare(st, INT8OID);
	int			horizon = statement_declare(st, XID8OID);
	int			next = statement_declare(st, XID8OID);

	(void) shape;
	statement_add(st, "SELECT EXISTS (SELECT FROM %s AS c WHERE c.owner IS NULL AND ",
				  model->changes->qualified);
	append_behind(st, xid, seq);
	statement_add(st, " AND ");
	append_horizon(st, "<", horizon);
	statement_add(st, "), (SELECT c.at FROM %s AS c WHERE ", model->changes->qualified);
	statement_equal_again(st, &owner, "c", owner_param);
	statement_add(st, " AND ");
	append_horizon(st, ">=", horizon);
	statement_add(st, " AND ");
	append_horizon(st, "<", next);
	statement_add(st, " ORDER BY c.xid, c.seq LIMIT 1)");
}

/* Appends names of the key's columns in the table of the changes: , c.key1, c.key2 */
static void
append_keys(Statement *st, const Model *model, const char *alias)
{
	for (int i = 0; i < model->nkeys; i++)
		statement_add(st, ", %s.key%d", alias, i + 1);
}

/*
 * Appends the changes themselves, each numbered, one more than asked for:
 *
 *	SELECT c.xid, c.seq, c.op, c.at, c.key1, pg_catalog.row_number() OVER (ORDER BY c.xid, c.seq) AS n
 *	 FROM public.task_changes AS c WHERE c.owner = $1 AND <behind the place>
 *	 AND <below the horizon> ORDER BY c.xid, c.seq LIMIT ($5 + 1)
 */
static void
append_changes(Statement *st, const Model *model, int owner_param, int take)
{
	Column		owner = change_feed_owner(model);
	int			xid = statement_declare(st, XID8OID);
	int			seq = statement_declare(st, INT8OID);
	int			horizon = statement_declare(st, XID8OID);

	statement_add(st, "SELECT c.xid, c.seq, c.op, c.at");
	append_keys(st, model, "c");
	statement_add(st, ", pg_catalog.row_number() OVER (ORDER BY c.xid, c.seq) AS n FROM %s AS c WHERE ",
				  model->changes->qualified);
	statement_equal_again(st, &owner, "c", owner_param);
	statement_add(st, " AND ");
	append_behind(st, xid, seq);
	statement_add(st, " AND ");
	append_horizon(st, "<", horizon);
	statement_add(st, " ORDER BY c.xid, c.seq LIMIT (");
	statement_param_again(st, take);
	statement_add(st, " OPERATOR(pg_catalog.+) 1)");
}

/*
 * Appends the last change of each row among those asked for:
 *
 *	SELECT q.xid, q.seq, q.op, q.at, q.key1, q.more, pg_catalog.row_number() OVER
 *	 (PARTITION BY q.key1 ORDER BY q.n DESC) AS back
 *	 FROM (SELECT r.*, pg_catalog.max(r.n) OVER () > $2 AS more FROM (<changes>) AS r) AS q
 *	 WHERE q.n <= $2
 */
static void
append_last_changes(Statement *st, const Model *model, int owner_param, int take)
{
	statement_add(st, "SELECT q.xid, q.seq, q.op, q.at");
	append_keys(st, model, "q");
	statement_add(st, ", q.more, pg_catalog.row_number() OVER (PARTITION BY 1::pg_catalog.int4");
	append_keys(st, model, "q");
	statement_add(st, " ORDER BY q.n DESC) AS back FROM (SELECT r.xid, r.seq, r.op, r.at");
	append_keys(st, model, "r");
	statement_add(st, ", r.n, pg_catalog.max(r.n) OVER () OPERATOR(pg_catalog.>) ");
	statement_param_again(st, take);
	statement_add(st, " AS more FROM (");
	append_changes(st, model, owner_param, take);
	statement_add(st, ") AS r) AS q WHERE q.n OPERATOR(pg_catalog.<=) ");
	statement_param_again(st, take);
}

/* Appends the row's columns; owner and key also of a row that is gone. */
static void
append_row_columns(Statement *st, const Model *model, int owner_param)
{
	for (int i = 0; i < model->natts; i++)
	{
		const Column *column = &model->columns[i];
		int			key = 0;

		while (key < model->nkeys && model->keys[key] != column->attnum)
			key++;
		statement_add(st, "%s", i == 0 ? "" : ", ");
		if (column->dropped)
			statement_add(st, "NULL::pg_catalog.int4");
		else if (key < model->nkeys)
			statement_add(st, "COALESCE(t.%s, p.key%d)", column->quoted, key + 1);
		else if (column->attnum == model->owner)
			statement_param_again(st, owner_param);
		else
			statement_add(st, "t.%s", column->quoted);
	}
}

/*
 * SELECT COALESCE(t.id, p.key1), $1, t.title, ..., p.xid, p.seq, p.op, p.at, p.more, (t.user_id IS NOT NULL)
 *	FROM (<last changes>) AS p LEFT JOIN public.task AS t ON t.user_id = $1 AND t.id = p.key1
 *	WHERE p.back = 1 ORDER BY p.xid, p.seq
 */
void
change_sql_changes(Statement *st, const Model *model, const void *shape)
{
	const Column *owner = model_column(model, model->owner);
	int			owner_param = statement_declare(st, owner->basetype);
	int			take = statement_declare(st, INT8OID);

	(void) shape;
	statement_add(st, "SELECT ");
	append_row_columns(st, model, owner_param);
	statement_add(st, ", p.xid, p.seq, p.op, p.at, p.more, (t.%s IS NOT NULL) FROM (",
				  owner->quoted);
	append_last_changes(st, model, owner_param, take);
	statement_add(st, ") AS p LEFT JOIN %s AS t ON ", model->qualified);
	statement_equal_again(st, owner, "t", owner_param);
	for (int i = 0; i < model->nkeys; i++)
	{
		statement_add(st, " AND ");
		statement_equal_expression(st, model_column(model, model->keys[i]), "t",
								   psprintf("p.key%d", i + 1));
	}
	statement_add(st, " WHERE p.back OPERATOR(pg_catalog.=) 1 ORDER BY p.xid, p.seq");
}
