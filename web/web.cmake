# The web page as a source of the library: built by Vite, packed, and laid into the program by embed.mjs.
set(CAIRN_WEB_OUT ${PROJECT_BINARY_DIR}/web)
set(CAIRN_WEB_ASSETS ${CAIRN_WEB_OUT}/web_assets.cc)
if(CAIRN_WEB)
  find_program(CAIRN_NODE NAMES node nodejs REQUIRED)
  find_program(CAIRN_NPM npm REQUIRED)
  file(GLOB_RECURSE CAIRN_WEB_SOURCES CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/web/src/*)
  list(FILTER CAIRN_WEB_SOURCES EXCLUDE REGEX "_test\\.ts$")
  set(CAIRN_WEB_PACKAGES ${PROJECT_SOURCE_DIR}/web/node_modules/.package-lock.json)
  add_custom_command(OUTPUT ${CAIRN_WEB_PACKAGES}
    COMMAND ${CAIRN_NPM} ci --ignore-scripts --no-audit --no-fund --silent
    COMMAND ${CMAKE_COMMAND} -E touch ${CAIRN_WEB_PACKAGES}
    DEPENDS ${PROJECT_SOURCE_DIR}/web/package-lock.json
    WORKING_DIRECTORY ${PROJECT_SOURCE_DIR}/web COMMENT "npm ci" VERBATIM)
  add_custom_command(OUTPUT ${CAIRN_WEB_ASSETS} ${CAIRN_WEB_OUT}/web_assets.bin
    COMMAND ${CAIRN_NODE} node_modules/vite/bin/vite.js build --outDir ${CAIRN_WEB_OUT}/dist --emptyOutDir --logLevel warn
    COMMAND ${CAIRN_NODE} embed.mjs ${CAIRN_WEB_OUT}/dist ${CAIRN_WEB_OUT}
    DEPENDS ${CAIRN_WEB_SOURCES} ${CAIRN_WEB_PACKAGES} ${PROJECT_SOURCE_DIR}/web/index.html ${PROJECT_SOURCE_DIR}/web/vite.config.ts
      ${PROJECT_SOURCE_DIR}/web/tsconfig.json ${PROJECT_SOURCE_DIR}/web/embed.mjs
    WORKING_DIRECTORY ${PROJECT_SOURCE_DIR}/web COMMENT "The web page" VERBATIM)
else()
  file(CONFIGURE OUTPUT ${CAIRN_WEB_ASSETS} @ONLY CONTENT [[
#include "server/web_assets.h"

namespace cairn {

std::span<const WebAsset> WebAssets() { return {}; }

}  // namespace cairn
]])
endif()
set_source_files_properties(${CAIRN_WEB_ASSETS} PROPERTIES SKIP_PRECOMPILE_HEADERS ON)
