/*
 * cursor.c
 *	  Cursors as text.
 *
 * base64url of: flags, then each value as its length and its binary form (-1
 * for null), then a checksum.
 */
#include "compat.h"

#include "access/htup_details.h"
#include "common/hashfn.h"
#include "catalog/pg_type.h"
#include "libpq/pqformat.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"

#include "cursor.h"
#include "errors.h"
#include "sort.h"
#include "token.h"

#define FLAG_BACKWARD	0x01
#define FLAG_INCLUSIVE	0x02

uint64
cursor_hash(uint64 seed, const void *data, Size size)
{
	return hash_bytes_extended(data, size, seed);
}

uint64
cursor_hash_text(uint64 seed, const char *text)
{
	/* with its end, so that two texts are not one */
	return cursor_hash(seed, text, strlen(text) + 1);
}

/* Whose rows they are, of which model: names, as OIDs are others after a restore. */
uint64
cursor_hash_rows(Model *model, Datum owner)
{
	uint64		hash = cursor_hash_text(0, model->qualified);

	if (model->owner == 0)
		return hash;
	return cursor_hash_text(hash, OutputFunctionCall(&model_column(model, model->owner)->output,
													 owner));
}

TODO_ORM_NORETURN
static void
refuse_cursor(const Model *model)
{
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("invalid cursor for \"%s\"", model->name),
			 errdetail_internal("%s", errors_detail("cursor", "is not one of this list", NULL)),
			 errhint("A cursor belongs to the model, owner, scope, match and sort of the page that it comes from.")));
}

/* Has the type a binary form?  18 does not take back every tsquery that it gives. */
static bool
has_binary(Form_pg_type form)
{
	return OidIsValid(form->typsend) && OidIsValid(form->typreceive) && form->oid != TSQUERYOID;
}

/* A value in binary form, or as text where its type has none. */
static bytea *
send_value(const Column *column, Datum value)
{
	HeapTuple	tuple = SearchSysCache1(TYPEOID, ObjectIdGetDatum(column->basetype));
	Form_pg_type form = (Form_pg_type) GETSTRUCT(tuple);
	Oid			send = has_binary(form) ? form->typsend : InvalidOid;
	Oid			output = form->typoutput;

	ReleaseSysCache(tuple);
	if (OidIsValid(send))
		return OidSendFunctionCall(send, value);
	return (bytea *) cstring_to_text(OidOutputFunctionCall(output, value));
}

static Datum
receive_value(const Column *column, StringInfo data)
{
	HeapTuple	tuple = SearchSysCache1(TYPEOID, ObjectIdGetDatum(column->basetype));
	Form_pg_type form = (Form_pg_type) GETSTRUCT(tuple);
	Oid			receive = has_binary(form) ? form->typreceive : InvalidOid;
	Oid			input = form->typinput;
	Oid			ioparam = getTypeIOParam(tuple);

	ReleaseSysCache(tuple);
	if (OidIsValid(receive))
		return OidReceiveFunctionCall(receive, data, ioparam, -1);
	return OidInputFunctionCall(input, data->data, ioparam, -1);
}

static const Column *
column_of(const CursorOrder *order, int i)
{
	const char *alias;

	return sort_column(order->model, &order->items[i], "t", &alias);
}

/* The token of a row's place in the order. */
char *
cursor_encode(const CursorOrder *order, const Cursor *cursor)
{
	StringInfoData bytes;

	initStringInfo(&bytes);
	pq_sendbyte(&bytes, (cursor->backward ? FLAG_BACKWARD : 0) |
				(cursor->inclusive ? FLAG_INCLUSIVE : 0));
	for (int i = 0; i < order->nitems; i++)
	{
		bytea	   *value;

		if (cursor->nulls[i])
		{
			pq_sendint32(&bytes, -1);
			continue;
		}
		value = send_value(column_of(order, i), cursor->values[i]);
		pq_sendint32(&bytes, VARSIZE(value) - VARHDRSZ);
		pq_sendbytes(&bytes, VARDATA(value), VARSIZE(value) - VARHDRSZ);
	}
	pq_sendint64(&bytes, cursor_hash(order->context, bytes.data, bytes.len));
	return token_text(&bytes);
}

/* One value: its length, then its bytes.  Whoever forges one gains an error. */
static void
read_value(const CursorOrder *order, StringInfo bytes, int i, Cursor *cursor)
{
	StringInfoData value;
	int			len;

	if (bytes->len - bytes->cursor < 4)
		refuse_cursor(order->model);
	len = (int) pq_getmsgint(bytes, 4);
	cursor->nulls[i] = len == -1;
	if (len == -1 && segment_can_be_null(order->model, &order->items[i]))
		return;
	if (len < 0 || len > bytes->len - bytes->cursor)
		refuse_cursor(order->model);
	initStringInfo(&value);
	appendBinaryStringInfo(&value, pq_getmsgbytes(bytes, len), len);
	cursor->values[i] = receive_value(column_of(order, i), &value);
	if (value.cursor != value.len && value.cursor != 0)
		refuse_cursor(order->model);
}

/* All values; what their types refuse was not made by cursor_encode(). */
static void
read_values(const CursorOrder *order, StringInfo bytes, Cursor *cursor)
{
	MemoryContext cxt = CurrentMemoryContext;

	PG_TRY();
	{
		for (int i = 0; i < order->nitems; i++)
			read_value(order, bytes, i, cursor);
	}
	PG_CATCH();
	{
		int			code = geterrcode();

		MemoryContextSwitchTo(cxt);
		/* receive functions also say XX000 of bytes that make no sense */
		if (!errors_is_input(code, false) && code != ERRCODE_INTERNAL_ERROR &&
			ERRCODE_TO_CATEGORY(code) != ERRCODE_TO_CATEGORY(ERRCODE_PROTOCOL_VIOLATION))
			PG_RE_THROW();
		FlushErrorState();
		refuse_cursor(order->model);
	}
	PG_END_TRY();
}

/*
 * Reads a token.
 *
 * Errors: 22023 for one that was changed, or that belongs elsewhere.
 */
void
cursor_decode(const CursorOrder *order, const char *text, Cursor *cursor)
{
	StringInfoData bytes;
	int			flags;
	int			len;

	memset(cursor, 0, sizeof(Cursor));
	if (!token_bytes(text, &bytes) || bytes.len < (int) (1 + sizeof(uint64)))
		refuse_cursor(order->model);
	/* the checksum first: then all that follows is our own */
	len = bytes.len - sizeof(uint64);
	bytes.cursor = len;
	if ((uint64) pq_getmsgint64(&bytes) != cursor_hash(order->context, bytes.data, len))
		refuse_cursor(order->model);
	bytes.cursor = 0;
	bytes.len = len;
	flags = pq_getmsgbyte(&bytes);
	cursor->backward = (flags & FLAG_BACKWARD) != 0;
	cursor->inclusive = (flags & FLAG_INCLUSIVE) != 0;
	if (flags & ~(FLAG_BACKWARD | FLAG_INCLUSIVE))
		refuse_cursor(order->model);
	read_values(order, &bytes, cursor);
	if (bytes.cursor != bytes.len)
		refuse_cursor(order->model);
}
