// Names of the platform, taken from the types that the project has (the DOM's, Node's, a Worker's). Where it has none a shape stands in their place,
// so that nothing here asks for the DOM library.

/** The instance type of a global class, or `Shape` where there is no such global. */
type Host<Name extends string, Shape> = typeof globalThis extends Record<Name, { prototype: infer Instance }> ? Instance : Shape;

/** The platform's `AbortSignal`. */
export type AbortSignal = Host<"AbortSignal", { readonly aborted: boolean; readonly reason: any; addEventListener(type: "abort", listener: () => void): void; removeEventListener(type: "abort", listener: () => void): void }>;
/** The platform's `Blob`. */
export type Blob = Host<"Blob", { readonly size: number; readonly type: string; arrayBuffer(): Promise<ArrayBuffer>; slice(start?: number, end?: number): any }>;
/** The platform's `Request`. */
export type Request = Host<"Request", { readonly url: string; readonly method: string; readonly headers: any; text(): Promise<string> }>;
/** The platform's `Response`. */
export type Response = Host<"Response", { readonly status: number; readonly ok: boolean; readonly headers: any; readonly body: any; text(): Promise<string>; json(): Promise<any> }>;
/** The platform's `URL`. */
export type URL = Host<"URL", { readonly href: string }>;

/** The platform's `WebAssembly.Module`. */
export type WasmModule = typeof globalThis extends { WebAssembly: { Module: { prototype: infer Instance } } } ? Instance : object;

/** Bytes of their own buffer. Not spelled out: before TypeScript 5.7 the type of bytes takes no argument. */
export type Bytes = ReturnType<Uint8Array["slice"]>;
/** A `ReadableStream` of bytes. */
export type ByteStream = typeof globalThis extends { Response: { prototype: { body: infer Body } } } ? NonNullable<Body> : any;
/** The platform's `fetch`. */
export type Fetch = typeof globalThis extends { fetch: infer Function } ? Function : (input: any, init?: any) => Promise<any>;
type HostHeaders = Host<"Headers", never>;
/** Headers, in any form that `new Headers` takes. */
export type HeaderList = HostHeaders | Iterable<readonly [string, string]> | Iterable<string[]> | Readonly<Record<string, string>>;
/** And a record may hold `null`, which takes a header away. */
export type HeaderValues = HeaderList | Readonly<Record<string, string | null>>;

/** A window, as far as a sign-in uses it. */
export interface PopupWindow {
  /** Whether it is closed. */
  readonly closed: boolean;
  /** Closes it. */
  close(): void;
  /** The window's location; `href` is its address. */
  location: { href: string } | any;
}

/** Web's `Cache`. */
export interface ResponseCache {
  /** The response that was put for a request. */
  match(request: any): Promise<any>;
  /** Keeps a response. */
  put(request: any, response: any): Promise<unknown>;
}

/** `indexedDB`. */
export interface DatabaseFactory {
  /** Opens a database. */
  open(name: string, version?: number): any;
  /** Deletes one. */
  deleteDatabase(name: string): any;
}

/** `await using`, where the library knows of it. */
export type AsyncDisposal = SymbolConstructor extends { readonly asyncDispose: infer Key extends symbol } ? { [Name in Key]: () => Promise<void> } : {};
