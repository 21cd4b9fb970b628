/*
 * explain.c
 *	  todo_orm.explain: the plans of the statements that a call runs.
 *
 * The call is run for its caller, with his rights, and undone.  Hooks of the
 * executor, which are set when this is used for the first time, keep the plan
 * of each statement that the engine runs meanwhile, and of what these statements
 * set off: triggers, the checks of foreign keys.
 * Source: contrib/auto_explain.
 */
#include "compat.h"

#include "catalog/pg_type.h"
#include "commands/explain.h"
#include "executor/executor.h"
#include "executor/spi.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "nodes/parsenodes.h"
#include "parser/parser.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"

#include "errors.h"
#include "guard.h"
#include "plan.h"

PG_FUNCTION_INFO_V1(todo_orm_explain);

/* A call that is being explained. */
typedef struct Recording
{
	const char *sql;			/* SELECT * FROM the call */
	bool		actual;			/* with what it really took */
	Oid			role;			/* who wants to know */
	MemoryContext cxt;			/* holds the texts */
	List	   *texts;			/* char *: plans, as their statements ended */
} Recording;

static Recording *recording = NULL; /* NULL: nothing is being explained */
static ExecutorStart_hook_type next_start = NULL;
static ExecutorEnd_hook_type next_end = NULL;

/* Is this a statement of the engine's, or one that such a statement has set off? */
static bool
is_wanted(void)
{
	return recording != NULL && OidIsValid(plan_get_function());
}

/* A plan shows statistics: only to whoever may read the table itself. */
static void
check_right(const PlannedStmt *statement)
{
	ListCell   *cell;

	foreach(cell, statement->rtable)
	{
		const RangeTblEntry *entry = lfirst(cell);

		if (entry->rtekind == RTE_RELATION &&
			pg_class_aclcheck(entry->relid, recording->role, ACL_SELECT) != ACLCHECK_OK)
			ereport(ERROR,
					(errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
					 errmsg("permission denied to explain the call"),
					 errdetail("Plans tell about the contents of tables, and you have no right to read \"%s\".",
							   get_rel_name(entry->relid))));
	}
}

static void
start_statement(QueryDesc *query, int eflags)
{
	if (is_wanted())
	{
		check_right(query->plannedstmt);
		if (recording->actual && (eflags & EXEC_FLAG_EXPLAIN_ONLY) == 0)
			query->instrument_options |= INSTRUMENT_ALL;
	}
	if (next_start)
		next_start(query, eflags);
	else
		standard_ExecutorStart(query, eflags);
}

/* The text and the plan of a statement, as EXPLAIN writes them. */
static char *
describe_statement(QueryDesc *query)
{
	ExplainState *es = NewExplainState();

	es->costs = true;
	es->analyze = recording->actual && query->instrument_options != 0;
	es->buffers = es->analyze;
	es->timing = es->analyze;
	ExplainBeginOutput(es);
	ExplainQueryText(es, query);
	ExplainPrintPlan(es, query);
	if (es->analyze)
		ExplainPrintTriggers(es, query);
	ExplainEndOutput(es);
	return es->str->data;
}

static void
end_statement(QueryDesc *query)
{
	if (is_wanted())
	{
		/* one in which plan nodes may still be reading their instruments */
		MemoryContext old = MemoryContextSwitchTo(recording->cxt);

		recording->texts = lappend(recording->texts, describe_statement(query));
		MemoryContextSwitchTo(old);
	}
	if (next_end)
		next_end(query);
	else
		standard_ExecutorEnd(query);
}

static void
set_hooks(void)
{
	static bool done = false;

	if (done)
		return;
	next_start = ExecutorStart_hook;
	ExecutorStart_hook = start_statement;
	next_end = ExecutorEnd_hook;
	ExecutorEnd_hook = end_statement;
	done = true;
}

/* What comes in must be one function in FROM, and nothing besides. */
static void
check_call(const char *call, const char *sql)
{
	List	   *statements = raw_parser(sql, RAW_PARSE_DEFAULT);
	const SelectStmt *select = (const SelectStmt *) linitial_node(RawStmt, statements)->stmt;

	if (list_length(statements) == 1 && IsA(select, SelectStmt) &&
		list_length(select->fromClause) == 1 && IsA(linitial(select->fromClause), RangeFunction) &&
		select->whereClause == NULL && select->groupClause == NIL && select->sortClause == NIL &&
		select->limitCount == NULL && select->limitOffset == NULL && select->lockingClause == NIL &&
		select->op == SETOP_NONE)
		return;
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("what is to be explained is not a call of a function"),
			 errdetail_internal("%s", errors_detail("call", "must be one call of a function",
													errors_quote(call))),
			 errhint("For example: SELECT * FROM todo_orm.explain($$list_tasks('ann')$$);")));
}

/* SELECT * FROM list_tasks('ann') */
static void
run_call(void *arg)
{
	const Recording *call = arg;
	SPIExecuteOptions options = {0};
	int			code;

	if (SPI_connect() != SPI_OK_CONNECT)
		elog(ERROR, "could not connect to SPI");
	options.dest = CreateDestReceiver(DestNone);
	code = SPI_execute_extended(call->sql, &options);
	if (code < 0)
		elog(ERROR, "could not run the call: %s", SPI_result_code_string(code));
	SPI_finish();
}

/* One row for each line of the texts, and an empty one between two of them. */
static void
put_lines(ReturnSetInfo *rsinfo, List *texts)
{
	ListCell   *cell;
	bool		isnull = false;

	foreach(cell, texts)
	{
		char	   *line = lfirst(cell);

		/* every line of a plan ends with a newline: what follows the last is the empty row */
		while (line && (*line || lnext(texts, cell)))
		{
			char	   *end = strchr(line, '\n');
			Datum		value;

			if (end)
				*end++ = '\0';
			value = CStringGetTextDatum(line);
			tuplestore_putvalues(rsinfo->setResult, rsinfo->setDesc, &value, &isnull);
			line = end;
		}
	}
}

/*
 * todo_orm.explain(call text, actual boolean) RETURNS SETOF text
 *
 * Errors: 22023 where it is no call; 42501 where the caller may not read a table
 * that the call reads; whatever the call itself raises.
 */
Datum
todo_orm_explain(PG_FUNCTION_ARGS)
{
	char	   *call = text_to_cstring(PG_GETARG_TEXT_PP(0));
	Recording	new_recording = {0};
	Recording  *outer = recording;
	ErrorData  *error;
	Oid			outer_function;

	new_recording.sql = psprintf("SELECT * FROM %s", call);
	new_recording.actual = PG_GETARG_BOOL(1);
	new_recording.role = GetUserId();
	new_recording.cxt = CurrentMemoryContext;
	check_call(call, new_recording.sql);
	InitMaterializedSRF(fcinfo, MAT_SRF_USE_EXPECTED_DESC);
	set_hooks();
	recording = &new_recording;
	/* the statement around the call is not the engine's */
	outer_function = plan_set_function(InvalidOid);
	error = guard_try(run_call, &new_recording);
	(void) plan_set_function(outer_function);
	recording = outer;
	if (error)
		ReThrowError(error);
	put_lines((ReturnSetInfo *) fcinfo->resultinfo, new_recording.texts);
	return (Datum) 0;
}
