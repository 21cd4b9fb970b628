/*
 * function_ddl.h
 *	  Makes, replaces and drops the functions of a model.
 */
#ifndef TODO_ORM_FUNCTION_DDL_H
#define TODO_ORM_FUNCTION_DDL_H

#include "compat.h"

#include "model.h"
#include "operation.h"
#include "registry.h"

/* A function that a model is to have. */
typedef struct WantedFunction
{
	const Operation *operation;
	char	   *name;
	Oid			schema;
	List	   *arguments;		/* Argument * */
	const Relationship *relationship;	/* NULL: none */
	List	   *names;			/* char *: "arguments" of the body */
	Jsonb	   *settings;		/* "settings" of the body; NULL: none */
} WantedFunction;

/* What was made, as signatures. */
typedef void (*SignatureSink) (const char *signature, void *arg);

extern List *function_ddl_wanted(const Model *model);
extern WantedFunction *function_ddl_extra(const Model *model, const char *name,
										  const Operation *operation,
										  const Relationship *relationship, List *names,
										  Jsonb *settings);
extern void function_ddl_apply(const Model *model, List *wanted, List *existing,
							   bool drop_others, SignatureSink sink, void *arg);
extern List *function_ddl_outdated(const Model *model, List *wanted, List *existing);
extern void function_ddl_drop(const RegisteredFunction *function);
extern Acl *function_ddl_privileges(Oid function);
extern void ddl_execute(const char *format,...) pg_attribute_printf(1, 2);

#endif							/* TODO_ORM_FUNCTION_DDL_H */
