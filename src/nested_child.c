/*
 * nested_child.c
 *	  Existing children in a nested payload: they get another parent, lose theirs,
 *	  or are changed.
 */
#include "compat.h"

#include "utils/datum.h"

#include "errors.h"
#include "ids.h"
#include "locked.h"
#include "nested_writer.h"
#include "read.h"
#include "update.h"

/* RowSink: a child that was changed; its parents are to be moved. */
static void
sink_connected(TupleTableSlot *slot, void *arg)
{
	along_note_touched(arg, slot);
}

/* Does a child belong to the row above?  Keys are compared by their bytes. */
static bool
is_child(const NestedNode *node, const NestedConnection *connection)
{
	const KeyValues *own = &connection->refers;
	const KeyValues *above = &node->above_keys[connection->up];

	if (own->any_null || above->any_null)
		return false;
	for (int i = 0; i < node->back->ncolumns; i++)
	{
		Column	   *column = model_column(node->model, node->back->own[i]);
		const Column *other = model_column(node->above->model, node->back->other[i]);

		if (column->attnum != node->model->owner &&
			!datum_image_eq(own->values[i],
							nested_convert(node->model, column, other, above->values[i],
											connection->location),
							column->typbyval, column->typlen))
			return false;
	}
	return true;
}

/* Refuses to change other rows' children, and those that are gone since they were read. */
static void
refuse_strangers(const NestedNode *node)
{
	ErrorList	errors;
	ListCell   *cell;

	errors_init(&errors, node->model);
	foreach(cell, node->connections)
	{
		const NestedConnection *connection = lfirst(cell);

		if (!connection->found ||
			(connection->verb != VERB_CONNECT && !is_child(node, connection)))
			errors_add_at(&errors, ERROR_REFERENCE, connection->location,
						  node->relationship->name, "foreign_key",
						  "referenced row does not exist", NULL);
	}
	errors_raise(&errors);
}

/* What is to become of an existing child. */
static RowValues *
patch_of(const NestedNode *node, const NestedConnection *connection)
{
	Reference	reference = {node->model, node->back, &node->above_keys[connection->up],
	connection->location};
	RowValues  *row;

	if (connection->verb == VERB_UPDATE)
		return connection->patch;
	row = payload_new_row(node->model);
	if (connection->verb == VERB_CONNECT)
		nested_refer_to(&reference, row);
	else
		nested_refer_to_nothing(node->model, row, node->back);
	return row;
}

/* Where an existing child's key to its parent goes. */
typedef struct FoundChild
{
	Call	   *call;
	const NestedNode *node;
	NestedConnection *connection;
} FoundChild;

/* RowSink: an existing child as it is now. */
static void
sink_child(TupleTableSlot *slot, void *arg)
{
	FoundChild *found = arg;

	along_key_of_slot(found->call, found->node->model, found->node->back->own,
					  found->node->back->ncolumns, slot, &found->connection->refers);
}

/* Owner and key of an existing row; answers how many values that is. */
static int
bind_key(const Call *call, const NestedNode *node, const NestedConnection *connection,
		 Datum *keys)
{
	int			n = 0;

	if (node->model->owner)
		keys[n++] = call->owner;
	memcpy(keys + n, connection->keys, sizeof(Datum) * node->model->nkeys);
	return n + node->model->nkeys;
}

/*
 * Locks the existing children, in the order of their keys, and reads them again:
 * another transaction may have had them since they were looked for.
 */
static void
lock_existing(Call *on_node, NestedNode *node)
{
	int			nkeys = node->model->nkeys;
	int			count = list_length(node->connections);
	Datum	   *keys = palloc(sizeof(Datum) * nkeys * Max(count, 1));
	Datum		arrays[INDEX_MAX_KEYS];
	ListCell   *cell;

	if (count == 0)
		return;
	foreach(cell, node->connections)
		memcpy(keys + foreach_current_index(cell) * nkeys,
			   ((NestedConnection *) lfirst(cell))->keys, sizeof(Datum) * nkeys);
	for (int i = 0; i < nkeys; i++)
		arrays[i] = ids_array(model_column(node->model, node->model->keys[i]), keys + i, count,
							  nkeys);
	if (nkeys > 0 && ids_fit_arrays(node->model))
		locked_by_ids(on_node, arrays);
	foreach(cell, node->connections)
	{
		NestedConnection *connection = lfirst(cell);
		FoundChild	found = {on_node, node, connection};
		Datum		values[1 + INDEX_MAX_KEYS];

		(void) bind_key(on_node, node, connection, values);
		connection->found = read_by_key(on_node, values, sink_child, &found);
	}
}

/* Changes existing children of the rows of the node above, or makes them theirs. */
void
nested_write_existing(Call *call, NestedNode *node)
{
	Call		on_node = nested_call_on(call, node);
	ListCell   *cell;

	lock_existing(&on_node, node);
	refuse_strangers(node);
	foreach(cell, node->connections)
	{
		const NestedConnection *connection = lfirst(cell);
		RowValues  *row;
		Datum		keys[1 + INDEX_MAX_KEYS];
		int			n = bind_key(call, node, connection, keys);

		if (node->above->repeated[connection->up])
			continue;
		call->writing_at = connection->location;
		row = patch_of(node, connection);
		if (!update_is_empty(node->model, row))
			(void) update_row_guarded(&on_node, row, keys, n, connection->location, sink_connected,
									  &on_node);
	}
	along_touch_noted(&on_node);
}
