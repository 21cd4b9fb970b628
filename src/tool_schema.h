/*
 * tool_schema.h
 *	  The JSON Schema of a tool's arguments.
 *
 * What is valid under the schema has the form that the function takes.  The
 * function takes more: nested writes, deeper includes, columns of related rows
 * in a sort.
 */
#ifndef TODO_ORM_TOOL_SCHEMA_H
#define TODO_ORM_TOOL_SCHEMA_H

#include "compat.h"

#include "lib/stringinfo.h"

#include "contract.h"
#include "function.h"

/* A schema on its way. */
typedef struct ToolSchema
{
	const Function *function;	/* described */
	const Model *model;			/* of the function */
	StringInfoData out;			/* what is written so far */
	bool		uses_match;		/* refers to "#/$defs/match" */
	bool		uses_related;	/* refers to that of a related model */
} ToolSchema;

/* tool_item.c */
extern void tool_next(StringInfo out);
extern void tool_member(StringInfo out, const char *name);
extern void tool_append_names(StringInfo out, const Model *model, const AttrNumber *attnums,
							  int n);
extern void tool_append_described(StringInfo out, const char *schema, const char *description);
extern void tool_append_type(StringInfo out, const ContractType *type, bool nullable);
extern void tool_append_column(StringInfo out, const Model *model, const Column *column,
							   bool created);
extern void tool_append_item(StringInfo out, const Model *model, ContractShape shape,
							 const Relationship *parent);
extern void tool_append_ids(StringInfo out, const Model *model);

/* tool_match.c */
extern const Model *tool_follow(const Model *model, int relationship);
extern char *tool_match_name(const Model *model, int relationship);
extern void tool_append_match_definitions(const ToolSchema *schema, StringInfo out);

/* tool_include.c */
extern bool tool_is_plain(const char *name);
extern void tool_append_sort(StringInfo out, const Model *model);
extern void tool_append_include(ToolSchema *schema);

#endif							/* TODO_ORM_TOOL_SCHEMA_H */
