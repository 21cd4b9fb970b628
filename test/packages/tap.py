"""What the tests of packages share: printing TAP, and where what they look at is."""
import os
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]          # the checkout
PACKAGES = Path(os.environ["TODO_ORM_PACKAGES"])    # what `build` has made

count = 0


def ok(passed, name, *problems):
    global count
    count += 1
    print(f"{'ok' if passed else 'not ok'} {count} - {name}", flush=True)
    if not passed:
        for line in "\n".join(map(str, problems)).splitlines():
            print(f"# {line}")


def equal(got, wanted, name):
    ok(got == wanted, name, f"got:    {got}", f"wanted: {wanted}")


def same_set(got, wanted, name):
    ok(set(got) == set(wanted), name, f"missing: {sorted(set(wanted) - set(got))}", f"too many: {sorted(set(got) - set(wanted))}")


def done():
    print(f"1..{count}")


def run(*command, **options):
    """Runs a command; answers its status and all that it printed."""
    ended = subprocess.run(list(map(str, command)), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False,
                           stdin=subprocess.DEVNULL, **options)
    return ended.returncode, ended.stdout


def one(directory, pattern):
    """The one file of this name."""
    found = sorted(directory.glob(pattern))
    assert len(found) == 1, f"{pattern}: {found}"
    return found[0]
