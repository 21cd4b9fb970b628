/*
 * op_changes.c
 *	  changes_since: what has changed of an owner's rows since a token was given out.
 *
 * Sequence numbers are not drawn in the order of commits, so a reader that
 * remembers the highest one it has seen misses what commits later with a lower
 * one.  Here changes carry their transaction; only those below the horizon are
 * given out, the oldest transaction that is still running.  Whatever commits from
 * now on is at the horizon or beyond, and so behind every place that was given out.
 *
 * A change says which row it is about; what the row looks like is read at the
 * same time.  So it does not matter in which order changes of a row are given
 * out, nor whether one is given out twice: the last one shows the last state.
 *
 * Without token all rows are read first, page by page in key order; the changes
 * that are made meanwhile follow from the horizon of the beginning.
 */
#include "compat.h"

#include "utils/builtins.h"
#include "utils/timestamp.h"

#include "call.h"
#include "change_feed.h"
#include "change_sql.h"
#include "change_token.h"
#include "errors.h"
#include "json_writer.h"
#include "operation.h"
#include "query.h"
#include "settings.h"

/* what an answer holds where the caller does not say; stands in signature.c, too */
#define DEFAULT_TAKE 100

/* One answer in the making. */
typedef struct Changes
{
	Call	   *call;
	int64		take;			/* how many changes it may hold */
	uint64		horizon;		/* changes of older transactions are given out */
	uint64		next;			/* transactions from here on have not begun */
	ChangeToken token;			/* where the answer begins, then where the next one does */
	StringInfoData json;		/* members of "changes" */
	bool		reset;			/* what the caller has is void */
	bool		must_begin;		/* met while reading: begin anew */
	bool		more;			/* the next answer can be had at once */
	double		lag;			/* age of the oldest change that waits for the horizon, in seconds */
} Changes;

static int64
take_take(const Call *call)
{
	int64		take = call_int_arg(call, ARG_TAKE, DEFAULT_TAKE);

	if (take == DEFAULT_TAKE)
		take = Min(take, setting_max_take);
	if (take < 1 || take > setting_max_take)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("take must be between 1 and %d", setting_max_take),
				 errdetail_internal("%s", errors_detail("take", psprintf("must be between 1 and %d",
																		 setting_max_take),
														psprintf(INT64_FORMAT, take)))));
	return take;
}

/* RowSink: its one row. */
static void
sink_state(TupleTableSlot *slot, void *arg)
{
	Changes    *changes = arg;

	slot_getallattrs(slot);
	changes->must_begin |= DatumGetBool(slot->tts_values[0]);
	/* 0 says that nothing waits */
	if (!slot->tts_isnull[1])
		changes->lag = Max(0.001, (GetCurrentTimestamp() -
								   DatumGetTimestampTz(slot->tts_values[1])) / 1e6);
}

static void
read_state(Changes *changes)
{
	Call	   *call = changes->call;
	Datum		values[5] = {call->owner, UInt64GetDatum(changes->token.xid),
		Int64GetDatum(changes->token.seq), UInt64GetDatum(changes->horizon),
		UInt64GetDatum(changes->next)};

	(void) plan_run(plan_get(call->model, PLAN_CHANGES_STATE, "", 0, change_sql_state), values, NULL,
					call->read_only, sink_state, changes);
}

/* Appends the key of a row, hidden columns left out: {"id":1} */
static void
append_key(StringInfo json, const Model *model, TupleTableSlot *slot)
{
	AttrNumber	shown[INDEX_MAX_KEYS];
	int			n = 0;

	for (int i = 0; i < model->nkeys; i++)
		if (!model_column(model, model->keys[i])->hidden)
			shown[n++] = model->keys[i];
	appendStringInfoChar(json, '{');
	json_writer_columns(json, model, shown, n, slot);
	appendStringInfoChar(json, '}');
}

/* Appends: {"op":"upsert","key":{"id":1},"at":"...","row":{"id":1,...}} */
static void
append_change(Changes *changes, TupleTableSlot *slot, bool present, const TimestampTz *at)
{
	const Model *model = changes->call->model;
	MemoryContext old = MemoryContextSwitchTo(changes->call->work_cxt);
	StringInfo	json = &changes->json;
	bool		deleted = present && model->deleted_at && !slot->tts_isnull[model->deleted_at - 1];

	appendStringInfo(json, "%s{\"op\":\"%s\",\"key\":", json->len ? "," : "",
					 !present ? "delete" : deleted ? "soft_delete" : "upsert");
	append_key(json, model, slot);
	appendStringInfoString(json, ",\"at\":");
	if (at)
		json_writer_timestamptz(json, *at);
	else
		appendStringInfoString(json, "null");
	appendStringInfoString(json, present ? ",\"row\":{" : ",\"row\":null}");
	if (present)
	{
		json_writer_members(json, model, slot);
		appendStringInfoString(json, "}}");
	}
	MemoryContextSwitchTo(old);
}

/* RowSink: a change. */
static void
sink_change(TupleTableSlot *slot, void *arg)
{
	Changes    *changes = arg;
	Datum	   *extra;
	TimestampTz at;

	slot_getallattrs(slot);
	extra = slot->tts_values + changes->call->model->natts;
	if (strcmp(TextDatumGetCString(extra[CHANGE_OP]), CHANGES_RESET) == 0)
		changes->must_begin = true;
	at = DatumGetTimestampTz(extra[CHANGE_AT]);
	changes->token.xid = DatumGetUInt64(extra[CHANGE_XID]);
	changes->token.seq = DatumGetInt64(extra[CHANGE_SEQ]);
	changes->more = DatumGetBool(extra[CHANGE_MORE]);
	if (!changes->must_begin)
		append_change(changes, slot, DatumGetBool(extra[CHANGE_PRESENT]), &at);
}

/* Reads the changes behind the token's place. */
static void
read_changes(Changes *changes)
{
	Call	   *call = changes->call;
	Datum		values[5] = {call->owner, Int64GetDatum(changes->take),
		UInt64GetDatum(changes->token.xid), Int64GetDatum(changes->token.seq),
		UInt64GetDatum(changes->horizon)};

	(void) plan_run(plan_get(call->model, PLAN_CHANGES, "", 0, change_sql_changes), values, NULL,
					call->read_only, sink_change, changes);
	/* all below the horizon is known now: who has no changes keeps up all the same */
	if (!changes->more && changes->token.xid < changes->horizon)
	{
		changes->token.xid = changes->horizon;
		changes->token.seq = 0;
	}
}

/* RowSink: a row of the first reading. */
static void
sink_row(TupleTableSlot *slot, void *arg)
{
	slot_getallattrs(slot);
	append_change(arg, slot, true, NULL);
}

/* All rows, soft-deleted ones too, in the order of their keys. */
static void
all_rows(Call *call, RowQuery *query)
{
	Model	   *model = call->model;
	SortItem   *items = palloc0(sizeof(SortItem) * Max(model->nkeys, 1));

	memset(query, 0, sizeof(RowQuery));
	scope_resolve(model, model->deleted_at ? "with_deleted" : "all", &query->scope);
	query->match.truth = MATCH_TRUE;
	query->order.model = model;
	for (int i = 0; i < model->nkeys; i++)
	{
		items[i].attnum = model->keys[i];
		items[i].relationship = NO_RELATIONSHIP;
	}
	/* where the owner is the whole key there is one row */
	query->own_order = model->nkeys > 0;
	query->order.items = query->own_order ? items : model->sort;
	query->order.nitems = query->own_order ? model->nkeys : model->nsort;
	query_bind_context(call, query);
}

/* Reads rows behind the token's cursor. */
static void
read_rows(Changes *changes)
{
	Call	   *call = changes->call;
	bool		one_page = changes->token.cursor == NULL;
	RowQuery	query;
	QueryRows	rows;
	Cursor		cursor;

	all_rows(call, &query);
	if (!one_page)
		cursor_decode(&query.order, changes->token.cursor, &cursor);
	query_collect(call, &query, one_page ? NULL : &cursor, false, false, changes->take + 1, 0,
				  &rows);
	changes->more = rows.count > changes->take;
	query_each(&rows, 0, Min(rows.count, changes->take), sink_row, changes);
	if (changes->more)
	{
		query_cursor_of(call, &query, &rows, changes->take - 1, &cursor);
		changes->token.cursor = cursor_encode(&query.order, &cursor);
		return;
	}
	changes->token.cursor = NULL;
	/* what has changed since the first page comes next */
	changes->more = !one_page;
}

/* Begins anew: what the caller has is void, all rows come, and then what is behind the horizon. */
static void
begin(Changes *changes, const FeedId *feed)
{
	resetStringInfo(&changes->json);
	changes->reset = true;
	changes->token.feed = *feed;
	changes->token.xid = changes->horizon;
	changes->token.seq = 0;
	changes->token.cursor = NULL;
	read_rows(changes);
}

/* Answers what is behind the token; without one, or with one that has become void, all. */
static void
answer(Changes *changes)
{
	Call	   *call = changes->call;
	FeedId		feed = change_token_feed(call->model);

	changes->must_begin = true;
	if (call_has(call, ARG_TOKEN))
	{
		change_token_decode(call, TextDatumGetCString(call_arg(call, ARG_TOKEN)), &changes->token);
		changes->must_begin = !change_token_is_of(&changes->token, &feed);
	}
	read_state(changes);
	if (!changes->must_begin && changes->token.cursor)
		read_rows(changes);
	else if (!changes->must_begin)
		read_changes(changes);
	if (changes->must_begin)
		begin(changes, &feed);
}

/* changes_since_tasks(user_id, token, take): json */
Datum
op_changes(Call *call)
{
	Changes		changes = {.call = call};
	StringInfoData json;
	int			guc_level;

	(void) change_feed_require(call->model);
	changes.take = take_take(call);
	changes.horizon = change_feed_horizon(&changes.next);
	initStringInfo(&changes.json);
	guc_level = json_writer_begin(call->model);
	answer(&changes);
	json_writer_end(guc_level);
	initStringInfo(&json);
	appendStringInfo(&json, "{\"reset\":%s,\"changes\":[%s],\"next_token\":\"%s\",\"more\":%s,\"lag\":%.3f}",
					 changes.reset ? "true" : "false", changes.json.data,
					 change_token_encode(call, &changes.token), changes.more ? "true" : "false",
					 changes.lag);
	return call_return_json(call, &json);
}
