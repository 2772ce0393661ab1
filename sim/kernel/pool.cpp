#include "rollcast/kernel/pool.hpp"

#include <algorithm>
#include <cstdio>
#include <exception>

namespace rollcast::kernel {

Pool::~Pool() {
  if (waiting_ != 0 || in_use_ != 0) engine_->destroy_processes();
  if (in_use_ != 0) {
    std::fprintf(
        stderr,
        "broken invariant: %lld units of a pool are held outside of any process at its end\n",
        static_cast<long long>(in_use_));
    std::terminate();
  }
}

void Pool::set_capacity(std::int64_t capacity) {
  ROLLCAST_ASSERT(capacity >= 0, "a pool of {}", capacity);
  capacity_ = capacity;
  serve();
}

Pool::Lane& Pool::lane(int priority) {
  if (!lanes_.empty() && lanes_.front().priority == priority) return lanes_.front();
  const auto place = std::lower_bound(lanes_.begin(), lanes_.end(), priority,
                                      [](const Lane& a, int b) { return a.priority < b; });
  if (place != lanes_.end() && place->priority == priority) return *place;
  return *lanes_.insert(place, Lane{priority, {}});
}

Pool::Lane* Pool::first_lane() {
  for (Lane& candidate : lanes_)
    if (!candidate.requests.empty()) return &candidate;
  return nullptr;
}

bool Pool::has_precedence(int priority) const {
  for (const Lane& other : lanes_) {
    if (other.priority > priority) break;
    if (!other.requests.empty()) return false;
  }
  return true;
}

void Pool::enqueue(Acquire& request) {
  lane(request.priority_).requests.push_back(request);
  ++waiting_;
}

void Pool::dequeue(Acquire& request) {
  Lane& its_lane = lane(request.priority_);
  const bool was_first = its_lane.requests.front() == &request;
  its_lane.requests.remove(request);
  --waiting_;
  if (was_first && waiting_ != 0) serve();
}

void Pool::serve() noexcept {
  if (engine_->tearing_down()) return;
  while (waiting_ != 0) {
    Lane* first = first_lane();
    if (in_use_ >= capacity_) {  // of long queues the next one is fetched before its turn
      __builtin_prefetch(first->requests.front());
      return;
    }
    auto& request = static_cast<Acquire&>(*first->requests.front());
    if (request.amount_ > capacity_ - in_use_) return;
    first->requests.remove(request);
    --waiting_;
    in_use_ += request.amount_;
    request.granted_ = true;
    request.wake();
  }
}

}  // namespace rollcast::kernel
