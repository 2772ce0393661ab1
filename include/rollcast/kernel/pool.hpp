#pragma once
/// Pool: a counting resource (launch slots, people, bandwidth), first come, first served, with
/// priorities.
#include <cstdint>
#include <utility>
#include <vector>

#include "rollcast/kernel/simulation.hpp"

namespace rollcast::kernel {

class Pool;

/// A share of a pool. It goes back when the token is destroyed, released or overwritten. Empty
/// tokens hold nothing.
class [[nodiscard]] Token {
 public:
  Token() = default;
  Token(Token&& other) noexcept
      : pool_(std::exchange(other.pool_, nullptr)), amount_(std::exchange(other.amount_, 0)) {}
  Token& operator=(Token&& other) noexcept {
    if (this != &other) {
      release();
      pool_ = std::exchange(other.pool_, nullptr);
      amount_ = std::exchange(other.amount_, 0);
    }
    return *this;
  }
  ~Token() { release(); }

  /// Whether it holds anything; false after an interrupted acquire.
  [[nodiscard]] explicit operator bool() const { return pool_ != nullptr; }
  [[nodiscard]] std::int64_t amount() const { return amount_; }
  /// Gives the share back now; those who wait for it are due at now(), after what is due already.
  inline void release() noexcept;

 private:
  friend class Pool;
  friend class Acquire;
  Token(Pool* pool, std::int64_t amount) : pool_(pool), amount_(amount) {}
  Pool* pool_ = nullptr;
  std::int64_t amount_ = 0;
};

/// The wait for a share of a pool; made by Pool::acquire. A named one can be a member of first_of;
/// its token is then had by take().
class [[nodiscard]] Acquire final : public detail::AwaitMembers<Acquire, detail::QueuedWaiter> {
 public:
  Acquire(Pool& pool, std::int64_t amount, int priority)
      : pool_(&pool), amount_(amount), priority_(priority) {}
  inline ~Acquire();

  /// The token, once; empty when the wait was interrupted.
  [[nodiscard]] Token await_resume() {
    settle();
    return take();
  }
  /// After first_of or all_of: the token when this was granted, else an empty one.
  [[nodiscard]] Token take() {
    return std::exchange(granted_, false) ? Token{pool_, amount_} : Token{};
  }

  [[nodiscard]] inline bool try_complete() override;
  inline void enter() override;
  inline void leave() override;

 private:
  friend class Pool;
  Pool* pool_;
  std::int64_t amount_;
  int priority_;
  bool granted_ = false;  ///< the share is taken from the pool and not yet handed out as a token
};

/// A counting resource of a Simulation. Requests are served strictly in the order of priority (the
/// lower number first) and, within one priority, of asking: a small request never overtakes a
/// larger one that is its turn. A share that is given back goes straight to whom it is due; nobody
/// can take it in between.
class Pool {
 public:
  /// REQUIRES capacity >= 0.
  Pool(Simulation& simulation, std::int64_t capacity)
      : engine_(&simulation.engine()), capacity_(capacity) {
    ROLLCAST_ASSERT(capacity >= 0, "a pool of {}", capacity);
  }
  Pool(const Pool&) = delete;
  Pool& operator=(const Pool&) = delete;
  /// Destroys all processes of the simulation when one holds or awaits a share.
  ~Pool();

  /// `Token token = co_await acquire(n, priority)`: waits for n units; at once when they are free
  /// and nobody has precedence. More than the capacity waits until the capacity is raised. REQUIRES
  /// amount >= 1.
  [[nodiscard]] Acquire acquire(std::int64_t amount = 1, int priority = 0) {
    ROLLCAST_ASSERT(amount >= 1, "asked for {} units", amount);
    return Acquire{*this, amount, priority};
  }
  /// The units at once, or an empty token when they are not free or somebody waits. REQUIRES amount
  /// >= 1.
  [[nodiscard]] Token try_acquire(std::int64_t amount = 1) {
    ROLLCAST_ASSERT(amount >= 1, "asked for {} units", amount);
    if (waiting_ != 0 || amount > capacity_ - in_use_) return {};
    in_use_ += amount;
    return Token{this, amount};
  }
  /// More capacity serves those who wait; less takes nothing away: what is in use beyond it is not
  /// granted again. REQUIRES >= 0.
  void set_capacity(std::int64_t capacity);

  [[nodiscard]] std::int64_t capacity() const { return capacity_; }
  [[nodiscard]] std::int64_t in_use() const { return in_use_; }
  /// Requests in the queue.
  [[nodiscard]] std::int64_t waiting() const { return waiting_; }
  /// Whether somebody waits who goes before a request of this priority.
  [[nodiscard]] bool is_awaited_before(int priority) const {
    return waiting_ != 0 && !has_precedence(priority - 1);
  }
  /// Units not in use; 0 while more than the capacity is in use.
  [[nodiscard]] std::int64_t available() const {
    return in_use_ < capacity_ ? capacity_ - in_use_ : 0;
  }

 private:
  friend class Token;
  friend class Acquire;

  /// The queue of one priority.
  struct Lane {
    int priority;
    detail::WaitList requests;
  };

  void give_back(std::int64_t amount) noexcept {
    in_use_ -= amount;
    if (waiting_ != 0) serve();
  }
  void enqueue(Acquire& request);
  void dequeue(Acquire& request);
  /// Grants what can be granted, in order.
  void serve() noexcept;
  [[nodiscard]] Lane* first_lane();
  [[nodiscard]] Lane& lane(int priority);
  [[nodiscard]] bool has_precedence(int priority) const;

  detail::Engine* engine_;
  std::int64_t capacity_;
  std::int64_t in_use_ = 0;
  std::int64_t waiting_ = 0;
  std::vector<Lane> lanes_;  ///< by priority; emptied lanes stay
};

inline void Token::release() noexcept {
  if (pool_ != nullptr) std::exchange(pool_, nullptr)->give_back(std::exchange(amount_, 0));
}
inline Acquire::~Acquire() {
  withdraw();
  if (granted_) pool_->give_back(amount_);
}
inline bool Acquire::try_complete() {
  if (granted_) return true;
  if (amount_ > pool_->capacity_ - pool_->in_use_) return false;
  if (pool_->waiting_ != 0 && !pool_->has_precedence(priority_)) return false;
  pool_->engine_->count_immediate();
  pool_->in_use_ += amount_;
  granted_ = true;
  state_ = detail::WaitState::done;
  return true;
}
inline void Acquire::enter() {
  pool_->enqueue(*this);
}
inline void Acquire::leave() {
  pool_->dequeue(*this);
}

}  // namespace rollcast::kernel
