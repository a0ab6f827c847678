import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FakeClock } from '../../../../src/core/clock.ts';
import { silentLogger } from '../../../../src/core/logger.ts';
import { judge, smallerWork } from '../../../../src/mixer/admission/capacity.ts';
import { CostCache } from '../../../../src/mixer/admission/cost-cache.ts';
import { LadderAdmission } from '../../../../src/mixer/admission/ladder-admission.ts';
import { type LadderCost, type LadderWork } from '../../../../src/mixer/admission/measure-ladder.ts';
import { defaultLadder, ladderText } from '../../../../src/mixer/ladder/ladder.ts';

const canvas720 = { width: 1280, height: 720, frameRate: 30 };
const canvas1080 = { width: 1920, height: 1080, frameRate: 30 };
const workOn = (canvas: LadderWork['canvas']): LadderWork => ({
  canvas,
  ladder: defaultLadder(canvas),
  audioBitsPerSec: 96_000,
  ffmpegPath: 'ffmpeg',
});

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'rostrum-admission-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** A machine on which encoding costs so many cores per megapixel, and which is measured by arithmetic. */
function admissionOn(options: {
  readonly coresPerMegapixel: number;
  readonly canvas?: LadderWork['canvas'];
  readonly coreCount?: number;
  readonly realTimeRatio?: number;
  readonly ffmpegVersion?: string;
}) {
  const { coresPerMegapixel, canvas = canvas720, coreCount = 2, realTimeRatio = 3, ffmpegVersion = '5.1' } = options;
  const measured: string[] = [];
  const costs: LadderCost[] = [];
  const admission = new LadderAdmission({
    work: workOn(canvas),
    ffmpegVersion,
    cache: new CostCache(path.join(folder, 'cost.json'), silentLogger),
    clock: new FakeClock(),
    logger: silentLogger,
    machine: { cpuModel: 'Test CPU', coreCount },
    measure: async ({ ladder }) => {
      measured.push(ladderText(ladder));
      const megapixels = ladder.reduce((sum, { width, height }) => sum + (width * height) / 1e6, 0);
      return costs.shift() ?? { encodeCores: coresPerMegapixel * megapixels, realTimeRatio };
    },
  });
  return { admission, measured, costs };
}

describe('LadderAdmission.admit', () => {
  it('measures once, remembers the answer in the file, and asks the file from then on', async () => {
    const first = admissionOn({ coresPerMegapixel: 0.25 });
    expect(await first.admission.admit()).toMatchObject({ fits: true, coreCount: 2 });
    expect(first.measured).toHaveLength(1);
    const second = admissionOn({ coresPerMegapixel: 99 });
    expect(await second.admission.admit()).toMatchObject({ fits: true });
    expect(second.measured).toHaveLength(0);
  });

  it.each([
    ['FFmpeg', { ffmpegVersion: '7.1' }],
    ['the number of cores', { coreCount: 4 }],
    ['the canvas', { canvas: canvas1080, coreCount: 2, coresPerMegapixel: 0.1 }],
  ])('measures anew when %s is another', async (_name, change) => {
    await admissionOn({ coresPerMegapixel: 0.25 }).admission.admit();
    const { admission, measured } = admissionOn({ coresPerMegapixel: 0.25, ...change });
    await admission.admit();
    expect(measured).toHaveLength(1);
  });

  it('throws MIXER_LADDER_TOO_HEAVY with figures and the nearest ladder that fits, ready to be pasted', async () => {
    const { admission, measured } = admissionOn({ coresPerMegapixel: 0.6, canvas: canvas1080 });
    const error = (await admission.admit().catch((thrown: unknown) => thrown)) as Error;
    expect(error).toMatchObject({
      code: 'MIXER_LADDER_TOO_HEAVY',
      fault: 'caller',
      details: { coreCount: 2, fitting: '1280x720:2500000,768x432:1000000,416x234:350000' },
    });
    expect(error.message).toMatch(/encoding takes 2\.05 cores, with WebRTC and decoding 3\.34 of 2/);
    expect(error.message).toContain(
      'ROSTRUM_MIXER_WIDTH=1280\n  ROSTRUM_MIXER_HEIGHT=720\n  ROSTRUM_MIXER_LADDER=1280x720:2500000,768x432:1000000,416x234:350000',
    );
    // Twice what is refused, since somebody else's load may have been measured, and then the suggestion.
    expect(measured).toHaveLength(3);
  });

  it('says so when nothing fits', async () => {
    const { admission } = admissionOn({ coresPerMegapixel: 50 });
    await expect(admission.admit()).rejects.toMatchObject({
      code: 'MIXER_LADDER_TOO_HEAVY',
      message: expect.stringContaining('No part of this ladder fits') as string,
    });
  });

  it('refuses what is not faster than real time, however many cores there are', async () => {
    const { admission } = admissionOn({ coresPerMegapixel: 0.1, coreCount: 64, realTimeRatio: 1.1 });
    await expect(admission.admit()).rejects.toMatchObject({ code: 'MIXER_LADDER_TOO_HEAVY' });
  });

  it('lets in what fits at the second try', async () => {
    const { admission, costs } = admissionOn({ coresPerMegapixel: 0.25 });
    costs.push({ encodeCores: 3, realTimeRatio: 0.5 });
    expect(await admission.admit()).toMatchObject({ fits: true });
  });

  it('measures again before it turns away what is remembered as too heavy', async () => {
    await expect(admissionOn({ coresPerMegapixel: 9 }).admission.admit()).rejects.toThrow();
    const { admission, measured } = admissionOn({ coresPerMegapixel: 0.25 });
    expect(await admission.admit()).toMatchObject({ fits: true });
    expect(measured).toHaveLength(1);
  });
});

describe('LadderAdmission.assertRoomFor', () => {
  it('lets in as many as fit together, and throws MIXER_CAPACITY_EXHAUSTED for one more', async () => {
    const { admission } = admissionOn({ coresPerMegapixel: 0.25 });
    await admission.admit();
    for (const liveCount of [1, 2]) expect(() => admission.assertRoomFor(liveCount)).not.toThrow();
    expect(() => admission.assertRoomFor(3)).toThrow(
      expect.objectContaining({
        code: 'MIXER_CAPACITY_EXHAUSTED',
        details: expect.objectContaining({ liveCount: 3, coreCount: 2 }) as object,
      }),
    );
  });
});

describe('CostCache', () => {
  const file = () => path.join(folder, 'cost.json');
  const cache = () => new CostCache(file(), silentLogger);

  it.each([
    ['damaged', '{'],
    ['of another shape', '{"cost": 1}'],
    ['with impossible figures', '[{"key":"k","encodeCores":-1,"realTimeRatio":1}]'],
  ])('takes a file that is %s for none, and replaces it', (_name, text) => {
    writeFileSync(file(), text);
    expect(cache().get('k')).toBeUndefined();
    cache().put('k', { encodeCores: 0.4, realTimeRatio: 3 });
    expect(cache().get('k')).toEqual({ encodeCores: 0.4, realTimeRatio: 3 });
  });

  it('keeps the newest 16', () => {
    for (let index = 0; index < 20; index++) cache().put(`k${index}`, { encodeCores: 1, realTimeRatio: 1 });
    expect(cache().get('k3')).toBeUndefined();
    expect(cache().get('k19')).toBeDefined();
    expect(JSON.parse(readFileSync(file(), 'utf8'))).toHaveLength(16);
  });

  it('put does not throw where nothing can be written', () => {
    const nowhere = new CostCache(path.join(folder, 'missing', 'cost.json'), silentLogger);
    expect(() => nowhere.put('k', { encodeCores: 1, realTimeRatio: 1 })).not.toThrow();
  });
});

describe('judge', () => {
  const cost = { encodeCores: 0.353, realTimeRatio: 2.6 };

  it('fits the default ladder on two cores as they were measured, once and twice', () => {
    expect(judge(canvas720, cost, 2).neededCores).toBeCloseTo(1.19, 2);
    expect([1, 2, 3].map((liveCount) => judge(canvas720, cost, 2, liveCount).fits)).toEqual([true, true, false]);
    expect(judge(canvas720, cost, 1).fits).toBe(false);
  });

  it('asks for nine decoded tiles of one program and five of every other', () => {
    const needed = [1, 2, 3].map((liveCount) => judge(canvas720, cost, 8, liveCount).neededCores);
    const [first, second] = [needed[1]! - needed[0]!, needed[2]! - needed[1]!];
    expect(first).toBeCloseTo(second, 6);
    // A full grid takes 9 x 0.03 core, a spotlight with four thumbnails 5 x 0.03 and 0.04 for the large one.
    expect(needed[0]! - 0.3 - first).toBeCloseTo(0.27 - 0.19, 6);
  });

  it('fits the 1080p ladder once', () => {
    const large = { encodeCores: 0.833, realTimeRatio: 1.44 };
    expect([1, 2].map((liveCount) => judge(canvas1080, large, 2, liveCount).fits)).toEqual([true, false]);
  });
});

describe('smallerWork', () => {
  it('drops rungs from the top, and the large canvas with the first of them', () => {
    const work = smallerWork(workOn(canvas1080));
    expect(work.map(({ canvas, ladder }) => [canvas.height, ladder.map(({ height }) => height)])).toEqual([
      [720, [720, 432, 234]],
      [720, [432, 234]],
      [720, [234]],
    ]);
  });
});
