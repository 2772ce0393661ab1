#include "rollcast/kernel/detail/frame_pool.hpp"

#include <atomic>
#include <cstdint>
#include <new>

namespace rollcast::kernel {
namespace detail {

thread_local constinit FrameCache frame_cache{};

namespace {

constexpr std::size_t kChunkBytes = std::size_t{1} << 20;
constexpr std::size_t kCacheLine = 64;

/// The head of a chunk, which lies at a multiple of its size.
struct alignas(kCacheLine) Chunk {
  /// Frames that were cut from it and not given up, and one more while a thread cuts from it.
  std::atomic<std::uint32_t> users{1};
};

[[nodiscard]] Chunk* chunk_of(const void* frame) {
  return reinterpret_cast<Chunk*>(reinterpret_cast<std::uintptr_t>(frame) & ~(kChunkBytes - 1));
}

void give_up(Chunk* chunk) noexcept {
  if (chunk->users.fetch_sub(1, std::memory_order_acq_rel) != 1) return;
  chunk->~Chunk();
  ::operator delete (chunk, std::align_val_t{kChunkBytes});
}

void stop_cutting(FreshFrames& fresh) noexcept {
  if (fresh.end != nullptr) give_up(chunk_of(fresh.end - 1));
  fresh = FreshFrames{};
}

void start_cutting(FreshFrames& fresh, std::size_t stride) {
  void* memory = ::operator new (kChunkBytes, std::align_val_t{kChunkBytes});
  ::new (memory) Chunk;
  fresh.next = static_cast<char*>(memory) + sizeof(Chunk);
  fresh.end = fresh.next + (kChunkBytes - sizeof(Chunk)) / stride * stride;
}

/// Returns the thread's free frames when the thread ends. Frames freed even later (by static
/// objects) are lost to the cache but stay reachable: the main thread's end is the program's.
struct CacheOwner {
  CacheOwner() = default;
  CacheOwner(const CacheOwner&) = delete;
  CacheOwner& operator=(const CacheOwner&) = delete;
  ~CacheOwner() { release_unused_frames(); }
};

}  // namespace

void* allocate_fresh_frame(std::size_t bytes) {
  const std::size_t granules = bytes / kFrameGranule;
  if (ROLLCAST_POOLED_FRAMES == 0 || granules >= kFrameClasses) return ::operator new(bytes);
  thread_local CacheOwner owner;
  static_cast<void>(owner);
  constexpr std::size_t kAlignment = __STDCPP_DEFAULT_NEW_ALIGNMENT__;
  const std::size_t stride = (bytes + kAlignment - 1) / kAlignment * kAlignment;
  FreshFrames& fresh = frame_cache.fresh[granules];
  if (fresh.next == fresh.end) {
    stop_cutting(fresh);
    start_cutting(fresh, stride);
  }
  void* frame = fresh.next;
  fresh.next += stride;
  chunk_of(frame)->users.fetch_add(1, std::memory_order_relaxed);
  return frame;
}

void free_frame_for_good(void* frame) noexcept {
  ::operator delete(frame);
}

}  // namespace detail

void release_unused_frames() noexcept {
  for (detail::FreeFrame*& list : detail::frame_cache.free) {
    while (list != nullptr) {
      detail::FreeFrame* frame = list;
      list = frame->next;
      detail::give_up(detail::chunk_of(frame));
    }
  }
  for (detail::FreshFrames& fresh : detail::frame_cache.fresh) detail::stop_cutting(fresh);
}

}  // namespace rollcast::kernel
