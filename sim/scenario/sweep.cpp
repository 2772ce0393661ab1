#include "sweep.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <optional>

#include "precision.hpp"
#include "rollcast/base/text.hpp"
#include "rollcast/base/units.hpp"
#include "uncertain.hpp"

namespace rollcast::scenario {
namespace {

constexpr double kNoNumber = std::numeric_limits<double>::quiet_NaN();
/// Values that lie no farther apart are neighbours: a share of the axis.
constexpr double kNeighbours = 0.01;
/// Values of one axis, and points of a design. More are a mistake of a decimal point.
constexpr std::int64_t kMostValues = 10'000;
/// Values of a list that are tried until the scenario takes one: each resolves it anew.
constexpr std::size_t kMostTried = 8;

/// A number and the unit behind it.
struct Measured {
  double number = 0.0;
  std::string unit;
};
std::optional<Measured> measured(std::string_view text) {
  text = trim(text);
  std::size_t end = text.find_first_not_of("0123456789.+-eE");
  // "5 each": the e belongs to the unit when no digit follows.
  while (end != std::string_view::npos && end > 0 && (text[end - 1] == 'e' || text[end - 1] == 'E'))
    --end;
  const auto number = parse_number(trim(text.substr(0, end)));
  if (!number) return std::nullopt;
  return Measured{*number,
                  end == std::string_view::npos ? "" : std::string(trim(text.substr(end)))};
}

std::string written(double number, const std::string& unit, bool whole) {
  const std::string digits = exact_number(whole ? std::round(number) : number);
  return unit.empty() ? digits : digits + " " + unit;
}

tl::unexpected<TextError> problem(std::string_view text, std::string message, std::string cure) {
  return tl::make_unexpected(TextError{0, text.size(), std::move(message), std::move(cure)});
}

constexpr const char* kHowToWrite =
    "write `50 to 500 step 50`, `10 to 1000 in 7 values, log` or a list `[a, b]`";

/// What stands behind the lower end: " step 50", " in 7 values".
struct Spacing {
  std::string_view to;
  std::string_view step;
  std::string_view number;
};
std::optional<Spacing> spacing_of(std::string_view text) {
  Spacing spacing{text, {}, {}};
  const std::size_t step = text.find(" step ");
  const std::size_t in = text.find(" in ");
  if (step != std::string_view::npos && in != std::string_view::npos) return std::nullopt;
  if (step != std::string_view::npos) {
    spacing.to = text.substr(0, step);
    spacing.step = trim(text.substr(step + 6));
  } else if (in != std::string_view::npos) {
    spacing.to = text.substr(0, in);
    spacing.number = trim(text.substr(in + 4));
    if (!spacing.number.ends_with("values")) return std::nullopt;
    spacing.number = trim(spacing.number.substr(0, spacing.number.size() - 6));
  }
  return spacing;
}

/// "50 to 500 step 50", "1 % to 10 % in 5 values, log", "1 to 10".
tl::expected<SweepSpec::Axis, TextError> parse_range(std::string_view text) {
  SweepSpec::Axis spec;
  SweepAxis& axis = spec.axis;
  axis.words = trim(text);
  axis.range = true;
  std::string_view rest = axis.words;
  if (rest.ends_with(", log")) {
    axis.log = true;
    rest = trim(rest.substr(0, rest.size() - 5));
  }
  const std::size_t middle = rest.find(" to ");
  if (middle == std::string_view::npos)
    return problem(text, fmt::format("`{}` is no range", axis.words), kHowToWrite);
  const auto spacing = spacing_of(rest.substr(middle + 4));
  const auto from = measured(rest.substr(0, middle));
  const auto to = spacing ? measured(spacing->to) : std::nullopt;
  if (!spacing || !from || !to)
    return problem(text, fmt::format("`{}` is no range", axis.words), kHowToWrite);
  axis.unit = to->unit;
  if (!from->unit.empty() && from->unit != to->unit)
    return problem(text, fmt::format("the range is in `{}` and in `{}`", from->unit, to->unit),
                   "write both ends in one unit");
  axis.from = from->number;
  axis.to = to->number;
  if (!(axis.from < axis.to))
    return problem(text, fmt::format("the range `{}` is empty", axis.words),
                   "its lower end stands first");
  if (axis.log && !(axis.from > 0))
    return problem(text, "values that are evenly spaced by ratio do not begin at 0",
                   "begin above 0, or leave `log` away");
  if (!spacing->step.empty()) {
    const auto step = measured(spacing->step);
    const bool fits = step && step->number > 0 && (step->unit.empty() || step->unit == axis.unit);
    if (fits && !axis.log && (axis.to - axis.from) / step->number > kMostValues)
      return problem(text,
                     fmt::format("steps of `{}` give more than {} values", spacing->step,
                                 human_count(kMostValues)),
                     "take larger steps, or a number of them as in `50 to 500 in 7 values`");
    if (!fits || axis.log)
      return problem(text, fmt::format("`{}` is no step of this range", spacing->step),
                     axis.log ? "a `log` range is written as in `10 to 1000 in 7 values, log`"
                              : "write a step above 0 in the unit of the range");
    spec.step = step->number;
  } else if (!spacing->number.empty()) {
    const auto number = parse_count(spacing->number);
    if (!number || *number < 2 || *number > kMostValues)
      return problem(text, fmt::format("`{}` is no number of values", spacing->number),
                     fmt::format("write 2 to {}", human_count(kMostValues)));
    spec.number = *number;
  }
  return spec;
}

Value<SweepSpec::Axis> axis_value() {
  Value<SweepSpec::Axis> value;
  value.read = [](Context& context, const Node& node,
                  Resolved& resolved) -> std::optional<SweepSpec::Axis> {
    SweepSpec::Axis spec;
    if (node.is_list() && !node.items.empty()) {
      for (const Node& item : node.items) spec.axis.values.push_back(flow_text(item));
      spec.axis.words = flow_text(node);
      resolved.kind = Resolved::Kind::leaf;
      resolved.text = spec.axis.words;
      resolved.comment = origin_of(context, node.place);
    } else {
      const std::string* text =
          detail::scalar_text(context, node, "a range or a list of values", resolved);
      if (text == nullptr) return std::nullopt;
      auto range = parse_range(*text);
      if (!range) {
        detail::report_part(context, node, range.error());
        return std::nullopt;
      }
      spec = std::move(*range);
    }
    spec.axis.path = context.path.back();
    spec.path_place = context.owner;
    spec.value_place = node.place;
    return spec;
  };
  value.describe = [](Context&) {
    const Json range{{"type", "string"},
                     {"description",
                      "a range in the unit of the value that the path names: 50 to 500 step 50, "
                      "10 to 1000 in 7 values, log; without step or number for the other designs"}};
    const Json list{
        {"type", "array"}, {"description", "values, as a scenario writes them"}, {"minItems", 1}};
    return Json{{"anyOf", Json::array({range, list})}};
  };
  return value;
}

/// Whether the scenario takes whole numbers only: told by what it says of one in between.
bool needs_whole(const Template& source, const SweepAxis& axis, double from, double to) {
  const double middle = std::floor((from + to) / 2);
  return !objection(source, axis.path, written(middle + 0.5, axis.unit, false)).empty() &&
         objection(source, axis.path, written(middle, axis.unit, false)).empty();
}

/// The values of a range in a grid.
void fill_values(const SweepSpec::Axis& spec, SweepAxis& axis) {
  if (spec.step > 0) {
    const double steps = std::floor((axis.to - axis.from) / spec.step * (1 + 1e-12) + 1e-9);
    for (double i = 0; i <= steps; ++i) {
      const double number = with_digits(axis.from + i * spec.step, 12);
      axis.values.push_back(written(number, axis.unit, axis.whole));
    }
  }
  for (std::int64_t i = 0; i < spec.number; ++i)
    axis.values.push_back(axis.at(static_cast<double>(i) / static_cast<double>(spec.number - 1)));
  axis.values.erase(std::unique(axis.values.begin(), axis.values.end()), axis.values.end());
}

bool is_time(const std::vector<std::string>& values) {
  return std::all_of(values.begin(), values.end(),
                     [](const std::string& value) { return parse_elapsed(value).has_value(); });
}

/// The values as numbers, when all of them are numbers in one unit.
void fill_numbers(SweepAxis& axis) {
  if (axis.values.empty()) {
    axis.time = is_time({axis.at(0.0), axis.at(1.0)});
    return;
  }
  axis.time = is_time(axis.values);
  if (!axis.range) {
    const auto first = measured(axis.values.front());
    axis.unit = first ? first->unit : "";
    for (const std::string& value : axis.values) {
      const auto one = measured(value);
      if (!axis.time && (!one || one->unit != axis.unit)) return;
    }
  }
  for (const std::string& value : axis.values) axis.numbers.push_back(axis.number_of(value));
}

/// Reports an axis of which the scenario takes no value.
bool check_values(const SweepSpec::Axis& spec, const SweepAxis& axis, const Template& source,
                  Diagnostics& diagnostics) {
  std::vector<std::string> tried = axis.values;
  if (axis.range) tried = {axis.at(0.0), axis.at(1.0)};
  std::string first;
  const std::size_t step = 1 + tried.size() / kMostTried;
  for (std::size_t i = 0; i < tried.size(); i += step) {
    const std::string& value = tried[i];
    const std::string why = objection(source, axis.path, value);
    if (why.empty()) return true;
    if (first.empty()) first = fmt::format("`{}` cannot be {}: {}", axis.path, value, why);
  }
  if (axis.stated.empty())
    report_unknown_path(spec.path_place, axis.path, source, diagnostics);
  else
    diagnostics.error(spec.value_place, first,
                      fmt::format("the scenario has `{}: {}`", axis.path, axis.stated));
  return false;
}

/// What says how replications are drawn is one for all points: values that differ there would be
/// without effect.
bool check_path(const SweepSpec::Axis& one, Diagnostics& diagnostics) {
  constexpr std::array<std::string_view, 8> kShared{"correlation", "uncertain",    "sampling",
                                                    "seed",        "replications", "precision",
                                                    "sweep",       "optimize"};
  const std::string_view path = one.axis.path;
  const std::string_view section = path.substr(0, path.find('.'));
  if (std::find(kShared.begin(), kShared.end(), section) == kShared.end()) return true;
  const bool inputs = section == "correlation" || section == "uncertain";
  diagnostics.error(
      one.path_place,
      fmt::format("`{}` cannot be varied: all points share `{}`, so that they meet the same luck",
                  path, section),
      inputs ? fmt::format("run the scenario again and again with `--set {}=…` and compare with "
                           "`rollcast compare`",
                           path)
             : "vary what the fleet is, not how it is simulated");
  return false;
}

/// A grid needs values, the other designs ranges; lists do for both.
bool check_spacing(Design design, const SweepSpec::Axis& one, Diagnostics& diagnostics) {
  const bool spaced = one.step > 0 || one.number > 0;
  if (!one.axis.range || spaced == (design == Design::grid)) return true;
  if (spaced)
    diagnostics.error(one.value_place, "this design chooses its own values within the range",
                      "leave `step` or `in … values` away, or write `design: grid`");
  else
    diagnostics.error(one.value_place, "it is not said which values of the range are tried",
                      fmt::format("write `{0} step …` or `{0} in 5 values`; a sweep may take the "
                                  "design `latin hypercube` or `sobol` instead",
                                  one.axis.words));
  return false;
}

}  // namespace

std::string SweepAxis::at(double u) const {
  if (!range) {
    const auto index = static_cast<std::size_t>(u * static_cast<double>(values.size()));
    return values[std::min(index, values.size() - 1)];
  }
  const double number =
      log ? std::exp(std::log(from) + u * (std::log(to) - std::log(from))) : from + u * (to - from);
  // Ends are exact; six digits in between are finer than any estimate tells apart.
  const double shown = u <= 0 ? from : u >= 1 ? to : with_digits(number, 6);
  return written(shown, unit, whole);
}

std::string SweepAxis::drawn(double u) const {
  if (!range || !whole) return at(u);
  const double most = to + 1;  // number n stands for the reals from n to n + 1
  const double number = log ? from * std::pow(most / from, u) : from + u * (most - from);
  return written(std::clamp(std::floor(number), from, to), unit, true);
}

double SweepAxis::number_of(const std::string& value) const {
  if (time) {
    const auto seconds = parse_elapsed(value);
    return seconds ? *seconds : kNoNumber;
  }
  const auto one = measured(value);
  return one ? one->number : kNoNumber;
}

std::optional<std::string> SweepAxis::between(const std::string& one,
                                              const std::string& other) const {
  const double low = std::min(number_of(one), number_of(other));
  const double high = std::max(number_of(one), number_of(other));
  if (whole) {
    const double middle = std::floor((low + high) / 2);
    if (middle <= low) return std::nullopt;
    return written(middle, unit, true);
  }
  const auto place = [this](double number) { return log ? std::log(number) : number; };
  const auto [least, most] = std::minmax_element(numbers.begin(), numbers.end());
  const double axis = place(*most) - place(*least);
  if (place(high) - place(low) <= kNeighbours * axis * (1 + 1e-9)) return std::nullopt;
  const double middle = log ? std::sqrt(low * high) : (low + high) / 2;
  const auto within = [&](const std::string& text) {
    return low < number_of(text) && number_of(text) < high;
  };
  // In the unit of the others with six digits, where that says it; times else in seconds.
  const auto size = time ? parse_elapsed("1 " + unit) : tl::expected<double, TextError>{1.0};
  if (size) {
    const double number = with_digits(middle / *size, 6);
    if (std::string text = written(number, unit, false); within(text)) return text;
  }
  return written(middle, time ? "s" : unit, false);
}

std::uint32_t SweepAxis::halvings() const {
  std::vector<double> places;
  for (const double number : numbers) places.push_back(log && !whole ? std::log(number) : number);
  std::sort(places.begin(), places.end());
  double widest = 0.0;
  for (std::size_t i = 1; i < places.size(); ++i)
    widest = std::max(widest, places[i] - places[i - 1]);
  const double least = whole ? 1.0 : kNeighbours * (places.back() - places.front());
  return widest > least ? static_cast<std::uint32_t>(std::ceil(std::log2(widest / least) - 1e-9))
                        : 0;
}

Value<Estimate> estimate(const std::vector<std::string>& objectives) {
  Value<Estimate> value;
  value.read = [objectives](Context& context, const Node& node,
                            Resolved& resolved) -> std::optional<Estimate> {
    const std::string* text =
        detail::scalar_text(context, node, "an estimate such as `ready_time p95`", resolved);
    model::PrecisionTarget target;
    context.owner = node.place;
    if (text == nullptr || !read_estimate(context, *text, objectives, target)) return std::nullopt;
    return Estimate{target.of, target.metric, target.level, target.objective, *text};
  };
  value.describe = [](Context&) {
    return Json{{"type", "string"},
                {"description", "cost.total mean, ready_time p95, objective on time"}};
  };
  return value;
}

std::vector<SweepSpec::Axis> variables_of(Reader& r, std::string_view key,
                                          std::string_view meaning) {
  std::vector<SweepSpec::Axis> axes;
  const auto entries = r.required(key, keyed(any_text(), axis_value()), meaning);
  for (const auto& entry : entries)
    if (!entry.value.axis.path.empty()) axes.push_back(entry.value);
  if (r.has(key) && entries.empty())
    r.error(r.place(key), "at least one value is to be varied",
            "write `{fleet.web.count: 50 to 500 step 50}`, say");
  return axes;
}

Value<SweepSpec> sweep(std::vector<std::string> objectives) {
  return object<SweepSpec>([objectives](Reader& r) {
    SweepSpec spec;
    spec.place = r.place();
    spec.axes = variables_of(
        r, "axes", "the values that are varied: paths, and ranges or lists of values for each");
    spec.estimates = r.optional("metrics", list_of(estimate(objectives)),
                                "what is told of each point; without it the mean of the ranked "
                                "cost, the 95 % point of the ready time and every objective")
                         .value_or(std::vector<Estimate>{});
    spec.design = static_cast<Design>(
        r.defaulted("design", word_of("a design", {"grid", "latin hypercube", "sobol"}),
                    {"grid", Basis::neutral, "every combination"},
                    "how points are chosen: every combination, or spread over the ranges"));
    spec.points = r.defaulted("points", count(2), {"64", Basis::judgement, "a power of two"},
                              "how many points, unless the design is a grid");
    spec.refine = r.defaulted(
        "refine", count(0),
        {"16", Basis::judgement, "halves a step of the grid four times in each of four places"},
        "how many points at most are set between those of a grid along its one axis of numbers, "
        "where a strategy begins to meet an objective and where two change places; 0: none");
    if (spec.points > kMostValues)
      r.error(r.place("points"),
              fmt::format("at most {} points can be tried", human_count(kMostValues)));
    return spec;
  });
}

std::optional<SweepAxis> check_axis(const SweepSpec::Axis& spec, Design design,
                                    const Template& source, Diagnostics& diagnostics) {
  if (!check_path(spec, diagnostics) || !check_spacing(design, spec, diagnostics))
    return std::nullopt;
  SweepAxis axis = spec.axis;
  const Parameter* stated = source.find(axis.path);
  if (stated != nullptr) axis.stated = stated->value;
  if (!check_values(spec, axis, source, diagnostics)) return std::nullopt;
  if (axis.range) axis.whole = needs_whole(source, axis, axis.from, axis.to);
  if (design == Design::grid) fill_values(spec, axis);
  fill_numbers(axis);
  if (!axis.range && !axis.time && axis.numbers.size() > 1) {
    const auto [least, most] = std::minmax_element(axis.numbers.begin(), axis.numbers.end());
    axis.whole = needs_whole(source, axis, *least, *most);
  }
  return axis;
}

Sweep check_sweep(const SweepSpec& spec, const Template& source, Diagnostics& diagnostics) {
  Sweep sweep{spec.design,
              static_cast<std::uint64_t>(spec.points),
              {},
              static_cast<std::uint64_t>(spec.refine),
              spec.estimates};
  double points = 1;
  for (const SweepSpec::Axis& one : spec.axes) {
    auto axis = check_axis(one, spec.design, source, diagnostics);
    if (!axis) continue;
    points *= static_cast<double>(std::max<std::size_t>(1, axis->values.size()));
    sweep.axes.push_back(std::move(*axis));
  }
  if (spec.design == Design::grid && points > kMostValues)
    diagnostics.error(spec.place,
                      fmt::format("the axes have {} combinations; at most {} can be tried",
                                  human_count(static_cast<std::int64_t>(std::min(points, 1e15))),
                                  human_count(kMostValues)),
                      "take fewer values, or the design `sobol` with so many `points` as you want");
  return sweep;
}

}  // namespace rollcast::scenario
