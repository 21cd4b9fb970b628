/*
 * search_config.c
 *	  How a column is indexed for full-text search.
 *
 * A search uses an index only if it is written as the index is:
 * to_tsvector('english', title).  For a column of type tsvector it is the
 * configuration of the expression that generates it which counts.
 */
#include "compat.h"

#include "access/genam.h"
#include "access/sysattr.h"
#include "access/table.h"
#include "catalog/pg_type.h"
#include "nodes/nodeFuncs.h"
#include "optimizer/optimizer.h"
#include "rewrite/rewriteHandler.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/ruleutils.h"

#include "search_config.h"

/* expression_tree_walker: the regconfig constant of a to_tsvector(config, ...) */
static bool
find_config(Node *node, void *arg)
{
	Oid		   *config = arg;

	if (node == NULL)
		return false;
	if (IsA(node, Const) && ((Const *) node)->consttype == REGCONFIGOID &&
		!((Const *) node)->constisnull)
	{
		*config = DatumGetObjectId(((Const *) node)->constvalue);
		return true;
	}
	return expression_tree_walker(node, find_config, arg);
}

/* Does the expression read that column and no other? */
static bool
reads_only(Node *expression, AttrNumber attnum)
{
	Bitmapset  *attributes = NULL;
	int			member = attnum - FirstLowInvalidHeapAttributeNumber;

	pull_varattnos(expression, 1, &attributes);
	return bms_num_members(attributes) == 1 && bms_is_member(member, attributes);
}

/* Looks for to_tsvector(config, column) among an index's expressions. */
static bool
find_in_index(Relation index, const Model *model, const Column *column, const char *alias,
			  SearchIndex *result)
{
	ListCell   *cell;

	foreach(cell, RelationGetIndexExpressions(index))
	{
		Node	   *expression = lfirst(cell);
		Oid			config = InvalidOid;

		if (exprType(expression) != TSVECTOROID || !reads_only(expression, column->attnum) ||
			!find_config(expression, &config))
			continue;
		result->document = deparse_expression(expression,
											  deparse_context_for(alias, model->relid), true,
											  false);
		result->config = config;
		return true;
	}
	return false;
}

/* The configuration of a generated tsvector column. */
static void
find_in_column(Relation rel, const Column *column, SearchIndex *result)
{
	Oid			config = InvalidOid;
	Node	   *expression;

	if (!column->generated || rel->rd_rel->relkind == RELKIND_VIEW)
		return;
	expression = build_column_default(rel, column->attnum);
	if (expression && find_config(expression, &config))
		result->config = config;
}

/* Fills in how the column is searched; called while a statement is built. */
void
search_config_find(const Model *model, const Column *column, const char *alias,
				   SearchIndex *result)
{
	Relation	rel = table_open(model->relid, AccessShareLock);
	List	   *indexes = NIL;
	ListCell   *cell;

	memset(result, 0, sizeof(SearchIndex));
	if (column->basetype == TSVECTOROID)
		find_in_column(rel, column, result);
	else if (rel->rd_rel->relkind != RELKIND_VIEW)
		indexes = RelationGetIndexList(rel);
	foreach(cell, indexes)
	{
		Relation	index = index_open(lfirst_oid(cell), AccessShareLock);
		bool		found = find_in_index(index, model, column, alias, result);

		index_close(index, NoLock);
		if (found)
			break;
	}
	table_close(rel, NoLock);
}
