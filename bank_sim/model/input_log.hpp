// InputLog: a bank's pen: writes down every input that changes the bank, so that the same inputs
// make the same bank again. Exists so that what is written and how it is taken up again
// (Bank::replay, in the same source file) stand side by side. InputSink: where the records go;
// without one nothing is written. A call that is refused changes nothing and is not written. On
// the bank's thread.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "bank_sim/model/session_end.hpp"
#include "common/base/time.hpp"
#include "lowu/v1/bank.pb.h"
#include "lowu/v1/directory.pb.h"
#include "lowu/v1/participant.pb.h"
#include "lowu/v1/types.pb.h"

namespace lowu::banklog::v1 {
class Record;
}

namespace lowu::bank {

class InputSink {
public:
    InputSink() = default;
    InputSink(const InputSink&) = delete;
    InputSink& operator=(const InputSink&) = delete;
    virtual ~InputSink() = default;

    /// An input that a bank has taken up just now. The record is used again after the call.
    virtual void take(const banklog::v1::Record& record) = 0;
};

struct TrafficOrder;

class InputLog {
public:
    InputLog();
    ~InputLog();

    /// `bank`: its place among the banks of the log.
    void open(InputSink& sink, std::uint32_t bank) {
        sink_ = &sink;
        bank_ = bank;
    }

    void received(ElapsedTime now, const v1::SwitchFrame* frame, const SessionEnd::Taken& taken);
    void due(ElapsedTime now);
    void traffic_order(ElapsedTime now, const TrafficOrder& order);
    void send_remittance(ElapsedTime now, const v1::SendRemittanceRequest& request,
                         std::optional<ElapsedTime> scheduled_at);
    void refuse_unresolved(ElapsedTime now, const v1::SendRemittanceRequest& request,
                           std::string_view why, std::optional<ElapsedTime> scheduled_at);
    void resolved(const v1::Proxy& proxy, const v1::ResolveProxyResponse& found);
    void return_payment(ElapsedTime now, const v1::ReturnPaymentRequest& request);
    void quote(ElapsedTime now, const v1::QuoteOrder& order);
    void take_offer(ElapsedTime now, const v1::QuoteOrder& order, const v1::QuoteAnswer& answer);
    void open_account(ElapsedTime now, const v1::OpenAccountRequest& request);
    void open_traffic_accounts(std::uint32_t count);
    void set_rates(ElapsedTime now, const v1::SetRatesRequest& request);
    void set_availability(const v1::SetBankAvailabilityRequest& request);
    void set_behavior(const v1::Behavior& behavior, std::uint64_t seed);
    void enquire(const std::string& uetr, v1::Side side);
    void want_proxy(const v1::RegisterAccountProxyRequest& request);
    void hold_proxy(const std::string& account, const v1::Proxy& proxy, std::uint64_t reference);
    void drop_proxy(const v1::Proxy& proxy);
    void enquire_after(Duration after);
    void set_up();

private:
    // The record may hold an earlier input: every field is set.
    [[nodiscard]] banklog::v1::Record& begin(ElapsedTime now = {});
    void end() { sink_->take(*record_); }

    InputSink* sink_ = nullptr;
    std::uint32_t bank_ = 0;
    std::unique_ptr<banklog::v1::Record> record_;
};

}  // namespace lowu::bank
