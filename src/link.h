/*
 * link.h
 *	  Statements through the link table of a many-to-many relationship: the
 *	  rows behind it, adding links, removing links.
 */
#ifndef TODO_ORM_LINK_H
#define TODO_ORM_LINK_H

#include "compat.h"

#include "along.h"
#include "call.h"

/* Which links link_remove() takes away. */
typedef enum LinkRemoval
{
	REMOVE_GIVEN,				/* those to the ids */
	REMOVE_OTHERS				/* all but those */
} LinkRemoval;

extern bool link_takes_rows(const Relationship *relationship);
extern void link_read(Call *call, const Relationship *relationship, const KeyValues *key,
					  int64 newest, RowSink sink, void *arg);
extern bool link_find_row(Call *call, bool lock, KeyValues *key);
extern void link_check_targets(Call *call, const Datum *arrays, ErrorList *errors);
extern void link_begin(const Call *call, Call *on_link);
extern int64 link_add(Call *call, Call *on_link, const KeyValues *key, const Datum *arrays);
extern int64 link_remove(Call *call, Call *on_link, const KeyValues *key, const Datum *arrays,
						 LinkRemoval which);
extern void link_end(Call *on_link);

#endif							/* TODO_ORM_LINK_H */
