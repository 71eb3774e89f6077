#include "cache/export_file.h"

#include <fmt/format.h>
#include <simdjson.h>
#include <sodium.h>

#include "base/crc32c.h"
#include "base/json.h"

namespace cairn {
namespace {

constexpr std::uint64_t kFormat = 1;
constexpr std::size_t kBufferBytes = 1 << 20;
constexpr int kBase64 = sodium_base64_VARIANT_ORIGINAL;

std::string ToBase64(std::string_view bytes) {
  std::string text(sodium_base64_encoded_len(bytes.size(), kBase64), '\0');
  sodium_bin2base64(text.data(), text.size(), reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(),
                    kBase64);
  text.pop_back();  // Its final zero.
  return text;
}

bool FromBase64(std::string_view text, std::string& bytes) {
  bytes.resize(text.size() / 4 * 3 + 3);
  std::size_t size = 0;
  const int code = sodium_base642bin(reinterpret_cast<unsigned char*>(bytes.data()), bytes.size(), text.data(),
                                     text.size(), nullptr, &size, nullptr, kBase64);
  bytes.resize(size);
  return code == 0;
}

Status Damaged(const std::string& path, std::uint64_t line, std::string_view what) {
  return {StatusCode::kDataLoss, fmt::format("{}:{}: {}", path, line, what)};
}

std::string TemporaryOf(const std::string& path) { return path + ".partial"; }

/// One walk over all lines; `visit` may be null, to check alone.
Status Walk(std::string_view text, const std::string& path,
            const std::function<Status(std::string_view key, std::string_view entry)>* visit) {
  simdjson::dom::parser parser;
  std::uint32_t crc = 0;
  std::uint64_t entries = 0;
  std::string bytes;
  for (std::uint64_t number = 1;; ++number) {
    const std::size_t end = text.find('\n');
    if (end == std::string_view::npos) return Damaged(path, number, "the file is cut");
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(end + 1);
    simdjson::dom::object object;
    if (parser.parse(line.data(), line.size()).get(object) != simdjson::SUCCESS) {
      return Damaged(path, number, "not a line of an export");
    }
    std::uint64_t value = 0;
    std::uint64_t line_crc = 0;
    std::string_view key;
    std::string_view entry;
    if (number == 1) {
      if (object["cairn_cache"].get(value) != simdjson::SUCCESS)
        return Damaged(path, number, "not an export of a cache");
      if (value > kFormat) return {StatusCode::kFailedPrecondition, path + " was written by a newer version"};
    } else if (object["entries"].get(value) == simdjson::SUCCESS) {
      const bool holds = object["crc"].get(line_crc) == simdjson::SUCCESS && line_crc == crc && value == entries;
      if (!holds || !text.empty()) return Damaged(path, number, "count or checksum of the file do not hold");
      return Status::Ok();
    } else {
      const bool is_entry = object["key"].get(key) == simdjson::SUCCESS &&
                            object["entry"].get(entry) == simdjson::SUCCESS &&
                            object["crc"].get(line_crc) == simdjson::SUCCESS && FromBase64(entry, bytes);
      if (!is_entry || Crc32c(0, bytes) != line_crc) return Damaged(path, number, "an entry does not hold");
      ++entries;
      if (visit != nullptr) {
        if (Status status = (*visit)(key, bytes); !status.ok()) return status;
      }
    }
    crc = Crc32c(Crc32c(crc, line), "\n");
  }
}

}  // namespace

Result<std::unique_ptr<ExportWriter>> ExportWriter::Open(FileSystem& files, const std::string& path) {
  if (Status status = files.Remove(TemporaryOf(path)); !status.ok()) return status;
  auto file = files.OpenAppend(TemporaryOf(path), true);
  if (!file) return file.error();
  std::unique_ptr<ExportWriter> writer(new ExportWriter(files, path, std::move(*file)));
  if (Status status = writer->Put(fmt::format("{{\"cairn_cache\":{}}}\n", kFormat)); !status.ok()) return status;
  return writer;
}

ExportWriter::~ExportWriter() {
  if (!is_finished_) (void)files_.Remove(TemporaryOf(path_));
}

Status ExportWriter::Put(std::string_view line) {
  crc_ = Crc32c(crc_, line);
  buffer_ += line;
  return buffer_.size() < kBufferBytes ? Status::Ok() : Write();
}

Status ExportWriter::Write() {
  Status status = file_->Append(buffer_);
  buffer_.clear();
  return status;
}

Status ExportWriter::Add(std::string_view key, std::string_view entry) {
  ++entries_;
  return Put(
      fmt::format("{{\"key\":{},\"entry\":\"{}\",\"crc\":{}}}\n", JsonString(key), ToBase64(entry), Crc32c(0, entry)));
}

Result<std::uint64_t> ExportWriter::Finish() {
  if (Status status = Put(fmt::format("{{\"entries\":{},\"crc\":{}}}\n", entries_, crc_)); !status.ok()) return status;
  if (Status status = Write(); !status.ok()) return status;
  if (Status status = file_->Sync(); !status.ok()) return status;
  if (Status status = files_.Rename(TemporaryOf(path_), path_); !status.ok()) return status;
  is_finished_ = true;
  if (Status status = files_.SyncDir(ParentOf(path_)); !status.ok()) return status;
  return entries_;
}

Status ReadExport(FileSystem& files, const std::string& path,
                  const std::function<Status(std::string_view key, std::string_view entry)>& visit) {
  const auto size = files.Size(path);
  if (!size) return size.error();
  const auto mapping = files.Map(path, *size);
  if (!mapping) return mapping.error();
  const std::string_view text((*mapping)->data(), *size);
  if (Status status = Walk(text, path, nullptr); !status.ok()) return status;
  return Walk(text, path, &visit);
}

}  // namespace cairn
