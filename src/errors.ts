import * as access from './access/errors.ts';
import * as approvals from './approvals/errors.ts';
import * as calendars from './calendars/errors.ts';
import * as catalogue from './catalogue/errors.ts';
import * as checks from './checks/errors.ts';
import * as comments from './comments/errors.ts';
import * as nodeping from './compat/nodeping/errors.ts';
import * as common from './core/common-errors.ts';
import { type ErrorParams, invalidRequest } from './core/errors.ts';
import {
  limitedToScopes,
  outsideScopes,
  ownerRoleRequired,
  personRequired,
  roleRequired,
  roleUnverified,
} from './core/permissions.ts';
import * as freezes from './freezes/errors.ts';
import * as maintenance from './maintenance/errors.ts';
import * as series from './series/errors.ts';
import * as subscriptions from './subscriptions/errors.ts';
import * as webhooks from './webhooks/errors.ts';

export const ERRORS = [
  invalidRequest,
  roleRequired,
  personRequired,
  ownerRoleRequired,
  roleUnverified,
  limitedToScopes,
  outsideScopes,
  ...Object.values(common),
  ...Object.values(maintenance),
  ...Object.values(series),
  ...Object.values(approvals),
  ...Object.values(freezes),
  ...Object.values(catalogue),
  ...Object.values(checks),
  ...Object.values(subscriptions),
  ...Object.values(webhooks),
  ...Object.values(calendars),
  ...Object.values(access),
  ...Object.values(nodeping),
  ...Object.values(comments),
] as const;

type Declared = (typeof ERRORS)[number];
type ParamsByCode = { readonly [Type in Declared as Type['code']]: Type['example'] };

export type ErrorCode = keyof ParamsByCode;

export type ErrorValue = {
  readonly [Code in ErrorCode]: { readonly code: Code; readonly params: ParamsByCode[Code] };
}[ErrorCode];

/** What the text of an error depends on besides its parameters. */
export interface Wording {
  /** The name of the field at the start of a sentence; "A value" if the error has no field. */
  readonly subject: string;
  instant(at: Date): string;
}

export type ErrorTexts<Code extends ErrorCode = ErrorCode> = {
  readonly [C in Code]: (params: ParamsByCode[C], wording: Wording) => string;
};

const CODES: ReadonlySet<string> = new Set(ERRORS.map(({ code }) => code));

/** Only the functions in `ERRORS` create errors and problems, so the parameters are those of the code. */
function isErrorValue(error: { readonly code: string; readonly params: ErrorParams }): error is ErrorValue {
  return CODES.has(error.code);
}

export function wordError(
  texts: ErrorTexts,
  error: { readonly code: string; readonly params: ErrorParams },
  wording: Wording,
): string {
  if (!isErrorValue(error)) throw new Error(`the error code ${error.code} is not declared in errors.ts`);
  return wordValue(texts, error, wording);
}

function wordValue<Code extends ErrorCode>(
  texts: ErrorTexts,
  { code, params }: { readonly code: Code; readonly params: ParamsByCode[Code] },
  wording: Wording,
): string {
  return texts[code](params, wording);
}
