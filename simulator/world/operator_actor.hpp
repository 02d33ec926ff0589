// The operator of the simulation: changes rules while payments are in flight, sets each day's
// reference rates (sometimes late), forces banks off and on, tells of prior use, changes the token
// key, and sets scheme time forward to another day. Calls that are lost are made again or not. One
// thread, virtual time.
#pragma once

#include <functional>

#include "common/base/prng.hpp"
#include "simulator/world/desk.hpp"
#include "simulator/world/scheme.hpp"

namespace lowu::simulator {

class OperatorActor {
public:
    OperatorActor(EventQueue& events, Desk& desk, SchemeTime start, Prng prng)
        : events_(events), desk_(desk), start_(start), prng_(prng) {}

    /// See BankActor::draw_from.
    void draw_from(Prng prng) { prng_ = prng; }
    /// One parameter of the rules gets another value, at once or soon.
    void change_rule();
    /// From soon on, on both rails.
    void change_token_key();
    void force_off_for(Duration duration);
    void tell_prior_use();
    void warn();
    void set_rate_of_next_day();
    /// Sets scheme time forward. Tries again and again until the switch is quiet enough or it is
    /// too late.
    void advance_to_next_day(ElapsedTime give_up_at, std::function<void()> done);
    void advance_by(Duration by, ElapsedTime give_up_at, std::function<void()> done);

    [[nodiscard]] std::uint64_t advances() const { return advances_; }

private:
    using Setting = std::pair<Rail, core::ParameterSetting>;
    [[nodiscard]] Setting some_setting();
    /// Some moment soon, by the operator's idea of scheme time; 0: at once.
    [[nodiscard]] SchemeTime soon();
    void set(const Setting& setting, SchemeTime effective);
    void force(std::size_t bank, bool available);
    void again_if_lost(const Desk::Build& build, int times);
    [[nodiscard]] SchemeTime now();
    void advance(std::function<SchemeTime()> to, ElapsedTime give_up_at,
                 std::function<void()> done);

    EventQueue& events_;
    Desk& desk_;
    const SchemeTime start_;
    Prng prng_;
    std::uint64_t advances_ = 0;
    Duration advanced_by_;
};

}  // namespace lowu::simulator
