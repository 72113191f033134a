// An image for the simulator to answer with. Painted here, so that there is no file to load.

const WIDTH = 720, HEIGHT = 420, HORIZON = 262;

/** @returns {string} a data URL */
export function paintHarbour() {
  const canvas = document.createElement("canvas");
  canvas.width = WIDTH;
  canvas.height = HEIGHT;
  const brush = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  fill(brush, 0, HORIZON, ["#1d1b4b", "#4a3a8c", "#b5618f", "#f2a07b", "#fbd3a1"]);
  fill(brush, HORIZON, HEIGHT, ["#d98f86", "#7a5596", "#2f2b66", "#191741"]);
  sun(brush);
  hills(brush, 52, 0.0105, "#6d4b8d", 0.75);
  hills(brush, 30, 0.019, "#3d3170", 0.9);
  glitter(brush);
  [[150, 322, 1], [248, 300, 0.62], [566, 340, 1.25]].forEach(([x, y, size]) => boat(brush, x, y, size));
  return canvas.toDataURL("image/jpeg", 0.88);
}

/** @param {CanvasRenderingContext2D} brush @param {number} top @param {number} bottom @param {string[]} colours */
function fill(brush, top, bottom, colours) {
  const gradient = brush.createLinearGradient(0, top, 0, bottom);
  colours.forEach((colour, at) => gradient.addColorStop(at / (colours.length - 1), colour));
  brush.fillStyle = gradient;
  brush.fillRect(0, top, WIDTH, bottom - top);
}

/** @param {CanvasRenderingContext2D} brush */
function sun(brush) {
  const glow = brush.createRadialGradient(430, HORIZON - 22, 8, 430, HORIZON - 22, 190);
  glow.addColorStop(0, "rgba(255, 240, 205, 0.95)");
  glow.addColorStop(0.16, "rgba(255, 216, 160, 0.55)");
  glow.addColorStop(1, "rgba(255, 190, 140, 0)");
  brush.fillStyle = glow;
  brush.fillRect(0, 0, WIDTH, HORIZON);
  brush.fillStyle = "#fff3d6";
  brush.beginPath();
  brush.arc(430, HORIZON - 22, 26, 0, 2 * Math.PI);
  brush.fill();
}

/** @param {CanvasRenderingContext2D} brush @param {number} height @param {number} stretch @param {string} colour @param {number} opacity */
function hills(brush, height, stretch, colour, opacity) {
  brush.globalAlpha = opacity;
  brush.fillStyle = colour;
  brush.beginPath();
  brush.moveTo(0, HORIZON);
  for (let x = 0; x <= WIDTH; x += 4) {
    const wave = Math.sin(x * stretch + height) * 0.6 + Math.sin(x * stretch * 2.3) * 0.3;
    // Open to the sea where the sun goes down.
    const gap = Math.min(1, Math.abs(x - 430) / 260);
    brush.lineTo(x, HORIZON - Math.max(0, height * gap * (0.55 + wave)));
  }
  brush.lineTo(WIDTH, HORIZON);
  brush.fill();
  brush.globalAlpha = 1;
}

/** @param {CanvasRenderingContext2D} brush */
function glitter(brush) {
  for (let y = HORIZON + 4; y < HEIGHT; y += 5) {
    const reach = 16 + (y - HORIZON) * 0.42;
    for (let part = 0; part < 4; part++) {
      const x = 430 + (Math.random() - 0.5) * 2 * reach;
      brush.fillStyle = `rgba(255, 226, 178, ${(0.5 * (1 - (y - HORIZON) / 190)).toFixed(2)})`;
      brush.fillRect(x, y, 8 + Math.random() * 26, 1.6);
    }
  }
}

/** @param {CanvasRenderingContext2D} brush @param {number} x @param {number} y @param {number} size */
function boat(brush, x, y, size) {
  brush.save();
  brush.translate(x, y);
  brush.scale(size, size);
  brush.fillStyle = "#15133a";
  brush.beginPath();
  brush.moveTo(-26, 0);
  brush.quadraticCurveTo(0, 15, 26, 0);
  brush.closePath();
  brush.fill();
  brush.fillRect(-0.9, -58, 1.8, 58);
  brush.globalAlpha = 0.28;
  brush.fillRect(-16, 10, 32, 1.4);
  brush.fillRect(-9, 15, 20, 1.2);
  brush.restore();
}
