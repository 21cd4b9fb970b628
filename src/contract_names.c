/*
 * contract_names.c
 *	  Names of the catalog as names of a programming language.
 *
 * Any text can be a name in PostgreSQL.  What is no ASCII letter, digit or
 * underscore becomes an underscore, and numbers tell apart what is then the
 * same.
 */
#include "compat.h"

#include "mb/pg_wchar.h"
#include "utils/json.h"

#include "contract.h"

static bool
is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* Is it a name in any language as it is? */
bool
contract_is_word(const char *name)
{
	if (!is_letter(*name))
		return false;
	while (is_letter(*name) || is_digit(*name) || *name == '_')
		name++;
	return *name == '\0';
}

/* One underscore for each character that is none of a name's. */
static char *
replace_others(const char *name)
{
	StringInfoData out;

	initStringInfo(&out);
	/* an underscore in front means private to Pydantic */
	if (!is_letter(*name))
		appendStringInfoString(&out, "x_");
	while (*name)
	{
		appendStringInfoChar(&out, is_letter(*name) || is_digit(*name) ? *name : '_');
		name += pg_mblen(name);
	}
	return out.data;
}

static bool
is_reserved(const char *name, const char *const *reserved)
{
	for (; *reserved; reserved++)
		if (strcmp(name, *reserved) == 0)
			return true;
	return false;
}

static bool
is_taken(const char *name, List *taken)
{
	ListCell   *cell;

	foreach(cell, taken)
		if (strcmp(name, lfirst(cell)) == 0)
			return true;
	return false;
}

/* The name, or one like it that is neither reserved nor taken; it is taken from then on. */
char *
contract_word(const char *name, const char *const *reserved, List **taken)
{
	char	   *word = contract_is_word(name) ? pstrdup(name) : replace_others(name);
	char	   *result;

	if (is_reserved(word, reserved))
		word = psprintf("%s_", word);
	result = word;
	for (int n = 2; is_taken(result, *taken); n++)
		result = psprintf("%s_%d", word, n);
	*taken = lappend(*taken, result);
	return result;
}

/* todo_item: TodoItem */
char *
contract_camel(const char *name)
{
	StringInfoData out;
	bool		upper = true;

	initStringInfo(&out);
	for (; *name; name += pg_mblen(name))
	{
		bool		part = is_letter(*name) || is_digit(*name);

		if (part)
			appendStringInfoChar(&out, upper ? pg_toupper((unsigned char) *name) : *name);
		upper = !part || is_digit(*name);
	}
	if (!is_letter(out.data[0]))
		return psprintf("X%s", out.data);
	return out.data;
}

/*
 * Appends a text as a string literal of TypeScript and Python, whose escapes are
 * those of JSON; but TypeScript takes U+2028 and U+2029 for ends of a line.
 */
void
contract_literal(StringInfo out, const char *text)
{
	StringInfoData json;

	initStringInfo(&json);
	escape_json(&json, text);
	for (const char *p = json.data; *p; p++)
	{
		if (GetDatabaseEncoding() == PG_UTF8 &&
			(strncmp(p, "\xe2\x80\xa8", 3) == 0 || strncmp(p, "\xe2\x80\xa9", 3) == 0))
		{
			appendStringInfo(out, "\\u%s", p[2] == '\xa8' ? "2028" : "2029");
			p += 2;
		}
		else
			appendStringInfoChar(out, *p);
	}
}

/* Appends several of them, numbers as they are: "open", "done" */
void
contract_literals(StringInfo out, List *texts, const char *separator, bool numbers)
{
	ListCell   *cell;

	foreach(cell, texts)
	{
		appendStringInfoString(out, foreach_current_index(cell) ? separator : "");
		if (numbers)
			appendStringInfoString(out, lfirst(cell));
		else
			contract_literal(out, lfirst(cell));
	}
}
