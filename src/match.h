/*
 * match.h
 *	  Filters of callers: {"completed": false, "title": {"ilike": "%milk%"}}.
 *
 * A match is read into a program, which tells statements apart and is what
 * their text is made from, and the values, which are bound.
 */
#ifndef TODO_ORM_MATCH_H
#define TODO_ORM_MATCH_H

#include "compat.h"

#include "utils/jsonb.h"

#include "model.h"
#include "place.h"
#include "statement.h"

/* What can be said of a match without looking at rows. */
typedef enum MatchTruth
{
	MATCH_FALSE,				/* no row matches */
	MATCH_TRUE,					/* every row does */
	MATCH_DEPENDS
} MatchTruth;

/* Words of a program; those that take operands are followed by them. */
typedef enum MatchWord
{
	WORD_TRUE,
	WORD_FALSE,
	WORD_AND,					/* how many; then they */
	WORD_OR,					/* how many; then they */
	WORD_NOT,					/* then what */
	WORD_COLUMN,				/* attnum, operator, variant */
	WORD_RELATED				/* relationship, quantifier, generation (4 words); then what */
} MatchWord;

typedef enum MatchOperator
{
	MATCH_EQ,
	MATCH_NE,
	MATCH_GT,
	MATCH_GTE,
	MATCH_LT,
	MATCH_LTE,
	MATCH_IN,					/* variant: see VARIANT_... */
	MATCH_NIN,
	MATCH_LIKE,
	MATCH_ILIKE,
	MATCH_NULL,					/* variant: 1 for null, 0 for not null */
	MATCH_CONTAINS,				/* variant: a ContainsKind */
	MATCH_SEARCH
} MatchOperator;

#define MATCH_OPERATORS (MATCH_SEARCH + 1)	/* how many there are */

/* Variants of "in": the list has a null; it is no array but so many values. */
#define VARIANT_WITH_NULL	1
#define VARIANT_LIST(n)		((n) << 1)
#define VARIANT_COUNT(v)	((v) >> 1)

/* What "contains" means for a column. */
typedef enum ContainsKind
{
	CONTAINS_TEXT,				/* an escaped substring */
	CONTAINS_ARRAY,				/* an array of the column's type */
	CONTAINS_JSON,				/* jsonb */
	CONTAINS_ELEMENT,			/* an element of a range or multirange */
	CONTAINS_RANGE,				/* a range */
	CONTAINS_MULTIRANGE			/* a multirange */
} ContainsKind;

/* How many of the related rows must match. */
typedef enum MatchQuantifier
{
	QUANTIFIER_SOME,
	QUANTIFIER_NONE,
	QUANTIFIER_EVERY
} MatchQuantifier;

typedef struct Match
{
	MatchTruth	truth;
	bool		foreign_code;	/* somebody's code may run in related tables */
	List	   *related;		/* const Model *: the related models that it reads */
	int			length;			/* words of the program; 0: every row */
	int			capacity;
	int16	   *words;
	int			nvalues;		/* values, in the order in which the program uses them */
	int			values_capacity;
	Datum	   *values;
} Match;

/* match.c */
extern void match_read(const Model *model, const JsonbValue *json, const Place *place,
					   ErrorList *errors, Match *match);

/* match_sql.c */
extern void match_append(Statement *st, const Model *model, const char *alias, int owner_param,
						 const int16 *words, int length);

/* match_type.c */
extern ContainsKind match_contains_kind(const Column *column, const JsonbValue *value);
extern Oid	match_contains_type(const Column *column, ContainsKind kind);
extern const char *match_operator_name(const Column *column, int index, MatchOperator *operator);
extern bool match_is_text(const Column *column);
extern bool match_is_json(const Column *column);
extern bool match_can_contain(const Column *column);
extern bool match_can_search(const Column *column);

#endif							/* TODO_ORM_MATCH_H */
