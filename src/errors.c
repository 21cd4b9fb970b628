/*
 * errors.c
 *	  Validation errors: collected, then raised together (SPEC 7).
 *
 * DETAIL is a JSON array in the shape that FastAPI sends with 422:
 *
 *	[{"loc": ["title"], "type": "missing", "msg": "field required", "input": null}]
 */
#include "compat.h"

#include "mb/pg_wchar.h"
#include "utils/builtins.h"
#include "utils/json.h"
#include "utils/lsyscache.h"
#include "utils/varlena.h"

#include "errors.h"
#include "jsonb_read.h"

void
errors_init(ErrorList *errors, const Model *model)
{
	memset(errors, 0, sizeof(ErrorList));
	errors->model = model;
	errors->cxt = CurrentMemoryContext;
	errors->class = ERROR_NOT_FOUND;
}

/* Forgets what was noted since "before" was copied from the list. */
void
errors_take_back(ErrorList *errors, const ErrorList *before)
{
	StringInfoData entries = errors->entries;

	*errors = *before;
	if (before->count == 0)
		return;
	/* the text may have moved since */
	errors->entries = entries;
	errors->entries.len = before->entries.len;
	errors->entries.data[errors->entries.len] = '\0';
}

/* Is there no use in looking for more? */
bool
errors_full(const ErrorList *errors)
{
	return errors->count > MAX_ERRORS;
}

/* bytes of a name, a message, an input that a text repeats */
#define MAX_NAME 100
#define MAX_MESSAGE 300
#define MAX_INPUT_SHOWN 1000

/* As much of a text as an error should repeat: it comes from the caller. */
char *
errors_cut(const char *text, int bytes)
{
	int			len = strlen(text);

	if (len <= bytes)
		return pstrdup(text);
	return psprintf("%.*s...", pg_mbcliplen(text, len, bytes), text);
}

/* Where an error is: 0, "title"; 0, "messages", 2, "content" */
static char *
location_of(const ErrorList *errors, int index, const char *column)
{
	StringInfoData location;

	initStringInfo(&location);
	if (errors && errors->argument)
	{
		escape_json(&location, errors->argument);
		appendStringInfoString(&location, index == NO_INDEX ? "" : ", ");
	}
	if (index != NO_INDEX && errors && errors->locations)
		appendStringInfoString(&location, errors->locations[index]);
	else if (index != NO_INDEX)
		appendStringInfo(&location, "%d", index);
	if (location.len > 0 && column)
		appendStringInfoString(&location, ", ");
	if (column)
		escape_json(&location, errors_cut(column, MAX_NAME));
	return location.data;
}

/* What was given, as JSON; NULL where there is none. */
static const char *
input_text(const JsonbValue *input)
{
	StringInfoData text;

	if (input == NULL)
		return NULL;
	initStringInfo(&text);
	jsonb_value_append(&text, input);
	return text.data;
}

/* Appends one entry of DETAIL.  input: what was given, as JSON; shown where it is not too long. */
static void
append_entry(StringInfo out, const char *location, const char *type, const char *message,
			 const char *input)
{
	appendStringInfo(out, "%s{\"loc\": [%s], \"type\": ", out->len ? ", " : "", location);
	escape_json(out, type);
	appendStringInfoString(out, ", \"msg\": ");
	escape_json(out, errors_cut(message, MAX_MESSAGE));
	appendStringInfoString(out, ", \"input\": ");
	appendStringInfoString(out, input && strlen(input) <= MAX_INPUT_SHOWN ? input : "null");
	appendStringInfoChar(out, '}');
}

/* As add_entry(), in the memory of the list. */
static void
append_noted(ErrorList *errors, ErrorClass class, const char *location, const char *subject,
		  const char *type, const char *message, const JsonbValue *input)
{
	if (errors->count == 0)
	{
		initStringInfo(&errors->entries);
		errors->first_model = errors->model;
		errors->summary = errors_cut(message, MAX_MESSAGE);
		if (subject)
			errors->summary = psprintf("%s: %s", errors_cut(subject, MAX_MESSAGE), errors->summary);
	}
	errors->class = Min(errors->class, class);
	if (errors_full(errors))
		return;
	errors->count++;
	if (errors_full(errors))
	{
		/* there are more than can be shown: the last one gives way to that */
		errors->entries.len = errors->last_entry;
		append_entry(&errors->entries, "", "too_many", "too many errors", NULL);
		return;
	}
	errors->last_entry = errors->entries.len;
	append_entry(&errors->entries, location, type, message, input_text(input));
}

/* Notes an error at a place; subject: what the summary calls it, may be NULL. */
static void
add_entry(ErrorList *errors, ErrorClass class, const char *location, const char *subject,
		  const char *type, const char *message, const JsonbValue *input)
{
	MemoryContext old = MemoryContextSwitchTo(errors->cxt);

	append_noted(errors, class, location, subject, type, message, input);
	MemoryContextSwitchTo(old);
}

/*
 * Notes an error in the value of a column.  inside: where in the value, as a
 * place has it: 3, "x"; empty: the value itself.  Else as errors_add().
 */
void
errors_add_inside(ErrorList *errors, ErrorClass class, int index, const char *column,
				  const char *inside, const char *type, const char *message,
				  const JsonbValue *input)
{
	Column	   *described = column ? model_find_column(errors->model, column) : NULL;
	char	   *location = location_of(errors, index, column);

	if (errors->count == 0)
		errors->column = described ? described->name : NULL;
	if (inside[0] != '\0')
		location = psprintf("%s, %s", location, inside);
	add_entry(errors, class, location, column, type, message,
			  described && described->hidden ? NULL : input);
}

/*
 * Notes an error.  index: position in the batch, or NO_INDEX.  column: NULL
 * for an error of the whole item.  input: NULL where there is none to show;
 * values of hidden columns are never shown.
 */
void
errors_add(ErrorList *errors, ErrorClass class, int index, const char *column,
		   const char *type, const char *message, const JsonbValue *input)
{
	errors_add_inside(errors, class, index, column, "", type, message, input);
}

/* Notes an error at a place that the caller has written: "match", "title", "ilike" */
void
errors_add_at(ErrorList *errors, ErrorClass class, const char *location, const char *subject,
			  const char *type, const char *message, const JsonbValue *input)
{
	add_entry(errors, class, location, subject, type, message, input);
}

/* Notes an error in an element of an array that is an argument: "loc": ["ids", 3] */
void
errors_add_element(ErrorList *errors, ErrorClass class, const char *argument, int position,
				   const char *type, const char *message)
{
	char	   *location = psprintf("%s, %d", location_of(NULL, NO_INDEX, argument), position);

	add_entry(errors, class, location, argument, type, message, NULL);
}

static int
sqlstate_of(ErrorClass class)
{
	switch (class)
	{
		case ERROR_REFERENCE:
			return ERRCODE_FOREIGN_KEY_VIOLATION;
		case ERROR_TAKEN:
			return ERRCODE_UNIQUE_VIOLATION;
		case ERROR_NOT_FOUND:
			return ERRCODE_NO_DATA_FOUND;
		default:
			return ERRCODE_INVALID_PARAMETER_VALUE;
	}
}

/* Names the model's table and schema in the error fields. */
static int
set_fields(const Model *model, const char *column, const char *constraint)
{
	err_generic_string(PG_DIAG_SCHEMA_NAME, model->schema_name);
	err_generic_string(PG_DIAG_TABLE_NAME, model->relname);
	if (column)
		err_generic_string(PG_DIAG_COLUMN_NAME, column);
	if (constraint)
		err_generic_string(PG_DIAG_CONSTRAINT_NAME, constraint);
	return 0;
}

/* a hint with more suggestions than that is read by nobody */
#define MAX_SUGGESTIONS 5

/* Half of a name's letters may be wrong, and three at the most: what *best is to begin with. */
int
errors_likeness(const char *given)
{
	return Min((int) strlen(given) / 2, 3) + 1;
}

/* Does the name look more like the given one than what was seen before? */
bool
errors_is_likelier(const char *given, const char *name, int *best)
{
	int			len = strlen(given);
	int			distance;

	if (len >= NAMEDATALEN)
		return false;
	distance = varstr_levenshtein_less_equal(given, len, name, strlen(name), 1, 1, 1, *best, true);
	if (distance >= *best)
		return false;
	*best = distance;
	return true;
}

/* Notes what a name that does not exist may have been meant to be. */
void
errors_suggest(ErrorList *errors, const char *given, const char *meant)
{
	MemoryContext old;

	if (errors->nsuggestions++ >= MAX_SUGGESTIONS)
		return;
	old = MemoryContextSwitchTo(errors->cxt);
	errors->suggestions = psprintf("%s%s\"%s\" for \"%s\"",
								   errors->suggestions ? errors->suggestions : "",
								   errors->suggestions ? ", " : "", meant, given);
	MemoryContextSwitchTo(old);
}

/* The HINT: suggestions, then what was noted; NULL: there is none. */
static const char *
hint_of(const ErrorList *errors)
{
	if (errors->suggestions == NULL)
		return errors->hint;
	return psprintf("Perhaps you meant %s.%s%s", errors->suggestions, errors->hint ? " " : "",
					errors->hint ? errors->hint : "");
}

/* Raises what was noted; returns if nothing was. */
void
errors_raise(ErrorList *errors)
{
	if (errors->count == 0)
		return;
	ereport(ERROR,
			(errcode(sqlstate_of(errors->class)),
			 errors->count == 1 ?
			 errmsg("invalid input for \"%s\": %s", errors->model->name, errors->summary) :
			 errmsg("invalid input for \"%s\": %s%d errors, the first is %s",
					errors->model->name, errors_full(errors) ? "more than " : "",
					Min(errors->count, MAX_ERRORS), errors->summary),
			 errdetail_internal("[%s]", errors->entries.data),
			 hint_of(errors) ? errhint("%s", hint_of(errors)) : 0,
			 set_fields(errors->first_model, errors->column, errors->constraint)));
}

/* Refuses a jsonb argument that is of the wrong kind as a whole. */
void
errors_refuse_argument(const Model *model, const char *argument, const char *expected)
{
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("invalid input for \"%s\": argument \"%s\" must be %s",
					model->name, argument, expected),
			 errdetail_internal("[{\"loc\": [], \"type\": \"type\", \"msg\": \"expected %s\", \"input\": null}]",
								expected),
			 set_fields(model, NULL, NULL)));
}

/* Refuses a null where an argument has no default. */
void
errors_refuse_null(const Model *model, const char *argument)
{
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("argument \"%s\" must not be null", argument),
			 errdetail_internal("[{\"loc\": [], \"type\": \"null\", \"msg\": \"must not be null\", \"input\": null}]"),
			 set_fields(model, NULL, NULL)));
}

/* A DETAIL of one entry, for an error that PostgreSQL has found. */
static char *
single_detail(const char *column, const char *type, const char *message, const char *input)
{
	StringInfoData entry;

	initStringInfo(&entry);
	append_entry(&entry, location_of(NULL, NO_INDEX, column), type, message, input);
	return psprintf("[%s]", entry.data);
}

/*
 * Is the error of an input function one of the value?  Those of PostgreSQL's
 * types are (of class 42 a tsquery's, of 54 a word that is too long), where
 * they are not about a right or the stack; of somebody's own code only those
 * of class 22 and of CHECKs.
 */
bool
errors_is_input(int sqlstate, bool own_code)
{
	int			category = ERRCODE_TO_CATEGORY(sqlstate);

	if (category == ERRCODE_DATA_EXCEPTION || sqlstate == ERRCODE_CHECK_VIOLATION ||
		sqlstate == ERRCODE_NOT_NULL_VIOLATION)
		return true;
	if (own_code || sqlstate == ERRCODE_INSUFFICIENT_PRIVILEGE ||
		sqlstate == ERRCODE_STATEMENT_TOO_COMPLEX)
		return false;
	return category == ERRCODE_SYNTAX_ERROR_OR_ACCESS_RULE_VIOLATION ||
		category == ERRCODE_PROGRAM_LIMIT_EXCEEDED || category == ERRCODE_FEATURE_NOT_SUPPORTED;
}

/* A text as JSON, for errors_detail(). */
char *
errors_quote(const char *text)
{
	StringInfoData json;

	initStringInfo(&json);
	escape_json(&json, text);
	return json.data;
}

/*
 * A DETAIL of one entry about an argument that is no payload: take, sort,
 * cursor ...  input: what was given, as JSON; NULL where it is not shown.
 */
char *
errors_detail(const char *argument, const char *message, const char *input)
{
	return single_detail(argument, "value", message, input);
}

/*
 * Refuses a word that is none of those an argument takes.  message: "must be
 * create or update"; words: "create, update".
 */
void
errors_refuse_word(const char *argument, const char *word, const char *message, const char *words)
{
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("unrecognized %s \"%s\"", argument, errors_cut(word, NAMEDATALEN)),
			 errdetail_internal("%s", errors_detail(argument, message, errors_quote(word))),
			 errhint("Available %ss: %s.", argument, words)));
}

/* Refuses a number that is negative; hint: NULL for none. */
void
errors_refuse_negative(const char *argument, int64 number, const char *hint)
{
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("%s must not be negative", argument),
			 errdetail_internal("%s", errors_detail(argument, "must not be negative",
													psprintf(INT64_FORMAT, number))),
			 hint ? errhint("%s", hint) : 0));
}

/* As errors_detail(), for a place in an argument: "include", "messages", "sort" */
char *
errors_detail_at(const char *location, const char *message, const char *input)
{
	StringInfoData entry;

	initStringInfo(&entry);
	append_entry(&entry, location, "value", message, input);
	return psprintf("[%s]", entry.data);
}

/* The column to name: the error's own, or the telling one of the constraint. */
static const char *
column_of(const Model *model, const ErrorData *edata, const ConstraintInfo *constraint)
{
	if (edata->column_name)
		return edata->column_name;
	if (constraint && constraint->column)
		return model_column(model, constraint->column)->name;
	return NULL;
}

static void
explain(ErrorData *edata, const char *place, int sqlstate, const char *column, const char *type,
		const char *message)
{
	StringInfoData entry;
	char	   *location = location_of(NULL, NO_INDEX, column);

	if (place)
		location = psprintf("%s%s%s", place, column ? ", " : "", location);
	initStringInfo(&entry);
	append_entry(&entry, location, type, message, NULL);
	edata->sqlerrcode = sqlstate;
	edata->detail = psprintf("[%s]", entry.data);
	if (column && edata->column_name == NULL)
		edata->column_name = pstrdup(column);
}

/* A value that another table's column cannot hold is an invalid input of the call. */
void
errors_explain_range(ErrorData *edata)
{
	if (edata->sqlerrcode == ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE)
		explain(edata, NULL, ERRCODE_INVALID_PARAMETER_VALUE, NULL, "range", edata->message);
}

static bool
is_about(const Model *model, const ErrorData *edata)
{
	return edata->table_name && strcmp(edata->table_name, model->relname) == 0 &&
		edata->schema_name && strcmp(edata->schema_name, model->schema_name) == 0;
}

/*
 * Is the detail PostgreSQL's own text of a violation?  It shows values: of
 * hidden columns, of another owner's row, of the table under a view.
 */
static bool
shows_values(const ErrorData *edata)
{
	static const char *const beginnings[] = {"Key (", "Failing row", "Partition key of the failing row"};

	for (size_t i = 0; edata->detail && i < lengthof(beginnings); i++)
		if (strncmp(edata->detail, beginnings[i], strlen(beginnings[i])) == 0)
			return true;
	return false;
}

/* The column of an error if the caller may hear of it. */
static const char *
visible_column(const Model *model, const char *name)
{
	const Column *column = name ? model_find_column(model, name) : NULL;

	return column && !column->hidden ? column->name : NULL;
}

/* The COMMENT on a constraint, or what is said where there is none. */
static const char *
message_of(const ConstraintInfo *constraint, const char *otherwise)
{
	return constraint && constraint->message ? constraint->message : otherwise;
}

/*
 * Rethrows an error that PostgreSQL raised while a model's row was written.
 * Violations of the model's own constraints get the SQLSTATE and the DETAIL
 * of SPEC 7; everything else passes as it is.
 */
void
errors_rethrow_explained(const Model *model, ErrorData *edata, const char *place, bool deletes)
{
	const ConstraintInfo *constraint;
	const char *column;

	/* what the engine itself has raised says it all */
	if (edata->detail && edata->detail[0] == '[')
		ReThrowError(edata);
	/* a partition's or a view's table has another name, and the same columns */
	if (!is_about(model, edata) && !shows_values(edata))
		ReThrowError(edata);
	constraint = edata->constraint_name ? constraint_find(model, edata->constraint_name) : NULL;
	column = visible_column(model, column_of(model, edata, constraint));
	switch (edata->sqlerrcode)
	{
		case ERRCODE_NOT_NULL_VIOLATION:
			explain(edata, place, ERRCODE_INVALID_PARAMETER_VALUE, column, "null", "must not be null");
			break;
		case ERRCODE_CHECK_VIOLATION:
			if (edata->constraint_name)
				explain(edata, place, ERRCODE_INVALID_PARAMETER_VALUE, column, "check",
						message_of(constraint, psprintf("violates check constraint \"%s\"",
														edata->constraint_name)));
			else if (shows_values(edata))
				/* no partition for the row, or another server's table */
				explain(edata, place, ERRCODE_INVALID_PARAMETER_VALUE, NULL, "check", edata->message);
			break;
		case ERRCODE_WITH_CHECK_OPTION_VIOLATION:
			explain(edata, place, ERRCODE_INVALID_PARAMETER_VALUE, NULL, "check", edata->message);
			break;
		case ERRCODE_FOREIGN_KEY_VIOLATION:
		case ERRCODE_RESTRICT_VIOLATION:	/* ON DELETE RESTRICT, since PostgreSQL 18 */
			/* a child's key: this row is still needed */
			explain(edata, place, ERRCODE_FOREIGN_KEY_VIOLATION, column, "foreign_key",
					constraint && !deletes && is_about(model, edata) ? "referenced row does not exist" :
					psprintf("still referenced from \"%s\"",
							 edata->table_name ? edata->table_name : ""));
			break;
		case ERRCODE_UNIQUE_VIOLATION:
			explain(edata, place, ERRCODE_UNIQUE_VIOLATION, column, "unique",
					message_of(constraint, "already taken"));
			break;
		case ERRCODE_EXCLUSION_VIOLATION:
			explain(edata, place, ERRCODE_EXCLUSION_VIOLATION, column, "exclusion",
					message_of(constraint, "conflicts with another row"));
			break;
		default:
			break;
	}
	ReThrowError(edata);
}

/* The entries that DETAIL would have, as a JSON array. */
char *
errors_entries(const ErrorList *errors)
{
	return psprintf("[%s]", errors->count > 0 ? errors->entries.data : "");
}
