"""examples/postgraphile: PostGraphile over HTTP, on functions that it has found in the catalog by itself."""
import contextlib
import json
import os
import re
import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path

import psycopg

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../lib"))
from tap import check, done, same  # noqa: E402

HERE = Path(__file__).resolve().parent
EXAMPLE = HERE.parents[1] / "examples/postgraphile"
# one role has the functions and no more, one may read the tables besides
ROLES = ["regress_graph_web", "regress_graph_seer"]

MODELS = """
SELECT todo_orm.create_all();
CREATE TYPE priority AS ENUM ('low', 'normal', 'high');
CREATE TABLE project (
    LIKE todo_orm.owned INCLUDING ALL, LIKE todo_orm.timestamps INCLUDING ALL, LIKE todo_orm.soft_delete INCLUDING ALL,
    LIKE todo_orm.versioned INCLUDING ALL,
    title text NOT NULL CHECK (title <> ''), priority priority NOT NULL DEFAULT 'normal',
    labels text[] NOT NULL DEFAULT '{}', due date, estimate numeric(8,2),
    PRIMARY KEY (user_id, id), UNIQUE (user_id, title));
CREATE TABLE tag (LIKE todo_orm.owned INCLUDING ALL, name text NOT NULL, PRIMARY KEY (user_id, id), UNIQUE (user_id, name));
CREATE TABLE project_tag (user_id text COLLATE "C" NOT NULL, project_id bigint NOT NULL, tag_id bigint NOT NULL,
    PRIMARY KEY (user_id, project_id, tag_id),
    FOREIGN KEY (user_id, project_id) REFERENCES project ON DELETE CASCADE,
    FOREIGN KEY (user_id, tag_id) REFERENCES tag ON DELETE CASCADE);
ALTER TABLE task ADD project_id bigint, ADD FOREIGN KEY (user_id, project_id) REFERENCES project (user_id, id);
CREATE VIEW urgent AS SELECT user_id, id, title, due FROM project WHERE priority = 'high' AND deleted_at IS NULL;
CREATE TABLE country (code text PRIMARY KEY, name text NOT NULL);
CREATE TABLE slot (user_id text COLLATE "C" NOT NULL, patch int, "first" uuid, "limit" int, "order" text, filter text, match text,
    PRIMARY KEY (user_id, patch, "first"));
SELECT todo_orm.register_model('task', '{"scopes": {"pending": {"completed": false}, "completed": {"completed": true}}}');
SELECT todo_orm.register_model('project');
SELECT todo_orm.register_model('tag', '{"changes": true}');
SELECT todo_orm.register_model('urgent', '{"key": ["id"], "functions": ["read"]}');
SELECT todo_orm.register_model('country', '{"owner": null, "plural": "countries", "functions": ["core"]}');
SELECT todo_orm.register_model('slot', '{"functions": ["core"]}');
"""
GRANTED = "{task, conversation, message, project, tag, urgent, country, slot}"

def set_up():
    """The models, and both roles; again, if a run before has left them."""
    with psycopg.connect(autocommit=True) as db:
        db.execute(MODELS)
        for role in ROLES:
            if not db.execute("SELECT FROM pg_roles WHERE rolname = %s", [role]).fetchall():
                db.execute("CREATE ROLE %s LOGIN" % role)
            db.execute("SELECT todo_orm.grant_access(model, %s) FROM unnest(%s::regclass[]) model", [role, GRANTED])
        db.execute("GRANT SELECT ON task, conversation, message, project, tag, project_tag TO %s" % ROLES[1])
        db.execute("ALTER DATABASE %s SET todo_orm.require_user_id = on" % db.info.dbname)


def tear_down():
    with psycopg.connect(autocommit=True) as db:
        for role in ROLES:
            db.execute("DROP OWNED BY %s" % role)
            db.execute("DROP ROLE %s" % role)


@contextlib.contextmanager
def served(user):
    """The example's server as this role: calls of it, and what it wrote in the end."""
    env = {**os.environ, "PORT": "0", "PGUSER": user, "GRAPHILE_ENV": "production", "NO_COLOR": "1"}
    server = subprocess.Popen(["node", "--import", str(HERE / "include/node_22.mjs"), "server.js"], cwd=EXAMPLE, env=env,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    log = []
    try:
        for line in server.stdout:
            log.append(line)
            if line.startswith("http://127.0.0.1:"):
                break
        else:
            raise AssertionError("the server does not start: %s" % "".join(log))
        yield lambda who, query, **variables: ask(line.strip(), who, query, variables), log
    finally:
        server.terminate()
        log.append(server.stdout.read())
        server.wait()


def ask(url, who, query, variables):
    """POST a query; answer the data, and the errors."""
    body = json.dumps({"query": query, "variables": variables}).encode()
    headers = {"Content-Type": "application/json", **({"X-User": who} if who else {})}
    try:
        with urllib.request.urlopen(urllib.request.Request(url, body, headers), timeout=60) as answer:
            said = json.load(answer)
    except urllib.error.HTTPError as error:
        said = json.load(error)
    return said.get("data"), said.get("errors", [])


def refused(answer):
    """The status and the code of the one error."""
    _, errors = answer
    return [(e["extensions"].get("status"), e["extensions"].get("code")) for e in errors]


# ------------------------------------------------------------------------------------ what there is

SCHEMA = """{ __schema { types { kind name fields { name description args { name type { ...T } } type { ...T } }
    inputFields { name type { ...T } } enumValues { name } } } }
  fragment T on __Type { kind name ofType { kind name ofType { kind name ofType { kind name } } } }"""


def written(kind):
    if kind["kind"] == "NON_NULL":
        return written(kind["ofType"]) + "!"
    if kind["kind"] == "LIST":
        return "[%s]" % written(kind["ofType"])
    return kind["name"]


def signature(arguments, result):
    return "(%s): %s" % (", ".join("%s: %s" % (a["name"], written(a["type"])) for a in arguments), result)


class Schema:
    """The fields of Query, Mutation and of the types of rows, each with its signature. A mutation is written like a query."""

    def __init__(self, graphql):
        data, errors = graphql("ann", SCHEMA)
        assert not errors, errors
        self.types = {t["name"]: t for t in data["__schema"]["types"]}
        self.fields = {name: {f["name"]: f for f in t["fields"]} for name, t in self.types.items() if t["fields"]}
        self.queries = {n: signature(f["args"], written(f["type"])) for n, f in self.fields["Query"].items()}
        self.mutations = {n: self.mutation(f) for n, f in self.fields["Mutation"].items()}

    def mutation(self, field):
        arguments = self.types[written(field["args"][0]["type"]).rstrip("!")]["inputFields"]
        payload = self.fields[written(field["type"])]
        return signature([a for a in arguments if a["name"] != "clientMutationId"], written(payload["result"]["type"]))

    def row(self, name):
        return {n: signature(f["args"], written(f["type"])) for n, f in self.fields[name].items()}


def camel(name):
    return re.sub(r"_(\w)", lambda m: m[1].upper(), name)


# A function of each operation, as PostGraphile shows it. No operation is left out.
PAGE = "scope: String, match: JSON, sort: String, take: Int, skip: Int, cursor: String"
QUERIES = {
    "get": ("getTask", "(userId: String, id: BigInt): Task"),
    "find": ("findTasks", "(userId: String, ids: [BigInt], first: Int, offset: Int): [Task]"),
    "first": ("firstTask", "(userId: String, match: JSON, sort: String, scope: String): Task"),
    "one": ("oneTask", "(userId: String, match: JSON, scope: String, missingOk: Boolean): Task"),
    "list": ("listTasks", "(userId: String, %s, first: Int, offset: Int): [Task]" % PAGE),
    "page": ("pageTasks", "(userId: String, %s, withTotal: Boolean): JSON" % PAGE),
    "count": ("countTasks", "(userId: String, scope: String, match: JSON): BigInt"),
    "aggregate": ("aggregateTasks", "(userId: String, match: JSON, groupBy: [String], measures: JSON, scope: String): JSON"),
    "changes_since": ("changesSinceTags", "(userId: String, token: String, take: Int): JSON"),
    "validate": ("validateTask", "(userId: String, item: JSON, shape: String): JSON"),
    "load": ("loadTask", "(userId: String, id: BigInt, include: JSON): JSON"),
    "load_many": ("loadTasks", "(userId: String, include: JSON, %s, withTotal: Boolean): JSON" % PAGE),
    "batch": ("tasksOfProjects", "(userId: String, ids: [BigInt], take: Int, first: Int, offset: Int): [Task]"),
    "batch_json": ("tagsOfProjects", "(userId: String, ids: [BigInt], take: Int): JSON"),
    "with_children": ("getConversationWithMessages", "(userId: String, conversationId: BigInt, take: Int): JSON"),
    "context": ("chatContext", "(userId: String, conversationId: BigInt, maxMessages: Int, maxChars: Int, keepSystem: Boolean, "
                               "first: Int, offset: Int): [Message]"),
}
MUTATIONS = {
    "create": ("createProject", "(userId: String, title: String, priority: Priority, labels: [String], due: Date, "
                                "estimate: BigFloat): Project"),
    "create_many": ("createTasks", "(userId: String, items: JSON): [Task]"),
    "upsert": ("upsertTask", "(userId: String, item: JSON, onKey: [String]): Task"),
    "update": ("updateProject", "(userId: String, id: BigInt, patch: JSON, ifVersion: BigInt): Project"),
    "update_many": ("updateTasks", "(userId: String, match: JSON, patch: JSON, maxRows: BigInt): [Task]"),
    "patch_many": ("patchTasks", "(userId: String, items: JSON): [Task]"),
    "delete": ("deleteTask", "(userId: String, id: BigInt): Boolean"),
    "delete_many": ("deleteTasks", "(userId: String, match: JSON, maxRows: BigInt): BigInt"),
    "soft_delete": ("softDeleteTask", "(userId: String, id: BigInt): Boolean"),
    "soft_delete_many": ("softDeleteTasks", "(userId: String, match: JSON, maxRows: BigInt): BigInt"),
    "restore": ("restoreTask", "(userId: String, id: BigInt): Task"),
    "purge": ("purgeTasks", "(userId: String, olderThan: IntervalInput, match: JSON): BigInt"),
    "link": ("linkProjectTags", "(userId: String, id: BigInt, ids: [BigInt]): BigInt"),
    "unlink": ("unlinkProjectTags", "(userId: String, id: BigInt, ids: [BigInt]): BigInt"),
    "set": ("setProjectTags", "(userId: String, id: BigInt, ids: [BigInt]): BigInt"),
    "append": ("appendMessage", "(userId: String, conversationId: BigInt, role: String, content: String, data: JSON, "
                                "clientKey: String): Message"),
    "append_many": ("appendMessages", "(userId: String, conversationId: BigInt, items: JSON): [Message]"),
    "extend": ("continueMessage", "(userId: String, id: BigInt, piece: String): Boolean"),
    "step": ("finishMessage", "(userId: String, id: BigInt, content: String, data: JSON): Message"),
    "step_many": ("abortStaleMessages", "(userId: String, olderThan: IntervalInput): BigInt"),
}
ROWS = {
    "Task": {"conversation": "(): Conversation", "project": "(): Project"},
    "Conversation": {"messages": "(first: Int, offset: Int): [Message]", "tasks": "(first: Int, offset: Int): [Task]"},
    "Message": {"conversation": "(): Conversation"},
    "Project": {"tags": "(first: Int, offset: Int): [Tag]", "tasks": "(first: Int, offset: Int): [Task]"},
    "Tag": {"projects": "(first: Int, offset: Int): [Project]"},
    "Urgent": {}, "Country": {}, "Slot": {},
}
PROJECT = {"rowId": "BigInt!", "userId": "String!", "createdAt": "Datetime!", "updatedAt": "Datetime", "deletedAt": "Datetime",
           "version": "BigInt!", "title": "String!", "priority": "Priority!", "labels": "[String]!", "due": "Date", "estimate": "BigFloat"}


def what_is_found(schema):
    """Every function is a field, where it belongs and with its signature; and there is nothing else."""
    with psycopg.connect() as db:
        functions = db.execute("""
            SELECT f.operation, p.proname, p.provolatile, f.comment FROM todo_orm.functions f JOIN pg_proc p ON p.oid = f.function
             WHERE NOT EXISTS (SELECT FROM pg_class c WHERE c.reltype = p.proargtypes[0] AND p.pronargs = 1)""").fetchall()
        columns = db.execute("""SELECT initcap(c.relname), count(*) FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
                                 WHERE a.attnum > 0 AND c.oid = ANY (%s::regclass[]) GROUP BY 1""", [GRANTED]).fetchall()
    same({*QUERIES, *MUTATIONS}, {operation for operation, *_ in functions}, "an example for every operation that is not of the row")
    same(set(schema.queries) - {"query", "id", "node"}, {camel(name) for _, name, volatility, _ in functions if volatility == "s"},
         "queries: every function that reads, and no others")
    same(set(schema.mutations), {camel(name) for _, name, volatility, _ in functions if volatility == "v"},
         "mutations: every function that writes, and no others")
    for wanted, seen in ((QUERIES, schema.queries), (MUTATIONS, schema.mutations)):
        for operation, (name, expected) in wanted.items():
            same(seen[name], expected, "%s: %s" % (operation, name))
    said = {f["name"]: f["description"] for kind in ("Query", "Mutation") for f in schema.fields[kind].values()}
    same([name for _, name, _, comment in functions if said[camel(name)] != comment], [], "comments are the descriptions")
    for name, expected in ROWS.items():
        fields = schema.row(name)
        same({n: f for n, f in fields.items() if n in expected}, expected, "fields of %s: its relationships" % name)
        same(len(fields) - len(expected), dict(columns)[name], "... and its columns")
    same({n: f.removeprefix("(): ") for n, f in schema.row("Project").items() if n in PROJECT}, PROJECT, "columns, with types and nulls")
    same([v["name"] for v in schema.types["Priority"]["enumValues"]], ["low", "normal", "high"], "an enum")
    # reserved and repeated names
    same(schema.mutations["createSlot"],
         "(userId: String, patch: Int, first: UUID, limit: Int, order: String, filter: String, match: String): Slot", "columns keep their names")
    same((schema.mutations["updateSlot"], schema.queries["listSlots"]),
         ("(userId: String, patch: Int, first: UUID, patch_: JSON): Slot",
          "(userId: String, scope: String, match_: JSON, sort: String, take: Int, skip: Int, cursor: String, first: Int, offset: Int): [Slot]"),
         "... and the engine's arguments give way")
    same(schema.mutations["createCountry"], "(code: String, name: String): Country", "a model without owner has no such argument")
    same([n for n in schema.types if re.search("TodoOrm|Owned|Timestamps|SoftDelete$|Versioned", n)], [], "nothing of the extension's own")


# ------------------------------------------------------------------------------------ what it does

TASK = """mutation ($owner: String, $title: String, $project: BigInt) {
    createTask(input: {userId: $owner, title: $title, projectId: $project}) {
        result { rowId userId title completed description project { title tags { name } } conversation { rowId } } } }"""


def what_works(graphql):
    data, errors = graphql("ann", """mutation {
        createProject(input: {userId: "ann", title: "House", priority: high, labels: ["a", "b c"], due: "2026-12-24", estimate: "12.50"}) {
            result { rowId priority labels due estimate version tags { name } } }
        createTags(input: {userId: "ann", items: [{name: "red"}, {name: "blue"}]}) { result { rowId name } }
        setProjectTags(input: {userId: "ann", id: "1", ids: ["1", "2"]}) { result } }""")
    same((errors, data["createProject"]["result"]),
         ([], {"rowId": "1", "priority": "high", "labels": ["a", "b c"], "due": "2026-12-24", "estimate": "12.50", "version": "1", "tags": []}),
         "a project, with all its types")
    same((data["createTags"]["result"], data["setProjectTags"]["result"]),
         ([{"rowId": "1", "name": "red"}, {"rowId": "2", "name": "blue"}], "2"), "... tags, many at once; links")
    data, errors = graphql("ann", TASK, owner="ann", title="Buy milk", project="1")
    same((errors, data and data["createTask"]["result"]),
         ([], {"rowId": "1", "userId": "ann", "title": "Buy milk", "completed": False, "description": None, "conversation": None,
               "project": {"title": "House", "tags": [{"name": "red"}, {"name": "blue"}]}}),
         "a task; along two relationships, both functions of the row with a namesake")
    graphql("bob", TASK, owner="bob", title="Bob's")
    data, errors = graphql("ann", """{
        getTask(userId: "ann", id: "1") { title project { tasks { title } } }
        missing: getTask(userId: "ann", id: "99") { title }
        listTasks(userId: "ann", scope: "pending", match: {title: {contains: "MILK"}}, sort: "-created_at", take: 5) { rowId }
        none: listTasks(userId: "ann", take: 0) { rowId }
        findTasks(userId: "ann", ids: ["7", "1"]) { rowId }
        countTasks(userId: "ann")
        pageTasks(userId: "ann", withTotal: true)
        loadProject(userId: "ann", id: "1", include: ["tags", "tasks:-1"])
        getUrgent(userId: "ann", id: "1") { title due } }""")
    same(errors, [], "queries")
    same(data["getTask"], {"title": "Buy milk", "project": {"tasks": [{"title": "Buy milk"}]}}, "... a row, and there and back again")
    same((data["missing"], data["none"]), (None, []), "... null and an empty list where there is none")
    same((data["listTasks"], data["findTasks"], data["countTasks"]), ([{"rowId": "1"}], [{"rowId": "1"}], "1"), "... lists")
    same((data["pageTasks"]["total"], [t["title"] for t in data["pageTasks"]["items"]], data["pageTasks"]["next_cursor"]),
         (1, ["Buy milk"], None), "... a page, as JSON")
    same([t["name"] for t in data["loadProject"]["tags"]], ["red", "blue"], "... nested, as JSON")
    same(data["getUrgent"], {"title": "House", "due": "2026-12-24"}, "... of a view")
    data, errors = graphql("ann", """mutation ($patch: JSON) {
        updateTask(input: {userId: "ann", id: "1", patch: $patch}) { result { title description completed } }
        nobody: updateTask(input: {userId: "ann", id: "99", patch: $patch}) { result { title } }
        softDeleteTask(input: {userId: "ann", id: "1"}) { result }
        again: softDeleteTask(input: {userId: "ann", id: "1"}) { result }
        restoreTask(input: {userId: "ann", id: "1"}) { result { deletedAt } }
        purgeTasks(input: {userId: "ann", olderThan: {days: 30}}) { result }
        appendMessage(input: {userId: "ann", role: "user", content: "Hello", data: {usage: {tokens: 1}}}) {
            result { content data conversation { rowId messages { role } } } } }""",
                           patch={"completed": True, "description": None})
    same((errors, data["updateTask"]["result"], data["nobody"]["result"]),
         ([], {"title": "Buy milk", "description": None, "completed": True}, None), "a patch; null where there is no row")
    same((data["softDeleteTask"]["result"], data["again"]["result"], data["restoreTask"]["result"], data["purgeTasks"]["result"]),
         (True, False, {"deletedAt": None}, "0"), "soft delete, once; restore; purge with an interval")
    same(data["appendMessage"]["result"], {"content": "Hello", "data": {"usage": {"tokens": 1}},
                                           "conversation": {"rowId": "1", "messages": [{"role": "user"}]}}, "append, to a new conversation")
    data, errors = graphql("ann", """mutation { createSlot(input: {userId: "ann", patch: 1, first: "00000000-0000-0000-0000-000000000001",
        limit: 2}) { result { limit } }
        updateSlot(input: {userId: "ann", patch: 1, first: "00000000-0000-0000-0000-000000000001", patch_: {order: "x"}}) {
            result { patch first limit order } } }""")
    same((errors, data["updateSlot"]["result"]),
         ([], {"patch": 1, "first": "00000000-0000-0000-0000-000000000001", "limit": 2, "order": "x"}), "a composite key of reserved words")


def what_is_refused(graphql):
    get = "query ($owner: String) { getTask(userId: $owner, id: \"1\") { title } }"
    same(graphql("bob", get, owner="bob"), ({"getTask": None}, []), "another's row is not there")
    same(refused(graphql("bob", get, owner="ann")), [(403, "42501")], "another's name: 403")
    same(refused(graphql("bob", TASK, owner="ann", title="x")), [(403, "42501")], "... in a mutation, too")
    same(refused(graphql(None, get, owner="ann")), [(403, "42501")], "nobody is logged in: 403, todo_orm.require_user_id")
    same(refused(graphql("ann", get, owner=None)), [(401, "22004")], "no owner: 401")
    same(graphql("ann", get, owner="ann"), ({"getTask": {"title": "Buy milk"}}, []), "nothing of it is left on the connection")
    same(refused(graphql("ann", "{ oneTask(userId: \"ann\", match: {title: \"none\"}) { title } }")), [(404, "P0002")], "none: 404")
    same(refused(graphql("bob", TASK, owner="bob", title="x", project="1")), [(409, "23503")], "a reference to another's row: 409")
    update = """mutation ($patch: JSON, $version: BigInt) {
        updateProject(input: {userId: "ann", id: "1", patch: $patch, ifVersion: $version}) { result { title } } }"""
    same(refused(graphql("ann", update, patch={"title": "Home"}, version="9")), [(409, "TO409")], "a stale version: 409")
    _, errors = graphql("ann", update, patch={"titel": "x", "priority": "urgent"})
    same((errors[0]["extensions"]["status"], sorted((e["loc"], e["type"]) for e in errors[0]["extensions"]["detail"])),
         (422, [(["priority"], "enum"), (["titel"], "unexpected")]), "422, with all that is wrong")
    _, errors = graphql("ann", """mutation { createTask(input: {userId: "ann", title: ""}) { result { title } } }""")
    same([e["loc"] for e in errors[0]["extensions"]["detail"]], [["title"]], "... of a typed argument")
    data, errors = graphql("ann", "{ allTasks { nodes { title } } }")
    check(data is None and "allTasks" in errors[0]["message"], "there are no tables", data, errors)


def with_tables():
    """For a role that may read the tables, they are there besides, and row level security holds."""
    with served(ROLES[1]) as (graphql, _):
        schema = Schema(graphql)
        same((schema.queries["getTask"], "allTasks" in schema.queries, schema.row("Task")["project"]),
             (QUERIES["get"][1], True, ROWS["Task"]["project"]), "tables and functions beside each other")
        check("projectByUserIdAndProjectId" in schema.row("Task"), "... and foreign keys beside relationships", schema.row("Task"))
        same([n for n in schema.mutations if re.search("By|TagProjects?$", n)], [n for n in schema.mutations if n.endswith("TagProjects")],
             "... but nothing that writes tables")
        every = "{ allTasks { nodes { userId title } } }"
        same([graphql(who, every)[0]["allTasks"]["nodes"] for who in ("ann", "bob", None)],
             [[{"userId": "ann", "title": "Buy milk"}], [{"userId": "bob", "title": "Bob's"}], []], "... and one's own rows only")


def as_owner():
    """The tables' owner has the functions, and none of PostGraphile's mutations that they would share a name with."""
    with served(os.environ.get("PGUSER", "postgres")) as (graphql, log):
        schema = Schema(graphql)
        same({n: schema.mutations[n] for n, _ in MUTATIONS.values()}, dict(MUTATIONS.values()), "as the owner: the same mutations")
    same([line for line in log if "conflict" in line], [], "... and no name that is taken")


def main():
    set_up()
    try:
        with served(ROLES[0]) as (graphql, log):
            what_is_found(Schema(graphql))
            what_works(graphql)
            what_is_refused(graphql)
        same([line for line in log if "rror" in line], [], "the server has nothing to complain about")
        with_tables()
        as_owner()
    finally:
        tear_down()
    raise SystemExit(done())


main()
