/*
 * operation.c
 *	  The operations of the language, one row each.
 */
#include "compat.h"

#include "catalog/pg_type.h"
#include "utils/lsyscache.h"

#include "inflect.h"
#include "operation.h"

static bool
has_key(const Model *model)
{
	return model->nkeys > 0;
}

static bool
has_soft_delete(const Model *model)
{
	return model->deleted_at != 0;
}

static bool
has_columns_to_patch(const Model *model)
{
	for (int i = 0; i < model->natts; i++)
		if (model_takes_on_patch(model, &model->columns[i]))
			return true;
	return false;
}

static const Operation operations[] = {
	{"create", "create_%s", false, RESULT_ROW, true, 0, GROUP_WRITE | GROUP_CORE,
		NULL, signature_create, op_create,
	"Creates one %s and returns it; an argument left out, or null, takes the column's default."},
	{"create_many", "create_%s", true, RESULT_ROWS, true, 10, GROUP_WRITE,
		NULL, signature_items, op_create_many,
	"Creates several %s, one for each object of a JSON array, all or nothing, and returns them in that order."},
	{"get", "get_%s", false, RESULT_ROWS, false, 1, GROUP_READ | GROUP_CORE,
		NULL, signature_key, op_get,
	"Returns the %s with that key, or no row."},
	{"find", "find_%s", true, RESULT_ROWS, false, 10, GROUP_READ,
		has_key, signature_find, op_find,
	"Returns the %s with those keys, in the order of the keys; missing ones are left out."},
	{"list", "list_%s", true, RESULT_ROWS, false, 50, GROUP_READ | GROUP_CORE,
		NULL, signature_list, op_list,
	"Returns %s of a scope in their default order; a negative take returns the last ones."},
	{"page", "page_%s", true, RESULT_JSON, false, 0, GROUP_READ | GROUP_CORE,
		NULL, signature_page, op_page,
	"Returns a page of %s as one JSON object with \"items\", and \"total\" on request."},
	{"count", "count_%s", true, RESULT_BIGINT, false, 0, GROUP_READ,
		NULL, signature_count, op_count,
	"Counts the %s of a scope."},
	{"update", "update_%s", false, RESULT_ROWS, true, 1, GROUP_WRITE | GROUP_CORE,
		has_columns_to_patch, signature_update, op_update,
	"Changes the columns that stand in the patch and returns the %s; an absent key leaves its column as it is."},
	{"delete", "delete_%s", false, RESULT_BOOLEAN, true, 0, GROUP_WRITE | GROUP_CORE,
		NULL, signature_key, op_delete,
	"Deletes the %s for good; false where there is none."},
	{"soft_delete", "soft_delete_%s", false, RESULT_BOOLEAN, true, 0, GROUP_WRITE,
		has_soft_delete, signature_key, op_soft_delete,
	"Marks the %s as deleted; false where there is none, or where it is deleted already."},
	{"restore", "restore_%s", false, RESULT_ROWS, true, 1, GROUP_WRITE,
		has_soft_delete, signature_key, op_restore,
	"Brings the soft-deleted %s back and returns it."},
	{"purge", "purge_%s", true, RESULT_BIGINT, true, 0, GROUP_WRITE,
		has_soft_delete, signature_purge, op_purge,
	"Deletes for good the %s that were soft-deleted at least that long ago; returns how many."},
	{"related", NULL, false, RESULT_RELATED, false, 0, GROUP_READ,
		NULL, signature_row, op_related,
	"Returns the related %s of a row."},
	{"append", NULL, false, RESULT_ROW, true, 0, GROUP_WRITE | GROUP_EXTRA,
		NULL, signature_append, op_append,
	"Appends one %s to its parent and returns it; a null parent starts one."},
	{"append_many", NULL, false, RESULT_ROWS, true, 10, GROUP_WRITE | GROUP_EXTRA,
		NULL, signature_append_many, op_append_many,
	"Appends several %s to one parent, all or nothing; a null parent starts one."},
	{"with_children", NULL, false, RESULT_JSON, false, 0, GROUP_READ | GROUP_EXTRA,
		has_key, signature_with_children, op_with_children,
	"Returns the %s and its children as one JSON object, null where there is none; take keeps the newest that many."}
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

/* Does the operation delete rows for good, and so whatever that cascades to? */
bool
operation_deletes(const Operation *operation)
{
	return operation->run == op_delete || operation->run == op_purge;
}

/* The name of a model's function for an operation that has a pattern. */
char *
operation_function_name(const Operation *operation, const Model *model)
{
	int			room = NAMEDATALEN - 1 - ((int) strlen(operation->pattern) - 2);

	return psprintf(operation->pattern, operation->plural ?
					inflect_shorten_plural(model->name, model->plural, room) :
					inflect_shorten(model->name, room));
}

/* The COMMENT of a model's function. */
char *
operation_comment(const Operation *operation, const Model *model,
				  const Relationship *relationship)
{
	const char *subject = operation->plural || operation->result == RESULT_ROWS ?
		model->plural : model->name;

	if (operation->result == RESULT_RELATED && relationship)
		return psprintf("Returns the related rows of a %s: %s.", model->name, relationship->name);
	if (operation->result == RESULT_ROWS && !operation->plural && operation->pattern)
		subject = model->name;
	return psprintf(operation->comment, subject);
}
