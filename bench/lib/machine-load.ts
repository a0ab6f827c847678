/** How busy the whole machine is: a figure taken on a full machine says more about its neighbours than about Rostrum. */
import { readFileSync } from 'node:fs';
import { availableParallelism, loadavg } from 'node:os';
import { round } from './percentiles.ts';

export interface CpuTicks {
  readonly total: number;
  readonly idle: number;
  /** Taken by other guests of the same host. */
  readonly stolen: number;
}

/** A 1-minute load above this share of the cores at the start is worth a warning. */
const maxLoadPerCore = 0.5;
/** Busier than this, processes wait for the CPU and latencies measure the waiting. */
const maxBusyRatio = 0.9;

/** The first line of /proc/stat (proc(5)). Guest time is inside user time and not counted twice. */
export function parseCpuTicks(procStat: string): CpuTicks {
  const [user = 0, nice = 0, system = 0, idle = 0, ioWait = 0, irq = 0, softIrq = 0, stolen = 0] = procStat
    .slice(0, procStat.indexOf('\n'))
    .split(/\s+/)
    .slice(1)
    .map(Number);
  return {
    total: user + nice + system + idle + ioWait + irq + softIrq + stolen,
    idle: idle + ioWait,
    stolen,
  };
}

/** Starts watching; the function that is returned tells the share of all cores that was busy since then, 0..1. */
export function watchMachine(): () => { busyRatio: number; stolenRatio: number } {
  const read = (): CpuTicks => parseCpuTicks(readFileSync('/proc/stat', 'utf8'));
  const before = read();
  return () => {
    const after = read();
    const total = Math.max(1, after.total - before.total);
    return {
      busyRatio: round(1 - (after.idle - before.idle) / total, 2),
      stolenRatio: round((after.stolen - before.stolen) / total, 3),
    };
  };
}

/** @param what the measurement, when there are several */
export function busyWarnings(busyRatio: number, what?: string): string[] {
  if (busyRatio <= maxBusyRatio) return [];
  return [
    `${what === undefined ? '' : `${what}: `}The machine was ${Math.round(busyRatio * 100)} % busy while measuring: waiting for the CPU is in the figures.`,
  ];
}

/** Load averages over 1, 5 and 15 minutes, and what is to be said about them. */
export function startLoad(
  load = loadavg(),
  coreCount = availableParallelism(),
): { load: number[]; warnings: string[] } {
  const [lastMinute = 0] = load;
  return {
    load: load.map((value) => round(value, 2)),
    warnings:
      lastMinute > maxLoadPerCore * coreCount
        ? [
            `The load average at the start was ${lastMinute.toFixed(2)} on ${coreCount} cores: the machine was not quiet.`,
          ]
        : [],
  };
}
