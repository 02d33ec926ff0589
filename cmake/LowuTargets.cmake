# Helpers that every folder's CMakeLists.txt uses. Warnings and sanitizers are INTERFACE targets; generated
# code does not get our warnings.

add_library(lowu_warnings INTERFACE)
target_compile_options(lowu_warnings INTERFACE
    -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion -Wswitch-enum -Wold-style-cast
    -Wnon-virtual-dtor -Woverloaded-virtual -Werror)

add_library(lowu_sanitizer INTERFACE)
if(LOWU_SANITIZER)
    target_compile_options(lowu_sanitizer INTERFACE -fsanitize=${LOWU_SANITIZER} -fno-omit-frame-pointer)
    target_link_options(lowu_sanitizer INTERFACE -fsanitize=${LOWU_SANITIZER})
    if(LOWU_SANITIZER STREQUAL "address")
        target_compile_options(lowu_sanitizer INTERFACE -fsanitize=undefined -fno-sanitize-recover=all)
        target_link_options(lowu_sanitizer INTERFACE -fsanitize=undefined)
    endif()
endif()
if(LOWU_FUZZ)
    target_compile_options(lowu_sanitizer INTERFACE -fsanitize=fuzzer-no-link)
    # Which warnings there are is g++'s to say: this compiler's are others.
    target_compile_options(lowu_warnings INTERFACE -w)
endif()

# lowu_library(NAME sources...): one folder's library; include paths start at the root of the tree.
function(lowu_library name)
    add_library(${name} STATIC ${ARGN})
    target_include_directories(${name} PUBLIC ${CMAKE_SOURCE_DIR})
    target_link_libraries(${name} PRIVATE lowu_warnings PUBLIC lowu_sanitizer)
endfunction()

# lowu_program(NAME sources...): an installed binary.
function(lowu_program name)
    add_executable(${name} ${ARGN})
    target_include_directories(${name} PRIVATE ${CMAKE_SOURCE_DIR})
    target_link_libraries(${name} PRIVATE lowu_warnings lowu_sanitizer)
    install(TARGETS ${name})
endfunction()

# lowu_crash_variant(NAME): NAME_crash, the program NAME that a test can kill at a named step: the same objects, linked
# once more. Not installed; built with everything else, so that it cannot rot.
function(lowu_crash_variant name)
    add_executable(${name}_crash $<TARGET_OBJECTS:${name}>)
    set_target_properties(${name}_crash PROPERTIES LINKER_LANGUAGE CXX)
    target_link_libraries(${name}_crash PRIVATE lowu_warnings lowu_sanitizer lowu_crash_on)
endfunction()

# lowu_headers(NAME headers...): headers that many sources begin with, parsed once. Who is compiled with the same options says
# target_precompile_headers(... REUSE_FROM NAME); each source still includes what it uses.
function(lowu_headers name)
    file(CONFIGURE OUTPUT ${CMAKE_BINARY_DIR}/${name}.cpp CONTENT "")  # They must belong to a source.
    add_library(${name} OBJECT ${CMAKE_BINARY_DIR}/${name}.cpp)
    target_precompile_headers(${name} PRIVATE ${ARGN})
endfunction()

# What tests are compiled with. A test is compiled once and runs for a moment, so the time goes into the compiler; and it is
# not what the undefined-behaviour sanitizer is for.
function(lowu_test_options name)
    target_include_directories(${name} PRIVATE ${CMAKE_SOURCE_DIR})
    target_compile_options(${name} PRIVATE -O0)
    if(LOWU_SANITIZER STREQUAL "address")
        target_compile_options(${name} PRIVATE -fno-sanitize=undefined)
    elseif(NOT LOWU_SANITIZER)
        target_compile_options(${name} PRIVATE -g0)
    endif()
    target_compile_definitions(${name} PRIVATE
        LOWU_SOURCE_DIR="${CMAKE_SOURCE_DIR}" LOWU_BIN_DIR="${CMAKE_RUNTIME_OUTPUT_DIRECTORY}")
    target_link_libraries(${name} PRIVATE lowu_warnings lowu_sanitizer GTest::gtest_main GTest::gmock)
endfunction()

# lowu_sanitized(KIND tests...): ./test builds and runs them under the sanitizer, by the target KIND_tests and the label KIND.
function(lowu_sanitized kind)
    add_dependencies(${kind}_tests ${ARGN})
    set_property(TEST ${ARGN} APPEND PROPERTY LABELS ${kind})
endfunction()

# lowu_test(NAME sources...): a GoogleTest program, one ctest entry each. LOWU_SOURCE_DIR and LOWU_BIN_DIR tell it
# where the tree and the built programs are. LOWU_TEST_HEADERS names the precompiled headers of the folder's tests.
function(lowu_test name)
    add_executable(${name} ${ARGN})
    lowu_test_options(${name})
    target_precompile_headers(${name} REUSE_FROM ${LOWU_TEST_HEADERS})
    add_test(NAME ${name} COMMAND ${name})
    set_tests_properties(${name} PROPERTIES TIMEOUT 300)
endfunction()
