// `completion`: a script for a shell, written from what the commands say of themselves.
import { COMMON_OPTIONS } from "./arguments.js";
import { oneArgument } from "./command.js";
import { usageError } from "./failures.js";

/** @import { Option } from "./arguments.js" */
/** @import { Command } from "./command.js" */

const SHELLS = ["bash", "zsh", "fish"];
const PROGRAM = "openrouter-wasm";

/** @type {Command} */
export const completion = {
  name: "completion",
  summary: "Print the completion script of a shell: bash, zsh or fish",
  usage: "SHELL",
  examples: [
    "openrouter-wasm completion bash > ~/.local/share/bash-completion/completions/openrouter-wasm",
    'openrouter-wasm completion zsh > "${fpath[1]}/_openrouter-wasm"',
    "openrouter-wasm completion fish > ~/.config/fish/completions/openrouter-wasm.fish",
  ],
  options: {},
  async run(given) {
    const shell = oneArgument(given, "SHELL");
    if (!SHELLS.includes(shell)) throw usageError(`SHELL must be one of ${SHELLS.join(", ")}`);
    // Not at the top: the list of commands has this one in it.
    const { COMMANDS } = await import("./main.js");
    await given.out.write(shell === "fish" ? fish(COMMANDS) : bash(COMMANDS, shell === "zsh"));
  },
};

/** @param {Command} command @returns {[name: string, option: Option][]} */
const optionsOf = ({ options }) => Object.entries({ ...options, ...COMMON_OPTIONS });

/** @param {string} value */
const isFile = (value) => value === "FILE" || value === "SCHEMA";

/** What follows the first word. @param {readonly Command[]} commands @param {string} first */
const secondsOf = (commands, first) => commands.filter(({ name }) => name.startsWith(`${first} `)).map(({ name }) => name.slice(first.length + 1));

/** @param {Option} option */
function bashValues({ suggestions, choices = suggestions, value = "" }) {
  if (choices) return `$(compgen -W ${quote(choices.join(" "))} -- "$cur")`;
  return isFile(value) ? '$(compgen -f -- "$cur")' : "";
}

/** @param {readonly Command[]} commands @param {boolean} isZsh */
function bash(commands, isZsh) {
  const firsts = [...new Set(commands.map(({ name }) => name.split(" ")[0]))];
  const groups = firsts.filter((first) => commands.some(({ name }) => name.startsWith(`${first} `)));
  const cases = commands.map((command) => {
    const options = optionsOf(command);
    const words = options.flatMap(([name, { short }]) => [`--${name}`, ...(short ? [`-${short}`] : [])]);
    const valued = options.filter(([, { value }]) => value).map(([name, option]) => `--${name}) COMPREPLY=(${bashValues(option)}); return;;`);
    return `    ${quote(command.name)})\n      case "$prev" in ${valued.join(" ")} esac\n      words=${quote(words.join(" "))};;`;
  });
  const script = `# ${PROGRAM} completion ${isZsh ? "zsh" : "bash"}
_openrouter_wasm() {
  local cur="\${COMP_WORDS[COMP_CWORD]}" prev="\${COMP_WORDS[COMP_CWORD-1]}" first="\${COMP_WORDS[1]}" second="\${COMP_WORDS[2]}" command words
  COMPREPLY=()
  if [ "$COMP_CWORD" -eq 1 ]; then COMPREPLY=($(compgen -W ${quote([...firsts, "help", "--help", "--version"].join(" "))} -- "$cur")); return; fi
  command="$first"
  case "$first" in
${groups.map((group) => `    ${group}) if [ "$COMP_CWORD" -eq 2 ]; then COMPREPLY=($(compgen -W ${quote(secondsOf(commands, group).join(" "))} -- "$cur")); return; fi
      command="$first $second";;`).join("\n")}
    completion) if [ "$COMP_CWORD" -eq 2 ]; then COMPREPLY=($(compgen -W ${quote(SHELLS.join(" "))} -- "$cur")); return; fi;;
  esac
  case "$command" in
${cases.join("\n")}
  esac
  case "$cur" in -*) COMPREPLY=($(compgen -W "$words" -- "$cur"));; *) COMPREPLY=($(compgen -f -- "$cur"));; esac
}
complete -o filenames -F _openrouter_wasm ${PROGRAM}
`;
  return isZsh ? `#compdef ${PROGRAM}\nautoload -U +X bashcompinit && bashcompinit\n${script}` : script;
}

/** @param {readonly Command[]} commands */
function fish(commands) {
  const lines = [`# ${PROGRAM} completion fish`, `complete -c ${PROGRAM} -f`];
  for (const command of commands) {
    const [first, second] = command.name.split(" ");
    const isFirst = "__fish_use_subcommand";
    if (!second) lines.push(`complete -c ${PROGRAM} -n ${isFirst} -a ${first} -d ${quote(command.summary)}`);
    else {
      const others = secondsOf(commands, first);
      if (others[0] === second) lines.push(`complete -c ${PROGRAM} -n ${isFirst} -a ${first}`);
      const isSecond = `__fish_seen_subcommand_from ${first}; and not __fish_seen_subcommand_from ${others.join(" ")}`;
      lines.push(`complete -c ${PROGRAM} -n ${quote(isSecond)} -a ${second} -d ${quote(command.summary)}`);
    }
    const seen = `__fish_seen_subcommand_from ${first}${second ? `; and __fish_seen_subcommand_from ${second}` : ""}`;
    for (const [name, { short, value, suggestions, choices = suggestions, help }] of optionsOf(command)) {
      const takes = !value ? "" : choices ? ` -x -a ${quote(choices.join(" "))}` : isFile(value) ? " -r -F" : " -x";
      lines.push(`complete -c ${PROGRAM} -n ${quote(seen)} -l ${name}${short ? ` -s ${short}` : ""}${takes} -d ${quote(help)}`);
    }
    if (first === "completion") lines.push(`complete -c ${PROGRAM} -n ${quote(seen)} -a ${quote(SHELLS.join(" "))}`);
  }
  return `${lines.join("\n")}\n`;
}

/** For all three shells. @param {string} text */
const quote = (text) => `'${text.replaceAll("'", `'"'"'`)}'`;
