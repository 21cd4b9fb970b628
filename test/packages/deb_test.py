#!/usr/bin/env python3
"""The Debian package: what is in it, lintian, flags of the compiler, and the same bytes from a second build."""
import hashlib
import os
import re
import sys

from packages import PACKAGES, ROOT, one, run, same_set
from tap import check, done, same

VERSION = os.environ["PGVER"]
FIRST = PACKAGES / "first"
NAME = f"postgresql-{VERSION}-todo-orm"

# Tags of lintian that are about uploading to Debian, which is not what this is.
NOT_UPLOADED = ["initial-upload-closes-no-bugs"]


def files_of(package):
    """The files in a package, by name."""
    status, output = run("dpkg-deb", "-c", package)
    assert status == 0, output
    return {line.split(maxsplit=5)[5][1:] for line in output.splitlines() if not line.startswith("d")}


def in_the_package(package):
    """Everything is there, by what the checkout has: a chapter or script that is added need not be named here."""
    files = files_of(package)
    library, share, doc = f"/usr/lib/postgresql/{VERSION}/lib", f"/usr/share/postgresql/{VERSION}/extension", f"/usr/share/doc/{NAME}"
    makefile = dict(re.findall(r"^(EXTVERSION|RELEASED) = (\S+)$", (ROOT / "Makefile").read_text(), re.M))
    now, before = makefile["EXTVERSION"], makefile["RELEASED"]
    scripts = {path.name for path in (ROOT / "sql/released").glob("todo_orm--*.sql")}
    scripts |= {"todo_orm.control", f"todo_orm--{now}.sql", f"todo_orm--{before}--{now}.sql"}
    same_set({name for name in files if name.startswith(share)}, {f"{share}/{name}" for name in scripts}, "control file and all scripts")
    bitcode = {f"{library}/bitcode/todo_orm/src/{path.stem}.bc" for path in (ROOT / "src").glob("*.c")}
    bitcode.add(f"{library}/bitcode/todo_orm.index.bc")
    same(sorted((bitcode | {f"{library}/todo_orm.so"}) - files), [], "library and bitcode")
    paths = [path.relative_to(ROOT) for pattern in ("docs/**/*", "examples/*/**/*") for path in ROOT.glob(pattern) if path.is_file()]
    documents = {str(path) for path in paths if not {"node_modules", "__pycache__", "data"} & set(path.parts)}
    documents |= {"README.md", "SECURITY.md", "copyright", "changelog.gz", "changelog.Debian.gz"}
    same_set({name for name in files if name.startswith(doc)}, {f"{doc}/{name}" for name in documents}, "documents and examples")
    same([name for name in files if not name.startswith((share, library, doc))], [], "and nothing else")


def fields(package):
    """What it says of itself."""
    depends = run("dpkg-deb", "-f", package, "Depends")[1]
    check(re.search(rf"(^|, )postgresql-{VERSION}( \(|,)", depends), "depends on its server", depends)
    version = run("dpkg-deb", "-f", package, "Version")[1].strip()
    same(version, re.search(r"\((.*?)\)", (ROOT / "debian/changelog").read_text())[1], "has the version of the changelog")
    # debian/control is written for the release that packages are uploaded to
    newest = re.findall(r"^Package: postgresql-(\d+)-", (ROOT / "debian/control").read_text(), re.M)
    status, output = run("pg_buildext", "checkcontrol", cwd=ROOT,
                         env={**os.environ, "PG_SUPPORTED_VERSIONS": " ".join(newest), "PG_UPDATECONTROL": "no"})
    check(status == 0, "debian/control is what control.in makes", output)
    supported = (ROOT / "debian/pgversions").read_text().split()
    meta = re.search(r'"PostgreSQL": "(\d+)\.', (ROOT / "META.json").read_text())[1]
    same(supported[0], meta, "the oldest server is that of META.json")
    check(VERSION in supported, "this server is a supported one", supported)


def quality():
    tags = ",".join(NOT_UPLOADED)
    status, output = run("lintian", "--fail-on", "error,warning", "--suppress-tags", tags, one(FIRST, "*.changes"))
    check(status == 0 and not re.search("^[EW]:", output, re.M), "lintian has neither errors nor warnings", output)
    log = one(FIRST, "build.log")
    status, output = run("blhc", "--all", log)
    check(status == 0, "the compiler gets all hardening flags", output)
    # the server's own flags would satisfy blhc: those of dpkg-buildflags are known by the path that they hide
    hidden = re.compile(r"^\S*gcc .*-ffile-prefix-map=\S+=\. .* -c -o src/", re.M)
    compiled = len(hidden.findall(log.read_text()))
    same(compiled, len(list((ROOT / "src").glob("*.c"))), "and the flags of dpkg-buildflags, for every file")
    # dpkg's own are about other things, as variables that a newer one defines
    same(re.findall(r"^(?!dpkg-).*\bwarning: .*", log.read_text(), re.M), [], "no warnings of the compiler")


def digest(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()


def reproducible():
    """Only if there was a second build."""
    for package in sorted((PACKAGES / "second").glob("*/*.deb")):
        same(digest(package), digest(FIRST / package.name), f"built again, {package.name.split('_')[0]} is the same")


def main():
    package = one(FIRST, f"{NAME}_*.deb")
    in_the_package(package)
    fields(package)
    quality()
    reproducible()
    return done()


sys.exit(main())
