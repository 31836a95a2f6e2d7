/** The longest texts that are stored (characters). */
export const MAX_NAME_CHARS = 200;
export const MAX_DESCRIPTION_CHARS = 10_000;
export const MAX_COMMENT_CHARS = 10_000;
