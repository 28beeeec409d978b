include(GNUInstallDirs)

add_library(retort_warnings INTERFACE)
# Designated initialisers leave the other fields at their defaults on purpose.
# -Wrestrict: g++ 12 warns of std::string's own code (GCC bug 105651).
target_compile_options(retort_warnings INTERFACE -Wall -Wextra -Wshadow -Wconversion -Wno-sign-conversion
  $<$<CXX_COMPILER_ID:GNU>:-Wno-restrict>
  -Wno-missing-field-initializers
  $<$<BOOL:${RETORT_WERROR}>:-Werror>)

# One static library for the folder retort/NAME: all its *.cpp but *_test.cpp. Tests become
# retort_NAME_tests (label fast) and, from *_slow_test.cpp, retort_NAME_slow_tests (label slow).
#   retort_room(NAME [LINKS room...] [LIBRARIES public...] [PRIVATE_LIBRARIES private...])
function(retort_room name)
  cmake_parse_arguments(ROOM "" "" "LINKS;LIBRARIES;PRIVATE_LIBRARIES" ${ARGN})
  set(folder ${CMAKE_CURRENT_SOURCE_DIR}/${name})
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${folder}/*.cpp)
  set(tests ${sources})
  list(FILTER sources EXCLUDE REGEX "_test\\.cpp$")
  list(FILTER tests INCLUDE REGEX "_test\\.cpp$")
  add_library(retort_${name} STATIC ${sources})
  set_target_properties(retort_${name} PROPERTIES EXPORT_NAME ${name} POSITION_INDEPENDENT_CODE ON)
  target_include_directories(retort_${name} PUBLIC
    $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}> $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>)
  target_compile_features(retort_${name} PUBLIC cxx_std_20)
  list(TRANSFORM ROOM_LINKS PREPEND retort_)
  target_link_libraries(retort_${name} PUBLIC ${ROOM_LINKS} ${ROOM_LIBRARIES}
    PRIVATE ${ROOM_PRIVATE_LIBRARIES} $<BUILD_INTERFACE:retort_warnings>)
  set_property(GLOBAL APPEND PROPERTY RETORT_ROOMS retort_${name})
  if(RETORT_TESTS)
    set(slow_tests ${tests})
    list(FILTER slow_tests INCLUDE REGEX "_slow_test\\.cpp$")
    list(FILTER tests EXCLUDE REGEX "_slow_test\\.cpp$")
    retort_test(${name} fast retort_${name} ${tests})
    retort_test(${name}_slow slow retort_${name} ${slow_tests})
  endif()
endfunction()

# A GoogleTest program retort_NAME_tests of the given sources, run by ctest under the label.
function(retort_test name label library)
  if(NOT ARGN)
    return()
  endif()
  add_executable(retort_${name}_tests ${ARGN})
  target_link_libraries(retort_${name}_tests PRIVATE ${library} retort_warnings GTest::gmock GTest::gtest_main)
  target_compile_definitions(retort_${name}_tests PRIVATE RETORT_SOURCE_FOLDER="${PROJECT_SOURCE_DIR}")
  add_test(NAME ${name} COMMAND retort_${name}_tests)
  set_tests_properties(${name} PROPERTIES LABELS ${label} TIMEOUT 900)
endfunction()
