/*
 * as_owner.c
 *	  Doing something to a table as its owner.
 *
 * The table's owner, its members and superusers may.  What they make then
 * belongs to the owner, whoever called.  The operation is security-restricted:
 * the owner's own code, should any run, can put nothing off to a time when the
 * caller is the current user again.
 */
#include "compat.h"

#include "access/transam.h"
#include "catalog/pg_class.h"
#include "executor/spi.h"
#include "miscadmin.h"
#include "storage/lmgr.h"
#include "utils/guc.h"
#include "utils/lsyscache.h"

#include "as_owner.h"
#include "expiry.h"
#include "registry.h"

/*
 * Nothing can depend on the system's own tables, and dependencies are what
 * says whose model a function is.
 */
static void
check_not_system(Oid relid)
{
	if (relid < FirstNormalObjectId)
		ereport(ERROR,
				(errcode(ERRCODE_WRONG_OBJECT_TYPE),
				 errmsg("\"%s\" is a system table", get_rel_name(relid)),
				 errhint("Register a view of it.")));
}

static void
check_right(Oid relid)
{
	if (!OidIsValid(registry_owner(relid)))
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_TABLE),
				 errmsg("relation with OID %u does not exist", relid)));
	if (!relation_ownercheck(relid, GetUserId()))
		aclcheck_error(ACLCHECK_NOT_OWNER, OBJECT_TABLE, get_rel_name(relid));
}

/*
 * Locks the table against other registrations (not against readers and
 * writers), checks the caller's right, and becomes the table's owner.
 */
void
as_owner_begin(Oid relid, AsOwner *as)
{
	as->depth = expiry_enter();
	/* whoever has no right takes no lock; the right may go while it is waited for */
	check_right(relid);
	LockRelationOid(relid, ShareUpdateExclusiveLock);
	check_right(relid);
	registry_check_kind(relid);
	check_not_system(relid);
	GetUserIdAndSecContext(&as->saved_user, &as->saved_context);
	SetUserIdAndSecContext(registry_owner(relid),
						   as->saved_context | SECURITY_LOCAL_USERID_CHANGE |
						   SECURITY_RESTRICTED_OPERATION);
	as->guc_level = NewGUCNestLevel();
	(void) set_config_option("search_path", "pg_catalog, pg_temp", PGC_USERSET, PGC_S_SESSION,
							 GUC_ACTION_SAVE, true, 0, false);
	if (SPI_connect() != SPI_OK_CONNECT)
		elog(ERROR, "could not connect to SPI");
}

/* Ends what as_owner_begin() began, where no error was raised. */
void
as_owner_end(const AsOwner *as)
{
	SPI_finish();
	AtEOXact_GUC(true, as->guc_level);
	SetUserIdAndSecContext(as->saved_user, as->saved_context);
	expiry_leave(as->depth);
}
