// BankSet: the banks of a process and how they come to be: of the configuration at the first start,
// of the log at every other. Exists so that both ways end in the same banks. Replays records, then
// starts. Called by main() before the loop runs, on its thread; then the banks are the loop's.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "bank_sim/model/bank.hpp"
#include "common/base/hash.hpp"
#include "common/base/result.hpp"
#include "common/base/time.hpp"

namespace lowu::bank {

class BankSet {
public:
    /// `cast`: the banks of the configuration, in order; incarnation and seed are not looked at.
    explicit BankSet(std::vector<Bank::Options> cast) : cast_(std::move(cast)) {}

    /// Takes up a record of the log. kInvalid when the configuration lacks a bank or a key of the
    /// log, kCorrupt when no process has written it so.
    [[nodiscard]] Result<void> replay(const banklog::v1::Record& record);

    /// Starts the banks: those of the log or, when it holds none, of the configuration. kInvalid
    /// when the configuration has a bank that the log lacks. `at_least`: what the incarnation must
    /// be at least. With a sink the banks write what they take up from now on.
    [[nodiscard]] Result<void> start(std::uint64_t at_least, std::uint64_t seed, InputSink* sink);

    /// In the order of the first start.
    [[nodiscard]] std::vector<Bank*> banks() const;
    /// nullptr when there is none.
    [[nodiscard]] Bank* find(std::string_view code) const;
    /// The latest that the log knows of.
    [[nodiscard]] ElapsedTime last() const { return last_; }
    /// The log holds a start already.
    [[nodiscard]] bool started_before() const { return incarnation_ > 0; }
    [[nodiscard]] std::uint64_t incarnation() const { return incarnation_; }
    [[nodiscard]] Hash128 digest() const;

private:
    using KeyName = std::pair<std::uint32_t, std::uint32_t>;  // rail, version

    [[nodiscard]] Result<void> take_start(const banklog::v1::Record& record);
    [[nodiscard]] Result<void> take_bank(const banklog::v1::Record& record);
    [[nodiscard]] std::map<KeyName, std::string> marks_of_cast() const;
    void write_start(InputSink& sink) const;
    void open(const Bank::Options& options);

    std::vector<Bank::Options> cast_;
    std::vector<std::unique_ptr<Bank>> banks_;
    std::uint64_t incarnation_ = 0;  // of the latest start
    std::uint64_t seed_ = 0;
    ElapsedTime last_;
};

}  // namespace lowu::bank
