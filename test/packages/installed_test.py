#!/usr/bin/env python3
"""The installed package: the tests of debian/tests, run as autopkgtest runs them."""
import os
import re
import sys
import tempfile

from tap import PACKAGES, done, equal, ok, one, run

VERSION = os.environ["PGVER"]
TREE = one(PACKAGES / "first", "todo_orm-*/")
CLEAN = {name: value for name, value in os.environ.items() if not name.startswith("PG") and name != "MAKEFLAGS"}


def clusters():
    """The clusters of the machine, and whether they run."""
    return run("pg_lsclusters", "-h", env=CLEAN)[1]


def main():
    before = clusters()
    status, output = run("dpkg-query", "-W", "-f", "${db:Status-Status}", f"postgresql-{VERSION}-todo-orm")
    ok(output == "installed", "the package is installed", output)
    tests = re.findall(r"^Tests: (.*)$", (TREE / "debian/tests/control").read_text(), re.M)
    ok(tests, "debian/tests/control names tests")
    for name in " ".join(tests).replace(",", " ").split():
        with tempfile.TemporaryDirectory() as scratch:
            status, output = run(TREE / "debian/tests" / name, cwd=TREE, env={**CLEAN, "AUTOPKGTEST_TMP": scratch})
        ok(status == 0, f"debian/tests/{name}", *output.splitlines()[-300:])
    equal(clusters(), before, "the machine has the clusters that it had")
    done()


sys.exit(main())
