import { describe, expect, it } from 'vitest';
import { keyframeRequestLimits } from '../../../../src/mixer/input/keyframe-requester.ts';
import { type LossyCameraResult, playLossyCamera } from '../../../support/mixer-input/lossy-camera.ts';

const lossFromMs = 3000;
/** Longer than two ticks: a picture that is missing alone is no freeze. */
const freezeMs = 100;

/** From the end of the loss until the tile moves for good; 0 when it did all the time. */
function recoveryMs({ movedMs }: LossyCameraResult, lossUntilMs: number, untilMs: number): number {
  const moves = [...movedMs, untilMs];
  const frozenUntilMs = moves.findLast(
    (ms, index) => ms > lossUntilMs && ms - (moves[index - 1] ?? -Infinity) > freezeMs,
  );
  return frozenUntilMs === undefined ? 0 : frozenUntilMs - lossUntilMs;
}

describe.each([0.05, 0.1])('VideoInput behind a path that loses %f of all packets for good', (lossRatio) => {
  it.each([8, 20, 60, 150])(
    'with keyframes of %i packets moves again within a second after any loss of up to 20 s, by one request per second',
    (keyframePacketCount) => {
      const recoveries: number[] = [];
      let [requestCount, totalSec] = [0, 0];
      for (const roundTripMs of [50, 75, 100]) {
        for (let seed = 1; seed <= 12; seed++) {
          // Ends at any time of the camera's and of the program's frames.
          const lossUntilMs = lossFromMs + 3000 + ((seed * 7919) % 17_001);
          const untilMs = lossUntilMs + 3000;
          const path = { lossRatio, lossFromMs, lossUntilMs, keyframePacketCount, roundTripMs };
          const played = playLossyCamera({ ...path, seed, untilMs });
          expect(played.lostPacketCount).toBeGreaterThan(2);
          // It was seen: the loss froze the tile.
          const freezes = played.movedMs.slice(1).filter((ms, index) => ms - played.movedMs[index]! > freezeMs);
          expect(freezes.length).toBeGreaterThan(0);
          recoveries.push(recoveryMs(played, lossUntilMs, untilMs));
          expect(played.requestedMs.length).toBeLessThanOrEqual(untilMs / 1000 + keyframeRequestLimits.burst);
          requestCount += played.requestedMs.length;
          totalSec += untilMs / 1000;
        }
      }
      const rate = requestCount / totalSec;
      console.log(`worst recovery ${Math.max(...recoveries)} ms, ${rate.toFixed(2)} requests per second`);
      expect(Math.max(...recoveries)).toBeLessThanOrEqual(1000);
      expect(rate).toBeLessThanOrEqual(1.1);
    },
  );
});

describe('VideoInput behind a path that loses for minutes', () => {
  it('asks once per second on the long run, and moves again after a second and a half at the latest', () => {
    const path = { lossRatio: 0.1, lossFromMs, keyframePacketCount: 8, roundTripMs: 75 };
    for (let seed = 1; seed <= 4; seed++) {
      const lossUntilMs = lossFromMs + 500_000 + seed * 137;
      const untilMs = lossUntilMs + 3000;
      const played = playLossyCamera({ ...path, seed, lossUntilMs, untilMs });
      const inLastMinutes = played.requestedMs.filter((ms) => ms >= lossUntilMs - 120_000 && ms < lossUntilMs);
      // What was saved up meanwhile, while the stream was whole for some seconds, comes on top.
      expect(inLastMinutes.length).toBeLessThanOrEqual(125);
      expect(recoveryMs(played, lossUntilMs, untilMs)).toBeLessThanOrEqual(1500);
    }
  });
});
