/*
 * include.c
 *	  Reads which related rows are to be loaded, into a tree.
 *
 * Both forms may be mixed; paths that begin alike share their beginning.
 */
#include "compat.h"

#include <ctype.h>

#include "miscadmin.h"
#include "utils/builtins.h"

#include "follow.h"
#include "include.h"
#include "jsonb_read.h"
#include "settings.h"
#include "sort.h"

/* What reading an include needs in all its parts. */
typedef struct IncludeReader
{
	ErrorList	errors;
	int			count;			/* relationships so far */
} IncludeReader;

static void read_include(IncludeReader *reader, Include *from, const JsonbValue *value,
						 const Place *place, int depth);

/* The rows that a call itself asks for. */
Include *
include_root(Model *model)
{
	Include    *root = palloc0(sizeof(Include));

	root->model = model;
	return root;
}

/* The include of a relationship; made if there is none.  42501 where the caller may not read it. */
Include *
include_add(Include *from, const Relationship *relationship)
{
	Include    *include;
	ListCell   *cell;

	foreach(cell, from->children)
		if (((Include *) lfirst(cell))->relationship == relationship)
			return lfirst(cell);
	include = palloc0(sizeof(Include));
	include->relationship = relationship;
	include->from = from->model;
	include->model = follow(from->model, relationship);
	include->generation = relationship->target_slot->generation;
	include->sort = include->model->sort;
	include->nsort = include->model->nsort;
	include->match.truth = MATCH_TRUE;
	from->children = lappend(from->children, include);
	return include;
}

/* What may be included, for the hint. */
static const char *
available_relationships(const Model *model)
{
	StringInfoData names;

	if (model->nrelationships == 0)
		return psprintf("\"%s\" has no relationships.", model->name);
	initStringInfo(&names);
	for (int i = 0; i < model->nrelationships; i++)
		appendStringInfo(&names, "%s\"%s\"", i == 0 ? "" : ", ", model->relationships[i].name);
	return psprintf("Relationships of \"%s\": %s.", model->name, names.data);
}

/* Opens a relationship by name; NULL, with a note, where that cannot be. */
static Include *
open_include(IncludeReader *reader, Include *from, const char *name, const Place *place, int depth)
{
	const Relationship *relationship = model_find_relationship(from->model, name);

	if (relationship == NULL)
	{
		place_note(&reader->errors, place, "unexpected",
				   psprintf("no relationship \"%s\" of \"%s\"", errors_cut(name, NAMEDATALEN),
							from->model->name), NULL);
		if (reader->errors.hint == NULL)
			reader->errors.hint = available_relationships(from->model);
		return NULL;
	}
	if (depth > setting_max_include_depth)
		place_note(&reader->errors, place, "too_deep",
				   psprintf("nested more than %d deep", setting_max_include_depth), NULL);
	else if (++reader->count > setting_max_includes)
		place_note(&reader->errors, place, "too_many",
				   psprintf("more than %d relationships", setting_max_includes), NULL);
	else
		return include_add(from, relationship);
	errors_raise(&reader->errors);
	return NULL;
}

/* Sets how many rows; a second time only to the same. */
static void
set_take(IncludeReader *reader, Include *include, const char *text, const Place *place,
		 const JsonbValue *input)
{
	char	   *end;
	long		take;

	errno = 0;
	take = strtol(text, &end, 10);
	if ((*text != '-' && !isdigit((unsigned char) *text)) || *end != '\0')
		place_note(&reader->errors, place, "value", "expected a whole number of rows", input);
	else if (errno != 0 || take < PG_INT32_MIN || take > PG_INT32_MAX)
		place_note(&reader->errors, place, "value", "number of rows is out of range", input);
	else if (include->relationship->kind == RELATIONSHIP_MANY_TO_ONE)
		place_note(&reader->errors, place, "value", "is for relationships to many", input);
	else if (include->has_take && include->take != take)
		place_note(&reader->errors, place, "value", "number of rows is given twice", input);
	else
	{
		include->has_take = true;
		include->take = take;
	}
}

/* One word of a path: messages, messages:-20 */
static Include *
read_word(IncludeReader *reader, Include *from, char *word, const Place *place, int depth)
{
	char	   *colon = strrchr(word, ':');
	Include    *include;

	if (colon)
		*colon = '\0';
	include = open_include(reader, from, word, place, depth);
	if (include && colon)
		set_take(reader, include, colon + 1, place, NULL);
	return include;
}

/* A path: messages:-20.author */
static void
read_path(IncludeReader *reader, Include *from, char *path, const Place *place, int depth)
{
	while (path && from)
	{
		char	   *dot = strchr(path, '.');

		if (dot)
			*dot = '\0';
		from = read_word(reader, from, path, place, depth++);
		path = dot ? dot + 1 : NULL;
	}
}

static void
read_take(IncludeReader *reader, Include *include, const JsonbValue *value, const Place *place)
{
	/* null is not given, as for an argument */
	if (value->type == jbvNull)
		return;
	if (value->type != jbvNumeric)
		place_note(&reader->errors, place, "type",
				   psprintf("expected number, got %s", jsonb_value_kind(value)), value);
	else
		set_take(reader, include, jsonb_value_text(value), place, value);
}

/* Parses a sort order; a bad one is noted among the other errors, which the call ends with. */
static void
parse_sort(IncludeReader *reader, Include *include, const Place *place, const JsonbValue *value)
{
	MemoryContext cxt = CurrentMemoryContext;

	PG_TRY();
	{
		include->sort = sort_parse(include->model, include->sort_text, place, &include->nsort);
	}
	PG_CATCH();
	{
		ErrorData  *edata;

		MemoryContextSwitchTo(cxt);
		edata = CopyErrorData();
		if (edata->sqlerrcode != ERRCODE_INVALID_PARAMETER_VALUE)
			PG_RE_THROW();
		FlushErrorState();
		place_note(&reader->errors, place, "value", edata->message, value);
		if (reader->errors.hint == NULL)
			reader->errors.hint = edata->hint;
	}
	PG_END_TRY();
}

static void
read_sort(IncludeReader *reader, Include *include, const JsonbValue *value, const Place *place)
{
	if (value->type == jbvNull)
		return;
	if (value->type != jbvString)
		place_note(&reader->errors, place, "type",
				   psprintf("expected string, got %s", jsonb_value_kind(value)), value);
	else if (include->relationship->kind == RELATIONSHIP_MANY_TO_ONE)
		place_note(&reader->errors, place, "value", "is for relationships to many", value);
	else
	{
		include->sort_text = jsonb_value_text(value);
		parse_sort(reader, include, place, value);
	}
}

static void
read_match(IncludeReader *reader, Include *include, const JsonbValue *value, const Place *place)
{
	if (value->type == jbvNull)
		return;
	include->has_match = true;
	match_read(include->model, value, place, &reader->errors, &include->match);
}

/* The name under which the number of rows stands: no other member may have it. */
static void
read_count(IncludeReader *reader, Include *include, const JsonbValue *value, const Place *place)
{
	char	   *name = psprintf("%s_count", include->relationship->name);

	if (value->type == jbvNull)
		return;
	if (value->type != jbvBool)
		place_note(&reader->errors, place, "type",
				   psprintf("expected boolean, got %s", jsonb_value_kind(value)), value);
	else if (include->relationship->kind == RELATIONSHIP_MANY_TO_ONE)
		place_note(&reader->errors, place, "value", "is for relationships to many", value);
	else if (model_find_column(include->from, name) ||
			 model_find_relationship(include->from, name))
		place_note(&reader->errors, place, "value",
				   psprintf("\"%s\" has a \"%s\" of its own", include->from->name, name), value);
	else
		include->count = value->val.boolean;
}

/* One member of what is said of a relationship. */
static void
read_option(IncludeReader *reader, Include *include, const JsonbPairRead *option,
			const Place *place, int depth)
{
	if (strcmp(option->key, "take") == 0)
		read_take(reader, include, &option->value, place);
	else if (strcmp(option->key, "sort") == 0)
		read_sort(reader, include, &option->value, place);
	else if (strcmp(option->key, "match") == 0)
		read_match(reader, include, &option->value, place);
	else if (strcmp(option->key, "count") == 0)
		read_count(reader, include, &option->value, place);
	else if (strcmp(option->key, "include") == 0)
		read_include(reader, include, &option->value, place, depth + 1);
	else
		place_note(&reader->errors, place, "unexpected",
				   "expected take, sort, match, include or count", NULL);
}

/* What is said of a relationship: an object, or true for all there is. */
static void
read_options(IncludeReader *reader, Include *include, const JsonbValue *value,
			 const Place *place, int depth)
{
	JsonbItems	options;

	if (value->type == jbvBool && value->val.boolean)
		return;
	if (!jsonb_value_is_object(value))
	{
		place_note(&reader->errors, place, "type",
				   psprintf("expected object, got %s", jsonb_value_kind(value)), value);
		return;
	}
	options = jsonb_items(value->val.binary.data);
	for (int i = 0; i < options.count && !errors_full(&reader->errors); i++)
	{
		Place		here = {place, options.items[i].key, 0};

		read_option(reader, include, &options.items[i], &here, depth);
	}
}

/* {"messages": {...}, "tasks": {}} */
static void
read_object(IncludeReader *reader, Include *from, const JsonbItems *items, const Place *place,
			int depth)
{
	for (int i = 0; i < items->count && !errors_full(&reader->errors); i++)
	{
		Place		here = {place, items->items[i].key, 0};
		Include    *include = open_include(reader, from, items->items[i].key, &here, depth);

		if (include)
			read_options(reader, include, &items->items[i].value, &here, depth);
	}
}

/* ["messages:-20", "messages.author", {"tasks": {"take": 3}}] */
static void
read_array(IncludeReader *reader, Include *from, const JsonbItems *items, const Place *place,
		   int depth)
{
	for (int i = 0; i < items->count && !errors_full(&reader->errors); i++)
	{
		const JsonbValue *value = &items->items[i].value;
		Place		here = {place, NULL, i};

		if (value->type == jbvString)
			read_path(reader, from, jsonb_value_text(value), &here, depth);
		else if (jsonb_value_is_object(value))
			read_include(reader, from, value, &here, depth);
		else
			place_note(&reader->errors, &here, "type",
					   psprintf("expected string or object, got %s", jsonb_value_kind(value)),
					   NULL);
	}
}

/* An include in either form; null is none. */
static void
read_include(IncludeReader *reader, Include *from, const JsonbValue *value, const Place *place,
			 int depth)
{
	JsonbItems	items;

	check_stack_depth();
	if (value->type == jbvNull)
		return;
	if (!jsonb_value_is_object(value) && !jsonb_value_is_array(value))
	{
		place_note(&reader->errors, place, "type",
				   psprintf("expected array or object, got %s", jsonb_value_kind(value)), NULL);
		return;
	}
	items = jsonb_items(value->val.binary.data);
	if (jsonb_value_is_object(value))
		read_object(reader, from, &items, place, depth);
	else
		read_array(reader, from, &items, place, depth);
}

/*
 * Reads an include into the tree below "root", in CurrentMemoryContext.
 *
 * argument: what the argument is called, for errors.
 * Errors: 22023 with every mistake in DETAIL; 42501 where the caller may not
 * read along a relationship.
 */
void
include_read(Include *root, Jsonb *json, const char *argument)
{
	IncludeReader reader;
	Place		place = {NULL, argument, 0};
	JsonbValue	value = jsonb_root(json);

	memset(&reader, 0, sizeof(reader));
	errors_init(&reader.errors, root->model);
	read_include(&reader, root, &value, &place, 1);
	errors_raise(&reader.errors);
}

/* Are all descriptors still right?  A later one's lock may have been waited for. */
bool
include_is_current(const Include *include)
{
	ListCell   *cell;

	if (include->relationship &&
		!model_slot_is_current(include->relationship->target_slot, include->generation))
		return false;
	foreach(cell, include->children)
		if (!include_is_current(lfirst(cell)))
			return false;
	return true;
}

/* May somebody's code run when these rows are read? */
bool
include_runs_foreign_code(const Include *include)
{
	ListCell   *cell;

	if (include->relationship && (model_read_runs_foreign_code(include->relationship) ||
								  include->match.foreign_code))
		return true;
	for (int i = 0; i < include->nsort; i++)
		if (include->sort[i].relationship != NO_RELATIONSHIP &&
			model_read_runs_foreign_code(&include->model->relationships[include->sort[i].relationship]))
			return true;
	foreach(cell, include->children)
		if (include_runs_foreign_code(lfirst(cell)))
			return true;
	return false;
}
