// Edits: small changes of a sound file, said by an input's bytes. Exists because nobody guesses a
// file with good hashes, while a sound one with a few wrong bytes is what damage looks like. Used
// by the targets of logs and snapshots; no state, one thread.
#pragma once

#include "tests/fuzz/input.hpp"
#include "tests/fuzz/targets.hpp"

namespace lowu::fuzz {

/// One change: of a byte or a number, of the length, of the order. The file stays at least one byte
/// and at most `most` bytes long.
void edit(Input& input, Bytes& file, std::size_t most);

/// The same without a change of length.
void edit_in_place(Input& input, Bytes& file);

}  // namespace lowu::fuzz
