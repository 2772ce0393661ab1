#pragma once
/// What one replication of one strategy yields.
#include <array>
#include <cstdint>
#include <vector>

#include "rollcast/model/metrics.hpp"

namespace rollcast::model {

/// Points of the ready curve: the curve holds the time of the ceil(k/40·N)-th entry into service
/// for k = 1 … 40.
inline constexpr std::size_t kReadyPoints = 40;

/// One incident (a failure or a repaired defect that took an instance out of service), for pooled
/// summaries.
struct IncidentRecord {
  float recovery_hours;   ///< onset to back in service; for an open one: to the horizon
  float data_loss_hours;  ///< age of the restored state; kNoValue when nothing was lost
  bool open;              ///< not recovered within the horizon: censored
};

struct Outcome {
  std::array<double, kMetrics> metrics{};  ///< kNotReached and kNoValue as defined with them
  std::vector<std::uint8_t> objectives;    ///< 1 where the objective held, in the scenario's order
  std::array<double, kReadyPoints>
      ready_curve{};  ///< seconds; kNotReached where the horizon came first
  std::vector<IncidentRecord> incidents;
  std::vector<double> cash_flow;  ///< money by month of the scenario, as Scenario::months cuts it
  std::uint64_t digest = 0;       ///< of the event sequence
  std::uint64_t events = 0;
};

}  // namespace rollcast::model
