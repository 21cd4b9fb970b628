#!/usr/bin/env python3
"""Server CPU per call: the generated functions against plain SQL and PL/pgSQL. How and why: README.md here."""
import argparse
import json
import os
import platform
import random
import re
import statistics
import sys
import time
from dataclasses import replace
from pathlib import Path

import psycopg
from psycopg.pq import ExecStatus

from workloads import (APP, GENERATED, GENERATED_UNPREPARED, INLINED_FUNCTIONS, OWNER, RAW, RAW_UNPREPARED, TYPES,
                       WORKLOADS, Draw)

HERE = Path(__file__).resolve().parent
SCHEMA = "todo_bench"
MODELS = ("task", "conversation", "message")
WARM_UP = 300       # calls; a prepared statement settles on its generic plan after five
GOOD = (ExecStatus.TUPLES_OK, ExecStatus.COMMAND_OK)
# UTC, because the functions' JSON is in UTC and what raw SQL builds is in the session's zone. No parallel workers: their
# CPU time is not the backend's.
OPTIONS = (f"-c search_path={SCHEMA} -c timezone=UTC -c client_min_messages=warning "
           "-c max_parallel_workers_per_gather=0")


class Stop(Exception):
    """The benchmark cannot be run here, or its variants do not agree."""


# ---------------------------------------------------------------------------------------------- the backend

class Backend:
    """One connection and the process that serves it.

    Statements go through libpq's own calls: psycopg's cursors would spend client time, on the same core, on
    results that nobody reads.
    """

    def __init__(self):
        self.conn = psycopg.connect(autocommit=True, options=OPTIONS)
        self.libpq = self.conn.pgconn
        self.pid = self.conn.info.backend_pid
        self.prepared = {}
        self.check_process()

    def check_process(self):
        try:
            command = Path(f"/proc/{self.pid}/cmdline").read_bytes()
            self.cpu()
        except (OSError, ValueError, IndexError):
            raise Stop("the backend's CPU time cannot be read: it needs Linux, and the server on this machine") from None
        if b"postgres" not in command:
            raise Stop(f"process {self.pid} is not the backend: the server must run on this machine")

    def cpu(self):
        """Nanoseconds on CPU. Exact while the backend sleeps, and it does: it has answered and waits for us."""
        with open(f"/proc/{self.pid}/schedstat", "rb") as statistics_file:
            return int(statistics_file.read().split()[0])

    def pin(self):
        """Client and backend on one core, so that none of the two is moved in the middle of a slice."""
        core = max(os.sched_getaffinity(0))
        try:
            os.sched_setaffinity(self.pid, {core})
            os.sched_setaffinity(0, {core})
        except OSError:
            return False
        return True

    def run(self, sql):
        return self.good(self.libpq.exec_(sql.encode()), sql)

    @staticmethod
    def good(result, sql):
        if result.status not in GOOD:
            raise Stop(f"{sql[:300]}\n{result.error_message.decode(errors='replace')}")
        return result

    def statement(self, sql, types):
        """The name of the prepared statement for this text."""
        if sql not in self.prepared:
            name = b"s%d" % len(self.prepared)
            self.good(self.libpq.prepare(name, sql.encode(), types), sql)
            self.prepared[sql] = name
        return self.prepared[sql]

    def become(self, role):
        """Roles change on one backend, so that all variants share its memory and its place in the caches."""
        self.run(f"SET ROLE {role}")


def caller(backend, variant, transaction=None):
    """A function that makes one call of the variant and returns the results of its steps."""
    steps = [(step.sql.encode(), step, [TYPES[name] for name in step.names]) for step in variant.steps]
    if variant.prepared:
        steps = [(backend.statement(step.sql, types), step, None) for _, step, types in steps]
    libpq, in_transaction = backend.libpq, variant.transaction if transaction is None else transaction

    def call(params):
        results = []
        if in_transaction:
            libpq.exec_(b"BEGIN")
        for text, step, types in steps:
            values = [params[name] for name in step.names]
            result = libpq.exec_params(text, values, types) if types else libpq.exec_prepared(text, values)
            if result.status not in GOOD:
                backend.good(result, step.sql)
            results.append(result)
        if in_transaction:
            libpq.exec_(b"COMMIT")
        return results
    return call


# ---------------------------------------------------------------------------------------------- set-up

def drop_all(backend):
    backend.run("RESET ROLE")
    backend.run(f"DROP SCHEMA IF EXISTS {SCHEMA} CASCADE")
    for role in (APP, OWNER):
        if backend.run(f"SELECT FROM pg_roles WHERE rolname = '{role}'").ntuples:
            backend.run(f"DROP OWNED BY {role} CASCADE")
            backend.run(f"DROP ROLE {role}")


def make_models(backend):
    """The tables as they ship, owned by a plain role; another one that may call the functions and nothing else."""
    backend.run("CREATE EXTENSION IF NOT EXISTS todo_orm")
    for role in (APP, OWNER):
        backend.run(f"CREATE ROLE {role}")
    backend.run(f"CREATE SCHEMA {SCHEMA} AUTHORIZATION {OWNER}")
    backend.run(f"GRANT USAGE ON SCHEMA {SCHEMA} TO {APP}")
    backend.become(OWNER)
    backend.run("SELECT * FROM todo_orm.create_all()")
    for model in MODELS:
        backend.run(f"SELECT todo_orm.grant_access('{model}', '{APP}')")
    backend.run((HERE / "plpgsql.sql").read_text())
    for model, relationship, name in INLINED_FUNCTIONS:
        ddl = backend.run(f"SELECT todo_orm.inline_function_ddl('{model}', '{relationship}', '{name}')")
        backend.run(ddl.get_value(0, 0).decode())
    backend.run("RESET ROLE")


def load(backend, users):
    start = time.monotonic()
    backend.run(f"SET bench.users = {users}")
    backend.run((HERE / "data.sql").read_text())
    for model in MODELS:
        backend.run(f"VACUUM (FREEZE, ANALYZE) {model}")
    progress(f"{users} users loaded in {time.monotonic() - start:.0f} s")


def progress(text):
    print(f"-- {text}", file=sys.stderr, flush=True)


# ---------------------------------------------------------------------------------------------- do all agree?

def rows_of(results, variant, volatile):
    """The answer of one call as plain values: rows as dictionaries of texts, JSON as it is."""
    answers = [result for result, step in zip(results, variant.steps) if step.answer]
    if answers[0].nfields == 1:
        return json.loads(answers[0].get_value(0, 0))
    return [rows_of_result(result, volatile) for result in answers]


def rows_of_result(result, volatile):
    names = [result.fname(column).decode() for column in range(result.nfields)]
    rows = []
    for number in range(result.ntuples):
        row = {name: result.get_value(number, column) for column, name in enumerate(names)}
        rows.append({name: value is not None if name in volatile else value for name, value in row.items()})
    return rows


def flattened(answer):
    """Conversations with their messages, from JSON or from two row sets, in a form that is the same for both."""
    if isinstance(answer, dict):
        return [(str(talk["id"]), [(str(m["id"]), m["role"], m["content"]) for m in talk["messages"]])
                for talk in answer.get("items", [answer])]
    talks, messages = answer
    by_talk = {talk["id"]: [] for talk in talks}
    for m in sorted(messages, key=lambda m: int(m["id"])):
        by_talk[m["conversation_id"]].append(tuple(m[name].decode() for name in ("id", "role", "content")))
    return [(number.decode(), texts) for number, texts in by_talk.items()]


def verify(backend, workload, draw, times=20):
    """Every variant must give what raw SQL gives. Writes are rolled back, so that all see the same rows."""
    for _ in range(times):
        params = workload.draw(draw)
        answers = {}
        for variant in workload.variants:
            call = caller(backend, variant, transaction=False)
            backend.run("BEGIN")
            backend.run(f"SET LOCAL ROLE {variant.role}")
            answers[variant.name] = rows_of(call(params), variant, workload.volatile)
            if variant.rows:
                # not prepared: custom_plans() is to see only what is measured
                rows = replace(variant, steps=(variant.rows,), prepared=False)
                answers[variant.name] += rows_of(caller(backend, rows)(params), rows, workload.volatile)
            backend.run("ROLLBACK")
        compare(workload, answers)


def compare(workload, answers):
    wanted = answers[RAW]
    if not wanted or (isinstance(wanted, list) and not all(wanted)):
        raise Stop(f"{workload.name}: raw SQL found nothing")
    says = {variant.name: variant.says for variant in workload.variants}
    for name, got in answers.items():
        same = got == (wanted if says[name] is None else says[name])
        if says[name] is None and type(got) is not type(wanted):
            same = flattened(got) == flattened(wanted)
        if not same:
            raise Stop(f"{workload.name}: '{name}' and '{RAW}' disagree\n{str(got)[:1000]}\n{str(wanted)[:1000]}")


# ---------------------------------------------------------------------------------------------- measuring

class Slices:
    """One variant's slices: what a call cost in each round."""

    def __init__(self, backend, workload, variant, seconds):
        self.backend, self.workload, self.variant = backend, workload, variant
        self.seconds = seconds
        self.call = caller(backend, variant)
        self.costs = []
        self.calls = 0

    def warm_up(self, draw):
        self.backend.become(self.variant.role)
        for _ in range(WARM_UP):
            self.call(self.workload.draw(draw))

    def slice(self, draw):
        """Call until the time is over; the role changes before the clock starts."""
        self.backend.become(self.variant.role)
        call, next_params, done = self.call, self.workload.draw, 0
        before, deadline = self.backend.cpu(), time.perf_counter() + self.seconds
        while time.perf_counter() < deadline or not done:
            call(next_params(draw))
            done += 1
        self.costs.append((self.backend.cpu() - before) / done)
        self.calls += done


def measure(backend, workload, draw, rounds, seconds):
    """Slices that rotate over the variants: what disturbs the machine disturbs all of them."""
    backend.run("RESET ROLE")
    backend.run("CHECKPOINT")
    all_slices = [Slices(backend, workload, variant, seconds) for variant in workload.variants]
    for slices in all_slices:
        slices.warm_up(draw)
    for number in range(rounds):
        first = number % len(all_slices)
        for slices in all_slices[first:] + all_slices[:first]:
            slices.slice(draw)
    backend.run("RESET ROLE")
    return {slices.variant.name: slices for slices in all_slices}


def ratio(measured, name, base):
    """Median, first and third quartile over the rounds of one variant's cost by another's."""
    pairs = zip(measured[name].costs, measured[base].costs)
    ratios = [cost / base_cost for cost, base_cost in pairs]
    low, middle, high = statistics.quantiles(ratios, n=4, method="inclusive") if len(ratios) > 1 else ratios * 3
    return middle, low, high


def custom_plans(backend):
    """Prepared statements of the client that the server plans again at each call."""
    result = backend.run("SELECT statement FROM pg_prepared_statements WHERE custom_plans > 5")
    return [result.get_value(row, 0).decode() for row in range(result.ntuples)]


# ---------------------------------------------------------------------------------------------- the report

def verdict(value, target):
    if value <= target:
        return "met"
    return "within a tenth" if value <= target * 1.1 else "missed"


def print_table(columns, rows):
    print("| " + " | ".join(columns) + " |")
    print("|" + " --- |" * len(columns))
    for row in rows:
        print("| " + " | ".join(row) + " |")
    print()


def target_rows(workload, measured):
    for base, target in workload.targets.items():
        # What is not prepared is compared with what is not prepared.
        own = GENERATED_UNPREPARED if base == RAW_UNPREPARED else GENERATED
        middle, low, high = ratio(measured, own, base)
        yield (workload.name, f"{own} : {base}", f"{middle:.2f}", f"{low:.2f} - {high:.2f}", f"{target:.2f}",
               verdict(middle, target))


def ratio_rows(workload, measured):
    for own, base in workload.ratios:
        middle, low, high = ratio(measured, own, base)
        yield workload.name, f"{own} : {base}", f"{middle:.2f}", f"{low:.2f} - {high:.2f}"


def cost_rows(workload, measured):
    for variant, slices in measured.items():
        middle, low, high = ratio(measured, variant, RAW)
        cost = statistics.median(slices.costs) / 1000
        yield workload.name, variant, f"{cost:.1f}", f"{middle:.2f}", f"{low:.2f} - {high:.2f}", str(slices.calls)


def rows_for(results, make_rows):
    return [row for workload, measured in results for row in make_rows(workload, measured)]


def report(results):
    tables = (
        ("Against the targets", ("workload", "server CPU of", "ratio", "quartiles", "target", ""),
         rows_for(results, target_rows)),
        ("Ratios without a target", ("workload", "server CPU of", "ratio", "quartiles"),
         rows_for(results, ratio_rows)),
        ("All variants", ("workload", "variant", "CPU us per call", "ratio to raw", "quartiles", "calls"),
         rows_for(results, cost_rows)),
    )
    print()
    for title, columns, rows in tables:
        if rows:
            print(f"## {title}\n")
            print_table(columns, rows)


def cpu_model():
    try:
        found = re.search(r"^model name\s*:\s*(.*)$", Path("/proc/cpuinfo").read_text(), re.M)
        return found.group(1) if found else platform.machine()
    except OSError:
        return platform.machine()


def print_facts(backend, pinned, options):
    def setting(name):
        return backend.run(f"SHOW {name}").get_value(0, 0).decode()
    result = backend.run("SELECT extversion FROM pg_extension WHERE extname = 'todo_orm'")
    collation = backend.run("SELECT datcollate FROM pg_database WHERE datname = current_database()")
    print("# todo_orm: server CPU per call\n")
    print(f"* todo_orm {result.get_value(0, 0).decode()}, PostgreSQL {setting('server_version')}, "
          f"locale {collation.get_value(0, 0).decode()}, "
          f"shared_buffers {setting('shared_buffers')}, fsync {setting('fsync')}, assertions {setting('debug_assertions')}")
    print(f"* {os.cpu_count()} cores, {cpu_model()}; client and backend "
          + ("pinned to one core" if pinned else "**not pinned** (not allowed): expect more noise"))
    print(f"* {options.users} users, {min(options.hot, options.users)} of them hot; {options.rounds} rounds of "
          f"{options.slice} ms slices, seed {options.seed}")


def print_notes(backend):
    for statement in custom_plans(backend):
        print(f"Planned again at each call, so not at its best: `{statement}`\n")


# ---------------------------------------------------------------------------------------------- all of it

def read_options():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", action="append", choices=[w.name for w in WORKLOADS], metavar="WORKLOAD",
                        help="measure this one; may be repeated: " + ", ".join(w.name for w in WORKLOADS))
    parser.add_argument("--rounds", type=int, default=25)
    parser.add_argument("--slice", type=int, default=80, help="milliseconds")
    parser.add_argument("--users", type=int, default=2000)
    parser.add_argument("--hot", type=int, default=200, help="users that calls are about")
    parser.add_argument("--seed", type=int, default=1)
    return parser.parse_args()


def run_all(backend, options):
    draw = Draw(random.Random(options.seed), options.users, options.hot)
    chosen = [w for w in WORKLOADS if not options.only or w.name in options.only]
    drop_all(backend)
    make_models(backend)
    load(backend, options.users)
    for workload in chosen:
        verify(backend, workload, draw)
    progress("all variants give the same rows")
    print_facts(backend, backend.pin(), options)
    results = []
    for workload in chosen:
        progress(f"measuring {workload.name}")
        results.append((workload, measure(backend, workload, draw, options.rounds, options.slice / 1000)))
    report(results)
    print_notes(backend)
    drop_all(backend)


def main():
    try:
        options = read_options()
        run_all(Backend(), options)
    except (Stop, psycopg.Error) as problem:
        print(f"bench: {problem}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
