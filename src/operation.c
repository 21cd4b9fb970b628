/*
 * operation.c
 *	  The operations of the language, one row each.
 */
#include "compat.h"

#include "catalog/pg_type.h"
#include "utils/lsyscache.h"

#include "ids.h"
#include "inflect.h"
#include "link.h"
#include "operation.h"

static bool
has_key(const Model *model, const Relationship *relationship)
{
	(void) relationship;
	return model->nkeys > 0;
}

static bool
has_soft_delete(const Model *model, const Relationship *relationship)
{
	(void) relationship;
	return model->deleted_at != 0;
}

static bool
has_columns_to_patch(const Model *model, const Relationship *relationship)
{
	(void) relationship;
	for (int i = 0; i < model->natts; i++)
		if (model_takes_on_patch(model, &model->columns[i]))
			return true;
	return false;
}

/* Can several rows be named, and locked, by their keys? */
static bool
has_key_arrays(const Model *model, const Relationship *relationship)
{
	(void) relationship;
	return model->nkeys > 0 && ids_fit_arrays(model);
}

static bool
has_bulk_update(const Model *model, const Relationship *relationship)
{
	return has_key_arrays(model, relationship) && has_columns_to_patch(model, relationship);
}

static bool
has_bulk_soft_delete(const Model *model, const Relationship *relationship)
{
	return has_key_arrays(model, relationship) && has_soft_delete(model, relationship);
}

/* ON CONFLICT needs a unique index, which views and foreign tables have not. */
static bool
has_unique_keys(const Model *model, const Relationship *relationship)
{
	(void) relationship;
	return (model->nkeys > 0 || model->owner) &&
		(model->relkind == RELKIND_RELATION || model->relkind == RELKIND_PARTITIONED_TABLE) &&
		model->nuniques > 0;
}

/* Can rows at the other end be named by ids? */
static bool
has_ids(const Model *model, const Relationship *relationship)
{
	const Model *target = model_slot_current(relationship->target_slot);

	(void) model;
	return target->nkeys > 0 && ids_fit_arrays(target);
}

static bool
takes_links(const Model *model, const Relationship *relationship)
{
	return has_ids(model, relationship) && link_takes_rows(relationship);
}

/* Is there an age to go by? */
static bool
has_age(const Model *model, const Relationship *relationship)
{
	return has_key(model, relationship) && model->created_at != 0;
}

/* Have the rows at the other end an order? */
static bool
has_order(const Model *model, const Relationship *relationship)
{
	return has_key(model, relationship) &&
		model_slot_current(relationship->target_slot)->nsort > 0;
}

static bool
records_changes(const Model *model, const Relationship *relationship)
{
	(void) relationship;
	return model->options->changes;
}

static const Operation operations[] = {
	{"create", "create_%s", false, ALONG_NONE, RESULT_ROW, true, 0, GROUP_WRITE | GROUP_CORE,
		NULL, signature_create, op_create,
	"Creates one %s and returns it; an argument left out, or null, takes the column's default."},
	{"create_many", "create_%s", true, ALONG_NONE, RESULT_ROWS, true, 10, GROUP_WRITE,
		NULL, signature_items, op_create_many,
	"Creates several %s, one for each object of a JSON array, all or nothing, and returns them in that order."},
	{"upsert", "upsert_%s", false, ALONG_NONE, RESULT_ROW, true, 0, GROUP_WRITE,
		has_unique_keys, signature_upsert, op_upsert,
	"Changes the %s that has the item's key, or creates it, and returns it."},
	{"get", "get_%s", false, ALONG_NONE, RESULT_ROWS, false, 1, GROUP_READ | GROUP_CORE,
		NULL, signature_key, op_get,
	"Returns the %s with that key, or no row."},
	{"find", "find_%s", true, ALONG_NONE, RESULT_ROWS, false, 10, GROUP_READ,
		has_key, signature_find, op_find,
	"Returns the %s with those keys, in the order of the keys; missing ones are left out."},
	{"list", "list_%s", true, ALONG_NONE, RESULT_ROWS, false, 50, GROUP_READ | GROUP_CORE,
		NULL, signature_list, op_list,
	"Returns %s of a scope that match, in a total order; a negative take returns the last ones."},
	{"page", "page_%s", true, ALONG_NONE, RESULT_JSON, false, 0, GROUP_READ | GROUP_CORE,
		NULL, signature_page, op_page,
	"Returns a page of %s as one JSON object with \"items\" and the cursors of its neighbours, and \"total\" on request."},
	{"count", "count_%s", true, ALONG_NONE, RESULT_BIGINT, false, 0, GROUP_READ,
		NULL, signature_count, op_count,
	"Counts the %s of a scope that match."},
	{"first", "first_%s", false, ALONG_NONE, RESULT_ROWS, false, 1, GROUP_READ,
		NULL, signature_first, op_first,
	"Returns the first %s that matches, or no row."},
	{"one", "one_%s", false, ALONG_NONE, RESULT_ROWS, false, 1, GROUP_READ,
		NULL, signature_one, op_one,
	"Returns the one %s that matches; none and several are errors."},
	{"aggregate", "aggregate_%s", true, ALONG_NONE, RESULT_JSON, false, 0, GROUP_READ,
		NULL, signature_aggregate, op_aggregate,
	"Counts, sums, averages, smallest and largest values of the %s that match, by group."},
	{"changes_since", "changes_since_%s", true, ALONG_NONE, RESULT_JSON, false, 0, GROUP_READ,
		records_changes, signature_changes, op_changes,
	"Returns the %s that were changed or deleted since a token was given out, as one JSON object with the next token; without token, all of them."},
	{"update", "update_%s", false, ALONG_NONE, RESULT_ROWS, true, 1, GROUP_WRITE | GROUP_CORE,
		has_columns_to_patch, signature_update, op_update,
	"Changes the columns that stand in the patch and returns the %s; an absent key leaves its column as it is."},
	{"update_many", "update_%s", true, ALONG_NONE, RESULT_ROWS, true, 10, GROUP_WRITE,
		has_bulk_update, signature_update_many, op_update_many,
	"Changes all %s that match by one patch and returns them; a match of every row is refused."},
	{"patch_many", "patch_%s", true, ALONG_NONE, RESULT_ROWS, true, 10, GROUP_WRITE,
		has_bulk_update, signature_items, op_patch_many,
	"Changes several %s, each by the item that has its key, all or nothing, and returns them."},
	{"delete", "delete_%s", false, ALONG_NONE, RESULT_BOOLEAN, true, 0, GROUP_WRITE | GROUP_CORE,
		NULL, signature_delete, op_delete,
	"Deletes the %s for good; false where there is none."},
	{"soft_delete", "soft_delete_%s", false, ALONG_NONE, RESULT_BOOLEAN, true, 0, GROUP_WRITE,
		has_soft_delete, signature_delete, op_soft_delete,
	"Marks the %s as deleted; false where there is none, or where it is deleted already."},
	{"delete_many", "delete_%s", true, ALONG_NONE, RESULT_BIGINT, true, 0, GROUP_WRITE,
		has_key_arrays, signature_delete_many, op_delete_many,
	"Deletes all %s that match for good; returns how many. A match of every row is refused."},
	{"soft_delete_many", "soft_delete_%s", true, ALONG_NONE, RESULT_BIGINT, true, 0, GROUP_WRITE,
		has_bulk_soft_delete, signature_delete_many, op_soft_delete_many,
	"Marks all %s that match as deleted; returns how many. A match of every row is refused."},
	{"restore", "restore_%s", false, ALONG_NONE, RESULT_ROWS, true, 1, GROUP_WRITE,
		has_soft_delete, signature_key, op_restore,
	"Brings the soft-deleted %s back and returns it."},
	{"purge", "purge_%s", true, ALONG_NONE, RESULT_BIGINT, true, 0, GROUP_WRITE,
		has_soft_delete, signature_purge, op_purge,
	"Deletes for good the %s that were soft-deleted at least that long ago; returns how many."},
	{"related", NULL, false, ALONG_ANY, RESULT_RELATED, false, 0, GROUP_READ,
		NULL, signature_row, op_related,
	"Returns the related rows of a %s: %s."},
	{"validate", "validate_%s", false, ALONG_NONE, RESULT_JSONB, false, 0, GROUP_WRITE,
		NULL, signature_validate, op_validate,
	"Returns what is wrong with a %s that is to be created or updated, as a JSON array of errors; empty where nothing is. Writes nothing."},
	{"load", "load_%s", false, ALONG_NONE, RESULT_JSON, false, 0, GROUP_READ,
		NULL, signature_load, op_load,
	"Returns the %s with that key and the related rows that are included, as one JSON object; null where there is none."},
	{"load_many", "load_%s", true, ALONG_NONE, RESULT_JSON, false, 0, GROUP_READ,
		NULL, signature_load_many, op_load_many,
	"Returns a page of %s, each with the related rows that are included, as one JSON object."},
	{"batch", "%s", true, ALONG_CHILDREN, RESULT_RELATED, false, 100, GROUP_READ,
		has_key_arrays, signature_batch, op_batch,
	"Returns the %2$s of the %1$s with those keys, in the order of the keys; take is how many of each, negative for the last ones."},
	{"batch_json", "%s", true, ALONG_LINKS, RESULT_JSON, false, 0, GROUP_READ,
		has_key_arrays, signature_batch, op_batch_json,
	"Returns the keys of the %1$s that are there, in the order of the keys, each with its %2$s, as a JSON array; take is how many of each, negative for the last ones."},
	{"link", "link_%s", false, ALONG_LINKS, RESULT_BIGINT, true, 0, GROUP_WRITE,
		takes_links, signature_link, op_link,
	"Links the %s with the %s that have those keys; returns how many links are new."},
	{"unlink", "unlink_%s", false, ALONG_LINKS, RESULT_BIGINT, true, 0, GROUP_WRITE,
		has_ids, signature_link, op_unlink,
	"Removes the links of the %s with the %s that have those keys; returns how many there were."},
	{"set", "set_%s", false, ALONG_LINKS, RESULT_BIGINT, true, 0, GROUP_WRITE,
		takes_links, signature_link, op_set_links,
	"Links the %s with exactly the %s that have those keys; returns how many links were made or removed."},
	{"append", NULL, false, ALONG_TO_ONE, RESULT_ROW, true, 0, GROUP_WRITE | GROUP_EXTRA,
		NULL, signature_append, op_append,
		"Appends one %s to its parent and returns it; a null parent starts one.",
	SETTING_VALUES, 0},
	{"append_many", NULL, false, ALONG_TO_ONE, RESULT_ROWS, true, 10, GROUP_WRITE | GROUP_EXTRA,
		NULL, signature_append_many, op_append_many,
	"Appends several %s to one parent, all or nothing; a null parent starts one."},
	{"with_children", NULL, false, ALONG_TO_MANY, RESULT_JSON, false, 0, GROUP_READ | GROUP_EXTRA,
		has_key, signature_with_children, op_with_children,
	"Returns the %s and its children as one JSON object, null where there is none; take keeps the newest that many."},
	{"extend", NULL, false, ALONG_NONE, RESULT_BOOLEAN, true, 0, GROUP_WRITE | GROUP_EXTRA,
		has_key, signature_extend, op_extend,
		"Appends a piece to the text of the %s where its state allows that; false where it does not.",
	SETTING_WHERE | SETTING_APPEND, SETTING_APPEND},
	{"step", NULL, false, ALONG_NONE, RESULT_ROWS, true, 1, GROUP_WRITE | GROUP_EXTRA,
		has_key, signature_step, op_step,
		"Moves the %s on where its state allows that and returns it, else no row.",
	SETTING_WHERE | SETTING_VALUES, SETTING_VALUES},
	{"step_many", NULL, true, ALONG_NONE, RESULT_BIGINT, true, 0, GROUP_WRITE | GROUP_EXTRA,
		has_age, signature_step_many, op_step_many,
		"Moves on the %s that are in that state and were created at least that long ago; returns how many.",
	SETTING_WHERE | SETTING_VALUES, SETTING_WHERE | SETTING_VALUES},
	{"context", NULL, false, ALONG(RELATIONSHIP_ONE_TO_MANY), RESULT_RELATED, false, 0, GROUP_READ | GROUP_EXTRA,
		has_order, signature_context, op_context,
		"Returns the newest rows of a %s that fit into a budget, oldest first, in whole turns where they fit: %s.",
		SETTING_WHERE | SETTING_MEASURE | SETTING_TURN | SETTING_ANSWER | SETTING_PINNED |
	SETTING_CALLS | SETTING_ANSWERS, SETTING_MEASURE | SETTING_TURN}
};

/* The operation of that name, or NULL. */
const Operation *
operation_find(const char *name)
{
	for (size_t i = 0; i < lengthof(operations); i++)
		if (strcmp(operations[i].name, name) == 0)
			return &operations[i];
	return NULL;
}

/* The operations by number; NULL behind the last. */
const Operation *
operation_at(int index)
{
	return index < (int) lengthof(operations) ? &operations[index] : NULL;
}

/* The type that a function of the operation returns, or returns a set of. */
Oid
operation_result_type(const Operation *operation, const Model *model,
					  const Relationship *relationship)
{
	switch (operation->result)
	{
		case RESULT_BOOLEAN:
			return BOOLOID;
		case RESULT_BIGINT:
			return INT8OID;
		case RESULT_JSON:
			return JSONOID;
		case RESULT_JSONB:
			return JSONBOID;
		case RESULT_RELATED:
			return get_rel_type_id(relationship->target);
		default:
			return model->rowtype;
	}
}

bool
operation_returns_set(const Operation *operation)
{
	return operation->result == RESULT_ROWS || operation->result == RESULT_RELATED;
}

/* Does it give one row at the most, though it returns a set? */
bool
operation_returns_one(const Operation *operation)
{
	return operation->result == RESULT_ROWS && operation->rows == 1;
}

/* Is it meant by that name: its own, or that of a group? */
bool
operation_is_named(const Operation *operation, const char *name)
{
	return strcmp(name, "all") == 0 || strcmp(name, operation->name) == 0 ||
		(strcmp(name, "read") == 0 && (operation->groups & GROUP_READ)) ||
		(strcmp(name, "write") == 0 && (operation->groups & GROUP_WRITE)) ||
		(strcmp(name, "core") == 0 && (operation->groups & GROUP_CORE));
}

/* Is there an operation, or a group of them, of that name? */
bool
operation_name_is_known(const char *name)
{
	for (size_t i = 0; i < lengthof(operations); i++)
		if (operation_is_named(&operations[i], name))
			return true;
	return false;
}

/* What an option or argument "functions" may name, for a HINT. */
const char *
operation_names_hint(void)
{
	StringInfoData hint;
	const char *separator = "";

	initStringInfo(&hint);
	appendStringInfoString(&hint, "Give names of functions, \"read\", \"write\", \"core\", \"all\", or operations: ");
	for (size_t i = 0; i < lengthof(operations); i++)
	{
		if (operations[i].groups & GROUP_EXTRA)
			continue;
		appendStringInfo(&hint, "%s%s", separator, operations[i].name);
		separator = ", ";
	}
	appendStringInfoChar(&hint, '.');
	return hint.data;
}

/* Does the operation delete rows for good, and so whatever that cascades to? */
bool
operation_deletes(const Operation *operation)
{
	return operation->run == op_delete || operation->run == op_purge ||
		operation->run == op_delete_many || operation->run == op_unlink ||
		operation->run == op_set_links;
}

/* Has a model, or a relationship of it, functions of the operation? */
bool
operation_applies(const Operation *operation, const Model *model,
				  const Relationship *relationship)
{
	int			along = relationship ? ALONG(relationship->kind) : ALONG_NONE;

	if (relationship ? !(operation->along & along) : operation->along != ALONG_NONE)
		return false;
	return operation->applies == NULL || operation->applies(model, relationship);
}

/*
 * The name of a model's function: "get_task", "list_tasks", "link_post_tags",
 * or a relationship's name alone.  What is too long is shortened in the
 * model's part.
 */
char *
operation_function_name(const Operation *operation, const Model *model,
						const Relationship *relationship)
{
	int			room;
	char	   *subject;

	if (operation->pattern == NULL)
		return pstrdup(relationship->name);
	room = NAMEDATALEN - 1 - ((int) strlen(operation->pattern) - 2);
	if (relationship && operation->plural)
		subject = inflect_shorten_plural(psprintf("%s_of_%s", relationship->name, model->name),
										 psprintf("%s_of_%s", relationship->name, model->plural),
										 room);
	else if (relationship)
		subject = inflect_shorten_plural(model->name,
										 psprintf("%s_%s", model->name, relationship->name), room);
	else if (operation->plural)
		subject = inflect_shorten_plural(model->name, model->plural, room);
	else
		subject = inflect_shorten(model->name, room);
	return psprintf(operation->pattern, subject);
}

/* The COMMENT of a model's function. */
char *
operation_comment(const Operation *operation, const Model *model,
				  const Relationship *relationship)
{
	const char *subject = operation->plural || operation->result == RESULT_ROWS ?
		model->plural : model->name;

	if (relationship && operation->plural)
		return psprintf(operation->comment, model->plural, relationship->name);
	if (operation->result == RESULT_RELATED || operation->along == ALONG_LINKS)
		return psprintf(operation->comment, model->name, relationship->name);
	if (operation->result == RESULT_ROWS && !operation->plural &&
		(operation->pattern || operation->along == ALONG_NONE))
		subject = model->name;
	return psprintf(operation->comment, subject);
}
