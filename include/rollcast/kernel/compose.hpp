#pragma once
/// first_of and all_of: several things awaited together.
#include <array>
#include <concepts>
#include <utility>
#include <vector>

#include "rollcast/kernel/detail/waiter.hpp"
#include "rollcast/kernel/task.hpp"

namespace rollcast::kernel {

namespace detail {

/// What first_of and all_of take: every awaitable of the kernel but a task (spawn it, and await its
/// end).
template <class T>
concept Member = std::derived_from<T, Waiter> && !std::derived_from<T, TaskBase>;

/// `Members`: a container of Waiter*.
template <class Members>
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
  Members members_{};
};

}  // namespace detail

/// Made by first_of.
template <class Members>
class [[nodiscard]] FirstOf final
    : public detail::AwaitMembers<FirstOf<Members>, detail::MemberGroup<Members>> {
 public:
  explicit FirstOf(Members members) { this->members_ = std::move(members); }
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
template <class Members>
class [[nodiscard]] AllOf final
    : public detail::AwaitMembers<AllOf<Members>, detail::MemberGroup<Members>> {
 public:
  explicit AllOf(Members members) { this->members_ = std::move(members); }
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
[[nodiscard]] auto first_of(Members&... members) {
  using Waiters = std::array<detail::Waiter*, sizeof...(Members)>;
  return FirstOf<Waiters>{Waiters{&members...}};
}
/// The same over the elements of a container of awaitables, as many as there are; of none, it waits
/// until it is interrupted or another member of a larger group has happened.
template <class Container>
requires detail::Member<typename Container::value_type>
[[nodiscard]] auto first_of(Container& members) {
  std::vector<detail::Waiter*> waiters;
  for (auto& member : members) waiters.push_back(&member);
  return FirstOf<std::vector<detail::Waiter*>>{std::move(waiters)};
}

/// `co_await all_of(a, b, ...)` over named awaitables: goes on when all have happened. A share of a
/// pool that is granted early is held until then. An interruption ends the wait; the members that
/// are done() stay so.
template <detail::Member... Members>
[[nodiscard]] auto all_of(Members&... members) {
  using Waiters = std::array<detail::Waiter*, sizeof...(Members)>;
  return AllOf<Waiters>{Waiters{&members...}};
}

}  // namespace rollcast::kernel
