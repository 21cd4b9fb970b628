/*
 * extra.c
 *	  Settings of functions that todo_orm.add_function adds.
 *
 * Table driven, as the options of a model are: each setting is one row that
 * names its parser and the field it fills.  Which of them a function may have,
 * and which it must, its operation says.
 *
 * They are read when the function is compiled, so that one which names a
 * column that is gone raises 55000 with the call that mends it.
 */
#include "compat.h"

#include "catalog/pg_type.h"
#include "utils/builtins.h"
#include "utils/fmgrprotos.h"
#include "utils/lsyscache.h"
#include "utils/typcache.h"

#include "extra.h"
#include "jsonb_read.h"

/* settings are part of what plans are kept by */
#define MAX_BYTES 8000

typedef void (*SettingParser) (const ExtraSource *source, const char *setting,
							   const JsonbValue *value, void *field);

typedef struct SettingRule
{
	const char *name;			/* the setting's key */
	int			bit;			/* SETTING_... */
	SettingParser parse;		/* checks the value and stores it */
	size_t		field;			/* where in ExtraSettings */
} SettingRule;

/* ARRAY['role', 'content'], or '{}' */
static char *
names_literal(List *names)
{
	StringInfoData out;
	ListCell   *cell;

	if (names == NIL)
		return "'{}'";
	initStringInfo(&out);
	foreach(cell, names)
		appendStringInfo(&out, "%s%s", out.len ? ", " : "ARRAY[", quote_literal_cstr(lfirst(cell)));
	appendStringInfoChar(&out, ']');
	return out.data;
}

/* The call that adds the function again, for hints. */
static char *
mending_call(const ExtraSource *source)
{
	char	   *settings = source->json ?
		JsonbToCString(NULL, &source->json->root, VARSIZE(source->json)) : "{}";

	return psprintf("SELECT todo_orm.add_function(%s, %s, %s, %s, %s, %s);",
					model_literal(source->model), quote_literal_cstr(source->name),
					quote_literal_cstr(source->operation->name),
					quote_literal_cstr(source->relationship ? source->relationship->name : ""),
					names_literal(source->names), quote_literal_cstr(settings));
}

TODO_ORM_NORETURN
static void
refuse_as(const ExtraSource *source, int sqlstate, const char *detail)
{
	ereport(ERROR,
			(errcode(sqlstate),
			 errmsg("settings of function \"%s\" do not fit table \"%s\"", source->name,
					source->model->relname),
			 errdetail_internal("%s", detail),
			 errhint("Add the function again with its settings corrected: %s",
					 mending_call(source))));
}

TODO_ORM_NORETURN
static void
refuse(const ExtraSource *source, const char *detail)
{
	refuse_as(source, model_misfit_sqlstate(), detail);
}

/* The model whose columns are named: the one whose rows the function is about. */
static const Model *
subject_of(const ExtraSource *source)
{
	return source->operation->result == RESULT_RELATED && source->relationship ?
		model_slot_current(source->relationship->target_slot) : source->model;
}

static Column *
find_column(const ExtraSource *source, const char *setting, const char *name)
{
	const Model *model = subject_of(source);
	Column	   *column = model_find_column(model, name);

	if (column == NULL)
		refuse(source, psprintf("Setting \"%s\" names column \"%s\", which does not exist in \"%s\".",
								setting, name, model->relname));
	return column;
}

/* Do the engine or the key own the column? */
static bool
is_taken(const Model *model, const Column *column)
{
	return column->generated || column->identity_always || column->attnum == model->owner ||
		model_is_key(model, column->attnum) || column->attnum == model->created_at ||
		column->attnum == model->updated_at || column->attnum == model->deleted_at ||
		column->attnum == model->version;
}

static void
check_can_set(const ExtraSource *source, const char *setting, const Column *column)
{
	ListCell   *cell;

	if (is_taken(subject_of(source), column))
		refuse(source, psprintf("Setting \"%s\" names column \"%s\", which no function sets.",
								setting, column->name));
	foreach(cell, source->names)
		if (strcmp(lfirst(cell), column->name) == 0)
			refuse(source, psprintf("Setting \"%s\" names column \"%s\", which is also an argument.",
									setting, column->name));
}

/* A value out of its text, of the column's base type: domains are asked at the call. */
static Datum
read_text(const ExtraSource *source, const char *setting, const Column *column, char *text)
{
	MemoryContext cxt = CurrentMemoryContext;
	volatile Datum result = (Datum) 0;

	PG_TRY();
	{
		Oid			function;
		Oid			ioparam;

		getTypeInputInfo(column->basetype, &function, &ioparam);
		result = OidInputFunctionCall(function, text, ioparam, -1);
	}
	PG_CATCH();
	{
		ErrorData  *edata;

		MemoryContextSwitchTo(cxt);
		edata = CopyErrorData();
		if (!errors_is_input(edata->sqlerrcode, false))
			PG_RE_THROW();
		FlushErrorState();
		refuse(source, psprintf("Setting \"%s\", column \"%s\": %s", setting, column->name,
								edata->message));
	}
	PG_END_TRY();
	return result;
}

static Datum
read_value(const ExtraSource *source, const char *setting, const Column *column,
		   const JsonbValue *value)
{
	StringInfoData json;

	if (!payload_kind_fits(column, value) ||
		(value->type == jbvBinary && column->input_kind != INPUT_JSON))
		refuse(source, psprintf("Setting \"%s\", column \"%s\": expected %s, got %s", setting,
								column->name, payload_expected_kind(column),
								jsonb_value_kind(value)));
	if (column->input_kind != INPUT_JSON)
		return read_text(source, setting, column, payload_text(column->basetype, value));
	initStringInfo(&json);
	jsonb_value_append(&json, value);
	return read_text(source, setting, column, json.data);
}

static JsonbItems
members_of(const ExtraSource *source, const char *setting, const JsonbValue *value)
{
	if (!jsonb_value_is_object(value))
		refuse(source, psprintf("Setting \"%s\" should be an object with columns as keys.", setting));
	return jsonb_items(value->val.binary.data);
}

/* {"status": "streaming"}: columns and what they must be equal to */
static void
parse_conditions(const ExtraSource *source, const char *setting, const JsonbValue *value,
				 void *field)
{
	JsonbItems	members = members_of(source, setting, value);

	for (int i = 0; i < members.count; i++)
	{
		Column	   *column = find_column(source, setting, members.items[i].key);
		Oid			equality = lookup_type_cache(column->basetype, TYPECACHE_EQ_OPR)->eq_opr;

		if (members.items[i].value.type == jbvNull)
			continue;
		if (!OidIsValid(equality) || members.items[i].value.type == jbvBinary)
			refuse(source, psprintf("Setting \"%s\": column \"%s\" cannot be compared with such a value.",
									setting, column->name));
		(void) read_value(source, setting, column, &members.items[i].value);
	}
	*(JsonbContainer **) field = value->val.binary.data;
}

/* {"status": "complete"}: columns and what they are set to; fills the whole struct */
static void
parse_values(const ExtraSource *source, const char *setting, const JsonbValue *value, void *field)
{
	ExtraSettings *settings = field;
	JsonbItems	members = members_of(source, setting, value);

	settings->nvalues = members.count;
	settings->values = palloc0(sizeof(FixedValue) * Max(members.count, 1));
	for (int i = 0; i < members.count; i++)
	{
		Column	   *column = find_column(source, setting, members.items[i].key);
		FixedValue *fixed = &settings->values[i];

		check_can_set(source, setting, column);
		fixed->attnum = column->attnum;
		fixed->isnull = members.items[i].value.type == jbvNull;
		if (fixed->isnull && column->notnull)
			refuse(source, psprintf("Setting \"%s\": column \"%s\" must not be null.", setting,
									column->name));
		if (!fixed->isnull)
			fixed->value = read_value(source, setting, column, &members.items[i].value);
	}
}

/* "content": a column of text */
static void
parse_text_column(const ExtraSource *source, const char *setting, const JsonbValue *value,
				  void *field)
{
	Column	   *column;

	if (value->type != jbvString)
		refuse(source, psprintf("Setting \"%s\" should be the name of a column.", setting));
	column = find_column(source, setting, jsonb_value_text(value));
	if (column->basetype != TEXTOID && column->basetype != VARCHAROID)
		refuse(source, psprintf("Setting \"%s\" names column \"%s\", which is not of type text.",
								setting, column->name));
	*(AttrNumber *) field = column->attnum;
}

/* "content": a column of text that the function changes */
static void
parse_append(const ExtraSource *source, const char *setting, const JsonbValue *value, void *field)
{
	parse_text_column(source, setting, value, field);
	check_can_set(source, setting, model_column(subject_of(source), *(AttrNumber *) field));
}

/* A path as PostgreSQL writes it. */
static char *
read_path(const ExtraSource *source, const char *setting, char *text)
{
	MemoryContext cxt = CurrentMemoryContext;
	char	   *volatile result = NULL;

	PG_TRY();
	{
		Datum		path = DirectFunctionCall1(jsonpath_in, CStringGetDatum(text));

		result = DatumGetCString(DirectFunctionCall1(jsonpath_out, path));
	}
	PG_CATCH();
	{
		MemoryContextSwitchTo(cxt);
		if (!errors_is_input(geterrcode(), false))
			PG_RE_THROW();
		FlushErrorState();
		refuse(source, psprintf("Setting \"%s\": \"%s\" is not a valid path.", setting, text));
	}
	PG_END_TRY();
	return result;
}

/* {"column": "data", "path": "$.tool_call_id"} */
static void
parse_path(const ExtraSource *source, const char *setting, const JsonbValue *value, void *field)
{
	ColumnPath *path = field;
	JsonbValue	name;
	JsonbValue	text;
	Column	   *column;

	if (!jsonb_value_is_object(value) || JsonContainerSize(value->val.binary.data) != 2 ||
		!jsonb_lookup(value->val.binary.data, "column", &name) || name.type != jbvString ||
		!jsonb_lookup(value->val.binary.data, "path", &text) || text.type != jbvString)
		refuse(source, psprintf("Setting \"%s\" should be an object with \"column\" and \"path\".",
								setting));
	column = find_column(source, setting, jsonb_value_text(&name));
	if (column->basetype != JSONBOID)
		refuse(source, psprintf("Setting \"%s\" names column \"%s\", which is not of type jsonb.",
								setting, column->name));
	path->attnum = column->attnum;
	path->path = read_path(source, setting, jsonb_value_text(&text));
}

#define FIELD(name) offsetof(ExtraSettings, name)

static const SettingRule setting_rules[] = {
	{"where", SETTING_WHERE, parse_conditions, FIELD(where)},
	{"values", SETTING_VALUES, parse_values, 0},
	{"append", SETTING_APPEND, parse_append, FIELD(append)},
	{"measure", SETTING_MEASURE, parse_text_column, FIELD(measure)},
	{"turn", SETTING_TURN, parse_conditions, FIELD(turn)},
	{"answer", SETTING_ANSWER, parse_conditions, FIELD(answer)},
	{"pinned", SETTING_PINNED, parse_conditions, FIELD(pinned)},
	{"calls", SETTING_CALLS, parse_path, FIELD(calls)},
	{"answers", SETTING_ANSWERS, parse_path, FIELD(answers)}
};

/* "where", "values": the settings with one of the bits */
static char *
setting_names(int bits)
{
	StringInfoData names;

	initStringInfo(&names);
	for (size_t i = 0; i < lengthof(setting_rules); i++)
		if (setting_rules[i].bit & bits)
			appendStringInfo(&names, "%s\"%s\"", names.len ? ", " : "", setting_rules[i].name);
	return names.len ? names.data : "none";
}

static const SettingRule *
find_rule(const ExtraSource *source, const char *name)
{
	for (size_t i = 0; i < lengthof(setting_rules); i++)
		if (strcmp(setting_rules[i].name, name) == 0 &&
			(setting_rules[i].bit & source->operation->settings))
			return &setting_rules[i];
	/* in a body that register_model has not written, as other keys are */
	refuse_as(source, model_misfit_sqlstate() == ERRCODE_INVALID_PARAMETER_VALUE ?
			  ERRCODE_INVALID_PARAMETER_VALUE : ERRCODE_INVALID_FUNCTION_DEFINITION,
			  psprintf("Operation \"%s\" has no setting \"%s\"; it has: %s.",
					   source->operation->name, name, setting_names(source->operation->settings)));
	return NULL;				/* keep compiler quiet */
}

/* What the operation cannot do without; and calls are nothing without answers. */
static void
check_given(const ExtraSource *source, int given)
{
	int			needed = source->operation->required;

	if (given & (SETTING_CALLS | SETTING_ANSWERS))
		needed |= SETTING_CALLS | SETTING_ANSWERS | SETTING_ANSWER;
	if (needed & ~given)
		refuse(source, psprintf("Missing: %s.", setting_names(needed & ~given)));
}

/*
 * Reads the settings of a function, into CurrentMemoryContext.
 *
 * Errors: 55000, or 22023 where a caller of add_function has just given them.
 */
void
extra_read(const ExtraSource *source, ExtraSettings *settings)
{
	JsonbItems	items = {0, NULL};
	int			given = 0;

	memset(settings, 0, sizeof(ExtraSettings));
	settings->json = source->json;
	if (source->json && !JB_ROOT_IS_OBJECT(source->json))
		refuse(source, "They should be an object.");
	if (source->json && VARSIZE(source->json) > MAX_BYTES)
		refuse(source, psprintf("They are larger than %d bytes.", MAX_BYTES));
	if (source->json)
		items = jsonb_items(&source->json->root);
	for (int i = 0; i < items.count; i++)
	{
		const SettingRule *rule = find_rule(source, items.items[i].key);

		rule->parse(source, rule->name, &items.items[i].value, (char *) settings + rule->field);
		given |= rule->bit;
	}
	if ((given & SETTING_VALUES) && settings->nvalues == 0)
		given &= ~SETTING_VALUES;
	check_given(source, given);
}

/* As extra_read(), for a builder of statements, whose shape has what was read before. */
void
extra_read_again(const Model *model, const Operation *operation, Jsonb *json,
				 ExtraSettings *settings)
{
	ExtraSource source = {model, "", operation, NULL, NIL, json};

	extra_read(&source, settings);
}
