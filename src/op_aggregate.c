/*
 * op_aggregate.c
 *	  Counts, sums, averages, smallest and largest values by group: aggregate.
 *
 * PostgreSQL writes the values (to_json), because their types are those of its
 * aggregates; the engine puts the objects together.
 */
#include "compat.h"

#include "catalog/pg_proc.h"
#include "catalog/pg_type.h"
#include "nodes/value.h"
#include "parser/parse_func.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/json.h"
#include "utils/lsyscache.h"
#include "utils/typcache.h"

#include "call.h"
#include "errors.h"
#include "json_writer.h"
#include "jsonb_read.h"
#include "match.h"
#include "operation.h"
#include "query.h"
#include "settings.h"

#define MAX_MEASURES 64
#define MAX_GROUPS_BY 16

typedef enum MeasureKind
{
	MEASURE_COUNT,				/* attnum 0: of rows; else of values that are not null */
	MEASURE_SUM,
	MEASURE_AVG,
	MEASURE_MIN,
	MEASURE_MAX
} MeasureKind;

static const char *const measure_names[AGGREGATE_MEASURES] = {"count", "sum", "avg", "min", "max"};

typedef struct Measure
{
	int16		kind;			/* a MeasureKind */
	AttrNumber	attnum;			/* 0: none */
} Measure;

/* Tells the statements apart; the program of the match follows. */
typedef struct AggregateShape
{
	ScopeName	scope;
	int16		ngroups;
	int16		nmeasures;
	int16		bigint_as_text;	/* todo_orm.json_bigint */
	int16		length;			/* words of the match */
	AttrNumber	groups[MAX_GROUPS_BY];
	Measure		measures[MAX_MEASURES];
} AggregateShape;

/* What a call asks for. */
typedef struct Aggregate
{
	Call	   *call;
	AggregateShape shape;
	char	   *keys[MAX_GROUPS_BY + MAX_MEASURES]; /* of the result's objects: "name": */
	StringInfoData json;
	int64		rows;			/* written so far */
	ErrorList	errors;
} Aggregate;

static void
note(Aggregate *aggregate, const char *argument, const char *name, const char *type,
	 const char *message)
{
	StringInfoData location;

	initStringInfo(&location);
	escape_json(&location, argument);
	if (name)
	{
		appendStringInfoString(&location, ", ");
		escape_json(&location, name);
	}
	errors_add_at(&aggregate->errors, ERROR_INPUT, location.data, name ? name : argument, type,
				  message, NULL);
}

/* The column of that name, if callers may know it. */
static const Column *
visible_column(Aggregate *aggregate, const char *argument, const char *name)
{
	const Column *column = model_find_column(aggregate->call->model, name);

	if (column && !column->hidden)
		return column;
	note(aggregate, argument, name, "unexpected",
		 psprintf("no column of \"%s\"", aggregate->call->model->name));
	return NULL;
}

/* "status":  -- a key of the result's objects, which must be the only one of that name */
static void
add_key(Aggregate *aggregate, const char *argument, const char *name)
{
	int			n = aggregate->shape.ngroups + aggregate->shape.nmeasures;
	StringInfoData key;

	initStringInfo(&key);
	escape_json(&key, name);
	appendStringInfoChar(&key, ':');
	for (int i = 0; i < n; i++)
		if (strcmp(aggregate->keys[i], key.data) == 0)
			note(aggregate, argument, name, "duplicate", "the name is taken");
	aggregate->keys[n] = key.data;
}

/* Has the type an order, in which groups stand? */
static bool
is_sortable(Oid type)
{
	return OidIsValid(lookup_type_cache(type, TYPECACHE_LT_OPR)->lt_opr);
}

static void
read_groups(Aggregate *aggregate)
{
	Call	   *call = aggregate->call;
	Datum	   *elements;
	bool	   *nulls;
	int			n;

	if (!call_has(call, ARG_GROUP_BY))
		return;
	deconstruct_array(DatumGetArrayTypeP(call_arg(call, ARG_GROUP_BY)), TEXTOID, -1, false,
					  TYPALIGN_INT, &elements, &nulls, &n);
	if (n > MAX_GROUPS_BY)
		note(aggregate, "group_by", NULL, "too_many", psprintf("more than %d columns", MAX_GROUPS_BY));
	for (int i = 0; i < Min(n, MAX_GROUPS_BY); i++)
	{
		char	   *name = nulls[i] ? pstrdup("") : TextDatumGetCString(elements[i]);
		const Column *column = visible_column(aggregate, "group_by", name);

		if (column == NULL)
			continue;
		if (!is_sortable(column->basetype))
			note(aggregate, "group_by", name, "operator",
				 psprintf("type %s cannot be grouped", format_type_be(column->type)));
		add_key(aggregate, "group_by", name);
		aggregate->shape.groups[aggregate->shape.ngroups++] = column->attnum;
	}
}

/* Of the types of text, char(n) alone has aggregates of its own, which keep its padding. */
static bool
is_cast_to_text(const Column *column)
{
	return match_is_text(column) && column->basetype != BPCHAROID;
}

/* Is there such an aggregate of PostgreSQL's for the column? */
static bool
aggregate_exists(MeasureKind kind, const Column *column)
{
	Oid			type = column->basetype;
	List	   *name = list_make2(makeString(pstrdup("pg_catalog")),
								  makeString(pstrdup(measure_names[kind])));

	if (kind == MEASURE_COUNT)
		return true;
	if (is_cast_to_text(column))
		return kind == MEASURE_MIN || kind == MEASURE_MAX;
	if ((kind == MEASURE_MIN || kind == MEASURE_MAX) && !is_sortable(type))
		return false;
	if (get_typtype(type) == TYPTYPE_ENUM)
		type = ANYENUMOID;
	else if (type_is_array(type))
		type = ANYARRAYOID;
	return OidIsValid(LookupFuncName(name, 1, &type, true));
}

static bool
read_kind(const char *name, MeasureKind *kind)
{
	for (size_t i = 0; i < lengthof(measure_names); i++)
	{
		if (strcmp(name, measure_names[i]) != 0)
			continue;
		*kind = (MeasureKind) i;
		return true;
	}
	return false;
}

/* The name of a measure, by number; NULL: it cannot be taken of that column. */
const char *
aggregate_measure(int index, const Column *column)
{
	return aggregate_exists((MeasureKind) index, column) ? measure_names[index] : NULL;
}

/* "count", or {"sum": "amount"} */
static void
read_measure(Aggregate *aggregate, const JsonbPairRead *member)
{
	const JsonbValue *value = &member->value;
	Measure    *measure = &aggregate->shape.measures[aggregate->shape.nmeasures];
	MeasureKind kind = MEASURE_COUNT;
	const Column *column = NULL;
	JsonbItems	items = {0, NULL};

	if (jsonb_value_is_object(value))
		items = jsonb_items(value->val.binary.data);
	if (value->type == jbvString && strcmp(jsonb_value_text(value), "count") == 0)
		column = NULL;
	else if (items.count != 1 || items.items[0].value.type != jbvString ||
			 !read_kind(items.items[0].key, &kind))
	{
		note(aggregate, "measures", member->key, "value",
			 "write \"count\", or {\"count\" | \"sum\" | \"avg\" | \"min\" | \"max\": \"column\"}");
		return;
	}
	else
	{
		column = visible_column(aggregate, "measures", jsonb_value_text(&items.items[0].value));
		if (column == NULL)
			return;
		if (!aggregate_exists(kind, column))
		{
			note(aggregate, "measures", member->key, "operator",
				 psprintf("%s does not apply to type %s", measure_names[kind],
						  format_type_be(column->type)));
			return;
		}
	}
	add_key(aggregate, "measures", member->key);
	measure->kind = kind;
	measure->attnum = column ? column->attnum : 0;
	aggregate->shape.nmeasures++;
}

static void
read_measures(Aggregate *aggregate)
{
	Call	   *call = aggregate->call;
	Jsonb	   *json;
	JsonbItems	items;

	if (!call_has(call, ARG_MEASURES))
	{
		/* the default is one of rows */
		add_key(aggregate, "measures", "count");
		aggregate->shape.measures[aggregate->shape.nmeasures++].kind = MEASURE_COUNT;
		return;
	}
	json = DatumGetJsonbP(call_arg(call, ARG_MEASURES));
	if (!JB_ROOT_IS_OBJECT(json))
	{
		note(aggregate, "measures", NULL, "type", "expected object");
		return;
	}
	items = jsonb_items(&json->root);
	if (items.count > MAX_MEASURES)
		note(aggregate, "measures", NULL, "too_many",
			 psprintf("more than %d measures", MAX_MEASURES));
	for (int i = 0; i < Min(items.count, MAX_MEASURES); i++)
		read_measure(aggregate, &items.items[i]);
}

/* Is the measure a bigint, for which todo_orm.json_bigint counts? */
static bool
is_bigint(const Model *model, const Measure *measure)
{
	Oid			type = measure->attnum ? model_column(model, measure->attnum)->basetype : INT8OID;

	switch ((MeasureKind) measure->kind)
	{
		case MEASURE_COUNT:
			return true;
		case MEASURE_SUM:
			return type == INT2OID || type == INT4OID;
		case MEASURE_AVG:
			return false;
		default:
			return type == INT8OID;
	}
}

/* Appends: pg_catalog.to_json(pg_catalog.sum(t.amount)) */
static void
append_measure(Statement *st, const Model *model, const AggregateShape *shape,
			   const Measure *measure)
{
	bool		as_text = shape->bigint_as_text && is_bigint(model, measure);
	const Column *column = measure->attnum ? model_column(model, measure->attnum) : NULL;

	statement_add(st, "pg_catalog.to_json(pg_catalog.%s(", measure_names[measure->kind]);
	if (column == NULL)
		statement_add(st, "*");
	else
		statement_add(st, "t.%s%s", column->quoted,
					  is_cast_to_text(column) && measure->kind != MEASURE_COUNT ?
					  "::pg_catalog.text" : column->type != column->basetype ?
					  psprintf("::%s", model_type_name(column->basetype)) : "");
	statement_add(st, ")%s)", as_text ? "::pg_catalog.text" : "");
}

/*
 * SELECT pg_catalog.to_json(t.completed), pg_catalog.to_json(pg_catalog.count(*))
 *	FROM public.task AS t WHERE t.user_id = $1 AND <scope> AND <match>
 *	GROUP BY t.completed ORDER BY t.completed LIMIT $2
 */
static void
build_aggregate(Statement *st, const Model *model, const void *bytes)
{
	const AggregateShape *shape = bytes;
	int			owner_param = 0;

	if (model->owner)
		owner_param = statement_declare(st, model_column(model, model->owner)->basetype);
	for (int i = 0; i < shape->ngroups; i++)
	{
		const Column *column = model_column(model, shape->groups[i]);

		statement_add(st, "%spg_catalog.to_json(t.%s%s)", i == 0 ? "SELECT " : ", ", column->quoted,
					  shape->bigint_as_text && column->basetype == INT8OID ?
					  "::pg_catalog.text" : "");
	}
	for (int i = 0; i < shape->nmeasures; i++)
	{
		statement_add(st, "%s", i + shape->ngroups == 0 ? "SELECT " : ", ");
		append_measure(st, model, shape, &shape->measures[i]);
	}
	statement_add(st, " FROM %s AS t WHERE ", model->qualified);
	query_append_where(st, model, "t", owner_param, &shape->scope,
					   (const int16 *) (shape + 1), shape->length);
	for (int clause = 0; clause < 2; clause++)
		for (int i = 0; i < shape->ngroups; i++)
			statement_add(st, "%st.%s", i > 0 ? ", " : clause == 0 ? " GROUP BY " : " ORDER BY ",
						  model_column(model, shape->groups[i])->quoted);
	statement_add(st, " LIMIT ");
	statement_param(st, INT8OID);
}

/* RowSink: one object. */
static void
sink_object(TupleTableSlot *slot, void *arg)
{
	Aggregate  *aggregate = arg;
	int			n = aggregate->shape.ngroups + aggregate->shape.nmeasures;

	slot_getallattrs(slot);
	appendStringInfoString(&aggregate->json, aggregate->rows++ == 0 ? "{" : ",{");
	for (int i = 0; i < n; i++)
	{
		appendStringInfo(&aggregate->json, "%s%s", i == 0 ? "" : ",", aggregate->keys[i]);
		if (slot->tts_isnull[i])
			appendStringInfoString(&aggregate->json, "null");
		else
			appendStringInfoString(&aggregate->json, TextDatumGetCString(slot->tts_values[i]));
	}
	appendStringInfoChar(&aggregate->json, '}');
}

/* The shape with the program of the match behind it. */
static StringInfoData
make_shape(const Aggregate *aggregate, const RowQuery *query)
{
	StringInfoData bytes;

	initStringInfo(&bytes);
	appendBinaryStringInfo(&bytes, (const char *) &aggregate->shape, sizeof(AggregateShape));
	if (query->match.length > 0)
		appendBinaryStringInfo(&bytes, (const char *) query->match.words,
							   sizeof(int16) * query->match.length);
	return bytes;
}

static void
read_arguments(Aggregate *aggregate)
{
	errors_init(&aggregate->errors, aggregate->call->model);
	read_groups(aggregate);
	read_measures(aggregate);
	if (aggregate->errors.count == 0 && aggregate->shape.ngroups + aggregate->shape.nmeasures == 0)
		note(aggregate, "measures", NULL, "missing", "there is nothing to group by or to measure");
	errors_raise(&aggregate->errors);
}

/* aggregate_tasks(user_id, match, group_by, measures, scope): json, an array of objects */
Datum
op_aggregate(Call *call)
{
	Aggregate  *aggregate = palloc0(sizeof(Aggregate));
	RowQuery	query;
	StringInfoData shape;
	Datum	   *values;
	int			n;
	int			guc_level;

	aggregate->call = call;
	query_read(call, &query);
	read_arguments(aggregate);
	aggregate->shape.scope = query.scope;
	aggregate->shape.bigint_as_text = setting_json_bigint == JSON_BIGINT_STRING;
	aggregate->shape.length = query.match.length;
	shape = make_shape(aggregate, &query);
	values = palloc(sizeof(Datum) * (query.match.nvalues + 2));
	n = query_bind(call, &query, values);
	values[n] = Int64GetDatum((int64) setting_max_take + 1);
	initStringInfo(&aggregate->json);
	appendStringInfoChar(&aggregate->json, '[');
	guc_level = json_writer_begin_always();
	(void) plan_run(plan_get(call->model, PLAN_AGGREGATE, shape.data, shape.len, build_aggregate),
					values, NULL, call->read_only, sink_object, aggregate);
	json_writer_end(guc_level);
	if (aggregate->rows > setting_max_take)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("more than %d groups", setting_max_take),
				 errdetail_internal("%s", errors_detail("group_by", "too many groups", NULL)),
				 errhint("Group by fewer columns, or match less.")));
	appendStringInfoChar(&aggregate->json, ']');
	return call_return_json(call, &aggregate->json);
}
