// lowu.v1.ParticipantService; see participant_service.hpp.
#include "switch/service/participant_service.hpp"

#include "common/rpc/status.hpp"

namespace lowu::service {
namespace {

/// Ends a call at once.
class Refusal final : public grpc::ServerBidiReactor<grpc::ByteBuffer, grpc::ByteBuffer> {
public:
    explicit Refusal(const grpc::Status& status) { Finish(status); }
    void OnDone() override { delete this; }
};

}  // namespace

grpc::ServerBidiReactor<grpc::ByteBuffer, grpc::ByteBuffer>* ParticipantService::Session(
    grpc::CallbackServerContext* context) {
    if (const auto not_ready = readiness_.refusal()) return new Refusal(*not_ready);
    auto connection = table_.open(*context);
    if (!connection) {
        return new Refusal(rpc::make_status(grpc::StatusCode::RESOURCE_EXHAUSTED,
                                            "TOO_MANY_SESSIONS", "", "too many open sessions"));
    }
    Connection* reactor = connection.get();
    reactor->start(std::move(connection));
    return reactor;
}

}  // namespace lowu::service
