/*
 * model_load.c
 *	  Builds a model descriptor from the catalog and the model's options.
 *
 * Called with a lock on the table.  Everything goes into one memory context,
 * which hangs under the caller's until the descriptor is complete: an error
 * half-way leaves nothing behind.
 */
#include "compat.h"

#include "access/htup_details.h"
#include "access/sysattr.h"
#include "access/table.h"
#include "access/transam.h"
#include "catalog/namespace.h"
#include "catalog/pg_collation.h"
#include "catalog/pg_index.h"
#include "catalog/pg_type.h"
#include "nodes/makefuncs.h"
#include "parser/parse_coerce.h"
#include "rewrite/rewriteHandler.h"
#include "utils/builtins.h"
#include "utils/fmgroids.h"
#include "utils/json.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/typcache.h"

#include "change_feed.h"
#include "check.h"
#include "foreign_code.h"
#include "model.h"
#include "relationship.h"
#include "sort.h"
#include "unique_key.h"

/* A column that an option names is not there, or no longer. */
TODO_ORM_NORETURN
static void
refuse_missing_column(const Model *model, const char *option, const char *name)
{
	ereport(ERROR,
			(errcode(model_misfit_sqlstate()),
			 errmsg("option \"%s\" of model \"%s\" names column \"%s\", which does not exist",
					option, model->relname, name),
			 errhint("Register the model again with that option corrected: SELECT todo_orm.register_model(%s, '{\"%s\": ...}');",
					 model_literal(model), option)));
}

static Column *
option_column(const Model *model, const char *option, const char *name)
{
	Column	   *column = model_find_column(model, name);

	if (column == NULL)
		refuse_missing_column(model, option, name);
	return column;
}

/* How a column's values are written in JSON. */
static JsonKind
json_kind(Oid basetype)
{
	switch (basetype)
	{
		case BOOLOID:
			return JSON_KIND_BOOL;
		case INT2OID:
		case INT4OID:
			return JSON_KIND_INT;
		case INT8OID:
			return JSON_KIND_BIGINT;
		case FLOAT4OID:
		case FLOAT8OID:
		case NUMERICOID:
			return JSON_KIND_NUMBER;
		case TIMESTAMPTZOID:
			return JSON_KIND_TIMESTAMPTZ;
		case DATEOID:
		case TIMESTAMPOID:
			return JSON_KIND_DATETIME;
		case TEXTOID:
		case VARCHAROID:
		case BPCHAROID:
			return JSON_KIND_TEXT;
		case JSONOID:
			return JSON_KIND_JSON;
		case JSONBOID:
			return JSON_KIND_JSONB;
		default:
			break;
	}
	if (type_is_array(basetype) || type_is_rowtype(basetype))
		return JSON_KIND_COMPLEX;
	/* a type of somebody's own may have a cast to json: to_json looks for it */
	if (basetype >= FirstNormalObjectId && get_typtype(basetype) == TYPTYPE_BASE)
		return JSON_KIND_COMPLEX;
	return JSON_KIND_OUTPUT;
}

/* Which JSON values a type takes that is no domain. */
InputKind
model_input_kind(Oid basetype)
{
	switch (basetype)
	{
		case BOOLOID:
			return INPUT_BOOL;
		case INT2OID:
		case INT4OID:
		case INT8OID:
		case FLOAT4OID:
		case FLOAT8OID:
		case NUMERICOID:
		case OIDOID:
			return INPUT_NUMBER;
		case JSONOID:
		case JSONBOID:
			return INPUT_JSON;
		default:
			break;
	}
	if (type_is_array(basetype))
		return INPUT_ARRAY;
	if (type_is_rowtype(basetype))
		return INPUT_OBJECT;
	return INPUT_STRING;
}

/* Does "=" of the type, under that collation, mean the same bytes? */
static bool
is_image_equal(Oid basetype, Oid collation)
{
	switch (basetype)
	{
		case BOOLOID:
		case INT2OID:
		case INT4OID:
		case INT8OID:
		case OIDOID:
		case DATEOID:
		case TIMEOID:
		case TIMESTAMPOID:
		case TIMESTAMPTZOID:
		case UUIDOID:
		case BYTEAOID:
		case CHAROID:
		case NAMEOID:
			return true;
		case TEXTOID:
		case VARCHAROID:
			return !OidIsValid(collation) || get_collation_isdeterministic(collation);
		default:
			return get_typtype(basetype) == TYPTYPE_ENUM;
	}
}

/* Readies to_json() or the output function, whichever writes the column. */
static void
load_output(Column *column, MemoryContext cxt)
{
	StringInfoData key;

	initStringInfo(&key);
	escape_json(&key, column->name);
	appendStringInfoChar(&key, ':');
	column->json_key = key.data;
	column->json_key_len = key.len;
	column->json_kind = json_kind(column->basetype);
	if (column->json_kind == JSON_KIND_COMPLEX)
	{
		Const	   *argument = makeNullConst(column->basetype, -1, InvalidOid);

		fmgr_info_cxt(F_TO_JSON, &column->output, cxt);
		fmgr_info_set_expr((Node *) makeFuncExpr(F_TO_JSON, JSONOID, list_make1(argument),
												 InvalidOid, InvalidOid, COERCE_EXPLICIT_CALL),
						   &column->output);
	}
	else
	{
		Oid			output;
		bool		varlena;

		getTypeOutputInfo(column->basetype, &output, &varlena);
		fmgr_info_cxt(output, &column->output, cxt);
	}
}

/* Does a domain, or one under it, refuse null? */
static bool
is_not_null_domain(Oid type)
{
	bool		notnull = false;

	while (!notnull && get_typtype(type) == TYPTYPE_DOMAIN)
	{
		HeapTuple	tuple = SearchSysCache1(TYPEOID, ObjectIdGetDatum(type));
		Form_pg_type form;

		if (!HeapTupleIsValid(tuple))
			elog(ERROR, "cache lookup failed for type %u", type);
		form = (Form_pg_type) GETSTRUCT(tuple);
		notnull = form->typnotnull;
		type = form->typbasetype;
		ReleaseSysCache(tuple);
	}
	return notnull;
}

/* Is a view's column an expression, which nobody can set? */
static bool
is_computed(const Model *model, AttrNumber attnum)
{
	Bitmapset  *column = bms_make_singleton(attnum - FirstLowInvalidHeapAttributeNumber);
	int			writes = (1 << CMD_INSERT) | (1 << CMD_UPDATE);

	return model->relkind == RELKIND_VIEW &&
		(relation_is_updatable(model->relid, NIL, true, column) & writes) == 0;
}

static void
load_column(Model *model, Form_pg_attribute attribute)
{
	Column	   *column = &model->columns[attribute->attnum - 1];
	Oid			input;

	column->attnum = attribute->attnum;
	column->dropped = attribute->attisdropped;
	if (column->dropped)
		return;
	column->name = pstrdup(NameStr(attribute->attname));
	column->quoted = pstrdup(quote_identifier(column->name));
	column->type = attribute->atttypid;
	column->basetype = getBaseType(attribute->atttypid);
	column->typmod = attribute->atttypmod;
	column->collation = attribute->attcollation;
	column->typlen = attribute->attlen;
	column->typbyval = attribute->attbyval;
	column->notnull = attribute->attnotnull;
	column->generated = attribute->attgenerated != '\0' || is_computed(model, column->attnum);
	column->hasdefault = attribute->atthasdef || attribute->attidentity != '\0' ||
		(column->type != column->basetype && get_typdefault(column->type) != NULL);
	column->notnull |= is_not_null_domain(column->type);
	column->identity_always = attribute->attidentity == ATTRIBUTE_IDENTITY_ALWAYS;
	column->image_equal = is_image_equal(column->basetype, column->collation);
	column->input_kind = model_input_kind(column->basetype);
	column->foreign_input = foreign_code_in_type(column->type);
	getTypeInputInfo(column->type, &input, &column->ioparam);
	fmgr_info_cxt(input, &column->input, model->cxt);
	load_output(column, model->cxt);
	if (column->json_kind == JSON_KIND_COMPLEX || type_is_range(column->basetype) ||
		type_is_multirange(column->basetype))
		model->json_session_time = true;
}

static void
load_columns(Model *model, Relation rel)
{
	TupleDesc	desc = RelationGetDescr(rel);

	model->natts = desc->natts;
	model->columns = palloc0(sizeof(Column) * Max(desc->natts, 1));
	for (int i = 0; i < desc->natts; i++)
		load_column(model, TupleDescAttr(desc, i));
	model->rowdesc = CreateTupleDescCopy(desc);
}

/* Is it a name that PostgreSQL takes for a setting of one's own: "app.user_id"? */
static bool
is_setting_name(const char *name)
{
	bool		dot = false;
	bool		start = true;

	for (const char *p = name; *p; p++)
	{
		bool		letter = (*p >= 'a' && *p <= 'z') || (*p >= 'A' && *p <= 'Z') || *p == '_' ||
			IS_HIGHBIT_SET(*p);

		if (*p == '.' && !start)
			dot = start = true;
		else if (letter || (!start && ((*p >= '0' && *p <= '9') || *p == '$')))
			start = false;
		else
			return false;
	}
	return dot && !start;
}

/* The owner column: from the options, else user_id, else an error that says so. */
static void
resolve_owner(Model *model)
{
	Options    *options = model->options;
	Column	   *column;

	if (options->owner.given && options->owner.name == NULL)
		return;
	column = model_find_column(model, options->owner.given ? options->owner.name : "user_id");
	if (column == NULL && options->owner.given)
		refuse_missing_column(model, "owner", options->owner.name);
	if (column == NULL)
		ereport(ERROR,
				(errcode(model_misfit_sqlstate()),
				 errmsg("table \"%s\" has no owner column", model->relname),
				 errdetail("There is no column \"user_id\", and option \"owner\" is not given."),
				 errhint("Name the owner column: SELECT todo_orm.register_model(%s, '{\"owner\": \"...\"}'); or give {\"owner\": null} for a model whose rows belong to nobody.",
						 model_literal(model))));
	model->owner = column->attnum;
	/* only settings of an extension's or the application's own have a dot */
	if (options->owner_setting.name && !is_setting_name(options->owner_setting.name))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("invalid owner_setting \"%s\"", options->owner_setting.name),
				 errhint("Name a setting of your application, like \"app.user_id\".")));
	if (options->owner_setting.given)
		model->owner_setting = options->owner_setting.name;
	else if (strcmp(column->name, "user_id") == 0)
		model->owner_setting = pstrdup("todo_orm.user_id");
}

/* Equality of the owner's type, for comparing with the identity. */
static void
load_owner_equality(Model *model)
{
	Column	   *column;
	TypeCacheEntry *type;

	if (model->owner == 0)
		return;
	column = model_column(model, model->owner);
	type = lookup_type_cache(column->basetype, TYPECACHE_EQ_OPR_FINFO);
	if (!OidIsValid(type->eq_opr))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("owner column \"%s\" of table \"%s\" has a type without equality",
						column->name, model->relname)));
	fmgr_info_cxt(type->eq_opr_finfo.fn_oid, &model->owner_eq, model->cxt);
	model->owner_is_string = TypeCategory(column->basetype) == TYPCATEGORY_STRING;
}

/* Can a column of that type be the lifecycle column of that name? */
static bool
fits_lifecycle(const char *option, const Column *column)
{
	if (strcmp(option, "version") == 0)
		return column->basetype == INT8OID || column->basetype == INT4OID ||
			column->basetype == INT2OID;
	return column->basetype == TIMESTAMPTZOID || column->basetype == TIMESTAMPOID;
}

/*
 * A lifecycle column: the one given, or the one of that name if it is of a
 * fitting type; 0 where there is none.
 */
static AttrNumber
resolve_lifecycle(Model *model, const char *option, const ColumnOption *given)
{
	Column	   *column;

	if (!given->given)
	{
		column = model_find_column(model, option);
		return column && fits_lifecycle(option, column) ? column->attnum : 0;
	}
	if (given->name == NULL)
		return 0;
	column = option_column(model, option, given->name);
	if (!fits_lifecycle(option, column))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("column \"%s\" of option \"%s\" has type %s",
						column->name, option, format_type_be(column->type)),
				 errdetail("Times are timestamp or timestamptz, versions smallint, integer or bigint."),
				 errhint("Name another column, or give null for none.")));
	return column->attnum;
}

TODO_ORM_NORETURN
static void
refuse_key(const Model *model, const char *detail)
{
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("invalid key for model \"%s\"", model->relname),
			 errdetail_internal("%s", detail),
			 errhint("Name each key column once in option \"key\".")));
}

/* More than an index can hold is no key, and arrays of keys are that long. */
static void
add_key(Model *model, AttrNumber attnum)
{
	if (attnum == model->owner)
		return;
	if (model_is_key(model, attnum))
		refuse_key(model, psprintf("Column \"%s\" is named twice.",
								   model_column(model, attnum)->name));
	if (model->nkeys >= INDEX_MAX_KEYS - 1)
		refuse_key(model, psprintf("A key has at most %d columns.", INDEX_MAX_KEYS - 1));
	model->keys[model->nkeys++] = attnum;
}

static void
key_from_index(Model *model, Oid index)
{
	HeapTuple	tuple = SearchSysCache1(INDEXRELID, ObjectIdGetDatum(index));
	Form_pg_index form;

	if (!HeapTupleIsValid(tuple))
		elog(ERROR, "cache lookup failed for index %u", index);
	form = (Form_pg_index) GETSTRUCT(tuple);
	for (int i = 0; i < form->indnkeyatts; i++)
		add_key(model, form->indkey.values[i]);
	ReleaseSysCache(tuple);
}

static bool
is_primary(Oid index)
{
	HeapTuple	tuple = SearchSysCache1(INDEXRELID, ObjectIdGetDatum(index));
	bool		primary;

	if (!HeapTupleIsValid(tuple))
		return false;
	primary = ((Form_pg_index) GETSTRUCT(tuple))->indisprimary;
	ReleaseSysCache(tuple);
	return primary;
}

/* The key columns beside the owner: option "key", else the primary key. */
static void
resolve_key(Model *model, Relation rel)
{
	Oid			index = InvalidOid;
	List	   *indexes;
	ListCell   *cell;

	model->keys = palloc0(sizeof(AttrNumber) * INDEX_MAX_KEYS);
	foreach(cell, model->options->key)
		add_key(model, option_column(model, "key", lfirst(cell))->attnum);
	if (model->options->key != NIL)
		return;
	/* PostgreSQL's own notion of the primary key leaves out deferrable ones */
	indexes = RelationGetIndexList(rel);
	foreach(cell, indexes)
		if (is_primary(lfirst_oid(cell)))
			index = lfirst_oid(cell);
	if (!OidIsValid(index))
		ereport(ERROR,
				(errcode(model_misfit_sqlstate()),
				 errmsg("table \"%s\" has no primary key", model->relname),
				 errhint("Add a primary key, best (owner, id); for a view or a foreign table name the key columns with option \"key\"."),
				 errtable(rel)));
	key_from_index(model, index);
}

static bool
is_lifecycle(const Model *model, AttrNumber attnum)
{
	return attnum == model->created_at || attnum == model->updated_at ||
		attnum == model->deleted_at || attnum == model->version;
}

/* Applies option "readonly" over the default: a name adds, "!name" removes. */
static void
resolve_readonly(Model *model)
{
	ListCell   *cell;

	for (int i = 0; i < model->natts; i++)
	{
		Column	   *column = &model->columns[i];

		column->readonly = !column->dropped &&
			(column->attnum == model->owner || is_lifecycle(model, column->attnum) ||
			 column->generated || column->identity_always ||
			 (model_is_key(model, column->attnum) && column->hasdefault));
	}
	foreach(cell, model->options->readonly)
	{
		const char *name = lfirst(cell);
		bool		lift = name[0] == '!';

		Column	   *column = option_column(model, "readonly", lift ? name + 1 : name);

		if (lift && (column->generated || column->identity_always))
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("column \"%s\" of option \"readonly\" can never be set", column->name),
					 errdetail("It is %s.",
							   column->generated ? "computed" : "GENERATED ALWAYS AS IDENTITY"),
					 errhint("Leave \"%s\" out of the option.", name)));
		column->readonly = !lift;
	}
}

static void
resolve_column_flags(Model *model)
{
	ListCell   *cell;

	for (int i = 0; i < model->nkeys; i++)
		model_column(model, model->keys[i])->immutable = true;
	foreach(cell, model->options->immutable)
		option_column(model, "immutable", lfirst(cell))->immutable = true;
	foreach(cell, model->options->hidden)
		option_column(model, "hidden", lfirst(cell))->hidden = true;
	if (model->options->idempotency)
		model->idempotency = option_column(model, "idempotency", model->options->idempotency)->attnum;
	resolve_readonly(model);
}

static void
resolve_lifecycles(Model *model)
{
	Options    *options = model->options;

	model->created_at = resolve_lifecycle(model, "created_at", &options->created_at);
	model->updated_at = resolve_lifecycle(model, "updated_at", &options->updated_at);
	model->deleted_at = resolve_lifecycle(model, "deleted_at", &options->deleted_at);
	model->version = resolve_lifecycle(model, "version", &options->version);
}

/* Finds the relationships that option "touch" names. */
static void
resolve_touch(Model *model)
{
	ListCell   *cell;

	model->touch = palloc0(sizeof(int) * (list_length(model->options->touch) + 1));
	foreach(cell, model->options->touch)
	{
		Relationship *relationship = model_find_relationship(model, lfirst(cell));

		if (relationship == NULL || relationship->kind != RELATIONSHIP_MANY_TO_ONE)
			ereport(ERROR,
					(errcode(model_misfit_sqlstate()),
					 errmsg("option \"touch\" of model \"%s\" names \"%s\", which is no to-one relationship of it",
							model->relname, (char *) lfirst(cell)),
					 errhint("Register the model of the other table first; its foreign key must contain the owner column.")));
		model->touch[model->ntouch++] = relationship - model->relationships;
	}
}

static void
load_names(Model *model, Relation rel)
{
	char	   *schema = get_namespace_name(RelationGetNamespace(rel));

	model->relid = RelationGetRelid(rel);
	model->rowtype = rel->rd_rel->reltype;
	model->relowner = rel->rd_rel->relowner;
	model->relkind = rel->rd_rel->relkind;
	model->schema = RelationGetNamespace(rel);
	model->schema_name = schema;
	model->relname = pstrdup(RelationGetRelationName(rel));
	model->qualified = quote_qualified_identifier(schema, model->relname);
	model->function_schema = model->options->schema ?
		get_namespace_oid(model->options->schema, true) : model->schema;
	model->name = model_singular_of(model->relname, model->options);
	model->plural = model_plural_of(model->name, model->relname, model->options);
	/* there "$user" means the schema of whoever runs the code, and cannot mean itself */
	model->search_path = strcmp(schema, "$user") == 0 ? "pg_catalog, pg_temp" :
		psprintf("pg_catalog, %s, pg_temp", quote_identifier(schema));
	model->ndeps = 1;
	model->deps = palloc(sizeof(Oid));
	model->deps[0] = model->relid;
}

static void
load_all(Model *model, Relation rel)
{
	load_names(model, rel);
	load_columns(model, rel);
	resolve_owner(model);
	load_owner_equality(model);
	resolve_lifecycles(model);
	resolve_key(model, rel);
	resolve_column_flags(model);
	model->sort = model->options->sort ?
		sort_parse(model, model->options->sort, NULL, &model->nsort) :
		sort_default(model, &model->nsort);
	relationship_load_all(model);
	resolve_touch(model);
	constraint_load_all(model, rel);
	unique_key_load_all(model, rel);
	check_load_all(model, rel);
	change_feed_load(model, rel);
	model->foreign_code_read = foreign_code_in_reads(rel);
	model->foreign_code_write |= foreign_code_in_writes(rel);
}

/*
 * Builds the descriptor of a table.
 *
 * Errors: 55000 where an option names a column that is gone; 22023 where the
 * table cannot be a model (no owner, no key).
 */
Model *
model_load(Oid relid, Jsonb *options)
{
	MemoryContext cxt = AllocSetContextCreate(CurrentMemoryContext, "todo_orm model",
											  ALLOCSET_SMALL_SIZES);
	MemoryContext old = MemoryContextSwitchTo(cxt);
	Model	   *model = palloc0(sizeof(Model));
	Relation	rel = table_open(relid, AccessShareLock);

	model->cxt = cxt;
	model->options_json = palloc(VARSIZE(options));
	memcpy(model->options_json, options, VARSIZE(options));
	model->options = options_parse(model->options_json);
	load_all(model, rel);
	table_close(rel, NoLock);
	MemoryContextSwitchTo(old);
	MemoryContextCopyAndSetIdentifier(cxt, model->qualified);
	MemoryContextSetParent(cxt, TopMemoryContext);
	return model;
}
