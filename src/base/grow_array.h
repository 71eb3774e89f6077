#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdlib>
#include <new>
#include <span>
#include <type_traits>
#include <utility>

namespace cairn {

/// An array of plain values that grows through `realloc`, which moves the pages of a large one instead of copying them:
/// no long pause while it grows, and no memory touched beyond what is filled. Movable. Its owner guards it.
template <typename T>
class GrowArray {
  static_assert(std::is_trivially_copyable_v<T>);

 public:
  GrowArray() = default;
  GrowArray(GrowArray&& other) noexcept
      : data_(std::exchange(other.data_, nullptr)),
        size_(std::exchange(other.size_, 0)),
        room_(std::exchange(other.room_, 0)) {}
  GrowArray& operator=(GrowArray&& other) noexcept {
    std::swap(data_, other.data_);
    std::swap(size_, other.size_);
    std::swap(room_, other.room_);
    return *this;
  }
  ~GrowArray() { std::free(data_); }

  [[nodiscard]] std::size_t size() const { return size_; }
  [[nodiscard]] bool empty() const { return size_ == 0; }
  [[nodiscard]] T* data() { return data_; }
  [[nodiscard]] const T* data() const { return data_; }
  T& operator[](std::size_t i) { return data_[i]; }
  const T& operator[](std::size_t i) const { return data_[i]; }
  T& back() { return data_[size_ - 1]; }
  [[nodiscard]] const T* begin() const { return data_; }
  [[nodiscard]] const T* end() const { return data_ + size_; }
  [[nodiscard]] std::span<const T> span() const { return {data_, size_}; }

  void push_back(const T& value) {
    const T kept = value;  // It may be one of ours.
    if (size_ == room_) Reserve(std::max<std::size_t>(room_ + room_ / 2, 16));
    data_[size_++] = kept;
  }
  void pop_back() { --size_; }
  void clear() { size_ = 0; }
  /// New values are copies of `value`.
  void resize(std::size_t size, const T& value) {
    if (size > room_) Reserve(std::max(size, room_ + room_ / 2));
    if (size > size_) std::fill(data_ + size_, data_ + size, value);
    size_ = size;
  }
  /// Makes room at the end that its caller fills; returns where it begins.
  std::size_t Extend(std::size_t count) {
    const std::size_t at = size_;
    if (size_ + count > room_) Reserve(std::max(size_ + count, room_ + room_ / 2));
    size_ += count;
    return at;
  }

 private:
  void Reserve(std::size_t room) {
    void* grown = std::realloc(static_cast<void*>(data_), room * sizeof(T));
    if (grown == nullptr) throw std::bad_alloc();
    data_ = static_cast<T*>(grown);
    room_ = room;
  }

  T* data_ = nullptr;
  std::size_t size_ = 0;
  std::size_t room_ = 0;
};

}  // namespace cairn
