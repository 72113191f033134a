import type { Simulator, SimulatorOptions } from "../simulator.js";

/** What `serve` is called with: the simulator's options, and where it listens. */
export interface ServeOptions extends SimulatorOptions {
  /**
   * 0 takes a free one.
   * @default 0
   */
  port?: number;
  /** Serve this simulator instead of making one; its options are its own. */
  simulator?: Simulator;
  /**
   * Host names, without a port, that requests may carry beside `127.0.0.1`, `[::1]` and `localhost`: of a container, of a tunnel. Any other is
   * answered 421, so that no page of a stranger's gets here by a name of its own (DNS rebinding).
   * @default []
   */
  hosts?: string[];
  /** @default true */
  allowRequestScripts?: boolean;
}

/** A simulator that listens. */
export interface SimulatorServer {
  /** `http://127.0.0.1:<port>`. As a base URL it works as it is and with `/api/v1` behind it. */
  url: string;
  /** The port it listens on. */
  port: number;
  /** The simulator, to be scripted. */
  simulator: Simulator;
  /** Stops listening and breaks off what is still being answered. */
  close(): Promise<void>;
}

/**
 * Serves a simulator on a port of this machine (Node only). Rejects when the port is taken.
 *
 * @example
 * ```js
 * import { serve } from "openrouter-wasm/simulator/serve";
 *
 * const { url, simulator, close } = await serve();
 * simulator.enqueue({ status: 429 });
 * console.log(url); // the base URL of any client
 * await close();
 * ```
 */
export function serve(options?: ServeOptions): Promise<SimulatorServer>;
