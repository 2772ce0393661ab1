#pragma once
/// The timeline of one replication as the page embeds and tells it.
#include <nlohmann/json_fwd.hpp>
#include <string>

#include "rollcast/report/report.hpp"

namespace rollcast::report {

/// What the timeline draws: at most about 2,500 instances (every k-th of a larger fleet) and as
/// many moments of the queues. Null without a replay, or when nothing began in it.
[[nodiscard]] nlohmann::json replay_json(const ReportInput& input);

/// "“golden images”, run 417: …; 12 attempts failed, …".
[[nodiscard]] std::string replay_finding(const ReportInput& input);

}  // namespace rollcast::report
