// Leaves out what a failure does not need; see shrink.hpp.
#include "tests/simulation/shrink.hpp"

#include <algorithm>
#include <utility>

#include "common/base/assert.hpp"

#ifndef LOWU_COMMIT
#define LOWU_COMMIT "unknown"
#endif

namespace lowu::simulator {
namespace {

using Numbers = std::vector<std::uint32_t>;

class Shrinker {
public:
    Shrinker(const Plan& plan, std::string judge, int runs_max)
        : runs_max_(runs_max), items_(items_of(plan)) {
        shrunk_.plan = plan;
        shrunk_.plan.stop_at = std::move(judge);
        kept_ = numbers(played_items(plan));
    }

    Shrunk run() {
        const bool fails_at_all = fails(kept_);
        LOWU_ASSERT(fails_at_all, "one plan is one run");
        for (std::size_t before = 0; before != kept_.size() && shrunk_.runs < runs_max_;) {
            before = kept_.size();
            for (const Kind kind : {Kind::kFault, Kind::kChange, Kind::kTraffic})
                shrink(kind);
        }
        shrunk_.plan.only = kept_;
        shrunk_.plan.stop_at.clear();
        return std::move(shrunk_);
    }

private:
    static Numbers numbers(const std::vector<Item>& items) {
        Numbers numbers;
        for (const Item& item : items)
            numbers.push_back(item.number);
        return numbers;
    }
    [[nodiscard]] Numbers kept_of(Kind kind) const {
        Numbers of_kind;
        for (const std::uint32_t number : kept_) {
            if (kind_of(items_[number - 1].what) == kind) of_kind.push_back(number);
        }
        return of_kind;
    }

    /// Whether the judge still complains of these items; then they are what is kept.
    bool fails(const Numbers& items) {
        if (shrunk_.runs >= runs_max_) return false;
        ++shrunk_.runs;
        shrunk_.plan.only = items;
        for (judges::Complaint& one : simulator::run(shrunk_.plan).complaints) {
            if (one.judge != shrunk_.plan.stop_at) continue;
            shrunk_.complaint = std::move(one);
            kept_ = items;
            return true;
        }
        return false;
    }

    /// All of a kind, then halves of them, then quarters, and so on down to single ones.
    void shrink(Kind kind) {
        const std::size_t all = kept_of(kind).size();
        for (std::size_t chunk = all; chunk > 0; chunk = chunk == 1 ? 0 : (chunk + 1) / 2) {
            for (std::size_t from = 0; from < kept_of(kind).size();) {
                if (!fails(without(kind, from, chunk))) from += chunk;
            }
        }
    }
    [[nodiscard]] Numbers without(Kind kind, std::size_t from, std::size_t count) const {
        const Numbers of_kind = kept_of(kind);
        const auto first = of_kind.begin() + static_cast<std::ptrdiff_t>(from);
        const auto last =
            of_kind.begin() + static_cast<std::ptrdiff_t>(std::min(of_kind.size(), from + count));
        Numbers left;
        for (const std::uint32_t number : kept_) {
            if (!std::binary_search(first, last, number)) left.push_back(number);
        }
        return left;
    }

    const int runs_max_;
    const std::vector<Item> items_;
    Shrunk shrunk_;
    Numbers kept_;
};

/// What comes after an advance stands behind everything that has a moment of its own.
std::pair<std::uint32_t, ElapsedTime> moment_of(const Item& item) {
    return {item.what == What::kOldBusiness ? item.advance + 1 : 0, item.at};
}

}  // namespace

Shrunk shrink(const Plan& plan, const std::string& judge, int runs_max) {
    return Shrinker(plan, judge, runs_max).run();
}

std::string tell_failure(const Plan& plan, const Outcome& outcome, const std::string& program) {
    std::string text = "seed " + std::to_string(plan.seed) + ", commit " LOWU_COMMIT ":\n";
    for (const judges::Complaint& one : outcome.complaints)
        text += "  " + one.judge + ": " + one.what + "\n";
    text += "again: " + program + " --seed " + std::to_string(plan.seed);
    if (plan.only) text += " --only " + format_numbers(*plan.only);
    return text + "\n";
}

std::string tell_shrunk(const Shrunk& shrunk, const std::string& program) {
    std::string text = "  " + shrunk.complaint.judge + ": " + shrunk.complaint.what + "\n";
    text += "the shortest trace found in " + std::to_string(shrunk.runs) + " runs:\n";
    std::vector<Item> items = played_items(shrunk.plan);
    std::stable_sort(items.begin(), items.end(), [](const Item& left, const Item& right) {
        return moment_of(left) < moment_of(right);
    });
    for (const Item& item : items)
        text += "  " + in_words(item) + "\n";
    return text + "again: " + program + " --seed " + std::to_string(shrunk.plan.seed) + " --only " +
           format_numbers(*shrunk.plan.only) + "\n";
}

}  // namespace lowu::simulator
