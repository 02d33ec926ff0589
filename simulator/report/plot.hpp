// TimePlot: figures over the periods of a report, as one SVG: stacked areas or lines, with round
// axes, marks of events, and a tooltip for each period. BarPlot: counts by category, logarithmic.
// Exist so that charts.cpp only says what is drawn. Pure; any thread.
#pragma once

#include <cstdint>
#include <functional>
#include <limits>
#include <string>
#include <vector>

#include "simulator/report/report.hpp"
#include "simulator/report/svg.hpp"

namespace lowu::report {

/// No figure in this period: a gap.
inline constexpr std::int64_t kNothing = std::numeric_limits<std::int64_t>::min();

struct Series {
    std::string label;
    std::string css;  ///< Class that gives it its colour; "dashed" may follow.
    std::vector<std::int64_t> values;
};

/// Something that happened, drawn through every plot over time.
struct Mark {
    SchemeTime from;
    SchemeTime until;  ///< The same as `from`: a moment.
    std::string css;
    std::string label;  ///< "3": its number in the list of events.
};

using NumberText = std::function<std::string(std::int64_t)>;

struct TimePlot {
    enum class Shape : std::uint8_t { kStacked, kLines, kLogLines };

    std::string title;
    std::string note;  ///< Unit and how to read it: behind the title.
    Shape shape = Shape::kStacked;
    std::vector<Series> series;
    NumberText axis_text;          ///< Of a tick.
    NumberText full_text;          ///< In a tooltip.
    bool tells_sum = false;        ///< The tooltip adds the series up.
    std::int64_t most = kNothing;  ///< Nothing is drawn above; kNothing: all is.
};

struct TimeSpan {
    SchemeTime from;
    SchemeTime until;
    Duration period;
};

struct BarPlot {
    std::string title;
    std::string note;
    std::vector<std::string> categories;
    std::vector<Series> series;  ///< One value for each category.
    NumberText axis_text;
    NumberText full_text;
};

/// Figure with caption, legend and the plot, wide and narrow: the style sheet shows one of them.
[[nodiscard]] std::string figure(const TimePlot& plot, const TimeSpan& span,
                                 const std::vector<Mark>& marks);
[[nodiscard]] std::string figure(const BarPlot& plot);

}  // namespace lowu::report
