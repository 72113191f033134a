// Makes images smaller by the platform's own canvas: pages and web workers have one, servers bring their own `resizeImage`.

/** @import { ResizeImage } from "../index.js" */

const SIDES = [1800, 1600, 1400, 1200, 1000, 800];
const QUALITIES = [85, 75, 65, 55, 45, 35];

/** The default hook, where the platform can. @returns {ResizeImage | undefined} */
export function platformResizer() {
  return typeof OffscreenCanvas === "function" && typeof createImageBitmap === "function" ? resizeByCanvas : undefined;
}

/** As JPEG, side by side and quality by quality, until it fits (sanitization 5). An image that cannot be read stays as it is. @type {ResizeImage} */
async function resizeByCanvas({ data, mediaType, maxSidePx, maxBytes }) {
  let bitmap;
  try {
    bitmap = await createImageBitmap(new Blob([/** @type {any} */ (data)], { type: mediaType }));
  } catch {
    // The engine names what is no image.
    return undefined;
  }
  try {
    const longest = Math.max(bitmap.width, bitmap.height);
    const sides = [...new Set([longest, ...SIDES].map((side) => Math.min(maxSidePx, longest, side)))].sort((a, b) => b - a);
    for (const side of sides) {
      const scale = side / longest;
      const canvas = new OffscreenCanvas(Math.max(1, Math.round(bitmap.width * scale)), Math.max(1, Math.round(bitmap.height * scale)));
      const context = canvas.getContext("2d");
      if (!context) return undefined;
      // JPEG has no transparency: without a ground it would turn black.
      context.fillStyle = "white";
      context.fillRect(0, 0, canvas.width, canvas.height);
      context.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
      for (const quality of QUALITIES) {
        const blob = await canvas.convertToBlob({ type: "image/jpeg", quality: quality / 100 });
        if (blob.size <= maxBytes) return { data: blob, mediaType: "image/jpeg" };
      }
    }
    return undefined;
  } finally {
    bitmap.close();
  }
}
