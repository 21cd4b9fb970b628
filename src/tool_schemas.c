/*
 * tool_schemas.c
 *	  todo_orm.tool_schemas: the definitions of tools, in the form that a kind of
 *	  client wants.
 */
#include "compat.h"

#include "catalog/pg_proc.h"
#include "commands/comment.h"
#include "mb/pg_wchar.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/fmgrprotos.h"
#include "utils/json.h"

#include "errors.h"
#include "expiry.h"
#include "tool.h"

PG_FUNCTION_INFO_V1(todo_orm_tool_schemas);

/* characters of a description; OpenAI refuses more */
#define MAX_DESCRIPTION 1024

/* How a kind of client wants definitions. */
typedef struct ToolFormat
{
	const char *name;			/* of the format */
	const char *before;			/* what stands in front of a definition */
	const char *schema;			/* what the schema of the arguments is called */
	bool		hints;			/* it says what the tool does to rows */
	const char *after;			/* what stands behind */
} ToolFormat;

static const ToolFormat formats[] = {
	{"mcp", "", "inputSchema", true, ""},
	{"anthropic", "", "input_schema", false, ""},
	{"openai", "{\"type\": \"function\", \"function\": ", "parameters", false, "}"}
};

/* What an operation does to rows, for those that only add, or can be repeated. */
typedef struct ToolEffect
{
	const char *operation;
	bool		adds;			/* changes and removes nothing that is there */
	bool		repeatable;		/* a second time it changes nothing more */
} ToolEffect;

static const ToolEffect effects[] = {
	{"create", true, false},
	{"create_many", true, false},
	{"append", true, false},
	{"append_many", true, false},
	{"extend", true, false},
	{"restore", true, true},
	{"link", true, true},
	{"upsert", false, true},
	{"update", false, true},
	{"update_many", false, true},
	{"patch_many", false, true},
	{"delete", false, true},
	{"delete_many", false, true},
	{"soft_delete", false, true},
	{"soft_delete_many", false, true},
	{"purge", false, true},
	{"unlink", false, true},
	{"set", false, true}
};

static const char *
json_bool(bool value)
{
	return value ? "true" : "false";
}

/* Appends what the tool does to rows.  An operation that is not known here may do anything. */
static void
append_hints(StringInfo out, const Operation *operation)
{
	ToolEffect	effect = {operation->name, false, false};

	for (size_t i = 0; i < lengthof(effects); i++)
		if (strcmp(effects[i].operation, operation->name) == 0)
			effect = effects[i];
	appendStringInfo(out, ", \"annotations\": {\"readOnlyHint\": %s", json_bool(!operation->writes));
	if (operation->writes)
		appendStringInfo(out, ", \"destructiveHint\": %s, \"idempotentHint\": %s",
						 json_bool(!effect.adds), json_bool(effect.repeatable));
	appendStringInfoString(out, ", \"openWorldHint\": false}");
}

/* The COMMENT on the function; where somebody has taken it away, the operation's. */
static char *
description_of(const Function *function)
{
	char	   *comment = GetComment(function->oid, ProcedureRelationId, 0);

	if (comment == NULL)
		comment = operation_comment(function->operation, function->slot->model,
									function->relationship);
	return pnstrdup(comment, pg_mbcharcliplen(comment, strlen(comment), MAX_DESCRIPTION));
}

/* Appends: {"name": ..., "description": ..., "inputSchema": {...}, "annotations": {...}} */
static void
append_tool(StringInfo out, const ToolFormat *format, const Tool *tool, const Function *function)
{
	appendStringInfo(out, "%s%s{\"name\": ", out->len > 1 ? ", " : "", format->before);
	escape_json(out, tool->name);
	appendStringInfoString(out, ", \"description\": ");
	escape_json(out, description_of(function));
	appendStringInfo(out, ", \"%s\": ", format->schema);
	tool_append_input(out, function);
	if (format->hints)
		append_hints(out, function->operation);
	appendStringInfo(out, "}%s", format->after);
}

static const ToolFormat *
find_format(const char *name)
{
	for (size_t i = 0; i < lengthof(formats); i++)
		if (strcmp(formats[i].name, name) == 0)
			return &formats[i];
	errors_refuse_word("format", name, "must be mcp, anthropic or openai", "mcp, anthropic, openai");
}

/* Two tools cannot have one name: somebody has renamed a function of his own. */
static void
check_unique(List *tools)
{
	List	   *sorted = NIL;
	ListCell   *cell;

	foreach(cell, tools)
	{
		const char *name = ((Tool *) lfirst(cell))->name;
		ListCell   *other;

		foreach(other, sorted)
			if (strcmp(lfirst(other), name) == 0)
				ereport(ERROR,
						(errcode(ERRCODE_AMBIGUOUS_FUNCTION),
						 errmsg("tool \"%s\" is not unique", name),
						 errhint("Name the models in argument \"models\".")));
		sorted = lappend(sorted, unconstify(char *, name));
	}
}

/*
 * todo_orm.tool_schemas(schema regnamespace, format text, models regclass[], functions text[])
 *	RETURNS jsonb
 *
 * Functions that no longer fit their table are left out: they cannot be called.
 */
Datum
todo_orm_tool_schemas(PG_FUNCTION_ARGS)
{
	const ToolFormat *format = find_format(PG_ARGISNULL(1) ? "mcp" :
										   text_to_cstring(PG_GETARG_TEXT_PP(1)));
	ToolFilter	filter;
	StringInfoData out;
	List	   *tools;
	ListCell   *cell;
	int			depth;

	tool_read_filter(fcinfo, 0, 2, &filter);
	depth = expiry_enter();
	tools = tool_list(&filter);
	check_unique(tools);
	initStringInfo(&out);
	appendStringInfoChar(&out, '[');
	foreach(cell, tools)
	{
		const Tool *tool = lfirst(cell);
		Function   *function = function_describe(tool->function.oid);

		CHECK_FOR_INTERRUPTS();
		if (function && tool_can_be_called(function))
			append_tool(&out, format, tool, function);
	}
	appendStringInfoChar(&out, ']');
	expiry_leave(depth);
	return DirectFunctionCall1(jsonb_in, CStringGetDatum(out.data));
}
