#include "cli/completion_script.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace cairn {
namespace {

// What an option's value is: `NODE`. A list of choices, which CLI11 writes behind it, is left out.
std::string TypeName(const CLI::Option& option) {
  const std::string type = option.get_type_name();
  return type.substr(0, type.find(":{"));
}

void ReadOptions(const CLI::App& app, std::vector<std::string>& flags, CompletionModel& model) {
  for (const CLI::Option* option : app.get_options()) {
    const bool value = option->get_items_expected_max() > 0;
    for (const bool is_long : {true, false}) {
      for (const std::string& name : is_long ? option->get_lnames() : option->get_snames()) {
        flags.push_back((is_long ? "--" : "-") + name);
        if (!value) continue;
        const std::string type = TypeName(*option);
        auto& list = type == "NODE" ? model.node_flags : type == "KIND" ? model.kind_flags : model.value_flags;
        if (std::find(list.begin(), list.end(), flags.back()) == list.end()) list.push_back(flags.back());
      }
    }
  }
}

// `a|b|c` for a case of the shell; a word that nothing is where there is none.
std::string Case(const std::vector<std::string>& words) {
  return words.empty() ? "''" : fmt::format("{}", fmt::join(words, "|"));
}

std::string Names(const CompletionModel& model, std::string_view between) {
  std::vector<std::string> names;
  for (const CompletionCommand& command : model.commands) {
    if (command.name.find(' ') == std::string::npos) names.push_back(command.name);
  }
  return fmt::format("{}", fmt::join(names, between));
}

std::vector<std::string> Families(const CompletionModel& model) {
  std::vector<std::string> names;
  for (const CompletionCommand& command : model.commands) {
    if (!command.members.empty()) names.push_back(command.name);
  }
  return names;
}

// A text between the quotes of a shell.
std::string Quoted(const std::string& text) {
  std::string out;
  for (const char c : text) out += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return "'" + out + "'";
}

}  // namespace

CompletionModel ReadCompletionModel(const CLI::App& root) {
  CompletionModel out;
  ReadOptions(root, out.globals, out);
  const auto add = [&](const CLI::App& app, const std::string& name) -> CompletionCommand& {
    CompletionCommand command{name, app.get_description(), {}, {}, {}};
    ReadOptions(app, command.flags, out);
    for (const CLI::Option* option : app.get_options()) {
      if (option->get_positional()) command.positionals.push_back(TypeName(*option));
    }
    return out.commands.emplace_back(std::move(command));
  };
  for (const CLI::App* app : root.get_subcommands({})) {
    if (app->get_group().empty()) continue;
    std::vector<std::string> members;
    for (const CLI::App* member : app->get_subcommands({})) {
      members.push_back(member->get_name());
      add(*member, app->get_name() + " " + member->get_name());
    }
    add(*app, app->get_name()).members = std::move(members);
  }
  return out;
}

std::string BashCompletion(const CompletionModel& model) {
  std::string cases;
  for (const CompletionCommand& command : model.commands) {
    cases +=
        fmt::format("    {}) flags={}; members={}; args=({}) ;;\n", Quoted(command.name),
                    Quoted(fmt::format("{}", fmt::join(command.flags, " "))),
                    Quoted(fmt::format("{}", fmt::join(command.members, " "))), fmt::join(command.positionals, " "));
  }
  // Names out of the store are never given to `compgen -W`, which would expand them.
  return fmt::format(R"SH(# bash completion for cairn: source <(cairn completion bash)
_cairn() {{
  local line=${{COMP_LINE:0:COMP_POINT}} command= what= flags= members= positional=0 i word previous=
  local -a args=() words=()
  local cur=${{line##*[[:space:]]}}
  read -ra words <<< "${{line%"$cur"}}"
  for ((i = 1; i < ${{#words[@]}}; i++)); do
    word=${{words[i]}}
    case $previous in
      {0}|{1}|{2}) previous=; continue ;;
    esac
    previous=$word
    case $word in
      -*) ;;
      *) case $command in
           ''|{6}) command=${{command:+$command }}$word ;;
           *) ((positional++)) ;;
         esac ;;
    esac
  done
  COMPREPLY=()
  case $command in
{3}  esac
  case $previous in
    {0}) what=NODE ;;
    {1}) what=KIND ;;
    {2}) what=FILE ;;
    *)
      if [[ $cur == -* ]]; then
        COMPREPLY=($(compgen -W "$flags {4}" -- "$cur"))
        return
      elif [[ -z $command ]]; then
        COMPREPLY=($(compgen -W '{5}' -- "$cur"))
        return
      elif [[ -n $members ]]; then
        COMPREPLY=($(compgen -W "$members" -- "$cur"))
        return
      fi
      what=${{args[positional]}} ;;
  esac
  case $what in
    NODE) mapfile -t COMPREPLY < <(cairn __complete nodes "$cur" 2>/dev/null) ;;
    KIND) mapfile -t COMPREPLY < <(cairn __complete kinds "$cur" 2>/dev/null) ;;
    SOURCE) mapfile -t COMPREPLY < <(cairn __complete sources "$cur" 2>/dev/null) ;;
    OPERATION) mapfile -t COMPREPLY < <(cairn __complete operations "$cur" 2>/dev/null) ;;
    TOPIC) COMPREPLY=($(compgen -W 'settings {5}' -- "$cur")) ;;
    SHELL) COMPREPLY=($(compgen -W 'bash zsh fish' -- "$cur")) ;;
    *) return ;;
  esac
  # Readline splits words at colons: only what stands behind the last is its to complete.
  local head=${{cur%"${{cur##*:}}"}}
  COMPREPLY=("${{COMPREPLY[@]#"$head"}}")
}}
complete -o default -F _cairn cairn
)SH",
                     Case(model.node_flags), Case(model.kind_flags), Case(model.value_flags), cases,
                     fmt::join(model.globals, " "), Names(model, " "), Case(Families(model)));
}

std::string ZshCompletion(const CompletionModel& model) {
  std::string commands;
  std::string cases;
  for (const CompletionCommand& command : model.commands) {
    if (command.name.find(' ') == std::string::npos) {
      commands += fmt::format("    {}\n", Quoted(command.name + ":" + command.help));
    }
    cases += fmt::format("    ({}) flags=({}); members=({}); args=({}) ;;\n", Quoted(command.name),
                         fmt::join(command.flags, " "), fmt::join(command.members, " "),
                         fmt::join(command.positionals, " "));
  }
  return fmt::format(R"SH(#compdef cairn
# zsh completion for cairn: cairn completion zsh > "${{fpath[1]}}/_cairn"
_cairn() {{
  local -a commands flags members args
  local command what word previous
  integer i positional=0
  commands=(
{3}  )
  for ((i = 2; i < CURRENT; i++)); do
    word=$words[i]
    case $previous in
      ({0}|{1}|{2}) previous=; continue ;;
    esac
    previous=$word
    if [[ $word != -* ]]; then
      case $command in
        (''|{7}) command=${{command:+$command }}$word ;;
        (*) ((positional++)) ;;
      esac
    fi
  done
  case $command in
{4}  esac
  case $previous in
    ({0}) what=NODE ;;
    ({1}) what=KIND ;;
    ({2}) what=FILE ;;
    (*)
      if [[ $words[CURRENT] == -* ]]; then
        compadd -- $flags {5}
        return
      elif [[ -z $command ]]; then
        _describe command commands
        return
      elif (( $#members )); then
        compadd -- $members
        return
      fi
      what=$args[positional+1] ;;
  esac
  case $what in
    NODE) compadd -- ${{(f)"$(cairn __complete nodes "$words[CURRENT]" 2>/dev/null)"}} ;;
    KIND) compadd -- ${{(f)"$(cairn __complete kinds "$words[CURRENT]" 2>/dev/null)"}} ;;
    SOURCE) compadd -- ${{(f)"$(cairn __complete sources "$words[CURRENT]" 2>/dev/null)"}} ;;
    OPERATION) compadd -- ${{(f)"$(cairn __complete operations "$words[CURRENT]" 2>/dev/null)"}} ;;
    TOPIC) compadd -- settings {6} ;;
    SHELL) compadd -- bash zsh fish ;;
    *) _files ;;
  esac
}}
_cairn "$@"
)SH",
                     Case(model.node_flags), Case(model.kind_flags), Case(model.value_flags), commands, cases,
                     fmt::join(model.globals, " "), Names(model, " "), Case(Families(model)));
}

std::string FishCompletion(const CompletionModel& model) {
  std::string out = "# fish completion for cairn: cairn completion fish > ~/.config/fish/completions/cairn.fish\n";
  const auto flag = [&](const std::string& name, const std::string& condition) {
    const bool is_long = name.starts_with("--");
    const auto in = [&](const std::vector<std::string>& list) {
      return std::find(list.begin(), list.end(), name) != list.end();
    };
    out += fmt::format("complete -c cairn{} -{} {}", condition, is_long ? 'l' : 's', name.substr(is_long ? 2 : 1));
    if (in(model.node_flags)) out += " -x -a '(cairn __complete nodes (commandline -ct) 2>/dev/null)'";
    if (in(model.kind_flags)) out += " -x -a '(cairn __complete kinds (commandline -ct) 2>/dev/null)'";
    if (in(model.value_flags)) out += " -r";
    out += "\n";
  };
  for (const std::string& name : model.globals) flag(name, "");
  for (const CompletionCommand& command : model.commands) {
    const std::size_t space = command.name.find(' ');
    const std::string family = space == std::string::npos ? "" : command.name.substr(0, space);
    const std::string name_only = family.empty() ? command.name : command.name.substr(space + 1);
    const std::string within =
        family.empty() ? "__fish_use_subcommand" : fmt::format("'__fish_seen_subcommand_from {}'", family);
    out += fmt::format("complete -c cairn -n {} -f -a {} -d {}\n", within, name_only, Quoted(command.help));
    std::string seen = fmt::format("__fish_seen_subcommand_from {}", name_only);
    if (!family.empty()) seen = fmt::format("__fish_seen_subcommand_from {}; and {}", family, seen);
    const std::string condition = fmt::format(" -n '{}'", seen);
    for (const std::string& name : command.flags) flag(name, condition);
    for (const std::string& what : command.positionals) {
      const char* words = what == "NODE"        ? "nodes"
                          : what == "KIND"      ? "kinds"
                          : what == "SOURCE"    ? "sources"
                          : what == "OPERATION" ? "operations"
                                                : nullptr;
      if (words == nullptr) continue;
      out += fmt::format("complete -c cairn{} -f -a '(cairn __complete {} (commandline -ct) 2>/dev/null)'\n", condition,
                         words);
    }
  }
  return out;
}

}  // namespace cairn
