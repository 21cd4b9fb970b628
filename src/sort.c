/*
 * sort.c
 *	  Parses sort orders, makes them total, and writes them as SQL.
 */
#include "compat.h"

#include "utils/builtins.h"
#include "utils/typcache.h"

#include "errors.h"
#include "follow.h"
#include "sort.h"

/* bytes of a caller's text that a message repeats */
#define MAX_QUOTED 100

/* The columns that can be sorted by, for the hint; 50 of them are enough. */
static const char *
available_columns(const Model *model)
{
	StringInfoData names;
	int			n = 0;

	initStringInfo(&names);
	for (int i = 0; i < model->natts && n < 50; i++)
		if (!model->columns[i].dropped && !model->columns[i].hidden)
			appendStringInfo(&names, "%s%s", n++ == 0 ? "" : ", ", model->columns[i].name);
	return names.data;
}

/*
 * An order that cannot be followed.  In the options of a model that has been
 * registered it could be, once: the column is gone.
 */
TODO_ORM_NORETURN
static void
refuse_sort(const Model *model, const char *text, const Place *place, const char *detail)
{
	bool		stale = text == model->options->sort &&
		model_misfit_sqlstate() == ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE;

	/* what the caller gave carries its DETAIL as JSON */
	bool		given = text != model->options->sort;

	ereport(ERROR,
			(errcode(stale ? ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE :
					 ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("invalid sort \"%s\" of \"%s\"", errors_cut(text, MAX_QUOTED), model->relname),
			 errdetail_internal("%s", given ? errors_detail_at(place_location(place), detail, errors_quote(text)) : detail),
			 stale ?
			 errhint("Register the model again with that option corrected: SELECT todo_orm.register_model(%s, '{\"sort\": ...}');",
					 model_literal(model)) :
			 errhint("Write \"column [asc|desc] [nulls first|nulls last], ...\" or \"-column\". Available columns: %s.",
					 available_columns(model))));
}

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f' || c == '\v';
}

/*
 * The next word of *cursor, NULL at the end.  A name in double quotes may hold
 * anything, a quote in it is written twice, as in SQL.
 */
static char *
next_word(char **cursor)
{
	char	   *at = *cursor;
	StringInfoData word;
	bool		quoted = false;

	while (is_blank(*at))
		at++;
	if (*at == '\0')
		return NULL;
	initStringInfo(&word);
	for (; *at && (quoted || !is_blank(*at)); at++)
	{
		if (*at != '"')
			appendStringInfoChar(&word, *at);
		else if (quoted && at[1] == '"')
			appendStringInfoChar(&word, *at++);
		else
			quoted = !quoted;
	}
	*cursor = at;
	return word.data;
}

/* Quotes that are written twice close and open again: their number tells. */
static bool
has_open_quote(const char *text)
{
	bool		open = false;

	for (; *text; text++)
		open ^= *text == '"';
	return open;
}

/* Cuts the next item off at its comma, one inside quotes aside; NULL behind the last. */
static char *
cut_item(char *text)
{
	bool		quoted = false;

	for (; *text; text++)
	{
		if (*text == '"')
			quoted = !quoted;
		else if (*text == ',' && !quoted)
		{
			*text = '\0';
			return text + 1;
		}
	}
	return NULL;
}

/* Reads "nulls first" or "nulls last" behind the word "nulls". */
static void
parse_nulls(const Model *model, const char *text, const Place *place, char **cursor, SortItem *item)
{
	char	   *where = next_word(cursor);

	if (where && pg_strcasecmp(where, "first") == 0)
		item->nulls_first = true;
	else if (where && pg_strcasecmp(where, "last") == 0)
		item->nulls_first = false;
	else
		refuse_sort(model, text, place, "Expected \"first\" or \"last\" after \"nulls\".");
}

/* Has the column's type an order? */
bool
sort_has_order(const Column *column)
{
	return OidIsValid(lookup_type_cache(column->basetype, TYPECACHE_LT_OPR)->lt_opr);
}

/* The to-one relationship of "conversation.title"; what is behind the dot goes to *column. */
static int
find_related(const Model *model, char *word, char **column)
{
	char	   *dot = strchr(word, '.');

	if (dot == NULL)
		return NO_RELATIONSHIP;
	*column = dot + 1;
	for (int i = 0; i < model->nrelationships; i++)
	{
		const Relationship *relationship = &model->relationships[i];

		if (relationship->kind == RELATIONSHIP_MANY_TO_ONE &&
			strlen(relationship->name) == (size_t) (dot - word) &&
			strncmp(relationship->name, word, dot - word) == 0)
			return i;
	}
	return NO_RELATIONSHIP;
}

/* Finds what an item is sorted by: a column, or one of a to-one relationship's target. */
static void
resolve_column(const Model *model, const char *text, const Place *place, char *word,
			   SortItem *item)
{
	const Column *column = model_find_column(model, word);
	char	   *name = word;

	/* a model's own order is used where nothing is joined */
	if (column == NULL && text != model->options->sort)
	{
		item->relationship = find_related(model, word, &name);
		if (item->relationship != NO_RELATIONSHIP)
		{
			const Model *target = follow(model, &model->relationships[item->relationship]);

			column = model_find_column(target, name);
		}
	}
	if (column == NULL || column->hidden)
		refuse_sort(model, text, place, psprintf("There is no column \"%s\".", errors_cut(word, MAX_QUOTED)));
	if (!sort_has_order(column))
		refuse_sort(model, text, place, psprintf("Column \"%s\" has type %s, which has no order.", errors_cut(word, MAX_QUOTED),
										  format_type_be(column->type)));
	item->attnum = column->attnum;
}

/* One item: [-]column [asc|desc] [nulls first|last] */
static SortItem
parse_item(const Model *model, const char *text, const Place *place, char *item_text)
{
	SortItem	item = {0, NO_RELATIONSHIP, false, false};
	char	   *cursor = item_text;
	char	   *word;

	while (is_blank(*cursor))
		cursor++;
	item.descending = *cursor == '-';
	cursor += item.descending;
	word = next_word(&cursor);
	if (word == NULL)
		refuse_sort(model, text, place, "An item is empty.");
	resolve_column(model, text, place, word, &item);
	word = next_word(&cursor);
	if (word && (pg_strcasecmp(word, "asc") == 0 || pg_strcasecmp(word, "desc") == 0))
	{
		item.descending = pg_strcasecmp(word, "desc") == 0;
		word = next_word(&cursor);
	}
	item.nulls_first = item.descending;
	if (word && pg_strcasecmp(word, "nulls") == 0)
	{
		parse_nulls(model, text, place, &cursor, &item);
		word = next_word(&cursor);
	}
	if (word)
		refuse_sort(model, text, place, psprintf("Unexpected word \"%s\".", errors_cut(word, MAX_QUOTED)));
	return item;
}

static bool
is_sorted_by(const SortItem *items, int nitems, AttrNumber attnum)
{
	for (int i = 0; i < nitems; i++)
		if (items[i].attnum == attnum && items[i].relationship == NO_RELATIONSHIP)
			return true;
	return false;
}

/* Appends the key columns not yet named, so that the order is total. */
static int
append_keys(const Model *model, SortItem *items, int nitems, bool descending)
{
	for (int i = 0; i < model->nkeys; i++)
	{
		if (is_sorted_by(items, nitems, model->keys[i]))
			continue;
		items[nitems].attnum = model->keys[i];
		items[nitems].relationship = NO_RELATIONSHIP;
		items[nitems].descending = descending;
		items[nitems].nulls_first = descending;
		nitems++;
	}
	return nitems;
}

/*
 * Parses a sort order and completes it with the key, in CurrentMemoryContext.
 * place: where the caller wrote it; NULL: it is an option of the model.
 *
 * Errors: 22023 for an unrecognized column or word.
 */
SortItem *
sort_parse(const Model *model, const char *text, const Place *place, int *nitems)
{
	char	   *copy = pstrdup(text);
	int			capacity = 1 + model->nkeys;
	SortItem   *items;

	for (const char *p = text; *p; p++)
		capacity += *p == ',';
	if (capacity - 1 - model->nkeys >= MAX_SORT_ITEMS)
		refuse_sort(model, text, place, psprintf("There are more than %d items.", MAX_SORT_ITEMS));
	items = palloc0(sizeof(SortItem) * capacity);
	*nitems = 0;
	if (has_open_quote(text))
		refuse_sort(model, text, place, "A double quote is not closed.");
	for (char *item = copy, *next; item; item = next)
	{
		next = cut_item(item);
		items[(*nitems)++] = parse_item(model, text, place, item);
	}
	*nitems = append_keys(model, items, *nitems, items[*nitems - 1].descending);
	return items;
}

/* created_at desc, then the key desc; the key asc if there is no created_at */
SortItem *
sort_default(const Model *model, int *nitems)
{
	SortItem   *items = palloc0(sizeof(SortItem) * (1 + model->nkeys));
	/* a hidden column's values would stand in cursors */
	bool		by_time = model->created_at != 0 && !model_column(model, model->created_at)->hidden;

	*nitems = 0;
	if (by_time)
	{
		items[0].attnum = model->created_at;
		items[0].relationship = NO_RELATIONSHIP;
		items[0].descending = items[0].nulls_first = true;
		*nitems = 1;
	}
	*nitems = append_keys(model, items, *nitems, by_time);
	return items;
}

/* The column that an item is sorted by, and the alias of its table: "s0" for the first relationship. */
const Column *
sort_column(const Model *model, const SortItem *item, const char *alias, const char **item_alias)
{
	const Relationship *relationship;

	*item_alias = alias;
	if (item->relationship == NO_RELATIONSHIP)
		return model_column(model, item->attnum);
	relationship = &model->relationships[item->relationship];
	*item_alias = psprintf("s%d", item->relationship);
	return model_column(model_slot_current(relationship->target_slot), item->attnum);
}

/*
 * Appends the items of an ORDER BY:
 *
 *	alias."created_at" DESC NULLS FIRST, alias."id" DESC NULLS FIRST
 *
 * "reverse" turns every item round, for reading the last rows first.
 */
void
sort_append(StringInfo sql, const Model *model, const char *alias,
			const SortItem *items, int nitems, bool reverse)
{
	for (int i = 0; i < nitems; i++)
	{
		const char *item_alias;
		const Column *column = sort_column(model, &items[i], alias, &item_alias);
		bool		descending = items[i].descending != reverse;
		bool		nulls_first = items[i].nulls_first != reverse;

		appendStringInfo(sql, "%s%s.%s%s%s", i == 0 ? "" : ", ", item_alias, column->quoted,
						 descending ? " DESC" : "",
						 nulls_first == descending ? "" :
						 nulls_first ? " NULLS FIRST" : " NULLS LAST");
	}
}

/*
 * Appends, for each to-one relationship that the order reads from:
 *
 *	 LEFT JOIN public.conversation AS s0 ON s0.user_id = t.user_id AND s0.id = t.conversation_id
 *		AND s0.user_id = $1 AND s0.deleted_at IS NULL
 *
 * owner_param: the owner's parameter, declared already; 0: no owner.
 */
void
sort_append_joins(Statement *st, const Model *model, const SortItem *items, int nitems,
				  int owner_param)
{
	Bitmapset  *joined = NULL;

	for (int i = 0; i < nitems; i++)
	{
		int			number = items[i].relationship;
		const Relationship *relationship;
		const Model *target;
		char	   *alias;

		if (number == NO_RELATIONSHIP || bms_is_member(number, joined))
			continue;
		joined = bms_add_member(joined, number);
		relationship = &model->relationships[number];
		target = model_slot_current(relationship->target_slot);
		alias = psprintf("s%d", number);
		statement_add(st, " LEFT JOIN %s AS %s ON ", target->qualified, alias);
		for (int c = 0; c < relationship->ncolumns; c++)
		{
			statement_add(st, "%s", c == 0 ? "" : " AND ");
			statement_equal_columns(st, model_column(target, relationship->other[c]), alias,
									model_column(model, relationship->own[c]), "t");
		}
		if (target->owner && owner_param)
		{
			statement_add(st, " AND ");
			statement_equal_again(st, model_column(target, target->owner), alias,
								  owner_param);
		}
		statement_and_live(st, target, alias);
	}
}

/* Appends what tells an order apart to the shape of a statement. */
void
sort_append_shape(StringInfo bytes, const SortItem *items, int nitems)
{
	for (int i = 0; i < nitems; i++)
	{
		int16		fields[] = {items[i].attnum, items[i].relationship, items[i].descending,
		items[i].nulls_first};

		appendBinaryStringInfo(bytes, (const char *) fields, sizeof(fields));
	}
}
