// lowu_log inspect: the records of a log, one a line; see log_tool.hpp.
#include <iostream>
#include <nlohmann/json.hpp>
#include <type_traits>
#include <variant>

#include "common/base/hex.hpp"
#include "common/log/log_reader.hpp"
#include "common/scheme/calendar.hpp"
#include "switch/app/exit_code.hpp"
#include "switch/app/log_tool.hpp"
#include "switch/journal/batch.hpp"

namespace lowu::app {
namespace {

using Json = nlohmann::ordered_json;

/// Payments that a command names: its own, and the one that it is about.
struct Named {
    std::optional<scheme::Uetr> uetr;
    std::optional<scheme::Uetr> original;
};

Named named_by(const core::Command& command) {
    return std::visit(
        [](const auto& one) -> Named {
            using One = std::decay_t<decltype(one)>;
            Named named;
            if constexpr (std::is_same_v<One, core::LinkDelivery>) {
                named.uetr = one.message.uetr;
                named.original = one.message.original;
            } else if constexpr (std::is_same_v<One, core::Recollect>) {
                named.uetr = one.leg.payment.uetr;
                if (one.leg.record) named.original = one.leg.record->original_uetr;
            } else if constexpr (requires { one.uetr; }) {
                named.uetr = one.uetr;
                if constexpr (requires { one.original; }) named.original = one.original;
            }
            if (named.uetr == scheme::Uetr{}) named.uetr.reset();
            if (named.original == scheme::Uetr{}) named.original.reset();
            return named;
        },
        command);
}

/// Microseconds as seconds: "12.345678".
std::string seconds(ElapsedTime elapsed) {
    const std::string text = std::to_string(elapsed.value);
    const std::string padded = text.size() < 7 ? std::string(7 - text.size(), '0') + text : text;
    return padded.substr(0, padded.size() - 6) + "." + padded.substr(padded.size() - 6);
}

class Inspector {
public:
    explicit Inspector(const LogToolOptions& options) : options_(options) {}

    /// False when enough has been printed.
    Result<bool> take(const log::BatchView& batch, bool records) {
        if (batch.last_sequence() < from()) return true;
        if (options_.to && batch.first_sequence > *options_.to) return false;
        if (records) return take_records(batch);
        ++looked_at_;
        print_batch(batch);
        return !full();
    }

    /// For people: silence would leave open whether there was anything to look at.
    void say_if_none_matched(bool records) const {
        if (options_.json || lines_ > 0) return;
        std::cerr << "lowu_log: looked at " << looked_at_ << (records ? " records" : " batches")
                  << ", none matches" << std::endl;
    }

private:
    [[nodiscard]] std::uint64_t from() const { return options_.from.value_or(1); }
    [[nodiscard]] bool full() const { return options_.limit != 0 && lines_ >= options_.limit; }

    Result<bool> take_records(const log::BatchView& batch) {
        const core::Sequence first{batch.first_sequence};
        if (auto opened = reader_.open(batch.payload, first); !opened.ok()) return opened.error();
        while (true) {
            const Result<bool> more = reader_.next(entry_);
            if (!more.ok()) return more.error();
            if (!*more) return true;
            const std::uint64_t sequence = entry_.stamp.sequence.value;
            if (options_.to && sequence > *options_.to) return false;
            if (sequence < from()) continue;
            ++looked_at_;
            const Named named = named_by(entry_.command);
            if (options_.uetr && named.uetr != options_.uetr && named.original != options_.uetr) {
                continue;
            }
            print(batch, named);
            if (full()) return false;
        }
    }

    void print(const log::BatchView& batch, const Named& named) {
        ++lines_;
        const std::string command = journal::describe(entry_.rail, entry_.command);
        if (!options_.json) {
            std::cout << entry_.stamp.sequence.value << "  "
                      << scheme::format_utc8(entry_.stamp.scheme) << "  +"
                      << seconds(entry_.stamp.elapsed) << " s  " << command;
            if (named.uetr) std::cout << "  uetr " << scheme::format_uetr(*named.uetr);
            if (named.original) std::cout << "  of " << scheme::format_uetr(*named.original);
            std::cout << "\n";
            return;
        }
        Json line = {{"sequence", std::to_string(entry_.stamp.sequence.value)},
                     {"epoch", std::to_string(batch.epoch)},
                     {"scheme_time", scheme::format_utc8(entry_.stamp.scheme)},
                     {"elapsed_us", std::to_string(entry_.stamp.elapsed.value)},
                     {"rail", std::string(scheme::to_string(entry_.rail))},
                     {"command", command}};
        if (named.uetr) line["uetr"] = scheme::format_uetr(*named.uetr);
        if (named.original) line["original"] = scheme::format_uetr(*named.original);
        std::cout << line.dump() << "\n";
    }

    void print_batch(const log::BatchView& batch) {
        ++lines_;
        if (!options_.json) {
            std::cout << batch.first_sequence << " to " << batch.last_sequence() << "  epoch "
                      << batch.epoch << "  " << batch.payload.size() << " bytes  "
                      << to_hex(batch.hash) << "\n";
            return;
        }
        const Json line = {{"first_sequence", std::to_string(batch.first_sequence)},
                           {"last_sequence", std::to_string(batch.last_sequence())},
                           {"epoch", std::to_string(batch.epoch)},
                           {"bytes", std::to_string(batch.payload.size())},
                           {"hash", to_hex(batch.hash)}};
        std::cout << line.dump() << "\n";
    }

    const LogToolOptions& options_;
    journal::RecordReader reader_;
    journal::Entry entry_;
    std::uint64_t looked_at_ = 0;  // records, or batches, between --from and --to
    std::uint64_t lines_ = 0;
};

}  // namespace

int inspect_directory(const LogToolOptions& options) {
    const auto directory =
        log::PosixDirectory::open(options.directory, log::MissingDirectory::kRefuse);
    if (!directory.ok()) return say_error(options, directory.error());
    if (options.from) {
        // Says which the oldest is when that is later.
        const auto reader = log::LogReader::open(**directory, *options.from);
        if (!reader.ok()) return say_error(options, reader.error());
    }
    const auto about = facts_of(**directory);
    if (!about.ok()) return say_error(options, about.error());
    const bool records = reads_records(*about);
    if (!records) {
        if (options.uetr) {
            say_error(options, {Error::Kind::kInvalid,
                                "--uetr needs records, and those of " + options.directory +
                                    " cannot be read here: " + why_not_read(*about)});
            return kExitUsage;
        }
        std::cerr << "lowu_log: batches only: " << why_not_read(*about) << std::endl;
    }
    Inspector inspector(options);
    log::VerifyOptions walk;
    walk.from_sequence = options.from.value_or(1);
    walk.take = [&](const log::BatchView& batch) { return inspector.take(batch, records); };
    const auto walked = log::verify_log(**directory, walk);
    std::cout.flush();
    if (!walked.ok()) return say_error(options, walked.error());
    if (walked->damage) return say_damage(options, *walked->damage);
    inspector.say_if_none_matched(records);
    return kExitOk;
}

}  // namespace lowu::app
