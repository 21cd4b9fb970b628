/*
 * include.h
 *	  Which related rows are loaded with a row: ["messages:-20", "messages.author"]
 *	  or {"messages": {"take": -20, "include": {"author": {}}}}.
 */
#ifndef TODO_ORM_INCLUDE_H
#define TODO_ORM_INCLUDE_H

#include "compat.h"

#include "utils/jsonb.h"

#include "match.h"
#include "place.h"
#include "plan.h"

typedef struct Include
{
	const Relationship *relationship;	/* NULL: the rows that were asked for */
	Model	   *from;			/* where the relationship starts */
	Model	   *model;			/* of the rows */
	uint64		generation;		/* of the model's descriptor */
	bool		has_take;		/* false: all rows */
	int64		take;			/* rows for each parent; negative: the last ones */
	const char *sort_text;		/* as the caller wrote it; NULL: the model's order */
	int			nsort;
	SortItem   *sort;			/* total */
	bool		has_match;
	Match		match;
	bool		count;			/* how many there are, too */
	List	   *children;		/* Include * */
} Include;

extern Include *include_root(Model *model);
extern Include *include_add(Include *from, const Relationship *relationship);
extern void include_read(Include *root, Jsonb *json, const char *argument);
extern bool include_is_current(const Include *include);
extern bool include_runs_foreign_code(const Include *include);

/* include_sql.c */
extern KeptPlan *include_plan(const Include *include, bool counting);
extern int	include_key_columns(const Include *include, AttrNumber *columns);

#endif							/* TODO_ORM_INCLUDE_H */
