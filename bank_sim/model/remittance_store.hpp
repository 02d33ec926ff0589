// RemittanceStore: what a bank remembers about payments of one direction, by UETR, in the order of
// their beginning, in bounded memory. Exists so that a repeated request finds its first answer. The
// oldest record makes room when it is final. One owner, one thread.
#pragma once

#include <boost/unordered/unordered_flat_map.hpp>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <utility>

#include "bank_sim/model/limits.hpp"
#include "common/base/assert.hpp"
#include "common/base/bounded_queue.hpp"
#include "common/scheme/uetr.hpp"

namespace lowu::bank {

/// Record has a member `uetr` and a function `bool final() const`.
template <class Record>
class RemittanceStore {
public:
    explicit RemittanceStore(std::size_t capacity_max = kMaxRemittances) : records_(capacity_max) {}

    /// nullptr when there is none. Pointers hold until the next add.
    [[nodiscard]] Record* find(const scheme::Uetr& uetr) {
        const auto found = by_uetr_.find(uetr);
        return found == by_uetr_.end() ? nullptr : &at(found->second);
    }
    [[nodiscard]] const Record* find(const scheme::Uetr& uetr) const {
        return const_cast<RemittanceStore*>(this)->find(uetr);
    }

    [[nodiscard]] bool has_room() const { return !records_.full() || records_.front().final(); }

    /// The UETR must be new and has_room() true.
    Record& add(Record record) {
        LOWU_ASSERT(has_room(), "the caller checks for room");
        if (records_.full()) {
            by_uetr_.erase(records_.front().uetr);
            records_.pop();
            ++first_;
        }
        const bool is_new = by_uetr_.emplace(record.uetr, first_ + records_.size()).second;
        LOWU_ASSERT(is_new, "a UETR has one record");
        const bool added = records_.push(std::move(record));
        LOWU_ASSERT(added, "room was made for the record");
        return records_.back();
    }

    /// The record whose `key(record)` equals `wanted`, where keys grow with the order of adding;
    /// nullptr when there is none.
    template <class Key, class Value>
    [[nodiscard]] Record* find_ordered(const Value& wanted, Key key) {
        std::size_t low = 0;
        std::size_t high = records_.size();
        while (low < high) {
            const std::size_t middle = low + (high - low) / 2;
            if (key(records_[middle]) < wanted) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        const bool found = low < records_.size() && key(records_[low]) == wanted;
        return found ? &records_[low] : nullptr;
    }

    // Indexes count every record ever added, from 0.
    [[nodiscard]] std::uint64_t first_index() const { return first_; }
    [[nodiscard]] std::uint64_t end_index() const { return first_ + records_.size(); }
    /// The index lies between these.
    [[nodiscard]] const Record& at_index(std::uint64_t index) const {
        return records_[static_cast<std::size_t>(index - first_)];
    }

private:
    [[nodiscard]] Record& at(std::uint64_t index) {
        return records_[static_cast<std::size_t>(index - first_)];
    }

    BoundedRing<Record> records_;
    std::uint64_t first_ = 0;  // index of the front, counting every record ever added
    boost::unordered_flat_map<scheme::Uetr, std::uint64_t, std::hash<scheme::Uetr>> by_uetr_;
};

}  // namespace lowu::bank
