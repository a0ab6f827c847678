/** A real S3 server (Ceph RGW, scripts/s3-server) on free ports with data of its own, and the buckets that tests want in it. */
import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { CreateBucketCommand, PutBucketCorsCommand, PutBucketPolicyCommand, S3Client } from '@aws-sdk/client-s3';
import { type S3Config } from '../../src/app/object-store/index.ts';
import { freePortRange } from './free-port.ts';
import { importScript } from './import-script.ts';

const run = promisify(execFile);
const scripts = fileURLToPath(new URL('../../scripts/s3-server', import.meta.url));
const startDeadlineMs = 75_000;

export interface BucketOptions {
  /** Everybody may read below this prefix, pages of other origins too. */
  readonly publicPrefix?: string;
  /** What the key of `limited` may do in it: `s3:PutObject`. */
  readonly limitedActions?: readonly string[];
  /** And what it may not, of its own objects either. */
  readonly deniedActions?: readonly string[];
}

export interface S3Server {
  readonly endpoint: string;
  /** Of who owns the buckets. */
  readonly config: S3Config;
  /** Of somebody who may do what a bucket says and nothing else. */
  readonly limited: S3Config;
  createBucket(name: string, options?: BucketOptions): Promise<void>;
  close(): Promise<void>;
}

/** @throws Error when the packages are missing (`node scripts/setup.mjs --for test`) or it does not start */
export async function startS3Server(): Promise<S3Server> {
  const { s3ServerPackages } = await importScript<{ s3ServerPackages: () => string }>('setup/s3-server.mjs');
  const packages = s3ServerPackages();
  const data = mkdtempSync(path.join(tmpdir(), 'rostrum-s3-'));
  const port = await freePortRange(2);
  const close = async (): Promise<void> => {
    await run('bash', [path.join(scripts, 'stop.sh'), packages, data]);
    rmSync(data, { recursive: true, force: true });
  };
  try {
    const args = [path.join(scripts, 'start.sh'), packages, data, String(port), String(port + 1)];
    const { stdout } = await run('bash', args, { timeout: startDeadlineMs });
    const said = Object.fromEntries(stdout.split('\n').map((line) => line.split('=', 2))) as Record<string, string>;
    return new RunningS3Server(said, close);
  } catch (error) {
    const log = endOfLogs(path.join(data, 'log'));
    await close();
    throw new Error(`${(error as Error).message}\n${log}`, { cause: error });
  }
}

/** What its parts said last, before all of it is removed. */
function endOfLogs(folder: string): string {
  const names = existsSync(folder) ? readdirSync(folder).filter((name) => name.startsWith('osd')) : [];
  return names.map((name) => `--- ${name}\n${readFileSync(path.join(folder, name), 'utf8').slice(-3000)}`).join('\n');
}

class RunningS3Server implements S3Server {
  readonly endpoint: string;
  readonly config: S3Config;
  readonly limited: S3Config;
  readonly #client: S3Client;
  readonly #close: () => Promise<void>;

  constructor(said: Record<string, string>, close: () => Promise<void>) {
    this.endpoint = said['S3_ENDPOINT']!;
    const common = { endpoint: this.endpoint, region: 'us-east-1', forcePathStyle: true };
    const secretAccessKey = said['S3_SECRET_KEY']!;
    this.config = { ...common, accessKeyId: said['S3_ACCESS_KEY']!, secretAccessKey };
    this.limited = { ...common, accessKeyId: said['S3_LIMITED_ACCESS_KEY']!, secretAccessKey };
    this.#client = new S3Client({
      ...common,
      credentials: { accessKeyId: this.config.accessKeyId!, secretAccessKey },
      requestChecksumCalculation: 'WHEN_REQUIRED',
    });
    this.#close = close;
  }

  async createBucket(Bucket: string, options: BucketOptions = {}): Promise<void> {
    const { publicPrefix, limitedActions, deniedActions } = options;
    await this.#client.send(new CreateBucketCommand({ Bucket }));
    const Resource = `arn:aws:s3:::${Bucket}/*`;
    const limited = { Principal: { AWS: ['arn:aws:iam:::user/limited'] }, Resource };
    const everybody = { Principal: '*', Action: ['s3:GetObject'], Resource: `arn:aws:s3:::${Bucket}/${publicPrefix}*` };
    const statements = [
      ...(publicPrefix === undefined ? [] : [{ Effect: 'Allow', ...everybody }]),
      ...(limitedActions === undefined ? [] : [{ Effect: 'Allow', ...limited, Action: limitedActions }]),
      ...(deniedActions === undefined ? [] : [{ Effect: 'Deny', ...limited, Action: deniedActions }]),
    ];
    if (statements.length === 0) return;
    const Policy = JSON.stringify({ Version: '2012-10-17', Statement: statements });
    await this.#client.send(new PutBucketPolicyCommand({ Bucket, Policy }));
    if (publicPrefix === undefined) return;
    const CORSRules = [{ AllowedOrigins: ['*'], AllowedMethods: ['GET', 'HEAD'], AllowedHeaders: ['*'] }];
    await this.#client.send(new PutBucketCorsCommand({ Bucket, CORSConfiguration: { CORSRules } }));
  }

  async close(): Promise<void> {
    this.#client.destroy();
    await this.#close();
  }
}
