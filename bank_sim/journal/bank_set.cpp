// The banks of a process. See bank_set.hpp.
#include "bank_sim/journal/bank_set.hpp"

#include <algorithm>

#include "common/scheme/person_token.hpp"
#include "lowu/banklog/v1/banklog.pb.h"

namespace lowu::bank {
namespace {

// What a key makes of this text tells it from others and does not give it away.
constexpr std::string_view kMarkedText = "MARK OF A KEY";

std::uint32_t number_of(scheme::Rail rail) {
    return rail == scheme::Rail::kFps ? 0 : 1;
}

std::string name_of(std::uint32_t rail) {
    return rail == 0 ? "RAIL_FPS" : "RAIL_IBPS";
}

std::string mark_of(const scheme::TokenKey& key) {
    const auto bytes = scheme::person_token_bytes(
        scheme::person_token(key, scheme::DocumentType::kNone, kMarkedText));
    return {bytes.data(), bytes.size()};
}

// Every bank draws from a series of its own.
std::uint64_t seed_of(std::uint64_t seed, std::string_view code) {
    return mix64(seed, hash64(code));
}

Error differs(std::string what) {
    return Error{
        Error::Kind::kInvalid,
        "the configuration is not the one that the log was begun with: " + std::move(what)};
}

Error corrupt(std::string what) {
    return Error{Error::Kind::kCorrupt, std::move(what)};
}

}  // namespace

Result<void> BankSet::replay(const banklog::v1::Record& record) {
    last_ = std::max(last_, ElapsedTime{record.elapsed_us()});
    if (record.has_start()) {
        return take_start(record);
    }
    if (record.has_open_bank()) {
        return take_bank(record);
    }
    if (record.bank() >= banks_.size()) {
        return corrupt("it names bank number " + std::to_string(record.bank()) + " of " +
                       std::to_string(banks_.size()));
    }
    Bank& bank = *banks_[record.bank()];
    if (Result<void> taken = bank.replay(record); !taken) {
        return Error{taken.error().kind, "bank " + bank.code() + ": " + taken.error().what};
    }
    // Whoever waited has gone with the process that wrote this.
    bank.finals().clear();
    bank.enquiry_answers().clear();
    return {};
}

Result<void> BankSet::take_start(const banklog::v1::Record& record) {
    const banklog::v1::Start& start = record.start();
    if (start.incarnation() <= incarnation_) {
        return corrupt("a start does not come after the one before");
    }
    const auto marks = marks_of_cast();
    for (const banklog::v1::Key& key : start.keys()) {
        const auto found = marks.find({key.rail(), key.version()});
        const std::string named =
            "token_keys of " + name_of(key.rail()) + ", version " + std::to_string(key.version());
        if (found == marks.end()) {
            return differs("it lacks " + named);
        }
        if (found->second != key.mark()) {
            return differs("it has another key in " + named);
        }
    }
    incarnation_ = start.incarnation();
    seed_ = start.seed();
    for (const auto& bank : banks_) {
        bank->start(incarnation_, seed_of(seed_, bank->code()));
    }
    return {};
}

Result<void> BankSet::take_bank(const banklog::v1::Record& record) {
    const banklog::v1::OpenBank& opened = record.open_bank();
    const auto found =
        std::find_if(cast_.begin(), cast_.end(), [&opened](const Bank::Options& options) {
            return number_of(options.rail) == opened.rail() && options.code == opened.code();
        });
    if (found == cast_.end()) {
        return differs("it lacks bank " + opened.code() + " of " + name_of(opened.rail()));
    }
    if (incarnation_ == 0 || find(opened.code()) != nullptr) {
        return corrupt("bank " + opened.code() + " is opened twice, or before the first start");
    }
    open(*found);
    return {};
}

Result<void> BankSet::start(std::uint64_t at_least, std::uint64_t seed, InputSink* sink) {
    const bool first = banks_.empty();
    for (const Bank::Options& options : cast_) {
        if (!first && find(options.code) == nullptr) {
            return differs("it has bank " + options.code + " of " +
                           name_of(number_of(options.rail)) + ", which the log lacks");
        }
    }
    incarnation_ = std::max(incarnation_ + 1, at_least);
    seed_ = seed;
    for (const auto& bank : banks_) {
        bank->start(incarnation_, seed_of(seed_, bank->code()));
    }
    if (first) {
        for (const Bank::Options& options : cast_) {
            open(options);
        }
    }
    if (sink == nullptr) {
        return {};
    }
    write_start(*sink);
    for (std::size_t number = 0; number < banks_.size(); ++number) {
        if (first) {
            banklog::v1::Record record;
            record.mutable_open_bank()->set_rail(number_of(banks_[number]->rail()));
            record.mutable_open_bank()->set_code(banks_[number]->code());
            sink->take(record);
        }
        banks_[number]->log_inputs(*sink, static_cast<std::uint32_t>(number));
    }
    return {};
}

void BankSet::write_start(InputSink& sink) const {
    banklog::v1::Record record;
    record.set_elapsed_us(last_.value);
    banklog::v1::Start& start = *record.mutable_start();
    start.set_incarnation(incarnation_);
    start.set_seed(seed_);
    for (const auto& [name, mark] : marks_of_cast()) {
        banklog::v1::Key& key = *start.add_keys();
        key.set_rail(name.first);
        key.set_version(name.second);
        key.set_mark(mark);
    }
    sink.take(record);
}

std::map<BankSet::KeyName, std::string> BankSet::marks_of_cast() const {
    std::map<KeyName, std::string> marks;
    for (const Bank::Options& options : cast_) {
        for (const auto& [version, key] : options.token_keys.all()) {
            marks.emplace(KeyName{number_of(options.rail), version}, mark_of(key));
        }
    }
    return marks;
}

void BankSet::open(const Bank::Options& options) {
    Bank::Options own = options;
    own.incarnation = incarnation_;
    own.seed = seed_of(seed_, options.code);
    banks_.push_back(std::make_unique<Bank>(std::move(own)));
}

std::vector<Bank*> BankSet::banks() const {
    std::vector<Bank*> banks;
    for (const auto& bank : banks_) {
        banks.push_back(bank.get());
    }
    return banks;
}

Bank* BankSet::find(std::string_view code) const {
    const auto found = std::find_if(banks_.begin(), banks_.end(),
                                    [code](const auto& bank) { return bank->code() == code; });
    return found == banks_.end() ? nullptr : found->get();
}

Hash128 BankSet::digest() const {
    Digest digest;
    digest.add(incarnation_);
    digest.add(seed_);
    for (const auto& bank : banks_) {
        digest.add(bank->digest());
    }
    return digest.finish();
}

}  // namespace lowu::bank
