#pragma once
/// One replication, instance by instance: as a trace file for Perfetto and chrome://tracing, and
/// (ReportInput::replay) as a timeline on the page.
#include <functional>
#include <string>
#include <string_view>

#include "rollcast/model/scenario.hpp"
#include "rollcast/model/trace.hpp"

namespace rollcast::report {

/// A replication that was simulated again with a trace, for the page.
struct Replay {
  std::size_t strategy = 0;
  std::uint64_t replication = 0;
  std::string why;  ///< why this one: "the run with the median ready time of …"; may be empty
  model::Trace trace;
};

/// Writes a trace file in the Trace Event Format (JSON): a process for each region with a thread
/// for each instance, a process for each staff pool with a thread for each person, one for the
/// roll-out and the outages, and one with the lengths of the queues as counters. Spans of a thread
/// nest: a deployment or an incident holds its steps. Times in microseconds from the start.
/// `write` takes a part at a time.
void write_trace_file(const model::Scenario& scenario, std::size_t strategy,
                      const model::Trace& trace,
                      const std::function<void(std::string_view)>& write);

}  // namespace rollcast::report
