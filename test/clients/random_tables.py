"""Random tables as models: every function answers as plain SQL does.

Each table is made twice, once as a model and once as a plain table beside it.
What is done through the functions of the model is done with plain SQL in the
other; both must hold the same rows after every step, and every answer must be
what plain SQL answers.  Two owners take turns, so a step that saw or changed a
row of the other owner shows at once.

TODO_ORM_SEED    another run of tables; a run with the same seed makes the same
TODO_ORM_TABLES  how many (60)
TODO_ORM_TABLE   only that one, to look at a failure
"""

import json
import os
import random
import sys
import uuid

import psycopg

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../lib"))
from tap import check, done  # noqa: E402

SEED = int(os.environ.get("TODO_ORM_SEED") or 20240229)
TABLES = int(os.environ.get("TODO_ORM_TABLES") or 60)
ONLY = int(os.environ.get("TODO_ORM_TABLE") or 0)

# how often each kind of step was taken; none may be missing at the end
taken = {}


def ident(name):
    return '"' + name.replace('"', '""') + '"'


def literal(text):
    return "NULL" if text is None else "'" + text.replace("'", "''") + "'"


# ---------------------------------------------------------------- what tables are made of

TYPES = """
CREATE SCHEMA "My Types";
CREATE TYPE "My Types".mood AS ENUM ('sad', 'ok', 'very "happy"');
CREATE DOMAIN "My Types".percent AS int CHECK (VALUE BETWEEN 0 AND 100);
CREATE DOMAIN "My Types".tiny AS smallint CHECK (VALUE <> 13);
CREATE DOMAIN "My Types".word AS varchar(5) DEFAULT 'dflt' CHECK (VALUE <> 'bad');
CREATE DOMAIN "My Types"."Short Word" AS "My Types".word CHECK (length(VALUE) > 1);
CREATE DOMAIN "My Types".price AS numeric(8,2) CHECK (VALUE >= 0);
CREATE DOMAIN "My Types".ints AS int[] CHECK (cardinality(VALUE) < 4);
CREATE DOMAIN "My Types".object AS jsonb CHECK (jsonb_typeof(VALUE) = 'object');
CREATE DOMAIN "My Types".zoned AS timestamptz(0);
CREATE TYPE "My Types".point3 AS (x int, "Y y" numeric(6,2), label varchar(9));
CREATE TYPE "My Types".nested AS ("at" timestamptz, p "My Types".point3, ps "My Types".point3[], w "My Types".word);
CREATE DOMAIN "My Types".right_point AS "My Types".point3 CHECK ((VALUE).x > 0);
CREATE COLLATION "My Types".caseless (provider = icu, locale = 'und-u-ks-level2', deterministic = false);
"""

TEXTS = ["", "x", "quote ' \" \\ {x},", "null", "NULL", "tab\tnewline\nend", "h\u00e9llo \u2603 \U0001f600", "\u0001\u007f", "a" * 3000, "%s %d $1 :x", "  blanks  "]

# by type, values as plain SQL writes them, and some that it refuses
VALUES = {
    "smallint": (["0", "1", "-32768", "32767"], ["32768", "x"]),
    "int": (["0", "1", "-1", "2147483647", "-2147483648"], ["2147483648"]),
    "bigint": (["0", "9223372036854775807", "-9223372036854775808"], ["9223372036854775808"]),
    "numeric": (["0", "1.0", "1.00", "-0.000100", "123456789012345678901234567890.5", "NaN", "Infinity", "1e40"], ["x"]),
    "numeric(6,2)": (["0", "1.5", "1.005", "-9999.99", "NaN"], ["10000"]),
    "numeric(3,-2)": (["100", "12345", "0"], ["999999"]),
    "real": (["0", "0.1", "-1.5e30", "3.4028235e38", "NaN", "-Infinity", "1e-45"], ["1e300"]),
    "double precision": (["0", "0.1", "1e300", "5e-324", "NaN", "Infinity"], ["1e400"]),
    "text": (TEXTS, []),
    'text COLLATE "My Types".caseless': (["a", "A", "b"], []),
    "varchar": (TEXTS, []),
    "varchar(5)": (["", "abcde", "\u00e4\u00f6\u00fc\u00df\u00e9", "abc      "], ["abcdef"]),
    "char(4)": (["", "ab", "abcd", "\u00e4\u00f6\u00fc\u00df", "ab      "], ["abcde"]),
    "char": (["", "a", "a   "], ["ab"]),
    '"char"': (["a", "1"], []),
    "name": (["a name", ""], []),
    "boolean": (["true", "false"], ["maybe"]),
    "date": (["2024-02-29", "0044-03-15 BC", "infinity", "-infinity", "12345-01-01"], ["2023-02-29"]),
    "time": (["00:00", "23:59:59.999999", "24:00"], ["25:00"]),
    "time(2)": (["12:00:00.126"], ["x"]),
    "timetz": (["12:00:00+05:30", "00:00:00.5-11"], ["25:00"]),
    "timestamp": (["2024-02-29 12:00:00.5", "0044-03-15 12:00 BC", "infinity", "12345-01-01 00:00", "1970-01-01 00:00"], ["x"]),
    "timestamp(3)": (["2024-02-29 12:00:00.123456"], ["2024-13-01"]),
    "timestamptz": (["2024-02-29 12:00:00.5+02", "0044-03-15 12:00+00 BC", "-infinity", "9999-12-31 23:59:59.999999+00", "12345-01-01 00:00+00", "1999-12-31 23:59:59.9+00"], ["x"]),
    "timestamptz(0)": (["2024-02-29 12:00:00.5+02"], ["x"]),
    "interval": (["0", "1 year 2 mons -3 days 04:05:06.7", "24:00:00", "1 day", "-1 second"], ["x"]),
    "interval(0)": (["00:00:01.6"], ["x"]),
    "interval day to minute": (["3 days 04:05:00"], ["x"]),
    "uuid": (["a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11", "00000000-0000-0000-0000-000000000000"], ["x"]),
    "bytea": (["", "\\x00ff10", "\\xdeadbeef"], ["\\xzz"]),
    "inet": (["192.168.0.0/24", "::1", "10.0.0.1"], ["300.0.0.1"]),
    "cidr": (["192.168.0.0/24"], ["192.168.0.1/24"]),
    "macaddr": (["08:00:2b:01:02:03"], ["x"]),
    "macaddr8": (["08:00:2b:01:02:03:04:05"], ["x"]),
    "json": (['{"b": 1, "a":  [1.0, null]}', '"x"', "1.50", "[]", "true"], ["{"]),
    "jsonb": (['{"b": 1, "a": [1.0, null], "b": 2}', '"x"', "1.50", "[]", "false", '{"": {"q\\"": "\\u2603"}}'], []),
    "int[]": (["{}", "{1,NULL,3}", "{{1,2},{3,4}}", "[0:1]={7,8}"], ["{x}"]),
    "smallint[]": (["{}", "{1,-1}"], ["{32768}"]),
    "text[]": (['{}', '{a,NULL,"NULL","b,c","","q\\"\\\\"}', "{{a},{b}}"], []),
    "varchar(3)[]": (["{abc,d}", "{}"], ["{abcd}"]),
    "numeric[]": (["{1.0,NULL,NaN}", "{}"], ["{x}"]),
    "numeric(5,1)[]": (["{1.25,2}", "{NULL}"], ["{123456}"]),
    "boolean[]": (["{t,f,NULL}"], ["{2}"]),
    "timestamptz[]": (['{"2024-02-29 12:00+02",NULL,infinity}'], ["{x}"]),
    "date[]": (["{2024-02-29}"], ["{x}"]),
    "bytea[]": (['{"\\\\x00ff",NULL}'], []),
    "uuid[]": (["{a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11}"], ["{x}"]),
    "jsonb[]": (['{"{\\"a\\": 1}",NULL,"1"}'], []),
    "interval[]": (['{"1 day",24:00:00}'], ["{x}"]),
    '"My Types".mood': (["sad", "ok", 'very "happy"'], ["angry"]),
    '"My Types".mood[]': (['{sad,"very \\"happy\\"",NULL}', "{}"], ["{angry}"]),
    '"My Types".percent': (["0", "100"], ["101", "x"]),
    '"My Types".tiny': (["1", "-5"], ["13", "32768"]),
    '"My Types".word': (["abcde", ""], ["bad", "abcdef"]),
    '"My Types"."Short Word"': (["abcde", "ab"], ["b", "bad"]),
    '"My Types".price': (["0", "1.005", "999999.99"], ["-1", "1000000"]),
    '"My Types".price[]': (["{0,1.005,NULL}"], ["{-1}"]),
    '"My Types".ints': (["{1,2}", "{}"], ["{1,2,3,4}"]),
    '"My Types".object': (["{}", '{"a": [1]}'], ["[]"]),
    '"My Types".zoned': (["2024-02-29 12:00:00.7+02"], ["x"]),
    '"My Types".point3': (['(1,2.505,"a ""b"", c")', "(,,)", '(,,"")'], ["(x,,)"]),
    '"My Types".point3[]': (['{"(1,2.5,a)",NULL,"(,,)"}', "{}"], ["{\"(x,,)\"}"]),
    '"My Types".nested': (['("2024-02-29 12:00:00+02","(1,2,a)","{""(1,2,b)"",NULL}",abc)', "(,,,)"], ["(x,,,)"]),
    '"My Types".right_point': (["(1,2,a)"], ["(0,,)"]),
    "int4range": (["[1,5)", "empty", "(,)", "[3,]"], ["[5,1)"]),
    "numrange": (["[1.0,1.50]", "(,2)"], ["x"]),
    "daterange": (["[2024-01-01,2024-02-01)"], ["x"]),
    "tsrange": (['["2024-01-01 00:00","2024-02-01 00:00")'], ["x"]),
    "tstzrange": (['["2024-01-01 00:00+00",)', "empty", '("2024-01-01 00:00+00","2024-06-01 00:00+02"]'], ["x"]),
    "int4range[]": (['{"[1,5)",empty,NULL}'], []),
    "int4multirange": (["{[1,3),[7,9)}", "{}"], ["x"]),
    "tstzmultirange": (['{["2024-01-01 00:00+00","2024-02-01 00:00+00")}'], ["x"]),
    "bit(5)": (["10101"], ["101"]),
    "bit": (["1"], ["11"]),
    "bit varying": (["", "101010101"], ["2"]),
    "bit varying(4)": (["", "1010"], ["10101"]),
    "tsvector": (["'fat':2 'rat':1A", ""], []),
    "tsquery": (["'fat' & !'rat'"], []),
    "point": (["(1,2.5)"], ["x"]),
    "box": (["(3,4),(1,2)"], ["x"]),
    "money": (["1234.50", "-0.01"], ["x"]),
    "oid": (["0", "4294967295"], ["x"]),
    "regclass": (["pg_class"], []),
    "pg_lsn": (["16/B374D848"], ["x"]),
}

# defaults; these words are of those that differ from call to call, or by who inserts
DRAWN = ["random", "clock_", "search_path"]
EXPRESSIONS = {
    "smallint": ["(1 + 2)::smallint"],
    "int": ["abs(-7)", "(random() * 1000)::int"],
    "bigint": ["(2 ^ 40)::bigint", "(extract(epoch FROM clock_timestamp()) * 1000000)::bigint"],
    "numeric": ["1.50 + 1"],
    "double precision": ["random()"],
    "text": ["upper('h\u00e9') || 'x'", "md5(random()::text)", "current_user", "current_setting('search_path')"],
    "varchar": ["lower('ABC')"],
    "boolean": ["1 < 2"],
    "date": ["CURRENT_DATE + 7"],
    "timestamp": ["LOCALTIMESTAMP"],
    "timestamptz": ["now()", "clock_timestamp()", "now() + interval '1 day'"],
    "uuid": ["gen_random_uuid()"],
    "int[]": ["ARRAY[1, 2]"],
    "jsonb": ["jsonb_build_object('a', 1)"],
    '"My Types".point3': ["ROW(1, 2.5, 'dflt')"],
    "tstzrange": ["tstzrange(now(), NULL)"],
}
GENERATED = {
    "smallint": ("int", "%s * 2"),
    "int": ("bigint", "%s::bigint + 1"),
    "numeric": ("numeric(40,1)", "CASE WHEN %s < 1000000 THEN %s END"),
    "text": ("int", "length(%s)"),
    "varchar(5)": ("text", "upper(%s)"),
    "boolean": ("boolean", "NOT %s"),
    "int[]": ("int", "cardinality(%s)"),
    "jsonb": ("text", "jsonb_typeof(%s)"),
    '"My Types".point3': ("int", "(%s).x"),
    "interval": ("interval", "%s * 2"),
}
# keys that the caller gives, how each value is made
KEYS = {
    "int": lambda rng: str(rng.randint(-9, 9)),
    "bigint": lambda rng: str(rng.choice([-1, 1]) * rng.randint(2 ** 40, 2 ** 40 + 9)),
    "smallint": lambda rng: str(rng.randint(-9, 9)),
    "numeric": lambda rng: rng.choice(["1", "1.0", "2.50", "3", "NaN", "-4e20", "5"]),
    "text": lambda rng: rng.choice(TEXTS[:8]) + str(rng.randint(0, 3)),
    "varchar(20)": lambda rng: "k %d' \\" % rng.randint(0, 9),
    "char(4)": lambda rng: "k%d" % rng.randint(0, 9),
    "uuid": lambda rng: str(uuid.UUID(int=rng.randint(1, 9))),
    "date": lambda rng: "2024-02-%02d" % rng.randint(1, 9),
    "timestamptz": lambda rng: "2024-02-29 12:00:00.00000%d+00" % rng.randint(0, 9),
    "inet": lambda rng: "10.0.0.%d" % rng.randint(0, 9),
    "macaddr": lambda rng: "08:00:2b:01:02:0%d" % rng.randint(0, 9),
    "bytea": lambda rng: "\\x000%d" % rng.randint(0, 9),
    "interval": lambda rng: rng.choice(["1 day", "24:00:00", "1 mon", "30 days", "1 hour", "2 hours", "-1 day"]),
    "time": lambda rng: "12:0%d" % rng.randint(0, 9),
    "int4range": lambda rng: "[%d,20)" % rng.randint(0, 9),
    "bit(4)": lambda rng: format(rng.randint(0, 9), "04b"),
    "int[]": lambda rng: "{1,%d}" % rng.randint(0, 9),
    'text COLLATE "My Types".caseless': lambda rng: rng.choice("aAbBcCdDeE"),
    '"My Types".mood': lambda rng: rng.choice(["sad", "ok", 'very "happy"']),
    '"My Types".percent': lambda rng: str(rng.randint(0, 9)),
    '"My Types".tiny': lambda rng: str(rng.randint(0, 9)),
    '"My Types".word': lambda rng: "w%d" % rng.randint(0, 9),
}
# keys with a default: type, what follows it; the caller cannot give them
DRAWN_KEYS = [
    ("bigint", "GENERATED BY DEFAULT AS IDENTITY"), ("bigint", "GENERATED ALWAYS AS IDENTITY"),
    ("int", "GENERATED BY DEFAULT AS IDENTITY"), ("smallint", "GENERATED ALWAYS AS IDENTITY (MINVALUE -3 INCREMENT BY 2)"),
    ("uuid", "DEFAULT gen_random_uuid()"), ("text", "DEFAULT md5(random()::text)"),
    ("bigserial", ""), ("serial", ""), ("smallserial", ""),
]
OWNERS = {
    "text": ["ann", "b'o\"b \\"], 'text COLLATE "C"': ["ann", "Ann"], "varchar": ["\u00e4", "a"], "varchar(8)": ["12345678", "1234567"],
    "char(3)": ["a", "b"], "bigint": ["9223372036854775807", "-1"], "int": ["0", "1"], "smallint": ["-32768", "7"],
    "uuid": ["a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11", "00000000-0000-0000-0000-000000000000"],
    '"My Types".word': ["ann", "bob"], '"My Types".mood': ["sad", "ok"], "numeric": ["1", "2.5"], "date": ["2024-02-29", "infinity"],
}
NAMES = ["title", "user", "select", "order", "Group", 'quo"te', "'", "sp ace", "back\\slash", "\u00fcn\u00efc\u00f6d\u00e9", "%s", "$1", "a.b",
         "n" * 63, "\u00e9" * 31, "-- c", "/*c*/", "pg_catalog", "todo_orm", "NEW", "excluded", "new\nline", "t", "take", "take_", "skip",
         "scope", "patch", "patch_", "items", "items_", "item", "ids", "ids_", "with_total", "if_version", "older_than", "user_id_", "name", "value", "type",
         "first", "limit", "offset", "array", "null", "default", "end", "case", "x", "{", "]", ",", "1", "n" * 62 + "o", "result", "row", "key", "status"]
TABLE_NAMES = ["thing", "things", "Order", "user", "select", "sp ace", 'quo"te', "'", "\u00fcn\u00efc\u00f6d\u00e9", "n" * 63, "\u00e9" * 31, "person", "people",
               "category", "boxes", "%s", "a.b", "t", "count", "$1", "back\\slash", "News", "m\u00e5l" * 15, "status", "l" * 55 + "ies", "new\nline"]


class Column:
    def __init__(self, name, type, role="plain", notnull=False, extra="", drawn=False, fixed=False):
        self.name = name
        self.q = ident(name)
        self.type = type
        self.role = role            # plain, owner, key, created_at, ...
        self.notnull = notnull
        self.extra = extra          # DEFAULT, GENERATED
        self.drawn = drawn          # the engine fills it, differently each time
        self.fixed = fixed          # nobody may give it a value
        self.used = False           # by something else in the table: not to be dropped

    @property
    def has_default(self):
        return bool(self.extra) or self.type in ("bigserial", "serial", "smallserial", '"My Types".word', '"My Types"."Short Word"')

    @property
    def value_type(self):
        return {"bigserial": "bigint", "serial": "int", "smallserial": "smallint"}.get(self.type, self.type)

    @property
    def settable(self):
        return self.role in ("plain", "key") and not self.fixed and not (self.role == "key" and self.has_default)

    @property
    def cast_type(self):
        return self.value_type.split(" COLLATE")[0]

    def ddl(self):
        return "%s %s%s%s" % (self.q, self.type, " NOT NULL" if self.notnull else "", " " + self.extra if self.extra else "")


class Mismatch(Exception):
    pass


class Table:
    """A random table, twice, and random steps on both."""

    def __init__(self, conn, number):
        self.conn = conn
        self.rng = random.Random("%d/%d" % (SEED, number))
        self.number = number
        self.log = []
        self.ddl = []
        self.made = 0

    # ------------------------------------------------------------ making it

    def chance(self, p):
        return self.rng.random() < p

    def choose_columns(self):
        rng = self.rng
        # a few have more columns than a function can have arguments
        wide = self.number % 30 == 7
        names = ["c%d" % i for i in range(120 * wide)] + rng.sample(NAMES, len(NAMES))
        columns = []
        self.options = {}

        self.owner = None
        if self.chance(0.85):
            type = rng.choice(list(OWNERS)[:9] if self.chance(0.8) else list(OWNERS))
            name = "user_id" if self.chance(0.5) else names.pop()
            if name != "user_id":
                self.options["owner"] = name
            self.owner = Column(name, type, "owner", True)
            self.owners = OWNERS[type]
            columns.append(self.owner)
        else:
            self.options["owner"] = None
            self.owners = [None]

        self.keys = []
        kind = rng.choice(["drawn"] * 5 + ["given"] * 4 + ["composite"] * 2 + ["owner"])
        if kind == "owner" and self.owner is None:
            kind = "drawn"
        if kind == "drawn" or (kind == "composite" and self.chance(0.3)):
            type, extra = rng.choice(DRAWN_KEYS)
            self.keys.append(Column("id" if self.chance(0.7) else names.pop(), type, "key", True, extra, drawn=True))
        if kind in ("given", "composite"):
            for i in range(1 if kind == "given" else rng.choice([1, 2, 3])):
                self.keys.append(Column(names.pop(), rng.choice(list(KEYS)), "key", True))
        columns += self.keys
        rng.shuffle(self.keys)
        with_owner = self.owner and (kind == "owner" or self.chance(0.7))
        self.primary = list(self.keys)
        if with_owner:
            self.primary.insert(rng.randint(0, len(self.keys)), self.owner)

        self.life = {}
        for role, p in (("created_at", 0.6), ("updated_at", 0.5), ("deleted_at", 0.4), ("version", 0.3)):
            if not self.chance(p):
                continue
            name = role
            if self.chance(0.25):
                name = names.pop()
                self.options[role] = name
            if role == "version":
                column = Column(name, rng.choice(["smallint", "int", "bigint"]), role, True, "DEFAULT 1")
            else:
                type = rng.choice(["timestamptz"] * 3 + ["timestamp", "timestamptz(3)"])
                extra = "DEFAULT now()" if role == "created_at" or (role == "updated_at" and self.chance(0.5)) else ""
                column = Column(name, type, role, bool(extra) and self.chance(0.6), extra)
            self.life[role] = column
            columns.append(column)

        self.checks = []
        for i in range(110 if wide else rng.choice([0, 1, 2, 3, 4, 5, 6, 8, 12])):
            columns.append(self.random_column(names.pop()))
        for source in list(columns):
            if source.role == "plain" and not source.fixed and source.type in GENERATED and self.chance(0.4):
                type, expression = GENERATED[source.type]
                source.used = True
                columns.append(Column(names.pop(), type, "plain", False,
                                      "GENERATED ALWAYS AS (%s) STORED" % expression.replace("%s", source.q), fixed=True))
            elif source.role == "plain" and source.type in ("text", "varchar") and self.chance(0.4):
                source.used = True
                self.checks.append("CHECK (length(%s) < 1000)" % source.q)
        nullable = [c for c in columns if c.role == "plain" and not c.notnull and not c.fixed]
        if len(nullable) > 1 and self.chance(0.2):
            for c in nullable[:2]:
                c.used = True
            self.checks.append("CHECK (num_nonnulls(%s, %s) > 0)" % (nullable[0].q, nullable[1].q))
        if nullable and self.chance(0.1) and nullable[-1].type in KEYS and self.owner:
            nullable[-1].used = True
            self.checks.append("UNIQUE (%s)" % ", ".join(c.q for c in [self.owner, nullable[-1]]))
        self.spare_names = names
        if self.chance(0.7):
            rng.shuffle(columns)
        self.columns = columns

    def random_column(self, name):
        rng = self.rng
        type = rng.choice(list(VALUES))
        if self.chance(0.06):
            return Column(name, *rng.choice([("bigserial", "plain", True, "", True), ("smallserial", "plain", True, "", True),
                                             ("bigint", "plain", True, "GENERATED BY DEFAULT AS IDENTITY", True),
                                             ("int", "plain", True, "GENERATED ALWAYS AS IDENTITY", True, True)]))
        extra = ""
        if type in EXPRESSIONS and self.chance(0.4):
            extra = "DEFAULT " + rng.choice(EXPRESSIONS[type])
        elif self.chance(0.25):
            extra = "DEFAULT " + literal(rng.choice([v for v in VALUES[type][0] if len(v) < 1000]))
        return Column(name, type, "plain", self.chance(0.35), extra, drawn=any(word in extra for word in DRAWN))

    def choose_shape(self):
        """Plain, partitioned, or one that inherits."""
        rng = self.rng
        self.kind = rng.choice(["plain"] * 7 + ["partitioned"] * 2 + ["inherits"])
        unhashed = ("bit(4)", "bytea")
        identity = any("IDENTITY" in c.extra for c in self.columns)
        self.partition_by = None
        if self.kind == "partitioned":
            fit = [c for c in self.primary if c.type not in unhashed and "caseless" not in c.type]
            # PostgreSQL 15 takes identity in partitioned tables, but 17 refuses to attach
            # partitions that were made with a plain column before
            if not fit or identity:
                self.kind = "plain"
            else:
                self.partition_by = rng.choice(fit)
        # an unused first half comes from the parent
        self.inherited = self.columns[:len(self.columns) // 2] if self.kind == "inherits" else []
        if any(c.type.endswith("serial") or "IDENTITY" in c.extra or "GENERATED" in c.extra for c in self.inherited):
            self.kind, self.inherited = "plain", []

        self.schema = rng.choice(["public", "My Schema", "select", "s" * 63])
        self.name = rng.choice(TABLE_NAMES)
        if self.chance(0.3):
            self.options["name"] = rng.choice(["model", "Big Model", "m" * 63, "thing"])
            if self.chance(0.5):
                self.options["plural"] = rng.choice(["models", "Many Models", "p" * 63, "x"])
        if self.name == "News" and "plural" not in self.options:
            self.options["plural"] = "newspapers"
        self.gone = rng.choice([0, 0, 1, 2])
        self.table = ident(self.schema) + "." + ident(self.name)
        self.ref = '"plain".' + ident(self.name)

    def definition(self, schema):
        """DDL of one of the two."""
        table = ident(schema) + "." + ident(self.name)
        lines = [c.ddl() for c in self.columns if c not in self.inherited]
        holes = random.Random("%s %d" % (self.name, len(lines)))
        for i in range(self.gone):
            lines.insert(holes.randint(0, len(lines)), '"gone %d" text DEFAULT repeat(\'x\', 9)' % i)
        checks = ["CONSTRAINT %s %s" % (ident("the rule %d" % i), check) for i, check in enumerate(self.checks)]
        lines += checks
        lines.append("PRIMARY KEY (%s)" % ", ".join(c.q for c in self.primary))
        statements = ["CREATE SCHEMA IF NOT EXISTS " + ident(schema)]
        tail = ""
        if self.kind == "inherits":
            parent = ident(schema) + '."the parent"'
            statements.append("CREATE TABLE %s (%s)" % (parent, ", ".join(c.ddl() for c in self.inherited)))
            tail = " INHERITS (%s)" % parent
        elif self.kind == "partitioned":
            tail = " PARTITION BY HASH (%s)" % self.partition_by.q
        statements.append("CREATE TABLE %s (\n    %s)%s" % (table, ",\n    ".join(lines), tail))
        for i in range(self.gone):
            statements.append('ALTER TABLE %s DROP COLUMN "gone %d"' % (table, i))
        if self.kind == "partitioned":
            part = ident(schema) + '."part %d"'
            statements.append("CREATE TABLE %s PARTITION OF %s FOR VALUES WITH (MODULUS 2, REMAINDER 0)" % (part % 0, table))
            # another order of columns, and a hole: rows must be converted
            other = [c.q + " " + c.value_type + (" NOT NULL" if c.notnull else "") +
                     (" " + c.extra if c.extra.startswith("GENERATED") else "") for c in reversed(self.columns)]
            statements.append('CREATE TABLE %s ("hole" int, %s)' % (part % 1, ", ".join(other)))
            statements.append('ALTER TABLE %s DROP COLUMN "hole"' % (part % 1))
            for constraint in checks:
                statements.append("ALTER TABLE %s ADD %s" % (part % 1, constraint))
            statements.append("ALTER TABLE %s ATTACH PARTITION %s FOR VALUES WITH (MODULUS 2, REMAINDER 1)" % (table, part % 1))
        return statements

    def make(self):
        self.choose_columns()
        self.choose_shape()
        if self.kind == "partitioned":
            # a unique key needs the partition key; the constraint is not the point here
            self.checks = [c for c in self.checks if c.startswith("CHECK")]
        for schema in (self.schema, "plain"):
            for statement in self.definition(schema):
                self.run(statement, ddl=True)
        self.zone = self.rng.choice(["UTC", "Asia/Kolkata", "America/New_York"])
        self.run("SET LOCAL TimeZone = '%s'" % self.zone)
        self.run("SET LOCAL IntervalStyle = '%s'" % self.rng.choice(["postgres", "iso_8601", "sql_standard"]))
        self.run("SET LOCAL bytea_output = '%s'" % self.rng.choice(["hex", "hex", "escape"]))
        self.run("SET LOCAL DateStyle = '%s'" % self.rng.choice(["ISO, MDY", "ISO, DMY"]))
        self.register()

    def register(self):
        self.run("SELECT todo_orm.register_model(%s, %s)" % (literal(self.table), literal(json.dumps(self.options))), ddl=True)
        self.functions = {}
        self.arguments = {}
        for operation, function, names, types in self.run("""
                SELECT f.operation, format('%%I.%%I', n.nspname, p.proname), p.proargnames, p.proargtypes::oid[]::regtype[]::text[]
                  FROM todo_orm.functions f JOIN pg_proc p ON p.oid = f.function JOIN pg_namespace n ON n.oid = p.pronamespace
                 WHERE f.model = %s::regclass""" % literal(self.table)):
            self.functions[operation] = function
            self.arguments[operation] = list(zip(names or [], types))
        wanted = {"create", "create_many", "get", "list", "page", "count", "delete", "first", "one", "aggregate", "upsert"}
        # several keys are handed on as arrays, and there are no arrays of arrays
        if self.keys and not any(c.cast_type.endswith("[]") for c in self.keys):
            wanted.add("delete_many")
        if any(c.settable and c.role == "plain" for c in self.columns):
            wanted.add("update")
        if "deleted_at" in self.life:
            wanted |= {"soft_delete", "restore", "purge"}
        if not wanted <= set(self.functions):
            raise Mismatch("functions are missing: %s" % sorted(wanted - set(self.functions)))
        settable = [c for c in self.columns if c.settable]
        self.wide = len(settable) > 99
        wanted = ([self.owner.name] if self.owner else []) + \
            [c.name for c in settable if c.notnull and not c.has_default] + \
            [c.name for c in settable if not (c.notnull and not c.has_default)]
        if self.wide:
            wanted = ([self.owner.name] if self.owner else []) + ["item_" if any(c.name == "item" for c in self.columns) else "item"]
        self.same("arguments of create", [a for a, t in self.arguments["create"]], wanted)

    # ------------------------------------------------------------ running things

    def run(self, sql, ddl=False):
        (self.ddl if ddl else self.log).append(sql)
        cursor = self.conn.execute(sql)
        return cursor.fetchall() if cursor.description else []

    def attempt(self, sql):
        """The rows, or the error."""
        try:
            with self.conn.transaction():
                return self.run(sql), None
        except psycopg.Error as error:
            return None, error

    def texts(self, sql):
        return [row[0] for row in self.run(sql)]

    def same(self, what, got, expected):
        if got != expected:
            raise Mismatch("%s\ngot:      %r\nexpected: %r" % (what, got, expected))

    def same_rows(self, what):
        """Both tables hold the same rows."""
        rows = 'ARRAY(SELECT zz_row::text COLLATE "C" FROM %s zz_row ORDER BY 1)'
        (got, expected), = self.run("SELECT %s, %s" % (rows % self.table, rows % self.ref))
        if got != expected:
            raise Mismatch("rows after %s\nonly in the model: %r\nonly in the plain table: %r" %
                           (what, [r for r in got if r not in expected], [r for r in expected if r not in got]))

    def same_refusal(self, what, error, plain, tries=(), before=()):
        """
        The engine refuses as the contract says, and what plain SQL refuses.
        tries: the inserts, to look at one by one; before: what PostgreSQL says
        to the arguments before the call.
        """
        if plain is None:
            raise Mismatch("%s\nrefused: %s %s\n%s" % (what, error.sqlstate, error.diag.message_primary, error.diag.message_detail))
        state = plain.sqlstate
        wanted = {"22023"} if state[:2] == "22" or state in ("23514", "23502") else {state}
        if state == "23505" and error.sqlstate == "22023" and self.also_invalid(tries):
            # all errors are collected, and those of input count first
            wanted.add("22023")
        if before:
            wanted = set(before)
        if error.sqlstate not in wanted:
            raise Mismatch("%s\nrefused with: %s %s\nplain SQL: %s %s" %
                           (what, error.sqlstate, error.diag.message_primary, state, plain.diag.message_primary))
        taken["refused " + state] = taken.get("refused " + state, 0) + 1

    def also_invalid(self, tries):
        """Does one of the inserts break more than a unique key?"""
        loose = '"plain"."zz loose"'
        self.run("CREATE TABLE IF NOT EXISTS %s (LIKE %s INCLUDING ALL EXCLUDING INDEXES)" % (loose, self.ref))
        errors = [self.attempt(insert.replace("INSERT INTO " + self.ref, "INSERT INTO " + loose, 1))[1] for insert in tries]
        self.run("DROP TABLE " + loose)
        return any(error is not None for error in errors)

    def call(self, operation, owner, *rest):
        """A call with its arguments by position; those of the engine's own come last."""
        arguments = ([literal(owner)] if self.owner else []) + list(rest)
        taken[operation] = taken.get(operation, 0) + 1
        return "%s(%s)" % (self.functions[operation], ", ".join(arguments))

    def rows_of(self, operation, owner, *rest):
        return "SELECT zz_row::text FROM %s zz_row" % self.call(operation, owner, *rest)

    # ------------------------------------------------------------ plain SQL's side

    def of_owner(self, owner, alias="zz_row"):
        return "%s.%s = %s" % (alias, self.owner.q, literal(owner)) if self.owner else "true"

    def live(self, scope="all"):
        column = self.life.get("deleted_at")
        if column is None or scope == "with_deleted":
            return "true"
        return "zz_row.%s IS %sNULL" % (column.q, "NOT " if scope == "deleted" else "")

    def at_key(self, owner, key):
        return " AND ".join([self.of_owner(owner)] + ["zz_row.%s = %s" % (c.q, literal(v)) for c, v in zip(self.keys, key)])

    def moved(self):
        settings = []
        if "updated_at" in self.life:
            settings.append("%s = %s" % (self.life["updated_at"].q, self.now("updated_at")))
        if "version" in self.life:
            settings.append("%s = zz_row.%s + 1" % (self.life["version"].q, self.life["version"].q))
        return settings

    def now(self, role):
        return "timezone('UTC', now())" if self.life[role].type == "timestamp" else "now()"

    def order(self):
        created = self.life.get("created_at")
        items = ["zz_row.%s DESC" % created.q] if created else []
        items += ["zz_row.%s%s" % (c.q, " DESC" if created else "") for c in self.keys if c is not created]
        return " ORDER BY " + ", ".join(items) if items else ""

    def insert(self, owner, given, row, source=""):
        """
        The statement that inserts what the engine has: columns with an
        expression each; drawn values are those of the engine's row.
        """
        settings = {self.owner.q: literal(owner)} if self.owner else {}
        for c, expression in given:
            settings[c.q] = expression
        for c in self.columns:
            if c.drawn and c.q not in settings and row is not None:
                settings[c.q] = "(SELECT zz_got.%s FROM %s zz_got WHERE zz_got::text = %s)" % (c.q, self.table, literal(row))
        if not settings:
            return "INSERT INTO %s AS zz_row DEFAULT VALUES RETURNING zz_row::text" % self.ref
        return "INSERT INTO %s AS zz_row (%s) OVERRIDING SYSTEM VALUE SELECT %s%s RETURNING zz_row::text" % (
            self.ref, ", ".join(settings), ", ".join(settings.values()), source)

    # ------------------------------------------------------------ values

    def value(self, column, bad=False):
        if column.role == "key":
            return KEYS[column.type](self.rng)
        good, refused = VALUES[column.value_type]
        return self.rng.choice(refused if bad and refused else good)

    def given(self, optional=0.6, null=0.15, bad=0.02):
        """Random columns with a value or None each: what a create is called with."""
        pairs = []
        for c in self.columns:
            if not c.settable:
                continue
            required = c.notnull and not c.has_default
            if not required and not self.chance(optional):
                continue
            if self.chance(null) and not (c.notnull and self.chance(0.95)):
                pairs.append((c, None, False))
            else:
                wrong = self.chance(bad)
                pairs.append((c, self.value(c, wrong), wrong))
        return pairs

    def payload(self, pairs):
        """A JSON object out of values, as to_jsonb() writes them."""
        parts = []
        for c, value, wrong in pairs:
            if value is None:
                json_value = "'null'::jsonb"
            elif wrong and value in VALUES.get(c.value_type, ([], []))[1]:
                json_value = "to_jsonb(%s::text)" % literal(value)
            else:
                json_value = "to_jsonb(%s::%s)" % (literal(value), c.cast_type)
            parts.append("jsonb_build_object(%s, %s)" % (literal(c.name), json_value))
        return self.run("SELECT (%s)::text" % " || ".join(["'{}'::jsonb"] + parts))[0][0]

    def keys_of(self, where):
        columns = ", ".join("zz_row.%s::text" % c.q for c in self.keys)
        columns = ", ".join([columns] if columns else []) or "1"
        rows = self.run('SELECT %s FROM %s zz_row WHERE %s ORDER BY zz_row::text COLLATE "C"' % (columns, self.ref, where))
        return [row if self.keys else () for row in rows]

    def some_key(self, owner, scope="with_deleted"):
        keys = self.keys_of(self.of_owner(owner) + " AND " + self.live(scope))
        return self.rng.choice(keys) if keys else None

    # ------------------------------------------------------------ steps

    def create(self, owner):
        if self.wide:
            return self.create_many(owner, "create")
        pairs = self.given(null=0.1)
        arguments = ["%s => %s" % (c.q, literal(v)) for c, v, wrong in pairs]
        rows, error = self.attempt(self.rows_of("create", owner, *arguments))
        row = rows[0][0] if rows else None
        # null is "not given" here
        insert = self.insert(owner, [(c, literal(v)) for c, v, wrong in pairs if v is not None], row)
        plain, refused = self.attempt(insert)
        self.outcome("create", rows, error, plain, refused, [insert], self.refused_before(pairs))

    def refused_before(self, pairs):
        """What PostgreSQL says to values that the argument's own type does not take."""
        types = dict(self.arguments["create"])
        # the bare names mean a length of 1
        bare = {"character": "bpchar", "bit": 'pg_catalog."bit"'}
        errors = [self.attempt("SELECT %s::%s IS NULL" % (literal(v), bare.get(types[c.name], types[c.name])))[1] for c, v, wrong in pairs if wrong]
        return [error.sqlstate for error in errors if error]

    def outcome(self, what, rows, error, plain, refused, tries, before=()):
        if error:
            self.same_refusal(what, error, refused, tries, before)
        elif refused:
            raise Mismatch("%s\nnot refused; plain SQL: %s %s" % (what, refused.sqlstate, refused.diag.message_primary))
        else:
            self.same(what, rows, plain)
            self.made += len(rows)

    def create_many(self, owner, operation="create_many"):
        items = [self.given() for i in range(1 if operation == "create" else self.rng.choice([0, 1, 1, 2, 3, 4]))]
        payloads = [self.payload(pairs) for pairs in items]
        argument = payloads[0] if len(payloads) == 1 and self.chance(0.5) else "[" + ", ".join(payloads) + "]"
        if operation == "create":
            argument = payloads[0]
            taken["item form"] = taken.get("item form", 0) + 1
        rows, error = self.attempt(self.rows_of(operation, owner, literal(argument)))
        inserts = []
        for i, pairs in enumerate(items):
            given = [(c, "zz_item.%s" % c.q) for c, v, wrong in pairs]
            row = rows[i][0] if rows and i < len(rows) else None
            inserts.append(self.insert(owner, given, row, " FROM jsonb_populate_record(NULL::%s, %s) zz_item" % (self.ref, literal(payloads[i]))))
        plain = []
        refused = None
        try:
            # all or nothing
            with self.conn.transaction():
                for insert in inserts:
                    plain += self.run(insert)
        except psycopg.Error as raised:
            refused = raised
        self.outcome(operation, rows, error, plain, refused, inserts)

    def plain_insert(self, owner):
        """Rows that the engine has not written, with values that JSON cannot hold."""
        pairs = [(c, literal(v)) for c, v, wrong in self.given(null=0.1, bad=0) if v is not None or not c.notnull]
        settings = ([(self.owner, literal(owner))] if self.owner else []) + pairs
        columns = "(%s) VALUES (%s)" % (", ".join(c.q for c, v in settings), ", ".join(v for c, v in settings)) if settings else "DEFAULT VALUES"
        rows, error = self.attempt("INSERT INTO %s AS zz_row %s RETURNING zz_row::text" % (self.table, columns))
        if error is None:
            self.run(self.insert(owner, pairs, rows[0][0]))
            self.made += 1

    def get(self, owner):
        for other in self.owners:
            key = self.some_key(other)
            if key is None:
                continue
            # the other owner's key is asked for too
            got = self.run(self.rows_of("get", owner, *map(literal, key)))
            expected = self.run("SELECT zz_row::text FROM %s zz_row WHERE %s AND %s" % (self.ref, self.at_key(owner, key), self.live()))
            self.same("get", got, expected)

    def find(self, owner):
        if "find" not in self.functions or not self.keys:
            return
        keys = [key for other in self.owners for key in self.keys_of(self.of_owner(other))]
        self.rng.shuffle(keys)
        keys = keys[:5] + keys[:2]
        if self.arguments["find"][-1][1] == "jsonb":
            ids = self.run("SELECT (%s)::text" % " || ".join(["'[]'::jsonb"] + ["jsonb_build_array(%s)" % " || ".join(
                "jsonb_build_object(%s, %s::%s)" % (literal(c.name), literal(v), c.cast_type)
                for c, v in zip(self.keys, key)) for key in keys]))[0][0]
        else:
            ids = "{%s}" % ",".join('"%s"' % k.replace("\\", "\\\\").replace('"', '\\"') for k, in keys)
        expected = []
        for key in keys:
            for row in self.run("SELECT zz_row::text FROM %s zz_row WHERE %s AND %s" % (self.ref, self.at_key(owner, key), self.live())):
                if row not in expected:
                    expected.append(row)
        self.same("find", self.run(self.rows_of("find", owner, literal(ids))), expected)

    def page_of(self, owner, expression):
        """A random page: what the functions are called with, and plain SQL for it."""
        scope = self.rng.choice(["all", "deleted", "with_deleted"]) if "deleted_at" in self.life else "all"
        take = self.rng.choice([50, 50, 0, 1, 2, 3, -1, -2])
        skip = self.rng.choice([0, 0, 1, 2]) if take > 0 else 0
        everything = "SELECT %s FROM %s zz_row WHERE %s AND %s%s" % (
            expression, self.ref, self.of_owner(owner), self.live(scope), self.order())
        cut = slice(take, None) if take < 0 else slice(skip, skip + take)
        return [literal(scope), "'{}'", "NULL", str(take), str(skip)], everything, cut

    def list(self, owner):
        arguments, everything, cut = self.page_of(owner, "zz_row::text")
        self.same("list", self.texts(self.rows_of("list", owner, *arguments)), self.texts(everything)[cut])

    def page(self, owner):
        arguments, everything, cut = self.page_of(owner, "to_json(zz_row)::text")
        (items, total), = self.run("SELECT ARRAY(SELECT json_array_elements(page -> 'items')::text), (page ->> 'total')::int FROM (SELECT %s AS page) p" %
                                   self.call("page", owner, *arguments, "NULL", "true"))
        counted, = self.texts("SELECT %s" % self.call("count", owner, arguments[0]))
        self.run("SET LOCAL TimeZone = 'UTC'")
        expected = self.texts(everything)
        self.run("SET LOCAL TimeZone = '%s'" % self.zone)
        self.same("page", items, expected[cut])
        self.same("total and count", (total, counted), (len(expected), len(expected)))

    def first(self, owner):
        expected = self.texts("SELECT zz_row::text FROM %s zz_row WHERE %s AND %s%s" % (self.ref, self.of_owner(owner), self.live(), self.order()))
        self.same("first", self.texts(self.rows_of("first", owner)), expected[:1])
        counted, = self.texts("SELECT (%s -> 0 ->> 'count')::int" % self.call("aggregate", owner))
        self.same("aggregate", counted, len(expected))

    def match_of(self, keys):
        """The match that is true of the rows with these keys."""
        return self.texts("SELECT jsonb_build_object('or', %s)::text" % " || ".join(["'[]'::jsonb"] + ["jsonb_build_array(%s)" % " || ".join(
            ["'{}'::jsonb"] + ["jsonb_build_object(%s, jsonb_build_object('eq', %s::%s))" % (literal(c.name), literal(v), c.cast_type)
                               for c, v in zip(self.keys, key)]) for key in keys]))[0]

    def some_keys(self):
        """Keys of rows of both owners."""
        keys = [key for other in self.owners for key in self.keys_of(self.of_owner(other))]
        return self.rng.sample(keys, min(self.rng.choice([0, 1, 2, 3]), len(keys)))

    def at_keys(self, owner, keys):
        return "(%s)" % " OR ".join(["false"] + [self.at_key(owner, key) for key in keys])

    def one(self, owner):
        for key in self.some_keys():
            expected = self.run("SELECT zz_row::text FROM %s zz_row WHERE %s AND %s" % (self.ref, self.at_key(owner, key), self.live()))
            self.same("one", self.run(self.rows_of("one", owner, literal(self.match_of([key])), "'all'", "true")), expected)

    def list_many(self, owner):
        """list, by keys and in their order, the last first."""
        keys = self.some_keys()
        if not self.keys:
            return
        sort = ", ".join(c.q + " desc" for c in self.keys)
        expected = self.run("SELECT zz_row::text FROM %s zz_row WHERE %s AND %s ORDER BY %s" % (
            self.ref, self.at_keys(owner, keys), self.live(), ", ".join("zz_row.%s DESC" % c.q for c in self.keys)))
        self.same("list by keys", self.run(self.rows_of("list", owner, "'all'", literal(self.match_of(keys)), literal(sort))), expected)

    def take_many_away(self, owner, operation, statement):
        keys = self.some_keys()
        if operation not in self.functions:
            return
        expected = self.run("%s WHERE %s AND %s RETURNING 1" % (statement, self.at_keys(owner, keys), self.live()))
        self.same(operation, self.texts("SELECT " + self.call(operation, owner, literal(self.match_of(keys)))), [len(expected)])

    def delete_many(self, owner):
        self.take_many_away(owner, "delete_many", "DELETE FROM %s AS zz_row" % self.ref)

    def soft_delete_many(self, owner):
        settings = ["%s = %s" % (self.life["deleted_at"].q, self.now("deleted_at"))] + self.moved()
        self.take_many_away(owner, "soft_delete_many", "UPDATE %s AS zz_row SET %s" % (self.ref, ", ".join(settings)))

    def update_many(self, owner):
        keys = self.some_keys()
        columns = [c for c in self.columns if c.settable and c.role == "plain" and not c.used]
        if "update_many" not in self.functions or not columns:
            return
        columns = self.rng.sample(columns, self.rng.randint(1, min(3, len(columns))))
        patch = self.payload([(c, None if not c.notnull and self.chance(0.2) else self.value(c), False) for c in columns])
        rows, error = self.attempt(self.rows_of("update_many", owner, literal(self.match_of(keys)), literal(patch)))
        where = "%s AND %s" % (self.at_keys(owner, keys), self.live())
        plain, refused = self.attempt(self.changing(columns, patch, where))
        if error:
            return self.same_refusal("update_many", error, refused)
        if refused:
            raise Mismatch("update_many\nnot refused; plain SQL: %s %s" % (refused.sqlstate, refused.diag.message_primary))
        self.same("update_many", rows, self.run("SELECT zz_row::text FROM %s zz_row WHERE %s ORDER BY %s" % (
            self.ref, where, ", ".join("zz_row." + c.q for c in self.keys))))

    def upsert(self, owner):
        """A row that is there."""
        key = self.some_key(owner, "all")
        columns = [c for c in self.columns if c.settable and c.role == "plain" and not c.used]
        if key is None:
            return
        columns = self.rng.sample(columns, self.rng.randint(0, min(3, len(columns))))
        patch = self.payload([(c, None if not c.notnull and self.chance(0.2) else self.value(c), False) for c in columns])
        item, = self.texts("SELECT (%s)::text" % " || ".join([literal(patch) + "::jsonb"] + [
            "jsonb_build_object(%s, %s::%s)" % (literal(c.name), literal(v), c.cast_type) for c, v in zip(self.keys, key)]))
        rows, error = self.attempt(self.rows_of("upsert", owner, literal(item)))
        plain, refused = self.attempt(self.changing(columns, patch, self.at_key(owner, key))) if columns else ([], None)
        if error:
            return self.same_refusal("upsert", error, refused)
        if refused:
            raise Mismatch("upsert\nnot refused; plain SQL: %s %s" % (refused.sqlstate, refused.diag.message_primary))
        self.same("upsert", rows, self.run("SELECT zz_row::text FROM %s zz_row WHERE %s" % (self.ref, self.at_key(owner, key))))

    def place(self, owner, key):
        return self.run("SELECT zz_row.tableoid, zz_row.ctid, zz_row.xmin, zz_row.cmin FROM %s zz_row WHERE %s" % (self.table, self.at_key(owner, key)))

    def update(self, owner):
        # none is made where there is nothing that a patch may set
        if "update" not in self.functions:
            return
        other = self.rng.choice(self.owners)
        key = self.some_key(other)
        if key is None:
            return
        here = (key in self.keys_of(self.of_owner(owner) + " AND " + self.live()))
        # what is wrong with a patch may be said or not where there is no row
        columns = [c for c in self.columns if c.settable and c.role == "plain" and (here or not c.used)]
        columns = self.rng.sample(columns, self.rng.randint(0, min(4, len(columns))))
        pairs = []
        for c in columns:
            wrong = here and self.chance(0.03)
            null = self.chance(0.2) and (not c.notnull or (here and self.chance(0.1)))
            pairs.append((c, None if null else self.value(c, wrong), wrong))
        self.patch(owner, key, columns, self.payload(pairs), here)

    def keep(self, owner):
        """A patch of everything as it is."""
        key = self.some_key(owner, "all")
        if key is None or "update" not in self.functions:
            return
        columns = [c for c in self.columns if c.settable and c.role == "plain"]
        names = ", ".join(literal(c.name) for c in columns)
        patch, = self.texts("SELECT coalesce(jsonb_object_agg(zz_each.key, zz_each.value), '{}')::text FROM %s zz_row, jsonb_each(to_jsonb(zz_row)) zz_each WHERE %s AND zz_each.key IN (%s)" %
                            (self.ref, self.at_key(owner, key), names or "NULL"))
        self.patch(owner, key, columns, patch, True)

    def changing(self, columns, patch, where):
        """The statement that changes what a patch changes, and nothing else."""
        return "UPDATE %s AS zz_row SET %s FROM jsonb_populate_record(NULL::%s, %s) zz_new WHERE %s AND ROW(%s)::record *<> ROW(%s)::record RETURNING zz_row::text" % (
            self.ref, ", ".join(["%s = zz_new.%s" % (c.q, c.q) for c in columns] + self.moved()), self.ref, literal(patch), where,
            ", ".join("zz_row." + c.q for c in columns), ", ".join("zz_new." + c.q for c in columns))

    def patch(self, owner, key, columns, patch, here):
        before = self.place(owner, key)
        rows, error = self.attempt(self.rows_of("update", owner, *map(literal, key), literal(patch)))
        where = "%s AND %s" % (self.at_key(owner, key), self.live())
        plain, refused = [], None
        if columns:
            plain, refused = self.attempt(self.changing(columns, patch, where))
        if error:
            return self.same_refusal("update", error, refused)
        if refused:
            raise Mismatch("update\nnot refused; plain SQL: %s %s" % (refused.sqlstate, refused.diag.message_primary))
        changed = len(plain) > 0
        if not changed:
            plain = self.run("SELECT zz_row::text FROM %s zz_row WHERE %s" % (self.ref, where))
            self.same("a patch that changes nothing leaves the row where it is", self.place(owner, key), before)
        elif here:
            # that the comparison above is worth it
            if self.place(owner, key) == before:
                raise Mismatch("the row has not moved")
        self.same("update", rows, plain)
        taken["changed" if changed else "unchanged"] = taken.get("changed" if changed else "unchanged", 0) + 1

    def if_version(self, owner):
        key = self.some_key(owner, "all")
        if key is None or "version" not in self.life or "update" not in self.functions:
            return
        version, = self.texts("SELECT zz_row.%s FROM %s zz_row WHERE %s" % (self.life["version"].q, self.ref, self.at_key(owner, key)))
        rows, error = self.attempt(self.rows_of("update", owner, *map(literal, key), "'{}'", str(version)))
        self.same("the version of now", error, None)
        rows, error = self.attempt(self.rows_of("update", owner, *map(literal, key), "'{}'", str(version + 1)))
        self.same("another version", error and error.sqlstate, "TO409")

    def take_away(self, owner, operation, statement, scope):
        """delete, soft_delete or restore, also of the other owner's row."""
        key = self.some_key(self.rng.choice(self.owners))
        if key is None:
            return
        expected = self.run("%s WHERE %s AND %s RETURNING zz_row::text" % (statement, self.at_key(owner, key), self.live(scope)))
        if operation == "restore":
            self.same(operation, self.run(self.rows_of(operation, owner, *map(literal, key))), expected)
        else:
            self.same(operation, self.texts("SELECT " + self.call(operation, owner, *map(literal, key))), [len(expected) == 1])

    def delete(self, owner):
        self.take_away(owner, "delete", "DELETE FROM %s AS zz_row" % self.ref, "all")

    def soft_delete(self, owner):
        settings = ["%s = %s" % (self.life["deleted_at"].q, self.now("deleted_at"))] + self.moved()
        self.take_away(owner, "soft_delete", "UPDATE %s AS zz_row SET %s" % (self.ref, ", ".join(settings)), "all")

    def restore(self, owner):
        settings = ["%s = NULL" % self.life["deleted_at"].q] + self.moved()
        self.take_away(owner, "restore", "UPDATE %s AS zz_row SET %s" % (self.ref, ", ".join(settings)), "deleted")

    def purge(self, owner):
        # a time that was rounded up lies ahead of the transaction's
        expected = self.run("DELETE FROM %s AS zz_row WHERE %s AND zz_row.%s <= %s RETURNING 1" % (
            self.ref, self.of_owner(owner), self.life["deleted_at"].q, self.now("deleted_at")))
        self.same("purge", self.texts("SELECT " + self.call("purge", owner)), [len(expected)])

    def alter(self, owner):
        """The table changes while it has rows."""
        statements = []
        droppable = [c for c in self.columns if c.role == "plain" and not c.used and not self.inherited]
        if droppable and self.chance(0.5):
            column = self.rng.choice(droppable)
            statements.append("ALTER TABLE %%s DROP COLUMN %s" % column.q.replace("%", "%%"))
            self.columns.remove(column)
        if self.spare_names:
            column = self.random_column(self.spare_names.pop())
            if not column.drawn and not (column.notnull and not column.extra):
                statements.append("ALTER TABLE %%s ADD COLUMN %s" % column.ddl().replace("%", "%%"))
                self.columns.append(column)
        for statement in statements:
            for table in (self.table, self.ref):
                self.run(statement % table)
        if not statements:
            return
        taken["alter"] = taken.get("alter", 0) + 1
        # reading goes on without registering again
        self.list(self.rng.choice(self.owners))
        self.page(self.rng.choice(self.owners))
        self.create_many(owner)
        self.same_rows("alter")
        self.register()

    def steps(self):
        making = [self.create, self.create, self.create_many, self.plain_insert]
        using = [self.get, self.find, self.list, self.page, self.first, self.one, self.list_many, self.update, self.update, self.update, self.keep, self.keep,
                 self.update_many, self.upsert]
        going = [self.delete, self.delete_many]
        if "version" in self.life:
            using.append(self.if_version)
        if "deleted_at" in self.life:
            using += [self.soft_delete, self.soft_delete_many, self.restore]
            going.append(self.purge)
        plan = making * 2 + using
        if self.chance(0.3):
            plan.append(self.alter)
        plan += making[:3] + using + going + [self.list, self.page] + going
        # a few of each first for both owners, so that there is something to see
        for i, step in enumerate(plan):
            owner = self.owners[i % len(self.owners)] if self.chance(0.8) else self.rng.choice(self.owners)
            self.log.append("-- %s for %r" % (step.__name__, owner))
            step(owner)
            self.same_rows(step.__name__)


class Undo(Exception):
    """Ends a table's transaction; its tables are gone with it."""


def test(conn, number):
    table = Table(conn, number)
    problem = None
    try:
        with conn.transaction():
            try:
                table.make()
                table.steps()
            except (Mismatch, psycopg.Error) as error:
                problem = error
            raise Undo
    except Undo:
        pass
    name = "table %d: %s, %d columns, key %s, owner %s, %d rows" % (
        number, table.kind, len(table.columns), [c.type for c in table.primary], table.owner and table.owner.type, table.made)
    calls = table.log[max([i for i, line in enumerate(table.log) if line.startswith("-- ")] or [0]):]
    check(problem is None, name, "TODO_ORM_SEED=%d TODO_ORM_TABLE=%d" % (SEED, number), problem, "--", *table.ddl, "--", *calls)
    return table.made


def main():
    print("# TODO_ORM_SEED=%d" % SEED)
    conn = psycopg.connect(autocommit=True, prepare_threshold=None)
    conn.execute(TYPES)
    conn.execute("CREATE SCHEMA plain")
    made = 0
    for number in [ONLY] if ONLY else range(1, TABLES + 1):
        made += test(conn, number)
    if not ONLY:
        # that what is compared is worth it
        check(made > TABLES * 5, "%d rows were made" % made, made)
        missing = [k for k in ("create", "create_many", "get", "find", "list", "page", "count", "first", "one", "aggregate", "update", "update_many", "upsert", "delete", "delete_many",
                               "soft_delete", "soft_delete_many", "restore", "purge", "alter", "changed", "unchanged", "item form", "refused 23505", "refused 23514", "refused 23502") if not taken.get(k)]
        check(not missing, "every kind of step was taken", missing, taken)
        print("#", taken)
    conn.execute('DROP SCHEMA plain, "My Types" CASCADE')
    conn.close()
    return done()


if __name__ == "__main__":
    sys.exit(main())
