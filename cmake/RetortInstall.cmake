# cmake --install: the command, the rooms with their headers, and the package for
# find_package(retort), which gives retort::retort: everything through the top room.
include(CMakePackageConfigHelpers)
get_property(_rooms GLOBAL PROPERTY RETORT_ROOMS)
set_target_properties(retort_pipeline PROPERTIES EXPORT_NAME pipeline)

add_library(retort_library INTERFACE)
add_library(retort::retort ALIAS retort_library)
set_target_properties(retort_library PROPERTIES EXPORT_NAME retort)
list(GET _rooms -1 _top_room)
target_link_libraries(retort_library INTERFACE ${_top_room})

set(_package_folder ${CMAKE_INSTALL_LIBDIR}/cmake/retort)
install(TARGETS retort_library ${_rooms} EXPORT retort ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR})
install(DIRECTORY ${PROJECT_SOURCE_DIR}/retort DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}
  FILES_MATCHING PATTERN "*.hpp" PATTERN "*_for_tests.hpp" EXCLUDE)
install(TARGETS retort RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
install(EXPORT retort NAMESPACE retort:: FILE RetortTargets.cmake DESTINATION ${_package_folder})

get_filename_component(RETORT_LIBTORCH_HINT ${LibTorch_INCLUDE_DIR} DIRECTORY)
configure_package_config_file(${PROJECT_SOURCE_DIR}/cmake/RetortConfig.cmake.in
  ${PROJECT_BINARY_DIR}/retort-config.cmake INSTALL_DESTINATION ${_package_folder})
write_basic_package_version_file(${PROJECT_BINARY_DIR}/retort-config-version.cmake
  COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/retort-config.cmake ${PROJECT_BINARY_DIR}/retort-config-version.cmake
  ${PROJECT_SOURCE_DIR}/cmake/FindLibTorch.cmake DESTINATION ${_package_folder})
