"""The reference models on SimPy 3: simpy_models.py mm1|rollout|hold SIZE SEED"""
import json
import random
import sys
import time

import simpy

INSTANCES, SLOTS, ATTEMPTS, FAILURE = 10_000, 100, 4, 0.02
LIFE, HORIZON = 2000.0 * 3600.0, 30.0 * 24.0 * 3600.0


def mm1(customers):
    env = simpy.Environment()
    queue = simpy.Store(env)
    total = 0.0

    def arrive():
        for _ in range(customers):
            yield env.timeout(random.expovariate(0.9))
            yield queue.put(env.now)

    def serve():
        nonlocal total
        while True:
            arrived = yield queue.get()
            yield env.timeout(random.expovariate(1.0))
            total += env.now - arrived

    env.process(arrive())
    env.process(serve())
    started = time.process_time()
    env.run()
    return {"seconds": time.process_time() - started, "sojourn": total / customers}


def rollout(_):
    started = time.process_time()
    env = simpy.Environment()
    slots = simpy.Resource(env, SLOTS)
    makespan, downtime = 0.0, 0.0

    def instance():
        nonlocal makespan, downtime
        first = True
        while True:
            since, up = env.now, False
            with slots.request() as slot:
                yield slot
                for _ in range(ATTEMPTS):
                    yield env.timeout(random.uniform(180, 300))
                    up = random.random() >= FAILURE
                    if up:
                        break
            if first:
                makespan = env.now
            else:
                downtime += env.now - since
            first = False
            if not up:
                return
            yield env.timeout(random.expovariate(1.0 / LIFE))

    for _ in range(INSTANCES):
        env.process(instance())
    env.run(until=HORIZON)
    return {"seconds": time.process_time() - started, "makespan": makespan, "downtime": downtime}


def hold(pending):
    env = simpy.Environment()
    steps = 0

    def keep():
        nonlocal steps
        while True:
            yield env.timeout(random.expovariate(1.0))
            steps += 1

    for _ in range(pending):
        env.process(keep())
    env.run(until=2)
    length = max(200_000, pending) / pending
    before, started = steps, time.process_time()
    env.run(until=2 + length)
    return {"seconds": time.process_time() - started, "steps": steps - before, "passed": length}


model, size, seed = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
random.seed(seed)
print(json.dumps({"mm1": mm1, "rollout": rollout, "hold": hold}[model](size)))
