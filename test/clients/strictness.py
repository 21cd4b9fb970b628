"""The strictness table of docs/validation.md: what a value becomes here, and in Pydantic v2.

Each row is tried: the value is sent to create_...s and read back, and validated by
Pydantic v2 in JSON mode.  Where Pydantic v2 cannot be imported (Debian 12 has version
1) its column is not tried; the first line of the output says which it was.
"""

import datetime
import decimal
import enum
import os
import re
import sys
import uuid

import psycopg

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../lib"))
from tap import done, same  # noqa: E402

try:
    import pydantic

    if not pydantic.VERSION.startswith("2."):
        pydantic = None
except ImportError:
    pydantic = None

DOCUMENT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "docs", "validation.md")
# | `integer` | `1.0` | 1 | 1 |
ROW = re.compile(r"^\| `(?P<type>[^`]+)` \| `(?P<json>[^`]+)` \| (?P<ours>.+?) \| (?P<theirs>.+?) \|$")
# the day or the moment that they stand for
MOMENTS = ('"today"', '"now"')


class Mood(str, enum.Enum):
    sad = "sad"
    ok = "ok"


def annotations():
    """What a Pydantic model would say where a table says this."""
    return {
        "smallint": pydantic.conint(ge=-32768, le=32767),
        "integer": int,
        "bigint": int,
        "numeric": decimal.Decimal,
        "numeric(5,2)": pydantic.condecimal(max_digits=5, decimal_places=2),
        "double precision": float,
        "boolean": bool,
        "text": str,
        "varchar(5)": pydantic.constr(max_length=5),
        "date": datetime.date,
        "time": datetime.time,
        "timestamptz": datetime.datetime,
        "timestamp": datetime.datetime,
        "interval": datetime.timedelta,
        "uuid": uuid.UUID,
        "mood": Mood,
        "integer[]": list[int],
    }


def read_table():
    rows = [ROW.match(line.rstrip("\n")) for line in open(DOCUMENT, encoding="utf-8")]
    return [row.groupdict() for row in rows if row]


class Database:
    """A model with a column for each type of the table."""

    def __init__(self, types):
        self.columns = {type: "c%d" % n for n, type in enumerate(types)}
        self.connection = psycopg.connect("", autocommit=True)
        run = self.connection.execute
        run("SET timezone = 'UTC'")
        run("CREATE TYPE mood AS ENUM ('sad', 'ok')")
        run("CREATE TABLE sample (LIKE todo_orm.owned INCLUDING ALL, %s, PRIMARY KEY (user_id, id))"
            % ", ".join("%s %s" % (name, type) for type, name in self.columns.items()))
        run("SELECT count(*) FROM todo_orm.register_model('sample')")

    def verdict(self, type, json):
        """What the value is when it is stored, or: refused, and the entry's type."""
        column = self.columns[type]
        payload = '{"%s": %s}' % (column, json)
        entries = self.connection.execute("SELECT validate_sample('ann', %s)", [payload]).fetchone()[0]
        try:
            stored = self.connection.execute(
                "SELECT %s::text FROM create_samples('ann', %%s)" % column, [payload]).fetchone()[0]
        except psycopg.Error as error:
            if error.sqlstate != "22023" or len(entries) != 1:
                raise
            return "refused: " + entries[0]["type"]
        if entries:
            return "validate and create do not agree"
        if json in MOMENTS:
            return "taken"
        return stored or "empty"


def pydantic_verdict(annotation, json):
    try:
        value = pydantic.TypeAdapter(annotation).validate_json(json)
    except pydantic.ValidationError:
        return "refused"
    return str(value.value if isinstance(value, enum.Enum) else value) or "empty"


def main():
    table = read_table()
    types = list(dict.fromkeys(row["type"] for row in table))
    database = Database(types)
    print("# todo_orm's column is tried; Pydantic's is" + (", by version " + pydantic.VERSION if pydantic else
                                                          " not: there is no Pydantic v2 here"))
    same(len(table) > 60, True, "the table has been found")
    for row in table:
        same(database.verdict(row["type"], row["json"]), row["ours"], "%(type)s %(json)s" % row)
    known = annotations() if pydantic else {}
    for row in table if pydantic else []:
        same(pydantic_verdict(known[row["type"]], row["json"]), row["theirs"], "Pydantic: %(type)s %(json)s" % row)
    return done()


if __name__ == "__main__":
    sys.exit(main())
