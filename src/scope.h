/*
 * scope.h
 *	  Named filters of a model: all, deleted, with_deleted and its own.
 */
#ifndef TODO_ORM_SCOPE_H
#define TODO_ORM_SCOPE_H

#include "compat.h"

#include "model.h"
#include "statement.h"

/* A scope's name as part of a plan's shape: fixed size, zero padded. */
typedef struct ScopeName
{
	char		data[NAMEDATALEN];
} ScopeName;

extern List *scope_names(const Model *model);
extern void scope_resolve(const Model *model, const char *name, ScopeName *scope);
extern void scope_append(Statement *st, const Model *model, const char *alias,
						 const ScopeName *scope);
extern void scope_append_value(Statement *st, const Column *column, const char *alias,
							   const JsonbValue *value);
extern void scope_check_all(const Model *model);

#endif							/* TODO_ORM_SCOPE_H */
