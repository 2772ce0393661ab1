#pragma once
/// A simulator as simple as can be, for the programs of the model-based test: what is scheduled
/// lies in a vector in random order, the next event is found by looking at all, and every queue is
/// a plain vector.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "rollcast/random/stream.hpp"

namespace rollcast::kernel::test {

struct Step {
  enum Kind {
    delay,
    acquire,
    acquire_or_delay,
    release,
    open_gate,
    close_gate,
    wait_open,
    wait_closed,
    trigger,
    wait_signal,
    gate_or_signal,
    delay_and_gate,
    put,
    get,
    set_capacity,
    kill,
    interrupt,
    wait_end,
    kinds
  };
  Kind kind = delay;
  std::int64_t length = 0;
  std::size_t pool = 0;
  std::int64_t amount = 1;
  int priority = 0;
  std::size_t process = 0;
};

struct Program {
  bool gate_is_open = false;
  std::vector<std::int64_t> capacities;
  std::vector<std::vector<Step>> processes;
};

inline std::string diary_line(std::int64_t time, int process, const Step& step,
                              const std::string& result) {
  return std::to_string(time) + " " + std::to_string(process) + " step " +
         std::to_string(step.kind) + ": " + result;
}

class NaiveTwin {
 public:
  NaiveTwin(const Program& program, std::uint64_t seed)
      : program_(program),
        gate_open_(program.gate_is_open),
        shuffle_({seed, random::purpose("shuffled ties")}) {
    for (const std::int64_t capacity : program.capacities) pools_.push_back({capacity, 0, {}});
    actors_.resize(program.processes.size());
    for (std::size_t actor = 0; actor < actors_.size(); ++actor) schedule(0, actor, Why::start);
  }

  void run() {
    while (!events_.empty()) {
      const auto next =
          std::min_element(events_.begin(), events_.end(), [](const Event& a, const Event& b) {
            return a.time != b.time ? a.time < b.time : a.sequence < b.sequence;
          });
      const Event event = *next;
      events_.erase(next);
      now_ = event.time;
      ++event_count_;
      happen(event);
    }
  }
  [[nodiscard]] const std::vector<std::string>& lines() const { return lines_; }
  [[nodiscard]] std::uint64_t events() const { return event_count_; }
  [[nodiscard]] std::vector<std::int64_t> in_use() const {
    std::vector<std::int64_t> all;
    for (const PoolState& pool : pools_) all.push_back(pool.in_use);
    return all;
  }

 private:
  enum class Why { start, timer, resume };
  struct Event {
    std::int64_t time;
    std::uint64_t sequence;
    std::size_t actor;
    Why why;
  };
  struct Request {
    std::size_t actor;
    std::int64_t amount;
    int priority;
  };
  struct PoolState {
    std::int64_t capacity;
    std::int64_t in_use;
    std::vector<Request> queue;  ///< by priority, then by asking
  };
  struct Held {
    std::size_t pool;
    std::int64_t amount;
  };
  struct Actor {
    std::size_t step = 0;
    bool started = false;
    bool ended = false;
    bool interrupt_pending = false;
    bool waiting = false;    ///< in the middle of a step, nothing has happened yet
    std::string result;      ///< of the wait, once it is settled and the actor is due
    bool has_grant = false;  ///< a share granted and not yet among `held`
    bool has_item = false;   ///< a thing handed over and not yet noted
    bool late = false;       ///< delay_and_gate: the delay is over
    bool opened = false;     ///< delay_and_gate: the gate was open
    int item = 0;
    std::vector<Held> held;
  };

  [[nodiscard]] const Step& step_of(std::size_t actor) const {
    return program_.processes[actor][actors_[actor].step];
  }
  void schedule(std::int64_t time, std::size_t actor, Why why) {
    const Event event{time, next_sequence_++, actor, why};
    const auto place = static_cast<std::ptrdiff_t>(shuffle_.below(events_.size() + 1));
    events_.insert(events_.begin() + place, event);
  }
  void unschedule(std::size_t actor) {
    std::erase_if(events_, [&](const Event& event) { return event.actor == actor; });
  }

  void happen(const Event& event) {
    Actor& actor = actors_[event.actor];
    switch (event.why) {
      case Why::start:
        actor.started = true;
        break;
      case Why::resume:
        finish_step(event.actor);
        break;
      case Why::timer:
        if (!timer_completes(event.actor)) return;
        finish_step(event.actor);
    }
    go_on(event.actor);
  }

  /// The delay of the actor's step is over: does that settle the step?
  bool timer_completes(std::size_t index) {
    Actor& actor = actors_[index];
    const Step& step = step_of(index);
    if (step.kind == Step::delay_and_gate) {
      actor.late = true;
      if (!actor.opened) return false;
      actor.result = "done";
    } else if (step.kind == Step::acquire_or_delay) {
      actor.result = "gave up";
      leave_queues(index);
    } else {
      actor.result = "done";
    }
    return true;
  }

  void finish_step(std::size_t index) {
    Actor& actor = actors_[index];
    const Step& step = step_of(index);
    actor.waiting = false;
    if (actor.has_grant) {
      actor.held.push_back({step.pool, step.amount});
      actor.has_grant = false;
    }
    if (actor.has_item) {
      actor.result = std::to_string(actor.item);
      actor.has_item = false;
    }
    note(index, actor.result);
  }

  void note(std::size_t index, const std::string& result) {
    lines_.push_back(diary_line(now_, static_cast<int>(index), step_of(index), result));
    ++actors_[index].step;
  }

  void go_on(std::size_t index) {
    Actor& actor = actors_[index];
    while (actor.step < program_.processes[index].size()) {
      const std::string result = begin_step(index);
      if (result.empty()) return;
      note(index, result);
    }
    end(index);
  }

  /// The result of a step that is over at once, or nothing when it waits.
  std::string begin_step(std::size_t index) {
    const Step& step = step_of(index);
    Actor& actor = actors_[index];
    switch (step.kind) {
      case Step::release:
        if (!actor.held.empty()) {
          const Held first = actor.held.front();
          actor.held.erase(actor.held.begin());
          give_back(first.pool, first.amount);
        }
        return "done";
      case Step::open_gate:
        set_gate(true);
        return "done";
      case Step::close_gate:
        set_gate(false);
        return "done";
      case Step::trigger:
        trigger();
        return "done";
      case Step::put:
        put(static_cast<int>(step.amount), false);
        return "done";
      case Step::set_capacity:
        pools_[step.pool].capacity = step.amount;
        serve(step.pool);
        return "done";
      case Step::kill:
        if (step.process != index) kill(step.process);
        return "done";
      case Step::interrupt:
        interrupt(step.process, index);
        return "done";
      default:
        return begin_wait(index);
    }
  }

  std::string begin_wait(std::size_t index) {
    const Step& step = step_of(index);
    Actor& actor = actors_[index];
    switch (step.kind) {
      case Step::acquire:
      case Step::acquire_or_delay:
        if (can_take_now(step)) {
          pools_[step.pool].in_use += step.amount;
          actor.held.push_back({step.pool, step.amount});
          return "token";
        }
        break;
      case Step::wait_open:
        if (gate_open_) return "done";
        break;
      case Step::wait_closed:
        if (!gate_open_) return "done";
        break;
      case Step::gate_or_signal:
        if (gate_open_) return "opened";
        break;
      case Step::get:
        if (!items_.empty()) {
          const int item = items_.front();
          items_.erase(items_.begin());
          return std::to_string(item);
        }
        break;
      case Step::wait_end:
        if (actors_[step.process].ended) return "done";
        break;
      default:
        break;
    }
    if (actor.interrupt_pending) {
      actor.interrupt_pending = false;
      if (step.kind != Step::get) return "interrupted";
      actor.interrupt_pending = true;  // not for a plain get
    }
    enter(index);
    return {};
  }

  void enter(std::size_t index) {
    const Step& step = step_of(index);
    Actor& actor = actors_[index];
    actor.waiting = true;
    actor.late = false;
    actor.opened = step.kind == Step::delay_and_gate && gate_open_;
    const auto enqueue = [&] {
      auto& queue = pools_[step.pool].queue;
      const auto place = std::find_if(queue.begin(), queue.end(), [&](const Request& other) {
        return other.priority > step.priority;
      });
      queue.insert(place, {index, step.amount, step.priority});
    };
    switch (step.kind) {
      case Step::delay:
        actor.waiting = step.length > 0;  // a delay of zero is due at once
        schedule(now_ + step.length, index, Why::timer);
        break;
      case Step::acquire:
        enqueue();
        break;
      case Step::acquire_or_delay:
        enqueue();
        schedule(now_ + step.length, index, Why::timer);
        break;
      case Step::wait_open:
        opening_.push_back(index);
        break;
      case Step::wait_closed:
        closing_.push_back(index);
        break;
      case Step::wait_signal:
        listening_.push_back(index);
        break;
      case Step::gate_or_signal:
        opening_.push_back(index);
        listening_.push_back(index);
        break;
      case Step::delay_and_gate:
        schedule(now_ + step.length, index, Why::timer);
        if (!actor.opened) opening_.push_back(index);
        break;
      case Step::get:
        getting_.push_back(index);
        break;
      case Step::wait_end:
        ending_.push_back(index);
        break;
      default:
        break;
    }
  }

  void leave_queues(std::size_t index) {
    for (auto* queue : {&opening_, &closing_, &listening_, &getting_, &ending_})
      std::erase(*queue, index);
    for (std::size_t pool = 0; pool < pools_.size(); ++pool) {
      auto& queue = pools_[pool].queue;
      const bool was_first = !queue.empty() && queue.front().actor == index;
      std::erase_if(queue, [&](const Request& request) { return request.actor == index; });
      if (was_first) serve(pool);
    }
  }

  /// The wait of the actor is settled by somebody else: it gets its turn.
  void settle(std::size_t index, const std::string& result) {
    unschedule(index);
    actors_[index].result = result;
    actors_[index].waiting = false;
    leave_queues(index);
    schedule(now_, index, Why::resume);
  }

  [[nodiscard]] bool can_take_now(const Step& step) const {
    const PoolState& pool = pools_[step.pool];
    if (step.amount > pool.capacity - pool.in_use) return false;
    return pool.queue.empty() || pool.queue.front().priority > step.priority;
  }
  void give_back(std::size_t pool, std::int64_t amount) {
    pools_[pool].in_use -= amount;
    serve(pool);
  }
  void serve(std::size_t index) {
    PoolState& pool = pools_[index];
    while (!pool.queue.empty()) {
      const Request first = pool.queue.front();
      if (first.amount > pool.capacity - pool.in_use) return;
      pool.queue.erase(pool.queue.begin());
      pool.in_use += first.amount;
      actors_[first.actor].has_grant = true;
      settle(first.actor, "token");
    }
  }
  void set_gate(bool open) {
    if (gate_open_ == open) return;
    gate_open_ = open;
    std::vector<std::size_t>& queue = open ? opening_ : closing_;
    while (!queue.empty()) {
      const std::size_t index = queue.front();
      queue.erase(queue.begin());
      Actor& actor = actors_[index];
      const Step& step = step_of(index);
      if (step.kind == Step::delay_and_gate) {
        actor.opened = true;
        if (actor.late) settle(index, "done");
      } else {
        settle(index, step.kind == Step::gate_or_signal ? "opened" : "done");
      }
    }
  }
  void trigger() {
    while (!listening_.empty()) {
      const std::size_t index = listening_.front();
      listening_.erase(listening_.begin());
      settle(index, step_of(index).kind == Step::gate_or_signal ? "told" : "done");
    }
  }
  void put(int item, bool in_front) {
    if (getting_.empty()) {
      items_.insert(in_front ? items_.begin() : items_.end(), item);
      return;
    }
    const std::size_t index = getting_.front();
    getting_.erase(getting_.begin());
    actors_[index].has_item = true;
    actors_[index].item = item;
    settle(index, "");
  }
  void kill(std::size_t index) {
    Actor& actor = actors_[index];
    if (actor.ended) return;
    unschedule(index);
    const bool waited = actor.waiting;
    actor.waiting = false;
    if (actor.has_item) {
      actor.has_item = false;
      put(actor.item, true);
    }
    if (waited) leave_queues(index);
    if (actor.has_grant) {
      actor.has_grant = false;
      give_back(step_of(index).pool, step_of(index).amount);
    }
    end(index);
  }
  void end(std::size_t index) {
    Actor& actor = actors_[index];
    std::vector<Held> held;
    held.swap(actor.held);
    for (const Held& share : held) give_back(share.pool, share.amount);
    actor.ended = true;
    for (std::size_t place = 0; place < ending_.size();) {
      const std::size_t waiter = ending_[place];
      if (step_of(waiter).process == index) {
        settle(waiter, "done");
        place = 0;
      } else {
        ++place;
      }
    }
  }
  void interrupt(std::size_t index, std::size_t by) {
    Actor& actor = actors_[index];
    if (actor.ended) return;
    if (index != by && actor.waiting && step_of(index).kind != Step::get)
      settle(index, "interrupted");
    else
      actor.interrupt_pending = true;
  }

  const Program& program_;
  bool gate_open_;
  random::RandomStream shuffle_;
  std::int64_t now_ = 0;
  std::uint64_t next_sequence_ = 0;
  std::uint64_t event_count_ = 0;
  std::vector<Event> events_;
  std::vector<PoolState> pools_;
  std::vector<Actor> actors_;
  std::vector<std::size_t> opening_, closing_, listening_, getting_, ending_;
  std::vector<int> items_;
  std::vector<std::string> lines_;
};

}  // namespace rollcast::kernel::test
