/*
 * op_related.c
 *	  Along relationships: functions of the row, and a row with its children.
 */
#include "compat.h"

#include "utils/json.h"

#include "along.h"
#include "call.h"
#include "errors.h"
#include "json_writer.h"
#include "operation.h"
#include "read.h"

/* messages(conversation): setof message; conversation(message): setof conversation, 0..1 */
Datum
op_related(Call *call)
{
	KeyValues	key;

	call_open_store(call);
	if (call_has(call, ARG_ROW))
	{
		along_key_of_row(call->function->relationship,
						 DatumGetHeapTupleHeader(call_arg(call, ARG_ROW)), &key);
		along_read(call, call->function->relationship, &key, -1, call_sink_store, call);
	}
	return call_return_set(call);
}

/* A parent on its way into JSON. */
typedef struct ParentJson
{
	Call	   *call;
	StringInfoData json;
	KeyValues	key;			/* its key, for the children */
	int64		children;		/* written so far */
	bool		found;
} ParentJson;

/* RowSink: opens the parent's object. */
static void
sink_parent(TupleTableSlot *slot, void *arg)
{
	ParentJson *parent = arg;
	const Relationship *relationship = parent->call->function->relationship;

	parent->found = true;
	along_key_of_slot(parent->call, parent->call->model, relationship->own,
					  relationship->ncolumns, slot, &parent->key);
	appendStringInfoChar(&parent->json, '{');
	json_writer_members(&parent->json, parent->call->model, slot);
}

/* RowSink: one child. */
static void
sink_child(TupleTableSlot *slot, void *arg)
{
	ParentJson *parent = arg;

	appendStringInfoString(&parent->json, parent->children++ == 0 ? "{" : ",{");
	json_writer_members(&parent->json, parent->call->related, slot);
	appendStringInfoChar(&parent->json, '}');
}

static int64
take_newest(Call *call)
{
	int64		take = call_int_arg(call, ARG_TAKE, -1);

	if (call_has(call, ARG_TAKE) && take < 0)
		errors_refuse_negative("take", take, "take is how many of the newest are kept; null is all.");
	return take;
}

/* Appends the children's array and closes the parent's object. */
static void
append_children(ParentJson *parent, int64 newest)
{
	Call	   *call = parent->call;
	Relationship *relationship = call->function->relationship;

	appendStringInfoChar(&parent->json, ',');
	escape_json(&parent->json, relationship->name);
	appendStringInfoString(&parent->json, ":[");
	along_read(call, relationship, &parent->key, newest, sink_child, parent);
	appendStringInfoString(&parent->json, "]}");
}

/* get_conversation_with_messages(user_id, conversation_id, take): json, or null */
Datum
op_with_children(Call *call)
{
	Datum		keys[1 + INDEX_MAX_KEYS];
	ParentJson	parent;
	bool		any_null;
	int64		newest = take_newest(call);
	int			guc_level;

	memset(&parent, 0, sizeof(parent));
	parent.call = call;
	(void) call_bind_keys(call, keys, &any_null);
	if (any_null)
		return call_return_null(call);
	initStringInfo(&parent.json);
	guc_level = json_writer_begin(call->model->json_session_time ? call->model : call->related);
	(void) read_by_key(call, keys, sink_parent, &parent);
	if (parent.found)
		append_children(&parent, newest);
	json_writer_end(guc_level);
	return parent.found ? call_return_json(call, &parent.json) : call_return_null(call);
}
