// Finding scenarios; see find_scenario.hpp.
#include "simulator/app/find_scenario.hpp"

#include <algorithm>
#include <filesystem>

#include "simulator/scenario/load.hpp"

namespace lowu::simulator {
namespace {

namespace fs = std::filesystem;

constexpr const char* kFolder = "simulator/scenarios";
constexpr const char* kExtension = ".txtpb";

std::string folder_of(const std::string& share) {
    if (!share.empty()) return (fs::path(share) / kFolder).string();
    std::error_code error;
    const fs::path programs = fs::read_symlink("/proc/self/exe", error).parent_path();
    const fs::path installed = programs.parent_path() / "share/lowu" / kFolder;
    return fs::exists(installed, error) ? installed.string()
                                        : (fs::path(LOWU_SHARE_DIR) / kFolder).string();
}

}  // namespace

Result<std::string> find_scenario(const std::string& name, const std::string& share) {
    const bool is_path = name.find('/') != std::string::npos || name.ends_with(kExtension);
    if (is_path) return name;
    const std::string folder = folder_of(share);
    const std::vector<std::string> known = known_scenarios(folder);
    if (std::find(known.begin(), known.end(), name) != known.end()) {
        return (fs::path(folder) / (name + kExtension)).string();
    }
    std::string list;
    for (const std::string& one : known)
        list += (list.empty() ? "" : ", ") + one;
    return Error{Error::Kind::kNotFound,
                 list.empty() ? "there are no scenarios in " + folder
                              : "there is no scenario " + name + "; there are: " + list};
}

}  // namespace lowu::simulator
