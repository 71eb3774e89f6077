#include "extract/mp4_names.h"

#include <algorithm>
#include <iterator>

namespace cairn {
namespace {

struct Name {
  std::string_view code;
  std::string_view name;
};

// iTunes metadata whose value is text.
constexpr Name kItems[] = {{"@PST", "ParentShortTitle"},
                           {"@ppi", "ParentProductID"},
                           {"@pti", "ParentTitle"},
                           {"@sti", "ShortTitle"},
                           {"GUID", "GUID"},
                           {"VERS", "ProductVersion"},
                           {"aART", "AlbumArtist"},
                           {"albm", "Album"},
                           {"apID", "AppleStoreAccount"},
                           {"auth", "Author"},
                           {"catg", "Category"},
                           {"cprt", "Copyright"},
                           {"desc", "Description"},
                           {"dscp", "Description"},
                           {"egid", "EpisodeGlobalUniqueID"},
                           {"grup", "Grouping"},
                           {"gshh", "GoogleHostHeader"},
                           {"gspm", "GooglePingMessage"},
                           {"gspu", "GooglePingURL"},
                           {"gssd", "GoogleSourceData"},
                           {"gsst", "GoogleStartTime"},
                           {"gstd", "GoogleTrackDuration"},
                           {"keyw", "Keyword"},
                           {"ldes", "LongDescription"},
                           {"perf", "Performer"},
                           {"prID", "ProductID"},
                           {"purd", "PurchaseDate"},
                           {"purl", "PodcastURL"},
                           {"rate", "RatingPercent"},
                           {"rldt", "ReleaseDate"},
                           {"sdes", "StoreDescription"},
                           {"soaa", "SortAlbumArtist"},
                           {"soal", "SortAlbum"},
                           {"soar", "SortArtist"},
                           {"soco", "SortComposer"},
                           {"sonm", "SortName"},
                           {"sosn", "SortShow"},
                           {"titl", "Title"},
                           {"tven", "TVEpisodeID"},
                           {"tvnn", "TVNetworkName"},
                           {"tvsh", "TVShow"},
                           {"xid ", "ISRC"},
                           {"yrrc", "Year"},
                           {"\251ART", "Artist"},
                           {"\251alb", "Album"},
                           {"\251ard", "ArtDirector"},
                           {"\251arg", "Arranger"},
                           {"\251aut", "Author"},
                           {"\251cmt", "Comment"},
                           {"\251com", "Composer"},
                           {"\251con", "Conductor"},
                           {"\251cpy", "Copyright"},
                           {"\251day", "ContentCreateDate"},
                           {"\251des", "Description"},
                           {"\251dir", "Director"},
                           {"\251enc", "EncodedBy"},
                           {"\251fmt", "Format"},
                           {"\251gen", "Genre"},
                           {"\251grp", "Grouping"},
                           {"\251inf", "Information"},
                           {"\251lyr", "Lyrics"},
                           {"\251mak", "Make"},
                           {"\251mod", "Model"},
                           {"\251mvn", "MovementName"},
                           {"\251nam", "Title"},
                           {"\251nrt", "Narrator"},
                           {"\251ope", "OriginalArtist"},
                           {"\251prd", "Producer"},
                           {"\251prf", "Performers"},
                           {"\251pub", "Publisher"},
                           {"\251req", "Requirements"},
                           {"\251sne", "SoundEngineer"},
                           {"\251sol", "Soloist"},
                           {"\251src", "SourceCredits"},
                           {"\251st3", "Subtitle"},
                           {"\251swr", "SoftwareVersion"},
                           {"\251too", "Encoder"},
                           {"\251trk", "Track"},
                           {"\251wrk", "Work"},
                           {"\251wrt", "Composer"},
                           {"\251xpd", "ExecutiveProducer"}};
// User data: QuickTime's texts with a length and a language each, 3GPP's behind a version and a language, and plain
// text.
constexpr Name kTexts[] = {{"\251ART", "Artist"},
                           {"\251TIM", "StartTimecode"},
                           {"\251TSC", "StartTimeScale"},
                           {"\251TSZ", "StartTimeSampleSize"},
                           {"\251alb", "Album"},
                           {"\251arg", "Arranger"},
                           {"\251ark", "ArrangerKeywords"},
                           {"\251aut", "Author"},
                           {"\251cmt", "Comment"},
                           {"\251cok", "ComposerKeywords"},
                           {"\251com", "Composer"},
                           {"\251con", "Conductor"},
                           {"\251cpy", "Copyright"},
                           {"\251day", "ContentCreateDate"},
                           {"\251des", "Description"},
                           {"\251dir", "Director"},
                           {"\251ed1", "Edit1"},
                           {"\251ed2", "Edit2"},
                           {"\251ed3", "Edit3"},
                           {"\251ed4", "Edit4"},
                           {"\251ed5", "Edit5"},
                           {"\251ed6", "Edit6"},
                           {"\251ed7", "Edit7"},
                           {"\251ed8", "Edit8"},
                           {"\251ed9", "Edit9"},
                           {"\251enc", "EncoderID"},
                           {"\251fmt", "Format"},
                           {"\251fpt", "Pitch"},
                           {"\251frl", "Roll"},
                           {"\251fyw", "Yaw"},
                           {"\251gen", "Genre"},
                           {"\251gpt", "CameraPitch"},
                           {"\251grl", "CameraRoll"},
                           {"\251grp", "Grouping"},
                           {"\251gyw", "CameraYaw"},
                           {"\251inf", "Information"},
                           {"\251isr", "ISRCCode"},
                           {"\251lab", "RecordLabelName"},
                           {"\251lal", "RecordLabelURL"},
                           {"\251lyr", "Lyrics"},
                           {"\251mak", "Make"},
                           {"\251mal", "MakerURL"},
                           {"\251mdl", "Model"},
                           {"\251mod", "Model"},
                           {"\251nam", "Title"},
                           {"\251nrt", "Narrator"},
                           {"\251pdk", "ProducerKeywords"},
                           {"\251phg", "RecordingCopyright"},
                           {"\251prd", "Producer"},
                           {"\251prf", "Performers"},
                           {"\251prk", "PerformerKeywords"},
                           {"\251prl", "PerformerURL"},
                           {"\251pub", "Publisher"},
                           {"\251req", "Requirements"},
                           {"\251snk", "SubtitleKeywords"},
                           {"\251snm", "Subtitle"},
                           {"\251src", "SourceCredits"},
                           {"\251st3", "Subtitle"},
                           {"\251swf", "SongWriter"},
                           {"\251swk", "SongWriterKeywords"},
                           {"\251swr", "SoftwareVersion"},
                           {"\251too", "Encoder"},
                           {"\251trk", "Track"},
                           {"\251wrk", "Work"},
                           {"\251wrt", "Composer"},
                           {"\251xsp", "SpeedX"},
                           {"\251ysp", "SpeedY"},
                           {"\251zsp", "SpeedZ"}};
constexpr Name k3gpp[] = {{"albm", "Album"},     {"auth", "Author"},      {"coll", "CollectionName"},
                          {"cprt", "Copyright"}, {"dscp", "Description"}, {"gnre", "Genre"},
                          {"perf", "Performer"}, {"titl", "Title"}};
constexpr Name kPlain[] = {{"@day", "ContentCreateDate"},
                           {"@mak", "Make"},
                           {"@mod", "Model"},
                           {"@swr", "SoftwareVersion"},
                           {"CNCV", "CompressorVersion"},
                           {"CNFV", "FirmwareVersion"},
                           {"CNMN", "Model"},
                           {"FIRM", "FirmwareVersion"},
                           {"GoPr", "GoProType"},
                           {"LENS", "LensSerialNumber"},
                           {"SDLN", "PlayMode"},
                           {"SNum", "SerialNumber"},
                           {"albr", "AlbumArtist"},
                           {"angl", "CameraAngle"},
                           {"ccid", "ContentID"},
                           {"cdis", "ContentDistributorID"},
                           {"clfn", "ClipFileName"},
                           {"clid", "ClipID"},
                           {"cmid", "CameraID"},
                           {"cmnm", "Model"},
                           {"cver", "CodeVersion"},
                           {"cvru", "CoverURI"},
                           {"date", "DateTimeOriginal"},
                           {"hinv", "HintVersion"},
                           {"icnu", "IconURI"},
                           {"infu", "InfoURL"},
                           {"kgtt", "TrackType"},
                           {"lrcu", "LyricsURI"},
                           {"manu", "Make"},
                           {"modl", "Model"},
                           {"pmcc", "GarminSettings"},
                           {"reel", "ReelName"},
                           {"scen", "Scene"},
                           {"shot", "ShotName"},
                           {"slno", "SerialNumber"},
                           {"vndr", "Vendor"}};
// Keys without the owner's domain, and names of free-form iTunes metadata.
constexpr Name kKeys[] = {{"Encoded_With", "EncodedWith"},
                          {"album", "Album"},
                          {"android.version", "AndroidVersion"},
                          {"apple.photos.captureMode", "CaptureMode"},
                          {"apple.photos.variation-identifier", "ApplePhotosVariationIdentifier"},
                          {"artist", "Artist"},
                          {"artwork", "Artwork"},
                          {"author", "Author"},
                          {"camera.framereadouttimeinmicroseconds", "FrameReadoutTime"},
                          {"camera.identifier", "CameraIdentifier"},
                          {"collection.user", "UserCollection"},
                          {"comment", "Comment"},
                          {"copyright", "Copyright"},
                          {"creationdate", "CreationDate"},
                          {"description", "Description"},
                          {"detected-face.bounds", "DetectedFaceBounds"},
                          {"detected-face.face-id", "DetectedFaceID"},
                          {"detected-face.roll-angle", "DetectedFaceRollAngle"},
                          {"detected-face.yaw-angle", "DetectedFaceYawAngle"},
                          {"direction.facing", "CameraDirection"},
                          {"direction.motion", "CameraMotion"},
                          {"director", "Director"},
                          {"displayname", "DisplayName"},
                          {"genre", "Genre"},
                          {"information", "Information"},
                          {"keywords", "Keywords"},
                          {"live-photo-info", "LivePhotoInfo"},
                          {"live-photo.auto", "LivePhotoAuto"},
                          {"live-photo.vitality-score", "LivePhotoVitalityScore"},
                          {"live-photo.vitality-scoring-version", "LivePhotoVitalityScoringVersion"},
                          {"location.ISO6709", "GPSCoordinates"},
                          {"location.accuracy.horizontal", "LocationAccuracyHorizontal"},
                          {"location.body", "LocationBody"},
                          {"location.date", "LocationDate"},
                          {"location.name", "LocationName"},
                          {"location.note", "LocationNote"},
                          {"location.role", "LocationRole"},
                          {"make", "Make"},
                          {"model", "Model"},
                          {"player.movie.audio.balance", "Balance"},
                          {"player.movie.audio.bass", "Bass"},
                          {"player.movie.audio.gain", "AudioGain"},
                          {"player.movie.audio.mute", "Mute"},
                          {"player.movie.audio.pitchshift", "PitchShift"},
                          {"player.movie.audio.treble", "Treble"},
                          {"player.movie.visual.brightness", "Brightness"},
                          {"player.movie.visual.color", "Color"},
                          {"player.movie.visual.contrast", "Contrast"},
                          {"player.movie.visual.tint", "Tint"},
                          {"player.version", "PlayerVersion"},
                          {"producer", "Producer"},
                          {"publisher", "Publisher"},
                          {"rating.user", "UserRating"},
                          {"software", "Software"},
                          {"still-image-time", "StillImageTime"},
                          {"title", "Title"},
                          {"version", "Version"},
                          {"video-orientation", "VideoOrientation"},
                          {"year", "Year"}};
constexpr Name kFree[] = {{"ARTISTS", "Artists"},
                          {"BARCODE", "Barcode"},
                          {"CATALOGNUMBER", "CatalogNumber"},
                          {"DISCNUMBER", "DiscNumber"},
                          {"Dynamic Range (DR)", "DynamicRange"},
                          {"Dynamic Range (R128)", "DynamicRangeR128"},
                          {"LABEL", "Label"},
                          {"MEDIA", "Media"},
                          {"MOOD", "Mood"},
                          {"Peak Level (R128)", "PeakLevelR128"},
                          {"Peak Level (Sample)", "PeakLevelSample"},
                          {"RATING", "Rating"},
                          {"SCRIPT", "Script"},
                          {"TRACKNUMBER", "TrackNumber"},
                          {"Volume Level (R128)", "VolumeLevelR128"},
                          {"Volume Level (ReplayGain)", "ReplayVolumeLevel"},
                          {"iTunEXTC", "ContentRating"},
                          {"iTunNORM", "VolumeNormalization"},
                          {"iTunSMPB", "iTunSMPB"},
                          {"iTunes_CDDB_1", "CDDB1Info"},
                          {"iTunes_CDDB_TrackNumber", "CDDBTrackNumber"},
                          {"initialkey", "InitialKey"},
                          {"originaldate", "OriginalDate"},
                          {"originalyear", "OriginalYear"},
                          {"popularimeter", "Popularimeter"},
                          {"replaygain_track_gain", "ReplayTrackGain"},
                          {"replaygain_track_peak", "ReplayTrackPeak"},
                          {"tool", "iTunTool"},
                          {"~length", "Length"}};

static_assert(std::ranges::is_sorted(kItems, {}, &Name::code) && std::ranges::is_sorted(kTexts, {}, &Name::code) &&
              std::ranges::is_sorted(k3gpp, {}, &Name::code) && std::ranges::is_sorted(kPlain, {}, &Name::code) &&
              std::ranges::is_sorted(kKeys, {}, &Name::code) && std::ranges::is_sorted(kFree, {}, &Name::code));

template <std::size_t N>
std::string_view Find(const Name (&names)[N], std::string_view code) {
  const auto* const found = std::ranges::lower_bound(names, code, {}, &Name::code);
  return found == std::end(names) || found->code != code ? std::string_view() : found->name;
}

bool Word(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
}
bool Small(char c) { return c >= 'a' && c <= 'z'; }

// A name that begins with a capital and has two letters.
std::string Whole(std::string name) {
  if (!name.empty() && Small(name[0])) name[0] = static_cast<char>(name[0] - 32);
  return name.size() == 1 ? "Tag" + name : name;
}

}  // namespace

std::string_view Mp4ItemName(std::string_view type) { return Find(kItems, type); }
std::string_view Mp4TextName(std::string_view type) { return Find(kTexts, type); }
std::string_view Mp43gppName(std::string_view type) { return Find(k3gpp, type); }
std::string_view Mp4PlainName(std::string_view type) { return Find(kPlain, type); }

std::string Mp4KeyName(std::string_view key) {
  for (const std::string_view domain : {"com.apple.quicktime.", "com."}) {
    if (!key.starts_with(domain)) continue;
    key.remove_prefix(domain.size());
    break;
  }
  if (const std::string_view known = Find(kKeys, key); !known.empty()) return std::string(known);
  std::string out;
  bool raise = false;
  for (const char c : key) {
    const bool joins = c == '_' && !out.empty() && out.back() != '_' && out.back() != '-';
    if (Word(c) && !joins) out += raise && Small(c) ? static_cast<char>(c - 32) : c;
    raise = !Word(c) || joins;
  }
  return Whole(std::move(out));
}

std::string Mp4FreeName(std::string_view name) {
  if (const std::string_view known = Find(kFree, name); !known.empty()) return std::string(known);
  std::string out;
  for (const char c : name) {
    if (Word(c)) out += c;
  }
  return Whole(std::move(out));
}

}  // namespace cairn
