#include "rollout_table.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <vector>

#include "rollcast/base/text.hpp"

namespace rollcast::cli {
namespace {

constexpr std::size_t kColumns = 6;
using Row = std::array<std::string, kColumns>;

std::string as_lines(const std::vector<Row>& rows) {
  std::array<std::size_t, kColumns> widths{};
  for (const Row& row : rows)
    for (std::size_t column = 0; column < kColumns; ++column)
      widths[column] = std::max(widths[column], display_width(row[column]));
  std::string lines;
  for (const Row& row : rows) {
    std::string line;
    for (std::size_t column = 0; column < kColumns; ++column) {
      const std::string padding(widths[column] - display_width(row[column]), ' ');
      const bool words = column == 1 || column + 1 == kColumns;
      line += words ? row[column] + padding : padding + row[column];
      if (column + 1 < kColumns) line += "  ";
    }
    line.erase(line.find_last_not_of(' ') + 1);
    lines += line + "\n";
  }
  return lines;
}

double hours(const model::Outcome& outcome, model::Metric metric) {
  return outcome.metrics[static_cast<std::size_t>(metric)];
}

/// "2.5 h in all: 1 h of work, 1.5 h of waiting (soak and pauses 1 h, approval 30 min)".
std::string times(const model::Trace& trace, const model::Outcome& outcome) {
  const double whole = to_hours(trace.steps().back().time - trace.steps().front().time);
  const std::array<std::pair<std::string_view, double>, 3> waits{
      std::pair{"soak, checks, pauses and retention", hours(outcome, model::Metric::waiting_soak)},
      std::pair{"approval", hours(outcome, model::Metric::waiting_approval)},
      std::pair{"windows", hours(outcome, model::Metric::waiting_window)}};
  double waited = 0;
  std::vector<std::string> parts;
  for (const auto& [name, length] : waits) {
    waited += length;
    if (length > 0) parts.push_back(fmt::format("{} {}", name, human_duration(length * 3600)));
  }
  const double worked = std::max(0.0, whole - waited);
  std::string text = fmt::format("{} from the first step to the last: {} of work, {} of waiting",
                                 human_duration(whole * 3600), human_duration(worked * 3600),
                                 human_duration(waited * 3600));
  if (!parts.empty()) text += fmt::format(" ({})", join(parts, ", "));
  return text + "\n";
}

}  // namespace

std::string clock_text(TimePoint time) {
  const auto milliseconds =
      std::chrono::round<std::chrono::milliseconds>(time.time_since_epoch()).count();
  const auto seconds = milliseconds / 1'000;
  const std::string clock = fmt::format("{:02}:{:02}:{:02}.{:03}", seconds / 3'600 % 24,
                                        seconds / 60 % 60, seconds % 60, milliseconds % 1'000);
  const auto days = seconds / 86'400;
  return days > 0 ? fmt::format("{} d {}", days, clock) : clock;
}

std::string rollout_table(const model::Trace& trace, const model::Outcome& outcome) {
  if (trace.steps().empty()) return "the roll-out does not begin within the horizon\n";
  std::vector<Row> rows{{"time", "step", "new", "old", "available", "waits for"}};
  for (const model::RolloutStep& step : trace.steps())
    rows.push_back({clock_text(step.time), step.step, human_count(step.fresh),
                    human_count(step.old), human_count(step.available), step.waits_for});
  return as_lines(rows) + "\n" + times(trace, outcome);
}

}  // namespace rollcast::cli
