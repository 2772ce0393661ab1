#pragma once
/// What of its memory the process keeps; --memory-limit: what a run does with less than it would
/// like.
#include <cstdint>

#include "arguments.hpp"
#include "rollcast/experiment/results.hpp"

namespace rollcast::cli {

/// What one replication gives back, the next one asks for again: it stays with the process, which
/// spares the system the giving and taking of pages (a third of a short replication's time).
void keep_freed_memory();
/// After the last replication: what the threads kept goes back to the system, as what comes next
/// (the report, a replay) runs on another thread.
void give_back_freed_memory();

/// Of the strategy that has most of them.
[[nodiscard]] double most_instances(const model::Scenario& scenario);

void add_memory_option(boost::program_options::options_description& options);
/// In bytes; 0 without the option. Throws UsageError.
[[nodiscard]] std::uint64_t memory_limit(const Parsed& parsed);
/// The part of a limit that is for values which are kept one by one.
[[nodiscard]] std::uint64_t sample_bytes(std::uint64_t limit);

/// From now on the system gives this process no more data than `limit` bytes (0: as before): what
/// needs more throws std::bad_alloc. Throws UsageError, which says what would do, where a run of
/// the scenario by `jobs` threads is certain to need more, whatever it keeps.
void hold_to(std::uint64_t limit, const model::Scenario& scenario, std::uint64_t replications,
             unsigned jobs);

/// What became of the values of a run: "the values of the first 1,000 of 5,000 replications ...";
/// empty where all were kept one by one.
[[nodiscard]] std::string kept_words(const experiment::Results& results);

}  // namespace rollcast::cli
