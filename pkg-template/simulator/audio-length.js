/** How long a recording is, as far as its first bytes say. */

const WAV_HEADER_BYTES = 44;
const PCM_BYTES_A_SECOND = 32000;
/** About what compressed speech takes. */
const TYPICAL_BYTES_A_SECOND = 4000;
/** Layer III, kbit/s by the index in the frame's header. */
const MPEG1_KBITS = [0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320];
const MPEG2_KBITS = [0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160];

/**
 * @param {Uint8Array} bytes
 * @param {string} format
 * @returns {number} seconds
 */
export function audioSeconds(bytes, format) {
  return Math.round((bytes.length / bytesASecond(bytes, format)) * 100) / 100;
}

/**
 * @param {Uint8Array} bytes
 * @param {string} format
 */
function bytesASecond(bytes, format) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length > WAV_HEADER_BYTES && view.getUint32(0) === 0x52494646) return view.getUint32(28, true) || TYPICAL_BYTES_A_SECOND;
  if (bytes.length > 4 && (view.getUint16(0) & 0xffe6) === 0xffe2) {
    const kbits = ((bytes[1] ?? 0) & 0x08 ? MPEG1_KBITS : MPEG2_KBITS)[(bytes[2] ?? 0) >> 4];
    return kbits ? kbits * 125 : TYPICAL_BYTES_A_SECOND;
  }
  return format === "pcm" ? PCM_BYTES_A_SECOND : TYPICAL_BYTES_A_SECOND;
}
