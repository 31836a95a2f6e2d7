import { setTimeout as sleep } from 'node:timers/promises';
import type { Fault } from '../../checks/providers/nodeping-peer.ts';
import type { Random } from '../random.ts';
import type { Scenario } from '../scenario.ts';
import type { Site } from '../site.ts';
import { playBusy } from './busy.ts';

type SlackFault = Parameters<Site['playground']['faults']['method']>[1];

/** The methods that Lull calls for its work. */
const METHODS = [
  ...['chat.postMessage', 'chat.postMessage', 'chat.postMessage', 'chat.update', 'chat.update', 'chat.postEphemeral'],
  ...['conversations.history', 'conversations.replies', 'users.info', 'views.open', 'views.publish', 'reactions.add'],
  'apps.connections.open',
] as const;

function drawSlackFault(random: Random): SlackFault {
  const afterWork = random.chance(0.5);
  return random.pick<SlackFault>([
    { status: 500, afterWork },
    { status: 503, afterWork },
    { status: 'hang_up', afterWork },
    { status: 'garbled', afterWork },
    { status: 200, error: random.pick(['internal_error', 'fatal_error', 'service_unavailable', 'request_timeout']) },
    { status: 429, retryAfter: random.between(1, 4) },
    { status: 'late', delayMs: random.between(1_000, 9_000), afterWork },
    // Longer than Lull waits. It cannot know of a message that is posted after that.
    { status: 'late', delayMs: 12_000, afterWork: true },
  ]);
}

export const slackWrong: Scenario = {
  title: 'Slack answers wrongly, late, twice or with limits, repeats events and drops connections',
  rounds: 16,
  shortRounds: 0,
  faults: 40,
  lanes: 4,
  play: (site, random) =>
    playBusy(site, random, async () => {
      const { faults } = site.playground;
      for (let times = 0; times < 40; times++) {
        await sleep(random.between(20, 250));
        if (random.chance(0.1)) faults.disconnect(random.pick(['drop', 'refresh', 'link_disabled']));
        else if (random.chance(0.15)) repeatEvent(site);
        else faults.method(random.pick(METHODS), drawSlackFault(random));
      }
      faults.clearMethods();
    }),
};

function repeatEvent({ playground }: Site): void {
  try {
    playground.faults.redeliverEvent('message');
  } catch {
    // nobody has written anything yet
  }
}

export const slackSilent: Scenario = {
  title: 'Slack takes every request and never answers',
  rounds: 8,
  shortRounds: 0,
  faults: 1,
  lanes: 4,
  play: (site, random) =>
    playBusy(site, random, async () => {
      const { faults } = site.playground;
      const delayMs = 30_000;
      const afterWork = random.chance(0.5);
      for (const method of METHODS) faults.method(method, { status: 'hang_up', delayMs, afterWork, times: 1_000 });
      await sleep(random.between(1_000, 8_000));
      faults.clearMethods();
    }),
};

const PROVIDER_FAULTS: readonly Fault[] = [
  { kind: 'status', status: 500 },
  { kind: 'status', status: 503 },
  { kind: 'status', status: 429, headers: { 'retry-after': '1' } },
  { kind: 'error', error: 'Try again later' },
  { kind: 'page' },
  { kind: 'lost' },
];

export const providerWrong: Scenario = {
  title: 'the monitoring system and the receiver of webhooks answer wrongly, late or never',
  rounds: 18,
  shortRounds: 0,
  faults: 20,
  lanes: 6,
  play: (site, random) =>
    playBusy(site, random, async () => {
      const { nodeping } = site;
      const rate = random.pick([0.3, 0.6, 1]);
      const hangs = random.chance(0.3);
      site.webhookFault = (response, take) => {
        if (!random.chance(rate)) return false;
        const how = random.pick(['error', 'lost', 'garbage', hangs ? 'silent' : 'error'] as const);
        if (how === 'lost') take();
        if (how === 'lost' || how === 'garbage') response.destroy();
        if (how === 'error') response.writeHead(random.pick([400, 404, 429, 500, 503])).end('no');
        return true;
      };
      for (let times = 0; times < 10; times++) {
        const fault = hangs && random.chance(0.2) ? ({ kind: 'hang' } as const) : random.pick(PROVIDER_FAULTS);
        nodeping.faults.push(...Array.from({ length: random.between(0, 3) }, () => undefined), fault);
        nodeping.faultsOfChanges.push(random.chance(0.5) ? random.pick(PROVIDER_FAULTS) : undefined);
        await sleep(random.between(100, 600));
      }
      site.webhookFault = () => false;
      nodeping.faults.length = 0;
      nodeping.faultsOfChanges.length = 0;
    }),
};
