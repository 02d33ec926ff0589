// The three writers on one small report: as it was agreed (the golden files; LOWU_REWRITE=1 writes
// them anew, then read the difference), consistent with one another, and the page complete in
// itself.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <sstream>
#include <vector>

#include "simulator/report/csv.hpp"
#include "simulator/report/html.hpp"
#include "simulator/report/json.hpp"
#include "simulator/report/write.hpp"
#include "tests/unit/simulation_report_fixture.hpp"

namespace lowu::report {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using ::testing::HasSubstr;
using ::testing::Not;

const fs::path kGolden = LOWU_SOURCE_DIR "/tests/unit/simulation_report_golden";

std::string text_of(const fs::path& path) {
    std::ifstream file(path, std::ios::binary);
    std::stringstream text;
    text << file.rdbuf();
    return text.str();
}

TEST(ReportWriters, WriteTheGoldenReport) {
    const bool rewrite = std::getenv("LOWU_REWRITE") != nullptr;
    const fs::path folder =
        rewrite ? kGolden
                : fs::path(::testing::TempDir()) / ("lowu-report-" + std::to_string(getpid()));
    const auto written = write_report(small_report(), folder.string());
    ASSERT_TRUE(written.ok()) << written.error().what;
    EXPECT_EQ(written->size(), 9U);
    for (const std::string& file : *written) {
        const fs::path golden = kGolden / fs::path(file).filename();
        EXPECT_TRUE(text_of(file) == text_of(golden)) << file << " differs from " << golden;
    }
    if (!rewrite) fs::remove_all(folder);
}

TEST(ReportWriters, NameTheFileThatCannotBeWritten) {
    const auto written = write_report(small_report(), "/proc/no");
    ASSERT_FALSE(written.ok());
    EXPECT_THAT(written.error().what, HasSubstr("/proc/no"));
}

// A table by column.
std::map<std::string, std::vector<std::string>> columns_of(const std::string& csv) {
    std::vector<std::vector<std::string>> rows(1, std::vector<std::string>(1));
    bool quoted = false;
    for (std::size_t at = 0; at < csv.size(); ++at) {
        const char character = csv[at];
        std::string& field = rows.back().back();
        if (character == '"' && quoted && at + 1 < csv.size() && csv[at + 1] == '"') {
            field += csv[++at];
        } else if (character == '"') {
            quoted = !quoted;
        } else if (character == ',' && !quoted) {
            rows.back().emplace_back();
        } else if (character == '\n' && !quoted) {
            rows.emplace_back(1);
        } else {
            field += character;
        }
    }
    rows.pop_back();
    std::map<std::string, std::vector<std::string>> columns;
    for (std::size_t row = 1; row < rows.size(); ++row) {
        EXPECT_EQ(rows[row].size(), rows[0].size());
        for (std::size_t column = 0; column < rows[row].size(); ++column) {
            columns[rows[0][column]].push_back(rows[row][column]);
        }
    }
    return columns;
}

std::int64_t sum_of(const std::vector<std::string>& numbers) {
    std::int64_t sum = 0;
    for (const std::string& number : numbers)
        sum += std::stoll(number);
    return sum;
}

std::int64_t sum_of(const json& list, const char* key) {
    std::int64_t sum = 0;
    for (const json& one : list)
        sum += one[key].get<std::int64_t>();
    return sum;
}

TEST(ReportWriters, CsvAndJsonHaveTheSameSums) {
    const Report report = small_report();
    std::map<std::string, std::string> tables;
    for (const Table& table : csv_tables(report))
        tables[table.name] = table.text;
    const json all = json::parse(to_json(report));
    auto payments = columns_of(tables["payments"]);
    const Flow sum = report.sum();
    EXPECT_EQ(sum.ordered, 300);
    EXPECT_EQ(sum.settled + sum.refused + sum.pending, 300);
    EXPECT_EQ(sum.pending, 3);
    const std::map<std::string, std::int64_t> wanted{{"ordered", sum.ordered},
                                                     {"settled", sum.settled},
                                                     {"settled_minor", sum.settled_minor},
                                                     {"refused", sum.refused},
                                                     {"returned", sum.returned},
                                                     {"returned_minor", sum.returned_minor}};
    for (const auto& [column, value] : wanted) {
        EXPECT_EQ(sum_of(payments[column]), value) << column;
        EXPECT_EQ(sum_of(all["totals"], column.c_str()), value) << column;
        std::int64_t by_period = 0;
        for (const json& period : all["periods"]) {
            by_period += sum_of(period["corridors"], column.c_str());
        }
        EXPECT_EQ(by_period, value) << column;
    }
    auto refusals = columns_of(tables["refusals"]);
    EXPECT_EQ(sum_of(refusals["count"]), sum.refused);
    auto banks = columns_of(tables["banks"]);
    EXPECT_EQ(sum_of(banks["sent"]), sum.settled);
    EXPECT_EQ(sum_of(banks["received"]), sum.settled);
    EXPECT_EQ(sum_of(banks["refused"]), sum.refused);
    EXPECT_EQ(banks["name"][1], "Invented, \"Peak\" Bank");
    EXPECT_EQ(sum_of(all["banks"], "ordered"), sum.ordered);
    EXPECT_EQ(columns_of(tables["events"])["title"].size(), all["events"].size());
}

class Page : public ::testing::Test {
protected:
    const std::string html_ = to_html(small_report());
};

TEST_F(Page, NeedsNothingFromElsewhereAndNoScript) {
    for (const char* token :
         {"http", "<script", "src=", "url(", "@import", "<link", "href", "javascript", "onload"}) {
        EXPECT_THAT(html_, Not(HasSubstr(token)));
    }
}

TEST_F(Page, SaysWhatItIs) {
    EXPECT_THAT(html_, HasSubstr("Simulated: no statement about any institution or person."));
    EXPECT_THAT(html_, HasSubstr("00112233445566778899aabbccddeeff"));
    EXPECT_THAT(html_, HasSubstr("0123abc"));
    EXPECT_THAT(html_, HasSubstr("<dt>seed</dt><dd>7</dd>"));
    EXPECT_THAT(html_, HasSubstr("prefers-color-scheme: dark"));
}

TEST_F(Page, EscapesEveryText) {
    EXPECT_THAT(html_, HasSubstr("<h1>A &quot;small&quot; &lt;report&gt; &amp; more</h1>"));
    EXPECT_THAT(html_, HasSubstr("The &lt;link&gt; is down"));
    EXPECT_THAT(html_, HasSubstr("Invented, &quot;Peak&quot; Bank"));
    EXPECT_THAT(html_, Not(HasSubstr("<b>name</b>")));
}

TEST_F(Page, HasEachPlotForWideAndNarrowScreensWithALabel) {
    const auto count = [this](const std::string& text) {
        std::size_t found = 0;
        for (std::size_t at = html_.find(text); at != std::string::npos;
             at = html_.find(text, at + 1)) {
            ++found;
        }
        return found;
    };
    const std::size_t figures = count("<figure>");
    EXPECT_EQ(figures, 11U);
    EXPECT_EQ(count("<svg class=\"wide\""), figures);
    EXPECT_EQ(count("<svg class=\"narrow\""), figures);
    EXPECT_EQ(count("role=\"img\" aria-label=\""), 2 * figures);
    EXPECT_GT(count("<title>2025-06-22 09:00\n"), 5U);
    for (const char* title :
         {"Payments ordered by 3 hours", "Outcomes by 3 hours", "Refused by 3 hours",
          "Time from sending to the final state", "limits for a day", "limits for a year",
          "Lowest settlement money", "Participants", "Not over at the end"}) {
        EXPECT_THAT(html_, HasSubstr(title));
    }
}

// Tags open and close in order, as XML would have it.
TEST_F(Page, IsWellFormed) {
    const std::string after_style = html_.substr(html_.find("</style>") + 8);
    std::vector<std::string> open;
    for (std::size_t at = after_style.find('<'); at != std::string::npos;
         at = after_style.find('<', at + 1)) {
        const std::size_t end = after_style.find('>', at);
        ASSERT_NE(end, std::string::npos);
        const std::string tag = after_style.substr(at + 1, end - at - 1);
        const std::string name = tag.substr(0, tag.find(' '));
        if (name == "br" || tag.back() == '/' || name == "/head" || name == "/html") continue;
        if (name[0] != '/') {
            open.push_back(name);
            continue;
        }
        ASSERT_FALSE(open.empty()) << tag;
        ASSERT_EQ("/" + open.back(), name);
        open.pop_back();
    }
    EXPECT_TRUE(open.empty());
    EXPECT_THAT(html_, Not(HasSubstr("nan")));
    EXPECT_THAT(html_, Not(HasSubstr("NaN")));
}

TEST(ReportWriters, PageOfNothingIsAPage) {
    auto setup = small_setup();
    setup.quotas.clear();
    setup.accounts.clear();
    const std::string html = to_html(Collector(setup).finish());
    EXPECT_THAT(html, HasSubstr("</html>"));
    EXPECT_THAT(html, Not(HasSubstr("Latency")));
}

}  // namespace
}  // namespace lowu::report
