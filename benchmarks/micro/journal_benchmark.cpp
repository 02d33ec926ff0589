// What a record costs on its way into a batch, and back.
#include <benchmark/benchmark.h>

#include "switch/journal/batch.hpp"

namespace lowu::bench {
namespace {

journal::Body body() {
    journal::Body body;
    body.payer_account = "012-875-10001";
    body.payee_account = "6222020200012345678";
    body.carried = std::string(120, 'x');
    body.creation_time = SchemeTime{1};
    body.purpose = core::Purpose::kPersonal;
    body.payer_kind = core::PartyKind::kPerson;
    return body;
}

void fill(journal::BatchBuilder& builder, std::uint64_t records) {
    core::CreditTransfer transfer;
    transfer.uetr = {0x1234, 0x5678};
    transfer.service = core::Service::kP2pRemittance;
    transfer.amount = core::AmountMinor{80'000};
    transfer.payer.document = core::DocumentType::kHkid;
    transfer.payer.token_version = 1;
    transfer.payer.tokens.current = {0x1357'2468, 0x9bdf'ace0};
    const journal::Body with = body();
    for (std::uint64_t i = 1; i <= records; ++i) {
        builder.add({core::Sequence{i}, SchemeTime{1}, ElapsedTime{1}}, core::Rail::kFps, transfer,
                    with);
    }
}

void encode_transfer(benchmark::State& state) {
    journal::BatchBuilder builder;
    log::BatchBuffer buffer;
    for (auto _ : state) {
        fill(builder, 64);
        builder.take(buffer);
    }
    state.SetItemsProcessed(state.iterations() * 64);
}
BENCHMARK(encode_transfer);

void decode_transfer(benchmark::State& state) {
    journal::BatchBuilder builder;
    log::BatchBuffer buffer;
    fill(builder, 64);
    builder.take(buffer);
    journal::RecordReader reader;
    journal::Entry entry;
    for (auto _ : state) {
        const bool opened = reader.open(buffer.payload(), core::Sequence{1}).ok();
        benchmark::DoNotOptimize(opened);
        while (*reader.next(entry)) {
        }
    }
    state.SetItemsProcessed(state.iterations() * 64);
}
BENCHMARK(decode_transfer);

}  // namespace
}  // namespace lowu::bench
