// Text files of the programs: the configurations of switch and banks, and a scenario's day. A file
// is taken, and then makes what it says; or it is refused with place, field and rule. See
// targets.hpp.
//
// An input is one letter for the kind of file (see kKinds), then the file.
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <string>

#include "bank_sim/app/open_day.hpp"
#include "bank_sim/app/start_banks.hpp"
#include "common/base/assert.hpp"
#include "common/rpc/text_config.hpp"
#include "lowu/config/v1/config.pb.h"
#include "lowu/config/v1/day.pb.h"
#include "switch/app/config.hpp"
#include "switch/core/cell.hpp"
#include "tests/fuzz/input.hpp"
#include "tests/fuzz/targets.hpp"

namespace lowu::fuzz {
namespace {

constexpr std::string_view kKinds = "sbd";  // switch, banks, day

// Tables and days are made as large as a file says. What takes a second or gigabytes is left to the
// programs.
constexpr std::uint32_t kMaxTable = 65'536;
constexpr std::int64_t kMaxDayOrders = 2'000;
constexpr std::int64_t kMaxDayPeople = 2'000;

/// A file that only this process sees.
class HiddenFile {
public:
    explicit HiddenFile(std::span<const std::byte> content)
        : descriptor_(memfd_create("fuzz_text", MFD_CLOEXEC)),
          path_("/proc/self/fd/" + std::to_string(descriptor_)) {
        LOWU_ASSERT(descriptor_ >= 0, "the system gives a file in memory");
        const ssize_t written = write(descriptor_, content.data(), content.size());
        LOWU_ASSERT(written == static_cast<ssize_t>(content.size()), "memory takes it");
    }
    HiddenFile(const HiddenFile&) = delete;
    HiddenFile& operator=(const HiddenFile&) = delete;
    ~HiddenFile() { close(descriptor_); }

    [[nodiscard]] const std::string& path() const { return path_; }

private:
    const int descriptor_;
    const std::string path_;
};

std::size_t skip_number(std::string_view text, std::size_t at) {
    while (at < text.size() && std::isdigit(static_cast<unsigned char>(text[at])) != 0)
        ++at;
    return at;
}

/// "path:line:column: field rule".
void check_refusal(const Error& error, const std::string& path) {
    LOWU_ASSERT(error.kind == Error::Kind::kInvalid, "a file that is there is invalid at worst");
    const std::string_view what = error.what;
    LOWU_ASSERT(what.starts_with(path + ":"), "the file is named");
    const std::size_t line_end = skip_number(what, path.size() + 1);
    const std::size_t column_end = skip_number(what, line_end + 1);
    LOWU_ASSERT(what.substr(line_end, 1) == ":" && what.substr(column_end, 2) == ": ",
                "so are line and column");
    LOWU_ASSERT(what.size() > column_end + 2, "and the rule");
}

/// The cells take what the file says.
void make_cells(const app::Config& config) {
    std::array<core::Cell, 2> cells;
    core::Effects effects;
    core::Stamp stamp;
    for (const auto& [rail, command] : config.genesis) {
        stamp.sequence = stamp.sequence.next();
        if (const auto* open = std::get_if<core::OpenCell>(&command))
            stamp.scheme = open->scheme_start;
        cells[static_cast<std::size_t>(rail)].apply(stamp, command, effects);
        LOWU_ASSERT(effects.outcome == core::ResultCode::kAccepted, "a checked file is accepted");
        effects.clear();
    }
    for (const core::Cell& cell : cells)
        LOWU_ASSERT(cell.is_open(), "both rails are there");
}

int load_switch(const std::string& path) {
    config::v1::SwitchConfig said;
    if (rpc::load_text_config(path, said).ok() &&
        std::max({said.payments_max(), said.quota_records_max(), said.proxies_max()}) > kMaxTable) {
        return 0;
    }
    const auto config = app::load_config(path);
    if (!config.ok()) {
        check_refusal(config.error(), path);
        return 0;
    }
    if (said.payments_max() == 0 || said.quota_records_max() == 0 || said.proxies_max() == 0) {
        return 1;  // The default sizes are large.
    }
    make_cells(*config);
    return 2;
}

int load_banks(const std::string& path) {
    const auto cast = bank::read_cast(path);
    if (!cast.ok()) {
        check_refusal(cast.error(), path);
        return 0;
    }
    bank::BankSet banks(*cast);
    LOWU_ASSERT(banks.start(1, 1, nullptr).ok(), "without a log any banks start");
    const auto done = bank::set_up({path, 2}, banks);
    if (!done.ok()) {
        check_refusal(done.error(), path);
        return 1;
    }
    LOWU_ASSERT(bank::set_up({path, 2}, banks).ok(), "at the next start they are as the file says");
    return 2;
}

bool small(const config::v1::DayScenario& day) {
    const auto people = [](const config::v1::DaySide& side) {
        return side.customers_per_bank() <= kMaxDayPeople;
    };
    return people(day.hong_kong()) && people(day.mainland()) &&
           std::ranges::all_of(day.checkpoints(), [](const config::v1::DayCheckpoint& one) {
               return std::max(one.northbound_settled(), one.southbound_settled()) <= kMaxDayOrders;
           });
}

int load_day(const std::string& path) {
    config::v1::DayScenario said;
    if (rpc::load_text_config(path, said).ok() && !small(said)) return 0;
    bank::BankSet nobody({});
    const auto plan = bank::open_day(path, 0, nobody);
    if (!plan.ok()) {
        check_refusal(plan.error(), path);
        return 0;
    }
    for (const auto direction : {scheme::Direction::kNorthbound, scheme::Direction::kSouthbound}) {
        const auto& orders = (*plan)->orders(direction);
        LOWU_ASSERT(std::ranges::is_sorted(orders, {}, &bank::DayOrder::at), "orders are by time");
    }
    return 2;
}

}  // namespace

int fuzz_text(std::span<const std::byte> bytes) {
    Input input(bytes);
    const char kind = static_cast<char>(input.byte());
    if (kKinds.find(kind) == std::string_view::npos) return 0;
    const HiddenFile file(input.rest());
    if (kind == 's') return load_switch(file.path());
    if (kind == 'b') return load_banks(file.path());
    return load_day(file.path());
}

}  // namespace lowu::fuzz
