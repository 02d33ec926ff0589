// Legs as bytes; see archived_leg.hpp. The UETR comes first, so that a row can be searched without
// reading the rest of each leg; then the cell's own list of fields, each number as short as it is.
#include "switch/follower/archived_leg.hpp"

#include <type_traits>

#include "switch/core/state_io.hpp"
#include "switch/follower/packing.hpp"

namespace lowu::follower {
namespace {

/// The cell's list of fields into a row.
class LegPacker : public core::FieldSink<LegPacker> {
public:
    static constexpr bool kLoads = false;

    explicit LegPacker(Packer& out) : out_(out) {}

    template <class Number>
    void number(Number value) {
        if constexpr (std::is_enum_v<Number>) {
            number(static_cast<std::underlying_type_t<Number>>(value));
        } else if constexpr (std::is_signed_v<Number>) {
            out_.signed_number(value);
        } else {
            out_.number(value);
        }
    }

private:
    Packer& out_;
};

/// And out of it. A number that is too large for its field, or of an enum that has none such,
/// fails.
class LegUnpacker : public core::FieldSink<LegUnpacker> {
public:
    static constexpr bool kLoads = true;

    explicit LegUnpacker(Unpacker& in) : in_(in) {}

    template <class Number>
    void number(Number& value) {
        if constexpr (std::is_same_v<Number, bool>) {
            value = in_.number_up_to(std::uint8_t{1}) == 1;
        } else if constexpr (std::is_enum_v<Number>) {
            std::underlying_type_t<Number> raw = 0;
            number(raw);
            value = static_cast<Number>(raw);
            if (raw != 0 && !core::is_known(value)) in_.fail();
        } else if constexpr (std::is_signed_v<Number>) {
            const std::int64_t wide = in_.signed_number();
            value = static_cast<Number>(wide);
            if (value != wide) in_.fail();
        } else {
            value = in_.number_up_to(std::numeric_limits<Number>::max());
        }
    }

private:
    Unpacker& in_;
};

void pack_times(const LegTimes& times, Packer& out) {
    out.signed_number(times.us);
    // So that "never" is one byte: the marks plus one, wrapping.
    for (const std::uint32_t mark : {times.taken_up, times.ended, times.credited, times.returned})
        out.number(mark + 1U);
}

LegTimes read_times(Unpacker& in) {
    LegTimes times;
    times.us = in.signed_number();
    for (std::uint32_t* mark : {&times.taken_up, &times.ended, &times.credited, &times.returned})
        *mark = in.number_up_to(std::numeric_limits<std::uint32_t>::max()) - 1U;
    return times;
}

}  // namespace

void pack_leg(const ArchivedLeg& archived, std::string& bytes) {
    Packer out(bytes);
    out.uetr(archived.payment().uetr);
    out.number(archived.index.value);
    pack_times(archived.times, out);
    core::WholeLeg rest = archived.leg;
    rest.payment.uetr = core::Uetr{};
    rest.payment.hold = 0;  // Says nothing here.
    LegPacker sink(out);
    sink(rest);
}

std::optional<ArchivedLeg> unpack_leg(std::string_view bytes) {
    Unpacker in(bytes);
    ArchivedLeg archived;
    const core::Uetr uetr = in.uetr();
    archived.index.value = in.number_up_to(std::numeric_limits<std::uint32_t>::max());
    archived.times = read_times(in);
    LegUnpacker sink(in);
    sink(archived.leg);
    archived.leg.payment.uetr = uetr;
    archived.leg.payment.hold = core::kNoHold;
    if (!in.ok() || !in.at_end()) return std::nullopt;
    return archived;
}

core::Uetr uetr_of_packed(std::string_view bytes) {
    return Unpacker(bytes).uetr();
}

}  // namespace lowu::follower
