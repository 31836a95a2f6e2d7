import { createServer } from 'node:net';
import { App, HTTPReceiver, LogLevel, SocketModeReceiver } from '@slack/bolt';
import { type Playground, type PlaygroundOptions, startPlayground } from '../../src/playground/server.ts';

/** A playground with a real Bolt app in it. */
export interface Running {
  playground: Playground;
  app: App;
  stop(): Promise<void>;
}

const clientOptions = (playground: Playground) => ({
  slackApiUrl: playground.apiUrl,
  timeout: 5_000,
  retryConfig: { retries: 0 },
  rejectRateLimitedCalls: true,
});

/** In Socket Mode. `register` adds the listeners before the app connects. */
export async function runInSocketMode(
  register: (app: App) => void = () => undefined,
  options: Partial<PlaygroundOptions> = {},
): Promise<Running> {
  const playground = await startPlayground({ port: 0, ...options });
  const receiver = new SocketModeReceiver({
    appToken: playground.appToken,
    logLevel: LogLevel.ERROR,
    installerOptions: { clientOptions: clientOptions(playground) },
  });
  const app = new App({
    token: playground.botToken,
    receiver,
    logLevel: LogLevel.ERROR,
    deferInitialization: true,
    clientOptions: clientOptions(playground),
  });
  register(app);
  await app.init();
  await app.start();
  return {
    playground,
    app,
    stop: async () => {
      await receiver.client.disconnect();
      await playground.close();
    },
  };
}

/** With signed requests over HTTP. */
export async function runOverHttp(
  register: (app: App) => void = () => undefined,
  options: Partial<PlaygroundOptions> = {},
): Promise<Running> {
  const port = await freePort();
  const playground = await startPlayground({
    port: 0,
    eventsUrl: `http://127.0.0.1:${port}/slack/events`,
    ...options,
  });
  const app = new App({
    token: playground.botToken,
    receiver: new HTTPReceiver({ signingSecret: playground.signingSecret, logLevel: LogLevel.ERROR }),
    logLevel: LogLevel.ERROR,
    deferInitialization: true,
    clientOptions: clientOptions(playground),
  });
  register(app);
  await app.init();
  await app.start(port);
  return {
    playground,
    app,
    stop: async () => {
      await app.stop();
      await playground.close();
    },
  };
}

/** The app's address has to be known before the app is there. */
function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => {
        if (typeof address === 'object' && address !== null) resolve(address.port);
        else reject(new Error('No port was given.'));
      });
    });
  });
}
