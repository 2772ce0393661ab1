#include "rollcast/experiment/ranks.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cstring>
#include <deque>
#include <new>
#include <thread>
#include <type_traits>

#include "rollcast/base/assertion.hpp"

namespace rollcast::experiment {
namespace {

using std::chrono::milliseconds;

static_assert(std::endian::native == std::endian::little, "ranks exchange numbers as they lie");

/// Blocks that a rank has in hand: the one it makes, and one that it goes on with at once.
constexpr std::size_t kInHand = 2;
constexpr auto kLookAgain = std::chrono::microseconds(200);

enum class Kind : std::uint8_t {
  ready,          ///< to rank 0: its identity
  declined,       ///< to rank 0: why
  work,           ///< from rank 0: a range
  turn,           ///< from rank 0: the number of a task, and the task
  block,          ///< to rank 0: the number of the task, a finished block
  back,           ///< to rank 0: the number of the task, a range that is not made
  failed,         ///< to rank 0: the number of the task, strategy, replication, cause
  out_of_memory,  ///< to rank 0
  enough,         ///< from rank 0
  gone            ///< to rank 0: its last message
};

/// A message as it is written.
class Writer {
 public:
  explicit Writer(Kind kind) { put(kind); }
  template <class Value>
  Writer& put(const Value& value) {
    static_assert(std::is_trivially_copyable_v<Value>);
    bytes_.append(reinterpret_cast<const char*>(&value), sizeof value);
    return *this;
  }
  template <class Value>
  Writer& put_all(const std::vector<Value>& values) {
    static_assert(std::is_trivially_copyable_v<Value>);
    put(values.size());
    bytes_.append(reinterpret_cast<const char*>(values.data()), values.size() * sizeof(Value));
    return *this;
  }
  Writer& text(const std::string& text) {
    bytes_ += text;
    return *this;
  }
  [[nodiscard]] std::string take() { return std::move(bytes_); }

 private:
  std::string bytes_;
};

/// And as it is read, in the same order.
class Reader {
 public:
  explicit Reader(const std::string& bytes) : bytes_(bytes) {}
  template <class Value>
  Value get() {
    Value value;
    copy(&value, sizeof value);
    return value;
  }
  template <class Value>
  std::vector<Value> get_all() {
    const auto size = get<std::size_t>();
    ROLLCAST_ASSERT(size <= (bytes_.size() - at_) / sizeof(Value), "{} values in a message of {}",
                    size, bytes_.size());
    std::vector<Value> values(size);
    copy(values.data(), size * sizeof(Value));
    return values;
  }
  std::string text() { return bytes_.substr(at_); }

 private:
  void copy(void* to, std::size_t size) {
    ROLLCAST_ASSERT(size <= bytes_.size() - at_, "{} bytes at {} of a message of {}", size, at_,
                    bytes_.size());
    if (size > 0) std::memcpy(to, bytes_.data() + at_, size);
    at_ += size;
  }
  const std::string& bytes_;
  std::size_t at_ = 0;
};

std::string written(std::uint32_t turn, const Block& block) {
  Writer out(Kind::block);
  out.put(turn).put(block.first).put(block.replications).put(block.strategies);
  for (const model::Outcome& outcome : block.outcomes)
    out.put(outcome.metrics)
        .put_all(outcome.objectives)
        .put(outcome.ready_curve)
        .put_all(outcome.incidents)
        .put_all(outcome.cash_flow)
        .put(outcome.digest)
        .put(outcome.events);
  return out.take();
}

Block block_from(Reader& in) {
  Block block;
  block.first = in.get<std::uint64_t>();
  block.replications = in.get<std::uint64_t>();
  block.strategies = in.get<std::size_t>();
  block.outcomes.resize(block.replications * block.strategies);
  for (model::Outcome& outcome : block.outcomes) {
    outcome.metrics = in.get<decltype(outcome.metrics)>();
    outcome.objectives = in.get_all<std::uint8_t>();
    outcome.ready_curve = in.get<decltype(outcome.ready_curve)>();
    outcome.incidents = in.get_all<model::IncidentRecord>();
    outcome.cash_flow = in.get_all<double>();
    outcome.digest = in.get<std::uint64_t>();
    outcome.events = in.get<std::uint64_t>();
  }
  return block;
}

/// A rank that makes blocks. Rank 0 is listened to while one is made, too.
class Maker final : Helpers {
 public:
  Maker(Transport& transport, const std::atomic<bool>& stop) : transport_(transport), stop_(stop) {}

  void tell(Writer message) { transport_.send(0, message.take()); }

  /// Until rank 0 says that it is enough.
  void work(const Plan& plan, const SimulateTask& simulate_task) {
    Simulate simulate = prepared(simulate_task);
    std::uint32_t turn = turn_;
    while (listen()) {
      if (turn != turn_) {
        simulate = prepared(simulate_task);
        turn = turn_;
      } else if (work_.empty()) {
        std::this_thread::sleep_for(kLookAgain);
      } else {
        const Range block = work_.front();
        work_.pop_front();
        make(block, plan, simulate);
      }
    }
    for (const Range& block : work_) tell(Writer(Kind::back).put(turn_).put(block));
    tell(Writer(Kind::gone));
  }
  /// The same without making any.
  void wait() {
    while (listen()) std::this_thread::sleep_for(kLookAgain);
    tell(Writer(Kind::gone));
  }

 private:
  [[nodiscard]] unsigned places() const override { return 0; }
  void serve(BlockDesk&) override { listen(); }

  /// False: it is enough.
  bool listen() {
    while (const auto message = transport_.receive()) {
      Reader in(message->bytes);
      switch (in.get<Kind>()) {
        case Kind::work:
          work_.push_back(in.get<Range>());
          break;
        case Kind::turn:
          turn_ = in.get<std::uint32_t>();
          task_ = in.get<Task>();
          work_.clear();
          drop_ = true;
          break;
        default:
          enough_ = true;
      }
    }
    if (stop_) enough_ = true;
    if (enough_) drop_ = true;
    return !enough_;
  }

  /// What simulates the task. Where that cannot be had, rank 0 hears why, and no block is made.
  Simulate prepared(const SimulateTask& simulate_task) {
    try {
      return simulate_task(task_);
    } catch (const std::bad_alloc&) {
      tell(Writer(Kind::out_of_memory));
    } catch (const std::exception& error) {
      tell(Writer(Kind::declined).text(error.what()));
    }
    return nullptr;
  }

  void make(const Range& block, Plan plan, const Simulate& simulate) {
    if (!simulate) return;
    plan.first = block.first;
    plan.replications = block.end;
    plan.block_size = block.end - block.first;
    const std::uint32_t turn = turn_;
    drop_ = false;
    Hooks hooks;
    hooks.keep = [&](const Block& made) { transport_.send(0, written(turn, made)); };
    hooks.stop = &drop_;
    hooks.helpers = this;
    try {
      const bool dropped = run_replications(plan, simulate, hooks).interrupted;
      if (dropped && turn == turn_) work_.push_front(block);
    } catch (const ReplicationError& error) {
      tell(Writer(Kind::failed)
               .put(turn)
               .put(error.strategy())
               .put(error.replication())
               .text(error.what()));
    } catch (const std::bad_alloc&) {
      tell(Writer(Kind::out_of_memory));
    }
  }

  Transport& transport_;
  const std::atomic<bool>& stop_;
  bool enough_ = false;
  std::atomic<bool> drop_{false};  ///< the block that is being made is not wanted, or goes back
  std::uint32_t turn_ = 0;
  Task task_;
  std::deque<Range> work_;
};

}  // namespace

RankLeader::RankLeader(Transport& transport) : transport_(transport), peers_(transport.size()) {
  peers_.front().gone = true;
}

void RankLeader::turn_to(const Task& task) {
  ++turn_;
  for (unsigned rank = 1; rank < peers_.size(); ++rank) {
    Peer& peer = peers_[rank];
    peer.blocks.clear();
    if (!peer.gone) transport_.send(rank, Writer(Kind::turn).put(turn_).put(task).take());
  }
}

unsigned RankLeader::places() const {
  return static_cast<unsigned>((peers_.size() - 1) * kInHand);
}

void RankLeader::serve(BlockDesk& desk) {
  while (const auto message = transport_.receive()) take_in(*message, desk);
  for (std::size_t in_hand = 1; in_hand <= kInHand; ++in_hand)
    for (unsigned rank = 1; rank < peers_.size(); ++rank) {
      Peer& peer = peers_[rank];
      if (!peer.ready || peer.gone || peer.blocks.size() >= in_hand) continue;
      const std::optional<Range> block = desk.take();
      if (!block) return;
      transport_.send(rank, Writer(Kind::work).put(*block).take());
      peer.blocks.push_back(*block);
    }
}

void RankLeader::take_in(const Transport::Message& message, BlockDesk& desk) {
  Peer& peer = peers_[message.from];
  Reader in(message.bytes);
  const auto has = [&](std::uint64_t replication) {
    return std::find_if(peer.blocks.begin(), peer.blocks.end(), [&](const Range& block) {
      return block.first <= replication && replication < block.end;
    });
  };
  const auto kind = in.get<Kind>();
  const bool of_a_task = kind == Kind::block || kind == Kind::back || kind == Kind::failed;
  if (of_a_task && in.get<std::uint32_t>() != turn_) return;
  switch (kind) {
    case Kind::ready:
      if (const std::string its = in.text(); its != identity_)
        throw RankError(fmt::format(
            "rank {} is about to simulate something else: it has {}, rank 0 has {}. The scenario, "
            "rollcast and the kind of processor must be the same everywhere",
            message.from, its, identity_));
      peer.ready = true;
      break;
    case Kind::declined:
      throw RankError(fmt::format("rank {} cannot take part: {}", message.from, in.text()));
    case Kind::block: {
      Block block = block_from(in);
      peer.blocks.erase(has(block.first));
      desk.give(std::move(block));
      break;
    }
    case Kind::back: {
      const auto block = in.get<Range>();
      peer.blocks.erase(has(block.first));
      desk.give_back(block);
      break;
    }
    case Kind::failed: {
      const auto strategy = in.get<std::size_t>();
      const auto replication = in.get<std::uint64_t>();
      peer.blocks.erase(has(replication));
      desk.failed(strategy, replication, in.text());
      break;
    }
    case Kind::out_of_memory:
      throw std::bad_alloc();
    case Kind::gone:
      peer.gone = true;
      break;
    case Kind::work:
    case Kind::turn:
    case Kind::enough:
      ROLLCAST_ASSERT(false, "rank {} sends what only rank 0 sends", message.from);
  }
}

bool RankLeader::dismiss(milliseconds patience) {
  for (unsigned rank = 1; rank < peers_.size(); ++rank)
    if (!peers_[rank].gone) transport_.send(rank, Writer(Kind::enough).take());
  const auto all_gone = [&] {
    return std::all_of(peers_.begin(), peers_.end(), [](const Peer& peer) { return peer.gone; });
  };
  const auto until = std::chrono::steady_clock::now() + patience;
  while (!all_gone() && std::chrono::steady_clock::now() < until) {
    while (const auto message = transport_.receive())
      if (Reader(message->bytes).get<Kind>() == Kind::gone) peers_[message->from].gone = true;
    std::this_thread::sleep_for(kLookAgain);
  }
  return all_gone();
}

void make_blocks(Transport& transport, const std::string& identity, const Plan& plan,
                 const SimulateTask& simulate_task, const std::atomic<bool>& stop) {
  Maker maker(transport, stop);
  maker.tell(Writer(Kind::ready).text(identity));
  maker.work(plan, simulate_task);
}

void decline_blocks(Transport& transport, const std::string& why, const std::atomic<bool>& stop) {
  Maker maker(transport, stop);
  maker.tell(Writer(Kind::declined).text(why));
  maker.wait();
}

}  // namespace rollcast::experiment
