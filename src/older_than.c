/*
 * older_than.c
 *	  Argument older_than: an age, which is not negative.
 *
 * What is older than a negative age is everything, of the future too: a sign
 * too many would take it all.
 */
#include "compat.h"

#include "access/xact.h"
#include "utils/builtins.h"

#include "errors.h"
#include "older_than.h"

/*
 * Does the age reach into the future?  Asked of the moment that it leads to,
 * since "1 month -30 days" is negative in some months only.
 */
static bool
is_negative(Interval *age)
{
	TimestampTz now = GetCurrentTransactionStartTimestamp();

	return DatumGetTimestampTz(DirectFunctionCall2(timestamptz_mi_interval,
												   TimestampTzGetDatum(now),
												   IntervalPGetDatum(age))) > now;
}

/* Refuses an age that is negative (22023). */
void
older_than_check(const Model *model, Interval *age)
{
	char	   *text;

	if (!is_negative(age))
		return;
	text = DatumGetCString(DirectFunctionCall1(interval_out, IntervalPGetDatum(age)));
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("older_than must not be negative"),
			 errdetail_internal("%s", errors_detail("older_than", "must not be negative",
													errors_quote(text))),
			 err_generic_string(PG_DIAG_SCHEMA_NAME, model->schema_name),
			 err_generic_string(PG_DIAG_TABLE_NAME, model->relname)));
}

/* The argument older_than of a call; "absent" where it is null or the function has none. */
Datum
older_than_arg(const Call *call, Interval *absent)
{
	Interval   *age = absent;

	if (call_has(call, ARG_OLDER_THAN))
		age = DatumGetIntervalP(call_arg(call, ARG_OLDER_THAN));
	older_than_check(call->model, age);
	return IntervalPGetDatum(age);
}
