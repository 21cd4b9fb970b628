/*
 * match.c
 *	  Reads a match into a program and values.
 *
 * All errors of the match are raised together.
 */
#include "compat.h"

#include "miscadmin.h"

#include "follow.h"
#include "jsonb_read.h"
#include "match_reader.h"
#include "settings.h"

static MatchTruth read_object(MatchReader *reader, const Model *model, JsonbContainer *object,
							  const Place *place, int depth);

/* Makes the target's descriptor fit for use, and notes which one it is. */
static const Model *
open_target(MatchReader *reader, const Model *model, const Relationship *relationship)
{
	const Model *target;
	uint64		generation;

	target = follow(model, relationship);
	reader->match->related = lappend(reader->match->related, unconstify(Model *, target));
	reader->match->foreign_code |= model_read_runs_foreign_code(relationship);
	generation = relationship->target_slot->generation;
	for (int i = 0; i < 4; i++)
		match_add_word(reader, (int) ((generation >> (16 * i)) & 0xFFFF));
	return target;
}

/* What can be said, whatever related rows there are. */
static MatchTruth
quantified_truth(MatchQuantifier quantifier, MatchTruth truth)
{
	if (quantifier == QUANTIFIER_SOME && truth == MATCH_FALSE)
		return MATCH_FALSE;
	if ((quantifier == QUANTIFIER_NONE && truth == MATCH_FALSE) ||
		(quantifier == QUANTIFIER_EVERY && truth == MATCH_TRUE))
		return MATCH_TRUE;
	return MATCH_DEPENDS;
}

/* What the related rows must match, some, none or all of them. */
static MatchTruth
read_quantified(MatchReader *reader, const Model *model, const Relationship *relationship,
				int number, MatchQuantifier quantifier, const JsonbValue *value, const Place *place, int depth)
{
	const Model *target;

	reader->conditions++;
	if (!match_check_caps(reader, place, 0))
		return MATCH_DEPENDS;
	if (!jsonb_value_is_object(value))
	{
		place_note(reader->errors, place, "type", psprintf("expected object, got %s", jsonb_value_kind(value)),
			 NULL);
		return MATCH_DEPENDS;
	}
	match_add_word(reader, WORD_RELATED);
	match_add_word(reader, number);
	match_add_word(reader, quantifier);
	target = open_target(reader, model, relationship);
	return quantified_truth(quantifier, read_object(reader, target, value->val.binary.data, place,
													depth + 1));
}

static bool
read_quantifier(const char *name, MatchQuantifier *quantifier)
{
	static const char *const names[] = {"some", "none", "every"};

	for (size_t i = 0; i < lengthof(names); i++)
	{
		if (strcmp(name, names[i]) != 0)
			continue;
		*quantifier = (MatchQuantifier) i;
		return true;
	}
	return false;
}

/* Is it an object of quantifiers? */
static bool
has_quantifiers(const JsonbItems *items)
{
	MatchQuantifier quantifier;

	for (int i = 0; i < items->count; i++)
		if (!read_quantifier(items->items[i].key, &quantifier))
			return false;
	return items->count > 0;
}

/* A relationship: null, an object, or {"some" | "none" | "every": {...}} */
static MatchTruth
read_related(MatchReader *reader, const Model *model, const Relationship *relationship,
			 const JsonbValue *value, const Place *place, int depth)
{
	int			number = relationship - model->relationships;
	MatchTruth	truth = MATCH_TRUE;
	JsonbItems	items;

	if (value->type == jbvNull)
	{
		/* there is none */
		match_add_word(reader, WORD_RELATED);
		match_add_word(reader, number);
		match_add_word(reader, QUANTIFIER_NONE);
		(void) open_target(reader, model, relationship);
		(void) match_add_truth(reader, MATCH_TRUE);
		return MATCH_DEPENDS;
	}
	if (relationship->kind == RELATIONSHIP_MANY_TO_ONE || !jsonb_value_is_object(value))
		return read_quantified(reader, model, relationship, number, QUANTIFIER_SOME, value, place, depth);
	items = jsonb_items(value->val.binary.data);
	if (!has_quantifiers(&items))
		return read_quantified(reader, model, relationship, number, QUANTIFIER_SOME, value, place, depth);
	match_add_word(reader, WORD_AND);
	match_add_word(reader, items.count);
	for (int i = 0; i < items.count; i++)
	{
		MatchQuantifier quantifier = QUANTIFIER_SOME;
		Place		here = {place, items.items[i].key, 0};

		(void) read_quantifier(items.items[i].key, &quantifier);
		truth = match_truth_and(truth, read_quantified(reader, model, relationship, number,
													   quantifier, &items.items[i].value, &here,
													   depth));
	}
	return truth;
}

/*
 * {"and": [...]}, {"or": [...]}.  An object for "and" means what it says: all
 * of its members.  For "or" it would be read as one alternative, while who wrote
 * it meant as many as it has members.
 */
static MatchTruth
read_list_of(MatchReader *reader, const Model *model, MatchWord word, const JsonbValue *value,
			 const Place *place, int depth)
{
	MatchTruth	truth = word == WORD_AND ? MATCH_TRUE : MATCH_FALSE;
	JsonbItems	items;

	if (word == WORD_AND && jsonb_value_is_object(value))
		return read_object(reader, model, value->val.binary.data, place, depth + 1);
	if (!jsonb_value_is_array(value))
	{
		place_note(reader->errors, place, "type", psprintf("expected array of objects, got %s",
											 jsonb_value_kind(value)), NULL);
		return MATCH_DEPENDS;
	}
	items = jsonb_items(value->val.binary.data);
	reader->conditions += items.count;
	if (!match_check_caps(reader, place, 0))
		return MATCH_DEPENDS;
	match_add_word(reader, word);
	match_add_word(reader, items.count);
	for (int i = 0; i < items.count && !errors_full(reader->errors); i++)
	{
		Place		here = {place, NULL, i};
		MatchTruth	part = MATCH_DEPENDS;

		if (jsonb_value_is_object(&items.items[i].value))
			part = read_object(reader, model, items.items[i].value.val.binary.data, &here,
							   depth + 1);
		else
			place_note(reader->errors, &here, "type",
				 psprintf("expected object, got %s", jsonb_value_kind(&items.items[i].value)), NULL);
		truth = word == WORD_AND ? match_truth_and(truth, part) : match_truth_or(truth, part);
	}
	return truth;
}

/* {"not": {...}} */
static MatchTruth
read_not(MatchReader *reader, const Model *model, const JsonbValue *value, const Place *place,
		 int depth)
{
	MatchTruth	truth;

	if (!jsonb_value_is_object(value))
	{
		place_note(reader->errors, place, "type", psprintf("expected object, got %s", jsonb_value_kind(value)),
			 NULL);
		return MATCH_DEPENDS;
	}
	match_add_word(reader, WORD_NOT);
	truth = read_object(reader, model, value->val.binary.data, place, depth + 1);
	if (truth == MATCH_DEPENDS)
		return truth;
	return truth == MATCH_TRUE ? MATCH_FALSE : MATCH_TRUE;
}

/* a hint that names more than that is read by nobody */
#define MAX_NAMES 50

/* What a match may name, for the hint. */
static const char *
available_names(const Model *model)
{
	StringInfoData names;
	int			n = 0;

	initStringInfo(&names);
	for (int i = 0; i < model->natts && n < MAX_NAMES; i++)
		if (!model->columns[i].dropped && !model->columns[i].hidden)
			appendStringInfo(&names, "%s\"%s\"", n++ == 0 ? "" : ", ", model->columns[i].name);
	for (int i = 0; i < model->nrelationships && n < MAX_NAMES; i++)
		appendStringInfo(&names, "%s\"%s\"", n++ == 0 ? "" : ", ", model->relationships[i].name);
	return psprintf("Available columns and relationships: %s%s; \"and\", \"or\", \"not\" around them.",
					names.data, n == MAX_NAMES ? ", ..." : "");
}

/* One member of an object: a column, a relationship, and, or, not. */
static MatchTruth
read_member(MatchReader *reader, const Model *model, const JsonbPairRead *member,
			const Place *place, int depth)
{
	Column	   *column = model_find_column(model, member->key);
	const Relationship *relationship;

	if (column && !column->hidden)
		return match_read_column(reader, model, column, &member->value, place);
	relationship = column ? NULL : model_find_relationship(model, member->key);
	if (relationship)
		return read_related(reader, model, relationship, &member->value, place, depth);
	if (strcmp(member->key, "and") == 0)
		return read_list_of(reader, model, WORD_AND, &member->value, place, depth);
	if (strcmp(member->key, "or") == 0)
		return read_list_of(reader, model, WORD_OR, &member->value, place, depth);
	if (strcmp(member->key, "not") == 0)
		return read_not(reader, model, &member->value, place, depth);
	place_note(reader->errors, place, "unexpected", psprintf("no column or relationship of \"%s\"", model->name),
		 NULL);
	if (reader->errors->hint == NULL)
		reader->errors->hint = available_names(model);
	return MATCH_DEPENDS;
}

/* All members of an object must be true. */
static MatchTruth
read_object(MatchReader *reader, const Model *model, JsonbContainer *object, const Place *place,
			int depth)
{
	JsonbItems	items = jsonb_items(object);
	MatchTruth	truth = MATCH_TRUE;

	check_stack_depth();
	if (depth > setting_max_match_depth)
	{
		place_note(reader->errors, place, "too_deep", psprintf("nested more than %d deep",
												 setting_max_match_depth), NULL);
		errors_raise(reader->errors);
	}
	if (items.count != 1)
	{
		match_add_word(reader, WORD_AND);
		match_add_word(reader, items.count);
	}
	for (int i = 0; i < items.count && !errors_full(reader->errors); i++)
	{
		Place		here = {place, items.items[i].key, 0};

		truth = match_truth_and(truth, read_member(reader, model, &items.items[i], &here, depth));
	}
	return truth;
}

/*
 * Reads a match into CurrentMemoryContext.
 *
 * place: the argument that it is, or where it stands in one.
 * errors: takes every mistake there is; some that make going on senseless are
 * raised at once, with those before them (22023).
 */
void
match_read(const Model *model, const JsonbValue *json, const Place *place, ErrorList *errors,
		   Match *match)
{
	MatchReader reader;

	memset(match, 0, sizeof(Match));
	match->truth = MATCH_TRUE;
	memset(&reader, 0, sizeof(reader));
	reader.match = match;
	reader.errors = errors;
	if (!jsonb_value_is_object(json))
		place_note(errors, place, "type", "expected object", NULL);
	else if (JsonContainerSize(json->val.binary.data) > 0)
		match->truth = read_object(&reader, model, json->val.binary.data, place, 1);
}
