#include "data.h"

#include <fmt/compile.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <iterator>

namespace cairn::bench {
namespace {

using fmt::literals::operator""_cf;

constexpr std::size_t kReadPadding = 64;
constexpr std::size_t kRunsAtOnce = 4;
constexpr std::size_t kTargetsOfRun = kRunRecords / kKinds;
constexpr std::int64_t kStartMs = 1'767'225'600'000;  // 2026-01-01T00:00:00Z
constexpr std::int64_t kDurationMs = 100LL * 86'400'000;
constexpr std::array<std::string_view, kKinds> kKindNames = {"ingestion_volume", "ingestion_runtime", "recon_result",
                                                             "schema_snapshot", "statistics_snapshot"};
constexpr std::array<std::string_view, 10> kSubjects = {"orders",   "customers", "payments", "shipments", "inventory",
                                                        "sessions", "invoices",  "returns",  "prices",    "campaigns"};

std::size_t TargetCount(std::size_t total) {
  const std::size_t targets = total / (kKinds * kSeriesRecords) / kTargetsOfRun * kTargetsOfRun;
  return std::clamp<std::size_t>(targets, kTargetsOfRun, 1'000);
}

std::string Namespace(std::size_t target) { return fmt::format("warehouse-{:02}", target / kTargetsOfRun % 20); }

std::string Name(std::size_t target) {
  return fmt::format("sales.{}_{:04}", kSubjects[target % kSubjects.size()], target);
}

struct TimeText {
  std::array<char, 24> text{};
  [[nodiscard]] std::string_view view() const { return {text.data(), text.size()}; }
  [[nodiscard]] std::string_view seconds() const { return view().substr(0, 19); }
  [[nodiscard]] std::string_view date() const { return view().substr(0, 10); }
};

TimeText FormatMs(std::int64_t ms) {
  using namespace std::chrono;
  const sys_time<milliseconds> time{milliseconds(ms)};
  const auto day = floor<days>(time);
  const year_month_day date{day};
  const hh_mm_ss<milliseconds> clock{time - day};
  TimeText out;
  fmt::format_to(out.text.data(), "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z"_cf, static_cast<int>(date.year()),
                 static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()), clock.hours().count(),
                 clock.minutes().count(), clock.seconds().count(), clock.subseconds().count());
  return out;
}

// One record of the history: where it stands decides all of it.
class Writer {
 public:
  explicit Writer(std::size_t total) : total_(total), targets_(TargetCount(total)), groups_(targets_ / kTargetsOfRun) {}

  void Write(std::size_t i, std::string& out) const {
    const std::size_t block = i / (kRunsAtOnce * kRunRecords);
    const std::size_t within = i % (kRunsAtOnce * kRunRecords);
    const std::size_t run = block * kRunsAtOnce + within % kRunsAtOnce;
    const std::size_t member = within / kRunsAtOnce;
    const std::size_t target = run % groups_ * kTargetsOfRun + member / kKinds;
    const std::uint64_t chance = Scramble(i);
    const std::uint64_t run_high = Scramble(run * 2 + (1ULL << 60));
    const std::uint64_t run_low = Scramble(run * 2 + 1 + (1ULL << 60));
    const std::int64_t begin_ms = kDurationMs * static_cast<std::int64_t>(i) / static_cast<std::int64_t>(total_);
    const std::int64_t end_ms = kDurationMs * static_cast<std::int64_t>(i + 1) / static_cast<std::int64_t>(total_);
    const std::int64_t ms = kStartMs + begin_ms + static_cast<std::int64_t>(chance >> 32) % (end_ms - begin_ms);
    const TimeText produced = FormatMs(ms);
    const std::int64_t hour = ms / 3'600'000 * 3'600'000;
    const TimeText window_start = FormatMs(hour - 3'600'000);
    const TimeText window_end = FormatMs(hour);

    auto to = std::back_inserter(out);
    fmt::format_to(to,
                   R"({{"kind":"{}","target":{{"namespace":"warehouse-{:02}","name":"sales.{}_{:04}"}},)"
                   R"("produced_at":"{}","producer_id":"loader.v{}","context":{{)"
                   R"("run_id":"{:08x}-{:04x}-4{:03x}-a{:03x}-{:012x}","job_id":"load_sales_{:03}",)"
                   R"("namespace":"eu","environment":"prod"}},"payload":{{)"_cf,
                   kKindNames[member % kKinds], target / kTargetsOfRun % 20, kSubjects[target % kSubjects.size()],
                   target, produced.view(), 3 + block * 4 * kRunsAtOnce * kRunRecords / total_,
                   static_cast<std::uint32_t>(run_high >> 32), (run_high >> 16) & 0xFFFF, run_high & 0xFFF,
                   run_low >> 52, run_low & 0xFFFF'FFFF'FFFF, target / kTargetsOfRun);
    Payload(member % kKinds, target, chance, produced, out);
    fmt::format_to(to,
                   R"(}},"quality":{{"score":0.{}}},)"
                   R"("extras":{{"window_start":"{}Z","window_end":"{}Z","host":"worker-{:02}"}}}})"_cf,
                   980 + chance % 20, window_start.seconds(), window_end.seconds(), run % 16);
  }

 private:
  static void Payload(std::size_t kind, std::size_t target, std::uint64_t chance, const TimeText& at,
                      std::string& out) {
    const std::uint64_t usual = 20'000 + Scramble(target) % 400'000;
    const std::uint64_t rows = usual + chance % (usual / 8);
    const std::uint64_t small = chance >> 48;
    auto to = std::back_inserter(out);
    switch (kind) {
      case 0:
        fmt::format_to(to,
                       R"("row_count":{},"byte_count":{},"file_count":{},"rejected_rows":{},"status":"succeeded",)"
                       R"("partition":"dt={}","source":"s3://landing-eu/sales/{}/")"_cf,
                       rows, rows * 213, 1 + rows / 50'000, small % 50 == 0 ? small % 7 : 0, at.date(),
                       kSubjects[target % kSubjects.size()]);
        return;
      case 1:
        fmt::format_to(to,
                       R"("row_count":{},"duration_ms":{},"wait_ms":{},"cpu_ms":{},"memory_bytes_max":{},"attempt":1,)"
                       R"("status":"succeeded","cluster":"batch-eu-west-1b")"_cf,
                       rows, 900 + rows / 9 + small % 500, small % 900, 700 + rows / 11, 268'435'456 + rows * 64);
        return;
      case 2:
        fmt::format_to(to,
                       R"("row_count":{},"source_count":{},"difference":{},"tolerance":0.001,"passed":true,)"
                       R"("check":"row_count_matches_source","compared_columns":{},"reference":"erp.sales.{}")"_cf,
                       rows, rows, 0, 12 + target % 30, kSubjects[target % kSubjects.size()]);
        return;
      case 3:
        fmt::format_to(
            to,
            R"("row_count":{},"column_count":{},"fingerprint":"{:016x}","added":[],"removed":[],)"
            R"("changed":[],"primary_key":["id"],"partitioned_by":["dt"],"format":"parquet","nullable":{})"_cf,
            rows, 12 + target % 30, Scramble(target + (1ULL << 61)), target % 9);
        return;
      default:
        fmt::format_to(
            to,
            R"("row_count":{},"null_ratio":0.00{},"distinct_keys":{},"mean_amount":{}.{:02},"min_amount":0.5,)"
            R"("max_amount":{}.{:02},"sampled":false,"method":"full_scan")"_cf,
            rows, small % 90, rows - small % 40, 40 + small % 60, chance % 100, 4'000 + small % 900, small % 100);
    }
  }

  std::size_t total_;
  std::size_t targets_;
  std::size_t groups_;
};

}  // namespace

std::uint64_t Scramble(std::uint64_t i) {
  // splitmix64
  std::uint64_t x = (i + 1) * 0x9E3779B97F4A7C15;
  x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9;
  x = (x ^ (x >> 27)) * 0x94D049BB133111EB;
  return x ^ (x >> 31);
}

Dataset::Dataset(std::size_t total, std::size_t first, std::size_t count) {
  const Writer writer(total);
  std::vector<std::size_t> ends;
  ends.reserve(count);
  text_.reserve(count * 620 + kReadPadding);
  for (std::size_t i = first; i < first + count; ++i) {
    writer.Write(i, text_);
    ends.push_back(text_.size());
    text_ += '\n';
  }
  text_bytes_ = text_.size();
  text_.append(kReadPadding, ' ');
  records_.reserve(count);
  std::size_t start = 0;
  for (const std::size_t end : ends) {
    records_.push_back(std::string_view(text_).substr(start, end - start));
    start = end + 1;
  }
  for (std::size_t target = 0; target < TargetCount(total); ++target) {
    for (const std::string_view kind : kKindNames) series_.push_back({kind, Namespace(target), Name(target)});
  }
}

std::span<const std::string_view> Dataset::batch(std::size_t b) const {
  const std::size_t first = b * kBatchRecords;
  return std::span(records_).subspan(first, std::min(kBatchRecords, records_.size() - first));
}

std::string_view Dataset::batch_lines(std::size_t b) const {
  const auto records = batch(b);
  const char* begin = records.front().data();
  return {begin, static_cast<std::size_t>(records.back().data() + records.back().size() + 1 - begin)};
}

}  // namespace cairn::bench
