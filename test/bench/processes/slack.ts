import { readFile } from 'node:fs/promises';
import { parse } from 'yaml';
import { startPlayground } from '../../../src/playground/server.ts';

/** A Slack without rate limits, as a process of its own. Its argument is the URL that it sends events to. */
const [eventsUrl = ''] = process.argv.slice(2);
const playground = await startPlayground({
  port: 0,
  eventsUrl,
  messageRate: false,
  tierLimits: false,
  manifest: parse(await readFile('manifest.yml', 'utf8')),
});
process.once('disconnect', () => process.exit());
const { apiUrl, botToken, signingSecret } = playground;
process.send?.({ apiUrl, botToken, signingSecret });
