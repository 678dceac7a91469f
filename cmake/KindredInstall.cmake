# cmake --install: a relocatable tree with CMake targets (find_package(Kindred CONFIG)) and a pkg-config file.
include(CMakePackageConfigHelpers)

install(TARGETS kindred_base kindred_core kindred_kernels kindred_operators kindred_solvers kindred_data kindred
  EXPORT KindredTargets
  LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR}
  RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
install(TARGETS kindred_petsc LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR})
if(TARGET kindred_kernels_cuda)
  install(TARGETS kindred_kernels_cuda LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR})
endif()
install(EXPORT KindredTargets NAMESPACE kindred:: DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/Kindred)

foreach(folder kernels operators solvers data)
  install(DIRECTORY ${KINDRED_ROOT}/${folder}/ DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/kindred/${folder} FILES_MATCHING PATTERN "*.hpp" PATTERN "*.cuh")
endforeach()
install(DIRECTORY ${KINDRED_ROOT}/src/ DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/kindred/core FILES_MATCHING PATTERN "*.hpp")

configure_package_config_file(${KINDRED_ROOT}/cmake/KindredConfig.cmake.in ${CMAKE_BINARY_DIR}/KindredConfig.cmake
  INSTALL_DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/Kindred)
write_basic_package_version_file(${CMAKE_BINARY_DIR}/KindredConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${CMAKE_BINARY_DIR}/KindredConfig.cmake ${CMAKE_BINARY_DIR}/KindredConfigVersion.cmake ${KINDRED_ROOT}/cmake/KindredDependencies.cmake
  DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/Kindred)

file(RELATIVE_PATH KINDRED_PREFIX_FROM_PC "/${CMAKE_INSTALL_LIBDIR}/pkgconfig" "/")
configure_file(${KINDRED_ROOT}/cmake/kindred.pc.in ${CMAKE_BINARY_DIR}/kindred.pc @ONLY)
install(FILES ${CMAKE_BINARY_DIR}/kindred.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
install(DIRECTORY ${KINDRED_ROOT}/apps/decks/ DESTINATION ${CMAKE_INSTALL_DATADIR}/kindred/decks FILES_MATCHING PATTERN "*.toml")
