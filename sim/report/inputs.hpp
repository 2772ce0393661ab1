#pragma once
/// The inputs that a verdict of this kind hangs on, read off the scenario, whether somebody set
/// them or not.
#include <string>
#include <vector>

#include "rollcast/report/report.hpp"

namespace rollcast::report {

struct DecisiveInput {
  std::string label;       ///< "manual work per server"
  std::string value;       ///< "8 – 16 work h"; "differs by strategy" where it does
  bool untouched = false;  ///< nobody set it: it is one of the assumptions
  bool turns = false;      ///< some value that was tried in its place turns the verdict
  bool uncertain = false;  ///< drawn anew in each replication; the label is its path
};

/// Manual time per server, where each image comes from and how likely it is bad, detection, human
/// error, wages, quotas, failing launches, price of delay, horizon: those that some strategy uses.
/// Then every uncertain input, beside the value that the entries above state for it.
[[nodiscard]] std::vector<DecisiveInput> decisive_inputs(const ReportInput& input);

}  // namespace rollcast::report
