#pragma once
/// What instances, or the whole roll-out, wait for on the way into service.
#include <array>

#include "rollcast/model/metrics.hpp"

namespace rollcast::report {

struct Wait {
  const char* name;
  model::Metric metric;
  const char* what;
  bool per_instance;  ///< instance-hours, shown as hours of the average instance; else hours of the
                      ///< roll-out
};

inline constexpr std::array<Wait, 7> kWaits{{
    {"staff", model::Metric::waiting_staff, "people", true},
    {"copy", model::Metric::waiting_copy, "images (made, copied)", true},
    {"quota", model::Metric::waiting_quota, "quota", true},
    {"api", model::Metric::waiting_api, "the API", true},
    {"soak", model::Metric::waiting_soak, "soak (the last too) and pauses", false},
    {"approval", model::Metric::waiting_approval, "approval", false},
    {"window", model::Metric::waiting_window, "its window", false},
}};

}  // namespace rollcast::report
