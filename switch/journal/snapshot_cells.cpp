// Sections of fields; see snapshot_cells.hpp.
#include "switch/journal/snapshot_cells.hpp"

namespace lowu::journal {

void save_section(SnapshotWriter& writer, SnapshotSection section,
                  const std::function<void(core::StateWriter&)>& save) {
    writer.begin_section(section);
    core::StateWriter out([&](std::span<const std::byte> bytes) -> Result<void> {
        writer.write(bytes);
        if (writer.error()) return *writer.error();
        return {};
    });
    save(out);
    // What the sink has said is what the writer tells at its end.
    static_cast<void>(out.finish());
    writer.end_section();
}

void save_cell(SnapshotWriter& writer, SnapshotSection section, const core::Cell& cell) {
    save_section(writer, section, [&](core::StateWriter& out) { cell.save(out); });
}

Result<void> load_section(SnapshotReader& reader, SnapshotSection section,
                          const std::function<void(core::StateReader&)>& load) {
    if (auto begun = reader.begin_section(section); !begun.ok()) return begun;
    std::optional<Error> read_error;
    core::StateReader in([&](std::span<std::byte> buffer) {
        auto count = reader.read_some(buffer);
        if (!count.ok() && !read_error) read_error = count.error();
        return count;
    });
    load(in);
    if (in.ok()) {
        // Nothing may be left.
        std::uint8_t more = 0;
        const std::uint64_t end = in.bytes();
        in.number(more);
        if (in.ok()) return reader.damaged_section("goes on behind byte " + std::to_string(end));
        if (!read_error) return reader.end_section();
    }
    // What stands in the file speaks before what was made of it.
    if (read_error) return *read_error;
    return reader.damaged_section(in.status().error().what);
}

Result<void> load_cell(SnapshotReader& reader, SnapshotSection section, core::Cell& cell) {
    return load_section(reader, section, [&](core::StateReader& in) {
        if (auto loaded = cell.load(in); !loaded.ok()) in.fail(loaded.error().what);
    });
}

}  // namespace lowu::journal
