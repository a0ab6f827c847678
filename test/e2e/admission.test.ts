/** The check before a start, in a server that really starts: a ladder too heavy is refused, an ordinary one is measured once. */
import { spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type RostrumServer, startRostrumServer } from '../support/rostrum-server.ts';

const entry = fileURLToPath(new URL('../../src/main.ts', import.meta.url));
const small = '416x234:350000';
const ladder = `1280x720:2500000,${small}`;

/** Encodes two sizes with much of x264’s thoroughness, several cores’ worth; one size as it is told to. */
const thoroughFfmpeg = `#!/bin/sh
case "$*" in *"[v1]"*) ;; *) exec ffmpeg "$@" ;; esac
for argument do
  shift
  case "$argument" in
    veryfast) argument=slower ;;
    none) argument=all ;;
    -subq) argument=-trellis ;;
  esac
  set -- "$@" "$argument"
done
exec ffmpeg "$@"
`;

let folder: string;
const servers: RostrumServer[] = [];
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'rostrum-admission-'));
});
afterEach(async () => {
  for (const server of servers.splice(0)) await server.dispose();
  rmSync(folder, { recursive: true, force: true });
});

describe('npm start with a ladder that this machine cannot encode', () => {
  it('exits with 2, says what it would take, and names the nearest ladder that fits', async () => {
    const ffmpegPath = path.join(folder, 'ffmpeg');
    writeFileSync(ffmpegPath, thoroughFfmpeg);
    chmodSync(ffmpegPath, 0o755);
    const child = spawn(process.execPath, [entry], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        PATH: process.env.PATH,
        ROSTRUM_HTTP_PORT: '0',
        ROSTRUM_SFU_BASE_PORT: '29700',
        ROSTRUM_TURN_ENABLED: 'false',
        ROSTRUM_DATA_DIR: path.join(folder, 'data'),
        ROSTRUM_MIXER_FFMPEG_PATH: ffmpegPath,
        ROSTRUM_MIXER_LADDER: ladder,
      },
    });
    try {
      let text = '';
      for (const stream of [child.stdout, child.stderr])
        stream.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
      const [code] = (await once(child, 'close')) as [number | null];
      expect(code, text).toBe(2);
      expect(text).toContain('(MIXER_LADDER_TOO_HEAVY)');
      expect(text).toContain(`This machine cannot be live with ${ladder} at 30/s`);
      expect(text).toMatch(/encoding takes [\d.]+ cores, with WebRTC and decoding [\d.]+ of \d+/);
      expect(text).toMatch(/This fits:\s+ROSTRUM_MIXER_WIDTH=1280\s+ROSTRUM_MIXER_HEIGHT=720\s/);
      expect(text).toContain(`ROSTRUM_MIXER_LADDER=${small}\n`);
    } finally {
      child.kill('SIGKILL');
    }
  });
});

describe('npm start with a ladder that fits', () => {
  it('measures at the first start, and remembers at the second', async () => {
    const start = async () => {
      const env = { ROSTRUM_MIXER_ADMISSION: 'measure', ROSTRUM_MIXER_LADDER: small, ROSTRUM_TURN_ENABLED: 'false' };
      const server = await startRostrumServer({ dataDir: path.join(folder, 'data'), env, readyDeadlineMs: 90_000 });
      servers.push(server);
      const hasMeasured = server.log().includes('Measuring what this machine can encode');
      expect(await server.stop(60_000)).toMatchObject({ code: 0 });
      return hasMeasured;
    };
    expect(await start()).toBe(true);
    expect(existsSync(path.join(folder, 'data', 'encoding-cost.json'))).toBe(true);
    expect(await start()).toBe(false);
  });
});
