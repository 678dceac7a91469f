# kindred::base, included by src/ and by a stand-alone kernels/.
file(GLOB base_sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_LIST_DIR}/*.cpp)
add_library(kindred_base SHARED ${base_sources})
add_library(kindred::base ALIAS kindred_base)
set_target_properties(kindred_base PROPERTIES EXPORT_NAME base VERSION ${PROJECT_VERSION} SOVERSION ${PROJECT_VERSION_MAJOR})
target_include_directories(kindred_base PUBLIC $<BUILD_INTERFACE:${KINDRED_INCLUDE_DIR}> $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>)
target_compile_features(kindred_base PUBLIC cxx_std_20)
target_link_libraries(kindred_base PRIVATE $<BUILD_INTERFACE:kindred_settings>)
