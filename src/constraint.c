/*
 * constraint.c
 *	  Constraints and unique indexes of a model, for explaining violations.
 *
 * They are read with the descriptor, because the moment a violation is
 * reported is no time to read the catalog.
 */
#include "compat.h"

#include "access/genam.h"
#include "access/htup_details.h"
#include "access/sysattr.h"
#include "access/table.h"
#include "catalog/indexing.h"
#include "catalog/pg_class.h"
#include "catalog/pg_constraint.h"
#include "catalog/pg_index.h"
#include "catalog/pg_inherits.h"
#include "catalog/pg_type.h"
#include "commands/comment.h"
#include "optimizer/optimizer.h"
#include "utils/array.h"
#include "utils/fmgroids.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"

#include "model.h"

/* The column to name in an error: the last one that is not the owner. */
static AttrNumber
telling_column(const Model *model, const int16 *columns, int n, bool only_if_single)
{
	AttrNumber	found = 0;
	int			others = 0;

	for (int i = 0; i < n; i++)
	{
		if (columns[i] <= 0 || columns[i] == model->owner)
			continue;
		found = columns[i];
		others++;
	}
	if (others == 0 && n > 0 && columns[0] > 0)
		return columns[0];
	return only_if_single && others > 1 ? 0 : found;
}

/* The same for an index, of which expressions may be part: (user_id, lower(alias)) */
static AttrNumber
telling_index_column(const Model *model, Oid index)
{
	Relation	rel = index_open(index, AccessShareLock);
	Bitmapset  *attributes = NULL;
	int16	   *columns;
	int			n = rel->rd_index->indnkeyatts;
	int			attribute = -1;
	bool		expressions = RelationGetIndexExpressions(rel) != NIL;

	pull_varattnos((Node *) RelationGetIndexExpressions(rel), 1, &attributes);
	columns = palloc(sizeof(int16) * (n + bms_num_members(attributes)));
	memcpy(columns, rel->rd_index->indkey.values, sizeof(int16) * n);
	while ((attribute = bms_next_member(attributes, attribute)) >= 0)
		columns[n++] = attribute + FirstLowInvalidHeapAttributeNumber;
	index_close(rel, AccessShareLock);
	return telling_column(model, columns, n, expressions);
}

static void
add_constraint(Model *model, const char *name, AttrNumber column, char *message)
{
	ConstraintInfo *info;

	model->constraints = model->constraints ?
		repalloc(model->constraints, sizeof(ConstraintInfo) * (model->nconstraints + 1)) :
		palloc(sizeof(ConstraintInfo));
	info = &model->constraints[model->nconstraints++];
	info->name = pstrdup(name);
	info->column = column;
	info->message = message;
}

/* An int2[] of the catalog. */
static int16 *
read_columns(Datum array, int *n)
{
	Datum	   *elements;
	int16	   *columns;

	deconstruct_array(DatumGetArrayTypeP(array), INT2OID, sizeof(int16), true, TYPALIGN_SHORT,
					  &elements, NULL, n);
	columns = palloc(sizeof(int16) * Max(*n, 1));
	for (int i = 0; i < *n; i++)
		columns[i] = DatumGetInt16(elements[i]);
	return columns;
}

/* One row of pg_constraint. */
static void
read_constraint(Model *model, Relation constraints, HeapTuple tuple)
{
	Form_pg_constraint form = (Form_pg_constraint) GETSTRUCT(tuple);
	bool		isnull;
	Datum		conkey = heap_getattr(tuple, Anum_pg_constraint_conkey,
									  RelationGetDescr(constraints), &isnull);
	AttrNumber	column = 0;

	if (!isnull)
	{
		int			n;
		int16	   *columns = read_columns(conkey, &n);

		column = telling_column(model, columns, n, form->contype == CONSTRAINT_CHECK);
	}
	add_constraint(model, NameStr(form->conname), column,
				   GetComment(form->oid, ConstraintRelationId, 0));
}

static void
read_constraints(Model *model)
{
	Relation	constraints = table_open(ConstraintRelationId, AccessShareLock);
	ScanKeyData key;
	SysScanDesc scan;
	HeapTuple	tuple;

	ScanKeyInit(&key, Anum_pg_constraint_conrelid, BTEqualStrategyNumber, F_OIDEQ,
				ObjectIdGetDatum(model->relid));
	scan = systable_beginscan(constraints, ConstraintRelidTypidNameIndexId, true, NULL, 1, &key);
	while (HeapTupleIsValid(tuple = systable_getnext(scan)))
		read_constraint(model, constraints, tuple);
	systable_endscan(scan);
	table_close(constraints, AccessShareLock);
}

/* A partition's part of an index has a name of its own, which its violations carry. */
static void
add_index_parts(Model *model, Oid index, AttrNumber column, char *message)
{
	ListCell   *cell;

	if (get_rel_relkind(index) != RELKIND_PARTITIONED_INDEX)
		return;
	foreach(cell, find_all_inheritors(index, NoLock, NULL))
		if (lfirst_oid(cell) != index && get_rel_name(lfirst_oid(cell)))
			add_constraint(model, get_rel_name(lfirst_oid(cell)), column, message);
}

/* Unique indexes, also those without a constraint. */
static void
read_unique_index(Model *model, Oid index)
{
	HeapTuple	tuple = SearchSysCache1(INDEXRELID, ObjectIdGetDatum(index));
	bool		unique;
	AttrNumber	column;
	char	   *message;

	if (!HeapTupleIsValid(tuple))
		return;
	unique = ((Form_pg_index) GETSTRUCT(tuple))->indisunique;
	ReleaseSysCache(tuple);
	if (!unique)
		return;
	column = telling_index_column(model, index);
	message = GetComment(index, RelationRelationId, 0);
	if (!OidIsValid(get_index_constraint(index)))
		add_constraint(model, get_rel_name(index), column, message);
	add_index_parts(model, index, column, message);
}

static void
read_unique_indexes(Model *model, Relation rel)
{
	List	   *indexes = RelationGetIndexList(rel);
	ListCell   *cell;

	foreach(cell, indexes)
		read_unique_index(model, lfirst_oid(cell));
	list_free(indexes);
}

void
constraint_load_all(Model *model, Relation rel)
{
	read_constraints(model);
	read_unique_indexes(model, rel);
}

/* The constraint or unique index of that name, or NULL. */
const ConstraintInfo *
constraint_find(const Model *model, const char *name)
{
	for (int i = 0; i < model->nconstraints; i++)
		if (strcmp(model->constraints[i].name, name) == 0)
			return &model->constraints[i];
	return NULL;
}
