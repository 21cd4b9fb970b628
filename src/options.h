/*
 * options.h
 *	  The options of a model as its owner gave them (SPEC 5), parsed from the
 *	  jsonb that register_model takes and that function bodies carry.
 *
 * Nothing here looks at the table: names are checked against it when the
 * model descriptor is built.
 */
#ifndef TODO_ORM_OPTIONS_H
#define TODO_ORM_OPTIONS_H

#include "compat.h"

#include "nodes/pg_list.h"
#include "utils/jsonb.h"

/* A column option of which "not given", "given as null" and a name differ. */
typedef struct ColumnOption
{
	bool		given;			/* the key is there */
	char	   *name;			/* NULL: given as null, or not given */
} ColumnOption;

/* A named filter. */
typedef struct ScopeOption
{
	char	   *name;			/* as callers write it */
	JsonbContainer *conditions; /* an object: column -> value */
} ScopeOption;

typedef struct Options
{
	ColumnOption owner;			/* owner column; null: a model without owner */
	ColumnOption owner_setting; /* setting compared with the owner; null: none */
	List	   *key;			/* char *: key columns, for a view */
	char	   *name;			/* singular for function names */
	char	   *plural;			/* plural for function names */
	char	   *schema;			/* where the functions go */
	List	   *functions;		/* char *: which functions to make; NIL: all */
	ColumnOption created_at;	/* lifecycle columns */
	ColumnOption updated_at;
	ColumnOption deleted_at;
	ColumnOption version;
	List	   *readonly;		/* char *: no payload may set them; "!x" lifts */
	List	   *immutable;		/* char *: set at creation, never patched */
	List	   *hidden;			/* char *: in no JSON result */
	bool		extra_ignore;	/* unknown keys of a payload are ignored */
	List	   *scopes;			/* ScopeOption * */
	char	   *sort;			/* default order */
	List	   *touch;			/* char *: relationships whose parent moves */
	char	   *idempotency;	/* column that makes a create repeatable */
	JsonbContainer *relationships;	/* names other than the default ones */
	bool		changes;		/* changes are recorded, for changes_since */
	bool		changes_notify; /* ... and listeners told */
	bool		rls;			/* row level security for roles with table rights */
	bool		rls_force;		/* ... also for the table's owner */
} Options;

extern Options *options_parse(Jsonb *options);
extern Jsonb *options_merge(Jsonb *stored, Jsonb *given);

#endif							/* TODO_ORM_OPTIONS_H */
