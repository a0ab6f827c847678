/** A program at an origin behind the deployed edge, with segments 0 to 2 and two parts of segment 3. */
import { OriginServer } from './hls-http.ts';
import { TestProgram } from './hls-program.ts';
import { startVarnishEdge, type VarnishEdge } from './varnish-edge.ts';

export interface EdgeProgram {
  readonly test: TestProgram;
  /** Nothing has been asked of it yet. */
  readonly server: OriginServer;
  readonly edge: VarnishEdge;
  close(): Promise<void>;
}

export async function startEdgeProgram(options?: ConstructorParameters<typeof OriginServer>[2]): Promise<EdgeProgram> {
  const test = new TestProgram();
  const server = new OriginServer(test.config, test.clock, options);
  server.origin.addProgram(test.program);
  await server.listen();
  test.beginRun();
  test.feed(6.7);
  const edge = await startVarnishEdge(server.url(''));
  server.targets.length = 0;
  const close = async (): Promise<void> => {
    await edge.close();
    await server.close();
  };
  return { test, server, edge, close };
}
