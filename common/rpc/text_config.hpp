// Loads configuration, banks and scenarios from text protobuf, and says what is wrong with a file
// in words that lead to the spot: file, line, column, field and rule. Exists once, so that all
// programs complain alike. Called by main() at start and by tests. Any thread.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "common/base/result.hpp"

namespace google::protobuf {
class Message;
}

namespace lowu::rpc {

/// A rule that a well-formed file breaks.
struct ConfigFault {
    std::string field;  ///< A path in proto spelling, for example "banks[2].accounts[0].currency".
    std::string rule;   ///< Without a subject: "must be CNY or HKD".
};

/// Judges the loaded message; nullopt when it breaks no rule.
using ConfigCheck = std::function<std::optional<ConfigFault>()>;

/// Replaces `message` by what the file says, then runs `check`. Fails with kNotFound (no such
/// file), kIo, or kInvalid: "file:line:column: field rule". A field that the file does not mention
/// is located at the message that should hold it.
[[nodiscard]] Result<void> load_text_config(const std::string& file,
                                            google::protobuf::Message& message,
                                            const ConfigCheck& check = {});

}  // namespace lowu::rpc
