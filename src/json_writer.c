/*
 * json_writer.c
 *	  Writes rows as JSON text.
 *
 * Values are written as to_json() writes them, times with a zone always in
 * UTC.  The common types are written here, straight into the result; a
 * json_agg() in SQL costs two and a half times as much.  Arrays, composites
 * and types with a cast to json go through to_json() itself.
 */
#include "compat.h"

#include <math.h>

#include "catalog/pg_type.h"
#include "common/jsonapi.h"
#include "miscadmin.h"
#include "pgtime.h"
#include "utils/builtins.h"
#include "utils/date.h"
#include "utils/datetime.h"
#include "utils/guc.h"
#include "utils/json.h"
#include "utils/jsonb.h"
#include "utils/timestamp.h"

#include "json_writer.h"
#include "settings.h"

/* Appends one byte of a string the way JSON wants it escaped. */
static void
append_escaped(StringInfo out, unsigned char c)
{
	switch (c)
	{
		case '"':
			appendBinaryStringInfo(out, "\\\"", 2);
			break;
		case '\\':
			appendBinaryStringInfo(out, "\\\\", 2);
			break;
		case '\n':
			appendBinaryStringInfo(out, "\\n", 2);
			break;
		case '\r':
			appendBinaryStringInfo(out, "\\r", 2);
			break;
		case '\t':
			appendBinaryStringInfo(out, "\\t", 2);
			break;
		case '\b':
			appendBinaryStringInfo(out, "\\b", 2);
			break;
		case '\f':
			appendBinaryStringInfo(out, "\\f", 2);
			break;
		default:
			appendStringInfo(out, "\\u%04x", c);
			break;
	}
}

#define ONES UINT64CONST(0x0101010101010101)
#define HIGH UINT64CONST(0x8080808080808080)

/* Is any byte of a word smaller than n?  For n up to 128; from "Bit Twiddling Hacks". */
static inline uint64
any_less(uint64 word, uint64 n)
{
	return (word - ONES * n) & ~word & HIGH;
}

/* How many of the first bytes need no escape?  Eight at a time. */
static inline int
plain_run(const char *text, int len)
{
	int			i = 0;

	for (; i + 8 <= len; i += 8)
	{
		uint64		word;

		memcpy(&word, text + i, 8);
		if (any_less(word, ' ') | any_less(word ^ (ONES * '"'), 1) |
			any_less(word ^ (ONES * '\\'), 1))
			break;
	}
	while (i < len && (unsigned char) text[i] >= ' ' && text[i] != '"' && text[i] != '\\')
		i++;
	return i;
}

/* Appends a string with quotes, escaping what JSON wants escaped. */
static void
append_text(StringInfo out, const char *text, int len)
{
	int			run = plain_run(text, len);

	enlargeStringInfo(out, len + 3);
	out->data[out->len++] = '"';
	/* the run without escapes goes over in one piece; it is mostly all */
	memcpy(out->data + out->len, text, run);
	out->len += run;
	while (run < len)
	{
		int			more;

		append_escaped(out, text[run++]);
		more = plain_run(text + run, len - run);
		appendBinaryStringInfo(out, text + run, more);
		run += more;
	}
	appendStringInfoCharMacro(out, '"');
}

static void
append_varlena_text(StringInfo out, Datum value)
{
	text	   *packed = DatumGetTextPP(value);

	append_text(out, VARDATA_ANY(packed), VARSIZE_ANY_EXHDR(packed));
	if ((Pointer) packed != DatumGetPointer(value))
		pfree(packed);
}

/* Puts an integer, quoted where JavaScript could not hold it. */
static char *
put_integer(char *at, int64 value, bool quoted)
{
	if (quoted)
		*at++ = '"';
	at += pg_lltoa(value, at);
	if (quoted)
		*at++ = '"';
	return at;
}

/* Two digits, with leading zero. */
static inline char *
put2(char *at, int value)
{
	at[0] = '0' + value / 10;
	at[1] = '0' + value % 10;
	return at + 2;
}

/* Six digits of microseconds without trailing zeros, behind a point. */
static char *
put_fraction(char *at, int micros)
{
	*at++ = '.';
	for (int unit = 100000; micros > 0; unit /= 10)
	{
		*at++ = '0' + micros / unit;
		micros %= unit;
	}
	return at;
}

/* Rows of one answer are mostly of few days: the last date written is kept. */
static int	last_day = PG_INT32_MIN;
static char last_date[10];

/* Puts "2026-11-22" for a number of days since 2000; false out of four-digit years. */
static bool
put_date(char *at, int day)
{
	int			year;
	int			month;
	int			mday;
	char	   *start = last_date;

	if (day != last_day)
	{
		j2date(day + POSTGRES_EPOCH_JDATE, &year, &month, &mday);
		if (year < 1 || year > 9999)
			return false;
		start = put2(put2(start, year / 100), year % 100);
		*start++ = '-';
		start = put2(start, month);
		*start++ = '-';
		(void) put2(start, mday);
		last_day = day;
	}
	memcpy(at, last_date, sizeof(last_date));
	return true;
}

/* Puts "16:43:21.123" for the microseconds of a day. */
static char *
put_time(char *at, int64 micros)
{
	int			seconds = micros / USECS_PER_SEC;
	int			fraction = micros % USECS_PER_SEC;

	at = put2(at, seconds / SECS_PER_HOUR);
	*at++ = ':';
	at = put2(at, seconds / SECS_PER_MINUTE % MINS_PER_HOUR);
	*at++ = ':';
	at = put2(at, seconds % SECS_PER_MINUTE);
	return fraction ? put_fraction(at, fraction) : at;
}

/*
 * Puts "2026-11-22T16:43:21.123+00:00" with its quotes, in UTC whatever TimeZone
 * says; NULL for a time that is not finite or has no four-digit year.
 */
static char *
put_timestamptz(char *at, TimestampTz value)
{
	int64		day = value / USECS_PER_DAY;
	int64		micros = value % USECS_PER_DAY;

	if (micros < 0)
	{
		micros += USECS_PER_DAY;
		day--;
	}
	if (TIMESTAMP_NOT_FINITE(value) || !put_date(at + 1, day))
		return NULL;
	at[0] = '"';
	at[11] = 'T';
	at = put_time(at + 12, micros);
	memcpy(at, "+00:00\"", 7);
	return at + 7;
}

/* Appends a time that put_timestamptz() leaves to PostgreSQL. */
static void
append_timestamptz(StringInfo out, Datum value)
{
	char		buf[MAXDATELEN + 1];
	int			utc = 0;

	JsonEncodeDateTime(buf, value, TIMESTAMPTZOID, &utc);
	append_text(out, buf, strlen(buf));
}

static void
append_datetime(StringInfo out, const Column *column, Datum value)
{
	char		buf[MAXDATELEN + 1];

	JsonEncodeDateTime(buf, value, column->basetype, NULL);
	append_text(out, buf, strlen(buf));
}

/* A number, unless it is none in JSON: NaN, Infinity. */
static void
append_number(StringInfo out, Column *column, Datum value)
{
	char	   *text = OutputFunctionCall(&column->output, value);
	int			len = strlen(text);

	if (IsValidJsonNumber(text, len))
		appendBinaryStringInfo(out, text, len);
	else
		append_text(out, text, len);
	pfree(text);
}

static void
append_output(StringInfo out, Column *column, Datum value)
{
	char	   *text = OutputFunctionCall(&column->output, value);

	append_text(out, text, strlen(text));
	pfree(text);
}

static void
append_raw(StringInfo out, Datum value)
{
	text	   *packed = DatumGetTextPP(value);

	appendBinaryStringInfo(out, VARDATA_ANY(packed), VARSIZE_ANY_EXHDR(packed));
}

static void
append_jsonb(StringInfo out, Datum value)
{
	Jsonb	   *jsonb = DatumGetJsonbP(value);

	(void) JsonbToCString(out, &jsonb->root, VARSIZE(jsonb));
}

/* The longest of what put_value() writes, with its quotes. */
#define MAX_PUT 64

/*
 * Puts a value whose text is short, at a place with room for MAX_PUT bytes; NULL
 * where it is none of these.
 */
static char *
put_value(char *at, const Column *column, Datum value)
{
	switch (column->json_kind)
	{
		case JSON_KIND_BOOL:
			memcpy(at, DatumGetBool(value) ? "true " : "false", 5);
			return at + (DatumGetBool(value) ? 4 : 5);
		case JSON_KIND_INT:
			return put_integer(at, column->typlen == 2 ? DatumGetInt16(value) :
							   DatumGetInt32(value), false);
		case JSON_KIND_BIGINT:
			return put_integer(at, DatumGetInt64(value),
							   setting_json_bigint == JSON_BIGINT_STRING);
		case JSON_KIND_TIMESTAMPTZ:
			return put_timestamptz(at, DatumGetTimestampTz(value));
		default:
			return NULL;
	}
}

/* Appends a value of any kind. */
static void
append_value(StringInfo out, Column *column, Datum value)
{
	switch (column->json_kind)
	{
		case JSON_KIND_NUMBER:
			append_number(out, column, value);
			break;
		case JSON_KIND_TIMESTAMPTZ:
			append_timestamptz(out, value);
			break;
		case JSON_KIND_DATETIME:
			append_datetime(out, column, value);
			break;
		case JSON_KIND_TEXT:
			append_varlena_text(out, value);
			break;
		case JSON_KIND_JSON:
			append_raw(out, value);
			break;
		case JSON_KIND_JSONB:
			append_jsonb(out, value);
			break;
		case JSON_KIND_COMPLEX:
			append_raw(out, FunctionCall1(&column->output, value));
			break;
		default:
			append_output(out, column, value);
			break;
	}
}

/* Appends one value, which is not null. */
void
json_writer_value(StringInfo out, Column *column, Datum value)
{
	char	   *end;

	enlargeStringInfo(out, MAX_PUT);
	end = put_value(out->data + out->len, column, value);
	if (end == NULL)
	{
		append_value(out, column, value);
		return;
	}
	out->len = end - out->data;
	out->data[out->len] = '\0';
}

/* Times are written in UTC from here on, by to_json() too. */
int
json_writer_begin_always(void)
{
	int			guc_level = NewGUCNestLevel();

	(void) set_config_option("TimeZone", "UTC", PGC_USERSET, PGC_S_SESSION,
							 GUC_ACTION_SAVE, true, 0, false);
	return guc_level;
}

/*
 * Readies the session for writing rows of a model: times inside arrays,
 * ranges and composites are written by PostgreSQL's own functions, which
 * look at TimeZone.  Answers what json_writer_end() wants back.
 */
int
json_writer_begin(const Model *model)
{
	return model->json_session_time ? json_writer_begin_always() : 0;
}

void
json_writer_end(int guc_level)
{
	if (guc_level > 0)
		AtEOXact_GUC(true, guc_level);
}

/* Appends one member: "id":1 */
static inline void
append_member(StringInfo out, Column *column, TupleTableSlot *slot, bool first)
{
	int			i = column->attnum - 1;
	char	   *at;
	char	   *end;

	/* key and most values go straight into the buffer */
	if (unlikely(out->maxlen - out->len < column->json_key_len + MAX_PUT + 2))
		enlargeStringInfo(out, column->json_key_len + MAX_PUT + 2);
	at = out->data + out->len;
	if (!first)
		*at++ = ',';
	memcpy(at, column->json_key, column->json_key_len);
	at += column->json_key_len;
	if (slot->tts_isnull[i])
	{
		memcpy(at, "null", 4);
		out->len = at + 4 - out->data;
		return;
	}
	end = put_value(at, column, slot->tts_values[i]);
	out->len = (end ? end : at) - out->data;
	if (end == NULL)
		append_value(out, column, slot->tts_values[i]);
}

/*
 * Appends the members of one row, without braces: "id":1,"title":"x"
 * The slot's columns stand in the order of the row type; hidden and dropped
 * ones are left out.
 */
void
json_writer_members(StringInfo out, const Model *model, TupleTableSlot *slot)
{
	bool		first = true;

	slot_getallattrs(slot);
	for (int i = 0; i < model->natts; i++)
	{
		Column	   *column = &model->columns[i];

		if (column->dropped || column->hidden)
			continue;
		append_member(out, column, slot, first);
		first = false;
	}
	out->data[out->len] = '\0';
}

/* The same for some columns. */
void
json_writer_columns(StringInfo out, const Model *model, const AttrNumber *columns, int n,
					TupleTableSlot *slot)
{
	slot_getallattrs(slot);
	for (int i = 0; i < n; i++)
		append_member(out, model_column(model, columns[i]), slot, i == 0);
	out->data[out->len] = '\0';
}
