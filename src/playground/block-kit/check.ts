import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import {
  type Block,
  block,
  type HomeView,
  homeView,
  listElements,
  type ModalView,
  modalView,
  type PlacedBlock,
} from './blocks.ts';

/** In Slack's format: error and place, such as `no more than 50 items allowed [json-pointer:/blocks]`. */
export type BlockErrors = string[];

export type Checked<T> = { ok: true; value: T } | { ok: false; errors: BlockErrors };

export type PlacedModal = Omit<ModalView, 'blocks'> & { blocks: PlacedBlock[] };
export type PlacedHome = Omit<HomeView, 'blocks'> & { blocks: PlacedBlock[] };

const MAX_MESSAGE_BLOCKS = 50;

/** Validates the blocks of a message and fills in missing ids. */
export function checkMessageBlocks(value: unknown): Checked<PlacedBlock[]> {
  const parsed = z.array(block).max(MAX_MESSAGE_BLOCKS).safeParse(value);
  if (!parsed.success) return { ok: false, errors: toSlackErrors(parsed.error, value, '/blocks') };
  const doubled = findDuplicates(parsed.data, '/blocks');
  return doubled.length > 0 ? { ok: false, errors: doubled } : { ok: true, value: assignIds(parsed.data) };
}

/** Validates a modal and fills in missing ids. */
export function checkModal(value: unknown): Checked<PlacedModal> {
  const parsed = modalView.safeParse(value);
  if (!parsed.success) return { ok: false, errors: toSlackErrors(parsed.error, value, '/view') };
  const doubled = findDuplicates(parsed.data.blocks, '/view/blocks');
  if (doubled.length > 0) return { ok: false, errors: doubled };
  return { ok: true, value: { ...parsed.data, blocks: assignIds(parsed.data.blocks) } };
}

/** Validates a Home tab and fills in missing ids. */
export function checkHome(value: unknown): Checked<PlacedHome> {
  const parsed = homeView.safeParse(value);
  if (!parsed.success) return { ok: false, errors: toSlackErrors(parsed.error, value, '/view') };
  const doubled = findDuplicates(parsed.data.blocks, '/view/blocks');
  if (doubled.length > 0) return { ok: false, errors: doubled };
  return { ok: true, value: { ...parsed.data, blocks: assignIds(parsed.data.blocks) } };
}

const newId = (): string => randomBytes(4).toString('base64url').slice(0, 5);

function assignIds(blocks: Block[]): PlacedBlock[] {
  const placed = structuredClone(blocks);
  for (const each of placed) {
    for (const element of listElements(each)) element.action_id ??= newId();
  }
  return placed.map((each) => ({ ...each, block_id: each.block_id ?? newId() }));
}

/** Block ids, action ids within a block, and the element with the focus must be unique. */
function findDuplicates(blocks: Block[], pointer: string): BlockErrors {
  const errors: BlockErrors = [];
  const blockIds = new Set<string>();
  let focused = 0;
  for (const [index, each] of blocks.entries()) {
    if (each.block_id !== undefined && blockIds.has(each.block_id)) {
      errors.push(`block_id \`${each.block_id}\` already exists [json-pointer:${pointer}/${index}/block_id]`);
    }
    if (each.block_id !== undefined) blockIds.add(each.block_id);
    const actionIds = new Set<string>();
    for (const [at, element] of listElements(each).entries()) {
      if ('focus_on_load' in element && element.focus_on_load === true) focused += 1;
      if (element.action_id === undefined) continue;
      if (actionIds.has(element.action_id)) {
        errors.push(
          `action_id \`${element.action_id}\` already exists [json-pointer:${pointer}/${index}/elements/${at}/action_id]`,
        );
      }
      actionIds.add(element.action_id);
    }
  }
  if (focused > 1) errors.push(`only one element may have \`focus_on_load\` [json-pointer:${pointer}]`);
  return errors;
}

function toSlackErrors(error: z.ZodError, value: unknown, root: string): BlockErrors {
  return error.issues.flatMap((issue) => toSlackError(issue, value, root));
}

function toSlackError(issue: z.core.$ZodIssue, value: unknown, root: string): BlockErrors {
  const at = (path: PropertyKey[]): string =>
    `[json-pointer:${[root, ...path.map((key) => String(key).replaceAll('~', '~0').replaceAll('/', '~1'))].join('/')}]`;
  const path = issue.path;
  switch (issue.code) {
    case 'invalid_type': {
      const found = valueAt(value, path);
      if (found === undefined && path.length > 0) {
        return [`missing required field: ${String(path.at(-1))} ${at(path.slice(0, -1))}`];
      }
      return [`must provide ${withArticle(issue.expected)} ${at(path)}`];
    }
    case 'invalid_union': {
      const type = valueAt(value, path);
      return type === undefined
        ? [`missing required field: ${String(path.at(-1))} ${at(path.slice(0, -1))}`]
        : [`unsupported type: ${String(type)} ${at(path)}`];
    }
    case 'unrecognized_keys':
      return issue.keys.map((key) => `invalid additional property: ${key} ${at(path)}`);
    case 'too_big':
      if (issue.origin === 'string') return [`must be less than ${Number(issue.maximum) + 1} characters ${at(path)}`];
      if (issue.origin === 'array') return [`no more than ${issue.maximum} items allowed ${at(path)}`];
      return [`must be no more than ${issue.maximum} ${at(path)}`];
    case 'too_small':
      if (issue.origin === 'string') return [`must be more than ${Number(issue.minimum) - 1} characters ${at(path)}`];
      if (issue.origin === 'array') return [`no fewer than ${issue.minimum} items allowed ${at(path)}`];
      return [`must be no less than ${issue.minimum} ${at(path)}`];
    case 'invalid_value': {
      const found = valueAt(value, path);
      if (found === undefined) return [`missing required field: ${String(path.at(-1))} ${at(path.slice(0, -1))}`];
      if (path.at(-1) === 'type') return [`unsupported type: ${String(found)} ${at(path)}`];
      return [`must be one of: ${issue.values.map(String).join(', ')} ${at(path)}`];
    }
    default:
      return [`${issue.message} ${at(path)}`];
  }
}

const withArticle = (expected: string): string => (/^[aeio]/.test(expected) ? `an ${expected}` : `a ${expected}`);

function valueAt(value: unknown, path: PropertyKey[]): unknown {
  let here: unknown = value;
  for (const key of path) {
    if (typeof here !== 'object' || here === null) return undefined;
    here = Reflect.get(here, key);
  }
  return here;
}

const MAX_BLOCK_TEXT_CHARS = 10_000;

/** Whether the text of all blocks together is too long for a message: Slack's `msg_blocks_too_long`. */
export function exceedsBlockText(blocks: PlacedBlock[]): boolean {
  let length = 0;
  const count = (value: unknown, key?: string): void => {
    if (typeof value === 'string') {
      if (key === 'text') length += value.length;
    } else if (Array.isArray(value)) {
      for (const each of value) count(each);
    } else if (typeof value === 'object' && value !== null) {
      for (const [name, each] of Object.entries(value)) count(each, name);
    }
  };
  count(blocks);
  return length > MAX_BLOCK_TEXT_CHARS;
}

/** Slack's error code for an invalid message, with the errors in its blocks. */
export interface MessageError {
  error: string;
  errors?: string[];
}

const MAX_TEXT_CHARS = 40_000;

export interface MessageContent {
  text: string | undefined;
  blocks: PlacedBlock[] | undefined;
  attachments: unknown[] | undefined;
}

/**
 * Validates the content of a message from an app.
 *
 * @param needed whether an empty message is an error
 */
export function checkMessageContent(
  input: { text?: string | undefined; blocks?: unknown; attachments?: unknown },
  needed: boolean,
): { ok: true; content: MessageContent } | ({ ok: false } & MessageError) {
  if (input.text !== undefined && input.text.length > MAX_TEXT_CHARS) return { ok: false, error: 'msg_too_long' };
  let blocks: PlacedBlock[] | undefined;
  if (input.blocks !== undefined && input.blocks !== null) {
    if (!Array.isArray(input.blocks)) return { ok: false, error: 'invalid_blocks_format' };
    const checked = checkMessageBlocks(input.blocks);
    if (!checked.ok) return { ok: false, error: 'invalid_blocks', errors: checked.errors };
    if (exceedsBlockText(checked.value)) return { ok: false, error: 'msg_blocks_too_long' };
    blocks = checked.value;
  }
  let attachments: unknown[] | undefined;
  if (input.attachments !== undefined && input.attachments !== null) {
    if (!Array.isArray(input.attachments)) return { ok: false, error: 'invalid_attachments' };
    if (input.attachments.length > 100) return { ok: false, error: 'too_many_attachments' };
    attachments = input.attachments;
  }
  const nothing = (input.text ?? '') === '' && (blocks ?? []).length === 0 && (attachments ?? []).length === 0;
  if (needed && nothing) return { ok: false, error: 'no_text' };
  return { ok: true, content: { text: input.text, blocks, attachments } };
}
