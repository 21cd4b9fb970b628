/*
 * payload.c
 *	  Turns what callers send into values of a model's columns.
 *
 * Every value goes through the column type's own input function, with its
 * modifier, so that a length, scale or domain is checked where the column can
 * be named.  All errors of a payload are noted before any is raised.
 *
 * An input function reports a bad value by raising an error.  The first pass
 * lets PostgreSQL's own do so: a valid payload, which is the common case, pays
 * for no subtransaction.  If one is raised the call is lost in any case, and a
 * second pass reads everything again, each value in a subtransaction of its
 * own, to note every error there is.  Types that may run somebody's own code
 * (domains, and what may hold one) get the subtransaction in both passes: only
 * its end restores the user, the settings and all else that such code changed.
 */
#include "compat.h"


#include "guard.h"
#include "jsonb_read.h"
#include "payload.h"

/* How one pass over a payload treats an error of an input function. */
typedef struct Reader
{
	const Model *model;			/* whose columns are filled */
	PayloadUse	use;			/* create or patch */
	const Relationship *parent; /* whose key the engine sets; NULL: none */
	const Bitmapset *lifted;	/* attnums that may be set although they are readonly */
	bool		guarded;		/* second pass: each value in a subtransaction */
	ErrorList  *errors;			/* where errors are noted */
	List	   *members;		/* RelatedMember *, where they are taken */
	bool		takes_members;	/* may relationships stand in the payload? */
} Reader;

RowValues *
payload_new_row(const Model *model)
{
	RowValues  *row = palloc0(sizeof(RowValues));

	row->values = palloc0(sizeof(Datum) * Max(model->natts, 1));
	row->nulls = palloc0(sizeof(bool) * Max(model->natts, 1));
	row->seen = palloc0(sizeof(bool) * Max(model->natts, 1));
	row->given = palloc0(sizeof(bool) * Max(model->natts, 1));
	return row;
}

/* A conversion, for guard_run(). */
typedef struct Conversion
{
	const Reader *reader;
	Column	   *column;
	const PayloadSource *source;
	Datum	   *result;
} Conversion;

static void
run_conversion(void *arg)
{
	Conversion *conversion = arg;

	*conversion->result = payload_convert(conversion->reader->model, conversion->column,
								  conversion->source);
}

/* As payload_convert(), but an error of the value is noted, not raised. */
static bool
convert_guarded(const Reader *reader, Column *column, const PayloadSource *source, int index,
				Datum *result)
{
	Conversion	conversion = {reader, column, source, result};
	ErrorData  *error = guard_run(run_conversion, &conversion);

	if (error == NULL)
		return true;
	if (!errors_is_input(error->sqlerrcode, column->foreign_input))
		ReThrowError(error);
	errors_add(reader->errors, ERROR_INPUT, index, column->name, payload_mistake(error->sqlerrcode),
			   payload_mistake_message(column, error), source->json);
	return false;
}

/* Converts a value the way the pass does; false where an error was noted. */
static bool
convert_or_note(const Reader *reader, Column *column, const PayloadSource *source, int index,
				Datum *result)
{
	/* somebody's own code may leave the session as another user when it fails */
	if (reader->guarded || column->foreign_input)
		return convert_guarded(reader, column, source, index, result);
	*result = payload_convert(reader->model, column, source);
	return true;
}

static void
set_null(const Reader *reader, RowValues *row, Column *column, int index)
{
	/* a BEFORE ROW trigger may yet put a value there */
	if (column->notnull && !reader->model->before_row_trigger)
	{
		errors_add(reader->errors, ERROR_INPUT, index, column->name, "null",
				   "must not be null", NULL);
		return;
	}
	row->nulls[column->attnum - 1] = true;
	row->given[column->attnum - 1] = true;
}

/* Stores one member of a payload, or notes what is wrong with it. */
static void
set_value(const Reader *reader, RowValues *row, Column *column, const JsonbValue *value, int index)
{
	int			at = column->attnum - 1;
	PayloadSource source = {0};

	row->seen[at] = true;
	if (value->type == jbvNull)
	{
		/* for json columns too SQL's null, which is what clients mean by it */
		set_null(reader, row, column, index);
		return;
	}
	if (!payload_kind_fits(column, value))
	{
		errors_add(reader->errors, ERROR_INPUT, index, column->name, "type",
				   psprintf("expected %s, got %s", payload_expected_kind(column), jsonb_value_kind(value)),
				   value);
		return;
	}
	source.json = value;
	row->given[at] = convert_or_note(reader, column, &source, index, &row->values[at]);
}

/* Is the column set by the engine, as part of the key to the parent? */
static bool
is_parent_key(const Reader *reader, const Column *column)
{
	for (int i = 0; reader->parent && i < reader->parent->ncolumns; i++)
		if (reader->parent->own[i] == column->attnum)
			return true;
	return false;
}

/* May a member of the payload set the column? */
static bool
takes(const Reader *reader, const Column *column)
{
	if (is_parent_key(reader, column))
		return false;
	if (bms_is_member(column->attnum, reader->lifted))
		return true;
	return reader->use == PAYLOAD_PATCH ? model_takes_on_patch(reader->model, column) :
		model_takes_on_create(reader->model, column);
}

/* a hint that names more columns than that is read by nobody */
#define MAX_NAMES 50

/* The columns that a payload may set, for the hint. */
static const char *
settable_columns(const Reader *reader)
{
	StringInfoData names;
	int			n = 0;

	initStringInfo(&names);
	for (int i = 0; i < reader->model->natts; i++)
	{
		Column	   *column = &reader->model->columns[i];

		if (!takes(reader, column) || column->hidden)
			continue;
		if (n++ == MAX_NAMES)
		{
			appendStringInfoString(&names, ", ...");
			break;
		}
		appendStringInfo(&names, "%s\"%s\"", names.len ? ", " : "", column->name);
	}
	return psprintf("Columns that can be set: %s.", names.data);
}

/* Suggests the column that the key looks most like, if one does. */
static void
suggest_column(const Reader *reader, const char *key)
{
	const Column *closest = NULL;
	int			best = errors_likeness(key);

	for (int i = 0; i < reader->model->natts; i++)
	{
		const Column *column = &reader->model->columns[i];

		if (!column->dropped && !column->hidden && takes(reader, column) &&
			errors_is_likelier(key, column->name, &best))
			closest = column;
	}
	if (closest)
		errors_suggest(reader->errors, key, closest->name);
}

static void
note_unexpected(const Reader *reader, const char *key, const JsonbValue *value, int index)
{
	if (reader->model->options->extra_ignore)
		return;
	errors_add(reader->errors, ERROR_INPUT, index, key, "unexpected", "unexpected field", value);
	suggest_column(reader, key);
	if (reader->errors->hint == NULL)
		reader->errors->hint = settable_columns(reader);
}

/* A member that is a relationship is put aside; false where it is none. */
static bool
take_related(Reader *reader, RowValues *row, const JsonbPairRead *member, int index)
{
	const Relationship *relationship = model_find_relationship(reader->model, member->key);
	RelatedMember *related;

	if (relationship == NULL || relationship == reader->parent)
		return false;
	related = palloc(sizeof(RelatedMember));
	related->index = index;
	related->relationship = relationship;
	related->value = member->value;
	reader->members = lappend(reader->members, related);
	if (relationship->kind != RELATIONSHIP_MANY_TO_ONE || member->value.type == jbvNull)
		return true;
	/* the key to a parent is not missing: it comes with the parent */
	for (int i = 0; i < relationship->ncolumns; i++)
		row->seen[relationship->own[i] - 1] = true;
	return true;
}

/* One member of an object. */
static void
read_member(Reader *reader, RowValues *row, const JsonbPairRead *member, int index)
{
	Column	   *column = model_find_column(reader->model, member->key);

	if (column == NULL)
	{
		if (!reader->takes_members || !take_related(reader, row, member, index))
			note_unexpected(reader, member->key, &member->value, index);
		return;
	}
	if (!takes(reader, column))
		errors_add(reader->errors, ERROR_INPUT, index, column->name, "read_only",
				   reader->use == PAYLOAD_PATCH && model_takes_on_create(reader->model, column) ?
				   "cannot be changed" : "cannot be set", &member->value);
	else
		set_value(reader, row, column, &member->value, index);
}

/* Notes the columns that a create must set and that the payload lacks. */
static void
check_required(const Reader *reader, const RowValues *row, int index)
{
	/* a BEFORE ROW trigger may yet give it */
	for (int i = 0; i < reader->model->natts && !reader->model->before_row_trigger; i++)
	{
		Column	   *column = &reader->model->columns[i];

		if (model_requires_on_create(reader->model, column) && !row->seen[i] &&
			!is_parent_key(reader, column))
			errors_add(reader->errors, ERROR_INPUT, index, column->name, "missing",
					   "field required", NULL);
	}
}

static RowValues *
read_object(Reader *reader, JsonbContainer *object, int index)
{
	RowValues  *row = payload_new_row(reader->model);
	JsonbItems	members = jsonb_items(object);

	for (int i = 0; i < members.count; i++)
		read_member(reader, row, &members.items[i], index);
	if (reader->use == PAYLOAD_CREATE)
		check_required(reader, row, index);
	/* the key to the parent will be there: a CHECK that reads it cannot be asked yet */
	for (int i = 0; reader->parent && i < reader->parent->ncolumns; i++)
		row->seen[reader->parent->own[i] - 1] = reader->parent->own[i] != reader->model->owner;
	return row;
}

/* A payload on its way in and the rows that come of it. */
typedef struct Payload
{
	Jsonb	   *items;			/* an object or an array; NULL: typed values */
	const TypedValue *typed;	/* where items is NULL */
	int			count;			/* items or typed values */
	RowValues **rows;			/* the result */
} Payload;

/* Reads every item of an array, or the one object. */
static void
read_items(Reader *reader, Payload *payload)
{
	JsonbItems	list;

	if (JB_ROOT_IS_OBJECT(payload->items))
	{
		payload->rows = palloc(sizeof(RowValues *));
		payload->rows[0] = read_object(reader, &payload->items->root, NO_INDEX);
		payload->count = 1;
		return;
	}
	list = jsonb_items(&payload->items->root);
	payload->count = list.count;
	payload->rows = palloc0(sizeof(RowValues *) * Max(list.count, 1));
	for (int i = 0; i < list.count && !errors_full(reader->errors); i++)
	{
		const JsonbValue *item = &list.items[i].value;

		if (jsonb_value_is_object(item))
			payload->rows[i] = read_object(reader, item->val.binary.data, i);
		else
			errors_add(reader->errors, ERROR_INPUT, i, NULL, "type",
					   psprintf("expected object, got %s", jsonb_value_kind(item)), item);
	}
}

/* Takes an argument's value as it is if the column's type says nothing more. */
static bool
is_same_type(const Column *column, Oid type)
{
	return column->type == type && column->typmod < 0;
}

/*
 * Reads typed arguments.  Where the column has a length, a scale, a domain or
 * a narrower type, it is applied here and not by the statement, so that a
 * misfit is noted like one in a payload.
 */
static void
read_typed(const Reader *reader, Payload *payload)
{
	RowValues  *row = payload_new_row(reader->model);

	for (int i = 0; i < payload->count; i++)
	{
		const TypedValue *typed = &payload->typed[i];
		int			at = typed->column->attnum - 1;
		PayloadSource source = {NULL, typed->value, typed->type};

		row->seen[at] = true;
		if (is_same_type(typed->column, typed->type))
		{
			row->values[at] = typed->value;
			row->given[at] = true;
			continue;
		}
		row->given[at] = convert_or_note(reader, typed->column, &source, NO_INDEX,
										 &row->values[at]);
	}
	if (reader->use == PAYLOAD_CREATE)
		check_required(reader, row, NO_INDEX);
	payload->rows = palloc(sizeof(RowValues *));
	payload->rows[0] = row;
}

static void
read_once(Reader *reader, Payload *payload)
{
	if (payload->items)
		read_items(reader, payload);
	else
		read_typed(reader, payload);
}

/* The unguarded pass; on an error of an input function the guarded one. */
static void
read_payload(Reader *reader, Payload *payload)
{
	MemoryContext cxt = CurrentMemoryContext;
	ErrorList	before = *reader->errors;
	volatile bool again = false;

	PG_TRY();
	{
		read_once(reader, payload);
	}
	PG_CATCH();
	{
		ErrorData  *edata;

		MemoryContextSwitchTo(cxt);
		edata = CopyErrorData();
		if (!errors_is_input(edata->sqlerrcode, false))
			PG_RE_THROW();
		FlushErrorState();
		again = true;
	}
	PG_END_TRY();
	if (again)
	{
		errors_take_back(reader->errors, &before);
		reader->guarded = true;
		reader->members = NIL;
		read_once(reader, payload);
	}
}

/*
 * Reads the items of a create; errors are noted, not raised.
 *
 * parent: the relationship whose key the engine sets; NULL: none.
 * members: takes what stands in the items under relationships' names,
 * RelatedMember *; NULL: nothing may.
 */
RowValues **
payload_read_items(const Model *model, const Relationship *parent, Jsonb *items, int *count,
				   ErrorList *errors, const char *argument, List **members)
{
	Reader		reader = {.model = model, .use = PAYLOAD_CREATE, .parent = parent, .errors = errors,
	.takes_members = members != NULL};
	Payload		payload = {items, NULL, 0, NULL};

	if (JB_ROOT_IS_SCALAR(items))
		errors_refuse_argument(model, argument, "an object or an array of objects");
	read_payload(&reader, &payload);
	*count = payload.count;
	if (members)
		*members = reader.members;
	return payload.rows;
}

/*
 * Reads one object in which some columns may stand although they are readonly
 * or immutable; errors are noted, not raised.
 */
RowValues *
payload_read_lifted(const Model *model, PayloadUse use, Jsonb *item, const Bitmapset *lifted,
					ErrorList *errors)
{
	Reader		reader = {.model = model, .use = use, .lifted = lifted, .errors = errors};
	Payload		payload = {item, NULL, 0, NULL};

	read_payload(&reader, &payload);
	return payload.rows[0];
}

/* Reads an object or an array of patches; errors are noted, not raised. */
static RowValues **
read_patches(const Model *model, Jsonb *patches, ErrorList *errors, List **members)
{
	Reader		reader = {.model = model, .use = PAYLOAD_PATCH, .errors = errors,
	.takes_members = members != NULL};
	Payload		payload = {patches, NULL, 0, NULL};

	read_payload(&reader, &payload);
	if (members)
		*members = reader.members;
	return payload.rows;
}

/*
 * Reads an array of patches; errors are noted, not raised.
 * members: as for payload_read_items().
 */
RowValues **
payload_read_patches(const Model *model, Jsonb *patches, ErrorList *errors, List **members)
{
	return read_patches(model, patches, errors, members);
}

/* Reads a patch; the same otherwise. */
RowValues *
payload_read_patch(const Model *model, Jsonb *patch, ErrorList *errors, List **members)
{
	if (!JB_ROOT_IS_OBJECT(patch))
		errors_refuse_argument(model, "patch", "an object");
	return read_patches(model, patch, errors, members)[0];
}

/*
 * Reads typed arguments, or part of them; errors are noted, not raised.
 * parent: the relationship whose key is not required; NULL: none.
 */
RowValues *
payload_read_typed(const Model *model, const Relationship *parent, PayloadUse use,
				   const TypedValue *values, int count, ErrorList *errors)
{
	Reader		reader = {.model = model, .use = use, .parent = parent, .errors = errors};
	Payload		payload = {NULL, values, count, NULL};

	read_payload(&reader, &payload);
	return payload.rows[0];
}
