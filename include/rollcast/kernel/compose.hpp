#pragma once
/// first_of and all_of: several things awaited together.
#include <array>
#include <concepts>
#include <cstddef>

#include "rollcast/kernel/detail/waiter.hpp"
#include "rollcast/kernel/task.hpp"

namespace rollcast::kernel {

namespace detail {

/// What first_of and all_of take: every awaitable of the kernel but a task (spawn it, and await its
/// end).
template <class T>
concept Member = std::derived_from<T, Waiter> && !std::derived_from<T, TaskBase>;

template <std::size_t size>
class MemberGroup : public Group {
 public:
  void enter() final {
    for (Waiter* member : members_)
      if (!member->done()) member->enter_as_member(*this);
  }
  void leave() final {
    for (Waiter* member : members_) member->withdraw();
  }

 protected:
  MemberGroup() = default;
  ~MemberGroup() = default;
  std::array<Waiter*, size> members_{};
};

}  // namespace detail

/// Made by first_of.
template <std::size_t size>
class [[nodiscard]] FirstOf final
    : public detail::AwaitMembers<FirstOf<size>, detail::MemberGroup<size>> {
 public:
  template <detail::Member... Members>
  explicit FirstOf(Members&... members) {
    this->members_ = {&members...};
  }
  ~FirstOf() { this->withdraw(); }
  Outcome await_resume() { return this->settle(); }
  [[nodiscard]] bool try_complete() override {
    for (detail::Waiter* member : this->members_)
      if (member->try_complete()) return true;
    return false;
  }
  void member_completed(detail::Waiter& winner, bool in_event) override {
    for (detail::Waiter* member : this->members_)
      if (member != &winner) member->withdraw();
    this->complete(in_event);
  }
};

/// Made by all_of.
template <std::size_t size>
class [[nodiscard]] AllOf final
    : public detail::AwaitMembers<AllOf<size>, detail::MemberGroup<size>> {
 public:
  template <detail::Member... Members>
  explicit AllOf(Members&... members) {
    this->members_ = {&members...};
  }
  ~AllOf() { this->withdraw(); }
  Outcome await_resume() { return this->settle(); }
  [[nodiscard]] bool try_complete() override {
    bool complete = true;
    for (detail::Waiter* member : this->members_)
      if (!member->try_complete()) complete = false;
    return complete;
  }
  void member_completed(detail::Waiter&, bool in_event) override {
    for (const detail::Waiter* member : this->members_)
      if (!member->done()) return;
    this->complete(in_event);
  }
};

/// `co_await first_of(a, b, ...)` over named awaitables: goes on as soon as one of them has
/// happened. Exactly that one is done(); the others have left their queues at that moment and hold
/// nothing. When several hold at once without waiting, the first in the order of writing wins. An
/// interruption ends the wait with Outcome::interrupted, and none is done().
template <detail::Member... Members>
[[nodiscard]] FirstOf<sizeof...(Members)> first_of(Members&... members) {
  return FirstOf<sizeof...(Members)>{members...};
}

/// `co_await all_of(a, b, ...)` over named awaitables: goes on when all have happened. A share of a
/// pool that is granted early is held until then. An interruption ends the wait; the members that
/// are done() stay so.
template <detail::Member... Members>
[[nodiscard]] AllOf<sizeof...(Members)> all_of(Members&... members) {
  return AllOf<sizeof...(Members)>{members...};
}

}  // namespace rollcast::kernel
