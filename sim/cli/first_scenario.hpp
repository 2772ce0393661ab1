#pragma once
#include <string_view>

namespace rollcast::cli {

/// The text of scenarios/first.yaml, which `rollcast init` writes.
extern const std::string_view kFirstScenario;

}  // namespace rollcast::cli
