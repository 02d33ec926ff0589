// A cell's state as bytes; see state_io.hpp.
#include "switch/core/state_io.hpp"

#include <algorithm>

#include "switch/core/limits.hpp"

namespace lowu::core {

void StateWriter::flush() {
    if (status_.ok() && used_ > 0) status_ = sink_(std::span(chunk_).first(used_));
    flushed_ += used_;
    used_ = 0;
}

void StateWriter::raw(std::span<const std::byte> bytes) {
    while (!bytes.empty()) {
        if (used_ == chunk_.size()) flush();
        const std::size_t now = std::min(bytes.size(), chunk_.size() - used_);
        std::memcpy(chunk_.data() + used_, bytes.data(), now);
        used_ += now;
        bytes = bytes.subspan(now);
    }
}

void StateWriter::text(std::string_view text) {
    number(static_cast<std::uint32_t>(text.size()));
    raw(std::as_bytes(std::span(text)));
}

Result<void> StateWriter::finish() {
    flush();
    return status_;
}

void StateReader::fail(std::string_view what) {
    if (!status_.ok()) return;
    status_ = Error{Error::Kind::kCorrupt,
                    "state, byte " + std::to_string(bytes()) + ": " + std::string(what)};
    at_ = end_ = 0;
}

bool StateReader::refill(std::size_t wanted) {
    if (!status_.ok()) return false;
    std::copy(chunk_.begin() + static_cast<std::ptrdiff_t>(at_),
              chunk_.begin() + static_cast<std::ptrdiff_t>(end_), chunk_.begin());
    before_ += at_;
    end_ -= at_;
    at_ = 0;
    while (end_ < wanted) {
        const auto got = source_(std::span(chunk_).subspan(end_));
        if (!got.ok()) {
            status_ = got.error();
            at_ = end_ = 0;
            return false;
        }
        if (*got == 0) {
            fail("the bytes end too early");
            return false;
        }
        end_ += std::min(*got, chunk_.size() - end_);
    }
    return true;
}

std::size_t StateReader::length(std::size_t most, const char* what) {
    std::uint32_t length = 0;
    number(length);
    if (length <= most) return length;
    fail(std::string(what) + ": " + std::to_string(length) + " are more than there can be");
    return 0;
}

std::string StateReader::text(std::size_t most, const char* what) {
    std::string text(length(most, what), '\0');
    for (char& letter : text)
        number(letter);
    return text;
}

}  // namespace lowu::core
