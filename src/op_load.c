/*
 * op_load.c
 *	  Rows with their related rows: load, load_many; related rows of many rows:
 *	  batch, batch_json.
 */
#include "compat.h"

#include "call.h"
#include "ids.h"
#include "include.h"
#include "json_writer.h"
#include "load.h"
#include "operation.h"
#include "page.h"
#include "read.h"

/* an include is read that often for one call at the most */
#define MAX_TRIES 8

/*
 * What the call wants included.  Reading it locks one table after the other; what
 * went stale while a later one was waited for is read again, under the locks.
 * All sorts of things make a descriptor stale that change nothing of it (ANALYZE
 * does), so this ends somewhere: what a relationship hangs on cannot change while
 * both its tables are locked.
 */
static Include *
take_include(Call *call)
{
	int			index = call->function->role_index[ARG_INCLUDE];
	Include    *root = NULL;

	for (int tries = 0; tries < MAX_TRIES; tries++)
	{
		root = include_root(call->model);
		if (call_has(call, ARG_INCLUDE))
			include_read(root, DatumGetJsonbP(call_arg(call, ARG_INCLUDE)),
						 call->function->args[index].name);
		if (include_is_current(root))
			break;
	}
	return root;
}

/* load_task(user_id, id, include): json, null where there is none */
Datum
op_load(Call *call)
{
	Datum		keys[1 + INDEX_MAX_KEYS];
	LoadNode   *root = load_begin(call, take_include(call));
	StringInfoData json;
	bool		any_null;
	int			guc_level;

	(void) call_bind_keys(call, keys, &any_null);
	if (any_null)
		return call_return_null(call);
	guc_level = load_json_begin(root);
	(void) read_by_key(call, keys, load_sink, root);
	load_related(root);
	json_writer_end(guc_level);
	if (root->nrows == 0)
		return call_return_null(call);
	initStringInfo(&json);
	load_append_row(&json, root, 0);
	return call_return_json(call, &json);
}

/* load_tasks(user_id, include, as page_tasks): json, as page_tasks */
Datum
op_load_many(Call *call)
{
	LoadNode   *root = load_begin(call, take_include(call));
	RowPage		page;
	StringInfoData json;
	int			guc_level;

	page_read(call, &page);
	guc_level = load_json_begin(root);
	query_each(&page.rows, page.first, page.count, load_sink, root);
	load_related(root);
	initStringInfo(&json);
	appendStringInfoString(&json, "{\"items\":");
	load_append_all(&json, root);
	page_append_rest(call, &page, &json);
	json_writer_end(guc_level);
	return call_return_json(call, &json);
}

/* The rows with the call's ids, and one relationship of them, with "take". */
static LoadNode *
begin_batch(Call *call)
{
	Include    *root = include_root(call->model);
	Include    *include = include_add(root, call->function->relationship);
	LoadNode   *node;

	if (call_has(call, ARG_TAKE))
	{
		include->has_take = true;
		include->take = call_int_arg(call, ARG_TAKE, 0);
	}
	node = load_begin(call, root);
	node->keys_only = true;
	return node;
}

static void
read_batch(Call *call, LoadNode *root)
{
	Datum		arrays[INDEX_MAX_KEYS];

	if (!call_has(call, ARG_IDS))
		return;
	(void) ids_bind(call->model, call_arg(call, ARG_IDS), arrays);
	read_by_ids(call, arrays, load_sink, root);
	load_related(root);
}

/* messages_of_conversations(user_id, ids, take): setof message, in the order of the ids */
Datum
op_batch(Call *call)
{
	LoadNode   *root = begin_batch(call);
	LoadNode   *child = &root->children[0];

	child->as_tuples = true;
	call_open_store(call);
	read_batch(call, root);
	for (int64 i = 0; i < child->nbuckets; i++)
		load_each_tuple(child, &child->buckets[i], call_sink_store, call);
	return call_return_set(call);
}

/* tags_of_posts(user_id, ids, take): json, [{"id": 1, "tags": [...]}, ...] */
Datum
op_batch_json(Call *call)
{
	LoadNode   *root = begin_batch(call);
	StringInfoData json;
	int			guc_level = load_json_begin(root);

	read_batch(call, root);
	json_writer_end(guc_level);
	initStringInfo(&json);
	load_append_all(&json, root);
	return call_return_json(call, &json);
}
