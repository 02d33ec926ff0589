// Strong: a number that cannot be mistaken for another number (an amount, an id, a time). Exists so
// that the compiler refuses an account id where a payment id is meant. Used everywhere, any thread.
#pragma once

#include <compare>
#include <cstddef>
#include <functional>
#include <type_traits>

namespace lowu {

// A Tag opts in to next() with `static constexpr bool kHasNext = true;`: dense ids and sequence
// numbers do, amounts and times do not.
//   struct PaymentIdTag { static constexpr bool kHasNext = true; };
//   using PaymentId = Strong<PaymentIdTag, std::uint64_t>;
template <class Tag>
concept HasNext = requires {
    requires Tag::kHasNext;
};

template <class Tag, class Rep>
struct Strong {
    static_assert(std::is_integral_v<Rep>, "strong types hold integers");
    using Representation = Rep;

    Rep value{};

    constexpr Strong() = default;
    constexpr explicit Strong(Rep initial) : value(initial) {}

    friend constexpr auto operator<=>(const Strong&, const Strong&) = default;

    // The following number. The caller's own limit keeps it from wrapping.
    [[nodiscard]] constexpr Strong next() const requires HasNext<Tag> {
        return Strong(static_cast<Rep>(value + 1));
    }
};

}  // namespace lowu

template <class Tag, class Rep>
struct std::hash<lowu::Strong<Tag, Rep>> {
    [[nodiscard]] std::size_t operator()(const lowu::Strong<Tag, Rep>& strong) const noexcept {
        return std::hash<Rep>{}(strong.value);
    }
};
