/*
 * unique_key.c
 *	  A unique key by its columns, for ON CONFLICT.
 */
#include "compat.h"

#include "access/genam.h"
#include "access/table.h"
#include "nodes/makefuncs.h"
#include "utils/ruleutils.h"

#include "unique_key.h"

/* Reads an index's columns; false where it is none that can be used. */
static bool
read_index(const Model *model, Relation index, UniqueKey *key)
{
	Form_pg_index form = index->rd_index;

	if (!form->indisunique || !form->indisvalid || !form->indimmediate ||
		RelationGetIndexExpressions(index) != NIL)
		return false;
	memset(key, 0, sizeof(UniqueKey));
	key->index = RelationGetRelid(index);
	strlcpy(key->name, RelationGetRelationName(index), NAMEDATALEN);
	key->partial = RelationGetIndexPredicate(index) != NIL;
	for (int i = 0; i < form->indnkeyatts; i++)
	{
		AttrNumber	attnum = form->indkey.values[i];

		key->indexed[key->nindexed++] = attnum;
		if (attnum != model->owner)
			key->columns[key->ncolumns++] = attnum;
	}
	return true;
}

/* Are the columns, in any order, those of the key? */
static bool
has_columns(const UniqueKey *key, const AttrNumber *columns, int ncolumns)
{
	if (key->ncolumns != ncolumns)
		return false;
	for (int i = 0; i < ncolumns; i++)
	{
		bool		found = false;

		for (int j = 0; j < ncolumns; j++)
			found |= key->columns[j] == columns[i];
		if (!found)
			return false;
	}
	return true;
}

/* The better of two keys over the same columns: one that holds for all rows. */
static int
rank(Relation index)
{
	if (index->rd_index->indisprimary)
		return 3;
	return RelationGetIndexPredicate(index) == NIL ? 2 : 1;
}

/* Finds a unique index over the columns and the owner, or over the columns alone. */
bool
unique_key_find(const Model *model, const AttrNumber *columns, int ncolumns, UniqueKey *key)
{
	Relation	rel = table_open(model->relid, AccessShareLock);
	List	   *indexes = RelationGetIndexList(rel);
	int			best = 0;
	ListCell   *cell;

	foreach(cell, indexes)
	{
		Relation	index = index_open(lfirst_oid(cell), AccessShareLock);
		UniqueKey	candidate;

		if (read_index(model, index, &candidate) && has_columns(&candidate, columns, ncolumns) &&
			rank(index) > best)
		{
			best = rank(index);
			*key = candidate;
		}
		index_close(index, NoLock);
	}
	table_close(rel, NoLock);
	return best > 0;
}

/* Reads the unique keys of a model that is being built, into CurrentMemoryContext. */
void
unique_key_load_all(Model *model, Relation rel)
{
	List	   *indexes = RelationGetIndexList(rel);
	ListCell   *cell;

	model->uniques = palloc0(sizeof(UniqueKey) * Max(list_length(indexes), 1));
	foreach(cell, indexes)
	{
		Relation	index = index_open(lfirst_oid(cell), AccessShareLock);

		if (read_index(model, index, &model->uniques[model->nuniques]))
			model->nuniques++;
		else
			model->nother_uniques += index->rd_index->indisunique || index->rd_index->indisexclusion;
		index_close(index, NoLock);
	}
}

/* The predicate of a partial index as SQL; NULL: it holds for all rows.  alias: NULL for bare names. */
char *
unique_key_predicate(const Model *model, const UniqueKey *key, const char *alias)
{
	Relation	index = index_open(key->index, AccessShareLock);
	List	   *predicate = RelationGetIndexPredicate(index);
	char	   *text = NULL;

	if (predicate != NIL)
		text = deparse_expression((Node *) make_ands_explicit(predicate),
								  deparse_context_for(alias ? alias : "t", model->relid),
								  alias != NULL, false);
	index_close(index, NoLock);
	return text;
}
