# Counts the test cases of one ctest run, for ./test: awk -f count_tests.awk <what ctest printed> LastTest.log
# First line out: passed, failed, skipped; then a line for each skipped case with its reason. A GoogleTest program
# counts by its cases, any other program as one; a program that failed without a failed case (crash, time-out, not
# found) counts as one failed case.

# What ctest printed: "4/7 Test #4: name ....***Skipped   0.00 sec". Only here are Skipped and Not Run told apart.
FNR == NR {
    if ($1 ~ /^[0-9]+\/[0-9]+$/ && $2 == "Test") {
        name = $0
        sub(/^.*Test +#[0-9]+: /, "", name)
        sub(/ .*/, "", name)
        outcome[name] = /\*\*\*Skipped/ ? "skipped" : / Passed / ? "passed" : "failed"
    }
    next
}

/^[0-9]+\/[0-9]+ Test: / {
    name = $0
    sub(/^.* Test: /, "", name)
    reason = ""
}
/^\[       OK \] .* ms\)$/ { cases[name]++; passed++ }
/^\[  FAILED  \] .* ms\)$/ { cases[name]++; failed++; failures[name]++ }
/: Skipped$/ { reading_reason = 1; reason = ""; next }
/^\[  SKIPPED \] .* ms\)$/ {
    cases[name]++
    skipped++
    skips = skips "  " name ": " $4 ":" reason "\n"
    reading_reason = 0
}
reading_reason && NF { reason = reason " " $0 }

END {
    for (name in outcome) {
        if (outcome[name] == "failed" && !failures[name]) failed++
        if (outcome[name] == "passed" && !cases[name]) passed++
        if (outcome[name] == "skipped" && !cases[name]) {
            skipped++
            skips = skips "  " name ": the whole program; its output says why\n"
        }
    }
    printf "%d %d %d\n%s", passed, failed, skipped, skips
}
