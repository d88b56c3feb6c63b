// Colour and pattern of a grid by its number, as maps/style.py defines them; a swatch and a canvas fill of it.

/** @typedef {import("./types.js").Palette} Palette */

/**
 * @param {Palette} palette @param {number | null} number
 * @returns {{colour: string, pattern: string}}
 */
export function gridStyle(palette, number) {
  if (number === null) return { colour: palette.unassigned, pattern: "solid" };
  const index = number - 1;
  return {
    colour: palette.colours[index % palette.colours.length],
    pattern: palette.patterns[Math.floor(index / palette.colours.length) % palette.patterns.length],
  };
}

const SIZE = 8;

/**
 * Draws one tile of a pattern on its colour.
 * @param {{colour: string, pattern: string}} style @param {string} ink
 */
function patternTile({ colour, pattern }, ink) {
  const tile = document.createElement("canvas");
  tile.width = tile.height = SIZE;
  const context = /** @type {CanvasRenderingContext2D} */ (tile.getContext("2d"));
  context.fillStyle = colour;
  context.fillRect(0, 0, SIZE, SIZE);
  context.strokeStyle = context.fillStyle = ink;
  context.lineWidth = 1.5;
  context.beginPath();
  if (pattern === "diagonal" || pattern === "cross") {
    for (const shift of [-SIZE, 0, SIZE]) context.moveTo(shift, SIZE), context.lineTo(shift + SIZE, 0);
  }
  if (pattern === "cross") {
    for (const shift of [-SIZE, 0, SIZE]) context.moveTo(shift, 0), context.lineTo(shift + SIZE, SIZE);
  }
  context.stroke();
  if (pattern === "dots") {
    context.arc(SIZE / 2, SIZE / 2, 1.6, 0, 2 * Math.PI);
    context.fill();
  }
  return tile;
}

/**
 * A canvas's fill in this colour and pattern; a pattern is typed as the string that Leaflet hands on to the canvas.
 * @param {{colour: string, pattern: string}} style @param {string} ink
 * @returns {string}
 */
export function canvasFill(style, ink) {
  if (style.pattern === "solid") return style.colour;
  const context = /** @type {CanvasRenderingContext2D} */ (document.createElement("canvas").getContext("2d"));
  return /** @type {any} */ (context.createPattern(patternTile(style, ink), "repeat"));
}

/**
 * Fills of grids for a canvas, each made once. The first grids are plain colours, the later ones patterns.
 * @param {Palette} palette
 * @returns {(number: number | null) => string}
 */
export function fillMaker(palette) {
  /** @type {Map<number | null, string>} */
  const made = new Map();
  return (number) => {
    const fill = made.get(number) ?? canvasFill(gridStyle(palette, number), palette.ink);
    made.set(number, fill);
    return fill;
  };
}

/**
 * A small square in a grid's colour and pattern, for tables.
 * @param {Palette} palette @param {number | null} number
 */
export const swatch = (palette, number) => swatchOf(gridStyle(palette, number), palette.ink);

/** A small square in this colour and pattern. @param {{colour: string, pattern: string}} style @param {string} ink */
export function swatchOf(style, ink) {
  const element = document.createElement("span");
  element.className = "swatch";
  element.style.background = style.pattern === "solid" ? style.colour : `url(${patternTile(style, ink).toDataURL()})`;
  return element;
}
