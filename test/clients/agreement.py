"""What todo_orm.json_schema says of a payload, and what create_...s says: the same, but for a short list.

Random payloads for several models: right ones, ones with a mistake or two, wild ones.
Each is put to a JSON Schema validator (formats asserted), to validate_... and to
create_...s.  The last two must agree entry for entry; with the first they must agree
whether the payload is right, unless one of the exceptions holds that docs/validation.md
names.  Every exception must be met, or it is one no more.

TODO_ORM_SEED    another run of payloads; a run with the same seed makes the same
TODO_ORM_PAYLOADS  how many (6000)
"""

import datetime
import json
import os
import random
import sys

import jsonschema
import psycopg

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../lib"))
from tap import check, done  # noqa: E402

SEED = int(os.environ.get("TODO_ORM_SEED") or 20240229)
PAYLOADS = int(os.environ.get("TODO_ORM_PAYLOADS") or 6000)

MODELS = """
CREATE TYPE mood AS ENUM ('sad', 'ok', 'very happy');
CREATE DOMAIN percent AS int CHECK (VALUE BETWEEN 0 AND 100);
CREATE DOMAIN word AS varchar(8) CHECK (VALUE <> '');
CREATE DOMAIN odd AS int CHECK (VALUE % 2 = 1);
CREATE TYPE size AS (width int, height numeric(4,1), label varchar(3));
CREATE TABLE place (LIKE todo_orm.owned INCLUDING ALL, name text NOT NULL, PRIMARY KEY (user_id, id));
INSERT INTO place (user_id, name) VALUES ('ann', 'here');
CREATE TABLE number (
    LIKE todo_orm.owned INCLUDING ALL, LIKE todo_orm.timestamps INCLUDING ALL,
    small smallint NOT NULL, int_ int NOT NULL DEFAULT 7, big bigint, float_ real, double_ double precision,
    money numeric(6,2), free numeric CHECK (free > 0), part percent, uneven odd, stars int CHECK (stars IN (1, 2, 3)), low int, high int,
    PRIMARY KEY (user_id, id), CHECK (low < high));
CREATE TABLE text_ (
    LIKE todo_orm.owned INCLUDING ALL, LIKE todo_orm.soft_delete INCLUDING ALL,
    title text NOT NULL CHECK (title <> ''), short varchar(6), code char(3), tag word NOT NULL DEFAULT 'none',
    kind text NOT NULL CHECK (kind IN ('a', 'b')), mood mood, slug text CHECK (length(slug) BETWEEN 2 AND 5), twin text UNIQUE,
    lower_ text CHECK (lower_ = lower(lower_)), note text,
    PRIMARY KEY (user_id, id));
INSERT INTO text_ (user_id, title, kind, twin) VALUES ('ann', 'first', 'a', 'taken');
CREATE TABLE moment (
    LIKE todo_orm.owned INCLUDING ALL,
    day date NOT NULL, at timestamptz, local timestamp, clock time, span interval, key uuid, address inet, range int4range, bytes bytea,
    done boolean NOT NULL DEFAULT false, place_id bigint,
    PRIMARY KEY (user_id, id), FOREIGN KEY (user_id, place_id) REFERENCES place);
CREATE TABLE inside (
    LIKE todo_orm.owned INCLUDING ALL,
    ints int[], words varchar(4)[], moods mood[], parts percent[], grid int[][], docs jsonb[], doc jsonb, raw json, size size, sizes size[],
    PRIMARY KEY (user_id, id));
CREATE TABLE loose (LIKE todo_orm.owned INCLUDING ALL, name text, at date, PRIMARY KEY (user_id, id));
SELECT count(*) FROM unnest('{place,number,text_,moment,inside}'::regclass[]) t, todo_orm.register_model(t, '{"plural": "many"}'::jsonb || jsonb_build_object('plural', t::text || 's'));
SELECT count(*) FROM todo_orm.register_model('loose', '{"extra": "ignore", "plural": "looses"}');
SELECT count(*) FROM todo_orm.create_all();
"""

INT4 = 2**31


# ---------------------------------------------------------------- values

class Values:
    """What a column may be sent: mostly what it takes, sometimes what another one would, sometimes anything."""

    def __init__(self, rng):
        self.rng = rng

    def text(self, *choices):
        return self.rng.choice(choices)

    def integer(self, low, high):
        rng = self.rng
        return rng.choice([rng.randint(low, high), rng.randint(0, 120), low, high, low - 1, high + 1,
                           float(rng.randint(-50, 50)), rng.randint(0, 9) + 0.5])

    def decimal(self):
        rng = self.rng
        return rng.choice([rng.randint(-20, 20000), round(rng.uniform(-9999, 9999), rng.randint(0, 4)), 9999.995, 10000, 9999.99,
                           0, "12.50", "1e2", "x"])

    def double(self):
        return self.rng.choice([0, 1.5, -2e10, 1e39, -1e300, self.rng.uniform(-1, 1)])

    def day(self):
        rng = self.rng
        return rng.choice(["%04d-%02d-%02d" % (rng.randint(1, 9999), rng.randint(1, 13), rng.randint(1, 31)), "2024-02-29", "2023-02-29",
                           "20240229", "today", "yesterday", "x", "2024-2-9"])

    def moment(self):
        rng = self.rng
        return rng.choice([datetime.datetime.fromtimestamp(rng.randint(0, 4 * 10**9), datetime.timezone.utc).isoformat(),
                           "2024-02-29T12:00:00Z", "2024-02-29T12:00:00", "2024-02-29 12:00:00+02", "2024-02-30T12:00:00Z", "now", "noon"])

    def sub(self, make, most=3):
        return [make() if self.rng.random() < 0.93 else self.rng.choice([None, self.anything()]) for _ in range(self.rng.randint(0, most))]

    def size(self):
        rng = self.rng
        members = {"width": lambda: self.integer(-INT4, INT4 - 1), "height": lambda: rng.choice([1, 2.5, 999.94, 1000, 999.95]),
                   "label": lambda: self.text("a", "abc", "abcd"), "weight": lambda: 5}
        chosen = rng.sample(["width", "height", "label"], rng.randint(0, 3)) + (["weight"] if rng.random() < 0.05 else [])
        return {name: members[name]() for name in chosen}

    def anything(self, depth=2):
        rng = self.rng
        leaf = [None, True, False, 0, 1, -1, 1.5, 2.0, 1e20, "", "x", "5", "1.0", "true", "yes", "{1,2}", "[]", "a" * 30, "é" * 4, "2024-01-01", "1e400", "NaN"]
        if depth == 0 or rng.random() < 0.7:
            return rng.choice(leaf)
        if rng.random() < 0.5:
            return [self.anything(depth - 1) for _ in range(rng.randint(0, 3))]
        return {rng.choice(["a", "width", "label"]): self.anything(depth - 1) for _ in range(rng.randint(0, 2))}


def columns(v):
    """For each model its columns, each with what makes a value for it."""
    rng = v.rng
    integer = lambda: v.integer(-INT4, INT4 - 1)
    boolean = lambda: rng.choice([True, False, True, "yes", "t", 1])
    word = lambda: v.text("a", "abcd", "abcde", "abcd  ", "é" * 4, "")
    mood = lambda: v.text("sad", "ok", "very happy", "very happy", "SAD")
    part = lambda: rng.choice([0, 50, 100, 101, -1, 7.0])
    return {
        "number": {
            "small": lambda: v.integer(-32768, 32767), "int_": integer, "big": lambda: rng.choice([2**63 - 1, 2**63, 2**53 + 1, 5, 5.0, "77"]),
            "float_": v.double, "double_": v.double, "money": v.decimal, "free": v.decimal, "part": part,
            "uneven": lambda: rng.choice([1, 3, 2, 5.0]), "stars": lambda: rng.choice([1, 2, 3, 4, 2.0]),
            "low": lambda: rng.randint(0, 9), "high": lambda: rng.randint(5, 15)},
        "text_": {
            "title": lambda: v.text("x", "a title", "", "Ünïcode"), "short": word, "code": lambda: v.text("a", "abc", "abcd", "ab   "),
            "tag": lambda: v.text("a", "eight888", "nine99999", ""), "kind": lambda: v.text("a", "b", "a", "c"), "mood": mood,
            "slug": lambda: v.text("ab", "abcde", "a", "abcdef"), "twin": lambda: v.text("free", "taken"), "lower_": lambda: v.text("low", "HIGH"),
            "note": lambda: v.text("x", "")},
        "moment": {
            "day": v.day, "at": v.moment, "local": v.moment, "clock": lambda: v.text("12:30", "12:30:00.5", "25:00", "noon"),
            "span": lambda: v.text("1 day", "PT5M", "x"), "key": lambda: v.text("a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11", "a0eebc999c0b4ef8bb6d6bb9bd380a11", "x"),
            "address": lambda: v.text("10.0.0.1", "300.0.0.1"), "range": lambda: v.text("[1,5)", "[5,1)"), "bytes": lambda: v.text("\\x00ff", "\\xzz"),
            "done": boolean, "place_id": lambda: rng.choice([1, 1, 2, 1.0])},
        "inside": {
            "ints": lambda: v.sub(integer) if rng.random() < 0.9 else [[1, 2], [3, rng.choice([4, "x"])]], "words": lambda: v.sub(word), "moods": lambda: v.sub(mood), "parts": lambda: v.sub(part),
            "grid": lambda: v.sub(lambda: v.sub(integer, 2), 2) if rng.random() < 0.9 else [5, rng.choice([6, True])], "docs": lambda: v.sub(v.anything), "doc": v.anything, "raw": v.anything,
            "size": v.size, "sizes": lambda: v.sub(v.size, 2)},
        "loose": {"name": lambda: v.text("x", ""), "at": v.day, "whatever": v.anything},
        "task": {"title": lambda: v.text("x", ""), "description": lambda: v.text("x", ""), "completed": boolean,
                 "conversation_id": lambda: rng.choice([1, None])},
        "message": {"conversation_id": lambda: 1, "role": lambda: v.text("user", "assistant", "robot"), "content": lambda: v.text("x", ""),
                    "data": v.anything, "client_key": lambda: v.text("k", ""), "status": lambda: v.text("complete", "streaming", "gone")},
    }


def payload(rng, v, makers, required):
    """One item: how wild it is is drawn first."""
    wildness = rng.choice([0.0, 0.03, 0.15, 0.6])
    item = {}
    for name, make in makers.items():
        if rng.random() < (0.95 if name in required else 0.35):
            item[name] = v.anything() if rng.random() < wildness else make()
    if rng.random() < wildness / 2:
        item[rng.choice(["colour", "id", "user_id", "titel", "created_at", "updated_at"])] = v.anything(1)
    return item


# ---------------------------------------------------------------- exceptions

# CHECKs that have no keyword
CHECKS_WITHOUT = {"number": {"low", "high"}, "text_": {"lower_"}, "message": {"content", "data", "status"}}
# types without a format, or with one that is not asserted
UNSAID = {"moment": {"local", "clock", "span", "address", "range", "bytes", "at"}}


def said_too_little(model, entry, item):
    """Why the schema could not know of an error; None: it should have."""
    place, kind = entry["loc"], entry["type"]
    column = place[0] if place else None
    if kind in ("foreign_key", "unique"):
        return "references and keys"
    if kind == "check" and (column is None or column in CHECKS_WITHOUT.get(model, ())):
        return "a CHECK without a keyword"
    if kind == "domain" and column == "uneven":
        return "a CHECK without a keyword"
    if kind in ("value", "range") and column in UNSAID.get(model, ()):
        return "a type without a format"
    if kind == "range" and column in ("big", "conversation_id", "place_id", "float_", "double_"):
        return "the range of bigint and floats"
    if kind == "range" and (column == "money" or place[-1] == "height"):
        return "rounding"
    if kind == "value" and column == "free" and isinstance(entry["input"], str):
        return "the range of bigint and floats"
    if kind == "value" and model == "inside" and len(place) == 1 and entry["msg"] == "malformed JSON array":
        return "arrays of different lengths"
    if kind == "type" and (column == "docs" and entry["msg"].startswith("expected array") or
                           column == "grid" and entry["msg"].endswith(("got array", "got null"))):
        return "arrays of different lengths"
    if kind == "read_only" and model == "loose":
        return "columns that are read-only, where what is unknown is ignored"
    if kind == "unexpected" and column in ("size", "sizes") and len(place) > 1:
        return "unknown members of composites"
    return None


def said_too_much(error):
    """Why the schema refuses what PostgreSQL reads; None: it should not."""
    value, keyword = error.instance, error.validator
    if keyword == "type" and isinstance(value, str):
        return "strings are read"
    if keyword in ("format", "pattern") and isinstance(value, str):
        return "strings are read"
    if keyword == "maxLength" and len(value.rstrip(" ")) <= error.validator_value:
        return "blanks at the end"
    if keyword == "type" and isinstance(value, list):
        return "more dimensions"
    if keyword == "type" and "array" in error.validator_value and error.absolute_path[0] == "grid":
        return "fewer dimensions"
    return None


# ---------------------------------------------------------------- the two sides

class Model:
    def __init__(self, connection, name):
        self.name, self.connection = name, connection
        schema = connection.execute("SELECT todo_orm.json_schema(%s::regclass, 'create')::text", [name]).fetchone()[0]
        self.schema = json.loads(schema)
        jsonschema.Draft202012Validator.check_schema(self.schema)
        self.validator = jsonschema.Draft202012Validator(self.schema, format_checker=jsonschema.FormatChecker(["date", "uuid"]))
        self.create = "create_" + {"text_": "text_s", "inside": "insides"}.get(name, name + "s")
        self.required = self.schema.get("required", [])

    def schema_errors(self, item):
        # a number is what PostgreSQL reads, not what Python makes of it
        return [leaf for error in self.validator.iter_errors(json.loads(json.dumps(item))) for leaf in leaves(error)]

    def entries(self, text):
        """What validate and create say of an item; they must say the same."""
        told = self.connection.execute("SELECT validate_%s('ann', %%s)" % self.name, [text]).fetchone()[0]
        try:
            with self.connection.transaction(force_rollback=True):
                self.connection.execute("SELECT * FROM %s('ann', %%s)" % self.create, [text])
            created = []
        except psycopg.Error as error:
            if not (error.diag.message_detail or "").startswith("["):
                raise
            created = json.loads(error.diag.message_detail)
        return told, created


def leaves(error):
    if not error.context:
        yield error
    for below in error.context:
        yield from leaves(below)


def judge(model, item, refusals, entries):
    """The exceptions that explain a disagreement; None: there is none that does."""
    if bool(refusals) == bool(entries):
        return []
    if entries:
        reasons = [said_too_little(model.name, entry, item) for entry in entries]
    else:
        reasons = [said_too_much(error) for error in refusals]
    return None if None in reasons else reasons


def main():
    rng = random.Random(SEED)
    connection = psycopg.connect("", autocommit=True)
    for statement in MODELS.strip().split(";\n"):
        connection.execute(statement)
    connection.execute("INSERT INTO conversation (user_id) VALUES ('ann')")
    v = Values(rng)
    makers = columns(v)
    models = [Model(connection, name) for name in makers]
    right, failures, differing, met = {}, [], [], {}
    for n in range(PAYLOADS):
        model = models[n % len(models)]
        item = payload(rng, v, makers[model.name], model.required)
        text = json.dumps(item)
        told, created = model.entries(text)
        refusals = model.schema_errors(item)
        if told != created:
            differing.append((model.name, text, told, created))
        reasons = judge(model, item, refusals, created)
        if reasons is None:
            failures.append((model.name, text, created, [error.message for error in refusals]))
        for reason in reasons or []:
            met[reason] = met.get(reason, 0) + 1
        key = (model.name, not created)
        right[key] = right.get(key, 0) + 1

    print("# %d payloads, seed %d" % (PAYLOADS, SEED))
    print("# right and wrong: " + ", ".join("%s %d/%d" % (m.name, right.get((m.name, True), 0), right.get((m.name, False), 0)) for m in models))
    print("# exceptions: " + ", ".join("%s %d" % pair for pair in sorted(met.items())))
    check(not differing, "validate_... and create_...s say the same", len(differing), *differing[:10])
    for model in models:
        mine = [f for f in failures if f[0] == model.name]
        check(not mine, "%s: the schema and create_...s agree" % model.name, len(mine), *mine[:8])
        if PAYLOADS >= 5000:
            check(min(right.get((model.name, kind), 0) for kind in (True, False)) > 50, "%s: there were right ones and wrong ones" % model.name)
    if PAYLOADS >= 5000:
        for reason in EXCEPTIONS:
            check(reason in met, "an exception that is one: " + reason)
        check(set(met) <= set(EXCEPTIONS), "no other", met)
    return done()


EXCEPTIONS = ("references and keys", "a CHECK without a keyword", "a type without a format", "the range of bigint and floats", "rounding",
              "arrays of different lengths", "unknown members of composites", "strings are read", "blanks at the end", "more dimensions", "fewer dimensions",
              "columns that are read-only, where what is unknown is ignored")

if __name__ == "__main__":
    sys.exit(main())
