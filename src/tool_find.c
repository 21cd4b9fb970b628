/*
 * tool_find.c
 *	  Which functions are tools, and what they are called.
 *
 * Only functions of models can be found, in one schema, by a name that is
 * compared with theirs: search_path has no part in it, and the name is never
 * part of a statement.
 */
#include "compat.h"

#include "access/htup_details.h"
#include "catalog/pg_proc.h"
#include "catalog/pg_type.h"
#include "common/hashfn.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/catcache.h"
#include "utils/lsyscache.h"

#include "body.h"
#include "errors.h"
#include "registry.h"
#include "tool.h"

/* bytes of a tool's name that everybody takes */
#define MAX_TOOL_NAME 64

/* "_" and eight hex digits */
#define DIGITS 9

static bool
is_name_byte(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
		c == '_' || c == '-';
}

static bool
fits(const char *name)
{
	for (; *name; name++)
		if (!is_name_byte(*name))
			return false;
	return true;
}

/*
 * A function's name as a tool's: as it is where it has nothing but letters,
 * digits, _ and -; else with _ for the rest, and eight hex digits of a hash of
 * the whole.
 */
static char *
name_of(const char *function)
{
	StringInfoData name;
	int			room = MAX_TOOL_NAME - DIGITS;

	if (fits(function))
		return pstrdup(function);
	initStringInfo(&name);
	for (const char *p = function; *p && name.len < room; p++)
		if (is_name_byte(*p))
			appendStringInfoChar(&name, *p);
		else if (name.len == 0 || name.data[name.len - 1] != '_')
			appendStringInfoChar(&name, '_');
	appendStringInfo(&name, "_%08x",
					 hash_bytes((const unsigned char *) function, strlen(function)));
	return name.data;
}

/* The Oids of an array; nulls name nothing. */
static List *
oid_list(ArrayType *array)
{
	List	   *list = NIL;
	Datum	   *values;
	bool	   *nulls;
	int			n;

	deconstruct_array(array, REGCLASSOID, sizeof(Oid), true, TYPALIGN_INT, &values, &nulls, &n);
	for (int i = 0; i < n; i++)
		if (!nulls[i])
			list = lappend_oid(list, DatumGetObjectId(values[i]));
	return list;
}

static List *
text_list(ArrayType *array)
{
	List	   *list = NIL;
	Datum	   *values;
	bool	   *nulls;
	int			n;

	deconstruct_array(array, TEXTOID, -1, false, TYPALIGN_INT, &values, &nulls, &n);
	for (int i = 0; i < n; i++)
		if (!nulls[i])
			list = lappend(list, TextDatumGetCString(values[i]));
	return list;
}

/* Reads the arguments schema, and models and functions, by the numbers of the first two. */
void
tool_read_filter(FunctionCallInfo fcinfo, int schema, int models, ToolFilter *filter)
{
	int			functions = models + 1;

	memset(filter, 0, sizeof(ToolFilter));
	/* the default, where no schema of search_path is there */
	if (PG_ARGISNULL(schema))
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_SCHEMA),
				 errmsg("no schema has been selected for the tools")));
	filter->schema = PG_GETARG_OID(schema);
	filter->all_models = PG_ARGISNULL(models);
	if (!filter->all_models)
		filter->models = oid_list(PG_GETARG_ARRAYTYPE_P(models));
	filter->all_functions = PG_ARGISNULL(functions);
	if (!filter->all_functions)
		filter->functions = text_list(PG_GETARG_ARRAYTYPE_P(functions));
}

static bool
is_asked_for(const ToolFilter *filter, const Tool *tool)
{
	ListCell   *cell;

	if (!filter->all_models && !list_member_oid(filter->models, tool->relid))
		return false;
	foreach(cell, filter->functions)
		if (operation_is_named(tool->function.operation, lfirst(cell)) ||
			strcmp(tool->function_name, lfirst(cell)) == 0)
			return true;
	return filter->all_functions;
}

/* The function as a tool; NULL where it is none: those of the row take a row. */
static Tool *
make_tool(const RegisteredFunction *function)
{
	const Operation *operation = operation_find(body_text(function->body, "operation"));
	Tool	   *tool;

	if (operation == NULL || operation->signature == signature_row)
		return NULL;
	tool = palloc0(sizeof(Tool));
	tool->function.oid = function->oid;
	tool->function.schema = function->schema;
	tool->function.operation = operation;
	tool->relid = function->relid;
	tool->function_name = function->name;
	tool->name = name_of(function->name);
	return tool;
}

/* Models one after the other, each in the order of the operations: always the same. */
static int
compare_tools(const ListCell *a, const ListCell *b)
{
	const Tool *left = lfirst(a);
	const Tool *right = lfirst(b);

	if (left->relid != right->relid)
		return left->relid < right->relid ? -1 : 1;
	if (left->function.operation != right->function.operation)
		return left->function.operation < right->function.operation ? -1 : 1;
	return strcmp(left->function_name, right->function_name);
}

/* A name in the filter that names nothing is a mistake: it would be missed in the list. */
static void
check_names(const ToolFilter *filter, List *functions)
{
	ListCell   *name;
	ListCell   *function;

	foreach(name, filter->functions)
	{
		bool		known = operation_name_is_known(lfirst(name));

		foreach(function, functions)
			known |= strcmp(((RegisteredFunction *) lfirst(function))->name, lfirst(name)) == 0;
		if (!known)
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("unrecognized function \"%s\" in argument \"functions\"",
							errors_cut(lfirst(name), NAMEDATALEN)),
					 errdetail_internal("%s", errors_detail("functions", "no function or operation of that name",
															errors_quote(lfirst(name)))),
					 errhint("%s", operation_names_hint())));
	}
}

/* The tools that are asked for and that the caller may call: Tool *. */
List *
tool_list(const ToolFilter *filter)
{
	List	   *functions = registry_functions_in(filter->schema);
	List	   *tools = NIL;
	ListCell   *cell;

	check_names(filter, functions);
	foreach(cell, functions)
	{
		Tool	   *tool = make_tool(lfirst(cell));

		if (tool && is_asked_for(filter, tool) && model_function_is_allowed(&tool->function))
			tools = lappend(tools, tool);
	}
	list_sort(tools, compare_tools);
	return tools;
}

/* The tools whose function has that name. */
static List *
find_by_function(const ToolFilter *filter, const char *name)
{
	CatCList   *candidates;
	List	   *tools = NIL;

	if (strlen(name) >= NAMEDATALEN)
		return NIL;
	candidates = SearchSysCacheList1(PROCNAMEARGSNSP, CStringGetDatum(name));
	for (int i = 0; i < candidates->n_members; i++)
	{
		Form_pg_proc form = (Form_pg_proc) GETSTRUCT(&candidates->members[i]->tuple);
		RegisteredFunction *function = NULL;
		Tool	   *tool;

		if (form->pronamespace == filter->schema)
			function = registry_function(form->oid);
		tool = function ? make_tool(function) : NULL;
		if (tool && is_asked_for(filter, tool))
			tools = lappend(tools, tool);
	}
	ReleaseSysCacheList(candidates);
	return tools;
}

/* Those whose name was made, and is that. */
static List *
find_by_made_name(const ToolFilter *filter, const char *name)
{
	int			len = strlen(name);
	List	   *tools = NIL;
	ListCell   *cell;

	if (len > MAX_TOOL_NAME || len < DIGITS || name[len - DIGITS] != '_' || !fits(name))
		return NIL;
	foreach(cell, registry_functions_in(filter->schema))
	{
		Tool	   *tool = make_tool(lfirst(cell));

		if (tool && strcmp(tool->name, name) == 0 && is_asked_for(filter, tool))
			tools = lappend(tools, tool);
	}
	return tools;
}

/* Refuses the name of a tool that there is not. */
void
tool_refuse(const char *name)
{
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("there is no tool \"%s\"", errors_cut(name, NAMEDATALEN)),
			 errdetail_internal("%s", errors_detail("tool", "no tool of that name",
													errors_quote(name))),
			 errhint("todo_orm.tool_schemas shows the tools of a schema.")));
}

/* The tool of that name: its function's, or the one that was made from that.  22023: none. */
Tool *
tool_find(const ToolFilter *filter, const char *name)
{
	List	   *tools = find_by_function(filter, name);

	if (tools == NIL)
		tools = find_by_made_name(filter, name);
	if (tools == NIL)
		tool_refuse(name);
	/* somebody has renamed a function of his own: which one is meant? */
	if (list_length(tools) > 1)
		ereport(ERROR,
				(errcode(ERRCODE_AMBIGUOUS_FUNCTION),
				 errmsg("tool \"%s\" is not unique", errors_cut(name, NAMEDATALEN)),
				 errhint("Name the models in argument \"models\".")));
	return linitial(tools);
}
