#include <algorithm>
#include <boost/container/small_vector.hpp>
#include <cmath>

#include "people.hpp"
#include "processes.hpp"
#include "purposes.hpp"
#include "waiting.hpp"

namespace rollcast::model {
namespace {

enum class StepState : std::uint8_t { waiting, working, done };

struct Step {
  ComponentId component;
  StaffId by;
  Duration effort{};
  std::uint16_t awaits = 0;  ///< steps before it that are not done
  StepState state = StepState::waiting;
};

using Span = std::pair<TimePoint, TimePoint>;

/// How long at least one of them lasts.
Duration length_of_all(std::vector<Span>& spans) {
  std::sort(spans.begin(), spans.end());
  Duration sum{};
  TimePoint covered = kStart;
  for (const auto& [from, to] : spans) {
    if (to > covered) sum += to - std::max(from, covered);
    covered = std::max(covered, to);
  }
  return sum;
}

/// One server being set up by hand; shared by the people who work on it.
struct ServerSetup {
  ServerSetup(Replication& replication, const SetupOrder& what)
      : run(replication), order(what), progressed(replication.sim) {}
  ServerSetup(const ServerSetup&) = delete;
  ServerSetup& operator=(const ServerSetup&) = delete;
  ~ServerSetup() {
    if (!wanted.empty())
      run.tally.wait_staff += to_hours(length_of_all(wanted) - length_of_all(worked));
  }
  Replication& run;
  SetupOrder order;
  boost::container::small_vector<Step, 6> steps;
  std::size_t done = 0;
  kernel::Signal progressed;  ///< a step has ended, or may begin
  bool started = false;
  bool finds_room = false;                     ///< somebody waits for its place in the quota
  bool several = false;                        ///< people of several roles are needed
  std::vector<kernel::ProcessHandle> helpers;  ///< what goes on beside the lead
  /// With several roles: when somebody was waited for or had begun a step, and when somebody was at
  /// work. It waits for people where nobody is at work and somebody should be.
  std::vector<Span> wanted, worked;
  SetupResult result;

  [[nodiscard]] std::uint64_t key(std::size_t step) const { return order.index * 64 + step; }
  [[nodiscard]] const Component& component(std::size_t step) const {
    return run.world.software[steps[step].component];
  }
  [[nodiscard]] bool counts_waits() const { return order.phase == CostPhase::deployment; }
};

/// A step waits for people as long as this exists.
class StepWaits {
 public:
  explicit StepWaits(ServerSetup& setup) : setup_(setup), since_(setup.run.sim.now()) {}
  StepWaits(const StepWaits&) = delete;
  StepWaits& operator=(const StepWaits&) = delete;
  ~StepWaits() {
    const TimePoint now = setup_.run.sim.now();
    if (!setup_.counts_waits() || now == since_) return;
    if (setup_.several)
      setup_.wanted.emplace_back(since_, now);
    else
      setup_.run.tally.wait_staff += to_hours(now - since_);
  }

 private:
  ServerSetup& setup_;
  TimePoint since_;
};

/// Notes what of a piece of work on a server that several roles set up lay in working hours.
class StepInWork {
 public:
  StepInWork(ServerSetup& setup, const Work& work) : setup_(setup), work_(work) {}
  StepInWork(const StepInWork&) = delete;
  StepInWork& operator=(const StepInWork&) = delete;
  ~StepInWork() {
    if (!setup_.several || !setup_.counts_waits()) return;
    const TimePoint end = std::min(work_.end(), setup_.run.sim.now());
    setup_.wanted.emplace_back(work_.begin(), end);
    const kernel::WorkCalendar* hours = work_.hours();
    if (hours == nullptr) {
      setup_.worked.emplace_back(work_.begin(), end);
      return;
    }
    for (TimePoint open = hours->next_open(work_.begin()); open < end;) {
      const TimePoint close = std::min(hours->next_change(open), end);
      setup_.worked.emplace_back(open, close);
      open = hours->next_open(close);
    }
  }

 private:
  ServerSetup& setup_;
  const Work& work_;
};

using Setup = std::shared_ptr<ServerSetup>;

bool is_ready(const Step& step) {
  return step.state == StepState::waiting && step.awaits == 0;
}

/// The first step of `role`, in the order of the graph, that can begin now.
std::optional<std::size_t> next_step(const ServerSetup& setup, StaffId role) {
  for (std::size_t step = 0; step < setup.steps.size(); ++step)
    if (setup.steps[step].by == role && is_ready(setup.steps[step])) return step;
  return std::nullopt;
}

bool work_left(const ServerSetup& setup, StaffId role) {
  for (const Step& step : setup.steps)
    if (step.by == role && step.state == StepState::waiting) return true;
  return false;
}

/// Whether a length is nothing, for certain.
bool is_nothing(const RandomDuration& length) {
  return length.seconds.is_constant() && length.seconds.mean() <= 0.0;
}

/// Other people take over at a step, which takes its time from the end of the one before it on.
Task<> hand_over(Setup setup, std::size_t step) {
  const StepWaits waits(*setup);
  Replication& run = setup->run;
  co_await run.sim.delay(run.draw(run.world.manual.hand_over, purpose::hand_over,
                                  setup->order.entity, setup->key(step)));
  --setup->steps[step].awaits;
  setup->progressed.trigger();
}

void end_step(const Setup& setup, std::size_t step) {
  setup->steps[step].state = StepState::done;
  ++setup->done;
  const bool takes_time = !is_nothing(setup->run.world.manual.hand_over);
  for (std::size_t index = 0; index < setup->steps.size(); ++index) {
    Step& other = setup->steps[index];
    const auto& after = setup->component(index).after;
    if (std::find(after.begin(), after.end(), setup->steps[step].component) == after.end())
      continue;
    if (takes_time && other.by != setup->steps[step].by)
      setup->helpers.push_back(setup->run.sim.spawn("hand-over", hand_over(setup, index)));
    else
      --other.awaits;
  }
  setup->progressed.trigger();
}

/// The part of a step in which nobody is needed.
Task<> wait_unattended(Setup setup, std::size_t step) {
  Replication& run = setup->run;
  co_await run.sim.delay(run.draw(setup->component(step).unattended, purpose::step_unattended,
                                  setup->order.entity, setup->key(step)));
  end_step(setup, step);
}

/// The instance that is to exist; null: it exists, or there is none (any more).
Instance* to_be_made(const ServerSetup& setup) {
  const SetupOrder& order = setup.order;
  if (!order.accept.valid()) return nullptr;
  Instance& self = setup.run.instance(order.accept);
  return self.generation == order.generation && self.accepted == kNever ? &self : nullptr;
}

/// With the first work on it a server needs its place in the quota. False: there is none now.
bool takes_room(ServerSetup& setup) {
  Replication& run = setup.run;
  const SetupOrder& order = setup.order;
  Instance* self = to_be_made(setup);
  if (self == nullptr && order.room == nullptr) return true;
  const GroupId group = self != nullptr ? self->group : order.group;
  const RegionId region = self != nullptr ? self->region : run.world.groups[group].region;
  kernel::Token& held = self != nullptr ? self->held : order.room->held;
  std::uint32_t& zone = self != nullptr ? self->zone : order.room->zone;
  if (held && run.regions[region].zones[zone]->closed[group.index()] > 0) held.release();
  if (held) return true;
  Place place = take_place(run, group, region, zone);
  if (place.held) zone = place.zone;
  held = std::move(place.held);
  return static_cast<bool>(held);
}

/// Until a place was had.
Task<> find_room(ServerSetup& setup) {
  Replication& run = setup.run;
  const SetupOrder& order = setup.order;
  std::optional<Waiting> waiting;
  if (order.phase == CostPhase::deployment) waiting.emplace(run.sim, run.tally.wait_quota);
  Instance* self = to_be_made(setup);
  if (self != nullptr) run.mark(order.accept, Activity::waiting_for_quota);
  const GroupId group = self != nullptr ? self->group : order.group;
  const RegionId region = self != nullptr ? self->region : run.world.groups[group].region;
  auto search = find_place(run, group, region, self != nullptr ? self->zone : order.room->zone);
  Place place = co_await search;
  if (self == nullptr) {
    *order.room = std::move(place);
  } else if (to_be_made(setup) != nullptr) {
    self->zone = place.zone;
    self->held = std::move(place.held);
  }
}

/// The instance exists, and stops serving its old state, from the first work on it.
void begin_server(ServerSetup& setup) {
  if (setup.started) return;
  setup.started = true;
  Replication& run = setup.run;
  const SetupOrder& order = setup.order;
  if (order.begins) order.begins();
  if (order.accept.valid() && run.instance(order.accept).generation != order.generation) return;
  if (order.take_out.valid()) run.stop_serving(order.take_out);
  if (to_be_made(setup) != nullptr) run.accept(order.accept, ImageId{});
}

/// The instance that is set up; invalid where an image is made.
InstanceId worked_on(const SetupOrder& order) {
  return order.accept.valid() ? order.accept : order.take_out;
}

/// Tells what the server that is set up does from now on; it does not wait while it serves, or
/// while somebody works on it.
void mark(const ServerSetup& setup, Activity activity) {
  const InstanceId id = worked_on(setup.order);
  if (!id.valid()) return;
  if (activity == Activity::waiting_for_people) {
    const Instance& self = setup.run.instance(id);
    if (self.entered != kNever && self.out_since == kNever) return;
    for (const Step& step : setup.steps)
      if (step.state == StepState::working) return;
  }
  setup.run.mark(id, activity);
}

/// Who is needed for a step.
Crew crew_of(const Replication& run, const Step& step) {
  Crew crew(run, step.by);
  const auto& others = run.world.software[step.component].together_with;
  if (!others.empty()) crew.join(others, run.together[step.component]);
  return crew;
}

/// The attended part of a step, done again as often as verification finds an error in it.
Task<> attend(ServerSetup& setup, std::size_t step) {
  Replication& run = setup.run;
  const SetupOrder& order = setup.order;
  const Crew crew = crew_of(run, setup.steps[step]);
  const Probability error =
      setup.component(step).error.value_or(run.world.staff[setup.steps[step].by].step_error);
  double missed = 1.0;  // by each of those who are there
  for (const StaffId who : crew.people)
    missed *= 1.0 - run.world.staff[who].verification_catches.value();
  auto errors = run.stream(purpose::step_error, order.entity, setup.key(step));
  auto findings = run.stream(purpose::step_error_found, order.entity, setup.key(step));
  Duration effort = setup.steps[step].effort;
  const WorkWords words{order.for_image ? "making an image" : "set-up", worked_on(order),
                        order.for_image};
  double* const paused = setup.counts_waits() && !setup.several ? &run.tally.wait_staff : nullptr;
  for (;;) {
    {
      const Work work(run, crew, effort, order.phase, order.on_call, words, paused);
      const StepInWork at_work(setup, work);
      co_await run.sim.until(work.end());
    }
    if (!errors.bernoulli(error)) break;
    if (!findings.bernoulli(Probability{1.0 - missed})) {
      setup.result.defective = true;
      setup.result.faulty_effort += setup.steps[step].effort;
      break;
    }
    effort = from_seconds(to_seconds(setup.steps[step].effort) * run.world.manual.rework);
  }
}

/// The people of a step, once they are at work and the server has a place in the quota: who waits
/// for that is not kept from other work.
Task<Tokens> people_and_room(Setup setup, std::size_t step) {
  const bool attended = setup->steps[step].effort > Duration::zero();
  for (;;) {
    Tokens people;
    if (attended) {
      mark(*setup, Activity::waiting_for_people);
      // A server that is begun goes on before a new one: people finish what they started.
      const int priority =
          setup->started ? std::min(setup->order.priority, kUrgent) : setup->order.priority;
      const StepWaits waits(*setup);
      auto gathering = gather(setup->run, crew_of(setup->run, setup->steps[step]), priority,
                              setup->order.on_call);
      people = co_await gathering;
    }
    if (setup->started || takes_room(*setup)) co_return people;
    people.clear();
    if (setup->finds_room) {
      co_await setup->progressed.next();
      continue;
    }
    setup->finds_room = true;
    auto search = find_room(*setup);
    co_await search;
    setup->finds_room = false;
    setup->progressed.trigger();
  }
}

/// What the people of one role do on one server. One person does one step after the other and stays
/// as long as a next one is ready; else the person is free for other servers until it is.
Task<> role_work(Setup setup, StaffId role) {
  Replication& run = setup->run;
  Tokens people;
  while (work_left(*setup, role)) {
    const auto step = next_step(*setup, role);
    if (!step) {
      people.clear();
      co_await setup->progressed.next();
      continue;
    }
    const bool attended = setup->steps[*step].effort > Duration::zero();
    const bool together = !setup->component(*step).together_with.empty();
    if (together) people.clear();
    const bool to_gather = people.empty() && (attended || !setup->started);
    if (to_gather) {
      auto gathering = people_and_room(setup, *step);
      people = co_await gathering;
    }
    setup->steps[*step].state = StepState::working;
    begin_server(*setup);
    if (attended) {
      mark(*setup, Activity::work_by_hand);
      auto attended_part = attend(*setup, *step);
      co_await attended_part;
      if (together) people.clear();
    }
    if (is_nothing(setup->component(*step).unattended))
      end_step(setup, *step);
    else
      setup->helpers.push_back(run.sim.spawn("unattended step", wait_unattended(setup, *step)));
  }
}

/// Every step with its effort: its own, or its share of one draw for the whole server.
void plan_steps(ServerSetup& setup) {
  Replication& run = setup.run;
  const SetupOrder& order = setup.order;
  const World& world = run.world;
  double shares = 0;
  for (const ComponentId id : world.groups[order.group].components) {
    const Component& component = world.software[id];
    Step& step = setup.steps.emplace_back(Step{id, component.by.valid() ? component.by : order.by});
    step.awaits = static_cast<std::uint16_t>(component.after.size());
    if (!component.work) shares += component.share;
  }
  double learning = 1.0;
  if (world.manual.learning_rate < 1.0)
    learning = std::pow(static_cast<double>(++run.staff[order.by].servers_begun),
                        std::log2(world.manual.learning_rate));
  const Duration whole =
      run.draw(world.manual.effort, purpose::manual_effort, order.entity, order.index);
  for (std::size_t index = 0; index < setup.steps.size(); ++index) {
    const Component& component = setup.component(index);
    const double seconds = component.work
                               ? to_seconds(run.draw(*component.work, purpose::step_effort,
                                                     order.entity, setup.key(index)))
                               : to_seconds(whole) * component.share / shares;
    setup.steps[index].effort = from_seconds(seconds * learning);
    setup.result.effort += setup.steps[index].effort;
  }
}

/// With the lead end all who work beside it: nobody works on for an instance that is no more.
class HelpersEnd {
 public:
  explicit HelpersEnd(ServerSetup& setup) : setup_(setup) {}
  HelpersEnd(const HelpersEnd&) = delete;
  HelpersEnd& operator=(const HelpersEnd&) = delete;
  ~HelpersEnd() {
    for (const kernel::ProcessHandle& helper : setup_.helpers) helper.destroy();
  }

 private:
  ServerSetup& setup_;
};

/// Every role that has a step, once.
boost::container::small_vector<StaffId, 4> roles_of(const ServerSetup& setup) {
  boost::container::small_vector<StaffId, 4> roles;
  for (const Step& step : setup.steps)
    if (std::find(roles.begin(), roles.end(), step.by) == roles.end()) roles.push_back(step.by);
  return roles;
}

}  // namespace

Task<SetupResult> set_up_by_hand(Replication& run, SetupOrder order) {
  const std::pmr::polymorphic_allocator<ServerSetup> memory{&run.shared_memory};
  auto setup = std::allocate_shared<ServerSetup>(memory, run, order);
  plan_steps(*setup);
  const auto roles = roles_of(*setup);
  setup->several = roles.size() > 1;
  const HelpersEnd helpers_end(*setup);
  for (std::size_t other = 1; other < roles.size(); ++other)
    setup->helpers.push_back(run.sim.spawn("people at a server", role_work(setup, roles[other])));
  auto lead = role_work(setup, roles[0]);
  co_await lead;
  while (setup->done < setup->steps.size()) {
    co_await setup->progressed.next();
  }
  co_return setup->result;
}

}  // namespace rollcast::model
