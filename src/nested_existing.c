/*
 * nested_existing.c
 *	  Reads what nested items say of existing rows: connect, disconnect, update.
 */
#include "compat.h"

#include "check.h"
#include "follow.h"
#include "ids.h"
#include "jsonb_read.h"
#include "nested_reader.h"
#include "read.h"

/* May the columns of a reference be set? */
bool
nested_can_refer(const Model *model, const Relationship *relationship, bool existing)
{
	int			n = 0;

	for (int i = 0; i < relationship->ncolumns; i++)
	{
		const Column *column = model_column(model, relationship->own[i]);

		if (column->attnum == model->owner)
			continue;
		if (!(existing ? model_takes_on_patch(model, column) :
			  model_takes_on_create(model, column)))
			return false;
		n++;
	}
	/* one that is the owner alone is never another */
	return n > 0;
}

/* May they become null? */
bool
nested_can_refer_to_nothing(const Model *model, const Relationship *relationship)
{
	for (int i = 0; i < relationship->ncolumns; i++)
		if (relationship->own[i] != model->owner &&
			model_column(model, relationship->own[i])->notnull)
			return false;
	return true;
}

/* An id that is no object stands for the key's only column. */
static JsonbValue
id_object(const Model *model, const JsonbValue *id)
{
	if (jsonb_value_is_object(id) || model->nkeys != 1)
		return *id;
	return jsonb_root(jsonb_object_of(model_column(model, model->keys[0])->name, id));
}

/* Where a connection's row goes. */
typedef struct FoundTarget
{
	Call	   *call;
	const NestedNode *node;
	NestedConnection *connection;
} FoundTarget;

/* RowSink: the row is there; what a foreign key to it is set to. */
static void
sink_target(TupleTableSlot *slot, void *arg)
{
	FoundTarget *found = arg;
	const Relationship *relationship = found->node->relationship;

	if (relationship->kind == RELATIONSHIP_MANY_TO_ONE)
		along_key_of_slot(found->call, found->node->model, relationship->other,
						  relationship->ncolumns, slot, &found->connection->refers);
	else if (found->node->back)
		along_key_of_slot(found->call, found->node->model, found->node->back->own,
						  found->node->back->ncolumns, slot, &found->connection->refers);
}

/* An id has the columns of the key and nothing else. */
static void
note_strange_members(NestedReader *reader, const Model *model, const JsonbValue *id)
{
	JsonbItems	members = jsonb_items(id->val.binary.data);

	for (int i = 0; i < members.count; i++)
	{
		const Column *column = model_find_column(model, members.items[i].key);

		if (column == NULL || !model_is_key(model, column->attnum))
			errors_add(reader->errors, ERROR_INPUT, 0, members.items[i].key, "unexpected",
					   "unexpected field", &members.items[i].value);
	}
}

/* Reads an id; false, with a note, where it is none. */
static bool
read_id(NestedReader *reader, const NestedNode *node, NestedConnection *connection)
{
	const Model *model = node->model;
	JsonbValue	id = id_object(model, &connection->id);
	int			before = reader->errors->count;

	if (!jsonb_value_is_object(&id))
	{
		nested_note(reader, node, connection->location, "type",
			 "expected object with the columns of the key", &connection->id);
		return false;
	}
	reader->errors->model = model;
	reader->errors->locations = &connection->location;
	note_strange_members(reader, model, &id);
	for (int i = 0; i < model->nkeys; i++)
		connection->keys[i] = ids_note_key_value(model, model_column(model, model->keys[i]), &id, 0,
												 reader->errors);
	return reader->errors->count == before;
}

/* Finds the row that a connection names: missing, deleted and another owner's look the same. */
static void
find_target(NestedReader *reader, const NestedNode *node, NestedConnection *connection)
{
	Call		on_target = *reader->call;
	FoundTarget found = {&on_target, node, connection};
	Datum		values[1 + INDEX_MAX_KEYS];
	int			n = 0;

	on_target.model = node->model;
	if (node->model->owner)
		values[n++] = reader->call->owner;
	memcpy(values + n, connection->keys, sizeof(Datum) * node->model->nkeys);
	/* what a reference needs of the row may be null: then nothing can refer to it */
	if (read_by_key(&on_target, values, sink_target, &found) &&
		!(node->relationship->kind == RELATIONSHIP_MANY_TO_ONE && connection->refers.any_null))
		return;
	reader->errors->model = node->model;
	errors_add_at(reader->errors, ERROR_REFERENCE, connection->location, node->relationship->name,
				  "foreign_key", "referenced row does not exist", NULL);
}

/* Reads the patch of a row that is there, and its key; false, with a note, where that is none. */
static bool
read_update(NestedReader *reader, const NestedNode *node, NestedConnection *connection)
{
	Call		on_target = *reader->call;
	int			before;
	bool		has_key;
	JsonbValue	patch;

	if (!jsonb_value_is_object(&connection->id))
	{
		nested_note(reader, node, connection->location, "type",
			 psprintf("expected object, got %s", jsonb_value_kind(&connection->id)), NULL);
		return false;
	}
	reader->errors->model = node->model;
	reader->errors->locations = &connection->location;
	before = reader->errors->count;
	patch = jsonb_root(ids_take_key(node->model, &connection->id, 0, connection->keys,
									reader->errors));
	has_key = reader->errors->count == before;
	connection->patch = payload_read_patches(node->model, jsonb_array_of(&patch, 1),
											 reader->errors, NULL)[0];
	check_rows(node->model, reader->call->owner, &connection->patch, 1, 0, false, reader->errors);
	on_target.model = node->model;
	along_check_patches(&on_target, &connection->patch, 1, 0, reader->errors);
	return has_key;
}

static void
read_connection(NestedReader *reader, const NestedNode *node, NestedConnection *connection)
{
	if (node->back && connection->verb != VERB_UPDATE &&
		!nested_can_refer(node->model, node->back, true))
	{
		nested_note(reader, node, connection->location, "read_only", "cannot be changed", NULL);
		return;
	}
	if (node->back && connection->verb == VERB_DISCONNECT &&
		!nested_can_refer_to_nothing(node->model, node->back))
	{
		nested_note(reader, node, connection->location, "null", "must refer to a row", NULL);
		return;
	}
	if (connection->verb == VERB_UPDATE ? read_update(reader, node, connection) :
		read_id(reader, node, connection))
		find_target(reader, node, connection);
}

/* May the caller do that to existing rows?  Asked once for each verb. */
static void
check_right(const NestedNode *node, NestedVerb verb, Bitmapset **checked)
{
	if (node->relationship->kind == RELATIONSHIP_MANY_TO_ONE || bms_is_member(verb, *checked))
		return;
	*checked = bms_add_member(*checked, verb);
	(void) follow_to_write(node->above->model, node->relationship,
						   node->back ? FOLLOW_CHANGE :
						   verb == VERB_DISCONNECT ? FOLLOW_UNLINK : FOLLOW_LINK);
}

void
nested_read_connections(NestedReader *reader, const NestedNode *node)
{
	Bitmapset  *checked = NULL;
	ListCell   *cell;

	if (node->connections == NIL)
		return;
	foreach(cell, node->connections)
	{
		if (errors_full(reader->errors))
			return;
		check_right(node, ((NestedConnection *) lfirst(cell))->verb, &checked);
		read_connection(reader, node, lfirst(cell));
	}
}
