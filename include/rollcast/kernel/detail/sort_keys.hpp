#pragma once
/// Sorting a few dozen event keys, by the fastest way that the processor has.
#include "rollcast/kernel/detail/event_key.hpp"

namespace rollcast::kernel::detail {

/// Sorts the keys from `first` to before `last`. All ways give the same order, as keys differ.
using SortKeys = void (*)(EventKey* first, EventKey* last);

/// By insertion, and by the standard library's sort where there are many.
void sort_keys_portable(EventKey* first, EventKey* last);
/// By counting for each key how many come before it, four at once and without a branch that could
/// be foretold wrongly; the portable way where that does not pay (very few, very many, equal
/// times). Needs AVX2; the portable one on other processors.
void sort_keys_by_rank(EventKey* first, EventKey* last);
/// What this processor does fastest. The environment variable ROLLCAST_PORTABLE asks for the
/// portable way.
[[nodiscard]] SortKeys fastest_sort_keys();

}  // namespace rollcast::kernel::detail
