/**
 * Why a call to a channel did not succeed. Anything else that a channel throws is transient: the job queue retries it.
 */
export class DeliveryError extends Error {
  readonly reason: /** The rate limit was hit, or the credentials are not accepted at the moment. */
    | { readonly kind: 'later'; readonly retryAfterSeconds: number }
    /** Lull was removed. Whatever there is to send is sent once it is installed again. */
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
