// The results of a cell's checks are the scheme's (common/scheme/result.hpp); here they are named
// in the cell's own namespace.
#pragma once

#include "common/scheme/result.hpp"

namespace lowu::core {

using scheme::payee_agent_result;
using scheme::RaisedBy;
using scheme::result_of_number;
using scheme::result_table;
using scheme::ResultCode;
using scheme::ResultRow;
using scheme::row_of;

}  // namespace lowu::core
