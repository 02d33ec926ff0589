// Journal: a bank process's step machine around its log: gathers what banks take up, gives it out
// as batches, and lets out what had to wait until its cause was durable: frames and
// acknowledgements (SessionEnd::release) and everything else as actions. Exists without thread or
// file, so that a test can delay, fail and lose at will. On the banks' thread.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "bank_sim/journal/batch.hpp"
#include "bank_sim/model/bank.hpp"

namespace lowu::bank {

class Journal {
public:
    /// `next`: the sequence number of the next record.
    explicit Journal(std::uint64_t next) : builder_(next) {}

    /// Where the banks write.
    [[nodiscard]] InputSink& sink() { return builder_; }
    /// What was gathered before hold_back, to be appended at once.
    [[nodiscard]] BatchBuilder& builder() { return builder_; }
    /// The banks, when they are all there: from now on they say nothing that is not durable.
    void hold_back(std::vector<Bank*> banks);

    /// Runs the action when everything that the banks have taken up so far is durable: now, if it
    /// is.
    void when_durable(std::function<void()> action);

    /// Nothing waits for the log.
    [[nodiscard]] bool quiet() const { return builder_.empty() && !under_way_; }
    [[nodiscard]] bool has_batch() const { return !builder_.empty(); }
    /// Much waits: nothing should be taken up that can wait.
    [[nodiscard]] bool full() const { return builder_.full(); }
    /// A batch is with the log.
    [[nodiscard]] bool under_way() const { return under_way_; }

    /// The next batch to append: has_batch(), and none under way.
    void seal(SealedBatch& batch);
    /// The batch under way is durable.
    void durable();

private:
    using Actions = std::vector<std::function<void()>>;

    BatchBuilder builder_;
    std::vector<Bank*> banks_;
    bool under_way_ = false;
    bool lets_out_ = false;  // the batch under way is the last of what it was taken from
    std::vector<SessionEnd::Reach> reaches_;  // with it, by bank
    std::vector<Deeds> deeds_;                // with it
    std::vector<Deeds> durable_deeds_;
    Actions waiting_;  // for what is gathered
    Actions leaving_;  // for the batch under way
};

}  // namespace lowu::bank
