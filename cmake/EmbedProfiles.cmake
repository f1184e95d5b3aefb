# Writes OUTPUT, a C++ file that holds every profile of FOLDER as text.
# cmake -DFOLDER=profiles -DOUTPUT=shipped_profiles.cc -P EmbedProfiles.cmake
file(GLOB profiles ${FOLDER}/*.json)
set(texts "")
set(rows "")
set(count 0)
foreach(profile IN LISTS profiles)
  get_filename_component(name ${profile} NAME_WE)
  file(READ ${profile} json)
  # As an array: the length of a string this long is more than a compiler is willing to count.
  string(APPEND texts "constexpr char kText${count}[] = R\"joulecast(${json})joulecast\";\n")
  string(APPEND rows "    {\"${name}\", {kText${count}, sizeof kText${count} - 1}},\n")
  math(EXPR count "${count} + 1")
endforeach()
file(WRITE ${OUTPUT} "// Made by cmake/EmbedProfiles.cmake from profiles/.
#include \"predict/shipped_profiles.h\"

#include <array>

namespace joulecast {
namespace {

${texts}
}  // namespace

std::span<const ShippedProfile> ShippedProfiles() {
  static constexpr std::array<ShippedProfile, ${count}> kProfiles = {{
${rows}  }};
  return kProfiles;
}

}  // namespace joulecast
")
