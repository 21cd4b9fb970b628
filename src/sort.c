/*
 * sort.c
 *	  Parses sort orders, makes them total, and writes them as SQL.
 */
#include "compat.h"

#include "utils/builtins.h"

#include "sort.h"

/*
 * An order that cannot be followed.  In the options of a model that has been
 * registered it could be, once: the column is gone.
 */
TODO_ORM_NORETURN
static void
refuse_sort(const Model *model, const char *text, const char *detail)
{
	bool		stale = text == model->options->sort &&
		model_misfit_sqlstate() == ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE;

	ereport(ERROR,
			(errcode(stale ? ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE :
					 ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("invalid sort \"%s\" of \"%s\"", text, model->relname),
			 errdetail_internal("%s", detail),
			 stale ?
			 errhint("Register the model again with that option corrected: SELECT todo_orm.register_model(%s, '{\"sort\": ...}');",
					 
model_literal(model)) :
			 errhint("Write \"column [asc|desc] [nulls first|nulls last], ...\" or \"-column\".")));
}

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t';
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
parse_nulls(const Model *model, const char *text, char **cursor, SortItem *item)
{
	char	   *where = next_word(cursor);

	if (where && pg_strcasecmp(where, "first") == 0)
		item->nulls_first = true;
	else if (where && pg_strcasecmp(where, "last") == 0)
		item->nulls_first = false;
	else
		refuse_sort(model, text, "Expected \"first\" or \"last\" after \"nulls\".");
}

/* One item: [-]column [asc|desc] [nulls first|last] */
static SortItem
parse_item(const Model *model, const char *text, char *item_text)
{
	SortItem	item = {0, false, false};
	char	   *cursor = item_text;
	char	   *word;
	Column	   *column;

	while (is_blank(*cursor))
		cursor++;
	item.descending = *cursor == '-';
	cursor += item.descending;
	word = next_word(&cursor);
	if (word == NULL)
		refuse_sort(model, text, "An item is empty.");
	column = model_find_column(model, word);
	if (column == NULL || column->hidden)
		refuse_sort(model, text, psprintf("There is no column \"%s\".", word));
	item.attnum = column->attnum;
	word = next_word(&cursor);
	if (word && (pg_strcasecmp(word, "asc") == 0 || pg_strcasecmp(word, "desc") == 0))
	{
		item.descending = pg_strcasecmp(word, "desc") == 0;
		word = next_word(&cursor);
	}
	item.nulls_first = item.descending;
	if (word && pg_strcasecmp(word, "nulls") == 0)
	{
		parse_nulls(model, text, &cursor, &item);
		word = next_word(&cursor);
	}
	if (word)
		refuse_sort(model, text, psprintf("Unexpected word \"%s\".", word));
	return item;
}

static bool
is_sorted_by(const SortItem *items, int nitems, AttrNumber attnum)
{
	for (int i = 0; i < nitems; i++)
		if (items[i].attnum == attnum)
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
		items[nitems].descending = descending;
		items[nitems].nulls_first = descending;
		nitems++;
	}
	return nitems;
}

/*
 * Parses a sort order and completes it with the key, in CurrentMemoryContext.
 *
 * Errors: 22023 for an unrecognized column or word.
 */
SortItem *
sort_parse(const Model *model, const char *text, int *nitems)
{
	char	   *copy = pstrdup(text);
	int			capacity = 1 + model->nkeys;
	SortItem   *items;

	for (const char *p = text; *p; p++)
		capacity += *p == ',';
	items = palloc0(sizeof(SortItem) * capacity);
	*nitems = 0;
	for (char *item = copy, *next; item; item = next)
	{
		next = cut_item(item);
		items[(*nitems)++] = parse_item(model, text, item);
	}
	*nitems = append_keys(model, items, *nitems, items[*nitems - 1].descending);
	return items;
}

/* created_at desc, then the key desc; the key asc if there is no created_at */
SortItem *
sort_default(const Model *model, int *nitems)
{
	SortItem   *items = palloc0(sizeof(SortItem) * (1 + model->nkeys));
	bool		by_time = model->created_at != 0;

	*nitems = 0;
	if (by_time)
	{
		items[0].attnum = model->created_at;
		items[0].descending = items[0].nulls_first = true;
		*nitems = 1;
	}
	*nitems = append_keys(model, items, *nitems, by_time);
	return items;
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
		Column	   *column = model_column(model, items[i].attnum);
		bool		descending = items[i].descending != reverse;
		bool		nulls_first = items[i].nulls_first != reverse;

		appendStringInfo(sql, "%s%s.%s%s%s", i == 0 ? "" : ", ", alias, column->quoted,
						 descending ? " DESC" : "",
						 nulls_first == descending ? "" :
						 nulls_first ? " NULLS FIRST" : " NULLS LAST");
	}
}
