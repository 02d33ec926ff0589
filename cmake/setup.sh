# Sourced by ./sandbox and ./test: installs what is missing from Debian's packages, configures and builds.
# The caller sets `root` (the root of the tree) and `set -euo pipefail`.

# package | a command that will do instead, from wherever it came | why
build_packages=(
    'g++|g++|the C++20 compiler'
    'cmake|cmake|configures the build'
    'ninja-build|ninja|runs the build'
    'ccache|ccache|makes the second build quick'
    'pkg-config|pkg-config|finds jemalloc and xxhash'
    'libgrpc++-dev||gRPC: sessions between banks and switch'
    'protobuf-compiler|protoc|generates code from proto/'
    'protobuf-compiler-grpc|grpc_cpp_plugin|generates the gRPC services'
    'libprotobuf-dev||protobuf: messages, records and configuration'
    'libboost1.81-dev||Boost headers: Asio and flat maps'
    'libspdlog-dev||log lines of the programs'
    'libcli11-dev||command lines of the programs'
    'nlohmann-json3-dev||JSON answers of the command line'
    'libjemalloc-dev||the allocator of the programs'
    'libxxhash-dev||hashes of the log'
    'librocksdb-dev||the archive of old payments'
    'libssl-dev||HMAC that makes tokens of persons'
    'libgtest-dev||GoogleTest: the tests are part of the build'
    'libgmock-dev||GoogleTest matchers'
    'libbenchmark-dev||micro benchmarks are part of the build'
)
test_packages=(
    'git|git|tells the tidy test which files belong to the tree'
    'clang-format|clang-format|the tidy test checks the format'
    'strace|strace|makes the disk fail on command'
    'e2fsprogs|mkfs.ext4|a file system that loses its power'
    'python3-grpcio||a Python client drives the programs'
    'python3-protobuf||messages of that Python client'
)

die() {
    echo "$1" >&2
    exit 1
}

# install_missing ENTRY...: says which packages are missing and why, then installs exactly those.
install_missing() {
    if ! command -v dpkg-query >/dev/null || ! command -v apt-get >/dev/null; then
        echo "No Debian package manager here: going on with what is installed." >&2
        return
    fi
    local entry package stand_in why installed missing=() as_root=()
    installed=$(dpkg-query -W -f='${db:Status-Status} ${Package}\n' "${@%%|*}" 2>/dev/null || true)
    for entry in "$@"; do
        IFS='|' read -r package stand_in why <<<"$entry"
        if grep -qxF "installed $package" <<<"$installed"; then continue; fi
        if [[ -n $stand_in ]] && command -v "$stand_in" >/dev/null; then continue; fi
        [[ ${#missing[@]} -gt 0 ]] || echo "Missing Debian packages, to be installed now:"
        printf '  %-24s %s\n' "$package" "$why"
        missing+=("$package")
    done
    [[ ${#missing[@]} -gt 0 ]] || return 0

    if [[ $EUID -ne 0 ]]; then
        command -v sudo >/dev/null ||
            die "Neither root nor sudo. As root: apt-get install --no-install-recommends ${missing[*]}"
        as_root=(sudo)
    fi
    "${as_root[@]}" apt-get -q update ||
        die "apt-get update failed (see above): is the network up, are the sources those of Debian 12?"
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
        apt-get -q install -y --no-install-recommends "${missing[@]}" ||
        die "apt-get install failed (see above). libboost1.81-dev cannot stand beside libboost1.74-dev:
if that is the conflict, remove the older one first (apt-get remove libboost1.74-dev)."
}

# log_build LOG: standard input goes into LOG; on a terminal ninja's counter is shown on one line.
log_build() {
    local line
    if [[ ! -t 1 ]]; then
        cat >>"$1"
        return
    fi
    while IFS= read -r line; do
        printf '%s\n' "$line" >>"$1"
        if [[ $line == \[*\]* ]]; then printf '\r  %s' "${line%%]*}]"; fi
    done
    printf '\r\033[K'
}

# show_first_errors LOG: where a failed build went wrong, not what followed from it.
show_first_errors() {
    { grep -E -m1 -A40 '^FAILED:|error:|CMake Error' "$1" || tail -n 40 "$1"; } >&2
    echo "The whole log: $1" >&2
}

# build PRESET [target...]: everything, or only the targets; prints nothing when there is nothing to do.
build() {
    local preset=$1 directory=$root/build/$1 log=$root/build/$1/build.log
    shift
    mkdir -p "$directory"
    if [[ ! -f $directory/build.ninja ]]; then
        echo "Configuring $preset ..."
        if ! cmake -S "$root" --preset "$preset" >"$log" 2>&1; then
            show_first_errors "$log"
            return 1
        fi
    fi
    if ninja -C "$directory" -n "$@" 2>&1 | tail -n 1 | grep -q 'no work to do'; then return 0; fi
    echo "Building $preset (the first time takes minutes; log: build/$preset/build.log) ..."
    : >"$log"
    if ! ninja -C "$directory" -j "$(nproc)" "$@" 2>&1 | log_build "$log"; then
        show_first_errors "$log"
        return 1
    fi
}
