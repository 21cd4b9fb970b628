/*
 * errors.h
 *	  Validation errors: collected, then raised together (SPEC 7).
 */
#ifndef TODO_ORM_ERRORS_H
#define TODO_ORM_ERRORS_H

#include "compat.h"

#include "lib/stringinfo.h"
#include "utils/jsonb.h"

#include "model.h"

/* What an entry is about; the smallest one present decides the SQLSTATE. */
typedef enum ErrorClass
{
	ERROR_INPUT,				/* 22023 */
	ERROR_REFERENCE,			/* 23503 */
	ERROR_TAKEN,				/* 23505 */
	ERROR_NOT_FOUND				/* P0002 */
} ErrorClass;

typedef struct ErrorList
{
	const Model *model;			/* the model they are about */
	const Model *first_model;	/* that of the first entry */
	const char *argument;		/* where items are told by it: "ids", 3; NULL: the index begins */
	char	  **locations;		/* where each item stands; NULL: its index says it */
	MemoryContext cxt;			/* what is noted lives here: sinks run in shorter-lived memory */
	int			count;			/* errors so far */
	int			last_entry;		/* where the last entry that may stand begins */
	ErrorClass	class;			/* smallest class so far */
	StringInfoData entries;		/* JSON objects, comma separated */
	char	   *summary;		/* "title: field required", of the first entry */
	const char *column;			/* column of the first entry, or NULL */
	const char *constraint;		/* constraint of the first entry, or NULL */
	const char *hint;			/* hint of the first entry that has one */
	char	   *suggestions;	/* "title" for "titel", ...: in front of the hint */
	int			nsuggestions;
} ErrorList;

/* a row has another version than the call was told */
#define ERRCODE_STALE_VERSION MAKE_SQLSTATE('T', 'O', '4', '0', '9')

#define NO_INDEX (-1)			/* a payload that is not part of an array */
#define MAX_ERRORS 100			/* the last entry then says "too_many" */

extern char *errors_cut(const char *text, int bytes);
extern void errors_init(ErrorList *errors, const Model *model);
extern void errors_add(ErrorList *errors, ErrorClass class, int index, const char *column,
					   const char *type, const char *message, const JsonbValue *input);
extern void errors_add_inside(ErrorList *errors, ErrorClass class, int index, const char *column,
							  const char *inside, const char *type, const char *message,
							  const JsonbValue *input);
extern void errors_add_element(ErrorList *errors, ErrorClass class, const char *argument,
							   int position, const char *type, const char *message);
TODO_ORM_NORETURN
extern void errors_refuse_argument(const Model *model, const char *argument, const char *expected);
TODO_ORM_NORETURN
extern void errors_refuse_null(const Model *model, const char *argument);
TODO_ORM_NORETURN
extern void errors_refuse_word(const char *argument, const char *word, const char *message,
							   const char *words);
TODO_ORM_NORETURN
extern void errors_refuse_negative(const char *argument, int64 number, const char *hint);
extern void errors_add_at(ErrorList *errors, ErrorClass class, const char *location,
						  const char *subject, const char *type, const char *message,
						  const JsonbValue *input);
extern int	errors_likeness(const char *given);
extern bool errors_is_likelier(const char *given, const char *name, int *best);
extern void errors_suggest(ErrorList *errors, const char *given, const char *meant);
extern void errors_take_back(ErrorList *errors, const ErrorList *before);
extern bool errors_full(const ErrorList *errors);
extern void errors_raise(ErrorList *errors);
extern char *errors_entries(const ErrorList *errors);
extern bool errors_is_input(int sqlstate, bool own_code);
extern char *errors_quote(const char *text);
extern char *errors_detail(const char *argument, const char *message, const char *input);
extern char *errors_detail_at(const char *location, const char *message, const char *input);
extern void errors_explain_range(ErrorData *edata);
extern void errors_rethrow_explained(const Model *model, ErrorData *edata, const char *place,
									 bool deletes);

#endif							/* TODO_ORM_ERRORS_H */
