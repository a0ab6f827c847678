/** How much of one frequency is in a piece of sound (Goertzel's algorithm). */

/**
 * Power of that component: A^2 / 2 for a sine of amplitude A. Neighbours closer than sampleRateHz / samples.length
 * are not told apart.
 * @param samples one channel, -1..1, at least a few periods
 */
export function tonePower(samples: ArrayLike<number>, sampleRateHz: number, frequencyHz: number): number {
  const omega = (2 * Math.PI * frequencyHz) / sampleRateHz;
  const coefficient = 2 * Math.cos(omega);
  let previous = 0;
  let beforePrevious = 0;
  for (let index = 0; index < samples.length; index++) {
    const current = (samples[index] ?? 0) + coefficient * previous - beforePrevious;
    beforePrevious = previous;
    previous = current;
  }
  const energy = previous ** 2 + beforePrevious ** 2 - coefficient * previous * beforePrevious;
  return (2 * energy) / samples.length ** 2;
}
