import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Postgres } from '../postgres.ts';
import type { Scenario } from '../scenario.ts';
import type { Site } from '../site.ts';
import { playBusy } from './busy.ts';

/** PostgreSQL, its programs, and some space. */
const DISK_MB = 400;
const BALLAST = 'ballast';
/** How soon Lull must say that nothing is stored, with traffic that writes. */
const NOTICE_MS = 60_000;

const folders = new WeakMap<Postgres, string>();

/** Starts PostgreSQL on a small disk of its own. Only root may make one. */
async function smallDisk(folder: string) {
  mkdirSync(folder, { recursive: true });
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${DISK_MB}m,mode=755`, 'tmpfs', folder]);
  const unmount = () => execFileSync('umount', ['-l', folder]);
  try {
    const postgres = await Postgres.open(folder);
    folders.set(postgres, folder);
    return {
      postgres,
      async close() {
        rmSync(join(folder, BALLAST), { force: true });
        await postgres.stop('fast');
        unmount();
      },
    };
  } catch (error) {
    unmount();
    throw error;
  }
}

/** Whether this user may mount a disk, as root usually may. */
function canMount(): boolean {
  const folder = mkdtempSync(join(tmpdir(), 'lull-test-mount-'));
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', folder], { stdio: 'ignore' });
    execFileSync('umount', [folder]);
    return true;
  } catch {
    return false;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function fill(file: string): Promise<void> {
  const ballast = await open(file, 'w');
  try {
    for (let size = 1 << 20; size >= 512; size >>= 1) {
      const block = Buffer.alloc(size, 1);
      while (
        await ballast.write(block).then(
          ({ bytesWritten }) => bytesWritten === size,
          () => false,
        )
      );
    }
  } finally {
    await ballast.close().catch(() => undefined);
  }
}

export const databaseFull: Scenario = {
  title: 'the disk of PostgreSQL is full (a small tmpfs), and has space again',
  rounds: 6,
  shortRounds: 1,
  faults: 1,
  lanes: 2,
  isPossible: canMount,
  ownPostgres: smallDisk,
  play: (site, random) =>
    playBusy(site, random, async () => {
      const file = join(folders.get(site.postgres) ?? '', BALLAST);
      await fill(file);
      const noticed = await waitForNotice(site);
      await sleep(random.between(0, 5_000));
      await rm(file);
      // When there is no space for its log, PostgreSQL ends, and whatever runs it starts it again.
      await site.postgres.startIfEnded();
      if (!noticed) throw new Error('neither /readyz nor the log says that nothing is stored');
    }),
};

/** @returns whether `/readyz` and the log say that the database is not usable */
async function waitForNotice({ lull }: Site): Promise<boolean> {
  const until = performance.now() + NOTICE_MS;
  while (performance.now() < until) {
    const readiness = JSON.stringify(await lull.readiness());
    const logged = /stores nothing|cannot reach the database|not accepting connections|recovery mode/.test(lull.log);
    if (readiness.includes('PostgreSQL') && logged) return true;
    await sleep(200);
  }
  return false;
}
