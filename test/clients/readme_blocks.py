#!/usr/bin/env python3
"""Run the SQL of the documentation, and hold what it says against what there is.

Every ```sql block of a document is run by psql, in order, in a database of the document's own. A comment
"-- error: SQLSTATE" says that the statement above it fails, "-- => line" that psql -A prints the line; both are
checked in their order. Blocks that are not to be run are fenced as something else. Prints TAP.
"""
import os
import re
import subprocess
import sys
import textwrap
from pathlib import Path

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../lib"))
from tap import check, done, same  # noqa: E402

ROOT = Path(__file__).resolve().parents[2]
DOCUMENTS = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
SCRATCH = "todo_readme"
SEPARATOR = "@@ next block"

def psql(script, database):
    """Run a script as a user would who pastes it; answer standard output and standard error."""
    command = ["psql", "-X", "-A", "-q", "-v", "VERBOSITY=verbose", "-d", database]
    ended = subprocess.run(command, input=script, capture_output=True, text=True, check=False,
                           env={**os.environ, "PGCLIENTENCODING": "UTF8"})
    return ended.stdout, ended.stderr


def query(sql, database):
    """The rows of a query, as lists of texts."""
    out, err = psql(f"\\t on\n\\f '\\t'\n{sql};", database)
    assert not err, err
    return [line.split("\t") for line in out.splitlines()]


# ------------------------------------------------------------------------------------------ documents

def section(text, title):
    """What stands under a heading, up to the next one of its level."""
    found = re.search(rf"^(#+) {re.escape(title)}\n(.*?)(?=^\1 |\Z)", text, re.M | re.S)
    return found[2] if found else ""


def blocks(text):
    """The ```sql blocks: number of the first line, chapter, heading, SQL."""
    line = 1
    chapter = heading = ""
    for part in re.split(r"^(```.*?^```\n)", text, flags=re.M | re.S):
        if part.startswith("```sql\n"):
            yield line + 1, chapter, heading, part.removeprefix("```sql\n").removesuffix("```\n")
        elif not part.startswith("```"):
            chapter = [chapter, *re.findall(r"^## (.*)$", part, re.M)][-1]
            heading = [heading, *re.findall(r"^#+ (.*)$", part, re.M)][-1]
        line += part.count("\n")


def missing_in_order(lines, wanted):
    """The first wanted line that does not follow the one before it."""
    rest = iter(lines)
    return next((line for line in wanted if line not in rest), None)


def check_block(name, sql, out, err):
    same(re.findall(r"ERROR:  (\w{5}):", err), re.findall(r"-- error: (\w+)", sql), f"{name} raises what it says")
    wanted = [line.strip() for line in re.findall(r"-- => (.*)$", sql, re.M)]
    missing = missing_in_order(out.splitlines(), wanted)
    check(missing is None, f"{name} prints what it says", f"not printed: {missing}", out, err)


def run_document(path):
    """Run the blocks in one session, as a reader would; the database is left for further checks."""
    text = path.read_text()
    found = list(blocks(text))
    title = path.relative_to(ROOT)
    stop = f"\\echo {SEPARATOR}\n\\warn {SEPARATOR}\n"
    out, err = psql(stop.join(sql for *_, sql in found), SCRATCH)
    parts = list(zip(found, out.split(f"{SEPARATOR}\n"), err.split(f"{SEPARATOR}\n")))
    same(len(parts), len(found), f"{title}: psql reached the last block")
    for (line, chapter, heading, sql), block_out, block_err in parts:
        check_block(f"{title}:{line}", sql, block_out, block_err)
        if chapter == "Troubleshooting":
            check(heading in block_err, f"{title}:{line} is about the heading's message", heading, block_err)


# ------------------------------------------------------------------------------- what documents promise

def check_diagram(text):
    """The entities of the ER diagram are the tables: columns, order, types, keys, nulls."""
    for table, body in re.findall(r"^    (\w+) \{\n(.*?)^    \}", text, re.M | re.S):
        got = [line.split() for line in body.splitlines()]
        wanted = query(f"""
            SELECT concat_ws(' ', replace(format_type(atttypid, -1), 'timestamp with time zone', 'timestamptz'), attname,
                       (SELECT CASE min(contype::text) WHEN 'f' THEN 'FK' WHEN 'p' THEN 'PK' END FROM pg_constraint
                         WHERE conrelid = attrelid AND attnum = ANY (conkey) AND contype IN ('p', 'f')
                           AND (contype = 'p' OR attname <> 'user_id')),
                       CASE WHEN NOT attnotnull THEN '"null"' END)
              FROM pg_attribute WHERE attrelid = 'pristine.{table}'::regclass AND attnum > 0 ORDER BY attnum""", SCRATCH)
        same(got, [row[0].split() for row in wanted], f"the diagram's {table} is the table")


def check_relationships(text):
    """The lines of the ER diagram are the relationships."""
    drawn = sorted(re.findall(r"^    (\w+) \S+--\S+ (\w+) : (\w+)$", text, re.M))
    there = query("""SELECT parent.relname, child.relname, relationship FROM todo_orm.relationships r
                       JOIN pg_class parent ON parent.oid = r.model JOIN pg_class child ON child.oid = r.target
                      WHERE parent.relnamespace = 'pristine'::regnamespace AND kind = 'one_to_many'""", SCRATCH)
    same(drawn, sorted(map(tuple, there)), "the diagram's lines are the relationships")


def check_reference(text):
    """Everything public stands in the reference, and nothing else."""
    reference = section(text, "Reference")
    for title, sql in {
        "Functions of todo_orm": """SELECT proname FROM pg_proc p JOIN pg_namespace n ON n.oid = pronamespace
            WHERE nspname = 'todo_orm' AND obj_description(p.oid, 'pg_proc') NOT LIKE 'Internal%'
              AND proname NOT LIKE 'language\\_%' AND prorettype <> 'trigger'::regtype""",
        "Views": """SELECT 'todo_orm.' || relname FROM pg_class
            WHERE relnamespace = 'todo_orm'::regnamespace AND relkind = 'v'""",
        "Mixins": """SELECT 'todo_orm.' || relname FROM pg_class
            WHERE relnamespace = 'todo_orm'::regnamespace AND relkind = 'r'""",
        "Settings": """LOAD 'todo_orm'; SELECT name FROM pg_settings WHERE name LIKE 'todo\\_orm.%'""",
    }.items():
        named = re.findall(r"^\| `([\w.]+)", section(reference, title), re.M)
        same(sorted(named), sorted(row[0] for row in query(sql, SCRATCH)), f"reference: {title}")
    generated = query("""SELECT DISTINCT proname FROM todo_orm.functions f JOIN pg_proc p ON p.oid = f.function
        WHERE pronamespace = 'pristine'::regnamespace
          AND (model = 'pristine.task'::regclass OR operation IN ('append', 'append_many', 'with_children', 'extend', 'step',
               'step_many', 'context'))""", SCRATCH)
    named = re.findall(r"`(\w+)\(", section(reference, "Functions of a model"))
    # the one relationship that is shown from the other side, and functions that no shipped model has
    linking = {"link_task_labels", "unlink_task_labels", "set_task_labels", "labels_of_tasks", "changes_since_tasks"}
    same(sorted(set(named) & linking), sorted(linking), "reference: functions of link tables")
    same(sorted(set(named) - linking - {"tasks", "tasks_of_conversations"}), sorted(row[0] for row in generated), "reference: Functions of a model")


def check_options(text):
    """The table of options has those that register_model knows."""
    _, err = psql("""SELECT todo_orm.register_model('pristine.task', '{"?": 1}');""", SCRATCH)
    known = set(re.search(r"Available options: (.*)\.", err)[1].split(", "))
    named = re.findall(r"`(\w+)`", " ".join(re.findall(r"^\| (`.*?) \|", section(text, "Your Own Models"), re.M)))
    same(sorted(named), sorted(known), "the table of options")


def check_cheatsheet(path):
    """The cheat sheet has every function of a model that the reference has."""
    reference = section((ROOT / "README.md").read_text(), "Functions of a model")
    text = path.read_text()
    missing = [name for name in re.findall(r"`(\w+)\(", reference) if not re.search(rf"\b{name}\b", text)]
    same(missing, [], f"{path.name} has every function of the reference")


def check_contents(path):
    """Every chapter stands in the table of contents."""
    linked = re.findall(r"\]\(([\w-]+\.md)", path.read_text())
    chapters = sorted(chapter.name for chapter in path.parent.glob("*.md") if chapter != path)
    same(sorted(set(linked)), chapters, f"{path.relative_to(ROOT)} has every chapter")


def check_states(path):
    """The states of a streamed message are those that its table allows."""
    drawn = set(re.findall(r"--> (\w+):", path.read_text()))
    allowed = query("""SELECT DISTINCT unnest(regexp_matches(pg_get_constraintdef(oid), $$'(\w+)'$$, 'g')) FROM pg_constraint
        WHERE conrelid = 'message'::regclass AND pg_get_constraintdef(oid) ~ '^CHECK .*streaming.*aborted'""", SCRATCH)
    same(sorted(drawn), sorted(row[0] for row in allowed), f"the states in {path.relative_to(ROOT)}")


def dedented(lines):
    return textwrap.dedent("\n".join(lines)).rstrip()


def check_snippets(path):
    """Code of other languages is, line by line, in the program that is linked above it."""
    program = None
    for part in re.split(r"^(```\w*\n.*?^```\n)", path.read_text(), flags=re.M | re.S):
        if not part.startswith("```"):
            linked = re.findall(r"\]\(([^)]*examples/(?:drivers/\w+|postgraphile)/[^)]+)\)", part)
            program = path.parent / linked[-1] if linked else program
        elif not part.startswith(("```sql\n", "```console\n", "```json\n", "```ini\n")):
            wanted = dedented(part.splitlines()[1:-1])
            size = wanted.count("\n") + 1
            lines = program.read_text().splitlines()
            found = any(dedented(lines[at:at + size]) == wanted for at in range(len(lines)))
            check(found, f"{path.relative_to(ROOT)}: as in {program.name}: {wanted.splitlines()[0]}", wanted)


def check_map():
    """src/README.md names every source file, once as an entry, and no file that is not there."""
    text = (ROOT / "src/README.md").read_text()
    entries = re.findall(r"`([\w.]+\.[ch])`", " ".join(re.findall(r"^\| (.*?) \|", text, re.M)))
    files = sorted(path.name for path in (ROOT / "src").glob("*.[ch]"))
    same(sorted(set(files) - set(entries)), [], "src/README.md has an entry for each file")
    same(len(entries), len(set(entries)), "src/README.md has one entry for each file")
    named = set(re.findall(r"\b\w+\.[ch]\b", text)) - set(files) - {"ri_triggers.c"}
    same(sorted(named), [], "src/README.md names no file that is not there")


def check_rules():
    """Of the rules in src/README.md those that can be read off the text."""
    for what, pattern, place in (("versions are told apart", "PG_VERSION_NUM", "compat.h"),
                                 ("parameters are written", '"$%d"', "statement.c")):
        files = [path.name for path in (ROOT / "src").glob("*.[ch]") if pattern in path.read_text()]
        same(files, [place], f"{what} in one file")


def anchors(text):
    """What GitHub calls the headings of a document: "What is here?" is what-is-here, the second of that name what-is-here-1."""
    found = []
    for heading in re.findall(r"^#+ (.*)$", re.sub(r"^```.*?^```$", "", text, flags=re.M | re.S), re.M):
        slug = re.sub(r"[^\w -]", "", re.sub(r"\]\([^)]*\)", "", heading).strip().lower()).replace(" ", "-")
        found.append(slug + (f"-{found.count(slug)}" if slug in found else ""))
    return found


def is_broken(path, link, anchor):
    target = path.parent / link if link else path
    if not target.exists():
        return True
    return bool(anchor) and target.suffix == ".md" and anchor not in anchors(target.read_text())


def check_links(path):
    """Relative links lead to files, and to headings of them."""
    links = re.findall(r"\]\((?!https?:)([^)#]*)#?([^)]*)\)", path.read_text())
    broken = [f"{link}#{anchor}" for link, anchor in links if is_broken(path, link, anchor)]
    same(broken, [], f"links of {path.relative_to(ROOT)}")


def in_scratch(path, work):
    """Do some work in a fresh database, and drop it and the document's roles afterwards."""
    subprocess.run(["dropdb", "--force", "--if-exists", SCRATCH], check=True, stderr=subprocess.DEVNULL)
    subprocess.run(["createdb", SCRATCH], check=True)
    try:
        work(path)
    finally:
        subprocess.run(["dropdb", "--force", SCRATCH], check=True)
        for role in re.findall(r"^CREATE ROLE (\w+)", path.read_text(), re.M):
            subprocess.run(["psql", "-X", "-q", "-c", f"DROP ROLE IF EXISTS {role}"], check=True)


def check_readme(path):
    text = path.read_text()
    run_document(path)
    # the blocks alter the tables: what is drawn and listed is held against new ones
    psql("CREATE SCHEMA pristine; SELECT todo_orm.create_all('pristine');", SCRATCH)
    check_diagram(text)
    check_relationships(text)
    check_reference(text)
    check_options(text)


def check_chapter(path):
    run_document(path)
    if path.name == "chat.md":
        check_states(path)


in_scratch(ROOT / "README.md", check_readme)
for document in DOCUMENTS[1:]:
    in_scratch(document, check_chapter)
check_cheatsheet(ROOT / "docs/cheatsheet.md")
check_contents(ROOT / "docs/README.md")
for document in [*DOCUMENTS, *(ROOT / name for name in ("SECURITY.md", "CHANGELOG.md", "src/README.md", "test/README.md", "bench/README.md")),
                 *sorted((ROOT / "examples").glob("*/README.md"))]:
    check_links(document)
check_snippets(ROOT / "docs/drivers.md")
check_snippets(ROOT / "docs/graphql-and-rest.md")
check_map()
check_rules()
sys.exit(done())
