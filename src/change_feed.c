/*
 * change_feed.c
 *	  Where changes of a table are recorded: what its trigger says of it.
 */
#include "compat.h"

#include "commands/trigger.h"
#include "utils/builtins.h"
#include "utils/fmgroids.h"
#include "utils/lsyscache.h"

#include "change_feed.h"
#include "relationship.h"

/* Does the trigger record the owner and the key that the model has now? */
bool
change_feed_trigger_fits(const Model *model, const Trigger *trigger)
{
	if (trigger->tgnargs != CHANGES_ARG_KEYS + model->nkeys ||
		strcmp(trigger->tgargs[CHANGES_ARG_OWNER], model_column(model, model->owner)->name) != 0)
		return false;
	for (int i = 0; i < model->nkeys; i++)
		if (strcmp(trigger->tgargs[CHANGES_ARG_KEYS + i],
				   model_column(model, model->keys[i])->name) != 0)
			return false;
	return true;
}

/* Finds where changes are recorded, if they are. */
void
change_feed_load(Model *model, Relation rel)
{
	/* a copy: looking into the catalog may rebuild the relation's own */
	Trigger    *trigger;
	Oid			relid;

	if (!model->options->changes || model->owner == 0)
		return;
	trigger = model_find_trigger(CopyTriggerDesc(rel->trigdesc), CHANGES_TRIGGER);
	if (trigger == NULL || trigger->tgenabled == TRIGGER_DISABLED ||
		!change_feed_trigger_fits(model, trigger))
		return;
	relid = get_relname_relid(trigger->tgargs[CHANGES_ARG_TABLE], model->schema);
	if (!OidIsValid(relid))
		return;
	model->changes = palloc(sizeof(ChangeFeed));
	model->changes->relid = relid;
	model->changes->qualified = quote_qualified_identifier(model->schema_name,
														   trigger->tgargs[CHANGES_ARG_TABLE]);
	model->changes->trigger = trigger->tgoid;
	relationship_add_dependency(model, relid);
}

/* Where changes are recorded; 55000 where they are not. */
const ChangeFeed *
change_feed_require(const Model *model)
{
	if (model->changes == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("changes of \"%s\" are not recorded", model->relname),
				 errdetail("Its trigger \"%s\" is not there, is disabled, or does not fit the table.",
						   CHANGES_TRIGGER),
				 errhint("Register the model again: %s", model_register_hint(model))));
	return model->changes;
}

/*
 * The oldest transaction that the snapshot saw running, pg_snapshot_xmin(pg_current_snapshot());
 * next, where asked for: the first that has not begun.
 */
uint64
change_feed_horizon(uint64 *next)
{
	Datum		snapshot = OidFunctionCall0(F_PG_CURRENT_SNAPSHOT);

	if (next)
		*next = DatumGetUInt64(OidFunctionCall1(F_PG_SNAPSHOT_XMAX, snapshot));
	return DatumGetUInt64(OidFunctionCall1(F_PG_SNAPSHOT_XMIN, snapshot));
}

/* The owner column as the table of the changes has it. */
Column
change_feed_owner(const Model *model)
{
	Column		column = *model_column(model, model->owner);

	column.quoted = "owner";
	column.type = column.basetype;
	return column;
}
