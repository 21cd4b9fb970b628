/*
 * apply_errors.c
 *	  Errors of a list of operations, and of one that was run.
 *
 * Every place begins with the operation's index: [2, "values", "title"].
 */
#include "compat.h"

#include "apply.h"

/* Raises what was noted about the list; returns if nothing was. */
void
apply_raise(const Apply *apply)
{
	const ErrorList *errors = &apply->errors;

	if (errors->count == 0)
		return;
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errors->count == 1 ?
			 errmsg("invalid operations: %s", errors->summary) :
			 errmsg("invalid operations: %s%d errors, the first is %s",
					errors_full(errors) ? "more than " : "",
					Min(errors->count, MAX_ERRORS), errors->summary),
			 errdetail_internal("[%s]", errors->entries.data),
			 errors->hint ? errhint("%s", errors->hint) : 0));
}

/* Refuses an operation whose row is not there: P0002. */
void
apply_refuse_missing(const Place *place, const char *message, const JsonbValue *input)
{
	ErrorList	errors;

	errors_init(&errors, NULL);
	errors_add_at(&errors, ERROR_NOT_FOUND, place_location(place), NULL, "not_found", message, input);
	ereport(ERROR,
			(errcode(ERRCODE_NO_DATA_FOUND),
			 errmsg_internal("%s", message),
			 errdetail_internal("[%s]", errors.entries.data)));
}

/* The CONTEXT of an error: which operation it is about. */
void
apply_set_context(void *arg)
{
	const ApplyStep *step = ((const Apply *) arg)->current;

	if (step)
		errcontext("operation %d of todo_orm.apply", step->index);
}

/* How an entry of a function's DETAIL begins. */
#define ENTRY_BEGIN "{\"loc\": ["

/* Is the place in an argument of the function's that has a member of its own? */
static bool
is_own_member(const ApplyStep *step, const char *location, ApplyMember member)
{
	char	   *name = psprintf("\"%s\"", apply_member_name(member));

	return step->given[member] && strncmp(location, name, strlen(name)) == 0 &&
		model_find_column(step->model, apply_member_name(member)) == NULL;
}

/*
 * What a function says of its arguments, said of the operation's members: what
 * stands in front of the place.  "location" is the text of the rest.
 */
static char *
location_prefix(const ApplyStep *step, const char *location)
{
	if (is_own_member(step, location, APPLY_ON_KEY) || is_own_member(step, location, APPLY_IDS))
		return psprintf("%d", step->index);
	if (step->given[APPLY_VALUES])
		return psprintf("%d, \"values\"", step->index);
	if (step->given[APPLY_KEY] && location[0] != ']')
		return psprintf("%d, \"key\"", step->index);
	return psprintf("%d", step->index);
}

/* Puts the operation's place in front of every one in a DETAIL. */
static char *
prefix_locations(const ApplyStep *step, const char *detail)
{
	const int	length = strlen(ENTRY_BEGIN);
	StringInfoData out;
	bool		quoted = false;
	int			depth = 0;

	initStringInfo(&out);
	for (const char *p = detail; *p; p++)
	{
		appendStringInfoChar(&out, *p);
		if (quoted && *p == '\\' && p[1])
			appendStringInfoChar(&out, *++p);
		else if (*p == '"')
			quoted = !quoted;
		else if (!quoted && (*p == ']' || *p == '}'))
			depth--;
		else if (!quoted && (*p == '[' || *p == '{') && depth++ == 1 &&
				 strncmp(p, ENTRY_BEGIN, length) == 0)
		{
			appendStringInfoString(&out, &ENTRY_BEGIN[1]);
			p += length - 1;
			depth++;
			appendStringInfo(&out, "%s%s", location_prefix(step, p + 1), p[1] == ']' ? "" : ", ");
		}
	}
	return out.data;
}

/* Rethrows an error of an operation that was run; all but the places in it stays. */
void
apply_rethrow(const ApplyStep *step, ErrorData *edata)
{
	if (edata->detail && strncmp(edata->detail, "[" ENTRY_BEGIN, strlen("[" ENTRY_BEGIN)) == 0)
		edata->detail = prefix_locations(step, edata->detail);
	ReThrowError(edata);
}
