// A bank's inputs as its log holds them: written, and taken up again. See input_log.hpp and
// proto/lowu/banklog/v1/banklog.proto. Part of Bank.
#include <string>
#include <utility>
#include <variant>

#include "bank_sim/model/bank.hpp"
#include "bank_sim/model/digest_parts.hpp"
#include "lowu/banklog/v1/banklog.pb.h"

namespace lowu::bank {

using banklog::v1::Record;

InputLog::InputLog() : record_(std::make_unique<Record>()) {}
InputLog::~InputLog() = default;

Record& InputLog::begin(ElapsedTime now) {
    record_->set_bank(bank_);
    record_->set_elapsed_us(now.value);
    return *record_;
}

void InputLog::received(ElapsedTime now, const v1::SwitchFrame* frame,
                        const SessionEnd::Taken& taken) {
    if (sink_ == nullptr) return;
    banklog::v1::Received& input = *begin(now).mutable_received();
    input.clear_frame();
    if (frame != nullptr) {
        frame->SerializeToString(input.mutable_frame());
    }
    input.set_seen(static_cast<std::uint32_t>(taken.seen));
    input.set_acknowledged(taken.acknowledged);
    input.set_sent(taken.sent);
    end();
}

void InputLog::due(ElapsedTime now) {
    if (sink_ == nullptr) return;
    static_cast<void>(begin(now).mutable_due());
    end();
}

void InputLog::traffic_order(ElapsedTime now, const TrafficOrder& order) {
    if (sink_ == nullptr) return;
    banklog::v1::TrafficOrder& input = *begin(now).mutable_traffic_order();
    input.set_payer(order.payer.value);
    input.mutable_payee_agent()->assign(order.payee_agent);
    input.set_payee(order.payee);
    input.set_amount_minor(order.amount.value);
    input.set_scheduled_at_us(order.scheduled_at.value);
    end();
}

void InputLog::send_remittance(ElapsedTime now, const v1::SendRemittanceRequest& request,
                               std::optional<ElapsedTime> scheduled_at) {
    if (sink_ == nullptr) return;
    banklog::v1::SendRemittance& input = *begin(now).mutable_send_remittance();
    request.SerializeToString(input.mutable_request());
    input.clear_scheduled_at_us();
    if (scheduled_at) {
        input.set_scheduled_at_us(scheduled_at->value);
    }
    end();
}

void InputLog::refuse_unresolved(ElapsedTime now, const v1::SendRemittanceRequest& request,
                                 std::string_view why, std::optional<ElapsedTime> scheduled_at) {
    if (sink_ == nullptr) return;
    banklog::v1::RefuseUnresolved& input = *begin(now).mutable_refuse_unresolved();
    request.SerializeToString(input.mutable_request());
    input.mutable_why()->assign(why);
    input.clear_scheduled_at_us();
    if (scheduled_at) {
        input.set_scheduled_at_us(scheduled_at->value);
    }
    end();
}

void InputLog::resolved(const v1::Proxy& proxy, const v1::ResolveProxyResponse& found) {
    if (sink_ == nullptr) return;
    banklog::v1::Resolved& input = *begin().mutable_resolved();
    proxy.SerializeToString(input.mutable_proxy());
    found.SerializeToString(input.mutable_found());
    end();
}

void InputLog::return_payment(ElapsedTime now, const v1::ReturnPaymentRequest& request) {
    if (sink_ == nullptr) return;
    request.SerializeToString(begin(now).mutable_return_payment());
    end();
}

void InputLog::quote(ElapsedTime now, const v1::QuoteOrder& order) {
    if (sink_ == nullptr) return;
    order.SerializeToString(begin(now).mutable_quote());
    end();
}

void InputLog::take_offer(ElapsedTime now, const v1::QuoteOrder& order,
                          const v1::QuoteAnswer& answer) {
    if (sink_ == nullptr) return;
    banklog::v1::TakeOffer& input = *begin(now).mutable_take_offer();
    order.SerializeToString(input.mutable_order());
    answer.SerializeToString(input.mutable_answer());
    end();
}

void InputLog::open_account(ElapsedTime now, const v1::OpenAccountRequest& request) {
    if (sink_ == nullptr) return;
    request.SerializeToString(begin(now).mutable_open_account());
    end();
}

void InputLog::open_traffic_accounts(std::uint32_t count) {
    if (sink_ == nullptr) return;
    begin().set_open_traffic_accounts(count);
    end();
}

void InputLog::set_rates(ElapsedTime now, const v1::SetRatesRequest& request) {
    if (sink_ == nullptr) return;
    request.SerializeToString(begin(now).mutable_set_rates());
    end();
}

void InputLog::set_availability(const v1::SetBankAvailabilityRequest& request) {
    if (sink_ == nullptr) return;
    request.SerializeToString(begin().mutable_set_availability());
    end();
}

void InputLog::set_behavior(const v1::Behavior& behavior, std::uint64_t seed) {
    if (sink_ == nullptr) return;
    banklog::v1::SetBehavior& input = *begin().mutable_set_behavior();
    behavior.SerializeToString(input.mutable_behavior());
    input.set_seed(seed);
    end();
}

void InputLog::enquire(const std::string& uetr, v1::Side side) {
    if (sink_ == nullptr) return;
    banklog::v1::Enquire& input = *begin().mutable_enquire();
    input.set_uetr(uetr);
    input.set_side(static_cast<std::uint32_t>(side));
    end();
}

void InputLog::want_proxy(const v1::RegisterAccountProxyRequest& request) {
    if (sink_ == nullptr) return;
    request.SerializeToString(begin().mutable_want_proxy());
    end();
}

void InputLog::hold_proxy(const std::string& account, const v1::Proxy& proxy,
                          std::uint64_t reference) {
    if (sink_ == nullptr) return;
    banklog::v1::HoldProxy& input = *begin().mutable_hold_proxy();
    input.set_account(account);
    proxy.SerializeToString(input.mutable_proxy());
    input.set_reference(reference);
    end();
}

void InputLog::drop_proxy(const v1::Proxy& proxy) {
    if (sink_ == nullptr) return;
    proxy.SerializeToString(begin().mutable_drop_proxy());
    end();
}

void InputLog::enquire_after(Duration after) {
    if (sink_ == nullptr) return;
    begin().set_enquire_after_us(after.us);
    end();
}

void InputLog::set_up() {
    if (sink_ == nullptr) return;
    static_cast<void>(begin().mutable_set_up());
    end();
}

namespace {

std::optional<ElapsedTime> scheduled(bool has, std::int64_t at_us) {
    return has ? std::optional(ElapsedTime{at_us}) : std::nullopt;
}

Error cannot_be(std::string what) {
    return Error{Error::Kind::kCorrupt, std::move(what)};
}

// What was taken up once is taken up again.
template <class T>
Result<void> accepted(const Outcome<T>& outcome) {
    if (const auto* error = std::get_if<CallError>(&outcome)) {
        return cannot_be("an input that was taken up is refused now: " + error->reason + " " +
                         error->field + " " + error->rule);
    }
    return {};
}

Result<void> accepted(const std::optional<CallError>& error) {
    return error ? accepted(Outcome<bool>(*error)) : Result<void>();
}

// Calls `take` with the message that the bytes hold.
template <class Message, class Take>
Result<void> with(const std::string& bytes, Take take) {
    Message message;
    if (!message.ParseFromString(bytes)) {
        return cannot_be("it does not hold a " + message.GetTypeName());
    }
    return take(message);
}

}  // namespace

Result<void> Bank::replay(const Record& record) {
    const ElapsedTime now{record.elapsed_us()};
    switch (record.input_case()) {
        case Record::kReceived:
            return replay_received(record.received(), now);
        case Record::kTrafficOrder: {
            const banklog::v1::TrafficOrder& input = record.traffic_order();
            if (input.amount_minor() <= 0 || input.amount_minor() > money::kMaxAmountMinor.value) {
                return cannot_be("it holds a payment of no amount that there is");
            }
            const bool sent = send_traffic(
                {CustomerId{input.payer()}, input.payee_agent(), input.payee(),
                 money::AmountMinor{input.amount_minor()}, ElapsedTime{input.scheduled_at_us()}},
                now);
            return sent ? Result<void>() : cannot_be("a payment that was sent is refused now");
        }
        case Record::kDue:
            on_time(now);
            return {};
        case Record::kSendRemittance:
            return with<v1::SendRemittanceRequest>(
                record.send_remittance().request(), [&](const auto& request) {
                    const auto& input = record.send_remittance();
                    return accepted(
                        send(request, now,
                             scheduled(input.has_scheduled_at_us(), input.scheduled_at_us())));
                });
        case Record::kRefuseUnresolved:
            return with<v1::SendRemittanceRequest>(
                record.refuse_unresolved().request(), [&](const auto& request) {
                    const auto& input = record.refuse_unresolved();
                    return accepted(refuse_unresolved(
                        request, now, input.why(),
                        scheduled(input.has_scheduled_at_us(), input.scheduled_at_us())));
                });
        case Record::kReturnPayment:
            return with<v1::ReturnPaymentRequest>(
                record.return_payment(),
                [&](const auto& request) { return accepted(return_payment(request, now)); });
        case Record::kOpenAccount:
            return with<v1::OpenAccountRequest>(record.open_account(), [&](const auto& request) {
                return accepted(open_account(request, now));
            });
        case Record::kOpenTrafficAccounts:
            if (record.open_traffic_accounts() > kMaxTrafficAccounts) {
                return cannot_be("it holds more accounts for traffic than there may be");
            }
            return accepted(open_traffic_accounts(record.open_traffic_accounts()));
        case Record::kResolved:
        case Record::kWantProxy:
        case Record::kHoldProxy:
        case Record::kDropProxy:
            return replay_directory(record);
        case Record::kQuote:
        case Record::kTakeOffer:
        case Record::kSetRates:
        case Record::kSetAvailability:
        case Record::kSetBehavior:
        case Record::kEnquire:
        case Record::kEnquireAfterUs:
        case Record::kSetUp:
            return replay_desk(record);
        case Record::kStart:
        case Record::kOpenBank:
        case Record::INPUT_NOT_SET:
            break;
    }
    return cannot_be("it holds no input of a bank that this version knows");
}

Result<void> Bank::replay_received(const banklog::v1::Received& input, ElapsedTime now) {
    return with<v1::SwitchFrame>(input.frame(), [&](const auto& frame) -> Result<void> {
        if (!session_.replay(frame, {input.seen(), input.acknowledged(), input.sent()}, now)) {
            return cannot_be("it holds a frame that cannot have come here");
        }
        take_up(frame, input.seen(), now);
        return {};
    });
}

Result<void> Bank::replay_directory(const Record& record) {
    if (record.has_want_proxy()) {
        return with<v1::RegisterAccountProxyRequest>(
            record.want_proxy(), [&](const auto& wanted) { return accepted(want_proxy(wanted)); });
    }
    const std::string& bytes = record.has_resolved()     ? record.resolved().proxy()
                               : record.has_hold_proxy() ? record.hold_proxy().proxy()
                                                         : record.drop_proxy();
    return with<v1::Proxy>(bytes, [&](const v1::Proxy& proxy) -> Result<void> {
        if (!scheme::proxy_kind_from_number(proxy.kind())) {
            return cannot_be("it holds a proxy of no kind");
        }
        if (record.has_resolved()) {
            return with<v1::ResolveProxyResponse>(record.resolved().found(),
                                                  [&](const auto& found) -> Result<void> {
                                                      take_resolution(proxy, found);
                                                      return {};
                                                  });
        }
        if (record.has_hold_proxy()) {
            hold_proxy(record.hold_proxy().account(), proxy, record.hold_proxy().reference());
        } else {
            drop_proxy(proxy);
        }
        return {};
    });
}

Result<void> Bank::replay_desk(const Record& record) {
    const ElapsedTime now{record.elapsed_us()};
    if (record.has_quote()) {
        return with<v1::QuoteOrder>(record.quote(),
                                    [&](const auto& order) { return accepted(quote(order, now)); });
    }
    if (record.has_take_offer()) {
        return with<v1::QuoteOrder>(record.take_offer().order(), [&](const auto& order) {
            return with<v1::QuoteAnswer>(record.take_offer().answer(), [&](const auto& answer) {
                return accepted(take_offer(order, answer, now));
            });
        });
    }
    if (record.has_set_rates()) {
        return with<v1::SetRatesRequest>(
            record.set_rates(), [&](const auto& rates) { return accepted(set_rates(rates, now)); });
    }
    if (record.has_set_availability()) {
        return with<v1::SetBankAvailabilityRequest>(
            record.set_availability(),
            [&](const auto& request) { return accepted(set_availability(request)); });
    }
    if (record.has_set_behavior()) {
        return with<v1::Behavior>(record.set_behavior().behavior(),
                                  [&](const auto& behavior) -> Result<void> {
                                      if (auto error = Behavior::check(behavior)) {
                                          return accepted(error);
                                      }
                                      set_behavior(behavior, record.set_behavior().seed());
                                      return {};
                                  });
    }
    if (record.has_enquire()) {
        return accepted(
            enquire(record.enquire().uetr(), static_cast<v1::Side>(record.enquire().side())));
    }
    if (record.has_enquire_after_us()) {
        set_enquire_after(Duration::from_us(record.enquire_after_us()));
    } else {
        set_up();
    }
    return {};
}

Hash128 Bank::digest() const {
    Digest digest;
    digest.add(options_.rail);
    digest.add_text(options_.code);
    books_.add_to(digest);
    outbox_.add_to(digest);
    session_.add_to(digest);
    proxies_.add_to(digest);
    resolutions_.add_to(digest);
    exchange_.add_to(digest);
    behavior_.add_to(digest);
    token_version_.add_to(digest);
    payer_side_.add_to(digest);
    payee_side_.add_to(digest);
    add_part(digest, prng_);
    for (const std::uint64_t count :
         {anomalies_.settled_without_promise, anomalies_.unknown_payment,
          anomalies_.message_rejected, anomalies_.unanswerable_request, anomalies_.contradicted,
          anomalies_.returned_unknown, anomalies_.announcement_dropped}) {
        digest.add(count);
    }
    for (std::size_t index = 0; index < events_.size(); ++index) {
        digest.add_text(events_[index].SerializeAsString());
    }
    digest.add(sheet_position_);
    digest.add(traffic_accounts_.size());
    for (const CustomerId account : traffic_accounts_) {
        digest.add(account);
    }
    digest.add(configured_proxies_.size());
    for (const Hash128& proxy : configured_proxies_) {
        digest.add(proxy);
    }
    for (const auto& [order, wanted] : wanted_proxies_) {
        digest.add_text(wanted.SerializeAsString());
    }
    digest.add(set_up_);
    return digest.finish();
}

}  // namespace lowu::bank
