/*
 * match_reader.h
 *	  What reading a match needs in all its parts.
 */
#ifndef TODO_ORM_MATCH_READER_H
#define TODO_ORM_MATCH_READER_H

#include "compat.h"

#include "match.h"
#include "place.h"

typedef struct MatchReader
{
	Match	   *match;
	ErrorList  *errors;
	int			conditions;		/* so far */
	int			values;			/* so far, those of lists included */
} MatchReader;

/* match_reader.c */
extern void match_add_word(MatchReader *reader, int word);
extern void match_add_value(MatchReader *reader, Datum value);
extern MatchTruth match_add_truth(MatchReader *reader, MatchTruth truth);
extern bool match_check_caps(MatchReader *reader, const Place *place, int values);
extern MatchTruth match_truth_and(MatchTruth a, MatchTruth b);
extern MatchTruth match_truth_or(MatchTruth a, MatchTruth b);

/* match_column.c */
extern MatchTruth match_read_column(MatchReader *reader, const Model *model, Column *column,
									const JsonbValue *value, const Place *place);

#endif							/* TODO_ORM_MATCH_READER_H */
