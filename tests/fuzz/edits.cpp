// What can happen to the bytes of a file; see edits.hpp.
#include "tests/fuzz/edits.hpp"

namespace lowu::fuzz {
namespace {

/// Somewhere in the file; near the beginning as likely as anywhere.
std::size_t place_in(Input& input, const Bytes& file) {
    const std::size_t place = input.word();
    return place % file.size();
}

std::span<std::byte> run_of(Input& input, Bytes& file) {
    const std::size_t from = place_in(input, file);
    const std::size_t bytes = std::min<std::size_t>(input.byte() + 1U, file.size() - from);
    return std::span(file).subspan(from, bytes);
}

}  // namespace

void edit_in_place(Input& input, Bytes& file) {
    switch (input.below(5)) {
        case 0:
            file[place_in(input, file)] ^= std::byte{1} << (input.byte() & 7U);
            return;
        case 1:
            file[place_in(input, file)] = std::byte{input.byte()};
            return;
        case 2: {
            const auto to = run_of(input, file);
            const auto from = input.run(std::min<std::size_t>(to.size(), 8));
            std::copy(from.begin(), from.end(), to.begin());
            return;
        }
        case 3: {
            const auto to = run_of(input, file);
            std::fill(to.begin(), to.end(), std::byte{0});
            return;
        }
        case 4: {
            const auto from = run_of(input, file);
            const Bytes copy(from.begin(), from.end());
            const std::size_t to = place_in(input, file);
            std::copy_n(copy.begin(), std::min(copy.size(), file.size() - to),
                        file.begin() + static_cast<std::ptrdiff_t>(to));
            return;
        }
    }
}

void edit(Input& input, Bytes& file, std::size_t most) {
    switch (input.below(5)) {
        case 0:
            file.resize(std::max<std::size_t>(place_in(input, file), 1));
            return;
        case 1: {
            const auto gone = run_of(input, file);
            if (gone.size() == file.size()) return;
            const auto from = file.begin() + (gone.data() - file.data());
            file.erase(from, from + static_cast<std::ptrdiff_t>(gone.size()));
            return;
        }
        case 2: {
            const std::size_t place = place_in(input, file);
            const auto more = input.run(input.byte() & 15U);
            if (file.size() + more.size() > most) return;
            file.insert(file.begin() + static_cast<std::ptrdiff_t>(place), more.begin(),
                        more.end());
            return;
        }
        case 3: {
            const auto again = run_of(input, file);
            const Bytes copy(again.begin(), again.end());
            if (file.size() + copy.size() > most) return;
            file.insert(file.begin() + (again.data() - file.data()), copy.begin(), copy.end());
            return;
        }
        case 4:
            return edit_in_place(input, file);
    }
}

}  // namespace lowu::fuzz
