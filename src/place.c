/*
 * place.c
 *	  Where in an argument something stands.
 */
#include "compat.h"

#include "utils/json.h"

#include "place.h"

/* bytes of a key that an error repeats */
#define MAX_KEY 100

/* levels that an error shows; what is nested deeper is cut */
#define MAX_LEVELS 32

/* The levels of a place from the argument down, as many as are shown; answers how many. */
static int
levels_of(const Place *place, const Place **levels)
{
	int			depth = 0;

	for (const Place *level = place; level; level = level->up)
		depth++;
	for (int at = depth - 1; place; place = place->up, at--)
		if (at < MAX_LEVELS)
			levels[at] = place;
	return Min(depth, MAX_LEVELS);
}

/* The place as the inside of a JSON array: "match", "or", 0, "title" */
char *
place_location(const Place *place)
{
	const Place *levels[MAX_LEVELS];
	int			n = levels_of(place, levels);
	StringInfoData text;

	initStringInfo(&text);
	for (int i = 0; i < n; i++)
	{
		appendStringInfoString(&text, i == 0 ? "" : ", ");
		if (levels[i]->key)
			escape_json(&text, errors_cut(levels[i]->key, MAX_KEY));
		else
			appendStringInfo(&text, "%d", levels[i]->index);
	}
	return text.data;
}

/* The place as a person would write it: match.or[0].title, [2].values.title */
static char *
subject_of(const Place *place)
{
	const Place *levels[MAX_LEVELS];
	int			n = levels_of(place, levels);
	StringInfoData text;

	initStringInfo(&text);
	for (int i = 0; i < n; i++)
	{
		if (levels[i]->key == NULL)
			appendStringInfo(&text, "[%d]", levels[i]->index);
		else
			appendStringInfo(&text, "%s%s", i == 0 ? "" : ".",
							 errors_cut(levels[i]->key, MAX_KEY));
	}
	return text.data;
}

/* Notes an error of input at a place. */
void
place_note(ErrorList *errors, const Place *place, const char *type, const char *message,
		   const JsonbValue *input)
{
	errors_add_at(errors, ERROR_INPUT, place_location(place), subject_of(place), type, message,
				  input);
}
