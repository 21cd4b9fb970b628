#!/usr/bin/env python3
"""The installed package: the tests of debian/tests, run as autopkgtest runs them."""
import os
import re
import sys
import tempfile

from packages import PACKAGES, one, run
from tap import check, done, same

VERSION = os.environ["PGVER"]
TREE = one(PACKAGES / "first", "todo_orm-*/")
CLEAN = {name: value for name, value in os.environ.items() if not name.startswith("PG") and name != "MAKEFLAGS"}


def clusters():
    """The clusters of the machine, and whether they run."""
    return run("pg_lsclusters", "-h", env=CLEAN)[1]


def main():
    before = clusters()
    status, output = run("dpkg-query", "-W", "-f", "${db:Status-Status}", f"postgresql-{VERSION}-todo-orm")
    check(output == "installed", "the package is installed", output)
    tests = re.findall(r"^Tests: (.*)$", (TREE / "debian/tests/control").read_text(), re.M)
    check(tests, "debian/tests/control names tests")
    for name in " ".join(tests).replace(",", " ").split():
        with tempfile.TemporaryDirectory() as scratch:
            status, output = run(TREE / "debian/tests" / name, cwd=TREE, env={**CLEAN, "AUTOPKGTEST_TMP": scratch})
        check(status == 0, f"debian/tests/{name}", "\n".join(output.splitlines()[-60:]))
    same(clusters(), before, "the machine has the clusters that it had")
    return done()


sys.exit(main())
