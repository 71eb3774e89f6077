#pragma once

#include <string>
#include <string_view>

namespace cairn {

/// ExifTool's name of an item of iTunes metadata whose value is text; empty where it is none.
std::string_view Mp4ItemName(std::string_view type);

/// The same of user data, by the form of its text: with length and language, 3GPP's, plain.
std::string_view Mp4TextName(std::string_view type);
std::string_view Mp43gppName(std::string_view type);
std::string_view Mp4PlainName(std::string_view type);

/// `com.apple.quicktime.creationdate` is CreationDate, `com.android.capture.fps` AndroidCaptureFps.
std::string Mp4KeyName(std::string_view key);

/// `MusicBrainz Album Id` is MusicBrainzAlbumId.
std::string Mp4FreeName(std::string_view name);

}  // namespace cairn
