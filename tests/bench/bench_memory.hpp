#pragma once
/// The measurement of memory, which needs a program of its own.

namespace rollcast::bench {

/// The argument that makes the benchmark program print measure_idle_processes() and end.
inline constexpr const char* kMeasureIdleProcesses = "--measure-idle-processes";

/// Bytes by which the resident set grows for each of 1,000,000 processes that wait for time to
/// pass.
double measure_idle_processes();

}  // namespace rollcast::bench
