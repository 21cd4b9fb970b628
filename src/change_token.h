/*
 * change_token.h
 *	  Where in the changes of a model a caller is: opaque tokens.
 *
 * A token belongs to model and owner: a checksum refuses it elsewhere.  It is no
 * secret; forging one gains nothing.  It also names the feed: numbers of
 * transactions mean something in one history of one cluster only.
 */
#ifndef TODO_ORM_CHANGE_TOKEN_H
#define TODO_ORM_CHANGE_TOKEN_H

#include "compat.h"

#include "call.h"

/* Which changes the numbers of transactions are about. */
typedef struct FeedId
{
	uint64		cluster;		/* the system identifier */
	uint32		timeline;		/* another one after a restore or a failover */
	uint32		database;		/* OID */
	uint32		trigger;		/* that records: made anew where changes may have been missed */
} FeedId;

typedef struct ChangeToken
{
	FeedId		feed;
	uint64		xid;			/* changes behind these two are new */
	uint64		seq;
	char	   *cursor;			/* all rows are still being read: behind this one; NULL: they are not */
} ChangeToken;

extern FeedId change_token_feed(const Model *model);
extern bool change_token_is_of(const ChangeToken *token, const FeedId *feed);
extern char *change_token_encode(const Call *call, const ChangeToken *token);
extern void change_token_decode(const Call *call, const char *text, ChangeToken *token);

#endif							/* TODO_ORM_CHANGE_TOKEN_H */
