#include "record/facet_at.h"

#include <fmt/format.h>

#include <vector>

#include "record/json_scan.h"

namespace cairn {
namespace {

/// An object of facets: where it stands and how many it holds.
struct Facets {
  const char* at = nullptr;
  std::uint32_t count = 0;
};

/// A run, job or dataset of the event. Names are strings as they stand, quotes included.
struct Holder {
  bool present = false;
  std::string_view ns;
  std::string_view name;
  Facets facets;
  Facets io_facets;  ///< Of an input or output, as such.
};

struct Sections {
  Holder run;
  Holder job;
  Holder dataset;
  std::vector<Holder> inputs;
  std::vector<Holder> outputs;
};

/// Which members name a holder and hold its facets.
struct HolderShape {
  std::string_view name;
  std::string_view ns;         ///< Empty: it has none.
  std::string_view io_facets;  ///< Empty: it has none.
};
constexpr HolderShape kRunShape{"runId", {}, {}};
constexpr HolderShape kPlainShape{"name", "namespace", {}};
constexpr HolderShape kInputShape{"name", "namespace", "inputFacets"};
constexpr HolderShape kOutputShape{"name", "namespace", "outputFacets"};

bool ScanFacets(JsonCursor& cursor, Facets* out) {
  if (cursor.Peek() != '{') return SkipValue(cursor);
  out->at = cursor.at;
  return WalkObject(cursor, [&](std::string_view) {
    if (cursor.Peek() != 'n') ++out->count;
    return SkipValue(cursor);
  });
}

bool ScanHolder(JsonCursor& cursor, const HolderShape& shape, Holder* out) {
  if (cursor.Peek() == 'n') return SkipValue(cursor);
  out->present = true;
  if (cursor.Peek() != '{') return SkipValue(cursor);
  return WalkObject(cursor, [&](std::string_view key) {
    if (KeyIs(key, shape.name)) return TakeValue(cursor, &out->name);
    if (!shape.ns.empty() && KeyIs(key, shape.ns)) return TakeValue(cursor, &out->ns);
    if (KeyIs(key, "facets")) return ScanFacets(cursor, &out->facets);
    if (!shape.io_facets.empty() && KeyIs(key, shape.io_facets)) return ScanFacets(cursor, &out->io_facets);
    return SkipValue(cursor);
  });
}

bool ScanHolders(JsonCursor& cursor, const HolderShape& shape, std::vector<Holder>* out) {
  if (cursor.Peek() != '[') return SkipValue(cursor);
  return WalkArray(cursor, [&] { return ScanHolder(cursor, shape, &out->emplace_back()); });
}

bool ScanEvent(JsonCursor& cursor, Sections* out) {
  return WalkObject(cursor, [&](std::string_view key) {
    if (KeyIs(key, "run")) return ScanHolder(cursor, kRunShape, &out->run);
    if (KeyIs(key, "job")) return ScanHolder(cursor, kPlainShape, &out->job);
    if (KeyIs(key, "dataset")) return ScanHolder(cursor, kPlainShape, &out->dataset);
    if (KeyIs(key, "inputs")) return ScanHolders(cursor, kInputShape, &out->inputs);
    if (KeyIs(key, "outputs")) return ScanHolders(cursor, kOutputShape, &out->outputs);
    return SkipValue(cursor);
  });
}

/// Finds the holder and the object in which the facet of an ordinal stands. Counts the ordinal down to its place there.
class FacetFinder {
 public:
  explicit FacetFinder(std::uint32_t ordinal) : left_(ordinal) {}

  bool Look(const Holder& holder, std::string_view type) {
    return LookIn(holder, type, holder.facets) || LookIn(holder, type, holder.io_facets);
  }
  bool Look(const std::vector<Holder>& holders) {
    for (const Holder& holder : holders) {
      if (Look(holder, kTypeDataset)) return true;
    }
    return false;
  }

  [[nodiscard]] std::uint32_t place() const { return left_; }
  [[nodiscard]] const char* at() const { return at_; }
  [[nodiscard]] const Holder& holder() const { return *holder_; }
  [[nodiscard]] std::string_view type() const { return type_; }

 private:
  bool LookIn(const Holder& holder, std::string_view type, const Facets& facets) {
    if (left_ >= facets.count) {
      left_ -= facets.count;
      return false;
    }
    holder_ = &holder;
    type_ = type;
    at_ = facets.at;
    return true;
  }

  std::uint32_t left_;
  const char* at_ = nullptr;
  const Holder* holder_ = nullptr;
  std::string_view type_;
};

/// The order that `StateEvent` states; which sections count depends on the event's form.
bool Find(const Sections& sections, FacetFinder& finder) {
  if (sections.run.present && finder.Look(sections.run, kTypeRun)) return true;
  if (sections.run.present || sections.job.present) {
    return finder.Look(sections.job, kTypeJob) || finder.Look(sections.inputs) || finder.Look(sections.outputs);
  }
  return finder.Look(sections.dataset, kTypeDataset);
}

std::string TextOf(std::string_view quoted) {
  return quoted.size() < 2 || quoted.front() != '"' ? std::string() : UnescapeJson(quoted.substr(1, quoted.size() - 2));
}

bool IsDeleted(std::string_view facet) {
  bool deleted = false;
  JsonCursor cursor(facet);
  // A facet that is no object ends the walk at once.
  WalkObject(cursor, [&](std::string_view key) {
    if (KeyIs(key, "_deleted") && cursor.Peek() == 't') deleted = true;
    return SkipValue(cursor);
  });
  return deleted;
}

}  // namespace

Result<std::string_view> FacetAt(std::string_view event_json, std::uint32_t ordinal, FacetRef* ref,
                                 std::string_view tenant) {
  Sections sections;
  JsonCursor event(event_json);
  if (!ScanEvent(event, &sections)) return Status(StatusCode::kDataLoss, "not an event: its JSON is damaged");
  FacetFinder finder(ordinal);
  if (!Find(sections, finder)) {
    return Status(StatusCode::kOutOfRange, fmt::format("the event has no facet {}", ordinal));
  }

  std::string_view found_key;
  std::string_view facet;
  std::uint32_t left = finder.place();
  JsonCursor cursor(event_json.substr(static_cast<std::size_t>(finder.at() - event_json.data())));
  // The walk ends at the facet; it was counted above, so it is there.
  WalkObject(cursor, [&](std::string_view key) {
    if (cursor.Peek() == 'n' || left-- != 0) return SkipValue(cursor);
    found_key = key;
    TakeValue(cursor, &facet);
    return false;
  });
  if (ref != nullptr) {
    ref->key = UnescapeJson(found_key);
    ref->node = {
        std::string(tenant), std::string(finder.type()), TextOf(finder.holder().ns), TextOf(finder.holder().name), {}};
    ref->deleted = IsDeleted(facet);
  }
  return facet;
}

}  // namespace cairn
