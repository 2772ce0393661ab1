#include "api_gateway.hpp"

#include <algorithm>

namespace rollcast::model {

ApiGateway::ApiGateway(kernel::Simulation& sim, double calls_per_second, double burst,
                       std::int64_t instances_per_call)
    : sim_(sim),
      bucket_(sim, calls_per_second, burst),
      grants_(sim),
      instances_per_call_(instances_per_call) {}

bool ApiGateway::admit_now() {
  if (waiting_ > 0) return false;
  if (call_time_ == sim_.now() && room_ > 0) {
    --room_;
    return true;
  }
  if (!bucket_.try_take(1)) return false;
  call_time_ = sim_.now();
  room_ = instances_per_call_ - 1;
  return true;
}

/// A request in the queue; it leaves it when its process is destroyed before a call carries it.
class ApiGateway::Request {
 public:
  explicit Request(std::int64_t& waiting) : waiting_(waiting) { ++waiting_; }
  Request(const Request&) = delete;
  Request& operator=(const Request&) = delete;
  ~Request() {
    if (!admitted_ && waiting_ > 0) --waiting_;
  }
  void admit() { admitted_ = true; }

 private:
  std::int64_t& waiting_;
  bool admitted_ = false;
};

kernel::Task<void> ApiGateway::wait() {
  Request request(waiting_);
  if (!sending_) {
    sending_ = true;
    sim_.spawn("API calls", send_calls());
  }
  [[maybe_unused]] const Grant admitted = co_await grants_.get();
  request.admit();
}

kernel::Task<void> ApiGateway::send_calls() {
  while (waiting_ > 0) {
    co_await bucket_.take(1);
    const std::int64_t carried = std::min(waiting_, instances_per_call_);
    waiting_ -= carried;
    for (std::int64_t grant = 0; grant < carried; ++grant) grants_.put(Grant{});
    call_time_ = sim_.now();
    room_ = instances_per_call_ - carried;
  }
  sending_ = false;
}

}  // namespace rollcast::model
