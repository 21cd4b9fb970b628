/*
 * locked.h
 *	  Rows that a call changes all at once: found, locked in key order, and
 *	  known by their keys.
 */
#ifndef TODO_ORM_LOCKED_H
#define TODO_ORM_LOCKED_H

#include "compat.h"

#include "query.h"

/* The keys of locked rows. */
typedef struct LockedRows
{
	int64		count;
	int64		capacity;
	Datum	   *keys[INDEX_MAX_KEYS];	/* values of each key column */
	Datum		arrays[INDEX_MAX_KEYS]; /* as ids_append() takes them */
} LockedRows;

extern void locked_collect(Call *call, KeptPlan *plan, const Datum *values, LockedRows *rows);
extern void locked_find(Call *call, bool deletes, ErrorList *errors, LockedRows *rows);
extern void locked_by_ids(Call *call, const Datum *arrays);
extern void locked_append_from(Statement *st, const Model *model, const char *keyword);

#endif							/* TODO_ORM_LOCKED_H */
