import type { Simulator, SimulatorOptions } from "../simulator.js";

export interface ServeOptions extends SimulatorOptions {
  /**
   * 0 takes a free one.
   * @default 0
   */
  port?: number;
  /** Serve this simulator instead of making one; its options are its own. */
  simulator?: Simulator;
  /** @default true */
  allowRequestScripts?: boolean;
}

export interface SimulatorServer {
  /** `http://127.0.0.1:<port>`. As a base URL it works as it is and with `/api/v1` behind it. */
  url: string;
  port: number;
  simulator: Simulator;
  /** Stops listening and breaks off what is still being answered. */
  close(): Promise<void>;
}

/** Serves a simulator on a port of this machine (Node only). Rejects when the port is taken. */
export function serve(options?: ServeOptions): Promise<SimulatorServer>;
