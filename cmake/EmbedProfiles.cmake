# Writes OUTPUT, a C++ file that holds every profile of FOLDER as text.
# cmake -DFOLDER=profiles -DOUTPUT=shipped_profiles.cc -P EmbedProfiles.cmake
file(GLOB profiles ${FOLDER}/*.json)
set(rows "")
set(count 0)
foreach(profile IN LISTS profiles)
  get_filename_component(name ${profile} NAME_WE)
  file(READ ${profile} json)
  string(APPEND rows "    {\"${name}\", R\"joulecast(${json})joulecast\"},\n")
  math(EXPR count "${count} + 1")
endforeach()
file(WRITE ${OUTPUT} "// Made by cmake/EmbedProfiles.cmake from profiles/.
#include \"predict/shipped_profiles.h\"

#include <array>

namespace joulecast {

std::span<const ShippedProfile> ShippedProfiles() {
  static constexpr std::array<ShippedProfile, ${count}> kProfiles = {{
${rows}  }};
  return kProfiles;
}

}  // namespace joulecast
")
