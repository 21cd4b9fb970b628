"""alembic and examples/sqlmodel: autogenerate finds no difference between SQLModel's classes and the tables, whoever made them,
and would notice one; migrations go both ways. Tools and classes run as a developer runs them, in copies of the example."""

import glob
import os
import re
import shutil
import subprocess
import sys
import tempfile

import alembic.command
import psycopg2

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "include"))
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../lib"))
from structure import structure  # noqa: E402
from tap import check, done, same  # noqa: E402

ROOT = os.path.abspath(os.path.join(os.path.dirname(os.path.abspath(__file__)), "../.."))
GUIDE = os.path.join(ROOT, "docs/coming-from-sqlmodel.md")
work = tempfile.mkdtemp()

connection = psycopg2.connect("")
connection.autocommit = True
cursor = connection.cursor()


def sql(query, *parameters):
    cursor.execute(query, parameters or None)
    return cursor.fetchall() if cursor.description else []


def value(query, *parameters):
    return sql(query, *parameters)[0][0]


class Project:
    """A copy of the example, and a schema for its tables."""

    def __init__(self, schema):
        self.schema = schema
        self.dir = os.path.join(work, schema)
        shutil.copytree(os.path.join(ROOT, "examples/sqlmodel"), self.dir)
        sql("CREATE SCHEMA " + schema)
        self.use()

    def use(self):
        sql("SET search_path = " + self.schema)

    def run(self, *command):
        environment = {**os.environ, "PGOPTIONS": "-c search_path=%s -c timezone=UTC" % self.schema, "PYTHONDONTWRITEBYTECODE": "1"}
        ran = subprocess.run([sys.executable, *command], cwd=self.dir, env=environment, capture_output=True, text=True, check=False)
        if ran.returncode != 0:
            raise RuntimeError("%s\n%s" % (" ".join(command), ran.stderr))
        return ran.stdout

    def alembic(self, *arguments):
        return self.run("-m", "alembic", *arguments)

    def python(self, code):
        return self.run("-c", "from sqlmodel import *\nimport models\nengine = create_engine('postgresql+psycopg2://')\n" + code)

    def autogenerate(self, keep=False):
        """The body of upgrade() that alembic writes; nothing if there is no difference."""
        self.alembic("revision", "--autogenerate", "-m", "generated")
        written, = glob.glob(os.path.join(self.dir, "migrations/versions/*_generated.py"))
        with open(written) as f:
            text = f.read()
        if not keep:
            os.remove(written)
        body = re.search(r"^def upgrade\(\) -> None:\n(.*?)^def ", text, re.M | re.S)[1]
        body = re.sub(r"op\.f\(('.*?')\)", r"\1", body)
        return "\n".join(line.strip() for line in body.splitlines() if line.strip() not in ("", "pass") and "###" not in line)

    def edit(self, name, old, new):
        """Replaces what stands there once; answers a function that puts it back."""
        path = os.path.join(self.dir, name)
        with open(path) as f:
            before = f.read()
        if before.count(old) < 1:
            raise RuntimeError("%s is not in %s" % (old, name))
        with open(path, "w") as f:
            f.write(before.replace(old, new, 1))

        def restore():
            with open(path, "w") as f:
                f.write(before)
        return restore

    def migration(self, revision, after, body):
        """Writes a migration."""
        with open(os.path.join(self.dir, "migrations/versions/%s.py" % revision), "w") as f:
            f.write("import sqlalchemy as sa\nfrom alembic import op\n\n"
                    "revision = %r\ndown_revision = %r\n\n\n%s" % (revision, after, body))


def same_structure(expected, name):
    """Are the tables of this schema now as they were? Tells only what differs."""
    same(sorted(set(structure(cursor, value("SELECT current_schema()"))) ^ set(expected)), [], name)


def functions(schema):
    return {row[0] for row in sql("SELECT proname FROM pg_proc WHERE pronamespace = %s::regnamespace", schema)}


# ------------------------------------------------------- tables that create_all has made

made = Project("made")
made.alembic("upgrade", "head")
check({"create_task", "append_message"} <= functions("made"), "the example's migration makes tables and functions")
made_structure = structure(cursor, "made")
same(made.autogenerate(), "", "made by create_all: no difference to the classes")

sql("""SELECT todo_orm.register_model('task', '{"changes": true}')""")
same(value("SELECT to_regclass('task_changes') IS NOT NULL"), True, "a table beside the model's")
same(made.autogenerate(), "", "made by create_all: nor with a change feed beside them")
restore = made.edit("migrations/env.py", "include_name=include_name,", "")
check("drop_table('task_changes'" in made.autogenerate(), "which takes the example's include_name")
restore()
sql("CREATE TABLE another (id bigint PRIMARY KEY)")
check("drop_table('another')" in made.autogenerate(), "which lets pass nothing else")
sql("DROP TABLE another")
sql("""SELECT todo_orm.register_model('task', '{"changes": false}')""")
sql("DROP TABLE task_changes")

def passes_check():
    """"alembic check", which is there since 1.9: what is to be generated otherwise."""
    try:
        made.alembic("check")
    except RuntimeError:
        return False
    return True


if hasattr(alembic.command, "check"):
    check(passes_check(), "alembic check has nothing to say")
    restore = made.edit("models.py", "    completed: bool", "    priority: Optional[int] = Field(default=None)\n    completed: bool")
    check(not passes_check(), "but where there is a difference")
    restore()

# what it would notice
for what, old, new, found in (
    ("a column more", "    completed: bool", "    priority: Optional[int] = Field(default=None)\n    completed: bool",
     "add_column('task', sa.Column('priority'"),
    ("a column less", "    updated_at: Optional[datetime] = time()\n", "", "drop_column('task', 'updated_at')"),
    ("another type", "conversation_id: int = Field(sa_column=Column(BigInteger", "conversation_id: int = Field(sa_column=Column(Text",
     "alter_column('message', 'conversation_id'"),
    ("a time without zone", "DateTime(timezone=True), comment=comment", "DateTime(), comment=comment", "alter_column('task', 'deleted_at'"),
    ("varchar in the place of text", "sa_column=Column(Text))", "sa_column=Column(sqlalchemy.VARCHAR))",
     "alter_column('task', 'description'"),
    ("another default", 'server_default="complete"', 'server_default="streaming"', "alter_column('message', 'status'"),
    ("no default", "server_default=false(), ", "", "alter_column('task', 'completed'"),
    ("null allowed", "sa_column=Column(Text, nullable=False, comment=", "sa_column=Column(Text, comment=",
     "alter_column('message', 'role'"),
    ("a foreign key that does something else", 'ondelete="CASCADE"', 'ondelete="RESTRICT"', "drop_constraint('message_conversation_fkey'"),
    ("an index less", 'Index("message_conversation_idx", "user_id", "conversation_id", "id"),', "",
     "drop_index('message_conversation_idx'"),
    ("an index on other columns", 'Index("message_streaming_idx", "user_id", "created_at"',
     'Index("message_streaming_idx", "user_id", "role"',
     "create_index('message_streaming_idx'"),
    ("no index of many kinds", "tasks.created_at.desc(), tasks.id.desc()", "tasks.id.desc()", "create_index('task_list_idx'"),
    ("another comment", "Something to do.", "Something done.", "create_table_comment("),
):
    restore = made.edit("models.py", old, new)
    generated = made.autogenerate()
    check(found in generated, "it notices " + what, generated)
    restore()

sql("DROP INDEX message_conversation_idx")
check("create_index('message_conversation_idx'" in made.autogenerate(keep=True), "it notices an index that was dropped")
made.alembic("upgrade", "head")
same_structure(made_structure, "and makes it again as it was")
made.alembic("downgrade", "0001")
for written in glob.glob(os.path.join(made.dir, "migrations/versions/*_generated.py")):
    os.remove(written)
made.alembic("downgrade", "base")
same(value("SELECT count(*) FROM pg_class WHERE relnamespace = 'made'::regnamespace AND relkind = 'r' AND relname <> 'alembic_version'"), 0,
     "down to nothing")
same(functions("made"), set(), "no function is left")
made.alembic("upgrade", "head")
same_structure(made_structure, "and up again")

# ------------------------------------------------------- a migration that adds a column: the guide's own

with open(GUIDE) as f:
    guide = f.read()
snippet, = re.findall(r"```python\n(def upgrade\(\).*?)```", guide, re.S)
hook, = re.findall(r"```python\n(def include_name\(.*?)```", guide, re.S)
with open(os.path.join(ROOT, "examples/sqlmodel/migrations/env.py")) as f:
    check(hook in f.read(), "the guide's include_name is that of env.py")
column, = re.findall(r"```python\n    (priority: .*?)```", guide, re.S)


def arguments(function):
    return value("SELECT pg_get_function_arguments(%s::regproc)", function)


before = arguments("create_task")
made.migration("0002", "0001", snippet)
made.edit("models.py", "    completed: bool", "    %s    completed: bool" % column)
made.alembic("upgrade", "head")
check("priority bigint" in arguments("create_task"), "the function knows the column that the migration adds", arguments("create_task"))
same(sql("SELECT title, priority FROM create_task('ann', 'Pay rent', priority => 3)"), [("Pay rent", 3)], "and takes it")
same(sql("SELECT title, priority FROM list_tasks('ann', 'pending', match => '{\"priority\": {\"gte\": 2}}')"), [("Pay rent", 3)],
     "filters by it, and has kept its scopes")
same(made.python("with Session(engine) as session: print([t.priority for t in session.exec(select(models.Task)).all()])").strip(), "[3]",
     "the class reads it")
same(made.autogenerate(), "", "and there is no difference again")
same(sql("SELECT * FROM todo_orm.check_model('task')"), [], "check_model has nothing to say")
made.alembic("downgrade", "-1")
same(arguments("create_task"), before, "down: the function is as it was")
same(sql("SELECT title FROM list_tasks('ann', 'pending')"), [("Pay rent",)], "the row is there")

# ------------------------------------------------------- tables made of the classes

classes = Project("classes")
migration = os.path.join(classes.dir, "migrations/versions/0001_todo_orm.py")
os.rename(migration, migration + ".later")
classes.python("SQLModel.metadata.create_all(engine)")
by_classes = structure(cursor, "classes")
differing = sorted(set(by_classes) ^ set(made_structure))
if classes.python("print(models.BEFORE_2_0_40)").strip() == "True":
    # it has no words for that
    reference = "task FOREIGN KEY (user_id, conversation_id) REFERENCES conversation(user_id, id) ON DELETE SET NULL"
    same(differing, [reference, reference + " (conversation_id)"],
         "made of the classes: the tables of create_all, but for a foreign key")
else:
    same(differing, [], "made of the classes: the tables of create_all, in every column, constraint and index")
same(classes.autogenerate(), "", "made of the classes: no difference")
os.rename(migration + ".later", migration)
classes.alembic("upgrade", "head")
check({"create_task", "append_message", "soft_delete_task"} <= functions("classes"), "adopted: the migration makes all functions")
same_structure(by_classes, "adopted: the tables stay as they are")
same(classes.autogenerate(), "", "adopted: still no difference")

# ------------------------------------------------------- tables that alembic has made for classes of before

old = Project("old")
shutil.copy(os.path.join(ROOT, "test/clients/include/seed_models.py"), os.path.join(old.dir, "models.py"))
os.remove(os.path.join(old.dir, "migrations/versions/0001_todo_orm.py"))
check("create_table('task'" in old.autogenerate(keep=True), "of before: alembic makes the tables")
old.alembic("upgrade", "head")
old.python("with Session(engine) as session:\n    session.add(models.Task(user_id='ann', title='of before')); session.commit()")
of_before = structure(cursor, "old")
first = value("SELECT version_num FROM alembic_version")
old.migration("adopt", first, """def upgrade() -> None:
    op.execute("SELECT todo_orm.create_all()")


def downgrade() -> None:
    op.execute("SELECT todo_orm.unregister_model(model) FROM todo_orm.models WHERE owner IS NOT NULL")
""")
for name in glob.glob(os.path.join(old.dir, "migrations/versions/*_generated.py")):
    os.rename(name, name.replace("_generated", "_tables"))
old.alembic("upgrade", "head")
same(sql("SELECT title FROM list_tasks('ann')"), [("of before",)], "of before: adopted, and read by functions")
same_structure(of_before, "of before: the tables stay as they are")
same(old.autogenerate(), "", "of before: no difference to the classes of before")

connection.close()
shutil.rmtree(work)
sys.exit(done())
