// BoundedRing: a first-in first-out queue with a stated maximum. Exists because every queue of a
// switch must have one: a full queue is an answer, an endless one is an outage. Grows geometrically
// up to the maximum and never beyond, so idle sessions stay small. One owner, one thread.
#pragma once

#include <algorithm>
#include <cstddef>
#include <type_traits>
#include <utility>
#include <vector>

#include "common/base/assert.hpp"

namespace lowu {

// T is default-constructible and movable; a popped slot is given back a default T, so that whatever
// the element held is freed at once.
template <class T>
class BoundedRing {
    static_assert(std::is_default_constructible_v<T> && std::is_nothrow_move_assignable_v<T>);

public:
    // Both in elements; capacity_max > 0.
    explicit BoundedRing(std::size_t capacity_max, std::size_t capacity_first = 16)
        : capacity_max_(capacity_max), capacity_first_(capacity_first) {
        LOWU_ASSERT(capacity_max > 0, "a queue must be able to hold something");
    }

    // False, and nothing changed (the argument neither), when the queue is full.
    [[nodiscard]] bool push(T&& element) {
        if (!make_room()) {
            return false;
        }
        slots_[index_of(size_)] = std::move(element);
        ++size_;
        return true;
    }
    [[nodiscard]] bool push(const T& element) {
        if (full()) {
            return false;
        }
        return push(T(element));
    }

    [[nodiscard]] T& front() { return (*this)[0]; }
    [[nodiscard]] const T& front() const { return (*this)[0]; }
    [[nodiscard]] T& back() { return (*this)[size_ - 1]; }
    [[nodiscard]] const T& back() const { return (*this)[size_ - 1]; }

    // Position 0 is the front.
    [[nodiscard]] T& operator[](std::size_t position) {
        LOWU_ASSERT(position < size_, "position beyond the end of the queue");
        return slots_[index_of(position)];
    }
    [[nodiscard]] const T& operator[](std::size_t position) const {
        LOWU_ASSERT(position < size_, "position beyond the end of the queue");
        return slots_[index_of(position)];
    }

    void pop() { static_cast<void>(take()); }

    // Removes the front and returns it.
    [[nodiscard]] T take() {
        LOWU_ASSERT(size_ > 0, "an empty queue has no front");
        T element = std::exchange(slots_[head_], T{});
        head_ = index_of(1);
        --size_;
        return element;
    }

    void clear() {
        while (!empty()) {
            pop();
        }
    }

    [[nodiscard]] std::size_t size() const { return size_; }
    [[nodiscard]] bool empty() const { return size_ == 0; }
    [[nodiscard]] bool full() const { return size_ == capacity_max_; }
    [[nodiscard]] std::size_t capacity_max() const { return capacity_max_; }
    // Slots that memory is held for now.
    [[nodiscard]] std::size_t capacity() const { return slots_.size(); }

private:
    [[nodiscard]] std::size_t index_of(std::size_t position) const {
        const std::size_t index = head_ + position;
        return index < slots_.size() ? index : index - slots_.size();
    }

    [[nodiscard]] bool make_room() {
        if (size_ < slots_.size()) {
            return true;
        }
        if (full()) {
            return false;
        }
        const std::size_t wanted =
            slots_.empty() ? std::max<std::size_t>(capacity_first_, 1) : slots_.size() * 2;
        std::vector<T> larger(std::min(wanted, capacity_max_));
        for (std::size_t position = 0; position < size_; ++position) {
            larger[position] = std::move(slots_[index_of(position)]);
        }
        slots_ = std::move(larger);
        head_ = 0;
        return true;
    }

    std::vector<T> slots_;
    std::size_t head_ = 0;
    std::size_t size_ = 0;
    std::size_t capacity_max_;
    std::size_t capacity_first_;
};

}  // namespace lowu
