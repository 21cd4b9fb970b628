"""What the tests of packages share: where what they look at is, and how to look."""
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]          # the checkout
PACKAGES = Path(os.environ["TODO_ORM_PACKAGES"])    # what `build` has made

sys.path.insert(0, str(ROOT / "test/lib"))
from tap import check  # noqa: E402


def same_set(got, wanted, name):
    check(set(got) == set(wanted), name, f"missing: {sorted(set(wanted) - set(got))}", f"too many: {sorted(set(got) - set(wanted))}")


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
