#include "extract/mp4_state.h"
#include "extract/video_color.h"

namespace cairn {

void ReadMp4Color(ByteView box, Extracted& to) {
  const std::string_view type = box.Part(0, 4);
  if (type != "nclc" && type != "nclx") return;
  to.Add("ColorProfiles", std::string(type));
  AddVideoColor({box.U16(4), box.U16(6), box.U16(8)}, to);
  if (type == "nclx") to.Add("VideoFullRangeFlag", std::string((box.U8(10) & 0x80) != 0 ? "Full" : "Limited"));
}

}  // namespace cairn
