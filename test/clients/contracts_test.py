"""Contracts, held against what reads them: a validator of JSON Schema, one of
OpenAPI, tsc --strict and node, Pydantic; and against what the database does."""

import ast
import asyncio
import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile

import asyncpg
import jsonschema
import psycopg
import pydantic
from psycopg.types.json import Jsonb

here = os.path.join(os.path.dirname(os.path.abspath(__file__)), "include")
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../lib"))
from tap import check, done, same  # noqa: E402


def raises(kind, name, function, *arguments):
    try:
        function(*arguments)
        check(False, name, "no error")
    except kind:
        check(True, name)


loaded = subprocess.run(["psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", "-f", os.path.join(here, "contracts.sql")], capture_output=True, text=True)
same(loaded.stderr, "", "the tables are made and registered")
db = psycopg.connect(autocommit=True)
# node warns of certificates that are not there
environment = {name: text for name, text in os.environ.items() if not name.startswith("NODE_")}
work = tempfile.mkdtemp()


def value(sql, *parameters):
    return db.execute(sql, parameters).fetchone()[0]


def schema(model, shape="read"):
    return value("SELECT todo_orm.json_schema(%s::regclass, %s)", model, shape)


def validator(document):
    return jsonschema.Draft202012Validator(document, format_checker=jsonschema.FormatChecker())


# ---------------------------------------------------------------- JSON Schema
models = [row[0] for row in db.execute("SELECT unnest(todo_orm.models_of('public'))::text")]
same(len(models), 12, "all models are there")
for model in models:
    for shape in ["read", "create", "update"]:
        try:
            jsonschema.Draft202012Validator.check_schema(schema(model, shape))
            check(True, "%s, %s: is a JSON Schema" % (model, shape))
        except jsonschema.SchemaError as error:
            check(False, "%s, %s: is a JSON Schema" % (model, shape), error)

# What the schema refuses the database must refuse, and what has a keyword the
# database refuses the schema must refuse. True: both take it.
KINDS = [
    ({}, True), ({"m": "glad"}, True), ({"m": "furious"}, False), ({"m": None}, False), ({"ms": ["sad", None]}, True), ({"ms": ["furious"]}, False),
    ({"p": {"x": 1, "the name": "abc"}}, True), ({"p": {"the name": "abcd"}}, False), ({"p": 1}, False), ({"ps": [{"x": 2 ** 31}]}, False),
    ({"s": "1234567890"}, True), ({"s": "12345678901"}, False), ({"s": ""}, False), ({"s": None}, True), ({"g": 6}, True), ({"g": 7}, False), ({"gs": [1, 0]}, False),
    ({"i2": 1}, True), ({"i2": 0}, False), ({"i2": 11}, False), ({"i2": "1.5"}, False), ({"b": 2 ** 62}, True), ({"b": "x"}, False), ({"bs": [1, 2, 3]}, True), ({"bs": [1, 2, 3, 4]}, False),
    ({"n": 0}, False), ({"n": "1e3"}, True), ({"n": "ten"}, False), ({"n": 1e20}, False), ({"f": 0.5}, True), ({"f": 0.25}, False),
    ({"j": {"a": [1]}}, True), ({"jb": "text"}, True), ({"d": "2026-01-02"}, True), ({"tz": "2026-01-02T03:04:05+01:00"}, True), ({"u": "123e4567-e89b-12d3-a456-426614174000"}, True),
    ({"grid": [[1, 2], [3, 4]]}, True), ({"grid": [["x"]]}, False), ({"c": "abc"}, True), ({"c": "abcdef"}, False), ({"code": "AB"}, True), ({"code": "ab"}, False), ({"code": "ABCD"}, False),
    ({"lvl": 3}, True), ({"lvl": 4}, False), ({"choice": "a"}, True), ({"choice": "c"}, False), ({"choice": None}, True), ({"money": 999999.99}, True), ({"money": 1e6}, False),
    ({"unknown": 1}, False), ({"id": 1}, False), ({"user_id": "bob"}, False), ({"version": 2}, False)]
create = validator(schema("kinds", "create"))
update = validator(schema("kinds", "update"))
read = validator(schema("kinds"))
for item, taken in KINDS:
    by_database = value("SELECT validate_kind('ann', %s)", Jsonb(item)) == []
    if item == {"s": None}:
        taken = False
    same((create.is_valid(item), by_database), (taken, taken), "create, schema and database: %s" % json.dumps(item))
    same(update.is_valid(item), taken, "update: %s" % json.dumps(item))
    if taken:
        made = value("SELECT made.id FROM create_kinds('ann', %s) AS made", Jsonb([item]))
        row = json.loads(value("SELECT page_kinds('ann', match => %s)::text", Jsonb({"id": made})))["items"][0]
        errors = [error.message for error in read.iter_errors(row)]
        same(errors, [], "the row that was made is one of the schema")

# every value there is, of every type
db.execute("""INSERT INTO kinds (user_id, ms, p, ps, b, bs, n, f, r, mr, iv, by, ip, mac, j, d, ts, tz, t, tt, grid, bits, o, x, tsv, pt, ch, nm) VALUES
    ('all', '{sad,NULL}', '(1,abc,"{a,b}",5,2026-01-01)', ARRAY['(2,,,,)'::place, NULL], -9223372036854775808, '{1,NULL}', 0.0000000001, 1e300, '[1,)', '{[1,3),[5,7)}', '-1 mon 3 days 04:05:06.7', '\\x00ff',
     '::1/64', '08:00:2b:01:02:03', '[1, {"a": null}]', '0044-03-15 BC', '2026-01-01 12:00', '2026-01-01 12:00+02', '12:00:00.5', '12:00+02', '{{1,2},{3,NULL}}', '101', 42, '<a/>', 'a b', '(1,2)', 'c', 'name')""")
# the date has a year before Christ, which is the one format that no validator takes
everything = json.loads(value("SELECT page_kinds('all')::text"))["items"][0]
same([error.json_path for error in read.iter_errors(everything)], ["$.d"], "a row with a value of every type is one of the schema")

db.execute("SET todo_orm.json_bigint = string")
strings = json.loads(value("SELECT page_kinds('all')::text"))["items"][0]
same([error.json_path for error in validator(schema("kinds")).iter_errors(strings)], ["$.d"], "with bigints as strings, too")
same(validator(schema("kinds", "create")).is_valid({"b": "9007199254740993"}), True, "which then can be sent")
same(read.is_valid(strings), False, "and are no numbers")
db.execute("RESET todo_orm.json_bigint")
same(value("SELECT r ->> 'class' FROM (SELECT to_json(create_return('ann', 7, class => 'x')) r) r"), "x", "hostile names: the function works")
same([schema(m)["title"] for m in ['"select ""x"" */ "']], ['select "x" */ '], "and the schema names the model as it is")
same("secret" in json.dumps([schema("seat", s) for s in ("read", "create", "update")]), False, "a hidden column is in no schema")

# ---------------------------------------------------------------- OpenAPI
document = value("SELECT todo_orm.openapi('public')")
text = value("SELECT todo_orm.openapi('public')::text")
same(value("SELECT todo_orm.openapi()::text"), text, "the current schema is the default, and twice is the same")
NEWER = importlib.util.find_spec("openapi_spec_validator") is not None
debian_12 = 'VERSION_ID="12"' in open("/etc/os-release").read()
same(NEWER, not debian_12, "there is a validator of OpenAPI, except on Debian 12")
if NEWER:
    import openapi_spec_validator

    try:
        openapi_spec_validator.OpenAPIV31SpecValidator(document).validate()
        check(True, "is OpenAPI 3.1")
    except Exception as error:
        check(False, "is OpenAPI 3.1", error)


def references(node):
    if isinstance(node, dict):
        if "$ref" in node:
            yield node["$ref"]
        for member in node.values():
            yield from references(member)
    elif isinstance(node, list):
        for member in node:
            yield from references(member)


def resolve(reference):
    node = document
    for part in reference.split("/")[1:]:
        node = node[part]
    return node


same({type(resolve(reference)) for reference in set(references(document))}, {dict}, "all references lead somewhere")
operations = {path: item["post"] for path, item in document["paths"].items()}
same(len({operation["operationId"] for operation in operations.values()}), len(operations), "all operations have ids of their own")
for name, component in document["components"]["schemas"].items():
    jsonschema.Draft202012Validator.check_schema(component)
check(True, "all schemas of the document are schemas")


def body(function):
    return operations["/rpc/" + function]["requestBody"]["content"]["application/json"]["schema"]


def answer(function):
    return operations["/rpc/" + function]["responses"]["200"]["content"]["application/json"]["schema"]


def in_document(part):
    return validator({**part, "components": document["components"]})


same(body("create_task")["required"], ["user_id", "title"], "arguments that must be given")
same(body("append_message")["required"], ["user_id", "conversation_id", "role", "content"], "of a function that was added, too")
same(body("append_message")["properties"]["conversation_id"]["type"], ["integer", "null"], "a null conversation is started")
same(body("list_tasks")["properties"]["scope"]["enum"], ["all", "pending", "completed", "deleted", "with_deleted", None], "the scopes")
same(sorted(operations["/rpc/create_task"]["responses"]), ["200", "401", "403", "409", "422", "503"], "what creating answers")
same(sorted(operations["/rpc/one_task"]["responses"]), ["200", "401", "403", "404", "409", "422", "503"], "what asking for one answers")
same(sorted(operations["/rpc/list_countries"]["responses"]), ["200", "403", "422", "503"], "what listing a model without owner answers")
same("/rpc/messages" in operations, False, "functions of the row are none of a client's")
same("secret" in text, False, "a hidden column is nowhere")
task = value("SELECT to_json(create_task('ann', 'x'))")
same(list(in_document(answer("create_task")).iter_errors(task)), [], "an answer is as the document says: create")
same(list(in_document(answer("page_tasks")).iter_errors(value("SELECT page_tasks('ann', with_total => true)"))), [], "page")
value("SELECT id FROM append_message('ann', NULL, 'user', 'Hi')")
same(list(in_document(answer("load_conversations")).iter_errors(value("SELECT load_conversations('ann', '[\"messages\", \"tasks\"]')"))), [], "load")
same(list(in_document(answer("get_conversation_with_messages")).iter_errors(value("SELECT get_conversation_with_messages('ann', 1)"))), [], "with children")
same(in_document(answer("load_conversations")).is_valid({"items": [{"id": "x"}], "next_cursor": None, "prev_cursor": None}), False, "and another is refused")
same(in_document(body("patch_tasks")).is_valid({"user_id": "ann", "items": [{"id": 1, "title": "x"}]}), True, "items of patch have a key")
same(in_document(body("patch_tasks")).is_valid({"user_id": "ann", "items": [{"title": "x"}]}), False, "and must have it")
try:
    db.execute("SELECT create_task('ann', '')")
except psycopg.Error as error:
    failure = {"detail": json.loads(error.diag.message_detail)}
    same(list(in_document({"$ref": "#/components/schemas/Failure"}).iter_errors(failure)), [], "DETAIL is the body of a 422")

# ---------------------------------------------------------------- TypeScript
files = os.path.join(work, "ts")
shutil.copytree(here, files)


def tsc(module, application):
    with open(os.path.join(files, "models.ts"), "w", encoding="utf8") as file:
        file.write(module)
    with open(os.path.join(files, "package.json"), "w") as file:
        file.write('{"type": "module"}')
    with open(os.path.join(files, "tsconfig.json"), "w") as file:
        json.dump({"compilerOptions": {"strict": True, "noUnusedLocals": True, "target": "es2020", "module": "node16", "types": []}, "files": ["models.ts", application]}, file)
    return subprocess.run(["tsc", "-p", "."], cwd=files, env=environment, capture_output=True, text=True)


typescript = value("SELECT todo_orm.typescript('public')")
same(value("SELECT todo_orm.typescript()"), typescript, "TypeScript: twice is the same")
same("secret" in typescript, False, "TypeScript: a hidden column is nowhere")
compiled = tsc(typescript, "contracts.ts")
same(compiled.stdout + compiled.stderr, "", "tsc --strict takes the module, calls that are right, and no others")
played = subprocess.run(["node", "contracts_play.mjs"], cwd=files, env=environment, capture_output=True, text=True)
same(played.stderr, "", "node runs them")
lines = [json.loads(line) for line in played.stdout.splitlines()]
source = open(os.path.join(here, "contracts.ts"), encoding="utf8").read()
same(len(lines), len(re.findall(r"^  (?:check|await refuses)\(", source, re.M)), "all of them")
for name, got, expected in lines:
    same(got, expected, "TypeScript: " + name)

changes = value("SELECT changes_since_labels('tess')")
same((list(in_document(answer("changes_since_labels")).iter_errors(changes)), len(changes["changes"])), ([], 1), "changes are as the document says")
same(in_document(answer("changes_since_labels")).is_valid([]), False, "and no array")

db.execute("SET todo_orm.json_bigint = string")
strings = value("SELECT todo_orm.typescript('public')")
db.execute("RESET todo_orm.json_bigint")
with open(os.path.join(files, "strings.ts"), "w") as file:
    file.write("""import * as m from './models.js';
export async function play(db: m.Db, check: (name: string, got: unknown, expected: unknown) => void) {
  const b: string | null | undefined = (await m.list_kinds(db, { user_id: 'eve' }))[0].b;
  check('a bigint is a string', b, '9007199254740993');
  check('in JSON, too', (await m.page_kinds(db, { user_id: 'eve' })).items[0].b, '9007199254740993');
  check('a count is a number', await m.count_kinds(db, { user_id: 'eve' }), 1);
  const was = await db.query("SELECT current_setting('todo_orm.json_bigint') AS value", []);
  check('the setting is as it was', was.rows[0].value, 'number');
  await db.query('BEGIN', []);
  await m.page_kinds(db, { user_id: 'eve' });
  check('in a transaction, too', (await db.query("SELECT page_kinds('eve') #>> '{items,0,b}' AS value, current_setting('todo_orm.json_bigint') AS setting", [])).rows[0].setting, 'number');
  await db.query('COMMIT', []);
}
""")
with open(os.path.join(files, "strings_play.mjs"), "w") as file:
    file.write(open(os.path.join(here, "contracts_play.mjs")).read().replace("./contracts.js", "./strings.js"))
compiled = tsc(strings, "strings.ts")
same(compiled.stdout + compiled.stderr, "", "tsc: the module that is made with json_bigint = string")
played = subprocess.run(["node", "strings_play.mjs"], cwd=files, env=environment, capture_output=True, text=True)
same(played.stderr, "", "node runs it")
lines = [json.loads(line) for line in played.stdout.splitlines()]
same(len(lines), 5, "all of it")
for name, got, expected in lines:
    same(got, expected, "TypeScript, strings: " + name)

# ---------------------------------------------------------------- Pydantic
module = value("SELECT todo_orm.pydantic('public')")
same(value("SELECT todo_orm.pydantic()"), module, "Pydantic: twice is the same")
same("secret" in module, False, "Pydantic: a hidden column is nowhere")
tree = ast.parse(module)
same({type(node).__name__ for node in tree.body} - {"ImportFrom", "Import", "Assign", "FunctionDef", "AsyncFunctionDef", "ClassDef", "Expr"}, set(), "nothing but declarations stand in it")
# what is run when it is imported: the calls that are the module's own
called = {ast.unparse(node.func).split(".")[-1] for statement in tree.body for node in ast.walk(statement) if isinstance(node, ast.Call) and not isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef))}
same(called - {"_TypeVar", "_BeforeValidator", "_Field", "_ConfigDict", "model_rebuild"} - {"isinstance", "float", "_floats", "items", "dumps", "_plain", "startswith", "replace", "loads", "_adapter", "validate_python", "Decimal"}, set(), "names and comments do not call anything")
same(all(ord(c) < 128 for node in ast.walk(tree) for c in getattr(node, "name", "") or ""), True, "names are ASCII")
PYDANTIC_2 = pydantic.VERSION.startswith("2")
same(PYDANTIC_2, not debian_12, "there is Pydantic 2, except on Debian 12")


def run_pydantic():
    path = os.path.join(work, "models.py")
    with open(path, "w", encoding="utf8") as file:
        file.write(module)
    spec = importlib.util.spec_from_file_location("models", path)
    m = importlib.util.module_from_spec(spec)
    sys.modules["models"] = m
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("error")
        spec.loader.exec_module(m)
    from datetime import date, datetime, timezone
    from decimal import Decimal
    from uuid import UUID

    milk = m.run(db, m.create_task("pat", "Buy milk", description="two litres"))
    same((type(milk), milk.title, milk.completed, milk.created_at.tzinfo is not None), (m.Task, "Buy milk", False, True), "create, psycopg")
    same(m.run(db, m.get_task("bob", milk.id)), None, "get, none")
    same(m.run(db, m.get_task("pat", milk.id)), milk, "get")
    same([t.title for t in m.run(db, m.create_tasks("pat", [m.TaskCreate(title="Run", completed=True), m.TaskCreate(title="Read")]))], ["Run", "Read"], "create many")
    same([t.title for t in m.run(db, m.list_tasks("pat", scope="pending", match={"title": {"ilike": "%milk%"}}))], ["Buy milk"], "list")
    same(m.run(db, m.list_tasks("nobody")), [], "list, none")
    changed = m.run(db, m.update_task("pat", milk.id, m.TaskUpdate(completed=True, description=None)))
    same((changed.completed, changed.description, changed.title), (True, None, "Buy milk"), "update: what is not set stays")
    page = m.run(db, m.page_tasks("pat", take=2, with_total=True))
    same((type(page.items[0]), len(page.items), page.total), (m.Task, 2, 3), "page")
    first = m.run(db, m.append_message("pat", None, "user", "100% sure"))
    chat = m.run(db, m.get_conversation_with_messages("pat", first.conversation_id))
    same((type(chat), chat.messages[0].content), (m.ConversationLoaded, "100% sure"), "with children")
    same(m.run(db, m.load_task("pat", 0, [])), None, "load, none")
    same(m.run(db, m.load_tasks("pat", ["conversation"])).items[0].conversation, None, "load")
    same(m.run(db, m.upsert_label("pat", m.LabelUpsert(name="home"), on_key=["name"])).name, "home", "upsert")
    same(m.run(db, m.delete_task("pat", milk.id)), True, "delete")
    same(m.run(db, m.count_tasks("pat")), 2, "count")
    same([e.type for e in m.run(db, m.validate_task("pat", {"titel": 1}))], ["unexpected", "missing"], "validate")
    same(m.run(db, m.aggregate_tasks("pat", group_by=["completed"])), [{"completed": False, "count": 1}, {"completed": True, "count": 1}], "aggregate")
    changes = m.run(db, m.changes_since_labels("pat"))
    same([(c.op, type(c.row), c.row.name) for c in changes.changes], [("upsert", m.Label, "home")], "changes")
    same(m.run(db, m.changes_since_labels("pat", token=changes.next_token)).changes, [], "changes since a token")
    same(m.run(db, m.find_seats("tess", [{"hall": "A", "number": 1}]))[0].hall, "A", "composite keys")
    kind = m.run(db, m.create_kinds("pat", m.KindCreate(
        m='it\'s "ok"', ms=['*/ \\ ${x} \n"""', None], p={"x": 1, "the name": "abc", "tags": ["t"], "at": "2026-01-01T00:00:00Z"}, s="short", g=3, b=2 ** 62, bs=[1, None],
        n=Decimal("12345678901234567890.0123456789"), f=float("inf"), jb={"a": [1.5, None]}, d=date(2026, 1, 2), tz=datetime(2026, 1, 2, tzinfo=timezone.utc), grid=[[1], [2]], code="AB", money=Decimal("1.50"))))[0]
    same((kind.m, kind.ms, kind.p.the_name, kind.p.at.year, kind.b, kind.bs, kind.n, kind.f, kind.jb, kind.d, kind.grid, type(kind.u), type(kind.jb["a"][0])),
         ('it\'s "ok"', ['*/ \\ ${x} \n"""', None], "abc", 2026, 2 ** 62, [1, None], Decimal("12345678901234567890.0123456789"), float("inf"), {"a": [1.5, None]}, date(2026, 1, 2), [[1], [2]], UUID, float), "types of all kinds")
    same(m.run(db, m.page_kinds("pat")).items[0].n, Decimal("12345678901234567890.0123456789"), "numeric in JSON loses nothing")
    for item, taken in KINDS:
        if item in ({"s": None}, {"n": "ten"}):
            taken = False
        # the rules of a composite's fields are left to the database
        taken |= "p" in item and item["p"] != 1 or "ps" in item
        try:
            m.KindCreate.model_validate(item)
            got = True
        except pydantic.ValidationError:
            got = False
        same(got, taken, "KindCreate: %s" % json.dumps(item))
    raises(pydantic.ValidationError, "a patch with null where none is allowed", lambda: m.TaskUpdate(title=None))
    raises(psycopg.Error, "errors of the database come through", m.run, db, m.create_task("pat", ""))
    odd = m.run(db, m.create_select__x_____s("pat", m.SelectXCreate.model_validate({"1st": 1, "class": "c", "a%s": "100%", "größe": "ü", "*/ throw 1; /*": "z", "\u2028 throw 1": "sep", "$1": "dollar", "__proto__": "p"})))[0]
    same((odd.class_, odd.a_s, odd.gr__e, odd.model_dump(by_alias=True)["*/ throw 1; /*"], odd.x__1), ("c", "100%", "ü", "z", "dollar"), "hostile names there and back")

    async def asynchronous():
        connection = await asyncpg.connect(host=os.environ["PGHOST"], port=int(os.environ["PGPORT"]), database=os.environ["PGDATABASE"])
        task = await m.arun(connection, m.create_task("ada", "async"))
        same((task.title, [t.id for t in await m.arun(connection, m.list_tasks("ada"))]), ("async", [task.id]), "asyncpg, a connection")
        await connection.close()
        async with asyncpg.create_pool(host=os.environ["PGHOST"], port=int(os.environ["PGPORT"]), database=os.environ["PGDATABASE"], min_size=1, max_size=2) as pool:
            same((await m.arun(pool, m.get_task("ada", task.id))).title, "async", "asyncpg, a pool")
        async with await psycopg.AsyncConnection.connect() as connection:
            same((await m.arun(connection, m.get_task("ada", task.id))).title, "async", "psycopg, asynchronous")

    asyncio.run(asynchronous())


if PYDANTIC_2:
    run_pydantic()
else:
    # the classes are of Pydantic 2: here the statements alone are run, out of the module's text
    calls = {node.name: [ast.literal_eval(argument) for argument in node.body[-1].value.args[2:4]] for node in tree.body if isinstance(node, ast.FunctionDef) and isinstance(node.body[-1], ast.Return) and isinstance(node.body[-1].value, ast.Call) and ast.unparse(node.body[-1].value.func) == "Call"}

    def run(name, **arguments):
        columns, select = calls[name]
        return [json.loads(row[0]) for row in db.execute("WITH a AS MATERIALIZED (SELECT * FROM jsonb_to_record(%s::text::jsonb) AS a(" + columns.replace("%", "%%") + ")) " + select.replace("%", "%%"), [json.dumps(arguments)])]

    same(run("create_task", user_id="pat", title="Buy milk")[0]["title"], "Buy milk", "the statement of create")
    same(run("page_tasks", user_id="pat")[0]["items"][0]["title"], "Buy milk", "the statement of page")
    same(run("create_select__x_____s", user_id="pat", items={"1st": 1, "a%s": "100%"})[0]["a%s"], "100%", "hostile names")

shutil.rmtree(work)
db.close()
sys.exit(done())
