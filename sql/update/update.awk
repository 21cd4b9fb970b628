# Writes the update script of the version that is being developed: what its
# install script has and the one of the last released version has not.
#
#   awk -f sql/update/update.awk released.sql current.sql > released--current.sql
#
# Statements are compared as text, comments and empty lines between them aside.
# One that is new is taken as it stands; a function or view that was there
# under the same name is replaced. What text alone cannot say (a function or an
# argument that went, a table that changed) stands in sql/update/FROM--TO.sql,
# which comes first. That nothing was forgotten is tested: see
# test/pgtap/37_versions.sql.

# Ends a statement: notes it, or writes it if it is new.
function finish(    name, text) {
	text = statement
	statement = ""
	name = object_name(text)
	if (!current) {
		released[text] = 1
		if (name != "")
			had[name] = 1
		return
	}
	if (text in released)
		return
	if (name != "" && (name in had))
		sub(/^CREATE /, "CREATE OR REPLACE ", text)
	printf "\n%s", text
}

# "FUNCTION todo_orm.describe" of a statement that creates a function or view.
function object_name(text) {
	if (match(text, /^CREATE (FUNCTION|VIEW) [a-z_.]+/))
		return substr(text, RSTART + 7, RLENGTH - 7)
	return ""
}

# Follows dollar quotes through a line; the outermost one counts.
function follow_quotes(line) {
	while (match(line, /\$[a-z_]*\$/)) {
		if (quote == "")
			quote = substr(line, RSTART, RLENGTH)
		else if (quote == substr(line, RSTART, RLENGTH))
			quote = ""
		line = substr(line, RSTART + RLENGTH)
	}
}

FNR == 1 { files++; current = files == 2 }
quote == "" && /^(--|\\echo|\/\*.*\*\/$|[ \t]*$)/ { next }
{
	statement = statement $0 "\n"
	follow_quotes($0)
	if (quote == "" && /;[ \t]*$/)
		finish()
}
