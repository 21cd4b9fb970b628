/*
 * foreign_key.c
 *	  Foreign keys and primary keys, as the catalog has them.
 */
#include "compat.h"

#include "access/genam.h"
#include "access/htup_details.h"
#include "access/table.h"
#include "catalog/indexing.h"
#include "catalog/pg_constraint.h"
#include "catalog/pg_type.h"
#include "nodes/bitmapset.h"
#include "nodes/parsenodes.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/fmgroids.h"

#include "foreign_key.h"

/* Does ON UPDATE change the rows that refer to one whose key changes? */
static bool
writes(char action)
{
	return action != FKCONSTR_ACTION_NOACTION && action != FKCONSTR_ACTION_RESTRICT;
}

static ForeignKey *
read_foreign_key(HeapTuple tuple)
{
	Form_pg_constraint form = (Form_pg_constraint) GETSTRUCT(tuple);
	ForeignKey *key;

	/* a partition's key is a copy of its parent's */
	if (form->contype != CONSTRAINT_FOREIGN || OidIsValid(form->conparentid))
		return NULL;
	key = palloc0(sizeof(ForeignKey));
	key->oid = form->oid;
	key->referencing = form->conrelid;
	key->referenced = form->confrelid;
	key->writes_on_update = writes(form->confupdtype);
	DeconstructFkConstraintRow(tuple, &key->ncolumns, key->columns, key->refers_to,
							   NULL, NULL, NULL, NULL, NULL);
	return key;
}

/* The foreign keys whose column "attribute" of pg_constraint is that table. */
static List *
scan(Oid relid, AttrNumber attribute, Oid index)
{
	List	   *keys = NIL;
	Relation	constraints = table_open(ConstraintRelationId, AccessShareLock);
	ScanKeyData key;
	SysScanDesc scan;
	HeapTuple	tuple;

	ScanKeyInit(&key, attribute, BTEqualStrategyNumber, F_OIDEQ, ObjectIdGetDatum(relid));
	scan = systable_beginscan(constraints, index, OidIsValid(index), NULL, 1, &key);
	while (HeapTupleIsValid(tuple = systable_getnext(scan)))
	{
		ForeignKey *found = read_foreign_key(tuple);

		if (found)
			keys = lappend(keys, found);
	}
	systable_endscan(scan);
	table_close(constraints, AccessShareLock);
	return keys;
}

/* The foreign keys that a table holds: a list of ForeignKey. */
List *
foreign_keys_of(Oid relid)
{
	return scan(relid, Anum_pg_constraint_conrelid, ConstraintRelidTypidNameIndexId);
}

/* The foreign keys that point to a table; there is no index: a sequential scan. */
List *
foreign_keys_to(Oid relid)
{
	return scan(relid, Anum_pg_constraint_confrelid, InvalidOid);
}

/* The columns of a constraint's conkey; answers how many. */
static int
read_columns(HeapTuple tuple, TupleDesc desc, AttrNumber *columns)
{
	Datum	   *elements;
	int			n;
	bool		isnull;
	Datum		conkey = heap_getattr(tuple, Anum_pg_constraint_conkey, desc, &isnull);

	if (isnull)
		elog(ERROR, "unique constraint without columns");
	deconstruct_array(DatumGetArrayTypeP(conkey), INT2OID, sizeof(int16), true, TYPALIGN_SHORT,
					  &elements, NULL, &n);
	for (int i = 0; i < n; i++)
		columns[i] = DatumGetInt16(elements[i]);
	return n;
}

/* The columns of a unique constraint that is deferrable. */
static Bitmapset *
deferrable_columns(HeapTuple tuple, TupleDesc desc)
{
	AttrNumber	columns[INDEX_MAX_KEYS];
	Bitmapset  *set = NULL;
	int			n = read_columns(tuple, desc, columns);

	for (int i = 0; i < n; i++)
		set = bms_add_member(set, columns[i]);
	return set;
}

/* Is one of the sets what the key consists of? */
static bool
is_deferrable(const PrimaryKey *key, List *sets)
{
	Bitmapset  *columns = NULL;
	ListCell   *cell;

	for (int i = 0; i < key->ncolumns; i++)
		columns = bms_add_member(columns, key->columns[i]);
	foreach(cell, sets)
		if (bms_equal(columns, lfirst(cell)))
			return true;
	return false;
}

/* The primary key of a table. */
void
primary_key_of(Oid relid, PrimaryKey *key)
{
	Relation	constraints = table_open(ConstraintRelationId, AccessShareLock);
	List	   *deferrable = NIL;
	ScanKeyData scan_key;
	SysScanDesc scan;
	HeapTuple	tuple;

	memset(key, 0, sizeof(PrimaryKey));
	ScanKeyInit(&scan_key, Anum_pg_constraint_conrelid, BTEqualStrategyNumber, F_OIDEQ,
				ObjectIdGetDatum(relid));
	scan = systable_beginscan(constraints, ConstraintRelidTypidNameIndexId, true, NULL, 1,
							  &scan_key);
	while (HeapTupleIsValid(tuple = systable_getnext(scan)))
	{
		Form_pg_constraint form = (Form_pg_constraint) GETSTRUCT(tuple);
		TupleDesc	desc = RelationGetDescr(constraints);

		if (form->contype == CONSTRAINT_PRIMARY)
			key->ncolumns = read_columns(tuple, desc, key->columns);
		/* ON CONFLICT infers every unique key over the same columns */
		if (form->condeferrable &&
			(form->contype == CONSTRAINT_PRIMARY || form->contype == CONSTRAINT_UNIQUE))
			deferrable = lappend(deferrable, deferrable_columns(tuple, desc));
	}
	systable_endscan(scan);
	table_close(constraints, AccessShareLock);
	key->deferrable = is_deferrable(key, deferrable);
}
