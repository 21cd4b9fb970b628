/*
 * contract_pattern.c
 *	  Does a regular expression mean the same to PostgreSQL and to JSON Schema?
 *
 * JSON Schema takes those of ECMAScript.  What is common to both is a small
 * language: ASCII characters, anchors, groups, alternatives, lists of
 * characters, numbers of repetitions.  Left out is what they read differently
 * (a dot and newlines) and what hangs on a locale (\d, \w, [[:alpha:]]).
 */
#include "compat.h"

#include "contract.h"

/* characters that mean something outside of a list */
#define SPECIAL "^$\\.*+?()[]{}|/"
#define MAX_REPEAT 255			/* PostgreSQL's */

static bool
is_literal(char c)
{
	return c >= ' ' && c <= '~' && strchr(SPECIAL, c) == NULL;
}

/* Reads "\." and the like; NULL where the escape is no single character. */
static const char *
read_escape(const char *p, const char *permitted)
{
	return p[0] == '\\' && p[1] && strchr(permitted, p[1]) ? p + 2 : NULL;
}

/* Reads "[a-z_.]"; NULL where it holds something else than characters and ranges. */
static const char *
read_list(const char *p)
{
	const char *start;

	p += p[1] == '^' ? 2 : 1;
	start = p;
	while (*p && *p != ']')
	{
		const char *escape = read_escape(p, "\\]-^./");

		if (escape == NULL && (*p < ' ' || *p > '~' || *p == '\\' || *p == '[' || *p == '^'))
			return NULL;
		/* a dash is a range between letters or digits, else stands at an end */
		if (*p == '-' && p != start && p[1] != ']' &&
			!(isalnum((unsigned char) p[-1]) && isalnum((unsigned char) p[1])))
			return NULL;
		p = escape ? escape : p + 1;
	}
	return *p == ']' && p > start ? p + 1 : NULL;
}

/* Reads a number of a "{2,5}"; -1 where there is none that both take. */
static int
read_count(const char **p)
{
	int			count = -1;

	while (**p >= '0' && **p <= '9' && count <= MAX_REPEAT)
		count = Max(count, 0) * 10 + *(*p)++ - '0';
	return count <= MAX_REPEAT ? count : -1;
}

/* Reads "*", "+", "?", "{2,5}"; the same place where there is none, NULL where it is another. */
static const char *
read_repeat(const char *p)
{
	int			least;

	if (*p && strchr("*+?", *p))
		p++;
	else if (*p == '{')
	{
		p++;
		least = read_count(&p);
		if (least < 0)
			return NULL;
		if (*p == ',' && *++p != '}' && read_count(&p) < least)
			return NULL;
		if (*p++ != '}')
			return NULL;
	}
	else
		return p;
	/* "*?" and "**" are not the same to both */
	return *p && strchr("*+?{", *p) ? NULL : p;
}

/* One piece at p: NULL where it is none of those that are common. */
static const char *
read_piece(const char *p, int *depth)
{
	switch (*p)
	{
		case '^':
		case '$':
			p++;
			break;
		case '|':
			return p + 1;
		case '(':
			/* nothing but "(?:" of the many extensions */
			if (p[1] == '?' && p[2] != ':')
				return NULL;
			(*depth)++;
			p += p[1] == '?' ? 3 : 1;
			break;
		case ')':
			return (*depth)-- > 0 ? read_repeat(p + 1) : NULL;
		case '[':
			p = read_list(p);
			return p ? read_repeat(p) : NULL;
		case '\\':
			p = read_escape(p, SPECIAL);
			return p ? read_repeat(p) : NULL;
		default:
			return is_literal(*p) ? read_repeat(p + 1) : NULL;
	}
	/* nothing that could be repeated went before */
	return *p && strchr("*+?{", *p) ? NULL : p;
}

/* Does it mean the same to both? */
bool
contract_pattern_is_common(const char *pattern)
{
	int			depth = 0;

	for (const char *p = pattern; *p;)
	{
		p = read_piece(p, &depth);
		if (p == NULL)
			return false;
	}
	return depth == 0 && *pattern;
}
