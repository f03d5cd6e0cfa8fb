// Processor time of processes, from Linux's /proc: what a request costs, whatever else the machine does meanwhile.
import { readFileSync, readdirSync } from 'node:fs';

const TICK_MS = 10;

/** Milliseconds that a process and its children (a postmaster's backends) have run; null where there is no /proc. */
export function cpuMsOf(pid) {
  try {
    const own = ticksOf(pid).ticks;
    const children = readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .map((name) => ticksOf(name))
      .filter((process) => process?.parent === pid);
    return (own + children.reduce((sum, { ticks }) => sum + ticks, 0)) * TICK_MS;
  } catch {
    return null;
  }
}

/** @see proc_pid_stat(5): fields 4 ppid, 14 utime, 15 stime, 16 cutime, 17 cstime */
function ticksOf(pid) {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return {
      parent: Number(fields[1]),
      ticks: [11, 12, 13, 14].reduce((sum, index) => sum + Number(fields[index]), 0),
    };
  } catch {
    return null;
  }
}
