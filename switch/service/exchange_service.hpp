// lowu.v1.ExchangeService: passes a Mainland bank's question for a quote to the Hong Kong bank that
// is to be paid, through the engine; shows the rate sheets from durable state. Translation only.
#pragma once

#include <grpcpp/grpcpp.h>

#include "lowu/v1/exchange.grpc.pb.h"
#include "switch/service/desk.hpp"
#include "switch/service/requests.hpp"

namespace lowu::service {

class ExchangeService final : public v1::ExchangeService::CallbackService {
public:
    ExchangeService(Desk& desk, Requests& requests) : desk_(desk), requests_(requests) {}

    grpc::ServerUnaryReactor* RequestQuote(grpc::CallbackServerContext* context,
                                           const v1::RequestQuoteRequest* request,
                                           v1::RequestQuoteResponse* response) override;
    grpc::ServerUnaryReactor* ListRateSheets(grpc::CallbackServerContext* context,
                                             const v1::ListRateSheetsRequest* request,
                                             v1::ListRateSheetsResponse* response) override;

private:
    Desk& desk_;
    Requests& requests_;
};

}  // namespace lowu::service
