/*
 * signature.h
 *	  The arguments that an operation has for a model.
 *
 * The same list serves registration, which writes CREATE FUNCTION from it,
 * and the language handler, which holds a function's declared arguments
 * against it.
 */
#ifndef TODO_ORM_SIGNATURE_H
#define TODO_ORM_SIGNATURE_H

#include "compat.h"

#include "nodes/pg_list.h"

#include "model.h"

/* What an argument is for. */
typedef enum ArgumentRole
{
	ARG_OWNER,					/* the owner */
	ARG_KEY,					/* a key column */
	ARG_COLUMN,					/* any other column */
	ARG_PARENT_KEY,				/* a column of the key to the parent (append) */
	ARG_ROW,					/* a row of the model */
	ARG_ITEMS,					/* jsonb items of a create */
	ARG_PATCH,					/* jsonb patch */
	ARG_IDS,					/* keys to find */
	ARG_SCOPE,					/* named filter */
	ARG_TAKE,					/* page size */
	ARG_SKIP,					/* rows to pass over */
	ARG_WITH_TOTAL,				/* count all that match */
	ARG_OLDER_THAN,				/* age of what is purged */
	ARG_IF_VERSION,				/* version that the caller has seen */
	ARG_MATCH,					/* jsonb filter */
	ARG_SORT,					/* order */
	ARG_CURSOR,					/* where a page begins */
	ARG_MISSING_OK,				/* none is no error */
	ARG_MAX_ROWS,				/* how many rows may be changed */
	ARG_ON_KEY,					/* columns of a unique key */
	ARG_GROUP_BY,				/* columns to group by */
	ARG_MEASURES,				/* jsonb: what is counted, summed ... */
	ARG_PIECE,					/* text to append */
	ARG_MAX_CHARS,				/* how much text may be returned */
	ARG_KEEP_PINNED,			/* old rows that are pinned are wanted */
	ARG_INCLUDE,				/* jsonb: related rows to load, too */
	ARG_SHAPE,					/* what a payload is for */
	ARG_TOKEN,					/* where in the changes a caller is */
	ARG_ROLES					/* how many roles there are */
} ArgumentRole;

typedef struct Argument
{
	char	   *name;			/* as declared */
	Oid			type;			/* as declared */
	const char *default_sql;	/* NULL: required */
	ArgumentRole role;
	AttrNumber	attnum;			/* column it stands for, 0: none */
} Argument;

/* Which extra facts an operation's arguments hang on. */
typedef struct SignatureContext
{
	const Relationship *relationship;	/* of operations along one */
	List	   *names;			/* char *: argument names given in the body */
} SignatureContext;

typedef List *(*SignatureBuilder) (const Model *model, const SignatureContext *context);

extern List *signature_create(const Model *model, const SignatureContext *context);
extern List *signature_items(const Model *model, const SignatureContext *context);
extern List *signature_key(const Model *model, const SignatureContext *context);
extern List *signature_find(const Model *model, const SignatureContext *context);
extern List *signature_list(const Model *model, const SignatureContext *context);
extern List *signature_page(const Model *model, const SignatureContext *context);
extern List *signature_first(const Model *model, const SignatureContext *context);
extern List *signature_one(const Model *model, const SignatureContext *context);
extern List *signature_count(const Model *model, const SignatureContext *context);
extern List *signature_update(const Model *model, const SignatureContext *context);
extern List *signature_delete(const Model *model, const SignatureContext *context);
extern List *signature_update_many(const Model *model, const SignatureContext *context);
extern List *signature_delete_many(const Model *model, const SignatureContext *context);
extern List *signature_upsert(const Model *model, const SignatureContext *context);
extern List *signature_aggregate(const Model *model, const SignatureContext *context);
extern List *signature_purge(const Model *model, const SignatureContext *context);
extern List *signature_validate(const Model *model, const SignatureContext *context);
extern List *signature_changes(const Model *model, const SignatureContext *context);
extern List *signature_load(const Model *model, const SignatureContext *context);
extern List *signature_load_many(const Model *model, const SignatureContext *context);
extern List *signature_batch(const Model *model, const SignatureContext *context);
extern List *signature_row(const Model *model, const SignatureContext *context);
extern List *signature_link(const Model *model, const SignatureContext *context);
extern List *signature_append(const Model *model, const SignatureContext *context);
extern List *signature_append_many(const Model *model, const SignatureContext *context);
extern List *signature_with_children(const Model *model, const SignatureContext *context);
extern List *signature_extend(const Model *model, const SignatureContext *context);
extern List *signature_step(const Model *model, const SignatureContext *context);
extern List *signature_step_many(const Model *model, const SignatureContext *context);
extern List *signature_context(const Model *model, const SignatureContext *context);

#endif							/* TODO_ORM_SIGNATURE_H */
