import { describe, expect, it } from 'vitest';
import { FakeClock } from '../../../../src/core/clock.ts';
import { silentLogger } from '../../../../src/core/logger.ts';
import { Metrics } from '../../../../src/core/metrics.ts';
import { type MixerCommand, type MixerEvent } from '../../../../src/mixer/ports.ts';
import { type MixerProcess } from '../../../../src/mixer/supervisor/mixer-process-port.ts';
import { SpareMixer } from '../../../../src/mixer/supervisor/spare-mixer.ts';

class LaunchedProcess implements MixerProcess {
  readonly commands: MixerCommand[] = [];
  readonly #eventListeners: ((event: MixerEvent) => void)[] = [];
  readonly #exitListeners: ((cause: string) => void)[] = [];
  isKilled = false;

  send(command: MixerCommand): void {
    this.commands.push(command);
  }
  onEvent(listener: (event: MixerEvent) => void): void {
    this.#eventListeners.push(listener);
  }
  onExit(listener: (cause: string) => void): void {
    this.#exitListeners.push(listener);
  }
  kill(): void {
    this.isKilled = true;
    this.exit('SIGKILL');
  }
  isAlive(): void {
    for (const listener of this.#eventListeners) listener({ type: 'alive' });
  }
  exit(cause: string): void {
    for (const listener of this.#exitListeners) listener(cause);
  }
}

function spareMixer() {
  const clock = new FakeClock();
  const metrics = new Metrics();
  const launched: LaunchedProcess[] = [];
  const launch = () => {
    launched.push(new LaunchedProcess());
    return launched.at(-1)!;
  };
  const spare = new SpareMixer({ launch, clock, logger: silentLogger, metrics });
  spare.start();
  clock.advance(3000);
  return { clock, metrics, launched, spare };
}

describe('SpareMixer', () => {
  it('take gives the process that is up, and another one is started 3 s later', async () => {
    const { clock, metrics, launched, spare } = spareMixer();
    launched[0]!.isAlive();
    expect((await metrics.render()).body).toContain('rostrum_mixer_spare_ready 1');
    expect(spare.take()).toBe(launched[0]);
    expect((await metrics.render()).body).toContain('rostrum_mixer_spare_ready 0');
    clock.advance(2999);
    expect(launched).toHaveLength(1);
    clock.advance(1);
    expect(launched).toHaveLength(2);
    expect((await metrics.render()).body).toContain('rostrum_mixer_processes_taken_total{state="spare"} 1');
  });

  it('take while the spare is not up yet launches one and keeps the spare for the next', () => {
    const { launched, spare } = spareMixer();
    expect(spare.take()).toBe(launched[1]);
    launched[0]!.isAlive();
    expect(spare.take()).toBe(launched[0]);
  });

  it("a taken process is no longer watched: neither its silence nor its end is the spare keeper's", () => {
    const { clock, launched, spare } = spareMixer();
    launched[0]!.isAlive();
    spare.take();
    clock.advance(2000);
    launched[0]!.exit('SIGSEGV');
    clock.advance(4000);
    expect(launched[0]!.isKilled).toBe(false);
    expect(launched).toHaveLength(2);
  });

  it('a spare that hangs for 5 s or does not come up within 15 s is killed and replaced', () => {
    const { clock, launched } = spareMixer();
    launched[0]!.isAlive();
    clock.advance(4750);
    expect(launched[0]!.isKilled).toBe(false);
    clock.advance(250);
    expect(launched[0]!.isKilled).toBe(true);
    clock.advance(3000);
    expect(launched).toHaveLength(2);
    clock.advance(15_000);
    expect(launched[1]!.isKilled).toBe(true);
  });

  it('a spare that dies at once for ever is started every 8 s at most', () => {
    const { clock, launched } = spareMixer();
    for (let death = 0; death < 10; death++) {
      launched.at(-1)!.exit('exit code 1');
      clock.advance(8000);
    }
    const before = launched.length;
    launched.at(-1)!.exit('exit code 1');
    clock.advance(7999);
    expect(launched).toHaveLength(before);
  });

  it('close stops the spare, kills it after 2 s, and launches none any more', async () => {
    const { clock, launched, spare } = spareMixer();
    launched[0]!.isAlive();
    const closed = spare.close('server stops');
    await clock.advanceAsync(1000, 100);
    expect(launched[0]!.commands).toEqual([{ type: 'stop' }]);
    expect(launched[0]!.isKilled).toBe(false);
    await clock.advanceAsync(1200, 100);
    await closed;
    expect(launched[0]!.isKilled).toBe(true);
    clock.advance(60_000);
    expect(launched).toHaveLength(1);
    expect(clock.pendingTimerCount).toBe(0);
  });
});
