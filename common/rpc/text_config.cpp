// Loads text protobuf and locates faults. See text_config.hpp.
#include "common/rpc/text_config.hpp"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/io/tokenizer.h>
#include <google/protobuf/message.h>
#include <google/protobuf/text_format.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <fstream>
#include <string_view>
#include <system_error>

namespace lowu::rpc {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::TextFormat;

// Lines and columns count from 0 in protobuf and from 1 in editors.
std::string place(const std::string& file, int line, int column) {
    if (line < 0) {
        return file + ":1:1: ";
    }
    return file + ":" + std::to_string(line + 1) + ":" + std::to_string(column + 1) + ": ";
}

// Keeps the first error: those behind it mostly follow from it.
class FirstError final : public google::protobuf::io::ErrorCollector {
public:
    explicit FirstError(const std::string& file) : file_(file) {}

    void AddError(int line, google::protobuf::io::ColumnNumber column,
                  const std::string& message) override {
        if (what_.empty()) {
            what_ = place(file_, line, column) + message;
        }
    }
    [[nodiscard]] const std::string& what() const { return what_; }

private:
    const std::string& file_;
    std::string what_;
};

// One step of a path: "accounts[3]" is {"accounts", 3}; without brackets the index is -1.
struct Step {
    std::string name;
    int index = -1;
};

Step parse_step(std::string_view text) {
    const std::size_t bracket = text.find('[');
    if (bracket == std::string_view::npos) {
        return Step{std::string(text), -1};
    }
    int index = -1;
    std::from_chars(text.data() + bracket + 1, text.data() + text.size(), index);
    return Step{std::string(text.substr(0, bracket)), index};
}

// The place of the deepest part of the path that the file mentions.
TextFormat::ParseLocation locate(const Descriptor* type, TextFormat::ParseInfoTree* tree,
                                 std::string_view path) {
    TextFormat::ParseLocation found;
    while (!path.empty() && tree != nullptr && type != nullptr) {
        const std::size_t dot = path.find('.');
        const Step step = parse_step(path.substr(0, dot));
        path = dot == std::string_view::npos ? std::string_view{} : path.substr(dot + 1);
        const FieldDescriptor* field = type->FindFieldByName(step.name);
        if (field == nullptr || (field->is_repeated() && step.index < 0)) {
            break;  // A fault of the list as a whole has no place of its own.
        }
        const TextFormat::ParseLocation here = tree->GetLocation(field, step.index);
        if (here.line < 0) {
            break;
        }
        found = here;
        type = field->message_type();
        tree = type == nullptr ? nullptr : tree->GetTreeForNested(field, step.index);
    }
    return found;
}

Result<std::string> read_file(const std::string& file) {
    std::ifstream stream(file, std::ios::binary);
    if (!stream) {
        const int error_number = errno;
        const auto kind = error_number == ENOENT ? Error::Kind::kNotFound : Error::Kind::kIo;
        return Error{kind, file + ": " + std::generic_category().message(error_number)};
    }
    // By read(), which notes what an iterator would throw: a directory can be opened, too.
    std::string text;
    std::array<char, 4'096> chunk{};
    while (stream.read(chunk.data(), chunk.size()) || stream.gcount() > 0) {
        text.append(chunk.data(), static_cast<std::size_t>(stream.gcount()));
    }
    if (stream.bad()) {
        return Error{Error::Kind::kIo, file + ": is no file that can be read"};
    }
    return text;
}

}  // namespace

Result<void> load_text_config(const std::string& file, google::protobuf::Message& message,
                              const ConfigCheck& check) {
    Result<std::string> text = read_file(file);
    if (!text) {
        return std::move(text).error();
    }
    FirstError errors(file);
    TextFormat::ParseInfoTree tree;
    TextFormat::Parser parser;
    parser.RecordErrorsTo(&errors);
    parser.WriteLocationsTo(&tree);
    if (!parser.ParseFromString(*text, &message)) {
        return Error{Error::Kind::kInvalid,
                     errors.what().empty() ? file + ": is not text protobuf" : errors.what()};
    }
    if (!check) {
        return {};
    }
    if (const std::optional<ConfigFault> fault = check()) {
        const TextFormat::ParseLocation spot = locate(message.GetDescriptor(), &tree, fault->field);
        return Error{Error::Kind::kInvalid,
                     place(file, spot.line, spot.column) + fault->field + " " + fault->rule};
    }
    return {};
}

}  // namespace lowu::rpc
