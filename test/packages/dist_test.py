#!/usr/bin/env python3
"""The distribution for PGXN: META.json by the PGXN Meta Spec 1.0.0, versions that agree, what is in the zip."""
import json
import re
import shutil
import sys
import tempfile
import zipfile
from pathlib import Path
from urllib.parse import urlsplit

from packages import PACKAGES, ROOT, one, run
from tap import check, done, same

LICENSES = """agpl_3 apache_1_1 apache_2_0 artistic_1 artistic_2 bsd freebsd gfdl_1_2 gfdl_1_3 gpl_1 gpl_2 gpl_3 lgpl_2_1
lgpl_3_0 mit mozilla_1_0 mozilla_1_1 openssl perl_5 postgresql qpl_1_0 ssleay sun zlib open_source restricted
unrestricted unknown""".split()
SEMVER = r"(?:0|[1-9]\d*)\.(?:0|[1-9]\d*)\.(?:0|[1-9]\d*)(?:-[A-Za-z][0-9A-Za-z-]*)?"

# ------------------------------------------------- the rules: each answers what is wrong with a value, or nothing


def string(value):
    return [] if isinstance(value, str) and value else ["is no string, or empty"]


def matches(pattern, what):
    return lambda value: [] if isinstance(value, str) and re.fullmatch(pattern, value) else [f"is no {what}: {value!r}"]


def among(words):
    return lambda value: [] if value in words else [f"is none of {', '.join(words)}: {value!r}"]


term = matches(r"[^\s/\\\x00-\x1f]{2,}", "term")
tag = matches(r"[^/\\\x00-\x1f]{1,256}", "tag")
version = matches(SEMVER, "semantic version")
custom = matches(r"[xX]_.+", "key of the spec")


def version_range(value):
    part = rf"(?:(?:[<>]=?|[=!]=)\s*)?(?:{SEMVER}|0)"
    return [] if value == 0 else matches(rf"{part}(?:\s*,\s*{part})*", "range of versions")(value)


def url(value):
    parts = urlsplit(value) if isinstance(value, str) else None
    return [] if parts and parts.scheme and parts.netloc else [f"is no URL: {value!r}"]


def one_or_more(rule):
    def check(value):
        values = value if isinstance(value, list) else [value]
        return (["is an empty list"] if not values else []) + [problem for each in values for problem in rule(each)]
    return check


def license_rule(value):
    if isinstance(value, dict):
        return [problem for link in value.values() for problem in url(link)]
    return one_or_more(among(LICENSES))(value)


def each(key_rule, value_rule):
    """An object with keys of one kind."""
    def check(value):
        if not isinstance(value, dict) or not value:
            return ["is no object, or empty"]
        return [f"{key}: {problem}" for key, inside in value.items() for problem in key_rule(key) + value_rule(inside)]
    return check


def members(required, optional):
    """An object with these members, and others only if their names begin with x_."""
    def check(value):
        if not isinstance(value, dict):
            return ["is no object"]
        problems = [f"{key}: is missing" for key in required if key not in value]
        for key, inside in value.items():
            rule = required.get(key) or optional.get(key)
            problems += [f"{key}: {problem}" for problem in (rule(inside) if rule else custom(key))]
        return problems
    return check


SPEC = members(
    required={
        "name": term, "version": version, "abstract": string, "maintainer": one_or_more(string), "license": license_rule,
        "provides": each(term, members({"file": string, "version": version}, {"abstract": string, "docfile": string})),
        "meta-spec": members({"version": among(["1.0.0"])}, {"url": url}),
    },
    optional={
        "description": string, "generated_by": string, "release_status": among(["stable", "testing", "unstable"]),
        "tags": one_or_more(tag), "no_index": members({}, {"file": one_or_more(string), "directory": one_or_more(string)}),
        "prereqs": each(among(["configure", "build", "test", "runtime", "develop"]),
                        each(among(["requires", "recommends", "suggests", "conflicts"]), each(term, version_range))),
        "resources": members({}, {
            "homepage": url, "license": one_or_more(url), "bugtracker": members({}, {"web": url, "mailto": string}),
            "repository": members({}, {"web": url, "url": url, "type": matches("[a-z]+", "word in lower case")})}),
    })

# ----------------------------------------------------------------------------------------------------- the tests


def meta_follows_the_spec(meta):
    same(SPEC(meta), [], "META.json follows the PGXN Meta Spec 1.0.0")
    wrong = {
        "no license": lambda m: m.pop("license"), "a license unknown to PGXN": lambda m: m.update(license="postgres"),
        "a version of two numbers": lambda m: m.update(version="1.1"), "a name with a space": lambda m: m.update(name="todo orm"),
        "a key that the spec has not": lambda m: m.update(homepage="https://example.org"),
        "provides without a file": lambda m: m["provides"]["todo_orm"].pop("file"),
        "a relation that does not exist": lambda m: m["prereqs"]["runtime"].update(needs={"plpgsql": 0}),
        "no URL": lambda m: m["meta-spec"].update(url="pgxn.org"), "a tag with a slash": lambda m: m["tags"].append("a/b"),
        "no release status": lambda m: m.update(release_status="alpha"),
    }
    for name, spoil in wrong.items():
        spoiled = json.loads(json.dumps(meta))
        spoil(spoiled)
        check(len(SPEC(spoiled)) == 1, f"refused: {name}", SPEC(spoiled))


def what_it_provides(meta, names, prefix):
    for name, provided in meta["provides"].items():
        for kind in "file", "docfile":
            check(prefix + provided[kind] in names, f"{kind} of {name} is in the zip", provided[kind])
        control = dict(re.findall(r"^(\w+) = '?(.*?)'?$", (ROOT / provided["file"]).read_text(), re.M))
        check(provided["version"].startswith(control["default_version"] + "."), "it provides the version of the control file")
        same(provided["abstract"].lower(), control["comment"].lower(), "with its comment")
        same(provided["version"], meta["version"], "which is the version of the distribution")


def versions_agree():
    """make checkver is content, and tells every file that has another version."""
    others = {
        "META.json": ('"version": "', '"version": "9'), "todo_orm.control": ("default_version = '", "default_version = '9"),
        "CHANGELOG.md": ("\n## ", "\n## 9"), "debian/changelog": ("(", "(9"), "sql/released/todo_orm--1.0.sql": ("\n", "\n\n"),
    }
    with tempfile.TemporaryDirectory() as directory:
        copy = Path(directory) / "copy"
        shutil.copytree(ROOT, copy, ignore=shutil.ignore_patterns("*.o", "*.bc", "*.so", ".git", "test", "src"))
        status, output = run("make", "-s", "-C", copy, "checkver")
        check(status == 0, "checkver: all name one version", output)
        for name, (before, after) in others.items():
            text = (copy / name).read_text()
            (copy / name).write_text(text.replace(before, after, 1))
            status, output = run("make", "-s", "-C", copy, "checkver")
            check(status != 0 and Path(name).name in output, f"checkver tells that {name} has another", output)
            (copy / name).write_text(text)


def what_is_in_the_zip(names, prefix):
    same([name for name in names if not name.startswith(prefix)], [], f"everything is in {prefix}")
    inside = {name[len(prefix):] for name in names if not name.endswith("/")}
    generated = re.compile(r"\.(o|bc|so|zip|pyc)$|^sql/todo_orm--|^(results|output_iso|tmp_check)/|^regression\.|node_modules/")
    same(sorted(filter(generated.search, inside)), [], "no file that is made from others")
    same(sorted(name for name in inside if re.match(r"\.(ci|git)|\.editorconfig", name)), [], "nothing of the repository's own")
    wanted = {str(path.relative_to(ROOT)) for pattern in ("src/*.[ch]", "sql/**/*.sql", "docs/*.md", "expected/*", "debian/tests/*")
              for path in ROOT.glob(pattern) if path.is_file() and not path.match("sql/todo_orm--*")}
    wanted |= {"Makefile", "META.json", "README.md", "LICENSE", "CHANGELOG.md", "SECURITY.md", "todo_orm.control", "Dockerfile"}
    same(sorted(wanted - inside), [], "all that builds, tests and explains it")


def main():
    meta = json.loads((ROOT / "META.json").read_text())
    archive = one(PACKAGES, "*.zip")
    prefix = f"{meta['name']}-{meta['version']}/"
    same(archive.name, prefix[:-1] + ".zip", "the name that PGXN wants")
    names = zipfile.ZipFile(archive).namelist()
    meta_follows_the_spec(meta)
    what_it_provides(meta, names, prefix)
    versions_agree()
    what_is_in_the_zip(names, prefix)
    return done()


sys.exit(main())
