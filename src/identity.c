/*
 * identity.c
 *	  The owner argument and the identity setting.
 *
 * Every function names the owner first.  Where the transaction has said whom
 * it acts for (todo_orm.user_id, or the model's owner_setting), no other owner
 * is served.
 */
#include "compat.h"

#include "catalog/pg_type.h"
#include "utils/builtins.h"
#include "utils/guc.h"
#include "utils/lsyscache.h"

#include "identity.h"
#include "settings.h"

static bool
is_text(Oid type)
{
	return type == TEXTOID || type == VARCHAROID;
}

/* Null and empty owners are refused: they would mean "nobody's" or "all". */
static void
check_given(const Model *model, const Column *column, Datum owner, bool isnull)
{
	bool		empty = false;

	if (!isnull && is_text(column->basetype))
	{
		text	   *value = DatumGetTextPP(owner);

		empty = VARSIZE_ANY_EXHDR(value) == 0;
	}
	else if (!isnull && model->owner_is_string)
	{
		/* char(n), citext: padding does not make it somebody's */
		char	   *value = OutputFunctionCall(unconstify(FmgrInfo *, &column->output), owner);

		empty = value[strspn(value, " ")] == '\0';
	}
	if (isnull || empty)
		ereport(ERROR,
				(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
				 errmsg("owner \"%s\" must not be %s", column->name, isnull ? "null" : "empty"),
				 errhint("Pass the id of the user whose rows of \"%s\" the call is about.",
						 model->name)));
}

/* The identity that the setting holds; NULL or "" where nobody has said. */
static const char *
current_identity(const Model *model)
{
	/* the usual one without a search through all settings */
	if (strcmp(model->owner_setting, "todo_orm.user_id") == 0)
		return setting_user_id;
	return GetConfigOption(model->owner_setting, true, true);
}

/* Has the transaction said for whom it acts? */
bool
identity_is_set(const Model *model)
{
	const char *identity = model->owner_setting ? current_identity(model) : NULL;

	return identity != NULL && identity[0] != '\0';
}

/*
 * The identity as a value of the owner's type.  One that is none is nobody's;
 * the message does not repeat it.
 */
static Datum
convert_identity(const Model *model, Column *column, const char *identity)
{
	MemoryContext cxt = CurrentMemoryContext;
	volatile Datum value = (Datum) 0;

	PG_TRY();
	{
		value = model_column_input(column, identity);
	}
	PG_CATCH();
	{
		MemoryContextSwitchTo(cxt);
		if (ERRCODE_TO_CATEGORY(geterrcode()) != ERRCODE_DATA_EXCEPTION)
			PG_RE_THROW();
		FlushErrorState();
		ereport(ERROR,
				(errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
				 errmsg("setting \"%s\" holds no value of type %s", model->owner_setting,
						format_type_be(column->type))));
	}
	PG_END_TRY();
	return value;
}

/* Is the identity, converted to the owner's type, the owner? */
static bool
is_owner(const Model *model, Column *column, const char *identity, Datum owner)
{
	Datum		value;

	if (is_text(column->basetype))
	{
		text	   *text_owner = DatumGetTextPP(owner);

		return VARSIZE_ANY_EXHDR(text_owner) == strlen(identity) &&
			memcmp(VARDATA_ANY(text_owner), identity, strlen(identity)) == 0;
	}
	value = convert_identity(model, column, identity);
	return DatumGetBool(FunctionCall2Coll(unconstify(FmgrInfo *, &model->owner_eq),
										  column->collation, owner, value));
}

/* Refuses a call for another owner than the transaction acts for. */
void
identity_refuse(const char *setting)
{
	ereport(ERROR,
			(errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
			 errmsg("permission denied for the rows of another owner"),
			 errdetail("Setting \"%s\" is set and is not the owner that the call names.",
					   setting)));
}

/*
 * Refuses a call without owner (22004) or for another owner than the
 * transaction acts for (42501).
 */
void
identity_check(const Model *model, Datum owner, bool isnull)
{
	Column	   *column = model_column(model, model->owner);

	check_given(model, column, owner, isnull);
	if (model->owner_setting == NULL)
		return;
	if (!identity_is_set(model))
	{
		if (setting_require_user_id)
			ereport(ERROR,
					(errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
					 errmsg("setting \"%s\" is not set", model->owner_setting),
					 errdetail("todo_orm.require_user_id is on."),
					 errhint("Begin the transaction with SELECT set_config('%s', $1, true).",
							 model->owner_setting)));
		return;
	}
	if (!is_owner(model, column, current_identity(model), owner))
		identity_refuse(model->owner_setting);
}

/*
 * The same for a model that a call for another one leads to: its setting may be
 * another one.
 */
void
identity_check_related(const Model *from, const Model *other, Datum owner)
{
	if (other->owner == 0 || other->owner_setting == NULL || from->owner == 0 ||
		(from->owner_setting && strcmp(from->owner_setting, other->owner_setting) == 0))
		return;
	identity_check(other, owner, false);
}
