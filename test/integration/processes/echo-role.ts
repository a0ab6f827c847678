/** A role for tests: answers every message, and can be told to misbehave. Run as a child by role-process.test.ts. */
import { connectParent } from '../../../src/app/processes/index.ts';

type Order = { readonly type: string; readonly bytes?: Uint8Array };

const channel = connectParent();
let isStubborn = false;
let bulkCount = 0;

channel.onMessage((message) => {
  const order = message as Order;
  if (order.type === 'bulk') bulkCount++;
  if (order.type === 'exit') process.exit(7);
  if (order.type === 'burstAndLeave') {
    for (let index = 0; index < 20; index++) channel.send({ type: 'burst', bytes: new Uint8Array(1_000_000) });
    channel.close();
    return;
  }
  if (order.type === 'stubborn') {
    isStubborn = true;
    process.on('SIGTERM', () => undefined);
    setInterval(() => undefined, 1000);
  }
  if (order.type === 'busy') for (const endMs = Date.now() + 60_000; Date.now() < endMs;);
  channel.send({ type: 'echo', order, argv: process.argv.slice(2) });
});
channel.onDisconnect(() => {
  process.exitCode = bulkCount;
  if (!isStubborn) channel.close();
});
channel.send({ type: 'ready' });
