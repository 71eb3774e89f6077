#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cstdio>

#include "lab.h"
#include "machine.h"
#include "open.h"
#include "scratch.h"
#include "workload.h"

namespace cairn::bench {
namespace {

constexpr int kExitUsage = 2;

struct Arguments {
  std::vector<std::string> only;
  bool json = false;
  bool list = false;
  std::string dir = "build";
  std::string child_open;
  LabOptions lab;
};

bool Wanted(const Arguments& arguments, const Workload& workload) {
  return arguments.only.empty() ||
         std::find(arguments.only.begin(), arguments.only.end(), workload.name) != arguments.only.end();
}

int Run(const Arguments& arguments) {
  const std::vector<Workload> workloads = AllWorkloads();
  for (const std::string& name : arguments.only) {
    if (std::none_of(workloads.begin(), workloads.end(), [&](const Workload& w) { return w.name == name; })) {
      fmt::print(stderr, "cairn_bench: no workload is called {}; --list names them\n", name);
      return kExitUsage;
    }
  }
  Result<Scratch> scratch = Scratch::Create(arguments.dir);
  if (!scratch) {
    fmt::print(stderr, "cairn_bench: {}\n", scratch.error().message());
    return kExitUsage;
  }
  // In JSON every line of standard output is a figure.
  std::FILE* notes = arguments.json ? stderr : stdout;
  fmt::print(notes,
             "{}\n{} records, {} passes; value and spread are the median, the least and the most of the passes\n",
             DescribeMachine(scratch->path()), arguments.lab.records, arguments.lab.repeat);
  if (!arguments.json) fmt::print("\n{}\n", TableHeader());
  Lab lab(arguments.lab, scratch->path());
  const Report report = [&](const Row& row) {
    fmt::print("{}\n", arguments.json ? ToJson(row) : ToTableLine(row));
    std::fflush(stdout);
  };
  for (const Workload& workload : workloads) {
    if (Wanted(arguments, workload)) workload.run(lab, report);
  }
  return 0;
}

int Main(int argc, char** argv) {
  Arguments arguments;
  CLI::App app("Measures the engine beside its rivals. bench/README.md tells what each workload does.", "cairn_bench");
  app.add_option("--only", arguments.only, "Run this workload alone; may be given several times")->type_name("NAME");
  app.add_flag("--json", arguments.json, "One JSON object for each figure");
  app.add_flag("--list", arguments.list, "Name the workloads");
  app.add_option("--dir", arguments.dir, "Where the stores are put, on a disk; they are removed")
      ->capture_default_str();
  app.add_option("--records", arguments.lab.records, "Records; a short form tells less")
      ->check(CLI::Range(std::size_t{10'000}, std::size_t{10'000'000}))
      ->capture_default_str();
  app.add_option("--repeat", arguments.lab.repeat, "Passes of each measurement")
      ->check(CLI::Range(std::size_t{1}, std::size_t{100}))
      ->capture_default_str();
  app.add_option("--child-open", arguments.child_open)->group("");  // For `open_10m`, which starts itself so.
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : kExitUsage;
  }
  if (!arguments.child_open.empty()) return OpenAsChild(arguments.child_open);
  if (arguments.list) {
    for (const Workload& workload : AllWorkloads()) fmt::print("{:<18} {}\n", workload.name, workload.what);
    return 0;
  }
  return Run(arguments);
}

}  // namespace
}  // namespace cairn::bench

int main(int argc, char** argv) { return cairn::bench::Main(argc, argv); }
