/*
 * function_ddl.c
 *	  Makes, replaces and drops the functions of a model.
 *
 * Runs as the table's owner, with a search_path of pg_catalog, inside an SPI
 * connection.  A function whose signature stays is replaced, so that its
 * privileges, its comment and what depends on it stay; one whose signature
 * changes is dropped and made again, and gets privileges and comment back.
 */
#include "compat.h"

#include "access/htup_details.h"
#include "catalog/dependency.h"
#include "catalog/namespace.h"
#include "catalog/pg_proc.h"
#include "commands/comment.h"
#include "executor/spi.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "rewrite/rewriteHandler.h"
#include "utils/acl.h"
#include "utils/builtins.h"
#include "utils/catcache.h"
#include "utils/fmgrprotos.h"
#include "utils/json.h"
#include "utils/lsyscache.h"

#include "body.h"
#include "function_ddl.h"
#include "jsonb_read.h"
#include "relationship.h"

/* Runs one DDL statement; identifiers in it must be quoted already. */
void
ddl_execute(const char *format,...)
{
	StringInfoData sql;
	int			code;

	initStringInfo(&sql);
	for (;;)
	{
		va_list		args;
		int			needed;

		va_start(args, format);
		needed = appendStringInfoVA(&sql, format, args);
		va_end(args);
		if (needed == 0)
			break;
		enlargeStringInfo(&sql, needed);
	}
	code = SPI_execute(sql.data, false, 0);
	if (code != SPI_OK_UTILITY)
		elog(ERROR, "could not run \"%s\": %s", sql.data, SPI_result_code_string(code));
}

/*
 * user_id pg_catalog.text, scope pg_catalog.text DEFAULT 'all'; or, for people
 * and for GRANT, user_id text, scope text.  With a search_path of pg_catalog,
 * format_type_be() qualifies all other types.
 */
static char *
argument_list(const WantedFunction *function, bool declared)
{
	StringInfoData list;
	ListCell   *cell;

	initStringInfo(&list);
	foreach(cell, function->arguments)
	{
		Argument   *argument = lfirst(cell);

		appendStringInfo(&list, "%s%s %s", list.len ? ", " : "",
						 quote_identifier(argument->name),
						 declared ? model_type_name(argument->type) : format_type_be(argument->type));
		if (declared && argument->default_sql)
			appendStringInfo(&list, " DEFAULT %s", argument->default_sql);
	}
	return list.data;
}

static char *
qualified_name(const WantedFunction *function)
{
	return quote_qualified_identifier(get_namespace_name(function->schema), function->name);
}

/* public.create_task(user_id text, title text) */
static char *
signature_text(const WantedFunction *function)
{
	return psprintf("%s(%s)", qualified_name(function), argument_list(function, false));
}

static Oid
result_type(const Model *model, const WantedFunction *function)
{
	return operation_result_type(function->operation, model, function->relationship);
}

/* The planner's estimate; a to-one relationship gives one row. */
static int
estimated_rows(const WantedFunction *function)
{
	if (function->operation->result == RESULT_RELATED)
		return function->relationship->kind == RELATIONSHIP_MANY_TO_ONE ? 1 : 50;
	return function->operation->rows;
}

/*
 * Appends: "target": "note", "target_schema": "other"; without the schema where
 * it is the model's own.
 */
static void
append_table(StringInfo body, const Model *model, const char *member, Oid relid)
{
	Oid			schema = get_rel_namespace(relid);

	appendStringInfo(body, "\"%s\": ", member);
	escape_json(body, get_rel_name(relid));
	if (schema == model->schema)
		return;
	appendStringInfo(body, ", \"%s_schema\": ", member);
	escape_json(body, get_namespace_name(schema));
}

/* Appends: , "relationship": {"kind": ..., "target": ..., "columns": [...], "through": ...} */
static void
append_relationship(StringInfo body, const Model *model, const Relationship *relationship)
{
	Oid			referencing;
	const AttrNumber *columns = relationship_key(model, relationship, &referencing);

	appendStringInfo(body, ", \"relationship\": {\"kind\": \"%s\", ",
					 relationship_kind_name(relationship->kind));
	append_table(body, model, "target", relationship->target);
	appendStringInfoString(body, ", \"columns\": [");
	for (int i = 0; i < relationship->ncolumns; i++)
	{
		appendStringInfoString(body, i == 0 ? "" : ", ");
		escape_json(body, get_attname(referencing, columns[i], false));
	}
	appendStringInfoChar(body, ']');
	if (relationship->link)
	{
		appendStringInfoString(body, ", ");
		append_table(body, model, "through", referencing);
	}
	appendStringInfoChar(body, '}');
}

/* Appends: , "arguments": ["role", "content"] */
static void
append_names(StringInfo body, List *names)
{
	ListCell   *cell;
	const char *separator = ", \"arguments\": [";

	foreach(cell, names)
	{
		appendStringInfoString(body, separator);
		escape_json(body, lfirst(cell));
		separator = ", ";
	}
	appendStringInfoString(body, "]");
}

/* {"operation": "get", "model": "public.task", "options": {...}} */
static char *
body_of(const Model *model, const WantedFunction *function)
{
	StringInfoData body;

	initStringInfo(&body);
	appendStringInfo(&body, "{\"operation\": \"%s\", \"model\": ", function->operation->name);
	escape_json(&body, model->qualified);
	if (function->relationship)
		append_relationship(&body, model, function->relationship);
	if (function->names)
		append_names(&body, function->names);
	if (function->settings && JsonContainerSize(&function->settings->root) > 0)
		appendStringInfo(&body, ", \"settings\": %s",
						 JsonbToCString(NULL, &function->settings->root,
										VARSIZE(function->settings)));
	appendStringInfo(&body, ", \"options\": %s}",
					 JsonbToCString(NULL, &model->options_json->root,
									VARSIZE(model->options_json)));
	return body.data;
}

/*
 * CREATE OR REPLACE FUNCTION public.get_task(user_id text, id bigint)
 *	RETURNS SETOF public.task LANGUAGE todo_orm STABLE SECURITY DEFINER
 *	PARALLEL RESTRICTED ROWS 1 AS '{...}'
 */
static void
create_function(const Model *model, const WantedFunction *function)
{
	const Operation *operation = function->operation;
	int			rows = estimated_rows(function);

	ddl_execute("CREATE OR REPLACE FUNCTION %s(%s) RETURNS %s%s LANGUAGE todo_orm %s "
				"SECURITY DEFINER PARALLEL %s %s AS %s",
				qualified_name(function), argument_list(function, true),
				operation_returns_set(operation) ? "SETOF " : "",
				model_type_name(result_type(model, function)),
				operation->writes ? "VOLATILE" : "STABLE",
				operation->writes ? "UNSAFE" : "RESTRICTED",
				rows > 0 ? psprintf("ROWS %d", rows) : "",
				quote_literal_cstr(body_of(model, function)));
}

/* A new function is nobody's but its owner's, and says what it does. */
static void
finish_new_function(const Model *model, const WantedFunction *function, const char *comment)
{
	if (comment == NULL)
		comment = operation_comment(function->operation, model, function->relationship);
	ddl_execute("REVOKE ALL ON FUNCTION %s FROM PUBLIC", signature_text(function));
	ddl_execute("COMMENT ON FUNCTION %s IS %s", signature_text(function),
				quote_literal_cstr(comment));
}

/* Does the existing function have the wanted arguments and result? */
static bool
has_signature(const Model *model, const WantedFunction *wanted, const RegisteredFunction *existing)
{
	HeapTuple	tuple = SearchSysCache1(PROCOID, ObjectIdGetDatum(existing->oid));
	Form_pg_proc form;
	Oid		   *types;
	char	  **names;
	char	   *modes;
	ListCell   *cell;
	int			defaults = 0;
	int			i = 0;
	bool		same;

	if (!HeapTupleIsValid(tuple))
		return false;
	form = (Form_pg_proc) GETSTRUCT(tuple);
	same = get_func_arg_info(tuple, &types, &names, &modes) == list_length(wanted->arguments);
	foreach(cell, wanted->arguments)
	{
		Argument   *argument = lfirst(cell);

		same = same && types[i] == argument->type && names && names[i] &&
			strcmp(names[i], argument->name) == 0;
		defaults += argument->default_sql != NULL;
		i++;
	}
	same = same && form->prorettype == result_type(model, wanted) &&
		form->proretset == operation_returns_set(wanted->operation) &&
		form->pronargdefaults == defaults && form->proowner == model->relowner;
	ReleaseSysCache(tuple);
	return same;
}

/*
 * Has nobody altered what CREATE FUNCTION sets beside signature and body?  With
 * default privileges it would be everybody's.
 */
static bool
has_properties(const WantedFunction *wanted, const RegisteredFunction *existing)
{
	HeapTuple	tuple = SearchSysCache1(PROCOID, ObjectIdGetDatum(existing->oid));
	bool		writes = wanted->operation->writes;
	Form_pg_proc form;
	bool		same;

	if (!HeapTupleIsValid(tuple))
		return false;
	form = (Form_pg_proc) GETSTRUCT(tuple);
	same = form->prosecdef && !form->proisstrict && !form->proleakproof &&
		form->provolatile == (writes ? PROVOLATILE_VOLATILE : PROVOLATILE_STABLE) &&
		form->proparallel == (writes ? PROPARALLEL_UNSAFE : PROPARALLEL_RESTRICTED) &&
		heap_attisnull(tuple, Anum_pg_proc_proconfig, NULL) &&
		!heap_attisnull(tuple, Anum_pg_proc_proacl, NULL);
	ReleaseSysCache(tuple);
	return same;
}

/* Is the body already exactly what it should be? */
static bool
has_body(const Model *model, const WantedFunction *wanted, const RegisteredFunction *existing)
{
	Jsonb	   *body = DatumGetJsonbP(DirectFunctionCall1(jsonb_in,
														  CStringGetDatum(body_of(model, wanted))));

	return VARSIZE(body) == VARSIZE(existing->body) &&
		memcmp(body, existing->body, VARSIZE(body)) == 0;
}

/* Gives a function that was made again the privileges of its predecessor. */
static void
restore_privileges(const WantedFunction *function, Acl *acl, Oid owner)
{
	AclItem    *items = ACL_DAT(acl);

	for (int i = 0; i < ACL_NUM(acl); i++)
	{
		bool		grantable = (ACLITEM_GET_GOPTIONS(items[i]) & ACL_EXECUTE) != 0;

		/* EXECUTE is never PUBLIC's, whatever it was */
		if (items[i].ai_grantee == ACL_ID_PUBLIC || items[i].ai_grantee == owner ||
			!(ACLITEM_GET_PRIVS(items[i]) & ACL_EXECUTE))
			continue;
		ddl_execute("GRANT EXECUTE ON FUNCTION %s TO %s%s", signature_text(function),
					quote_identifier(GetUserNameFromId(items[i].ai_grantee, false)),
					grantable ? " WITH GRANT OPTION" : "");
	}
}

/* The privileges of a function; NULL for the default ones. */
Acl *
function_ddl_privileges(Oid function)
{
	HeapTuple	tuple = SearchSysCache1(PROCOID, ObjectIdGetDatum(function));
	bool		isnull;
	Datum		value;
	Acl		   *acl = NULL;

	if (!HeapTupleIsValid(tuple))
		return NULL;
	value = SysCacheGetAttr(PROCOID, tuple, Anum_pg_proc_proacl, &isnull);
	if (!isnull)
		acl = DatumGetAclPCopy(value);
	ReleaseSysCache(tuple);
	return acl;
}

/*
 * Drops a function of a model.  The right to do so comes with the table: after
 * ALTER TABLE ... OWNER the functions still have the owner of before.
 *
 * Errors: 2BP01 where an object of the user's depends on it.
 */
void
function_ddl_drop(const RegisteredFunction *function)
{
	ObjectAddress address;

	ObjectAddressSet(address, ProcedureRelationId, function->oid);
	performDeletion(&address, DROP_RESTRICT, 0);
	CommandCounterIncrement();
}

/* As function_ddl_drop(), for a function that is not wanted as it is. */
static void
drop_unwanted(const Model *model, const RegisteredFunction *function)
{
	MemoryContext cxt = CurrentMemoryContext;

	PG_TRY();
	{
		function_ddl_drop(function);
	}
	PG_CATCH();
	{
		ErrorData  *edata;

		MemoryContextSwitchTo(cxt);
		edata = CopyErrorData();
		FlushErrorState();
		if (edata->sqlerrcode == ERRCODE_DEPENDENT_OBJECTS_STILL_EXIST)
			edata->hint = psprintf("Drop what depends on it, call %s, and make it again.",
								   model_register_hint(model));
		ReThrowError(edata);
	}
	PG_END_TRY();
}

static void
remake_function(const Model *model, const WantedFunction *wanted,
				const RegisteredFunction *existing)
{
	Acl		   *acl = function_ddl_privileges(existing->oid);
	char	   *comment = GetComment(existing->oid, ProcedureRelationId, 0);

	drop_unwanted(model, existing);
	create_function(model, wanted);
	finish_new_function(model, wanted, comment);
	if (acl)
		restore_privileges(wanted, acl, model->relowner);
}

/* Does a function of somebody else's stand where this one is wanted? */
static bool
clashes(const WantedFunction *wanted, List *existing, HeapTuple tuple)
{
	Form_pg_proc form = (Form_pg_proc) GETSTRUCT(tuple);
	Argument   *first = wanted->arguments ? linitial(wanted->arguments) : NULL;
	ListCell   *cell;

	if (form->pronamespace != wanted->schema)
		return false;
	foreach(cell, existing)
		if (((RegisteredFunction *) lfirst(cell))->oid == form->oid)
			return false;
	/* functions of the row are told apart by the type of their one argument */
	if (wanted->operation->signature == signature_row)
		return form->pronargs == 1 && form->proargtypes.values[0] == first->type;
	return !(form->pronargs == 1 && get_typtype(form->proargtypes.values[0]) == TYPTYPE_COMPOSITE);
}

static void
refuse_clash(const Model *model, const WantedFunction *wanted, List *existing)
{
	CatCList   *list = SearchSysCacheList1(PROCNAMEARGSNSP, CStringGetDatum(wanted->name));
	bool		clash = false;

	for (int i = 0; i < list->n_members; i++)
		clash |= clashes(wanted, existing, &list->members[i]->tuple);
	ReleaseSysCacheList(list);
	if (clash)
		ereport(ERROR,
				(errcode(ERRCODE_DUPLICATE_FUNCTION),
				 errmsg("function \"%s\" of model \"%s\" would clash with one that exists",
						wanted->name, model->relname),
				 wanted->operation->signature == signature_row ?
				 errhint("Give the relationship another name: SELECT todo_orm.register_model(%s, '{\"relationships\": {\"%s\": \"...\"}}');",
						 model_literal(model), wanted->relationship->name) :
				 errhint("Give the model other names: SELECT todo_orm.register_model(%s, '{\"name\": \"...\", \"plural\": \"...\"}');",
						 model_literal(model))));
}

static RegisteredFunction *
find_existing(List *existing, const WantedFunction *wanted)
{
	ListCell   *cell;

	foreach(cell, existing)
	{
		RegisteredFunction *function = lfirst(cell);

		if (strcmp(function->name, wanted->name) == 0 && function->schema == wanted->schema)
			return function;
	}
	return NULL;
}

/* Is the function there just as it should be? */
static bool
is_up_to_date(const Model *model, const WantedFunction *wanted, const RegisteredFunction *existing)
{
	return existing && has_signature(model, wanted, existing) &&
		has_body(model, wanted, existing) && has_properties(wanted, existing);
}

/* Makes or brings up to date one function; was anything done? */
static bool
apply_one(const Model *model, const WantedFunction *wanted, RegisteredFunction *existing)
{
	if (is_up_to_date(model, wanted, existing))
		return false;
	if (existing && !has_signature(model, wanted, existing))
	{
		remake_function(model, wanted, existing);
		return true;
	}
	create_function(model, wanted);
	if (existing == NULL)
		finish_new_function(model, wanted, NULL);
	return true;
}

static bool
is_wanted(List *wanted, const RegisteredFunction *function)
{
	ListCell   *cell;

	foreach(cell, wanted)
	{
		WantedFunction *candidate = lfirst(cell);

		if (strcmp(candidate->name, function->name) == 0 && candidate->schema == function->schema)
			return true;
	}
	return false;
}

/*
 * Makes the wanted functions out of the existing ones, and hands the
 * signatures of those that were made or changed to "sink".  drop_others: the
 * existing ones that are not wanted go.
 */
void
function_ddl_apply(const Model *model, List *wanted, List *existing, bool drop_others,
				   SignatureSink sink, void *arg)
{
	ListCell   *cell;

	foreach(cell, wanted)
		refuse_clash(model, lfirst(cell), existing);
	foreach(cell, existing)
		if (drop_others && !is_wanted(wanted, lfirst(cell)))
			drop_unwanted(model, lfirst(cell));
	foreach(cell, wanted)
	{
		WantedFunction *function = lfirst(cell);

		if (apply_one(model, function, find_existing(existing, function)) && sink)
			sink(signature_text(function), arg);
	}
}

/* Can rows of the relation be written in the way of the operation? */
static bool
is_writable(const Model *model, const Operation *operation)
{
	int			events;

	if ((!operation->writes && operation->run != op_validate) ||
		(model->relkind != RELKIND_VIEW && model->relkind != RELKIND_FOREIGN_TABLE))
		return true;
	events = DatumGetInt32(DirectFunctionCall2(pg_relation_is_updatable,
											   ObjectIdGetDatum(model->relid), BoolGetDatum(true)));
	if (operation->run == op_validate)
		return (events & ((1 << CMD_INSERT) | (1 << CMD_UPDATE))) != 0;
	if (operation->run == op_create || operation->run == op_create_many)
		return (events & (1 << CMD_INSERT)) != 0;
	if (operation_deletes(operation))
		return (events & (1 << CMD_DELETE)) != 0;
	return (events & (1 << CMD_UPDATE)) != 0;
}

/* Does option "functions" ask for the function? */
static bool
is_asked_for(const Model *model, const Operation *operation, const char *function)
{
	ListCell   *cell;

	if (model->options->functions == NIL)
		return true;
	foreach(cell, model->options->functions)
	{
		const char *name = lfirst(cell);

		if (operation_is_named(operation, name) || strcmp(name, function) == 0)
			return true;
	}
	return false;
}

static WantedFunction *
want(const Model *model, const Operation *operation, char *name, Oid schema,
	 const Relationship *relationship, List *names)
{
	WantedFunction *function = palloc0(sizeof(WantedFunction));
	SignatureContext context = {relationship, names};

	function->operation = operation;
	function->name = name;
	function->schema = schema;
	function->relationship = relationship;
	function->names = names;
	function->arguments = operation->signature(model, &context);
	return function;
}

/* A function that todo_orm.add_function() asks for. */
WantedFunction *
function_ddl_extra(const Model *model, const char *name, const Operation *operation,
				   const Relationship *relationship, List *names, Jsonb *settings)
{
	WantedFunction *function = want(model, operation, pstrdup(name), model->function_schema,
									relationship, names);

	function->settings = settings;
	return function;
}

/* Adds the functions that the model, or one of its relationships, has by its options. */
static List *
want_all(List *wanted, const Model *model, const Relationship *relationship)
{
	const Operation *operation;

	for (int i = 0; (operation = operation_at(i)) != NULL; i++)
	{
		char	   *name;
		bool		of_row = operation->signature == signature_row;

		if ((operation->groups & GROUP_EXTRA) ||
			!operation_applies(operation, model, relationship))
			continue;
		name = operation_function_name(operation, model, relationship);
		if (is_asked_for(model, operation, name) && is_writable(model, operation))
			wanted = lappend(wanted, want(model, operation, name,
										  of_row ? model->schema : model->function_schema,
										  relationship, NIL));
	}
	return wanted;
}

/* The functions that a model has along one of its relationships. */
static List *
want_along(List *wanted, const Model *model, const Relationship *relationship)
{
	/* functions with the other model's key as an argument wait until it fits its table */
	if (relationship->kind == RELATIONSHIP_MANY_TO_MANY &&
		(model_slot_current_or_stale(relationship->target_slot) == NULL ||
		 model_slot_current_or_stale(relationship->link->slot) == NULL))
		return wanted;
	return want_all(wanted, model, relationship);
}

/* The functions that a model has by its options; those along relationships come last. */
List *
function_ddl_wanted(const Model *model)
{
	List	   *wanted = want_all(NIL, model, NULL);

	for (int i = 0; i < model->nrelationships; i++)
		wanted = want_along(wanted, model, &model->relationships[i]);
	return wanted;
}

/* The names of the functions that function_ddl_apply() would make, change or drop. */
List *
function_ddl_outdated(const Model *model, List *wanted, List *existing)
{
	List	   *names = NIL;
	ListCell   *cell;

	foreach(cell, wanted)
		if (!is_up_to_date(model, lfirst(cell), find_existing(existing, lfirst(cell))))
			names = lappend(names, ((WantedFunction *) lfirst(cell))->name);
	foreach(cell, existing)
		if (!is_wanted(wanted, lfirst(cell)))
			names = lappend(names, ((RegisteredFunction *) lfirst(cell))->name);
	return names;
}
