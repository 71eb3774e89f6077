#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "extract/extractor.h"
#include "extract/text.h"
#include "extract/window.h"

namespace cairn {

/// Where the content of a box lies.
struct Mp4Span {
  std::uint64_t at = 0;
  std::uint64_t size = 0;
};

/// What is known of one track, for chapters and the common core.
struct Mp4Track {
  std::uint32_t id = 0;
  std::string handler;  ///< `vide`, `soun`, `text`.
  std::string format;   ///< `mp4a`, `avc1`.
  std::uint32_t timescale = 0;
  std::uint64_t duration = 0;  ///< In the track's timescale.
  std::vector<std::uint32_t> chapter_tracks;
  Mp4Span times;    ///< stts
  Mp4Span sizes;    ///< stsz
  Mp4Span chunks;   ///< stsc
  Mp4Span offsets;  ///< stco or co64
  bool wide_offsets = false;
};

/// An item of a HEIF file: a picture, or what tells of one.
struct Mp4Item {
  std::string type;          ///< `hvc1`, `grid`, `Exif`, `mime`.
  std::string content_type;  ///< Of `mime`.
  std::uint8_t method = 0;   ///< What the extents count from: 0 the file, 1 idat.
  std::vector<Mp4Span> extents;
  std::vector<std::uint32_t> describes;   ///< The items that it tells of.
  std::vector<std::uint16_t> properties;  ///< From 1.
};

/// A box of the property container.
struct Mp4Property {
  std::string type;
  Mp4Span span;
};

/// What the fragments of one track say (ISO 14496-12, section 8.8), in its timescale.
struct Mp4Fragments {
  std::uint32_t sample_duration = 0;  ///< Where a fragment does not say.
  double duration = 0;
};

/// What the header of a codec says of sound, where there is one; 0 and empty where it does not.
struct Mp4Sound {
  std::uint32_t channels = 0;
  std::uint32_t sample_rate = 0;  ///< Hertz.
  std::string codec;
};

/// One reading of an MP4 file, shared by the readers of its boxes.
struct Mp4State {
  Mp4State(Window& of, const ExtractContext& with, Extracted& into) : file(of), context(with), to(into) {}

  Window& file;
  const ExtractContext& context;
  Extracted& to;
  std::uint32_t timescale = 0;
  std::uint64_t duration = 0;
  std::vector<Mp4Track> tracks;
  std::map<std::uint32_t, Mp4Fragments> fragments;  ///< By the number of the track.
  std::uint64_t fragments_duration = 0;             ///< mehd, in the movie's timescale.
  std::uint32_t fragment_track = 0;                 ///< tfhd
  std::uint32_t fragment_sample_duration = 0;
  Mp4Sound sound;                 ///< Of the sample entry that is read.
  bool in_track = false;          ///< Whether the box that is read belongs to the last of them.
  std::vector<std::string> keys;  ///< Fields of `mdta` metadata, from 1.
  std::map<std::uint32_t, Mp4Item> items;
  std::uint32_t primary = 0;  ///< Of the items; 0 is none.
  std::vector<Mp4Property> properties;
  Mp4Span idat;
  std::vector<Chapter> chapter_list;  ///< chpl
  CommonCore foreign;                 ///< What texts say that are not in English, where none else does.

  /// The track being read; one of its own where a box stands outside of any.
  Mp4Track& track() {
    if (tracks.empty()) tracks.emplace_back();
    return tracks.back();
  }
};

// ISO 14496-12, sections 8.2 to 8.4; QuickTime File Format, Movie Atoms.
void ReadMp4Brands(ByteView box, Mp4State& state);
void ReadMp4MovieHeader(ByteView box, Mp4State& state);
void ReadMp4TrackHeader(ByteView box, Mp4State& state);
void ReadMp4MediaHeader(ByteView box, Mp4State& state);
void ReadMp4Handler(ByteView box, Mp4State& state);

// Section 8.5: how samples are coded, and for how long each lasts.
void ReadMp4SampleDescription(ByteView box, Mp4State& state);
void ReadMp4FrameRate(Mp4State& state);
/// A box behind a sample entry; within `sinf` or `pinf` it tells of protection.
void ReadMp4SampleBox(std::string_view type, ByteView box, bool is_protected, Mp4State& state);
/// The header of a codec: esds (ISO 14496-1, section 7.2.6.5, and 14496-3, section 1.6.2.1), dac3 and dec3 (ETSI TS
/// 102 366, annex F), alac. Other boxes are left.
void ReadMp4SoundBox(std::string_view type, ByteView box, Mp4Sound& sound);
/// Whether it has such boxes for content.
bool Mp4HoldsSampleBoxes(std::string_view type);
/// tcmi: how a time code is shown.
void ReadMp4TimeCode(ByteView box, Mp4State& state);

// Section 8.8: a box of mvex or traf; after all boxes, how long a film lasts whose header does not say it.
void ReadMp4Fragment(std::string_view type, ByteView box, Mp4State& state);
void ReadMp4FragmentsDuration(Mp4State& state);

// iTunes' and QuickTime's own metadata.
void ReadMp4Item(std::string_view type, ByteView box, Mp4State& state);
void ReadMp4UserData(std::string_view type, ByteView box, Mp4State& state);
void ReadMp4Keys(ByteView box, Mp4State& state);

// ISO 14496-12, section 8.11, and ISO 23008-12 (HEIF): the tables of items, in any order.
void ReadMp4ItemInfo(ByteView box, Mp4State& state);
void ReadMp4ItemLocations(ByteView box, Mp4State& state);
void ReadMp4ItemReferences(ByteView box, Mp4State& state);
void ReadMp4PropertyAssociations(ByteView box, Mp4State& state);
/// Exif and XMP that items hold, and the size of a picture made of others; after all boxes. Returns what `keep_going`
/// returned.
Status ReadMp4ItemContent(Mp4State& state);
/// The properties of the primary item, then what those of the others say besides. Returns the ICC profile, the primary
/// item's first.
std::string ReadMp4Properties(Mp4State& state);

/// Adds a text under its field's name, dates as ExifTool writes them, and what the common core takes of it. `language`
/// is of three letters, or empty where the text has none.
void AddMp4Text(std::string_view name, std::string text, Mp4State& state, std::string_view language = {});
/// Gives the common core what only texts of other languages than English say; after all boxes.
void FinishMp4Texts(Mp4State& state);
/// Adds a place on earth written as ISO 6709. Returns false where the text is none.
bool AddMp4Place(std::string_view text, Mp4State& state);
/// Apple's shops by number.
std::span<const Code> Mp4Countries();

/// The content of `colr` where that is no ICC profile.
void ReadMp4Color(ByteView box, Extracted& to);
/// ExifTool's word for the four letters of a maker.
std::string Mp4VendorName(std::string_view code);

/// Chapters: Nero's list (chpl) and QuickTime's text track; where both stand, the track has them exactly.
void ReadMp4ChapterList(ByteView box, Mp4State& state);
void ReadMp4Chapters(Mp4State& state);

}  // namespace cairn
