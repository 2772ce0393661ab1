/// The Trace Event Format that Perfetto and chrome://tracing read:
/// docs.google.com/document/d/1CvAClvFfyA5R-PhYUmn5OOQtYMH4h6I0nSsKchNAySU.
#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "html.hpp"
#include "rollcast/report/timeline.hpp"
#include "timeline.hpp"

namespace rollcast::report {
namespace {

using model::Activity;
using nlohmann::ordered_json;

/// Process ids: 1 the roll-out, 2 the images, 3 the queues, then the regions, then the staff pools.
constexpr std::size_t kRolloutProcess = 1, kImageProcess = 2, kQueueProcess = 3, kFirstRegion = 4;

double microseconds(TimePoint time) {
  return static_cast<double>((time - kStart).count()) / 1e3;
}

class Writer {
 public:
  explicit Writer(const std::function<void(std::string_view)>& write) : write_(write) {
    write_("{\"displayTimeUnit\":\"ms\",\"traceEvents\":[");
  }
  void end() { write_("\n]}\n"); }

  void event(const ordered_json& event) {
    const std::string text = event.dump(-1, ' ', false, ordered_json::error_handler_t::replace);
    write_((first_ ? "\n" : ",\n") + text);
    first_ = false;
  }
  void name_process(std::size_t process, const std::string& name) {
    event({{"ph", "M"}, {"name", "process_name"}, {"pid", process}, {"args", {{"name", name}}}});
    event({{"ph", "M"},
           {"name", "process_sort_index"},
           {"pid", process},
           {"args", {{"sort_index", process}}}});
  }
  void name_thread(std::size_t process, std::size_t thread, const std::string& name) {
    event({{"ph", "M"},
           {"name", "thread_name"},
           {"pid", process},
           {"tid", thread},
           {"args", {{"name", name}}}});
    event({{"ph", "M"},
           {"name", "thread_sort_index"},
           {"pid", process},
           {"tid", thread},
           {"args", {{"sort_index", thread}}}});
  }
  void span(std::size_t process, std::size_t thread, std::string_view category,
            const std::string& name, TimePoint from, TimePoint to) {
    event({{"ph", "X"},
           {"name", name},
           {"cat", category},
           {"pid", process},
           {"tid", thread},
           {"ts", microseconds(from)},
           {"dur", microseconds(to) - microseconds(from)}});
  }
  void point(std::size_t process, std::size_t thread, const std::string& name, TimePoint time) {
    event({{"ph", "i"},
           {"name", name},
           {"cat", "event"},
           {"s", "t"},
           {"pid", process},
           {"tid", thread},
           {"ts", microseconds(time)}});
  }
  void counter(std::size_t process, const std::string& name, TimePoint time, std::int64_t value) {
    event({{"ph", "C"},
           {"name", name},
           {"pid", process},
           {"ts", microseconds(time)},
           {"args", {{"instances", value}}}});
  }

 private:
  const std::function<void(std::string_view)>& write_;
  bool first_ = true;
};

void write_instance(Writer& writer, std::size_t process, std::size_t thread,
                    const InstanceTrack& track) {
  writer.name_thread(process, thread, clean_text(track.name));
  for (std::size_t i = 0; i < track.spans.size(); ++i) {
    const Span& span = track.spans[i];
    const bool begins = !serves(span.activity) && (i == 0 || serves(track.spans[i - 1].activity));
    if (begins) {
      std::size_t last = i;
      while (last + 1 < track.spans.size() && !serves(track.spans[last + 1].activity)) ++last;
      writer.span(process, thread, "story", i == 0 ? "deployment" : "incident", span.from,
                  track.spans[last].to);
    }
    writer.span(process, thread, "instance", std::string(words_of(span.activity)), span.from,
                span.to);
  }
  for (const TimePoint time : track.failed_attempts)
    writer.point(process, thread, "attempt failed", time);
}

void write_rollout(Writer& writer, const Timeline& timeline) {
  writer.name_process(kRolloutProcess, "roll-out");
  writer.name_thread(kRolloutProcess, 1, "batches");
  for (const Span& span : timeline.rollout)
    writer.span(kRolloutProcess, 1, "roll-out", std::string(words_of(span.activity)), span.from,
                span.to);
  for (std::size_t i = 0; i < timeline.outages.size(); ++i) {
    const std::string name = clean_text(timeline.outages[i].name);
    writer.name_thread(kRolloutProcess, i + 2, name);
    for (const Span& span : timeline.outages[i].spans)
      writer.span(kRolloutProcess, i + 2, "outage", name, span.from, span.to);
  }
}

void write_copies(Writer& writer, const Timeline& timeline) {
  if (!timeline.copies.empty()) writer.name_process(kImageProcess, "copies of images");
  for (std::size_t i = 0; i < timeline.copies.size(); ++i) {
    const std::string name = clean_text(timeline.copies[i].name);
    writer.name_thread(kImageProcess, i + 1, name);
    for (const Span& span : timeline.copies[i].spans)
      writer.span(kImageProcess, i + 1, "copy", name, span.from, span.to);
  }
}

void write_people(Writer& writer, const model::World& world, const Timeline& timeline) {
  const std::size_t first = kFirstRegion + world.regions.size();
  for (std::size_t i = 0; i < world.staff.size(); ++i) {
    const model::Staff& staff = world.staff[model::StaffId{i}];
    writer.name_process(first + i, fmt::format("people: {}", clean_text(staff.name)));
  }
  for (const PersonTrack& person : timeline.people) {
    const std::size_t process = first + person.pool.index();
    writer.name_thread(
        process, person.number,
        fmt::format("{} {}", clean_text(world.staff[person.pool].name), person.number));
    for (const WorkSpan& work : person.work)
      writer.span(process, person.number, "work", clean_text(work.what), work.from, work.to);
  }
}

}  // namespace

void write_trace_file(const model::Scenario& scenario, std::size_t strategy,
                      const model::Trace& trace,
                      const std::function<void(std::string_view)>& write) {
  const model::World& world = scenario.strategies[strategy].world;
  const Timeline timeline = timeline_of(scenario, world, trace);
  Writer writer(write);
  write_rollout(writer, timeline);
  write_copies(writer, timeline);
  writer.name_process(kQueueProcess, "queues");
  for (const CountLine& queue : timeline.queues)
    for (const auto& [time, count] : queue.points)
      writer.counter(kQueueProcess, std::string(words_of(queue.activity)), time, count);
  for (std::size_t i = 0; i < world.regions.size(); ++i)
    writer.name_process(kFirstRegion + i, clean_text(world.regions[model::RegionId{i}].name));
  for (const InstanceTrack& track : timeline.instances)
    write_instance(writer, kFirstRegion + track.region.index(), track.index + 1U, track);
  write_people(writer, world, timeline);
  writer.end();
}

}  // namespace rollcast::report
