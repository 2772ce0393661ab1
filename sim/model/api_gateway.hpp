#pragma once
/// The instance API of one region: calls pass a token bucket, and one call can carry many
/// instances.
#include <cstdint>

#include "rollcast/kernel/simulation.hpp"
#include "rollcast/kernel/store.hpp"
#include "rollcast/kernel/task.hpp"
#include "rollcast/kernel/token_bucket.hpp"

namespace rollcast::model {

class ApiGateway {
 public:
  /// REQUIRES rate > 0, burst >= 1, per_call >= 1.
  ApiGateway(kernel::Simulation& sim, double calls_per_second, double burst,
             std::int64_t instances_per_call);
  /// Ends when a call that carries this request has been admitted. Requests of one moment share
  /// calls, first come first served.
  [[nodiscard]] kernel::Task<void> request();

 private:
  struct Grant {};
  kernel::Task<void> send_calls();

  kernel::Simulation& sim_;
  kernel::TokenBucket bucket_;
  kernel::Store<Grant> grants_;
  std::int64_t instances_per_call_;
  std::int64_t waiting_ = 0;
  bool sending_ = false;
};

}  // namespace rollcast::model
