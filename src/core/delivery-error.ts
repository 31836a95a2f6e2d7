/** Why a call to a channel failed. Other errors of a channel are transient, and the job queue retries them. */
export class DeliveryError extends Error {
  readonly reason: /** Rate limited, or the credentials are temporarily rejected. */
    | { readonly kind: 'later'; readonly retryAfterSeconds: number }
    /** Lull was uninstalled. Messages are sent once it is installed again. */
    | { readonly kind: 'disconnected' }
    /** The message to update, or the thread to post to, was deleted. */
    | { readonly kind: 'gone' }
    /** A retry will not help; `advice` says what a person can do. */
    | { readonly kind: 'final'; readonly error: string; readonly advice: string };

  constructor(reason: DeliveryError['reason']) {
    super(reason.kind === 'final' ? reason.error : reason.kind);
    this.name = 'DeliveryError';
    this.reason = reason;
  }
}
