"""TAP, for tests in Python."""
count = 0
failed = 0


def check(passed, name, *details):
    global count, failed
    count += 1
    failed += not passed
    print("ok" if passed else "not ok", count, "-", name, flush=True)
    if not passed:
        for detail in details:
            print("#", str(detail).replace("\n", "\n# "))


def same(got, expected, name):
    check(got == expected, name, "got:      %r" % (got,), "expected: %r" % (expected,))


def done():
    """The plan; answers the exit status."""
    print("1..%d" % count)
    return failed > 0
