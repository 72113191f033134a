// A terminal of its own for a command: what a person would type goes in, what they would see comes out.
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";

/** The other side of a terminal, `columns` wide; its standard input is the keyboard. */
const KEYBOARD = `
import fcntl, os, pty, select, struct, sys, termios
pid, screen = pty.fork()
if pid == 0:
    os.execvp(sys.argv[2], sys.argv[2:])
fcntl.ioctl(screen, termios.TIOCSWINSZ, struct.pack("HHHH", 40, int(sys.argv[1]), 0, 0))
keyboard = [0]
while True:
    ready, _, _ = select.select([screen] + keyboard, [], [])
    if screen in ready:
        try:
            data = os.read(screen, 65536)
        except OSError:
            break
        if not data:
            break
        os.write(1, data)
    if 0 in ready:
        data = os.read(0, 65536)
        if data:
            os.write(screen, data)
        else:
            keyboard = []
_, status = os.waitpid(pid, 0)
sys.exit(os.waitstatus_to_exitcode(status) if os.WIFEXITED(status) else 128 + os.WTERMSIG(status))
`;

/** Why there is no terminal here, or false. */
export const noTerminal = process.platform === "win32" || spawnSync("python3", ["-c", "import pty, fcntl"]).status !== 0 ? "there is no python3 with pty here" : false;

/**
 * @param {string} command @param {readonly string[]} words
 * @param {{ folder: string, env?: Record<string, string>, columns?: number }} surroundings
 */
export function openTerminal(command, words, { folder, env = {}, columns = 100 }) {
  const { NO_COLOR: _, FORCE_COLOR: __, OPENROUTER_API_KEY: ___, OPENROUTER_BASE_URL: ____, ...inherited } = process.env;
  const child = spawn("python3", ["-c", KEYBOARD, String(columns), process.execPath, command, ...words], {
    cwd: folder,
    env: { ...inherited, TERM: "xterm-256color", XDG_CONFIG_HOME: join(folder, "xdg"), ...env },
    stdio: ["pipe", "pipe", "inherit"],
  });
  let screen = "", seen = 0;
  child.stdout.setEncoding("utf8").on("data", (text) => (screen += text));
  const ended = once(child, "close").then(([code]) => ({ code, screen }));
  return {
    child,
    ended,
    /** @param {string} keys */
    type: (keys) => void child.stdin.write(keys),
    /** Until it stands behind what was waited for before. @param {RegExp} pattern */
    async until(pattern) {
      for (;;) {
        const found = pattern.exec(screen.slice(seen));
        if (found) {
          seen += found.index + found[0].length;
          return found;
        }
        await Promise.race([once(child.stdout, "data"), ended.then(() => Promise.reject(new Error(`ended without ${pattern}: ${JSON.stringify(screen.slice(seen))}`)))]);
      }
    },
    /** All that was on it. */
    get screen() {
      return screen;
    },
  };
}
