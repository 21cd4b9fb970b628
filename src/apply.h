/*
 * apply.h
 *	  A unit of work: a list of operations on several models.
 *
 * The whole list is checked first, then each operation is run, in order.
 */
#ifndef TODO_ORM_APPLY_H
#define TODO_ORM_APPLY_H

#include "compat.h"

#include "utils/hsearch.h"
#include "utils/jsonb.h"

#include "errors.h"
#include "model.h"
#include "place.h"

/* The members of an operation. */
typedef enum ApplyMember
{
	APPLY_OP,					/* what is to be done */
	APPLY_MODEL,				/* to rows of which table */
	APPLY_AS,					/* what later operations call the row */
	APPLY_RELATIONSHIP,			/* whose links */
	APPLY_KEY,					/* which row */
	APPLY_VALUES,				/* columns and their values */
	APPLY_ON_KEY,				/* columns of a unique key */
	APPLY_IF_VERSION,			/* version that the caller has seen */
	APPLY_IDS,					/* rows at the other end */
	APPLY_REQUIRED,				/* a row that is not there is an error */
	APPLY_MEMBERS				/* how many there are */
} ApplyMember;

#define APPLY_BIT(member) (1 << (member))

typedef struct ApplyKind
{
	const char *name;			/* as "op" calls it */
	const char *operation;		/* the operation of the function that does it */
	const char *instead;		/* does it for one row, where that is missing; NULL: none */
	int			needs;			/* members that must stand there: APPLY_BIT() */
	int			takes;			/* members that may */
} ApplyKind;

/* One operation of the list. */
typedef struct ApplyStep
{
	int			index;			/* its place in the list */
	const ApplyKind *kind;		/* NULL: there is no such one */
	bool		given[APPLY_MEMBERS];	/* stands there and is not null */
	JsonbValue	members[APPLY_MEMBERS]; /* those; they point into the list */
	Model	   *model;			/* descriptor when the list was checked; NULL: no model */
	Oid			function;		/* what does it */
	char	   *as;				/* its name; NULL: none */
	int			nrows;			/* items of "values"; NO_ARRAY: it is no array */
	bool		has_references; /* there are strings that begin with $ */
	Jsonb	   *result;			/* kept for references; NULL: not run, or has no name */
} ApplyStep;

#define NO_ARRAY (-1)

/* A name that later operations may refer to. */
typedef struct ApplyName
{
	char		name[NAMEDATALEN];	/* hash key */
	ApplyStep  *step;			/* whose result it stands for */
} ApplyName;

typedef struct Apply
{
	const char *user_id;		/* the owner; NULL: null was given */
	int			count;			/* operations */
	ApplyStep  *steps;
	const ApplyStep *current;	/* what an error is about; NULL: the list */
	HTAB	   *names;			/* of ApplyName */
	ErrorList	errors;			/* what is wrong with the list */
} Apply;

/* apply_check.c */
extern void apply_check(Apply *apply, Jsonb *operations);

/* apply_step.c */
extern void apply_read_step(Apply *apply, ApplyStep *step, const JsonbValue *operation,
							const Place *place);
extern void apply_note(Apply *apply, const Place *up, ApplyMember member, const char *type,
					   const char *message, const JsonbValue *input);
extern const char *apply_member_name(ApplyMember member);

/* apply_reference.c */
extern bool apply_is_reference(const JsonbValue *value);
extern void apply_add_name(Apply *apply, ApplyStep *step, const Place *place);
extern void apply_check_references(Apply *apply, ApplyStep *step, const JsonbValue *value,
								   const Place *place);
extern void apply_resolve(Apply *apply, const ApplyStep *step, const Place *place,
						  JsonbValue *value);

/* apply_call.c */
extern void apply_run_step(Apply *apply, ApplyStep *step, StringInfo out);

/* apply_errors.c */
extern void apply_raise(const Apply *apply);
TODO_ORM_NORETURN
extern void apply_refuse_missing(const Place *place, const char *message, const JsonbValue *input);
extern void apply_set_context(void *arg);
TODO_ORM_NORETURN
extern void apply_rethrow(const ApplyStep *step, ErrorData *edata);

#endif							/* TODO_ORM_APPLY_H */
