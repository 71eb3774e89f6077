#include <algorithm>
#include <array>

#include "extract/mp4_state.h"

namespace cairn {
namespace {

constexpr std::array<std::uint32_t, 13> kAacRates = {96000, 88200, 64000, 48000, 44100, 32000, 24000,
                                                     22050, 16000, 12000, 11025, 8000,  7350};
// By channel configuration; 0 is told elsewhere or nowhere.
constexpr std::array<std::uint8_t, 16> kAacChannels = {0, 1, 2, 3, 4, 5, 6, 8, 0, 0, 0, 7, 8, 24, 8, 0};
constexpr std::array<std::uint32_t, 4> kAc3Rates = {48000, 44100, 32000, 0};
constexpr std::array<std::uint8_t, 8> kAc3Channels = {2, 1, 2, 3, 3, 4, 4, 5};

/// Bits from the highest on; zeros behind the end.
class Bits {
 public:
  explicit Bits(ByteView bytes) : bytes_(bytes) {}

  std::uint32_t Take(int count) {
    std::uint32_t out = 0;
    for (; count > 0; --count, ++at_) out = out << 1 | (bytes_.U8(at_ / 8) >> (7 - at_ % 8) & 1U);
    return out;
  }

 private:
  ByteView bytes_;
  std::uint64_t at_ = 0;
};

std::uint32_t AacObject(Bits& bits) {
  const std::uint32_t type = bits.Take(5);
  return type == 31 ? 32 + bits.Take(6) : type;
}

std::uint32_t AacRate(Bits& bits) {
  const std::uint32_t index = bits.Take(4);
  if (index == 15) return bits.Take(24);
  return index < kAacRates.size() ? kAacRates[index] : 0;
}

// AudioSpecificConfig. Spectral band replication (object type 5) has a rate of its own, parametric stereo (29) makes
// two channels of one; both stand in front or, behind a sync word, at the end.
void AacConfig(ByteView config, Mp4Sound& sound) {
  constexpr std::uint32_t kSbr = 5;
  constexpr std::uint32_t kParametricStereo = 29;
  Bits bits(config);
  std::uint32_t object = AacObject(bits);
  sound.sample_rate = AacRate(bits);
  sound.channels = kAacChannels[bits.Take(4)];
  bool stereo = object == kParametricStereo;
  if (object == kSbr || object == kParametricStereo) {
    if (const std::uint32_t rate = AacRate(bits); rate != 0) sound.sample_rate = rate;
  } else if (object == 2 && sound.channels != 0) {
    bits.Take(1);
    if (bits.Take(1) != 0) bits.Take(14);
    bits.Take(1);
    if (bits.Take(11) == 0x2b7 && AacObject(bits) == kSbr && bits.Take(1) != 0) {
      if (const std::uint32_t rate = AacRate(bits); rate != 0) sound.sample_rate = rate;
      stereo = bits.Take(11) == 0x548 && bits.Take(1) != 0;
    }
  }
  if (stereo && sound.channels == 1) sound.channels = 2;
}

// Goes behind a descriptor's tag and length; false where it is another's.
bool Descriptor(ByteView box, std::uint8_t tag, std::uint64_t& at, std::uint64_t& size) {
  if (!box.Has(at, 2) || box.U8(at) != tag) return false;
  size = 0;
  for (int i = 0; i < 4; ++i) {
    const std::uint8_t byte = box.U8(++at);
    size = size << 7 | (byte & 127U);
    if (byte < 128) break;
  }
  ++at;
  return true;
}

void StreamDescriptor(ByteView box, Mp4Sound& sound) {
  std::uint64_t at = 4;
  std::uint64_t size = 0;
  if (!Descriptor(box, 3, at, size)) return;
  const std::uint8_t flags = box.U8(at + 2);
  at += 3;
  if ((flags & 0x80) != 0) at += 2;
  if ((flags & 0x40) != 0) at += 1U + box.U8(at);
  if ((flags & 0x20) != 0) at += 2;
  if (!Descriptor(box, 4, at, size)) return;
  const std::uint8_t type = box.U8(at);
  if (type == 0x69 || type == 0x6b) sound.codec = "mp3";  // ISO 13818-3 and 11172-3
  at += 13;
  if (type == 0x40 && Descriptor(box, 5, at, size) && size >= 2) AacConfig(box.Sub(at, size), sound);
}

}  // namespace

void ReadMp4SoundBox(std::string_view type, ByteView box, Mp4Sound& sound) {
  if (type == "esds") {
    StreamDescriptor(box, sound);
  } else if (type == "dac3" && box.Has(0, 3)) {
    Bits bits(box);
    sound.sample_rate = kAc3Rates[bits.Take(2)];
    bits.Take(8);
    sound.channels = kAc3Channels[bits.Take(3)];
    sound.channels += bits.Take(1);
  } else if (type == "dec3" && box.Has(0, 5)) {
    Bits bits(box);
    bits.Take(16);
    sound.sample_rate = kAc3Rates[bits.Take(2)];
    bits.Take(10);
    sound.channels = kAc3Channels[bits.Take(3)];
    sound.channels += bits.Take(1);
  } else if (type == "alac" && box.Has(0, 28)) {
    sound.channels = box.U8(13);
    sound.sample_rate = box.U32(24);
  }
}

}  // namespace cairn
