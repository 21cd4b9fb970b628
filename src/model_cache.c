/*
 * model_cache.c
 *	  The backend's cache of model descriptors.
 *
 * A slot has three states, as in PostgreSQL's event trigger cache: a message
 * that arrives while a descriptor is being read leaves it stale on purpose,
 * because part of what was read may be older than the message.
 *
 * A stale descriptor is not freed at once (see expiry.h).
 */
#include "compat.h"

#include "utils/lsyscache.h"
#include "utils/memutils.h"

#include "cache_stats.h"
#include "expiry.h"
#include "guard.h"
#include "model.h"
#include "plan.h"
#include "registry.h"

typedef enum ModelState
{
	MODEL_NEEDS_REBUILD,
	MODEL_REBUILD_STARTED,
	MODEL_VALID
} ModelState;

/* stale descriptors are let go of after so many new slots */
#define SWEEP_EVERY 16

typedef struct SlotEntry
{
	Oid			relid;			/* hash key */
	ModelSlot  *slots;			/* one per set of options */
} SlotEntry;

static HTAB *slot_table = NULL;
static MemoryContext slot_cxt = NULL;
static CacheStats counted;

static bool
depends_on(const Model *model, Oid relid)
{
	for (int i = 0; i < model->ndeps; i++)
		if (model->deps[i] == relid)
			return true;
	return false;
}

/* Marks descriptors that read table "relid" stale; InvalidOid: all. */
static void
mark_stale(Oid relid)
{
	HASH_SEQ_STATUS status;
	SlotEntry  *entry;

	hash_seq_init(&status, slot_table);
	while ((entry = hash_seq_search(&status)) != NULL)
	{
		for (ModelSlot *slot = entry->slots; slot; slot = slot->next)
		{
			/* one that is being read may depend on anything yet */
			if (!OidIsValid(relid) || slot->state == MODEL_REBUILD_STARTED ||
				slot->model == NULL || depends_on(slot->model, relid))
				slot->state = MODEL_NEEDS_REBUILD;
		}
	}
}

static void
relcache_callback(Datum arg, Oid relid)
{
	(void) arg;
	mark_stale(relid);
}

/* A renamed schema changes every qualified name in it. */
static void
namespace_callback(SYSCACHE_CALLBACK_ARGS)
{
	(void) arg;
	(void) cacheid;
	(void) hashvalue;
	mark_stale(InvalidOid);
}

static void
init_cache(void)
{
	HASHCTL		ctl;

	slot_cxt = AllocSetContextCreate(TopMemoryContext, "todo_orm models",
									 ALLOCSET_SMALL_SIZES);
	ctl.keysize = sizeof(Oid);
	ctl.entrysize = sizeof(SlotEntry);
	ctl.hcxt = slot_cxt;
	slot_table = hash_create("todo_orm model slots", 32, &ctl,
							 HASH_ELEM | HASH_BLOBS | HASH_CONTEXT);
	CacheRegisterRelcacheCallback(relcache_callback, (Datum) 0);
	CacheRegisterSyscacheCallback(NAMESPACEOID, namespace_callback, (Datum) 0);
}

static bool
same_options(Jsonb *a, Jsonb *b)
{
	return VARSIZE(a) == VARSIZE(b) && memcmp(a, b, VARSIZE(a)) == 0;
}

static ModelSlot *
add_slot(SlotEntry *entry, Oid relid, Jsonb *options)
{
	MemoryContext old = MemoryContextSwitchTo(slot_cxt);
	ModelSlot  *slot = palloc0(sizeof(ModelSlot));

	slot->relid = relid;
	slot->options = palloc(VARSIZE(options));
	memcpy(slot->options, options, VARSIZE(options));
	slot->state = MODEL_NEEDS_REBUILD;
	slot->next = entry->slots;
	entry->slots = slot;
	MemoryContextSwitchTo(old);
	return slot;
}

/* Takes the stale descriptor out of its slot. */
static void
expire(ModelSlot *slot)
{
	if (slot->model == NULL)
		return;
	plan_forget_model(slot->model);
	expiry_add_context(slot->model->cxt);
	slot->model = NULL;
}

/*
 * Lets go of stale descriptors that nobody has asked for again: of tables that
 * are gone, of options that were replaced.  Now and then, when slots are added.
 */
static void
sweep(void)
{
	HASH_SEQ_STATUS status;
	SlotEntry  *entry;

	hash_seq_init(&status, slot_table);
	while ((entry = hash_seq_search(&status)) != NULL)
		for (ModelSlot *slot = entry->slots; slot; slot = slot->next)
			if (slot->state == MODEL_NEEDS_REBUILD)
				expire(slot);
}

/* The slot of a table with the given options; made if there is none. */
ModelSlot *
model_slot(Oid relid, Jsonb *options)
{
	SlotEntry  *entry;
	bool		found;
	static int	slots_added = 0;

	if (slot_table == NULL)
		init_cache();
	entry = hash_search(slot_table, &relid, HASH_ENTER, &found);
	if (!found)
		entry->slots = NULL;
	for (ModelSlot *slot = entry->slots; slot; slot = slot->next)
		if (same_options(slot->options, options))
			return slot;
	if (++slots_added % SWEEP_EVERY == 0)
		sweep();
	return add_slot(entry, relid, options);
}

/* Finds the places of the other models of a relationship. */
static void
find_target(Relationship *relationship)
{
	LinkTable  *link = relationship->link;

	relationship->target_slot = model_slot(relationship->target, relationship->target_options);
	if (link)
		link->slot = model_slot(link->relid, link->options);
}

/*
 * The slot's descriptor, rebuilt if it is stale.  The caller holds a lock on
 * the table, so that no later DDL can slip in between this and its use.
 */
Model *
model_slot_current(ModelSlot *slot)
{
	Model	   *model;

	if (slot->state == MODEL_VALID)
	{
		counted.hits++;
		return slot->model;
	}
	counted.misses++;
	expire(slot);
	slot->state = MODEL_REBUILD_STARTED;
	model = model_load(slot->relid, slot->options);
	for (int i = 0; i < model->nrelationships; i++)
		find_target(&model->relationships[i]);
	for (int i = 0; i < model->nreferences; i++)
		find_target(&model->references[i]);
	slot->model = model;
	slot->generation++;
	/* a message that came meanwhile has set it to NEEDS_REBUILD: leave that */
	if (slot->state == MODEL_REBUILD_STARTED)
		slot->state = MODEL_VALID;
	return model;
}

/* Is the descriptor of that generation still the right one? */
bool
model_slot_is_current(const ModelSlot *slot, uint64 generation)
{
	return slot->state == MODEL_VALID && slot->generation == generation;
}

/* The descriptor of a registered table; NULL if it is no model. */
Model *
model_registered(Oid relid)
{
	Jsonb	   *options = registry_options(relid);

	return options ? model_slot_current(model_slot(relid, options)) : NULL;
}

/* The descriptor of a registered table; 55000 if it is no model. */
Model *
model_require_registered(Oid relid)
{
	Model	   *model = model_registered(relid);

	if (model == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("table \"%s\" is not registered", get_rel_name(relid)),
				 errhint("Register it first with todo_orm.register_model.")));
	return model;
}

/* A slot and the descriptor that was asked for. */
typedef struct Lookup
{
	ModelSlot  *slot;
	Model	   *model;
} Lookup;

static void
look_up(void *arg)
{
	Lookup	   *lookup = arg;

	lookup->model = model_slot_current(lookup->slot);
}

/*
 * As model_slot_current(), but NULL for a model whose options no longer fit its
 * table: what is about others must go on without it.
 */
Model *
model_slot_current_or_stale(ModelSlot *slot)
{
	Lookup		lookup = {slot, NULL};
	ErrorData  *error = guard_run(look_up, &lookup);

	if (error == NULL)
		return lookup.model;
	if (error->sqlerrcode != ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE &&
		error->sqlerrcode != ERRCODE_INVALID_PARAMETER_VALUE)
		ReThrowError(error);
	return NULL;
}

/* As model_registered(), but NULL also for a model whose options no longer fit. */
Model *
model_registered_or_stale(Oid relid)
{
	Jsonb	   *options = registry_options(relid);

	return options ? model_slot_current_or_stale(model_slot(relid, options)) : NULL;
}

/* The descriptors that are kept. */
void
model_cache_stats(CacheStats *stats)
{
	HASH_SEQ_STATUS status;
	SlotEntry  *entry;

	*stats = counted;
	if (slot_table == NULL)
		return;
	stats->bytes = MemoryContextMemAllocated(slot_cxt, true);
	hash_seq_init(&status, slot_table);
	while ((entry = hash_seq_search(&status)) != NULL)
		for (ModelSlot *slot = entry->slots; slot; slot = slot->next)
			if (slot->model)
			{
				stats->entries++;
				stats->bytes += MemoryContextMemAllocated(slot->model->cxt, true);
			}
}
