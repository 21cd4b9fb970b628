"""Along relationships there are three ways, and they agree.

Random models: keys of every kind, with owner and without, foreign keys to
anything, link tables that are models and that are none, soft delete, orders.
Random rows of two owners who share their keys.  For every relationship of all
of them:

* a child is in its parent's list if, and only if, the parent is the child's;
* load_…, load_…s, the batch loader and the function of the row give the same
  rows in the same order, whatever is taken;
* match and sort of an include are those of list_…;
* a tree of includes is what following each relationship row by row gives.

Then the statements that it takes, counted as todo_orm.echo shows them, and the
plans that are kept.

TODO_ORM_SEED    another run; one with the same seed makes the same
TODO_ORM_WORLDS  how many sets of models (8)
"""

import collections
import json
import os
import random
import sys
import uuid

import psycopg

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../lib"))
from tap import done, none  # noqa: E402

SEED = int(os.environ.get("TODO_ORM_SEED") or 20240229)
WORLDS = int(os.environ.get("TODO_ORM_WORLDS") or 8)
ROWS = 14
LEAST = 2000

compared = collections.Counter()


def ident(name):
    return '"' + name.replace('"', '""') + '"'


def literal(text):
    return "NULL" if text is None else "'" + text.replace("'", "''") + "'"


# type of a key column, types that a foreign key to it may have, value number n, the same value as a child may write it
KEYS = {
    "bigint": (["bigint", "int"], lambda n: str(n), str),
    "int": (["int", "bigint", "smallint"], lambda n: str(n), str),
    "uuid": (["uuid"], lambda n: str(uuid.UUID(int=n)), str),
    'text COLLATE "C"': (['text COLLATE "C"', 'varchar COLLATE "C"'], lambda n: "k'%d\\" % n, str),
    "text": (["text", "varchar"], lambda n: "key \u00e9 %d" % n, str),
    "text COLLATE caseless": (["text COLLATE caseless"], lambda n: "Key %d" % n, str.upper),
    "numeric": (["numeric"], lambda n: "%d.5" % n, lambda text: text + "00"),
    "date": (["date"], lambda n: "2026-01-%02d" % (n % 28 + 1), str),
}
OWNERS = {"text COLLATE \"C\"": ["ann", "bob"], "int": ["1", "2"], "uuid": [str(uuid.UUID(int=1)), str(uuid.UUID(int=2))]}
ORDERS = [None, "n", "-n", "n desc nulls last, word", "word nulls first"]


class Model:
    """A table: its columns, and what its functions are called."""

    def __init__(self, world, number, rng):
        self.number = number
        self.owned = rng.random() < 0.8
        self.soft = rng.random() < 0.6
        self.table = rng.choice(["t%d", "Ta ble%d", 'qu"ote%d', "sel'ect%d"]) % number
        self.one, self.many = "thing%d" % number, "things%d" % number
        # one to one: the owner is the whole key
        kinds = [] if self.owned and rng.random() < 0.12 else rng.sample(list(KEYS), rng.choice([1, 1, 1, 2]))
        self.key = [(rng.choice(["id%d", "k%d", "Key %d"]) % i, kind) for i, kind in enumerate(kinds)]
        self.options = {"owner": world.owner_column if self.owned else None, "name": self.one, "plural": self.many}
        order = rng.choice(ORDERS)
        if order:
            self.options["sort"] = order
        self.foreign_keys = []      # (columns, parent)
        self.is_link = False

    def columns(self, world):
        made = ["%s %s NOT NULL" % (world.owner_column, world.owner_type)] if self.owned else []
        made += ["%s %s NOT NULL" % (ident(name), kind) for name, kind in self.key]
        made += ["n int", "word text", "seen timestamptz[]"] + (["deleted_at timestamptz"] if self.soft else [])
        return made

    def arguments(self, owner, *more):
        return ", ".join(([literal(owner)] if self.owned else []) + [m for m in more if m])

    def key_of(self, row):
        return json.dumps([row[name] for name, _ in self.key])


class World:
    """A schema with some models, their rows, and what is known of their relationships."""

    def __init__(self, conn, number):
        self.conn = conn
        self.rng = rng = random.Random(SEED * 1000 + number)
        self.schema = "world %d" % number
        self.owner_column = rng.choice(["user_id", "tenant"])
        self.owner_type = rng.choice(list(OWNERS))
        self.owners = OWNERS[self.owner_type]
        self.models = [Model(self, i, rng) for i in range(6)]
        self.make_tables()
        self.make_links()
        self.register()
        self.fill()
        self.read_relationships()

    def run(self, sql):
        return self.conn.execute(sql)

    def make_tables(self):
        self.run("CREATE SCHEMA %s" % ident(self.schema))
        self.run("SET search_path = %s, public" % ident(self.schema))
        for model in self.models:
            key = ([self.owner_column] if model.owned else []) + [ident(name) for name, _ in model.key]
            self.run("CREATE TABLE %s (%s, PRIMARY KEY (%s))" % (ident(model.table), ", ".join(model.columns(self)), ", ".join(key)))
        for model in self.models:
            parents = [m for m in self.models if model.owned or not m.owned]
            for i in range(self.rng.choice([1, 2, 2, 3])):
                self.add_foreign_key(model, self.rng.choice(parents), "p%d" % i)

    def reference(self, parent, columns):
        own = ([self.owner_column] if parent.owned else [])
        return "FOREIGN KEY (%s) REFERENCES %s" % (", ".join(own + [ident(c) for c in columns]), ident(parent.table))

    def add_foreign_key(self, model, parent, prefix):
        if not parent.key and any(p is parent for _, p in model.foreign_keys) or parent is model and not parent.key:
            return
        columns = ["%s %s" % (prefix, name) if self.rng.random() < 0.5 else "%s_%s" % (prefix, name) for name, _ in parent.key]
        for column, (_, kind) in zip(columns, parent.key):
            self.run("ALTER TABLE %s ADD %s %s" % (ident(model.table), ident(column), self.rng.choice(KEYS[kind][0])))
        # a row for each owner must be there before another may point at it: not checked at once
        self.run("ALTER TABLE %s ADD %s DEFERRABLE INITIALLY DEFERRED" % (ident(model.table), self.reference(parent, columns)))
        model.foreign_keys.append((columns, parent))

    def make_links(self):
        """Link tables: (table, sides as (columns, model), owned, soft)."""
        self.links = []
        for number in range(3):
            sides = [self.rng.choice([m for m in self.models if m.key]) for _ in range(2)]
            owned = any(m.owned for m in sides) or self.rng.random() < 0.5
            soft = self.rng.random() < 0.4
            table = "link%d" % number
            columns = [["%s %s" % (side, name) for name, _ in m.key] for side, m in zip(("near", "far"), sides)]
            types = [self.rng.choice(KEYS[kind][0]) for m in sides for _, kind in m.key]
            names = [ident(c) for pair in columns for c in pair]
            owner = ["%s %s" % (self.owner_column, self.owner_type)] if owned else []
            self.run("CREATE TABLE %s (%s, PRIMARY KEY (%s), %s)" % (
                ident(table), ", ".join(owner + ["%s %s" % pair for pair in zip(names, types)] + (["deleted_at timestamptz"] if soft else [])),
                ", ".join(([self.owner_column] if owned else []) + names), ", ".join(self.reference(m, c) for c, m in zip(columns, sides))))
            self.links.append((table, list(zip(columns, sides)), owned, soft))

    def register(self):
        for table, sides, owned, _ in self.links:
            # a link table may be a model itself
            if self.rng.random() < 0.4:
                model = Model(self, len(self.models), self.rng)
                model.table, model.owned, model.is_link = table, owned, True
                model.key = [(c, kind) for columns, m in sides for c, (_, kind) in zip(columns, m.key)]
                model.options = {"owner": self.owner_column if owned else None, "name": model.one, "plural": model.many}
                self.models.append(model)
        for model in self.rng.sample(self.models, len(self.models)):
            self.run("SELECT count(*) FROM todo_orm.register_model(%s, %s)" % (literal(ident(model.table)), literal(json.dumps(model.options))))

    def fill(self):
        """Rows first, then what they point at: any row, a soft-deleted one too."""
        rng = self.rng
        keys = {}
        with self.conn.transaction():
            for model in self.models:
                if model.is_link:
                    continue
                for owner in self.owners if model.owned else [None]:
                    numbers = rng.sample(range(1, 28), rng.randint(ROWS // 2, ROWS)) if model.key else [1]
                    keys[model, owner] = [[KEYS[kind][1](n) for _, kind in model.key] for n in numbers]
                    for key in keys[model, owner]:
                        values = ([literal(owner)] if model.owned else []) + [literal(v) for v in key]
                        values += [rng.choice(["NULL", "1", "2", "3"]), rng.choice(["NULL", "'a'", "'B'", "'\"x\"'"]), rng.choice(["NULL", "'{2026-03-01 12:00+05}'"])]
                        values += [rng.choice(["NULL", "NULL", "NULL", "now()"])] if model.soft else []
                        self.run("INSERT INTO %s VALUES (%s)" % (ident(model.table), ", ".join(values)))
            for (model, owner), rows in keys.items():
                for columns, parent in model.foreign_keys:
                    for key in rows:
                        self.point(model, owner, key, columns, rng.choice(keys[parent, owner if parent.owned else None]), parent)
            for table, sides, owned, soft in self.links:
                for owner in self.owners if owned else [None]:
                    pairs = [[rng.choice(keys[m, owner if m.owned else None]) for _, m in sides] for _ in range(ROWS * 2)]
                    for pair in pairs:
                        values = ([literal(owner)] if owned else []) + [self.child_value(v, kind) for key, (_, m) in zip(pair, sides) for v, (_, kind) in zip(key, m.key)]
                        values += [rng.choice(["NULL", "NULL", "now()"])] if soft else []
                        self.run("INSERT INTO %s VALUES (%s) ON CONFLICT DO NOTHING" % (ident(table), ", ".join(values)))

    def child_value(self, value, kind):
        return literal(KEYS[kind][2](value))

    def point(self, model, owner, key, columns, parent_key, parent):
        if not columns or self.rng.random() < 0.15:
            return
        values = [self.child_value(v, kind) for v, (_, kind) in zip(parent_key, parent.key)]
        if self.rng.random() < 0.1:
            values[0] = "NULL"      # a key that is partly null points nowhere
        where = (["%s = %s" % (self.owner_column, literal(owner))] if model.owned else []) + ["%s = %s" % (ident(n), literal(v)) for (n, _), v in zip(model.key, key)]
        self.run("UPDATE %s SET %s WHERE %s" % (ident(model.table), ", ".join("%s = %s" % pair for pair in zip(map(ident, columns), values)), " AND ".join(where) or "true"))

    # ------------------------------------------------------------ what is related, row by row

    def read_relationships(self):
        by_table = {ident(m.table) if not m.table.isalnum() or m.table != m.table.lower() else m.table: m for m in self.models}
        self.relationships = collections.defaultdict(dict)
        for table, name, target, kind, columns, others, through in self.run(
                "SELECT model::text, relationship, target::text, kind, columns, target_columns, through::text FROM todo_orm.relationships"
                " WHERE model IN (SELECT oid FROM pg_class WHERE relnamespace = %s::regnamespace) ORDER BY 1, 2" % literal(ident(self.schema))).fetchall():
            self.relationships[by_table[table]][name] = (by_table[target], kind, columns, others, through)
        # (model, relationship, owner) -> {key: rows}, by the function of the row; (model, owner) -> {key: row}
        self.lists, self.rows = {}, {}
        for model in self.models:
            for owner in self.owners if model.owned else [None]:
                where = " AND ".join((["t.%s = %s" % (self.owner_column, literal(owner))] if model.owned else []) + (["deleted_at IS NULL"] if "deleted_at" in self.column_names(model) else []))
                source = "FROM %s t WHERE %s" % (ident(model.table), where or "true")
                self.rows[model, owner] = {model.key_of(row): row for row, in self.run("SELECT to_json(t) " + source).fetchall()}
                for name in self.relationships[model]:
                    found = self.run("SELECT to_json(t), (SELECT coalesce(json_agg(c), '[]') FROM %s(t) c) %s" % (ident(name), source)).fetchall()
                    self.lists[model, name, owner] = {model.key_of(row): rows for row, rows in found}

    def column_names(self, model):
        return [name for name, in self.run("SELECT attname FROM pg_attribute WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped" % literal(ident(model.table)))]

    def every(self):
        """Every relationship, with every owner that has rows where it begins."""
        for model in self.models:
            for name, (target, kind, columns, others, through) in self.relationships[model].items():
                for owner in self.owners if model.owned else [None]:
                    yield model, name, target, kind, owner

    def one(self, sql):
        return self.run("SELECT " + sql).fetchone()[0]

    def ids(self, model, keys):
        values = [json.loads(key) for key in keys]
        if len(model.key) == 1:
            return "ARRAY[%s]::%s[]" % (", ".join(literal(str(v[0])) for v in values), {"smallint": "int"}.get(self.key_type(model), self.key_type(model)))
        return literal(json.dumps([dict(zip([n for n, _ in model.key], v)) for v in values])) + "::jsonb"

    def key_type(self, model):
        return self.one("format_type(atttypid, NULL) FROM pg_attribute WHERE attrelid = %s::regclass AND attname = %s" % (literal(ident(model.table)), literal(model.key[0][0])))

    def key_arguments(self, model, key):
        return [literal(str(v)) for v in json.loads(key)]


def cut(rows, take):
    """What "take" leaves of a list."""
    if take is None:
        return rows
    return rows[:take] if take >= 0 else rows[take:]


def nested(kind, rows, take=None):
    if kind == "many_to_one":
        assert len(rows) <= 1
        return rows[0] if rows else None
    return cut(rows, take)


def note(problems, what, got, wanted, found):
    """One comparison; found: what is related, because two that found nothing agree too easily."""
    compared[what[0]] += bool(found)
    if got != wanted:
        problems.append("%s\ngot:    %s\nwanted: %s" % (what, json.dumps(got), json.dumps(wanted)))


# ---------------------------------------------------------------- properties

def both_directions(world):
    """A child is in its parent's list <=> the parent is the child's; links likewise."""
    problems = []
    for model in world.models:
        for name, (target, kind, columns, others, through) in world.relationships[model].items():
            opposite = {"many_to_one": "one_to_many", "one_to_many": "many_to_one", "many_to_many": "many_to_many"}[kind]
            back = [n for n, (t, k, c, o, th) in world.relationships[target].items()
                    if (t, k, th) == (model, opposite, through) and (kind == "many_to_many" and (target is not model or n != name) or (kind != "many_to_many" and (c, o) == (others, columns)))]
            if model.owned and not target.owned:
                if back:
                    problems.append("%s.%s leads back, and away from the owner" % (model.table, name))
                continue
            if len(back) != 1:
                problems.append("%s.%s: the ways back are %s" % (model.table, name, back))
                continue
            for owner in world.owners if model.owned else [None]:
                there = sorted((key, target.key_of(row)) for key, rows in world.lists[model, name, owner].items() for row in rows)
                here = sorted((model.key_of(row), key) for key, rows in world.lists[target, back[0], owner].items() for row in rows)
                note(problems, ("both directions", model.table, name, owner), there, here, there)
    return problems


def eager(world):
    """load_… of a row and load_…s of all of them: what the function of the row gives, cut."""
    problems = []
    for model, name, target, kind, owner in world.every():
        rows, lists = world.rows[model, owner], world.lists[model, name, owner]
        for take in [None, world.rng.choice([0, 1, 2, 3, 99]), -world.rng.choice([1, 2, 3, 99])]:
            if kind == "many_to_one" and take is not None:
                continue
            include = json.dumps({name: {} if take is None else {"take": take}})
            items = world.one("load_%s(%s)" % (model.many, model.arguments(owner, literal(include), "take => 1000")))["items"]
            for row in items:
                key = model.key_of(row)
                related = nested(kind, lists[key], take)
                note(problems, ("load_…s", model.table, name, owner, take, key), row, {**rows[key], name: related}, related)
            if len(items) != len(rows):
                problems.append("%s: %d rows, not %d" % (model.many, len(items), len(rows)))
        for key in world.rng.sample(sorted(rows), min(4, len(rows))):
            got = world.one("load_%s(%s)" % (model.one, model.arguments(owner, *world.key_arguments(model, key), literal(json.dumps({name: True})))))
            note(problems, ("load_…", model.table, name, owner, key), got, {**rows[key], name: nested(kind, lists[key])}, lists[key])
    return problems


def batches(world):
    """The batch loader: the lists of the rows that the ids name, one behind the other."""
    problems = []
    for model, name, target, kind, owner in world.every():
        if kind == "many_to_one" or not model.key:
            continue
        lists = world.lists[model, name, owner]
        others = [key for other in (world.owners if model.owned else [None]) for key in world.rows[model, other]]
        for take in [None, world.rng.choice([0, 1, 2, 99]), -world.rng.choice([1, 2, 99])]:
            # in any order, some of them twice, and those that only another owner has
            ids = [world.rng.choice(others) for _ in range(world.rng.randint(1, 2 * ROWS))]
            there = [key for key in dict.fromkeys(ids) if key in lists]
            call = '"%s_of_%s"(%s)' % (name.replace('"', '""'), model.many, model.arguments(owner, world.ids(model, ids), literal(None if take is None else str(take)) + "::int"))
            if kind == "many_to_many":
                got = world.one(call)
                wanted = [{**{n: world.rows[model, owner][key][n] for n, _ in model.key}, name: cut(lists[key], take)} for key in there]
            else:
                got = [row for row, in world.run("SELECT to_json(c) FROM %s c" % call)]
                wanted = [row for key in there for row in cut(lists[key], take)]
            note(problems, ("batch", model.table, name, owner, take, ids), got, wanted, wanted)
    return problems


def conditions(world):
    """match, sort and count of an include: what list_… of the target says of the same rows."""
    problems = []
    for model, name, target, kind, owner in world.every():
        if kind == "many_to_one" or target.is_link:
            continue
        lists = world.lists[model, name, owner]
        match = world.rng.choice([{"n": {"lt": 3}}, {"n": None}, {"word": {"in": ["a", "B"]}}, {"or": [{"n": 1}, {"word": None}]}])
        sort, take = world.rng.choice(ORDERS[1:]), world.rng.choice([1, 2, -1, -2, 99])
        listed = [row for row, in world.run("SELECT to_json(t) FROM list_%s(%s) t" % (target.many, target.arguments(owner, "match => " + literal(json.dumps(match)), "sort => " + literal(sort), "take => 1000")))]
        include = json.dumps([{name: {"match": match, "sort": sort, "take": take, "count": True}}])
        for row in world.one("load_%s(%s)" % (model.many, model.arguments(owner, literal(include), "take => 1000")))["items"]:
            left = [child for child in listed if child in lists[model.key_of(row)]]
            note(problems, ("match, sort, count", model.table, name, owner, match, sort, take), [row[name], row[name + "_count"]], [cut(left, take), len(left)], left)
    return problems


def grow(world, model, depth):
    """A random tree of includes: {relationship: (take, tree)}."""
    names = list(world.relationships[model])
    chosen = world.rng.sample(names, min(len(names), world.rng.choice([1, 1, 2]))) if depth else []
    return {name: (None if world.relationships[model][name][1] == "many_to_one" else world.rng.choice([None, None, 1, 2, -1, -2]), grow(world, world.relationships[model][name][0], depth - 1))
            for name in chosen}


def as_objects(tree):
    return {name: {**({} if take is None else {"take": take}), "include": as_objects(below)} for name, (take, below) in tree.items()}


def as_paths(tree, before=""):
    made = []
    for name, (take, below) in tree.items():
        path = before + name + ("" if take is None else ":%d" % take)
        made += [path] + as_paths(below, path + ".")
    return made


def follow(world, model, owner, row, tree):
    """The row with what is related to it, found by functions of the row alone."""
    key = model.key_of(row)
    made = dict(row)
    for name, (take, below) in tree.items():
        target, kind = world.relationships[model][name][:2]
        whose = owner if target.owned else None
        rows = nested(kind, world.lists[model, name, owner][key], take)
        made[name] = follow(world, target, whose, rows, below) if isinstance(rows, dict) else rows and [follow(world, target, whose, r, below) for r in rows]
    return made


def trees(world):
    """Both forms of a tree, where its names can stand in paths: what following row by row gives."""
    problems = []
    for model in world.models:
        for owner in world.owners if model.owned else [None]:
            for _ in range(3):
                tree = grow(world, model, 3)
                plain = all("." not in name and ":" not in name for name in json.dumps(as_objects(tree)).split('"')[1::2])
                for include in [as_objects(tree)] + ([as_paths(tree)] if plain else []):
                    for row in world.one("load_%s(%s)" % (model.many, model.arguments(owner, literal(json.dumps(include)), "take => 1000")))["items"]:
                        key = model.key_of(row)
                        note(problems, ("tree", model.table, owner, json.dumps(include), key), row, follow(world, model, owner, world.rows[model, owner][key], tree),
                             any(row[name] for name in tree))
    return problems


PROPERTIES = {
    "a child is in the list of its parent, and of no other": both_directions,
    "load_ and the function of the row": eager,
    "the batch loader and the function of the row": batches,
    "match, sort and count": conditions,
    "trees of includes": trees,
}

# ---------------------------------------------------------------- statements and plans

FOREST = """
CREATE SCHEMA forest;
SET search_path = forest;
CREATE TABLE branch (LIKE todo_orm.owned INCLUDING ALL, PRIMARY KEY (user_id, id));
CREATE TABLE leaf (LIKE todo_orm.owned INCLUDING ALL, branch_id bigint, PRIMARY KEY (user_id, id), FOREIGN KEY (user_id, branch_id) REFERENCES branch);
CREATE TABLE bird (LIKE todo_orm.owned INCLUDING ALL, PRIMARY KEY (user_id, id));
CREATE TABLE nest (user_id text COLLATE "C", branch_id bigint, bird_id bigint, PRIMARY KEY (user_id, branch_id, bird_id),
    FOREIGN KEY (user_id, branch_id) REFERENCES branch, FOREIGN KEY (user_id, bird_id) REFERENCES bird);
CREATE INDEX ON leaf (user_id, branch_id);
SELECT count(*) FROM unnest('{branch,leaf,bird}'::regclass[]) m, todo_orm.register_model(m);
-- Ann has a thousand of each, Bob has one, Cid none
INSERT INTO branch (user_id, id) SELECT 'ann', n FROM generate_series(1, 1000) n UNION ALL SELECT 'bob', 1;
INSERT INTO leaf (user_id, id, branch_id) SELECT user_id, 2 * id + k, id FROM branch, generate_series(0, 1) k;
INSERT INTO bird (user_id, id) SELECT user_id, id FROM branch;
INSERT INTO nest SELECT user_id, id, id FROM branch;
ANALYZE branch, leaf, bird, nest;
"""

# call, statements beside those that the page itself takes
STATEMENTS = [
    ("load_branches(%s, '[]', take => 1000)", 0),
    ("load_branches(%s, '[\"leaves\"]', take => 1000)", 1),
    ("load_branches(%s, '[\"leaves:1\", \"birds\"]', take => 1000)", 2),
    ("load_branches(%s, '{\"leaves\": {\"count\": true, \"take\": 0}}', take => 1000)", 1),
    ("load_branches(%s, '{\"leaves\": {\"count\": true}, \"birds\": {\"count\": true}}', take => 1000)", 4),
    ("load_branches(%s, '[\"leaves.branch.leaves\", \"birds.branches\"]', take => 1000)", 5),
    ("load_branches(%s, '[\"leaves:0\"]', take => 1000)", 0),
    ("load_leaves(%s, '[\"branch.birds\"]', take => 1000)", 2),
    ("load_leaves(%s, '[{\"branch\": {\"match\": {\"birds\": {}}}}]', take => 1000)", 1),
    ("load_branch(%s, 1, '[\"leaves\", \"birds.branches\"]')", 3),
    ("(SELECT count(*) FROM leaves_of_branches(%s, ARRAY(SELECT generate_series(1, 1000))::bigint[], 2))", 1),
    ("birds_of_branches(%s, ARRAY(SELECT generate_series(1, 1000))::bigint[])", 1),
]


def statements(conn):
    """One for each relationship, and one more for each count, however many rows there are."""
    conn.execute(FOREST)
    shown = []
    conn.add_notice_handler(lambda notice: shown.append(notice.message_primary))
    conn.execute("SET client_min_messages = notice; SET todo_orm.echo = on")

    def taken(sql, owner):
        shown.clear()
        conn.execute("SELECT " + sql % literal(owner))
        return len(shown)

    page = taken("page_branches(%s, take => 1000)", "bob")
    for sql, more in STATEMENTS:
        base = page if "take => 1000" in sql else 1
        for owner, rows in ("ann", "a thousand rows"), ("bob", "one row"):
            got = taken(sql, owner)
            none([] if got == base + more else ["%d statements, not %d" % (got, base + more)] + shown, "%s: %s, %d statements" % (sql, rows, base + more))
        got = taken(sql, "cid")
        none([] if got == base else shown, "%s: of no row there is nothing to look for" % sql)
    conn.execute("RESET todo_orm.echo; RESET client_min_messages")


def plans(conn):
    """However many shapes come, no more plans are kept than todo_orm.plan_cache_size."""
    conn.execute("SET search_path = forest; SET todo_orm.plan_cache_size = 16")

    def kept():
        for n in range(1, 40):
            match = {"or": [{"id": i} for i in range(n)]}
            conn.execute("SELECT load_branch('bob', 1, %s)", [json.dumps({"leaves": {"match": match}, "birds": {"match": match}})])
        return conn.execute("SELECT count(*) FROM pg_backend_memory_contexts WHERE name = 'CachedPlanSource'").fetchone()[0]

    first, second = kept(), kept()
    none([] if second <= first else [first, second], "78 shapes keep no more plans the second time")
    conn.execute("RESET todo_orm.plan_cache_size")


# ---------------------------------------------------------------- all of it

def main():
    with psycopg.connect(autocommit=True, prepare_threshold=None) as conn:
        conn.execute("SET client_min_messages = warning; SET statement_timeout = '60s'; SET TimeZone = 'UTC'")
        conn.execute("CREATE COLLATION caseless (provider = icu, locale = 'und-u-ks-level2', deterministic = false)")
        kinds = collections.Counter()
        for number in range(WORLDS):
            world = World(conn, number)
            kinds.update(kind for model in world.models for _, kind, *_ in world.relationships[model].values())
            for name, problems_of in PROPERTIES.items():
                none(problems_of(world), "world %d: %s" % (number, name))
            conn.execute("SET search_path = public; DROP SCHEMA %s CASCADE" % ident(world.schema))
        if not os.environ.get("TODO_ORM_WORLDS"):
            none([] if sum(compared.values()) >= LEAST and min(compared.values()) >= 50 else [compared], "at least %d comparisons of something, some of each kind" % LEAST)
            none([] if len(kinds) == 3 and min(kinds.values()) >= 5 else [kinds], "relationships of every kind")
        print("#", dict(compared), dict(kinds))
        statements(conn)
        plans(conn)
    return done()


sys.exit(main())
