/*
 * along.h
 *	  Statements on the other table of a relationship: the related rows, is
 *	  there a live parent, move the parent.
 */
#ifndef TODO_ORM_ALONG_H
#define TODO_ORM_ALONG_H

#include "compat.h"

#include "call.h"
#include "errors.h"
#include "payload.h"
#include "plan.h"

/* Values of this table's columns of a relationship's key. */
typedef struct KeyValues
{
	Datum		values[INDEX_MAX_KEYS + 1];	/* one more for a LIMIT */
	bool		any_null;		/* the key points nowhere */
} KeyValues;

/* Tells statements along relationships apart. */
typedef struct AlongShape
{
	int16		ncolumns;		/* columns of the key */
	bool		newest;			/* only the last n, with a LIMIT parameter */
	AttrNumber	columns[INDEX_MAX_KEYS];	/* of the other table */
	Oid			types[INDEX_MAX_KEYS];	/* of the values they are compared with */
} AlongShape;

extern void along_make_shape(AlongShape *shape, const Model *model,
							 const Relationship *relationship, bool newest);
extern void along_append_where(Statement *st, const Model *other, const AlongShape *shape);
extern void along_key_of_slot(Call *call, const Model *model, const AttrNumber *columns, int n,
							  TupleTableSlot *slot, KeyValues *key);
extern void along_key_of_row(const Relationship *relationship, HeapTupleHeader row,
							 KeyValues *key);
extern void along_read(Call *call, const Relationship *relationship, const KeyValues *key,
					   int64 newest, RowSink sink, void *arg);
/* Which parents of rows are asked for. */
typedef enum ParentCheck
{
	PARENTS_OF_NEW,				/* those that neither a foreign key nor a touch refuses */
	PARENTS_OF_CHANGED,			/* those that no foreign key refuses: a touch takes what is there */
	PARENTS_ALL					/* every one, for a call that has failed already */
} ParentCheck;

extern bool along_is_left_to_key(const Model *model, const Relationship *relationship,
								 RowValues **rows, int count, ParentCheck which);
extern void along_check_parents(Call *call, RowValues **rows, int count, int first_index,
								ParentCheck which, ErrorList *errors);
extern void along_check_patches(Call *call, RowValues **patches, int count, int first_index,
								ErrorList *errors);
extern void along_touch_parents(Call *call, RowValues **rows, int count, int first_index,
								ErrorList *errors);
extern void along_note_touched(Call *call, TupleTableSlot *slot);
extern void along_touch_noted(Call *call);

#endif							/* TODO_ORM_ALONG_H */
