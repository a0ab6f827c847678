/** Puts an answer on the wire, by HTTP/1.1 or HTTP/2. A client that does not take it before the deadline is cut off. */
import { type ServerResponse } from 'node:http';
import { type ServerHttp2Stream } from 'node:http2';
import { type Clock } from '../../core/clock.ts';
import { type Answer } from './answer.ts';

export interface WriteDeadline {
  readonly clock: Clock;
  readonly writeDeadlineMs: number;
  readonly onMissed: () => void;
}

export function sendOverHttp1(res: ServerResponse, { status, headers, body }: Answer, deadline: WriteDeadline): void {
  if (res.destroyed || res.writableEnded) return;
  res.writeHead(status, headers);
  if (body.length === 0) {
    res.end();
    return;
  }
  res.cork();
  for (const bytes of body.slice(0, -1)) res.write(bytes);
  res.end(body.at(-1));
  // Nearly always the kernel has taken all of it by now.
  if (res.socket?.writableLength === 0) return;
  cutOffLate(res, deadline, () => res.destroy());
}

export function sendOverHttp2(stream: ServerHttp2Stream, answer: Answer, deadline: WriteDeadline): void {
  if (stream.destroyed || stream.closed) return;
  const { status, headers, body } = answer;
  stream.respond({ ':status': status, ...headers }, { endStream: body.length === 0 });
  if (body.length === 0) return;
  stream.cork();
  for (const bytes of body.slice(0, -1)) stream.write(bytes);
  stream.end(body.at(-1));
  // The other streams of the connection go on.
  cutOffLate(stream, deadline, () => stream.destroy());
}

function cutOffLate(
  client: { once(event: 'close', listener: () => void): unknown },
  { clock, writeDeadlineMs, onMissed }: WriteDeadline,
  cutOff: () => void,
): void {
  const timer = clock.schedule(writeDeadlineMs, () => {
    onMissed();
    cutOff();
  });
  client.once('close', () => timer.cancel());
}
