/*
 * tool.h
 *	  Tools for language models: the functions of models, under names and with
 *	  schemas that such a model is told.
 */
#ifndef TODO_ORM_TOOL_H
#define TODO_ORM_TOOL_H

#include "compat.h"

#include "lib/stringinfo.h"

#include "function.h"
#include "model_functions.h"

/* Which functions are meant. */
typedef struct ToolFilter
{
	Oid			schema;			/* where they are */
	bool		all_models;		/* of whichever model; else of these */
	List	   *models;			/* Oid */
	bool		all_functions;	/* whatever they do; else those named */
	List	   *functions;		/* char *: operations, groups of them, functions */
} ToolFilter;

typedef struct Tool
{
	ModelFunction function;		/* what is called; no relationship is noted */
	Oid			relid;			/* the model's table */
	char	   *function_name;
	char	   *name;			/* the same, where it fits; else one made from it */
} Tool;

/* tool_find.c */
extern void tool_read_filter(FunctionCallInfo fcinfo, int schema, int models,
							 ToolFilter *filter);
extern List *tool_list(const ToolFilter *filter);
extern Tool *tool_find(const ToolFilter *filter, const char *name);
TODO_ORM_NORETURN
extern void tool_refuse(const char *name);

/* tool_argument.c */
extern bool tool_offers(const Function *function, const Argument *argument);
extern bool tool_requires(const Argument *argument);
extern bool tool_can_be_called(const Function *function);
extern void tool_append_input(StringInfo out, const Function *function);

#endif							/* TODO_ORM_TOOL_H */
