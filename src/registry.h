/*
 * registry.h
 *	  Which functions belong to which model, read from the catalog.
 *
 * There is no registry table: a function belongs to a model if its language
 * is todo_orm, it depends on the table, and its owner is the table's owner.
 */
#ifndef TODO_ORM_REGISTRY_H
#define TODO_ORM_REGISTRY_H

#include "compat.h"

#include "nodes/pg_list.h"
#include "utils/jsonb.h"

/* One function of a model. */
typedef struct RegisteredFunction
{
	Oid			oid;			/* pg_proc row */
	Oid			relid;			/* the table that it depends on */
	char	   *name;			/* its name */
	Oid			schema;			/* its schema */
	Jsonb	   *body;			/* its parsed body */
} RegisteredFunction;

extern Oid	registry_language(void);
extern Oid	registry_owner(Oid relid);
extern void registry_check_kind(Oid relid);
extern List *registry_functions(Oid relid);
extern RegisteredFunction *registry_function(Oid function);
extern List *registry_functions_in(Oid schema);
extern List *registry_all_functions(Oid relid);
extern List *registry_tables(void);
extern List *registry_read_by_view(Oid view);
extern Jsonb *registry_options(Oid relid);
extern Oid	registry_model_of_function(Oid function);
extern List *registry_row_types(Oid function);
extern bool registry_may_execute(Oid function, Oid role);
extern char *registry_table_name(Oid relid);
extern char *registry_register_hint(Oid relid);
extern void registry_close(Oid function);
extern void registry_bind(Oid function, Oid relid);
extern void registry_bind_related(Oid function, Oid relid);

#endif							/* TODO_ORM_REGISTRY_H */
