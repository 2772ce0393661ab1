"""Runs the reference models on rollcast and its peers, checks every result against the exact value, and
prints one table: compare.py BENCH PROGRAMS [--repetitions N]. BENCH is rollcast's benchmark program,
PROGRAMS the folder of the peers' programs. Ratios are times rollcast's figure."""
import argparse
import json
import math
import pathlib
import statistics
import subprocess
import sys

HERE = pathlib.Path(__file__).parent
# Exact means and standard deviations of one replication.
MAKESPAN, DOWNTIME = (24_762.5, 105.5), (1_012_902.0, 53_248.0)
SOJOURN, CUSTOMERS = (9.997, 0.192), 1_000_000

# Which columns a peer runs, and with which size: customers of M/M/1, pending events of hold.
HOLDS = (1_000, 100_000, 1_000_000)
PEERS = {
    "bare coroutines": dict(command=["bare"], mm1=1_000_000, holds=HOLDS),
    "SystemC SC_THREAD": dict(command=["systemc"], mm1=1_000_000, holds=(1_000,)),
    "ns-3 (callbacks)": dict(command=["ns3"], mm1=1_000_000, holds=HOLDS),
    "SimGrid S4U": dict(command=["simgrid"], mm1=200_000, holds=(1_000,)),
    "SimPy 3": dict(command=["/usr/bin/python3", str(HERE / "simpy_models.py")], mm1=100_000, holds=(1_000, 100_000)),
}


def fail(message):
    sys.exit(f"compare.py: {message}")


def check(who, what, value, exact, deviation):
    """Within five standard deviations of the mean of so many replications."""
    if not abs(value - exact) <= 5 * deviation:
        fail(f"{who}: {what} is {value:.6g}, not {exact:.6g} within {5 * deviation:.3g}: not the same model")


def check_rollout(who, makespan, downtime, replications):
    check(who, "makespan", makespan, MAKESPAN[0], MAKESPAN[1] / math.sqrt(replications))
    check(who, "downtime", downtime, DOWNTIME[0], DOWNTIME[1] / math.sqrt(replications))


def check_mm1(who, sojourn, customers):
    # A run that starts empty is biased by some 300 customers' worth; the deviation covers it.
    check(who, "mean sojourn", sojourn, SOJOURN[0], SOJOURN[1] * math.sqrt(CUSTOMERS / customers))


def check_hold(who, steps, expected):
    check(who, "steps of hold", steps, expected, math.sqrt(expected))


def run(command):
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, check=True)
    return json.loads(done.stdout.splitlines()[-1])


def peer_row(name, peer, programs, repetitions):
    command = [peer["command"][0] if "/" in peer["command"][0] else str(programs / peer["command"][0]), *peer["command"][1:]]

    def repeat(model, size, times):
        return [run([*command, model, str(size), str(seed)]) for seed in range(1, times + 1)]

    row = {}
    runs = repeat("mm1", peer["mm1"], repetitions)
    for one in runs:
        check_mm1(name, one["sojourn"], peer["mm1"])
    row["mm1"] = statistics.median(one["seconds"] for one in runs) / peer["mm1"] * 1e9
    runs = repeat("rollout", 0, 4 * repetitions)
    check_rollout(name, statistics.mean(one["makespan"] for one in runs),
                  statistics.mean(one["downtime"] for one in runs), len(runs))
    row["rollout"] = statistics.median(one["seconds"] for one in runs) * 1e3
    for pending in peer["holds"]:
        runs = repeat("hold", pending, min(repetitions, 3) if pending > 1_000 else repetitions)
        for one in runs:
            check_hold(name, one["steps"], one["passed"] * pending)
        row[pending] = statistics.median(one["seconds"] / one["steps"] for one in runs) * 1e9
    return row


def rollcast_row(bench, repetitions):
    done = subprocess.run(
        [bench, "--benchmark_filter=(mm1|rollout|hold)/process", "--benchmark_format=json",
         f"--benchmark_repetitions={repetitions}"],
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, check=True)
    found = {}
    for one in json.loads(done.stdout)["benchmarks"]:
        if one["run_type"] == "iteration":
            found.setdefault(one["run_name"], []).append(one)
    row = {}
    for name, runs in found.items():
        if name.startswith("mm1"):
            for one in runs:
                check_mm1("rollcast", one["mean_sojourn"], CUSTOMERS)
            row["mm1"] = statistics.median(one["ns_per_customer"] for one in runs)
        elif name.startswith("rollout"):
            for one in runs:
                check_rollout("rollcast", one["makespan"], one["downtime"], one["iterations"])
            row["rollout"] = statistics.median(one["cpu_time"] for one in runs)
        else:
            for one in runs:
                check_hold("rollcast", one["steps"], one["steps_expected"])
            row[int(name.split("/")[2])] = statistics.median(one["ns_per_step"] for one in runs)
    return row


COLUMNS = ["mm1", "rollout", *HOLDS]


def print_row(name, row, ours):
    cells = []
    for column in COLUMNS:
        if column not in row:
            cells.append("–")
        elif row is ours:
            cells.append(f"{row[column]:.3g}")
        else:
            figure, ratio = row[column], row[column] / ours[column]
            cells.append((f"{figure:.4g}" if figure < 1000 else f"{figure:,.0f}") +
                         (f" ({ratio:.2g}×)" if ratio < 99 else f" ({ratio:.0f}×)"))
    print(f"| {name} | " + " | ".join(cells) + " |", flush=True)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("bench")
    parser.add_argument("programs", type=pathlib.Path)
    parser.add_argument("--repetitions", type=int, default=5)
    options = parser.parse_args()

    print("| | M/M/1, ns a customer | roll-out, ms | hold 1,000, ns a step | hold 100,000 | hold 1,000,000 |")
    print("|---|---|---|---|---|---|", flush=True)
    ours = rollcast_row(options.bench, options.repetitions)
    print_row("rollcast", ours, ours)
    for name, peer in PEERS.items():
        print_row(name, peer_row(name, peer, options.programs, options.repetitions), ours)

    print()
    print("M/M/1 with fewer than 1,000,000 customers: " + ", ".join(
        f"{name} {peer['mm1']:,}" for name, peer in PEERS.items() if peer["mm1"] < CUSTOMERS) +
        ". A dash: not run, for it takes minutes or the threads' stacks do not fit.")


main()
