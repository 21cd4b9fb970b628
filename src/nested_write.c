/*
 * nested_write.c
 *	  Writes a payload with nested items: what a row refers to, the row, what
 *	  refers to it, links.
 */
#include "compat.h"

#include "create.h"
#include "ids.h"
#include "link.h"
#include "nested_writer.h"

static void write_node(Call *call, NestedNode *node, RowSink sink, void *arg);

/* The call as the table of a node sees it. */
Call
nested_call_on(Call *call, const NestedNode *node)
{
	Call		on_node = *call;

	on_node.model = node->model;
	on_node.relationship = node->relationship;
	on_node.locations = node->locations;
	/* rows that were made just now are not moved by what they are connected with */
	on_node.made_parent = node->above && !node->above->existing ? node->back : NULL;
	on_node.nested = node->above != NULL;
	on_node.touched = NIL;
	on_node.keys_locked = false;
	call->writing = node->model;
	call->writing_at = node->count == 1 && node->locations ? node->locations[0] : NULL;
	return on_node;
}

/* Creates or finds what the rows of a node refer to, and lets them refer to it. */
void
nested_write_parents(Call *call, NestedNode *node)
{
	ListCell   *cell;
	ListCell   *each;

	/* rows that are there are nobody's repetition */
	if (node->repeated == NULL)
		node->repeated = palloc0(sizeof(bool) * Max(node->count, 1));
	foreach(cell, node->children)
		((NestedNode *) lfirst(cell))->above_keys = palloc0(sizeof(KeyValues) * Max(node->count, 1));
	foreach(cell, node->children)
	{
		NestedNode *child = lfirst(cell);

		if (child->relationship->kind != RELATIONSHIP_MANY_TO_ONE)
			continue;
		foreach(each, child->connections)
		{
			const NestedConnection *connection = lfirst(each);
			Reference	reference = {node->model, child->relationship, &connection->refers,
			connection->location};

			nested_refer_to(&reference, node->rows[connection->up]);
		}
		write_node(call, child, NULL, NULL);
		for (int i = 0; i < child->count; i++)
		{
			Reference	reference = {node->model, child->relationship, &child->keys[i],
			child->locations[i]};

			if (node->repeated[child->up[i]])
				continue;
			nested_refer_to(&reference, node->rows[child->up[i]]);
			if (!child->repeated[i])
				nested_note_made(node->model, node->rows[child->up[i]], child->relationship);
		}
	}
	if (node->above == NULL)
	{
		call->writing = NULL;
		call->writing_at = NULL;
	}
}

/* Rows of a node on their way into the table. */
typedef struct Made
{
	Call	   *call;
	NestedNode *node;
	int		   *places;			/* which row of the node is the n-th */
	int			total;			/* rows that are to be made */
	int			count;			/* so far */
	RowSink		sink;			/* NULL: nobody asks for them */
	void	   *arg;
} Made;

/* The columns that related rows refer to; NULL: none are needed. */
static const AttrNumber *
referred_columns(const NestedNode *node, int *n)
{
	if (node->relationship == NULL || node->relationship->kind == RELATIONSHIP_ONE_TO_MANY)
		return NULL;
	if (node->relationship->kind == RELATIONSHIP_MANY_TO_MANY)
	{
		*n = node->model->nkeys;
		return node->model->keys;
	}
	*n = node->relationship->ncolumns;
	return node->relationship->other;
}

/* RowSink: a row of a node; keeps what is needed for other rows to refer to it. */
void
nested_sink(TupleTableSlot *slot, void *arg)
{
	const NestedPlace *place = arg;
	const NestedNode *node = place->node;
	ListCell   *cell;

	foreach(cell, node->children)
	{
		NestedNode *child = lfirst(cell);

		if (child->relationship->kind != RELATIONSHIP_MANY_TO_ONE)
			along_key_of_slot(place->call, node->model,
							  child->back ? child->back->other : child->relationship->own,
							  child->relationship->ncolumns, slot,
							  &child->above_keys[place->place]);
	}
}

/* RowSink: a row that was made. */
static void
sink_made(TupleTableSlot *slot, void *arg)
{
	Made	   *made = arg;
	NestedNode *node = made->node;
	NestedPlace place = {made->call, node, 0};
	int			n;
	const AttrNumber *columns = referred_columns(node, &n);

	/* a rule may give more rows than were to be made */
	if (made->count++ >= made->total)
		return;
	place.place = made->places[made->count - 1];
	call_check_written(made->call, slot);
	if (columns)
		along_key_of_slot(made->call, node->model, columns, n, slot, &node->keys[place.place]);
	nested_sink(slot, &place);
	if (made->sink)
		made->sink(slot, made->arg);
}

/* Must the rows be there, because others refer to them? */
static bool
is_referred_to(const NestedNode *node)
{
	return node->children != NIL ||
		(node->relationship && node->relationship->kind != RELATIONSHIP_ONE_TO_MANY);
}

/* Creates the rows of a node, those that were made before aside. */
static void
create_node(Call *on_node, NestedNode *node, RowSink sink, void *arg)
{
	RowValues **rows = palloc(sizeof(RowValues *) * Max(node->count, 1));
	char	  **locations = palloc(sizeof(char *) * Max(node->count, 1));
	Made		made = {on_node, node, palloc(sizeof(int) * Max(node->count, 1)), 0, 0, sink, arg};
	int			count = 0;

	node->keys = palloc0(sizeof(KeyValues) * Max(node->count, 1));
	for (int i = 0; i < node->count; i++)
	{
		/* a repeated row of the call itself is still what the call answers */
		if (node->above && node->repeated[i] && node->above->repeated[node->up[i]])
			continue;
		made.places[count] = i;
		if (node->locations)
			locations[count] = node->locations[i];
		rows[count++] = node->rows[i];
	}
	on_node->locations = node->locations ? locations : NULL;
	made.total = count;
	create_rows(on_node, rows, count, node->batch, sink_made, &made);
	if (made.count != count && is_referred_to(node))
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("a row of \"%s\" was not created", node->model->relname),
				 errdetail("A trigger or a rule held it back, or made others, and other rows of the call refer to it.")));
}

/* How far linking has come; items and connections stand in the order of the rows above. */
typedef struct LinkProgress
{
	int			item;
	int			connection;
	Datum	   *keys;			/* of the rows to link, nkeys for each */
} LinkProgress;

/* The keys of the rows that the next row above is linked with, or no longer; answers how many. */
static int
next_keys(const NestedNode *node, NestedVerb verb, int up, LinkProgress *progress)
{
	int			nkeys = node->model->nkeys;
	int			n = 0;

	for (; verb == VERB_CREATE && progress->item < node->count &&
		 node->up[progress->item] == up; progress->item++, n++)
		for (int k = 0; k < nkeys; k++)
			progress->keys[n * nkeys + k] =
				ids_widen(model_column(node->model, node->model->keys[k]),
						  node->keys[progress->item].values[k]);
	for (; progress->connection < list_length(node->connections); progress->connection++)
	{
		const NestedConnection *connection = list_nth(node->connections, progress->connection);

		if (connection->up != up)
			break;
		if (connection->verb == verb)
			memcpy(progress->keys + n++ * nkeys, connection->keys, sizeof(Datum) * nkeys);
	}
	return n;
}

/* The link table's own relationship of a foreign key; NULL where it has none. */
static const Relationship *
link_side(const Model *link, Oid constraint)
{
	for (int i = 0; i < link->nrelationships; i++)
		if (link->relationships[i].kind == RELATIONSHIP_MANY_TO_ONE &&
			link->relationships[i].constraint == constraint)
			return &link->relationships[i];
	return NULL;
}

/* Links the rows of the node above with those of this one, or no longer. */
static void
write_links(Call *call, NestedNode *node, NestedVerb verb)
{
	int			nkeys = node->model->nkeys;
	LinkProgress progress = {0, 0, palloc(sizeof(Datum) * nkeys *
										  (node->count + list_length(node->connections) + 1))};
	Call		from = nested_call_on(call, node->above);
	Call		on_link;

	from.relationship = node->relationship;
	link_begin(&from, &on_link);
	/* what was made just now is not moved by its links */
	on_link.made_parent = node->above->existing ? NULL :
		link_side(on_link.model, node->relationship->constraint);
	on_link.made_target = verb != VERB_CREATE ? NULL :
		link_side(on_link.model, node->relationship->link->far_constraint);
	call->writing = on_link.model;
	call->writing_at = NULL;
	for (int up = 0; up < node->above->count; up++)
	{
		int			n = next_keys(node, verb, up, &progress);
		const KeyValues *key = &node->above_keys[up];
		Datum		arrays[INDEX_MAX_KEYS];

		if (n == 0 || node->above->repeated[up])
			continue;
		for (int k = 0; k < nkeys; k++)
			arrays[k] = ids_array(model_column(node->model, node->model->keys[k]),
								  progress.keys + k, n, nkeys);
		if (verb != VERB_DISCONNECT)
			(void) link_add(&from, &on_link, key, arrays);
		else
			(void) link_remove(&from, &on_link, key, arrays, REMOVE_GIVEN);
	}
	link_end(&on_link);
}

/* Lets a row that is to be made refer to the row above. */
static void
refer_to_above(const NestedNode *node, int i)
{
	Reference	reference = {node->model, node->back, &node->above_keys[node->up[i]],
	node->locations[i]};

	if (node->above->repeated[node->up[i]])
		return;
	nested_refer_to(&reference, node->rows[i]);
	if (!node->above->existing)
		nested_note_made(node->model, node->rows[i], node->back);
}

/* Creates and connects what refers to the rows of a node. */
void
nested_write_children(Call *call, NestedNode *node)
{
	ListCell   *cell;

	foreach(cell, node->children)
	{
		NestedNode *child = lfirst(cell);

		if (child->relationship->kind == RELATIONSHIP_MANY_TO_ONE)
			continue;
		for (int i = 0; child->back && i < child->count; i++)
			refer_to_above(child, i);
		write_node(call, child, NULL, NULL);
		if (child->relationship->kind == RELATIONSHIP_ONE_TO_MANY)
		{
			nested_write_existing(call, child);
			continue;
		}
		write_links(call, child, VERB_DISCONNECT);
		write_links(call, child, VERB_CREATE);
		write_links(call, child, VERB_CONNECT);
	}
	if (node->above == NULL)
	{
		call->writing = NULL;
		call->writing_at = NULL;
	}
}

/* Writes a node and all below it. */
static void
write_node(Call *call, NestedNode *node, RowSink sink, void *arg)
{
	Call		on_node = nested_call_on(call, node);

	nested_find_repeated(&on_node, node);
	nested_write_parents(call, node);
	on_node = nested_call_on(call, node);
	create_node(&on_node, node, sink, arg);
	nested_write_children(call, node);
}

/* Writes all of it, all or nothing; hands the rows of the call itself to "sink". */
void
nested_write(Call *call, NestedNode *root, RowSink sink, void *arg)
{
	write_node(call, root, sink, arg);
}
