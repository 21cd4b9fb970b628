/*
 * link_table.h
 *	  Finds the many-to-many relationships of a model.
 */
#ifndef TODO_ORM_LINK_TABLE_H
#define TODO_ORM_LINK_TABLE_H

#include "compat.h"

#include "relationship.h"

extern List *link_table_candidates(Model *model, List *keys_to);

#endif							/* TODO_ORM_LINK_TABLE_H */
