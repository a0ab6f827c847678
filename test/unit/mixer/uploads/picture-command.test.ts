import { describe, expect, it } from 'vitest';
import { picturePlan } from '../../../../src/mixer/uploads/picture-command.ts';

const canvas = { width: 1280, height: 720 };
const sizeOf = (part: 'logo' | 'background', width: number, height: number, orientation: 1 | 6 = 1) => {
  const plan = picturePlan(part, { format: 'jpeg', width, height }, orientation, canvas);
  return [plan.width, plan.height];
};

describe('picturePlan', () => {
  it('shows a logo whole within 640x360 and never enlarges it', () => {
    expect(sizeOf('logo', 62, 34)).toEqual([62, 34]);
    expect(sizeOf('logo', 4000, 4000)).toEqual([360, 360]);
    expect(sizeOf('logo', 8192, 1)).toEqual([640, 1]);
    expect(sizeOf('logo', 400, 200, 6)).toEqual([180, 360]);
  });

  it('cuts a background to the canvas and never enlarges it', () => {
    expect(sizeOf('background', 4000, 3000)).toEqual([1280, 720]);
    expect(sizeOf('background', 3000, 4000)).toEqual([1280, 720]);
    expect(sizeOf('background', 800, 600)).toEqual([800, 600]);
    expect(sizeOf('background', 8192, 100)).toEqual([1280, 100]);
  });

  it('names the only format, decoder and protocol that may be used', () => {
    const { args } = picturePlan('logo', { format: 'webp', width: 2, height: 2 }, 1, canvas);
    const text = args.join(' ');
    expect(text).toContain('-protocol_whitelist pipe');
    expect(text).toContain('-c:v webp -f webp_pipe -i pipe:0');
  });
});
