// The follower in snapshots: its cells', and what it keeps beside them. Timelines are not in it:
// what was before is told from the archive. See follower.hpp.
#include "switch/core/state_io.hpp"
#include "switch/follower/follower.hpp"
#include "switch/journal/snapshot_cells.hpp"

namespace lowu::follower {
namespace {

using journal::SnapshotSection;

constexpr std::array kCellSections{SnapshotSection::kFps, SnapshotSection::kIbps};

}  // namespace

template <class Sink, class Self>
void Follower::fields(Sink& sink, Self& self) {
    sink(self.last_);
    for (auto& observer : self.observers_)
        sink(*observer);
    sink(self.proxy_names_);
    sink(self.models_.positions);
    sink(self.models_.watch);
}

Result<journal::SnapshotInfo> Follower::load(journal::SnapshotReader& reader) {
    LOWU_ASSERT(last_.sequence.value == 0, "a snapshot is loaded first");
    const core::Sequence sequence = reader.header().last.sequence;
    if (archive_ != nullptr && archive_->position() < sequence) {
        return Error{Error::Kind::kInvalid,
                     archive_->directory() + ": the archive ends at sequence " +
                         std::to_string(archive_->position().value) + ", before the snapshot at " +
                         std::to_string(sequence.value)};
    }
    for (std::size_t i = 0; i < cells_.size(); ++i) {
        if (auto read = journal::load_cell(reader, kCellSections[i], *cells_[i]); !read.ok()) {
            return read.error();
        }
    }
    if (auto read = load_own(reader); !read.ok()) return read.error();
    return reader.finish();
}

Result<void> Follower::load_own(journal::SnapshotReader& reader) {
    const core::Sequence sequence = reader.header().last.sequence;
    return journal::load_section(reader, SnapshotSection::kFollower, [&](core::StateReader& in) {
        fields(in, *this);
        if (!in.ok()) return;
        if (last_.sequence != sequence) in.fail("the follower stands somewhere else");
        for (std::size_t i = 0; i < cells_.size(); ++i) {
            if (!observers_[i]->legs().matches(*cells_[i])) {
                in.fail("the follower knows other payments than its cells");
            }
        }
    });
}

Result<journal::SnapshotInfo> Follower::write_snapshot(journal::SnapshotStore& store,
                                                       const journal::SnapshotHeader& header) {
    LOWU_ASSERT(header.last.sequence == last_.sequence, "a snapshot is of what is replayed");
    if (archive_ != nullptr) {
        if (auto flushed = archive_->flush(); !flushed.ok()) return flushed.error();
    }
    journal::SnapshotWriter writer(store, header);
    for (std::size_t i = 0; i < cells_.size(); ++i)
        journal::save_cell(writer, kCellSections[i], *cells_[i]);
    journal::save_section(writer, SnapshotSection::kFollower,
                          [&](core::StateWriter& out) { fields(out, *this); });
    return writer.finish();
}

}  // namespace lowu::follower
