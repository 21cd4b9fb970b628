/*
 * as_owner.h
 *	  Doing something to a table as its owner.
 */
#ifndef TODO_ORM_AS_OWNER_H
#define TODO_ORM_AS_OWNER_H

#include "compat.h"

/* What is changed meanwhile. */
typedef struct AsOwner
{
	Oid			saved_user;		/* who called */
	int			saved_context;	/* security context of the call */
	int			guc_level;		/* of the safe search_path */
	int			depth;			/* see expiry.h */
} AsOwner;

extern void as_owner_begin(Oid relid, AsOwner *as);
extern void as_owner_end(const AsOwner *as);

#endif							/* TODO_ORM_AS_OWNER_H */
