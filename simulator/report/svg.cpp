// Writing SVG. See svg.hpp.
#include "simulator/report/svg.hpp"

#include <utility>

#include "common/base/assert.hpp"
#include "simulator/report/text.hpp"

namespace lowu::report {
namespace {

std::string attribute(std::string_view name, Px value) {
    return " " + std::string(name) + "=\"" + px_text(value) + "\"";
}

std::string css_class(std::string_view css) {
    return " class=\"" + escaped(css) + "\"";
}

std::string_view anchor_text(Anchor anchor) {
    switch (anchor) {
        case Anchor::kStart:
            return "start";
        case Anchor::kMiddle:
            return "middle";
        case Anchor::kEnd:
            return "end";
    }
    LOWU_UNREACHABLE("every anchor has a name");
}

}  // namespace

std::string px_text(Px tenths) {
    std::string text = tenths < 0 ? "-" : "";
    const std::int64_t size = tenths < 0 ? -tenths : tenths;
    text += std::to_string(size / 10);
    if (size % 10 != 0) text += "." + std::to_string(size % 10);
    return text;
}

Svg::Svg(Px width, Px height, std::string_view variant, std::string_view label)
    : text_("<svg" + css_class(variant) + " viewBox=\"0 0 " + px_text(width) + " " +
            px_text(height) + "\" role=\"img\" aria-label=\"" + escaped(label) + "\">\n") {}

void Svg::rect(std::string_view css, Px x, Px y, Px width, Px height, std::string_view title) {
    text_ += "<rect" + css_class(css) + attribute("x", x) + attribute("y", y) +
             attribute("width", width) + attribute("height", height);
    text_ += title.empty() ? "/>\n" : "><title>" + escaped(title) + "</title></rect>\n";
}

void Svg::line(std::string_view css, Px x1, Px y1, Px x2, Px y2) {
    text_ += "<line" + css_class(css) + attribute("x1", x1) + attribute("y1", y1) +
             attribute("x2", x2) + attribute("y2", y2) + "/>\n";
}

void Svg::path(std::string_view css, std::string_view data) {
    text_ += "<path" + css_class(css) + " d=\"" + std::string(data) + "\"/>\n";
}

void Svg::dot(std::string_view css, Px x, Px y) {
    text_ +=
        "<circle" + css_class(css) + attribute("cx", x) + attribute("cy", y) + " r=\"2.5\"/>\n";
}

void Svg::text(std::string_view css, Px x, Px y, Anchor anchor, std::string_view text) {
    text_ += "<text" + css_class(css) + attribute("x", x) + attribute("y", y) + " text-anchor=\"" +
             std::string(anchor_text(anchor)) + "\">" + escaped(text) + "</text>\n";
}

std::string Svg::take() {
    return std::exchange(text_, std::string()) + "</svg>\n";
}

}  // namespace lowu::report
