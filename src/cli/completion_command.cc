#include <algorithm>

#include "cli/commands.h"
#include "cli/completion_script.h"
#include "cli/exit_code.h"

namespace cairn {
namespace {

constexpr std::size_t kShown = 200;

struct CompletionArguments {
  std::string shell;
};

struct CompleteArguments {
  std::string what;
  std::string prefix;
};

// Names that a shell takes as they are: what stands in a store must never become a command on somebody's line.
bool IsHarmless(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view("_.:/%@+=,-").find(c) != std::string_view::npos;
  });
}

int RunCompletion(Session& session, const CLI::App& root, const std::string& shell) {
  const CompletionModel model = ReadCompletionModel(root);
  session.out().Write(shell == "bash"  ? BashCompletion(model)
                      : shell == "zsh" ? ZshCompletion(model)
                                       : FishCompletion(model));
  return kExitDone;
}

int RunComplete(Session& session, const CompleteArguments& arguments) {
  std::vector<std::string> words;
  if (arguments.what == "sources" || arguments.what == "operations") {
    const auto config = session.Settings();
    for (const SourceConfig& source : config ? (*config)->sources : std::vector<SourceConfig>()) {
      if (arguments.what == "sources") words.push_back(source.name);
      for (const OperationConfig& operation : source.operations) {
        if (arguments.what == "operations") words.push_back(operation.name);
      }
    }
  } else if (auto service = session.Open()) {
    if (arguments.what == "kinds") {
      if (auto stats = service->Stats()) {
        for (const auto& [kind, facts] : stats->kinds) words.push_back(kind);
      }
    } else if (auto nodes = service->FindNodes(arguments.prefix, kShown)) {
      for (const NodeKey& node : *nodes) {
        words.push_back(NodeId(node));
        words.push_back(node.name);
      }
    }
  }
  std::sort(words.begin(), words.end());
  words.erase(std::unique(words.begin(), words.end()), words.end());
  for (const std::string& word : words) {
    if (word.starts_with(arguments.prefix) && IsHarmless(word)) session.out().Line(word);
  }
  return kExitDone;
}

}  // namespace

void AddCompletion(Commands& commands) {
  auto arguments = std::make_shared<CompletionArguments>();
  const CLI::App* root = &commands.root();
  CLI::App& command =
      commands.Add("completion", "A script that completes commands, kinds and nodes in your shell",
                   {"source <(cairn completion bash)", "cairn completion fish > ~/.config/fish/completions/cairn.fish"},
                   [arguments, root](Session& session) { return RunCompletion(session, *root, arguments->shell); });
  command.add_option("shell", arguments->shell, "bash, zsh or fish")
      ->required()
      ->type_name("SHELL")
      ->check(CLI::IsMember({"bash", "zsh", "fish"}));

  auto complete = std::make_shared<CompleteArguments>();
  CLI::App& hidden = commands.Add("__complete", "What the scripts ask", {},
                                  [complete](Session& session) { return RunComplete(session, *complete); });
  hidden.group("");
  hidden.add_option("what", complete->what)
      ->required()
      ->check(CLI::IsMember({"nodes", "kinds", "sources", "operations"}));
  hidden.add_option("prefix", complete->prefix);
}

}  // namespace cairn
