/** Images in the formats that nothing here can write: one red square each, made once with ffmpeg 5.1 (the GIF by hand). */

import { bytesOfBase64 } from "./media-samples.js";

/** @type {Record<string, string>} */
const SQUARES = {
  jpeg: `
/9j/4AAQSkZJRgABAgAAAQABAAD/2wBDAAgYGBwYHCEhISEhISckJygoKCcnJycoKCgrKyszMzMrKysoKCsrMDAzMzc5NzQ0MzQ5OTw8PEhIRUVUVFdnZ3z/xABMAAEBAAAAAAAAAAAA
AAAAAAAABgEBAQAAAAAAAAAAAAAAAAAABgcQAQAAAAAAAAAAAAAAAAAAAAARAQAAAAAAAAAAAAAAAAAAAAD/wAARCAAQABADASIAAhEAAxEA/9oADAMBAAIRAxEAPwCdAHFRf//Z`,
  webp: "UklGRjIAAABXRUJQVlA4ICYAAABwAQCdASoQABAABoCQJaACdAFAAAD+3hJyzOFey/6u/O36nk4AAA==",
  gif: "R0lGODlhAQABAIAAANAwIAAAACwAAAAAAQABAAACAkQBADs=",
};

export const IMAGE_FORMATS = Object.keys(SQUARES);

/**
 * @param {string} format
 * @returns {Uint8Array<ArrayBuffer>}
 */
export function sampleSquare(format) {
  return bytesOfBase64(SQUARES[format] ?? "");
}
