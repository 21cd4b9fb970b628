"""TAP, for tests in Python."""

SHOWN = 8           # details of a failure
LENGTH = 8000       # characters of each

count = 0
failed = 0


def check(passed, name, *details):
    """One assertion; details are what to know if it failed."""
    global count, failed
    count += 1
    failed += not passed
    print("ok" if passed else "not ok", count, "-", name, flush=True)
    if passed:
        return
    for detail in details[:SHOWN]:
        print("#", str(detail)[:LENGTH].replace("\n", "\n# "), flush=True)
    if len(details) > SHOWN:
        print("# ... %d in all" % len(details), flush=True)


def same(got, expected, name):
    check(got == expected, name, "got:      %r" % (got,), "expected: %r" % (expected,))


def none(problems, name):
    """Nothing speaks against it."""
    check(not problems, name, *problems)


def done():
    """The plan; answers the exit status."""
    print("1..%d" % count)
    return failed > 0
