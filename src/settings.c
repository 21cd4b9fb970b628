/*
 * settings.c
 *	  Defines the settings of todo_orm when the library is loaded.
 *
 * The caps are superuser settings: an application role that could raise
 * them would not be capped.
 */
#include "settings.h"

char	   *setting_user_id = NULL;
bool		setting_require_user_id = false;
bool		setting_echo = false;
int			setting_json_bigint = JSON_BIGINT_NUMBER;
int			setting_max_take = 1000;
int			setting_max_match_depth = 8;
int			setting_max_match_conditions = 100;
int			setting_max_match_values = 10000;
int			setting_max_include_depth = 8;
int			setting_max_includes = 50;
int			setting_max_operations = 1000;
int			setting_plan_cache_size = 500;

static const struct config_enum_entry json_bigint_values[] = {
	{"number", JSON_BIGINT_NUMBER, false},
	{"string", JSON_BIGINT_STRING, false},
	{NULL, 0, false}
};

/* Who is calling, and whether that must be said. */
static void
define_identity_settings(void)
{
	DefineCustomStringVariable("todo_orm.user_id",
							   "The owner that this transaction acts for; empty when nobody has said.",
							   "When set, functions of models owned by user_id refuse every other owner.",
							   &setting_user_id, "", PGC_USERSET, 0, NULL, NULL, NULL);
	/*
	 * Before this library is loaded a connection's options may have put another
	 * value in front of the one that a superuser gave the database.  It is
	 * refused now, which leaves neither: then the default is the strict one.
	 */
	DefineCustomBoolVariable("todo_orm.require_user_id",
							 "Refuses calls while todo_orm.user_id is not set.",
							 NULL,
							 &setting_require_user_id,
							 GetConfigOption("todo_orm.require_user_id", true, false) != NULL,
							 PGC_SUSET, 0, NULL, NULL, NULL);
}

/* What calls show and how they write it. */
static void
define_output_settings(void)
{
	DefineCustomBoolVariable("todo_orm.echo",
							 "Shows the SQL of every call as a notice.",
							 NULL,
							 &setting_echo, false, PGC_USERSET, 0, NULL, NULL, NULL);
	DefineCustomEnumVariable("todo_orm.json_bigint",
							 "Writes bigint values of JSON results as number or as string.",
							 NULL,
							 &setting_json_bigint, JSON_BIGINT_NUMBER, json_bigint_values,
							 PGC_USERSET, 0, NULL, NULL, NULL);
}

/* What a call may cost. */
static void
define_limit_settings(void)
{
	DefineCustomIntVariable("todo_orm.max_take",
							"Largest number of rows that one page may hold.",
							NULL,
							&setting_max_take, 1000, 1, 1000000, PGC_SUSET, 0, NULL, NULL, NULL);
	DefineCustomIntVariable("todo_orm.max_include_depth",
							"How deep related rows may be included in a load.",
							NULL,
							&setting_max_include_depth, 8, 1, 64, PGC_SUSET, 0, NULL, NULL, NULL);
	DefineCustomIntVariable("todo_orm.max_includes",
							"How many relationships a load may include.",
							"Each costs one statement, whatever the number of rows.",
							&setting_max_includes, 50, 1, 1000, PGC_SUSET, 0, NULL, NULL, NULL);
	DefineCustomIntVariable("todo_orm.max_match_depth",
							"How deep a match may be nested.",
							NULL,
							&setting_max_match_depth, 8, 1, 64, PGC_SUSET, 0, NULL, NULL, NULL);
	DefineCustomIntVariable("todo_orm.max_match_conditions",
							"How many conditions a match may have.",
							NULL,
							&setting_max_match_conditions, 100, 1, 1000, PGC_SUSET, 0, NULL, NULL,
							NULL);
	DefineCustomIntVariable("todo_orm.max_match_values",
							"How many values a match may have, those of lists included.",
							NULL,
							&setting_max_match_values, 10000, 1, 1000000, PGC_SUSET, 0, NULL, NULL,
							NULL);
	DefineCustomIntVariable("todo_orm.max_operations",
							"How many operations one call of todo_orm.apply may have.",
							NULL,
							&setting_max_operations, 1000, 1, 1000000, PGC_SUSET, 0, NULL, NULL,
							NULL);
	DefineCustomIntVariable("todo_orm.plan_cache_size",
							"Number of plans that a backend keeps.",
							NULL,
							&setting_plan_cache_size, 500, 16, 100000, PGC_SUSET, 0, NULL, NULL, NULL);
}

void
settings_define(void)
{
	define_identity_settings();
	define_output_settings();
	define_limit_settings();
	MarkGUCPrefixReserved("todo_orm");
}
