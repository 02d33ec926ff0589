// Judges a listen address. See listen.hpp.
#include "common/rpc/listen.hpp"

#include <charconv>
#include <cstdint>
#include <string>

namespace lowu::rpc {
namespace {

// A whole decimal number of at most `largest`, without sign or blank.
bool is_number_up_to(std::string_view text, std::uint32_t largest) {
    std::uint32_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    return error == std::errc{} && !text.empty() && end == text.data() + text.size() &&
           value <= largest;
}

bool is_loopback_v4(std::string_view host) {
    int parts = 0;
    bool first_is_127 = false;
    while (true) {
        const std::size_t dot = host.find('.');
        const std::string_view part = host.substr(0, dot);
        if (!is_number_up_to(part, 255)) {
            return false;
        }
        if (parts == 0) {
            first_is_127 = part == "127";
        }
        ++parts;
        if (dot == std::string_view::npos) {
            return parts == 4 && first_is_127;
        }
        host = host.substr(dot + 1);
    }
}

Error refusal(std::string_view address, std::string_view rule) {
    return Error{Error::Kind::kInvalid,
                 "listen address \"" + std::string(address) + "\" " + std::string(rule)};
}

}  // namespace

Result<void> check_listen_address(std::string_view address) {
    for (const std::string_view scheme : {"unix:", "unix-abstract:"}) {
        if (address.starts_with(scheme)) {
            if (address.size() == scheme.size()) {
                return refusal(address, "must name a socket behind \"unix:\"");
            }
            return {};
        }
    }
    const std::size_t colon = address.rfind(':');
    if (colon == std::string_view::npos || !is_number_up_to(address.substr(colon + 1), 65'535)) {
        return refusal(address, "must be host:port with a port of 0 to 65535, or unix:path");
    }
    const std::string_view host = address.substr(0, colon);
    if (host != "localhost" && host != "[::1]" && !is_loopback_v4(host)) {
        return refusal(address,
                       "must be a loopback address (127.0.0.0/8, [::1], localhost) or a unix: "
                       "socket: without TLS nothing else is bound");
    }
    return {};
}

}  // namespace lowu::rpc
