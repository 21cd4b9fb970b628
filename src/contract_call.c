/*
 * contract_call.c
 *	  The statement by which a client calls a function.
 *
 * All arguments come as one JSON object and the result goes as JSON text, so that
 * no driver's own notion of a type plays a part:
 *
 *	WITH a AS MATERIALIZED (
 *		SELECT * FROM pg_catalog.jsonb_to_record($1::pg_catalog.text::pg_catalog.jsonb)
 *			AS a(user_id text, title text))
 *	SELECT pg_catalog.row_to_json(r.*)::pg_catalog.text AS value FROM a,
 *		LATERAL (SELECT f.id, f.title FROM public.create_task(user_id => a.user_id, title => a.title) AS f) AS r
 *
 * A row is asked for by its columns, hidden ones left out.
 */
#include "compat.h"

#include "utils/builtins.h"
#include "utils/lsyscache.h"

#include "contract.h"

/* user_id text, title text */
char *
contract_call_arguments(const ContractFunction *function)
{
	StringInfoData out;
	ListCell   *cell;

	initStringInfo(&out);
	foreach(cell, function->arguments)
	{
		const ContractArgument *argument = lfirst(cell);

		appendStringInfo(&out, "%s%s %s", out.len ? ", " : "", quote_identifier(argument->name),
						 model_type_name(argument->type));
	}
	return out.data;
}

/* public.create_task(user_id => a.user_id, title => a.title) */
static void
append_call(StringInfo out, const ContractFunction *function)
{
	ListCell   *cell;

	appendStringInfo(out, "%s(", quote_qualified_identifier(get_namespace_name(function->schema),
															function->name));
	foreach(cell, function->arguments)
	{
		const char *name = quote_identifier(((ContractArgument *) lfirst(cell))->name);

		appendStringInfo(out, "%s%s => a.%s", foreach_current_index(cell) ? ", " : "", name, name);
	}
	appendStringInfoChar(out, ')');
}

/* f.id, f.title */
static void
append_columns(StringInfo out, const Model *model, bool bigint_as_text)
{
	const char *separator = "";

	for (int i = 0; i < model->natts; i++)
	{
		const Column *column = &model->columns[i];

		if (column->dropped || column->hidden)
			continue;
		appendStringInfo(out, "%sf.%s", separator, column->quoted);
		if (bigint_as_text && column->json_kind == JSON_KIND_BIGINT)
			appendStringInfo(out, "::pg_catalog.text AS %s", column->quoted);
		separator = ", ";
	}
}

/*
 * What is selected from the arguments "a": a column "value", text.
 * bigint_as_text: bigint columns of rows are strings in it.
 */
char *
contract_call_select(const ContractModel *model, const ContractFunction *function,
					 bool bigint_as_text)
{
	ContractResult result = contract_result(function);
	StringInfoData out;

	initStringInfo(&out);
	if (result <= RESULT_IS_RELATED_ROWS)
	{
		appendStringInfoString(&out, "SELECT pg_catalog.row_to_json(r.*)::pg_catalog.text AS value FROM a, LATERAL (SELECT ");
		append_columns(&out, result == RESULT_IS_RELATED_ROWS ?
					   model_slot_current(function->relationship->target_slot) : model->model,
					   bigint_as_text);
		appendStringInfoString(&out, " FROM ");
		append_call(&out, function);
		appendStringInfoString(&out, " AS f) AS r");
	}
	else
	{
		appendStringInfoString(&out, "SELECT f.value::pg_catalog.text AS value FROM a, ");
		append_call(&out, function);
		appendStringInfoString(&out, " AS f(value)");
	}
	return out.data;
}
