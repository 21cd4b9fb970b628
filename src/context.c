/*
 * context.c
 *	  Which of the newest rows stay.
 *
 * Rows stand oldest first.  A language model refuses a conversation that
 * begins in the middle of a tool's answers, or has a call without them; so
 * what the budget tears apart goes as a whole.
 */
#include "compat.h"

#include "miscadmin.h"

#include "context.h"
#include "jsonb_read.h"

/*
 * The first row that stays.  complete: nothing older was left out.  Else it is
 * the oldest that begins a turn; where the newest turn alone was too long, the
 * oldest that was read.  Never an answer: what it answers is not there.
 */
int
context_first(const ContextRow *rows, int count, bool complete)
{
	int			first = 0;

	while (!complete && first < count && !rows[first].turn)
		first++;
	if (first == count)
		first = 0;
	while (first < count && rows[first].answer)
		first++;
	return first;
}

/* A mention of an id. */
typedef struct IdMention
{
	char	   *text;
	int		   *number;			/* where its number goes */
} IdMention;

static int
compare_mentions(const void *a, const void *b)
{
	return strcmp(((const IdMention *) a)->text, ((const IdMention *) b)->text);
}

/* Notes the ids of an array; answers how many. */
static int
mention(Jsonb *ids, int **numbers, IdMention *mentions, int *nmentions)
{
	JsonbItems	items = {0, NULL};
	int			n = 0;

	if (ids)
		items = jsonb_items(&ids->root);
	*numbers = palloc(sizeof(int) * Max(items.count, 1));
	for (int i = 0; i < items.count; i++)
	{
		/* a null is no id */
		if (items.items[i].value.type == jbvNull)
			continue;
		mentions[*nmentions].text = jsonb_value_text(&items.items[i].value);
		mentions[(*nmentions)++].number = *numbers + n++;
	}
	return n;
}

static int
count_ids(const ContextRow *rows, int count)
{
	int			n = 0;

	for (int i = 0; i < count; i++)
		n += (rows[i].call_ids ? JB_ROOT_COUNT(rows[i].call_ids) : 0) +
			(rows[i].answer_ids ? JB_ROOT_COUNT(rows[i].answer_ids) : 0);
	return n;
}

/* Gives equal ids the same number; answers how many different ones there are. */
static int
number_ids(ContextRow *rows, int count)
{
	IdMention  *mentions = palloc(sizeof(IdMention) * Max(count_ids(rows, count), 1));
	int			nmentions = 0;
	int			number = 0;

	for (int i = 0; i < count; i++)
	{
		ContextRow *row = &rows[i];

		row->ncalls = mention(row->call_ids, &row->calls, mentions, &nmentions);
		row->nanswers = mention(row->answer_ids, &row->answers, mentions, &nmentions);
	}
	qsort(mentions, nmentions, sizeof(IdMention), compare_mentions);
	for (int i = 0; i < nmentions; i++)
	{
		if (i > 0 && compare_mentions(&mentions[i - 1], &mentions[i]) != 0)
			number++;
		*mentions[i].number = number;
	}
	return number + 1;
}

static bool
has_all(const int *numbers, int n, const bool *set)
{
	for (int i = 0; i < n; i++)
		if (!set[numbers[i]])
			return false;
	return true;
}

static void
put_all(const int *numbers, int n, bool *set, bool value)
{
	for (int i = 0; i < n; i++)
		set[numbers[i]] = value;
}

/*
 * Drops calls that lack an answer to one of their ids.  From the newest row
 * back: an answer belongs to the nearest call before it.
 */
static bool
drop_unanswered(ContextRow *rows, int count, int nids)
{
	bool	   *answered = palloc0(sizeof(bool) * nids);
	bool		changed = false;

	for (int i = count - 1; i >= 0; i--)
	{
		ContextRow *row = &rows[i];

		if (!row->dropped)
			put_all(row->answers, row->nanswers, answered, true);
		if (!row->dropped && !has_all(row->calls, row->ncalls, answered))
			row->dropped = changed = true;
		put_all(row->calls, row->ncalls, answered, false);
	}
	pfree(answered);
	return changed;
}

/*
 * Drops answers whose call is not there; those without an id where they do not
 * follow a call, or another answer.
 */
static bool
drop_uncalled(ContextRow *rows, int count, int nids)
{
	bool	   *called = palloc0(sizeof(bool) * nids);
	bool		changed = false;
	bool		follows = false;	/* the last row that stays is a call or an answer */

	for (int i = 0; i < count; i++)
	{
		ContextRow *row = &rows[i];

		if (!row->dropped && row->answer &&
			(row->nanswers > 0 ? !has_all(row->answers, row->nanswers, called) : !follows))
			row->dropped = changed = true;
		put_all(row->calls, row->ncalls, called, !row->dropped);
		if (!row->dropped)
			follows = row->answer || row->ncalls > 0;
	}
	pfree(called);
	return changed;
}

/* Drops calls without their answers, and answers without their call. */
void
context_pair(ContextRow *rows, int count)
{
	int			nids = number_ids(rows, count);
	bool		changed;

	do
	{
		CHECK_FOR_INTERRUPTS();
		changed = drop_unanswered(rows, count, nids);
		changed |= drop_uncalled(rows, count, nids);
	} while (changed);
}
