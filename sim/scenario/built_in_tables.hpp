#pragma once
/// The price tables of scenarios/data as they were when the program was built.
#include <string_view>

namespace rollcast::scenario {

extern const std::string_view kInstancePrices;
extern const std::string_view kSnapshotPrices;

}  // namespace rollcast::scenario
