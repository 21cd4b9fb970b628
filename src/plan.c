/*
 * plan.c
 *	  Kept plans of a model's statements.
 *
 * As in ri_triggers.c, a plan that is no longer valid is dropped and its
 * text built anew: letting the plan cache plan the old text again would go
 * wrong after a rename.  The caller holds locks on the model's tables, so
 * that the check can be trusted.
 *
 * The cache is bounded (todo_orm.plan_cache_size): the least recently used
 * plan gives way.  Plans are freed only when the transaction ends, since one
 * may be running further up the stack (see expiry.h).
 */
#include "compat.h"

#include <ctype.h>

#include "common/hashfn.h"
#include "nodes/parsenodes.h"
#include "miscadmin.h"
#include "nodes/plannodes.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/plancache.h"

#include "cache_stats.h"
#include "expiry.h"
#include "plan.h"
#include "registry.h"
#include "settings.h"

static dlist_head lru = DLIST_STATIC_INIT(lru);
static int	plan_count = 0;
static CacheStats counted;

static uint32
hash_key(const void *key, Size keysize)
{
	(void) keysize;
	return ((const PlanKey *) key)->hash;
}

static int
match_keys(const void *a, const void *b, Size keysize)
{
	const PlanKey *left = a;
	const PlanKey *right = b;

	(void) keysize;
	if (left->hash != right->hash || left->kind != right->kind || left->length != right->length)
		return 1;
	return memcmp(left->shape, right->shape, left->length);
}

static PlanKey
make_key(PlanKind kind, const void *shape, Size length)
{
	PlanKey		key;

	if (length > PG_UINT16_MAX)
		elog(ERROR, "shape of a statement is too long: %zu bytes", length);
	key.kind = kind;
	key.length = length;
	key.shape = shape;
	key.hash = hash_combine(murmurhash32(kind), hash_bytes(shape, length));
	return key;
}

static void
init_plans(Model *model)
{
	HASHCTL		ctl;

	ctl.keysize = sizeof(PlanKey);
	ctl.entrysize = sizeof(KeptPlan);
	ctl.hash = hash_key;
	ctl.match = match_keys;
	ctl.hcxt = model->cxt;
	model->plans = hash_create("todo_orm plans", 32, &ctl,
							   HASH_ELEM | HASH_FUNCTION | HASH_COMPARE | HASH_CONTEXT);
}

/* Puts a prepared plan aside until no call can be running it. */
static void
expire_plan(KeptPlan *plan)
{
	if (plan->plan)
		expiry_add_plan(plan->plan);
	plan->plan = NULL;
}

/* Frees what prepare() has put into the model's context. */
static void
forget_text(KeptPlan *plan)
{
	if (plan->sql == NULL)
		return;
	pfree(plan->sql);
	pfree(plan->types);
	plan->sql = NULL;
	plan->types = NULL;
}

static void
remove_plan(KeptPlan *plan)
{
	Model	   *model = plan->model;
	PlanKey		key = plan->key;

	expire_plan(plan);
	forget_text(plan);
	dlist_delete(&plan->lru);
	plan_count--;
	hash_search(model->plans, &key, HASH_REMOVE, NULL);
	pfree(unconstify(void *, key.shape));
}

/* Makes room for one more plan. */
static void
evict(void)
{
	while (plan_count >= setting_plan_cache_size)
	{
		counted.evicted++;
		remove_plan(dlist_tail_element(KeptPlan, lru, &lru));
	}
}

/* Forgets the plans of a descriptor that went stale. */
void
plan_forget_model(Model *model)
{
	HASH_SEQ_STATUS status;
	KeptPlan	   *plan;

	model->forgotten = true;
	if (model->plans == NULL)
		return;
	hash_seq_init(&status, model->plans);
	while ((plan = hash_seq_search(&status)) != NULL)
	{
		expire_plan(plan);
		dlist_delete(&plan->lru);
		plan_count--;
	}
	model->plans = NULL;
}

/* What a statement is for, as pg_stat_statements, logs and plans show it. */
static const char *const kind_names[] = {
	[PLAN_GET] = "get",
	[PLAN_FIND] = "find",
	[PLAN_LIST] = "list",
	[PLAN_COUNT] = "count",
	[PLAN_CREATE] = "create",
	[PLAN_CREATE_MANY] = "create many",
	[PLAN_FIND_BY_IDEMPOTENCY] = "find by idempotency key",
	[PLAN_CHECK_REFERENCE] = "check reference",
	[PLAN_TOUCH] = "touch",
	[PLAN_UPDATE] = "update",
	[PLAN_DELETE] = "delete",
	[PLAN_SOFT_DELETE] = "soft delete",
	[PLAN_RESTORE] = "restore",
	[PLAN_PURGE] = "purge",
	[PLAN_RELATED] = "related",
	[PLAN_INCLUDE] = "include",
	[PLAN_LOCK] = "lock",
	[PLAN_LOCK_IDS] = "lock ids",
	[PLAN_MISSING_IDS] = "missing ids",
	[PLAN_UPDATE_MANY] = "update many",
	[PLAN_DELETE_MANY] = "delete many",
	[PLAN_SOFT_DELETE_MANY] = "soft delete many",
	[PLAN_UPSERT_FIND] = "upsert: find",
	[PLAN_TAKEN] = "taken",
	[PLAN_TAKEN_BY_OTHER] = "taken by another",
	[PLAN_UPSERT] = "upsert",
	[PLAN_AGGREGATE] = "aggregate",
	[PLAN_LINKED] = "linked",
	[PLAN_LINK_FROM] = "link: find",
	[PLAN_LINK_MISSING] = "link: missing",
	[PLAN_LINK] = "link",
	[PLAN_UNLINK] = "unlink",
	[PLAN_EXTEND] = "extend",
	[PLAN_STEP] = "step",
	[PLAN_STEP_FIND] = "step: find",
	[PLAN_CONTEXT] = "context",
	[PLAN_EXPORT] = "export",
	[PLAN_OWNED] = "erase: count",
	[PLAN_ERASE] = "erase",
	[PLAN_ERASE_CIRCLE] = "erase: circle",
	[PLAN_CHANGES] = "changes",
	[PLAN_CHANGES_STATE] = "changes: state",
	[PLAN_CHANGES_FORGET] = "changes: forget",
	[PLAN_CHANGES_RESET] = "changes: reset",
	[PLAN_CHANGES_PRUNE] = "changes: prune",
	[PLAN_CHANGES_UNMARK] = "changes: unmark",
	[PLAN_CHANGES_MARK] = "changes: mark",
};

/*
 * The statement with its name behind the first word (what stands before it,
 * PostgreSQL 18 no longer shows), as a comment that no name of a model can end:
 * it consists of letters, digits, "_" and bytes beyond ASCII.
 *
 *	  SELECT (slash-star) todo_orm task: get (star-slash) t.id, ...
 */
static char *
with_name(const KeptPlan *entry, const char *sql)
{
	char	   *name = pstrdup(entry->model->name);
	int			word = strcspn(sql, " ");

	for (char *c = name; *c; c++)
		if (!isalnum((unsigned char) *c) && *c != '_' && !IS_HIGHBIT_SET(*c))
			*c = '_';
	return psprintf("%.*s /* todo_orm %s: %s */%s", word, sql, name, kind_names[entry->key.kind],
					sql + word);
}

/* Prepares and keeps a statement; its text and types go into the model's context. */
static SPIPlanPtr
prepare(KeptPlan   *entry, const Statement *st)
{
	SPIPlanPtr	plan;

	plan = SPI_prepare_cursor(with_name(entry, st->sql.data), st->nparams, st->types, CURSOR_OPT_GENERIC_PLAN);
	if (plan == NULL)
		elog(ERROR, "could not prepare \"%s\": %s", st->sql.data,
			 SPI_result_code_string(SPI_result));
	forget_text(entry);
	entry->sql = MemoryContextStrdup(entry->model->cxt, st->sql.data);
	entry->nparams = st->nparams;
	entry->types = MemoryContextAlloc(entry->model->cxt, sizeof(Oid) * Max(st->nparams, 1));
	memcpy(entry->types, st->types, sizeof(Oid) * st->nparams);
	if (SPI_keepplan(plan) != 0)
		elog(ERROR, "could not keep plan: %s", SPI_result_code_string(SPI_result));
	return plan;
}

/* The entry of a key; made, without a plan, if there is none. */
static KeptPlan *
find_entry(Model *model, const PlanKey *key)
{
	bool		found;
	KeptPlan	   *entry = hash_search(model->plans, key, HASH_FIND, NULL);
	void	   *shape;

	if (entry)
	{
		dlist_move_head(&lru, &entry->lru);
		return entry;
	}
	evict();
	shape = MemoryContextAlloc(model->cxt, Max(key->length, 1));
	memcpy(shape, key->shape, key->length);
	entry = hash_search(model->plans, key, HASH_ENTER, &found);
	entry->key.shape = shape;
	entry->model = model;
	entry->plan = NULL;
	entry->sql = NULL;
	entry->types = NULL;
	dlist_push_head(&lru, &entry->lru);
	plan_count++;
	return entry;
}

/*
 * A plan for this one time, for a call whose descriptor went stale under it:
 * such a descriptor's plans are no longer kept.
 */
static KeptPlan *
prepare_once(Model *model, PlanKind kind, const void *shape, PlanBuilder build)
{
	KeptPlan   *entry = palloc0(sizeof(KeptPlan));
	Statement	st;

	entry->model = model;
	entry->key.kind = kind;
	statement_init(&st);
	build(&st, model, shape);
	entry->plan = prepare(entry, &st);
	expiry_add_plan(entry->plan);
	return entry;
}

/*
 * The plan of a statement, prepared if there is none that is still valid.
 * Called inside an SPI connection, with the model's tables locked.
 */
KeptPlan *
plan_get(Model *model, PlanKind kind, const void *shape, Size length, PlanBuilder build)
{
	PlanKey		key = make_key(kind, shape, length);
	KeptPlan	   *entry;
	Statement	st;

	if (model->forgotten)
		return prepare_once(model, kind, shape, build);
	if (model->plans == NULL)
		init_plans(model);
	entry = find_entry(model, &key);
	if (entry->plan && SPI_plan_is_valid(entry->plan))
	{
		counted.hits++;
		return entry;
	}
	counted.misses++;
	expire_plan(entry);
	statement_init(&st);
	build(&st, model, shape);
	/* preparing reads the catalog: the entry gets its plan only afterwards */
	entry->plan = prepare(entry, &st);
	return entry;
}

static Oid	running_function = InvalidOid;

/* Notes the function that statements are run for; answers the one before. */
Oid
plan_set_function(Oid function)
{
	Oid			before = running_function;

	running_function = function;
	return before;
}

/* The function that statements are run for; InvalidOid outside of calls. */
Oid
plan_get_function(void)
{
	return running_function;
}

/*
 * Values are for whoever may make the call himself: not for the caller of a
 * function of somebody else's that makes it with values of its own.
 */
static bool
may_see_values(void)
{
	return OidIsValid(running_function) &&
		registry_may_execute(running_function, GetOuterUserId());
}

/* The values of a statement: $1 = 'ann', $2 = '7' */
static char *
describe_values(const KeptPlan *plan, ParamListInfo params)
{
	StringInfoData detail;

	initStringInfo(&detail);
	for (int i = 0; i < plan->nparams; i++)
	{
		Oid			output;
		bool		varlena;

		appendStringInfo(&detail, "%s$%d = ", i == 0 ? "" : ", ", i + 1);
		getTypeOutputInfo(plan->types[i], &output, &varlena);
		if (params->params[i].isnull)
			appendStringInfoString(&detail, "NULL");
		else
			appendStringInfo(&detail, "'%s'", OidOutputFunctionCall(output, params->params[i].value));
	}
	return detail.data;
}

/* The memory of a plan: its text's, its query's, the generic plan's. */
static int64
plan_bytes(SPIPlanPtr plan)
{
	int64		bytes = 0;
	ListCell   *cell;

	foreach(cell, SPI_plan_get_plan_sources(plan))
	{
		const CachedPlanSource *source = lfirst(cell);

		bytes += MemoryContextMemAllocated(source->context, true);
		if (source->gplan)
			bytes += MemoryContextMemAllocated(source->gplan->context, true);
	}
	return bytes;
}

/* The plans that are kept. */
void
plan_cache_stats(CacheStats *stats)
{
	dlist_iter	iter;

	*stats = counted;
	stats->entries = plan_count;
	dlist_foreach(iter, &lru)
	{
		const KeptPlan *plan = dlist_container(KeptPlan, lru, iter.cur);

		if (plan->plan)
			stats->bytes += plan_bytes(plan->plan);
	}
}

/* Shows a statement: todo_orm.echo */
static void
echo(const KeptPlan *plan, ParamListInfo params)
{
	ereport(NOTICE,
			(errmsg_internal("%s", plan->sql),
			 plan->nparams > 0 && may_see_values() ?
			 errdetail_internal("%s", describe_values(plan, params)) : 0));
}

static ParamListInfo
bind(const KeptPlan *plan, const Datum *values, const bool *nulls)
{
	ParamListInfo params = makeParamList(plan->nparams);

	for (int i = 0; i < plan->nparams; i++)
	{
		params->params[i].value = values[i];
		params->params[i].isnull = nulls && nulls[i];
		params->params[i].pflags = PARAM_FLAG_CONST;
		params->params[i].ptype = plan->types[i];
	}
	return params;
}

/* A rule may have turned the statement into another: then it has done nothing itself. */
static uint64
rows_of_result(int code, const Model *model)
{
	if (code < 0)
		elog(ERROR, "could not run a statement on \"%s\": %s", model->relname,
			 SPI_result_code_string(code));
	return code == SPI_OK_REWRITTEN ? 0 : SPI_processed;
}

/*
 * Runs a plan and hands every row of its result to "sink" (which may be NULL).
 * values and nulls stand in the order in which the builder wrote parameters;
 * nulls may be NULL where no value is null.  Answers the number of rows.
 */
uint64
plan_run(KeptPlan *plan, const Datum *values, const bool *nulls, bool read_only,
		 RowSink sink, void *arg)
{
	SPIExecuteOptions options = {0};
	Model	   *model = plan->model;

	options.params = bind(plan, values, nulls);
	options.read_only = read_only;
	options.dest = sink ? receiver_create(sink, arg) : NULL;
	if (setting_echo)
		echo(plan, options.params);
	/* from here on "plan" may be gone: a trigger's own calls may evict it */
	return rows_of_result(SPI_execute_plan_extended(plan->plan, &options), model);
}

/*
 * As plan_run(), for a statement that joins ids of which there may be ten or a
 * hundred thousand: its plan is made without nested loops, which cost the
 * product of both sides where the planner has guessed wrong.  The setting
 * holds while the plan is made; what the statement runs does not see it.
 */
uint64
plan_run_joined(KeptPlan *plan, const Datum *values, const bool *nulls, bool read_only,
				RowSink sink, void *arg)
{
	int			guc_level = NewGUCNestLevel();
	CachedPlan *cached;

	(void) set_config_option("enable_nestloop", "off", PGC_USERSET, PGC_S_SESSION,
							 GUC_ACTION_SAVE, true, 0, false);
	cached = SPI_plan_get_cached_plan(plan->plan);
	if (cached)
		ReleaseCachedPlan(cached, CurrentResourceOwner);
	AtEOXact_GUC(true, guc_level);
	return plan_run(plan, values, nulls, read_only, sink, arg);
}
