/*
 * table_ddl.c
 *	  What registering adds to the table itself.
 *
 * Runs as the table's owner, inside an SPI connection.
 */
#include "compat.h"

#include "access/table.h"
#include "catalog/namespace.h"
#include "commands/policy.h"
#include "commands/trigger.h"
#include "rewrite/rowsecurity.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"

#include "change_feed.h"
#include "function_ddl.h"
#include "table_ddl.h"

#define TRIGGER_NAME "todo_orm_lifecycle"
#define POLICY_NAME "todo_orm_owner"

/* Views and materialized views have no row triggers and no policies. */
static bool
is_table(char relkind)
{
	return relkind == RELKIND_RELATION || relkind == RELKIND_PARTITIONED_TABLE;
}

static const char *
column_name(const Model *model, AttrNumber attnum)
{
	return attnum ? model_column(model, attnum)->name : "";
}

/* Does the trigger keep the model's columns? */
static bool
trigger_fits(const Model *model, const Trigger *trigger)
{
	return trigger->tgnargs == 2 &&
		strcmp(trigger->tgargs[0], column_name(model, model->updated_at)) == 0 &&
		strcmp(trigger->tgargs[1], column_name(model, model->version)) == 0;
}

/*
 * CREATE TRIGGER todo_orm_lifecycle BEFORE UPDATE ON public.task FOR EACH ROW
 *	EXECUTE FUNCTION todo_orm.lifecycle('updated_at', '')
 */
static void
apply_trigger(const Model *model)
{
	Relation	rel = table_open(model->relid, AccessShareLock);
	Trigger    *trigger = model_find_trigger(rel->trigdesc, TRIGGER_NAME);
	bool		exists = trigger != NULL;
	bool		fits = exists && trigger_fits(model, trigger);
	bool		wanted = model->updated_at || model->version;

	table_close(rel, NoLock);
	if (exists && (!fits || !wanted))
		ddl_execute("DROP TRIGGER " TRIGGER_NAME " ON %s", model->qualified);
	if (wanted && !fits)
		ddl_execute("CREATE TRIGGER " TRIGGER_NAME " BEFORE UPDATE ON %s FOR EACH ROW "
					"EXECUTE FUNCTION todo_orm.lifecycle(%s, %s)", model->qualified,
					quote_literal_cstr(column_name(model, model->updated_at)),
					quote_literal_cstr(column_name(model, model->version)));
}

/*
 * CREATE POLICY todo_orm_owner ON public.task USING (user_id OPERATOR(pg_catalog.=)
 *	(SELECT NULLIF(pg_catalog.current_setting('todo_orm.user_id', true), '')::text))
 *
 * The sub-select is what makes it run once per statement and not per row.
 */
static void
create_policy(const Model *model)
{
	Column	   *owner = model_column(model, model->owner);
	char	   *setting = model->owner_setting;

	ddl_execute("CREATE POLICY " POLICY_NAME " ON %s USING (%s = (SELECT "
				"CASE WHEN pg_catalog.current_setting(%s, true) = '' THEN NULL "
				"ELSE pg_catalog.current_setting(%s, true) END::%s))",
				model->qualified, owner->quoted, quote_literal_cstr(setting),
				quote_literal_cstr(setting),
				model_type_name(owner->type));
}

/* Turns row level security on; what is on already is left as it is. */
static void
enable_rls(const Model *model)
{
	Relation	rel = table_open(model->relid, AccessShareLock);
	bool		enabled = rel->rd_rel->relrowsecurity;
	bool		forced = rel->rd_rel->relforcerowsecurity;

	table_close(rel, NoLock);
	if (model->owner == 0 || model->owner_setting == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("option \"rls\" of model \"%s\" needs an owner and an owner_setting",
						model->relname),
				 errhint("Name the setting with option \"owner_setting\", or leave \"rls\" out.")));
	/* made again each time: owner column and setting may be others now */
	if (OidIsValid(get_relation_policy_oid(model->relid, POLICY_NAME, true)))
		ddl_execute("DROP POLICY " POLICY_NAME " ON %s", model->qualified);
	create_policy(model);
	if (!enabled)
		ddl_execute("ALTER TABLE %s ENABLE ROW LEVEL SECURITY", model->qualified);
	if (model->options->rls_force && !forced)
		ddl_execute("ALTER TABLE %s FORCE ROW LEVEL SECURITY", model->qualified);
}

/* Drops our policy; row level security goes with the last policy there is. */
static void
disable_rls(Oid relid, const char *qualified)
{
	Relation	rel;
	int			policies = 0;

	if (!OidIsValid(get_relation_policy_oid(relid, POLICY_NAME, true)))
		return;
	rel = table_open(relid, AccessShareLock);
	if (rel->rd_rsdesc)
		policies = list_length(rel->rd_rsdesc->policies);
	table_close(rel, NoLock);
	ddl_execute("DROP POLICY " POLICY_NAME " ON %s", qualified);
	if (policies <= 1)
		ddl_execute("ALTER TABLE %s DISABLE ROW LEVEL SECURITY, NO FORCE ROW LEVEL SECURITY",
					qualified);
}

/* Adds trigger and row level security as the model's options say. */
void
table_ddl_apply(const Model *model)
{
	if (!is_table(model->relkind) && model->options->rls)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("option \"rls\" of model \"%s\" needs a table", model->relname),
				 errdetail("Views and foreign tables have no row level security."),
				 errhint("Turn it on for the tables under a view; one made WITH (security_invoker) heeds it.")));
	if (!is_table(model->relkind) && model->options->changes)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("option \"changes\" of model \"%s\" needs a table", model->relname),
				 errdetail("Changes are recorded by triggers of the table.")));
	if (!is_table(model->relkind))
		return;
	apply_trigger(model);
	change_ddl_apply(model);
	if (model->options->rls)
		enable_rls(model);
	else
		disable_rls(model->relid, model->qualified);
}

/* Takes away what table_ddl_apply() has added, also from a stale model's table. */
void
table_ddl_remove(Oid relid)
{
	Relation	rel = table_open(relid, AccessShareLock);
	char	   *qualified = quote_qualified_identifier(get_namespace_name(RelationGetNamespace(rel)),
													   RelationGetRelationName(rel));
	char		relkind = rel->rd_rel->relkind;
	bool		exists = model_find_trigger(rel->trigdesc, TRIGGER_NAME) != NULL;
	TriggerDesc *triggers = CopyTriggerDesc(rel->trigdesc);

	table_close(rel, NoLock);
	if (!is_table(relkind))
		return;
	change_ddl_remove(triggers, qualified);
	if (exists)
		ddl_execute("DROP TRIGGER " TRIGGER_NAME " ON %s", qualified);
	disable_rls(relid, qualified);
}
