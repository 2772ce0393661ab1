#pragma once
/// What random numbers are for. A purpose and an entity key a stream, so that a new draw moves no
/// other.
#include <cstdint>

#include "rollcast/random/stream.hpp"

namespace rollcast::model::purpose {

inline constexpr std::uint64_t launch = random::purpose("launch");
inline constexpr std::uint64_t launch_home = random::purpose("launch back home");
inline constexpr std::uint64_t launch_home_fails = random::purpose("launch back home fails");
inline constexpr std::uint64_t back_off = random::purpose("back-off");
inline constexpr std::uint64_t demand_gap = random::purpose("demand gap");
inline constexpr std::uint64_t demand_size = random::purpose("demand size");
inline constexpr std::uint64_t readiness = random::purpose("readiness");
inline constexpr std::uint64_t readiness_finds = random::purpose("readiness finds");
inline constexpr std::uint64_t health_check = random::purpose("health check");
inline constexpr std::uint64_t measurement = random::purpose("measurement");
inline constexpr std::uint64_t measurement_error = random::purpose("measurement error");
inline constexpr std::uint64_t measurement_inconclusive =
    random::purpose("measurement inconclusive");
inline constexpr std::uint64_t script_time = random::purpose("script time");
inline constexpr std::uint64_t script_times_out = random::purpose("script times out");
inline constexpr std::uint64_t script_time_out = random::purpose("script time-out");
inline constexpr std::uint64_t script_defect = random::purpose("script defect");
inline constexpr std::uint64_t image_bad = random::purpose("image bad");
inline constexpr std::uint64_t image_create = random::purpose("image create");
inline constexpr std::uint64_t image_test = random::purpose("image test");
inline constexpr std::uint64_t image_test_catches = random::purpose("image test catches");
inline constexpr std::uint64_t image_copy = random::purpose("image copy");
inline constexpr std::uint64_t manual_effort = random::purpose("manual effort");
inline constexpr std::uint64_t step_effort = random::purpose("step effort");
inline constexpr std::uint64_t step_unattended = random::purpose("step unattended");
inline constexpr std::uint64_t step_error = random::purpose("step error");
inline constexpr std::uint64_t step_error_found = random::purpose("step error found");
inline constexpr std::uint64_t hand_over = random::purpose("hand-over");
inline constexpr std::uint64_t batch_pause = random::purpose("batch pause");
inline constexpr std::uint64_t batch_soak = random::purpose("batch soak");
inline constexpr std::uint64_t failure = random::purpose("failure");
inline constexpr std::uint64_t failure_detection = random::purpose("failure detection");
inline constexpr std::uint64_t defect_detection = random::purpose("defect detection");
inline constexpr std::uint64_t defect_soak = random::purpose("defect detection in soak");
inline constexpr std::uint64_t reinstall = random::purpose("reinstall");
inline constexpr std::uint64_t failed_restore = random::purpose("failed restore");
inline constexpr std::uint64_t remount = random::purpose("remount");
inline constexpr std::uint64_t standby_launch = random::purpose("standby launch");
inline constexpr std::uint64_t standby_start = random::purpose("standby start");
inline constexpr std::uint64_t recovery_effort = random::purpose("recovery effort");
inline constexpr std::uint64_t failover = random::purpose("failover decision");
inline constexpr std::uint64_t approval = random::purpose("approval");
inline constexpr std::uint64_t outage_gap = random::purpose("outage gap");
inline constexpr std::uint64_t outage_length = random::purpose("outage length");
inline constexpr std::uint64_t outage_takes = random::purpose("outage takes");
inline constexpr std::uint64_t outage_rounding = random::purpose("outage rounding");
inline constexpr std::uint64_t quota_time = random::purpose("quota raise time");
inline constexpr std::uint64_t quota_granted = random::purpose("quota raise granted");
inline constexpr std::uint64_t quota_part = random::purpose("quota raise part");
inline constexpr std::uint64_t image_compromised = random::purpose("image compromised");
inline constexpr std::uint64_t image_work = random::purpose("image work");
inline constexpr std::uint64_t image_work_error = random::purpose("image work error");
inline constexpr std::uint64_t image_mended = random::purpose("image mended");
inline constexpr std::uint64_t drift = random::purpose("drift");
inline constexpr std::uint64_t patch_gap = random::purpose("patch gap");
inline constexpr std::uint64_t backup_copy = random::purpose("backup copy");
inline constexpr std::uint64_t backup_fails = random::purpose("backup fails");
inline constexpr std::uint64_t backup_time = random::purpose("backup time");

}  // namespace rollcast::model::purpose
