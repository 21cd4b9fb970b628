/*
 * owner_order.c
 *	  Puts models into the order of their foreign keys.
 *
 * Tables that refer to each other in a circle get the same number, as Tarjan
 * finds them.  Tables that are no models count too: the way from one model to
 * another may lead through them.
 */
#include "compat.h"

#include "miscadmin.h"

#include "foreign_key.h"
#include "owner_models.h"

typedef struct Table
{
	Oid			relid;
	int			index;			/* when it was first seen */
	int			low;			/* the oldest on the path that can be reached from here */
	bool		on_path;		/* its circle is not complete yet */
} Table;

typedef struct Walk
{
	OwnerModels *models;		/* what is to be put in order */
	OwnerModel *ordered;		/* what has been, so far */
	int			count;			/* of them */
	int			circles;		/* complete ones, so far */
	List	   *tables;			/* Table *, all that were seen */
	List	   *path;			/* Table *, those whose circle is not complete */
} Walk;

static Table *
find_table(const Walk *walk, Oid relid)
{
	ListCell   *cell;

	foreach(cell, walk->tables)
		if (((Table *) lfirst(cell))->relid == relid)
			return lfirst(cell);
	return NULL;
}

/* Takes a table's model into the order, if it is one of them. */
static void
put(Walk *walk, Oid relid)
{
	for (int i = 0; i < walk->models->count; i++)
		if (walk->models->models[i].relid == relid)
		{
			walk->ordered[walk->count] = walk->models->models[i];
			walk->ordered[walk->count++].circle = walk->circles;
		}
}

/* Takes what was seen since the table, and with it, off the path: a circle. */
static void
close_circle(Walk *walk, const Table *table)
{
	Table	   *last;

	do
	{
		last = llast(walk->path);
		walk->path = list_delete_last(walk->path);
		last->on_path = false;
		put(walk, last->relid);
	} while (last != table);
	walk->circles++;
}

/* Visits a table; what it refers to comes before it. */
static Table *
visit(Walk *walk, Oid relid)
{
	Table	   *table = palloc0(sizeof(Table));
	ListCell   *cell;

	check_stack_depth();
	table->relid = relid;
	table->index = table->low = list_length(walk->tables);
	table->on_path = true;
	walk->tables = lappend(walk->tables, table);
	walk->path = lappend(walk->path, table);
	foreach(cell, foreign_keys_of(relid))
	{
		Oid			referenced = ((ForeignKey *) lfirst(cell))->referenced;
		Table	   *other = find_table(walk, referenced);

		if (other == NULL)
		{
			other = visit(walk, referenced);
			table->low = Min(table->low, other->low);
		}
		else if (other->on_path)
			table->low = Min(table->low, other->index);
	}
	if (table->low == table->index)
		close_circle(walk, table);
	return table;
}

/* Puts the models into an order in which what is referred to comes first. */
void
owner_order(OwnerModels *models)
{
	Walk		walk = {.models = models};

	walk.ordered = palloc0(sizeof(OwnerModel) * Max(models->count, 1));
	for (int i = 0; i < models->count; i++)
		if (find_table(&walk, models->models[i].relid) == NULL)
			(void) visit(&walk, models->models[i].relid);
	models->models = walk.ordered;
}
