#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace cairn {

/// A value as it stands in a file: text is UTF-8.
using FieldValue = std::variant<std::string, std::int64_t, double, bool, std::vector<std::string>>;

/// One value under the name that ExifTool gives it, without the group: `ImageWidth`, `Artist`, `XResolution`.
struct Field {
  std::string name;
  FieldValue value;

  friend bool operator==(const Field&, const Field&) = default;
};

/// A place on earth, WGS 84.
struct Position {
  double latitude = 0;             ///< Degrees, north positive.
  double longitude = 0;            ///< Degrees, east positive.
  std::optional<double> altitude;  ///< Metres above the sea.

  friend bool operator==(const Position&, const Position&) = default;
};

/// What files of every type have in common, under one name and type each. An empty text or list and an absent number
/// mean that the file does not say.
struct CommonCore {
  std::string title;
  std::string description;
  std::vector<std::string> creators;  ///< Authors, artists, photographers, in the file's order.
  std::string publisher;
  std::string language;  ///< As the file writes it: `de`, `eng`, `en-GB`.
  std::vector<std::string> keywords;
  /// ISO 8601, as much as the file says: `2010`, `2010-05`, `2010-05-03`, `2010-05-03T14:00:07.25`, with `Z` or
  /// `+02:00` only where the zone is known.
  std::string created;
  std::string modified;                ///< As `created`.
  std::optional<double> duration;      ///< Seconds.
  std::optional<std::int64_t> pages;   ///< Pages, slides or sheets.
  std::optional<std::int64_t> width;   ///< Pixels.
  std::optional<std::int64_t> height;  ///< Pixels.
  std::optional<Position> position;
  std::string codec;                        ///< Of the main stream: `mp3`, `aac`, `h264`.
  std::optional<std::int64_t> bitrate;      ///< Bits per second.
  std::optional<std::int64_t> sample_rate;  ///< Hertz.
  std::optional<std::int64_t> channels;
  std::optional<double> frame_rate;  ///< Frames per second.

  friend bool operator==(const CommonCore&, const CommonCore&) = default;
};

/// One chapter of a recording or book of sound.
struct Chapter {
  std::int64_t start_ns = 0;  ///< From the beginning of the recording.
  std::int64_t end_ns = 0;    ///< Where the next one begins, or the recording ends.
  std::string title;

  friend bool operator==(const Chapter&, const Chapter&) = default;
};

/// Facts about a picture inside a file. The picture itself is left where it is.
struct Picture {
  std::string type;  ///< As ID3 calls them, in small letters: `front cover`, `other`, `thumbnail`.
  std::string mime;
  std::string description;
  std::optional<std::int64_t> width;   ///< Pixels.
  std::optional<std::int64_t> height;  ///< Pixels.
  std::int64_t bytes = 0;

  friend bool operator==(const Picture&, const Picture&) = default;
};

/// A member of an archive.
struct Child {
  std::string path;  ///< As the archive writes it, perhaps no UTF-8.
  bool folder = false;
  std::optional<std::int64_t> bytes;         ///< Unpacked.
  std::optional<std::int64_t> packed_bytes;  ///< In the archive.
  std::string modified;                      ///< As `CommonCore::created`.
  std::optional<std::uint32_t> crc32;        ///< CRC-32 (ISO-HDLC) of the unpacked bytes, as the archive states it.

  friend bool operator==(const Child&, const Child&) = default;
};

/// A column of a table: the content of `schema_snapshot` and, as far as known, of `statistics_snapshot`.
struct Column {
  std::string name;
  std::string type;  ///< As the source calls it; found from the values where the source has no types.
  std::optional<bool> nullable;
  bool primary_key = false;
  std::string default_value;  ///< The source's text; empty where it has none.
  std::optional<std::int64_t> null_count;
  std::optional<std::int64_t> distinct_count;
  std::optional<FieldValue> min;
  std::optional<FieldValue> max;
  std::optional<double> mean;

  friend bool operator==(const Column&, const Column&) = default;
};

/// A key that points from one table to another.
struct ForeignKey {
  std::vector<std::string> columns;
  std::string table;
  std::vector<std::string> references;

  friend bool operator==(const ForeignKey&, const ForeignKey&) = default;
};

/// A table in a file.
struct Table {
  std::string name;  ///< Empty where the file is the table.
  std::vector<Column> columns;
  std::optional<std::int64_t> row_count;
  bool sampled = false;  ///< Statistics and types come from the first rows only.
  std::vector<std::string> indexes;
  std::vector<ForeignKey> foreign_keys;

  friend bool operator==(const Table&, const Table&) = default;
};

struct ExtractLimits;

/// What a result may still take. No part of what was found: results are equal whatever is left.
struct ResultRoom {
  std::size_t fields = SIZE_MAX;
  std::size_t bytes = SIZE_MAX;     ///< Of fields.
  std::size_t warnings = SIZE_MAX;  ///< The last tells that more are left out.
  std::size_t list = SIZE_MAX;      ///< Texts of one list.
  std::size_t text_bytes = SIZE_MAX;
  bool told = false;  ///< That fields are left out.

  friend bool operator==(const ResultRoom&, const ResultRoom&) { return true; }
};

/// All that one extractor found in one file.
struct Extracted {
  /// Without bounds: what was found before, or a part of a result.
  Extracted() = default;
  /// What its fields and warnings take is bounded, whatever a reader adds.
  explicit Extracted(const ExtractLimits& limits);

  std::string type;  ///< The MIME type of the bytes.
  CommonCore core;
  std::vector<Field> fields;  ///< In the file's order. A name may stand more than once.
  std::vector<Chapter> chapters;
  std::vector<Picture> pictures;
  std::vector<Child> children;
  std::vector<Table> tables;
  /// What is wrong with the file or was left out, for a person: "IFD0 points beyond the end of the file, at byte 812".
  std::vector<std::string> warnings;

  /// Adds a field; texts are cut at a character. What does not fit is left out, which the first one warns of.
  void Add(std::string_view name, FieldValue value);
  void Warn(std::string warning);

  friend bool operator==(const Extracted&, const Extracted&) = default;

 private:
  ResultRoom room_;
};

}  // namespace cairn
