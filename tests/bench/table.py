"""Prints the benchmarks' medians (Google Benchmark's JSON on the standard input) beside the kernel's targets."""
import json
import statistics
import sys

# Benchmark: what is measured, its unit, the target.
TARGETS = {
    "mm1/process": ("ns_per_customer", "ns a customer", 30),
    "mm1/event": ("ns_per_customer", "ns a customer", None),
    "rollout/process": ("cpu_time", "ms a replication", 1.0),
    "rollout/scaling/real_time/threads:1": ("replications", "replications a second", None),
    "rollout/scaling/real_time/threads:2": ("replications", "replications a second", None),
    "hold/process/1000": ("ns_per_step", "ns a step", 28),
    "hold/process/100000": ("ns_per_step", "ns a step", 42),
    "hold/process/1000000": ("ns_per_step", "ns a step", 90),
    "hold/event/1000": ("ns_per_step", "ns a step", None),
    "hold/event/100000": ("ns_per_step", "ns a step", None),
    "hold/event/1000000": ("ns_per_step", "ns a step", None),
    "memory/idle_process": ("bytes_per_process", "bytes", 200),
}

found = {}
for one in json.load(sys.stdin)["benchmarks"]:
    if one["run_type"] == "iteration":
        found.setdefault(one["run_name"].split("/iterations")[0], []).append(one)
print("| benchmark | median | lowest | unit | target |")
print("|---|---|---|---|---|")
for name, runs in found.items():
    field, unit, target = TARGETS.get(name, ("cpu_time", "ns a draw", None))
    values = [run[field] for run in runs]
    print(f"| {name} | {statistics.median(values):.3g} | {min(values):.3g} | {unit} | {target or ''} |")
