/// Random programs on the kernel and on a naive twin, which keeps its events in no order at all and
/// looks for the next one each time: both must write the same diary.
#include "naive_twin.hpp"
#include "rollcast/random/stream.hpp"
#include "support.hpp"

namespace rollcast::kernel::test {
namespace {

using random::RandomStream;

/// What the processes of a program share.
struct World {
  explicit World(const Program& program)
      : gate(simulation, program.gate_is_open), signal(simulation), store(simulation) {
    for (const std::int64_t capacity : program.capacities)
      pools.push_back(std::make_unique<Pool>(simulation, capacity));
  }
  Simulation simulation;
  std::vector<std::unique_ptr<Pool>> pools;
  Gate gate;
  Signal signal;
  Store<int> store;
  std::vector<ProcessHandle> processes;
  Lines lines;
};

/// One process of the program, on the kernel.
struct Actor {
  World& world;
  int index;
  std::vector<Token> tokens{};

  void note(const Step& step, const std::string& result) {
    world.lines.push_back(
        diary_line(world.simulation.now().time_since_epoch().count(), index, step, result));
  }
};

std::string text(Outcome outcome) {
  return outcome == Outcome::completed ? "done" : "interrupted";
}

Task<std::string> acquire(Actor& actor, Step step) {
  Pool& pool = *actor.world.pools[step.pool];
  Token token = co_await pool.acquire(step.amount, step.priority);
  const bool granted = static_cast<bool>(token);
  if (granted) actor.tokens.push_back(std::move(token));
  co_return granted ? "token" : "interrupted";
}

Task<std::string> acquire_or_delay(Actor& actor, Step step) {
  auto request = actor.world.pools[step.pool]->acquire(step.amount, step.priority);
  auto given_up = actor.world.simulation.delay(Duration{step.length});
  const Outcome outcome = co_await first_of(request, given_up);
  if (outcome == Outcome::interrupted) co_return "interrupted";
  if (given_up.done()) co_return "gave up";
  actor.tokens.push_back(request.take());
  co_return "token";
}

Task<std::string> gate_or_signal(Actor& actor) {
  auto opened = actor.world.gate.opened();
  auto told = actor.world.signal.next();
  const Outcome outcome = co_await first_of(opened, told);
  if (outcome == Outcome::interrupted) co_return "interrupted";
  co_return opened.done() ? "opened" : "told";
}

Task<std::string> delay_and_gate(Actor& actor, Step step) {
  auto late = actor.world.simulation.delay(Duration{step.length});
  auto opened = actor.world.gate.opened();
  const Outcome outcome = co_await all_of(late, opened);
  co_return text(outcome);
}

Task<std::string> get(Actor& actor) {
  const int item = co_await actor.world.store.get();
  co_return std::to_string(item);
}

/// A step that waits.
Task<std::string> wait(Actor& actor, Step step) {
  World& world = actor.world;
  Outcome outcome = Outcome::completed;
  switch (step.kind) {
    case Step::delay:
      outcome = co_await world.simulation.delay(Duration{step.length});
      break;
    case Step::wait_open:
      outcome = co_await world.gate.opened();
      break;
    case Step::wait_closed:
      outcome = co_await world.gate.closed();
      break;
    case Step::wait_signal:
      outcome = co_await world.signal.next();
      break;
    case Step::wait_end:
      outcome = co_await world.processes[step.process].done();
      break;
    default:
      CHECK(false);
  }
  co_return text(outcome);
}

/// A step that does not wait.
void act(Actor& actor, const Step& step) {
  World& world = actor.world;
  switch (step.kind) {
    case Step::release:
      if (!actor.tokens.empty()) actor.tokens.erase(actor.tokens.begin());
      break;
    case Step::open_gate:
      world.gate.open();
      break;
    case Step::close_gate:
      world.gate.close();
      break;
    case Step::trigger:
      world.signal.trigger();
      break;
    case Step::put:
      world.store.put(static_cast<int>(step.amount));
      break;
    case Step::set_capacity:
      world.pools[step.pool]->set_capacity(step.amount);
      break;
    case Step::kill:
      if (step.process != static_cast<std::size_t>(actor.index))
        world.processes[step.process].destroy();
      break;
    case Step::interrupt:
      world.processes[step.process].interrupt();
      break;
    default:
      CHECK(false);
  }
}

Task<void> play(World& world, int index, const std::vector<Step>& steps) {
  Actor actor{world, index};
  for (const Step& step : steps) {
    std::string result = "done";
    switch (step.kind) {
      case Step::acquire:
        result = co_await acquire(actor, step);
        break;
      case Step::acquire_or_delay:
        result = co_await acquire_or_delay(actor, step);
        break;
      case Step::gate_or_signal:
        result = co_await gate_or_signal(actor);
        break;
      case Step::delay_and_gate:
        result = co_await delay_and_gate(actor, step);
        break;
      case Step::get:
        result = co_await get(actor);
        break;
      case Step::delay:
      case Step::wait_open:
      case Step::wait_closed:
      case Step::wait_signal:
      case Step::wait_end:
        result = co_await wait(actor, step);
        break;
      default:
        act(actor, step);
    }
    actor.note(step, result);
  }
}

Program random_program(std::uint64_t number) {
  RandomStream random{{2026, random::purpose("naive twin"), number}};
  Program program;
  program.gate_is_open = random.bernoulli(0.5);
  for (int pool = 0; pool < 2; ++pool)
    program.capacities.push_back(static_cast<std::int64_t>(1 + random.below(3)));
  const std::size_t processes = 3 + random.below(6);
  for (std::size_t process = 0; process < processes; ++process) {
    std::vector<Step> steps;
    const std::size_t count = 4 + random.below(14);
    for (std::size_t i = 0; i < count; ++i) {
      Step step;
      step.kind = static_cast<Step::Kind>(random.below(Step::kinds));
      // Killing and interrupting often would end every program early.
      if ((step.kind == Step::kill || step.kind == Step::interrupt) && random.bernoulli(0.6))
        step.kind = Step::delay;
      step.length = static_cast<std::int64_t>(random.below(4));  // few values: many ties
      step.pool = random.below(2);
      step.amount = static_cast<std::int64_t>(1 + random.below(3));
      step.priority = static_cast<int>(random.below(3)) - 1;
      step.process = random.below(processes);
      steps.push_back(step);
    }
    program.processes.push_back(std::move(steps));
  }
  return program;
}

struct Played {
  Lines lines;
  std::uint64_t events;
  std::vector<std::int64_t> in_use;
};

Played play_on_kernel(const Program& program) {
  World world{program};
  for (std::size_t process = 0; process < program.processes.size(); ++process)
    world.processes.push_back(world.simulation.spawn(
        {"actor", process}, play(world, static_cast<int>(process), program.processes[process])));
  world.simulation.run();
  Played played{world.lines, world.simulation.events(), {}};
  for (const auto& pool : world.pools) played.in_use.push_back(pool->in_use());
  world.simulation.destroy_processes();
  for (const auto& pool : world.pools) CHECK(pool->in_use() == 0);
  return played;
}

}  // namespace

TEST_CASE("4,000 random programs run as on the naive twin") {
  std::size_t lines = 0;
  for (std::uint64_t number = 0; number < 4000; ++number) {
    const Program program = random_program(number);
    const Played played = play_on_kernel(program);
    NaiveTwin twin{program, number};
    twin.run();
    INFO("program ", number);
    REQUIRE(joined(played.lines) == joined(twin.lines()));
    REQUIRE(played.events == twin.events());
    REQUIRE(played.in_use == twin.in_use());
    lines += played.lines.size();
  }
  CHECK(lines > 50'000);  // the programs get somewhere
}

}  // namespace rollcast::kernel::test
