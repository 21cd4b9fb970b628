/*
 * model_functions.h
 *	  The functions of a model by operation, kept per backend: for who calls
 *	  them without knowing their names.
 */
#ifndef TODO_ORM_MODEL_FUNCTIONS_H
#define TODO_ORM_MODEL_FUNCTIONS_H

#include "compat.h"

#include "model.h"
#include "operation.h"

/* One function of a model. */
typedef struct ModelFunction
{
	Oid			oid;			/* pg_proc row */
	Oid			schema;			/* its schema */
	const Operation *operation; /* what it does */
	char	   *relationship;	/* along which relationship; NULL: none, or one that is gone */
} ModelFunction;

/* What a model has; good until model_functions_open() is called again. */
typedef struct ModelFunctions
{
	ModelSlot  *slot;			/* the model */
	uint64		generation;		/* of the slot when this was read */
	MemoryContext cxt;			/* holds this struct and what it points to */
	int			count;
	ModelFunction *functions;
} ModelFunctions;

extern bool model_functions_any(Oid relid, Oid role);
extern const ModelFunctions *model_functions_open(Oid relid, Oid role);
extern const ModelFunction *model_functions_find(const ModelFunctions *functions,
												 const char *operation, const char *relationship);
extern bool model_function_is_allowed(const ModelFunction *function);
extern void model_function_check_right(const ModelFunction *function);

#endif							/* TODO_ORM_MODEL_FUNCTIONS_H */
