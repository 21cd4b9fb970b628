/*
 * inflect.c
 *	  English singular and plural of table names.
 *
 * Only the last word of a snake_case name is changed.  The rules follow the
 * usual English ones (as in Rails' inflector); whoever is not content with
 * them gives the options "name" and "plural".
 */
#include "compat.h"

#include <ctype.h>

#include "common/hashfn.h"
#include "mb/pg_wchar.h"

#include "inflect.h"

/* Words that follow no rule: singular, plural. */
static const char *const irregular[][2] = {
	{"person", "people"}, {"child", "children"}, {"man", "men"},
	{"woman", "women"}, {"mouse", "mice"}, {"goose", "geese"},
	{"foot", "feet"}, {"tooth", "teeth"}, {"ox", "oxen"},
	{"datum", "data"}, {"medium", "media"}, {"criterion", "criteria"},
	{"phenomenon", "phenomena"}, {"analysis", "analyses"},
	{"crisis", "crises"}, {"basis", "bases"}, {"thesis", "theses"},
	{"index", "indexes"}, {"matrix", "matrices"}, {"vertex", "vertices"},
	{"leaf", "leaves"}, {"half", "halves"}, {"shelf", "shelves"},
	{"life", "lives"}, {"knife", "knives"}, {"wife", "wives"},
	{"quiz", "quizzes"}, {"hero", "heroes"}, {"potato", "potatoes"},
	{"tomato", "tomatoes"}, {"echo", "echoes"}, {"movie", "movies"},
	{"cookie", "cookies"}, {"status", "statuses"}, {"bus", "buses"},
	{"alias", "aliases"}, {"virus", "viruses"}, {"gas", "gases"},
	{"lens", "lenses"}, {"canvas", "canvases"}, {"atlas", "atlases"},
	{"campus", "campuses"}, {"bonus", "bonuses"}, {"census", "censuses"},
	{"focus", "focuses"}, {"corpus", "corpuses"}, {"address", "addresses"},
	{"tie", "ties"}, {"pie", "pies"}, {"lie", "lies"}, {"die", "dies"},
	{"cache", "caches"}, {"ache", "aches"}, {"shoe", "shoes"},
	{"axe", "axes"}, {"release", "releases"}, {"database", "databases"},
	{"case", "cases"}, {"purchase", "purchases"}, {"course", "courses"},
	{"expense", "expenses"}, {"license", "licenses"}, {"response", "responses"},
	{"size", "sizes"}, {"prize", "prizes"}, {"house", "houses"},
	{"horse", "horses"}, {"exercise", "exercises"}, {"phase", "phases"}
};

/* Words that are their own plural. */
static const char *const uncountable[] = {
	"news", "series", "species", "information", "equipment", "money", "rice",
	"fish", "sheep", "deer", "feedback", "metadata", "software", "hardware"
};

static bool
ends_with(const char *word, const char *ending)
{
	size_t		len = strlen(word);
	size_t		elen = strlen(ending);

	return len >= elen && strcmp(word + len - elen, ending) == 0;
}

/* The start of the last word of a snake_case name. */
static size_t
last_word(const char *name)
{
	const char *underscore = strrchr(name, '_');

	return underscore && underscore[1] ? (size_t) (underscore - name) + 1 : 0;
}

static bool
is_uncountable(const char *word)
{
	for (size_t i = 0; i < lengthof(uncountable); i++)
		if (strcmp(word, uncountable[i]) == 0)
			return true;
	return false;
}

/* Finds an irregular word in column "from" and answers the other column. */
static const char *
find_irregular(const char *word, int from)
{
	for (size_t i = 0; i < lengthof(irregular); i++)
		if (strcmp(word, irregular[i][from]) == 0)
			return irregular[i][1 - from];
	return NULL;
}

/* word without its last "cut" bytes, with "ending" in their place */
static char *
replace_ending(const char *word, size_t cut, const char *ending)
{
	return psprintf("%.*s%s", (int) (strlen(word) - cut), word, ending);
}

static bool
is_vowel(char c)
{
	return strchr("aeiou", tolower((unsigned char) c)) != NULL;
}

static char *
plural_of_word(const char *word)
{
	size_t		len = strlen(word);
	const char *found = find_irregular(word, 0);

	if (found)
		return pstrdup(found);
	if (len == 0 || is_uncountable(word))
		return pstrdup(word);
	if (len > 1 && word[len - 1] == 'y' && !is_vowel(word[len - 2]))
		return replace_ending(word, 1, "ies");
	if (ends_with(word, "s") || ends_with(word, "x") || ends_with(word, "z") ||
		ends_with(word, "ch") || ends_with(word, "sh"))
		return psprintf("%ses", word);
	return psprintf("%ss", word);
}

static char *
singular_of_word(const char *word)
{
	const char *found = find_irregular(word, 1);

	if (found)
		return pstrdup(found);
	if (is_uncountable(word) || find_irregular(word, 0) || strlen(word) < 3)
		return pstrdup(word);
	if (ends_with(word, "ies") && strlen(word) > 4)
		return replace_ending(word, 3, "y");
	if (ends_with(word, "sses") || ends_with(word, "xes") || ends_with(word, "ches") ||
		ends_with(word, "shes") || ends_with(word, "zzes"))
		return replace_ending(word, 2, "");
	if (ends_with(word, "ss") || ends_with(word, "us") || ends_with(word, "is"))
		return pstrdup(word);
	if (ends_with(word, "s"))
		return replace_ending(word, 1, "");
	return pstrdup(word);
}

/* inflect_plural("to_do_task") = "to_do_tasks" */
char *
inflect_plural(const char *singular)
{
	size_t		start = last_word(singular);

	return psprintf("%.*s%s", (int) start, singular, plural_of_word(singular + start));
}

/* inflect_singular("tasks") = "task"; a singular is answered as it is */
char *
inflect_singular(const char *word)
{
	size_t		start = last_word(word);

	return psprintf("%.*s%s", (int) start, word, singular_of_word(word + start));
}

/* The first bytes of a name, without half a character at the end. */
static char *
head_of(const char *name, int bytes)
{
	return pnstrdup(name, pg_mbcliplen(name, strlen(name), Max(bytes, 0)));
}

/*
 * A name in at most "room" bytes: as it is, or its head and eight hex digits
 * of a hash of the whole.
 */
char *
inflect_shorten(const char *name, int room)
{
	int			len = strlen(name);

	if (len <= room)
		return pstrdup(name);
	return psprintf("%s%08x", head_of(name, room - 8),
					hash_bytes((const unsigned char *) name, len));
}

/*
 * A plural in at most "room" bytes: the plural ending stays, the digits are
 * those of the singular.
 */
char *
inflect_shorten_plural(const char *singular, const char *plural, int room)
{
	int			len = strlen(singular);

	if ((int) strlen(plural) <= room || strncmp(singular, plural, len) != 0 ||
		(int) strlen(plural + len) > room - 8)
		return inflect_shorten(plural, room);
	return psprintf("%s%08x%s", head_of(singular, room - 8 - (int) strlen(plural + len)),
					hash_bytes((const unsigned char *) singular, len), plural + len);
}
