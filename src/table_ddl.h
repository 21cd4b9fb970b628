/*
 * table_ddl.h
 *	  What registering adds to the table itself: the lifecycle trigger and row
 *	  level security.
 */
#ifndef TODO_ORM_TABLE_DDL_H
#define TODO_ORM_TABLE_DDL_H

#include "compat.h"

#include "model.h"

extern void table_ddl_apply(const Model *model);
extern void table_ddl_remove(Oid relid);

#endif							/* TODO_ORM_TABLE_DDL_H */
