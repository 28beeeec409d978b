# LibTorch as imported targets LibTorch::c10 and LibTorch::torch_cpu.
# Looks in RETORT_LIBTORCH (an unpacked libtorch zip, or a Python environment's torch folder), else
# in RETORT_LIBTORCH_HINT (what an installed retort was built with), else where tools/setup.sh puts
# it. LibTorch's own TorchConfig.cmake is not used: the wheel's ends in a fatal error where there is
# no CUDA toolkit.
set(RETORT_LIBTORCH "" CACHE PATH "Folder of LibTorch (holds include/ and lib/)")
set(LIBTORCH_PINNED_VERSION 2.11.0)
set(_retort_folders ${RETORT_LIBTORCH})
if(NOT RETORT_LIBTORCH)
  set(_retort_cache "$ENV{XDG_CACHE_HOME}")
  if(NOT _retort_cache)
    set(_retort_cache "$ENV{HOME}/.cache")
  endif()
  set(_retort_folders ${RETORT_LIBTORCH_HINT}
    ${_retort_cache}/retort/libtorch-${LIBTORCH_PINNED_VERSION}/torch)
endif()

find_path(LibTorch_INCLUDE_DIR ATen/core/Tensor.h PATHS ${_retort_folders} PATH_SUFFIXES include
  NO_DEFAULT_PATH NO_CACHE)
find_library(LibTorch_C10 c10 PATHS ${_retort_folders} PATH_SUFFIXES lib NO_DEFAULT_PATH NO_CACHE)
find_library(LibTorch_CPU torch_cpu PATHS ${_retort_folders} PATH_SUFFIXES lib NO_DEFAULT_PATH NO_CACHE)
# The version's header moved between releases.
foreach(_header torch/headeronly/version.h torch/csrc/api/include/torch/version.h)
  if(LibTorch_INCLUDE_DIR AND NOT LibTorch_VERSION AND EXISTS ${LibTorch_INCLUDE_DIR}/${_header})
    file(STRINGS ${LibTorch_INCLUDE_DIR}/${_header} _lines
      REGEX "define TORCH_VERSION_(MAJOR|MINOR|PATCH) ")
    list(TRANSFORM _lines REPLACE "[^0-9]+" "")
    list(JOIN _lines "." LibTorch_VERSION)
  endif()
endforeach()

list(JOIN _retort_folders "', '" _retort_looked_in)
include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(LibTorch
  REQUIRED_VARS LibTorch_CPU LibTorch_C10 LibTorch_INCLUDE_DIR
  VERSION_VAR LibTorch_VERSION
  REASON_FAILURE_MESSAGE
    "looked in '${_retort_looked_in}': run ./quickstart.sh once, or give -DRETORT_LIBTORCH=DIR")

if(LibTorch_FOUND AND NOT TARGET LibTorch::torch_cpu)
  # LibTorch's include folder also holds fmt, protobuf and others in other versions than the
  # system's. Sources see LibTorch's own headers only, through links in the build folder.
  set(_headers ${CMAKE_BINARY_DIR}/libtorch-headers)
  file(MAKE_DIRECTORY ${_headers})
  foreach(_folder ATen c10 caffe2 torch)
    file(CREATE_LINK ${LibTorch_INCLUDE_DIR}/${_folder} ${_headers}/${_folder} SYMBOLIC)
  endforeach()
  foreach(_library c10 torch_cpu)
    add_library(LibTorch::${_library} SHARED IMPORTED)
    target_include_directories(LibTorch::${_library} SYSTEM INTERFACE
      ${_headers} ${_headers}/torch/csrc/api/include)
  endforeach()
  # at::parallel_for is a header's: compiled without OpenMP it silently runs on one thread. The
  # threads are LibTorch's own, whose library it brings along, else the compiler's.
  find_package(OpenMP REQUIRED COMPONENTS CXX)
  get_filename_component(_libraries ${LibTorch_CPU} DIRECTORY)
  file(GLOB _openmp ${_libraries}/libgomp*.so* ${_libraries}/libiomp5.so)
  if(_openmp)
    list(GET _openmp 0 _openmp)
  else()
    set(_openmp OpenMP::OpenMP_CXX)
  endif()
  set_target_properties(LibTorch::c10 PROPERTIES IMPORTED_LOCATION ${LibTorch_C10})
  set_target_properties(LibTorch::torch_cpu PROPERTIES IMPORTED_LOCATION ${LibTorch_CPU}
    INTERFACE_COMPILE_OPTIONS "$<$<COMPILE_LANGUAGE:CXX>:${OpenMP_CXX_FLAGS}>"
    INTERFACE_LINK_LIBRARIES "LibTorch::c10;${_openmp}")
endif()
