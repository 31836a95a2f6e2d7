import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { connect, createServer, type Socket } from 'node:net';

/** A network between Lull and PostgreSQL that loses what a real one loses. */
export class Wire {
  /** Ends the connection instead of passing on what PostgreSQL sends; looked at for each packet. */
  loses: (asked: string, answered: string) => boolean = () => false;
  /** Whether new connections get no answer. */
  #silent = false;
  readonly #server = createServer((client) => this.#connected(client));
  readonly #target: URL;
  readonly #sockets = new Set<Socket>();

  private constructor(target: URL) {
    this.#target = target;
  }

  /** @param target PostgreSQL connection URL; that of the tests names the folder of a socket */
  static async open(target: string): Promise<Wire> {
    const wire = new Wire(new URL(target));
    wire.#server.listen(0, '127.0.0.1');
    await once(wire.#server, 'listening');
    return wire;
  }

  /** PostgreSQL behind it. */
  get url(): string {
    const url = new URL(this.#target);
    url.searchParams.delete('host');
    url.hostname = '127.0.0.1';
    url.port = String((this.#server.address() as AddressInfo).port);
    return url.href;
  }

  /** Passes nothing on for the connections that are open now, and ends none of them, as when a host disappears. */
  silence(): void {
    for (const socket of this.#sockets) {
      socket.removeAllListeners('data');
      socket.resume();
    }
  }

  /** As when the host of PostgreSQL disappears: also new connections get no answer, until `restore`. */
  disappear(): void {
    this.#silent = true;
    this.silence();
  }

  /** New connections are answered again; those that were open in between stay silent. */
  restore(): void {
    this.#silent = false;
  }

  /** Ends connections without a word. @param chosen called for each */
  cut(chosen: () => boolean): void {
    for (const socket of [...this.#sockets]) if (chosen()) socket.destroy();
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
    await once(this.#server, 'close');
  }

  #connected(client: Socket): void {
    if (this.#silent) {
      this.#sockets.add(client);
      client.on('error', () => client.destroy()).on('close', () => this.#sockets.delete(client));
      client.resume();
      return;
    }
    const { port, searchParams } = this.#target;
    const server = connect(`${searchParams.get('host')}/.s.PGSQL.${port}`);
    let asked = '';
    const end = () => {
      client.destroy();
      server.destroy();
    };
    for (const socket of [client, server]) {
      this.#sockets.add(socket);
      socket.on('error', end);
      socket.on('close', () => {
        this.#sockets.delete(socket);
        end();
      });
    }
    client.on('data', (data) => {
      asked = data.toString('latin1');
      server.write(data);
    });
    server.on('data', (data) => {
      if (this.loses(asked, data.toString('latin1'))) end();
      else client.write(data);
    });
  }
}
