#pragma once
/// Store: an unbounded queue of things between processes.
#include <cstddef>
#include <deque>
#include <optional>
#include <utility>

#include "rollcast/kernel/simulation.hpp"

namespace rollcast::kernel {

template <class T>
class Store;

/// The wait for a thing from a store; made by Store::get. A named one can be a member of first_of;
/// take() then gives the thing.
template <class T>
class [[nodiscard]] StoreGet final
    : public detail::AwaitMembers<StoreGet<T>, detail::QueuedWaiter> {
 public:
  explicit StoreGet(Store<T>& store) : store_(&store) {}
  ~StoreGet() {
    this->withdraw();
    if (item_) [[unlikely]]
      give_back();
  }
  template <class Promise>
  void await_suspend(std::coroutine_handle<Promise> coroutine) {
    this->begin(coroutine.promise());
    enter();
  }
  [[nodiscard]] T await_resume() {
    this->settle();
    T item = std::move(*item_);
    item_.reset();
    return item;
  }
  /// After first_of or all_of: the thing, once; empty when this wait did not get one.
  [[nodiscard]] std::optional<T> take() { return std::exchange(item_, std::nullopt); }

  [[nodiscard]] bool try_complete() override {
    if (item_) return true;
    if (store_->items_.empty()) return false;
    store_->engine_->count_immediate();
    item_.emplace(std::move(store_->items_.front()));
    store_->items_.pop_front();
    this->state_ = detail::WaitState::done;
    return true;
  }
  void enter() override { store_->waiting_.push_back(*this); }
  void leave() override { store_->waiting_.remove(*this); }
  /// A plain get always gives a thing; an interruption waits for the process's next wait.
  bool interrupt() override { return false; }

 private:
  friend class Store<T>;
  /// It was handed over, and nobody took it.
  [[gnu::noinline]] void give_back() { store_->put_first(std::move(*item_)); }
  void receive(T&& item) {
    item_.emplace(std::move(item));
    this->wake();
  }
  Store<T>* store_;
  std::optional<T> item_;
};

/// First in, first out; who asks first is served first. A thing that was handed to a process which
/// is destroyed before its turn goes back to the front. An interruption does not end `co_await
/// store.get()`; to be interruptible, await it by first_of.
template <class T>
class Store {
 public:
  explicit Store(Simulation& simulation) : engine_(&simulation.engine()) {}
  Store(const Store&) = delete;
  Store& operator=(const Store&) = delete;
  /// Destroys all processes of the simulation when one waits here.
  ~Store() {
    if (!waiting_.empty()) engine_->destroy_processes();
  }

  /// Never waits: it goes to the first process that waits, else to the end of the queue.
  void put(T item) {
    if (waiting_.empty()) return items_.push_back(std::move(item));
    hand_over(std::move(item));
  }
  /// `T item = co_await get()`: the first thing in the queue, at once when there is one.
  [[nodiscard]] StoreGet<T> get() { return StoreGet<T>{*this}; }
  /// Things in the queue.
  [[nodiscard]] std::size_t size() const { return items_.size(); }

 private:
  friend class StoreGet<T>;
  void put_first(T item) {
    if (waiting_.empty() || engine_->tearing_down()) return items_.push_front(std::move(item));
    hand_over(std::move(item));
  }
  void hand_over(T&& item) {
    auto& wait = static_cast<StoreGet<T>&>(*waiting_.front());
    waiting_.remove(wait);
    wait.receive(std::move(item));
  }
  detail::Engine* engine_;
  detail::WaitList waiting_;
  std::deque<T> items_;
};

}  // namespace rollcast::kernel
