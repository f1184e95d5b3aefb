# Builds web/ and writes OUTPUT, a C++ file that holds what it was built into.
# cmake -DMODE=AUTO|ON|OFF -DNODE=... -DNPM=... -DSOURCE=web -DFOLDER=build/web -DOUTPUT=web_assets.cc
#       -P BuildWeb.cmake
# Packages are installed once per lock file (scripts/check_web adds those that only tests need). With AUTO, what cannot be built is left out.

# What becomes of a failure: the build goes on without the page, or ends.
function(give_up why)
  if(MODE STREQUAL "ON")
    message(FATAL_ERROR "web: ${why}")
  endif()
  message("web: ${why}\nweb: this build goes without --format html and without the page of `serve`")
endfunction()

function(build_web)
  set(is_built FALSE PARENT_SCOPE)
  # Builds of several presets, build/PRESET, share node_modules.
  file(LOCK ${FOLDER}/../../web.lock GUARD FUNCTION TIMEOUT 600 RESULT_VARIABLE unlocked)
  # npm writes the latter when it is done.
  if(${SOURCE}/package-lock.json IS_NEWER_THAN ${SOURCE}/node_modules/.package-lock.json)
    execute_process(COMMAND ${NPM} ci --omit=dev --no-audit --no-fund --fetch-retries=1 --fetch-timeout=20000
                    WORKING_DIRECTORY ${SOURCE} RESULT_VARIABLE code OUTPUT_VARIABLE said
                    ERROR_VARIABLE said TIMEOUT 300)
    if(NOT code EQUAL 0)
      give_up("npm ci failed (${code}): ${said}")
      return()
    endif()
  endif()
  execute_process(COMMAND ${NODE} build.mjs ${FOLDER} WORKING_DIRECTORY ${SOURCE}
                  RESULT_VARIABLE code OUTPUT_VARIABLE said ERROR_VARIABLE said)
  if(NOT code EQUAL 0)
    message(FATAL_ERROR "web: build.mjs failed: ${said}")
  endif()
  set(is_built TRUE PARENT_SCOPE)
endfunction()

function(media_type name variable)
  get_filename_component(extension ${name} LAST_EXT)
  if(extension STREQUAL ".html")
    set(type "text/html; charset=utf-8")
  elseif(extension STREQUAL ".js")
    set(type "text/javascript; charset=utf-8")
  elseif(extension STREQUAL ".css")
    set(type "text/css; charset=utf-8")
  elseif(extension STREQUAL ".svg")
    set(type "image/svg+xml")
  else()
    message(FATAL_ERROR "web: what is ${name}?")
  endif()
  set(${variable} ${type} PARENT_SCOPE)
endfunction()

set(is_built FALSE)
if(NOT MODE STREQUAL "OFF")
  if(NODE AND NPM)
    build_web()
  else()
    give_up("needs Node and npm, Debian's nodejs and npm")
  endif()
endif()

# The files go in by the assembler: no compiler reads half a megabyte of text, no CMake either.
set(rows "")
set(texts "")
set(assets "")
if(is_built)
  file(GLOB assets ${FOLDER}/*)
endif()
foreach(asset IN LISTS assets)
  get_filename_component(name ${asset} NAME)
  media_type(${name} type)
  string(MAKE_C_IDENTIFIER "web_asset_${name}" symbol)
  string(APPEND texts "extern \"C\" const char ${symbol}[];
extern \"C\" const char ${symbol}_end[];
asm(R\"(
  .pushsection .rodata
  ${symbol}: .incbin \"${asset}\"
  ${symbol}_end: .byte 0
  .popsection)\");
")
  string(APPEND rows "    {\"${name}\", \"${type}\", TextOf(${symbol}, ${symbol}_end)},\n")
endforeach()
file(WRITE ${OUTPUT} "// Made by cmake/BuildWeb.cmake from web/.
#include \"report/web_assets.h\"

#include <cstddef>
#include <vector>

${texts}
namespace joulecast {

std::span<const WebAsset> WebAssets() {
  [[maybe_unused]] const auto TextOf = [](const char* begin, const char* end) {
    return std::string_view(begin, static_cast<std::size_t>(end - begin));
  };
  static const std::vector<WebAsset> kAssets = {
${rows}  };
  return kAssets;
}

}  // namespace joulecast
")
