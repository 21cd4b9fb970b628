/*
 * nested_read.c
 *	  Takes a payload with nested items apart and reads all of it.
 *
 * A relationship to many takes an array of items to create; any takes
 * {"create": ..., "connect": ...}, where connect names existing rows by key.  A
 * relationship to one takes one item.
 */
#include "compat.h"

#include "miscadmin.h"
#include "utils/json.h"

#include "check.h"
#include "errors.h"
#include "follow.h"
#include "identity.h"
#include "jsonb_read.h"
#include "link.h"
#include "nested_reader.h"
#include "operation.h"
#include "settings.h"
#include "violations.h"

/* a payload is read that often for one call at the most */
#define MAX_TRIES 8

static void read_members(NestedReader *reader, NestedNode *node, List *members, int depth);

/* Notes an error at a place of the payload, about a row of the node. */
void
nested_note(NestedReader *reader, const NestedNode *node, const char *location, const char *type,
			const char *message, const JsonbValue *input)
{
	reader->errors->model = node->model;
	errors_add_at(reader->errors, ERROR_INPUT, location, node->relationship->name, type, message,
				  input);
}

/* The same, about a row above. */
static void
note_above(NestedReader *reader, const NestedNode *node, const char *location, const char *type,
		   const char *message, const JsonbValue *input)
{
	reader->errors->model = node->above->model;
	errors_add_at(reader->errors, ERROR_INPUT, location, node->relationship->name, type, message,
				  input);
}

/* Where a member of a row stands: 0, "messages" */
static char *
location_of_member(const NestedNode *node, int index, const char *name)
{
	StringInfoData location;

	initStringInfo(&location);
	if (index != NO_INDEX && node->locations)
		appendStringInfo(&location, "%s, ", node->locations[index]);
	else if (index != NO_INDEX)
		appendStringInfo(&location, "%d, ", index);
	escape_json(&location, name);
	return location.data;
}

/* The model's own view of a key that leads to it from the other side. */
static const Relationship *
relationship_back(const Model *model, const Relationship *relationship)
{
	for (int i = 0; i < model->nrelationships; i++)
	{
		const Relationship *own = &model->relationships[i];

		if (own->kind == RELATIONSHIP_MANY_TO_ONE && own->constraint == relationship->constraint)
			return own;
	}
	elog(ERROR, "model \"%s\" has no relationship for constraint %u", model->relname,
		 relationship->constraint);
	return NULL;
}

/* The node of a relationship below another; made if there is none. */
static NestedNode *
child_node(NestedNode *above, const Relationship *relationship)
{
	NestedNode *node;
	ListCell   *cell;

	foreach(cell, above->children)
		if (((NestedNode *) lfirst(cell))->relationship == relationship)
			return lfirst(cell);
	node = palloc0(sizeof(NestedNode));
	node->relationship = relationship;
	node->above = above;
	node->batch = true;
	node->model = follow(above->model, relationship);
	node->generation = relationship->target_slot->generation;
	if (relationship->kind == RELATIONSHIP_ONE_TO_MANY)
		node->back = relationship_back(node->model, relationship);
	above->children = lappend(above->children, node);
	return node;
}

static void
add_item(NestedNode *node, int up, char *location, const JsonbValue *item)
{
	if (node->count == node->capacity)
	{
		node->capacity = Max(node->capacity * 2, 16);
		if (node->items == NULL)
		{
			node->items = palloc(sizeof(JsonbValue) * node->capacity);
			node->locations = palloc(sizeof(char *) * node->capacity);
			node->up = palloc(sizeof(int) * node->capacity);
		}
		else
		{
			node->items = repalloc_huge(node->items, sizeof(JsonbValue) * node->capacity);
			node->locations = repalloc_huge(node->locations, sizeof(char *) * node->capacity);
			node->up = repalloc_huge(node->up, sizeof(int) * node->capacity);
		}
	}
	node->items[node->count] = *item;
	node->locations[node->count] = location;
	node->up[node->count++] = up;
}

static void
add_existing(NestedNode *node, NestedVerb verb, int up, char *location, const JsonbValue *id)
{
	NestedConnection *connection = palloc0(sizeof(NestedConnection));

	connection->verb = verb;
	connection->up = up;
	connection->id = *id;
	connection->location = location;
	node->connections = lappend(node->connections, connection);
}

static void
add_connect(NestedNode *node, int up, char *location, const JsonbValue *id)
{
	add_existing(node, VERB_CONNECT, up, location, id);
}

static void
add_disconnect(NestedNode *node, int up, char *location, const JsonbValue *id)
{
	add_existing(node, VERB_DISCONNECT, up, location, id);
}

static void
add_update(NestedNode *node, int up, char *location, const JsonbValue *item)
{
	add_existing(node, VERB_UPDATE, up, location, item);
}

/* Takes an item, or an id. */
typedef void (*AddOne) (NestedNode *node, int up, char *location, const JsonbValue *value);

/* What may be done along a relationship. */
typedef struct VerbName
{
	const char *name;
	AddOne		add;
	int			kinds;			/* ALONG_...: of which relationships */
	bool		existing;		/* only where the rows above are there already */
} VerbName;

static const VerbName verbs[] = {
	{"create", add_item, ALONG_ANY, false},
	{"connect", add_connect, ALONG_ANY, false},
	{"disconnect", add_disconnect, ALONG_TO_MANY, true},
	{"update", add_update, ALONG_CHILDREN, true}
};

static const VerbName *
find_verb(const char *name)
{
	for (size_t i = 0; i < lengthof(verbs); i++)
		if (strcmp(verbs[i].name, name) == 0)
			return &verbs[i];
	return NULL;
}

/* One value, or where the relationship leads to many an array of them. */
static void
add_all(NestedReader *reader, NestedNode *node, int up, char *location, const JsonbValue *value,
		AddOne add)
{
	JsonbItems	items;

	if (!jsonb_value_is_array(value))
	{
		add(node, up, location, value);
		return;
	}
	if (node->relationship->kind == RELATIONSHIP_MANY_TO_ONE)
	{
		nested_note(reader, node, location, "type", "expected object, got array", NULL);
		return;
	}
	items = jsonb_items(value->val.binary.data);
	for (int i = 0; i < items.count; i++)
		add(node, up, psprintf("%s, %d", location, i), &items.items[i].value);
}

/* Is it {"create": ..., "connect": ...} and not an item? */
static bool
has_verbs(const NestedNode *node, const JsonbItems *members)
{
	for (int i = 0; i < members->count; i++)
	{
		const char *key = members->items[i].key;

		if (find_verb(key) && !model_find_column(node->model, key) &&
			!model_find_relationship(node->model, key))
			return true;
	}
	return false;
}

/* {"create": ..., "connect": ..., "disconnect": ..., "update": ...} */
static void
read_verbs(NestedReader *reader, NestedNode *node, int up, char *location,
		   const JsonbItems *members)
{
	for (int i = 0; i < members->count; i++)
	{
		const VerbName *verb = find_verb(members->items[i].key);
		StringInfoData here_text;
		char	   *here;

		initStringInfo(&here_text);
		appendStringInfo(&here_text, "%s, ", location);
		escape_json(&here_text, errors_cut(members->items[i].key, NAMEDATALEN));
		here = here_text.data;
		if (verb == NULL)
			nested_note(reader, node, here, "unexpected",
				 "expected create, connect, disconnect or update", NULL);
		else if (!(verb->kinds & ALONG(node->relationship->kind)) ||
			(verb->existing && !node->above->existing))
			nested_note(reader, node, here, "unexpected", "cannot be done here", NULL);
		else
			add_all(reader, node, up, here, &members->items[i].value, verb->add);
	}
}

/* A row that refers to nothing from now on. */
static void
clear_reference(NestedReader *reader, NestedNode *node, int up, const char *location)
{
	const NestedNode *above = node->above;
	RowValues  *row = above->rows[up];

	if (!nested_can_refer(above->model, node->relationship, true))
		note_above(reader, node, location, "read_only", "cannot be changed", NULL);
	else if (!nested_can_refer_to_nothing(above->model, node->relationship))
		note_above(reader, node, location, "null", "must not be null", NULL);
	for (int i = 0; row && i < node->relationship->ncolumns; i++)
	{
		int			at = node->relationship->own[i] - 1;

		if (node->relationship->own[i] == above->model->owner)
			continue;
		if (row->given[at] && !row->nulls[at])
			note_above(reader, node, location, "value", "the same reference is given twice", NULL);
		row->given[at] = row->nulls[at] = true;
	}
}

/* Notes why nothing can be nested under a relationship's name; false: it can. */
static bool
refuses_all(NestedReader *reader, const NestedNode *node, const char *location)
{
	const NestedNode *above = node->above;

	if (node->relationship->kind == RELATIONSHIP_MANY_TO_ONE &&
		!nested_can_refer(above->model, node->relationship, above->existing))
		note_above(reader, node, location, "read_only",
			 above->existing ? "cannot be changed" : "cannot be set", NULL);
	else if (node->relationship->kind == RELATIONSHIP_MANY_TO_MANY &&
			 (node->model->nkeys == 0 || !link_takes_rows(node->relationship)))
	{
		note_above(reader, node, location, "read_only", "cannot be set", NULL);
		if (reader->errors->hint == NULL)
			reader->errors->hint = "The link table has columns that only a row of its own can be given.";
	}
	else
		return false;
	return true;
}

/* What stands under a relationship's name. */
static void
read_value(NestedReader *reader, NestedNode *node, int up, char *location, const JsonbValue *value)
{
	JsonbItems	members;

	if (value->type == jbvNull && node->relationship->kind == RELATIONSHIP_MANY_TO_ONE)
	{
		if (node->above->existing)
			clear_reference(reader, node, up, location);
		return;
	}
	if (refuses_all(reader, node, location))
		return;
	if (jsonb_value_is_object(value))
	{
		members = jsonb_items(value->val.binary.data);
		if (has_verbs(node, &members))
		{
			read_verbs(reader, node, up, location, &members);
			return;
		}
	}
	else if (!jsonb_value_is_array(value))
	{
		nested_note(reader, node, location, "type",
			 psprintf("expected %s, got %s", node->relationship->kind == RELATIONSHIP_MANY_TO_ONE ?
					  "object" : "array", jsonb_value_kind(value)), value);
		return;
	}
	add_all(reader, node, up, location, value, add_item);
}

/* Has the row itself all columns of a reference?  Of one that shares columns it may have some. */
static bool
is_given_by_columns(const NestedNode *node, const Relationship *relationship, int r)
{
	const RowValues *row = node->rows[r];

	for (int i = 0; row && i < relationship->ncolumns; i++)
		if (relationship->own[i] != node->model->owner && !row->given[relationship->own[i] - 1])
			return false;
	return row != NULL;
}

/* A row has one parent: of what was given for it, only one may be. */
static void
check_parent_given_once(NestedReader *reader, const NestedNode *node)
{
	int		   *given = palloc0(sizeof(int) * Max(node->above->count, 1));
	ListCell   *cell;

	for (int i = 0; i < node->count; i++)
		given[node->up[i]]++;
	foreach(cell, node->connections)
		given[((NestedConnection *) lfirst(cell))->up]++;
	for (int r = 0; r < node->above->count; r++)
	{
		if (given[r] > 0 &&
			given[r] + is_given_by_columns(node->above, node->relationship, r) > 1)
			note_above(reader, node,
				 location_of_member(node->above, node->above->batch ? r : NO_INDEX,
									node->relationship->name),
				 "value", "the same reference is given twice", NULL);
	}
}

/* A reference that is the owner alone needs no column to be set. */
static bool
is_owner_alone(const Model *model, const Relationship *relationship)
{
	return relationship->ncolumns == 1 && relationship->own[0] == model->owner;
}

/* Reads the rows that a node creates, and what is nested in them. */
static void
read_items(NestedReader *reader, NestedNode *node, int depth)
{
	List	   *members = NIL;
	int			count;

	if (node->count == 0)
		return;
	if (node->back && !is_owner_alone(node->model, node->back) &&
		!nested_can_refer(node->model, node->back, false))
	{
		for (int i = 0; i < node->count; i++)
			nested_note(reader, node, node->locations[i], "read_only", "cannot be set", NULL);
		node->count = 0;
		return;
	}
	(void) follow_to_write(node->above->model, node->relationship, FOLLOW_CREATE);
	if (node->relationship->kind == RELATIONSHIP_MANY_TO_MANY)
		(void) follow_to_write(node->above->model, node->relationship, FOLLOW_LINK);
	reader->errors->model = node->model;
	reader->errors->locations = node->locations;
	node->rows = payload_read_items(node->model, node->back, jsonb_array_of(node->items, node->count), &count,
									reader->errors, node->relationship->name, &members);
	check_rows(node->model, reader->call->owner, node->rows, count, 0, true, reader->errors);
	read_members(reader, node, members, depth + 1);
}

/* Reads what stands under relationships' names in the rows of a node. */
static void
read_members(NestedReader *reader, NestedNode *node, List *members, int depth)
{
	ListCell   *cell;

	check_stack_depth();
	foreach(cell, members)
	{
		const RelatedMember *member = lfirst(cell);
		NestedNode *child = child_node(node, member->relationship);
		char	   *location = location_of_member(node, member->index, member->relationship->name);

		identity_check_related(reader->call->model, child->model, reader->call->owner);
		if (depth > setting_max_include_depth)
		{
			nested_note(reader, child, location, "too_deep",
				 psprintf("nested more than %d deep", setting_max_include_depth), NULL);
			return;
		}
		read_value(reader, child, Max(member->index, 0), location, &member->value);
	}
	foreach(cell, node->children)
	{
		NestedNode *child = lfirst(cell);

		if (child->relationship->kind == RELATIONSHIP_MANY_TO_ONE)
			check_parent_given_once(reader, child);
		nested_read_connections(reader, child);
		read_items(reader, child, depth);
	}
}

/* Are all descriptors still right?  A later one's lock may have been waited for. */
static bool
is_current(const NestedNode *node)
{
	ListCell   *cell;

	if (node->relationship &&
		!model_slot_is_current(node->relationship->target_slot, node->generation))
		return false;
	foreach(cell, node->children)
		if (!is_current(lfirst(cell)))
			return false;
	return true;
}

/* Notes the missing parents of rows whose errors will be raised in any case. */
static void
check_parents(NestedReader *reader, NestedNode *node)
{
	Call		on_node = *reader->call;
	ListCell   *cell;

	on_node.model = node->model;
	reader->errors->model = node->model;
	reader->errors->locations = node->locations;
	if (node->count > 0 && !node->existing)
		violations_note(&on_node, node->rows, node->count, node->batch ? 0 : NO_INDEX,
						reader->errors);
	foreach(cell, node->children)
		check_parents(reader, lfirst(cell));
}

/* Takes apart and reads all that is nested in rows; every mistake is noted. */
static NestedNode *
read_all(NestedReader *reader, NestedUse use, RowValues **rows, int count, bool batch,
		 List *members)
{
	Call	   *call = reader->call;
	NestedNode *root = palloc0(sizeof(NestedNode));

	root->model = call->model;
	root->rows = rows;
	root->count = count;
	root->batch = batch;
	root->existing = use == NESTED_UPDATE;
	/* whatever tables are written: their code is somebody's */
	call_secure_path(call);
	read_members(reader, root, members, 1);
	return root;
}

/*
 * The same again where a descriptor went stale while a later table's lock was
 * waited for; see take_include() in op_load.c for why that ends.
 */
static NestedNode *
read_current(NestedReader *reader, NestedUse use, RowValues **rows, int count, bool batch,
			 List *members)
{
	ErrorList	before = *reader->errors;
	NestedNode *root = read_all(reader, use, rows, count, batch, members);

	for (int tries = 1; tries < MAX_TRIES && !is_current(root); tries++)
	{
		errors_take_back(reader->errors, &before);
		root = read_all(reader, use, rows, count, batch, members);
	}
	return root;
}

/*
 * Reads what is nested in rows that were read already.
 *
 * members: what stands in them under relationships' names.  batch: the rows are
 * known by their index.
 * Errors: 22023, 23503 and so on with every mistake of the whole payload, those
 * that were noted before among them; 42501 where the caller may not write along
 * a relationship.
 */
NestedNode *
nested_read(Call *call, NestedUse use, RowValues **rows, int count, bool batch, List *members,
			ErrorList *errors)
{
	NestedReader reader = {call, errors};
	NestedNode *root = read_current(&reader, use, rows, count, batch, members);

	if (errors->count > 0)
		check_parents(&reader, root);
	errors->model = call->model;
	errors->locations = NULL;
	errors_raise(errors);
	return root;
}

/* The same, to know what is wrong: nothing is raised that is a mistake of the payload. */
void
nested_validate(Call *call, NestedUse use, RowValues **rows, int count, bool batch, List *members,
				ErrorList *errors)
{
	NestedReader reader = {call, errors};
	NestedNode *root = read_current(&reader, use, rows, count, batch, members);
	ListCell   *cell;

	/* the rows of the call itself have been asked about */
	foreach(cell, root->children)
		check_parents(&reader, lfirst(cell));
}
