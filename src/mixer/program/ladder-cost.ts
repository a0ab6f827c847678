/** What each length of a ladder costs, one against the other. Pure. */

interface Size {
  readonly width: number;
  readonly height: number;
}

/** Reading and scaling the canvas, per pixel, where encoding a pixel of a rung is 1 (measured at 720p and 1080p). */
const canvasPixelCost = 0.15;

/** What encoding costs with 0, 1, 2 ... rungs left out from the top, in a measure of its own. */
export function ladderCosts(canvas: Size, rungs: readonly Size[]): number[] {
  const pixelCount = ({ width, height }: Size) => width * height;
  return rungs.map((_, droppedCount) =>
    rungs.slice(droppedCount).reduce((sum, rung) => sum + pixelCount(rung), canvasPixelCost * pixelCount(canvas)),
  );
}
