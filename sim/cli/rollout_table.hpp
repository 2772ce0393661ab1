#pragma once
/// The roll-out of one replication, step by step, for a terminal.
#include <string>

#include "rollcast/model/outcome.hpp"
#include "rollcast/model/trace.hpp"

namespace rollcast::cli {

/// Time, step, instances of the new version, of others, available ones, and what is waited for;
/// below it how much of the time went into work and how much into waiting.
[[nodiscard]] std::string rollout_table(const model::Trace& trace, const model::Outcome& outcome);

/// "2 d 03:04:05.678".
[[nodiscard]] std::string clock_text(TimePoint time);

}  // namespace rollcast::cli
