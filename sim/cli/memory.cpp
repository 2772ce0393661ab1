#include "memory.hpp"

#include <fmt/format.h>
#include <sys/resource.h>

#include <algorithm>
#include <cmath>
#include <thread>

#ifdef __GLIBC__
#include <malloc.h>
#endif

#include "command.hpp"
#include "rollcast/base/text.hpp"
#include "rollcast/base/units.hpp"

namespace rollcast::cli {
namespace {

namespace po = boost::program_options;

// Chosen with room to spare, after the resident size of whole runs.
constexpr double kProgram = 100e6;         ///< program, page and charts
constexpr double kThread = 10e6;           ///< its stack, and blocks under way
constexpr double kInstance = 2e3;          ///< of the fleet of one replication
constexpr double kHistograms = 16e6;       ///< of one strategy
constexpr std::uint64_t kSampleShare = 4;  ///< values take a quarter; lists that grow, twice that

}  // namespace

double most_instances(const model::Scenario& scenario) {
  double most = 0.0;
  for (const model::Strategy& strategy : scenario.strategies) {
    double instances = 0.0;
    for (const model::Group& group : strategy.world.groups)
      instances += static_cast<double>(group.count);
    most = std::max(most, instances);
  }
  return most;
}

void keep_freed_memory() {
#ifdef __GLIBC__
  constexpr int kKept = 64 << 20;      // of each thread, at the end of what it has
  constexpr int kOfItsOwn = 32 << 20;  // what is larger goes back at once; the most there can be
  mallopt(M_TRIM_THRESHOLD, kKept);
  mallopt(M_MMAP_THRESHOLD, kOfItsOwn);
#endif
}

void give_back_freed_memory() {
#ifdef __GLIBC__
  malloc_trim(0);
#endif
}

void add_memory_option(po::options_description& options) {
  options.add_options()(
      "memory-limit", po::value<std::string>()->value_name("SIZE"),
      "memory that the run may take, as in '2 GB': values that find no room in a quarter of it are "
      "counted in histograms (quantiles within 0.1 %)");
}

std::uint64_t memory_limit(const Parsed& parsed) {
  if (!parsed.has("memory-limit")) return 0;
  const auto size = parse_gigabytes(parsed.text("memory-limit"));
  if (!size || *size <= 0)
    throw UsageError(fmt::format("--memory-limit takes a size, as in '2 GB', not '{}'",
                                 parsed.text("memory-limit")));
  return static_cast<std::uint64_t>(*size * 1e9);
}

std::uint64_t sample_bytes(std::uint64_t limit) {
  return limit / kSampleShare;
}

void hold_to(std::uint64_t limit, const model::Scenario& scenario, std::uint64_t replications,
             unsigned jobs) {
  if (limit == 0) return;
  const double threads = jobs > 0 ? jobs : std::max(1U, std::thread::hardware_concurrency());
  const auto strategies = static_cast<double>(scenario.strategies.size());
  const double objectives =
      static_cast<double>(replications) * static_cast<double>(scenario.objectives.size());
  const double certain = kProgram + strategies * (kHistograms + objectives) +
                         threads * (kThread + kInstance * most_instances(scenario));
  if (certain > static_cast<double>(limit) / 2)
    throw UsageError(fmt::format(
        "--memory-limit: with {:.0f} threads this run takes {:.0f} MB beside the values it keeps, "
        "and half of the limit is for them: allow '{:.0f} MB', or fewer --jobs",
        threads, certain / 1e6, std::ceil(certain * 2 / 1e6)));
  const rlimit most{limit, limit};
  ::setrlimit(RLIMIT_DATA, &most);
}

std::string kept_words(const experiment::Results& results) {
  const experiment::Samples& samples = results.strategies.front().samples;
  if (samples.replications <= samples.limit) return {};
  const auto count = [](std::uint64_t number) {
    return human_count(static_cast<std::int64_t>(number));
  };
  return fmt::format(
      "the values of the first {} of {} replications are kept one by one, those of the others in "
      "histograms: quantiles are exact within 0.1 %, and charts, months and comparisons are those "
      "of the first {}",
      count(samples.limit), count(samples.replications), count(samples.limit));
}

}  // namespace rollcast::cli
