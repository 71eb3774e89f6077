#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace cairn {

struct XmpStructure;

/// What a schema says about one property or one field of a structure.
struct XmpProperty {
  enum class Form { kText, kDate, kRational, kAlternative };

  std::string_view name;                 ///< ExifTool's.
  std::optional<std::string_view> flat;  ///< What the names of its fields begin with, where that is not its name.
  Form form = Form::kText;
  bool list = false;
  bool single = false;     ///< One value even where the structure that it stands in is a list's item.
  std::string_view shown;  ///< How its value is told: a set of `XmpWords()` or a way that `XmpValue` knows.
  const XmpStructure* structure = nullptr;  ///< Null where it has no fields.
};

/// A table as it stands in the source: the schema's usual prefix or the structure's name, and words, one for each
/// property: `local=Name/Flat:form*@shown{Structure}`, all but `local` where they differ from the usual. `form` is
/// d(ate), r(ational) or l (alternatives by language); `*` is a list, `!` never one. A word that begins with
/// `~` is a path of fields that has a name of its own: `~RegionsRegionList=RegionName`.
struct XmpSource {
  std::string_view name;
  std::string_view words;
};
struct XmpStructureSource {
  std::string_view name;
  bool open;  ///< Fields of other schemas stand in it with their own names.
  std::string_view words;
};
struct XmpWordsSource {
  std::string_view name;
  std::string_view words;  ///< `code=text|code=text`
};
struct XmpNamespace {
  std::string_view uri;
  std::string_view prefix;
};

std::span<const XmpSource> XmpCameraSources();
std::span<const XmpSource> XmpAdobeSources();
std::span<const XmpSource> XmpStandardSources();
std::span<const XmpSource> XmpProgramSources();
std::span<const XmpStructureSource> XmpStructureSources();
std::span<const XmpWordsSource> XmpWords();
std::span<const XmpNamespace> XmpNamespaces();

/// The usual prefix of a namespace, also where its address lacks a slash or tells another version; empty where it is
/// none of the known ones.
std::string_view XmpPrefixOf(std::string_view uri);

/// Where a property stands among the structures above it, and what it is called. Starts empty; `Below` leads down.
struct XmpPath {
  std::string prefix;  ///< Of the outermost property.
  std::string id;      ///< All local names on the way in one: `RegionsRegionListArea`.
  std::string name;    ///< ExifTool's, perhaps with letters that no name has.
  std::string flat;    ///< What names below begin with.
  XmpProperty property;
  bool known = false;       ///< `property` is from a schema.
  bool structured = false;  ///< A known structure stands above.
  bool list = false;        ///< Several values are one list.

  [[nodiscard]] XmpPath Below(std::string_view prefix_below, std::string_view local) const;
};

/// A name as ExifTool allows it: only letters, digits, `-` and `_`, a letter first.
std::string XmpCleanName(std::string_view name);

}  // namespace cairn
