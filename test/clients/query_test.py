"""Random matches, sorts and pages: every answer is what plain SQL answers.

The second half of each case is a translation into plain SQL that knows nothing
of the engine: the tables, their relationships and what an operator means are
written down here once more.  Rows have many ties and nulls, the owners share
their keys, and every answer carries the owner, so that a row of another one
shows at once.

After that: walks by cursor, also while rows come and go, and input that is
meant to do harm.

TODO_ORM_SEED     another run; one with the same seed makes the same
TODO_ORM_CASES    how many cases (20000)
TODO_ORM_CASE     only that one, to look at a failure
TODO_ORM_WORKERS  how many connections at once (3)
"""

import collections
import json
import multiprocessing
import os
import random
import re
import sys
import uuid

import psycopg

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../lib"))
from tap import done, none  # noqa: E402

SEED = int(os.environ.get("TODO_ORM_SEED") or 20240229)
CASES = int(os.environ.get("TODO_ORM_CASES") or 20000)
ONLY = int(os.environ.get("TODO_ORM_CASE") or 0)
WORKERS = int(os.environ.get("TODO_ORM_WORKERS") or 3)
CHUNK = 500     # cases that make one assertion
WALKS = 400
DISTURBED = 150

# stands in rows of other owners and in a hidden column: in no answer, no error
CANARY = "canary-8be1"

# how often each thing was part of a case; none may be missing at the end
taken = collections.Counter()


def ident(name):
    return '"' + name.replace('"', '""') + '"'


def literal(text):
    return "NULL" if text is None else "'" + text.replace("'", "''") + "'"


# ---------------------------------------------------------------- types

TEXTS = ["", "a", "A", "b", "Ab_c", "ab%c", "50%", "back\\slash", "\u00c4\u00d6", "\u00e4\u00f6", "O'Neil", 'say "hi"', "null", "tab\tnewline\n",
         "buy milk", "Buy Milk", "he was running", "milk and bread", "\u2603 \U0001f600", "1=1 --", "$1", "z" * 40]
SEARCHES = ["milk", "run", "running", '"buy milk"', "milk -bread", "milk or running", "", "the", "' & | ! ( :*", "b", 'say "', "-milk", "\\"]
# kinds of operators
ORDER, STRING, ARRAY, RANGE, MULTIRANGE, JSON, SEARCH, NOTHING = "order", "string", "array", "range", "multirange", "json", "search", "nothing"
# name: (type, values as plain SQL writes them, kind, what further values "contains" takes: (type, values))
TYPES = {
    "bool": ("boolean", ["true", "false"], ORDER),
    "int2": ("smallint", ["0", "1", "-1", "32767"], ORDER),
    "int4": ("int", ["0", "1", "2", "-7", "2147483647"], ORDER),
    "int8": ("bigint", ["0", "1", "3", "9007199254740993", "-9223372036854775808"], ORDER),
    "numeric": ("numeric", ["0", "1", "1.00", "-0.5", "1e30", "NaN", "Infinity"], ORDER),
    "money2": ("numeric(6,2)", ["0", "1.5", "1.50", "-9999.99"], ORDER),
    "float4": ("real", ["0", "-0", "0.1", "1.5e30", "NaN", "-Infinity"], ORDER),
    "float8": ("double precision", ["0", "-0", "0.1", "1e300", "NaN", "Infinity"], ORDER),
    "text": ("text", TEXTS, STRING),
    "c_text": ('text COLLATE "C"', TEXTS, STRING),
    "caseless": ("text COLLATE caseless", ["a", "A", "b", "\u00e4", "\u00c4", "aB"], STRING),
    "varchar": ("varchar(5)", ["", "a", "A", "a%", "ab_c", "\u00e4\u00f6"], STRING),
    "char": ("char(4)", ["", "a", "ab", "ab  ", "A_"], STRING),
    "citext": ("citext", ["", "a", "A", "Ab", "aB", "%"], STRING),
    "word": ("word", ["", "ab", "AB", "abcde"], STRING),
    "mood": ("mood", ["sad", "ok", 'very "happy"'], ORDER),
    "percent": ("percent", ["0", "7", "100"], ORDER),
    "uuid": ("uuid", ["a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11", "00000000-0000-0000-0000-000000000000", "ffffffff-ffff-ffff-ffff-ffffffffffff"], ORDER),
    "date": ("date", ["2024-02-29", "2024-03-01", "0044-03-15 BC", "infinity"], ORDER),
    "timestamp": ("timestamp", ["2024-02-29 12:00", "2024-02-29 12:00:00.000001", "-infinity"], ORDER),
    "timestamptz": ("timestamptz", ["2024-02-29 12:00+00", "2024-02-29 14:00+02", "2024-03-01 00:00+00", "infinity"], ORDER),
    "time": ("time", ["00:00", "12:00:00.5", "24:00"], ORDER),
    "interval": ("interval", ["1 day", "24:00", "1 mon", "30 days", "-1 second"], ORDER),
    "inet": ("inet", ["10.0.0.1", "10.0.0.0/24", "::1"], ORDER),
    "bytea": ("bytea", ["", "\\x00ff", "\\x61"], ORDER),
    "bits": ("bit varying(4)", ["", "1", "1010"], ORDER),
    "json": ("json", ['{"a": 1}', '{"a":  1.0, "b": [1, 2]}', '"a"', "1", "[]", "[1, {}]", "null", "true"], JSON),
    "jsonb": ("jsonb", ['{"a": 1}', '{"a":  1.0, "b": [1, 2]}', '"a"', "1", "[]", "[1, {}]", "null", "true"], JSON),
    "texts": ("text[]", ["{}", "{a}", "{a,b}", "{b,NULL}", '{"x,y","q\\"","%"}'], ARRAY),
    "ints": ("int[]", ["{}", "{1}", "{1,2}", "{2,NULL}", "{{1,2},{3,4}}"], ARRAY),
    "pairs": ("pair[]", ["{}", '{"(1,a)"}', '{"(1,a)","(,)"}'], ARRAY),
    "int4range": ("int4range", ["empty", "[1,5)", "[2,3]", "(,2)", "[3,)"], RANGE, [("int", ["0", "2", "4", "-2147483648"])]),
    "tstzrange": ("tstzrange", ["empty", '["2024-01-01 00:00+00","2024-02-01 00:00+00")', '["2024-01-15 00:00+00",)'], RANGE,
                  [("timestamptz", ["2024-01-10 00:00+00", "infinity"])]),
    "tstzmultirange": ("tstzmultirange", ["{}", '{["2024-01-01 00:00+00","2024-02-01 00:00+00")}',
                                          '{["2024-01-15 00:00+00","2024-01-16 00:00+00"),["2024-03-01 00:00+00",)}'], MULTIRANGE,
                       [("timestamptz", ["2024-01-15 00:00+00", "2025-01-01 00:00+00"]),
                        ("tstzrange", ["empty", '["2024-01-15 00:00+00","2024-01-15 12:00+00"]'])]),
    "pair": ("pair", ["(1,a)", "(1,A)", "(,)", '(2,"")', "(0,b)"], ORDER),
    "tsquery": ("tsquery", ["", "'milk' & !'buy'", "'run'"], ORDER),
    "tsvector": ("tsvector", ["", "'milk':2 'buy':1", "'run':1A", "'a' 'b'"], SEARCH),
    "point": ("point", ["(1,2)"], NOTHING),
    "xml": ("xml", ["<a/>"], NOTHING),
}
OPERATORS = {
    ORDER: ["bare", "bare", "eq", "ne", "gt", "gte", "lt", "lte", "in", "nin", "null"],
    NOTHING: ["null"],
    JSON: ["eq", "ne", "in", "nin", "null", "contains", "contains"],
}
OPERATORS[SEARCH] = OPERATORS[ORDER] + ["search"] * 4
OPERATORS[STRING] = OPERATORS[ORDER] + ["like", "ilike", "contains", "search"]
OPERATORS[ARRAY] = OPERATORS[RANGE] = OPERATORS[MULTIRANGE] = OPERATORS[ORDER] + ["contains"] * 3

# stands for the column in SQL that is not complete yet
THIS = "\1"
# IS NULL looks at the fields of a composite
IS_NULL = "(%s IS NOT DISTINCT FROM NULL)" % THIS
# (type, value): as JSON has it, as PostgreSQL itself writes it
as_json = {}


def read_json_forms(conn):
    for type, values in {(t[0], tuple(t[1])) for t in TYPES.values()} | {(type, tuple(values)) for t in TYPES.values() for type, values in (t[3:] or [[]])[0]}:
        for value in values:
            as_json[type, value], = conn.execute("SELECT to_jsonb(%s::%s)::text" % (literal(value), type.split(" COLLATE")[0])).fetchone()


class Column:
    def __init__(self, name, kind, null=False, values=None, nulls=0.25, unique=False):
        self.name = name
        self.q = ident(name)
        self.kind = kind
        self.type, self.values, self.operators = TYPES[kind][:3]
        self.contained = TYPES[kind][3] if len(TYPES[kind]) > 3 else []
        self.null = null
        self.nulls = nulls
        if values:
            self.values = values
        self.unique = unique
        self.cast = self.type.split(" COLLATE")[0]
        self.sortable = self.operators != NOTHING and kind != "json"

    def make(self, rng, nr):
        """A value for a row, as SQL."""
        if self.null and rng.random() < self.nulls:
            return "NULL"
        if self.unique:
            return literal("%s %s" % (self.name, nr))
        return literal(rng.choice(self.values))


# ---------------------------------------------------------------- tables

class Model:
    """What this test knows of a table."""

    def __init__(self, table, one, many, columns, key, key_values, owner="user_id", owners=None, soft=False, sort=None, scopes=None, search=None, fks=(), rows=45):
        self.table = table          # quoted
        self.one = one
        self.many = many
        self.columns = columns
        self.key = key
        self.key_values = key_values    # nr -> values of the key, as text
        self.owner = owner
        self.owners = (owners or ["ann", "bob", "o'x\" \\"]) if owner else [None]
        self.soft = soft
        self.sort = sort or [(k, False, False) for k in key]
        self.scopes = scopes or {}      # name -> SQL of a row t
        self.search = search or {}      # column -> configuration
        self.fks = fks
        self.rows = rows
        self.links = {}                 # name -> Link
        self.writable = True

    def column(self, name):
        return next(c for c in self.columns if c.name == name)

    def identity(self, alias):
        """The owner and the key of a row."""
        names = ([self.owner] if self.owner else []) + self.key
        return "json_build_array(%s)" % ", ".join("%s.%s" % (alias, ident(n)) for n in names)

    def of(self, owner, alias="t"):
        return "%s.%s = %s" % (alias, ident(self.owner), literal(owner)) if self.owner else "true"

    def live(self, alias, scope="all"):
        if not self.soft or scope == "with_deleted":
            return "true"
        return "%s.deleted_at IS %sNULL" % (alias, "NOT " if scope == "deleted" else "")

    def in_scope(self, scope):
        return "%s AND %s" % (self.live("t", scope), self.scopes.get(scope, "true"))

    def all_scopes(self):
        return ["all"] + (["deleted", "with_deleted"] if self.soft else []) + list(self.scopes)

    def arguments(self, *words):
        return ", ".join((["%(owner)s"] if self.owner else []) + ["%s => %%(%s)s%s" % (w, w, {"take": "::int", "skip": "::int"}.get(w, "")) for w in words])


class Link:
    def __init__(self, target, many, join, through=None):
        self.target = target
        self.many = many
        self.join = join            # SQL with {a} for the row and {b} for the related one
        self.through = through      # of a link table: what comes before the target

    def rows(self, a, b, condition):
        """Is there a related row with the condition?"""
        tables = "%s %s" % (self.target.table, b)
        if self.through:
            tables = self.through.format(a=a, b=b) + ", " + tables
        return "EXISTS (SELECT FROM %s WHERE %s AND %s AND (%s))" % (tables, self.join.format(a=a, b=b), self.target.live(b), condition)


class ForeignKey:
    """Columns of a child that name its parent; the names of the relationship from both sides."""

    def __init__(self, columns, parent, to_one, to_many, nulls=0.3):
        self.columns = columns
        self.parent = parent
        self.to_one = to_one
        self.to_many = to_many
        self.nulls = nulls


def equal(child, parent, pairs):
    if child.owner and parent.owner:
        pairs = [(child.owner, parent.owner)] + pairs
    return " AND ".join("{%s}.%s = {%s}.%s" % ("%s", ident(c), "%s", ident(p)) for c, p in pairs)


def make_links(model):
    for fk in model.fks:
        parent = fk.parent or model
        join = equal(model, parent, list(zip(fk.columns, parent.key)))
        sides = join.count("%s") // 2
        model.links[fk.to_one] = Link(parent, False, join % (("a", "b") * sides))
        # from a row that everybody reads there is no way to the owned ones
        if parent.owner or not model.owner:
            parent.links[fk.to_many] = Link(model, True, join % (("b", "a") * sides))


def key_number(step):
    return lambda nr: [str(int(nr * step))]


def models():
    conversation = Model("conversation", "conversation", "conversations", [
        Column("id", "int8"), Column("title", "text", True), Column("created_at", "timestamptz"),
        Column("updated_at", "timestamptz", True), Column("deleted_at", "timestamptz", True, nulls=0.75)],
        ["id"], key_number(2), soft=True, sort=[("updated_at", True, True), ("id", True, True)], rows=20)
    message = Model("message", "message", "messages", [
        Column("id", "int8"), Column("conversation_id", "int8"), Column("role", "text", values=["user", "assistant", "tool"]),
        Column("content", "text", values=TEXTS[1:]), Column("data", "jsonb", True), Column("client_key", "text", True, unique=True, nulls=0.7),
        Column("status", "text", values=["complete", "streaming"]), Column("created_at", "timestamptz")],
        ["id"], key_number(2), sort=[("id", False, False)], fks=[ForeignKey(["conversation_id"], conversation, "conversation", "messages", 0)])
    task = Model("task", "task", "tasks", [
        Column("id", "int8"), Column("title", "text", values=TEXTS[1:]), Column("description", "text", True), Column("completed", "bool"),
        Column("conversation_id", "int8", True), Column("created_at", "timestamptz"), Column("updated_at", "timestamptz", True),
        Column("deleted_at", "timestamptz", True, nulls=0.75)],
        ["id"], key_number(2), soft=True, sort=[("created_at", True, True), ("id", True, True)],
        scopes={"pending": "NOT t.completed", "completed": "t.completed"},
        fks=[ForeignKey(["conversation_id"], conversation, "conversation", "tasks")])
    country = Model("country", "country", "countries", [
        Column("code", "text"), Column("name", "text", True), Column("big", "bool"), Column("region_id", "text", True)],
        ["code"], lambda nr: ["k%d'" % (nr * 2)], owner=None, sort=[("name", True, True), ("code", True, True)], rows=25,
        fks=[ForeignKey(["region_id"], None, "region", "countries")])
    wide = Model("wide", "wide", "wides", [Column("id", "int4")] + [
        Column(("n_" if null else "r_") + kind, kind, null) for kind in TYPES for null in (True, False)] + [Column("country_id", "text", True)],
        ["id"], key_number(2), fks=[ForeignKey(["country_id"], country, "country", "wides")])
    # a key of three columns, the second of them named by another one as well
    score = Model("score", "score", "scores", [
        Column("game", "text"), Column("level", "int4"), Column("points", "int4", True), Column("won", "bool", True),
        Column("rival_game", "text", True), Column("rival_id", "int4", True)],
        ["game", "level"], lambda nr: [["chess", "Go", "%s"][nr % 3], str(nr * 2)], rows=40, sort=[("game", False, False), ("level", False, False)],
        fks=[ForeignKey(["rival_game", "rival_id"], None, "rival", "scores")])
    attempt = Model("attempt", "attempt", "attempts", [
        Column("id", "int8"), Column("score_game", "text", True), Column("score_id", "int4", True), Column("ok", "bool", True), Column("spent", "interval")],
        ["id"], key_number(2), fks=[ForeignKey(["score_game", "score_id"], score, "score", "attempts")])
    section = Model('"Sec tion"', "section", "sections", [
        Column("id", "int4"), Column('na"me', "caseless", True), Column("desc", "int4", True), Column("parent_id", "int4", True),
        Column("deleted_at", "timestamptz", True, nulls=0.75), Column("nulls", "bool")],
        ["id"], key_number(2), owner="tenant", owners=["1", "2", "-3"], soft=True,
        sort=[('na"me', True, False), ("desc", False, False), ("id", False, False)], rows=25,
        fks=[ForeignKey(["parent_id"], None, "parent", "sections", 0.4)])
    post = Model("post", "post", "posts", [
        Column("id", "int8"), Column("title", "text", True), Column("body", "text"), Column("pinned", "bool"), Column("published", "date", True),
        Column("created_at", "timestamptz"), Column("deleted_at", "timestamptz", True, nulls=0.75), Column("extra", "jsonb", True)],
        ["id"], key_number(2), soft=True, sort=[("created_at", True, True), ("id", True, True)],
        scopes={"drafts": "t.published IS NULL", "pinned": "t.pinned AND t.extra IS NULL"}, search={"body": "pg_catalog.english"})
    tag = Model("tag", "tag", "tags", [
        Column("id", "uuid"), Column("name", "citext"), Column("deleted_at", "timestamptz", True, nulls=0.75)],
        ["id"], lambda nr: [str(uuid.UUID(int=nr * 2))], soft=True, rows=12)
    pinned = Model("pinned_post", "pinned_post", "pinned_posts", [c for c in post.columns if c.name in ("id", "title", "body", "published", "created_at")],
                   ["id"], None, sort=[("created_at", True, True), ("id", True, True)])
    pinned.writable = False
    all_of_them = [conversation, message, task, country, wide, score, attempt, section, post, tag, pinned]
    for model in all_of_them:
        make_links(model)
    post_tag = "({a}.user_id, {a}.id, {b}.id) = ({b}l.user_id, {b}l.post_id, {b}l.tag_id) AND {b}.user_id = {a}.user_id"
    tag_post = "({a}.user_id, {b}.id, {a}.id) = ({b}l.user_id, {b}l.post_id, {b}l.tag_id) AND {b}.user_id = {a}.user_id"
    post.links["tags_post_tag"] = Link(tag, True, post_tag, "post_tag {b}l")
    tag.links["posts_post_tag"] = Link(post, True, tag_post, "post_tag {b}l")
    post.links["tags"] = Link(tag, True, post_tag + " AND {b}l.deleted_at IS NULL", "post_label {b}l")
    tag.links["posts"] = Link(post, True, tag_post + " AND {b}l.deleted_at IS NULL", "post_label {b}l")
    return all_of_them


MODELS = models()
BY_NAME = {m.one: m for m in MODELS}
DELETED = ["task", "message", "wide", "post", "attempt"]
WEIGHTS = [1, 2, 4, 2, 8, 2, 2, 3, 4, 2, 1]

DDL = """
CREATE SCHEMA query_test;
SET search_path = query_test, public;
CREATE TYPE mood AS ENUM ('sad', 'ok', 'very "happy"');
CREATE TYPE pair AS (x int, y text);
CREATE DOMAIN percent AS int CHECK (VALUE BETWEEN 0 AND 100);
CREATE DOMAIN word AS varchar(5) CHECK (VALUE <> 'bad');
CREATE COLLATION caseless (provider = icu, locale = 'und-u-ks-level2', deterministic = false);
"""

TABLES = """
CREATE TABLE country (code text PRIMARY KEY, name text, big boolean NOT NULL, region_id text REFERENCES country DEFERRABLE);
SELECT todo_orm.register_model('country', '{"owner": null, "sort": "-name"}');
CREATE TABLE wide (user_id text NOT NULL, id int, %s, country_id text REFERENCES country, secret text NOT NULL DEFAULT '%s', PRIMARY KEY (user_id, id));
SELECT todo_orm.register_model('wide', '{"hidden": ["secret"]}');
CREATE TABLE score (user_id text COLLATE "C" NOT NULL, game text, level int, points int, won boolean, rival_game text, rival_id int,
    PRIMARY KEY (user_id, game, level), FOREIGN KEY (user_id, rival_game, rival_id) REFERENCES score DEFERRABLE);
SELECT todo_orm.register_model('score');
CREATE TABLE attempt (user_id text COLLATE "C" NOT NULL, id bigint, score_game text, score_id int, ok boolean, spent interval NOT NULL,
    PRIMARY KEY (user_id, id), FOREIGN KEY (user_id, score_game, score_id) REFERENCES score);
SELECT todo_orm.register_model('attempt');
CREATE TABLE "Sec tion" (tenant int NOT NULL, id int, "na""me" text COLLATE caseless, "desc" int, parent_id int, deleted_at timestamptz,
    "nulls" boolean NOT NULL, PRIMARY KEY (tenant, id), FOREIGN KEY (tenant, parent_id) REFERENCES "Sec tion" DEFERRABLE);
SELECT todo_orm.register_model('"Sec tion"', '{"owner": "tenant", "name": "section", "plural": "sections", "sort": "\\"na\\"\\"me\\" desc nulls last, desc"}');
CREATE TABLE post (user_id text COLLATE "C" NOT NULL, id bigint, title text, body text NOT NULL, pinned boolean NOT NULL, published date,
    created_at timestamptz NOT NULL, deleted_at timestamptz, extra jsonb, PRIMARY KEY (user_id, id));
CREATE INDEX ON post USING gin (to_tsvector('pg_catalog.english', body));
CREATE INDEX ON post (user_id, published, id);
SELECT todo_orm.register_model('post', '{"scopes": {"drafts": {"published": null}, "pinned": {"pinned": true, "extra": null}}}');
CREATE TABLE tag (user_id text COLLATE "C" NOT NULL, id uuid, name citext NOT NULL, deleted_at timestamptz, PRIMARY KEY (user_id, id));
SELECT todo_orm.register_model('tag');
CREATE TABLE post_tag (user_id text COLLATE "C" NOT NULL, post_id bigint, tag_id uuid, PRIMARY KEY (user_id, post_id, tag_id),
    FOREIGN KEY (user_id, post_id) REFERENCES post ON DELETE CASCADE, FOREIGN KEY (user_id, tag_id) REFERENCES tag ON DELETE CASCADE);
CREATE TABLE post_label (user_id text COLLATE "C" NOT NULL, post_id bigint, tag_id uuid, deleted_at timestamptz, PRIMARY KEY (user_id, post_id, tag_id),
    FOREIGN KEY (user_id, post_id) REFERENCES post ON DELETE CASCADE, FOREIGN KEY (user_id, tag_id) REFERENCES tag ON DELETE CASCADE);
SELECT todo_orm.register_model('post'), todo_orm.register_model('tag');
CREATE VIEW pinned_post AS SELECT user_id, id, title, body, published, created_at FROM post WHERE pinned;
SELECT todo_orm.register_model('pinned_post', '{"key": ["id"], "functions": "read"}');
"""


def insert(model, owner, nr, rng, parents):
    """A row, as SQL."""
    values = dict(zip(model.key, map(literal, model.key_values(nr))))
    for fk in model.fks:
        # a parent of the same owner, a soft-deleted one too
        keys = parents.get(((fk.parent or model).one, owner if (fk.parent or model).owner else None)) or []
        missing = not keys or rng.random() < fk.nulls
        values.update(zip(fk.columns, ["NULL"] * 9 if missing else map(literal, rng.choice(keys))))
    if model.owner:
        values[model.owner] = literal(owner)
    for column in model.columns:
        if column.name not in values:
            values[column.name] = column.make(rng, nr)
    return "INSERT INTO %s (%s) VALUES (%s)" % (model.table, ", ".join(map(ident, values)), ", ".join(values.values()))


def fill(conn):
    """Rows of all owners, whose keys overlap."""
    rng = random.Random(SEED)
    parents = {}
    for model in MODELS:
        if not model.writable:
            continue
        with conn.transaction():
            conn.execute("SET CONSTRAINTS ALL DEFERRED")
            for owner in model.owners:
                numbers = list(range(1, model.rows + 1))
                parents[model.one, owner] = [model.key_values(nr) for nr in numbers]
                rng.shuffle(numbers)
                for nr in numbers:
                    conn.execute(insert(model, owner, nr, rng, parents))
    for table, marked, part in ("post_tag", "", 7), ("post_label", ", CASE WHEN p.id % 3 = 0 THEN now() END", 5):
        conn.execute("INSERT INTO %s SELECT p.user_id, p.id, t.id%s FROM post p JOIN tag t USING (user_id) WHERE hashtext(concat(user_id, p.id, t.id)) %% %d = 0" %
                     (table, marked, part))
    for table, column in ("conversation", "title"), ("task", "title"), ("message", "content"), ("wide", "r_text"), ("post", "body"):
        conn.execute("UPDATE %s SET %s = '%s' WHERE user_id = 'bob' AND id IN (2, 4, 20)" % (table, column, CANARY))
    conn.execute("ANALYZE")
    return parents


def connect():
    conn = psycopg.connect(autocommit=True, prepare_threshold=None)
    conn.execute("SET search_path = query_test, public")
    conn.execute("SET client_min_messages = warning")
    # so that English shows where an index has it
    conn.execute("SET default_text_search_config = 'pg_catalog.simple'")
    conn.execute("SET TimeZone = 'Asia/Kolkata'")
    # far more than anything here takes: what hangs fails
    conn.execute("SET statement_timeout = '60s'")
    return conn


# ---------------------------------------------------------------- random questions

class Question:
    """Random matches and sorts of one model: as JSON or text, and as SQL."""

    def __init__(self, rng, values):
        self.rng = rng
        self.values = values    # another generator for them: the same shape comes with other values
        self.aliases = 0

    def chance(self, p):
        return self.rng.random() < p

    def took(self, *words):
        taken.update(words)

    def quoted(self, text):
        return json.dumps(text, ensure_ascii=self.chance(0.5))

    def value(self, column):
        """A value of the column, as JSON and as SQL."""
        text = self.values.choice(column.values)
        if self.values.random() < 0.05:
            text = self.values.choice(TYPES[column.kind][1])
        return self.both(column.cast, text, column.operators == JSON or column.kind == "bool" or self.values.random() < 0.6)

    def both(self, type, text, native):
        sql = "%s::%s" % (literal(text), type)
        if native and (type, text) in as_json:
            return as_json[type, text], sql
        if type in ("json", "jsonb"):
            return text, sql
        return self.quoted(text), sql

    def compared(self, column, operator):
        """One operator: its operand as JSON, and SQL of THIS column."""
        # json has no equality of its own
        this = THIS + "::jsonb" if column.kind == "json" else THIS
        if operator in ("bare", "eq", "ne") and column.operators != JSON and self.chance(0.1):
            return "null", IS_NULL if operator != "ne" else "NOT " + IS_NULL
        if operator == "null":
            null = self.chance(0.5)
            return ("true", IS_NULL) if null else ("false", "NOT " + IS_NULL)
        if operator in ("in", "nin"):
            # mostly of about one value
            values = [self.value(column) for _ in range(self.rng.choice([0, 1, 1, 2, 2, 3, 12]))]
            parts = ["%s = %s" % (this, sql.replace("::json", "::jsonb").replace("jsonbb", "jsonb")) for _, sql in values]
            texts = [text for text, _ in values]
            if column.operators != JSON and self.chance(0.2):
                texts.insert(self.rng.randint(0, len(texts)), "null")
                parts.append(IS_NULL)
            sql = "(%s)" % (" OR ".join(parts) or "false")
            return "[%s]" % ", ".join(texts), sql if operator == "in" else "(%s IS NOT TRUE)" % sql
        if operator in ("like", "ilike"):
            pattern = self.pattern(column)
            # of citext LIKE is caseless, as it is in plain SQL; the blanks of char(n) are none
            as_text = THIS + {"char": "::text", "caseless": ' COLLATE "default"'}.get(column.kind, "")
            return self.quoted(pattern), "%s %s %s" % (as_text, operator.upper(), literal(pattern))
        if operator == "contains":
            return self.contained(column)
        if operator == "search":
            words = self.values.choice(SEARCHES)
            vector = THIS if column.kind == "tsvector" else "to_tsvector('CONFIG', %s::text)" % THIS
            return self.quoted(words), "%s @@ websearch_to_tsquery('CONFIG', %s)" % (vector, literal(words))
        text, sql = self.value(column)
        if column.kind == "json":
            sql += "b"
        if operator == "ne":
            return text, "%s IS DISTINCT FROM %s" % (this, sql)
        return text, "%s %s %s" % (this, {"gt": ">", "gte": ">=", "lt": "<", "lte": "<="}.get(operator, "="), sql)

    def pattern(self, column):
        """A pattern that some value may be like."""
        pattern = ""
        for letter in self.values.choice(column.values):
            pattern += self.values.choice([letter, letter, letter, letter.swapcase(), "_", "%"])
            if pattern[-1] == letter and letter in "%_\\":
                pattern = pattern[:-1] + "\\" + letter
        return self.values.choice(["%", ""]) + pattern + self.values.choice(["%", "", "\\%"])

    def contained(self, column):
        if column.operators == STRING:
            text = self.values.choice(column.values)
            start = self.values.randint(0, len(text))
            text = text[start:self.values.randint(start, len(text))]
            text = self.values.choice([text, text.swapcase(), "%", "_"])
            collation = ' COLLATE "default"' if column.kind != "c_text" else ' COLLATE "C"'
            return self.quoted(text), "strpos(lower(%s::text%s), lower(%s%s)) > 0" % (THIS, collation, literal(text), collation)
        if column.operators == JSON:
            text = self.values.choice(column.values + ['{"b": [2]}', "{}", '[{}]'])
            return text, "%s::jsonb @> %s::jsonb" % (THIS, literal(text))
        if column.contained and self.chance(0.7):
            type, values = self.values.choice(column.contained)
            text, sql = self.both(type, self.values.choice(values), self.chance(0.5))
        else:
            text, sql = self.value(column)
        return text, "%s @> %s" % (THIS, sql)

    def on_column(self, model, alias, column):
        """Operators on a column: the JSON beside its name, and SQL."""
        operators = [self.rng.choice(OPERATORS[column.operators]) for _ in range(self.rng.choice([1, 1, 1, 2]))]
        if "bare" in operators:
            operators = ["bare"]
        operands = {}
        parts = []
        for operator in operators:
            text, sql = self.compared(column, operator)
            # an object would be operators
            if operator == "bare" and text[0] == "{":
                operator = "eq"
            if operator in operands:
                continue
            self.took(operator, "type " + column.kind)
            operands[operator] = text
            parts.append(sql.replace(THIS, "%s.%s" % (alias, column.q)).replace("CONFIG", model.search.get(column.name, "pg_catalog.simple")))
        if "bare" in operands:
            return operands["bare"], "(%s)" % parts[0]
        return "{%s}" % ", ".join("%s: %s" % (json.dumps(o), t) for o, t in operands.items()), "(%s)" % " AND ".join("(%s)" % p for p in parts)

    def related(self, alias, name, link, depth):
        """A condition on related rows."""
        def rows(quantifier):
            self.aliases += 1
            b = "r%d" % self.aliases
            text, sql = self.match(link.target, b, depth + 1)
            if quantifier == "some":
                return text, link.rows(alias, b, sql)
            if quantifier == "none":
                return text, "NOT " + link.rows(alias, b, sql)
            return text, "NOT " + link.rows(alias, b, "(%s) IS NOT TRUE" % sql)
        if not link.many and self.chance(0.1):
            self.took("to-one null")
            return "null", "NOT " + link.rows(alias, "r", "true")
        if not link.many or self.chance(0.2):
            self.took("to-one" if not link.many else "to-many plain", "through" if link.through else "direct")
            return rows("some")
        quantifiers = self.rng.sample(["some", "none", "every"], self.rng.choice([1, 1, 2]))
        self.took(*quantifiers)
        parts = {q: rows(q) for q in quantifiers}
        return "{%s}" % ", ".join("%s: %s" % (json.dumps(q), text) for q, (text, _) in parts.items()), " AND ".join(sql for _, sql in parts.values())

    def match(self, model, alias, depth=0):
        """A match of a model: as JSON, and as SQL of the row that the alias names."""
        texts = {}
        parts = []
        for _ in range(self.rng.choice([0, 1, 1, 1, 2, 2, 3] if depth else [1, 1, 1, 2, 3])):
            kind = self.rng.random()
            if kind < 0.62 or depth > 3:
                column = self.rng.choice(model.columns)
                name = column.name
                made = self.on_column(model, alias, column)
            elif kind < 0.66 and model.owner:
                owner = self.values.choice(model.owners)
                name = model.owner
                made = ((self.quoted(owner), "%s.%s = %s" % (alias, ident(model.owner), literal(owner))) if self.chance(0.5)
                        else ('{"ne": %s}' % self.quoted(owner), "%s.%s <> %s" % (alias, ident(model.owner), literal(owner))))
            elif kind < 0.8 and model.links:
                name = self.rng.choice(list(model.links))
                made = self.related(alias, name, model.links[name], depth)
            else:
                name = self.rng.choice(["and", "or", "or", "not", "not"])
                self.took(name)
                if name == "not":
                    text, sql = self.match(model, alias, depth + 1)
                    # what is not known is not true
                    made = text, "(%s) IS NOT TRUE" % sql
                else:
                    operands = [self.match(model, alias, depth + 1) for _ in range(self.rng.choice([0, 1, 2, 2, 3]))]
                    made = ("[%s]" % ", ".join(text for text, _ in operands),
                            "(%s)" % ((" %s " % name.upper()).join("(%s)" % sql for _, sql in operands) or ("true" if name == "and" else "false")))
            if name not in texts:
                texts[name] = made[0]
                parts.append(made[1])
        return "{%s}" % ", ".join("%s: %s" % (self.quoted(n), t) for n, t in texts.items()), " AND ".join("(%s)" % p for p in parts) or "true"

    # ------------------------------------------------------------ sorts

    def sort(self, model):
        """A sort: as text (None for the default one), and as SQL."""
        if self.chance(0.15):
            self.took("default sort")
            return None, self.order(model, [(None, n, d, f) for n, d, f in model.sort])
        items = []
        for _ in range(self.rng.choice([1, 1, 1, 2, 2, 3])):
            link = None
            target = model
            to_one = [n for n, l in model.links.items() if not l.many]
            if to_one and self.chance(0.25):
                link = self.rng.choice(to_one)
                target = model.links[link].target
                self.took("sort by to-one")
            items.append(self.item(link, self.rng.choice([c for c in target.columns if c.sortable]).name))
        return ", ".join(text for text, _ in items), self.order(model, [item for _, item in items])

    def item(self, link, name, descending=None, nulls_first=None):
        """An item of a sort: as text, and what it means."""
        def word(name):
            plain = re.fullmatch("[a-z_0-9]+", name)
            return name if plain and self.chance(0.9) else ident(name)
        descending = self.chance(0.5) if descending is None else descending
        text = (word(link) + "." if link else "") + word(name)
        if descending:
            text = self.rng.choice(["-" + text, text + " desc", text + "  DESC"])
        else:
            text += self.rng.choice(["", "", " asc", " ASC"])
        if nulls_first is None and self.chance(0.5):
            nulls_first = self.chance(0.5)
        if nulls_first is not None:
            text += self.rng.choice([" nulls %s", " NULLS %s"]) % ("first" if nulls_first else "last")
            self.took("nulls placed")
        else:
            nulls_first = descending
        return text, (link, name, descending, nulls_first)

    def order(self, model, items):
        """ORDER BY; the key makes it total."""
        named = [name for link, name, _, _ in items if not link]
        items = items + [(None, k, items[-1][2], items[-1][2]) for k in model.key if k not in named]
        parts = []
        for link, name, descending, nulls_first in items:
            value = "t." + ident(name)
            if link:
                link = model.links[link]
                value = "(SELECT o.%s FROM %s o WHERE %s AND %s)" % (ident(name), link.target.table, link.join.format(a="t", b="o"), link.target.live("o"))
            parts.append("%s%s NULLS %s" % (value, " DESC" if descending else "", "FIRST" if nulls_first else "LAST"))
        return ", ".join(parts)


class Case:
    """A random question for random pages."""

    def __init__(self, label, model=None, sort=None, matching=True):
        # two neighbours differ only in values: the second meets the plans of the first
        rng = random.Random("%d/%s" % (SEED, label // 2 if isinstance(label, int) else label))
        self.rng = random.Random("%d/%s/values" % (SEED, label))
        self.question = Question(rng, self.rng)
        self.model = model or rng.choices(MODELS, WEIGHTS)[0]
        self.scope = rng.choice(["all", rng.choice(self.model.all_scopes())])
        self.owner = self.rng.choice(self.model.owners)
        self.match, self.where = self.question.match(self.model, "t") if matching else ("{}", "true")
        self.sort, self.order = sort(self) if sort else self.question.sort(self.model)
        self.label = label

    def reference(self):
        return "SELECT coalesce(json_agg(%s ORDER BY %s), '[]') FROM %s t WHERE %s AND %s AND (%s)" % (
            self.model.identity("t"), self.order, self.model.table, self.model.of(self.owner), self.model.in_scope(self.scope), self.where)

    def everything(self, conn):
        return conn.execute(self.reference()).fetchone()[0]

    def bound(self, **more):
        return dict(owner=self.owner, scope=self.scope, match=self.match, sort=self.sort, **more)

    def list(self, conn, take, skip=0, cursor=None):
        model = self.model
        return conn.execute("SELECT coalesce((SELECT json_agg(%s) FROM list_%s(%s) l), '[]')" % (
            model.identity("l"), model.many, model.arguments("scope", "match", "sort", "take", "skip", "cursor")),
            self.bound(take=take, skip=skip, cursor=cursor), prepare=True).fetchone()[0]

    def page(self, conn, take, skip=0, cursor=None):
        model = self.model
        page, = conn.execute("SELECT page_%s(%s)" % (model.many, model.arguments("scope", "match", "sort", "take", "skip", "cursor")),
                             self.bound(take=take, skip=skip, cursor=cursor), prepare=True).fetchone()
        return self.with_keys(page)

    def with_keys(self, page):
        names = ([self.model.owner] if self.model.owner else []) + self.model.key
        page["keys"] = [[item[n] for n in names] for item in page["items"]]
        return page

    def answers(self, conn, take, skip):
        """What list, page and count say, in one round trip."""
        model = self.model
        keys, page, count = conn.execute("SELECT (SELECT json_agg(%s) FROM list_%s(%s) l), page_%s(%s), count_%s(%s)" % (
            model.identity("l"), model.many, model.arguments("scope", "match", "sort", "take", "skip"),
            model.many, model.arguments("scope", "match", "sort", "take", "skip", "with_total"), model.many, model.arguments("scope", "match")),
            self.bound(take=take, skip=skip, with_total=True), prepare=True).fetchone()
        return keys or [], self.with_keys(page), count

    def first(self, conn):
        return conn.execute("SELECT coalesce((SELECT json_agg(%s) FROM first_%s(%s) l), '[]')" % (
            self.model.identity("l"), self.model.one, self.model.arguments("match", "sort", "scope")), self.bound(), prepare=True).fetchone()[0]

    def one(self, conn, missing_ok):
        try:
            return conn.execute("SELECT coalesce((SELECT json_agg(%s) FROM one_%s(%s) l), '[]')" % (
                self.model.identity("l"), self.model.one, self.model.arguments("match", "scope", "missing_ok")),
                self.bound(missing_ok=missing_ok), prepare=True).fetchone()[0]
        except psycopg.Error as error:
            if error.sqlstate not in ("P0002", "P0003"):
                raise
            return error.sqlstate

    def problem(self, what, got, expected):
        return "TODO_ORM_SEED=%d TODO_ORM_CASE=%s: %s\nmodel %s, owner %s, scope %s\nmatch %s\nsort  %s\ngot      %s\nexpected %s\nplain SQL: %s" % (
            SEED, self.label, what, self.model.one, self.owner, self.scope, self.match, self.sort, got, expected, self.reference())

    def run(self, conn):
        """The problems of this case."""
        problems = []

        def same(what, got, expected):
            if got != expected:
                problems.append(self.problem(what, got, expected))
        everything = self.everything(conn)
        total = len(everything)
        taken["no rows" if not total else "some rows"] += 1
        take = self.rng.choice([50, 50, 1000, 0, 1, 2, 7, -1, -3, -1000])
        skip = self.rng.choice([0, 0, 0, 1, 3, 70])
        if take < 0:
            end = max(total - skip, 0)
            start = max(end + take, 0)
        else:
            start = min(skip, total)
            end = min(start + take, total)
        keys, page, counted = self.answers(conn, take, skip)
        same("list, take %d, skip %d" % (take, skip), keys, everything[start:end])
        same("page, take %d, skip %d" % (take, skip), page["keys"], everything[start:end])
        same("total", page["total"], total)
        if end > start:
            same("is there a next page?", page["next_cursor"] is not None, end < total)
            same("is there a previous page?", page["prev_cursor"] is not None, start > 0)
        same("count", counted, total)
        if self.rng.random() < 0.2:
            same("first", self.first(conn), everything[:1])
            missing_ok = self.rng.random() < 0.5
            same("one", self.one(conn, missing_ok), everything if total == 1 else "P0003" if total else [] if missing_ok else "P0002")
        if self.rng.random() < 0.2:
            problems += self.wander(conn, everything)
        # no other table keeps these
        if self.model.one in DELETED and self.scope == "all" and self.rng.random() < 0.1:
            with conn.transaction(force_rollback=True):
                problems += self.delete(conn, total)
        return problems

    def delete(self, conn, total):
        """What a match takes away is what it finds; one that is refused is true of all."""
        def rows():
            return conn.execute("SELECT count(*) FILTER (WHERE %s AND %s), count(*) FROM %s t" % (
                self.model.of(self.owner), self.model.live("t"), self.model.table)).fetchone()
        before = rows()
        try:
            with conn.transaction():
                deleted, = conn.execute("SELECT delete_%s(%s)" % (self.model.many, self.model.arguments("match")), self.bound(), prepare=True).fetchone()
        except psycopg.Error as error:
            if error.sqlstate == "22023" and "every row" in error.diag.message_primary:
                taken["delete refused"] += 1
                return [] if total == before[0] else [self.problem("is not true of every row", error, before)]
            raise
        taken["delete"] += 1
        after = rows()
        if (deleted, before[0] - after[0], before[1] - after[1]) != (total, total, total):
            return [self.problem("delete", "%s, %s before, %s after" % (deleted, before, after), total)]
        return []

    def wander(self, conn, everything, steps=6):
        """Some pages to and fro, each where it should be."""
        problems = []
        page = self.page(conn, self.rng.randint(1, 5), self.rng.choice([0, 0, 3]))
        # skipped beyond the end: the way back is the last page
        start = everything.index(page["keys"][0]) if page["keys"] and page["keys"][0] in everything else len(everything)
        end = start + len(page["keys"])
        for _ in range(steps):
            side = self.rng.choice(["next_cursor", "next_cursor", "prev_cursor"])
            cursor = page[side]
            if (cursor is not None) != (end < len(everything) if side == "next_cursor" else start > 0):
                problems.append(self.problem("%s at %d to %d" % (side, start, end), cursor, len(everything)))
            if cursor is None:
                continue
            if not re.fullmatch("[A-Za-z0-9_.~-]+", cursor):
                problems.append(self.problem("url-safe", cursor, ""))
            take = self.rng.choice([1, 2, 3, 8, 50])
            page = self.page(conn, take, 0, cursor)
            start, end = (end, min(end + take, len(everything))) if side == "next_cursor" else (max(start - take, 0), start)
            if page["keys"] != everything[start:end]:
                problems.append(self.problem("%s to %d to %d" % (side, start, end), page["keys"], everything[start:end]))
                break
            if self.rng.random() < 0.3 and self.list(conn, take, 0, cursor) != everything[start:end]:
                problems.append(self.problem("list by cursor", self.list(conn, take, 0, cursor), everything[start:end]))
            taken["pages wandered"] += 1
        return problems

    def walk(self, conn):
        """From one end to the other and back."""
        everything = self.everything(conn)
        there, page = [], self.page(conn, self.rng.randint(1, 9))
        while True:
            there += page["keys"]
            if page["next_cursor"] is None or not page["keys"]:
                break
            page = self.page(conn, self.rng.randint(1, 9), 0, page["next_cursor"])
        if there != everything:
            return [self.problem("walking forward", there, everything)]
        back = page["keys"]
        while page["prev_cursor"] is not None and page["keys"]:
            page = self.page(conn, self.rng.randint(1, 9), 0, page["prev_cursor"])
            back = page["keys"] + back
        if back != everything:
            return [self.problem("walking back", back, everything)]
        taken["rows walked"] += len(everything)
        return []

    def disturbed(self, conn, parents):
        """A walk while rows come and go: those that stay are met once, in order."""
        model = self.model
        before = self.everything(conn)
        gone, come = [], []
        met, page = [], self.page(conn, self.rng.randint(1, 4))
        problems = []
        number = 0
        while True:
            met += page["keys"]
            # the very row that the cursor stands on, or any other
            for key in [met[-1]] * self.rng.choice([0, 1]) + self.rng.sample(before, min(len(before), self.rng.choice([0, 1, 2]))) if met else []:
                conn.execute("DELETE FROM %s t WHERE %s::jsonb = %s::jsonb" % (model.table, model.identity("t"), literal(json.dumps(key))))
                gone.append(key)
            for _ in range(self.rng.choice([0, 1, 2])):
                number += 1
                # odd keys are free
                conn.execute(insert(model, self.owner, number * 7 % 60 + 0.5, self.rng, parents))
                come.append(number)
            if page["next_cursor"] is None or not page["keys"]:
                break
            page = self.page(conn, self.rng.randint(1, 4), 0, page["next_cursor"])
        stayed = [key for key in before if key not in gone]
        if [key for key in met if key in stayed] != stayed:
            problems.append(self.problem("rows that stay, while %s go and %d come" % (gone, number), met, stayed))
        if len(set(map(json.dumps, met))) != len(met):
            problems.append(self.problem("no row twice", met, ""))
        # all that were met stand in the order of now
        after = self.everything(conn)
        now = [key for key in met if key in after]
        if now != [key for key in after if key in met]:
            problems.append(self.problem("in order", now, after))
        # and so it is on the way back, from a page of the middle
        everything = after
        if len(everything) > 2:
            middle = self.page(conn, 1, len(everything) // 2)
            conn.execute("DELETE FROM %s t WHERE %s::jsonb = %s::jsonb" % (model.table, model.identity("t"), literal(json.dumps(middle["keys"][0]))))
            back = self.page(conn, 1000, 0, middle["prev_cursor"])
            if back["keys"] != everything[:len(everything) // 2]:
                problems.append(self.problem("back from a row that is gone", back["keys"], everything[:len(everything) // 2]))
            # nothing is left behind the cursor, but there is before it
            last = self.page(conn, 1000)["keys"]
            page = self.page(conn, len(last) - 1)
            conn.execute("DELETE FROM %s t WHERE %s::jsonb = %s::jsonb" % (model.table, model.identity("t"), literal(json.dumps(last[-1]))))
            beyond = self.page(conn, 5, 0, page["next_cursor"])
            if beyond["keys"] or beyond["next_cursor"] is not None or beyond["prev_cursor"] is None:
                problems.append(self.problem("beyond the end", beyond, "no row, and a way back"))
            elif self.page(conn, 1000, 0, beyond["prev_cursor"])["keys"] != last[:-1]:
                problems.append(self.problem("back from beyond the end", self.page(conn, 1000, 0, beyond["prev_cursor"])["keys"], last[:-1]))
        taken["rows that stayed"] += len(stayed)
        return problems


# ---------------------------------------------------------------- work for several connections

worker = None
PARENTS = {}


def start_worker():
    global worker
    worker = connect()
    read_json_forms(worker)


def guarded(label, work):
    try:
        return work()
    except psycopg.Error as error:
        return ["%s: %s %s %s" % (label() if callable(label) else label, error.sqlstate, error.diag.message_primary, error.diag.message_detail)]


def run_cases(numbers):
    taken.clear()
    problems = []
    for number in numbers:
        case = Case(number)
        problems += guarded(lambda: case.problem("an error", "", ""), lambda: case.run(worker))
    return problems, taken


def run_walks(numbers):
    taken.clear()
    problems = []
    for number in numbers:
        case = Case("walk %d" % number, matching=number % 3 > 0)
        problems += guarded(lambda: case.problem("an error", "", ""), lambda: case.walk(worker))
    return problems, taken


def run_columns(numbers):
    """A whole walk for every column of the wide table, each direction and place of nulls."""
    taken.clear()
    problems = []
    wide = BY_NAME["wide"]
    columns = [c.name for c in wide.columns if c.sortable]
    for number in numbers:
        def sort(case):
            text, item = case.question.item(None, columns[number // 4], number % 4 > 1, number % 2 == 1)
            return text, case.question.order(wide, [item])
        if number // 4 < len(columns):
            case = Case("column %d" % number, wide, sort, matching=False)
            problems += guarded(lambda: case.problem("an error", "", ""), lambda: case.walk(worker))
    return problems, taken


def run_disturbed(numbers):
    taken.clear()
    problems = []
    for number in numbers:
        case = Case("disturbed %d" % number, BY_NAME[DELETED[number % 5]], matching=number % 2 > 0)
        with worker.transaction(force_rollback=True):
            problems += guarded(lambda: case.problem("an error", "", ""), lambda: case.disturbed(worker, PARENTS))
    return problems, taken


def spread(pool, name, work, n, size=CHUNK):
    """Runs numbers 1 to n in chunks; each is one assertion."""
    chunks = [range(start, min(start + size, n + 1)) for start in range(1, n + 1, size)]
    for chunk, (problems, counted) in zip(chunks, pool.imap(work, chunks)):
        taken.update(counted)
        none(problems, "%s %d to %d" % (name, chunk[0], chunk[-1]))


# ---------------------------------------------------------------- input that is meant to do harm

# texts of errors stay readable, whatever comes in
MESSAGE_LIMIT = 10000
DETAIL_LIMIT = 100000

INJECTIONS = [
    "' OR 1=1 --", "'; DROP TABLE task; --", '"; DROP TABLE task; --', "\\'; DROP TABLE task; --", "x' UNION SELECT * FROM task --", "$1",
    "$$; SELECT pg_sleep(9); $$", "/* */ OR true", "') OR ('' = '", "1) OR (1 = 1", "%s%n%d", "title = title", "t.user_id", "(SELECT 1)", "\\", "'",
    '"', "''", '""', "\u2019 OR 1=1", "E'\\''", "task.user_id <> ''", "id::text", "todo_orm", "excluded.id", "ctid", "xmin", "tableoid",
    "pg_sleep(9)", "NULL", "true", ";", "--", "\n", "\t", " ", ",", ".", "..", "*", "{", "[", "{}",
]
# every one is refused for a task
BAD_MATCHES = [
    "null", "[]", "[{}]", '""', '"title"', "1", "true", '{"nope": 1}', '{"Title": "a"}', '{"TITLE": "a"}', '{"title ": "a"}', '{"": 1}',
    '{"xmin": 1}', '{"ctid": "(0,1)"}', '{"tableoid": 1}', '{"title": {"nope": 1}}', '{"title": {"EQ": "a"}}', '{"title": {"": 1}}',
    '{"title": {"$gt": "a"}}', '{"title": {"title": "a"}}', '{"title": {"eq": {"eq": "a"}}}', '{"title": {"not": {"eq": "a"}}}', '{"title": 5}',
    '{"title": true}', '{"title": ["a"]}', '{"title": {"eq": ["a"]}}', '{"title": {"in": "a"}}', '{"title": {"in": {"a": 1}}}',
    '{"title": {"in": null}}', '{"title": {"in": [["a"]]}}', '{"title": {"in": [{}]}}', '{"title": {"nin": 5}}', '{"title": {"gt": null}}',
    '{"title": {"like": null}}', '{"title": {"like": 5}}', '{"title": {"like": ["a"]}}', '{"title": {"like": "a\\\\"}}',
    '{"title": {"ilike": "a\\\\"}}', '{"title": {"null": null}}', '{"title": {"null": 1}}', '{"title": {"null": "true"}}',
    '{"title": {"contains": null}}', '{"title": {"contains": 5}}', '{"title": {"contains": ["a"]}}', '{"title": {"search": null}}',
    '{"title": {"search": {}}}', '{"id": {"like": "1"}}', '{"id": {"contains": 1}}', '{"id": {"search": "1"}}', '{"id": "x"}', '{"id": ""}',
    '{"id": 1.5}', '{"id": 1e400}', '{"id": -1e400}', '{"id": 1e-400}', '{"id": "NaN"}', '{"id": true}', '{"id": 9223372036854775808}',
    '{"id": {"in": [1, "x"]}}', '{"completed": 1}', '{"completed": "maybe"}', '{"created_at": 5}', '{"created_at": "x"}',
    '{"created_at": "2024-02-30"}', '{"created_at": {"gt": "now() - 1"}}', '{"or": 5}', '{"or": null}', '{"or": "title"}', '{"or": [null]}',
    '{"or": [[]]}', '{"or": ["x"]}', '{"or": [{}, 1]}', '{"or": [{"nope": 1}]}', '{"and": 5}', '{"and": null}', '{"and": [{"title": 5}]}',
    '{"not": null}', '{"not": []}', '{"not": true}', '{"not": {"nope": 1}}', '{"conversation": "x"}', '{"conversation": 1}', '{"conversation": []}',
    '{"conversation": {"nope": 1}}', '{"conversation": {"some": {}}}', '{"conversation": {"tasks": 1}}',
    '{"conversation": {"tasks": {"some": null}}}', '{"conversation": {"tasks": {"some": []}}}', '{"conversation": {"tasks": {"nope": {}}}}',
    '{"conversation": {"tasks": {"every": {"nope": 1}}}}', '{"conversation.title": "x"}', '{"tasks": {}}', '{"conversation_id": {"title": "x"}}',
]
BAD_SORTS = [
    "", " ", ",", "title,", ",title", "title,,id", "nope", "TITLE", "Title", "title; DROP TABLE task", "title --", "title/**/", "title /* */ desc",
    "'title'", "title'", '"title', 'title"', '"nope"', '"title" "id"', "title id", "title desc asc", "title desc desc", "title nulls",
    "title nulls none", "title nulls first last", "title nulls first nulls last", "title first", "nulls first", "title using <",
    "title collate \"C\"", "title::text", "lower(title)", "(title)", "1", "title, 1", "-", "--title", "- -title", "+title", "t.title", "task.title",
    "user_id.title", "conversation", "conversation.", ".title", "conversation.nope", "conversation.tasks", "conversation.tasks.id", "messages.id",
    "xmin", "ctid", "tableoid", "*", "task", "random()", "title, (SELECT 1)", "CASE WHEN true THEN id END", "$1", "title\\", "title limit 1",
    "title offset 1", "id desc nulls last; id", "title\u00a0desc", "null", "true", "id,title" * 1000, ",".join(["id"] * 10000),
    ".".join(["conversation"] * 1000), "title" + " desc" * 10000, "x" * 1000000,
]
WRONG_VALUES = [
    "null", "true", "0", "-1", "1.5", "1e400", "-1e400", "1e-400", "1e131071", "99999999999999999999", '""', '"x"', '"NaN"', '"1e400"', '"\\u0001"',
    '"' + "x" * 3000 + '"', '"infinity"', '"2024-13-45"', '"{"', '"{{{{{{{{1}}}}}}}}"', '"[1,"', '"(,"', '"()"', '"[5,1)"', '"{[5,1)}"', '"\\\\x0"',
    '"\' OR 1=1 --"', '"a & ( |"', "[]", "[[]]", "[null]", "[1, \"x\", {}]", "[[1, 2], [3]]", "{}", '{"x": 1}', '{"x": {"x": {}}}', '{"eq": 1}',
    '[{"x": "x"}]',
]


def named(owner, arguments):
    """Arguments of a call, for values that are bound."""
    return ", ".join((["%(owner)s"] if owner else []) + ["%s => %%(%s)s%s" % (k, k, "::jsonb" if k == "match" else "") for k in arguments])


class Hostile:
    """Calls of the user ann, each of which must end well or in a clear refusal."""

    def __init__(self, conn):
        self.conn = conn
        self.problems = []
        self.made = 0

    def ask(self, what, function="list_tasks", columns="json_agg(a)::text", allowed=("22023",), owner="ann", **arguments):
        """The answer as text, or the SQLSTATE; anything but these two is a problem."""
        self.made += 1
        sql = "SELECT %s FROM %s(%s) a" % (columns, function, named(owner, arguments))
        try:
            answer = self.conn.execute(sql, dict(arguments, owner=owner)).fetchone()[0]
        except psycopg.Error as error:
            self.judge(what, error, allowed)
            return error.sqlstate
        if CANARY in (answer or ""):
            self.problem(what, "tells a value of another owner")
        return answer or ""

    def problem(self, what, text):
        self.problems.append("%s: %s" % (what[:100], text))

    def judge(self, what, error, allowed):
        texts = [error.diag.message_primary or "", error.diag.message_detail or "", error.diag.message_hint or "", error.diag.context or ""]
        if error.sqlstate not in allowed:
            self.problem(what, "%s %s" % (error.sqlstate, texts[0][:200]))
        if CANARY in "".join(texts):
            self.problem(what, "tells a value of another owner: %s" % texts)
        if error.sqlstate != "22023":
            return
        if len(texts[0]) > MESSAGE_LIMIT or len(texts[1]) > DETAIL_LIMIT:
            self.problem(what, "an error of %d + %d characters" % (len(texts[0]), len(texts[1])))
        if "match" in texts[0]:
            try:
                entries = json.loads(texts[1])
            except (ValueError, RecursionError) as broken:
                return self.problem(what, "DETAIL cannot be read: %s" % broken)
            if not 1 <= len(entries) <= 100 or any(sorted(e) != ["input", "loc", "msg", "type"] or e["loc"][0] != "match" for e in entries[:99]):
                self.problem(what, "DETAIL %s" % texts[1][:300])

    def refused(self, what, **arguments):
        answer = self.ask(what, **arguments)
        if answer != "22023":
            self.problem(what, "not refused: %s" % answer[:100])

    def done(self, name):
        """Nothing happened to the connection or the rows: one assertion."""
        try:
            self.conn.execute("SELECT 1")
        except psycopg.Error as error:
            self.problem("the connection", str(error))
        none(self.problems, "%s (%d calls)" % (name, self.made))
        self.problems = []
        self.made = 0


def run_types(kinds):
    """Every operator of every type with values that mostly do not fit."""
    hostile = Hostile(worker)
    operators = ["", "eq", "ne", "gt", "lte", "in", "nin", "like", "ilike", "null", "contains", "search", "nope"]
    for kind in kinds:
        # fields of a composite may be of domains: what somebody's CHECK raises passes
        allowed = ("22023", "54000") if kind in ("pair", "pairs") else ("22023",)
        for value in WRONG_VALUES:
            for operator in operators:
                for text in [value, "[%s]" % value] if operator in ("in", "nin") else [value]:
                    match = '{"n_%s": %s}' % (kind, '{"%s": %s}' % (operator, text) if operator else text)
                    hostile.ask(match, "page_wides", "a::text", allowed, match=match, take=1)
    taken.clear()
    return hostile.problems, collections.Counter(types=hostile.made)


def hostile_matches(hostile):
    for match in BAD_MATCHES:
        hostile.refused(match, match=match)
        hostile.refused(match, function="count_tasks", columns="a::text", match=match)
        hostile.refused(match, function="page_tasks", columns="a::text", match=match)
        hostile.refused(match, function="first_task", match=match)
        hostile.refused(match, function="one_task", match=match)
    # refused too where the answer is known without looking
    for match in BAD_MATCHES:
        hostile.refused(match, match='{"and": [{"or": []}, %s]}' % match)
        hostile.refused(match, match='{"or": [{}, %s]}' % match)
    hostile.done("bad matches are refused, with DETAIL")


def hostile_strings(hostile):
    for text in INJECTIONS:
        word = json.dumps(text)
        if hostile.ask(word, function="count_tasks", columns="a::text", match='{"title": %s, "description": %s}' % (word, word)) != "0":
            hostile.problem(text, "has matched")
        for operator in "like", "ilike", "contains", "search", "gt", "ne":
            hostile.ask(word, match='{"title": {"%s": %s}}' % (operator, word))
        hostile.ask(word, match='{"user_id": %s}' % word)
        hostile.ask(word, match='{"title": {"in": [%s, %s]}}' % (word, word))
        hostile.refused(word, match='{%s: "a"}' % word)
        hostile.refused(word, match='{"title": {%s: "a"}}' % word)
        hostile.refused(word, match='{"conversation": {"tasks": {%s: {}}}}' % word)
        hostile.refused(word, match='{"id": %s}' % word)
        hostile.refused(word, scope=text)
        hostile.refused(word, cursor=text)
        hostile.refused(word, sort=text)
        hostile.refused(word, sort=ident(text))
        hostile.refused(word, sort="conversation." + text)
        if text.strip():
            hostile.refused(word, sort="title " + text)
        # as an owner: somebody who has nothing
        if hostile.ask(word, owner=text):
            hostile.problem(text, "is an owner with rows")
    hostile.done("SQL in every string and key does nothing")


def hostile_sorts(hostile):
    for sort in BAD_SORTS:
        hostile.refused("sort " + sort, sort=sort)
        hostile.refused("sort " + sort, function="page_tasks", columns="a::text", sort=sort)
    for sort in "n_json", "r_json", "n_point", "r_xml", "secret", "-secret", "country.nope":
        hostile.refused("sort " + sort, function="list_wides", sort=sort)
    hostile.done("bad sorts are refused")
    for take in -1001, 1001, 2147483647, -2147483648:
        hostile.refused("take %d" % take, take=take)
    hostile.refused("skip", skip=-1)
    hostile.refused("skip", skip=-2147483648)
    for scope in "", "ALL", "all ", "pending,completed", "pending; DROP TABLE task", "x" * 1000000:
        hostile.refused("scope " + scope, scope=scope)
    for owner in "''", "NULL":
        if hostile.ask("owner", allowed=("22004",), function="page_tasks", columns="a::text", owner=None, user_id=None if owner == "NULL" else "") != "22004":
            hostile.problem("owner " + owner, "is accepted")
    hostile.done("take, skip, scope and owner out of bounds are refused")


def hostile_sizes(hostile):
    for n in 9, 1000, 5000:
        for match in ['{"not": ' * n + "{}" + "}" * n, '{"and": [' * n + "{}" + "]}" * n, '{"or": [' * n + '{"title": "a"}' + "]}" * n,
                      '{"conversation": {"tasks": ' * n + "{}" + "}}" * n, '{"title": ' + "[" * n + "]" * n + "}", '{"title": {"eq": ' + '{"a": ' * n + "1" + "}" * n + "}}"]:
            hostile.refused("%d levels" % n, match=match)
    # PostgreSQL itself reads no JSON as deep as this
    hostile.ask("a million levels", match='{"not": ' * 1000000 + "{}" + "}" * 1000000, allowed=("54001",))
    numbers = list(range(200000))
    for match in [
            {"id": {"in": numbers}}, {"id": {"nin": numbers}}, {"id": {"in": [None] * 200000}}, {"id": {"in": ["x"] * 200000}}, {"id": numbers},
            {"k%d" % i: 1 for i in range(100000)}, {"and": [{"id": 1}] * 100000}, {"or": [{}] * 100000}, {"and": [{"id": {"in": []}}] * 100000},
            {"not": {"or": [{"nope": 1}] * 100000}}, {"and": [{"id": {"in": numbers[:5000]}}] * 90}, {"x" * 1000000: 1}, {"title": {"x" * 1000000: 1}},
            {"y" * 100000 + str(i): 1 for i in range(100)}, {"id": "x" * 1000000}, {"created_at": "x" * 1000000}]:
        text = json.dumps(match)
        hostile.refused("%d characters, %s" % (len(text), text[:60]), match=text)
    hostile.refused("200 numbers of 131072 digits", match='{"id": {"in": [%s]}}' % ", ".join(["1e131071"] * 200))
    for operator in "eq", "ne", "gt", "like", "ilike", "contains":
        hostile.ask("a string of 5 MB, " + operator, match=json.dumps({"title": {operator: "%x" * 2500000}}))
    for words in ("x " * 1000000, "-" * 100000 + "a", "- " * 50 + "a", '"' * 100000, "a or " * 100000 + "a", " ".join(map(str, range(100000))),
                  "(" * 100000, "x" * 1000000, "\u0001" * 1000):
        hostile.ask("search, %d characters, %s" % (len(words), words[:20]), match=json.dumps({"title": {"search": words}}))
        hostile.ask("search, %d characters, %s" % (len(words), words[:20]), function="page_posts", columns="a::text", match=json.dumps({"body": {"search": words}}))
    for column in "n_ints", "n_texts", "n_jsonb", "n_json":
        for operator in "eq", "contains":
            hostile.ask("an array of 200000, " + column, function="page_wides", columns="a::text", match=json.dumps({column: {operator: numbers}}))
            hostile.ask("1000 levels, " + column, function="page_wides", columns="a::text", match='{"%s": {"%s": %s}}' % (column, operator, "[" * 1000 + "]" * 1000))
    hostile.done("depth and size are bounded, and so are the errors")
    # PostgreSQL refuses these before the engine sees them
    for match in ('{"title": "\\u0000"}', '{"\\u0000": 1}', '{"title": "\\ud800"}', '{"title": "\\udc00\\ud800"}', '{"\\ud83d": 1}',
                  '{"title": NaN}', '{"title": }', "", "{", "'", '{"title": "a" "b"}', '{"a": 1e9999999999}'):
        if hostile.ask(match, match=match, allowed=("22P02", "22P05", "22003")) not in ("22P02", "22P05", "22003"):
            hostile.problem(match, "is JSON")
    if hostile.ask("a pair", function="count_tasks", columns="a::text", match='{"title": "\\ud83d\\ude00"}') != "0":
        hostile.problem("a surrogate pair", "is no character")
    hostile.done("what is no JSON")


def hostile_hidden(hostile):
    """A hidden column is refused as one that does not exist, word by word."""
    def error(function, **arguments):
        try:
            hostile.conn.execute("SELECT %s('ann', %s)" % (function, ", ".join("%s => %%(%s)s" % (k, k) for k in arguments)), arguments)
        except psycopg.Error as raised:
            said = raised.diag
            return [str(t).replace("secret", "nope42") for t in (
                raised.sqlstate, said.message_primary, said.message_detail, said.message_hint, said.column_name)]
    for match in '{"%s": "x"}', '{"%s": {"eq": 5}}', '{"%s": {"nope": 5}}', '{"not": {"%s": null}}', '{"or": [{"%s": {"like": "canary%%"}}]}':
        if error("list_wides", match=match.replace("%s", "secret")) != error("list_wides", match=match.replace("%s", "nope42")):
            hostile.problem(match, "differs from that of an unknown column")
    for sort in "%s", "-%s", "id, %s desc nulls last":
        if error("list_wides", sort=sort % "secret") != error("list_wides", sort=sort % "nope42"):
            hostile.problem(sort, "differs from that of an unknown column")
    hostile.refused("through a relationship", function="list_countries", owner=None, match='{"wides": {"some": {}}}')
    hostile.done("a hidden column is an unknown one; from a shared row no way leads to owned ones")


def hostile_cursors(hostile):
    def cursor_of(function, owner="ann", **arguments):
        return hostile.conn.execute("SELECT %s(%s)->>'next_cursor'" % (function, named(owner, arguments)), dict(arguments, owner=owner)).fetchone()[0]
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    rng = random.Random(SEED)
    for arguments in ({"sort": "title"}, {"sort": "conversation.title desc, -completed", "match": '{"title": {"ne": "a"}}'},
                      {"scope": "with_deleted", "sort": "-deleted_at nulls last, description"}):
        cursor = cursor_of("page_tasks", take=3, **arguments)
        if hostile.ask("as it is", cursor=cursor, **arguments) == "22023":
            hostile.problem(cursor, "is refused")
        for at in range(len(cursor)):
            # of the last one some bits belong to no byte
            for letter in (list(letters) if at + 1 == len(cursor) else rng.sample(letters, 4)) + ["=", "+", "/", "\u00e9", "'", " "]:
                if letter != cursor[at]:
                    hostile.refused("byte %d of %s is %r" % (at, cursor, letter), cursor=cursor[:at] + letter + cursor[at + 1:], **arguments)
            hostile.refused("byte %d is gone" % at, cursor=cursor[:at] + cursor[at + 1:], **arguments)
            hostile.refused("byte %d is twice" % at, cursor=cursor[:at] + cursor[at] + cursor[at:], **arguments)
            hostile.refused("%d bytes" % at, cursor=cursor[:at], **arguments)
            hostile.refused("from byte %d" % (at + 1), cursor=cursor[at + 1:], **arguments)
        for other in "=", "==", "A", "\n", " ", cursor, "A" * 10000000:
            hostile.refused("cursor + %s" % other[:9], cursor=cursor + other, **arguments)
            hostile.refused("%s + cursor" % other[:9], cursor=other + cursor, **arguments)
        hostile.refused("of bob", owner="bob", cursor=cursor, **arguments)
        hostile.refused("of nobody", owner="nobody", cursor=cursor, **arguments)
        hostile.refused("of another scope", cursor=cursor, **dict(arguments, scope="pending"))
        hostile.refused("of another match", cursor=cursor, **dict(arguments, match='{"title": {"ne": "b"}}'))
        hostile.refused("of a match that says the same", cursor=cursor, **dict(arguments, match='{"title": {"ne": "a"}, "id": {"null": false}}'))
        for sort in "id", "title desc", "-title", "title nulls first", "title, created_at", "completed, title", "description", "conversation.title":
            hostile.refused("of sort " + sort, cursor=cursor, **dict(arguments, sort=sort))
        hostile.refused("with skip", cursor=cursor, skip=1, **arguments)
        hostile.refused("with a negative take", cursor=cursor, take=-1, **arguments)
        # the same text is a cursor of no other model
        for function in "list_conversations", "list_posts", "list_tags":
            hostile.refused("of " + function, function=function, cursor=cursor, sort="title" if function != "list_tags" else "name")
    for function in "list_conversations", "list_messages", "list_posts", "list_pinned_posts":
        hostile.refused("of task", function=function, cursor=cursor_of("page_tasks", take=1, sort="id"), sort="id")
        hostile.refused("of the view", function="list_tasks", cursor=cursor_of("page_pinned_posts", take=1, sort="id"), sort="id")
    hostile.done("a cursor that was changed, or comes from elsewhere, is refused")


def hostile_input(conn):
    hostile = Hostile(conn)
    hostile_matches(hostile)
    hostile_strings(hostile)
    hostile_sorts(hostile)
    hostile_sizes(hostile)
    hostile_hidden(hostile)
    hostile_cursors(hostile)
    # words that say nothing are told of once, not for every row
    notices = []
    conn.add_notice_handler(notices.append)
    conn.execute("SET client_min_messages = notice")
    hostile.ask("no words", match='{"title": {"search": ""}}')
    conn.execute("SET client_min_messages = warning")
    none(["%d notices" % len(notices)] if len(notices) > 1 else [], "a search without words is not told for every row")


ROWS = "SELECT %s" % ", ".join("(SELECT md5(string_agg(t::text, ' ' ORDER BY t::text)) FROM %s t)" % m.table for m in MODELS)


def main():
    print("# TODO_ORM_SEED=%d" % SEED)
    conn = connect()
    conn.execute(DDL)
    available = conn.execute("SELECT 1 FROM pg_available_extensions WHERE name = 'citext'").fetchone()
    conn.execute("CREATE EXTENSION citext SCHEMA query_test" if available else "CREATE DOMAIN citext AS text")
    conn.execute("SELECT todo_orm.create_all('query_test')")
    wide = BY_NAME["wide"]
    conn.execute(TABLES % (", ".join("%s %s%s" % (c.q, c.type, "" if c.null else " NOT NULL") for c in wide.columns if c.name[:2] in ("n_", "r_")), CANARY))
    PARENTS.update(fill(conn))
    if ONLY:
        start_worker()
        none(run_cases([ONLY])[0], "case %d" % ONLY)
        return finish(conn)
    # forked before they connect; they find the tables
    with multiprocessing.get_context("fork").Pool(WORKERS, start_worker) as pool:
        spread(pool, "list, page, count, first and one as in plain SQL: cases", run_cases, CASES)
        spread(pool, "whole walks by cursor, to the end and back:", run_walks, WALKS, 100)
        spread(pool, "whole walks in the order of every column:", run_columns, 4 * len(wide.columns), 80)
        # one connection: two would wait for each other's new keys
        spread(pool, "walks while rows come and go:", run_disturbed, DISTURBED, DISTURBED)
        counts = conn.execute(ROWS).fetchone()
        kinds = list(TYPES)
        chunks = [kinds[at::4] for at in range(4)]
        for chunk, (problems, counted) in zip(chunks, pool.imap(run_types, chunks)):
            none(problems, "wrong values for %s (%d calls)" % (", ".join(chunk), counted["types"]))
    hostile_input(conn)
    none([] if conn.execute(ROWS).fetchone() == counts else ["other rows than before"], "after all that every row is there")
    # that what is compared is worth it
    missing = [word for word in ["no rows", "some rows", "default sort", "sort by to-one", "nulls placed", "to-one", "to-one null", "to-many plain", "some", "none", "every",
                                 "delete", "delete refused", "through", "and", "or", "not", "bare", "pages wandered", "rows walked", "rows that stayed"] +
               sum(OPERATORS.values(), []) + ["type " + kind for kind in TYPES] if taken[word] < CASES // 1000]
    none(missing, "everything was part of the cases")
    none([] if taken["some rows"] > taken["no rows"] else [taken], "most cases are answered with rows")
    print("#", dict(taken))
    return finish(conn)


def finish(conn):
    conn.execute("DROP SCHEMA query_test CASCADE")
    conn.close()
    return done()


if __name__ == "__main__":
    sys.exit(main())
