import type { IncomingMessage, ServerResponse } from 'node:http';
import { type HTTPReceiver, HTTPModuleFunctions as http } from '@slack/bolt';
import type { Logger } from 'pino';
import { z } from 'zod';

const jsonObject = z.record(z.string(), z.unknown());

/**
 * Passes a signed request to Bolt's receiver, which reads the parsed body outside of its error handling, so that a body such
 * as `null` would end the process. Answers 400 to a body that is not a JSON object, 401 to a wrong signature, and 413 to a
 * body over Bolt's limit.
 */
export async function deliverSigned(
  receiver: HTTPReceiver,
  signingSecret: string,
  request: IncomingMessage,
  response: ServerResponse,
  log: Logger,
): Promise<void> {
  const refuse = (status: number, reason: string) => {
    log.warn({ status, reason }, "a request to Slack's endpoint was refused");
    response.writeHead(status).end();
    // An unread body would keep the connection busy, and the server from closing.
    request.resume();
  };
  let signed: Awaited<ReturnType<typeof http.parseAndVerifyHTTPRequest>>;
  try {
    const options = { signingSecret, bodyLimit: http.defaultBodyLimit };
    signed = await http.parseAndVerifyHTTPRequest(options, request, response);
  } catch (error) {
    const tooLarge = http.isRawBodyError(error) && error.statusCode === 413;
    return refuse(tooLarge ? 413 : 401, String(error));
  }
  try {
    jsonObject.parse(http.parseHTTPRequestBody(signed));
  } catch {
    return refuse(400, 'The body is not a JSON object.');
  }
  receiver.requestListener(signed, response);
}
