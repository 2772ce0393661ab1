#pragma once
/// Dense indices with a tag: a group cannot be used where an instance is meant.
#include <compare>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <utility>
#include <vector>

namespace rollcast {

template <class Tag>
class Id {
 public:
  constexpr Id() = default;  ///< no entity: valid() is false
  explicit constexpr Id(std::size_t index) : index_(static_cast<std::uint32_t>(index)) {}
  [[nodiscard]] constexpr std::uint32_t index() const { return index_; }
  [[nodiscard]] constexpr bool valid() const { return index_ != kNone; }
  friend constexpr auto operator<=>(Id, Id) = default;

 private:
  static constexpr std::uint32_t kNone = std::numeric_limits<std::uint32_t>::max();
  std::uint32_t index_ = kNone;
};

/// A vector that only its own kind of id indexes.
template <class IdType, class T>
class IdVector {
 public:
  IdVector() = default;
  IdVector(std::size_t size, const T& value) : items_(size, value) {}
  [[nodiscard]] T& operator[](IdType id) { return items_[id.index()]; }
  [[nodiscard]] const T& operator[](IdType id) const { return items_[id.index()]; }
  IdType push_back(T item) {
    items_.push_back(std::move(item));
    return IdType{items_.size() - 1};
  }
  [[nodiscard]] std::size_t size() const { return items_.size(); }
  [[nodiscard]] bool empty() const { return items_.empty(); }
  void clear() { items_.clear(); }
  void resize(std::size_t size) { items_.resize(size); }
  [[nodiscard]] auto begin() { return items_.begin(); }
  [[nodiscard]] auto end() { return items_.end(); }
  [[nodiscard]] auto begin() const { return items_.begin(); }
  [[nodiscard]] auto end() const { return items_.end(); }

 private:
  std::vector<T> items_;
};

}  // namespace rollcast
