/*
 * place.h
 *	  Where in an argument something stands: match.or[0].title
 */
#ifndef TODO_ORM_PLACE_H
#define TODO_ORM_PLACE_H

#include "compat.h"

#include "errors.h"

typedef struct Place
{
	const struct Place *up;		/* NULL: the argument itself, or an element of it */
	const char *key;			/* NULL: the index counts */
	int			index;
} Place;

extern char *place_location(const Place *place);
extern void place_note(ErrorList *errors, const Place *place, const char *type,
					   const char *message, const JsonbValue *input);

#endif							/* TODO_ORM_PLACE_H */
