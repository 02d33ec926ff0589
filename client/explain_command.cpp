// lowu explain: what a reason code or a rule means. Needs no process. Called through commands.hpp;
// main thread.
#include <iostream>
#include <memory>

#include "client/commands.hpp"
#include "client/explain.hpp"
#include "client/iso_reason.hpp"

namespace lowu::client {

namespace {

Json json_of(const scheme::ResultRow& row) {
    return {{"rule", row.name},
            {"iso_code", row.iso_code},
            {"iso_definition", iso_reason_definition(row.iso_code).value_or("")},
            {"fps_native_code", row.fps_native},
            {"ibps_native_code", row.ibps_native},
            {"raised_by", raised_by_text(row.raised_by)},
            {"meaning", row.meaning},
            {"source", row.source}};
}

ExitCode explain(const Context& context, const std::string& code) {
    auto rows = find_results(code);
    const std::string as_return = return_reason_text(code);
    if (!code.empty() && rows.empty() && as_return.empty()) {
        return fail(context, usage_error("\"" + code + "\"",
                                         "is no reason code and no rule of these rails; 'lowu "
                                         "explain' lists all"));
    }
    if (context.json) {
        if (code.empty()) {
            for (const scheme::ResultRow& row : scheme::result_table()) {
                if (row.result != scheme::ResultCode::kAccepted) rows.push_back(&row);
            }
        }
        Json list = Json::array();
        for (const scheme::ResultRow* row : rows) {
            list.push_back(json_of(*row));
        }
        Json document = {{"results", list}};
        if (!as_return.empty()) document["return_reason"] = as_return;
        print_json(document);
    } else if (code.empty()) {
        std::cout << all_results_text()
                  << "In order of precedence: a payment with many faults is refused with the first "
                     "of them.\nMore about one: lowu explain AM02\n";
    } else {
        if (!rows.empty()) std::cout << explanation_text(rows);
        if (!rows.empty() && !as_return.empty()) std::cout << "\n";
        if (!as_return.empty()) std::cout << as_return << "\n";
    }
    return ExitCode::kDone;
}

}  // namespace

void add_explain(Command& app, Context& context) {
    Command* command = app.add_subcommand(
        "explain", "What a reason code or a rule means, who raises it, where it comes from");
    const auto code = std::make_shared<std::string>();
    command->add_option("code", *code,
                        "ISO 20022 code (AM23), native code (LW014, LWEZ0014) or rule "
                        "(purpose_offered); default: all, in order of precedence");
    add_json_option(*command, context);
    set_footer(*command,
               "Needs no process.\n\nExamples:\n  lowu explain AM02\n  lowu explain LW025\n  lowu "
               "explain");
    command->callback(
        [&context, code] { context.run = [&context, code] { return explain(context, *code); }; });
}

}  // namespace lowu::client
