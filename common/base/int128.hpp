// 128-bit integers, a compiler extension that both g++ and clang++ have. Exists so that products of
// two 64-bit integers need neither floating point nor a warning. Used by rates and the generator.
#pragma once

namespace lowu {

__extension__ typedef __int128 Int128;
__extension__ typedef unsigned __int128 Uint128;

}  // namespace lowu
