"""Tools for language models: definitions that a real JSON Schema validator reads, and calls that agree with them.

Three things are held against each other: the schema that tool_schemas gives, the validator's judgement (python3-jsonschema),
and what todo_orm.call answers.

* Every schema is one, and every tool of every model has one.
* Arguments made at random from a schema are valid under it, and the call finds nothing wrong with their form.
* Arguments that miss one, or have one too many, are valid under no schema, and the call says which.
* A stand-in for a language model, which knows definitions and answers and nothing else, gets from bad arguments to the row.

TODO_ORM_SEED   another run; one with the same seed makes the same
TODO_ORM_CASES  how many calls for each tool (25)
"""

import datetime
import json
import os
import random
import re
import sys
import uuid

import jsonschema
import psycopg

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../lib"))
from tap import check, done  # noqa: E402

try:
    from re import _parser as pattern_parser
except ImportError:
    import sre_parse as pattern_parser

SEED = int(os.environ.get("TODO_ORM_SEED") or 20261130)
CASES = int(os.environ.get("TODO_ORM_CASES") or 25)
AGENT = "regress_tools_agent"


TABLES = """
    CREATE TYPE mood AS ENUM ('fine', 'so "so"', 'bad');
    CREATE DOMAIN percentage AS int CHECK (VALUE BETWEEN 0 AND 100);
    CREATE TABLE person (LIKE todo_orm.owned INCLUDING ALL, LIKE todo_orm.soft_delete INCLUDING ALL, name text NOT NULL, PRIMARY KEY (user_id, id));
    CREATE TABLE label (LIKE todo_orm.owned INCLUDING ALL, name varchar(12) NOT NULL, PRIMARY KEY (user_id, id));
    CREATE TABLE everything (
        LIKE todo_orm.owned INCLUDING ALL, LIKE todo_orm.timestamps INCLUDING ALL, LIKE todo_orm.soft_delete INCLUDING ALL,
        LIKE todo_orm.versioned INCLUDING ALL,
        title text NOT NULL CHECK (length(title) BETWEEN 1 AND 200), code varchar(5) DEFAULT 'abc', flag boolean NOT NULL DEFAULT false,
        small smallint, normal int CHECK (normal >= 0), big bigint, real_ real, exact numeric(6,2), share percentage DEFAULT 50,
        day date, at timestamptz, local timestamp, clock time, token uuid, feeling mood NOT NULL DEFAULT 'fine', status text CHECK (status IN ('open', 'done')),
        data jsonb, words text[], numbers int[], "Quoted %" text, secret text,
        parent_id bigint, person_id bigint,
        PRIMARY KEY (user_id, id), UNIQUE (user_id, token),
        FOREIGN KEY (user_id, parent_id) REFERENCES everything ON DELETE SET NULL (parent_id),
        FOREIGN KEY (user_id, person_id) REFERENCES person);
    CREATE TABLE everything_label (user_id text COLLATE "C" NOT NULL, everything_id bigint, label_id bigint, PRIMARY KEY (user_id, everything_id, label_id),
        FOREIGN KEY (user_id, everything_id) REFERENCES everything ON DELETE CASCADE, FOREIGN KEY (user_id, label_id) REFERENCES label ON DELETE CASCADE);
    CREATE TABLE cell (user_id text COLLATE "C" NOT NULL, x int, y text COLLATE "C", v text, PRIMARY KEY (user_id, x, y));
    CREATE TABLE "Öffentlich" (id int PRIMARY KEY, text text);
    SELECT count(*) FROM todo_orm.create_all();
    SELECT todo_orm.register_model('person');
    SELECT todo_orm.register_model('label');
    SELECT todo_orm.register_model('everything', '{"hidden": ["secret"], "scopes": {"open": {"status": "open"}}, "plural": "everythings"}');
    SELECT todo_orm.register_model('everything_label');
    SELECT todo_orm.register_model('cell');
    SELECT todo_orm.register_model('"Öffentlich"', '{"owner": null, "plural": "öffentliche"}');
"""


# ------------------------------------------------------------------------------------ values of a schema

class Maker:
    """Makes values that are valid under a schema, at random."""

    def __init__(self, schema, seed):
        self.schema = schema
        self.random = random.Random(seed)

    def resolve(self, schema):
        while "$ref" in schema:
            rest = {key: value for key, value in schema.items() if key != "$ref"}
            target = self.schema
            for part in schema["$ref"].removeprefix("#/").split("/"):
                target = target[part]
            schema = {**target, **rest}
        return schema

    def make(self, schema, depth=0):
        schema = self.resolve(schema)
        if "const" in schema:
            return schema["const"]
        if "enum" in schema:
            return self.random.choice(schema["enum"])
        if "anyOf" in schema:
            return self.make(self.random.choice(schema["anyOf"]), depth)
        kinds = schema.get("type", ["string", "integer", "boolean", "null", "array", "object"])
        kind = self.random.choice(kinds) if isinstance(kinds, list) else kinds
        return getattr(self, "make_" + kind)(schema, depth)

    def make_null(self, *_):
        return None

    def make_boolean(self, *_):
        return self.random.random() < 0.5

    def make_integer(self, schema, _):
        low = max(schema.get("minimum", -(2 ** 63)), -(2 ** 63))
        high = min(schema.get("maximum", 2 ** 63 - 1), 2 ** 63 - 1)
        # keys of rows that are there are small
        few = min(max(self.random.randint(-1, 6), low), high)
        return self.random.choice([low, high, self.random.randint(low, high), few, few, few, few, few])

    def make_number(self, schema, _):
        low = schema.get("minimum", schema.get("exclusiveMinimum", -1e6))
        high = schema.get("maximum", schema.get("exclusiveMaximum", 1e6))
        return min(max(round(self.random.uniform(low, high), 2), low + 1), high - 1)

    def make_array(self, schema, depth):
        size = self.random.randint(schema.get("minItems", 0), min(schema.get("maxItems", 3), 3))
        items = [self.make(schema.get("items", {"type": "integer"}), depth + 1) for _ in range(size if depth < 6 else 0)]
        return items if not schema.get("uniqueItems") else list(dict.fromkeys(items))

    def make_object(self, schema, depth):
        made = {}
        properties = schema.get("properties", {})
        names = [name for name in properties if name in schema.get("required", []) or self.random.random() < (0.5 if depth < 2 else 0.25 if depth < 5 else 0)]
        if len(names) > schema.get("maxProperties", len(names)):
            names = self.random.sample(names, schema["maxProperties"])
        while len(names) < schema.get("minProperties", 0):
            names = [self.random.choice(list(properties))]
        for name in names:
            made[name] = self.make(properties[name], depth + 1)
        more = schema.get("additionalProperties")
        if isinstance(more, dict):
            for name in ("n", "of them"):
                made[name] = self.make(more, depth + 1)
        return made

    def make_string(self, schema, _):
        if "pattern" in schema:
            return "".join(self.pattern(pattern_parser.parse(schema["pattern"])))
        when = datetime.datetime(2026, 1, 1) + datetime.timedelta(seconds=self.random.randint(0, 10 ** 8))
        special = {"date": when.date().isoformat(), "date-time": when.isoformat() + "Z", "date-time-local": when.isoformat(),
                   "time-local": when.time().isoformat(), "uuid": str(uuid.UUID(int=self.random.getrandbits(128)))}
        if "format" in schema:
            return special[schema["format"]]
        text = self.random.choice(["", "x", "milk", "100%", "O'Neil", 'say "hi"', "äöü ☃", "$1", "back\\slash ", "a" * 40, "{}", "null", "-- x"])
        text = text.ljust(schema.get("minLength", 0), "y")
        return text[:schema.get("maxLength", len(text))]

    def pattern(self, parsed):
        """A text that a pattern takes."""
        for code, value in parsed:
            code = str(code)
            if code == "LITERAL":
                yield chr(value)
            elif code == "IN":
                part, ends = self.random.choice(value)
                yield chr(ends if str(part) == "LITERAL" else self.random.randint(*ends))
            elif code == "BRANCH":
                yield from self.pattern(self.random.choice(value[1]))
            elif code == "SUBPATTERN":
                yield from self.pattern(value[-1])
            elif code == "MAX_REPEAT":
                low, high, repeated = value
                for _ in range(self.random.randint(low, min(high, 2))):
                    yield from self.pattern(repeated)
            else:
                assert code == "AT", code


# -------------------------------------------------------------------------------------------- agreement

def call(connection, tool, arguments, who="ann"):
    return connection.execute("SELECT todo_orm.call(%s, %s, %s)", (who, tool, json.dumps(arguments))).fetchone()[0]


def is_error(answer):
    return isinstance(answer, dict) and set(answer) == {"error"}


def make_arguments(maker, schema):
    """Arguments at random, but for what no schema can say."""
    arguments = maker.make(schema)
    # a cursor belongs to an earlier page
    arguments.pop("cursor", None)
    if "older_than" in arguments:
        arguments["older_than"] = maker.random.choice(["1 day", "0", "P1Y2M", "1 day -1 hour"])
    # a key that nobody sets may stand in an item only where the row is found by it
    if "on_key" in arguments and arguments["on_key"] != ["id"]:
        arguments["item"].pop("id", None)
    if "include" in arguments:
        arguments["include"] = distinct_paths(arguments["include"])
    return arguments


def distinct_paths(include):
    """Of paths that begin alike one: each may say how many rows."""
    if isinstance(include, list):
        return list({re.split("[:.]", path)[0]: path for path in include}.values())
    return {name: {key: distinct_paths(value) if key == "include" else value for key, value in said.items()} for name, said in include.items()}


# what arguments of the right form may be refused for all the same: how many they are, what rows there are, a CHECK of several
# columns, the size of a number that is written as a string, columns that only a new row needs
SAID_BY_NO_SCHEMA = [
    ("too_many", None, r"more than \d+ conditions"), ("value", ["max_rows"], "more rows match"), ("check", None, "content may be empty only"),
    ("range", None, "numeric field overflow"), ("value", ["match"], "every row")]
SAID_OF_NO_UPSERT = ("missing", None, "field required")


def is_foreseeable(tool, entry):
    """Could a schema have said so?"""
    unforeseen = SAID_BY_NO_SCHEMA + [SAID_OF_NO_UPSERT] * tool.startswith("upsert_")
    return entry["type"] not in ("foreign_key", "unique") and not any(
        entry["type"] == kind and place in (None, entry["loc"]) and re.search(message, entry["msg"]) for kind, place, message in unforeseen)


def disagreement(connection, name, arguments, tally):
    """What the call holds against arguments that the schema takes; None: nothing."""
    try:
        with connection.transaction(force_rollback=True):
            answer = call(connection, name, arguments)
    except psycopg.Error as error:
        return "raised %s %s: %s" % (error.sqlstate, error, json.dumps(arguments))
    code = answer["error"]["code"] if is_error(answer) else "fine"
    tally[code] = tally.get(code, 0) + 1
    if code == "22023" and (not answer["error"]["detail"] or any(is_foreseeable(name, entry) for entry in answer["error"]["detail"])):
        return "%s: %s" % (json.dumps(answer["error"]), json.dumps(arguments))
    return None


def check_tool(connection, number, definition):
    name, schema = definition["name"], definition["inputSchema"]
    problems, tally = [], {}
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    maker = Maker(schema, SEED + number)
    cases = 0
    # where several rows must be there it takes some more until they are
    while cases < CASES or (not tally.get("fine") and cases < 20 * CASES):
        cases += 1
        arguments = make_arguments(maker, schema)
        problems += [error.message for error in validator.iter_errors(arguments)]
        found = disagreement(connection, name, arguments, tally)
        if found:
            problems.append(found)
    check(not problems, f"{name}: what its schema takes, it takes", *problems)
    return tally


def check_refusals(connection, number, definition):
    """One argument too many, one too few: valid under no schema, and named by the call."""
    name, schema = definition["name"], definition["inputSchema"]
    validator = jsonschema.Draft202012Validator(schema)
    maker = Maker(schema, SEED - number)
    problems = []
    for wrong, kind in [({"user_id": "bob"}, "unexpected"), ({"nope": 1}, "unexpected"), *[(missing, "missing") for missing in schema["required"]]]:
        arguments = make_arguments(maker, schema)
        where = wrong if kind == "missing" else next(iter(wrong))
        if kind == "missing":
            del arguments[wrong]
        else:
            arguments.update(wrong)
        if validator.is_valid(arguments):
            problems.append(f"valid under the schema: {arguments}")
        with connection.transaction(force_rollback=True):
            answer = call(connection, name, arguments)
        entries = answer["error"]["detail"] if is_error(answer) else []
        if not any(entry["loc"] == [where] and entry["type"] == kind for entry in entries):
            problems.append(f"{where} is not {kind}: {answer}")
    check(not problems, f"{name}: says what is too much and what is missing", *problems)


def definitions(connection, **arguments):
    given = ", ".join(f"{name} => %({name})s" for name in arguments)
    return connection.execute(f"SELECT todo_orm.tool_schemas({given})", arguments).fetchone()[0]


def fill(connection):
    """Rows to be found: what a schema takes is asked of something."""
    for who in ("ann", "bob"):
        people = connection.execute("SELECT id FROM create_people(%s, '[{\"name\": \"Zoe\"}, {\"name\": \"O''Neil\"}]')", (who,)).fetchall()
        rows = [{"title": f"row {i}", "flag": i % 2 == 0, "normal": i, "words": ["milk", "x"], "data": {"a": i}, "person_id": people[0][0], "status": "open" if i % 3 else None} for i in range(5)]
        connection.execute("SELECT count(*) FROM create_everythings(%s, %s)", (who, json.dumps(rows)))
        connection.execute("SELECT count(*) FROM create_labels(%s, '[{\"name\": \"a\"}, {\"name\": \"b\"}]')", (who,))
        connection.execute("SELECT append_message(%s, NULL, 'user', 'hello')", (who,))
        connection.execute("SELECT create_task(%s, 'milk', conversation_id => (SELECT max(id) FROM list_conversations(%s)))", (who, who))


def check_agreement(connection):
    tools = definitions(connection)
    functions = {row[0] for row in connection.execute("""
        SELECT proname FROM pg_proc p JOIN pg_language l ON l.oid = p.prolang AND lanname = 'todo_orm'
         WHERE pronamespace = 'public'::regnamespace AND NOT (pronargs = 1 AND (SELECT typtype FROM pg_type t WHERE t.oid = proargtypes[0]) = 'c')""")}
    plain = {tool["name"] for tool in tools} & functions
    made = {tool["name"] for tool in tools} - functions
    check(len(tools) == len(functions) and all("ffentlich" in name for name in made) and all("Öff" in name or "öff" in name for name in functions - plain), f"each of {len(functions)} functions is a tool", made, functions - plain)
    tallies = {}
    for number, definition in enumerate(tools):
        tallies[definition["name"]] = check_tool(connection, number, definition)
        check_refusals(connection, number, definition)
    # a run in which every call fails on a reference says nothing
    never = [name for name, tally in tallies.items() if not tally.get("fine")]
    check(not never, "every tool has done what it was asked at least once", never)
    check(sum(tally.get("fine", 0) for tally in tallies.values()) > CASES * len(tools) / 2, "most calls have", {code: sum(t.get(code, 0) for t in tallies.values()) for t in tallies.values() for code in t})
    same = definitions(connection, format="anthropic"), definitions(connection, format="openai")
    check([tool["inputSchema"] for tool in tools] == [tool["input_schema"] for tool in same[0]] == [tool["function"]["parameters"] for tool in same[1]], "the schema is the same in every format")


# ------------------------------------------------------------------------- a stand-in for a language model

class StandIn:
    """Knows definitions of tools and answers, as a language model does, and corrects itself by what it is told."""

    def __init__(self, connection, who):
        self.connection = connection
        self.who = who
        self.tools = {tool["name"]: tool["input_schema"] for tool in definitions(connection, format="anthropic")}
        self.turns = 0

    @staticmethod
    def part(maker, schema, step):
        """The schema of a member, or of an item."""
        for one in (maker.resolve(one) for one in schema.get("anyOf", [schema])):
            if isinstance(step, int) and "items" in one:
                return maker.resolve(one["items"])
            if step in one.get("properties", {}):
                return maker.resolve(one["properties"][step])
        raise KeyError(step)

    def correct(self, schema, arguments, error):
        maker = Maker(schema, SEED)
        meant = dict((wrong, right) for right, wrong in re.findall(r'"([^"]+)" for "([^"]+)"', error.get("hint", "")))
        for entry in error["detail"]:
            place = entry["loc"]
            inside, at = arguments, schema
            # what is said of a patch or an item is said of the one argument that is an object
            if place and place[0] not in arguments and place[0] not in schema["properties"]:
                name, = [name for name, value in arguments.items() if isinstance(value, (dict, list))]
                place = [name, *place]
            for step in place[:-1]:
                inside = inside[step]
                at = self.part(maker, at, step)
            last = place[-1]
            if entry["type"] in ("unexpected", "read_only"):
                value = inside.pop(last)
                if last in meant:
                    inside[meant[last]] = value
            elif entry["type"] == "missing" and last in inside:
                pass        # was given under another name
            elif entry["type"] == "foreign_key":
                del inside[last]
            else:
                inside[last] = maker.make(self.part(maker, at, last))

    def use(self, tool, arguments, limit=5):
        for _ in range(limit):
            self.turns += 1
            answer = call(self.connection, tool, arguments, self.who)
            if not is_error(answer):
                return answer
            self.correct(self.tools[tool], arguments, answer["error"])
        return answer


def check_loop(connection):
    model = StandIn(connection, "eve")
    row = model.use("create_task", {"titel": "Buy milk", "completed": "perhaps", "user_id": "ann", "conversation_id": 4711})
    check(row.get("title") == "Buy milk" and row["user_id"] == "eve" and row["conversation_id"] is None and model.turns > 1, f"from four mistakes to a row in {model.turns} turns", row)
    row = model.use("update_task", {"id": row["id"], "patch": {"titel": "Buy oat milk", "user_id": "ann", "complete": True}})
    check((row.get("title"), row.get("completed"), row.get("user_id")) == ("Buy oat milk", True, "eve"), "a patch", row)
    rows = model.use("create_tasks", {"items": [{"title": "a"}, {"title": ""}, {"titel": "c", "id": 1}]})
    check(isinstance(rows, list) and [row["title"] for row in rows][::2] == ["a", "c"], "several rows", rows)
    rows = model.use("list_tasks", {"match": {"titel": {"ilike": "%milk%"}, "title": {"like": 5}}, "sort": "-id", "limit": 3})
    check(isinstance(rows, list), "a search", rows)
    message = model.use("append_message", {"role": "robot", "content": "done", "conversation": 1})
    check(message.get("content") == "done" and message["role"] in ("user", "assistant", "system", "tool"), "a message", message)
    task = model.use("list_tasks", {"take": 1, "sort": "id"})[0]
    check(model.use("delete_task", {"id": task["id"], "user_id": "ann"}) is True, "and it deletes what it was shown")
    check(connection.execute("SELECT count(*) FROM list_tasks('ann')").fetchone()[0] == 1, "nothing of anybody else's was touched")


# ------------------------------------------------------------------------------------------------ hostile

TEXTS = ["'; DROP TABLE task; --", '"', "\\", "$1", "%s", "\u2028", "x" * 10000, "public.create_task", "create_task(text,text)", "pg_sleep", "pg_read_file", "lo_export", "todo_orm.call",
         "todo_orm.register_model", "list_tasks\t", "LIST_TASKS", "__proto__", "../list_tasks", "list_tasks OR 1=1", "\U0001f600" * 30, "_00000000", "a_12345678"]


def check_hostile(connection):
    problems = []
    for text in TEXTS:
        for arguments in ({}, {"user_id": "bob"}, {"seconds": 1}):
            try:
                with connection.transaction(force_rollback=True):
                    problems.append((text, call(connection, text, arguments)))
            except psycopg.Error as error:
                if error.sqlstate != "22023":
                    problems.append((text, error))
    check(not problems, "names that are no tool's", *problems)
    problems = []
    deep = '{"match": ' + '{"not": ' * 3000 + "{}" + "}" * 3001
    for arguments in ({"match": {text: text}} for text in TEXTS):
        problems += [answer for answer in [call(connection, "list_tasks", arguments)] if not is_error(answer)]
    for arguments in ({"match": {"title": text}, "sort": "-id"} for text in TEXTS):
        problems += [answer for answer in [call(connection, "list_tasks", arguments)] if answer != []]
    problems += [answer for text in TEXTS for answer in [call(connection, "list_tasks", {"sort": text}), call(connection, "list_tasks", {"scope": text}), call(connection, "list_tasks", {"cursor": text})] if not is_error(answer)]
    problems += [answer for answer, in connection.execute("SELECT todo_orm.call('ann', 'list_tasks', %s)", (deep,)) if not is_error(answer)]
    check(not problems, "arguments that are meant to do harm are refused, or are texts like others", *problems)
    check(connection.execute("SELECT to_regclass('task') IS NOT NULL").fetchone()[0], "nothing was dropped")


def check_rights(connection):
    """A role with one function, as an application gives it to an agent."""
    connection.execute(f"CREATE ROLE {AGENT}; GRANT EXECUTE ON FUNCTION create_task TO {AGENT}")
    try:
        connection.execute(f"SET ROLE {AGENT}")
        check([tool["name"] for tool in definitions(connection)] == ["create_task"], "a role is shown what it may execute")
        check(call(connection, "create_task", {"title": "x"}, "zoe").get("user_id") == "zoe", "and calls it")
        refused = []
        for name in ("list_tasks", "delete_tasks", "create_tasks", "list_messages"):
            try:
                refused.append(call(connection, name, {}))
            except psycopg.Error as error:
                if error.sqlstate != "42501":
                    refused.append(error)
        check(not refused, "nothing else", *refused)
        connection.execute("RESET ROLE")
        connection.execute(f"REVOKE EXECUTE ON FUNCTION create_task FROM {AGENT}")
        connection.execute(f"SET ROLE {AGENT}")
        check(definitions(connection) == [], "what is revoked is gone")
    finally:
        connection.execute("RESET ROLE")
        connection.execute(f"DROP OWNED BY {AGENT}; DROP ROLE {AGENT}")


def main():
    with psycopg.connect(autocommit=True) as connection:
        connection.execute("SET client_min_messages = warning")
        connection.execute(TABLES)
        fill(connection)
        check_agreement(connection)
        connection.execute("SET todo_orm.json_bigint = 'string'")
        check_tool(connection, 1, next(tool for tool in definitions(connection) if tool["name"] == "update_everything"))
        connection.execute("RESET todo_orm.json_bigint")
        check_loop(connection)
        check_hostile(connection)
        check_rights(connection)
    return done()


sys.exit(main())
