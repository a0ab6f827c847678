import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { signalingErrorCatalog } from '../../../../src/signaling/index.ts';
import { displayNameSchema, rtpParametersSchema } from '../../../../src/signaling/protocol/index.ts';
import { meterLevel } from '../../../../web/src/stage/audio-level.ts';
import { describeProblem, problemFromError } from '../../../../web/src/stage/device-problem.ts';
import { parseDisplayName } from '../../../../web/src/lib/display-name.ts';
import { isFinalRefusal, isFinalRemoval, isGone } from '../../../../web/src/stage/refusal.ts';
import { cameraEncodings } from '../../../../web/src/stage/simulcast.ts';
import { stageStatus } from '../../../../web/src/stage/stage-status.ts';

describe('parseDisplayName', () => {
  it('accepts exactly what the protocol accepts', () => {
    const names = fc.oneof(fc.string({ maxLength: 70 }), fc.string({ unit: 'binary', maxLength: 70 }));
    fc.assert(
      fc.property(names, (entered) => {
        const parsed = displayNameSchema.safeParse(entered);
        expect(parseDisplayName(entered)).toBe(parsed.success ? parsed.data : undefined);
      }),
    );
  });
});

describe('cameraEncodings', () => {
  it('pass the schema of produce, lowest layer first', () => {
    const codecs = [{ mimeType: 'video/VP8', payloadType: 96, clockRate: 90_000 }];
    const encodings = cameraEncodings.map((encoding, index) => ({ ...encoding, rid: `r${index}` }));
    expect(rtpParametersSchema.safeParse({ codecs, encodings }).success).toBe(true);
    expect(cameraEncodings.map(({ scaleResolutionDownBy }) => scaleResolutionDownBy)).toEqual([4, 2, 1]);
  });
});

describe('problemFromError', () => {
  it.each([
    ['NotAllowedError', 'denied'],
    ['NotFoundError', 'missing'],
    ['OverconstrainedError', 'missing'],
    ['NotReadableError', 'busy'],
    ['SomethingNew', 'unknown'],
  ])('explains %s as %s, with a fix that names the device', (name, kind) => {
    const problem = problemFromError('camera', name);
    expect(problem.kind).toBe(kind);
    expect(problem.title).toContain('camera');
    expect(problem.fix.length).toBeGreaterThan(20);
  });

  it('tells insecure pages to use https', () => {
    expect(describeProblem('microphone', 'insecure').fix).toContain('https');
  });
});

describe('isFinalRefusal and isFinalRemoval', () => {
  it('never call final what the server calls retryable', () => {
    for (const [code, { retryable }] of Object.entries(signalingErrorCatalog)) {
      if (retryable) expect(isFinalRefusal(code), code).toBe(false);
    }
  });

  it('come back after a server restart, not after being removed for abuse', () => {
    expect(isFinalRemoval('SIGNALING_CLOSED')).toBe(false);
    expect(isFinalRemoval('SIGNALING_ABUSE')).toBe(true);
    // Else two windows of one person would throw each other out for ever.
    expect(isFinalRemoval('SIGNALING_REPLACED')).toBe(true);
    expect(isFinalRefusal('AUTH_TOKEN_EXPIRED')).toBe(true);
    expect(isFinalRefusal('SIGNALING_WEBINAR_FULL')).toBe(false);
  });

  it('isGone knows the missing of every part of the server', () => {
    expect(['MEDIA_NOT_FOUND', 'SFU_NOT_FOUND', 'INGEST_NOT_FOUND'].every(isGone)).toBe(true);
    expect(isGone('SFU_CANNOT_CONSUME')).toBe(false);
  });
});

describe('stageStatus', () => {
  it('says nothing while all is well', () => {
    expect(stageStatus('joined', 'healthy', 'healthy')).toBeUndefined();
  });

  it('puts the lost connection first, then what others miss, then what is missed', () => {
    expect(stageStatus('reconnecting', 'rebuilding', 'healthy')?.text).toContain('Rejoining');
    expect(stageStatus('joined', 'restarting', 'rebuilding')?.text).toContain('Others may not');
    expect(stageStatus('joined', 'unsteady', 'rebuilding')?.text).toContain('of the others');
    expect(stageStatus('joined', 'unsteady', 'healthy')?.tone).toBe('warn');
  });
});

describe('meterLevel', () => {
  it('is 0 for silence, 1 for loud speech, between for quiet speech', () => {
    expect(meterLevel(new Float32Array(256))).toBe(0);
    expect(meterLevel(new Float32Array(256).fill(0.5))).toBe(1);
    const quiet = meterLevel(new Float32Array(256).fill(0.01));
    expect(quiet).toBeGreaterThan(0.3);
    expect(quiet).toBeLessThan(0.6);
  });
});
