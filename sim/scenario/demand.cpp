#include "demand.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

#include "rollcast/base/civil.hpp"
#include "rollcast/base/text.hpp"
#include "rollcast/base/units.hpp"

namespace rollcast::scenario {
namespace {

constexpr std::size_t kHoursADay = 24, kDaysAWeek = 7;

Value<random::Distribution> how_many() {
  return scalar<random::Distribution>(
      "how many",
      text_schema("a number, a range of whole numbers, a distribution of counts or a table: 4, "
                  "1 to 8, poisson(mean 4), geometric(mean 4, from 1), "
                  "empirical(data/sizes.csv, column size, weight times)"),
      [](Context& context, std::string_view text) {
        return parse_distribution(text, Quantity::count, context.tables);
      });
}

/// One column of the trace, as numbers of at least 0; nothing after a diagnostic.
std::optional<std::vector<double>> column_of(Reader& r, const CsvTable& table,
                                             const std::string& key, const std::string& name) {
  const auto column = table.column(name);
  if (!column) {
    r.error(r.place(key), fmt::format("the table has no column `{}`", name),
            suggestion(name, table.header,
                       fmt::format("the columns are {}", join_words(table.header, "and"))));
    return std::nullopt;
  }
  std::vector<double> values;
  for (std::size_t row = 0; row < table.rows.size(); ++row) {
    const auto number = parse_number(table.rows[row][*column]);
    if (!number || *number < 0) {
      r.error(r.place(key), fmt::format("the table has `{}` in column `{}` of line {}, where a "
                                        "number of at least 0 is due",
                                        table.rows[row][*column], name, table.lines[row]));
      return std::nullopt;
    }
    values.push_back(*number);
  }
  return values;
}

/// What is read of a trace.
struct TraceWords {
  std::string file, at, instances;
  double unit = 1.0;  ///< of the times, in seconds
  double share = 1.0;
};

/// The batches of a trace, thinned to a share of its instances: after each batch the whole part of
/// the share of all so far has been asked for. Nothing after a diagnostic.
std::optional<std::vector<model::Demand::Batch>> batches_of(Reader& r, const TraceWords& words) {
  const auto table = r.context().tables(words.file);
  if (!table) {
    r.error(r.place("trace"), table.error());
    return std::nullopt;
  }
  const auto times = column_of(r, **table, "at", words.at);
  const auto sizes = column_of(r, **table, "instances", words.instances);
  if (!times || !sizes) return std::nullopt;
  std::vector<model::Demand::Batch> batches;
  double sum = 0.0;
  std::int64_t asked = 0;
  for (std::size_t row = 0; row < times->size(); ++row) {
    if (row > 0 && (*times)[row] < (*times)[row - 1]) {
      r.error(r.place("at"),
              fmt::format("the times of the trace go back in line {}", (*table)->lines[row]),
              "sort the table by time");
      return std::nullopt;
    }
    sum += (*sizes)[row];
    const auto so_far = static_cast<std::int64_t>(std::floor(words.share * sum + 1e-9));
    if (so_far == asked) continue;
    batches.push_back({kStart + from_seconds(words.unit * (*times)[row]), so_far - asked});
    asked = so_far;
  }
  return batches;
}

/// So many numbers, not all 0, scaled to a mean of 1; empty when they are not given, or wrong.
std::vector<double> weights(Reader& r, const std::string& key, std::size_t size,
                            std::string_view meaning) {
  auto given = r.optional(key, list_of(number()), meaning);
  if (!given) return {};
  const double sum = std::accumulate(given->begin(), given->end(), 0.0);
  const bool good = given->size() == size && sum > 0 &&
                    std::all_of(given->begin(), given->end(), [](double x) { return x >= 0; });
  if (!good) {
    r.error(r.place(key),
            fmt::format("`{}` takes {} numbers of at least 0, not all of them 0", key, size),
            "a number twice as large means twice as many batches");
    return {};
  }
  for (double& weight : *given) weight *= static_cast<double>(size) / sum;
  return *given;
}

/// How the rate changes within the week, which needs to be known at t = 0.
void read_profile(Reader& r, model::Demand& result) {
  const auto hours = weights(r, "by hour", kHoursADay,
                             "how many batches come in each hour of the day, from midnight on, in "
                             "relation to each other; even without it");
  const auto days = weights(r, "by day", kDaysAWeek,
                            "how many batches come on each day of the week, from Monday on, in "
                            "relation to each other; even without it");
  if (hours.empty() && days.empty()) return;
  const auto& start = r.context().start;
  if (!start) {
    if (!r.context().start_is_bad)
      r.error(r.place(hours.empty() ? "by day" : "by hour"),
              "hours of the day and days of the week need a start",
              "write `start: 2026-03-06 09:00 Asia/Seoul`, say");
    return;
  }
  for (std::size_t day = 0; day < kDaysAWeek; ++day)
    for (std::size_t hour = 0; hour < kHoursADay; ++hour)
      result.profile.push_back((hours.empty() ? 1.0 : hours[hour]) *
                               (days.empty() ? 1.0 : days[day]));
  constexpr double kHoursAWeek = 168.0;
  const auto monday = parse_moment("Mon 00:00", *start);  // at the start or after it
  if (monday) result.begins = std::fmod(kHoursAWeek - to_hours(*monday - kStart), kHoursAWeek);
}

/// Reports the keys that have no meaning beside `form`.
void refuse(Reader& r, std::string_view form, const std::vector<std::string>& keys) {
  for (const std::string& key : keys)
    if (r.has(key))
      r.error(r.key_place(key), fmt::format("`{}` has no meaning beside `{}`", key, form),
              "remove it");
}

/// Reads what a group's `demand:` says. Every field is asked for, whatever the form.
class DemandReader {
 public:
  DemandReader(Reader& reader, std::int64_t count) : r_(reader), count_(count) {}

  model::Demand read() {
    const auto rate = r_.optional("batches", scenario::rate(),
                                  "how often a batch is asked for, on average: 6 per h");
    const auto size = r_.optional("size", how_many(), "how many instances a batch has: 1 to 8");
    read_profile(r_, result_);
    const auto file = r_.optional("trace", any_text(),
                                  "a table of when instances were asked for: data/arrivals.csv");
    const auto at = r_.optional("at", any_text(), "its column with the times since the start");
    const auto unit = r_.optional("unit", any_text(), "the unit of these times: s");
    const auto instances =
        r_.optional("instances", any_text(), "its column with the numbers of instances");
    const auto taken = r_.optional("share", share(),
                                   "this share of the trace's instances is asked for; all without "
                                   "it");
    if (r_.context().describing) return result_;
    if (!r_.at_most_one_of({"batches", "trace"})) {
      r_.error(r_.place(), "when the instances are asked for is missing",
               "write `{batches: 6 per h, size: 1 to 8}`, or name a table as `trace:`");
    } else if (r_.has("batches")) {
      refuse(r_, "batches", {"at", "unit", "instances", "share"});
      if (rate) result_.per_hour = 3600.0 * *rate;
      read_size(size);
    } else {
      refuse(r_, "trace", {"size", "by hour", "by day"});
      if (complete() && file && at && unit && instances)
        read_trace({*file, *at, *instances, 1.0, taken.value_or(1.0)}, *unit);
    }
    return result_;
  }

 private:
  void read_size(const std::optional<random::Distribution>& size) {
    if (!r_.has("size"))
      r_.error(r_.place(), "how many instances a batch has is missing", "add `size: 1 to 8`, say");
    else if (size && !(size->mean() > 0))
      r_.error(r_.place("size"), "batches without instances never make a fleet",
               "write `1 to 8`, say");
    else if (size)
      result_.size = *size;
    constexpr double kMostBatches = 1e6;
    if (size && size->mean() > 0 && static_cast<double>(count_) / size->mean() > kMostBatches)
      r_.error(r_.place("size"),
               fmt::format("more than {} batches make the group", human_count(1'000'000)),
               "write larger batches");
  }

  /// Whether all that a trace needs is given, and could be read.
  bool complete() {
    const std::size_t before = r_.context().diagnostics.error_reports();
    for (const auto& [key, cure] :
         {std::pair{"at", "add `at: COLUMN`, the column with the times since the start"},
          std::pair{"unit", "add `unit: s`, the unit of the times"},
          std::pair{"instances", "add `instances: COLUMN`, the column with the numbers"}})
      if (!r_.has(key))
        r_.error(r_.place(), fmt::format("`{}` of the trace is missing", key), cure);
    return r_.context().diagnostics.error_reports() == before;
  }

  void read_trace(TraceWords words, const std::string& unit) {
    const auto seconds = parse_elapsed("1 " + unit);
    if (!seconds) {
      r_.error(r_.place("unit"), fmt::format("unknown unit `{}`", unit), "write s, min, h or d");
      return;
    }
    words.unit = *seconds;
    auto batches = batches_of(r_, words);
    if (!batches) return;
    result_.trace = std::move(*batches);
    std::int64_t sum = 0;
    for (const model::Demand::Batch& batch : result_.trace) sum += batch.instances;
    if (sum < count_)
      r_.error(r_.place("trace"),
               fmt::format("the trace asks for {}, the group has {}",
                           plural(static_cast<std::size_t>(sum), "instance"), human_count(count_)),
               "state a smaller `count`, or a larger `share`");
  }

  Reader& r_;
  const std::int64_t count_;
  model::Demand result_;
};

}  // namespace

Value<model::Demand> demand(std::int64_t count) {
  return object<model::Demand>([count](Reader& r) { return DemandReader(r, count).read(); });
}

}  // namespace rollcast::scenario
