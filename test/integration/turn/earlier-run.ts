/** A program that runs a TURN server, says the pid of its coturn, and waits to be killed. */
import { createTurnServer, turnConfigSchema } from '../../../src/app/processes/index.ts';
import { systemClock } from '../../../src/core/clock.ts';
import { silentLogger } from '../../../src/core/logger.ts';

const { dataDir, listenIp, port, secret } = JSON.parse(process.argv[2]!) as {
  dataDir: string;
  listenIp: string;
  port: number;
  secret: string;
};
const server = createTurnServer({
  config: turnConfigSchema.parse({ listenIp, port, secret, minRelayPort: 51_000, maxRelayPort: 51_020 }),
  sfuAddresses: [listenIp],
  dataDir,
  clock: systemClock,
  logger: silentLogger,
});
await server.start();
process.stdout.write(`${server.isReady ? server.pid : 'not ready'}\n`);
