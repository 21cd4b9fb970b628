/*
 * op_link.c
 *	  Links of many-to-many relationships: link, unlink, set.
 */
#include "compat.h"

#include "call.h"
#include "errors.h"
#include "ids.h"
#include "link.h"
#include "operation.h"

/* A driver binds NULL for what was left out: that must not unlink everything. */
static void
note_null_ids(const Call *call, ErrorList *errors)
{
	if (!call_has(call, ARG_IDS))
		errors_add(errors, ERROR_INPUT, NO_INDEX, "ids", "null", "must not be null", NULL);
}

/* The column to name where the row itself is missing. */
static const char *
telling_column(const Model *model)
{
	AttrNumber	attnum = model->nkeys > 0 ? model->keys[model->nkeys - 1] : model->owner;

	return attnum ? model_column(model, attnum)->name : NULL;
}

/* Finds the row and checks the ids: 22023 for null, 23503 with all that is missing. */
static void
find_all(Call *call, bool lock, KeyValues *key, Datum *arrays)
{
	ErrorList	errors;

	errors_init(&errors, call->model);
	note_null_ids(call, &errors);
	if (!link_find_row(call, lock, key))
		errors_add(&errors, ERROR_REFERENCE, NO_INDEX, telling_column(call->model),
				   "foreign_key", "referenced row does not exist", NULL);
	if (call_has(call, ARG_IDS))
	{
		(void) ids_bind(call->related, call_arg(call, ARG_IDS), arrays);
		link_check_targets(call, arrays, &errors);
	}
	errors_raise(&errors);
}

/*
 * Will the row itself be moved?  Then it is locked first: links are written
 * between the two, and another call would stand the other way round.
 */
static bool
touches_row(const Call *call)
{
	const LinkTable *table = call->function->relationship->link;
	const Model *link = model_slot_current(table->slot);

	for (int i = 0; i < link->ntouch; i++)
		if (link->relationships[link->touch[i]].constraint ==
			call->function->relationship->constraint)
			return true;
	return false;
}

/* link_post_tags(user_id, id, ids): bigint, how many links are new */
Datum
op_link(Call *call)
{
	Datum		arrays[INDEX_MAX_KEYS];
	KeyValues	key;
	Call		on_link;
	int64		added;

	find_all(call, touches_row(call), &key, arrays);
	link_begin(call, &on_link);
	added = link_add(call, &on_link, &key, arrays);
	link_end(&on_link);
	return Int64GetDatum(added);
}

/* unlink_post_tags(user_id, id, ids): bigint, how many links there were */
Datum
op_unlink(Call *call)
{
	ErrorList	errors;
	Datum		arrays[INDEX_MAX_KEYS];
	KeyValues	key;
	Call		on_link;
	int64		removed;

	errors_init(&errors, call->model);
	note_null_ids(call, &errors);
	errors_raise(&errors);
	(void) ids_bind(call->related, call_arg(call, ARG_IDS), arrays);
	if (!link_find_row(call, touches_row(call), &key))
		return Int64GetDatum(0);
	link_begin(call, &on_link);
	removed = link_remove(call, &on_link, &key, arrays, REMOVE_GIVEN);
	link_end(&on_link);
	return Int64GetDatum(removed);
}

/*
 * set_post_tags(user_id, id, ids): bigint, how many links were made or removed
 *
 * The row is locked: of two such calls at once, the links are one's or the
 * other's, and no mixture.
 */
Datum
op_set_links(Call *call)
{
	Datum		arrays[INDEX_MAX_KEYS];
	KeyValues	key;
	Call		on_link;
	int64		changed;

	find_all(call, true, &key, arrays);
	link_begin(call, &on_link);
	changed = link_remove(call, &on_link, &key, arrays, REMOVE_OTHERS);
	changed += link_add(call, &on_link, &key, arrays);
	link_end(&on_link);
	return Int64GetDatum(changed);
}
