// Writing files. See write.hpp.
#include "simulator/report/write.hpp"

#include <filesystem>
#include <fstream>
#include <system_error>

#include "simulator/report/csv.hpp"
#include "simulator/report/html.hpp"
#include "simulator/report/json.hpp"

namespace lowu::report {
namespace {

namespace fs = std::filesystem;

Result<void> write_file(const fs::path& file, const std::string& text) {
    std::ofstream stream(file, std::ios::binary | std::ios::trunc);
    stream << text;
    stream.close();
    if (!stream) return Error{Error::Kind::kIo, file.string() + ": cannot be written"};
    return {};
}

}  // namespace

Result<std::vector<std::string>> write_report(const Report& report, const std::string& folder) {
    std::error_code error;
    fs::create_directories(folder, error);
    if (error) return Error{Error::Kind::kIo, folder + ": " + error.message()};
    std::vector<std::pair<std::string, std::string>> files{{"report.html", to_html(report)},
                                                           {"report.json", to_json(report)}};
    for (Table& table : csv_tables(report)) {
        files.emplace_back(table.name + ".csv", std::move(table.text));
    }
    std::vector<std::string> names;
    for (const auto& [name, text] : files) {
        const fs::path file = fs::path(folder) / name;
        if (auto written = write_file(file, text); !written) return written.error();
        names.push_back(file.string());
    }
    return names;
}

}  // namespace lowu::report
