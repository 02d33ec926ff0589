// Steps after `start`; see player.hpp.
#include "tests/scenario/player.hpp"

#include <algorithm>
#include <array>

#include "common/base/assert.hpp"
#include "tests/scenario/outcome.hpp"

namespace lowu::scenario {

const Player::Verb* Player::find_verb(std::string_view name) {
    static constexpr std::array kVerbs = {
        Verb{"parameters", Stands::kBeforeStart, &Player::parameters},
        Verb{"table", Stands::kBeforeStart, &Player::table},
        Verb{"participant", Stands::kBeforeStart, &Player::participant},
        Verb{"agents", Stands::kBeforeStart, &Player::agents},
        Verb{"limits", Stands::kBeforeStart, &Player::limits},
        Verb{"start", Stands::kBeforeStart, &Player::start},
        Verb{"rate", Stands::kAnywhere, &Player::rate},
        Verb{"online", Stands::kAfterStart, &Player::online},
        Verb{"offline", Stands::kAfterStart, &Player::offline},
        Verb{"pay", Stands::kAfterStart, &Player::pay},
        Verb{"again", Stands::kAfterStart, &Player::again},
        Verb{"return", Stands::kAfterStart, &Player::send_back},
        Verb{"answer", Stands::kAfterStart, &Player::answer},
        Verb{"credited", Stands::kAfterStart, &Player::credited},
        Verb{"enquire", Stands::kAfterStart, &Player::enquire},
        Verb{"crowd", Stands::kAfterStart, &Player::crowd},
        Verb{"malformed", Stands::kAfterStart, &Player::malformed},
        Verb{"ack", Stands::kAfterStart, &Player::acknowledge},
        Verb{"wait", Stands::kAfterStart, &Player::wait},
        Verb{"stall", Stands::kAfterStart, &Player::stall},
        Verb{"scheme", Stands::kAfterStart, &Player::scheme_clock},
        Verb{"link", Stands::kAfterStart, &Player::link},
        Verb{"restart", Stands::kAfterStart, &Player::restart},
        Verb{"parameter", Stands::kAfterStart, &Player::parameter},
        Verb{"rates", Stands::kAfterStart, &Player::rates},
        Verb{"log", Stands::kAfterStart, &Player::log_off_or_on},
        Verb{"force", Stands::kAfterStart, &Player::force_off_or_on},
        Verb{"default", Stands::kAfterStart, &Player::declare_default},
        Verb{"prior-use", Stands::kAfterStart, &Player::prior_use},
        Verb{"advance", Stands::kAfterStart, &Player::advance},
        Verb{"register", Stands::kAfterStart, &Player::register_proxy},
        Verb{"remove", Stands::kAfterStart, &Player::remove_proxy},
        Verb{"warn", Stands::kAfterStart, &Player::warn},
        Verb{"look", Stands::kAfterStart, &Player::look_up},
        Verb{"show", Stands::kAfterStart, &Player::show},
        Verb{"books", Stands::kAfterStart, &Player::books},
        Verb{"outcome", Stands::kAfterStart, &Player::outcome},
    };
    const auto found = std::find_if(kVerbs.begin(), kVerbs.end(),
                                    [&](const Verb& verb) { return verb.name == name; });
    return found == kVerbs.end() ? nullptr : &*found;
}

Result<void> Player::perform(const std::string& line) {
    Words words(line);
    const std::string name = words.take("step");
    const Verb* verb = find_verb(name);
    if (verb == nullptr) return Error{Error::Kind::kInvalid, "'" + name + "' is no step"};
    const Stands wrong = world_ ? Stands::kBeforeStart : Stands::kAfterStart;
    if (verb->stands == wrong) {
        return Error{Error::Kind::kInvalid,
                     "'" + name + "' stands " + (world_ ? "before" : "after") + " 'start'"};
    }
    // What the steps before have caused has arrived; lines of one verb in a row, in one block,
    // happen at once.
    if (world_ && name != last_verb_) world_->run_until_quiet();
    last_verb_ = name;
    const auto done = (this->*verb->action)(words);
    if (!done || !world_ || name == "stall") return done;
    world_->run_until(world_->now());
    if (mode_ == LinkMode::kRestarted) {
        restarts_agree_ = world_->restart({kRails.begin(), kRails.end()}) && restarts_agree_;
        world_->run_until(world_->now());
    }
    return done;
}

// Words that name something.

Bank* Player::take_bank(Words& words) {
    const scheme::AgentCode code = words.take_code();
    Bank* bank = world_->find_bank(code);
    if (bank == nullptr && words.ok()) words.fail("no such participant");
    return bank;
}

Bank* Player::take_online_bank(Words& words) {
    Bank* bank = take_bank(words);
    if (bank != nullptr && !bank->online) words.fail("a bank that is offline says nothing");
    return bank;
}

const Instruction* Player::take_payment(Words& words) {
    const std::string name = words.take("name of a payment");
    const Instruction* payment = instructions_.find(name);
    if (payment == nullptr) words.fail("no payment is called '" + name + "'");
    return payment;
}

Bank* Player::take_answerer(Words& words, const Instruction* payment) {
    if (words.take_if("by")) return take_online_bank(words);
    if (payment == nullptr) return nullptr;
    Bank* bank = world_->find_bank(payment->transfer.payee_agent);
    if (bank == nullptr || !bank->online) {
        words.fail("the payee's bank is not online");
        return nullptr;
    }
    const bool asked = std::any_of(bank->told.begin(), bank->told.end(), [&](const Told& told) {
        return told.about == payment->name && told.kind == core::OutboxKind::kRequest;
    });
    if (!asked) words.fail("the payee's bank has not been asked about " + payment->name);
    return bank;
}

// Sessions.

Result<void> Player::online(Words& words) {
    if (words.take_if("all")) {
        if (const auto read = words.finish(); !read) return read;
        for (Bank& bank : world_->banks())
            world_->set_online(bank, true);
        return {};
    }
    Bank* bank = take_bank(words);
    if (const auto read = words.finish(); !read) return read;
    world_->set_online(*bank, true);
    return {};
}

Result<void> Player::offline(Words& words) {
    Bank* bank = take_online_bank(words);
    if (const auto read = words.finish(); !read) return read;
    world_->set_online(*bank, false);
    return {};
}

Result<void> Player::acknowledge(Words& words) {
    Bank* bank = take_online_bank(words);
    if (const auto read = words.finish(); !read) return read;
    world_->apply(bank->rail, core::OutboxAcknowledged{bank->participant, bank->read});
    return {};
}

// The payee's bank.

Result<void> Player::answer(Words& words) {
    const Instruction* payment = take_payment(words);
    core::CreditTransferAnswer answer;
    if (!words.take_if("accept")) {
        words.expect("reject");
        const std::string code = words.take("reason");
        const auto result = core::payee_agent_result(code);
        if (!result) words.fail("a payee's bank may not use '" + code + "'");
        answer.result = result.value_or(core::ResultCode::kPayeeAgentUnspecified);
    }
    Bank* bank = take_answerer(words, payment);
    if (const auto read = words.finish(); !read) return read;
    answer.participant = bank->participant;
    answer.number = world_->next_number(*bank);
    answer.uetr = payment->transfer.uetr;
    world_->apply(bank->rail, answer);
    return {};
}

Result<void> Player::credited(Words& words) {
    const Instruction* payment = take_payment(words);
    Bank* bank = take_answerer(words, payment);
    if (const auto read = words.finish(); !read) return read;
    world_->apply(bank->rail, core::CreditReport{bank->participant, world_->next_number(*bank),
                                                 payment->transfer.uetr});
    return {};
}

/// `enquire NAME payer|payee [by BANK]`: by the bank at that side, or by any other.
Result<void> Player::enquire(Words& words) {
    const Instruction* payment = take_payment(words);
    const bool payee = words.take_if("payee");
    if (!payee) words.expect("payer");
    Bank* bank = nullptr;
    if (words.take_if("by")) {
        bank = take_bank(words);
    } else if (payment != nullptr) {
        bank = world_->find_bank(payee ? payment->transfer.payee_agent : payment->payer_agent);
    }
    if (words.ok() && (bank == nullptr || !bank->online)) words.fail("its bank is not online");
    if (const auto read = words.finish(); !read) return read;
    world_->apply(bank->rail, core::StatusRequest{bank->participant,
                                                  world_->next_number(*bank),
                                                  payment->transfer.uetr,
                                                  payee ? core::Side::kPayee : core::Side::kPayer,
                                                  {}});
    return {};
}

Result<void> Player::malformed(Words& words) {
    const std::string payment = words.take("name");
    const std::string name = words.take("field");
    core::RejectMessage reject;
    for (std::uint8_t i = 1; i <= scheme::kFieldLast; ++i) {
        const auto field = static_cast<scheme::Field>(i);
        if (scheme::to_string(field) == name) reject.field = field;
    }
    if (reject.field == scheme::Field::kNone) words.fail("'" + name + "' is no field");
    words.expect("by");
    Bank* bank = take_online_bank(words);
    if (const auto read = words.finish(); !read) return read;
    reject.participant = bank->participant;
    reject.number = world_->next_number(*bank);
    reject.uetr = uetr_of_name(payment);
    world_->apply(bank->rail, reject);
    return {};
}

// Time.

Result<void> Player::wait(Words& words) {
    if (words.take_if("until")) return wait_until(words);
    const Duration duration = words.take_duration();
    if (duration < Duration{}) words.fail("time never goes back");
    if (const auto read = words.finish(); !read) return read;
    world_->run_until(world_->now() + duration);
    return {};
}

Result<void> Player::wait_until(Words& words) {
    const Instruction* payment = take_payment(words);
    if (payment == nullptr) return words.finish();
    const bool payee = words.take_if("payee-deadline");
    if (!payee) words.expect("origin-deadline");
    const bool domestic = payment->transfer.service == core::Service::kDomestic;
    const scheme::Rail rail = payee && !domestic ? scheme::other(payment->origin) : payment->origin;
    const auto deadline = world_->scribe(rail).deadline_of(
        payment->transfer.uetr,
        payee ? core::TimerKind::kPayeeDeadline : core::TimerKind::kOriginDeadline);
    if (!deadline) words.fail("no such timer has been set");
    ElapsedTime time = deadline.value_or(world_->now());
    if (words.take_if("minus")) {
        time = time - words.take_duration();
    } else if (words.take_if("plus")) {
        time = time + words.take_duration();
    }
    if (time < world_->now()) words.fail("that is past already");
    if (const auto read = words.finish(); !read) return read;
    world_->run_until(time);
    return {};
}

Result<void> Player::stall(Words& words) {
    const Duration duration = words.take_duration();
    if (const auto read = words.finish(); !read) return read;
    world_->stall(duration);
    return {};
}

Result<void> Player::scheme_clock(Words& words) {
    if (words.take_if("forward")) {
        const Duration duration = words.take_duration();
        if (const auto read = words.finish(); !read) return read;
        world_->set_scheme_forward(duration);
        return {};
    }
    const bool stands = words.take_if("stands");
    if (!stands) words.expect("runs");
    if (const auto read = words.finish(); !read) return read;
    world_->let_scheme_stand(stands);
    return {};
}

// Link and process.

Result<void> Player::link(Words& words) {
    const std::string what = words.take("up, down, hold or release");
    if (const auto read = words.finish(); !read) return read;
    if (what == "up" || what == "down") {
        world_->set_link_up(what == "up");
    } else if (what == "hold" || what == "release") {
        world_->hold_link(what == "hold");
    } else {
        return Error{Error::Kind::kInvalid, "link up, down, hold or release"};
    }
    return {};
}

Result<void> Player::restart(Words& words) {
    std::vector<scheme::Rail> rails(kRails.begin(), kRails.end());
    if (!words.empty()) rails = {words.take_rail()};
    if (const auto read = words.finish(); !read) return read;
    restarts_agree_ = world_->restart(rails) && restarts_agree_;
    return {};
}

// Looking at it.

Result<void> Player::show(Words& words) {
    if (words.take_if("quota")) {
        const std::string person = words.take("name of a person");
        if (const auto read = words.finish(); !read) return read;
        for (const scheme::Rail rail : kRails) {
            for (const std::string& line : describe_quota(*world_, rail, person))
                transcript_.write_plain(line);
        }
        return {};
    }
    const Instruction* payment = take_payment(words);
    if (const auto read = words.finish(); !read) return read;
    transcript_.write_plain(describe_payment(*world_, *payment));
    return {};
}

Result<void> Player::books(Words& words) {
    if (const auto read = words.finish(); !read) return read;
    for (const std::string& line : describe_books(*world_))
        transcript_.write_plain(line);
    return {};
}

Result<void> Player::outcome(Words& words) {
    if (const auto read = words.finish(); !read) return read;
    static_cast<void>(transcript_.take());  // What arrived just now arrived earlier at once.
    for (const std::string& line : describe_outcome(*world_, instructions_))
        transcript_.write_plain(line);
    return {};
}

}  // namespace lowu::scenario
