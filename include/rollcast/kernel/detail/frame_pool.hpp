#pragma once
/// Memory of coroutine frames. Each thread keeps the frames it freed in lists by size, so a model
/// in its steady state allocates nothing, and cuts new ones from chunks, without a header and on
/// the lines of the cache. A frame may be freed on another thread than the one that made it (a
/// Simulation that moves between threads between two runs): a chunk counts its frames and goes back
/// to the system with the last of them, whoever gives it up. Under AddressSanitizer every frame is
/// the global allocator's own, so that a use after free is seen.
#include <array>
#include <cstddef>
#include <cstdint>

#if defined(__SANITIZE_ADDRESS__)
#define ROLLCAST_POOLED_FRAMES 0
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define ROLLCAST_POOLED_FRAMES 0
#endif
#endif
#ifndef ROLLCAST_POOLED_FRAMES
#define ROLLCAST_POOLED_FRAMES 1
#endif

namespace rollcast::kernel::detail {

inline constexpr std::size_t kFrameGranule = 8;
inline constexpr std::size_t kFrameClasses = 128;  ///< frames up to 1,016 bytes are pooled

struct FreeFrame {
  FreeFrame* next;
};

/// What is left of a thread's newest chunk of one size.
struct FreshFrames {
  char* next;
  char* end;
};

/// The calling thread's free frames. Constant-initialised, so that reaching it costs no guard.
struct FrameCache {
  std::array<FreeFrame*, kFrameClasses> free{};
  std::array<FreshFrames, kFrameClasses> fresh{};
  std::int64_t live = 0;  ///< frames made and not yet freed by this thread
};
extern thread_local constinit FrameCache frame_cache;

[[nodiscard]] void* allocate_fresh_frame(std::size_t bytes);
void free_frame_for_good(void* frame) noexcept;

[[nodiscard]] inline void* allocate_frame(std::size_t bytes) {
  const std::size_t granules = (bytes + kFrameGranule - 1) / kFrameGranule;
  FrameCache& cache = frame_cache;
  ++cache.live;
  if (ROLLCAST_POOLED_FRAMES != 0 && granules < kFrameClasses && cache.free[granules] != nullptr) {
    FreeFrame* frame = cache.free[granules];
    cache.free[granules] = frame->next;
    __builtin_prefetch(frame->next, 1);  // where many are made, the next one is on its way
    return frame;
  }
  return allocate_fresh_frame(granules * kFrameGranule);
}

inline void free_frame(void* memory, std::size_t bytes) noexcept {
  const std::size_t granules = (bytes + kFrameGranule - 1) / kFrameGranule;
  FrameCache& cache = frame_cache;
  --cache.live;
  if (ROLLCAST_POOLED_FRAMES == 0 || granules >= kFrameClasses) return free_frame_for_good(memory);
  auto* frame = static_cast<FreeFrame*>(memory);
  frame->next = cache.free[granules];
  cache.free[granules] = frame;
}

}  // namespace rollcast::kernel::detail

namespace rollcast::kernel {

/// Coroutine frames made and not yet freed by the calling thread: what a leak test compares before
/// and after.
[[nodiscard]] inline std::int64_t live_frames() {
  return detail::frame_cache.live;
}

/// Gives the calling thread's unused frames back to the system, as happens by itself when the
/// thread ends.
void release_unused_frames() noexcept;

}  // namespace rollcast::kernel
