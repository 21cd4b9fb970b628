/*
 * change_token.c
 *	  Where in the changes of a model a caller is, as text.
 *
 * base64url of: the feed, the place, the cursor of an unfinished first reading
 * (or nothing), a checksum.
 */
#include "compat.h"

#include "access/transam.h"
#include "access/xlog.h"
#include "access/xlogrecovery.h"
#include "lib/stringinfo.h"
#include "libpq/pqformat.h"
#include "miscadmin.h"

#include "change_feed.h"
#include "change_token.h"
#include "cursor.h"
#include "errors.h"
#include "token.h"

/* bytes in front of the cursor */
#define FIXED_BYTES (1 + 8 + 4 + 4 + 4 + 8 + 8)

/* the first byte: another one where the form changes */
#define TOKEN_FORM 1

TODO_ORM_NORETURN
static void
refuse_token(const Model *model)
{
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("invalid token for the changes of \"%s\"", model->name),
			 errdetail_internal("%s", errors_detail("token", "is not one of these changes", NULL)),
			 errhint("A token belongs to the model and the owner of the answer that it comes from. Begin anew without token.")));
}

/* What tokens belong to. */
static uint64
checksum(const Call *call, const void *data, Size size)
{
	return cursor_hash(cursor_hash_rows(call->model, call->owner), data, size);
}

static uint32
current_timeline(void)
{
	TimeLineID	timeline;

	if (!RecoveryInProgress())
		return GetWALInsertionTimeLine();
	(void) GetXLogReplayRecPtr(&timeline);
	return timeline;
}

/* The feed that a model has now. */
FeedId
change_token_feed(const Model *model)
{
	FeedId		feed = {GetSystemIdentifier(), current_timeline(), MyDatabaseId,
		change_feed_require(model)->trigger};

	return feed;
}

/*
 * Does the token's place mean anything in the feed?  A transaction that has not
 * been given a number yet tells that the cluster was put back to an earlier
 * state without becoming another timeline.
 */
bool
change_token_is_of(const ChangeToken *token, const FeedId *feed)
{
	return token->feed.cluster == feed->cluster && token->feed.timeline == feed->timeline &&
		token->feed.database == feed->database && token->feed.trigger == feed->trigger &&
		(RecoveryInProgress() ||
		 token->xid <= U64FromFullTransactionId(ReadNextFullTransactionId()));
}

char *
change_token_encode(const Call *call, const ChangeToken *token)
{
	StringInfoData bytes;

	initStringInfo(&bytes);
	pq_sendbyte(&bytes, TOKEN_FORM);
	pq_sendint64(&bytes, token->feed.cluster);
	pq_sendint32(&bytes, token->feed.timeline);
	pq_sendint32(&bytes, token->feed.database);
	pq_sendint32(&bytes, token->feed.trigger);
	pq_sendint64(&bytes, token->xid);
	pq_sendint64(&bytes, token->seq);
	if (token->cursor)
		appendStringInfoString(&bytes, token->cursor);
	pq_sendint64(&bytes, checksum(call, bytes.data, bytes.len));
	return token_text(&bytes);
}

/*
 * Reads a token.
 *
 * Errors: 22023 for one that was changed, or that belongs to another model or
 * owner.
 */
void
change_token_decode(const Call *call, const char *text, ChangeToken *token)
{
	StringInfoData bytes;
	int			len;

	if (!token_bytes(text, &bytes) || bytes.len < FIXED_BYTES + (int) sizeof(uint64))
		refuse_token(call->model);
	len = bytes.len - sizeof(uint64);
	bytes.cursor = len;
	if ((uint64) pq_getmsgint64(&bytes) != checksum(call, bytes.data, len) ||
		bytes.data[0] != TOKEN_FORM)
		refuse_token(call->model);
	bytes.cursor = 1;
	token->feed.cluster = pq_getmsgint64(&bytes);
	token->feed.timeline = pq_getmsgint(&bytes, 4);
	token->feed.database = pq_getmsgint(&bytes, 4);
	token->feed.trigger = pq_getmsgint(&bytes, 4);
	token->xid = pq_getmsgint64(&bytes);
	token->seq = pq_getmsgint64(&bytes);
	token->cursor = len > bytes.cursor ?
		pnstrdup(bytes.data + bytes.cursor, len - bytes.cursor) : NULL;
}
