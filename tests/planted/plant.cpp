// plant: writes a source of the program with its planted bugs into the build folder, each beside
// the right text, chosen at run time. Called by the build, again whenever source or table change;
// fails when a right text is not there exactly once, so that no bug is lost unseen.
//
//   plant ROOT SOURCE OUT     SOURCE from the root of the tree
#include <cstdio>
#include <fstream>
#include <iterator>
#include <string>

#include "tests/planted/bugs.hpp"

namespace lowu::planted {
namespace {

std::string guarded(const Bug& bug) {
    const std::string asks = "::lowu::planted::active(" + std::to_string(bug.number) + ")";
    const std::string right(bug.right);
    const std::string wrong(bug.wrong);
    const bool statements = right.ends_with(';') || right.ends_with('}');
    if (statements) return "if (" + asks + ") { " + wrong + " } else { " + right + " }";
    return "(" + asks + " ? (" + wrong + ") : (" + right + "))";
}

/// False when the right text is not there exactly once.
bool plant(const Bug& bug, std::string& text) {
    const std::size_t place = text.find(bug.right);
    if (place == std::string::npos || text.find(bug.right, place + 1) != std::string::npos) {
        std::fprintf(stderr, "tests/planted/bugs.cpp: bug %d: its right text stands %s in %s\n",
                     bug.number, place == std::string::npos ? "nowhere" : "more than once",
                     std::string(bug.source).c_str());
        return false;
    }
    text.replace(place, bug.right.size(), guarded(bug));
    return true;
}

int write_variant(const std::string& root, const std::string& source, const std::string& out) {
    std::ifstream from(root + "/" + source);
    std::string text{std::istreambuf_iterator<char>(from), std::istreambuf_iterator<char>()};
    bool sound = !text.empty();
    for (const Bug& bug : all_bugs()) {
        if (bug.source == source) sound = plant(bug, text) && sound;
    }
    if (!sound) return 1;
    std::ofstream to(out);
    to << "#include \"tests/planted/active.hpp\"\n#line 1 \"" << source << "\"\n" << text;
    return to.flush() ? 0 : 1;
}

}  // namespace
}  // namespace lowu::planted

int main(int count, char** arguments) {
    if (count != 4) return 2;
    return lowu::planted::write_variant(arguments[1], arguments[2], arguments[3]);
}
