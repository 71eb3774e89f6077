#include "view/snapshot.h"

#include <fmt/format.h>
#include <xxhash.h>

#include <algorithm>
#include <cstring>
#include <memory>
#include <type_traits>

#include "view/lineage_snapshot.h"

namespace cairn {
namespace {

constexpr std::string_view kMagic = "CAIRNSNP";
constexpr std::uint32_t kVersion = 5;
constexpr std::size_t kHeaderBytes = 8 + 4 + 4;  // Magic, version, unused.
constexpr std::size_t kHashBytes = 8;            // Of all before it, at the end.

// Encoding ends here. Thrown and caught here, so that no loop goes on over what is no more.
struct Ended {
  Status why;
};

class Encoder {
 public:
  Encoder(const SnapshotSink& sink, Pause* pause) : sink_(sink), pause_(pause) {
    XXH3_64bits_reset(hash_.get());
    out_.reserve(kBlockBytes + kBytesPerTick);
    out_ += kMagic;
    Put(kVersion);
    Put(std::uint32_t{0});
  }

  template <typename T>
  void Put(const T& value) {
    static_assert(std::is_trivially_copyable_v<T>);
    Append(&value, sizeof value);
  }
  void Text(std::string_view text) {
    Put(static_cast<std::uint32_t>(text.size()));
    Append(text.data(), text.size());
  }
  template <typename T>
  void Array(const T* values, std::size_t count) {
    static_assert(std::is_trivially_copyable_v<T>);
    Count(count);
    Values(values, count);
  }
  /// The beginning of an array whose values follow.
  void Count(std::size_t count) { Put(static_cast<std::uint64_t>(count)); }
  template <typename T>
  void Values(const T* values, std::size_t count) {
    constexpr std::size_t kPiece = kBytesPerTick / sizeof(T);
    for (std::size_t at = 0; at < count; at += kPiece) Append(values + at, std::min(kPiece, count - at) * sizeof(T));
  }

  void Finish() {
    XXH3_64bits_update(hash_.get(), out_.data(), out_.size());
    const std::uint64_t hash = XXH3_64bits_digest(hash_.get());
    out_.append(reinterpret_cast<const char*>(&hash), sizeof hash);
    if (Status status = sink_(out_); !status.ok()) throw Ended{status};
  }

 private:
  static constexpr std::size_t kBytesPerTick = std::size_t{32} << 10;
  static constexpr std::size_t kBlockBytes = std::size_t{1} << 20;

  void Append(const void* bytes, std::size_t count) {
    out_.append(static_cast<const char*>(bytes), count);
    since_tick_ += count;
    if (out_.size() >= kBlockBytes) Flush();
    if (pause_ == nullptr || since_tick_ < kBytesPerTick) return;
    since_tick_ = 0;
    if (!pause_->Tick()) throw Ended{{StatusCode::kAborted, "the views changed"}};
  }

  void Flush() {
    if (pause_ != nullptr) pause_->Release();
    XXH3_64bits_update(hash_.get(), out_.data(), out_.size());
    if (Status status = sink_(out_); !status.ok()) throw Ended{status};
    out_.clear();
    if (pause_ != nullptr && !pause_->Again()) throw Ended{{StatusCode::kAborted, "the views changed"}};
  }

  struct FreeHash {
    void operator()(XXH3_state_t* state) const { XXH3_freeState(state); }
  };

  const SnapshotSink& sink_;
  Pause* pause_;
  std::string out_;
  std::unique_ptr<XXH3_state_t, FreeHash> hash_{XXH3_createState()};
  std::size_t since_tick_ = 0;
};

// The hash was checked, so what is read is what was written; the bounds guard against a mistake of our own.
class Decoder {
 public:
  Decoder(std::string_view in, const std::function<std::string_view()>& again)
      : in_(in), settled_(in.size()), again_(again) {}

  /// Between two things that are read: what was given is not looked at any more.
  void Settle() {
    if (!again_ || settled_ - in_.size() < kBytesPerSettle) return;
    settled_ = in_.size();
    const std::string_view bytes = again_();
    good_ = good_ && bytes.size() >= kHashBytes + settled_;
    in_ = good_ ? bytes.substr(bytes.size() - kHashBytes - settled_, settled_) : std::string_view();
  }

  template <typename T>
  T Get() {
    T value{};
    if (!Has(sizeof value)) return value;
    std::memcpy(&value, in_.data(), sizeof value);
    in_.remove_prefix(sizeof value);
    return value;
  }
  std::string_view Text() {
    const auto bytes = Get<std::uint32_t>();
    if (!Has(bytes)) return {};
    const std::string_view out = in_.substr(0, bytes);
    in_.remove_prefix(bytes);
    return out;
  }
  template <typename T>
  std::vector<T> Array() {
    const auto count = Get<std::uint64_t>();
    if (count > in_.size() / sizeof(T)) {
      good_ = false;
      return {};
    }
    std::vector<T> out(count);
    if (count != 0) std::memcpy(out.data(), in_.data(), count * sizeof(T));
    in_.remove_prefix(count * sizeof(T));
    return out;
  }
  [[nodiscard]] bool good() const { return good_; }

 private:
  bool Has(std::size_t bytes) {
    good_ = good_ && bytes <= in_.size();
    return good_;
  }

  static constexpr std::size_t kBytesPerSettle = std::size_t{16} << 20;

  std::string_view in_;
  std::size_t settled_;  // What was left when they were given.
  const std::function<std::string_view()>& again_;
  bool good_ = true;
};

}  // namespace

class SnapshotWriter {
 public:
  static void Write(const Views& views, Encoder& out) {
    out.Put(views.texts_.size());
    for (std::uint32_t i = 0; i < views.texts_.size(); ++i) out.Text(views.texts_.at(i));
    out.Put(views.nodes_.size());
    for (std::uint32_t i = 0; i < views.nodes_.size(); ++i) {
      const NodeView node = views.nodes_.at(i);
      for (const std::string_view part : {node.tenant, node.type, node.ns, node.name, node.part}) out.Text(part);
    }
    out.Put(views.series_.size());
    for (std::uint32_t i = 0; i < views.series_.size(); ++i) WriteSeries(views.series_.at(i), out);
    out.Put(views.runs_.size());
    for (std::uint32_t i = 0; i < views.runs_.size(); ++i) WriteRun(views.runs_.at(i), out);
    LineageSnapshot::Write(views.lineage_, out);
    out.Put(views.steps_.texts().size());
    for (std::uint32_t i = 0; i < views.steps_.texts().size(); ++i) out.Text(views.steps_.texts().at(i));
    LineageSnapshot::Write(views.metadata_, out);
    out.Array(views.node_folds_.data(), views.node_folds_.size());
    out.Array(views.stated_.data(), views.stated_.size());
    out.Put(static_cast<std::uint32_t>(views.attributes_.size()));
    for (const NodeAttributes& attributes : views.attributes_) {
      for (const AttributeFold* fold : {&attributes.tags, &attributes.owners}) {
        out.Put(fold->produced_at);
        out.Put(fold->seq);
        out.Put(static_cast<std::uint32_t>(fold->values.size()));
        for (const std::string& value : fold->values) out.Text(value);
      }
    }
    out.Put(views.records_);
  }

 private:
  static void WriteSeries(const Series& series, Encoder& out) {
    out.Put(series.kind);
    out.Put(series.node);
    out.Put(series.next_of_node);
    out.Put(series.count);
    out.Put(series.records);
    out.Put(series.first_produced);
    out.Put(series.latest);
    out.Count(series.open().size());
    series.open().ReadParts([&](std::span<const Posting> postings) { out.Values(postings.data(), postings.size()); });
  }

  static void WriteRun(const RunFold& run, Encoder& out) {
    for (const std::uint32_t number : {run.tenant, run.id, run.parent, run.root, run.job}) out.Put(number);
    out.Put(run.job_from_event);
    out.Put(run.state);
    for (const std::int64_t time :
         {run.state_at, run.started_at, run.first_seen, run.last_seen, run.parent_at, run.job_at}) {
      out.Put(time);
    }
    out.Put(run.records);
    out.Array(run.open.data(), run.open.size());
  }
};

class SnapshotReader {
 public:
  static void Read(Decoder& in, Views& views) {
    const auto texts = in.Get<std::uint32_t>();
    for (std::uint32_t i = 0; i < texts && in.good(); ++i) views.texts_.Intern(in.Text());
    const auto nodes = in.Get<std::uint32_t>();
    for (std::uint32_t i = 0; i < nodes && in.good(); ++i) {
      in.Settle();
      NodeView node;
      for (std::string_view* part : {&node.tenant, &node.type, &node.ns, &node.name, &node.part}) *part = in.Text();
      views.nodes_.Intern(node);
    }
    const auto series = in.Get<std::uint32_t>();
    for (std::uint32_t i = 0; i < series && in.good(); ++i) ReadSeries(in, views);
    const auto runs = in.Get<std::uint32_t>();
    for (std::uint32_t i = 0; i < runs && in.good(); ++i) ReadRun(in, views);
    LineageSnapshot::Read(in, views.lineage_);
    const auto steps = in.Get<std::uint32_t>();
    for (std::uint32_t i = 0; i < steps && in.good(); ++i) views.steps_.Restore(in.Text());
    LineageSnapshot::Read(in, views.metadata_);
    views.node_folds_ = in.Array<NodeFold>();
    views.stated_ = in.Array<NodeStated>();
    const auto attributes = in.Get<std::uint32_t>();
    for (std::uint32_t i = 0; i < attributes && in.good(); ++i) {
      NodeAttributes& kept = views.attributes_.emplace_back();
      for (AttributeFold* fold : {&kept.tags, &kept.owners}) {
        fold->produced_at = in.Get<std::int64_t>();
        fold->seq = in.Get<Seq>();
        const auto values = in.Get<std::uint32_t>();
        for (std::uint32_t j = 0; j < values && in.good(); ++j) fold->values.emplace_back(in.Text());
      }
    }
    views.records_ = in.Get<std::uint64_t>();
    for (std::uint32_t i = 0; i < views.series_.size(); ++i) {
      const Series& one = views.series_.at(i);
      views.CountFacts(one.kind, one.count);
      views.SeeFamily(one.node, one.first_produced);
    }
    for (std::uint32_t i = 0; i < views.nodes_.size(); ++i) {
      const NodeStated* stated = views.stated(i);
      if (stated == nullptr || stated->first_seen > stated->last_seen) continue;
      views.SeeFamily(i, stated->first_seen);
      views.SeeFamily(i, stated->last_seen);
    }
    for (std::uint32_t i = 0; i < views.runs_.size(); ++i) {
      if (views.runs_.at(i).job != NumberSet::kNone) views.runs_.SetJob(i, NumberSet::kNone);
    }
  }

 private:
  static void ReadSeries(Decoder& in, Views& views) {
    in.Settle();
    const auto kind = in.Get<std::uint32_t>();
    const auto node = in.Get<std::uint32_t>();
    if (!in.good() || kind >= views.texts_.size() || node >= views.nodes_.size()) return;
    const std::string_view kind_text = views.texts_.at(kind);
    const NodeView key = views.nodes_.at(node);
    bool added = false;
    const std::uint32_t number =
        views.series_.Intern(kind_text, key, HashSeries(kind_text, key), views.texts_, views.nodes_, &added);
    Series& series = views.series_.at(number);
    series.next_of_node = in.Get<std::uint32_t>();
    series.count = in.Get<std::uint32_t>();
    series.records = in.Get<std::uint32_t>();
    series.first_produced = in.Get<std::int64_t>();
    series.latest = in.Get<Posting>();
    series.SetOpen(in.Array<Posting>());
  }

  static void ReadRun(Decoder& in, Views& views) {
    const auto tenant = in.Get<std::uint32_t>();
    const auto id = in.Get<std::uint32_t>();
    if (!in.good() || tenant >= views.texts_.size() || id >= views.texts_.size()) return;
    const std::string_view tenant_text = views.texts_.at(tenant);
    const std::string_view id_text = views.texts_.at(id);
    RunFold& run = views.runs_.Intern(tenant_text, id_text, HashRun(tenant_text, id_text), views.texts_);
    run.parent = in.Get<std::uint32_t>();
    run.root = in.Get<std::uint32_t>();
    run.job = in.Get<std::uint32_t>();
    run.job_from_event = in.Get<bool>();
    run.state = in.Get<RunState>();
    for (std::int64_t* time :
         {&run.state_at, &run.started_at, &run.first_seen, &run.last_seen, &run.parent_at, &run.job_at}) {
      *time = in.Get<std::int64_t>();
    }
    run.records = in.Get<std::uint64_t>();
    run.open = in.Array<std::uint64_t>();
  }
};

std::string SnapshotName(Seq seq) { return fmt::format("snapshot-{:020}", seq.value); }

namespace {

void Encode(const SnapshotPlace& place, const std::vector<SnapshotSegment>& open, const std::vector<Damage>& damage,
            const Views& views, Encoder& out) {
  out.Put(place.segment);
  out.Put(place.tail.last);
  out.Put(place.tail.crc);
  out.Put(place.tail.crc_known);
  out.Put(place.tail.ingested_at);
  out.Put(place.tail.offset);
  out.Put(place.commit_bytes);
  out.Put(static_cast<std::uint32_t>(open.size()));
  for (const SnapshotSegment& segment : open) {
    out.Put(segment.first);
    out.Array(segment.locations.data(), segment.locations.size());
  }
  out.Put(static_cast<std::uint32_t>(damage.size()));
  for (const Damage& one : damage) {
    out.Text(one.segment);
    out.Put(one.offset);
    out.Put(one.first);
    out.Put(one.last);
    out.Text(one.what);
  }
  SnapshotWriter::Write(views, out);
}

}  // namespace

Status EncodeSnapshot(const SnapshotPlace& place, const std::vector<SnapshotSegment>& open,
                      const std::vector<Damage>& damage, const Views& views, const SnapshotSink& sink, Pause* pause) {
  try {
    Encoder out(sink, pause);
    Encode(place, open, damage, views, out);
    if (pause != nullptr) pause->Release();
    out.Finish();
  } catch (const Ended& ended) {
    return ended.why;
  }
  return Status::Ok();
}

Result<Snapshot> DecodeSnapshot(std::string_view bytes, const std::function<std::string_view()>& again) {
  const Status damaged(StatusCode::kDataLoss, "not a whole snapshot of this version");
  if (bytes.size() < kHeaderBytes + kHashBytes || bytes.substr(0, kMagic.size()) != kMagic) return damaged;
  std::uint64_t version = 0;  // The unused half is zero.
  std::uint64_t hash = 0;
  std::memcpy(&version, bytes.data() + kMagic.size(), sizeof version);
  std::memcpy(&hash, bytes.data() + bytes.size() - kHashBytes, sizeof hash);
  bytes.remove_suffix(kHashBytes);
  if (version != kVersion || XXH3_64bits(bytes.data(), bytes.size()) != hash) return damaged;
  if (again) bytes = again().substr(0, bytes.size());  // The hash went through all of them.
  if (bytes.size() < kHeaderBytes) return damaged;
  bytes.remove_prefix(kHeaderBytes);
  Decoder in(bytes, again);
  Snapshot out;
  out.place.segment = in.Get<Seq>();
  out.place.tail.last = in.Get<Seq>();
  out.place.tail.crc = in.Get<std::uint32_t>();
  out.place.tail.crc_known = in.Get<bool>();
  out.place.tail.ingested_at = in.Get<Timestamp>();
  out.place.tail.offset = in.Get<std::uint64_t>();
  out.place.commit_bytes = in.Get<std::uint32_t>();
  const auto segments = in.Get<std::uint32_t>();
  for (std::uint32_t i = 0; i < segments && in.good(); ++i) {
    SnapshotSegment& segment = out.open.emplace_back();
    segment.first = in.Get<Seq>();
    segment.locations = in.Array<Location>();
  }
  const auto damages = in.Get<std::uint32_t>();
  for (std::uint32_t i = 0; i < damages && in.good(); ++i) {
    Damage& one = out.damage.emplace_back();
    one.segment = in.Text();
    one.offset = in.Get<std::uint64_t>();
    one.first = in.Get<Seq>();
    one.last = in.Get<Seq>();
    one.what = in.Text();
  }
  SnapshotReader::Read(in, out.views);
  if (!in.good()) return damaged;
  return out;
}

}  // namespace cairn
