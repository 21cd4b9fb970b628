/*
 * idempotency.c
 *	  Creates that can be repeated: the row that a key has made before.
 *
 * A transaction lock on (table, owner, key) comes before the look-up, so that
 * of two calls with the same key the second waits and then finds the row of
 * the first; nothing has to be undone.  The lock is an advisory one in a class
 * of its own: it meets no lock of the application's.
 */
#include "compat.h"

#include "common/hashfn.h"
#include "miscadmin.h"
#include "storage/lock.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"

#include "idempotency.h"

/* field4 of an advisory lock's tag; PostgreSQL's own functions use 1 and 2 */
#define KEY_LOCK_CLASS 0x4F4D
#define OWNER_LOCK_CLASS 0x4F4E

/* with more keys than that in a call they are locked as one */
#define MAX_KEY_LOCKS 64

/* Does the payload carry a key? */
bool
idempotency_given(const Model *model, const RowValues *row)
{
	return model->idempotency && row->given[model->idempotency - 1] &&
		!row->nulls[model->idempotency - 1];
}

/* A hash of a value's text, the same for equal values of any type we know. */
static uint32
hash_value(const Column *column, Datum value)
{
	Oid			output;
	bool		varlena;
	char	   *text;

	getTypeOutputInfo(column->basetype, &output, &varlena);
	text = OidOutputFunctionCall(output, value);
	return hash_bytes((const unsigned char *) text, strlen(text));
}

/* Takes a lock of ours, until the end of the transaction. */
static void
take_lock(Call *call, uint32 hash, uint16 class, LOCKMODE mode)
{
	LOCKTAG		tag;

	if (call->model->owner)
		hash = hash_combine(hash, hash_value(model_column(call->model, call->model->owner),
											 call->owner));
	SET_LOCKTAG_ADVISORY(tag, MyDatabaseId, call->model->relid, hash, class);
	(void) LockAcquire(&tag, mode, false, false);
}

/*
 * Before the first look-up: many keys are locked as one, all of the owner's,
 * so that a long batch does not fill the lock table; a call with few keys
 * shares that lock and takes one for each.
 */
void
idempotency_begin(Call *call, int keys)
{
	bool		many = keys > MAX_KEY_LOCKS;

	if (call->keys_locked)
		return;
	take_lock(call, 0, OWNER_LOCK_CLASS, many ? ExclusiveLock : ShareLock);
	call->keys_locked = many;
}

/* Waits for other calls with the same key. */
static void
lock_key(Call *call, Datum value)
{
	if (!call->keys_locked)
		take_lock(call, hash_value(model_column(call->model, call->model->idempotency), value),
				  KEY_LOCK_CLASS, ExclusiveLock);
}

/* SELECT t.id, ... FROM public.message AS t WHERE t.user_id = $1 AND t.client_key = $2 */
static void
build_find(Statement *st, const Model *model, const void *shape)
{
	Column	   *column = model_column(model, model->idempotency);

	(void) shape;
	statement_add(st, "SELECT ");
	statement_columns(st, model, "t");
	statement_add(st, " FROM %s AS t WHERE ", model->qualified);
	statement_where_owner(st, model, "t");
	statement_add(st, " AND ");
	statement_equal(st, column, "t", column->basetype);
}

/*
 * Hands the row that the payload's key has made before to "sink"; false where
 * there is none, and then no other call can make it until this transaction
 * has ended.
 */
bool
idempotency_find(Call *call, const RowValues *row, RowSink sink, void *arg)
{
	Datum		values[2];
	Datum		key = row->values[call->model->idempotency - 1];
	int			n = 0;

	lock_key(call, key);
	if (call->model->owner)
		values[n++] = call->owner;
	values[n++] = key;
	return plan_run(plan_get(call->model, PLAN_FIND_BY_IDEMPOTENCY, "", 0, build_find),
					values, NULL, false, sink, arg) > 0;
}
