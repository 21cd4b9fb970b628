/*
 * unique_key.h
 *	  A unique key by its columns, for ON CONFLICT.
 */
#ifndef TODO_ORM_UNIQUE_KEY_H
#define TODO_ORM_UNIQUE_KEY_H

#include "compat.h"

#include "utils/rel.h"

#include "model.h"

typedef struct UniqueKey
{
	Oid			index;			/* the unique index */
	char		name[NAMEDATALEN];	/* its name, which is its constraint's */
	bool		partial;		/* it has a predicate */
	int			nindexed;		/* its columns, the owner among them where it is */
	AttrNumber	indexed[INDEX_MAX_KEYS];
	int			ncolumns;		/* those beside the owner */
	AttrNumber	columns[INDEX_MAX_KEYS];
} UniqueKey;

extern bool unique_key_find(const Model *model, const AttrNumber *columns, int ncolumns,
							UniqueKey *key);
extern void unique_key_load_all(Model *model, Relation rel);
extern char *unique_key_predicate(const Model *model, const UniqueKey *key, const char *alias);

#endif							/* TODO_ORM_UNIQUE_KEY_H */
