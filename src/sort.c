/*
 * sort.c
 *	  Parses sort orders, makes them total, and writes them as SQL.
 */
#include "compat.h"

#include "utils/builtins.h"

#include "sort.h"

TODO_ORM_NORETURN
static void
refuse_sort(const char *text, const char *detail)
{
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("invalid sort \"%s\"", text),
			 errdetail_internal("%s", detail),
			 errhint("Write \"column [asc|desc] [nulls first|nulls last], ...\" or \"-column\".")));
}

/* The next blank-separated word of *cursor, NULL at the end. */
static char *
next_word(char **cursor)
{
	char	   *start = *cursor;
	char	   *end;

	while (*start == ' ' || *start == '\t')
		start++;
	if (*start == '\0')
		return NULL;
	for (end = start; *end && *end != ' ' && *end != '\t'; end++)
		;
	*cursor = *end ? end + 1 : end;
	*end = '\0';
	return start;
}

/* Reads "nulls first" or "nulls last" behind the word "nulls". */
static void
parse_nulls(const char *text, char **cursor, SortItem *item)
{
	char	   *where = next_word(cursor);

	if (where && pg_strcasecmp(where, "first") == 0)
		item->nulls_first = true;
	else if (where && pg_strcasecmp(where, "last") == 0)
		item->nulls_first = false;
	else
		refuse_sort(text, "Expected \"first\" or \"last\" after \"nulls\".");
}

/* One item: [-]column [asc|desc] [nulls first|last] */
static SortItem
parse_item(const Model *model, const char *text, char *item_text)
{
	SortItem	item = {0, false, false};
	char	   *cursor = item_text;
	char	   *word = next_word(&cursor);
	Column	   *column;

	if (word == NULL)
		refuse_sort(text, "An item is empty.");
	item.descending = *word == '-';
	column = model_find_column(model, item.descending ? word + 1 : word);
	if (column == NULL || column->hidden)
		refuse_sort(text, psprintf("There is no column \"%s\".",
								   item.descending ? word + 1 : word));
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
		parse_nulls(text, &cursor, &item);
		word = next_word(&cursor);
	}
	if (word)
		refuse_sort(text, psprintf("Unexpected word \"%s\".", word));
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
	for (char *start = copy, *comma; start; start = comma)
	{
		comma = strchr(start, ',');
		if (comma)
			*comma++ = '\0';
		items[(*nitems)++] = parse_item(model, text, start);
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
