-- Tables of every kind, with names and comments that want to be code.
SELECT todo_orm.create_all();

CREATE TYPE mood AS ENUM ('sad', 'it''s "ok"', E'*/ \\ ${x} \n"""', 'glad');
CREATE TYPE place AS (x integer, "the name" varchar(3), tags text[], big bigint, at timestamptz);
CREATE DOMAIN short AS varchar(20) CHECK (VALUE <> '');
CREATE DOMAIN shorter AS short CHECK (char_length(VALUE) <= 10);
CREATE DOMAIN grade AS integer CHECK (VALUE BETWEEN 1 AND 6);

CREATE TABLE kinds (LIKE todo_orm.owned INCLUDING ALL, LIKE todo_orm.versioned INCLUDING ALL,
    m mood NOT NULL DEFAULT 'glad', ms mood[], p place, ps place[], s shorter NOT NULL DEFAULT 'x', g grade, gs grade[],
    i2 smallint CHECK (i2 BETWEEN 1 AND 10), b bigint, bs bigint[] CHECK (cardinality(bs) <= 3),
    n numeric(30,10) CHECK (n > 0), f float8 CHECK (f >= 0.5), r int4range, mr int4multirange, iv interval, by bytea, ip inet, mac macaddr,
    j json, jb jsonb, d date, ts timestamp, tz timestamptz, t time, tt timetz, u uuid DEFAULT gen_random_uuid(), grid integer[][],
    c char(5), bits bit(3), code text CHECK (code ~ '^[A-Z]{2,3}$'), lvl integer CHECK (lvl IN (1, 2, 3)), choice text CHECK (choice IN ('a', 'b')),
    o oid, x xml, tsv tsvector, pt point, ch "char", nm name, money numeric(8,2), PRIMARY KEY (user_id, id));
SELECT todo_orm.register_model('kinds', '{"name": "kind", "plural": "kinds"}');

-- names that no language takes as they are, reserved words, names of the generated code's own
CREATE TABLE "select ""x"" */ " ("user_id" text, "1st" bigint, "class" text, "größe" text, "a b" text, "a-b" text, "a""b" text, "a'b" text, "a`b${c}" text,
    "a%s" text, "a\b" text, "a
b" text, "*/ throw 1; /*" text, """""""" text, U&"\2028 throw 1" text, "def" text, "json" text, "model_dump" text, "list" text, "_private" text, "args" text,
    "Call" text, "value" text, "None" text, "db" text, "self" text, "$1" text, "schema" text, "__proto__" text, "constructor" text, "was." text, PRIMARY KEY (user_id, "1st"));
COMMENT ON TABLE "select ""x"" */ " IS E'*/ throw new Error("comment"); /*\n"""\nraise Exception("comment")\n"""  \\" \\';
COMMENT ON COLUMN "select ""x"" */ "."class" IS E'*/ throw new Error("comment"); // \u2028 throw 1;\n"""\\';
SELECT todo_orm.register_model('"select ""x"" */ "');
CREATE TABLE "2 things" ("user_id" text, "id" bigint, "class" text, PRIMARY KEY (user_id, id));
SELECT todo_orm.register_model('"2 things"', '{"name": "return", "plural": "Record"}');
CREATE TABLE taskcreate (LIKE todo_orm.owned INCLUDING ALL, title text, PRIMARY KEY (user_id, id));
SELECT todo_orm.register_model('taskcreate', '{"name": "task_create", "plural": "task_creates"}');

-- no owner, composite keys, a view, hidden columns, other members allowed, more than 99 columns
CREATE TABLE country (code char(2) PRIMARY KEY, name text NOT NULL);
SELECT todo_orm.register_model('country', '{"owner": null}');
CREATE TABLE seat (user_id text, hall text, number integer, free boolean NOT NULL DEFAULT true, secret text, country_code char(2) REFERENCES country, PRIMARY KEY (user_id, hall, number));
SELECT todo_orm.register_model('seat', '{"hidden": ["secret"], "extra": "ignore", "scopes": {"free": {"free": true}}}');
CREATE VIEW open_task AS SELECT user_id, id, title, title || '!' AS loud FROM task WHERE NOT completed;
SELECT todo_orm.register_model('open_task', '{"key": ["id"]}');
CREATE TABLE label (LIKE todo_orm.owned INCLUDING ALL, name text NOT NULL, PRIMARY KEY (user_id, id), UNIQUE (user_id, name));
CREATE TABLE task_label (user_id text COLLATE "C", task_id bigint, label_id bigint, PRIMARY KEY (user_id, task_id, label_id),
    FOREIGN KEY (user_id, task_id) REFERENCES task ON DELETE CASCADE, FOREIGN KEY (user_id, label_id) REFERENCES label ON DELETE CASCADE);
CREATE INDEX ON task_label (user_id, label_id);
SELECT todo_orm.register_model(t) FROM unnest('{label,task,conversation,message}'::regclass[]) t;
SELECT todo_orm.register_model('label', '{"changes": true}');
SELECT format('CREATE TABLE wide (LIKE todo_orm.owned INCLUDING ALL, %s, PRIMARY KEY (user_id, id))', string_agg(format('c%s integer', n), ', ' ORDER BY n)) FROM generate_series(1, 120) n
\gexec
SELECT todo_orm.register_model('wide');
