/*
 * match_reader.c
 *	  What reading a match needs in all its parts: the words of the program,
 *	  the caps.
 */
#include "compat.h"

#include "match_reader.h"
#include "settings.h"

/*
 * as many words a program may have: far more than the conditions allowed need;
 * what counts as none ("and", "or", "not", null relationships) adds words, too
 */
#define MAX_WORDS 8192

void
match_add_word(MatchReader *reader, int word)
{
	Match	   *match = reader->match;

	/* lengths of programs are kept in 16 bits */
	if (match->length >= MAX_WORDS)
	{
		errors_add_at(reader->errors, ERROR_INPUT, "\"match\"", "match", "too_many",
					  "too many parts", NULL);
		errors_raise(reader->errors);
	}

	if (match->length == match->capacity)
	{
		match->capacity = Max(match->capacity * 2, 32);
		match->words = match->words ?
			repalloc(match->words, sizeof(int16) * match->capacity) :
			palloc(sizeof(int16) * match->capacity);
	}
	match->words[match->length++] = (int16) word;
}

void
match_add_value(MatchReader *reader, Datum value)
{
	Match	   *match = reader->match;

	if (match->nvalues == match->values_capacity)
	{
		match->values_capacity = Max(match->values_capacity * 2, 8);
		match->values = match->values ?
			repalloc(match->values, sizeof(Datum) * match->values_capacity) :
			palloc(sizeof(Datum) * match->values_capacity);
	}
	match->values[match->nvalues++] = value;
}

/* Adds what is true of every row, or of none. */
MatchTruth
match_add_truth(MatchReader *reader, MatchTruth truth)
{
	match_add_word(reader, truth == MATCH_TRUE ? WORD_TRUE : WORD_FALSE);
	return truth;
}

/* Refuses what goes beyond a cap; answers whether there is room. */
bool
match_check_caps(MatchReader *reader, const Place *place, int values)
{
	reader->values += values;
	if (reader->conditions > setting_max_match_conditions)
		place_note(reader->errors, place, "too_many", psprintf("more than %d conditions",
												  setting_max_match_conditions), NULL);
	else if (reader->values > setting_max_match_values)
		place_note(reader->errors, place, "too_many", psprintf("more than %d values",
												  setting_max_match_values), NULL);
	else
		return true;
	/* further ones would say the same */
	errors_raise(reader->errors);
	return false;
}

/* Of parts that all must be true: one that never is decides. */
MatchTruth
match_truth_and(MatchTruth a, MatchTruth b)
{
	if (a == MATCH_FALSE || b == MATCH_FALSE)
		return MATCH_FALSE;
	return a == MATCH_TRUE ? b : a;
}

MatchTruth
match_truth_or(MatchTruth a, MatchTruth b)
{
	if (a == MATCH_TRUE || b == MATCH_TRUE)
		return MATCH_TRUE;
	return a == MATCH_FALSE ? b : a;
}
