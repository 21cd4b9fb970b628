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

/* Appends a string with quotes, escaping what JSON wants escaped. */
static void
append_text(StringInfo out, const char *text, int len)
{
	int			done = 0;

	appendStringInfoCharMacro(out, '"');
	for (int i = 0; i < len; i++)
	{
		unsigned char c = text[i];

		if (likely(c >= ' ' && c != '"' && c != '\\'))
			continue;
		/* the run without escapes goes over in one piece */
		appendBinaryStringInfo(out, text + done, i - done);
		done = i + 1;
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
	appendBinaryStringInfo(out, text + done, len - done);
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

static void
append_integer(StringInfo out, int64 value, bool quoted)
{
	char		digits[MAXINT8LEN + 1];
	int			len = pg_lltoa(value, digits);

	if (quoted)
		appendStringInfoCharMacro(out, '"');
	appendBinaryStringInfo(out, digits, len);
	if (quoted)
		appendStringInfoCharMacro(out, '"');
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

/* Appends "2026-11-22T16:43:21.123+00:00", in UTC whatever TimeZone says. */
static void
append_timestamptz(StringInfo out, TimestampTz value)
{
	struct pg_tm tm;
	fsec_t		fsec;
	char		buf[MAXDATELEN + 1];
	char	   *at = buf;

	/* without a zone asked for, the fields are those of UTC */
	if (TIMESTAMP_NOT_FINITE(value) || timestamp2tm(value, NULL, &tm, &fsec, NULL, NULL) != 0 ||
		tm.tm_year < 1 || tm.tm_year > 9999)
	{
		int			utc = 0;

		JsonEncodeDateTime(buf, TimestampTzGetDatum(value), TIMESTAMPTZOID, &utc);
		append_text(out, buf, strlen(buf));
		return;
	}
	*at++ = '"';
	at = put2(at, tm.tm_year / 100);
	at = put2(at, tm.tm_year % 100);
	*at++ = '-';
	at = put2(at, tm.tm_mon);
	*at++ = '-';
	at = put2(at, tm.tm_mday);
	*at++ = 'T';
	at = put2(at, tm.tm_hour);
	*at++ = ':';
	at = put2(at, tm.tm_min);
	*at++ = ':';
	at = put2(at, tm.tm_sec);
	if (fsec != 0)
		at = put_fraction(at, fsec);
	memcpy(at, "+00:00\"", 7);
	appendBinaryStringInfo(out, buf, at + 7 - buf);
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

static void
append_value(StringInfo out, Column *column, Datum value)
{
	switch (column->json_kind)
	{
		case JSON_KIND_BOOL:
			appendStringInfoString(out, DatumGetBool(value) ? "true" : "false");
			break;
		case JSON_KIND_INT:
			append_integer(out, column->typlen == 2 ? DatumGetInt16(value) : DatumGetInt32(value),
						   false);
			break;
		case JSON_KIND_BIGINT:
			append_integer(out, DatumGetInt64(value),
						   setting_json_bigint == JSON_BIGINT_STRING);
			break;
		case JSON_KIND_NUMBER:
			append_number(out, column, value);
			break;
		case JSON_KIND_TIMESTAMPTZ:
			append_timestamptz(out, DatumGetTimestampTz(value));
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
		case JSON_KIND_OUTPUT:
			append_output(out, column, value);
			break;
		case JSON_KIND_COMPLEX:
			append_raw(out, FunctionCall1(&column->output, value));
			break;
	}
}

/*
 * Readies the session for writing rows of a model: times inside arrays,
 * ranges and composites are written by PostgreSQL's own functions, which
 * look at TimeZone.  Answers what json_writer_end() wants back.
 */
int
json_writer_begin(const Model *model)
{
	int			guc_level;

	if (!model->json_session_time)
		return 0;
	guc_level = NewGUCNestLevel();
	(void) set_config_option("TimeZone", "UTC", PGC_USERSET, PGC_S_SESSION,
							 GUC_ACTION_SAVE, true, 0, false);
	return guc_level;
}

void
json_writer_end(int guc_level)
{
	if (guc_level > 0)
		AtEOXact_GUC(true, guc_level);
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
		if (!first)
			appendStringInfoCharMacro(out, ',');
		first = false;
		appendBinaryStringInfo(out, column->json_key, column->json_key_len);
		if (slot->tts_isnull[i])
			appendBinaryStringInfo(out, "null", 4);
		else
			append_value(out, column, slot->tts_values[i]);
	}
}
