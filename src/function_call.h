/*
 * function_call.h
 *	  Calls a model's function from C, and writes its result as JSON.
 */
#ifndef TODO_ORM_FUNCTION_CALL_H
#define TODO_ORM_FUNCTION_CALL_H

#include "compat.h"

#include "lib/stringinfo.h"

#include "errors.h"
#include "function.h"
#include "place.h"

typedef struct FunctionCall
{
	Function   *function;		/* compiled, its tables locked */
	const Model *model;			/* current descriptor */
	Datum	   *values;			/* by declared argument */
	bool	   *nulls;			/* not set yet, or null */
} FunctionCall;

extern void function_call_begin(FunctionCall *call, Oid function);
extern const Argument *function_call_argument(const FunctionCall *call, ArgumentRole role);
extern void function_call_set(FunctionCall *call, ArgumentRole role, Datum value);
extern bool function_call_read(FunctionCall *call, int argument, const JsonbValue *value,
							   ErrorList *errors, const Place *place);
extern void function_call_set_owner(FunctionCall *call, const char *owner, ErrorList *errors,
									const Place *place);
extern int64 function_call_run(FunctionCall *call, bool single, StringInfo out);

#endif							/* TODO_ORM_FUNCTION_CALL_H */
