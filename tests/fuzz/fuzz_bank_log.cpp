// A bank process's log, whoever wrote it. Records are taken up or refused; the same records make
// the same banks; and banks that were made again can go on. See targets.hpp.
//
// An input is the payload of a batch. What every log begins with, the start and the opening of the
// banks, is put in front of it.
#include <string>

#include "bank_sim/journal/bank_set.hpp"
#include "bank_sim/journal/batch.hpp"
#include "lowu/banklog/v1/banklog.pb.h"
#include "tests/fuzz/small_banks.hpp"
#include "tests/fuzz/targets.hpp"

namespace lowu::fuzz {
namespace {

class Kept final : public bank::InputSink {
public:
    void take(const banklog::v1::Record& record) override { records.push_back(record); }
    std::vector<banklog::v1::Record> records;
};

const std::vector<banklog::v1::Record>& beginning() {
    static const std::vector<banklog::v1::Record> kBeginning = [] {
        bank::BankSet banks(small_cast());
        Kept kept;
        LOWU_ASSERT(banks.start(1, 1, &kept).ok(), "an empty log takes any banks");
        return kept.records;
    }();
    return kBeginning;
}

/// How many were taken up before one was refused.
int replay(const banklog::v1::Batch& batch, bank::BankSet& banks) {
    for (const banklog::v1::Record& record : beginning())
        LOWU_ASSERT(banks.replay(record).ok(), "what a process writes is taken up");
    int taken = 0;
    for (const banklog::v1::Record& record : batch.records()) {
        if (!banks.replay(record).ok()) break;
        ++taken;
    }
    return taken;
}

/// A process that has replayed it starts, greets and says what it has to say.
void go_on(bank::BankSet& banks) {
    Kept kept;
    if (!banks.start(1, 2, &kept).ok()) return;
    for (bank::Bank* bank : banks.banks()) {
        bank->session().connect();
        LOWU_ASSERT(bank->session().next_frame(banks.last()) != nullptr, "a bank greets");
        bank->session().frame_sent();
        bank->on_time(banks.last());
    }
}

}  // namespace

int fuzz_bank_log(std::span<const std::byte> input) {
    banklog::v1::Batch batch;
    if (!batch.ParseFromArray(input.data(), static_cast<int>(input.size()))) return 0;
    bank::BankSet banks(small_cast());
    const int taken = replay(batch, banks);
    bank::BankSet others(small_cast());
    LOWU_ASSERT(replay(batch, others) == taken, "the same records are taken up");
    LOWU_ASSERT(others.digest() == banks.digest(), "and make the same banks");
    if (taken == batch.records_size()) go_on(banks);
    return taken;
}

}  // namespace lowu::fuzz
