// Writes the tables of src/extract/charset_tables.h, as iconv(3) has them. Run by the build.

#include <iconv.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>

namespace {

struct SingleByte {
  const char* name;   // By the WHATWG Encoding Standard, section 4.2.
  const char* iconv;  // As iconv calls it.
};
constexpr SingleByte kSingle[] = {
    {"ibm437", "IBM437"},           {"ibm866", "IBM866"},
    {"iso-8859-2", "ISO-8859-2"},   {"iso-8859-3", "ISO-8859-3"},
    {"iso-8859-4", "ISO-8859-4"},   {"iso-8859-5", "ISO-8859-5"},
    {"iso-8859-6", "ISO-8859-6"},   {"iso-8859-7", "ISO-8859-7"},
    {"iso-8859-8", "ISO-8859-8"},   {"iso-8859-10", "ISO-8859-10"},
    {"iso-8859-13", "ISO-8859-13"}, {"iso-8859-14", "ISO-8859-14"},
    {"iso-8859-15", "ISO-8859-15"}, {"iso-8859-16", "ISO-8859-16"},
    {"koi8-r", "KOI8-R"},           {"koi8-u", "KOI8-U"},
    {"windows-874", "CP874"},       {"windows-1250", "CP1250"},
    {"windows-1251", "CP1251"},     {"windows-1253", "CP1253"},
    {"windows-1254", "CP1254"},     {"windows-1255", "CP1255"},
    {"windows-1256", "CP1256"},     {"windows-1257", "CP1257"},
    {"windows-1258", "CP1258"},     {"x-mac-cyrillic", "MAC-CYRILLIC"},
};

struct DoubleByte {
  const char* name;
  const char* iconv;
  unsigned lead_first;
  unsigned lead_last;
  unsigned trail_first;
  unsigned trail_last;
};
constexpr DoubleByte kDouble[] = {
    {"gbk", "GB18030", 0x81, 0xfe, 0x40, 0xfe},      {"big5", "BIG5-HKSCS", 0x87, 0xfe, 0x40, 0xfe},
    {"euc-kr", "UHC", 0x81, 0xfe, 0x41, 0xfe},       {"shift_jis", "CP932", 0x81, 0xfc, 0x40, 0xfc},
    {"euc-jp", "EUC-JP-MS", 0xa1, 0xfe, 0xa1, 0xfe},
};

class Converter {
 public:
  explicit Converter(const char* name) : handle_(iconv_open("UTF-16LE", name)) {
    if (handle_ == reinterpret_cast<iconv_t>(-1)) {
      std::fprintf(stderr, "iconv knows no %s: its modules are part of libc6, elsewhere of glibc-gconv-extra\n", name);
      std::exit(1);
    }
  }
  ~Converter() { iconv_close(handle_); }
  Converter(const Converter&) = delete;
  Converter& operator=(const Converter&) = delete;

  // The only UTF-16 unit that the bytes stand for; 0 where it is none, or several.
  unsigned Unit(std::string bytes) {
    iconv(handle_, nullptr, nullptr, nullptr, nullptr);
    char out[8];
    char* in_at = bytes.data();
    std::size_t in_left = bytes.size();
    char* out_at = out;
    std::size_t out_left = sizeof(out);
    const bool failed = iconv(handle_, &in_at, &in_left, &out_at, &out_left) != 0;
    if (failed || iconv(handle_, nullptr, nullptr, &out_at, &out_left) != 0 || out_at != out + 2) return 0;
    return static_cast<unsigned char>(out[0]) | static_cast<unsigned char>(out[1]) << 8;
  }

 private:
  iconv_t handle_;
};

class Writer {
 public:
  explicit Writer(std::FILE* file) : file_(file) {}
  void Number(unsigned value) { std::fprintf(file_, "%s%u,", ++count_ % 20 == 0 ? "\n" : "", value); }

 private:
  std::FILE* file_;
  unsigned count_ = 0;
};

}  // namespace

int main(int argc, char** argv) {
  std::FILE* file = argc == 2 ? std::fopen(argv[1], "w") : nullptr;
  if (file == nullptr) {
    std::fprintf(stderr, "charset_tables FILE: the file cannot be written\n");
    return 1;
  }
  std::fputs("#include \"extract/charset_tables.h\"\n\nnamespace cairn {\nnamespace {\n\n", file);
  std::fputs("constexpr SingleByteTable kSingle[] = {\n", file);
  for (const SingleByte& one : kSingle) {
    Converter converter(one.iconv);
    Writer writer(file);
    std::fprintf(file, "{\"%s\", {", one.name);
    for (unsigned byte = 0x80; byte < 0x100; ++byte) writer.Number(converter.Unit({static_cast<char>(byte)}));
    std::fputs("}},\n", file);
  }
  std::fputs("};\n", file);
  for (unsigned i = 0; i < std::size(kDouble); ++i) {
    const DoubleByte& one = kDouble[i];
    Converter converter(one.iconv);
    Writer writer(file);
    std::fprintf(file, "constexpr std::uint16_t kCodes%u[] = {", i);
    for (unsigned lead = one.lead_first; lead <= one.lead_last; ++lead) {
      for (unsigned trail = one.trail_first; trail <= one.trail_last; ++trail) {
        writer.Number(converter.Unit({static_cast<char>(lead), static_cast<char>(trail)}));
      }
    }
    std::fputs("};\n", file);
  }
  std::fputs("constexpr DoubleByteTable kDouble[] = {\n", file);
  for (unsigned i = 0; i < std::size(kDouble); ++i) {
    const DoubleByte& one = kDouble[i];
    std::fprintf(file, "{\"%s\", %u, %u, %u, %u, kCodes%u},\n", one.name, one.lead_first, one.lead_last,
                 one.trail_first, one.trail_last, i);
  }
  std::fputs(
      "};\n\n}  // namespace\n\n"
      "std::span<const SingleByteTable> SingleByteTables() { return kSingle; }\n"
      "std::span<const DoubleByteTable> DoubleByteTables() { return kDouble; }\n\n}  // namespace cairn\n",
      file);
  if (std::fclose(file) == 0) return 0;
  std::perror(argv[1]);
  return 1;
}
