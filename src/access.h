/*
 * access.h
 *	  Which roles have a model, and giving it to them.
 */
#ifndef TODO_ORM_ACCESS_H
#define TODO_ORM_ACCESS_H

#include "compat.h"

#include "nodes/pg_list.h"

#include "model.h"

extern bool access_is_granted(Oid relid, Oid role);
extern void access_change(const Model *model, Oid role, bool grant);
extern void access_change_along(const Model *model, Oid role, bool grant);
extern List *access_roles(Oid relid);

#endif							/* TODO_ORM_ACCESS_H */
