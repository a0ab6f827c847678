/** `hls-check` as a person runs it, on streams of FFmpeg's own HLS muxer behind a plain file server. */
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { createReadStream, existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type CheckReport } from '../../../src/hls/check/index.ts';

const run = promisify(execFile);
const types: Readonly<Record<string, string>> = {
  '.m3u8': 'application/vnd.apple.mpegurl',
  '.m4s': 'video/mp4',
  '.mp4': 'video/mp4',
  '.ts': 'video/mp2t',
};

let folder: string;
let server: Server;
beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'rostrum-hls-check-'));
  mkdirSync(path.join(folder, 'ts'));
  const source = '-f lavfi -i testsrc=s=320x180:r=30 -f lavfi -i sine=f=440:r=48000 -t 14'.split(' ');
  const codecs = '-c:v libx264 -preset ultrafast -pix_fmt yuv420p -g 60 -keyint_min 60 -sc_threshold 0 -c:a aac'.split(
    ' ',
  );
  const ladder =
    '-map 0:v -map 1:a -map 0:v -map 1:a -b:v:0 300k -maxrate:v:0 330k -bufsize:v:0 600k -b:v:1 150k'.split(' ');
  const fmp4 =
    '-f hls -hls_time 2 -hls_playlist_type vod -hls_segment_type fmp4 -master_pl_name multivariant.m3u8'.split(' ');
  const names = ['-var_stream_map', 'v:0,a:0 v:1,a:1', '-hls_segment_filename', 'v%v/s%d.m4s', 'v%v/media.m3u8'];
  await run('ffmpeg', ['-v', 'error', ...source, ...ladder, ...codecs, ...fmp4, ...names], { cwd: folder });
  const ts = '-f hls -hls_time 2 -hls_list_size 6 ts/media.m3u8'.split(' ');
  await run('ffmpeg', ['-v', 'error', ...source, ...codecs, ...ts], { cwd: folder });
  server = createServer((req, res) => {
    const file = path.join(folder, path.normalize(new URL(req.url!, 'http://x').pathname));
    if (!file.startsWith(folder) || !existsSync(file)) {
      res.writeHead(404).end();
      return;
    }
    res.writeHead(200, { 'content-type': types[path.extname(file)] ?? 'text/plain' });
    createReadStream(file).pipe(res);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
});
afterAll(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  rmSync(folder, { recursive: true, force: true });
});

const url = (name: string) => `http://127.0.0.1:${(server.address() as AddressInfo).port}/${name}`;

async function hlsCheck(...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  try {
    return { code: 0, ...(await run('scripts/rostrum.mjs', ['hls-check', ...args])) };
  } catch (error) {
    return error as { code: number; stdout: string; stderr: string };
  }
}

describe('hls-check', () => {
  it('finds no error in plain fMP4 of two sizes, and has read all of it', async () => {
    const { code, stdout } = await hlsCheck(url('multivariant.m3u8'), '--json');
    const report = JSON.parse(stdout) as CheckReport;
    expect(report.findings.filter(({ severity }) => severity === 'E')).toEqual([]);
    expect([code, report.isLowLatency, report.counts.segments]).toEqual([0, false, 14]);
    for (const rule of [6, 8, 18, 21, 42, 51, 52, 64, 65, 69, 70, 71])
      expect(report.coverage[rule - 1]!.checks).toBeGreaterThan(0);
  });

  it('finds no error in MPEG-TS, and says what it could not look at', async () => {
    const { code, stdout } = await hlsCheck(url('ts/media.m3u8'));
    expect(stdout).toMatch(/^0 errors, \d+ warnings$/m);
    expect(stdout).toContain('needs fMP4 segments');
    expect(code).toBe(0);
  });

  it('exits with 1 when there are errors, naming rule, clause and place', async () => {
    const playlist = path.join(folder, 'broken.m3u8');
    await run(
      'sh',
      [
        '-c',
        `sed -e 's/TARGETDURATION:2/TARGETDURATION:1/' -e 's#^s#v0/s#' -e 's#init_#v0/init_#' v0/media.m3u8 > ${playlist}`,
      ],
      { cwd: folder },
    );
    const { code, stdout } = await hlsCheck(url('broken.m3u8'));
    expect(code).toBe(1);
    expect(stdout).toMatch(/^E {2}6 {2}expected EXTINF, rounded, of at most the target duration \(7 times/m);
    expect(stdout).toContain('§4.4.3.1');
    expect(stdout).toMatch(/where .*broken\.m3u8, segment 0, line \d+/);
  });

  it.each([[[]], [['nonsense', '--seconds', '60']], [['http://127.0.0.1:9/a.m3u8']], [['http://a', '--seconds', '1']]])(
    'exits with 2 for %j',
    async (args) => {
      const { code, stdout, stderr } = await hlsCheck(...args);
      expect([code, stdout]).toEqual([2, '']);
      expect(stderr).not.toBe('');
    },
  );
});
