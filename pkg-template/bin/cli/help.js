// The texts of --help, written from what the commands say of themselves.
import { COMMON_OPTIONS } from "./arguments.js";
import { EXIT_CODES } from "./failures.js";

/** @import { Option } from "./arguments.js" */
/** @import { Command } from "./command.js" */

const WIDTH = 26;

/** @param {Record<string, Option>} options */
function optionLines(options) {
  return Object.entries(options).map(([name, { value, short, help, multiple }]) => {
    const left = `  ${short ? `-${short}, ` : ""}--${name}${value ? ` ${value}` : ""}${multiple ? "..." : ""}`;
    return left.length < WIDTH + 2 ? `${left.padEnd(WIDTH + 2)}${help}` : `${left}\n${" ".repeat(WIDTH + 2)}${help}`;
  });
}

/** @param {Command} command */
export function commandHelp({ name, usage, summary, details, options, examples }) {
  return [
    `Usage: openrouter-wasm ${name} ${usage}`.trimEnd(), "", `${summary}.`, ...(details ? ["", details.trim()] : []),
    ...(Object.keys(options).length > 0 ? ["", "Options:", ...optionLines(options)] : []),
    "", "Examples:", ...examples.map((example) => `  ${example}`),
    // What is the same everywhere comes last: whoever asks about one command asks about its own.
    "", "Options of every command:", ...optionLines(COMMON_OPTIONS), "", EXIT_CODES,
  ].join("\n");
}

/** @param {readonly Command[]} commands */
export function overview(commands) {
  return `Usage: openrouter-wasm <command> [options]

OpenRouter on the command line: chat, models, money, search, images, videos, sound.

Commands:
${commands.map(({ name, summary }) => `  ${name.padEnd(18)}${summary}`).join("\n")}

  openrouter-wasm <command> --help tells the options of one, --version the version.

Options of every command:
${optionLines(COMMON_OPTIONS).join("\n")}

The key is the first of: --api-key-file, --auth-file, the profile that "onboard" stored, OPENROUTER_API_KEY, the configuration file's own.
Keys are no option: the command lines of a machine can be read by everybody on it.

Environment: OPENROUTER_API_KEY, OPENROUTER_BASE_URL (in place of --base-url), PERPLEXITY_API_KEY (search).
Files: config.json, auth.json and chats/ in $XDG_CONFIG_HOME/openrouter-wasm, else ~/.config/openrouter-wasm (Windows: %APPDATA%\\openrouter-wasm).
NO_COLOR and FORCE_COLOR are minded; colours and progress are for terminals alone.

${EXIT_CODES}`;
}
