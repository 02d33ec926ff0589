// Drawing plots. See plot.hpp.
#include "simulator/report/plot.hpp"

#include <algorithm>
#include <cmath>

#include "simulator/report/axis.hpp"
#include "simulator/report/text.hpp"

namespace lowu::report {
namespace {

// A drawing's sizes in pixels: one for wide screens, one for telephones.
struct Sheet {
    const char* variant;
    std::int64_t width;
    std::int64_t height;
    std::int64_t left;  // room for the axis
    std::int64_t right;
    std::int64_t top;
    std::int64_t bottom;
    std::int64_t label;  // room that a label of the time axis takes
    std::int64_t ticks;  // of the other axis, at most
    bool tooltips;
};
constexpr Sheet kWide{"wide", 1040, 250, 62, 10, 20, 26, 62, 6, true};
constexpr Sheet kNarrow{"narrow", 370, 220, 46, 6, 20, 24, 58, 5, false};

class Canvas {
public:
    Canvas(const Sheet& sheet, std::string_view label)
        : sheet_(sheet), svg_(px(sheet.width), px(sheet.height), sheet.variant, label) {}

    [[nodiscard]] Px left() const { return px(sheet_.left); }
    [[nodiscard]] Px right() const { return px(sheet_.width - sheet_.right); }
    [[nodiscard]] Px top() const { return px(sheet_.top); }
    [[nodiscard]] Px bottom() const { return px(sheet_.height - sheet_.bottom); }
    [[nodiscard]] const Sheet& sheet() const { return sheet_; }
    Svg& svg() { return svg_; }

protected:
    const Sheet& sheet_;
    Svg svg_;
};

// A number's height over the axis, linear or logarithmic.
class Scale {
public:
    Scale(std::vector<std::int64_t> ticks, bool logarithmic, Px top, Px bottom)
        : ticks_(std::move(ticks)), logarithmic_(logarithmic), top_(top), bottom_(bottom) {}

    [[nodiscard]] Px y(std::int64_t value) const {
        const double low = place(ticks_.front());
        const double part = (place(value) - low) / (place(ticks_.back()) - low);
        const double drawn = std::clamp(part, 0.0, 1.0) * static_cast<double>(bottom_ - top_);
        return bottom_ - static_cast<Px>(std::llround(drawn));
    }
    [[nodiscard]] const std::vector<std::int64_t>& ticks() const { return ticks_; }

private:
    [[nodiscard]] double place(std::int64_t value) const {
        if (!logarithmic_) return static_cast<double>(value);
        return std::log10(static_cast<double>(std::max<std::int64_t>(1, value)));
    }

    std::vector<std::int64_t> ticks_;
    bool logarithmic_;
    Px top_;
    Px bottom_;
};

void draw_axis(Canvas& canvas, const Scale& scale, const NumberText& text) {
    for (const std::int64_t tick : scale.ticks()) {
        const Px y = scale.y(tick);
        canvas.svg().line(tick == scale.ticks().front() ? "base" : "grid", canvas.left(), y,
                          canvas.right(), y);
        canvas.svg().text("tick", canvas.left() - px(6), y + px(4), Anchor::kEnd, text(tick));
    }
}

class TimeDrawing : public Canvas {
public:
    TimeDrawing(const Sheet& sheet, const TimePlot& plot, const TimeSpan& span)
        : Canvas(sheet, plot.title + ". " + plot.note),
          plot_(plot),
          span_(span),
          periods_(plot.series.empty() ? 0 : plot.series[0].values.size()),
          scale_(make_ticks(), plot.shape == TimePlot::Shape::kLogLines, top(), bottom()) {}

    std::string draw(const std::vector<Mark>& marks) {
        draw_marks(marks);
        draw_axis(*this, scale_, plot_.axis_text);
        draw_times();
        if (plot_.shape == TimePlot::Shape::kStacked) {
            draw_areas();
        } else {
            for (const Series& series : plot_.series)
                draw_line(series);
        }
        draw_flags(marks);
        if (sheet_.tooltips) draw_tooltips();
        return svg_.take();
    }

private:
    // The sum of all series up to one of them.
    [[nodiscard]] std::int64_t stacked(std::size_t series, std::size_t period) const {
        std::int64_t sum = 0;
        for (std::size_t index = 0; index <= series; ++index) {
            sum += std::max<std::int64_t>(0, plot_.series[index].values[period]);
        }
        return sum;
    }

    [[nodiscard]] std::vector<std::int64_t> make_ticks() const {
        std::int64_t max = 0;
        std::int64_t min = std::numeric_limits<std::int64_t>::max();
        for (std::size_t period = 0; period < periods_; ++period) {
            if (plot_.shape == TimePlot::Shape::kStacked) {
                max = std::max(max, stacked(plot_.series.size() - 1, period));
                continue;
            }
            for (const Series& series : plot_.series) {
                if (series.values[period] == kNothing) continue;
                max = std::max(max, series.values[period]);
                min = std::min(min, series.values[period]);
            }
        }
        if (plot_.most != kNothing) max = std::min(max, plot_.most);
        if (plot_.shape == TimePlot::Shape::kLogLines) {
            return log_ticks(std::clamp<std::int64_t>(min, 1, std::max<std::int64_t>(1, max)),
                             std::max<std::int64_t>(1, max));
        }
        return round_ticks(max, sheet_.ticks);
    }

    [[nodiscard]] Px x(SchemeTime time) const {
        const std::int64_t span_ms = span_.until.value - span_.from.value;
        const std::int64_t at_ms =
            std::clamp<std::int64_t>(time.value - span_.from.value, 0, span_ms);
        return left() + (right() - left()) * at_ms / span_ms;
    }
    [[nodiscard]] Px x(std::size_t period) const {
        return x(span_.from + span_.period * static_cast<std::int64_t>(period));
    }
    [[nodiscard]] Px middle(std::size_t period) const { return (x(period) + x(period + 1)) / 2; }

    void draw_marks(const std::vector<Mark>& marks) {
        for (const Mark& mark : marks) {
            svg_.rect("mark " + mark.css, x(mark.from), top(), width_of(mark), bottom() - top());
        }
    }
    [[nodiscard]] Px width_of(const Mark& mark) const {
        return std::max<Px>(px(1), x(mark.until) - x(mark.from));
    }

    // Above what is drawn. Numbers that would stand in one another are left out.
    void draw_flags(const std::vector<Mark>& marks) {
        Px free_from = 0;
        for (const Mark& mark : marks) {
            const Px at = x(mark.from);
            svg_.rect("flag " + mark.css, at, top() - px(3), std::max(px(2), width_of(mark)),
                      px(3));
            if (at < free_from) continue;
            svg_.text("number " + mark.css, at, top() - px(6), Anchor::kStart, mark.label);
            free_from = at + px(8) * static_cast<Px>(mark.label.size()) + px(1);
        }
    }

    void draw_times() {
        const std::int64_t width = sheet_.width - sheet_.left - sheet_.right;
        for (const TimeTick& tick : time_ticks(span_.from, span_.until, width, sheet_.label)) {
            const Px at = x(tick.at);
            svg_.line("base", at, bottom(), at, bottom() + px(4));
            // The last label must not leave the sheet.
            const bool near_end = at > right() - px(sheet_.label / 2);
            const bool at_start = at < left() + px(sheet_.label / 4);
            svg_.text("tick", near_end ? right() : at, bottom() + px(17),
                      near_end   ? Anchor::kEnd
                      : at_start ? Anchor::kStart
                                 : Anchor::kMiddle,
                      tick.label);
        }
    }

    // Steps along the top, and back along the bottom.
    void draw_areas() {
        for (std::size_t series = 0; series < plot_.series.size(); ++series) {
            std::string path;
            for (std::size_t period = 0; period < periods_; ++period) {
                const std::string y = px_text(scale_.y(stacked(series, period)));
                path += period == 0 ? "M" + px_text(x(period)) + " " + y : "V" + y;
                path += "H" + px_text(x(period + 1));
            }
            for (std::size_t period = periods_; period-- > 0;) {
                const std::int64_t below = series == 0 ? 0 : stacked(series - 1, period);
                path += "V" + px_text(scale_.y(below)) + "H" + px_text(x(period));
            }
            if (!path.empty()) svg_.path("area " + plot_.series[series].css, path + "Z");
        }
    }

    void draw_line(const Series& series) {
        std::string path;
        for (std::size_t period = 0; period < periods_; ++period) {
            const std::int64_t value = series.values[period];
            if (value == kNothing) continue;
            const bool starts = period == 0 || series.values[period - 1] == kNothing;
            const bool ends = period + 1 == periods_ || series.values[period + 1] == kNothing;
            if (starts && ends) svg_.dot("dot " + series.css, middle(period), scale_.y(value));
            path += (starts ? "M" : "L") + px_text(middle(period)) + " " + px_text(scale_.y(value));
        }
        if (!path.empty()) svg_.path("line " + series.css, path);
    }

    void draw_tooltips() {
        for (std::size_t period = 0; period < periods_; ++period) {
            const SchemeTime from = span_.from + span_.period * static_cast<std::int64_t>(period);
            std::string title = moment_text(from, span_.period);
            std::int64_t sum = 0;
            bool something = false;
            for (const Series& series : plot_.series) {
                const std::int64_t value = series.values[period];
                if (value == kNothing) continue;
                title += "\n" + series.label + ": " + plot_.full_text(value);
                sum += value;
                something = something || value != 0;
            }
            if (!something) continue;
            if (plot_.tells_sum) title += "\nall: " + plot_.full_text(sum);
            svg_.rect("hit", x(period), top(), x(period + 1) - x(period), bottom() - top(), title);
        }
    }

    const TimePlot& plot_;
    const TimeSpan& span_;
    std::size_t periods_;
    Scale scale_;
};

std::string draw_bars(const Sheet& sheet, const BarPlot& plot) {
    Canvas canvas(sheet, plot.title + ". " + plot.note);
    std::int64_t max = 0;
    for (const Series& series : plot.series) {
        for (const std::int64_t value : series.values)
            max = std::max(max, value);
    }
    const Scale scale(log_ticks(1, std::max<std::int64_t>(1, max)), true, canvas.top(),
                      canvas.bottom());
    draw_axis(canvas, scale, plot.axis_text);
    const auto categories = static_cast<Px>(plot.categories.size());
    const auto bars = static_cast<Px>(plot.series.size());
    const Px room = (canvas.right() - canvas.left()) / std::max<Px>(1, categories);
    const Px width = room * 8 / 10 / std::max<Px>(1, bars);
    for (Px category = 0; category < categories; ++category) {
        const Px from = canvas.left() + room * category + room / 10;
        const std::string& name = plot.categories[static_cast<std::size_t>(category)];
        canvas.svg().text("tick", from + room * 4 / 10, canvas.bottom() + px(17), Anchor::kMiddle,
                          name);
        for (Px bar = 0; bar < bars; ++bar) {
            const Series& series = plot.series[static_cast<std::size_t>(bar)];
            const std::int64_t value = series.values[static_cast<std::size_t>(category)];
            if (value == 0) continue;
            const Px y = std::min(scale.y(value), canvas.bottom() - px(1));
            canvas.svg().rect("bar " + series.css, from + width * bar, y,
                              std::max<Px>(px(1), width - px(1)), canvas.bottom() - y,
                              series.label + ", " + name + ": " + plot.full_text(value));
        }
    }
    return canvas.svg().take();
}

// `key`: a class of the signs in the legend.
std::string caption(const std::string& title, const std::string& note,
                    const std::vector<Series>& series, const std::string& key) {
    std::string html = "<figure>\n<figcaption><h3>" + escaped(title) + "</h3><p>" + escaped(note) +
                       "</p></figcaption>\n<ul class=\"legend\">";
    for (const Series& one : series) {
        html += "<li><i class=\"" + key + " " + escaped(one.css) + "\"></i>" + escaped(one.label) +
                "</li>";
    }
    return html + "</ul>\n";
}

}  // namespace

std::string figure(const TimePlot& plot, const TimeSpan& span, const std::vector<Mark>& marks) {
    const bool areas = plot.shape == TimePlot::Shape::kStacked;
    return caption(plot.title, plot.note, plot.series, areas ? "key" : "key stroke") +
           TimeDrawing(kWide, plot, span).draw(marks) +
           TimeDrawing(kNarrow, plot, span).draw(marks) + "</figure>\n";
}

std::string figure(const BarPlot& plot) {
    return caption(plot.title, plot.note, plot.series, "key") + draw_bars(kWide, plot) +
           draw_bars(kNarrow, plot) + "</figure>\n";
}

}  // namespace lowu::report
