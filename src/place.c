/*
 * place.c
 *	  Where in an argument something stands.
 */
#include "compat.h"

#include "utils/json.h"

#include "place.h"

/* bytes of a key that an error repeats */
#define MAX_KEY 100

/* The place as the inside of a JSON array: "match", "or", 0, "title" */
char *
place_location(const Place *place)
{
	StringInfoData text;

	initStringInfo(&text);
	if (place->up)
		appendStringInfo(&text, "%s, ", place_location(place->up));
	if (place->key)
		escape_json(&text, errors_cut(place->key, MAX_KEY));
	else
		appendStringInfo(&text, "%d", place->index);
	return text.data;
}

/* The place as a person would write it: match.or[0].title, [2].values.title */
static char *
subject_of(const Place *place)
{
	if (place->key == NULL)
		return psprintf("%s[%d]", place->up ? subject_of(place->up) : "", place->index);
	if (place->up == NULL)
		return errors_cut(place->key, MAX_KEY);
	return psprintf("%s.%s", subject_of(place->up), errors_cut(place->key, MAX_KEY));
}

/* Notes an error of input at a place. */
void
place_note(ErrorList *errors, const Place *place, const char *type, const char *message,
		   const JsonbValue *input)
{
	errors_add_at(errors, ERROR_INPUT, place_location(place), subject_of(place), type, message,
				  input);
}
