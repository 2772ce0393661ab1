#pragma once
/// Ctrl-C and SIGTERM, asked to stop; a closed pipe, which is only a failed write.
#include <atomic>

namespace rollcast::cli {

/// From now on the first SIGINT or SIGTERM sets the flag that is returned, and the second ends the
/// process at once with exit code 130.
[[nodiscard]] const std::atomic<bool>& watch_for_stop();
/// Writes to a pipe that nobody reads fail with EPIPE, and do not end the process.
void ignore_closed_pipes();

}  // namespace rollcast::cli
