import { appendFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { sha256Of } from '../../../../src/recording/hashing.ts';
import { SessionSpool } from '../../../../src/recording/spool/session-spool.ts';
import { initOf, partOf, renditionId, segmentOf, startRecord } from '../support/fake-program.ts';

describe('SessionSpool', () => {
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'rostrum-spool-'));
  });

  afterEach(() => rmSync(folder, { recursive: true }));

  const begin = async () => {
    const spool = await SessionSpool.open(folder);
    spool.stage(startRecord());
    spool.stageInit(initOf(0));
    return spool;
  };
  const mediaPath = () => join(folder, `${renditionId}.run-0.mp4`);
  const journalPath = () => join(folder, 'journal.jsonl');

  it('stagePart + commit puts bytes and line on disk, and opening again knows them', async () => {
    const spool = await begin();
    expect(spool.stagePart(partOf(0, 0))).toBe('kept');
    expect(spool.stagePart(partOf(0, 1))).toBe('kept');
    await spool.commit();
    await spool.close();
    expect(readFileSync(mediaPath())).toEqual(Buffer.concat([initOf(0).bytes, partOf(0, 0).bytes, partOf(0, 1).bytes]));
    const again = await SessionSpool.open(folder);
    expect(again.state.openSegment(renditionId)).toMatchObject({ mediaSequenceNumber: 0, partCount: 2 });
    expect(again.stagePart(partOf(0, 1))).toBe('known');
    expect(again.stagePart(partOf(0, 2))).toBe('kept');
    expect(again.stageSegment(segmentOf(0, 3))).toBe('kept');
    await again.commit();
    const closed = again.state.segmentsOf(renditionId)[0];
    expect(closed).toMatchObject({ isTorn: false, partCount: 3 });
    // The hash went on across the restart.
    expect(closed?.sha256).toBe(sha256Of(Buffer.concat([0, 1, 2].map((index) => partOf(0, index).bytes))));
    await again.close();
  });

  it('stagePart answers lost for a part behind a hole, and the open segment is closed as torn', async () => {
    const spool = await begin();
    spool.stagePart(partOf(0, 0));
    expect(spool.stagePart(partOf(0, 2))).toBe('lost');
    expect(spool.stagePart(partOf(0, 3))).toBe('lost');
    expect(spool.stageSegment(segmentOf(0, 4))).toBe('known');
    expect(spool.stagePart(partOf(1, 0))).toBe('kept');
    await spool.commit();
    expect(spool.state.segmentsOf(renditionId)).toMatchObject([{ mediaSequenceNumber: 0, isTorn: true, partCount: 1 }]);
    await spool.close();
  });

  it('stagePart answers lost without its initialization segment', async () => {
    const spool = await begin();
    expect(spool.stagePart({ ...partOf(0, 0), runIndex: 1 })).toBe('lost');
    expect(spool.stagePart({ ...partOf(0, 0), renditionId: 'other' })).toBe('lost');
    await spool.close();
  });

  it('open cuts bytes that no line names and a torn last line', async () => {
    const spool = await begin();
    spool.stagePart(partOf(0, 0));
    await spool.commit();
    await spool.close();
    const mediaBytes = statSync(mediaPath()).size;
    const journalBytes = statSync(journalPath()).size;
    appendFileSync(mediaPath(), 'half a part');
    appendFileSync(journalPath(), '3 deadbeef {"type":"pa');
    const again = await SessionSpool.open(folder);
    await again.close();
    expect(statSync(mediaPath()).size).toBe(mediaBytes);
    expect(statSync(journalPath()).size).toBe(journalBytes);
  });

  it('open at any truncation of the journal keeps exactly the parts whose lines are whole', async () => {
    const spool = await begin();
    for (let index = 0; index < 3; index++) spool.stagePart(partOf(0, index));
    await spool.commit();
    await spool.close();
    const journal = readFileSync(journalPath());
    const media = readFileSync(mediaPath());
    for (let size = journal.length; size >= 0; size -= 7) {
      writeFileSync(journalPath(), journal.subarray(0, size));
      writeFileSync(mediaPath(), media);
      const again = await SessionSpool.open(folder);
      const lineCount = journal.subarray(0, size).filter((byte) => byte === 0x0a).length;
      expect(again.state.openSegment(renditionId)?.partCount ?? 0).toBe(Math.max(0, lineCount - 2));
      await again.close();
    }
  });

  it('open marks the open segment as damaged when its bytes are missing or changed, and takes the next one', async () => {
    const spool = await begin();
    spool.stagePart(partOf(0, 0));
    await spool.commit();
    await spool.close();
    const media = readFileSync(mediaPath());
    const journal = readFileSync(journalPath());
    const changed = Buffer.from(media);
    changed[changed.length - 1]! ^= 1;
    for (const bytes of [media.subarray(0, -1), changed]) {
      writeFileSync(mediaPath(), bytes);
      writeFileSync(journalPath(), journal);
      const again = await SessionSpool.open(folder);
      expect(again.state.losses).toMatchObject([{ cause: 'spoolDamaged', partCount: 1 }]);
      expect(again.state.openSegment(renditionId)).toBeUndefined();
      expect(again.stagePart(partOf(0, 1))).toBe('lost');
      expect(again.stagePart(partOf(1, 0))).toBe('kept');
      await again.commit();
      await again.close();
      const third = await SessionSpool.open(folder);
      expect(third.state.losses).toHaveLength(1);
      third.stageSegment(segmentOf(1, 1));
      expect(third.state.segmentsOf(renditionId)).toMatchObject([{ sha256: sha256Of(partOf(1, 0).bytes) }]);
      await third.close();
    }
  });

  it('open goes on with the lines before a broken one, names the loss and keeps the damaged files', async () => {
    const spool = await begin();
    spool.stagePart(partOf(0, 0));
    spool.stagePart(partOf(0, 1));
    spool.stagePart(partOf(0, 2));
    await spool.commit();
    await spool.close();
    const journal = readFileSync(journalPath());
    journal[journal.toString().split('\n').slice(0, 3).join('\n').length + 20]! ^= 1;
    writeFileSync(journalPath(), journal);
    const again = await SessionSpool.open(folder);
    expect(again.state.openSegment(renditionId)).toMatchObject({ partCount: 1 });
    expect(again.state.losses).toEqual([{ atMs: partOf(0, 1).programDateTimeMs, cause: 'spoolDamaged', partCount: 0 }]);
    await again.close();
    const kept = (prefix: string) => readdirSync(folder).filter((name) => name.startsWith(`${prefix}.damaged-`));
    expect(readFileSync(join(folder, kept('journal.jsonl')[0]!))).toEqual(journal);
    expect(readFileSync(join(folder, kept(`${renditionId}.run-0.mp4`)[0]!))).toEqual(
      Buffer.concat([partOf(0, 1).bytes, partOf(0, 2).bytes]),
    );
    const third = await SessionSpool.open(folder);
    expect(third.state.losses).toHaveLength(1);
    await third.close();
    expect(kept('journal.jsonl')).toHaveLength(1);
  });

  it('open rejects with REC_JOURNAL_DAMAGED when the first line is broken: nothing tells whose recording it is', async () => {
    const spool = await begin();
    await spool.commit();
    await spool.close();
    const journal = readFileSync(journalPath());
    journal[20]! ^= 1;
    writeFileSync(journalPath(), journal);
    await expect(SessionSpool.open(folder)).rejects.toMatchObject({ code: 'REC_JOURNAL_DAMAGED' });
  });

  it('nextUpload offers an object only when it is closed and durable', async () => {
    const spool = await begin();
    spool.stagePart(partOf(0, 0));
    expect(spool.nextUpload()).toBeUndefined();
    await spool.commit();
    const init = spool.nextUpload()!;
    expect(init.name).toBe(`${renditionId}/init-0.mp4`);
    spool.stageUploaded(init);
    expect(spool.nextUpload()).toBeUndefined();
    spool.stageSegment(segmentOf(0, 1));
    await spool.commit();
    expect(spool.nextUpload()).toMatchObject({ name: `${renditionId}/0.m4s`, sizeBytes: partOf(0, 0).bytes.length });
    await spool.close();
    const again = await SessionSpool.open(folder);
    again.stageUploaded(again.nextUpload()!);
    expect(again.nextUpload()).toBeUndefined();
    await again.close();
  });

  it('stageEvent answers known for an event that was sent again', async () => {
    const spool = await begin();
    const event = { type: 'speakerChanged' as const, atMs: 5, participantId: 'p1' };
    expect(spool.stageEvent(event)).toBe('kept');
    await spool.commit();
    await spool.close();
    const again = await SessionSpool.open(folder);
    expect(again.stageEvent(event)).toBe('known');
    await again.close();
  });
});
