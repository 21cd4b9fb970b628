/*
 * apply_step.c
 *	  Reads one operation of a list: which it is, and its members.
 *
 * A member that is null counts as left out, except where one must stand there.
 */
#include "compat.h"

#include "apply.h"
#include "jsonb_read.h"

#define BIT(member) APPLY_BIT(APPLY_##member)

static const ApplyKind kinds[] = {
	{"create", "create_many", "create", BIT(VALUES), BIT(AS)},
	{"upsert", "upsert", NULL, BIT(VALUES), BIT(AS) | BIT(ON_KEY)},
	{"get", "get", NULL, BIT(KEY), BIT(AS) | BIT(REQUIRED)},
	{"update", "update", NULL, BIT(KEY) | BIT(VALUES), BIT(AS) | BIT(IF_VERSION) | BIT(REQUIRED)},
	{"delete", "delete", NULL, BIT(KEY), BIT(IF_VERSION) | BIT(REQUIRED)},
	{"soft_delete", "soft_delete", NULL, BIT(KEY), BIT(IF_VERSION) | BIT(REQUIRED)},
	{"restore", "restore", NULL, BIT(KEY), BIT(AS) | BIT(REQUIRED)},
	{"link", "link", NULL, BIT(KEY) | BIT(RELATIONSHIP) | BIT(IDS), 0},
	{"unlink", "unlink", NULL, BIT(KEY) | BIT(RELATIONSHIP) | BIT(IDS), 0},
	{"set", "set", NULL, BIT(KEY) | BIT(RELATIONSHIP) | BIT(IDS), 0}
};

/* What JSON may stand for a member. */
typedef struct MemberType
{
	const char *name;
	const char *expected;		/* for messages; NULL: that hangs on the model */
	bool		(*fits) (const JsonbValue *value);
} MemberType;

static bool
is_string(const JsonbValue *value)
{
	return value->type == jbvString;
}

static bool
is_boolean(const JsonbValue *value)
{
	return value->type == jbvBool;
}

static bool
is_object_or_array(const JsonbValue *value)
{
	return jsonb_value_is_object(value) || jsonb_value_is_array(value);
}

static const MemberType member_types[APPLY_MEMBERS] = {
	[APPLY_OP] = {"op", "string", is_string},
	[APPLY_MODEL] = {"model", "string", is_string},
	[APPLY_AS] = {"as", "string", is_string},
	[APPLY_RELATIONSHIP] = {"relationship", "string", is_string},
	[APPLY_KEY] = {"key", NULL, NULL},
	[APPLY_VALUES] = {"values", "object", is_object_or_array},
	[APPLY_ON_KEY] = {"on_key", "array", jsonb_value_is_array},
	[APPLY_IF_VERSION] = {"if_version", NULL, NULL},
	[APPLY_IDS] = {"ids", "array", jsonb_value_is_array},
	[APPLY_REQUIRED] = {"required", "boolean", is_boolean}
};

const char *
apply_member_name(ApplyMember member)
{
	return member_types[member].name;
}

/* Notes what is wrong with a member of the operation at "up". */
void
apply_note(Apply *apply, const Place *up, ApplyMember member, const char *type,
		   const char *message, const JsonbValue *input)
{
	Place		place = {up, apply_member_name(member), 0};

	place_note(&apply->errors, &place, type, message, input);
}

static const ApplyKind *
find_kind(const char *name)
{
	for (size_t i = 0; i < lengthof(kinds); i++)
		if (strcmp(kinds[i].name, name) == 0)
			return &kinds[i];
	return NULL;
}

/* The number of a member, or -1. */
static int
find_member(const char *name)
{
	for (int i = 0; i < APPLY_MEMBERS; i++)
		if (strcmp(member_types[i].name, name) == 0)
			return i;
	return -1;
}

/* The members that an operation may have. */
static int
members_of(const ApplyKind *kind)
{
	return BIT(OP) | BIT(MODEL) | kind->needs | kind->takes;
}

/* A hint that lists the operations, or the members of one. */
static void
hint_names(Apply *apply, const ApplyKind *kind)
{
	StringInfoData names;

	if (apply->errors.hint)
		return;
	initStringInfo(&names);
	for (size_t i = 0; kind == NULL && i < lengthof(kinds); i++)
		appendStringInfo(&names, "%s\"%s\"", i == 0 ? "" : ", ", kinds[i].name);
	for (int i = 0; kind && i < APPLY_MEMBERS; i++)
		if (members_of(kind) & APPLY_BIT(i))
			appendStringInfo(&names, "%s\"%s\"", i == 0 ? "" : ", ", member_types[i].name);
	apply->errors.hint = kind ?
		psprintf("Members of operation \"%s\": %s.", kind->name, names.data) :
		psprintf("Available operations: %s.", names.data);
}

/* Finds what is to be done; the rest of the members hangs on it. */
static void
read_kind(Apply *apply, ApplyStep *step, const JsonbValue *operation, const Place *place)
{
	JsonbValue	value;
	char	   *name;

	if (!jsonb_lookup(operation->val.binary.data, "op", &value))
	{
		apply_note(apply, place, APPLY_OP, "missing", "field required", NULL);
		return;
	}
	if (value.type != jbvString)
	{
		apply_note(apply, place, APPLY_OP, "type",
				   psprintf("expected string, got %s", jsonb_value_kind(&value)), &value);
		return;
	}
	name = jsonb_value_text(&value);
	step->kind = find_kind(name);
	if (step->kind)
		return;
	apply_note(apply, place, APPLY_OP, "value",
			   psprintf("unrecognized operation \"%s\"", errors_cut(name, NAMEDATALEN)), &value);
	hint_names(apply, NULL);
}

/* One member of the operation. */
static void
read_member(Apply *apply, ApplyStep *step, const JsonbPairRead *pair, const Place *place)
{
	int			member = find_member(pair->key);
	Place		at = {place, pair->key, 0};
	const MemberType *type;

	/* a null key is not one that was left out: a row was meant */
	if (member >= 0 && member != APPLY_KEY && pair->value.type == jbvNull)
		return;
	if (member < 0 || !(members_of(step->kind) & APPLY_BIT(member)))
	{
		place_note(&apply->errors, &at, "unexpected", "unexpected field", &pair->value);
		hint_names(apply, step->kind);
		return;
	}
	type = &member_types[member];
	if (type->fits && !type->fits(&pair->value))
	{
		place_note(&apply->errors, &at, "type",
				   psprintf("expected %s, got %s", type->expected, jsonb_value_kind(&pair->value)),
				   &pair->value);
		return;
	}
	step->given[member] = true;
	step->members[member] = pair->value;
}

/* Notes members that must stand there, and do not or are null. */
static void
check_needed(Apply *apply, const ApplyStep *step, const JsonbValue *operation, const Place *place)
{
	JsonbValue	value;

	for (int i = 0; i < APPLY_MEMBERS; i++)
	{
		/* whether there is a key hangs on the model */
		if (!((step->kind->needs | BIT(MODEL)) & APPLY_BIT(i)) || step->given[i] || i == APPLY_KEY)
			continue;
		if (!jsonb_lookup(operation->val.binary.data, apply_member_name(i), &value))
			apply_note(apply, place, i, "missing", "field required", NULL);
		else if (value.type == jbvNull)
			apply_note(apply, place, i, "null", "must not be null", NULL);
	}
}

/* Reads an operation's members, and notes those that are not as they should be. */
void
apply_read_step(Apply *apply, ApplyStep *step, const JsonbValue *operation, const Place *place)
{
	JsonbItems	pairs;

	if (!jsonb_value_is_object(operation))
	{
		place_note(&apply->errors, place, "type",
				   psprintf("expected object, got %s", jsonb_value_kind(operation)), operation);
		return;
	}
	read_kind(apply, step, operation, place);
	if (step->kind == NULL)
		return;
	pairs = jsonb_items(operation->val.binary.data);
	for (int i = 0; i < pairs.count; i++)
		read_member(apply, step, &pairs.items[i], place);
	check_needed(apply, step, operation, place);
}
