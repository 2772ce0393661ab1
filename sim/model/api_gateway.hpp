#pragma once
/// The instance API of one region: calls pass a token bucket, and one call can carry many
/// instances.
#include <cstdint>

#include "rollcast/kernel/simulation.hpp"
#include "rollcast/kernel/store.hpp"
#include "rollcast/kernel/task.hpp"
#include "rollcast/kernel/token_bucket.hpp"

namespace rollcast::model {

/// Requests are admitted first come, first served. Requests of one moment share a call as long as
/// it has room; a call takes one token of the bucket.
class ApiGateway {
 public:
  /// REQUIRES calls_per_second > 0, burst >= 1, instances_per_call >= 1.
  ApiGateway(kernel::Simulation& sim, double calls_per_second, double burst,
             std::int64_t instances_per_call);
  /// Admits a request at once if a call of this moment has room or the bucket a token, and nobody
  /// waits. False: the caller must `co_await wait()`.
  [[nodiscard]] bool admit_now();
  /// Ends when a call that carries this request has been admitted.
  [[nodiscard]] kernel::Task<void> wait();

 private:
  struct Grant {};
  class Request;
  kernel::Task<void> send_calls();

  kernel::Simulation& sim_;
  kernel::TokenBucket bucket_;
  kernel::Store<Grant> grants_;
  std::int64_t instances_per_call_;
  TimePoint call_time_ = kNever;  ///< of the latest call
  std::int64_t room_ = 0;         ///< instances that it can still carry, at call_time_ only
  std::int64_t waiting_ = 0;
  bool sending_ = false;
};

}  // namespace rollcast::model
