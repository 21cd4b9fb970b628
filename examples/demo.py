#!/usr/bin/env python3
"""Play a recorded chat and a todo list through todo_orm, and check everything that is shown.

Needs psycopg 3 and a server with the extension; connects by the usual PG* variables. The set-up is done as
that user (who may make a role and a schema), all the rest as the role todo_app, which has no right on any
table. Everything is made in the schema todo_demo, which a new run drops first.
"""
import json
import sys
import textwrap
import time
from collections import Counter, defaultdict
from pathlib import Path

import psycopg
from psycopg.rows import dict_row
from psycopg.types.json import Jsonb

DATA = Path(__file__).resolve().parent / "data"
SCHEMA = "todo_demo"
APP_ROLE = "todo_app"
MODELS = ("task", "conversation", "message")
BATCH = 50
WIDTH = 110
SEARCH_PATH = f"-c search_path={SCHEMA} -c client_min_messages=warning"


class Mismatch(Exception):
    """What the server answered is not what the recorded data say."""


def check(condition, message):
    if not condition:
        raise Mismatch(message)


def expect(what, got, wanted):
    check(got == wanted, f"{what}: expected {wanted!r}, got {got!r}")


# ---------------------------------------------------------------------------------------------- showing

def heading(text):
    print(f"\n== {text}\n")


def shorten(text, width=WIDTH):
    line = " ".join(str(text).split())
    return line if len(line) <= width else line[: width - 1] + "…"


def print_wrapped(prefix, text):
    """Keep the line breaks of the text; wrap what is longer than the screen under its first letter."""
    for line in text.split("\n"):
        for part in textwrap.wrap(line, WIDTH - len(prefix)) or [""]:
            print((prefix + part).rstrip())
            prefix = " " * len(prefix)


def print_table(rows, columns):
    texts = [[shorten("" if row[c] is None else row[c], 60) for c in columns] for row in rows]
    widths = [max(map(len, column)) for column in zip(columns, *texts)]
    for line in (columns, ["-" * w for w in widths], *texts):
        print("   " + "  ".join(cell.ljust(w) for cell, w in zip(line, widths)).rstrip())


# ---------------------------------------------------------------------------------------------- asking

class App:
    """The connection of an application: one SELECT per call, nothing but parameters."""

    def __init__(self, dbname):
        # The database is named because libpq would otherwise take the role's name for it.
        self.conn = psycopg.connect(user=APP_ROLE, dbname=dbname, options=SEARCH_PATH,
                                    autocommit=True, row_factory=dict_row)
        self.calls = 0

    def rows(self, sql, *params, show=False):
        if show:
            print_wrapped("   ", psycopg.ClientCursor(self.conn).mogrify(sql, params) + ";")
        self.calls += 1
        return self.conn.execute(sql, params).fetchall()

    def row(self, sql, *params, show=False):
        found = self.rows(sql, *params, show=show)
        expect(f"rows of {shorten(sql)}", len(found), 1)
        return found[0]

    def value(self, sql, *params, show=False):
        return next(iter(self.row(sql, *params, show=show).values()))

    def refused(self, sqlstate, sql, *params):
        """Run what must fail, print how it fails, return the error's fields."""
        try:
            self.rows(sql, *params, show=True)
        except psycopg.Error as error:
            expect(f"SQLSTATE of {shorten(sql)}", error.sqlstate, sqlstate)
            print(f"   -> {error.sqlstate} {error.diag.message_primary}\n")
            return error.diag
        raise Mismatch(f"{shorten(sql)} was not refused with {sqlstate}")


# ---------------------------------------------------------------------------------------------- set-up

def set_up():
    """Make models and role as the owner of the tables. Returns the database's name."""
    heading("Set-up, once, as the owner of the tables")
    role_missing = "SELECT NOT EXISTS (SELECT FROM pg_roles WHERE rolname = %s)"
    with psycopg.connect(autocommit=True, options=SEARCH_PATH) as admin:
        def run(sql):
            print(f"   {sql};")
            return admin.execute(sql)

        run("CREATE EXTENSION IF NOT EXISTS todo_orm")
        run(f"DROP SCHEMA IF EXISTS {SCHEMA} CASCADE")
        run(f"CREATE SCHEMA {SCHEMA}")
        made = run("SELECT * FROM todo_orm.create_all()").fetchall()
        if admin.execute(role_missing, [APP_ROLE]).fetchone()[0]:
            run(f"CREATE ROLE {APP_ROLE} LOGIN")
        run(f"GRANT USAGE ON SCHEMA {SCHEMA} TO {APP_ROLE}")
        for model in MODELS:
            run(f"SELECT todo_orm.grant_access('{model}', '{APP_ROLE}')")
        print(f"\n   {len(made)} functions made; {APP_ROLE} may call them and has no right on a table.")
        return admin.info.dbname


def read_jsonl(name):
    with open(DATA / name, encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def as_item(line, fields):
    return {field: line[field] for field in fields if field in line}


# ---------------------------------------------------------------------------------------------- playing

def split_turns(chat):
    """A turn is a person's message and all that follows it in the conversation until the next one."""
    turns = []
    for line in chat:
        if line["role"] == "user" or not turns or turns[-1][0]["conversation"] != line["conversation"]:
            turns.append([])
        turns[-1].append(line)
    return turns


def start_conversation(app, line):
    """The first message has no conversation yet; its client_key makes sending it twice harmless."""
    sql = "SELECT * FROM append_message(%s, NULL, %s, %s, client_key => %s)"
    args = (line["user_id"], line["role"], line["content"], line["client_key"])
    first, again = app.row(sql, *args), app.row(sql, *args)
    expect("a message sent twice", again, first)
    return first["conversation_id"]


def play_chat(app, chat):
    """Append all turns. Returns the conversations' ids by their labels."""
    heading("A recorded chat, turn by turn")
    print("   SELECT * FROM append_message(user, NULL, role, content, client_key => key);   -- starts one\n"
          "   SELECT * FROM append_messages(user, conversation, turn);                      -- a whole turn")
    ids = {}
    for turn in split_turns(chat):
        label, user = turn[0]["conversation"], turn[0]["user_id"]
        if label not in ids:
            ids[label] = start_conversation(app, turn.pop(0))
        items = [as_item(line, ("role", "content", "data", "client_key")) for line in turn]
        if items:
            stored = app.rows("SELECT * FROM append_messages(%s, %s, %s)", user, ids[label], Jsonb(items))
            expect("a turn as stored", [m["content"] for m in stored], [i["content"] for i in items])
    print(f"\n   {len(chat)} messages in {len(ids)} conversations; each opening was sent twice and stored once.")
    return ids


def play_tasks(app, tasks, conversations):
    """Tasks born in a chat one by one, all others in batches. Returns the rows by user, oldest first."""
    heading("Their tasks, single and in batches")
    print("   SELECT * FROM create_task(user, title, description => ..., conversation_id => ...);\n"
          "   SELECT * FROM create_tasks(user, '[{\"title\": ...}, ...]');")
    made, waiting = defaultdict(list), defaultdict(list)
    for line in tasks:
        if "conversation" in line:
            made[line["user_id"]].append(create_one(app, line, conversations))
        else:
            waiting[line["user_id"]].append(as_item(line, ("title", "description", "completed")))
    for user, items in waiting.items():
        for start in range(0, len(items), BATCH):
            made[user] += create_batch(app, user, items[start:start + BATCH])
    return made


def create_one(app, line, conversations):
    # None for what the record leaves out: the column's default.
    return app.row("SELECT * FROM create_task(%s, %s, description => %s, completed => %s, conversation_id => %s)",
                   line["user_id"], line["title"], line.get("description"), line.get("completed"),
                   conversations[line["conversation"]])


def create_batch(app, user, items):
    rows = app.rows("SELECT * FROM create_tasks(%s, %s)", user, Jsonb(items))
    expect("titles of a batch, in input order", [r["title"] for r in rows], [i["title"] for i in items])
    return rows


# ---------------------------------------------------------------------------------------------- showing what is there

def show_counts(app, chat, tasks, conversations):
    heading("What everybody has")
    messages = Counter(line["user_id"] for line in chat)
    talks = Counter(user for user, _ in {(line["user_id"], line["conversation"]) for line in chat})
    all_tasks = Counter(line["user_id"] for line in tasks)
    pending = Counter(line["user_id"] for line in tasks if not line.get("completed"))
    sql = ("SELECT %s AS user, count_conversations(%s) AS conversations, count_messages(%s) AS messages, "
           "count_tasks(%s) AS tasks, count_tasks(%s, 'pending') AS pending, count_tasks(%s, 'completed') AS completed")
    table = [app.row(sql, *[user] * 6, show=user == "ann") for user in sorted(messages)]
    print()
    for row in table:
        user = row["user"]
        expect(f"counts of {user}", tuple(row.values()),
               (user, talks[user], messages[user], all_tasks[user], pending[user], all_tasks[user] - pending[user]))
    print_table(table, list(table[0]))
    expect("conversations played", len(conversations), sum(talks.values()))


def print_message(user, message):
    role, data = message["role"], message["data"] or {}
    who = user if role == "user" else role
    if message["content"] and role != "tool":
        print_wrapped(f"   {who + ':':<11}", message["content"])
    for call in data.get("tool_calls", []):
        function = call["function"]
        print("   " + " " * 11 + shorten(f"[calls {function['name']} {function['arguments']}]", WIDTH - 14))
    if role == "tool":
        print("   " + " " * 11 + shorten(f"[gets  {message['content']}]", WIDTH - 14))


def show_conversation(app, chat, conversations, label):
    heading("One conversation with its messages: one JSON value, one round trip")
    lines = [line for line in chat if line["conversation"] == label]
    user = lines[0]["user_id"]
    sql = "SELECT get_conversation_with_messages(%s, %s)"
    talk = app.value(sql, user, conversations[label], show=True)
    print()
    for message in talk["messages"]:
        print_message(user, message)
    for field in ("role", "content", "data", "client_key"):
        expect(f"{field} of {label}", [m[field] for m in talk["messages"]], [line.get(field) for line in lines])
    newest = app.value("SELECT get_conversation_with_messages(%s, %s, take => %s)", user, conversations[label], 4)
    expect("the newest four", newest["messages"], talk["messages"][-4:])


def show_pending(app, made, user):
    heading(f"What {user} still has to do: the newest ten")
    rows = app.rows("SELECT id, title, description, created_at::time(0)\n"
                    "FROM list_tasks(%s, 'pending', take => 10)", user, show=True)
    print()
    print_table(rows, ("id", "title", "description", "created_at"))
    newest = [task["id"] for task in reversed(made[user]) if not task["completed"]][:10]
    expect(f"the newest ten of {user}", [row["id"] for row in rows], newest)
    found = app.rows("SELECT id FROM find_tasks(%s, %s)", user, newest[::-1] + newest[:1])
    expect("find_tasks in the order asked for, repeated ids once", [r["id"] for r in found], newest[::-1])


def show_pages(app, made, user, size=30):
    heading("Page by page, by cursors, with the total")
    seen, cursor = [], None
    while True:
        page = app.value("SELECT page_tasks(%s, 'pending', take => %s, cursor => %s, with_total => true)",
                         user, size, cursor, show=True)
        print(f"   -> {len(page['items'])} items of {page['total']}")
        seen += [item["id"] for item in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    pending = [task["id"] for task in reversed(made[user]) if not task["completed"]]
    expect("all pages together", seen, pending)
    expect("total", page["total"], len(pending))


def show_relationships(app, conversations, made):
    heading("Relationships are functions of the row")
    talk = conversations["moving"]
    asked = app.rows("SELECT m.id, m.content FROM get_conversation(%s, %s) c, messages(c) m\n"
                     "WHERE m.role = 'user' ORDER BY m.id", "dana", talk, show=True)
    print()
    print_table(asked, ("id", "content"))
    print()
    tasks = app.rows("SELECT t.id, t.title, t.completed FROM get_conversation(%s, %s) c, tasks(c) t",
                     "dana", talk, show=True)
    print()
    print_table(tasks, ("id", "title", "completed"))
    mine = [task["id"] for task in reversed(made["dana"]) if task["conversation_id"] == talk]
    expect("tasks of the conversation", [task["id"] for task in tasks], mine)
    back = app.rows("SELECT c.id FROM get_task(%s, %s) t, conversation(t) c", "dana", mine[0])
    expect("and back to the conversation", [row["id"] for row in back], [talk])


# ---------------------------------------------------------------------------------------------- changing

def find_made(made, user, title):
    return next(task for task in made[user] if task["title"] == title)


def show_patch(app, made):
    heading("A patch: an absent key stays, null is stored, a value is stored")
    before = find_made(made, "ann", "Get keys made for Felix")
    sql, patch = "SELECT * FROM update_task(%s, %s, %s)", Jsonb({"completed": True, "description": None})
    after = app.row(sql, "ann", before["id"], patch, show=True)
    print()
    fields = ("title", "description", "completed", "updated_at")
    print_table([{"": name, **row} for name, row in (("before", before), ("after", after))], ("", *fields))
    expect("title, which the patch leaves out", after["title"], before["title"])
    expect("description and completed", (after["description"], after["completed"]), (None, True))
    check(before["updated_at"] is None and after["updated_at"], "updated_at did not move with the patch")
    expect("the same patch again, which writes nothing", app.row(sql, "ann", before["id"], patch), after)


def show_deleting(app, made, conversations):
    heading("Soft delete, restore, purge; and deleting for good")
    task = find_made(made, "bob", "Clean the van")["id"]
    expect("soft delete", app.value("SELECT soft_delete_task(%s, %s)", "bob", task, show=True), True)
    expect("deleting twice", app.value("SELECT soft_delete_task(%s, %s)", "bob", task), False)
    expect("the deleted task", app.rows("SELECT * FROM get_task(%s, %s)", "bob", task, show=True), [])
    expect("the bin", app.value("SELECT count_tasks(%s, 'deleted')", "bob"), 1)
    app.row("SELECT id, title FROM restore_task(%s, %s)", "bob", task, show=True)
    app.row("SELECT * FROM get_task(%s, %s)", "bob", task)
    app.value("SELECT soft_delete_task(%s, %s)", "bob", task)
    expect("purged", app.value("SELECT purge_tasks(%s)", "bob", show=True), 1)
    expect("restoring what was purged", app.rows("SELECT * FROM restore_task(%s, %s)", "bob", task), [])
    delete_conversation(app, made, conversations["bike"])


def delete_conversation(app, made, talk):
    """Its messages go with it, its tasks stay."""
    child = next(task["id"] for task in made["chen"] if task["conversation_id"] == talk)
    expect("delete", app.value("SELECT delete_conversation(%s, %s)", "chen", talk, show=True), True)
    gone = app.value("SELECT get_conversation_with_messages(%s, %s)", "chen", talk)
    expect("the deleted conversation", gone, None)
    task = app.row("SELECT id, title, conversation_id FROM get_task(%s, %s)", "chen", child, show=True)
    expect("conversation of a task that stayed", task["conversation_id"], None)
    print(f"\n   The conversation is gone with its messages; the task \"{task['title']}\" is still there.")


# ---------------------------------------------------------------------------------------------- refusing

def show_strangers(app, made, conversations):
    heading("Bob and the data of Ann")
    task = made["ann"][0]["id"]
    for sql, params in (("SELECT * FROM get_task(%s, %s)", ("bob", task)),
                        ("SELECT * FROM update_task(%s, %s, %s)", ("bob", task, Jsonb({"title": "mine"})))):
        expect("bob's rows", app.rows(sql, *params, show=True), [])
        print("   -> no row\n")
    expect("bob's delete", app.value("SELECT delete_task(%s, %s)", "bob", task, show=True), False)
    print("   -> false\n")
    app.refused("23503", "SELECT * FROM append_message(%s, %s, 'user', 'let me in')",
                "bob", conversations["groceries"])
    with app.conn.transaction(force_rollback=True):
        app.value("SELECT set_config('todo_orm.user_id', %s, true)", "bob", show=True)
        expect("bob's own", len(app.rows("SELECT * FROM list_tasks(%s, take => 1)", "bob")), 1)
        app.refused("42501", "SELECT * FROM get_task(%s, %s)", "ann", task)
    app.refused("42501", "SELECT * FROM task")
    row = app.row("SELECT * FROM get_task(%s, %s)", "ann", task)
    expect("ann's task after all that", row, made["ann"][0])


def show_validation(app):
    heading("Bad input: every mistake of the batch at once, nothing stored")
    before = app.value("SELECT count_tasks(%s)", "ann")
    items = [{"title": "Water the ferns"}, {"titel": "Water the palms"}, {"title": None},
             {"title": "Water the cactus", "completed": "perhaps"}]
    diag = app.refused("22023", "SELECT * FROM create_tasks(%s, %s)", "ann", Jsonb(items))
    errors = json.loads(diag.message_detail)
    for error in errors:
        print("   " + json.dumps(error, ensure_ascii=False))
        expect("keys of an error", set(error), {"loc", "type", "msg", "input"})
    places = {tuple(error["loc"]) for error in errors}
    expect("places", places, {(1, "titel"), (1, "title"), (2, "title"), (3, "completed")})
    expect("tasks of ann", app.value("SELECT count_tasks(%s)", "ann"), before)


# ---------------------------------------------------------------------------------------------- all of it

def play():
    chat, tasks = read_jsonl("chat.jsonl"), read_jsonl("tasks.jsonl")
    app = App(set_up())
    start = time.perf_counter()
    conversations = play_chat(app, chat)
    made = play_tasks(app, tasks, conversations)
    show_counts(app, chat, tasks, conversations)
    show_conversation(app, chat, conversations, "moving")
    show_pending(app, made, "ann")
    show_pages(app, made, "chen")
    show_relationships(app, conversations, made)
    show_patch(app, made)
    show_strangers(app, made, conversations)
    show_validation(app)
    show_deleting(app, made, conversations)
    seconds = time.perf_counter() - start
    heading("Summary")
    print(f"   {len(chat)} messages and {len(tasks)} tasks of {len(made)} users played in {app.calls} calls, "
          f"{seconds:.1f} seconds; everything shown was checked.")


def main():
    try:
        play()
    except (Mismatch, psycopg.Error) as problem:
        print(f"\ndemo: {type(problem).__name__}: {problem}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
