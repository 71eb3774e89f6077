// Fields and values against ExifTool's, on real files of every kind and on some made here with Debian's tools.
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <simdjson.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <map>
#include <set>

#include "extract/extractor.h"
#include "extract/file_type.h"
#include "fixtures.h"
#include "temp_dir.h"

namespace cairn {
namespace {

namespace dom = simdjson::dom;
using namespace std::string_view_literals;

bool Installed(const std::string& program) {
  return std::system(("command -v " + program + " >/dev/null 2>&1").c_str()) == 0;
}

std::string OutputOf(const std::string& command) {
  std::string out;
  FILE* pipe = popen(command.c_str(), "r");
  if (pipe == nullptr) return out;
  std::array<char, 65536> block;
  while (const std::size_t got = fread(block.data(), 1, block.size(), pipe)) out.append(block.data(), got);
  pclose(pipe);
  return out;
}

// One space for any white space, no hint how binary values are got.
std::string Normal(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == 0) break;
    const bool space = c == ' ' || (c >= '\t' && c <= '\r');
    if (!space) out += c;
    if (space && !out.empty() && out.back() != ' ') out += ' ';
  }
  while (!out.empty() && out.back() == ' ') out.pop_back();
  constexpr std::string_view kHint = ", use -b option to extract";
  if (const std::size_t hint = out.find(kHint); hint != std::string::npos) out.erase(hint, kHint.size());
  return out;
}

std::string Text(const FieldValue& value) {
  if (const auto* text = std::get_if<std::string>(&value)) return Normal(*text);
  if (const auto* integer = std::get_if<std::int64_t>(&value)) return std::to_string(*integer);
  if (const auto* real = std::get_if<double>(&value)) return fmt::format("{}", *real);
  if (const auto* truth = std::get_if<bool>(&value)) return *truth ? "true" : "false";
  std::string out;
  for (const auto& one : std::get<std::vector<std::string>>(value)) out += (out.empty() ? "" : ", ") + Normal(one);
  return out;
}

std::string Text(dom::element value) {
  if (value.is_string()) return Normal(std::string_view(value));
  if (value.is_array()) {
    std::string out;
    for (const dom::element one : dom::array(value)) out += (out.empty() ? "" : ", ") + Text(one);
    return out;
  }
  if (value.is_bool()) return bool(value) ? "True" : "False";  // ExifTool's words, which its JSON takes for truth
  return Normal(simdjson::minify(value));
}

// Numbers are equal that differ in the sixth digit; all else by its letters.
bool Same(const std::string& a, const std::string& b) {
  if (a == b) return true;
  const char* x = a.c_str();
  const char* y = b.c_str();
  while (*x != 0 && *y != 0) {
    char* x_end = nullptr;
    char* y_end = nullptr;
    const double first = std::strtod(x, &x_end);
    const double second = std::strtod(y, &y_end);
    if (x_end == x || y_end == y || std::abs(first - second) > 1e-5 * std::max(std::abs(first), std::abs(second)))
      return false;
    if (*x_end != *y_end || (*x_end != 0 && *x_end != ' ')) return false;
    x = *x_end == 0 ? x_end : x_end + 1;
    y = *y_end == 0 ? y_end : y_end + 1;
  }
  return *x == *y;
}

const std::set<std::string> kMedia = {".jpg", ".jpeg", ".png", ".tif",  ".tiff", ".webp", ".heic", ".heif", ".gif",
                                      ".mp3", ".flac", ".ogg", ".opus", ".wav",  ".m4a",  ".m4b",  ".mp4",  ".mov",
                                      ".mkv", ".webm", ".avi", ".m4v",  ".3gp",  ".aif",  ".aiff"};
const std::set<std::string> kDocuments = {".pdf",  ".docx",  ".docm", ".dotx", ".xlsx", ".xlsm", ".xltx", ".pptx",
                                          ".pptm", ".ppsx",  ".potx", ".odt",  ".ods",  ".odp",  ".epub", ".html",
                                          ".htm",  ".xhtml", ".md",   ".txt",  ".zip",  ".gz"};

bool EndsLike(const std::filesystem::path& path, const std::set<std::string>& endings) {
  std::string ending = path.extension().string();
  std::transform(ending.begin(), ending.end(), ending.begin(), [](unsigned char c) { return std::tolower(c); });
  return endings.contains(ending);
}

Extracted FieldsOf(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  const MemoryBytes bytes(std::string((std::istreambuf_iterator<char>(in)), {}));
  ExtractContext context;
  context.file_name = std::filesystem::path(path).filename();
  const auto type = FileTypeOf(bytes, context.file_name);
  const Extractor* extractor = type ? ExtractorFor(*type) : nullptr;
  if (extractor == nullptr) return {};
  context.type = std::string(*type);
  auto out = extractor->Extract(bytes, context);
  return out ? std::move(*out) : Extracted();
}

struct Score {
  std::size_t fields = 0;
  std::size_t equal = 0;
  std::map<std::string, int> differences;  ///< `EXIF:Flash: "A" is "B"`, how often.
};

void Compare(dom::object file, const std::string& dir, Score* score) {
  const std::string_view name = file["SourceFile"];
  const Extracted ours = FieldsOf(dir + "/" + std::string(name));
  std::multimap<std::string_view, std::string> values;
  for (const auto& field : ours.fields) values.emplace(field.name, Text(field.value));
  for (const auto& [key, value] : file) {
    const std::size_t colon = key.find(':');
    if (colon == std::string_view::npos) continue;
    const std::string_view group = key.substr(0, colon);
    // ExifTool's words about itself, about the file system, computed from others, and makers' secrets.
    if (group == "ExifTool" || group == "File" || group == "Composite" || group == "MakerNotes") continue;
    const std::string wanted = Text(value);
    const auto [begin, end] = values.equal_range(key.substr(colon + 1));
    ++score->fields;
    if (std::any_of(begin, end, [&](const auto& ours_one) { return Same(ours_one.second, wanted); })) {
      ++score->equal;
    } else {
      const std::string got = begin == end ? "nothing" : "\"" + begin->second.substr(0, 60) + "\"";
      ++score->differences[std::string(key) + ": \"" + wanted.substr(0, 60) + "\" is " + got];
    }
  }
}

Score CompareAll(const std::string& dir, const std::vector<std::string>& files) {
  TempDir temp;
  const std::string list = temp.path() + "/files";
  std::ofstream out(list);
  for (const auto& file : files) out << file << "\n";
  out.close();
  const std::string json = OutputOf("cd '" + dir + "' && exiftool -json -G -@ '" + list + "' 2>/dev/null");
  Score score;
  dom::parser parser;
  dom::array all;
  if (parser.parse(json).get(all) != simdjson::SUCCESS) return score;
  for (const dom::element file : all) Compare(file, dir, &score);
  return score;
}

void Report(const Score& score) {
  std::cout << score.equal << " of " << score.fields << " fields equal\n";
  for (const auto& [difference, count] : score.differences) std::cout << "  " << count << "x " << difference << "\n";
}

// At least 95 of 100 fields of the fixtures whose names end so are equal; at least `fields_min` there are.
void AgreesOnFixtures(const std::set<std::string>& endings, std::size_t fields_min) {
  CAIRN_NEED_FIXTURES(fixtures);
  ASSERT_TRUE(Installed("exiftool")) << "./dev setup test installs it";
  const std::string dir = fixtures + "/files";
  std::vector<std::string> files;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(dir)) {
    if (entry.is_regular_file() && EndsLike(entry.path(), endings)) {
      files.push_back(std::filesystem::relative(entry.path(), dir));
    }
  }
  std::sort(files.begin(), files.end());
  const Score score = CompareAll(dir, files);
  Report(score);
  ASSERT_GT(score.fields, fields_min);
  EXPECT_GE(static_cast<double>(score.equal), 0.95 * static_cast<double>(score.fields));
}

TEST(ExifTool, NinetyFiveOfAHundredFieldsAreEqual) { AgreesOnFixtures(kMedia, 5000); }
TEST(ExifTool, NinetyFiveOfAHundredFieldsOfDocumentsAreEqual) { AgreesOnFixtures(kDocuments, 10'000); }

constexpr std::string_view kBook =
    ";FFMETADATA1\ntitle=A Book\nartist=An Author\nalbum=A Book\ndate=2010\n"
    "[CHAPTER]\nTIMEBASE=1/1000\nSTART=0\nEND=1500\ntitle=Opening\n"
    "[CHAPTER]\nTIMEBASE=1/1000\nSTART=1500\nEND=4000\ntitle=Größe\n";

/// Files made by Debian's tools, of kinds that the fixtures lack.
class Made : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_TRUE(Installed("ffmpeg")) << "./dev setup test installs it";
    std::ofstream(Path("book.txt")) << kBook;
  }
  [[nodiscard]] std::string Path(const std::string& name) const { return temp_.path() + "/" + name; }
  [[nodiscard]] bool Ffmpeg(const std::string& arguments) const {
    return std::system(("cd '" + temp_.path() + "' && ffmpeg -nostdin -loglevel error -y " + arguments).c_str()) == 0;
  }
  [[nodiscard]] bool Run(const std::string& command) const {
    return std::system(("cd '" + temp_.path() + "' && " + command + " >/dev/null 2>&1").c_str()) == 0;
  }

  TempDir temp_;
};

constexpr std::string_view kSound = "-f lavfi -i sine=d=4 ";
constexpr std::string_view kPicture = "-f lavfi -i testsrc=d=2:s=160x120:r=10 ";

TEST_F(Made, AgreesWithExifTool) {
  for (const char* tool : {"exiftool", "cwebp", "heif-enc"})
    ASSERT_TRUE(Installed(tool)) << "./dev setup test: " << tool;
  const std::string both = std::string(kPicture) + std::string(kSound);
  ASSERT_TRUE(Ffmpeg(both + "-metadata title=Film -c:v mpeg4 -c:a libmp3lame a.avi"));
  ASSERT_TRUE(Ffmpeg(both + "-metadata title=Film -c:v libx264 -c:a aac a.mkv"));
  ASSERT_TRUE(Ffmpeg(std::string(kSound) + "-c:a libopus -metadata title=Song a.opus"));
  ASSERT_TRUE(Ffmpeg(std::string(kSound) + "-i book.txt -map 0:a -map_metadata 1 -map_chapters 1 -c:a aac a.m4b"));
  ASSERT_TRUE(Ffmpeg(std::string(kPicture) + "-frames:v 1 a.png"));
  ASSERT_TRUE(Run("cwebp a.png -o a.webp"));
  ASSERT_TRUE(Run("heif-enc a.png -o a.heic"));
  const Score score = CompareAll(temp_.path(), {"a.avi", "a.mkv", "a.opus", "a.m4b", "a.webp", "a.heic"});
  Report(score);
  ASSERT_GT(score.fields, 100U);
  EXPECT_GE(static_cast<double>(score.equal), 0.95 * static_cast<double>(score.fields));
}

TEST_F(Made, ChaptersOfEveryKindOfBook) {
  for (const auto& [name, codec] : {std::pair{"a.m4b", "aac"}, {"a.mp3", "libmp3lame"}, {"a.mka", "aac"}}) {
    ASSERT_TRUE(
        Ffmpeg(std::string(kSound) + "-i book.txt -map 0:a -map_metadata 1 -map_chapters 1 -c:a " + codec + " " + name))
        << name;
    const Extracted out = FieldsOf(Path(name));
    ASSERT_EQ(out.chapters.size(), 2U) << name;
    EXPECT_EQ(out.chapters[0].title, "Opening") << name;
    EXPECT_EQ(out.chapters[0].start_ns, 0) << name;
    EXPECT_EQ(out.chapters[1].title, "Größe") << name;
    EXPECT_NEAR(static_cast<double>(out.chapters[1].start_ns), 1.5e9, 5e7) << name;
    EXPECT_NEAR(static_cast<double>(out.chapters[1].end_ns), 4e9, 2e8) << name;
    EXPECT_EQ(out.core.title, "A Book") << name;
    EXPECT_NEAR(out.core.duration.value_or(0), 4.0, 0.2) << name;
  }
}

}  // namespace
}  // namespace cairn
