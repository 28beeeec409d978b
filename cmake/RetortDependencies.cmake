# Every library comes from the system's packages but LibTorch (cmake/FindLibTorch.cmake).
# What the rooms link, a user of the installed library needs too: see RetortConfig.cmake.in.
find_package(PkgConfig REQUIRED)
find_package(LibTorch 2.11 REQUIRED)
find_package(fmt REQUIRED)
find_package(nlohmann_json REQUIRED)
find_package(Protobuf REQUIRED)
find_package(LibArchive REQUIRED)
find_package(JPEG REQUIRED)
find_package(PNG REQUIRED)
find_package(Threads REQUIRED)
pkg_check_modules(XXHASH REQUIRED IMPORTED_TARGET libxxhash)
if(RETORT_TESTS)
  find_package(GTest REQUIRED)
  find_package(Python3 REQUIRED COMPONENTS Interpreter)
  # Independent software that slow tests compare with; made by tools/setup.sh from tools/oracle.txt.
  set(_retort_cache "$ENV{XDG_CACHE_HOME}")
  if(NOT _retort_cache)
    set(_retort_cache "$ENV{HOME}/.cache")
  endif()
  set(RETORT_ORACLE_PYTHON ${_retort_cache}/retort/oracle/bin/python CACHE FILEPATH
    "Python with the packages of tools/oracle.txt")
endif()
if(RETORT_BENCH)
  find_package(benchmark REQUIRED)
endif()

# An installed command finds LibTorch where it was at build time.
set(CMAKE_INSTALL_RPATH_USE_LINK_PATH ON)
