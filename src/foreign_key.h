/*
 * foreign_key.h
 *	  Foreign keys and primary keys, as the catalog has them.
 */
#ifndef TODO_ORM_FOREIGN_KEY_H
#define TODO_ORM_FOREIGN_KEY_H

#include "compat.h"

#include "access/attnum.h"
#include "nodes/pg_list.h"

typedef struct ForeignKey
{
	Oid			oid;			/* pg_constraint row */
	Oid			referencing;	/* the table that holds it */
	Oid			referenced;		/* the table it points to */
	bool		writes_on_update;	/* a changed key changes referencing rows */
	int			ncolumns;
	AttrNumber	columns[INDEX_MAX_KEYS];	/* of the referencing table */
	AttrNumber	refers_to[INDEX_MAX_KEYS];	/* of the referenced one, in the same order */
} ForeignKey;

typedef struct PrimaryKey
{
	bool		deferrable;		/* it, or a unique key like it: ON CONFLICT cannot use it */
	int			ncolumns;		/* 0: there is none */
	AttrNumber	columns[INDEX_MAX_KEYS];
} PrimaryKey;

extern List *foreign_keys_of(Oid relid);
extern List *foreign_keys_to(Oid relid);
extern void primary_key_of(Oid relid, PrimaryKey *key);

#endif							/* TODO_ORM_FOREIGN_KEY_H */
