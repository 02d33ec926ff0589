// A running watch. See payment_watch.hpp.
#include "client/payment_watch.hpp"

namespace lowu::client {

PaymentWatch::PaymentWatch(const Peer& peer, v1::PaymentService::Stub& payments,
                           const v1::WatchPaymentsRequest& request)
    : who_(peer.who),
      address_(peer.address),
      resume_token_(request.resume_token()),
      reader_(payments.WatchPayments(&context_, request)) {}

PaymentWatch::~PaymentWatch() {
    if (ended_) return;
    context_.TryCancel();
    (void)reader_->Finish();
}

bool PaymentWatch::next(v1::WatchPaymentsResponse& response) {
    if (!reader_->Read(&response)) return false;
    if (!response.resume_token().empty()) resume_token_ = response.resume_token();
    return true;
}

void PaymentWatch::cancel() {
    context_.TryCancel();
}

Result<void> PaymentWatch::end() {
    ended_ = true;
    const grpc::Status status = reader_->Finish();
    if (status.ok() || status.error_code() == grpc::StatusCode::CANCELLED) return {};
    return watch_error_of(status, who_, address_);
}

Error watch_error_of(const grpc::Status& status, const std::string& who,
                     const std::string& address) {
    Error error = error_of(status, who, address);
    if (status.error_code() == grpc::StatusCode::OUT_OF_RANGE) {
        error.kind = Error::Kind::kNotFound;
        error.what +=
            ". What happened in between is not kept for watchers: see it with 'lowu list', then "
            "watch anew without --from";
    }
    if (status.error_code() == grpc::StatusCode::DATA_LOSS) {
        error.kind = Error::Kind::kNotFound;
        error.what += ". The token is of another log: watch anew without --from";
    }
    return error;
}

}  // namespace lowu::client
